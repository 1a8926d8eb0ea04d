# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time: the real clock, without waiting for it."""

from __future__ import annotations

import time

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock, Deadline
from ansible_collections.opendr.vcda.tests.unit.fakes import ManualClock


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    calls: list[float] = []
    monkeypatch.setattr("time.sleep", calls.append)
    return calls


def test_monotonic_is_the_clock_that_never_goes_back() -> None:
    before = time.monotonic()
    assert before <= Clock().monotonic() <= time.monotonic()


def test_now_is_the_wall_clock_in_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_780_000_000.1239)
    now = Clock().now_ms()
    assert now == 1_780_000_000_123
    assert isinstance(now, int)


def test_sleep_waits_as_long_as_asked(slept: list[float]) -> None:
    Clock().sleep(2.5)
    assert slept == [2.5]


@pytest.mark.parametrize("seconds", [0, 0.0, -1])
def test_sleep_of_nothing_returns_at_once(slept: list[float], seconds: float) -> None:
    Clock().sleep(seconds)
    assert slept == []


def test_a_deadline_counts_down_and_is_over() -> None:
    clock = ManualClock()
    deadline = Deadline(clock, 10)
    clock.advance(4)
    assert (deadline.remaining, deadline.is_over) == (6, False)
    clock.advance(7)
    assert (deadline.remaining, deadline.is_over) == (0, True)


def test_without_a_limit_a_deadline_is_never_over() -> None:
    deadline = Deadline(ManualClock())
    assert deadline.remaining == float("inf")
    assert not deadline.is_over
