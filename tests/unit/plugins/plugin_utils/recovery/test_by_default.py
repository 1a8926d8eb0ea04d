# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One-time migrations are no part of "all", and a failback takes what is away from home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.action.recovery_batch import check
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.by_default import vms_of_report
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import RecoveryInputError
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    select,
    settings,
    vm_id,
)

BACK = {"source": "site-2", "destination": "site-1"}
# What a failback to site-1 finds: name, document, whether it takes it.
ESTATE: list[tuple[dict[str, Any], bool]] = [
    (document(1, "failed-over", "COMPLETE"), True),
    (document(2, "reversed", isReversed=True, **BACK), True),
    (document(3, "reversed-in-test", "TEST", isReversed=True, **BACK), True),
    (document(4, "half-way-back", "COMPLETE", isReversed=True, **BACK), True),
    (document(5, "of-unknown-origin", isReversed=None, **BACK), True),
    (document(6, "always-here"), False),
    (document(7, "always-here-in-test", "TEST"), False),
    (document(8, "native-of-site-2", **BACK), False),
    (document(9, "native-of-site-2-failed-over", "COMPLETE", **BACK), False),
    (document(10, "native-of-site-2-reversed", isReversed=True), False),
]


def names(
    documents: list[dict[str, Any]], entry_point: str = "failback", site: str = "site-1", **more: Any
) -> list[str]:
    chosen = settings(**{"all": True, "active_site": site, **more})
    found = select(documents, chosen, active_site=site, entry_point=entry_point)
    assert not found["problem"]
    return [vm["vm_name"] for vm in found["vms"]]


def test_a_failback_takes_what_is_away_from_home() -> None:
    taken = sorted(one["vmName"] for one, is_away in ESTATE if is_away)
    assert names([one for one, _is_away in ESTATE]) == taken


@pytest.mark.parametrize(("one", "is_away"), ESTATE, ids=[one["vmName"] for one, _is_away in ESTATE])
def test_what_a_failback_is_told_to_take_it_takes(one: dict[str, Any], is_away: bool) -> None:
    assert names([one], all=False, vm_names=[one["vmName"]]) == [one["vmName"]]
    assert isinstance(is_away, bool)


def test_after_a_failback_another_one_finds_everything_at_home() -> None:
    assert names([document(1, "db"), document(2, "native", **BACK)]) == ["db"]


def test_a_failback_of_nothing_says_what_it_left_out() -> None:
    found = select([document(8, "native", **BACK)], settings(all=True), active_site="site-1", entry_point="failback")
    assert found["vms"] == []
    assert "native: left out" in found["problem"]
    assert "recovery_from_report" in found["problem"]


@pytest.mark.parametrize("entry_point", ["main", "failover", "reverse", "cleanup", "drill", "readiness"])
def test_a_one_time_migration_is_no_part_of_all_unless_it_is_asked_for(entry_point: str) -> None:
    estate = [document(1, "db"), document(2, "moving", isMigration=True)]
    assert names(estate, entry_point, "site-2") == ["db"]
    assert names(estate, entry_point, "site-2", all=False, organizations=["tenant-1"]) == ["db"]
    assert names(estate, entry_point, "site-2", include_migrations=True) == ["db", "moving"]
    assert names(estate, entry_point, "site-2", all=False, vm_names=["moving"]) == ["moving"]
    found = select(estate, settings(all=True), entry_point=entry_point)
    assert found["notes"] == ["moving: left out as one-time migrations; see recovery_include_migrations."]


@pytest.mark.parametrize(
    ("entry_point", "site", "left"), [("main", "site-2", {"isMigration": True}), ("failback", "site-1", BACK)]
)
def test_what_is_left_out_is_told_from_namesakes(entry_point: str, site: str, left: dict[str, Any]) -> None:
    estate = [
        document(1, "db", "COMPLETE"),
        document(2, "db", **left, owner="tenant-2@site-1"),
        document(3, "db", **left),
    ]
    found = select(estate, settings(all=True, all_organizations=True), active_site=site, entry_point=entry_point)
    assert f"db (tenant-1, {vm_id(3)}), db (tenant-2): left out" in found["notes"][0]


REPORT = {
    "vms": [
        {"id": vm_id(1), "previous_id": None, "name": "db", "organization": "tenant-1", "is_back": True},
        {"id": vm_id(2), "previous_id": None, "name": "web", "organization": "tenant-1", "is_back": True},
        {"id": vm_id(3), "previous_id": None, "name": "lost", "organization": "tenant-1", "is_back": False},
    ]
}


def test_a_report_selects_what_was_recovered_also_under_new_ids_and_beside_namesakes() -> None:
    estate = [
        document(1, "db", "COMPLETE"),
        document(12, "web", isReversed=True, **BACK),
        document(13, "web", isReversed=True, owner="tenant-2@site-1", **BACK),
        document(3, "lost"),
    ]
    chosen = settings(report=vms_of_report(REPORT))
    assert FILTERS["waves"](chosen)["query"]["reads"] == [{}]
    vms = select(estate, chosen, active_site="site-1", entry_point="failback")["vms"]
    assert [(vm["id"], vm["error"]) for vm in vms] == [(vm_id(1), None), (vm_id(12), None)]


def test_what_a_report_names_and_is_gone_is_an_error_of_its_own() -> None:
    [_db, web] = select([document(1, "db")], settings(report=vms_of_report(REPORT)))["vms"]
    assert (web["vm_name"], web["error"]["code"]) == ("web", "NOT_SELECTED")


def test_a_report_is_no_addition_to_another_selection() -> None:
    problem = FILTERS["waves"](settings(report=vms_of_report(REPORT), all=True))["problem"]
    assert "recovery_from_report" in problem


@pytest.mark.parametrize("report", [[], "x", {}, {"vms": [{}]}, {"vms": [{"name": "db", "is_back": False}]}])
def test_what_is_no_report_of_a_recovery_is_refused(report: Any) -> None:
    with pytest.raises(RecoveryInputError, match="recovery_from_report"):
        vms_of_report(report)


def test_the_variable_takes_a_file_or_the_data(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(REPORT))
    for given in (str(file), REPORT):
        checked = check("failback", {"recovery_active_site": "site-1", "recovery_from_report": given})
        assert checked["problem"] == ""
        assert [vm["name"] for vm in checked["values"]["recovery_from_report"]] == ["db", "web"]


@pytest.mark.parametrize("text", [None, "no json"], ids=["missing", "damaged"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "report.json"
    if text:
        file.write_text(text)
    problem = check("failback", {"recovery_active_site": "site-1", "recovery_from_report": str(file)})["problem"]
    assert problem.startswith(f"recovery_from_report: {file} cannot be read")
