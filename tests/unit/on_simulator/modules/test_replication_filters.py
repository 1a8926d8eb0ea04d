# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters by state, checked on what comes back whatever the service makes of them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

GOLD = "5b1c0000-0000-4000-8000-000000000001"
PROVIDER = {"username": "administrator@System", "password": "administrator-secret-site-2"}


def site(**switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=1, names=("well",), health="GREEN")
    made.seed(vms=1, names=("ill",), health="RED")
    made.seed(vms=1, names=("moving",), health="YELLOW", is_migration=True)
    made.seed(vms=1, names=("recovered",), health="GREEN", state="COMPLETE")
    return made


def names(simulator: Simulator, kind: str = "vm", **options: Any) -> set[str]:
    result = run(Case(f"{kind}_replication_info", options), simulator)
    assert "failed" not in result, result["msg"]
    return {item[f"{kind}_name"] for item in result[f"{kind}_replications"]}


@pytest.mark.parametrize("how", choices("vm_state_filters"))
@pytest.mark.parametrize("version", ["4.0", "4.1", "4.7"])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"health": ["RED"]}, {"ill"}),
        ({"health": ["RED", "YELLOW"]}, {"ill", "moving"}),
        ({"is_migration": True}, {"moving"}),
        ({"is_migration": False, "health": ["GREEN"]}, {"well", "recovered"}),
        ({"data_connection_state": "nonsense"}, set()),
        ({"storage_profile": "*", "vm_names": ["well"]}, {"well"}),
        ({"storage_profile": "Any", "vm_names": ["ill"]}, {"ill"}),
        ({"storage_profile": "nobody"}, set()),
        ({"storage_profile": GOLD}, set()),
    ],
)
def test_no_service_widens_or_narrows_them(how: str, version: str, filters: dict[str, Any], expected: set[str]) -> None:
    assert names(site(vm_state_filters=how, api_version=version), **filters) == expected


def test_a_service_that_filters_sends_less_and_an_older_one_is_not_asked_to() -> None:
    for version, sent in (("4.0", False), ("4.7", True)):
        simulator = site(api_version=version)
        names(simulator, health=["RED"])
        assert any(("overallHealth", "RED") in entry.query for entry in simulator.log) is sent


def test_sla_profile_by_name_or_id() -> None:
    simulator = site()
    run(Case("vm_replication", {"vm_names": ["well"], "sla_profile": GOLD}), simulator)
    assert names(simulator, sla_profile="Gold") == names(simulator, sla_profile=GOLD) == {"well"}


def test_where_the_replica_lies_is_for_providers() -> None:
    simulator = site()
    everything = {"well", "ill", "moving", "recovered"}
    for datastore in ("replicas-01", "datastore-12"):
        place = {"datastore": datastore, "destination_vcenter": "vcenter.site-2.test"}
        assert names(simulator, **place, **PROVIDER) == everything
    assert names(simulator, datastore="replicas-02", **PROVIDER) == set()
    assert names(simulator, datastore="replicas-01", destination_vcenter="other", **PROVIDER) == set()
    assert names(simulator, datastore="replicas-01") == set()


def test_what_was_recovered_is_found_by_what_runs() -> None:
    simulator = site()
    vm = next(one for one in simulator.workloads("site-2") if one.name == "recovered")
    assert names(simulator, recovered_id=vm.id) == names(simulator, recovered_id=vm.vapp_id) == {"recovered"}


def test_moments() -> None:
    simulator = site()
    now = simulator.clock.now_ms()
    later = datetime.datetime.fromtimestamp(now / 1000 + 3600, datetime.UTC).isoformat()
    assert names(simulator, changed_before=later) == {"well", "ill", "moving", "recovered"}
    assert names(simulator, changed_after=later) == set()
    assert names(simulator, changed_after="1000", changed_before=str(now + 1)) == names(simulator)


def test_a_vapp_matches_by_one_of_its_vms() -> None:
    simulator = site()
    seeded = simulator.seed(vapps=2, vapp_names=("shop", "intranet"), health="GREEN")
    child: Any = simulator.replication(seeded.child_ids[0])
    child.health = "RED"
    assert names(simulator, "vapp", health=["RED"]) == {"shop"}
    assert names(simulator, "vapp", health=["RED"], is_migration=True) == set()


@pytest.mark.parametrize("filters", [{"health": []}, {"changed_after": "yesterday"}])
def test_what_cannot_be_used_is_refused(filters: dict[str, Any]) -> None:
    assert run(Case("vm_replication_info", filters), site())["error"]["code"] == "INVALID_OPTION"


def test_ids_say_all() -> None:
    simulator = site()
    identity = simulator.snapshot()["vm_replications"][0]["id"]
    result = run(Case("vm_replication_info", {"vm_replication_ids": [identity], "health": ["RED"]}), simulator)
    assert result["error"]["code"] == "INVALID_OPTION"


@pytest.mark.parametrize("kind", ["vm", "vapp"])
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["name"], ["a", "b", "c"]),
        (["name-"], ["c", "b", "a"]),
        (["sourceSite", "name-"], ["c", "a", "b"]),
        (["sourceSite-", "name"], ["b", "a", "c"]),
        (["destinationSite", "destinationOrg", "sourceOrg-", "name"], ["b", "a", "c"]),
        (["owner", "name"], ["a", "c", "b"]),
    ],
)
def test_results_are_in_the_order_that_is_asked_for(kind: str, fields: list[str], expected: list[str]) -> None:
    simulator = Simulator(Settings.from_dict({"unknown_parameters": "rejected"}), ManualClock())
    for name, source, destination in (("c", "site-1", "site-2"), ("a", "site-1", "site-2"), ("b", "site-2", "site-1")):
        more = {"vms": 1, "names": (name,)} if kind == "vm" else {"vapps": 1, "vapp_names": (name,)}
        simulator.seed(source=source, destination=destination, **more)
    result = run(Case(f"{kind}_replication_info", {"sort": fields}), simulator)
    assert [item[f"{kind}_name"] for item in result[f"{kind}_replications"]] == expected


@pytest.mark.parametrize("fields", [[], ["colour"], ["name--"], ["-name"], [""]])
def test_an_order_that_makes_no_sense_is_refused(fields: list[str]) -> None:
    result = run(Case("vm_replication_info", {"sort": fields}, fails=True), site())
    assert result["error"]["category"] == "invalid_request"
    assert "sort" in result["msg"]
