# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Run one operation on one recovery plan of the product: decide, start it exactly once, wait, report the outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    INVALID_REQUEST,
    REFUSED,
    TASK_FAILED,
    TIMEOUT,
    VcdaError,
    error_from_task,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Field, object_to_api
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_plans import (
    AT_WORK,
    COMPLETE,
    NOT_STARTED,
    OPERATIONS,
    PATH,
    RUNNING,
    SUSPENDED,
    RecoveryPlan,
    find_plan,
    read_plan,
    read_report,
    with_steps,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import FAILED, Task, latest_tasks, read_tasks
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result, check_operation
from ansible_collections.opendr.vcda.plugins.module_utils.operation.lost_answers import find_task
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import error_result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import start
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES, Pace, wait_until

ACT, ATTACH, DONE = "act", "attach", "done"
# Codes of refusals.
BUSY, TEST_ACTIVE, RECOVERED, UNKNOWN, WRONG_PLAN = "BUSY", "TEST_ACTIVE", "RECOVERED", "UNKNOWN_STATE", "wrong plan"
_REFUSALS: Mapping[str, tuple[str, str]] = {
    BUSY: ("another operation of the plan is running", "Wait for it to end, or approve its prompt, then run again."),
    TEST_ACTIVE: ("it has been tested", "Clean up the test with operation=cleanup, then run again."),
    RECOVERED: ("it has been carried out", "Reverse its replications first; a plan has no step for that."),
    UNKNOWN: ("its state is not known to this collection", "Check the plan in the user interface."),
}
_VALIDATE = (Field("validate", "validate", since=(4, 7)),)
# How often a plan that lags behind its ended task is read again.
_LAGS = 5

# Last outcome of the plan -> operation -> decision. Valid while nothing runs and if nothing has failed.
TABLE: Mapping[str, Mapping[str, str]] = {
    "nothing": {"test": ACT, "cleanup": DONE, "failover": ACT, "migrate": ACT},
    "test": {"test": DONE, "cleanup": ACT, "failover": TEST_ACTIVE, "migrate": TEST_ACTIVE},
    "recovery": {"test": RECOVERED, "cleanup": DONE, "failover": DONE, "migrate": DONE},
}


def decide_plan(operation: str, plan: RecoveryPlan) -> str:
    """Look a plan up in the table.

    :param operation: test, cleanup, failover or migrate
    :returns: act, attach, done, or the code of a refusal
    """
    if plan.is_migration is not None and plan.is_migration != (operation == "migrate"):
        # User guide 4.6, recovery plans.
        return WRONG_PLAN
    if plan.state in AT_WORK:
        return ATTACH if plan.operation == operation else BUSY
    outcome = _outcome(plan)
    if outcome is None:
        return UNKNOWN
    decision = TABLE[outcome][operation]
    # A failed operation may be tried again.
    return ACT if decision == DONE and plan.last_error and plan.operation == operation else decision


def _outcome(plan: RecoveryPlan) -> str | None:
    if plan.state == NOT_STARTED:
        return "nothing"
    if plan.state != COMPLETE:
        return None
    if plan.operation == "cleanup":
        return "test" if plan.last_error else "nothing"
    return {"test": "test", "failover": "recovery", "migrate": "recovery"}.get(plan.operation or "")


@dataclass(frozen=True)
class PlanRequest:
    """A request that starts an operation of a plan, and how to look for it when its answer is lost."""

    verb: Verb
    plan: RecoveryPlan
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None

    @property
    def path(self) -> str:
        """The path of the call."""
        return f"{PATH}/{self.plan.id}{self.verb.suffix}"

    @property
    def label(self) -> str:
        """The plan as messages name it."""
        return self.plan.label

    def look(self, client: Client, operation_id: str, since_ms: int) -> tuple[bool, Task | None]:
        """Look for the request by the operation id, by the tasks of the plan, and by its state."""
        tasks = latest_tasks(client, self.plan.id, since_ms, operation_id)
        return find_task(client, tasks, self.verb, lambda: has_moved(self.plan, read_plan(client, self.plan)))


def has_moved(before: RecoveryPlan, after: RecoveryPlan) -> bool:
    """Tell whether a plan was executed, or is being executed, since it was read."""

    def seen(plan: RecoveryPlan) -> tuple[Any, ...]:
        return plan.state, plan.last_operation, plan.last_error, plan.execution_id

    return seen(before) != seen(after)


class PlanRun:
    """One operation on one plan.

    :param client: the session
    :param operation: test, cleanup, failover or migrate
    :param plan: the plan as read
    :param params: the parameters of recovery_plan
    :param show: called with each line of progress; None for no progress
    """

    def __init__(
        self,
        client: Client,
        operation: str,
        plan: RecoveryPlan,
        params: Mapping[str, Any],
        show: Callable[[str], None] | None,
    ) -> None:
        self._client = client
        self._operation = operation
        self.verb = OPERATIONS[operation]
        self._params = params
        self._show = show
        self._pace = Pace(
            client.clock, float(params["poll_interval"]), min(float(params["wait_timeout"]), client.deadline.remaining)
        )
        self._misses = 0
        self._lags = 0
        self.before = plan
        self.after = plan
        self.task: Task | None = None
        self.decision = decide_plan(operation, plan)
        self.changed = False
        self.is_ended = False

    def predict(self) -> None:
        """Predict what ``execute`` would do.

        :raises VcdaError: if the operation is refused, or the plan waits for an approval
        """
        self._refuse_or_stop()
        if self.decision in (ACT, ATTACH):
            self.changed = True
            state = NOT_STARTED if self._operation == "cleanup" else COMPLETE
            self.after = replace(
                self.before, state=state, last_operation=self._operation.upper(), last_error=None, prompt_step_id=None
            )

    def execute(self, body: Mapping[str, Any] | None) -> None:
        """Run the operation.

        :raises VcdaError: if it is refused, fails, or does not end
        """
        self._refuse_or_stop()
        if self.decision == ACT:
            self._start(body)
        if self.decision == ATTACH:
            self._attach()
        if self.decision == DONE or not self._params["wait"]:
            return
        self._wait()
        self._judge()

    def _refuse_or_stop(self) -> None:
        if self.decision == WRONG_PLAN:
            self.decision = "refuse"
            raise _wrong_plan(self.verb, self.before)
        if self.decision in _REFUSALS:
            code, self.decision = self.decision, "refuse"
            raise _refusal(self.verb, self.before, code)
        if self.decision == ATTACH and self.before.state == SUSPENDED and not self._params["wait_for_approval"]:
            raise _suspended(self.verb, self.before)

    def _start(self, body: Mapping[str, Any] | None) -> None:
        if self.verb.needs_peer:
            self._client.ensure_peers()
        try:
            self.task = start(self._client, PlanRequest(self.verb, self.before, body))
        except VcdaError as error:
            if error.category not in (REFUSED, INVALID_REQUEST) or not error.http_status:
                raise
            # Another run may have started it first.
            self.after = read_plan(self._client, self.before)
            self.decision = decide_plan(self._operation, self.after)
            if self.decision not in (ATTACH, DONE):
                self.decision = "refuse"
                raise
            return
        self.changed = True

    def _attach(self) -> None:
        self.changed = True
        tasks = latest_tasks(self._client, self.before.id, self._client.server_now_ms())
        self.task = next((task for task in tasks if not task.is_finished and task.may_be_of(self.verb)), None)

    def _wait(self) -> None:
        if wait_until(self._pace, self._look, self._is_over):
            return
        raise VcdaError(
            f"{self.verb.name.capitalize()} of {self.before.label} did not end within "
            f"{self._params['wait_timeout']:g} seconds; it is {self.after.state}.",
            category=TIMEOUT,
            code="WAIT_TIMEOUT",
            task_id=self.task.id if self.task else None,
        )

    def _look(self) -> None:
        if self.task and not self.task.is_finished and self._misses < MISSES:
            fresh = read_tasks(self._client, [self.task]).get(self.task.id)
            self._misses = 0 if fresh else self._misses + 1
            self.task = fresh or self.task
            self._pace.note([self.task])
        seen, self.after = self.after, read_plan(self._client, self.after)
        if self._show and has_moved(seen, self.after):
            self._show(f"{self.verb.name} of {self.after.label}: {self.after.state}")

    def _is_over(self) -> bool:
        has_begun = self.decision == ATTACH or has_moved(self.before, self.after)
        is_ended = self.task is not None and (self.task.is_finished or self._misses >= MISSES)
        if self.task and self.task.state == FAILED:
            return True
        if self.after.state == RUNNING or (self.after.state == SUSPENDED and self._params["wait_for_approval"]):
            return False
        if not has_begun and is_ended:
            self._lags += 1
        return has_begun or self._lags > _LAGS

    def _judge(self) -> None:
        """Check how the operation ended.

        :raises VcdaError: if it did not succeed
        """
        task_id = self.task.id if self.task else ""
        if self.task and self.task.state == FAILED:
            raise error_from_task(
                self.task.error, action=self.verb.name, task_id=task_id, operation_id=self.task.operation_id
            )
        if self.after.state == SUSPENDED:
            self.after = with_steps(self._client, self.after)
            raise _suspended(self.verb, self.after)
        if self.after.last_error:
            raise error_from_task(self.after.last_error, action=self.verb.name, task_id=task_id)
        if decide_plan(self._operation, self.after) != DONE:
            raise VcdaError(
                f"The {self.verb.name} task is over, but {self.after.label} is {self.after.state}.",
                category=TASK_FAILED,
                code="STATE_NOT_REACHED",
                task_id=task_id or None,
            )
        self.is_ended = True


def run_plan(context: Context) -> Result:
    """Run the module recovery_plan.

    :returns: the module's result; ``failed`` is set if the operation failed or did not end
    """
    try:
        check_operation(context.params)
        with context.connect() as client:
            return _run(context, client)
    except VcdaError as error:
        return error_result(error)


def _run(context: Context, client: Client) -> Result:
    params = context.params
    # Read the version first: a version without plans must not be asked for them.
    client.api_version()
    plan = with_steps(client, find_plan(client, params))
    run = PlanRun(client, params["operation"], plan, params, context.progress)
    body = _body(params, client)
    failure: VcdaError | None = None
    try:
        if context.check_mode:
            run.predict()
        else:
            run.execute(body)
    except VcdaError as error:
        failure = error
    return _result(run, client, failure, context)


def _body(params: Mapping[str, Any], client: Client) -> Mapping[str, Any] | None:
    """Return the body, which is documented from 4.7 on (vendor reference 4.7, recovery-plans migrate)."""
    if params["operation"] == "cleanup":
        return None
    body = object_to_api(_VALIDATE, params, "", client.api_version())
    has_body = (client.api_version() or (0, 0)) >= _VALIDATE[0].since
    return {"validate": False, **body} if has_body else None


def _result(run: PlanRun, client: Client, failure: VcdaError | None, context: Context) -> Result:
    warnings: list[str] = []
    report = _quietly(partial(read_report, client, run.after, run.task), warnings)
    result: Result = {
        "changed": run.changed,
        "recovery_plan": run.after.summary(),
        "decision": run.decision,
        "task": run.task.summary() if run.task else None,
        "report": report,
        "diff": [_diff(run)] if run.changed else [],
        "warnings": warnings,
    }
    if failure:
        told = error_result(failure)
        return {**result, "failed": True, "msg": told["msg"], "error": told["error"]}
    return {**result, "msg": _message(run, context.check_mode)}


def _quietly(read: Callable[[], Any], warnings: list[str]) -> Any:
    """Read the report; a failure is only a warning, because the plan has run anyway."""
    try:
        return read()
    except VcdaError as error:
        warnings.append(f"The report of the execution could not be read. {error.message}")
        return None


def _message(run: PlanRun, check_mode: bool) -> str:
    subject = f"{run.verb.name.capitalize()} of {run.after.label}"
    if run.decision == DONE:
        return f"{subject} is already done."
    if check_mode:
        return f"{subject} would be carried out."
    return f"{subject} is done." if run.is_ended else f"{subject} goes on."


def _diff(run: PlanRun) -> dict[str, Any]:
    def shown(plan: RecoveryPlan) -> dict[str, Any]:
        return {"state": plan.state, "last_operation": plan.last_operation}

    label = run.before.label
    return {
        "before_header": label,
        "after_header": label,
        "before": shown(run.before),
        "after": shown(run.after),
    }


def _refusal(verb: Verb, plan: RecoveryPlan, code: str) -> VcdaError:
    reason, remedy = _REFUSALS[code]
    return VcdaError(
        f"{verb.name.capitalize()} of {plan.label} is refused: {reason} (state {plan.state}, last operation "
        f"{plan.last_operation}).",
        category=REFUSED,
        code=code,
        hint=remedy,
        retriable=code == BUSY,
    )


def _wrong_plan(verb: Verb, plan: RecoveryPlan) -> VcdaError:
    kind = "migration plan, which can be migrated alone" if plan.is_migration else "recovery plan, not a migration plan"
    return VcdaError(
        f"{verb.name.capitalize()} of {plan.label} is refused: it is a {kind}.",
        category=REFUSED,
        code="WRONG_PLAN",
        hint="Choose the operation that fits the plan.",
    )


def _suspended(verb: Verb, plan: RecoveryPlan) -> VcdaError:
    step = plan.prompt_step
    where = f" after step {step.name}, whose prompt waits for approval: {step.prompt}" if step else ""
    return VcdaError(
        f"{verb.name.capitalize()} of {plan.label} is SUSPENDED{where}.",
        category=REFUSED,
        code="PLAN_SUSPENDED",
        hint="Approve it in the user interface of the product, then run again, or set wait_for_approval to wait here.",
        retriable=True,
    )
