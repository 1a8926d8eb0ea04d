# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What readiness answered reaches the report of its own run, and those of later runs on the same VMs."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema_rs
import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.answers import given_before
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.readiness_answers import given_now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import build_report
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import sealed
from ansible_collections.opendr.vcda.tests.tools.places import ROOT
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    records,
    run,
    vm_id,
)

SCHEMA = jsonschema_rs.validator_for(json.loads((ROOT / "roles/recovery/files/report.schema.json").read_text("utf-8")))


def finding(check: str, effect: str = "warns", **more: Any) -> dict[str, Any]:
    return {
        "check": check,
        "code": check.upper(),
        "effect": effect,
        "message": f"{check} found.",
        "remedy": "Mend it.",
        "read_from": "GET /vm-replications",
        **more,
    }


def checked(number: int, *concerns: dict[str, Any], blocked_by: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"id": vm_id(number), "blocked_by": list(blocked_by), "concerns": list(concerns), "peer": {"site": "site-1"}}


RESULT = {
    "vm_replications": [
        checked(1, finding("paused")),
        checked(2, finding("paused"), blocked_by=(finding("recovery_state", "blocks"),)),
        checked(3),
    ],
    "concerns": [finding("clock")],
    "unknown": [finding("policy_incoming", "unknown", vm_replication_ids=[vm_id(1), vm_id(3)])],
}


def readiness(
    at: float = 1200.0, names: tuple[str, ...] = ("db-1", "web-1", "web-2"), **changes: Any
) -> dict[str, Any]:
    """The report of a readiness run."""
    vms = records(*(document(number, name) for number, name in enumerate(names, 1)))
    vms = FILTERS["checked"](vms, RESULT, "unplanned")
    answers = given_now(vms, RESULT, ["certificate"])
    facts = {"entry_point": "readiness", "dry": True, "started": at, "ended": at + 5, "id": f"run-at-{at:g}"}
    return build_report(run(vms, readiness=[answers], **facts, **changes))


def told(*reports: Any, numbers: tuple[int, ...] = (1, 2, 3), **changes: Any) -> dict[str, Any]:
    """What the report of a later failover tells."""
    vms = records(*(document(number, f"new-{number}") for number in numbers))
    later = run(vms, **changes)
    built = build_report({**later, "readiness": given_before(reports, vms, later)})
    SCHEMA.validate(built)
    found: dict[str, Any] = built["readiness"]
    return found


def by_check(answers: dict[str, Any]) -> dict[str, list[str]]:
    return {one["check"]: one["vms"] for one in answers["findings"]}


def test_a_readiness_report_holds_its_own_answers() -> None:
    built = readiness()
    SCHEMA.validate(built)
    [own] = built["readiness"]["runs"]
    assert (own["id"], own["started"], own["outcome"]) == ("run-at-1200", "1970-01-01T00:20:00Z", built["outcome"])
    assert by_check(own) == {
        "recovery_state": ["web-1"],
        "paused": ["db-1", "web-1"],
        "clock": [],
        "policy_incoming": ["db-1", "web-2"],
    }
    assert "paused" in own["checks"]
    assert "certificate" not in own["checks"]
    assert built["readiness"]["not_checked"] == []


def test_a_later_run_tells_them_of_its_own_vms_by_their_names_of_today() -> None:
    found = told(readiness(), numbers=(1, 4))
    [answers] = found["runs"]
    assert answers["vms"] == ["new-1"]
    assert by_check(answers) == {"paused": ["new-1"], "clock": [], "policy_incoming": ["new-1"]}
    assert found["not_checked"] == ["new-4"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_answers_about_each_vm_are_told(order: int) -> None:
    files = [readiness(600.0), readiness(900.0, names=("db-1",))]
    found = told(*files[::order])
    assert [(one["id"], one["vms"]) for one in found["runs"]] == [
        ("run-at-900", ["new-1"]),
        ("run-at-600", ["new-2", "new-3"]),
    ]


def test_each_host_tells_those_of_its_own_vms() -> None:
    vms = records(document(1, "db-1"), document(2, "web-1"))
    whole = run(vms)
    given = given_before([readiness()], vms, whole)
    parts = [build_report({**whole, "vms": [vm], "readiness": given})["readiness"]["runs"][0] for vm in vms]
    assert [part["vms"] for part in parts] == [["db-1"], ["web-1"]]
    assert ["recovery_state" in by_check(part) for part in parts] == [False, True]


def changed() -> dict[str, Any]:
    found = copy.deepcopy(readiness())
    found["readiness"]["runs"][0]["findings"] = []
    return found


def odd(**changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(readiness())
    found["readiness"]["runs"][0].update(changes)
    return sealed(found)


@pytest.mark.parametrize(
    "other",
    [
        None,
        [],
        "text",
        {},
        {"run": []},
        {"run": {"entry_point": "readiness"}},
        sealed({"run": {"entry_point": "readiness", "active_site": "site-2"}, "readiness": {"runs": []}, "vms": []}),
        sealed({**readiness(), "vms": 1}),
        sealed({**readiness(), "readiness": {"runs": [{}]}}),
        odd(started="soon"),
        odd(outcome="fine"),
        odd(findings=[{}]),
        {key: value for key, value in readiness().items() if key != "sha256"},
        changed(),
        readiness(active_site="site-1"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_readiness_report_or_was_changed_is_passed_over(other: Any) -> None:
    assert told(other) == {"runs": [], "not_checked": ["new-1", "new-2", "new-3"]}
