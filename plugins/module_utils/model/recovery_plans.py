# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Read the recovery plans of the product (since 4.3).

The vendor documents how a plan is started and what it contains (vendor reference 4.6 and 4.7, recovery-plans; user
guide 4.6, recovery plans). How plans are read and listed is inferred, so a service that answers in another form counts
as one that does not offer plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    REFUSED,
    VcdaError,
    api_error_fields,
    invalid,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import BrokenListError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import mask_fields
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified, whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, iso_time
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    TEST,
    Verb,
)

PATH = "/recovery-plans"
SINCE: Version = (4, 3)
NOT_STARTED, RUNNING, SUSPENDED, COMPLETE = "NOT_STARTED", "RUNNING", "SUSPENDED", "COMPLETE"
AT_WORK = (RUNNING, SUSPENDED)

# The operations of a plan. Their tasks may have the types of replication tasks or others: no type is documented.
OPERATIONS: Mapping[str, Verb] = {
    "test": replace(TEST, suffix="/test", has_settings=False),
    "cleanup": replace(CLEANUP, suffix="/test"),
    "failover": replace(FAILOVER, has_settings=False),
    "migrate": replace(MIGRATE, has_settings=False),
}
# Only TEST is documented as a last operation, so parts of words are matched, in this order: one may contain another.
_WORDS = (("clean", "cleanup"), ("test", "test"), ("failover", "failover"), ("migrat", "migrate"))
# Answers of a proxy, of an ended session or to too many requests: they do not show whether the service has the call.
_NO_ANSWER = (401, 429, 502, 503, 504)


@dataclass(frozen=True)
class Step:
    """One step of a plan; its delay (in milliseconds) and its prompt come after the step."""

    id: str
    name: str
    sequence: int | None
    delay_ms: int | None
    prompt: str | None
    state: str | None
    is_recovered: bool | None
    replications: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """Return the step as results show it; the delay is in seconds."""
        return {
            "id": self.id,
            "name": self.name,
            "sequence": self.sequence,
            "delay": None if self.delay_ms is None else self.delay_ms / 1000,
            "prompt": self.prompt,
            "state": self.state,
            "is_recovered": self.is_recovered,
            "replications": list(self.replications),
        }


@dataclass(frozen=True)
class RecoveryPlan:
    """One reading of a recovery plan or a migration plan; ``steps`` is None if they were not read."""

    id: str
    name: str
    description: str | None = None
    owner: str | None = None
    is_migration: bool | None = None
    scheduled_sync_ms: int | None = None
    state: str | None = None
    last_operation: str | None = None
    last_error: Any = None
    prompt_step_id: str | None = None
    is_suspend_requested: bool | None = None
    execution_id: str | None = None
    steps: tuple[Step, ...] | None = None

    @property
    def label(self) -> str:
        """The plan as messages name it."""
        return f"recovery plan {self.name} ({self.id})"

    @property
    def operation(self) -> str | None:
        """The last operation as a key of ``OPERATIONS``; None if there is none or its name is not known."""
        word = (self.last_operation or "").lower()
        return next((operation for part, operation in _WORDS if part in word), None)

    @property
    def prompt_step(self) -> Step | None:
        """The step whose prompt waits for approval, if the plan shows it."""
        return next((step for step in self.steps or () if step.id == self.prompt_step_id), None)

    def summary(self) -> dict[str, Any]:
        """Return the plan as results show it."""
        error = api_error_fields(self.last_error) if self.last_error else None
        waiting = self.prompt_step
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "owner": self.owner,
            "is_migration": self.is_migration,
            "scheduled_sync_time": iso_time(self.scheduled_sync_ms) if self.scheduled_sync_ms else None,
            "state": self.state,
            "last_operation": self.last_operation,
            "last_error": {"code": error["code"], "message": error["message"]} if error else None,
            "is_suspend_requested": self.is_suspend_requested,
            "suspended_at": waiting.summary() if waiting and self.state == SUSPENDED else None,
            "steps": None if self.steps is None else [step.summary() for step in self.steps],
        }


def parse_plan(document: Any) -> RecoveryPlan:
    """Read a plan (vendor reference 4.7, RecoveryPlanInfo).

    :raises VcdaError: category server, if it has no id
    """
    fields = _object(document)
    identity = _text(fields.get("id"))
    if not identity:
        raise malformed("A recovery plan", "it has no id")
    execution = _object(fields.get("executionInfo"))
    steps = fields.get("steps")
    return RecoveryPlan(
        id=identity,
        name=_text(fields.get("displayName")) or identity,
        description=_text(fields.get("description")),
        owner=_text(fields.get("owner")),
        is_migration=_flag(fields.get("isMigration")),
        scheduled_sync_ms=whole_number(fields.get("scheduledSyncTime")),
        state=_text(execution.get("state")),
        last_operation=_text(execution.get("lastOperation")),
        last_error=execution.get("lastError"),
        prompt_step_id=_text(execution.get("promptStepId")),
        is_suspend_requested=_flag(execution.get("isSuspendRequested")),
        execution_id=_text(execution.get("executionId")),
        steps=_steps(steps) if isinstance(steps, list) else None,
    )


@dataclass(frozen=True)
class ListedPlans:
    """The recovery plans that are visible to a session.

    :param unreadable: how many further plans have no id
    """

    plans: list[RecoveryPlan]
    unreadable: int = 0


def list_plans(client: Client) -> ListedPlans | None:
    """Read all plans that are visible to the session, with one request if they fit on one page.

    :returns: None if this service does not offer recovery plans; a version that has none is not asked
    :raises VcdaError: if the service could not be asked
    """
    if client.version and client.version < SINCE:
        return None
    try:
        documents, unreadable = identified(_list(client), "id")
        # If none of the objects can be read, they are no recovery plans.
        return None if unreadable and not documents else ListedPlans(list(map(parse_plan, documents)), unreadable)
    except VcdaError as error:
        if not _is_absent(error):
            raise
        return None


def _list(client: Client) -> list[dict[str, Any]]:
    try:
        return client.get_list(PATH)
    except VcdaError as error:
        # It is not documented whether the list is paged.
        if error.code != "MALFORMED_ANSWER" or isinstance(error, BrokenListError):
            raise
    return client.get_array(PATH)


def find_plan(client: Client, params: Mapping[str, Any]) -> RecoveryPlan:
    """Read the one plan that the option ``plan_id`` or ``name`` names.

    :raises VcdaError: category refused, if the service offers no plans; not_found; invalid_request, if several match
    """
    wanted = params.get("plan_id") or params.get("name") or ""
    option = "plan_id" if params.get("plan_id") else "name"
    if not wanted.strip():
        raise invalid(option, "it is empty")
    listed = list_plans(client)
    if listed is None:
        raise not_offered()
    found = [plan for plan in listed.plans if wanted == (plan.id if option == "plan_id" else plan.name)]
    if not found:
        raise VcdaError(
            f"{option}: no recovery plan {wanted!r} is visible to this user."
            + (f" {listed.unreadable} cannot be read, and may be the one meant." if listed.unreadable else ""),
            category=NOT_FOUND,
            code="PLAN_NOT_FOUND",
            hint="Check the name and the site that is asked. What a provider makes is hidden from the tenant.",
        )
    if len(found) > 1:
        raise VcdaError(
            f"{option}: {wanted!r} names {len(found)} recovery plans: {', '.join(plan.id for plan in found)}.",
            category=INVALID_REQUEST,
            code="AMBIGUOUS_NAME",
            hint="Give the id of the plan.",
        )
    return found[0]


def not_offered() -> VcdaError:
    """Return the error of a service that has no recovery plans."""
    return VcdaError(
        "This service offers no recovery plans.",
        category=REFUSED,
        code="PLANS_NOT_OFFERED",
        hint="The product has recovery plans since 4.3, and its API is documented for 4.6 and 4.7. Recover the "
        "replications of the plan with vm_replication_failover or vapp_replication_failover.",
    )


def read_plan(client: Client, plan: RecoveryPlan) -> RecoveryPlan:
    """Read a plan again, by its id if the service has that call, and keep the known steps if it shows none.

    :raises VcdaError: category not_found, if it is gone
    """
    try:
        fresh = parse_plan(client.get(f"{PATH}/{plan.id}"))
    except VcdaError as error:
        if not _is_absent(error):
            raise
        listed = list_plans(client) or ListedPlans([])
        found = [one for one in listed.plans if one.id == plan.id]
        if not found:
            raise
        fresh = found[0]
    return fresh if fresh.steps is not None else replace(fresh, steps=plan.steps)


def with_steps(client: Client, plan: RecoveryPlan) -> RecoveryPlan:
    """Return the plan with its steps, if the service shows them, with up to two requests."""
    if plan.steps is None:
        plan = read_plan(client, plan)
    if plan.steps is None:
        try:
            plan = replace(plan, steps=_steps(client.get_array(f"{PATH}/{plan.id}/steps")))
        except VcdaError as error:
            if not _is_absent(error):
                raise
    return plan


def read_report(client: Client, plan: RecoveryPlan, task: Task | None = None) -> dict[str, Any] | None:
    """Read the report of the last execution (vendor reference 4.7, recovery-plans executions report).

    It is not documented where the id of an execution is shown: in the result of the task, in the plan, or in a list.

    :returns: the report; None if no execution is shown
    :raises VcdaError: if the service could not be asked
    """
    if plan.state == NOT_STARTED and not plan.last_operation:
        return None
    told = parse_plan(task.result).execution_id if task and task.result.get("id") else None
    try:
        execution = plan.execution_id or told or _last_execution(client, plan)
        if not execution:
            return None
        document = client.get(f"{PATH}/{plan.id}/executions/{execution}/report")
    except VcdaError as error:
        if not _is_absent(error):
            raise
        return None
    return _report(execution, document)


def _last_execution(client: Client, plan: RecoveryPlan) -> str | None:
    executions = client.get_array(f"{PATH}/{plan.id}/executions")
    return _text(executions[0].get("id")) if executions else None


def _report(execution: str, document: Mapping[str, Any]) -> dict[str, Any]:
    start, end = whole_number(document.get("execStart")), whole_number(document.get("execEnd"))
    return {
        "execution_id": execution,
        "plan_type": document.get("planType"),
        "operation": document.get("operation"),
        "result": document.get("result"),
        "started": iso_time(start) if start and start > 0 else None,
        "ended": iso_time(end) if end and end > 0 else None,
        "executed_steps": mask_fields(document.get("executedSteps")) or [],
        "not_executed_steps": mask_fields(document.get("notExecutedSteps")) or [],
    }


def _steps(documents: list[Any]) -> tuple[Step, ...]:
    """Read steps (vendor reference 4.7 (vSphere), recovery-plans steps post), in the order in which they run."""
    steps = [
        Step(
            id=_text(step.get("id")) or "",
            name=_text(step.get("name")) or "",
            sequence=whole_number(step.get("sequence")),
            delay_ms=whole_number(step.get("delay")),
            prompt=_text(step.get("prompt")),
            state=_text(step.get("state")),
            is_recovered=_flag(step.get("isRecovered")),
            replications=_members(step.get("replications")),
        )
        for step in map(_object, documents)
    ]
    return tuple(sorted(steps, key=lambda step: step.sequence or 0))


def _members(items: Any) -> tuple[str, ...]:
    """Return the ids of replications; it is not documented whether they are plain ids or in objects."""
    found = [item if isinstance(item, str) else _object(item).get("id") for item in items or () if item]
    return tuple(item for item in found if isinstance(item, str))


def _is_absent(error: VcdaError) -> bool:
    """Tell whether an answer means that the service does not have the call; it is not documented which answer does."""
    if isinstance(error, BrokenListError):
        return False
    if error.code == "MALFORMED_ANSWER":
        return True
    return error.http_status is not None and error.http_status not in _NO_ANSWER


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
