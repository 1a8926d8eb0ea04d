# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clocks: by hand, and faster than real."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import START_MS, ManualClock, RealClock


def test_a_manual_clock_moves_only_by_hand() -> None:
    clock = ManualClock()
    assert (clock.now_ms(), clock.monotonic()) == (START_MS, 0.0)
    clock.sleep(1.5)
    clock.skip(0.5)
    clock.advance(2)
    assert (clock.now_ms(), clock.monotonic()) == (START_MS + 4000, 4.0)


def test_a_manual_clock_begins_where_it_is_told_to() -> None:
    assert ManualClock(5).now_ms() == 5


@pytest.mark.parametrize("clock", [ManualClock(), RealClock()])
def test_time_does_not_go_back(clock: ManualClock | RealClock) -> None:
    with pytest.raises(ValueError, match="go back"):
        clock.advance(-1)


def test_a_real_clock_goes_faster_by_its_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [100.0]
    slept: list[float] = []
    monkeypatch.setattr("time.monotonic", lambda: seconds[0])
    monkeypatch.setattr("time.sleep", slept.append)
    clock = RealClock(speed=10)
    begin = clock.now_ms()
    seconds[0] += 2
    assert clock.monotonic() == 20.0
    assert clock.now_ms() == begin + 20_000
    clock.sleep(5)
    assert slept == [0.5]


def test_a_real_clock_can_jump_but_does_not_skip() -> None:
    clock = RealClock()
    clock.skip(1000)
    assert clock.monotonic() < 500
    clock.advance(1000)
    assert clock.monotonic() >= 1000


def test_a_real_clock_needs_a_speed() -> None:
    with pytest.raises(ValueError, match="above 0"):
        RealClock(speed=0)
