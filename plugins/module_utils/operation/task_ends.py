# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What becomes of a replication whose task has ended, was refused, or has vanished: the phase that comes next."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, error_from_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import SUCCEEDED, Task, latest_tasks
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import BUSY, Decision
from ansible_collections.opendr.vcda.plugins.module_utils.operation.failures import vanished
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES

START, WAIT, BLOCKED, DOUBT, CONFIRM, PARTS, END = "start", "wait", "blocked", "doubt", "confirm", "parts", "end"


def latest(item: Item) -> Replication:
    """Return the replication of an item as it was read last."""
    replication = item.after or item.before
    if replication is None:
        raise ValueError("an item without a replication takes no part in a run")
    return replication


def end(item: Item, error: VcdaError | None) -> None:
    """Let an item be over."""
    item.phase, item.error = END, error or item.error


def note_task(item: Item, task: Task | None, verb: Verb) -> None:
    """Note a look at the task of an item: it goes on, has ended, or is missing."""
    if task is None:
        item.misses += 1
        if item.phase == BLOCKED:
            item.task = None
        elif item.misses >= MISSES:
            item.phase = DOUBT
        return
    item.task, item.misses = task, 0
    if not task.is_finished:
        return
    if item.phase == BLOCKED:
        item.task = None
    elif task.state == SUCCEEDED:
        item.phase = CONFIRM
        if item.after and task.result and item.kind is VM:
            # The task has made a newer object than the last reading; of thousands, one each is enough in memory.
            item.after = item.after.without_document()
        item.warnings += [text for text in task.warnings if text not in item.warnings]
    else:
        item.phase = DOUBT
        item.error = error_from_task(task.error, action=verb.name, task_id=task.id)


def settle(
    item: Item,
    verb: Verb,
    decision: Decision,
    running: Task | None,
    *,
    is_at_goal: bool,
    another_succeeded: Callable[[Task], bool],
) -> None:
    """End the doubt about one item, which was read again: another run may have been faster, a task may be gone.

    :param decision: what the table says of the fresh reading
    :param running: a task of the verb that runs on it
    :param is_at_goal: whether the fresh reading is what the verb leads to
    :param another_succeeded: asks the service whether another task than the one of the item has led there
    """
    own_task = item.task
    if running and (own_task is None or running.id != own_task.id):
        item.phase, item.decision, item.error, item.task, item.changed = WAIT, "attach", None, running, True
    elif running and item.error is None:
        # It was missing from the answers, but it is still there.
        item.phase, item.misses = WAIT, 0
    elif item.error is None:
        _settle_vanished(item, verb, decision, is_at_goal)
    elif decision.kind == "done" and (own_task is None or another_succeeded(own_task)):
        item.phase, item.decision, item.error, item.changed = END, "done", None, False
    elif decision is BUSY and own_task is None:
        item.phase, item.error = BLOCKED, None
    else:
        item.phase = END


def _settle_vanished(item: Item, verb: Verb, decision: Decision, is_at_goal: bool) -> None:
    if is_at_goal:
        item.phase = CONFIRM
    elif decision.kind != "busy":
        end(item, vanished(verb, item.label, item.after, item.task))


def another_succeeded(client: Client, item: Item, verb: Verb, elapsed: float, own_task: Task) -> bool:
    """Tell whether another task of the verb has succeeded since a run began.

    :param elapsed: seconds for which the task of the item was waited for
    :raises VcdaError: if the service cannot tell
    """
    since_ms = (own_task.start_ms or 0) - int(elapsed * 1000)
    tasks = latest_tasks(client, latest(item).id, since_ms)
    return any(task.id != own_task.id and task.state == SUCCEEDED and task.may_be_of(verb) for task in tasks)


def trust_task(item: Item, error: VcdaError) -> None:
    """Take the word of the task of an item that cannot be read any more.

    :param error: why it cannot be read; it ends an item whose task does not show the replication
    """
    try:
        item.after = item.kind.parse(item.task.result if item.task else None)
    except VcdaError:
        end(item, error)
