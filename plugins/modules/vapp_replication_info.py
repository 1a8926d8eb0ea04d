#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: vapp_replication_info
short_description: List vApp replications
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Lists the vApp replications that the user can see, each with its VM replications, their state, direction and
    health, and optionally their instances.
  - Use it to find ids, or as the source of a report.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.replication_filters
  - opendr.vcda.connection
options:
  vapp_replication_ids:
    description:
      - Only the replications with these ids. An id that the user cannot see is not in the result. Cannot be combined
        with other filters.
    type: list
    elements: str
    aliases: [vapp_replication_id]
  vapp_names:
    description:
      - Only replications of vApps with exactly these names. A name may occur more than once, for example after a
        partial failover, and all its replications are listed.
    type: list
    elements: str
    aliases: [vapp_name]
  vapp_name_contains:
    description:
      - Only replications of vApps whose name contains this text.
    type: str
  vapp_id:
    description:
      - Only replications of the source vApp with this id.
    type: str
seealso:
  - module: opendr.vcda.vm_replication_info
    description: List VM replications and their instances.
  - module: opendr.vcda.recovery_readiness_info
    description: Check what is possible now, and what blocks the rest.
  - module: opendr.vcda.vapp_replication_failover
    description: Fail over vApps after a failure of the source site.
  - module: opendr.vcda.vapp_replication_reverse
    description: Replicate recovered vApps back to the site that they came from.
"""

EXAMPLES = r"""
---
- name: List everything that the user may see
  opendr.vcda.vapp_replication_info:
  register: replications

- name: Show the vApps whose VMs are not all in the same state
  ansible.builtin.debug:
    msg: "{{ mixed | map(attribute='vapp_name') }}"
  vars:
    mixed: "{{ replications.vapp_replications | selectattr('recovery_state', 'equalto', 'MIXED') }}"

- name: Read one vApp with the instances of its VMs
  opendr.vcda.vapp_replication_info:
    vapp_name: shop
    instances: true
  register: shop

- name: Show the newest instance of each VM
  ansible.builtin.debug:
    msg: "{{ item.vm_name }} {{ (item.instances | first | default({})).time | default('has no instance') }}"
  loop: "{{ shop.vapp_replications | map(attribute='children') | flatten }}"
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
  sample: "1 vApp replication matches."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
vapp_replications:
  description:
    - The replications that match all filters; replications selected by id are in the order of the ids.
  returned: on success
  type: list
  elements: dict
  contains:
    id:
      description:
        - Id of the replication.
      returned: always
      type: str
      sample: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
    vapp_name:
      description:
        - Name of the vApp.
      returned: always
      type: str
      sample: shop
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
        - Flag of the service. According to the documentation of version 4.7 each reverse inverts it. Use the sites to
          tell the direction.
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
        - Time until which an optimized reverse, which sends only the differences, is possible, in milliseconds since
          the epoch.
      returned: always
      type: int
      sample: null
    recovery_settings:
      description:
        - What is set up for a recovery before it comes.
      returned: if O(recovery_settings=true)
      type: dict
      contains:
        failover:
          description:
            - What a failover or a migration uses.
          returned: always
          type: dict
          contains:
            vapp_network_settings:
              description:
                - Networks of the vApp, as the API shows them. Empty if none are set up.
              returned: always
              type: dict
              sample: null
            vm_network_settings:
              description:
                - Networks and NICs, as the API shows them, by VM id. Empty if none are set up.
              returned: always
              type: dict
              sample: null
            guest_customization:
              description:
                - Guest customization, as the API shows it, by VM id, with secrets masked. Empty before API version 4.5.
              returned: always
              type: dict
              sample: null
        test:
          description:
            - What a test failover uses.
          returned: always
          type: dict
          contains:
            vapp_network_settings:
              description:
                - Networks of the vApp, as the API shows them. Empty if none are set up.
              returned: always
              type: dict
              sample: null
            vm_network_settings:
              description:
                - Networks and NICs, as the API shows them, by VM id. Empty if none are set up.
              returned: always
              type: dict
              sample: null
            guest_customization:
              description:
                - Guest customization, as the API shows it, by VM id, with secrets masked. Empty before API version 4.5.
              returned: always
              type: dict
              sample: null
    children:
      description:
        - The VM replications of the vApp replication.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description:
            - Id of the VM replication.
          returned: always
          type: str
          sample: C4-0a1b2c3d-0123-4567-89ab-0123456789ab
        vm_name:
          description:
            - Name of the VM.
          returned: always
          type: str
          sample: db-1
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
        test:
          description:
            - The test failover that is running, or V(null) if none is, or if it is not known since when.
          returned: if O(tests=true)
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
        instances:
          description:
            - The instances, newest first.
          returned: if O(instances=true)
          type: list
          elements: dict
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
    replication:
      description:
        - The replication as the API returns it, with secrets masked. Its keys are those of the API version in use.
      returned: always
      type: dict
      sample:
        id: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
        descriptor: {name: shop}
        overallHealth: GREEN
api_version:
  description:
    - Version of the API with which the service answered. Empty if its answers do not tell it.
  returned: on success
  type: str
  sample: "4.7"
unreadable:
  description:
    - What the service lists as a replication that is or may be one of those asked for, but is not of the documented
      form. It is left out of RV(vapp_replications), and a warning says so.
  returned: if there are such objects
  type: list
  elements: dict
  contains:
    id:
      description:
        - Its id, null if it has none that can be read.
      returned: always
      type: str
      sample: C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab
    vapp_name:
      description:
        - Its name, null if it has none that can be read.
      returned: always
      type: str
      sample: shop
    error:
      description:
        - What is wrong with it, with the keys of RV(error).
      returned: always
      type: dict
      sample: {code: MALFORMED_ANSWER, category: server}
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

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP
from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import VAPP_INFO, info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.listing import list_replications
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module

DEFINITION = Definition(
    options=info_options(VAPP.name),
    run=list_replications(VAPP),
    **VAPP_INFO,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
