# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: which requests they meet, and when."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.exchange import Request
from ansible_collections.opendr.vcda.tests.simulator.faults import KINDS, Fault, Faults

REVERSE = Request("POST", "/vm-replications/C4-1/reverse")


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({}, True),
        ({"site": "site-2", "method": "post", "path_regex": "/reverse$"}, True),
        ({"site": "site-1"}, False),
        ({"method": "GET"}, False),
        ({"path_regex": "/failover$"}, False),
    ],
)
def test_which_requests_are_met(conditions: dict[str, str], matches: bool) -> None:
    assert Fault("reset_before", **conditions).matches("site-2", REVERSE) is matches  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("nth", "times", "met"),
    [(1, 1, [1]), (3, 1, [3]), (2, 2, [2, 3]), (1, 0, [1, 2, 3, 4, 5])],
)
def test_nth_and_times(nth: int, times: int, met: list[int]) -> None:
    faults = Faults()
    faults.add(Fault("reset_before", nth=nth, times=times))
    assert [number for number in range(1, 6) if faults.strike("site-1", REVERSE)] == met


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault("reset_before"), False),
        (Fault("timeout_before"), False),
        (Fault("status_500"), False),
        (Fault("html_502", after=True), True),
        (Fault("reset_after"), True),
        (Fault("timeout_after"), True),
        (Fault("broken_json"), True),
        (Fault("truncated"), True),
    ],
)
def test_before_or_after_the_effect(fault: Fault, after: bool) -> None:
    assert fault.after_effect is after


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "explosion"}, "unknown fault"),
        ({"kind": "reset_before", "after": True}, "cannot choose"),
        ({"kind": "slow", "nth": 0}, "counts from 1"),
        ({"kind": "slow", "match": {"host": "x"}}, "a fault has a kind"),
        ({"match": {"site": "x"}}, "a fault has a kind"),
        ({"kind": "slow", "path_regex": "("}, "unterminated|missing"),
    ],
)
def test_what_could_never_strike_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message):
        Fault.from_dict(values)


def test_json_there_and_back() -> None:
    fault = Fault.from_dict({"kind": "task_fails", "code": "X", "match": {"site": "site-1", "nth": 2}, "times": 3})
    assert (fault.site, fault.nth, fault.times, fault.code) == ("site-1", 2, 3, "X")
    assert fault.to_dict()["fired"] == 0


def test_the_first_one_that_is_due_strikes_and_all_count() -> None:
    faults = Faults()
    first, second = faults.add(Fault("slow", nth=2)), faults.add(Fault("truncated"))
    third = faults.add(Fault("reset_after"))
    assert [faults.strike("site-1", REVERSE) for _unused in range(4)] == [second, first, third, None]
    assert (first.seen, second.seen, third.seen) == (4, 4, 4)
    assert (first.fired, second.fired, third.fired) == (1, 1, 1)
    faults.clear()
    assert faults.all == []


def test_every_kind_can_be_made() -> None:
    assert {Fault(kind).kind for kind in KINDS} == set(KINDS)
