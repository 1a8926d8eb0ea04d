#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: policy_info
short_description: List the replication policies and what they allow
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Lists the replication policies that the user may see, with what each of them allows, and on request how the
    organizations keep to it.
  - A policy is what most often forbids the start of a replication. Incoming protections are off by default, and after a
    reverse the old source site becomes the destination.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.connection
options:
  policy_ids:
    description:
      - Only the policies of these ids. An id that does not exist is left out of the result.
    type: list
    elements: str
    aliases: [policy_id]
  names:
    description:
      - Only the policies of these names. Upper and lower case matter. A name that does not exist is left out.
    type: list
    elements: str
    aliases: [name]
  status:
    description:
      - Whether to read how the organizations keep to each policy, with one more request for each.
      - Whether a tenant may read it is not documented; where it is refused, RV(policies[].status) is empty. So it is
        with O(site), because the call is documented without it.
    type: bool
    default: false
seealso:
  - module: opendr.vcda.sla_profile_info
    description: List the SLA profiles.
  - module: opendr.vcda.recovery_readiness_info
    description: See what is possible now for each replication, and what blocks the rest.
"""

EXAMPLES = r"""
---
- name: List the policies
  opendr.vcda.policy_info:
    status: true
  register: allowed

- name: Make sure that replications may come in here
  ansible.builtin.assert:
    that: allowed.policies | map(attribute='allows') | map(attribute='incoming_protections') is all

- name: See whether a replication may be started without an SLA profile
  opendr.vcda.policy_info:
    name: default
  register: policy
"""

RETURN = r"""
---
msg:
  description:
    - What was found, in one sentence; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "1 policy matches."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
policies:
  description:
    - The policies that match.
  returned: on success
  type: list
  elements: dict
  contains:
    id:
      description:
        - Id of the policy, V(default) for the one that every organization has by default.
      returned: always
      type: str
      sample: default
    name:
      description:
        - Name of the policy.
      returned: always
      type: str
      sample: default
    min_rpo:
      description:
        - Shortest RPO that is allowed, in minutes.
      returned: always
      type: int
      sample: 5
    max_instances:
      description:
        - Most instances of a replication.
      returned: always
      type: int
      sample: 24
    max_pinned_instances:
      description:
        - Most pinned instances of a replication.
      returned: always
      type: int
      sample: 5
    max_incoming:
      description:
        - Most replications that an organization may receive. Empty for any number.
      returned: always
      type: int
      sample: null
    organization_count:
      description:
        - To how many organizations the policy is assigned.
      returned: always
      type: int
      sample: 2
    allows:
      description:
        - What the policy allows. Empty is what the version of the API does not tell.
      returned: always
      type: dict
      contains:
        incoming_protections:
          description:
            - Whether the organizations may receive protections.
          returned: always
          type: bool
          sample: true
        incoming_migrations:
          description:
            - Whether they may receive migrations.
          returned: always
          type: bool
          sample: true
        outgoing_protections:
          description:
            - Whether they may send protections.
          returned: always
          type: bool
          sample: true
        outgoing_migrations:
          description:
            - Whether they may send migrations.
          returned: always
          type: bool
          sample: true
        outgoing_onprem_protections:
          description:
            - Whether they may send protections to on-premises sites. The API knows it since version 4.7.
          returned: always
          type: bool
          sample: true
        outgoing_onprem_migrations:
          description:
            - Whether they may send migrations to on-premises sites. The API knows it since version 4.5.
          returned: always
          type: bool
          sample: true
        custom_sla_settings:
          description:
            - Whether they may choose RPO and retention themselves. If not, a start needs an SLA profile.
          returned: always
          type: bool
          sample: true
        advanced_retention_rules:
          description:
            - Whether they may use more than one retention rule. The API knows it since version 4.5.
          returned: always
          type: bool
          sample: true
        notification_configuration:
          description:
            - Whether they may set up notifications.
          returned: always
          type: bool
          sample: true
    status:
      description:
        - How the organizations keep to the policy. Empty where the user may not read it.
      returned: with O(status=true)
      type: list
      elements: dict
      contains:
        organization:
          description:
            - Name of the organization.
          returned: always
          type: str
          sample: tenant-1
        configured_replications:
          description:
            - How many replications it has.
          returned: always
          type: int
          sample: 12
        too_many_instances:
          description:
            - Ids of what keeps more instances than allowed.
          returned: always
          type: list
          elements: str
          sample: []
        too_short_rpo:
          description:
            - Ids of what has a shorter RPO than allowed.
          returned: always
          type: list
          elements: str
          sample: []
        exceeds_quota:
          description:
            - Whether it has more incoming replications than allowed.
          returned: always
          type: bool
          sample: false
        violates_migrations:
          description:
            - Whether it has migrations that are not allowed.
          returned: always
          type: bool
          sample: false
        violates_protections:
          description:
            - Whether it has protections that are not allowed.
          returned: always
          type: bool
          sample: false
    policy:
      description:
        - The policy as the API shows it.
      returned: always
      type: dict
      sample: {displayName: default, minRpo: 5}
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

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import policy_info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.policies import list_policies

DEFINITION = Definition(
    options=policy_info_options(),
    run=list_policies,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
