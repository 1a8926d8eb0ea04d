# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery plans of the product: steps, executions, running (vendor reference 4.6 and 4.7, recovery-plans)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import verbs
from .errors import ApiError
from .model import NOT_STARTED, VmReplication, children_of
from .operations import Work
from .tasks import Held, Result, Task
from .world import World

RUNNING = "RUNNING"
SUSPENDED = "SUSPENDED"
COMPLETE = "COMPLETE"
TEST, CLEANUP, FAILOVER, MIGRATE = "TEST", "CLEANUP", "FAILOVER", "MIGRATE"
VERBS = {
    TEST: verbs.FAILOVER_TEST,
    CLEANUP: verbs.CLEANUP,
    FAILOVER: verbs.FAILOVER,
    MIGRATE: verbs.MIGRATE,
}
# Only TEST is documented; switch recovery_plan_words.
OTHER_WORDS = {TEST: "TEST", CLEANUP: "TEST_CLEANUP", FAILOVER: "FAILOVER", MIGRATE: "MIGRATION"}


@dataclass(slots=True)
class PlanStep:
    """A step of a plan: the replications that it runs concurrently, and a prompt or delay after it.

    :param prompt: text of a prompt that a user has to approve after the step, empty for none
    :param delay: milliseconds to wait after the step
    """

    id: str
    name: str
    sequence: int
    replications: list[str]
    prompt: str = ""
    delay: int = 0
    is_recovered: bool = False


@dataclass(slots=True)
class Execution:
    """One execution of a plan; times in epoch milliseconds, the end is -1 while it runs."""

    id: str
    operation: str
    start: int
    end: int = -1
    error: ApiError | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class RecoveryPlan:
    """A plan at the destination site of its replications."""

    id: str
    name: str
    owner: str
    site: str
    steps: list[PlanStep]
    description: str = ""
    is_migration: bool = False
    state: str = NOT_STARTED
    last_operation: str | None = None
    last_error: ApiError | None = None
    prompt_step_id: str | None = None
    executions: list[Execution] = field(default_factory=list)
    work: PlanWork | None = None


@dataclass
class PlanWork:
    """Runs the steps of one execution up to the next prompt, where its task ends or is held."""

    world: World
    plan: RecoveryPlan
    operation: str
    execution: Execution
    position: int = 0
    task: Task | None = None
    _under_way: list[tuple[PlanStep, list[Work]]] = field(default_factory=list)
    _problem: ApiError | None = None

    def enter(self, task: Task) -> None:
        """Start the steps up to the next prompt; their replications are in progress until the task ends."""
        self.task, self.plan.work = task, self
        self.plan.state, self.plan.prompt_step_id, self.plan.last_error = RUNNING, None, None
        self.plan.last_operation = self.operation
        self._under_way = []
        while self.position < len(self.plan.steps):
            step = self.plan.steps[self.position]
            works = self._begin(step, task)
            if self._problem is not None:
                for work in works:
                    work.fail(task.start_ms)
                break
            self._under_way.append((step, works))
            self.position += 1
            if step.prompt and self.operation != CLEANUP and self.position < len(self.plan.steps):
                break

    def succeed(self, at: int) -> Result:
        """Finish the steps; stop at a prompt.

        :raises Held: if the task waits for the approval of the prompt
        :raises ApiError: if a replication failed
        """
        self._finish(at)
        if self._problem is not None:
            raise self._problem
        if self.position < len(self.plan.steps):
            self.plan.state, self.plan.prompt_step_id = SUSPENDED, self.plan.steps[self.position - 1].id
            if self.world.settings.recovery_plan_suspended_task == "runs":
                raise Held
        else:
            self._end(at)
        return plan_document(self.world, self.plan)

    def fail(self, at: int) -> None:
        """End the execution with its error, and restore the replications of the running steps."""
        for _step, works in self._under_way:
            for work in works:
                work.fail(at)
        self.execution.error = (self.task.error if self.task else None) or self._problem
        self.plan.last_error = self.execution.error
        self._end(at)

    def _begin(self, step: PlanStep, task: Task) -> list[Work]:
        verb, estate = VERBS[self.operation], self.world.estate
        works = []
        for identifier in step.replications:
            replication = estate.present(identifier)
            children = children_of(replication) if replication is not None else []
            able = [child for child in children if obstacle_of(self.world, self.operation, child) is None]
            if replication is None or (self.operation != CLEANUP and len(able) < len(children)):
                msg = f"Step {step.name} cannot be run with {identifier}."
                self._problem = ApiError(409, "SimulatorPlanStep", msg, step.id)
                continue
            work = Work(self.world, verb, replication, able, {}, verb.finish)
            work.before = {child.lineage: child.recovery_state for child in able}
            work.occupy(task)
            estate.count(estate.effects, work.lineages, verb.name)
            works.append(work)
        return works

    def _finish(self, at: int) -> None:
        for step, works in self._under_way:
            for work in works:
                work.succeed(at)
            step.is_recovered = self.operation != CLEANUP
            self.execution.steps.append(_report_step(step, works))
        self._under_way = []

    def _end(self, at: int) -> None:
        cleaned = self.operation == CLEANUP and self.execution.error is None
        to_beginning = cleaned and self.world.settings.recovery_plan_after_cleanup == "not_started"
        self.plan.state = NOT_STARTED if to_beginning else COMPLETE
        self.plan.work, self.execution.end = None, at


def obstacle_of(world: World, operation: str, child: VmReplication) -> str | None:
    """Return why an operation of a plan cannot run on a replication, None if it can."""
    busy = child.activity if world.board.live(child.busy) is not None else ""
    found = verbs.obstacle(VERBS[operation], child, world.settings, busy)
    return found[1] if found else None


def word_of(world: World, operation: str | None) -> str | None:
    """Return the API name of an operation: only TEST is documented, switch ``recovery_plan_words``."""
    return OTHER_WORDS.get(operation or "") if world.settings.recovery_plan_words == "other" else operation


def plan_document(world: World, plan: RecoveryPlan, *, listed: bool = False) -> dict[str, Any]:
    """Return RecoveryPlanInfo; further content: switches ``recovery_plan_steps`` and ``recovery_plan_execution``.

    :param listed: whether the document is part of a list of plans
    """
    execution: dict[str, Any] = {
        "state": plan.state,
        "lastOperation": word_of(world, plan.last_operation),
        "lastError": plan.last_error.document() if plan.last_error else None,
        "promptStepId": plan.prompt_step_id,
        "isSuspendRequested": False,
    }
    if world.settings.recovery_plan_execution == "in_plan" and plan.executions:
        execution["executionId"] = plan.executions[-1].id
    document: dict[str, Any] = {
        "id": plan.id,
        "displayName": plan.name,
        "description": plan.description,
        "owner": plan.owner,
        "isMigration": plan.is_migration,
        "scheduledSyncTime": 0,
        "executionInfo": execution,
    }
    how = world.settings.recovery_plan_steps
    if how == "in_list" or (how == "in_plan" and not listed):
        document["steps"] = step_documents(world, plan)
    return document


def step_documents(world: World, plan: RecoveryPlan) -> list[dict[str, Any]]:
    """Return the steps; form of their replications: switch ``recovery_plan_members``."""
    return [_step_document(world, plan, step) for step in plan.steps]


def _step_document(world: World, plan: RecoveryPlan, step: PlanStep) -> dict[str, Any]:
    present = [world.estate.present(identifier) for identifier in step.replications]
    ids = [replication.id for replication in present if replication is not None]
    objects = world.settings.recovery_plan_members == "objects"
    return {
        "id": step.id,
        "recoveryPlanId": plan.id,
        "name": step.name,
        "sequence": step.sequence,
        "delay": step.delay,
        "prompt": step.prompt or None,
        "isRecovered": step.is_recovered,
        "state": COMPLETE if step.is_recovered else NOT_STARTED,
        "replications": [{"id": identifier} for identifier in ids] if objects else ids,
    }


def report_document(world: World, plan: RecoveryPlan, execution: Execution) -> dict[str, Any]:
    """Return the report of an execution; the values of the result and the keys of a step are not documented."""
    done = {step["id"] for step in execution.steps}
    left = [step for step in plan.steps if step.id not in done]
    return {
        "planId": plan.id,
        "planName": plan.name,
        "planType": "MIGRATION" if plan.is_migration else "RECOVERY",
        "operation": word_of(world, execution.operation),
        "result": None if execution.end < 0 else ("FAILED" if execution.error else "SUCCEEDED"),
        "execStart": execution.start,
        "execEnd": execution.end,
        "executedSteps": execution.steps,
        "notExecutedSteps": [{"id": step.id, "name": step.name, "sequence": step.sequence} for step in left],
    }


def _report_step(step: PlanStep, works: list[Work]) -> dict[str, Any]:
    def vm(child: VmReplication) -> dict[str, Any]:
        state = child.recovery_state
        return {"vmName": child.vm_name, "recoveryState": state, "result": "SUCCEEDED", "error": None, "warnings": []}

    vapps = [
        {"name": work.children[0].source.vapp_name, "vms": [vm(child) for child in work.children]}
        for work in works
        if work.children
    ]
    return {"id": step.id, "name": step.name, "sequence": step.sequence, "vapps": vapps}
