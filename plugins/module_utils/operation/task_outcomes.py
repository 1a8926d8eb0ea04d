# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Set the outcome of an item whose start was refused, or whose task has ended or is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, error_from_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import SUCCEEDED as TASK_SUCCEEDED
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, latest_tasks
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import BUSY
from ansible_collections.opendr.vcda.plugins.module_utils.operation.failure_messages import vanished
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import HELD, Why, move
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES


def note_task(item: Item, task: Task | None, verb: Verb) -> None:
    """Update an item from a look at its task, which is running, has ended, or is missing."""
    if item.phase == HELD:
        item.task = task
        if task is None or not task.may_go_on:
            item.task = None
            move(item, Why.HOLDER_ENDED)
        return
    if task is None:
        item.misses += 1
        if item.misses >= MISSES:
            move(item, Why.TASK_MISSING)
        return
    item.task, item.misses = task, 0
    if task.state == TASK_SUCCEEDED:
        move(item, Why.TASK_SUCCEEDED)
        if item.after and task.result and item.kind is VM:
            # The task's result is newer than the last reading; with thousands of items one object each saves memory.
            item.after = item.after.without_document()
        item.warnings += [text for text in task.warnings if text not in item.warnings]
    elif task.is_finished:
        error = error_from_task(task.error, action=verb.name, task_id=task.id, operation_id=task.operation_id)
        move(item, Why.TASK_FAILED, error)


def attach(item: Item, task: Task) -> None:
    """Let an item wait for a running task of the same verb."""
    item.decision, item.task, item.changed, item.misses, item.error = "attach", task, True, 0, None
    move(item, Why.SAME_VERB_RUNS)


def hold(item: Item, task: Task | None) -> None:
    """Let an item wait until another operation has ended, and keep the refusal to report if that never ends."""
    item.task, item.refusal, item.error = task if task and task.has_id else None, item.error, None
    move(item, Why.OTHER_TASK_HOLDS_IT)


def settle(
    item: Item, goal: Goal, running: Sequence[Task], succeeded_instead: Callable[[Item, Task], Task | None]
) -> None:
    """Settle an item in doubt after it was read again: another run may have been first, or its task may be gone.

    :param running: the unfinished tasks on it
    :param succeeded_instead: finds a task that has led to the goal although the item's own task has failed
    """
    own, verb = item.task, goal.verb
    others = [task for task in running if own is None or task.id != own.id]
    same = [
        task for task in others if is_same_verb(task, own, verb) and task.resource_id == item.latest.id and task.has_id
    ]
    decision = goal.decide(item)
    if item.error is None and own and len(others) < len(running):
        item.misses = 0
        move(item, Why.TASK_SEEN_AGAIN)
    elif same and verb.attaches:
        _explain(item, own, same[-1])
        attach(item, same[-1])
    elif item.error is None:
        _settle_vanished(item, goal)
    elif own is None and (decision is BUSY or (decision.kind == "act" and others and _may_pass(item.error, verb))):
        hold(item, others[-1] if others else None)
    elif decision.kind == "done":
        _settle_done(item, own, succeeded_instead)
    else:
        move(item, Why.SETTLED)


def _may_pass(refusal: VcdaError, verb: Verb) -> bool:
    """Tell whether a task on the replication, and not what was sent, may be the reason of a refusal."""
    return refusal.tells_of_another_operation or not verb.has_settings


def _settle_vanished(item: Item, goal: Goal) -> None:
    if goal.is_at_goal(item):
        move(item, Why.GOAL_REACHED)
    elif goal.decide(item).kind != "busy":
        move(item, Why.SETTLED, vanished(goal.verb, item.label, item.after, item.task))


def _settle_done(item: Item, own: Task | None, succeeded_instead: Callable[[Item, Task], Task | None]) -> None:
    """Settle an item that has reached its goal although our start was refused or our task has failed."""
    rival = succeeded_instead(item, own) if own else None
    if own is None or rival:
        # Refused after an attempt whose answer was lost: that attempt has probably done it.
        item.changed = own is None and item.error is not None and item.error.ambiguous
        item.decision = "act" if item.changed else "done"
        _explain(item, own, rival)
        item.error = None
    move(item, Why.SETTLED)


def _explain(item: Item, own: Task | None, rival: Task | None) -> None:
    """Warn that our task has failed, if the outcome is that of another task."""
    if own and rival and item.error:
        goes_on = "succeeded" if rival.is_finished else "goes on and is waited for"
        item.warnings.append(f"{item.error.message} Task {rival.id} of another run, which does the same, {goes_on}.")


def is_same_verb(task: Task, own: Task | None, verb: Verb) -> bool:
    """Tell whether a task is of the verb: by the known task types, or because it has the type of our own task."""
    return task.is_of(verb) or (own is not None and own.type != "" and task.type.lower() == own.type.lower())


def task_that_succeeded_instead(client: Client, item: Item, own: Task, verb: Verb) -> Task | None:
    """Return the task of the same verb that succeeded although our own failed.

    Only a task that overlapped or followed ours can have led to the present state: the result of an earlier task was
    already there when ours failed. If the service does not show the times, nothing is proven.

    :param own: the task that failed
    :raises VcdaError: if the service cannot be asked
    """
    try:
        tasks = latest_tasks(client, own.resource_id or item.latest.id, 0)
    except VcdaError as error:
        if error.code != "MALFORMED_ANSWER":
            raise
        return None
    return next((task for task in overlapping(tasks, own) if is_same_verb(task, own, verb)), None)


def overlapping(tasks: Iterable[Task], own: Task) -> list[Task]:
    """Return the other tasks that succeeded while our own ran or after it, if their times are known."""
    began = own.start_ms
    if began is None:
        return []
    others = [task for task in tasks if task.id != own.id and task.state == TASK_SUCCEEDED]
    return [task for task in others if task.end_ms is not None and task.end_ms >= began]


def trust_task(item: Item, error: VcdaError) -> None:
    """Use the task's result as the reading of an item that cannot be read any more.

    :param error: why it cannot be read; it ends the item if the task's result is not the replication
    """
    try:
        item.after = item.kind.parse(item.task.result if item.task else None)
    except VcdaError:
        move(item, Why.NOT_CONFIRMED, error)
