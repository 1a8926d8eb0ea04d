#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sla_profile_info
short_description: List the SLA profiles
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Lists the SLA profiles that the user may see, with the RPO and the retention that each of them sets.
  - Where the policy of an organization forbids settings of its own, an SLA profile is the only way to start a
    replication. M(opendr.vcda.vm_replication) and M(opendr.vcda.vapp_replication) take a profile by name or id. The API
    knows SLA profiles since version 4.1.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.connection
options:
  profile_ids:
    description:
      - Only the profiles of these ids. An id that does not exist is left out of the result.
    type: list
    elements: str
    aliases: [profile_id]
  names:
    description:
      - Only the profiles of these names. A name that does not exist is left out of the result.
    type: list
    elements: str
    aliases: [name]
seealso:
  - module: opendr.vcda.policy_info
    description: See what the policies allow.
  - module: opendr.vcda.vm_replication
    description: Start, change, pause and stop the replication of a VM.
"""

EXAMPLES = r"""
---
- name: List the SLA profiles
  opendr.vcda.sla_profile_info:
  register: profiles

- name: Show the name of the profile with the shortest RPO
  ansible.builtin.debug:
    msg: "{{ profiles.sla_profiles | sort(attribute='rpo') | map(attribute='name') | first }}"

- name: Stop if the profile that the playbook needs is not there
  opendr.vcda.sla_profile_info:
    name: Gold
  register: gold
  failed_when: gold.sla_profiles | length != 1
"""

RETURN = r"""
---
msg:
  description:
    - What was found, in one sentence; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "3 SLA profiles match."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
sla_profiles:
  description:
    - The SLA profiles that match.
  returned: on success
  type: list
  elements: dict
  contains:
    id:
      description:
        - Id of the profile.
      returned: always
      type: str
      sample: 5b1c0000-0000-4000-8000-000000000001
    name:
      description:
        - Name of the profile.
      returned: always
      type: str
      sample: Gold
    description:
      description:
        - Description of the profile. The API knows it since version 4.7.
      returned: always
      type: str
      sample: Gold protection
    rpo:
      description:
        - Recovery point objective in minutes.
      returned: always
      type: int
      sample: 5
    quiesced:
      description:
        - Whether the guest is quiesced for each instance.
      returned: always
      type: bool
      sample: false
    data_connection_type:
      description:
        - How the data is sent, V(PLAIN), V(ENCRYPTED) or V(ENCRYPTED_COMPRESSED).
      returned: always
      type: str
      sample: ENCRYPTED_COMPRESSED
    retention:
      description:
        - The instances that are kept and the minutes between them, as O(opendr.vcda.vm_replication#module:retention).
      returned: always
      type: list
      elements: dict
      sample: [{instances: 12, distance: 60}]
    organizations:
      description:
        - The organizations that may use the profile. Empty where the service tells no more than their number.
      returned: always
      type: list
      elements: str
      sample: null
    organization_count:
      description:
        - How many organizations may use it.
      returned: always
      type: int
      sample: 2
    sla_profile:
      description:
        - The profile as the API shows it.
      returned: always
      type: dict
      sample: {displayName: Gold, rpo: 5}
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

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import sla_profile_info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.policies import list_sla_profiles

DEFINITION = Definition(
    options=sla_profile_info_options(),
    run=list_sla_profiles,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
