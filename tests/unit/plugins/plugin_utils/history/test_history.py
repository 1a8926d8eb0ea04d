# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A history of reports as the role writes them: which VMs need a drill, which runs there were, what proves nothing."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import DAY, History
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.page import render
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.plot import MAX_PICTURES
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import sealed
from ansible_collections.opendr.vcda.tests.tools.places import ROOT
from ansible_collections.opendr.vcda.tests.tools.sample_reports import FIRST, report
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document, vm_id

SCHEMA = jsonschema_rs.validator_for(json.loads((ROOT / "playbooks/files/history.schema.json").read_text("utf-8")))
NAMES = ["db-1", "web-1", "web-2"]
DRILL = report("drill", NAMES[:2], waves=2, target=300)
READINESS = report("readiness", NAMES, at=FIRST + DAY)


def told(*reports: dict[str, Any], now: float = FIRST + 10 * DAY, max_age: float = 90, **more: Any) -> dict[str, Any]:
    history = History(now)
    for number, one in enumerate(reports):
        assert not history.take(one, f"{number}.json")
    if "listing" in more:
        history.take_listing(more["listing"])
    found = history.document(max_age)
    SCHEMA.validate(json.loads(json.dumps(found)))
    return found


def due(history: dict[str, Any]) -> dict[str, str]:
    return {vm["name"]: vm["reason"] for vm in history["drill_due"]}


@pytest.mark.parametrize(
    ("days", "max_age", "expected"),
    [
        (10, 90, {"web-2": "never"}),
        (91, 90, {"web-2": "never", "db-1": "too_old", "web-1": "too_old"}),
        (3, 2.5, {"web-2": "never", "db-1": "too_old", "web-1": "too_old"}),
        (5000, 0, {"web-2": "never"}),
    ],
)
def test_who_needs_a_drill(days: float, max_age: float, expected: dict[str, str]) -> None:
    history = told(DRILL, READINESS, now=FIRST + days * DAY, max_age=max_age)
    assert due(history) == expected
    assert list(due(history)) == list(expected)
    assert history["summary"]["protected"] == 3


def test_each_vm_has_when_it_last_came_through_what() -> None:
    history = told(DRILL, report("failover", NAMES[:1], at=FIRST + DAY, seconds=120.0))
    db, web = history["vms"]
    assert db["last"]["drill"]["at"] == "2024-01-06T09:00:00Z"
    assert db["last"]["failover"] == {
        "at": "2024-01-07T09:00:00Z",
        "seconds": 120.0,
        "site": "site-2",
        "verified": None,
        "file": "1.json",
    }
    assert (db["last"]["reverse"], web["last"]["failover"]) == (None, None)
    # It runs at site-2 without protection now: there is nothing to drill.
    assert (db["protected"], db["runs_at"], db["drill_due"]) == (False, "site-2", None)


def test_runs_and_waves_have_their_figures() -> None:
    history = told(DRILL, report("failover", NAMES, at=FIRST + DAY, seconds=500.0, target=300))
    assert [(run["entry_point"], run["vms"], run["recovery_time"]["target_met"]) for run in history["runs"]] == [
        ("failover", 3, False),
        ("drill", 2, True),
    ]
    assert [(wave["name"], wave["site"], len(wave["points"])) for wave in history["waves"]] == [
        ("all", "site-2", 1),
        ("wave-1", "site-2", 1),
        ("wave-2", "site-2", 1),
    ]
    [point] = history["waves"][0]["points"]
    assert (point["recovery_seconds"], point["target_seconds"], point["rpo_seconds"]) == (500.0, 300.0, 900)


def test_the_summary_answers_what_could_be_recovered_how_fast_and_when() -> None:
    failed_over = report("failover", [*NAMES, "new-1"], at=FIRST + DAY, seconds=900.0)
    listing = [
        {
            "ids": (vm_id(number),),
            "name": name,
            "organization": "",
            "runs_at": "site-2",
            "replicates_to": "site-1",
            "protected": True,
        }
        for number, name in enumerate([*NAMES, "new-1", "never-tried"], 1)
    ]
    drill = report("drill", NAMES[:2], at=FIRST + 2 * DAY, seconds=60.0)
    history = told(failed_over, drill, listing=listing)
    assert {key: history["summary"][key] for key in ("protected", "recovered", "never_recovered", "never_drilled")} == {
        "protected": 5,
        "recovered": 4,
        "never_recovered": 1,
        "never_drilled": 3,
    }
    # Of each VM the last recovery counts: the failover of those two that were not drilled after it.
    assert (history["summary"]["slowest"], history["summary"]["slowest_seconds"]) == ("web-2", 675.0)
    assert history["summary"]["newest_proof"] == "2024-01-08T09:00:00Z"
    assert history["summary"]["oldest_proof"] == "2024-01-07T09:00:00Z"
    assert {vm["name"]: vm["last_recovery"] for vm in history["vms"]} == {
        "db-1": "drill",
        "web-1": "drill",
        "web-2": "failover",
        "new-1": "failover",
        "never-tried": None,
    }
    # What was never recovered in any way comes first.
    assert list(due(history)) == ["never-tried", "new-1", "web-2"]


def test_without_proof_the_summary_says_so() -> None:
    summary = told(READINESS)["summary"]
    assert (summary["recovered"], summary["slowest_seconds"], summary["newest_proof"]) == (0, None, None)


def part(whole: dict[str, Any], *numbers: int, host: str) -> dict[str, Any]:
    """The report that a run writes for one of its hosts."""
    found = copy.deepcopy(whole)
    found["vms"] = [found["vms"][number] for number in numbers]
    found["run"]["host"] = host
    return sealed(found)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_reports_of_the_hosts_of_a_run_are_not_counted_beside_it(order: tuple[int, ...]) -> None:
    files = [READINESS, part(READINESS, 0, 1, host="a"), part(READINESS, 2, host="b")]
    history = told(*(files[number] for number in order))
    assert [run["vms"] for run in history["runs"]] == [3]
    assert len(told(READINESS, READINESS)["runs"]) == 1


def test_slices_that_begin_together_are_runs_of_their_own() -> None:
    slices = [part(READINESS, 0, 1, host="a"), part(READINESS, 2, host="b")]
    assert len(told(*slices)["runs"]) == 2


def test_a_report_that_was_changed_is_named_and_proves_nothing() -> None:
    changed = copy.deepcopy(DRILL)
    changed["vms"][0]["recovery_seconds"] = 1.0
    history = told(changed, READINESS)
    assert [run["intact"] for run in history["runs"]] == [True, False]
    assert history["summary"]["changed_afterwards"] == 1
    assert set(due(history)) == set(NAMES)
    assert not history["waves"]


@pytest.mark.parametrize(
    ("version", "intact"), [("1.0", None), ("1.1", False), ("1.99", False)], ids=["old", "without-sum", "newer"]
)
def test_only_the_first_format_has_no_sum(version: str, intact: bool | None) -> None:
    old = {key: value for key, value in DRILL.items() if key not in {"sha256", "versions", "readiness"}}
    old["schema_version"] = version
    for vm in old["vms"]:
        assert vm["previous_id"] is None
    history = told(old)
    assert [run["intact"] for run in history["runs"]] == [intact]
    assert bool(history["vms"][0]["last"]["drill"]) is (intact is None)


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in DRILL.items() if name != key}


def with_first_vm(**changes: Any) -> dict[str, Any]:
    return {**DRILL, "vms": [{**DRILL["vms"][0], **changes}, *DRILL["vms"][1:]]}


@pytest.mark.parametrize(
    ("changed", "intact"),
    [
        (DRILL, True),
        (dict(reversed(DRILL.items())), True),
        (json.loads(json.dumps(DRILL, indent=7, ensure_ascii=False)), True),
        ({**DRILL, "outcome": "failed"}, False),
        ({**DRILL, "a_key_more": None}, False),
        (without("drill"), False),
        (without("sha256"), False),
        ({**without("sha256"), "schema_version": "1.0"}, False),
        ({**DRILL, "schema_version": "1.0"}, False),
        (with_first_vm(recovery_seconds=1.0), False),
        (with_first_vm(name="db-9"), False),
        ({**DRILL, "vms": DRILL["vms"][::-1]}, False),
        ({**DRILL, "vms": []}, False),
        (sealed(without("drill")), True),
    ],
    ids=range(14),
)
def test_each_change_of_the_data_is_noted_and_no_change_of_its_form(changed: dict[str, Any], intact: bool) -> None:
    assert [run["intact"] for run in told(changed)["runs"]] == [intact]


def test_a_hostile_folder_breaks_nothing(tmp_path: Path) -> None:
    """Whatever lies there is read, or named; nothing is raised, and the history follows its schema."""
    odd: dict[str, Any] = {
        "twice": DRILL,
        "again": DRILL,
        "html": sealed({**with_first_vm(name="<script>alert(1)</script>"), "run": {**DRILL["run"], "id": "<i>"}}),
        "negative": sealed(with_first_vm(recovery_seconds=-5.0, data_age_seconds=-1, rpo_seconds=-1, wave="x")),
        "infinite": sealed(with_first_vm(recovery_seconds=10**300, data_age_seconds=float("1e308"))),
        "many-waves": sealed({**DRILL, "vms": [{**DRILL["vms"][0], "wave": str(number)} for number in range(200)]}),
        "future": sealed({**DRILL, "run": {**DRILL["run"], "started": "2100-01-01T00:00:00Z"}}),
        "past": sealed({**DRILL, "run": {**DRILL["run"], "started": "1900-01-01T00:00:00Z"}}),
    }
    for name, report_ in odd.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(report_))
    for depth in (*range(100, 1000, 50), 5000, 100_000):
        nested = '{"schema_version": "1.2", "sha256": "", "run": {"started": "2024-01-01T00:00:00Z"}, "more": '
        (tmp_path / f"depth-{depth}.json").write_text(nested + "[" * depth + "]" * depth + "}")
    history = History(FIRST + DAY)
    history.take_folder(tmp_path)
    found = history.document(90)
    SCHEMA.validate(json.loads(json.dumps(found)))
    assert {"future.json", "past.json", "depth-100000.json"} <= {one["file"] for one in found["left_out"]}
    assert len([run for run in found["runs"] if run["file"] in {"twice.json", "again.json"}]) == 1
    page = render(found)
    assert "<script" not in page
    assert page.count("<svg role=") <= 2 * MAX_PICTURES


def test_of_the_first_format_only_what_it_had_is_needed() -> None:
    keys = ("schema_version", "run", "outcome", "summary", "recovery_time", "data_age", "waves", "vms")
    old = {key: copy.deepcopy(DRILL[key]) for key in keys}
    old["schema_version"] = "1.0"
    for vm in old["vms"]:
        for key in ("label", "organization", "owner", "vapp_name"):
            vm.pop(key, None)
    assert told(old)["vms"][0]["last"]["drill"]["site"] == "site-2"


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ({}, "no time at which it began"),
        ({"started": "2100-01-01T00:00:00Z"}, "begins in the future"),
        ({"started": "1960-01-01T00:00:00Z"}, "or one before 1970"),
        ({"started": "0001-01-01T00:00:00+14:00"}, "or one before 1970"),
    ],
)
def test_a_run_without_a_time_is_left_out(run: dict[str, Any], reason: str) -> None:
    assert reason in History(FIRST).take({"schema_version": "1.0", "run": run}, "file")


def test_what_the_service_lists_is_protected_and_nothing_else() -> None:
    listing = [
        {
            "ids": (one,),
            "name": name,
            "organization": "",
            "runs_at": "site-1",
            "replicates_to": "site-2",
            "protected": True,
        }
        for one, name in ((vm_id(1), "db-1"), (vm_id(9), "in-no-report"))
    ]
    history = told(DRILL, READINESS, listing=listing)
    assert [vm["name"] for vm in history["vms"] if vm["protected"]] == ["db-1", "in-no-report"]
    assert due(history) == {"in-no-report": "never"}


def test_the_sample_is_as_the_role_makes_it() -> None:
    assert document(1)["id"] == DRILL["vms"][0]["id"]
    assert DRILL["outcome"] == "succeeded"
