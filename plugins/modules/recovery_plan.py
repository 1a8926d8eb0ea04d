#!/usr/bin/python
# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: recovery_plan
short_description: Test, clean up, fail over or migrate a recovery plan of the product
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Carries out an operation of one recovery plan or migration plan that the product keeps, waits for it, and returns
    the report of the execution.
  - The plan runs its own steps, in the order and with the delays and prompts that are set up in it. To choose the order
    in the playbook instead, use the role P(opendr.vcda.recovery#role) or M(opendr.vcda.vm_replication_failover).
extends_documentation_fragment:
  - opendr.vcda.attributes
  - opendr.vcda.recovery_plans.inferred
  - opendr.vcda.connection
attributes:
  check_mode:
    support: full
    details:
      - Validates, logs in, reads and decides as usual, and sends only reading requests.
  diff_mode:
    support: full
    details:
      - Shows the state of the plan and its last operation.
  idempotent:
    support: full
    details:
      - Decided by the state of the plan at the service. One that was tested, failed over or migrated already is done.
options:
  plan_id:
    description:
      - Id of the plan. Give either this or O(name).
    type: str
  name:
    description:
      - Name of the plan. Two plans of the same name are refused; give the id then.
    type: str
  operation:
    description:
      - V(test) tests the failover of every replication in the plan.
      - V(cleanup) removes what a test has made.
      - V(failover) recovers every replication of a recovery plan at its destination.
      - V(migrate) moves every replication of a migration plan to its destination.
    type: str
    choices: [test, cleanup, failover, migrate]
    required: true
  validate:
    description:
      - Whether the service checks the plan before it begins. The API knows it since version 4.7.
    type: bool
  wait:
    description:
      - Whether to wait until the operation has ended. With V(false) the module returns as soon as the service has
        accepted it. Run it again with V(true) to attach to it.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait. When they have passed the module fails with the error category V(timeout), and the plan goes
        on at the service.
    type: int
    default: 3600
  poll_interval:
    description:
      - Longest pause, in seconds, between two looks at the plan.
    type: float
    default: 10
  wait_for_approval:
    description:
      - What to do while the plan is V(SUSPENDED), because the prompt after a step waits for approval. No call that
        approves it is documented, so somebody has to do that in the user interface of the product.
      - With V(false) the module fails with the error code V(PLAN_SUSPENDED) and names the step. Run it again after the
        approval to attach to the execution.
      - With V(true) the module waits for the approval, within O(wait_timeout).
    type: bool
    default: false
notes:
  - B(After an interruption) run the module again. It attaches to an execution of the same operation that is running,
    and starts nothing that has ended already.
  - B(No request is sent twice on a guess.) If the answer to the start is lost, the module asks the service for the task
    and for the state of the plan, and repeats the request only if it is proven that the first one was not accepted.
  - A plan that was failed over or migrated stays done, and has no step that reverses. Protect what it recovered with
    M(opendr.vcda.vm_replication_reverse) or M(opendr.vcda.vapp_replication_reverse).
  - Error code V(PLANS_NOT_OFFERED) means that this service has no recovery plans. The product has them since 4.3.
seealso:
  - module: opendr.vcda.recovery_plan_info
    description: List the recovery plans with their steps and the report of the last execution.
  - module: opendr.vcda.vm_replication_reverse
    description: Protect a recovered VM towards the site that it came from.
  - module: opendr.vcda.vm_replication_failover
    description: Recover VMs in an order of your own.
"""

EXAMPLES = r"""
---
- name: Test a recovery plan of the product
  opendr.vcda.recovery_plan:
    name: shop
    operation: test
  register: tested

- name: Keep the report of the test
  ansible.builtin.debug:
    var: tested.report

- name: Clean the test up
  opendr.vcda.recovery_plan:
    name: shop
    operation: cleanup

- name: Fail over, and wait while somebody approves the prompts of the plan
  opendr.vcda.recovery_plan:
    name: shop
    operation: failover
    wait_for_approval: true
    wait_timeout: 14400
"""

RETURN = r"""
---
msg:
  description:
    - What happened, in one sentence; on failure what went wrong and what to do.
  returned: always
  type: str
  sample: "Test failover of recovery plan shop (6f1e2d3c-0123-4567-89ab-0123456789ab) is done."
operation_id:
  description:
    - Operation id of this run. The module sent it with each request, with an ending that no other request has, and the
      logs of the services contain it. See O(operation_id).
  returned: if O(operation_id) was given, or the run is a job of AWX
  type: str
  sample: awx-job-4711
recovery_plan:
  description:
    - The plan after the operation.
  returned: if the plan could be read
  type: dict
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
decision:
  description:
    - What the state of the plan called for.
    - V(act) starts the operation, V(attach) waits for an execution that is already running, V(done) leaves a plan alone
      that has been carried out, V(refuse) leaves one alone that must not be touched.
  returned: if the plan could be read
  type: str
  sample: act
task:
  description:
    - The task of the execution. Empty where none was needed or none shows.
  returned: if the plan could be read
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
      sample: recoveryPlanTest
    state:
      description:
        - State of the task.
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
      sample: "2026-05-01T02:14:07.000Z"
    ended:
      description:
        - When it ended, in ISO 8601.
      returned: always
      type: str
      sample: "2026-05-01T02:16:41.000Z"
    duration:
      description:
        - How long it took, in seconds.
      returned: always
      type: float
      sample: 154.2
    site:
      description:
        - Site on which it runs. Tasks of recovery plans tell none.
      returned: always
      type: str
      sample: null
    warnings:
      description:
        - Problems on the way that did not stop it.
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
report:
  description:
    - The report of the last execution. Empty if there was none, or the service does not tell where it is.
  returned: if the plan could be read
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

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import recovery_plan_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, run_module
from ansible_collections.opendr.vcda.plugins.module_utils.operation.plan_run import run_plan

DEFINITION = Definition(
    options=recovery_plan_options(),
    run=run_plan,
    mutually_exclusive=(("plan_id", "name"),),
    required_one_of=(("plan_id", "name"),),
)


def main() -> None:
    run_module(DEFINITION)


if __name__ == "__main__":
    main()
