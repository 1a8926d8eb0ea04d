# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of replications other than recovery (settings, owner, storage, networks), and their instances."""

from __future__ import annotations

import copy
from typing import Any

from . import bodies, policies, verbs
from .accounts import ORGS
from .call import Answer, Call
from .errors import ApiError, bad_input, forbidden
from .model import SYSTEM, VCENTER, Replication, VappReplication, VmReplication, children_of
from .operations import begin, refuse
from .refusals import Refusal
from .replications import checked, document_of, find
from .steady import catch_up, instance_document
from .world import SLA_PROFILES, World

FIELDS = {
    "description": "description",
    "rpo": "rpo",
    "dataConnectionType": "data_connection_type",
    "quiesced": "quiesced",
    "initialSyncTime": "initial_sync_time",
}
GUEST_SECRETS = ("adminPassword", "domainUserPassword", "customizationScript")
HALVES = ("failoverSettings", "failoverTestSettings")


def apply_rules(vm: VmReplication, body: dict[str, Any]) -> None:
    """Apply the settings in a start or reconfigure body; missing or null fields do not change (vendor reference 4.3).

    An SLA profile sets RPO and retention; that custom values remove the profile is not documented.
    """
    rules = vm.rules
    for name, attribute in FIELDS.items():
        if body.get(name) is not None:
            setattr(rules, attribute, body[name])
    if body.get("retentionPolicy") is not None:
        rules.retention = [dict(rule) for rule in body["retentionPolicy"].get("rules") or []]
    if body.get("slaProfileId") is not None:
        rules.sla_profile_id = body["slaProfileId"]
        _label, rules.rpo, instances = SLA_PROFILES[body["slaProfileId"]]
        rules.retention = [{"numberOfInstances": instances, "distance": 60}]
    elif body.get("rpo") is not None or body.get("retentionPolicy") is not None:
        rules.sla_profile_id = None


def reconfigure(call: Call) -> Answer:
    """PATCH of a replication: the body is optional up to 4.3 and required from 4.4 (vendor reference 4.1 to 4.4)."""
    replication = find(call)
    body = checked(call, bodies.RECONFIGURE, needed=call.own >= (4, 4))
    first = children_of(replication)[0]
    end = first.source if first.source.kind != VCENTER else first.destination
    try:
        policies.check_rules(call, call.world.sites[end.site].policy(end.org), body)
    except Refusal as refusal:
        return refuse(call, verbs.RECONFIGURE, replication, refusal)
    return begin(call, verbs.RECONFIGURE, replication, body, _reconfigured)


def _reconfigured(world: World, vm: VmReplication, body: dict[str, Any], at: int) -> None:
    catch_up(world, vm, at)
    vm.rules = copy.copy(vm.rules)
    apply_rules(vm, body)
    if vm.first_sync_at >= 0:
        vm.first_sync_at = vm.rules.initial_sync_time


def chown(call: Call) -> Answer:
    """PATCH …/chown: administrators only, 200 at once, by default to the caller (vendor reference 3.5 to 4.7)."""
    replication = find(call)
    if not call.account.is_admin:
        raise forbidden()
    body = checked(call, bodies.CHOWN, needed=False)
    owner = body.get("owner") or f"{call.account.org}@{call.site.name}"
    org, _at, site = owner.partition("@")
    if org not in (*ORGS, SYSTEM) or site not in {end.site for end in children_of(replication)[0].ends()}:
        raise bad_input(f"{owner} is no organization at an end of the replication.", owner)
    for child in children_of(replication):
        call.world.estate.change(child, owner=owner)
    call.effect = "chown"
    call.world.estate.count(call.world.estate.effects, [replication.lineage], "chown")
    return Answer(200, document_of(call, replication))


def storage_profile(call: Call) -> Answer:
    """POST …/storage-profile; for a vApp a map by VM replication from 4.7 on (the exact version is not documented)."""
    replication = find(call)
    mapped = isinstance(replication, VappReplication) and call.own >= (4, 7)
    body = checked(call, bodies.VAPP_STORAGE_PROFILE if mapped else bodies.STORAGE_PROFILE, needed=False)
    children = children_of(replication)
    wanted = body.get("storageProfileSettings") or {} if mapped else {child.id: body for child in children}
    known = call.world.sites[children[0].destination.site].storage_profiles
    for identifier, settings in wanted.items():
        profile = (settings or {}).get("storageProfileId")
        if identifier not in {child.id for child in children} or (profile is not None and profile not in known):
            raise bad_input(f"Storage profile {profile} cannot be used for {identifier}.", identifier)

    def apply(_world: World, vm: VmReplication, _body: dict[str, Any], _at: int) -> None:
        profile = (wanted.get(vm.id) or {}).get("storageProfileId")
        vm.storage_profile = vm.storage_profile if profile is None else profile

    return begin(call, verbs.STORAGE_PROFILE, replication, body, apply)


def get_network_settings(call: Call) -> Answer:
    """GET …/network-settings: settings for failover and for tests (vendor reference 4.1 to 4.7)."""
    replication = find(call)
    return Answer(200, replication.network_settings or _no_networks())


def get_guest_customization(call: Call) -> Answer:
    """GET …/guest-customization (vendor reference 4.5); the form of each half, the object in a VM, is inferred."""
    return Answer(200, _guests(call, find(call)))


def put_guest_customization(call: Call) -> Answer:
    """PUT …/guest-customization: 200 at once (vendor reference 4.7 for vApps, inferred for VMs)."""
    replication = find(call)
    is_vapp = isinstance(replication, VappReplication)
    mode = call.world.settings.guest_customization_of_vm
    if not is_vapp and mode == "method_not_allowed_405":
        raise ApiError(405, "SimulatorMethodNotAllowed", "The method is not allowed here.")
    body = checked(call, bodies.VAPP_GUESTS if is_vapp else bodies.VM_GUESTS, needed=True)
    wanted = body.get("vmGuestCustomizationSettings") or {} if is_vapp else {_only(replication).vm_id: body}
    children = {child.vm_id: child for child in children_of(replication)}
    for vm_id in wanted:
        if vm_id not in children:
            raise bad_input(f"{vm_id} is no VM of {replication.id}.", vm_id)
    merges = call.world.settings.guest_customization_put == "merges"
    for vm_id, child in children.items():
        before = child.guest_customization or {}
        halves = wanted.get(vm_id) or {}
        child.guest_customization = {
            half: {**((before.get(half) or {}) if merges else {}), **(halves.get(half) or {})} for half in HALVES
        }
    call.effect = "guest-customization"
    call.world.estate.count(call.world.estate.effects, [replication.lineage], "guest-customization")
    return Answer(200, _guests(call, replication))


def _guests(call: Call, replication: Replication) -> dict[str, Any]:
    by_vm = {child.vm_id: {half: _guest(call, child, half) for half in HALVES} for child in children_of(replication)}
    if isinstance(replication, VappReplication):
        return {"vmGuestCustomizationSettings": by_vm}
    return by_vm[_only(replication).vm_id]


def _only(replication: Replication) -> VmReplication:
    return children_of(replication)[0]


def _guest(call: Call, vm: VmReplication, half: str) -> dict[str, Any]:
    """Return one half as it is shown; switch ``guest_secrets`` defines whether secrets are shown."""
    effective = {"enabled": False, "changeSid": False, "computerName": vm.vm_name}
    guest = {**effective, **((vm.guest_customization or {}).get(half) or {})}
    shown = call.world.settings.guest_secrets
    if shown == "masked":
        return {key: "******" if key in GUEST_SECRETS and value else value for key, value in guest.items()}
    return {key: value for key, value in guest.items() if shown == "clear" or key not in GUEST_SECRETS}


def put_network_settings(call: Call) -> Answer:
    """PUT …/network-settings: replaces both halves."""
    return _change_networks(call, {})


def patch_network_settings(call: Call) -> Answer:
    """PATCH …/network-settings of a VM: replaces the halves that are in the body (vendor reference 4.1)."""
    return _change_networks(call, find(call).network_settings or {})


def patch_disks(call: Call) -> Answer:
    """PATCH …/disks: the excluded disks; for a vApp a map by VM (vendor reference 4.4).

    The body for a VM is inferred, and so is the effect on the data of a disk; switch ``vm_disks``.
    """
    replication = find(call)
    is_vapp = isinstance(replication, VappReplication)
    mode = call.world.settings.vm_disks
    if not is_vapp and mode == "method_not_allowed_405":
        raise ApiError(405, "SimulatorMethodNotAllowed", "The method is not allowed here.")
    if not is_vapp and mode == "bad_request_400":
        raise bad_input("The body is not understood.")
    body = checked(call, bodies.VAPP_DISKS if is_vapp else bodies.VM_DISKS, needed=True)
    excluded = body if is_vapp else {_only(replication).vm_id: body["excludedDiskKeys"]}
    children = {child.vm_id: child for child in children_of(replication)}
    for vm_id, keys in excluded.items():
        if vm_id not in children:
            raise bad_input(f"{vm_id} is no VM of {replication.id}.", vm_id)
        if set(keys) >= set(range(2000, 2000 + _disks(call, children[vm_id]))):
            raise bad_input("At least one disk is replicated.", vm_id)

    def apply(_world: World, vm: VmReplication, _body: dict[str, Any], _at: int) -> None:
        if vm.vm_id in excluded:
            vm.rules = copy.copy(vm.rules)
            vm.rules.excluded_disks = list(excluded[vm.vm_id])

    return begin(call, verbs.DISKS, replication, body, apply)


def _change_networks(call: Call, before: dict[str, Any]) -> Answer:
    replication = find(call)
    is_vapp = isinstance(replication, VappReplication)
    body = checked(call, bodies.VAPP_SETTINGS if is_vapp else bodies.VM_SETTINGS, needed=True)
    after = {half: body.get(half) or before.get(half) or empty for half, empty in _no_networks().items()}

    def apply(_world: World, _vm: VmReplication, _body: dict[str, Any], _at: int) -> None:
        replication.network_settings = after

    return begin(call, verbs.NETWORK_SETTINGS, replication, body, apply)


def _no_networks() -> dict[str, Any]:
    return {half: {"vAppNetworkSettings": None, "vmNetworkSettings": None} for half in HALVES}


def list_instances(call: Call) -> Answer:
    """GET …/instances: a bare array, newest first (order not documented; vendor reference 3.5 to 4.5)."""
    vm = _vm(call)
    return Answer(200, [instance_document(instance, call.version) for instance in reversed(vm.instances)])


def get_instance(call: Call) -> Answer:
    """GET …/instances/{key}: with the disks; the code for an unknown key is not documented."""
    vm = _vm(call)
    key = call.parameters["instance"]
    for instance in vm.instances:
        if instance.key == key:
            excluded = vm.rules.excluded_disks
            disks = [{"diskKey": 2000 + number} for number in range(_disks(call, vm)) if 2000 + number not in excluded]
            return Answer(200, {**instance_document(instance, call.version), "disksInfo": disks})
    raise ApiError(404, "SimulatorInstanceNotFound", f"{vm.id} has no instance {key}.", key)


def _disks(call: Call, vm: VmReplication) -> int:
    workload = call.world.estate.workload(vm.source.site, vm.vm_id)
    return workload.disks if workload is not None else 1


def _vm(call: Call) -> VmReplication:
    found = find(call)
    assert isinstance(found, VmReplication)
    catch_up(call.world, found, call.now)
    return found
