# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""One operation on many replications: decide, start, wait. Each one goes its own way through the phases.

``start`` (may be started) -> ``wait`` (its task runs) -> ``confirm`` (succeeded, to be read once more);
``blocked`` (another operation holds it) and ``doubt`` (refused, failed, vanished) are decided anew from a fresh look,
which ``operation.task_ends`` judges;
``end`` is final.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Optional

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    VcdaError,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import batches
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, read_tasks, unfinished_tasks
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    APPLY_STORAGE_PROFILE,
    PAUSE,
    RECONFIGURE,
    RESUME,
    SYNC,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import (
    BUSY,
    COMPLETE,
    Decision,
    decide,
    decide_children,
    refusal,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.failures import (
    not_attempted,
    not_reached,
    timed_out,
    too_late,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.final_state import reread
from ansible_collections.opendr.vcda.plugins.module_utils.operation.partial_vapps import split, sum_up
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import Order, start
from ansible_collections.opendr.vcda.plugins.module_utils.operation.task_ends import (
    BLOCKED,
    CONFIRM,
    DOUBT,
    END,
    PARTS,
    START,
    WAIT,
    another_succeeded,
    end,
    latest,
    note_task,
    settle,
    trust_task,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES, Pace

__all__ = ["CONFIRM", "DOUBT", "END", "START", "Body", "Plan", "Run"]

_OPEN = (START, WAIT, BLOCKED, DOUBT)

# How often a state that lags behind its finished task is read again.
_CONFIRM_READS = 5
# These go on beside a recovery and must not hold it up: what needs a dead site never ends.
_HARMLESS = frozenset().union(*(verb.task_types for verb in (SYNC, PAUSE, RESUME, RECONFIGURE, APPLY_STORAGE_PROFILE)))

Body = Callable[[Item], Optional[Mapping[str, Any]]]


@dataclass(frozen=True)
class Plan:
    """What is asked of every replication of a run."""

    kind: Kind
    verb: Verb
    active_site: str | None = None
    wait: bool = True
    wait_timeout: float = 3600.0
    poll_interval: float = 10.0
    continue_on_error: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body = lambda _item: None


class Run:
    """The way of many replications through one operation.

    :param client: the session
    :param plan: what is asked
    :param items: the replications, read; those with an error are left alone
    :param report: called with all items whenever something may have changed
    """

    def __init__(self, client: Client, plan: Plan, items: list[Item], report: Callable[[Sequence[Item]], None]) -> None:
        self._client = client
        self._plan = plan
        self._items = items
        self._report = report
        self._pace = Pace(client.clock, plan.poll_interval, plan.wait_timeout)
        for item in items:
            item.phase = END

    def predict(self) -> None:
        """Say what ``execute`` would do, with reading requests alone."""
        self._decide([item for item in self._items if item.before])
        for item in self._work():
            if item.phase == START:
                self._try_body(item)
            if item.phase in (START, WAIT, BLOCKED) and item.before:
                item.changed = True
                item.after = self._plan.verb.predict(latest(item))
        self._close_parts(read=False)

    def _try_body(self, item: Item) -> None:
        """Make the body that would be sent, to find what is wrong with it, such as an instance that does not exist."""
        try:
            self._plan.body(item)
        except VcdaError as error:
            end(item, error)

    def execute(self) -> None:
        """Do it, and leave every item with its outcome."""
        self._decide([item for item in self._items if item.before])
        self._start()
        while self._plan.wait and any(item.phase in _OPEN for item in self._work()):
            if self._pace.is_over:
                self._give_up()
                break
            self._pace.wait()
            self._look()
            self._start()
        if not self._plan.wait:
            self._settle_quietly()
        self._confirm()
        self._close_parts(read=True)

    def _work(self) -> list[Item]:
        return [part for item in self._items for part in (item.parts or [item])]

    def _in(self, *phases: str) -> list[Item]:
        return [item for item in self._work() if item.phase in phases]

    def _decide(self, items: Iterable[Item]) -> None:
        undecided: list[tuple[Item, Decision]] = []
        for item in items:
            if latest(item).recovery_state == COMPLETE:
                item.recovered_at = latest(item).destination_site
            decision = self._decision(item)
            item.decision = "act" if decision.kind == "busy" else decision.kind
            # Blocked until the tasks are read, so that a failing look leaves nobody behind as if it were done.
            item.phase = BLOCKED if decision.kind in ("act", "busy") else END
            if decision.kind == "refuse":
                item.error = refusal(self._plan.verb, latest(item), decision, self._plan.active_site)
            elif item.phase == BLOCKED:
                undecided.append((item, decision))
        if undecided:
            self._look_for_tasks(undecided)
        self._hold_back()

    def _decision(self, item: Item) -> Decision:
        choose = decide if item.kind is VM else decide_children
        return choose(self._plan.verb, latest(item), self._site(item))

    def _site(self, item: Item) -> str | None:
        """Return where the workload is to run; for a reverse of a recovered workload that is where it was seen to."""
        if self._plan.active_site is None and self._plan.verb.swaps_ends:
            return item.recovered_at
        return self._plan.active_site

    def _look_for_tasks(self, undecided: list[tuple[Item, Decision]]) -> None:
        """Attach to a running task of the same verb, wait for one of another, start where there is none."""
        # Also where every state is settled: a state may lag behind an accepted start, and some tasks never show in it.
        # Both lists each time: a task may be queued behind those of other tenants, of which none is seen running.
        running: dict[str, list[Task]] = {}
        for task in unfinished_tasks(self._client):
            running.setdefault(str(task.resource_id), []).append(task)
        for item, decision in undecided:
            tasks = [task for key in _task_keys(latest(item)) for task in running.get(key, ())]
            own = [task for task in tasks if self._does_it(task, item)]
            other = [task for task in tasks if task.type.lower() not in _HARMLESS]
            if own:
                item.decision, item.phase, item.task, item.changed = "attach", WAIT, own[-1], True
            elif other or decision is BUSY:
                self._block(item, other[-1] if other else None)
            else:
                self._make_ready(item)

    def _does_it(self, task: Task, item: Item) -> bool:
        """Tell whether a running task leads an item to the goal; one that leads elsewhere is waited for and judged."""
        leads_there = self._site(item) in (None, latest(item).destination_site)
        return task.is_of(self._plan.verb) and task.resource_id == latest(item).id and leads_there

    def _block(self, item: Item, task: Task | None) -> None:
        item.phase, item.task = BLOCKED, task
        if not self._plan.wait:
            item.phase, item.decision, item.task = END, "refuse", None
            item.error = refusal(self._plan.verb, latest(item), BUSY, self._plan.active_site)

    def _make_ready(self, item: Item) -> None:
        """Let an item start; a vApp of which only some VMs need it is handled VM by VM."""
        item.phase, item.decision, item.task = START, "act", None
        item.parts = split(latest(item), self._plan.verb, self._site(item))
        for part in item.parts:
            item.phase, part.phase = PARTS, START

    def _hold_back(self) -> None:
        """Start nothing more after an error where the user wants to stop at the first."""
        if self._plan.continue_on_error or not any(item.error for item in self._in(END)):
            return
        for item in self._in(START):
            item.phase, item.decision = END, "refuse"
            item.error = not_attempted(self._plan.verb, item.label)

    def _start(self) -> None:
        ready = self._in(START)
        if not ready:
            return
        self._report(self._work())
        try:
            if self._plan.verb.needs_peer:
                self._client.ensure_peers()
        except VcdaError as error:
            for item in ready:
                end(item, error)
            return
        if self._plan.continue_on_error:
            list(self._client.executor.map(self._start_one, ready))
        else:
            for item in ready:
                if item.phase == START:
                    self._start_one(item)
                    # Another run may have been faster, which is no reason to stop.
                    self._settle_quietly()
                    if item.error:
                        self._hold_back()
        self._pace.restart()
        self._report(self._work())

    def _start_one(self, item: Item) -> None:
        replication = latest(item)
        if self._plan.wait and self._pace.is_over:
            item.decision = "refuse"
            end(item, too_late(self._plan.verb, item.label, self._plan.wait_timeout))
            return
        try:
            body = self._plan.body(item)
            order = Order(
                item.kind, self._plan.verb, replication, partial(self._accepted, item), body, self._plan.headers
            )
            item.task = start(self._client, order)
        except VcdaError as error:
            item.error = error
            item.phase = DOUBT if error.is_refusal else END
            return
        item.changed = True
        item.misses = 0 if item.task else MISSES
        item.phase = WAIT if item.task else DOUBT
        note_task(item, item.task, self._plan.verb)

    def _accepted(self, item: Item, fresh: Replication) -> bool:
        return self._decision(replace(item, after=fresh)).kind in ("done", "busy")

    def _look(self) -> None:
        """Read the tasks of all open items, and the replications of those whose task does not settle the matter."""
        open_items = self._in(WAIT, BLOCKED)
        try:
            for batch in batches(open_items):
                found = read_tasks(self._client, [item.task for item in batch if item.task])
                for item in batch:
                    note_task(item, found.get(item.task.id) if item.task else None, self._plan.verb)
            self._pace.note([item.task for item in open_items if item.task])
            self._settle([item for item in self._in(BLOCKED, DOUBT) if item.phase == DOUBT or not item.task])
        except VcdaError as error:
            if not error.is_transient:
                for item in self._in(WAIT, BLOCKED, DOUBT):
                    end(item, error)
        self._report(self._work())

    def _settle(self, items: list[Item]) -> None:
        """Decide anew, from a fresh reading, what the tasks do not tell."""
        if not items:
            return
        self._read_again(items)
        readable = [item for item in items if item.phase != END]
        self._decide([item for item in readable if item.phase == BLOCKED])
        doubtful = [item for item in readable if item.phase == DOUBT]
        if not doubtful:
            return
        running = {task.resource_id: task for task in unfinished_tasks(self._client) if task.may_be_of(self._plan.verb)}
        for item in doubtful:
            self._settle_one(item, running.get(latest(item).id))

    def _settle_one(self, item: Item, running: Task | None) -> None:
        settle(
            item,
            self._plan.verb,
            self._decision(item),
            running,
            is_at_goal=self._is_at_goal(item),
            another_succeeded=partial(another_succeeded, self._client, item, self._plan.verb, self._pace.elapsed),
        )

    def _settle_quietly(self) -> None:
        """Settle what a refused start left in doubt, for a run that does not wait."""
        try:
            self._settle(self._in(DOUBT))
        except VcdaError as error:
            for item in self._in(DOUBT):
                end(item, error)

    def _read_again(self, items: Sequence[Item]) -> None:
        for kind in (VM, VAPP):
            reread(self._client, kind, [item for item in items if item.kind is kind], self._end_if_reached)

    def _confirm(self) -> None:
        """Read once more what was touched; a state may lag a little behind its finished task."""
        touched = [item for item in self._work() if item.decision in ("act", "attach") and item.before]
        if not touched:
            return
        try:
            self._read_again(touched)
            for _unused in range(_CONFIRM_READS):
                lagging = self._in(CONFIRM)
                if not lagging or self._pace.is_over:
                    break
                self._pace.wait()
                self._read_again(lagging)
        except VcdaError as error:
            for item in self._in(CONFIRM):
                trust_task(item, error)
        for item in self._in(CONFIRM):
            self._end_if_reached(item)
        for item in self._in(CONFIRM):
            end(item, not_reached(self._plan.verb, item.label, item.after, item.task))

    def _end_if_reached(self, item: Item) -> None:
        """End an item whose task has ended well, once it was read and is where the task was to lead."""
        if item.phase == CONFIRM and self._is_reached(item):
            # What it has made was read; with thousands of tasks it would be in memory twice.
            item.task = item.task and item.task.without_result()
            end(item, None)

    def _is_reached(self, item: Item) -> bool:
        verb = self._plan.verb
        return (verb.leads_to is None and verb.paused is None) or self._is_at_goal(item)

    def _is_at_goal(self, item: Item) -> bool:
        if self._decision(item).kind == "done":
            return True
        # A reverse that was under way when it was first seen, and of which no direction is known.
        is_without_site = self._plan.verb.swaps_ends and self._site(item) is None
        return is_without_site and item.after is not None and item.after.recovery_state == self._plan.verb.leads_to

    def _give_up(self) -> None:
        """The time is up: say of each open item what is known of it."""
        for item in self._in(BLOCKED):
            end(item, refusal(self._plan.verb, latest(item), BUSY, self._plan.active_site))
        for item in self._in(WAIT, DOUBT, START):
            if item.error:
                item.phase = END
                continue
            end(item, timed_out(self._plan.verb, item.label, item.task, self._plan.wait_timeout))

    def _close_parts(self, *, read: bool) -> None:
        """Sum a vApp up from the VMs of it that were handled one by one."""
        whole = sum_up(self._items)
        for item in whole:
            item.phase = END
        if read:
            # Should the service not answer any more, what is known of the VMs is what is known.
            with contextlib.suppress(VcdaError):
                reread(self._client, self._plan.kind, whole)


def _task_keys(replication: Replication) -> list[str]:
    """Return the ids under which a task may hold the replication: its own, its parent's, its children's."""
    keys = [replication.id, *(child.id for child in replication.children)]
    return [*keys, replication.vapp_replication_id] if replication.vapp_replication_id else keys
