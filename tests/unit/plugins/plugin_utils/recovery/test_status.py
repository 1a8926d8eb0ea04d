# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of workloads: where each runs, and whether it is protected."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.status import (
    status,
    status_table,
    unreadable,
    with_tests,
)
from ansible_collections.opendr.vcda.tests.unit.documents import vm


@pytest.mark.parametrize(
    ("state", "is_paused", "situation", "runs_at", "replicates_to", "is_protected"),
    [
        ("NOT_STARTED", False, "protected", "site-1", "site-2", True),
        (None, False, "protected", "site-1", "site-2", True),
        ("NOT_STARTED", True, "protected, paused", "site-1", "site-2", False),
        ("TEST", False, "protected, test running", "site-1", "site-2", True),
        ("IN_PROGRESS", False, "operation running", "site-1", "site-2", False),
        ("COMPLETE", False, "recovered, not protected", "site-2", None, False),
        ("COMPLETE", True, "recovered, not protected", "site-2", None, False),
        ("ODD", False, "unknown state ODD", "site-1", "site-2", False),
    ],
)
def test_the_situation_follows_from_the_state(
    state: str | None, is_paused: bool, situation: str, runs_at: str, replicates_to: str | None, is_protected: bool
) -> None:
    (item,) = status([vm(1, state, isPaused=is_paused)], now=1200.0)
    assert (item["situation"], item["runs_at"], item["replicates_to"]) == (situation, runs_at, replicates_to)
    assert item["is_protected"] is is_protected


@pytest.mark.parametrize(
    ("state", "now", "situation"),
    [
        ("NOT_STARTED", 1200.0, "not protected, waits for its first synchronisation at 1970-01-01T00:20:01.000Z"),
        ("NOT_STARTED", 1202.0, "protected, paused"),
        ("COMPLETE", 1200.0, "recovered, not protected"),
    ],
)
def test_what_is_paused_until_its_first_synchronisation_says_until_when(state: str, now: float, situation: str) -> None:
    one = vm(1, state, isPaused=True, settings={"initialSyncTime": 1_201_000})
    (item,) = status([one], now=now)
    assert (item["situation"], item["is_protected"]) == (situation, False)


@pytest.mark.parametrize(
    ("age", "most", "situation", "line"),
    [
        (3600, 86400, "protected, test running", "is to be cleaned up by 2026-05-02T06:00:00.000Z"),
        (90000, 86400, "protected, test overdue", "was to be cleaned up at 2026-05-02T06:00:00.000Z"),
        (90000, 0, "protected, test running", None),
        (None, 86400, "protected, test running", None),
    ],
)
def test_a_test_has_a_deadline(age: int | None, most: int, situation: str, line: str | None) -> None:
    documents = [vm(number, "TEST", vmName=f"vm-{number}") for number in range(1, 8)] + [vm(8)]
    test = None if age is None else {"since": "2026-05-01T06:00:00.000Z", "age": age}
    listed = [{"id": one["id"], "test": test} for one in documents[:7]]
    items = with_tests(status(documents, now=1200.0), listed, most)
    assert {item["situation"] for item in items[:-1] if item["vm_name"].startswith("vm-")} == {situation}
    told = [text for text in status_table(items) if text.startswith("The test failover of")]
    assert told == (
        [f"The test failover of vm-1, vm-2, vm-3, vm-4, vm-5 and 2 more {line} (opendr.vcda.cleanup)"] if line else []
    )
    unknown = [text for text in status_table(items) if text.startswith("It is not known since when")]
    names = "vm-1, vm-2, vm-3, vm-4, vm-5 and 2 more"
    is_unknown = f"It is not known since when the test failover of {names} is running"
    assert unknown == ([is_unknown] if age is None else [])
    assert all(item["is_protected"] for item in items)


@pytest.mark.parametrize(("timestamp", "age"), [(900_000, 300), (1_300_000, 0), (None, None)])
def test_the_age_of_the_newest_data(timestamp: int | None, age: int | None) -> None:
    state: dict[str, Any] = {"latestInstance": {"timestamp": timestamp}}
    (item,) = status([vm(1, destinationState=state)], now=1200.0)
    assert item["instance_age"] == age


@pytest.mark.parametrize("value", ["yes", "", 1, 0, [], {}])
def test_what_may_be_paused_is_not_called_protected(value: Any) -> None:
    (item,) = status([vm(1, isPaused=value)], now=1200.0)
    assert (item["is_protected"], item["situation"]) == (False, "unknown, whether it is paused")


@pytest.mark.parametrize("value", [None, False, "false"])
def test_what_is_not_said_to_be_paused_is_protected(value: Any) -> None:
    (item,) = status([vm(1, isPaused=value)], now=1200.0)
    assert item["is_protected"]


def test_the_table_goes_by_name_and_counts() -> None:
    documents = [vm(2, "COMPLETE", vmName="web"), vm(1, vmName="db", destinationState={"currentRpoViolation": 7})]
    headings, *lines = status_table(status(documents, now=1200.0))
    assert headings.startswith("VM")
    assert [line.split()[0] for line in lines if "site-" in line] == ["db", "web"]
    assert "7 min" in next(line for line in lines if line.startswith("db"))
    assert lines[-1] == "1 of 2 VMs protected"


def test_namesakes_are_told_apart() -> None:
    owners = ("tenant-1@site-1", "tenant-2@site-1", "tenant-2@site-1")
    documents = [vm(number, "TEST", vmName="db", owner=owner) for number, owner in enumerate(owners, 1)]
    lines = status_table(status(documents, now=1200.0))
    labels = ["db (tenant-1)", *(f"db (tenant-2, {one['id']})" for one in documents[1:])]
    assert [any(line.startswith(label) for line in lines) for label in labels] == [True] * 3
    assert next(line for line in lines if "It is not known" in line).count("tenant-2, C4-") == 2


@pytest.mark.parametrize(
    ("state", "gone", "situation", "last"),
    [
        ("NOT_STARTED", ["site-1"], "source unreachable", "0 of 1 VM protected, 1 source unreachable"),
        ("NOT_STARTED", ["site-2"], "destination unreachable", "0 of 1 VM protected, 1 destination unreachable"),
        ("NOT_STARTED", ["site-3"], "protected", "1 of 1 VM protected"),
        ("COMPLETE", ["site-1"], "recovered, not protected", "0 of 1 VM protected"),
    ],
)
def test_nothing_is_protected_from_or_to_a_site_that_is_gone(
    state: str, gone: list[str], situation: str, last: str
) -> None:
    items = status([vm(1, state)], now=1200.0, gone=gone)
    assert items[0]["situation"] == situation
    assert items[0]["is_protected"] is (situation == "protected")
    assert status_table(items)[-1] == last


@pytest.mark.parametrize("timestamp", [-1, 0])
def test_a_time_that_is_not_known_gives_no_age(timestamp: int) -> None:
    (item,) = status([vm(1, destinationState={"latestInstance": {"timestamp": timestamp}})], now=1200.0)
    assert item["instance_age"] is None


@pytest.mark.parametrize("named", [{"id": "C4-9", "vm_name": "app"}, {"id": "C4-9", "vm_name": None}, {}], ids=str)
def test_what_cannot_be_read_is_named_and_not_protected(named: dict[str, Any]) -> None:
    good = status([vm(1)], now=1200.0)
    (item,) = unreadable([{**named, "error": {"message": "It has no destination."}}])
    assert item.keys() == good[0].keys()
    assert (item["is_protected"], item["situation"]) == (False, "unknown, cannot be read")
    lines = status_table([*good, item])
    assert any(line.startswith(named.get("vm_name") or named.get("id") or "?") for line in lines)
    assert lines[-1] == "1 of 2 VMs protected"


@pytest.mark.parametrize("state", ["NOT_STARTED", None, "TEST", "COMPLETE"])
@pytest.mark.parametrize("end", ["source", "destination"])
@pytest.mark.parametrize("value", [None, {}, {"site": None}, {"site": ""}], ids=str)
def test_without_a_site_at_each_end_nothing_is_protected(state: str | None, end: str, value: Any) -> None:
    (item,) = status([vm(1, state, **{end: value})], now=1200.0)
    assert not item["is_protected"]
    assert item["situation"] == f"unknown, no {end} site"
