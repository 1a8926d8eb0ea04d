#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: vm_replication_reverse
short_description: Reverse VM replications after a failover or migration
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Reverses the direction of VM replications after a failover or a migration. Each VM keeps running where it is, and
    is from then on replicated back to the site that it came from.
  - Use it after M(opendr.vcda.vm_replication_failover) or M(opendr.vcda.vm_replication_migrate). Until the
    replication is reversed, the recovered workload is not protected and cannot be failed back.
  - Accepts any number of VM replications. The module reads all of them and decides by their state, starts the
    operation where it is needed, waits for all tasks together, and reads all replications again at the end.
  - B(The original VM is removed.) Its disks become the seed of the reversed replication, the VM is removed from the
    inventory at the old source site, and its data are overwritten by the replicated data. Reverse only if you want to
    keep the recovered workload.
  - B(Amount of data.) Since version 4.3 of the product, with the Classic data engine, an optimized reverse sends only
    the differences if the original VM was not powered on after the recovery and its disks have not been changed. By
    default this is possible for seven days, until RV(vm_replications[].before.optimize_until). Otherwise all data are
    sent again.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.by_state
  - opendr.vcda.vm_selection
  - opendr.vcda.operation.both_sites
  - opendr.vcda.operation.reverse
  - opendr.vcda.operation.on_prem_auth
  - opendr.vcda.operation
  - opendr.vcda.recovery_plans
  - opendr.vcda.connection
notes:
  - B(Prerequisites.) Each VM has been failed over or migrated, so its recovery state is V(COMPLETE). O(hostname) is
    the service at the site where the workload runs now.
  - Error code V(NOT_RECOVERED) means that the VM has not been failed over or migrated. Do that first, with
    M(opendr.vcda.vm_replication_failover) or M(opendr.vcda.vm_replication_migrate), then reverse. Without
    O(active_site) it can also mean that an earlier reverse cannot be proven; set O(active_site) then.
  - Error code V(TEST_ACTIVE) means that a test failover is active. Clean it up with
    M(opendr.vcda.vm_replication_failover_test) and O(opendr.vcda.vm_replication_failover_test#module:state=absent),
    then recover and reverse.
  - Error code V(WRONG_DIRECTION) means that the VM has been recovered at another site than O(active_site). Check
    whether O(active_site) names the site where the workload runs now.
seealso:
  - module: opendr.vcda.vm_replication_failover
    description: Fail over VMs after a failure of the source site.
  - module: opendr.vcda.vm_replication_migrate
    description: Migrate VMs without data loss while both sites are up.
  - module: opendr.vcda.vm_replication_failover_test
    description: Test a failover of VMs, and clean up.
  - module: opendr.vcda.vm_replication_info
    description: List VM replications and their instances.
  - module: opendr.vcda.recovery_readiness_info
    description: Check what is possible now, and what blocks the rest.
  - module: opendr.vcda.session
    description: Log in once for several tasks.
  - module: opendr.vcda.vapp_replication_reverse
    description: Replicate recovered vApps back to the site that they came from.
"""

EXAMPLES = r"""
---
# With VCDA_HOSTNAME, VCDA_USERNAME and VCDA_PASSWORD in the environment, and VCDA_PEER_SITE, VCDA_PEER_USERNAME and
# VCDA_PEER_PASSWORD for the other site, no connection option is needed. A credential of a custom type does that in AWX.
- name: Protect what was failed over to site-2
  opendr.vcda.vm_replication_reverse:
    vm_names:
      - db-1
      - app-1
      - web-1
    active_site: site-2

- name: The same with everything said in the task
  opendr.vcda.vm_replication_reverse:
    hostname: vcda.site-2.example.com
    username: operator@tenant-1
    password: "{{ vault_site_2_password }}"
    certificate_thumbprint: "{{ site_2_thumbprint }}"
    extend_sites:
      - site: site-1
        username: operator@tenant-1
        password: "{{ vault_site_1_password }}"
    vm_replication_id: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
    active_site: site-2

- name: See what a reverse would do, without doing it
  opendr.vcda.vm_replication_reverse:
    vm_name: db-1
    active_site: site-2
  check_mode: true
  register: prediction

- name: Fail over in a disaster, which needs the recovery site alone
  opendr.vcda.vm_replication_failover:
    vm_names:
      - db-1
      - app-1
      - web-1
    active_site: site-2

- name: Protect the workload as soon as the old site is back
  block:
    - name: Replicate back to the old site
      opendr.vcda.vm_replication_reverse:
        vm_names:
          - db-1
          - app-1
          - web-1
        active_site: site-2
  rescue:
    - name: Fail for every error that waiting for the old site does not resolve
      ansible.builtin.fail:
        msg: "{{ ansible_failed_result.msg }}"
      when: ansible_failed_result.error.category not in ['unreachable', 'remote_authentication', 'server']

    - name: Say that the workload runs and is not protected yet
      ansible.builtin.debug:
        msg: The old site does not answer yet. Run this playbook again later, it goes on with the reverse.

- name: Start many reverses without waiting for them
  opendr.vcda.vm_replication_reverse:
    vm_names:
      - db-1
      - app-1
      - web-1
    active_site: site-2
    wait: false

- name: Wait for them later, by running the same task again
  opendr.vcda.vm_replication_reverse:
    vm_names:
      - db-1
      - app-1
      - web-1
    active_site: site-2
    wait_timeout: 7200
"""

RETURN = r"""
---
msg:
  description:
    - Result in one paragraph, with the number of replications that changed, were already done and failed, and with
      the reason and the remedy for each failure.
  returned: always
  type: str
  sample: "Reverse: 2 changed, 1 already done, 0 failed."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
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
        - Id or name that was requested.
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
        - Whether this run changed the replication or attached to a task that changes it. In check mode, whether it
          would.
      returned: always
      type: bool
      sample: true
    decision:
      description:
        - Decision for the replication, based on its state.
        - V(act) starts the operation, V(attach) waits for a running task of the same operation, V(done) means that
          there is nothing to do, V(refuse) means that the operation is not allowed.
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
              V(COMPLETE) after a failover or a migration until it is reversed.
          returned: always
          type: str
          sample: COMPLETE
        source_site:
          description:
            - Site from which the workload is replicated.
          returned: always
          type: str
          sample: site-1
        destination_site:
          description:
            - Site to which it is replicated. After a failover or a migration, the site where it runs.
          returned: always
          type: str
          sample: site-2
        is_reversed:
          description:
            - Flag of the service. According to the documentation of version 4.7 each reverse inverts it. Use the
              sites to tell the direction.
          returned: always
          type: bool
          sample: false
        is_paused:
          description:
            - Whether a user has paused the replication.
          returned: always
          type: bool
          sample: false
        is_migration:
          description:
            - Whether it was started as a migration and not as a protection.
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
            - Owner, in the form C(organization@site).
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
            - Time until which an optimized reverse, which sends only the differences, is possible, in milliseconds
              since the epoch.
          returned: always
          type: int
          sample: 1778033647000
    after:
      description:
        - The replication after the operation. In check mode, as it would be.
      returned: if the replication could be read
      type: dict
      contains:
        recovery_state:
          description:
            - V(NOT_STARTED) while it replicates, V(TEST) during a test failover, V(IN_PROGRESS) during an operation,
              V(COMPLETE) after a failover or a migration until it is reversed.
          returned: always
          type: str
          sample: NOT_STARTED
        source_site:
          description:
            - Site from which the workload is replicated.
          returned: always
          type: str
          sample: site-2
        destination_site:
          description:
            - Site to which it is replicated. After a failover or a migration, the site where it runs.
          returned: always
          type: str
          sample: site-1
        is_reversed:
          description:
            - Flag of the service. According to the documentation of version 4.7 each reverse inverts it. Use the
              sites to tell the direction.
          returned: always
          type: bool
          sample: false
        is_paused:
          description:
            - Whether a user has paused the replication.
          returned: always
          type: bool
          sample: false
        is_migration:
          description:
            - Whether it was started as a migration and not as a protection.
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
            - Owner, in the form C(organization@site).
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
            - Time until which an optimized reverse, which sends only the differences, is possible, in milliseconds
              since the epoch.
          returned: always
          type: int
          sample: null
    task:
      description:
        - Task of the operation. Empty if there was nothing to do.
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
            - Type of the task, as the service reports it.
          returned: always
          type: str
          sample: reverse
        state:
          description:
            - State of the task. V(SUCCEEDED) and V(FAILED) are final; with any other value it is still running.
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
            - Warnings of the task. The module shows them as its own warnings as well.
          returned: always
          type: list
          elements: str
          sample: []
        operation_id:
          description:
            - Operation id of the request that made the task, by which M(opendr.vcda.task_info) finds it and the logs of
              the services can be searched. Empty if another run sent the request and the service does not show it.
          returned: always
          type: str
          sample: awx-job-4711-9d1e7f52-3c0b-4a86-8f4e-6b2d5a90c713
    replication:
      description:
        - The replication as the API returns it after the operation, with secrets masked. Its keys are those of the
          API version in use.
      returned: if the replication could be read, unless O(compact) omits it
      type: dict
      sample:
        id: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
        vmName: db-1
        overallHealth: GREEN
    lost_mappings:
      description:
        - Networks of the recovery settings that the reverse did not carry over, which are also reported as warnings.
          Empty if all were. In check mode, those that are documented not to be carried over.
      returned: with O(compare_networks), if this run reversed the replication and its settings could be read
      type: list
      elements: dict
      contains:
        settings:
          description:
            - V(failover) or V(test).
          returned: always
          type: str
          sample: failover
        source_network:
          description:
            - Network at the source before the reverse. Empty for a NIC.
          returned: always
          type: str
          sample: production
        destination_network:
          description:
            - Network at the destination before the reverse.
          returned: always
          type: str
          sample: recovery
        vm_id:
          description:
            - Id of the VM before the reverse, for a NIC.
          returned: always
          type: str
          sample: null
        nic_index:
          description:
            - Index of the NIC, if it has lost its network.
          returned: always
          type: int
          sample: null
    error:
      description:
        - Error of this replication, with the keys of RV(error).
      returned: if the operation failed or was refused for this replication
      type: dict
      sample: {code: NOT_RECOVERED, category: refused}
summary:
  description:
    - Number of replications by result.
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
        - Number that changed or, in check mode, would change. One that failed is counted as failed only, also if a part
          of it changed.
      returned: always
      type: int
      sample: 2
    done:
      description:
        - Number with nothing to do.
      returned: always
      type: int
      sample: 1
    failed:
      description:
        - Number that failed or were refused.
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
        - Error code of the service, or of the collection for its own refusals.
      returned: always
      type: str
      sample: NOT_RECOVERED
    message:
      description:
        - What went wrong.
      returned: always
      type: str
      sample: >-
        Reverse of db-1 (C4-0a1b2c3d-0123-4567-89ab-0123456789ab) is refused: it has not been failed over or migrated
        (recovery state NOT_STARTED, site-1 -> site-2, active_site site-2).
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
      sample: null
    category:
      description:
        - Category of the failure, to branch on in a C(rescue). The categories are stable.
        - One of V(authentication), V(remote_authentication), V(authorization), V(not_found), V(invalid_request),
          V(refused), V(task_failed), V(timeout), V(unknown_outcome), V(unreachable) and V(server).
      returned: always
      type: str
      sample: refused
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
      sample: "Fail the workload over or migrate it first, then reverse."
    operation_id:
      description:
        - Id of the request, by which it can be found in the logs of the service.
      returned: always
      type: str
      sample: null
    task_id:
      description:
        - Task that failed or is still running.
      returned: always
      type: str
      sample: null
"""

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import VM_SELECTION, vm_operation_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operation

DEFINITION = Definition(
    options=vm_operation_options(on_prem_auth=True, compares_networks=True),
    run=operation(VM, REVERSE),
    **VM_SELECTION,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
