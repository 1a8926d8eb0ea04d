# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only some versions of the API have: accepted from the first to the last of them, refused before and after."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.contract import Contract
from ansible_collections.opendr.vcda.tests.contract.document import VERSIONS
from ansible_collections.opendr.vcda.tests.contract.examples import (
    CALLS,
    ERROR,
    INSTANCE,
    TASK,
    UUID,
    VM_ID,
    VM_REPLICATION,
    Call,
)

VENDOR_TYPE = "application/vnd.vmware.h4-v%s+json;charset=UTF-8"
VM_SOURCE = {"type": "vm", "site": "site-1", "vmId": UUID}
DESTINATION = {"type": "vcloud", "site": "site-2"}
VC_SOURCE = {"type": "vcVapp", "site": "site-1", "vcUuid": UUID, "vmIds": ["vm-1"]}
TEMPLATE = {"type": "vappTemplate", "site": "site-1", "vappTemplateId": UUID}


def login(**body: str) -> Call:
    return Call("POST", "/sessions", body=body)


def extend(**body: str) -> Call:
    return Call("POST", "/sessions/extend", body={"site": "site-2", **body})


def start(kind: str = "vm", **body: Any) -> Call:
    return Call("POST", f"/{kind}-replications", body={"source": VM_SOURCE, "destination": DESTINATION, **body})


def verb(name: str, **body: Any) -> Call:
    return replace(CALLS[name], body={"type": "vcloud", **body})


def reconfigure(**body: Any) -> Call:
    return replace(CALLS["vm_replication_reconfigure"], body=body)


def networks(vapp: dict[str, Any] | None = None, vm: dict[str, Any] | None = None) -> Call:
    settings = {"vAppNetworkSettings": vapp or {}, "vmNetworkSettings": vm or {}}
    return replace(CALLS["vm_replication_network_settings_put"], body={"failoverSettings": settings})


def without_on_prem_auth(name: str) -> Call:
    return replace(CALLS[name], headers={})


REQUESTS: list[tuple[str, Call, str, str]] = [
    ("login with a password", login(type="vcdCredentials", vcdUser="a@b", vcdPassword="c"), "4.0", "4.7"),
    ("login with a cookie", login(type="vcdCookie", vcdCookie="a"), "4.0", "4.7"),
    ("login of root", login(type="localUser", localUser="root", localPassword="a"), "4.0", "4.7"),
    ("login of a vCenter user", login(type="ssoCredentials", username="a", password="b"), "4.0", "4.7"),
    ("principal", login(type="ssoCredentials", username="a", password="b", principal="c"), "4.2", "4.7"),
    ("login with a token", login(type="vcdAccessToken", vcdAccessToken="a"), "4.1", "4.7"),
    ("context of a token", login(type="vcdAccessToken", vcdAccessToken="a", context="b"), "4.2", "4.7"),
    ("extend with a password", extend(type="credentials", vcdUsername="a@b", vcdPassword="c"), "4.0", "4.7"),
    ("extend with a cookie", extend(type="cookie", cookie="a"), "4.0", "4.7"),
    ("extend with a token", extend(type="vcdAccessToken", vcdAccessToken="a"), "4.1", "4.7"),
    ("extend by association", extend(type="multisite", org="a"), "4.2", "4.7"),
    ("start", start(), "4.0", "4.7"),
    ("site of a VM start", replace(start(), query=[("site", "site-2")]), "4.4", "4.7"),
    ("site of a vApp start", replace(start("vapp"), query=[("site", "site-2")]), "4.0", "4.7"),
    ("On-Prem-Auth of a start", replace(start(), headers={"On-Prem-Auth": "a"}), "4.4", "4.7"),
    ("On-Prem-Auth of a reverse", replace(CALLS["vm_replication_reverse"], query=[]), "4.4", "4.7"),
    ("reverse", without_on_prem_auth("vm_replication_reverse"), "4.0", "4.7"),
    ("SLA profile of a start", start(slaProfileId=UUID), "4.1", "4.7"),
    ("start of VMs of a vCenter", start("vapp", source=VC_SOURCE), "4.2", "4.7"),
    ("start of a template", start("vapp", source=TEMPLATE), "4.5", "4.7"),
    ("placement of a start", start(destination={**DESTINATION, "placementPolicy": UUID}), "4.4", "4.7"),
    ("sizing of a start", start(destination={**DESTINATION, "sizingPolicy": UUID}), "4.5", "4.7"),
    ("SLA profile of a change", reconfigure(slaProfileId=UUID), "4.1", "4.7"),
    ("source of a change", reconfigure(sourceReconfigure={}), "4.1", "4.3"),
    ("destination of a change", reconfigure(destinationReconfigure={}), "4.4", "4.7"),
    ("first sync of a change", reconfigure(initialSyncTime=0), "4.4", "4.7"),
    ("placement of a failover", verb("vm_replication_failover", placementPolicy=UUID), "4.5", "4.7"),
    ("sizing of a test", verb("vapp_replication_test", sizingPolicy=UUID), "4.5", "4.7"),
    ("sizing of a migration", verb("vm_replication_migrate", sizingPolicy=UUID), "4.7", "4.7"),
    ("security tags", verb("vm_replication_failover", copySecurityTags=True), "4.7", "4.7"),
    ("snapshots", verb("vm_replication_failover", type="vcenter", snapshotOptions="DO_NOTHING"), "4.5", "4.7"),
    ("hardware", verb("vm_replication_failover", type="vcenter", customVirtualHardware={"numCpus": 2}), "4.5", "4.7"),
    ("source networks", networks(vapp={"copySourceNetworks": True}), "4.1", "4.7"),
    ("resolution for a vApp", networks(vapp={"resolutionType": "EXPLICIT"}), "4.7", "4.7"),
    ("resolution for a VM", networks(vm={"resolutionType": "EXPLICIT"}), "4.6", "4.7"),
    ("computer name", networks(vm={"computerName": "a"}), "4.0", "4.4"),
    (
        "one storage profile for a vApp",
        replace(CALLS["vapp_replication_storage_profile"], body={"storageProfileId": UUID}),
        "4.0",
        "4.6",
    ),
    ("storage profiles by VM", CALLS["vapp_replication_storage_profile"], "4.7", "4.7"),
    ("health by GET", CALLS["health_get"], "4.0", "4.7"),
    (
        "type of the destination",
        replace(CALLS["vm_replications_list"], query=[("destinationSiteType", "vcenter")]),
        "4.1",
        "4.7",
    ),
    ("health", replace(CALLS["vm_replications_list"], query=[("overallHealth", "RED")]), "4.1", "4.7"),
    ("migrations", replace(CALLS["vm_replications_list"], query=[("isMigration", "true")]), "4.1", "4.7"),
    ("guest customization", CALLS["vapp_replication_guest_customization_get"], "4.5", "4.7"),
    ("change of the guest customization", CALLS["vapp_replication_guest_customization_put"], "4.5", "4.7"),
    ("disks of a VM", CALLS["vm_replication_disks"], "4.4", "4.7"),
    ("disks of a vApp", CALLS["vapp_replication_disks"], "4.4", "4.7"),
    ("SLA profiles", CALLS["sla_profiles_list"], "4.1", "4.7"),
    ("recovery plans", CALLS["recovery_plans_list"], "4.3", "4.7"),
    ("test of a recovery plan", replace(CALLS["recovery_plan_test"], body=None), "4.3", "4.7"),
    ("validation of a recovery plan", CALLS["recovery_plan_failover"], "4.7", "4.7"),
    ("health by POST", CALLS["health_post"], "4.6", "4.7"),
]


def in_versions(rows: list[tuple[str, Any, str, str]]) -> list[Any]:
    """Return one parameter set for each row: what it is about, and the versions that have it."""
    return [
        pytest.param(row[1], [version for version in VERSIONS if row[2] <= version <= row[3]], id=row[0])
        for row in rows
    ]


@pytest.mark.parametrize(("call", "versions"), in_versions(REQUESTS))
def test_requests(call: Call, versions: list[str]) -> None:
    payload, headers = call.payload(), call.all_headers()
    fitting = [
        version
        for version in VERSIONS
        if not Contract.load(version).check_request(call.method, call.path, call.query, headers, payload)
    ]
    assert fitting == versions


def replication(version: str) -> dict[str, Any]:
    document = copy.deepcopy(VM_REPLICATION)
    if version >= "4.5":
        document["destinationState"]["recoveryInfo"]["type"] = "vcd"
    return document


FIELDS: list[tuple[str, Any, str, str]] = [
    ("owner", ("owner", "tenant-1@site-1"), "4.1", "4.7"),
    ("slaProfile", ("slaProfile", {"id": UUID, "displayName": "gold"}), "4.1", "4.7"),
    ("placementPolicy", ("placementPolicy", UUID), "4.4", "4.7"),
    ("sizingPolicy", ("sizingPolicy", UUID), "4.5", "4.7"),
    ("guestCustomization", ("guestCustomization", {}), "4.5", "4.7"),
    ("vappReplicationId", ("vappReplicationId", None), "4.5", "4.7"),
    ("latestInstance", ("destinationState.latestInstance", INSTANCE), "4.6", "4.7"),
    ("optimizeUntil", ("destinationState.recoveryInfo.optimizeUntil", 1), "4.5", "4.7"),
    ("type of the recovery", ("destinationState.recoveryInfo.type", "vcd"), "4.5", "4.7"),
    ("type of a template", ("destinationState.recoveryInfo.type", "vcdTemplate"), "4.7", "4.7"),
    ("storage profile", ("destinationState.recoveryInfo.storageProfileId", UUID), "4.7", "4.7"),
    ("catalogue item", ("destination.destinationCatalogItemId", UUID), "4.6", "4.7"),
    ("disk type", ("settings.targetDiskType", "THIN"), "4.7", "4.7"),
]


@pytest.mark.parametrize(("field", "versions"), in_versions(FIELDS))
def test_fields_of_a_replication(field: tuple[str, Any], versions: list[str]) -> None:
    *parents, name = field[0].split(".")
    fitting = []
    for version in VERSIONS:
        document = replication(version)
        place = document
        for parent in parents:
            place = place[parent]
        place[name] = field[1]
        if not answer(version, "vm_replication_get", 200, document):
            fitting.append(version)
    assert fitting == versions


@pytest.mark.parametrize("version", VERSIONS)
def test_health_is_a_task_for_certain_from_4_1(version: str) -> None:
    health = {"productName": "VCDA", "buildVersion": "4.7.0", "dbError": None}
    task = {
        **TASK,
        "workflowInfo": {"type": "health", "resourceType": "CLOUD", "resourceId": None, "resourceName": None},
    }
    assert (answer(version, "health_get", 200, health) == []) is (version == "4.0")
    assert answer(version, "health_get", 202, task) == []
    assert (answer(version, "health_post", 202, task) == []) is (version >= "4.6")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_tunnels_of_the_health_have_changed(version: str) -> None:
    task = {**TASK, "state": "SUCCEEDED", "endTime": 1, "resultType": "CloudHealthInfo"}
    old = {**task, "result": {"tunnelError": ERROR}}
    new = {**task, "result": {"tunnelConnectivity": [{"tunnelService": {}, "error": None}]}}
    assert (answer(version, "task_get", 200, old) == []) is (version <= "4.5")
    assert (answer(version, "task_get", 200, new) == []) is (version >= "4.6")


@pytest.mark.parametrize("version", VERSIONS)
def test_policies_have_other_permissions(version: str) -> None:
    policy = {"id": "default", "displayName": "default"}
    assert (answer(version, "policies_list", 200, [{**policy, "allowIncoming": True}]) == []) is (version == "4.0")
    assert (answer(version, "policies_list", 200, [{**policy, "allowIncomingMigrations": True}]) == []) is (
        version > "4.0"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_an_answer_of_a_newer_version_than_asked_for_is_found_out(version: str) -> None:
    body = json_of(replication("4.0" if version < "4.5" else "4.7"))
    call = CALLS["vm_replication_get"]
    for other in VERSIONS:
        headers = {"Content-Type": VENDOR_TYPE % ("4" if other == "4.0" else other)}
        found = Contract.load(version).check_response(call.method, call.path, 200, headers, body)
        assert (found == []) is (other <= version), found


def test_what_is_not_documented_is_left_out_of_a_strict_reading() -> None:
    call = CALLS["task_get"]
    for state, fits in (("RUNNING", True), ("QUEUED", False)):
        body = json_of({**TASK, "state": state})
        headers = {"Content-Type": "application/json"}
        strict, usual = Contract.load("4.7", strict=True), Contract.load("4.7")
        running = {**TASK, "state": state, "workflowInfo": {"type": "sync", "resourceType": "vappReplication"}}
        assert usual.check_response(call.method, call.path, 200, headers, body) == []
        assert (strict.check_response(call.method, call.path, 200, headers, json_of(running)) == []) is fits


def answer(version: str, operation: str, status: int, document: Any) -> list[str]:
    call = CALLS[operation]
    headers = {"content-type": "application/json;charset=UTF-8"}
    return Contract.load(version).check_response(call.method, call.path, status, headers, json_of(document))


def json_of(document: Any) -> bytes:
    return Call("POST", "/", body=document).payload()


def test_the_id_in_the_examples_is_one_of_the_product() -> None:
    assert answer("4.7", "vm_replication_get", 200, replication("4.7") | {"id": VM_ID.lower()})
