# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery plans as resources. Reading and listing are inferred: switches define whether and how they exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import bodies, paging, schema
from .call import Answer, Call
from .errors import ApiError, server_failure
from .estate import audience_of
from .model import SYSTEM, VCLOUD, End, children_of
from .operations import require_peer, task_answer
from .plans import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    RUNNING,
    SUSPENDED,
    TEST,
    VERBS,
    Execution,
    PlanWork,
    RecoveryPlan,
    obstacle_of,
    plan_document,
    report_document,
    step_documents,
)
from .refusals import FAILED_TASK, Refusal
from .tasks import Plan, Subject

TASK_TYPES = {
    TEST: ("recoveryPlanTest", "testRecoveryPlan"),
    CLEANUP: ("recoveryPlanTestCleanup", "cleanupRecoveryPlan"),
    FAILOVER: ("recoveryPlanFailover", "failover"),
    MIGRATE: ("recoveryPlanMigrate", "migrate"),
}
ABSENT = {
    "not_found_404": ApiError(404, "SimulatorNoSuchResource", "There is no such resource."),
    "bad_request_400": ApiError(400, "BadRequest", "The request cannot be read."),
    "method_not_allowed_405": ApiError(405, "SimulatorMethodNotAllowed", "The method is not allowed here."),
    "server_failure_500": server_failure(),
}


def list_plans(call: Call) -> Answer:
    """GET /recovery-plans: not documented; switches ``recovery_plans`` and ``recovery_plan_list``."""
    plans = _visible(call)
    if call.world.settings.recovery_plan_list == "array":
        return Answer(200, [plan_document(call.world, plan, listed=True) for plan in plans])
    items, document = paging.page(call, plans, len(plans))
    document["items"] = [plan_document(call.world, plan, listed=True) for plan in items]
    return Answer(200, document)


def get_plan(call: Call) -> Answer:
    """GET /recovery-plans/{id}: not documented."""
    return Answer(200, plan_document(call.world, _find(call)))


def get_steps(call: Call) -> Answer:
    """GET /recovery-plans/{id}/steps: not documented; switch ``recovery_plan_steps``."""
    plan = _find(call)
    if call.world.settings.recovery_plan_steps == "not_shown":
        raise ABSENT["method_not_allowed_405"]
    return Answer(200, step_documents(call.world, plan))


def list_executions(call: Call) -> Answer:
    """GET /recovery-plans/{id}/executions: not documented; switch ``recovery_plan_execution``."""
    plan = _find(call)
    if call.world.settings.recovery_plan_execution != "listed":
        raise ABSENT["not_found_404"]
    return Answer(200, [{"id": execution.id} for execution in reversed(plan.executions)])


def get_report(call: Call) -> Answer:
    """GET /recovery-plans/{id}/executions/{execution}/report (vendor reference 4.7); the 404 is not documented."""
    plan, wanted = _find(call), call.parameters["execution"]
    for execution in plan.executions:
        if execution.id == wanted:
            return Answer(200, report_document(call.world, plan, execution))
    raise ApiError(404, "SimulatorExecutionNotFound", f"Execution {wanted} was not found.", wanted)


def execute(operation: str) -> Callable[[Call], Answer]:
    """Return the handler of an operation: 202 with a task that carries no site (vendor reference 4.6 and 4.7)."""

    def handler(call: Call) -> Answer:
        plan = _find(call)
        body = call.json()
        strict = call.world.settings.unknown_keys == "rejected"
        schema.check(body, bodies.NOTHING if operation == CLEANUP else bodies.PLAN, call.own, strict=strict)
        try:
            _check(call, plan, operation, validate=body.get("validate") is True)
        except Refusal as refusal:
            return _refused(call, plan, operation, refusal)
        return _launch(call, plan, operation)

    handler.__doc__ = f"{operation} of a recovery plan."
    return handler


def approve(plan: RecoveryPlan, now: int) -> None:
    """Approve the prompt at which a plan waits, as a user does in the user interface; no API call for it is known.

    :raises ValueError: if the plan does not wait at a prompt
    """
    work = plan.work
    if plan.state != SUSPENDED or work is None or work.task is None:
        raise ValueError(f"{plan.name} waits at no prompt")
    board = work.world.board
    if work.task.is_over:
        work.enter(board.start(work.task.subject, now, work.succeed, work.fail, Plan()))
    else:
        work.enter(work.task)
        board.release(work.task, now)


def _launch(call: Call, plan: RecoveryPlan, operation: str) -> Answer:
    execution = Execution(call.world.identifiers.uuid(), operation, call.now)
    plan.executions.append(execution)
    work = PlanWork(call.world, plan, operation, execution)
    task = call.world.board.start(_subject(call, plan, operation), call.now, work.succeed, work.fail, call.plan)
    work.enter(task)
    call.effect = f"plan-{operation.lower()}"
    call.world.estate.count(call.world.estate.effects, [plan.id], operation.lower())
    return task_answer(call, task)


def _check(call: Call, plan: RecoveryPlan, operation: str, *, validate: bool) -> None:
    """Refuse an operation that a plan's state or kind does not allow (user guide 4.6); form: switch ``wrong_state``."""
    how = call.world.settings.wrong_state
    if plan.state in (RUNNING, SUSPENDED):
        raise Refusal(how, "SimulatorBusy", f"{plan.name} is {plan.state}.", plan.id)
    if plan.is_migration != (operation == MIGRATE):
        raise Refusal(how, "SimulatorWrongPlan", f"{operation} does not fit this kind of plan.", plan.id)
    found = [call.world.estate.present(identifier) for step in plan.steps for identifier in step.replications]
    children = [child for replication in found if replication is not None for child in children_of(replication)]
    require_peer(call, VERBS[operation], children)
    obstacles = [obstacle_of(call.world, operation, child) for child in children]
    if validate and any(obstacles):
        raise Refusal(how, "SimulatorPlanInvalid", next(text for text in obstacles if text), plan.id)


def _refused(call: Call, plan: RecoveryPlan, operation: str, refusal: Refusal) -> Answer:
    if refusal.how != FAILED_TASK:
        raise refusal.error
    subject = _subject(call, plan, operation)
    failing = Plan(error=refusal.error)
    return task_answer(call, call.world.board.start(subject, call.now, lambda _at: None, lambda _at: None, failing))


def _subject(call: Call, plan: RecoveryPlan, operation: str) -> Subject:
    usual, other = TASK_TYPES[operation]
    return Subject(
        usual if call.world.settings.task_type_names == "usual" else other,
        "recoveryPlan",
        plan.id,
        plan.name,
        call.site.name,
        call.account.user,
        call.org,
        call.operation_id,
        shows_site=False,
    )


def _visible(call: Call) -> list[RecoveryPlan]:
    _require_offer(call)
    return [plan for plan in call.world.plans.values() if plan.site == call.site.name and _sees(call, plan)]


def _sees(call: Call, plan: RecoveryPlan) -> bool:
    """Tell whether the caller sees a plan: a provider's plan is hidden from tenants (vendor reference 4.7, chown)."""
    org, _at, _site = plan.owner.partition("@")
    return call.org == SYSTEM or (plan.site, call.org) in audience_of(plan.owner, (End(plan.site, VCLOUD, org),) * 2)


def _require_offer(call: Call) -> None:
    absent: dict[str, Any] = ABSENT
    if call.world.settings.recovery_plans in absent:
        raise absent[call.world.settings.recovery_plans]


def _find(call: Call) -> RecoveryPlan:
    identifier = call.parameters["id"]
    call.resource_id = identifier
    found = next((plan for plan in _visible(call) if plan.id == identifier), None)
    if found is None:
        raise ApiError(404, "SimulatorPlanNotFound", f"Recovery plan {identifier} was not found.", identifier)
    return found
