# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which VMs a run refuses because their replication is not set up for it, and what a reverse has lost."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import checked, lost_networks
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.settings import demanded, options_for, with_settings
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document, records, vm_id

LOST = {
    "settings": "failover",
    "source_network": "here",
    "destination_network": "there",
    "vm_id": None,
    "nic_index": None,
}


def run(entry_point: str, **state: Any) -> dict[str, Any]:
    found = records(document(1, "db-1"))
    found[0]["now"] = {**found[0]["now"], **state}
    return {"entry_point": entry_point, "active_site": "site-2", "vms": found}


@pytest.mark.parametrize(
    ("entry_point", "state", "is_due"),
    [
        ("main", {}, True),
        ("failover", {"recovery_state": "TEST"}, True),
        ("failback", {}, True),
        ("main", {"recovery_state": "COMPLETE"}, False),
        ("main", {"recovery_state": "COMPLETE", "destination_site": "site-1"}, False),
        ("main", {"source_site": "site-2", "destination_site": "site-1"}, False),
        ("drill", {}, True),
        ("drill", {"recovery_state": "TEST"}, True),
        ("reverse", {}, False),
        ("cleanup", {}, False),
        ("readiness", {}, False),
    ],
)
def test_who_must_be_set_up(entry_point: str, state: dict[str, Any], is_due: bool) -> None:
    one = run(entry_point, **state)
    assert demanded(one, {"recovery_require_settings": True}) == ([vm_id(1)] if is_due else [])
    assert demanded(one, {"recovery_require_settings": False}) == demanded(one, {}) == []


def test_only_the_settings_are_looked_at() -> None:
    options = options_for(run("main"), [vm_id(1)])
    assert options["require_recovery_settings"] is True
    assert {"failover_networks", "guest_customization"}.isdisjoint(options["skip_checks"])
    assert {"recovery_state", "running_task", "certificate"} <= set(options["skip_checks"])


def finding(settings: str | None, **more: Any) -> dict[str, Any]:
    told = {"check": "failover_networks", "code": "NOT_SET", "message": "Not set.", "remedy": "Set it."}
    return {**told, **({"settings": settings} if settings else {}), **more}


@pytest.mark.parametrize(
    ("entry_point", "blockers", "unknown", "code"),
    [
        ("main", [finding("failover")], [], "NOT_SET"),
        ("main", [finding("test")], [], None),
        ("drill", [finding("test")], [], "NOT_SET"),
        ("drill", [finding("failover")], [], None),
        ("main", [finding(None)], [], None),
        ("main", [], [finding("failover", vm_replication_ids=[vm_id(1)])], "SETTINGS_NOT_KNOWN"),
        ("main", [], [finding("failover", vm_replication_ids=[vm_id(2)])], None),
        ("main", [], [finding(None, vm_replication_ids=[vm_id(1)])], None),
        ("main", [], [], None),
    ],
)
def test_who_is_refused(entry_point: str, blockers: list[Any], unknown: list[Any], code: str | None) -> None:
    one = run(entry_point)
    result = {"vm_replications": [{"id": vm_id(1), "blocked_by": blockers}], "unknown": unknown}
    (record,) = with_settings(one["vms"], [vm_id(1)], result, entry_point)
    assert (record["error"] or {}).get("code") == code
    assert code is None or "recovery_require_settings" in record["error"]["hint"]
    assert with_settings(one["vms"], [], result, entry_point) == one["vms"]


def test_a_check_that_fails_refuses() -> None:
    (record,) = with_settings(run("main")["vms"], [vm_id(1)], {"failed": True, "msg": "It is down."}, "main")
    assert (record["error"]["code"], record["error"]["message"]) == ("SETTINGS_NOT_KNOWN", "It is down.")


def test_a_readiness_check_counts_settings_that_are_missing() -> None:
    record = {**run("readiness")["vms"][0], "changed": True}
    item = {"id": vm_id(1), "blocked_by": [finding("test"), finding(None, code="TEST_ACTIVE")], "concerns": []}
    (after,) = checked([record], {"vm_replications": [item]}, "unplanned")
    assert after["error"]["code"] == "NOT_SET"


def test_a_remedy_of_several_findings_is_told_once() -> None:
    record = {**run("readiness")["vms"][0], "changed": True}
    item = {"id": vm_id(1), "concerns": [finding(None), finding(None, remedy="Look."), finding(None)]}
    (after,) = checked([record], {"vm_replications": [item]}, "unplanned")
    assert after["error"]["hint"] == "Set it. Look."


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ([LOST], "failover: here -> there"),
        ([{**LOST, "source_network": None, "nic_index": 2}], "failover: NIC 2 -> there"),
    ],
)
def test_what_a_reverse_has_lost(lost: list[Any], words: str) -> None:
    assert words in lost_networks({**run("reverse")["vms"][0], "lost_mappings": lost})
