#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: recovery_readiness_info
short_description: Check the readiness of VM replications for a recovery
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Returns for each VM replication which operations are possible now, the blockers of the others and their remedies,
    the age of the newest data, whether the RPO is violated, whether the other site can be reached and the session is
    extended to it, and for how long an optimized reverse is still possible.
  - It only reads. Run it before every recovery and on a schedule.
  - It uses the decision table of the operation modules, so it reports what they would do.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.vm_selection
  - opendr.vcda.connection
options:
  vm_replication_ids:
    description:
      - Ids of VM replications, in the form C(C4-) and a UUID.
      - Exactly one of O(vm_replication_ids), O(vm_names) and O(all) is required.
  owner:
    description:
      - Only consider replications of this owner, in the form C(organization@site). Used with O(vm_names) and O(all).
      - Only provider administrators can filter by owner.
  all:
    description:
      - Whether to check every VM replication that the user can see.
    type: bool
  active_site:
    description:
      - Name of the site where the workloads run after the operation. The default is the destination of each
        replication.
    type: str
  max_rpo_violation:
    description:
      - Tolerated RPO violation in minutes, as the service counts it. At least 0.
    type: int
    default: 0
  max_instance_age:
    description:
      - Highest tolerated age of the newest instance in seconds, at least 0. By default the age is returned and does
        not count.
      - Before API version 4.6 the age costs one request for each replication. Of more than 16 replications it is then
        read only with this option.
    type: int
  max_test_age:
    description:
      - Seconds for which a test failover may be running, at least 0. V(0) means no limit.
      - The time counts from the end of the task that started the test, by the clock of the service. Of a test whose
        task the service does not list any more, the time is not known.
      - Of more than 8 tests it is read from the newest tasks, with at most 8 requests. RV(unknown) names the tests that
        these do not show.
    type: int
    default: 86400
  min_optimized_reverse:
    description:
      - Hours for which a recovered replication must still be reversible with the differences only. At least 0.
    type: int
    default: 24
  min_certificate_days:
    description:
      - Days for which the certificate of the service must still be valid. At least 0.
    type: int
    default: 30
  max_clock_difference:
    description:
      - Tolerated difference in seconds between the clocks of the service and of the controller. At least 0.
    type: int
    default: 60
  require_recovery_settings:
    description:
      - Whether each replication must be set up for its recovery before it comes. Then one is blocked if no networks are
        set for a failover or for a test, if the destination does not have them, if a reverse did not carry them over,
        or if the guest customization is off although the addressing needs it.
      - By default these are concerns, and a replication for which nothing at all is set is not reported, as the
        networks can be given to the failover. The settings are read if that takes at most 12 requests.
      - With V(true) the settings of all replications are read, which takes up to two requests for each of them.
    type: bool
    default: false
  respect_recovery_plans:
    description:
      - Whether a replication is blocked if it belongs to a recovery plan of the product which is V(RUNNING) or
        V(SUSPENDED). The operation modules refuse it with their option of the same name.
      - By default that is a concern.
    type: bool
    default: false
  skip_checks:
    description:
      - Names of checks that are switched off. They find nothing, and what only they need is not read.
      - The page "Readiness checks" of the documentation lists the checks, with what each reads and costs.
    type: list
    elements: str
    choices:
      - recovery_state
      - session
      - rpo_violation
      - rpo_history
      - instance_age
      - health
      - paused
      - first_sync
      - recovery_plan
      - running_task
      - test_age
      - policy_incoming
      - policy_outgoing
      - policy_quota
      - policy_rpo
      - sla_profile
      - seed_disks
      - optimized_reverse
      - source_power
      - seed_space
      - failover_networks
      - test_networks
      - test_isolation
      - networks_exist
      - lost_mappings
      - guest_customization
      - certificate
      - peer_certificate
      - clock
notes:
  - The module does not fail if a replication is not ready. Branch on RV(is_ready), as in the examples.
  - With the default options a check of 1,000 replications needs at most 40 requests.
  - Policies, SLA profiles and tasks are read with the rights of the user. What they do not show is returned in
    RV(unknown) and does not count.
  - The login extends the session to the sites in O(extend_sites) that the service reaches, to detect wrong
    credentials before they are needed. The module does not wait for a site that cannot be reached.
seealso:
  - module: opendr.vcda.vm_replication_failover
    description: Fail over VMs after a failure of the source site.
  - module: opendr.vcda.vm_replication_migrate
    description: Migrate VMs without data loss while both sites are up.
  - module: opendr.vcda.vm_replication_reverse
    description: Replicate recovered VMs back to the site that they came from.
  - module: opendr.vcda.vm_replication_failover_test
    description: Test a failover of VMs, and clean up.
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

- name: Fail if not
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

- name: Show blockers, concerns and remedies
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
    - Result in one sentence; on failure, the reason and the remedy.
  returned: always
  type: str
  sample: "3 of 3 VM replications are ready."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
is_ready:
  description:
    - Whether at least one replication was found and all of them are ready.
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
        - Whether a failover is possible or done, and the replication has no concerns.
      returned: always
      type: bool
      sample: true
    blocked_by:
      description:
        - Blockers of a failover. Empty if there are none.
      returned: always
      type: list
      elements: dict
      contains:
        check:
          description:
            - Name of the check, as in O(skip_checks).
          returned: always
          type: str
          sample: recovery_state
        code:
          description:
            - Code of the finding, to branch on.
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
            - Remedy.
          returned: always
          type: str
          sample: "Clean up the test with vm_replication_failover_test and state=absent, then run again."
        effect:
          description:
            - V(blocks).
          returned: always
          type: str
          sample: blocks
        read_from:
          description:
            - Requests from which it was read.
          returned: always
          type: str
          sample: GET /vm-replications
        settings:
          description:
            - Recovery settings that the finding is about, V(failover) or V(test).
          returned: for the checks of recovery settings
          type: str
          sample: failover
    concerns:
      description:
        - Problems that do not block a failover, but should be known before it or would stop the reverse.
      returned: always
      type: list
      elements: dict
      contains:
        check:
          description:
            - Name of the check, as in O(skip_checks).
          returned: always
          type: str
          sample: rpo_violation
        code:
          description:
            - Code of the finding, to branch on.
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
            - Remedy.
          returned: always
          type: str
          sample: "Sync the replication, or see why it lags."
        effect:
          description:
            - V(warns).
          returned: always
          type: str
          sample: warns
        read_from:
          description:
            - Requests from which it was read.
          returned: always
          type: str
          sample: GET /vm-replications
        settings:
          description:
            - Recovery settings that the finding is about, V(failover) or V(test).
          returned: for the checks of recovery settings
          type: str
          sample: failover
    asked:
      description:
        - Id or name that was requested.
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
          V(COMPLETE) after a failover or a migration until it is reversed.
      returned: if the replication could be read
      type: str
      sample: NOT_STARTED
    source_site:
      description:
        - Site from which the workload is replicated.
      returned: if the replication could be read
      type: str
      sample: site-1
    destination_site:
      description:
        - Site to which it is replicated. After a failover or a migration, the site where it runs.
      returned: if the replication could be read
      type: str
      sample: site-2
    is_reversed:
      description:
        - Flag of the service. According to the documentation of version 4.7 each reverse inverts it. Use the sites to
          tell the direction.
      returned: if the replication could be read
      type: bool
      sample: false
    is_paused:
      description:
        - Whether a user has paused the replication.
      returned: if the replication could be read
      type: bool
      sample: false
    is_migration:
      description:
        - Whether it was started as a migration and not as a protection.
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
        - Owner, in the form C(organization@site).
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
        - Time until which an optimized reverse, which sends only the differences, is possible, in milliseconds since
          the epoch.
      returned: if the replication could be read
      type: int
      sample: null
    operations:
      description:
        - Operations and whether they are possible now.
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
                - Whether there is nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - Blocker, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if there is none.
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
                - Whether there is nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - Blocker, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if there is none.
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
                - Whether there is nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - Blocker, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if there is none.
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
                - Whether there is nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - Blocker, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if there is none.
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
                - Whether there is nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - Blocker, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if there is none.
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
                - Whether there is nothing left to do.
              returned: always
              type: bool
              sample: false
            blocked_by:
              description:
                - Blocker, with RV(ignore:code), RV(ignore:message) and RV(ignore:remedy). Empty if there is none.
              returned: always
              type: dict
              sample: null
    test:
      description:
        - The test failover that is running, or V(null) if none is, or if it is not known since when.
      returned: if the replication could be read
      type: dict
      contains:
        since:
          description:
            - When the task that started the test ended, in ISO 8601.
          returned: always
          type: str
          sample: "2026-05-01T02:14:07Z"
        age:
          description:
            - For how long the test has been running, in seconds, by the clock of the service.
          returned: always
          type: int
          sample: 1260
    recovery_networks:
      description:
        - Networks to which the stored recovery settings connect the VM. Empty if they were not read, or cannot be read.
      returned: if the replication could be read
      type: dict
      contains:
        failover:
          description:
            - In a failover or a migration.
          returned: always
          type: dict
          contains: &connection
            copies_source_networks:
              description:
                - Whether the vApp gets copies of its source networks. Only mappings connect these to other networks.
              returned: always
              type: bool
              sample: false
            networks:
              description:
                - Id and name of each network that is bridged to the vApp, or is the destination of a mapping.
              returned: always
              type: list
              elements: dict
              sample:
                - id: null
                  name: production
            nics:
              description:
                - Index of each NIC, and id and name of its network. Both are empty if it is connected to none, or only
                  to a copy of a source network.
              returned: always
              type: list
              elements: dict
              sample:
                - nic_index: 0
                  id: null
                  name: production
        test:
          description:
            - In a test failover.
          returned: always
          type: dict
          contains: *connection
    latest_instance:
      description:
        - Newest instance. Empty if none is known; before API version 4.6 also if the check C(instance_age) is
          switched off.
      returned: if the replication could be read
      type: dict
      contains:
        key:
          description:
            - Key of the instance, as used by the options that select an instance.
          returned: always
          type: str
          sample: replica-5f0c1c53-8c7f-4c27-9d5e-3a4b5c6d7e8f
        timestamp:
          description:
            - Time of the data, in milliseconds since the epoch.
          returned: always
          type: int
          sample: 1777601647000
        time:
          description:
            - The same time in ISO 8601.
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
            - How the guest was quiesced, as the service reports it.
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
        - Whether a reverse can still send only the differences. The final decision is the service's.
      returned: if the replication could be read
      type: dict
      contains:
        is_possible:
          description:
            - Whether it is still within the time limit.
          returned: always
          type: bool
          sample: false
        until:
          description:
            - End of the time limit, in ISO 8601.
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
        - The other site of the replication, as seen from the site that was asked.
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
            - Whether the session is extended to it, as a migration and a reverse require. The check extends it to the
              sites in O(extend_sites) that the service reaches, and reports a concern if that is refused.
          returned: always
          type: bool
          sample: false
    replication:
      description:
        - The replication as the API returns it, with secrets masked. Its keys are those of the API version in use.
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
concerns:
  description:
    - Problems of the service or of the whole selection, which are also reported as warnings. They do not count in
      RV(is_ready).
  returned: on success
  type: list
  elements: dict
  contains:
    check:
      description:
        - Name of the check, as in O(skip_checks).
      returned: always
      type: str
      sample: clock
    code:
      description:
        - Code of the finding, to branch on.
      returned: always
      type: str
      sample: CLOCKS_DIFFER
    effect:
      description:
        - V(warns).
      returned: always
      type: str
      sample: warns
    message:
      description:
        - What was found.
      returned: always
      type: str
      sample: "The clock of the service is 300 s ahead of that of the controller."
    remedy:
      description:
        - Remedy.
      returned: always
      type: str
      sample: "Synchronise both clocks with NTP; ages and deadlines depend on them."
    read_from:
      description:
        - Requests from which it was read.
      returned: always
      type: str
      sample: the header Date of the answers
unknown:
  description:
    - What the checks could not tell with the rights of this user, each cause once. They do not count in
      RV(is_ready).
  returned: on success
  type: list
  elements: dict
  contains:
    check:
      description:
        - Name of the check, as in O(skip_checks).
      returned: always
      type: str
      sample: policy_incoming
    code:
      description:
        - Code of the finding, to branch on.
      returned: always
      type: str
      sample: INCOMING_NOT_ALLOWED
    effect:
      description:
        - V(unknown).
      returned: always
      type: str
      sample: unknown
    message:
      description:
        - What was found.
      returned: always
      type: str
      sample: "The policies at site-1 cannot be read: The session is not extended to site site-1."
    remedy:
      description:
        - Remedy.
      returned: always
      type: str
      sample: >-
        The session is not authenticated at the other site. Give credentials for that site in extend_sites, or let the
        session module extend the session.
    read_from:
      description:
        - Requests from which it was read.
      returned: always
      type: str
      sample: GET /policies
    vm_replication_ids:
      description:
        - Ids of the replications for which it cannot be told. Empty for the service.
      returned: always
      type: list
      elements: str
      sample: [C4-0a1b2c3d-0123-4567-89ab-0123456789ab]
error:
  description:
    - What went wrong.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - Error code of the service, or of the collection for its own refusals.
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
        - Arguments of the message of the service, in its order.
      returned: always
      type: list
      elements: str
      sample: []
    http_status:
      description:
        - HTTP status of the answer, if there was an answer.
      returned: always
      type: int
      sample: 401
    category:
      description:
        - Category of the failure, to branch on in a C(rescue). The categories are stable.
        - One of V(authentication), V(remote_authentication), V(authorization), V(not_found), V(invalid_request),
          V(refused), V(task_failed), V(timeout), V(unknown_outcome), V(unreachable) and V(server).
      returned: always
      type: str
      sample: authentication
    retriable:
      description:
        - Whether the same task may succeed if it is run again later without a change.
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
        - Id of the request, by which it can be found in the logs of the service.
      returned: always
      type: str
      sample: opendr.vcda-9d1e7f52-3c0b-4a86-8f4e-6b2d5a90c713
    task_id:
      description:
        - Task that failed or is still running.
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
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_checks import CHECKS

DEFINITION = Definition(
    options=readiness_options(CHECKS),
    run=check_readiness,
    **READINESS_SELECTION,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
