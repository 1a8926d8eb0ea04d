# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One good request for every operation of the document, as full as the newest version allows, and some good answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

UUID = "11111111-2222-4333-8444-555555555555"
VM_ID = f"C4-{UUID}"
VAPP_ID = f"C4VAPP-{UUID}"
HEADERS = {
    "Accept": "application/vnd.vmware.h4-v4+json;charset=UTF-8",
    "X-VCAV-Auth": "c2ltdWxhdGVkLXRva2VuLTAwMDE=",
    "operationID": "example-1",
}
BODY_HEADERS = {**HEADERS, "Content-Type": "application/json"}
PAGE = [("offset", "0"), ("limit", "100")]
SITE = [("site", "site-2")]


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def all_headers(self) -> dict[str, str]:
        """Return the headers with those that every request has."""
        return {**(HEADERS if self.body is None else BODY_HEADERS), **self.headers}

    def payload(self) -> bytes:
        """Return the body as it is sent."""
        return b"" if self.body is None else json.dumps(self.body).encode()


_REFERENCE = {"id": "urn:vcloud:network:1", "name": "net"}
_MAPPING = {
    "sourceNetworkName": "app",
    "sourceOrgVdcNetwork": _REFERENCE,
    "destinationOrgVdcNetwork": _REFERENCE,
}
VAPP_NETWORK = {
    "copySourceNetworks": False,
    "bulkConnectVmNics": True,
    "bridgeOrgVdcNetworks": [_REFERENCE],
    "networkMappings": [_MAPPING],
    "resolutionType": "EXPLICIT",
}
NIC = {
    "nicIndex": 0,
    "isConnected": True,
    "resetMacAddress": False,
    "network": "app",
    "ipAddress": "192.0.2.1",
    "ipAddressAllocationMode": "POOL",
    "externalIpAddress": None,
    "networkAdapterType": "VMXNET3",
    "needsCustomization": False,
    "macAddress": None,
    "resolutionType": "EXPLICIT",
}
VM_NETWORK = {"copySourceNicSettings": False, "primaryNicIndex": 0, "nics": [NIC], "resolutionType": "EXPLICIT"}
_POLICIES = {"placementPolicy": UUID, "sizingPolicy": UUID, "copySecurityTags": True}
_VM = {"type": "vcloud", "powerOn": True, "vmNetworkSettings": VM_NETWORK, "vAppNetworkSettings": VAPP_NETWORK}
_VAPP = {**_VM, "vmNetworkSettings": {UUID: VM_NETWORK}}
_RULES = {"rules": [{"numberOfInstances": 4, "distance": 60}]}
_SETTINGS = {
    "description": "orders",
    "rpo": 15,
    "dataConnectionType": "ENCRYPTED",
    "quiesced": False,
    "retentionPolicy": _RULES,
    "slaProfileId": UUID,
    "initialSyncTime": 0,
}
_DESTINATION = {
    "type": "vcloud",
    "site": "site-2",
    "vdc": UUID,
    "storageProfile": "*",
    "placementPolicy": UUID,
    "sizingPolicy": UUID,
}


def _start(source: dict[str, Any]) -> dict[str, Any]:
    start = {"source": source, "destination": _DESTINATION, "targetDiskType": "THIN", "isMigration": False}
    return {**_SETTINGS, **start}


_GUEST = {"enabled": True, "computerName": "db-1", "adminPasswordEnabled": True, "adminPassword": "secret"}
GUESTS = {"failoverSettings": _GUEST, "failoverTestSettings": None}


def _networks(settings: dict[str, Any]) -> dict[str, Any]:
    both = {"vAppNetworkSettings": VAPP_NETWORK, "vmNetworkSettings": settings}
    return {"failoverSettings": both, "failoverTestSettings": both}


def _replication_calls(kind: str, base: str, verbs: dict[str, Any], source: dict[str, Any]) -> dict[str, Call]:
    collection = f"/{kind}-replications"
    on_prem = {"On-Prem-Auth": "opaque"}
    calls = {
        "start": Call("POST", collection, SITE, _start(source), on_prem),
        "get": Call("GET", base, SITE),
        "reconfigure": Call("PATCH", base, SITE, _SETTINGS | {"destinationReconfigure": {}}),
        "stop": Call("DELETE", base, SITE),
        "failover": Call("POST", f"{base}/failover", SITE, verbs["failover"]),
        "migrate": Call("POST", f"{base}/migrate", SITE, verbs["migrate"]),
        "test": Call("POST", f"{base}/failover-test", SITE, verbs["test"]),
        "cleanup": Call("DELETE", f"{base}/failover-test", SITE),
        "reverse": Call("POST", f"{base}/reverse", SITE, headers=on_prem),
        "sync": Call("POST", f"{base}/sync", SITE),
        "pause": Call("POST", f"{base}/pause", SITE),
        "resume": Call("POST", f"{base}/resume", SITE),
        "chown": Call("PATCH", f"{base}/chown", SITE, {"owner": "tenant-1@site-1"}),
        "storage_profile": Call("POST", f"{base}/storage-profile", SITE, verbs["storage"]),
        "network_settings_get": Call("GET", f"{base}/network-settings", SITE),
        "guest_customization_get": Call("GET", f"{base}/guest-customization", SITE),
        "guest_customization_put": Call("PUT", f"{base}/guest-customization", SITE, verbs["guests"]),
        "network_settings_put": Call("PUT", f"{base}/network-settings", SITE, verbs["networks"]),
        "disks": Call("PATCH", f"{base}/disks", SITE, verbs["disks"]),
    }
    return {f"{kind}_replication_{name}": call for name, call in calls.items()}


_VM_VERBS = {
    "failover": {**_VM, **_POLICIES, "consolidate": True, "instanceId": "replica-1"},
    "migrate": {**_VM, **_POLICIES, "consolidate": True},
    "test": {**_VM, **_POLICIES, "sync": True},
    "storage": {"storageProfileId": None},
    "networks": _networks(VM_NETWORK),
    "guests": GUESTS,
    "disks": {"excludedDiskKeys": [2001]},
}
_VAPP_VERBS = {
    "failover": {**_VAPP, **_POLICIES, "consolidate": True, "instanceMap": {VM_ID: "replica-1"}},
    "migrate": {**_VAPP, **_POLICIES, "consolidate": True},
    "test": {**_VAPP, **_POLICIES, "instanceMap": {VM_ID: "replica-1"}},
    "storage": {"storageProfileSettings": {VM_ID: {"storageProfileId": UUID}}},
    "networks": _networks({UUID: VM_NETWORK}),
    "guests": {"vmGuestCustomizationSettings": {UUID: GUESTS}},
    "disks": {UUID: [2001], "another": []},
}
_FILTERS = [(name, "a") for name in ("owner", "sourceSite", "sourceOrg", "sourceVdcId", "sourceVdcName")]
_FILTERS += [(name, "a") for name in ("destinationOrg", "destinationVdcId", "destinationVdcName")]
_VM_FILTERS = [("ids", VM_ID), ("vmName", "a"), ("vmId", "a"), ("sourceSiteType", "vcloud")]
_VAPP_FILTERS = [("ids", VAPP_ID), ("vappName", "a"), ("vappId", "a"), ("destinationSiteType", "vcenter")]
_LOGIN = {"type": "vcdAccessToken", "vcdAccessToken": "jwt", "context": "tenant-1"}

CALLS: dict[str, Call] = {
    "session_login": Call("POST", "/sessions", body=_LOGIN),
    "session_get": Call("GET", "/sessions"),
    "session_delete": Call("DELETE", "/sessions"),
    "session_extend": Call("POST", "/sessions/extend", body={"type": "multisite", "site": "site-2", "org": "tenant-1"}),
    "vm_replications_list": Call("GET", "/vm-replications", [*SITE, *PAGE, *_FILTERS, *_VM_FILTERS]),
    "vapp_replications_list": Call("GET", "/vapp-replications", [*SITE, *PAGE, *_FILTERS, *_VAPP_FILTERS]),
    **_replication_calls(
        "vm",
        f"/vm-replications/{VM_ID}",
        _VM_VERBS,
        {"type": "vm", "site": "site-1", "vmId": UUID, "excludedDisks": [2000]},
    ),
    **_replication_calls(
        "vapp",
        f"/vapp-replications/{VAPP_ID}",
        _VAPP_VERBS,
        {"type": "vapp", "site": "site-1", "vappId": UUID, "vmExcludedDisks": {UUID: [2000]}},
    ),
    "vm_replication_network_settings_patch": Call(
        "PATCH", f"/vm-replications/{VM_ID}/network-settings", SITE, _VM_VERBS["networks"]
    ),
    "vm_replication_instances": Call("GET", f"/vm-replications/{VM_ID}/instances", SITE),
    "vm_replication_instance": Call("GET", f"/vm-replications/{VM_ID}/instances/replica-1", SITE),
    "recovery_plans_list": Call("GET", "/recovery-plans", [*SITE, *PAGE]),
    "recovery_plan_get": Call("GET", f"/recovery-plans/{UUID}", SITE),
    "recovery_plan_steps": Call("GET", f"/recovery-plans/{UUID}/steps", SITE),
    "recovery_plan_delete": Call("DELETE", f"/recovery-plans/{UUID}", SITE),
    "recovery_plan_step_add": Call(
        "POST",
        f"/recovery-plans/{UUID}/steps",
        SITE,
        {"name": "web", "delay": 60000, "prompt": None, "replications": [VM_ID]},
    ),
    "recovery_plan_clone": Call(
        "POST", f"/recovery-plans/{UUID}/clone", SITE, {"displayName": "shop 2", "keepReplications": True}
    ),
    "recovery_plan_chown": Call("POST", f"/recovery-plans/{UUID}/chown", SITE, {"owner": "tenant-1@site-2"}),
    "recovery_plan_test": Call("POST", f"/recovery-plans/{UUID}/test", SITE, {"validate": True}),
    "recovery_plan_cleanup": Call("DELETE", f"/recovery-plans/{UUID}/test", SITE),
    "recovery_plan_failover": Call("POST", f"/recovery-plans/{UUID}/failover", SITE, {"validate": False}),
    "recovery_plan_migrate": Call("POST", f"/recovery-plans/{UUID}/migrate", SITE, {"validate": False}),
    "recovery_plan_executions": Call("GET", f"/recovery-plans/{UUID}/executions", SITE),
    "recovery_plan_report": Call("GET", f"/recovery-plans/{UUID}/executions/{UUID}/report", SITE),
    "tasks_list": Call(
        "GET", "/tasks", [*SITE, *PAGE, ("ids", UUID), ("state", "RUNNING"), ("sort", "state,startTime-")]
    ),
    "task_get": Call("GET", f"/tasks/{UUID}", SITE),
    "sites_list": Call("GET", "/sites"),
    "site_get": Call("GET", "/sites/site-2"),
    "about_get": Call("GET", "/diagnostics/about"),
    "health_get": Call("GET", "/diagnostics/health"),
    "health_post": Call("POST", "/diagnostics/health"),
    "policies_list": Call("GET", "/policies", SITE),
    "policy_get": Call("GET", "/policies/default", SITE),
    "policy_status": Call("GET", "/policies/default/status"),
    "sla_profiles_list": Call("GET", "/sla-profiles", SITE),
    "vdc_networks_list": Call("GET", f"/inventory/vdcs/{UUID}/networks", [*SITE, *PAGE]),
    "vc_sites_list": Call("GET", "/vc-sites"),
}

INSTANCE = {
    "key": f"replica-{UUID}",
    "timestamp": 1763900000000,
    "sequenceNumber": 7,
    "transferBytes": 1048576,
    "transferSeconds": 3,
    "quiescedType": None,
    "isPinned": False,
}
VM_REPLICATION: dict[str, Any] = {
    "id": VM_ID,
    "vmId": UUID,
    "vmName": "orders-db",
    "isPaused": False,
    "isMigration": False,
    "isReversed": False,
    "lastUpdated": 1763900000000,
    "dataConnectionState": "OK",
    "overallHealth": "GREEN",
    "sourceState": {"state": "idle", "stateAge": 1000, "progress": None},
    "destinationState": {
        "state": "opened",
        "stateAge": 1000,
        "currentRpoViolation": 0,
        "isMovingReplica": False,
        "lastError": None,
        "recoveryInfo": {"recoveryState": "NOT_STARTED", "vAppId": None, "vcdVmId": None},
        "spaceRequirement": 1048576,
    },
    "settings": {"rpo": 15, "dataConnectionType": "ENCRYPTED", "quiesced": False, "retentionPolicy": _RULES},
    "source": {
        "site": "site-1",
        "org": "tenant-1",
        "vdcId": UUID,
        "vdcName": "vdc",
        "vappId": UUID,
        "vappName": "orders",
    },
    "destination": {"site": "site-2", "org": "tenant-1", "vdcId": UUID, "vdcName": "vdc", "recoveredVappId": None},
}
TASK: dict[str, Any] = {
    "id": UUID,
    "user": "operator@tenant-1",
    "workflowInfo": {
        "type": "failover",
        "resourceType": "vmReplication",
        "resourceId": VM_ID,
        "resourceName": "orders-db",
    },
    "progress": 10,
    "state": "RUNNING",
    "lastUpdated": 1763900000000,
    "startTime": 1763900000000,
    "endTime": -1,
    "resultType": None,
    "error": None,
    "warnings": [],
    "site": "site-2",
}
ERROR: dict[str, Any] = {"code": "GeneralServerFailure", "msg": "No.", "args": [], "stacktrace": ""}
