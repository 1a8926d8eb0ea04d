# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that are no recovery, and instances."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make

GOLD = "5b1c0000-0000-4000-8000-000000000001"
NETWORKS = {"vmNetworkSettings": {"primaryNicIndex": 0}, "vAppNetworkSettings": None}
NO_NETWORKS = {"vmNetworkSettings": None, "vAppNetworkSettings": None}


def test_reconfigure_changes_what_is_said(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    before = extended.get(identifier)["settings"]
    task = extended.done(identifier, "", {"rpo": 60, "description": "new", "quiesced": None}, "PATCH").document
    assert task["workflowInfo"]["type"] == "reconfigure"
    assert extended.get(identifier)["settings"] == {**before, "rpo": 60, "description": "new"}
    assert task["result"]["settings"]["rpo"] == 60


def test_reconfigure_a_vapp_changes_all_children(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    extended.done(seeded.vapp_ids[0], "", {"rpo": 60}, "PATCH")
    assert [extended.get(child)["settings"]["rpo"] for child in seeded.child_ids] == [60, 60, 60]


def test_an_sla_profile_brings_its_rules_and_custom_ones_end_it(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    extended.done(identifier, "", {"slaProfileId": GOLD}, "PATCH")
    document = extended.get(identifier)
    assert document["slaProfile"] == {"id": GOLD, "displayName": "Gold"}
    assert document["settings"]["rpo"] == 5
    extended.done(identifier, "", {"description": "x"}, "PATCH")
    assert extended.get(identifier)["slaProfile"] is not None
    extended.done(identifier, "", {"rpo": 30}, "PATCH")
    assert extended.get(identifier)["slaProfile"] is None


@pytest.mark.parametrize(("version", "status"), [("4.3", 202), ("4.4", 400)])
def test_the_body_is_required_from_4_4(make: Make, version: str, status: int) -> None:
    simulator = make(api_version=version)
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    assert caller.send("PATCH", f"/vm-replications/{identifier}").status == status


def test_a_refused_reconfigure_can_be_a_failed_task(make: Make) -> None:
    simulator = make(start_refusal="failed_task")
    identifier = simulator.seed(vms=1).vm_ids[0]
    simulator.set_policy("site-1", min_rpo=60)
    caller = Caller(simulator).login(extend=True)
    task = caller.done(identifier, "", {"rpo": 30}, "PATCH").document
    assert (task["state"], task["error"]["code"]) == ("FAILED", "SimulatorPolicyViolation")
    assert caller.get(identifier)["settings"]["rpo"] == 15


def test_chown_is_for_administrators(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    reply = caller.verb(identifier, "chown", {"owner": "tenant-1@site-1"}, "PATCH")
    assert (reply.status, reply.code) == (403, "Forbidden")


@pytest.mark.parametrize(
    ("body", "owner", "seen"),
    [
        ({"owner": "tenant-2@site-1"}, "tenant-2@site-1", False),
        ({}, "System@site-2", False),
        (None, "System@site-2", False),
        ({"owner": "tenant-1@site-2"}, "tenant-1@site-2", True),
    ],
)
def test_chown(simulator: Simulator, admin: Caller, body: dict[str, str] | None, owner: str, seen: bool) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    reply = admin.verb(identifier, "chown", body, "PATCH")
    assert (reply.status, reply.document["owner"]) == (200, owner)
    tenant = Caller(simulator).login()
    assert (tenant.send("GET", f"/vm-replications/{identifier}").status == 200) is seen
    assert simulator.effects(identifier) == {"chown": 1}


def test_chown_of_a_vapp_reaches_its_children(simulator: Simulator, admin: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    reply = admin.verb(seeded.vapp_ids[0], "chown", {"owner": "tenant-2@site-1"}, "PATCH")
    assert reply.document["owner"] == "tenant-2@site-1"
    assert {admin.get(child)["owner"] for child in seeded.child_ids} == {"tenant-2@site-1"}
    tenant = Caller(simulator).login()
    assert tenant.send("GET", "/vapp-replications").document["total"] == 0
    assert Caller(simulator, "site-1").login("operator@tenant-2").get(seeded.vapp_ids[0])["id"] == seeded.vapp_ids[0]


@pytest.mark.parametrize("owner", ["tenant-1", "tenant-9@site-1", "tenant-1@site-9"])
def test_chown_to_nobody(simulator: Simulator, admin: Caller, owner: str) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    assert admin.verb(identifier, "chown", {"owner": owner}, "PATCH").code == "BadUserInput"


def test_the_storage_profile_of_a_vm(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    profile, name = next(iter(simulator.site("site-2").storage_profiles.items()))
    for body, expected in (
        ({"storageProfileId": profile}, profile),
        ({"storageProfileId": None}, profile),
        (None, profile),
    ):
        caller.done(identifier, "storage-profile", body)
        document = caller.get(identifier)
        assert (document["storageProfile"], document["storageProfileName"]) == (expected, name)
    assert caller.verb(identifier, "storage-profile", {"storageProfileId": "nothing"}).code == "BadUserInput"


@pytest.mark.parametrize("version", ["4.6", "4.7"])
def test_the_storage_profile_of_a_vapp(make: Make, version: str) -> None:
    simulator = make(api_version=version)
    seeded = simulator.seed(vapps=1)
    caller = Caller(simulator).login()
    profile = next(iter(simulator.site("site-2").storage_profiles))
    body: dict[str, Any] = {"storageProfileId": profile}
    changed = len(seeded.child_ids)
    if version == "4.7":
        body, changed = {"storageProfileSettings": {seeded.child_ids[0]: body}}, 1
    caller.done(seeded.vapp_ids[0], "storage-profile", body)
    assert [caller.get(child)["storageProfile"] for child in seeded.child_ids].count(profile) == changed
    if version == "4.7":
        wrong = {"storageProfileSettings": {"C4-other": None}}
        assert caller.verb(seeded.vapp_ids[0], "storage-profile", wrong).code == "BadUserInput"


@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_network_settings(simulator: Simulator, caller: Caller, kind: str) -> None:
    seeded = simulator.seed(vms=1, vapps=1)
    identifier = (seeded.vm_ids if kind == "vm" else seeded.vapp_ids)[0]
    path = f"/{kind}-replications/{identifier}/network-settings"
    assert caller.send("GET", path).document == {"failoverSettings": NO_NETWORKS, "failoverTestSettings": NO_NETWORKS}
    networks: dict[str, Any] = NETWORKS if kind == "vm" else {**NETWORKS, "vmNetworkSettings": {"vm": {"nics": []}}}
    caller.done(identifier, "network-settings", {"failoverSettings": networks}, "PUT")
    assert caller.send("GET", path).document == {"failoverSettings": networks, "failoverTestSettings": NO_NETWORKS}
    caller.done(identifier, "network-settings", {"failoverTestSettings": networks}, "PUT")
    assert caller.send("GET", path).document == {"failoverSettings": NO_NETWORKS, "failoverTestSettings": networks}
    assert caller.send("PUT", path).status == 400


def test_network_settings_can_be_changed_in_part(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    for half in ("failoverSettings", "failoverTestSettings"):
        caller.done(identifier, "network-settings", {half: NETWORKS}, "PATCH")
    document = caller.send("GET", f"/vm-replications/{identifier}/network-settings").document
    assert document == {"failoverSettings": NETWORKS, "failoverTestSettings": NETWORKS}


def test_instances(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1, instances=3).vm_ids[0]
    path = f"/vm-replications/{identifier}/instances"
    found = caller.send("GET", path).document
    assert [instance["sequenceNumber"] for instance in found] == [3, 2, 1]
    assert caller.send("GET", f"{path}/{found[1]['key']}").document == {**found[1], "disksInfo": [{"diskKey": 2000}]}
    missing = caller.send("GET", f"{path}/replica-nothing")
    assert (missing.status, missing.code) == (404, "SimulatorInstanceNotFound")


def test_excluded_disks_are_in_no_instance(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    simulator.workloads("site-1")[0].disks = 3
    simulator.replication(identifier).rules.excluded_disks = [2001]  # type: ignore[union-attr]
    path = f"/vm-replications/{identifier}/instances"
    key = caller.send("GET", path).document[0]["key"]
    assert caller.send("GET", f"{path}/{key}").document["disksInfo"] == [{"diskKey": 2000}, {"diskKey": 2002}]
    simulator.world.estate.drop_workload("site-1", simulator.workloads("site-1")[0].id)
    assert caller.send("GET", f"{path}/{key}").document["disksInfo"] == [{"diskKey": 2000}]


def test_disks_are_left_out_and_taken_in(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vms=1, vapps=1)
    vm, child = seeded.vm_ids[0], seeded.child_ids[0]
    for identifier in (vm, child):
        workload = simulator.world.estate.workload("site-1", extended.get(identifier)["vmId"])
        assert workload is not None
        workload.disks = 3
    task = extended.done(vm, "disks", {"excludedDiskKeys": [2001]}, "PATCH").document
    assert task["workflowInfo"]["type"] == "reconfigureDisks"
    assert extended.get(vm)["settings"]["excludedDiskKeys"] == [2001]
    extended.done(seeded.vapp_ids[0], "disks", {extended.get(child)["vmId"]: [2000, 2002]}, "PATCH")
    assert [extended.get(one)["settings"]["excludedDiskKeys"] for one in seeded.child_ids] == [[2000, 2002], [], []]
    extended.done(vm, "disks", {"excludedDiskKeys": []}, "PATCH")
    assert extended.get(vm)["settings"]["excludedDiskKeys"] == []


@pytest.mark.parametrize("body", [{}, None, {"excludedDiskKeys": ["a"]}, {"excludedDiskKeys": [2000]}])
def test_bad_disks_of_a_vm(simulator: Simulator, extended: Caller, body: Any) -> None:
    reply = extended.verb(simulator.seed(vms=1).vm_ids[0], "disks", body, "PATCH")
    assert reply.status == 400


def test_bad_disks_of_a_vapp(simulator: Simulator, extended: Caller) -> None:
    reply = extended.verb(simulator.seed(vapps=1).vapp_ids[0], "disks", {"unknown": []}, "PATCH")
    assert reply.status == 400


@pytest.mark.parametrize(("mode", "status"), [("bad_request_400", 400), ("method_not_allowed_405", 405)])
def test_a_service_without_disks_of_a_vm(make: Make, mode: str, status: int) -> None:
    simulator = make(vm_disks=mode)
    seeded = simulator.seed(vms=1, vapps=1)
    caller = Caller(simulator).login(extend=True)
    assert caller.verb(seeded.vm_ids[0], "disks", {"excludedDiskKeys": []}, "PATCH").status == status
    assert caller.verb(seeded.vapp_ids[0], "disks", {}, "PATCH").status == 202


def test_disks_are_known_from_4_4(make: Make) -> None:
    simulator = make(api_version="4.3")
    identifier = simulator.seed(vms=1).vm_ids[0]
    reply = Caller(simulator).login(extend=True).verb(identifier, "disks", {"excludedDiskKeys": []}, "PATCH")
    assert reply.status in (404, 405)
