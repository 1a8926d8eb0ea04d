# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report proves of a VM, and what odd values are taken for."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.accounts import (
    length,
    run_of,
    sighting_of,
    started_at,
    wave_figures,
)

ODD: list[Any] = [None, 1, -2.5, True, "", "x", [], {}, [[]], float("inf"), 10**400, "\ud800"]


def step(name: str, **changes: Any) -> dict[str, Any]:
    return {"step": name, "changed": True, "failed": False, "begin_seconds": 60.0, "end_seconds": 90.0, **changes}


def passages(
    *steps: dict[str, Any], entry_point: str = "main", predicted: bool = False, counts: bool = True, **vm: Any
) -> set[str]:
    report = {"run": {"entry_point": entry_point, "predicted": predicted, "active_site": "site-2"}}
    base = {"steps": list(steps), "verified": None, "error": None, "recovery_seconds": 30.0}
    return set(sighting_of({**base, **vm}, report, 0.0, "file", counts=counts).passages)


@pytest.mark.parametrize(
    ("steps", "facts", "kinds"),
    [
        ([step("test"), step("test_cleanup")], {}, {"drill"}),
        ([step("test"), step("verify"), step("test_cleanup")], {"verified": True}, {"drill"}),
        ([step("test", failed=True)], {"error": {}}, set()),
        ([step("test"), step("verify", failed=True)], {"verified": False}, set()),
        ([step("test"), step("test_cleanup", failed=True)], {"error": {"step": "test_cleanup"}}, set()),
        ([step("test", changed=False)], {}, set()),
        ([step("test")], {"predicted": True}, set()),
        ([step("test")], {"counts": False}, set()),
        ([step("failover"), step("reverse")], {}, {"failover", "reverse"}),
        ([step("failover"), step("reverse", failed=True)], {"error": {"step": "reverse"}}, {"failover"}),
        ([step("failover"), step("verify", failed=True)], {"verified": False}, set()),
        ([step("migrate"), step("reverse")], {"entry_point": "failback"}, {"failback", "reverse"}),
        ([step("protect_first")], {}, {"reverse"}),
        ([step("cleanup")], {}, set()),
        ([], {}, set()),
    ],
)
def test_only_what_succeeded_is_proven(steps: list[dict[str, Any]], facts: dict[str, Any], kinds: set[str]) -> None:
    assert passages(*steps, **facts) == kinds


def test_a_reverse_has_its_own_length() -> None:
    vm = {"steps": [step("failover"), step("reverse")], "recovery_seconds": 12.0}
    found = sighting_of(vm, {"run": {}}, 0.0, "file", counts=True).passages
    assert (found["failover"].seconds, found["reverse"].seconds) == (12.0, 30.0)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"recovery_state": "NOT_STARTED"}, ("site-1", "site-2", True)),
        ({"recovery_state": None}, ("site-1", "site-2", True)),
        ({"recovery_state": "COMPLETE"}, ("site-2", "", False)),
        (None, ("", "", None)),
    ],
)
def test_the_state_tells_whether_a_vm_is_protected(state: dict[str, Any] | None, expected: tuple[Any, ...]) -> None:
    sites = {"source_site": "site-1", "destination_site": "site-2"}
    found = sighting_of({"after": state and {**sites, **state}}, {"run": {}}, 0.0, "file", counts=True)
    assert (found.runs_at, found.replicates_to, found.protected) == expected


def test_the_ids_are_those_before_and_after_and_that_by_which_it_was_selected() -> None:
    vm = {"id": "C4-2", "previous_id": "C4-1", "key": "C4-1"}
    assert sighting_of(vm, {"run": {}}, 0.0, "file", counts=True).ids == ("C4-2", "C4-1")
    assert sighting_of({"id": None, "key": "db-1"}, {"run": {}}, 0.0, "file", counts=True).ids == ()


def test_a_wave_is_as_slow_as_its_slowest_vm() -> None:
    vms = [
        {"wave": "data", "recovery_seconds": 10, "data_age_seconds": 60.5, "rpo_seconds": 900},
        {"wave": "data", "recovery_seconds": 30.5, "data_age_seconds": None, "rpo_seconds": 300},
        {"wave": "web", "recovery_seconds": None, "data_age_seconds": None},
    ]
    figures = {"recovery_seconds": 30.5, "data_age_seconds": 60.5, "rpo_seconds": 300}
    assert wave_figures({"run": {}, "vms": vms}) == {"data": figures}
    assert not wave_figures({"run": {"predicted": True}, "vms": vms})


@pytest.mark.parametrize(
    ("started", "seconds"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T01:01:00+01:00", 60.0),
        ("1970-01-01T00:01:00", 60.0),
        ("yesterday", None),
        (None, None),
        (60, None),
    ],
)
def test_when_a_run_began(started: Any, seconds: float | None) -> None:
    assert started_at({"run": {"started": started}}) == seconds


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_values_are_unknown(odd: Any) -> None:
    keys = ("id", "previous_id", "key", "name", "organization", "verified", "error", "recovery_seconds", "before")
    vm = dict.fromkeys((*keys, "after", "data_age_seconds", "rpo_seconds", "wave", "outcome"), odd)
    vm["steps"] = [dict.fromkeys(("step", "changed", "failed", "begin_seconds", "end_seconds"), odd)]
    run = dict.fromkeys(("id", "entry_point", "started", "active_site", "predicted", "user"), odd)
    report = {"run": run, "vms": [vm], "recovery_time": odd, "data_age": odd, "versions": odd, "outcome": odd}
    inside = dict.fromkeys(("recovery_state", "source_site", "destination_site", "step"), odd)
    for state in (odd, inside):
        vm.update(before=state, after=state, error=state)
        assert not sighting_of(vm, report, 0.0, "file", counts=True).passages
    assert run_of(report, "file")["recovery_time"]["seconds"] is None
    assert run_of({**report, "recovery_time": {"seconds": odd}}, "file")["recovery_time"]["seconds"] == length(odd)
    wave_figures(report)
    started_at(report)


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (2.5, 2.5), (-0.5, None), (2**53, None), (float("nan"), None), (True, None)]
)
def test_a_length_is_a_number_and_not_negative(value: Any, expected: float | None) -> None:
    assert length(value) == expected
