# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: the rhythm of looking, and one task to its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import Pace, wait_for_task
from ansible_collections.opendr.vcda.tests.unit.calls import paged, poll
from ansible_collections.opendr.vcda.tests.unit.documents import task, task_id
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, ManualClock, failure, html


class TestPace:
    def test_the_first_look_comes_soon_and_later_ones_ever_more_seldom(self, clock: ManualClock) -> None:
        pace = Pace(clock, 10.0, 3600.0)
        for _each in range(100):
            pace.wait()
        assert clock.slept[0] == 0.5
        assert clock.slept == sorted(clock.slept)
        assert clock.slept[-1] == 10.0
        assert sum(1 for seconds in clock.slept if seconds < 10) < 45

    @pytest.mark.parametrize(("seconds", "late"), [(2, 0.5), (20, 2), (7200, 10)])
    def test_an_end_is_noticed_soon(self, clock: ManualClock, seconds: int, late: float) -> None:
        pace = Pace(clock, 10.0, 36_000.0)
        while pace.elapsed < seconds:
            pace.wait()
        assert pace.elapsed - seconds <= late

    @pytest.mark.parametrize("seconds", [20, 60, 600, 7200])
    def test_a_task_costs_few_looks(self, clock: ManualClock, seconds: int) -> None:
        pace = Pace(clock, 10.0, 36_000.0)
        looks_taken = 0
        while pace.elapsed < seconds:
            pace.wait()
            looks_taken += 1
        assert looks_taken <= 32 + seconds / 10

    def test_it_never_waits_beyond_the_end(self, clock: ManualClock) -> None:
        pace = Pace(clock, 10.0, 1.2)
        waits = 0
        while not pace.is_over:
            pace.wait()
            waits += 1
        assert clock.elapsed == pytest.approx(1.2)
        pace.wait()
        assert clock.elapsed == pytest.approx(1.2)
        assert waits == 3

    def test_a_short_interval_is_kept_from_the_start(self, clock: ManualClock) -> None:
        pace = Pace(clock, 0.1, 60.0)
        pace.wait()
        pace.wait()
        assert clock.slept == [0.1, 0.1]

    def test_after_something_new_has_begun_it_looks_soon_again_but_ends_as_before(self, clock: ManualClock) -> None:
        pace = Pace(clock, 10.0, 100.0)
        clock.advance(90)
        pace.wait()
        assert clock.slept[-1] == 9.0
        pace = Pace(clock, 10.0, 100.0)
        clock.advance(90)
        pace.restart()
        pace.wait()
        assert clock.slept[-1] == 0.5
        clock.advance(9.5)
        assert pace.is_over


class TestForecast:
    """Looks at tasks that say how far they are."""

    @staticmethod
    def looks(clock: ManualClock, progress: Callable[[float], int], seconds: float) -> int:
        """Look until a task of some seconds has ended, and return how often that was."""
        pace = Pace(clock, 10.0, 36_000.0)
        count = 0
        while clock.elapsed < seconds:
            pace.wait()
            pace.note([Task("task", "RUNNING", progress(clock.elapsed / seconds))])
            count += 1
        return count

    @pytest.mark.parametrize("seconds", [7, 10, 15, 33, 60, 97])
    def test_the_end_of_one_that_grows_evenly_is_seen_at_once(self, clock: ManualClock, seconds: int) -> None:
        self.looks(clock, lambda part: int(100 * part), seconds)
        assert clock.elapsed - seconds <= 0.2 + seconds / 100

    @pytest.mark.parametrize("seconds", [20, 60, 600, 7200])
    @pytest.mark.parametrize(
        "progress",
        [
            lambda part: int(100 * part),
            lambda part: min(99, int(300 * part)),
            lambda part: int(100 * part**0.3),
            lambda part: int(100 * part**4),
            lambda part: 0 if part < 0.01 else 99,
            lambda _part: 100,
        ],
        ids=["even", "stuck at 99", "ever slower", "ever faster", "leaps to 99", "stuck at 100"],
    )
    def test_it_costs_few_looks_more(self, clock: ManualClock, seconds: int, progress: Callable[[float], int]) -> None:
        assert self.looks(clock, progress, seconds) <= 42 + seconds / 10

    def test_it_never_makes_a_look_later(self, clock: ManualClock) -> None:
        """A service may count to 50 in an hour and be done with the next step."""
        pace = Pace(clock, 10.0, 36_000.0)
        for percent in range(50):
            before = pace.elapsed
            pace.wait()
            pace.note([Task("task", "RUNNING", percent)])
            assert pace.elapsed - before <= max(0.5, min(10.0, before * 0.1)) + 1e-9

    def test_the_slowest_counts(self, clock: ManualClock) -> None:
        pace = Pace(clock, 10.0, 36_000.0)
        clock.advance(100)
        pace.wait()
        pace.note([Task("fast", "RUNNING", 90), Task("slow", "RUNNING", 10)])
        pace.wait()
        pace.note([Task("fast", "SUCCEEDED", 100), Task("slow", "RUNNING", 95)])
        pace.wait()
        assert clock.slept == [10, 10, pytest.approx(10 * 5 / 85)]

    def test_the_way_to_the_service_is_allowed_for(self, clock: ManualClock) -> None:
        """The look that is to meet the end is under way as long as those before it were."""
        pace = Pace(clock, 10.0, 36_000.0)
        clock.advance(100)
        for percent in (10, 85):
            pace.wait()
            clock.advance(1)
            pace.note([Task("task", "RUNNING", percent)])
        pace.wait()
        assert clock.slept == [10, 10, pytest.approx(11 * 15 / 75 - 1)]

    def test_one_that_begins_later_begins_the_forecast_anew(self, clock: ManualClock) -> None:
        pace = Pace(clock, 10.0, 36_000.0)
        clock.advance(100)
        pace.wait()
        pace.note([Task("first", "RUNNING", 98)])
        pace.wait()
        pace.note([Task("first", "RUNNING", 99), Task("second", "QUEUED")])
        pace.wait()
        assert clock.slept == [10, 10, 10]

    def test_a_look_that_fails_leaves_the_rhythm_as_it_is(self, clock: ManualClock) -> None:
        pace = Pace(clock, 10.0, 36_000.0)
        for percent in (0, 98):
            pace.wait()
            pace.note([Task("task", "RUNNING", percent)])
        for _each in range(3):
            pace.wait()
        assert clock.slept == [0.5, 0.5, 0.05, 0.5, 0.5]

    @pytest.mark.parametrize("progress", [-5, 10**18])
    def test_nonsense_is_survived(self, clock: ManualClock, progress: int) -> None:
        pace = Pace(clock, 10.0, 36_000.0)
        for percent in (1, progress, 2):
            pace.wait()
            pace.note([Task("task", "RUNNING", percent)])
        pace.wait()
        assert all(0.05 <= seconds <= 0.5 for seconds in clock.slept)


class TestWaitForTask:
    def waited(self, client: Client, clock: ManualClock, timeout: float = 3600.0) -> tuple[Task | None, list[str]]:
        seen: list[str] = []
        pace = Pace(clock, 10.0, timeout)
        return wait_for_task(client, parse_task(task(1)), pace, lambda one: seen.append(one.state)), seen

    def test_it_waits_to_the_end(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        poll(service, [task(1)])
        poll(service, [task(1, "SUCCEEDED")])
        last, seen = self.waited(client, clock)
        assert last is not None
        assert last.state == "SUCCEEDED"
        assert seen == ["RUNNING", "SUCCEEDED"]

    def test_a_finished_task_is_not_asked_for(self, client: Client, clock: ManualClock) -> None:
        done = parse_task(task(1, "FAILED"))
        assert wait_for_task(client, done, Pace(clock, 10.0, 60.0), lambda _one: None) is done

    def test_it_gives_up_when_the_time_is_up(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        poll(service, [task(1)])
        poll(service, [task(1)])
        last, _seen = self.waited(client, clock, timeout=1.0)
        assert last is not None
        assert last.state == "RUNNING"
        assert clock.elapsed == pytest.approx(1.0)

    def test_missing_once_is_not_gone(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        poll(service, [], [task_id(1)])
        poll(service, [task(1)])
        poll(service, [], [task_id(1)])
        poll(service, [task(1, "SUCCEEDED")])
        last, _seen = self.waited(client, clock)
        assert last is not None
        assert last.state == "SUCCEEDED"

    def test_missing_twice_is_gone(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        for _each in range(2):
            poll(service, [], [task_id(1)])
        last, _seen = self.waited(client, clock)
        assert last is None

    def test_a_service_that_does_not_answer_for_a_while_is_waited_for(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        service.expect("GET", "/tasks", html(503), query=paged({"ids": task_id(1)}), times=5)
        poll(service, [task(1, "SUCCEEDED")])
        last, _seen = self.waited(client, clock)
        assert last is not None
        assert last.state == "SUCCEEDED"

    def test_a_refusal_ends_it(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        service.expect("GET", "/tasks", failure(403, "Forbidden"), query=paged({"ids": task_id(1)}))
        with pytest.raises(VcdaError):
            self.waited(client, clock)
