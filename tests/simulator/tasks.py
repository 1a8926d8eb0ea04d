# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks: running, ending and removal. Nothing here waits; every state is computed from the clock.

Fields and states of a task: vendor reference 4.5, tasks. ``QUEUED`` is not documented; switch ``queued_tasks``.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .errors import ApiError
from .identifiers import Identifiers
from .model import Replication
from .settings import Settings

QUEUED = "QUEUED"
RUNNING = "RUNNING"
SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
SPREAD_STEP = 0.6180339887498949

Result = Replication | dict[str, object] | None


class Held(Exception):  # noqa: N818
    """Raised by work that has to wait for an approval: its task continues until it is released."""


@dataclass(slots=True)
class Plan:
    """The effects of a fault on the tasks that a request creates."""

    error: ApiError | None = None
    warning: ApiError | None = None
    vanishes: bool = False
    work_lost: bool = False


@dataclass(slots=True)
class Subject:
    """The subject of a task and its user: ``workflowInfo`` and ``user`` of the vendor reference 4.5, tasks."""

    type: str
    resource_type: str
    resource_id: str | None
    resource_name: str | None
    site: str
    user: str
    org: str
    operation_id: str = ""
    source_org: str = ""
    destination_org: str = ""
    shows_site: bool = True


@dataclass(slots=True)
class Task:
    """A task; times in epoch milliseconds, -1 if not known yet."""

    id: str
    subject: Subject
    start_ms: int
    duration_ms: int
    succeed: Callable[[int], Result]
    fail: Callable[[int], None]
    error: ApiError | None = None
    warning: ApiError | None = None
    work_lost: bool = False
    begin_ms: int = -1
    end_ms: int = -1
    state: str = RUNNING
    result: Result = None

    @property
    def is_over(self) -> bool:
        """Whether the task has ended."""
        return self.state in (SUCCEEDED, FAILED)

    def progress(self, now: int) -> int:
        """Return the percentage done, growing with time."""
        if self.state == SUCCEEDED:
            return 100
        if self.begin_ms < 0 or now <= self.begin_ms or not self.duration_ms:
            return 0
        until = self.end_ms if self.is_over else now
        return min(99, (until - self.begin_ms) * 100 // self.duration_ms)


class TaskBoard:
    """All tasks of all sites, updated before each access."""

    def __init__(self, settings: Settings, identifiers: Identifiers) -> None:
        """Start without tasks."""
        self._settings = settings
        self._identifiers = identifiers
        self._serial = itertools.count()
        self._ends: list[tuple[int, int, Task]] = []
        self._waiting: deque[Task] = deque()
        self._finished: deque[Task] = deque()
        self._live: dict[str, Task] = {}
        self._all: dict[str, Task] = {}
        self._seen: dict[tuple[str, str], dict[str, Task]] = {}
        self._by_resource: dict[str, dict[str, Task]] = {}
        self._by_operation: dict[str, dict[str, Task]] = {}
        self.running = 0
        self.max_running = 0
        self.started = 0

    def start(
        self, subject: Subject, now: int, succeed: Callable[[int], Result], fail: Callable[[int], None], plan: Plan
    ) -> Task:
        """Create a task and start it, unless too many are running already."""
        task = Task(self._identifiers.uuid(), subject, now, self._duration(), succeed, fail)
        task.error, task.warning, task.work_lost = plan.error, plan.warning, plan.work_lost
        self.started += 1
        self._live[task.id] = task
        if not plan.vanishes:
            self._enter(task)
        limit = self._settings.max_running_tasks
        if limit and self.running >= limit:
            self._waiting.append(task)
            task.state = QUEUED if self._settings.queued_tasks else RUNNING
        else:
            self._begin(task, now)
        return task

    def settle(self, now: int) -> None:
        """Process all events that are due by now, in the order of their times."""
        while self._ends and self._ends[0][0] <= now:
            at, _serial, task = heapq.heappop(self._ends)
            self._finish(task, at)
            if self._waiting:
                self._begin(self._waiting.popleft(), at)
        horizon = now - int(self._settings.task_retention_seconds * 1000)
        while self._finished and self._finished[0].end_ms < horizon:
            self._forget(self._finished.popleft())

    def state(self, task: Task, now: int) -> str:
        """Return the state that the task shows now."""
        if self._settings.queued_tasks and task.state == QUEUED and 0 <= task.begin_ms <= now:
            task.state = RUNNING
        return task.state

    def get(self, identifier: str) -> Task | None:
        """Return the task of that id, unless it was removed."""
        return self._all.get(identifier)

    def visible(self, site: str, org: str) -> dict[str, Task]:
        """Return the tasks that a member of an organization sees at a site, oldest first."""
        return self._seen.get((site, org), {})

    def of_resource(self, identifier: str) -> Iterable[Task]:
        """Return the tasks of a resource, oldest first."""
        return self._by_resource.get(identifier, {}).values()

    def of_operation(self, operation_id: str) -> Iterable[Task]:
        """Return the tasks that calls with that operation id created, oldest first."""
        return self._by_operation.get(operation_id, {}).values()

    def live(self, identifier: str | None) -> Task | None:
        """Return the task of that id if it runs or waits, even one that has vanished from every list."""
        return self._live.get(identifier or "")

    def live_tasks(self) -> list[Task]:
        """Return the tasks that run or wait, including those that have vanished from every list."""
        return list(self._live.values())

    def next_end_ms(self) -> int | None:
        """Return when the next running task ends."""
        return self._ends[0][0] if self._ends else None

    def _duration(self) -> int:
        position = self.started * SPREAD_STEP % 1.0
        factor = 1.0 + self._settings.task_spread * (2 * position - 1)
        return int(max(0.0, self._settings.task_seconds * factor) * 1000)

    def _begin(self, task: Task, now: int) -> None:
        if self._settings.queued_tasks:
            task.state = QUEUED
            task.begin_ms = now + int(self._settings.queued_seconds * 1000)
        else:
            task.begin_ms = now
        self.running += 1
        self.max_running = max(self.max_running, self.running)
        heapq.heappush(self._ends, (task.begin_ms + task.duration_ms, next(self._serial), task))

    def release(self, task: Task, now: int) -> None:
        """Let a held task end after its usual duration."""
        heapq.heappush(self._ends, (now + task.duration_ms, next(self._serial), task))

    def _finish(self, task: Task, at: int) -> None:
        if task.error is None and not task.work_lost:
            try:
                task.result = task.succeed(at)
            except Held:
                return
            except ApiError as error:
                task.error = error
        self.running -= 1
        del self._live[task.id]
        if task.error is not None or task.work_lost:
            task.fail(at)
        task.end_ms = at
        task.state = SUCCEEDED if task.error is None else FAILED
        self._finished.append(task)

    def _enter(self, task: Task) -> None:
        self._all[task.id] = task
        for index in self._indexes(task):
            index[task.id] = task

    def _forget(self, task: Task) -> None:
        if self._all.pop(task.id, None) is not None:
            for index in self._indexes(task):
                del index[task.id]

    def _indexes(self, task: Task) -> list[dict[str, Task]]:
        subject = task.subject
        viewers = {(subject.site, subject.org), (subject.site, "System")}
        indexes = [self._seen.setdefault(viewer, {}) for viewer in viewers]
        if subject.resource_id:
            indexes.append(self._by_resource.setdefault(subject.resource_id, {}))
        if subject.operation_id:
            indexes.append(self._by_operation.setdefault(subject.operation_id, {}))
        return indexes
