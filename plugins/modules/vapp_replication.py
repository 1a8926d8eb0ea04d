#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: vapp_replication
short_description: Start, change, pause and stop vApp replications
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Starts, changes, pauses, resumes and stops vApp replications, by comparing what the options ask for with what the
    service shows.
  - Select a replication by its id, by the name of its vApp, or by the source vApp. Select several to give all of them
    the same settings.
  - The settings belong to the VM replications of a vApp replication. A setting counts as different if it differs for
    any of them.
  - Other modules recover workloads and reverse their replications, see below.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.replication_definition
  - opendr.vcda.vapp_selection
  - opendr.vcda.operation.both_sites
  - opendr.vcda.operation.on_prem_auth
  - opendr.vcda.operation
  - opendr.vcda.connection
options:
  vapp_replication_ids:
    description:
      - Ids of vApp replications, in the form C(C4VAPP-) and a UUID.
      - Exactly one of O(vapp_replication_ids), O(vapp_names) and O(source) is required. An empty list is refused and
        never means all.
  source:
    description:
      - The vApp to replicate. If the user can see a replication of it (to O(destination.site), if given), that
        replication is selected. Otherwise a replication is started, and O(destination) is required.
    type: dict
    suboptions:
      type:
        description:
          - V(vapp) is a vApp of Cloud Director, V(vcVapp) a set of VMs of a vCenter, V(vappTemplate) a vApp template
            of Cloud Director. V(vcVapp) requires API version 4.2, V(vappTemplate) version 4.5.
        type: str
        choices: [vapp, vcVapp, vappTemplate]
        default: vapp
      site:
        description:
          - Name of the site of the vApp.
        type: str
        required: true
      vapp_id:
        description:
          - Id of the vApp. Required with O(source.type=vapp).
        type: str
      vm_ids:
        description:
          - Managed object ids of the VMs. Required with O(source.type=vcVapp).
        type: list
        elements: str
      vapp_template_id:
        description:
          - Id of the vApp template. Required with O(source.type=vappTemplate).
        type: str
      vc_uuid:
        description:
          - UUID of the vCenter. Only with O(source.type=vcVapp).
        type: str
      vapp_name:
        description:
          - Name of the vApp that the VMs are imported into at the destination. Only with O(source.type=vcVapp).
        type: str
      vm_excluded_disks:
        description:
          - Disks that are not replicated. Not with O(source.type=vappTemplate).
        type: list
        elements: dict
        suboptions:
          vm_id:
            description:
              - Id of the VM.
            type: str
            required: true
          disks:
            description:
              - Keys of its disks.
            type: list
            elements: int
            required: true
      vm_startup_info:
        description:
          - How the VMs are started and stopped within the vApp. Only with O(source.type=vcVapp).
        type: list
        elements: dict
        suboptions:
          vm_id:
            description:
              - Id of the VM.
            type: str
            required: true
          order:
            description:
              - Order in which the VM is started.
            type: int
          start_action:
            description:
              - Action on the VM at the start, for example V(powerOn). The vendor documents no complete list.
            type: str
          start_delay:
            description:
              - Delay after the start of the VM.
            type: int
          stop_action:
            description:
              - Action on the VM at the stop, for example V(powerOff). The vendor documents no complete list.
            type: str
          stop_delay:
            description:
              - Delay after the stop of the VM.
            type: int
  destination:
    description:
      - Destination of the replication. Requires O(source). It cannot be changed later.
    type: dict
    suboptions:
      type:
        description:
          - V(vcloud) is an organization VDC of Cloud Director, V(vc) a vCenter.
          - V(vapp) and V(vcVapp) are the same with a seed. The seed is removed from the inventory; its disks are used
            for the replica, and must match those of the source.
        type: str
        choices: [vcloud, vapp, vc, vcVapp]
        default: vcloud
      site:
        description:
          - Name of the site to replicate to.
        type: str
        required: true
      vdc:
        description:
          - Id of the organization VDC. Only with O(destination.type=vcloud) and O(destination.type=vapp).
        type: str
      placement_policy:
        description:
          - Id of the compute placement policy. Only with O(destination.type=vcloud) and O(destination.type=vapp).
            Requires API version 4.4.
        type: str
      sizing_policy:
        description:
          - Id of the compute sizing policy. Only with O(destination.type=vcloud) and O(destination.type=vapp).
            Requires API version 4.5.
        type: str
      seed_vapp_id:
        description:
          - Id of the seed vApp. Required with O(destination.type=vapp).
        type: str
      seed_vms:
        description:
          - The seed VMs. Required with O(destination.type=vcVapp).
        type: list
        elements: dict
        suboptions:
          mo_id:
            description:
              - Managed object id of the seed VM.
            type: str
            required: true
          vc_id:
            description:
              - Id of the vCenter of the seed VM.
            type: str
            required: true
notes:
  - Stopping a vApp replication ends the protection of the vApp.
seealso:
  - module: opendr.vcda.vapp_replication_failover
    description: Fail over vApps after a failure of the source site.
  - module: opendr.vcda.vapp_replication_migrate
    description: Migrate vApps without data loss while both sites are up.
  - module: opendr.vcda.vapp_replication_reverse
    description: Replicate recovered vApps back to the site that they came from.
  - module: opendr.vcda.vapp_replication_sync
    description: Synchronise vApp replications now.
  - module: opendr.vcda.vapp_replication_info
    description: List vApp replications and their instances.
  - module: opendr.vcda.vm_replication
    description: Start, change, pause and stop the replication of a VM.
"""

EXAMPLES = r"""
---
- name: Protect a vApp of Cloud Director, but not the scratch disk of one VM
  opendr.vcda.vapp_replication:
    source:
      site: site-1
      vapp_id: 9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d
      vm_excluded_disks:
        - vm_id: 4c1d6a53-3f3e-4d0a-8a4e-1f0c2b3a4d5e
          disks:
            - 2001
    destination:
      site: site-2
      vdc: 8f7e6d5c-4b3a-4291-8807-1a2b3c4d5e6f
    storage_profile: "*"
    rpo: 15

- name: Protect VMs on premises as one vApp, the database first
  opendr.vcda.vapp_replication:
    source:
      type: vcVapp
      site: branch-1
      vc_uuid: 0d9c8b7a-6f5e-4d3c-8b2a-1f0e9d8c7b6a
      vm_ids:
        - vm-1021
        - vm-1022
      vapp_name: branch
      vm_startup_info:
        - vm_id: vm-1021
          order: 0
        - vm_id: vm-1022
          order: 1
    destination:
      site: site-2
      vdc: 8f7e6d5c-4b3a-4291-8807-1a2b3c4d5e6f
    storage_profile: "*"
    sla_profile: 5b1c0000-0000-4000-8000-000000000001

- name: See what a change of settings would do, without doing it
  opendr.vcda.vapp_replication:
    vapp_names:
      - shop
      - intranet
    rpo: 60
    data_connection_type: ENCRYPTED_COMPRESSED
  check_mode: true
  diff: true

- name: Pause for a maintenance of the network
  opendr.vcda.vapp_replication:
    vapp_name: shop
    paused: true

- name: Resume
  opendr.vcda.vapp_replication:
    vapp_name: shop
    paused: false

- name: Leave the scratch disk of one VM out from now on, and replicate all disks of the others
  opendr.vcda.vapp_replication:
    vapp_name: shop
    excluded_disks:
      - vm: db-1
        disks:
          - 2001
      - disks: []

- name: Set up the networks for a failover and for tests
  opendr.vcda.vapp_replication:
    vapp_name: shop
    network_settings:
      failover:
        vapp_network_settings:
          network_mappings:
            - source_network_name: production
              destination_org_vdc_network:
                name: production-dr
        vm_network_settings:
          - nics:
              - nic_index: 0
                network: production-dr
                ip_address_allocation_mode: POOL
      test:
        vm_network_settings:
          - nics:
              - nic_index: 0
                network: bubble

- name: Customize the guests after a failover
  opendr.vcda.vapp_replication:
    vapp_name: shop
    guest_customization:
      failover:
        - enabled: true
          admin_password_enabled: true
          admin_password: "{{ vault_guest_password }}"

- name: Make the tenant the owner of the replication
  opendr.vcda.vapp_replication:
    vapp_name: shop
    owner: tenant-1@site-1

- name: Stop the replication
  opendr.vcda.vapp_replication:
    vapp_name: shop
    state: absent
"""

RETURN = r"""
---
msg:
  description:
    - Result in one paragraph, with the number of replications that changed, were already done and failed, and with
      the reason and the remedy for each failure.
  returned: always
  type: str
  sample: "Reconfigure: 2 changed, 1 already done, 0 failed."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
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
        - Id or name that was requested.
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
        - Whether this run changed the replication or attached to a task that changes it. In check mode, whether it
          would.
      returned: always
      type: bool
      sample: true
    decision:
      description:
        - Decision for the replication, based on its state.
        - V(act) changes the replication, V(attach) waits for a task that is already changing it, V(done) means that
          nothing has to be changed, V(refuse) means that it must not be changed.
      returned: if the replications could be read
      type: str
      sample: act
    before:
      description:
        - The replication before the changes. Empty if there was none.
      returned: if the replication could be read
      type: dict
      contains:
        recovery_state:
          description:
            - V(NOT_STARTED) while it replicates, V(TEST) during a test failover, V(IN_PROGRESS) during an operation,
              V(COMPLETE) after a failover or a migration until it is reversed. V(MIXED) if its VMs differ.
          returned: always
          type: str
          sample: NOT_STARTED
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
          sample: null
        settings:
          description:
            - Values of the given options.
          returned: if O(state=present)
          type: dict
          sample: {rpo: 15, paused: false}
    after:
      description:
        - The replication after the changes. In check mode, as it would be. Empty if it no longer exists.
      returned: if the replication could be read
      type: dict
      contains:
        recovery_state:
          description:
            - V(NOT_STARTED) while it replicates, V(TEST) during a test failover, V(IN_PROGRESS) during an operation,
              V(COMPLETE) after a failover or a migration until it is reversed. V(MIXED) if its VMs differ.
          returned: always
          type: str
          sample: NOT_STARTED
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
          sample: null
        settings:
          description:
            - Values of the given options.
          returned: if O(state=present)
          type: dict
          sample: {rpo: 60, paused: false}
    task:
      description:
        - Task of the last step. Empty if there was none.
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
          sample: reconfigure
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
        previous_id:
          description:
            - Id of the VM replication before the operation.
          returned: if the operation gave it a new id
          type: str
          sample: C4-0a1b2c3d-0123-4567-89ab-01234567ffff
        vapp_replication_id:
          description:
            - Id of the vApp replication that it belongs to after the operation. It differs if a partial recovery has
              split the vApp replication.
          returned: always
          type: str
          sample: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
        changed:
          description:
            - As for the vApp replication. It differs if the VMs were processed individually.
          returned: always
          type: bool
          sample: true
        decision:
          description:
            - As for the vApp replication. It differs if the VMs were processed individually.
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
          sample: {recovery_state: NOT_STARTED, source_site: site-1, destination_site: site-2}
        error:
          description:
            - Error of this VM, with the keys of RV(error). Empty if there was none.
          returned: always
          type: dict
          sample: null
    steps:
      description:
        - Changes of the replication, in order. In check mode, the changes that would be made.
      returned: if the replications could be read
      type: list
      elements: dict
      contains:
        step:
          description:
            - Change, for example V(reconfigure), V(pause) or V(stop).
          returned: always
          type: str
          sample: reconfigure
        task:
          description:
            - Its task, with the keys of RV(vapp_replications[].task). Empty if there was none.
          returned: always
          type: dict
          sample: {id: 3f2a9c1e-6b7d-4e21-9f0a-51c0de3b7a10, state: SUCCEEDED}
    pending:
      description:
        - Options that the next run will change, because this one does not wait.
      returned: if O(wait=false) and something is left
      type: list
      elements: str
      sample: [owner]
    replication:
      description:
        - The replication as the API returns it after the operation, with secrets masked. Its keys are those of the
          API version in use.
      returned: if the replication could be read, unless O(compact) omits it
      type: dict
      sample:
        id: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
        descriptor: {name: shop}
        overallHealth: GREEN
    error:
      description:
        - Error of this replication, with the keys of RV(error).
      returned: if the operation failed or was refused for this replication
      type: dict
      sample: {code: TEST_ACTIVE, category: refused}
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
      sample: TEST_ACTIVE
    message:
      description:
        - What went wrong.
      returned: always
      type: str
      sample: >-
        Stop of shop (C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab) is refused: a test failover is active
        (recovery state TEST, site-1 -> site-2).
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
      sample: >-
        Clean up the test or reverse the replication first; or set force to stop it as it is, which leaves what was
        recovered without protection.
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

from ansible_collections.opendr.vcda.plugins.module_utils.declared.declaration import declare
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_arguments import (
    VAPP_REPLICATION,
    replication_options,
)

DEFINITION = Definition(
    options=replication_options(VAPP.name),
    run=declare(VAPP),
    **VAPP_REPLICATION,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
