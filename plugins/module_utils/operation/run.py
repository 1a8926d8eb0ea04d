# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Run one operation on many replications: decide, start, wait, read again. Each replication has its own phase."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Optional

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import batches
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import (
    QUEUED,
    Task,
    latest_tasks,
    read_tasks,
    unfinished_tasks,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    APPLY_STORAGE_PROFILE,
    PAUSE,
    RECONFIGURE,
    RESUME,
    SET_DISKS,
    SYNC,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import BUSY, COMPLETE, refusal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.effects import forget_change
from ansible_collections.opendr.vcda.plugins.module_utils.operation.failure_messages import (
    not_attempted,
    not_reached,
    timed_out,
    too_late,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal, reread
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import (
    BY_VM,
    ENDED,
    HELD,
    IN_DOUBT,
    OPEN,
    READY,
    RUNNING,
    SUCCEEDED,
    UNDECIDED,
    Why,
    move,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item, sum_up
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import Order, reach_peers, start
from ansible_collections.opendr.vcda.plugins.module_utils.operation.task_outcomes import (
    attach,
    hold,
    note_task,
    settle,
    task_that_succeeded_instead,
    trust_task,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES, Pace, wait_until

# How often a state that lags behind its finished task is read again.
_CONFIRM_READS = 5
# These tasks must not delay a recovery: a task that needs a site which is down never ends. A change of the networks is
# waited for: the recovery uses them, and the change needs no other site.
_BESIDE = (SYNC, PAUSE, RESUME, RECONFIGURE, SET_DISKS, APPLY_STORAGE_PROFILE)
_HARMLESS = frozenset().union(*(verb.task_types for verb in _BESIDE))

Body = Callable[[Item], Optional[Mapping[str, Any]]]
TasksOf = Callable[[Item], list[Task]]


@dataclass(frozen=True)
class RunOptions:
    """The options of a run.

    :param wait_timeout: seconds
    :param poll_interval: longest time between two looks at the tasks, in seconds
    :param headers: headers of each start request
    :param body: makes the body of each start request
    """

    wait: bool = True
    wait_timeout: float = 3600.0
    poll_interval: float = 10.0
    continue_on_error: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body = lambda _item: None


class Run:
    """One operation on many replications.

    :param client: the session
    :param goal: the goal of each replication
    :param items: the replications as read; those with an error are skipped
    :param report: called with all items whenever something may have changed
    """

    def __init__(
        self,
        client: Client,
        goal: Goal,
        options: RunOptions,
        items: list[Item],
        report: Callable[[Sequence[Item]], None],
    ) -> None:
        self._client = client
        self._goal = goal
        self._verb = goal.verb
        self._options = options
        self._items = items
        self._report = report
        self._pace = Pace(client.clock, options.poll_interval, min(options.wait_timeout, client.deadline.remaining))
        for item in items:
            item.phase = UNDECIDED if item.before and not item.error else ENDED

    def predict(self) -> None:
        """Predict what ``execute`` would do, with reading requests only."""
        self._decide()
        for item in self._in(READY):
            self._try_body(item)
        for item in self._in(READY, RUNNING, HELD):
            item.changed = True
            item.after = self._verb.predict(item.latest)
        self._close_parts(read=False)

    def _try_body(self, item: Item) -> None:
        """Make the body that would be sent, to find errors in it, such as an instance that does not exist."""
        try:
            self._options.body(item)
        except VcdaError as error:
            move(item, Why.NOT_STARTED, error)

    def execute(self) -> None:
        """Run the operation, and give every item its outcome."""
        self._decide()
        self._start()
        if not self._options.wait:
            self._settle_quietly()
            self._leave_held()
        elif not wait_until(self._pace, self._look, lambda: not self._in(*OPEN)):
            self._give_up()
        self._confirm()
        self._close_parts(read=True)

    def _work(self) -> list[Item]:
        return [part for item in self._items for part in (item.parts or [item])]

    def _in(self, *phases: str) -> list[Item]:
        return [item for item in self._work() if item.phase in phases]

    def _tasks(self) -> TasksOf:
        """Return a function that finds the unfinished tasks of an item; its first call reads those of all items."""
        running: dict[str, list[Task]] = {}
        is_read: list[bool] = []

        def of(item: Item) -> list[Task]:
            if not is_read:
                # Queued tasks too: a task may be queued behind those of other tenants, which are not visible.
                keys = dict.fromkeys(key for one in self._work() if one.before for key in _task_keys(one.latest))
                for task in unfinished_tasks(self._client, keys):
                    running.setdefault(str(task.resource_id), []).append(task)
                is_read.append(True)
            return [task for key in _task_keys(item.latest) for task in running.get(key, ())]

        return of

    def _decide(self, tasks_of: TasksOf | None = None) -> None:
        """Decide on each undecided item by its state and, if it needs the operation, by its unfinished tasks.

        The tasks are read even if no state is IN_PROGRESS: a state may lag behind an accepted start, and some tasks
        never change it.
        """
        tasks_of = tasks_of or self._tasks()
        needy = []
        self._goal.learn_history(self._client, self._in(UNDECIDED))
        for item in self._in(UNDECIDED):
            if item.latest.recovery_state == COMPLETE:
                item.recovered_at = item.latest.destination_site
            decision = self._goal.decide(item)
            item.decision = "act" if decision.kind == "busy" else decision.kind
            if decision.kind in ("act", "busy"):
                needy.append((item, decision is BUSY))
            elif decision.kind == "refuse":
                now_ms = self._client.server_now_ms()
                why = refusal(self._verb, item.latest, decision, self._goal.active_site, now_ms)
                move(item, Why.NOTHING_TO_DO, why)
            else:
                move(item, Why.NOTHING_TO_DO)
        for item, is_busy in needy:
            self._place(item, is_busy, [] if self._verb.is_synchronous else tasks_of(item))
        self._hold_back()

    def _place(self, item: Item, is_busy: bool, tasks: list[Task]) -> None:
        """Attach to a running task of the same verb, wait for one of another verb, or start if there is none."""
        own = [task for task in tasks if self._does_it(task, item)]
        other = [task for task in tasks if task.type.lower() not in _HARMLESS or task in own]
        if own and self._verb.attaches:
            item.mark = item.mark or self._goal.mark(item.latest)
            attach(item, own[-1])
        elif not (other or is_busy):
            self._make_ready(item)
        elif self._options.wait:
            hold(item, other[-1] if other else None)
        else:
            item.decision = "refuse"
            move(item, Why.NOTHING_TO_DO, self._busy(item))

    def _does_it(self, task: Task, item: Item) -> bool:
        """Tell whether a running task leads an item to its goal; any other is waited for, then the item is decided."""
        leads_there = self._goal.site(item) in (None, item.latest.destination_site)
        return leads_there and task.is_of(self._verb) and task.resource_id == item.latest.id and task.has_id

    def _busy(self, item: Item) -> VcdaError:
        error = refusal(self._verb, item.latest, BUSY, self._goal.active_site)
        if item.refusal:
            error.message += f" {item.refusal.message}"
        return error

    def _make_ready(self, item: Item) -> None:
        """Let an item start; a vApp is handled VM by VM if only some of its VMs need the operation."""
        item.decision, item.task = "act", None
        item.parts = self._goal.split(item)
        for part in item.parts:
            part.phase = READY
        move(item, Why.FREE_IN_PART if item.parts else Why.FREE)

    def _hold_back(self) -> None:
        """Start nothing more after an error if continue_on_error is false."""
        if self._options.continue_on_error or not any(item.error for item in self._in(ENDED)):
            return
        for item in self._in(READY):
            item.decision = "refuse"
            move(item, Why.NOT_STARTED, not_attempted(self._verb, item.label))

    def _start(self) -> None:
        ready = self._in(READY)
        if not ready:
            return
        self._report(self._work())
        for item, error in zip(ready, reach_peers(self._client, self._verb, [item.latest for item in ready])):
            if error and self._verb.may_lack_peer:
                item.warnings.append(error.message)
            elif error:
                move(item, Why.NOT_STARTED, error)
        self._hold_back()
        ready = self._in(READY)
        if not ready:
            return
        if self._options.continue_on_error:
            list(self._client.executor.map(self._start_one, ready))
        else:
            for item in ready:
                if item.phase == READY:
                    self._start_one(item)
                    # Another run may have started it first, which is no reason to stop.
                    self._settle_quietly()
                    if item.error:
                        self._hold_back()
        self._pace.restart()
        self._report(self._work())

    def _start_one(self, item: Item) -> None:
        if self._options.wait and self._pace.is_over:
            item.decision = "refuse"
            move(item, Why.NOT_STARTED, too_late(self._verb, item.label, self._options.wait_timeout))
            return
        try:
            body = self._options.body(item)
            item.mark = self._goal.mark(item.latest)
            has_changed = partial(self._has_changed, item)
            order = Order(item.kind, self._verb, item.latest, has_changed, body, self._options.headers)
            item.task = start(self._client, order)
        except VcdaError as error:
            self._note_failed_start(item, error)
            return
        item.changed = True
        item.misses = 0 if item.task else MISSES
        if item.task:
            move(item, Why.TASK_STARTED)
            note_task(item, item.task, self._verb)
        else:
            move(item, Why.CHANGED_AT_ONCE if self._verb.is_synchronous else Why.ACCEPTED_WITHOUT_TASK)

    def _has_changed(self, item: Item, fresh: Replication) -> bool:
        return self._goal.decide(replace(item, after=fresh)).kind in ("done", "busy")

    def _note_failed_start(self, item: Item, error: VcdaError) -> None:
        if self._verb.removes and error.is_gone:
            # Another client has removed it, or an earlier request whose answer was lost.
            item.changed = error.ambiguous
            item.decision = "act" if item.changed else "done"
            self._goal.note_gone(item)
            move(item, Why.NOT_STARTED)
        else:
            move(item, Why.REFUSED if error.is_refusal else Why.NOT_STARTED, error)

    def _look(self) -> None:
        """Read the tasks of all open items, settle the items in doubt, and start the items that are free now."""
        watched = self._in(RUNNING, HELD)
        try:
            for batch in batches(watched):
                found = read_tasks(self._client, [item.task for item in batch if item.task])
                for item in batch:
                    note_task(item, found.get(item.task.id) if item.task else None, self._verb)
            self._pace.note([item.task for item in watched if item.task])
            self._settle()
        except VcdaError as error:
            if error.is_transient:
                raise
            for item in self._in(*OPEN):
                move(item, Why.GIVEN_UP, error)
        finally:
            self._report(self._work())
        self._start()

    def _settle(self) -> None:
        """Read the items again whose tasks do not show the outcome, and decide on them again."""
        unsettled = self._in(UNDECIDED, IN_DOUBT)
        if not unsettled:
            return
        self._goal.reread(self._client, unsettled, self._end_if_reached)
        tasks_of = self._tasks()
        self._decide(tasks_of)
        for item in unsettled:
            if item.phase == IN_DOUBT:
                settle(item, self._goal, self._holding(item, tasks_of), self._task_that_succeeded_instead)

    def _holding(self, item: Item, tasks_of: TasksOf) -> list[Task]:
        """Return the unfinished tasks of an item whose start was refused or whose task is gone.

        If the service does not list queued tasks, they are found only among the tasks of the replication.
        """
        tasks = tasks_of(item)
        if tasks or QUEUED not in self._client.declined:
            return tasks
        with contextlib.suppress(VcdaError):
            now_ms = self._client.server_now_ms()
            return [task for task in latest_tasks(self._client, item.latest.id, now_ms) if task.may_go_on]
        return []

    def _task_that_succeeded_instead(self, item: Item, own: Task) -> Task | None:
        return task_that_succeeded_instead(self._client, item, own, self._verb)

    def _settle_quietly(self) -> None:
        """Settle the items in doubt after refused starts; end them with the error if that fails."""
        try:
            self._settle()
        except VcdaError as error:
            for item in self._in(IN_DOUBT):
                move(item, Why.GIVEN_UP, error)

    def _confirm(self) -> None:
        """Read the items that had an operation once more; a state may lag a little behind its finished task."""
        touched = [item for item in self._work() if item.decision in ("act", "attach") and item.before]
        if not touched:
            return
        failed = [(item, item.after) for item in touched if item.error]
        try:
            self._goal.reread(self._client, touched, self._end_if_reached)
            for _unused in range(_CONFIRM_READS):
                lagging = self._in(SUCCEEDED)
                if not lagging or self._pace.is_over:
                    break
                self._pace.wait()
                self._goal.reread(self._client, lagging, self._end_if_reached)
        except VcdaError as error:
            for item in self._in(SUCCEEDED):
                trust_task(item, error)
        for item in self._in(SUCCEEDED):
            self._end_if_reached(item)
        for item in self._in(SUCCEEDED):
            move(item, Why.NOT_CONFIRMED, not_reached(self._verb, item.label, item.after, item.task))
        for item, last_seen in failed:
            if item.after is not last_seen:
                forget_change(item, self._goal)

    def _end_if_reached(self, item: Item) -> None:
        """End an item whose task has succeeded, once its latest reading shows that the goal is reached."""
        if item.phase == SUCCEEDED and self._goal.is_reached(item):
            # The item has the same object from its reading; with thousands of tasks it would be in memory twice.
            item.task = item.task and item.task.without_result()
            move(item, Why.CONFIRMED)

    def _give_up(self) -> None:
        """End each open item with an error, because the time is up."""
        self._leave_held()
        for item in self._in(*OPEN):
            late = timed_out(self._verb, item.label, item.task, self._options.wait_timeout)
            move(item, Why.GIVEN_UP, item.error or late)

    def _leave_held(self) -> None:
        for item in self._in(HELD):
            move(item, Why.GIVEN_UP, self._busy(item))

    def _close_parts(self, *, read: bool) -> None:
        """Sum up each vApp that was handled VM by VM."""
        whole = [item for item in self._items if item.phase == BY_VM]
        for item in whole:
            sum_up(item)
            move(item, Why.VMS_ENDED)
        if read:
            # If the service no longer answers, keep what the VMs showed.
            with contextlib.suppress(VcdaError):
                reread(self._client, self._goal.kind, whole)


def _task_keys(replication: Replication) -> list[str]:
    """Return the ids that a task on the replication may name: its own, its parent's, its children's."""
    keys = [replication.id, *(child.id for child in replication.children)]
    return [*keys, replication.vapp_replication_id] if replication.vapp_replication_id else keys
