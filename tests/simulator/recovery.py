# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a replication when a verb's task succeeds (vendor reference and user guide, sections per verb)."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import networks
from .errors import ApiError
from .model import COMPLETE, NOT_STARTED, TEST, VCENTER, Recovered, VmReplication, Workload
from .steady import add_instance, catch_up
from .world import World

DAY_MS = 86_400_000


def failover(world: World, vm: VmReplication, body: dict[str, Any], at: int) -> None:
    """Recover the replica at the destination; the source does not change (user guide 4.1, failover)."""
    catch_up(world, vm, at)
    _recover(world, vm, body, at)


def migrate(world: World, vm: VmReplication, body: dict[str, Any], at: int) -> None:
    """Synchronize, recover at the destination, power off the source (vendor reference 4.5, migrate)."""
    if vm.recovered is not None:
        cleanup(world, vm, body, at)
    catch_up(world, vm, at)
    add_instance(world, vm, at)
    _recover(world, vm, body, at)
    source = world.estate.workload(vm.source.site, vm.vm_id)
    if source is not None:
        source.powered_on = False


def failover_test(world: World, vm: VmReplication, body: dict[str, Any], at: int) -> None:
    """Recover a temporary copy while the replication continues (user guide 4.5, test failover)."""
    if body.get("sync"):
        catch_up(world, vm, at)
        add_instance(world, vm, at)
    copy = _recovered_vm(world, vm, body, test=True)
    vm.recovered = Recovered(copy.id, copy.vapp_id, _storage_profile(world, vm))
    vm.recovery_state = TEST


def cleanup(world: World, vm: VmReplication, _body: dict[str, Any], at: int) -> None:
    """Remove the copy that a test created, if there is one (without one: switch ``cleanup_without_test``)."""
    if vm.recovery_state == COMPLETE:
        return
    if vm.recovered is not None:
        world.estate.drop_workload(vm.destination.site, vm.recovered.vm_id)
    vm.recovered = None
    vm.recovery_state = NOT_STARTED if vm.recovery_state is not None else None
    vm.last_updated = at


def reverse(world: World, vm: VmReplication, _body: dict[str, Any], at: int) -> None:
    """Reverse a recovered replication (vendor reference 4.6, vm-replications reverse).

    The recovered VM becomes the source; the disks of the old source become the seed and its VM is removed. Not
    documented are the swap of source and destination, whether the id stays, and which VM is shown: switches
    ``reverse_id`` and ``reverse_vm_id``.
    """
    recovered = vm.recovered
    assert recovered is not None, "the check comes first"
    old_source, old_destination, old_vm = vm.source, vm.destination, vm.vm_id
    identifier = world.identifiers.vm_replication() if world.settings.reverse_id == "new" else vm.id
    source = dataclasses.replace(old_destination, vapp_id=recovered.vapp_id, vapp_name=old_source.vapp_name)
    destination = dataclasses.replace(old_source, vapp_id="", vapp_name="")
    world.estate.change(vm, id=identifier, vm_id=recovered.vm_id, source=source, destination=destination)
    world.estate.drop_workload(old_source.site, old_vm)
    kept = vm.first_source or (old_vm, old_source.vapp_id)
    vm.first_source = kept if world.settings.reverse_vm_id == "kept" else None
    vm.is_reversed = not vm.is_reversed
    vm.recovered = None
    vm.recovery_state = NOT_STARTED
    networks.turn_round(world, vm, old_vm)
    vm.storage_profile = "*"
    vm.is_paused = False
    vm.instances = []
    add_instance(world, vm, at)


def check_reverse(world: World, vm: VmReplication) -> None:
    """Refuse a seed whose disks do not match those of the VM (user guide 4.0, reverse); the code is not documented.

    :raises ApiError: if they do not match; the task fails with it
    """
    if vm.recovered is None:
        raise ApiError(409, "SimulatorNothingRecovered", f"{vm.id} has no recovered VM.", vm.id)
    seed = world.estate.workload(vm.source.site, vm.vm_id)
    recovered = world.estate.workload(vm.destination.site, vm.recovered.vm_id)
    if seed is not None and recovered is not None and seed.disks != recovered.disks:
        msg = "The disks of the seed VM do not match those of the source VM."
        raise ApiError(400, "SimulatorSeedDisksMismatch", msg, seed.id)


def sync(world: World, vm: VmReplication, _body: dict[str, Any], at: int) -> None:
    """Create an instance now (vendor reference 4.7, sync)."""
    catch_up(world, vm, at)
    add_instance(world, vm, at)


def pause(world: World, vm: VmReplication, _body: dict[str, Any], at: int) -> None:
    """Stop the transfer of data (title in the vendor reference 4.7; the effect on instances is not documented)."""
    catch_up(world, vm, at)
    vm.is_paused, vm.first_sync_at = True, -1


def resume(world: World, vm: VmReplication, _body: dict[str, Any], at: int) -> None:
    """Continue the transfer of data (title in the vendor reference 4.7); create an instance now (not documented)."""
    if vm.is_paused:
        vm.is_paused, vm.first_sync_at = False, -1
        add_instance(world, vm, at)


def stop(world: World, vm: VmReplication, _body: dict[str, Any], _at: int) -> None:
    """End the replication (vendor reference 4.7, stop); that a VM recovered by it stays is not documented."""
    world.estate.remove(vm)


def source_powered_on(world: World, vm: VmReplication) -> None:
    """Power on the old source after a recovery: an optimized reverse becomes impossible (user guide 4.6, reverse)."""
    source = world.estate.workload(vm.source.site, vm.vm_id)
    if source is not None:
        source.powered_on = True
    if vm.recovered is not None:
        vm.recovered.optimize_until = -1


def _recover(world: World, vm: VmReplication, body: dict[str, Any], at: int) -> None:
    made = _recovered_vm(world, vm, body, test=False)
    until = at + int(world.settings.optimize_days * DAY_MS)
    vm.recovered = Recovered(made.id, made.vapp_id, _storage_profile(world, vm), until)
    vm.recovery_state = COMPLETE


def _recovered_vm(world: World, vm: VmReplication, body: dict[str, Any], *, test: bool) -> Workload:
    end = vm.destination
    on_premises = end.kind == VCENTER
    source = world.estate.workload(vm.source.site, vm.vm_id)
    workload = Workload(
        id=world.identifiers.moref() if on_premises else world.identifiers.uuid(),
        name=vm.vm_name,
        site=end.site,
        org=end.org,
        vdc_id=end.vdc_id,
        vapp_id="" if on_premises else _recovered_vapp(world, vm),
        vapp_name=vm.source.vapp_name,
        powered_on=body.get("powerOn") is not False,
        test_copy=test,
        disks=source.disks if source is not None else 1,
    )
    return world.estate.put_workload(workload)


def _recovered_vapp(world: World, vm: VmReplication) -> str:
    """Return the vApp at the destination: one for all VMs of a vApp replication.

    Whether the parts of a split one share it is not documented; switch ``split_recovered_vapp``.
    """
    vapp = world.estate.vapps.all.get(vm.vapp_replication or "")
    parts = [vapp] if vapp is not None else []
    if vapp is not None and world.settings.split_recovered_vapp == "shared":
        parts = world.estate.family(vapp)
    for child in (child for part in parts for child in part.children):
        if child is not vm and child.recovered is not None and child.destination.site == vm.destination.site:
            return child.recovered.vapp_id
    return world.identifiers.uuid()


def _storage_profile(world: World, vm: VmReplication) -> str:
    if vm.storage_profile != "*":
        return vm.storage_profile
    return next(iter(world.sites[vm.destination.site].storage_profiles), "*")
