# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test failovers that a drill leaves running: which are, until when, and which are cleaned up all the same."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import held_tests
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.by_default import baselines, vms_of_report
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import due, fail
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import compare
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    document,
    records,
    vm_id,
)

SINCE = "2026-05-01T06:00:00.000Z"
NEXT_DAY = "2026-05-02T06:00:00.000Z"


def in_test(*numbers: int, **more: Any) -> list[dict[str, Any]]:
    """The records of VMs that are in a test which the run leaves running."""
    return held_tests.held(records(*(document(number, state="TEST", **more) for number in numbers)))


def timed(vms: list[dict[str, Any]], *ages: int | None, most: int = 86400) -> list[dict[str, Any]]:
    tests = [None if age is None else {"since": SINCE, "age": age} for age in ages]
    items = [{"id": vm["id"], "test": test} for vm, test in zip(vms, tests, strict=True)]
    return held_tests.with_times(vms, items, most)


@pytest.mark.parametrize(
    ("entry_point", "hold", "tags", "holds"),
    [
        ("drill", True, ["all"], True),
        ("drill", True, ["test", "verify"], True),
        ("drill", True, ["cleanup"], False),
        ("drill", False, ["all"], False),
        ("cleanup", True, ["all"], False),
    ],
)
def test_only_a_drill_leaves_tests_running(entry_point: str, hold: bool, tags: list[str], holds: bool) -> None:
    assert held_tests.holds(entry_point, {"recovery_drill_hold": hold}, tags) is holds


@pytest.mark.parametrize("step", ["cleanup", "test_cleanup"])
def test_no_step_cleans_up_what_is_left_running(step: str) -> None:
    vms = in_test(1)
    assert due(vms, step, "site-2") == []
    assert due([dict(vms[0], held=False)], step, "site-2") == [vm_id(1)]


@pytest.mark.parametrize(
    ("step", "category", "cleaned_up"),
    [
        ("test", "task_failed", True),
        ("test", "unknown_outcome", True),
        # It goes on, and the next run attaches to it.
        ("test", "timeout", False),
        # People look into it: that is what the test is left running for.
        ("verify", "refused", False),
        ("start", "refused", False),
    ],
)
def test_a_test_that_failed_is_cleaned_up(step: str, category: str, cleaned_up: bool) -> None:
    vms = in_test(1, 2)
    vms[0] = fail(vms[0], step, {"category": category, "code": "X", "message": "It broke.", "hint": ""})
    assert due(held_tests.released(vms), "test_cleanup", "site-2") == ([vm_id(1)] if cleaned_up else [])


def test_a_vapp_is_cleaned_up_as_a_whole() -> None:
    vms = [
        dict(vm, by_vapp=number < 3, now={**vm["now"], "vapp_replication_id": f"C4VAPP-{number // 3}"})
        for number, vm in enumerate(in_test(1, 2, 3, 4), start=1)
    ]
    vms[0] = fail(vms[0], "test", {"category": "task_failed", "message": "It broke.", "hint": ""})
    assert due(held_tests.released(vms), "test_cleanup", "site-2") == [vm_id(1), vm_id(2)]


@pytest.mark.parametrize(
    ("ages", "most", "end", "words"),
    [
        ([3600, 60], 86400, NEXT_DAY, f"is to be cleaned up by {NEXT_DAY}"),
        ([90000, 60], 86400, NEXT_DAY, f"was to be cleaned up at {NEXT_DAY}"),
        ([86400, 60], 86400, NEXT_DAY, f"is to be cleaned up by {NEXT_DAY}"),
        ([3600, None], 86400, NEXT_DAY, f"is to be cleaned up by {NEXT_DAY}"),
        ([90000, 90000], 0, None, "once it is not needed any more"),
        ([None, None], 86400, None, "once it is not needed any more"),
    ],
)
def test_until_when(ages: list[int | None], most: int, end: str | None, words: str) -> None:
    vms = timed(in_test(1, 2), *ages, most=most)
    assert held_tests.deadline(vms) == end
    assert words in held_tests.in_words(vms)


def test_of_vms_that_are_in_no_test_nothing_is_told() -> None:
    vms = timed(held_tests.held(records(document(1), document(2))), None, None)
    assert (held_tests.running(vms), held_tests.deadline(vms)) == ([], None)


def test_what_is_only_predicted_is_still_in_its_test() -> None:
    [vm] = timed(in_test(1), 60)
    predicted = dict(vm, predicted=True, now={**vm["now"], "recovery_state": "NOT_STARTED"})
    assert held_tests.deadline([predicted]) == NEXT_DAY


def test_a_test_that_is_left_running_is_no_leftover() -> None:
    before = held_tests.held(records(document(1), document(2)))
    first, second = compare(before, [document(1, state="TEST"), document(2, state="TEST", isPaused=True)])
    assert (first["untouched"], first["error"]) == (True, None)
    assert (second["untouched"], second["error"]["code"]) == (False, "PRODUCTION_CHANGED")


def report_of(*states: dict[str, Any]) -> dict[str, Any]:
    vms = [
        {"id": vm_id(number), "name": f"vm-{number}", "is_back": number == 1, "before": state, "test": {"since": SINCE}}
        for number, state in enumerate(states, start=1)
    ]
    return {"vms": vms}


def test_a_cleanup_compares_with_what_was_before_the_drill() -> None:
    """The second VM was not verified in the drill; its test is running all the same."""
    state = {"recovery_state": "NOT_STARTED", "source_site": "site-1", "is_paused": False, "overall_health": "RED"}
    listed = vms_of_report(report_of(state, state))
    assert [vm["name"] for vm in listed] == ["vm-1", "vm-2"]
    before = records(document(1, state="TEST"), document(2, state="TEST", isPaused=True), document(3, state="COMPLETE"))
    after = [document(1), document(2, isPaused=True), document(3, state="COMPLETE")]
    first, second, third = compare(before, after, baselines(listed), only_tested=True)
    assert (first["untouched"], second["differences"]) == (True, ["is_paused was False, is True"])
    assert "untouched" not in third
    assert [vm.get("untouched") for vm in compare(before, after, only_tested=True)] == [True, True, None]
