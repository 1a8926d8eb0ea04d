#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: recovery_plan_info
short_description: List the recovery plans of the product
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Lists the recovery plans and migration plans that the product keeps, with their steps, the state of their execution
    and the report of the last one.
  - The product has recovery plans since version 4.3. For a service that does not offer them, the module returns
    RV(is_offered=false) and does not fail.
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.attributes.info_module
  - opendr.vcda.recovery_plans.inferred
  - opendr.vcda.connection
options:
  plan_ids:
    description:
      - Only the plans of these ids. An id that does not exist is left out of the result.
    type: list
    elements: str
    aliases: [plan_id]
  names:
    description:
      - Only the plans of these names. A name that does not exist is left out of the result.
    type: list
    elements: str
    aliases: [name]
  states:
    description:
      - Only the plans in one of these states.
    type: list
    elements: str
    choices: [NOT_STARTED, RUNNING, SUSPENDED, COMPLETE]
    aliases: [state]
  report:
    description:
      - Whether to read the report of the last execution of each plan, which takes one or two more requests for each.
    type: bool
    default: true
seealso:
  - module: opendr.vcda.recovery_plan
    description: Test, clean up, fail over or migrate a recovery plan.
  - module: opendr.vcda.recovery_readiness_info
    description: See what is possible now for each replication, and what blocks the rest.
"""

EXAMPLES = r"""
---
- name: List all recovery plans
  opendr.vcda.recovery_plan_info:
  register: plans

- name: Show which plans wait for an approval, and after which step
  ansible.builtin.debug:
    msg: "{{ item.name }} waits after step {{ item.suspended_at.name }}: {{ item.suspended_at.prompt }}"
  loop: "{{ plans.recovery_plans | selectattr('suspended_at') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Keep the report of the last execution as evidence
  opendr.vcda.recovery_plan_info:
    name: shop
  register: shop
  failed_when: shop.recovery_plans | map(attribute='report') | select | length == 0
"""

RETURN = r"""
---
msg:
  description:
    - What was found, in one sentence; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "1 recovery plan matches."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
is_offered:
  description:
    - Whether this service offers recovery plans.
  returned: on success
  type: bool
  sample: true
recovery_plans:
  description:
    - The plans that match.
  returned: on success
  type: list
  elements: dict
  contains:
    id:
      description:
        - Id of the plan.
      returned: always
      type: str
      sample: 6f1e2d3c-0123-4567-89ab-0123456789ab
    name:
      description:
        - Name of the plan.
      returned: always
      type: str
      sample: shop
    description:
      description:
        - Description of the plan.
      returned: always
      type: str
      sample: Databases first, then the rest
    owner:
      description:
        - Organization and site that own the plan.
      returned: always
      type: str
      sample: tenant-1@site-2
    is_migration:
      description:
        - Whether it is a migration plan, which can be migrated alone. Any other can be tested and failed over.
      returned: always
      type: bool
      sample: false
    scheduled_sync_time:
      description:
        - When the replications of a migration plan are synchronised, in ISO 8601; empty if that is not scheduled.
      returned: always
      type: str
      sample: null
    state:
      description:
        - V(NOT_STARTED), V(RUNNING), V(SUSPENDED) or V(COMPLETE).
      returned: always
      type: str
      sample: COMPLETE
    last_operation:
      description:
        - Operation that the plan carries out or has carried out last, in the words of the service.
      returned: always
      type: str
      sample: TEST
    last_error:
      description:
        - Why the last operation failed, with RV(ignore:code) and RV(ignore:message). Empty if it did not.
      returned: always
      type: dict
      sample: null
    is_suspend_requested:
      description:
        - Whether somebody asked for the plan to be suspended after the step that runs.
      returned: always
      type: bool
      sample: false
    suspended_at:
      description:
        - The step whose prompt waits for approval, as in RV(ignore:steps). Empty if none does.
      returned: always
      type: dict
      sample: null
    steps:
      description:
        - The steps in the order in which they run. Empty where the service does not show them.
      returned: always
      type: list
      elements: dict
      contains:
        id:
          description:
            - Id of the step.
          returned: always
          type: str
          sample: 0a1b2c3d-0123-4567-89ab-0123456789ab
        name:
          description:
            - Name of the step.
          returned: always
          type: str
          sample: databases
        sequence:
          description:
            - Number of the step.
          returned: always
          type: int
          sample: 0
        delay:
          description:
            - Seconds to wait after the step.
          returned: always
          type: float
          sample: 30.0
        prompt:
          description:
            - What has to be approved after the step.
          returned: always
          type: str
          sample: Are the databases up?
        state:
          description:
            - State of the step, in the words of the service.
          returned: always
          type: str
          sample: COMPLETE
        is_recovered:
          description:
            - Whether the replications of the step are recovered.
          returned: always
          type: bool
          sample: true
        replications:
          description:
            - Ids of the replications that the step runs side by side.
          returned: always
          type: list
          elements: str
          sample: [C4-0a1b2c3d-0123-4567-89ab-0123456789ab]
    report:
      description:
        - The report of the last execution. Empty if there was none, or the service does not tell where it is.
      returned: always
      type: dict
      contains:
        execution_id:
          description:
            - Id of the execution.
          returned: always
          type: str
          sample: 1b2c3d4e-0123-4567-89ab-0123456789ab
        plan_type:
          description:
            - Kind of the plan, in the words of the service.
          returned: always
          type: str
          sample: RECOVERY
        operation:
          description:
            - What was carried out, in the words of the service.
          returned: always
          type: str
          sample: TEST
        result:
          description:
            - How it ended, in the words of the service.
          returned: always
          type: str
          sample: SUCCEEDED
        started:
          description:
            - When it started, in ISO 8601.
          returned: always
          type: str
          sample: "2026-05-01T02:14:07.000Z"
        ended:
          description:
            - When it ended, in ISO 8601.
          returned: always
          type: str
          sample: "2026-05-01T02:16:41.000Z"
        executed_steps:
          description:
            - The steps that were carried out with their vApps and VMs, as the API shows them, with secrets masked.
          returned: always
          type: list
          elements: dict
          sample: []
        not_executed_steps:
          description:
            - The steps that were not, as the API shows them.
          returned: always
          type: list
          elements: dict
          sample: []
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

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import recovery_plan_info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.modules.recovery_plans import list_recovery_plans

DEFINITION = Definition(
    options=recovery_plan_info_options(),
    run=list_recovery_plans,
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
