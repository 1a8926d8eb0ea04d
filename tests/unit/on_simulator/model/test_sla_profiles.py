# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SLA profiles by name wherever an id is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

GOLD = "5b1c0000-0000-4000-8000-000000000001"
ASKED = "GET /sla-profiles"


def site(**switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=1, names=("db-1",), vapps=1, vapp_names=("shop",))
    return made


def declare(simulator: Simulator, kind: str, profile: str, *, check_mode: bool = False) -> dict[str, Any]:
    name = {"vm_names": ["db-1"]} if kind == "vm" else {"vapp_names": ["shop"]}
    return run(Case(f"{kind}_replication", {**name, "sla_profile": profile}, check_mode=check_mode), simulator)


@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_a_profile_is_given_by_its_name_once(kind: str) -> None:
    simulator = site()
    assert declare(simulator, kind, "Gold", check_mode=True)["changed"]
    result = declare(simulator, kind, "Gold")
    assert result["diff"][0]["after"]["sla_profile"] == GOLD
    assert declare(simulator, kind, "Gold")["changed"] is False
    simulator.log.clear()
    assert declare(simulator, kind, GOLD)["changed"] is False
    assert ASKED not in simulator.counters()["by_operation"]


def test_a_start_takes_a_name_too() -> None:
    simulator = site()
    workload = simulator.add_workload("db-9")
    vdc = next(vdc.id for vdc in simulator.site("site-2").vdcs if vdc.org == "tenant-1")
    ends = {"source": {"site": "site-1", "vm_id": workload.id}, "destination": {"site": "site-2", "vdc": vdc}}
    result = run(Case("vm_replication", {**ends, "sla_profile": "Silver"}), simulator)
    assert "failed" not in result, result["msg"]
    assert result["vm_replications"][0]["replication"]["slaProfile"]["displayName"] == "Silver"


def test_a_name_that_nobody_has_is_told_before_anything_is_sent() -> None:
    simulator = site()
    assert declare(simulator, "vm", "Platinum")["error"]["code"] == "SLA_PROFILE_NOT_FOUND"
    assert "reconfigure" not in simulator.counters()["effects"]


def test_two_profiles_of_one_name_are_refused() -> None:
    simulator = site()
    body = json.dumps([{"id": "a", "displayName": "Gold"}, {"id": "b", "displayName": "Gold"}])
    simulator.fault("answer", method="GET", path_regex="/sla-profiles$", status=200, body=body)
    error = declare(simulator, "vm", "Gold")["error"]
    assert (error["code"], error["category"]) == ("AMBIGUOUS_NAME", "invalid_request")
    assert "a, b" in error["message"]


@pytest.mark.parametrize("version", ["4.0", "4.1"])
def test_a_version_without_profiles_is_not_asked(version: str) -> None:
    simulator = site(api_version=version)
    result = declare(simulator, "vm", "Gold")
    assert result.get("error", {}).get("code") == ("OPTION_NOT_IN_API_VERSION" if version == "4.0" else None)
    assert (ASKED in simulator.counters()["by_operation"]) == (version == "4.1")


@pytest.mark.parametrize("orgs", choices("sla_profile_orgs"))
def test_organizations_by_name_or_number(orgs: str) -> None:
    gold = run(Case("sla_profile_info", {"names": ["Gold"]}), site(sla_profile_orgs=orgs))["sla_profiles"][0]
    names = ["tenant-1", "tenant-2"] if orgs == "names" else None
    assert (gold["organizations"], gold["organization_count"]) == (names, 2)
