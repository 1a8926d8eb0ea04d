#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: vapp_replication_failover_test
short_description: Test the failover of vApps, and clean the test up
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - With O(state=present), recovers throw-away copies of vApps at the destination of their replications, to prove that
    they would start there, with the data that has arrived.
  - With O(state=absent), removes the copies again. A replication with an active test can be neither failed over nor
    migrated, so clean up in the C(always) section of a block.
  - Takes any number of vApp replications. All are read first and decided by their state, all that need it are
    started, their tasks are waited for together, and in the end all are read once more.
  - A vApp replication is decided from its VM replications. What blocks one VM blocks the vApp, and nothing of it is
    started. If all VMs are done, the vApp is done. If only some are, the others are handled one by one.
    RV(vapp_replications[].children) tells about each VM.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.by_state
  - opendr.vcda.vapp_selection
  - opendr.vcda.recovery_settings
  - opendr.vcda.recovery_settings.test
  - opendr.vcda.recovery_settings.hardware
  - opendr.vcda.recovery_settings.instance
  - opendr.vcda.operation
  - opendr.vcda.connection
options:
  state:
    description:
      - Whether there is to be a test of each vApp, V(present), or none, V(absent).
      - The settings of the recovery count for V(present) only.
    type: str
    choices: [present, absent]
    default: present
notes:
  - B(What it needs.) The vApp is replicated and not recovered. O(hostname) is the service of the destination. The
    source site need not be up, unless O(sync=true).
  - Error code V(RECOVERED) means that the vApp has been failed over or migrated and not reversed since. Reverse it
    first with M(opendr.vcda.vapp_replication_reverse).
seealso:
  - module: opendr.vcda.vapp_replication_failover
    description: Recover a vApp whose source is lost.
  - module: opendr.vcda.vapp_replication_reverse
    description: Protect a recovered vApp towards the site that it came from.
  - module: opendr.vcda.vapp_replication_info
    description: List vApp replications and their instances.
  - module: opendr.vcda.recovery_readiness_info
    description: See what is possible now, and what blocks the rest.
  - module: opendr.vcda.vm_replication_failover_test
    description: Prove that a VM could be recovered, and clean up.
"""

EXAMPLES = r"""
---
# VCDA_HOSTNAME is the service of the recovery site.
- name: Drill the failover and leave nothing behind
  block:
    - name: Recover throw-away copies
      opendr.vcda.vapp_replication_failover_test:
        vapp_names:
          - shop
          - intranet
        state: present

    - name: Prove that the service answers
      ansible.builtin.include_tasks: verify_shop.yml
  always:
    - name: Remove the copies
      opendr.vcda.vapp_replication_failover_test:
        vapp_names:
          - shop
          - intranet
        state: absent

- name: Test with the data of this very moment
  opendr.vcda.vapp_replication_failover_test:
    vapp_name: shop
    sync: true

- name: Test whether last night's backup window left a usable instance
  opendr.vcda.vapp_replication_failover_test:
    vapp_name: shop
    instance_before: "2026-05-01T02:00:00+02:00"
    power_on: false

- name: Clean up whatever test is left
  opendr.vcda.vapp_replication_failover_test:
    vapp_name: shop
    state: absent
"""

RETURN = r"""
---
msg:
  description:
    - What happened, in one paragraph. How many replications changed, were done already and failed; and for those that
      failed, why, and what to do.
  returned: always
  type: str
  sample: "Test failover: 3 changed, 0 already done, 0 failed."
vapp_replications:
  description:
    - One item for each requested replication, in the order of the request.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description:
        - Id of the replication after the operation.
      returned: always
      type: str
      sample: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
    previous_id:
      description:
        - Id of the replication before the operation.
      returned: if the operation gave it a new id
      type: str
      sample: C4VAPP-0a1b2c3d-0123-4567-89ab-01234567ffff
    asked:
      description:
        - What was asked for, an id or a name.
      returned: if the module failed before it read any replication
      type: str
      sample: shop
    vapp_name:
      description:
        - Name of the vApp.
      returned: if the replications could be read
      type: str
      sample: shop
    changed:
      description:
        - Whether this run changed the replication or attached to a task that does. In check mode, whether it would.
      returned: always
      type: bool
      sample: true
    decision:
      description:
        - What the state of the replication called for.
        - V(act) starts the operation, V(attach) waits for a task of the same operation that is already running,
          V(done) leaves a replication alone that is where it should be, V(refuse) leaves one alone that must not be
          touched.
      returned: if the replications could be read
      type: str
      sample: act
    before:
      description:
        - The replication before the operation.
      returned: if the replication could be read
      type: dict
      contains:
        recovery_state:
          description:
            - V(NOT_STARTED) while it replicates, V(TEST) during a test failover, V(IN_PROGRESS) during an operation,
              V(COMPLETE) once it is recovered and not reversed yet. V(MIXED) if its VMs differ.
          returned: always
          type: str
          sample: NOT_STARTED
        source_site:
          description:
            - Site on which the workload lies that is replicated.
          returned: always
          type: str
          sample: site-1
        destination_site:
          description:
            - Site to which it is replicated. Once it is recovered, the site on which it runs.
          returned: always
          type: str
          sample: site-2
        is_reversed:
          description:
            - Mark of the service. The vendor does not document when it is set; go by the sites instead.
          returned: always
          type: bool
          sample: false
        is_paused:
          description:
            - Whether the user paused the replication.
          returned: always
          type: bool
          sample: false
        is_migration:
          description:
            - Whether it was set up as a migration and not as a protection.
          returned: always
          type: bool
          sample: false
        overall_health:
          description:
            - V(GREEN), V(YELLOW) or V(RED).
          returned: always
          type: str
          sample: GREEN
        data_connection_state:
          description:
            - State of the data connection, for example V(OK), V(SYNCING), V(PAUSED) or V(ERROR).
          returned: always
          type: str
          sample: OK
        owner:
          description:
            - Owner, of the form C(organization@site).
          returned: always
          type: str
          sample: tenant-1@site-1
        rpo_violation:
          description:
            - Accumulated violation of the RPO as the service counts it, V(0) if there is none.
          returned: always
          type: int
          sample: 0
        optimize_until:
          description:
            - Until when a reverse can be the optimized one that sends only differences, in milliseconds since the
              epoch.
          returned: always
          type: int
          sample: null
    after:
      description:
        - The replication after the operation. In check mode, as it would be.
      returned: if the replication could be read
      type: dict
      contains:
        recovery_state:
          description:
            - V(NOT_STARTED) while it replicates, V(TEST) during a test failover, V(IN_PROGRESS) during an operation,
              V(COMPLETE) once it is recovered and not reversed yet. V(MIXED) if its VMs differ.
          returned: always
          type: str
          sample: TEST
        source_site:
          description:
            - Site on which the workload lies that is replicated.
          returned: always
          type: str
          sample: site-1
        destination_site:
          description:
            - Site to which it is replicated. Once it is recovered, the site on which it runs.
          returned: always
          type: str
          sample: site-2
        is_reversed:
          description:
            - Mark of the service. The vendor does not document when it is set; go by the sites instead.
          returned: always
          type: bool
          sample: false
        is_paused:
          description:
            - Whether the user paused the replication.
          returned: always
          type: bool
          sample: false
        is_migration:
          description:
            - Whether it was set up as a migration and not as a protection.
          returned: always
          type: bool
          sample: false
        overall_health:
          description:
            - V(GREEN), V(YELLOW) or V(RED).
          returned: always
          type: str
          sample: GREEN
        data_connection_state:
          description:
            - State of the data connection, for example V(OK), V(SYNCING), V(PAUSED) or V(ERROR).
          returned: always
          type: str
          sample: OK
        owner:
          description:
            - Owner, of the form C(organization@site).
          returned: always
          type: str
          sample: tenant-1@site-1
        rpo_violation:
          description:
            - Accumulated violation of the RPO as the service counts it, V(0) if there is none.
          returned: always
          type: int
          sample: 0
        optimize_until:
          description:
            - Until when a reverse can be the optimized one that sends only differences, in milliseconds since the
              epoch.
          returned: always
          type: int
          sample: null
    task:
      description:
        - Task that did the work. Empty if nothing had to be done.
      returned: if the replication could be read
      type: dict
      contains:
        id:
          description:
            - Id of the task.
          returned: always
          type: str
          sample: 3f2a9c1e-6b7d-4e21-9f0a-51c0de3b7a10
        type:
          description:
            - Type of the task, in the words of the service.
          returned: always
          type: str
          sample: failoverTest
        state:
          description:
            - State of the task. V(SUCCEEDED) and V(FAILED) are final, anything else means that it goes on.
          returned: always
          type: str
          sample: SUCCEEDED
        progress:
          description:
            - Progress in percent.
          returned: always
          type: int
          sample: 100
        started:
          description:
            - When it started, in ISO 8601.
          returned: always
          type: str
          sample: "2026-05-01T02:14:07Z"
        ended:
          description:
            - When it ended, in ISO 8601.
          returned: always
          type: str
          sample: "2026-05-01T02:16:41Z"
        duration:
          description:
            - How long it took, in seconds.
          returned: always
          type: float
          sample: 154.2
        site:
          description:
            - Site on which it runs.
          returned: always
          type: str
          sample: site-2
        warnings:
          description:
            - Problems on the way that did not stop it. They are shown as warnings of the module as well.
          returned: always
          type: list
          elements: str
          sample: []
    children:
      description:
        - The VM replications of the vApp replication.
      returned: if the replication could be read
      type: list
      elements: dict
      contains:
        id:
          description:
            - Id of the VM replication after the operation.
          returned: always
          type: str
          sample: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
        vm_name:
          description:
            - Name of the VM.
          returned: always
          type: str
          sample: db-1
        decision:
          description:
            - As for the vApp replication. It differs for VMs that were handled one by one.
          returned: always
          type: str
          sample: act
        before:
          description:
            - The VM replication before the operation, with the keys of RV(vapp_replications[].before).
          returned: always
          type: dict
          sample: {recovery_state: NOT_STARTED, source_site: site-1, destination_site: site-2}
        after:
          description:
            - The VM replication after the operation, with the keys of RV(vapp_replications[].after).
          returned: always
          type: dict
          sample: {recovery_state: TEST, source_site: site-1, destination_site: site-2}
        error:
          description:
            - What went wrong with this VM, with the keys of RV(error). Empty if nothing did.
          returned: always
          type: dict
          sample: null
    replication:
      description:
        - The replication as the API shows it after the operation, with secrets masked. Its keys are those of the API
          version in use.
      returned: if the replication could be read, and O(compact=false)
      type: dict
      sample:
        id: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
        descriptor: {name: shop}
        overallHealth: GREEN
    error:
      description:
        - What went wrong with this replication, with the keys of RV(error).
      returned: if the operation failed or was refused for this replication
      type: dict
      sample: {code: RECOVERED, category: refused}
summary:
  description:
    - How many replications went which way.
  returned: if the replications could be read
  type: dict
  contains:
    total:
      description:
        - Number of replications.
      returned: always
      type: int
      sample: 3
    changed:
      description:
        - How many changed or, in check mode, would change.
      returned: always
      type: int
      sample: 2
    done:
      description:
        - How many were left alone because there was nothing to do.
      returned: always
      type: int
      sample: 1
    failed:
      description:
        - How many failed or were refused.
      returned: always
      type: int
      sample: 0
error:
  description:
    - The first failure.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - Word of the service for what went wrong, or of the collection for its own refusals.
      returned: always
      type: str
      sample: RECOVERED
    message:
      description:
        - What went wrong.
      returned: always
      type: str
      sample: >-
        Test failover of shop (C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab) is refused: it is already recovered and
        replicates nothing until it is reversed (recovery state COMPLETE, site-1 -> site-2).
    args:
      description:
        - Values that belong into the message of the service, in its order.
      returned: always
      type: list
      elements: str
      sample: []
    http_status:
      description:
        - HTTP status of the answer, if it was an answer that said so.
      returned: always
      type: int
      sample: null
    category:
      description:
        - Kind of failure, to branch on in a C(rescue). These words do not change.
        - One of V(authentication), V(remote_authentication), V(authorization), V(not_found), V(invalid_request),
          V(refused), V(task_failed), V(timeout), V(unknown_outcome), V(unreachable) and V(server).
      returned: always
      type: str
      sample: refused
    retriable:
      description:
        - Whether the same task may succeed when it is simply run again later.
      returned: always
      type: bool
      sample: false
    hint:
      description:
        - What to do next.
      returned: always
      type: str
      sample: "Reverse the replication first."
    operation_id:
      description:
        - Id that the request carried, by which it is found in the logs of the service.
      returned: always
      type: str
      sample: null
    task_id:
      description:
        - Task that failed or goes on.
      returned: always
      type: str
      sample: null
"""

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import CLEANUP, TEST
from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import (
    VAPP_RECOVERY,
    state_option,
    vapp_operation_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.setting_arguments import recovery_settings_options
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operation_by_state

DEFINITION = Definition(
    options={
        **state_option(),
        **vapp_operation_options(active_site=False),
        **recovery_settings_options(TEST.name, VAPP.name),
    },
    run=operation_by_state(VAPP, present=TEST, absent=CLEANUP),
    **VAPP_RECOVERY,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
