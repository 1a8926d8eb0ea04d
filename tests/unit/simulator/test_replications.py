# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications as resources: filters, visibility, recovery verbs and their bodies."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make

NO_VM = "C4-00000000-0000-4000-8000-000000000000"
NO_VAPP = "C4VAPP-00000000-0000-4000-8000-000000000000"


def names(caller: Caller, path: str = "/vm-replications", **query: Any) -> list[str]:
    reply = caller.send("GET", path, **query)
    assert reply.status == 200, reply
    return [item.get("vmName") or item["descriptor"]["name"] for item in reply.document["items"]]


@pytest.fixture
def estate(simulator: Simulator) -> Simulator:
    simulator.seed(names=["web-1", "web-10", "db-1"])
    simulator.seed(names=["erp"], source="onprem-1")
    simulator.seed(names=["back"], source="site-2", destination="site-1", owner="tenant-1@site-2")
    simulator.seed(names=["foreign"], org="tenant-2")
    simulator.seed(vapps=2, vms_per_vapp=2)
    return simulator


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"vmName": "web-1"}, ["web-1", "web-10"]),
        ({"vmName": "WEB"}, []),
        ({"vmName": ""}, "all"),
        ({"sourceSite": "site-1", "vmName": "b-1"}, ["web-1", "web-10", "db-1"]),
        ({"sourceSiteType": "vcenter"}, ["erp"]),
        ({"destinationSiteType": "vcloud", "vmName": "erp"}, ["erp"]),
        ({"sourceOrg": "tenant-1", "vmName": "back"}, ["back"]),
        ({"sourceOrg": "Tenant-1"}, []),
        ({"destinationOrg": "tenant-1", "vmName": "db"}, ["db-1"]),
        ({"sourceVdcName": "vdc-tenant-1-site-2"}, ["back"]),
        ({"destinationVdcName": "vdc-tenant-1-site-1"}, ["back"]),
    ],
)
def test_filters_of_vms(estate: Simulator, query: dict[str, str], found: list[str] | str) -> None:
    caller = Caller(estate).login()
    expected = names(caller) if found == "all" else found
    assert names(caller, **query) == expected


def test_filters_by_id(estate: Simulator) -> None:
    caller = Caller(estate).login()
    document = caller.send("GET", "/vm-replications", vmName="db-1").document["items"][0]
    assert names(caller, vmId=document["vmId"]) == ["db-1"]
    assert names(caller, vmId="nothing") == []
    assert names(caller, sourceVdcId=document["source"]["vdcId"], vmName="db") == ["db-1"]
    assert names(caller, destinationVdcId=document["destination"]["vdcId"], vmName="db") == ["db-1"]
    assert names(caller, ids=f"{document['id']},{NO_VM},{document['id']}") == ["db-1"]
    assert names(caller, ids=[document["id"], NO_VM]) == ["db-1"]
    assert names(caller, ids=document["id"], vmId="nothing") == []


def test_the_ids_filter_may_be_ignored(make: Make) -> None:
    simulator = make(ids_filter="ignored")
    seeded = simulator.seed(vms=3)
    assert len(names(Caller(simulator).login(), ids=seeded.vm_ids[0])) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["vapp-01", "vapp-02"]),
        ({"vappName": "app-02"}, ["vapp-02"]),
        ({"sourceSite": "site-1"}, ["vapp-01", "vapp-02"]),
        ({"sourceSiteType": "vcenter"}, []),
    ],
)
def test_filters_of_vapps(estate: Simulator, query: dict[str, str], found: list[str]) -> None:
    assert names(Caller(estate).login(), "/vapp-replications", **query) == found


def test_filters_of_vapps_by_id(estate: Simulator) -> None:
    caller = Caller(estate).login()
    document = caller.send("GET", "/vapp-replications", vappName="vapp-02").document["items"][0]
    assert names(caller, "/vapp-replications", vappId=document["source"]["vappId"]) == ["vapp-02"]
    assert names(caller, "/vapp-replications", ids=document["id"]) == ["vapp-02"]


def test_filters_of_administrators(estate: Simulator) -> None:
    admin = Caller(estate).login("administrator@System")
    assert names(admin, owner="tenant-2@site-1") == ["foreign"]
    vcenter = estate.site("onprem-1").instance_id
    assert names(admin, sourceVimServerUuid=vcenter) == ["erp"]


@pytest.mark.parametrize(
    ("switch", "status", "found"),
    [("rejected_400", 400, []), ("empty", 200, []), ("honoured", 200, ["back"])],
)
def test_the_local_site_as_source_site(make: Make, switch: str, status: int, found: list[str]) -> None:
    simulator = make(local_source_site=switch)
    simulator.seed(names=["back"], source="site-2", destination="site-1", owner="tenant-1@site-2")
    reply = Caller(simulator).login().send("GET", "/vm-replications", sourceSite="site-2")
    assert reply.status == status
    assert [item["vmName"] for item in reply.document.get("items", [])] == found


def test_a_replication_is_seen_from_both_sites_with_the_same_id(simulator: Simulator) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    for site in ("site-1", "site-2"):
        assert Caller(simulator, site).login().get(identifier)["id"] == identifier


def test_tenants_see_their_own_and_providers_everything(estate: Simulator) -> None:
    tenant, provider = Caller(estate).login(), Caller(estate).login("administrator@System")
    foreign = provider.send("GET", "/vm-replications", vmName="foreign").document["items"][0]["id"]
    assert "foreign" not in names(tenant)
    assert tenant.send("GET", f"/vm-replications/{foreign}").code == "VmReplicationNotFound"
    assert set(names(tenant)) < set(names(provider))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/vm-replications/{NO_VM}", "VmReplicationNotFound"),
        (f"/vapp-replications/{NO_VAPP}", "SimulatorVappReplicationNotFound"),
        (f"/vm-replications/{NO_VAPP}", "VmReplicationNotFound"),
    ],
)
def test_unknown_ids(caller: Caller, path: str, code: str) -> None:
    for method, suffix in (("GET", ""), ("POST", "/sync"), ("DELETE", "/failover-test")):
        reply = caller.send(method, path + suffix)
        assert (reply.status, reply.code) == (404, code)


def test_on_another_site(simulator: Simulator, extended: Caller) -> None:
    simulator.seed(names=["out"], source="site-2", destination="site-1", owner="tenant-1@site-2")
    simulator.seed(names=["in"])
    assert names(extended, sourceSite="site-2", site="site-1") == ["out"]
    assert extended.send("GET", "/vm-replications", site="site-9").code == "SiteNotFound"
    assert extended.send("GET", "/vm-replications", site="onprem-1").code == "SiteNotFound"


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("failover", {"type": "vcloud", "powerOn": False, "consolidate": True}, 202),
        ("failover", {}, 202),
        ("failover", {"type": "vcenter"}, 400),
        ("failover", {"powerOn": "yes"}, 400),
        ("failover", {"instanceId": "replica-nothing"}, 400),
        ("failover", {"vmNetworkSettings": {"nics": [{"nicIndex": 0, "isConnected": True}]}}, 202),
        ("failover-test", {"sync": True}, 202),
        ("migrate", {"connectVmNics": True}, 202),
    ],
)
def test_bodies(simulator: Simulator, extended: Caller, verb: str, body: dict[str, Any], status: int) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    assert extended.verb(identifier, verb, body).status == status


def test_a_body_is_needed(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    assert caller.send("POST", f"/vm-replications/{identifier}/failover").status == 400


@pytest.mark.parametrize(("version", "status"), [("4.4", 400), ("4.5", 202)])
def test_the_type_is_required_up_to_4_4(make: Make, version: str, status: int) -> None:
    simulator = make(api_version=version)
    identifier = simulator.seed(vms=1).vm_ids[0]
    assert Caller(simulator).login().verb(identifier, "failover", {"powerOn": True}).status == status


def test_an_instance_can_be_chosen(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1, instances=3).vm_ids[0]
    oldest = caller.send("GET", f"/vm-replications/{identifier}/instances").document[-1]["key"]
    both = caller.verb(identifier, "failover-test", {"sync": True, "instanceId": oldest})
    assert (both.status, both.code) == (400, "BadUserInput")
    assert caller.verb(identifier, "failover-test", {"sync": False, "instanceId": oldest}).status == 202


def test_instances_of_a_vapp(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    keys = {child: simulator.document(child)["destinationState"]["latestInstance"]["key"] for child in seeded.child_ids}
    assert caller.verb(seeded.vapp_ids[0], "failover", {"instanceMap": {NO_VM: "x"}}).status == 400
    assert caller.verb(seeded.vapp_ids[0], "failover", {"instanceMap": keys}).status == 202


@pytest.mark.parametrize(("switch", "status"), [("ignored", 202), ("rejected", 400)])
@pytest.mark.parametrize("body", [{"preconfiguredNetwork": True}, {"copySecurityTags": True}])
def test_unknown_keys(make: Make, switch: str, status: int, body: dict[str, Any]) -> None:
    simulator = make(unknown_keys=switch, api_version="4.6")
    identifier = simulator.seed(vms=1).vm_ids[0]
    assert Caller(simulator).login().verb(identifier, "failover", body).status == status


@pytest.mark.parametrize(("switch", "status"), [("ignored", 202), ("rejected", 400)])
def test_verbs_without_a_body(make: Make, switch: str, status: int) -> None:
    simulator = make(unknown_keys=switch)
    first, second = simulator.seed(vms=2).vm_ids
    caller = Caller(simulator).login()
    assert caller.verb(first, "sync", {"force": True}).status == status
    assert caller.verb(second, "sync", {}).status == 202
