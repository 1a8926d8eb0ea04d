# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API documents of replications in each version (vendor reference 3.0 to 4.7, data structures)."""

from __future__ import annotations

from typing import Any

from .model import COMPLETE, VCENTER, VappReplication, VmReplication
from .steady import DISK_BYTES, Figures, figures, instance_document
from .versions import Version
from .world import SLA_PROFILES, World

HEALTHS = ("GREEN", "YELLOW", "RED")


def vm_document(world: World, replication: VmReplication, version: Version, now: int, admin: bool) -> dict[str, Any]:
    """Return ``SingleVmReplicationInfo``.

    :param now: the time of the figures, epoch milliseconds
    :param admin: whether a provider administrator reads it, who also sees the place of the replica (not documented)
    """
    document = child_document(world, replication, version, now, admin)
    document["source"] = _source(replication, replication.source.vapp_name)
    document["destination"] = destination_document(replication, version)
    if version >= (4, 5):
        document["vappReplicationId"] = replication.vapp_replication
    return document


def child_document(world: World, replication: VmReplication, version: Version, now: int, admin: bool) -> dict[str, Any]:
    """Return ``VmReplicationInfo``, the child of a vApp replication: without source and destination."""
    shown = figures(world, replication, now)
    document: dict[str, Any] = {
        "id": replication.id,
        "vmId": replication.shown_vm_id,
        "vmName": replication.vm_name,
        "vmDescription": "",
        "computerName": replication.vm_name,
        "isPaused": replication.is_paused,
        "isMigration": replication.is_migration,
        "lastUpdated": now - shown.age_ms,
        "dataConnectionState": shown.connection,
        "overallHealth": shown.health,
        "sourceState": {"state": shown.source_state, "stateAge": shown.age_ms, "progress": shown.progress},
        "destinationState": _destination_state(world, replication, version, shown),
        "settings": _settings(replication, version),
        "startupInfo": _startup(replication),
        "metadata": {},
        "storageProfile": replication.storage_profile,
        "storageProfileName": storage_name(world, replication.destination.site, replication.storage_profile),
    }
    if world.settings.is_reversed != "never_present":
        toggled = world.settings.is_reversed == "toggled"
        document["isReversed"] = replication.is_reversed and toggled
    if admin:
        document["vimLocation"] = _vim_location(world, replication)
    if version >= (4, 1):
        document["owner"] = replication.owner
        document["slaProfile"] = _sla_profile(replication)
    if version >= (4, 4):
        document["placementPolicy"] = replication.placement_policy
        document["placementPolicyName"] = None
    if version >= (4, 5):
        document["sizingPolicy"] = replication.sizing_policy
        document["sizingPolicyName"] = None
        document["guestCustomization"] = {"enabled": False, "changeSid": False, "computerName": replication.vm_name}
    return document


def vapp_document(world: World, vapp: VappReplication, version: Version, now: int, admin: bool) -> dict[str, Any]:
    """Return ``VappReplicationInfo``, computed from the children."""
    children = [child_document(world, child, version, now, admin) for child in vapp.children]
    first = vapp.children[0]
    recovered = [child for child in vapp.children if child.recovered is not None]
    document: dict[str, Any] = {
        "id": vapp.id,
        "owner": first.owner,
        "source": _source(first, None),
        "destination": destination_document(recovered[0] if recovered else first, version),
        "descriptor": _descriptor(vapp, version),
        "vmReplications": children,
        "isMigration": any(child.is_migration for child in vapp.children),
        "overallHealth": max((child["overallHealth"] for child in children), key=HEALTHS.index),
        "lastUpdated": max(child["lastUpdated"] for child in children),
    }
    return document


def destination_document(replication: VmReplication, version: Version) -> dict[str, Any]:
    """Return ``DestinationInfo``, with ``recoveredVappId`` only after a VM is recovered there.

    From 4.6 on, a template has the id of its catalog item; the simulator has no catalog items.
    """
    end = replication.destination
    recovered = replication.recovered if replication.recovery_state == COMPLETE else None
    document: dict[str, Any] = {
        "site": end.site,
        "org": end.org or None,
        "vdcId": end.vdc_id or None,
        "vdcName": end.vdc_name or None,
        "recoveredVappId": recovered.vapp_id or None if recovered else None,
    }
    if replication.is_template and version >= (4, 6):
        document["destinationCatalogItemId"] = None
    return document


def storage_name(world: World, site: str, profile: str) -> str:
    """Return the name of a storage profile; ``*`` means any."""
    return world.sites[site].storage_profiles.get(profile, "Any" if profile == "*" else profile)


def _source(replication: VmReplication, vapp_name: str | None) -> dict[str, Any]:
    end = replication.source
    document: dict[str, Any] = {
        "site": end.site,
        "org": end.org or None,
        "vdcId": end.vdc_id or None,
        "vdcName": end.vdc_name or None,
        "vappId": replication.shown_vapp_id or None,
    }
    if vapp_name is not None:
        document["vappName"] = vapp_name
    return document


def _descriptor(vapp: VappReplication, version: Version) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"name": vapp.name, "description": vapp.description, "metadata": {}}
    if version >= (3, 5):
        descriptor["networks"] = []
    if version >= (4, 5):
        descriptor["enabledTemplateCustomization"] = False
        descriptor["isGolden"] = False
    return descriptor


def _destination_state(world: World, replication: VmReplication, version: Version, shown: Figures) -> dict[str, Any]:
    document: dict[str, Any] = {
        "state": shown.destination_state,
        "stateAge": shown.age_ms,
        "currentRpoViolation": shown.violation,
        "isMovingReplica": replication.activity == "applyStorageProfile",
        "lastError": None,
        "spaceRequirement": DISK_BYTES + sum(instance.bytes for instance in replication.instances),
    }
    if replication.recovery_state is not None:
        document["recoveryInfo"] = _recovery_info(world, replication, version)
    if version >= (4, 6):
        latest = replication.instances[-1] if replication.instances else None
        document["latestInstance"] = instance_document(latest, version) if latest else None
    return document


def _recovery_info(world: World, replication: VmReplication, version: Version) -> dict[str, Any]:
    """Return the recovery state with its details: flat up to 4.4, typed from 4.5 (vendor reference 3.5 to 4.7)."""
    recovered = replication.recovered
    kind, details = _recovered_details(world, replication, version)
    document: dict[str, Any] = {"recoveryState": replication.recovery_state}
    if version >= (4, 5):
        document["type"] = kind
        document["optimizeUntil"] = recovered.optimize_until if recovered else -1
    return {**document, **details}


def _recovered_details(world: World, replication: VmReplication, version: Version) -> tuple[str, dict[str, Any]]:
    """Return the discriminator and its fields, which are null before anything is recovered."""
    recovered = replication.recovered
    vm_id = recovered.vm_id if recovered else None
    if replication.destination.kind == VCENTER:
        vcenter = world.sites[replication.destination.site].instance_id if recovered else None
        return "vc", {"vcId": vcenter, "vmId": vm_id}
    vapp_id = recovered.vapp_id if recovered else None
    document: dict[str, Any] = {"vAppId": vapp_id, "vcdVmId": vm_id}
    if replication.is_template and version >= (4, 7):
        template = {"catalogId": None, "catalogName": None, "vAppTemplateId": vapp_id, "vcdVmTemplateId": vm_id}
        return "vcdTemplate", {**document, **template}
    if version >= (4, 7):
        profile = recovered.storage_profile if recovered else None
        document["storageProfileId"] = profile
        document["storageProfileName"] = (
            storage_name(world, replication.destination.site, profile) if profile is not None else None
        )
    return "vcd", document


def _settings(replication: VmReplication, version: Version) -> dict[str, Any]:
    rules = replication.rules
    document: dict[str, Any] = {
        "dataConnectionType": rules.data_connection_type,
        "description": rules.description,
        "excludedDiskKeys": list(rules.excluded_disks),
        "initialSyncTime": rules.initial_sync_time,
        "quiesced": rules.quiesced,
        "retentionPolicy": {"rules": [dict(rule) for rule in rules.retention]},
        "rpo": rules.rpo,
    }
    if version >= (4, 7):
        document["targetDiskType"] = rules.target_disk_type
    return document


def _startup(replication: VmReplication) -> dict[str, Any]:
    usual = {"order": 0, "startAction": "powerOn", "startDelay": 0, "stopAction": "powerOff", "stopDelay": 0}
    return {**usual, **replication.startup}


def _sla_profile(replication: VmReplication) -> dict[str, Any] | None:
    identifier = replication.rules.sla_profile_id
    if identifier is None:
        return None
    return {"id": identifier, "displayName": SLA_PROFILES[identifier][0]}


def _vim_location(world: World, replication: VmReplication) -> dict[str, Any]:
    site = world.sites[replication.destination.site]
    return {
        "vimServer": f"vcenter.{site.name}.test",
        "vimServerInstanceUuid": site.instance_id,
        "datastore": "replicas-01",
        "datastoreMoref": "datastore-12",
    }
