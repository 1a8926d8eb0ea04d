#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: recovery_readiness_info
short_description: Check what could be recovered now, and what stands in the way
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Tells of every VM replication which operations are possible now, what blocks the others and what would help, how
    old the newest data is, whether the RPO is kept, whether the other site is reachable and the session extended to
    it, and how long an optimized reverse is still possible.
  - Use it every day, so that the answer is known before the night in which it counts. It only reads.
  - The answer comes from the same decisions that the operation modules take, so what is possible here is what they
    would do.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.vm_selection
  - opendr.vcda.connection
options:
  vm_replication_ids:
    description:
      - Ids of VM replications, of the form C(C4-) and a UUID.
      - Exactly one of O(vm_replication_ids), O(vm_names) and O(all) is required.
  owner:
    description:
      - Only consider replications of this owner, of the form C(organization@site). Counts with O(vm_names) and
        O(all).
      - The service lets provider administrators filter by owner.
  all:
    description:
      - Whether to check every VM replication that the user may see.
    type: bool
  active_site:
    description:
      - Name of the site on which the workloads are to run in the end. Left out, the destination of each replication
        is taken.
    type: str
  max_rpo_violation:
    description:
      - Greatest violation of the RPO to put up with, in minutes as the service counts it. At least 0.
    type: int
    default: 0
  max_instance_age:
    description:
      - Greatest age of the newest instance to put up with, in seconds, at least 0. Left out, the age is told
        and not judged.
    type: int
notes:
  - The module does not fail because of what it finds. Branch on RV(is_ready), as in the examples.
  - As a part of the login, the session is extended to the sites of O(extend_sites) that the service reaches, so that
    wrong credentials show before they are needed. A site that is not reachable is not waited for.
seealso:
  - module: opendr.vcda.vm_replication_failover
    description: Recover a VM whose source is lost.
  - module: opendr.vcda.vm_replication_migrate
    description: Move a VM without loss of data while both sites are up.
  - module: opendr.vcda.vm_replication_reverse
    description: Protect a recovered VM towards the site that it came from.
  - module: opendr.vcda.vm_replication_failover_test
    description: Prove that a VM could be recovered, and clean up.
  - module: opendr.vcda.vm_replication_info
    description: List VM replications and their instances.
"""

EXAMPLES = r"""
---
- name: Check whether everything could be failed over to site-2
  opendr.vcda.recovery_readiness_info:
    all: true
    active_site: site-2
    max_instance_age: 3600
  register: check

- name: Raise the alarm if not
  ansible.builtin.assert:
    that: check.is_ready
    fail_msg: "{{ (blockers + concerns) | map(attribute='message') | join(' ') }}"
  vars:
    blockers: "{{ check.vm_replications | map(attribute='blocked_by') | flatten }}"
    concerns: "{{ check.vm_replications | map(attribute='concerns') | flatten }}"

- name: Check three VMs
  opendr.vcda.recovery_readiness_info:
    vm_names:
      - db-1
      - app-1
      - web-1
  register: check

- name: Show what stands in the way, and what helps
  ansible.builtin.debug:
    msg: "{{ item.blocked_by + item.concerns }}"
  loop: "{{ check.vm_replications | rejectattr('is_ready') }}"
  loop_control:
    label: "{{ item.vm_name | default(item.asked, true) }}"

- name: Show how long an optimized reverse is still possible
  ansible.builtin.debug:
    msg: "{{ item.vm_name }}: {{ item.optimized_reverse.seconds_left // 3600 }} hours"
  loop: "{{ check.vm_replications | selectattr('optimized_reverse', 'defined') }}"
  when: item.optimized_reverse.is_possible
  loop_control:
    label: "{{ item.vm_name }}"
"""

RETURN = r"""
---
msg:
  description:
    - What was found, in one sentence; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "3 of 3 VM replications are ready."
is_ready:
  description:
    - Whether there is something to recover, and all of it is ready.
  returned: on success
  type: bool
  sample: true
vm_replications:
  description:
    - One item for each replication.
  returned: on success
  type: list
  elements: dict
  contains:
    id:
      description:
        - Id of the replication. Empty if it was not found.
      returned: always
      type: str
      sample: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
    is_ready:
      description:
        - Whether a failover is possible or done, and nothing gives concern.
      returned: always
      type: bool
      sample: true
    blocked_by:
      description:
        - What forbids a failover. Empty if nothing does.
      returned: always
      type: list
      elements: dict
      contains:
        code:
          description:
            - Word for the finding, to branch on.
          returned: always
          type: str
          sample: TEST_ACTIVE
        message:
          description:
            - What was found.
          returned: always
          type: str
          sample: >-
            Failover of db-1 (C4-0a1b2c3d-0123-4567-89ab-0123456789ab) is refused: a test failover is active
            (recovery state TEST, site-1 -> site-2, active_site site-2).
        remedy:
          description:
            - What helps.
          returned: always
          type: str
          sample: "Clean up the test with vm_replication_failover_test and state=absent, then run again."
    concerns:
      description:
        - What does not forbid a failover but should be known before. The codes are V(RPO_VIOLATION),
          V(INSTANCE_TOO_OLD), V(UNHEALTHY), V(PAUSED) and V(SESSION_NOT_EXTENDED).
      returned: always
      type: list
      elements: dict
      contains:
        code:
          description:
            - Word for the finding, to branch on.
          returned: always
          type: str
          sample: RPO_VIOLATION
        message:
          description:
            - What was found.
          returned: always
          type: str
          sample: "The RPO is violated by 12 minutes."
        remedy:
          description:
            - What helps.
          returned: always
          type: str
          sample: "Sync the replication, or see why it lags."
    asked:
      description:
        - What was asked for, an id or a name.
      returned: if the replication could not be read
      type: str
      sample: db-1
    error:
      description:
        - Why the replication could not be read, with the keys of RV(error).
      returned: if the replication could not be read
      type: dict
      sample: {code: NAME_NOT_FOUND, category: not_found}
    vm_name:
      description:
        - Name of the VM.
      returned: if the replication could be read
      type: str
      sample: db-1
    vapp_name:
      description:
        - Name of the source vApp.
      returned: if the replication could be read
      type: str
      sample: shop
    vapp_replication_id:
      description:
        - Id of the vApp replication that it belongs to.
      returned: if the replication could be read
      type: str
      sample: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
    recovery_state:
      description:
        - V(NOT_STARTED) while it replicates, V(TEST) during a test failover, V(IN_PROGRESS) during an operation,
          V(COMPLETE) once it is recovered and not reversed yet.
      returned: if the replication could be read
      type: str
      sample: NOT_STARTED
    source_site:
      description:
        - Site on which the workload lies that is replicated.
      returned: if the replication could be read
      type: str
      sample: site-1
    destination_site:
      description:
        - Site to which it is replicated. Once it is recovered, the site on which it runs.
      returned: if the replication could be read
      type: str
      sample: site-2
    is_reversed:
      description:
        - Mark of the service. The vendor does not document when it is set; go by the sites instead.
      returned: if the replication could be read
      type: bool
      sample: false
    is_paused:
      description:
        - Whether the user paused the replication.
      returned: if the replication could be read
      type: bool
      sample: false
    is_migration:
      description:
        - Whether it was set up as a migration and not as a protection.
      returned: if the replication could be read
      type: bool
      sample: false
    overall_health:
      description:
        - V(GREEN), V(YELLOW) or V(RED).
      returned: if the replication could be read
      type: str
      sample: GREEN
    data_connection_state:
      description:
        - State of the data connection, for example V(OK), V(SYNCING), V(PAUSED) or V(ERROR).
      returned: if the replication could be read
      type: str
      sample: OK
    owner:
      description:
        - Owner, of the form C(organization@site).
      returned: if the replication could be read
      type: str
      sample: tenant-1@site-1
    rpo_violation:
      description:
        - Accumulated violation of the RPO as the service counts it, V(0) if there is none.
      returned: if the replication could be read
      type: int
      sample: 0
    optimize_until:
      description:
        - Until when a reverse can be the optimized one that sends only differences, in milliseconds since the epoch.
      returned: if the replication could be read
      type: int
      sample: null
    operations:
      description:
        - What could be done now.
      returned: if the replication could be read
      type: dict
      contains:
        failover:
          description:
            - A failover.
          returned: always
          type: dict
          contains:
            is_possible:
              description:
                - Whether it would be started now.
              returned: always
              type: bool
              sample: true
            is_done:
              description:
                - Whether it would find nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - What forbids it, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if nothing
                  does.
              returned: always
              type: dict
              sample: null
        migrate:
          description:
            - A migration.
          returned: always
          type: dict
          contains:
            is_possible:
              description:
                - Whether it would be started now.
              returned: always
              type: bool
              sample: true
            is_done:
              description:
                - Whether it would find nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - What forbids it, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if nothing
                  does.
              returned: always
              type: dict
              sample: null
        test:
          description:
            - A test failover.
          returned: always
          type: dict
          contains:
            is_possible:
              description:
                - Whether it would be started now.
              returned: always
              type: bool
              sample: true
            is_done:
              description:
                - Whether it would find nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - What forbids it, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if nothing
                  does.
              returned: always
              type: dict
              sample: null
        cleanup:
          description:
            - The cleanup of a test failover.
          returned: always
          type: dict
          contains:
            is_possible:
              description:
                - Whether it would be started now.
              returned: always
              type: bool
              sample: true
            is_done:
              description:
                - Whether it would find nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - What forbids it, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if nothing
                  does.
              returned: always
              type: dict
              sample: null
        reverse:
          description:
            - A reverse.
          returned: always
          type: dict
          contains:
            is_possible:
              description:
                - Whether it would be started now.
              returned: always
              type: bool
              sample: true
            is_done:
              description:
                - Whether it would find nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - What forbids it, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if nothing
                  does.
              returned: always
              type: dict
              sample: null
        sync:
          description:
            - A sync.
          returned: always
          type: dict
          contains:
            is_possible:
              description:
                - Whether it would be started now.
              returned: always
              type: bool
              sample: true
            is_done:
              description:
                - Whether it would find nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - What forbids it, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if nothing
                  does.
              returned: always
              type: dict
              sample: null
    latest_instance:
      description:
        - The newest point in time that could be recovered. Empty if none is known.
      returned: if the replication could be read
      type: dict
      contains:
        key:
          description:
            - Key of the instance, as the options that choose one take it.
          returned: always
          type: str
          sample: replica-5f0c1c53-8c7f-4c27-9d5e-3a4b5c6d7e8f
        timestamp:
          description:
            - Moment that the data is of, in milliseconds since the epoch.
          returned: always
          type: int
          sample: 1777601647000
        time:
          description:
            - The same moment in ISO 8601.
          returned: always
          type: str
          sample: "2026-05-01T02:14:07Z"
        age:
          description:
            - Age of the data in seconds, by the clock of the service.
          returned: always
          type: int
          sample: 1260
        is_pinned:
          description:
            - Whether the instance is exempt from the retention rules.
          returned: always
          type: bool
          sample: false
        quiesced_type:
          description:
            - How the guest was quiesced, in the words of the service.
          returned: always
          type: str
          sample: fileSystemQuiesced
        sequence_number:
          description:
            - Number of the instance in its sequence.
          returned: always
          type: int
          sample: 42
        transfer_bytes:
          description:
            - Number of bytes that were transferred for it.
          returned: always
          type: int
          sample: 73400320
        transfer_seconds:
          description:
            - Number of seconds that the transfer took.
          returned: always
          type: int
          sample: 11
    optimized_reverse:
      description:
        - Whether a reverse may still send differences alone. The service decides in the end.
      returned: if the replication could be read
      type: dict
      contains:
        is_possible:
          description:
            - Whether the time for it has not passed.
          returned: always
          type: bool
          sample: false
        until:
          description:
            - When it passes, in ISO 8601.
          returned: always
          type: str
          sample: null
        seconds_left:
          description:
            - Seconds until then.
          returned: always
          type: int
          sample: 0
    peer:
      description:
        - The other site of the replication, seen from the one that answered.
      returned: if the replication could be read
      type: dict
      contains:
        site:
          description:
            - Name of the site.
          returned: always
          type: str
          sample: site-1
        is_reachable:
          description:
            - Whether the service reaches it. A failover does not need it.
          returned: always
          type: bool
          sample: true
        is_session_extended:
          description:
            - Whether the session can act there, as a migration and a reverse need it. The check extends it to the sites
              of O(extend_sites) that the service reaches, and tells as a concern if that is refused.
          returned: always
          type: bool
          sample: false
    replication:
      description:
        - The replication as the API shows it, with secrets masked. Its keys are those of the API version in use.
      returned: if the replication could be read
      type: dict
      sample:
        id: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
        vmName: db-1
        overallHealth: GREEN
sites:
  description:
    - The sites, as M(opendr.vcda.site_info) returns them.
  returned: on success
  type: list
  elements: dict
  sample:
    - name: site-1
      is_local: false
      is_reachable: true
error:
  description:
    - What went wrong.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - Word of the service for what went wrong, or of the collection for its own refusals.
      returned: always
      type: str
      sample: NotAuthenticated
    message:
      description:
        - What went wrong.
      returned: always
      type: str
      sample: "POST /sessions was answered with HTTP 401 NotAuthenticated: Authentication required."
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
      sample: 401
    category:
      description:
        - Kind of failure, to branch on in a C(rescue). These words do not change.
        - One of V(authentication), V(remote_authentication), V(authorization), V(not_found), V(invalid_request),
          V(refused), V(task_failed), V(timeout), V(unknown_outcome), V(unreachable) and V(server).
      returned: always
      type: str
      sample: authentication
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
      sample: >-
        Check the user name and the password or token. Administrators are refused from public networks unless the
        provider allows them, and the service then answers as it does to a wrong password.
    operation_id:
      description:
        - Id that the request carried, by which it is found in the logs of the service.
      returned: always
      type: str
      sample: opendr.vcda-9d1e7f52-3c0b-4a86-8f4e-6b2d5a90c713
    task_id:
      description:
        - Task that failed or goes on.
      returned: always
      type: str
      sample: null
"""

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import (
    READINESS_SELECTION,
    readiness_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness import check_readiness

DEFINITION = Definition(
    options=readiness_options(),
    run=check_readiness,
    **READINESS_SELECTION,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
