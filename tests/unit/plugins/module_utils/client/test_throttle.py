# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rate of requests, taken back after a complaint and given back for good behaviour."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.throttle import LONGEST_PAUSE, Throttle, retry_after
from ansible_collections.opendr.vcda.tests.unit.fakes import NOW_MS, ManualClock

SERVER_DATE = "Thu, 28 May 2026 20:26:40 GMT"


def complain(throttle: Throttle, clock: ManualClock, seconds: float | None = None) -> None:
    throttle.slow_down(clock.monotonic(), seconds)


def test_without_a_complaint_nobody_waits(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    assert [throttle.delay() for _each in range(100)] == [0.0] * 100


def test_after_a_complaint_all_wait_as_long_as_asked_and_then_go_one_after_the_other(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    complain(throttle, clock, 7.0)
    delays = [throttle.delay() for _each in range(4)]
    assert delays == pytest.approx([7.0, 7.2, 7.4, 7.6])


def test_without_a_wish_the_pauses_grow_up_to_a_bound(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    pauses = []
    for _each in range(8):
        clock.advance(100)
        complain(throttle, clock)
        pauses.append(throttle.delay())
    for number, longest in enumerate((0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0)):
        assert longest / 2 <= pauses[number] <= longest


def test_of_many_requests_side_by_side_one_is_complaint_enough(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    sent = clock.monotonic()
    clock.advance(0.1)
    for _each in range(16):
        throttle.slow_down(sent, 1.0)
    assert throttle.delay() == pytest.approx(1.0)
    assert throttle.delay() == pytest.approx(1.2)


def test_the_rate_comes_back_after_a_while_without_complaints(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    complain(throttle, clock, 0.0)
    throttle.relax()
    assert throttle.delay() == 0.0
    assert throttle.delay() == pytest.approx(0.2)
    for _each in range(5):
        clock.advance(6)
        throttle.relax()
    assert [throttle.delay() for _each in range(10)] == [0.0] * 10


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": " 7 "}, 7.0),
        ({"Retry-After": "86400"}, LONGEST_PAUSE),
        ({"Retry-After": "9" * 10_000}, LONGEST_PAUSE),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "\u0665"}, None),
        ({"Retry-After": "Thu, 28 May 2026 20:26:50 GMT", "Date": SERVER_DATE}, 10.0),
        ({"Retry-After": "Thu, 28 May 2026 20:26:10 GMT", "Date": SERVER_DATE}, 0.0),
        ({"Retry-After": "Fri, 28 May 2100 20:26:10 GMT", "Date": SERVER_DATE}, LONGEST_PAUSE),
        ({"Retry-After": "Thu, 28 May 2026 20:26:50 GMT"}, 10.0),
        ({"Retry-After": "Thu, 99 May 2026 20:26:50 GMT"}, None),
    ],
)
def test_what_an_answer_asks_for_is_read_and_bounded(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW_MS) == seconds
