# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New replications: sources, destinations, seeds, policies, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make, Reply


def vdc(simulator: Simulator, site: str = "site-2", org: str = "tenant-1") -> str:
    return next(vdc.id for vdc in simulator.site(site).vdcs if vdc.org == org)


def cloud(simulator: Simulator, **more: Any) -> dict[str, Any]:
    return {"type": "vcloud", "site": "site-2", "vdc": vdc(simulator), "storageProfile": "*", **more}


def start(caller: Caller, source: dict[str, Any], destination: dict[str, Any], kind: str = "vm", **more: Any) -> Reply:
    return caller.send("POST", f"/{kind}-replications", {"source": source, "destination": destination, **more})


def vm_source(simulator: Simulator, name: str = "new", **values: Any) -> dict[str, Any]:
    return {"type": "vm", "site": "site-1", "vmId": simulator.add_workload(name, **values).id}


def finished(caller: Caller, reply: Reply) -> Any:
    assert reply.status == 202, reply
    caller.simulator.finish_tasks()
    return caller.send("GET", f"/tasks/{reply.document['id']}").document


def test_a_vm(simulator: Simulator, extended: Caller) -> None:
    reply = start(
        extended,
        {**vm_source(simulator), "excludedDisks": [2001]},
        cloud(simulator),
        rpo=30,
        description="orders",
        quiesced=True,
        dataConnectionType="PLAIN",
        targetDiskType="PREALLOCATED",
        retentionPolicy={"rules": [{"numberOfInstances": 4, "distance": 60}]},
    )
    identifier = reply.document["workflowInfo"]["resourceId"]
    running = extended.get(identifier)
    assert (running["dataConnectionState"], running["sourceState"]["state"]) == ("INITIAL_SYNCING", "syncing")
    assert finished(extended, reply)["result"]["id"] == identifier
    document = extended.get(identifier)
    assert document["settings"] == {
        "dataConnectionType": "PLAIN",
        "description": "orders",
        "excludedDiskKeys": [2001],
        "initialSyncTime": -1,
        "quiesced": True,
        "retentionPolicy": {"rules": [{"numberOfInstances": 4, "distance": 60}]},
        "rpo": 30,
        "targetDiskType": "PREALLOCATED",
    }
    assert (document["vmName"], document["owner"]) == ("new", "tenant-1@site-2")
    assert document["destinationState"]["latestInstance"] is not None
    assert simulator.effects(identifier) == {"start": 1}
    assert extended.done(identifier, "failover").document["state"] == "SUCCEEDED"


def test_a_migration_has_a_day_as_rpo(simulator: Simulator, extended: Caller) -> None:
    reply = start(extended, vm_source(simulator), cloud(simulator), isMigration=True)
    result = finished(extended, reply)["result"]
    assert (result["isMigration"], result["settings"]["rpo"]) == (True, 1440)


def test_a_site_left_out_is_the_local_one(simulator: Simulator, extended: Caller) -> None:
    destination = cloud(simulator)
    del destination["site"]
    assert finished(extended, start(extended, vm_source(simulator), destination))["state"] == "SUCCEEDED"


def test_a_vapp(simulator: Simulator, extended: Caller) -> None:
    first = simulator.add_workload("web", vapp_name="shop")
    second = simulator.add_workload("db", vapp_id=first.vapp_id, vapp_name="shop")
    source = {"type": "vapp", "site": "site-1", "vappId": first.vapp_id, "vmExcludedDisks": {second.id: [2000]}}
    reply = start(extended, source, cloud(simulator), "vapp", description="The shop")
    vapp = finished(extended, reply)["result"]
    assert vapp["id"] == reply.document["workflowInfo"]["resourceId"]
    assert vapp["descriptor"]["name"] == "shop"
    children = {child["vmName"]: child for child in vapp["vmReplications"]}
    assert set(children) == {"web", "db"}
    assert children["db"]["settings"]["excludedDiskKeys"] == [2000]
    assert extended.get(vapp["id"])["descriptor"]["description"] == "The shop"


@pytest.mark.parametrize(
    ("version", "kind", "has_item"), [("4.5", "vcd", False), ("4.6", "vcd", True), ("4.7", "vcdTemplate", True)]
)
def test_a_template(make: Make, version: str, kind: str, has_item: bool) -> None:
    simulator = make(api_version=version)
    caller = Caller(simulator).login(extend=True)
    template = simulator.add_workload("golden")
    source = {"type": "vappTemplate", "site": "site-1", "vappTemplateId": template.vapp_id}
    vapp = finished(caller, start(caller, source, cloud(simulator), "vapp"))["result"]
    info = vapp["vmReplications"][0]["destinationState"]["recoveryInfo"]
    assert info["type"] == kind
    assert ("vAppTemplateId" in info) is (kind == "vcdTemplate")
    assert ("destinationCatalogItemId" in vapp["destination"]) is has_item


def test_from_on_premises(simulator: Simulator, caller: Caller) -> None:
    workload = simulator.add_workload("erp", "onprem-1")
    source = {
        "type": "vcVm",
        "site": "onprem-1",
        "vcUuid": "x",
        "vmId": workload.id,
        "vappName": "erp-vapp",
        "vmStartupInfo": {"order": 3},
    }
    result = finished(caller, start(caller, source, cloud(simulator)))["result"]
    assert (result["vmId"], result["source"]["vappName"], result["source"]["org"]) == (workload.id, "erp-vapp", None)
    assert result["startupInfo"]["order"] == 3


def test_several_from_on_premises(simulator: Simulator, caller: Caller) -> None:
    ids = [simulator.add_workload(name, "onprem-1").id for name in ("a", "b")]
    startup = {"vmStartupInfoMap": {ids[1]: {"order": 2}}}
    source = {"type": "vcVapp", "site": "onprem-1", "vcUuid": "x", "vmIds": ids, "vappName": "both", **startup}
    vapp = finished(caller, start(caller, source, cloud(simulator), "vapp"))["result"]
    assert vapp["descriptor"]["name"] == "both"
    assert [child["startupInfo"]["order"] for child in vapp["vmReplications"]] == [0, 2]


def test_to_on_premises(simulator: Simulator, caller: Caller) -> None:
    source = vm_source(simulator, site="site-2") | {"site": "site-2"}
    result = finished(caller, start(caller, source, {"type": "vc", "site": "onprem-1"}))["result"]
    assert result["destination"]["site"] == "onprem-1"


@pytest.mark.parametrize(("disks", "state"), [(1, "SUCCEEDED"), (2, "FAILED")])
def test_a_seed_is_used_up_if_its_disks_match(simulator: Simulator, extended: Caller, disks: int, state: str) -> None:
    seed = simulator.add_workload("old-copy", "site-2", disks=disks)
    reply = start(extended, vm_source(simulator), cloud(simulator, type="vm", seedVmId=seed.id))
    task = finished(extended, reply)
    assert task["state"] == state
    assert len(simulator.workloads("site-2")) == (0 if state == "SUCCEEDED" else 1)
    found = extended.send("GET", f"/vm-replications/{reply.document['workflowInfo']['resourceId']}")
    assert found.status == (200 if state == "SUCCEEDED" else 404)


def test_other_seeds(simulator: Simulator, extended: Caller) -> None:
    seed = simulator.add_workload("old", "site-2")
    source = {"type": "vapp", "site": "site-1", "vappId": simulator.add_workload("new").vapp_id}
    destination = cloud(simulator, type="vapp", seedVappId=seed.vapp_id)
    assert finished(extended, start(extended, source, destination, "vapp"))["state"] == "SUCCEEDED"
    seeds = [simulator.add_workload(name, "onprem-1") for name in ("s1", "s2")]
    local = vm_source(simulator, "web", site="site-2") | {"site": "site-2"}
    one = {"type": "vcVm", "site": "onprem-1", "seedVm": {"moId": seeds[0].id, "vcId": "x"}}
    assert finished(extended, start(extended, local, one))["state"] == "SUCCEEDED"
    vapp = {"type": "vapp", "site": "site-2", "vappId": simulator.add_workload("app", "site-2").vapp_id}
    several = {"type": "vcVapp", "site": "onprem-1", "seedVms": [{"moId": seeds[1].id}]}
    assert finished(extended, start(extended, vapp, several, "vapp"))["state"] == "SUCCEEDED"
    assert simulator.workloads("onprem-1") == []


@pytest.mark.parametrize(
    ("source", "destination", "kind", "status", "code"),
    [
        ({"vmId": "nothing"}, {}, "vm", 400, "SimulatorVmNotFound"),
        ({"type": "vapp", "vappId": "nothing"}, {}, "vapp", 400, "SimulatorVmNotFound"),
        ({"type": "vapp"}, {}, "vm", 400, "BadUserInput"),
        ({"type": "vm"}, {}, "vapp", 400, "BadUserInput"),
        ({"type": "other"}, {}, "vm", 400, "BadUserInput"),
        ({"site": "site-9"}, {}, "vm", 404, "SiteNotFound"),
        ({"site": "site-2"}, {}, "vm", 400, "BadUserInput"),
        ({"site": "onprem-1"}, {}, "vm", 400, "BadUserInput"),
        ({}, {"vdc": "nothing"}, "vm", 400, "SimulatorVdcNotFound"),
        ({}, {"storageProfile": "nothing"}, "vm", 400, "SimulatorStorageProfileNotFound"),
        ({}, {"type": "vm", "seedVmId": "nothing"}, "vm", 400, "SimulatorSeedNotFound"),
        ({}, {"type": "vapp"}, "vm", 400, "BadUserInput"),
    ],
)
def test_what_cannot_be_started(
    simulator: Simulator,
    extended: Caller,
    source: dict[str, Any],
    destination: dict[str, Any],
    kind: str,
    status: int,
    code: str,
) -> None:
    reply = start(extended, {**vm_source(simulator), **source}, {**cloud(simulator), **destination}, kind)
    assert (reply.status, reply.code) == (status, code)
    assert simulator.snapshot()["vm_replications"] == []


@pytest.mark.parametrize(("switch", "status"), [("bad_request_400", 400), ("conflict_409", 409), ("failed_task", 202)])
def test_a_vm_goes_to_one_place_only(make: Make, switch: str, status: int) -> None:
    simulator = make(start_refusal=switch)
    caller = Caller(simulator).login(extend=True)
    source = vm_source(simulator)
    start(caller, source, cloud(simulator))
    reply = start(caller, source, cloud(simulator))
    assert reply.status == status
    if status == 202:
        task = finished(caller, reply)
        assert (task["error"]["code"], task["workflowInfo"]["resourceId"]) == ("SimulatorAlreadyReplicated", None)
    else:
        assert reply.code == "SimulatorAlreadyReplicated"
    assert len(simulator.snapshot()["vm_replications"]) == 1


def test_what_belongs_to_others_cannot_be_started(simulator: Simulator, extended: Caller, admin: Caller) -> None:
    foreign = vm_source(simulator, org="tenant-2")
    assert start(extended, foreign, cloud(simulator)).code == "SimulatorVmNotFound"
    other = cloud(simulator, vdc=vdc(simulator, org="tenant-2"))
    assert start(extended, vm_source(simulator, "mine"), other).code == "SimulatorVdcNotFound"
    assert start(admin, foreign, other).status == 202


def test_what_a_provider_starts_is_invisible_to_the_tenant(simulator: Simulator, admin: Caller) -> None:
    result = finished(admin, start(admin, vm_source(simulator), cloud(simulator)))["result"]
    tenant = Caller(simulator).login()
    assert result["owner"] == "System@site-2"
    assert tenant.send("GET", f"/vm-replications/{result['id']}").status == 404
    admin.send("PATCH", f"/vm-replications/{result['id']}/chown", {"owner": "tenant-1@site-2"})
    assert tenant.get(result["id"])["owner"] == "tenant-1@site-2"


def test_the_other_site_needs_a_session_and_must_answer(simulator: Simulator, caller: Caller) -> None:
    source = vm_source(simulator)
    assert start(caller, source, cloud(simulator)).status == 401
    caller.extend()
    simulator.configure(sites_down=["site-1"])
    assert start(caller, source, cloud(simulator)).status == 500
    simulator.configure(sites_down=[])
    assert start(caller, source, cloud(simulator)).status == 202


def test_from_the_source_outwards(simulator: Simulator) -> None:
    caller = Caller(simulator, "site-1").login(extend=True)
    task = finished(caller, start(caller, vm_source(simulator), cloud(simulator)))
    assert (task["site"], task["result"]["owner"]) == ("site-1", "tenant-1@site-1")


def test_neither_end_is_here() -> None:
    simulator = Simulator(sites=("site-1", "site-2", "site-3"))
    caller = Caller(simulator).login(extend=True)
    destination = {**cloud(simulator), "site": "site-3", "vdc": vdc(simulator, "site-3")}
    assert start(caller, vm_source(simulator), destination).code == "BadUserInput"


def test_a_failed_start_leaves_nothing(simulator: Simulator, extended: Caller) -> None:
    simulator.fault("task_fails")
    task = finished(extended, start(extended, vm_source(simulator), cloud(simulator)))
    assert task["state"] == "FAILED"
    assert simulator.snapshot()["vm_replications"] == []
    source = {"type": "vapp", "site": "site-1", "vappId": simulator.add_workload("x").vapp_id}
    simulator.fault("task_fails")
    finished(extended, start(extended, source, cloud(simulator), "vapp"))
    assert simulator.snapshot()["vapp_replications"] == []


@pytest.mark.parametrize("version", ["4.1", "4.4"])
def test_newer_types_of_sources(make: Make, version: str) -> None:
    simulator = make(api_version=version)
    caller = Caller(simulator).login(extend=True)
    known = {"vcVapp": version >= "4.2", "vappTemplate": version >= "4.5"}
    for kind, is_known in known.items():
        site = "onprem-1" if kind == "vcVapp" else "site-1"
        reply = start(caller, {"type": kind, "site": site}, cloud(simulator), "vapp")
        assert reply.code == ("SimulatorVmNotFound" if is_known else "BadUserInput")


@pytest.mark.parametrize(("header", "status"), [({}, 401), ({"on-prem-auth": "secret"}, 202)])
def test_on_premises_may_ask_for_its_own_credentials(make: Make, header: dict[str, str], status: int) -> None:
    simulator = make(on_prem_auth="required")
    caller = Caller(simulator).login()
    source = {"type": "vcVm", "site": "onprem-1", "vmId": simulator.add_workload("erp", "onprem-1").id}
    body = {"source": source, "destination": cloud(simulator)}
    assert caller.send("POST", "/vm-replications", body, header).status == status
