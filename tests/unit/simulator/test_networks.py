# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of a VDC, and network settings after a reverse."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make

HERE, THERE, OTHER = ({"id": name, "name": name} for name in ("here", "there", "other"))


def mapping(source: Any, destination: Any) -> dict[str, Any]:
    return {"sourceNetworkName": None, "sourceOrgVdcNetwork": source, "destinationOrgVdcNetwork": destination}


def half(*mappings: dict[str, Any], network: str = "there", vm_id: str = "") -> dict[str, Any]:
    nics = {"nics": [{"nicIndex": 0, "network": network}]}
    return {
        "vAppNetworkSettings": {"networkMappings": list(mappings)},
        "vmNetworkSettings": {vm_id: nics} if vm_id else nics,
    }


def reversed_settings(simulator: Simulator, kind: str, identifier: str) -> Any:
    caller = Caller(simulator).login(extend=True)
    caller.done(identifier, "reverse")
    return caller.send("GET", f"/{kind}-replications/{identifier}/network-settings").document


@pytest.mark.parametrize(("mode", "status"), [("offered", 200), ("not_found_404", 404)])
def test_networks_of_a_vdc(make: Make, mode: str, status: int) -> None:
    simulator = make(network_inventory=mode)
    caller = Caller(simulator).login()
    vdc = caller.get(simulator.seed(vms=1).vm_ids[0])["destination"]["vdcId"]
    reply = caller.send("GET", f"/inventory/vdcs/{vdc}/networks", limit=2)
    assert reply.status == status
    if status == 200:
        assert [one["name"] for one in reply.document["items"]] == ["production", "backup"]
        assert (reply.document["total"], len({one["id"] for one in reply.document["items"]})) == (3, 2)
    assert caller.send("GET", "/inventory/vdcs/unknown/networks").status == 404


def test_a_tenant_sees_its_own_vdcs_only(simulator: Simulator) -> None:
    vdc = Caller(simulator).login().get(simulator.seed(vms=1).vm_ids[0])["destination"]["vdcId"]
    stranger = Caller(simulator).login("operator@tenant-2")
    assert stranger.send("GET", f"/inventory/vdcs/{vdc}/networks").status == 404


def test_a_mapping_is_inverted_where_it_matches(simulator: Simulator) -> None:
    seeded = simulator.seed(
        vms=1,
        state="COMPLETE",
        network_settings={"failoverSettings": half(mapping(HERE, THERE)), "failoverTestSettings": None},
    )
    after = reversed_settings(simulator, "vm", seeded.vm_ids[0])
    assert after["failoverTestSettings"] is None or after["failoverTestSettings"]["vAppNetworkSettings"] is None
    assert after["failoverSettings"]["vAppNetworkSettings"]["networkMappings"] == [
        {"sourceNetworkName": "there", "sourceOrgVdcNetwork": THERE, "destinationOrgVdcNetwork": HERE}
    ]
    assert after["failoverSettings"]["vmNetworkSettings"]["nics"][0]["network"] == "here"


@pytest.mark.parametrize(
    "mappings", [(mapping(HERE, THERE), mapping(OTHER, THERE)), (mapping(None, THERE),), (mapping(HERE, None),)]
)
def test_no_mapping_where_none_matches(simulator: Simulator, mappings: tuple[dict[str, Any], ...]) -> None:
    both = {"failoverSettings": half(*mappings), "failoverTestSettings": half(*mappings)}
    after = reversed_settings(simulator, "vm", simulator.seed(vms=1, state="COMPLETE", network_settings=both).vm_ids[0])
    assert after["failoverSettings"]["vAppNetworkSettings"]["networkMappings"] == []
    assert after["failoverSettings"]["vmNetworkSettings"]["nics"][0]["network"] is None
    assert after["failoverTestSettings"] == after["failoverSettings"]


@pytest.mark.parametrize("mode", ["dropped", "kept"])
def test_switch(make: Make, mode: str) -> None:
    settings = {"failoverSettings": half(mapping(HERE, THERE)), "failoverTestSettings": half(mapping(HERE, OTHER))}
    simulator = make(reverse_networks=mode)
    seeded = simulator.seed(vms=1, state="COMPLETE", network_settings=settings)
    after = reversed_settings(simulator, "vm", seeded.vm_ids[0])
    assert after == settings if mode == "kept" else after["failoverSettings"]["vAppNetworkSettings"] is None


def test_settings_without_mappings_stay_without(simulator: Simulator) -> None:
    """No version before 4.1 knows mappings."""
    before = {"vAppNetworkSettings": {"bulkConnectVmNics": True}, "vmNetworkSettings": None}
    seeded = simulator.seed(vms=1, state="COMPLETE", network_settings={"failoverSettings": before})
    after = reversed_settings(simulator, "vm", seeded.vm_ids[0])
    assert after["failoverSettings"] == before


def test_a_vapp_turns_round_with_its_last_vm(simulator: Simulator) -> None:
    seeded = simulator.seed(vapps=1, vms_per_vapp=2, state="COMPLETE")
    caller = Caller(simulator).login(extend=True)
    vapp = simulator.world.estate.vapps.all[seeded.vapp_ids[0]]
    first = caller.get(seeded.child_ids[0])
    vapp.network_settings = {
        "failoverSettings": half(mapping(HERE, THERE), vm_id=first["vmId"]),
        "failoverTestSettings": None,
    }
    after = reversed_settings(simulator, "vapp", seeded.vapp_ids[0])["failoverSettings"]
    assert after["vAppNetworkSettings"]["networkMappings"][0]["destinationOrgVdcNetwork"] == HERE
    assert list(after["vmNetworkSettings"]) == [caller.get(seeded.child_ids[0])["vmId"]] != [first["vmId"]]
