# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of replications, version by version."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.versions import KNOWN
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make

SINCE = {
    "owner": "4.1",
    "slaProfile": "4.1",
    "placementPolicy": "4.4",
    "placementPolicyName": "4.4",
    "sizingPolicy": "4.5",
    "sizingPolicyName": "4.5",
    "guestCustomization": "4.5",
    "vappReplicationId": "4.5",
}
SINCE_IN_RECOVERY_INFO = {
    "type": "4.5",
    "optimizeUntil": "4.5",
    "storageProfileId": "4.7",
    "storageProfileName": "4.7",
}


@pytest.mark.parametrize("version", KNOWN)
def test_fields_of_a_version(simulator: Simulator, version: str) -> None:
    identifier = simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    document = simulator.document(identifier, version)
    assert {name for name in SINCE if name in document} == {name for name, since in SINCE.items() if version >= since}
    state = document["destinationState"]
    assert ("latestInstance" in state) is (version >= "4.6")
    assert {name for name in SINCE_IN_RECOVERY_INFO if name in state["recoveryInfo"]} == {
        name for name, since in SINCE_IN_RECOVERY_INFO.items() if version >= since
    }
    assert ("targetDiskType" in document["settings"]) is (version >= "4.7")


def test_the_version_asked_for_decides(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    headers = {"accept": "application/vnd.vmware.h4-v4+json"}
    assert "owner" not in caller.send("GET", f"/vm-replications/{identifier}", headers=headers).document
    assert "owner" in caller.get(identifier)


def test_a_seeded_replication(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(names=["web"], is_paused=True, is_migration=True, is_reversed=True, rpo=60)
    document = caller.get(seeded.vm_ids[0])
    assert document["vmName"] == document["computerName"] == "web"
    assert (document["isPaused"], document["isMigration"], document["isReversed"]) == (True, True, True)
    assert (document["settings"]["rpo"], document["owner"]) == (60, "tenant-1@site-1")
    assert (document["source"]["site"], document["source"]["org"]) == ("site-1", "tenant-1")
    assert document["destination"]["vdcName"] == "vdc-tenant-1-site-2"
    assert document["storageProfileName"] == "Any"
    assert document["startupInfo"]["startAction"] == "powerOn"


def test_only_providers_see_where_the_replica_lies(simulator: Simulator, caller: Caller, admin: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    assert "vimLocation" not in caller.get(identifier)
    assert admin.get(identifier)["vimLocation"]["vimServer"] == "vcenter.site-2.test"


@pytest.mark.parametrize(
    ("switch", "before", "after"),
    [("toggled", False, True), ("always_false", False, False), ("never_present", None, None)],
)
def test_is_reversed(make: Make, switch: str, before: bool | None, after: bool | None) -> None:
    simulator = make(is_reversed=switch)
    identifier = simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    assert caller.get(identifier).get("isReversed") is before
    caller.done(identifier, "reverse")
    assert caller.get(identifier).get("isReversed") is after


def test_no_recovery_information(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1, state=None).vm_ids[0]
    assert "recoveryInfo" not in caller.get(identifier)["destinationState"]
    caller.done(identifier, "failover")
    assert caller.state(identifier) == "COMPLETE"


def test_an_unknown_state_is_shown_as_it_is(simulator: Simulator, caller: Caller) -> None:
    assert caller.state(simulator.seed(vms=1, state="REPAIRING").vm_ids[0]) == "REPAIRING"


@pytest.mark.parametrize(("version", "kind"), [("4.4", None), ("4.5", "vc")])
def test_an_on_premises_destination(simulator: Simulator, version: str, kind: str | None) -> None:
    identifier = simulator.seed(vms=1, source="site-2", destination="onprem-1", state="COMPLETE").vm_ids[0]
    document = simulator.document(identifier, version)
    info = document["destinationState"]["recoveryInfo"]
    assert (info.get("type"), info["vcId"]) == (kind, simulator.site("onprem-1").instance_id)
    assert document["destination"] == {
        "site": "onprem-1",
        "org": None,
        "vdcId": None,
        "vdcName": None,
        "recoveredVappId": None,
    }


def test_a_vapp_is_a_view_of_its_children(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    vapp = caller.get(seeded.vapp_ids[0])
    assert [child["id"] for child in vapp["vmReplications"]] == seeded.child_ids
    assert all("source" not in child and "vappReplicationId" not in child for child in vapp["vmReplications"])
    assert vapp["descriptor"]["name"] == "vapp-01"
    assert "vappName" not in vapp["source"]
    child = caller.get(seeded.child_ids[0])
    assert child["source"]["vappName"] == "vapp-01"
    assert (child["source"]["vappId"], child["vappReplicationId"]) == (vapp["source"]["vappId"], vapp["id"])
    assert not {"recoveryState", "isReversed"} & set(vapp)


@pytest.mark.parametrize(("healths", "worst"), [(("GREEN", "YELLOW"), "YELLOW"), (("RED", "GREEN"), "RED")])
def test_the_health_of_a_vapp_is_that_of_its_worst_child(
    simulator: Simulator, caller: Caller, healths: tuple[str, str], worst: str
) -> None:
    seeded = simulator.seed(vapps=1, vms_per_vapp=2)
    for child, health in zip(seeded.child_ids, healths, strict=True):
        simulator.replication(child).health = health  # type: ignore[union-attr]
    assert caller.get(seeded.vapp_ids[0])["overallHealth"] == worst


@pytest.mark.parametrize(
    ("version", "fields"),
    [
        ("3.0", {"name", "description", "metadata"}),
        ("3.5", {"name", "description", "metadata", "networks"}),
        ("4.5", {"name", "description", "metadata", "networks", "enabledTemplateCustomization", "isGolden"}),
    ],
)
def test_descriptors(simulator: Simulator, version: str, fields: set[str]) -> None:
    vapp: dict[str, Any] = simulator.document(simulator.seed(vapps=1).vapp_ids[0], version)
    assert set(vapp["descriptor"]) == fields


def test_the_recovered_vapp(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    assert caller.get(seeded.vapp_ids[0])["destination"]["recoveredVappId"] is None
    caller.done(seeded.vapp_ids[0], "failover")
    recovered = caller.get(seeded.vapp_ids[0])["destination"]["recoveredVappId"]
    assert {vm.vapp_id for vm in simulator.workloads("site-2")} == {recovered}
