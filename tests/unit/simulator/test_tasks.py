# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task board: times, order, queue, retention."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ApiError, Settings
from ansible_collections.opendr.vcda.tests.simulator.identifiers import Identifiers
from ansible_collections.opendr.vcda.tests.simulator.tasks import Plan, Subject, Task, TaskBoard

SUBJECT = Subject("failover", "vmReplication", "C4-1", "web", "site-2", "operator@tenant-1", "tenant-1", "op-1")


class Bench:
    """A board with a list of what has happened."""

    def __init__(self, **switches: Any) -> None:
        self.settings = Settings(task_seconds=10, **switches)
        self.board = TaskBoard(self.settings, Identifiers(1))
        self.events: list[tuple[str, int]] = []

    def start(self, now: int = 0, plan: Plan | None = None, error: ApiError | None = None) -> Task:
        def succeed(at: int) -> dict[str, object]:
            if error is not None:
                raise error
            self.events.append(("done", at))
            return {"at": at}

        def fail(at: int) -> None:
            self.events.append(("failed", at))

        return self.board.start(SUBJECT, now, succeed, fail, plan or Plan())


def test_a_task_runs_for_its_time() -> None:
    bench = Bench()
    task = bench.start()
    seen = []
    for now in (0, 2500, 9999):
        bench.board.settle(now)
        seen.append((task.state, task.progress(now), task.end_ms))
    assert seen == [("RUNNING", 0, -1), ("RUNNING", 25, -1), ("RUNNING", 99, -1)]
    bench.board.settle(60_000)
    assert (task.state, task.progress(60_000), task.end_ms, task.result) == ("SUCCEEDED", 100, 10_000, {"at": 10_000})
    assert bench.events == [("done", 10_000)]


def test_a_failed_task() -> None:
    bench = Bench()
    task = bench.start(plan=Plan(error=ApiError(500, "Boom", "It broke.")))
    bench.board.settle(10_000)
    assert (task.state, task.progress(10_000), task.result) == ("FAILED", 99, None)
    assert bench.events == [("failed", 10_000)]


def test_work_that_cannot_be_done_makes_the_task_fail() -> None:
    bench = Bench()
    task = bench.start(error=ApiError(400, "SimulatorSeedDisksMismatch", "No."))
    bench.board.settle(10_000)
    assert task.state == "FAILED"
    assert task.error is not None
    assert task.error.code == "SimulatorSeedDisksMismatch"
    assert bench.events == [("failed", 10_000)]


def test_a_vanished_task_works_on() -> None:
    bench = Bench()
    task = bench.start(plan=Plan(vanishes=True))
    assert bench.board.get(task.id) is None
    assert list(bench.board.of_resource("C4-1")) == []
    assert bench.board.live(task.id) is task
    bench.board.settle(10_000)
    assert bench.events == [("done", 10_000)]
    assert bench.board.live_tasks() == []


def test_the_work_of_a_vanished_task_can_be_lost() -> None:
    bench = Bench()
    bench.start(plan=Plan(vanishes=True, work_lost=True))
    bench.board.settle(10_000)
    assert bench.events == [("failed", 10_000)]


def test_queued_tasks_wait_before_they_run() -> None:
    bench = Bench(queued_tasks=True, queued_seconds=5)
    task = bench.start()
    states = []
    for now in (0, 4999, 5000, 14_999, 15_000):
        bench.board.settle(now)
        states.append((bench.board.state(task, now), task.progress(now)))
    assert states == [("QUEUED", 0), ("QUEUED", 0), ("RUNNING", 0), ("RUNNING", 99), ("SUCCEEDED", 100)]


@pytest.mark.parametrize(("queued", "waiting"), [(False, "RUNNING"), (True, "QUEUED")])
def test_only_so_many_run_at_a_time(queued: bool, waiting: str) -> None:
    bench = Bench(max_running_tasks=2, queued_tasks=queued, queued_seconds=0)
    tasks = [bench.start() for _unused in range(5)]
    assert bench.board.state(tasks[4], 0) == waiting
    assert tasks[4].progress(5000) == 0
    assert (bench.board.running, len(bench.board.live_tasks())) == (2, 5)
    bench.board.settle(100_000)
    assert [task.end_ms for task in tasks] == [10_000, 10_000, 20_000, 20_000, 30_000]
    assert (bench.board.running, bench.board.max_running, bench.board.started) == (0, 2, 5)


def test_durations_spread_in_the_same_way_every_time() -> None:
    def durations() -> list[int]:
        bench = Bench(task_spread=0.5)
        return [bench.start().duration_ms for _unused in range(20)]

    assert durations() == durations()
    assert len(set(durations())) == 20
    assert all(5000 <= duration <= 15_000 for duration in durations())


def test_ended_tasks_are_forgotten_after_a_time() -> None:
    bench = Bench(task_retention_seconds=60)
    task = bench.start()
    bench.board.settle(70_000)
    assert bench.board.get(task.id) is task
    bench.board.settle(70_001)
    assert bench.board.get(task.id) is None
    for found in (bench.board.of_resource("C4-1"), bench.board.of_operation("op-1")):
        assert list(found) == []
    assert bench.board.visible("site-2", "tenant-1") == {}


def test_who_sees_a_task() -> None:
    bench = Bench()
    task = bench.start()
    for org in ("tenant-1", "System"):
        assert list(bench.board.visible("site-2", org)) == [task.id]
    assert not bench.board.visible("site-2", "tenant-2")
    assert not bench.board.visible("site-1", "System")
    assert list(bench.board.of_resource("C4-1")) == list(bench.board.of_operation("op-1")) == [task]
    assert bench.board.next_end_ms() == 10_000
