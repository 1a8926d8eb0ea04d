#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: vm_replication_failover
short_description: Fail VMs over to the site that they are replicated to
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Recovers VMs at the destination of their replications, from the data that has already arrived there. This is the
    unplanned way, for a source that is lost or must not be trusted any more.
  - It talks to the destination alone and works when the source is down. If the source is still running, see to it
    that it is shut down, or use M(opendr.vcda.vm_replication_migrate), which does that and takes the last changes
    along.
  - Use M(opendr.vcda.vm_replication_reverse) afterwards. Until then the recovered workload is not protected.
  - Takes any number of VM replications. All are read first and decided by their state, all that need it are started,
    their tasks are waited for together, and in the end all are read once more.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.by_state
  - opendr.vcda.vm_selection
  - opendr.vcda.operation.target_site
  - opendr.vcda.vm_selection.refusals
  - opendr.vcda.recovery_settings
  - opendr.vcda.recovery_settings.consolidate
  - opendr.vcda.recovery_settings.hardware
  - opendr.vcda.recovery_settings.instance
  - opendr.vcda.recovery_settings.instance_id
  - opendr.vcda.operation
  - opendr.vcda.connection
notes:
  - B(What it needs.) The VM is replicated to O(active_site), and no test failover is active. O(hostname) is the
    service of the destination. The vendor asks for VM discovery to be off in Cloud Director there.
seealso:
  - module: opendr.vcda.vm_replication_reverse
    description: Protect a recovered VM towards the site that it came from.
  - module: opendr.vcda.vm_replication_migrate
    description: Move a VM without loss of data while both sites are up.
  - module: opendr.vcda.vm_replication_failover_test
    description: Prove that a VM could be recovered, and clean up.
  - module: opendr.vcda.vm_replication_info
    description: List VM replications and their instances.
  - module: opendr.vcda.recovery_readiness_info
    description: See what is possible now, and what blocks the rest.
  - module: opendr.vcda.vapp_replication_failover
    description: Recover a vApp whose source is lost.
"""

EXAMPLES = r"""
---
# VCDA_HOSTNAME is the service of the recovery site, here site-2. No other site is needed.
- name: Fail over to site-2
  opendr.vcda.vm_replication_failover:
    vm_names:
      - db-1
      - app-1
      - web-1
    active_site: site-2

- name: Fail over to the state before an infection
  opendr.vcda.vm_replication_failover:
    vm_name: db-1
    active_site: site-2
    instance_before: "2026-05-01T06:00:00Z"
    power_on: false

- name: Fail over one VM to an instance of choice
  opendr.vcda.vm_replication_failover:
    vm_replication_id: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
    active_site: site-2
    instance_id: replica-5f0c1c53-8c7f-4c27-9d5e-3a4b5c6d7e8f

- name: Fail over with network settings of its own for each VM
  opendr.vcda.vm_replication_failover:
    vm_names:
      - db-1
      - app-1
    active_site: site-2
    vm_network_settings:
      - vm: db-1
        primary_nic_index: 0
        nics:
          - nic_index: 0
            is_connected: true
            network: recovery-net
            ip_address_allocation_mode: DHCP
      - vm: app-1
        primary_nic_index: 0
        nics:
          - nic_index: 0
            is_connected: true
            network: recovery-dmz
            ip_address_allocation_mode: POOL

- name: Fail over, and tell what is over from what is still going on
  block:
    - name: Give it an hour
      opendr.vcda.vm_replication_failover:
        vm_names:
          - db-1
          - app-1
          - web-1
        active_site: site-2
        wait_timeout: 3600
      register: failover
  rescue:
    - name: List what did not make it
      ansible.builtin.debug:
        msg: "{{ item.vm_name }}: {{ item.error.message }} {{ item.error.hint }}"
      loop: "{{ failover.vm_replications | selectattr('error', 'defined') }}"
      loop_control:
        label: "{{ item.id }}"

    - name: Go on only if nothing but time is missing
      ansible.builtin.fail:
        msg: "{{ failover.msg }}"
      when: failover.error.category != 'timeout'
"""

RETURN = r"""
---
msg:
  description:
    - What happened, in one paragraph. How many replications changed, were done already and failed; and for those that
      failed, why, and what to do.
  returned: always
  type: str
  sample: "Failover: 3 changed, 0 already done, 0 failed."
vm_replications:
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
      sample: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
    previous_id:
      description:
        - Id of the replication before the operation.
      returned: if the operation gave it a new id
      type: str
      sample: C4-0a1b2c3d-0123-4567-89ab-01234567ffff
    asked:
      description:
        - What was asked for, an id or a name.
      returned: if the module failed before it read any replication
      type: str
      sample: db-1
    vm_name:
      description:
        - Name of the VM.
      returned: if the replications could be read
      type: str
      sample: db-1
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
              V(COMPLETE) once it is recovered and not reversed yet.
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
              V(COMPLETE) once it is recovered and not reversed yet.
          returned: always
          type: str
          sample: COMPLETE
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
          sample: 1778206447000
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
          sample: failover
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
    replication:
      description:
        - The replication as the API shows it after the operation, with secrets masked. Its keys are those of the API
          version in use.
      returned: if the replication could be read, and O(compact=false)
      type: dict
      sample:
        id: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
        vmName: db-1
        overallHealth: GREEN
    error:
      description:
        - What went wrong with this replication, with the keys of RV(error).
      returned: if the operation failed or was refused for this replication
      type: dict
      sample: {code: TEST_ACTIVE, category: refused}
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
      sample: TEST_ACTIVE
    message:
      description:
        - What went wrong.
      returned: always
      type: str
      sample: >-
        Failover of db-1 (C4-0a1b2c3d-0123-4567-89ab-0123456789ab) is refused: a test failover is active (recovery
        state TEST, site-1 -> site-2, active_site site-2).
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
      sample: "Clean up the test with vm_replication_failover_test and state=absent, then run again."
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

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER
from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import VM_RECOVERY, vm_operation_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.setting_arguments import recovery_settings_options
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operation

DEFINITION = Definition(
    options={**vm_operation_options(active_site_required=True), **recovery_settings_options(FAILOVER.name, VM.name)},
    run=operation(VM, FAILOVER),
    **VM_RECOVERY,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
