# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeding: creating replications in any state directly, without requests."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import recovery, verbs
from .model import (
    COMPLETE,
    NOT_STARTED,
    TEST,
    VCENTER,
    End,
    Replication,
    Rules,
    Site,
    VappReplication,
    Vdc,
    VmReplication,
    Workload,
    children_of,
    name_of,
)
from .operations import Work
from .steady import add_instance
from .tasks import Plan, Subject
from .world import World


@dataclass(frozen=True, slots=True)
class Seeded:
    """The ids of the seeded objects; ``child_ids`` are the VM replications inside the vApps."""

    vm_ids: list[str] = field(default_factory=list)
    vapp_ids: list[str] = field(default_factory=list)
    child_ids: list[str] = field(default_factory=list)

    @property
    def all_vm_ids(self) -> list[str]:
        """All VM replications, inside and outside vApps."""
        return self.vm_ids + self.child_ids


@dataclass(frozen=True, slots=True)
class Seed:
    """What to seed. Names are numbered: ``vm-01``, and ``vapp-01`` with ``vapp-01-vm-1``.

    :param vms: how many VM replications outside vApps
    :param vapps: how many vApp replications
    :param vms_per_vapp: how many VM replications in each of them
    :param state: recovery state; None leaves the recovery information out, an unknown state is shown unchanged
    :param running: name of a verb that is running: the state is IN_PROGRESS, and ``state`` is the one before the verb
    :param source: name of the source site; an on-premises site makes an on-premises source
    :param destination: name of the destination site
    :param org: organization at both ends
    :param owner: ``org@site``; by default the organization at the source, or at the destination for an on-premises
        source
    :param names: names of the VMs, instead of numbered ones: first of those outside vApps, then of those inside
    :param vapp_names: names of the vApps, instead of numbered ones
    :param rpo: in minutes
    :param instances: number of instances
    :param health: overall health to show, in place of the computed one
    :param rpo_violation: in minutes, to show in place of the computed one
    :param excluded_disks: keys of disks that are not replicated
    :param first_sync_in: seconds until the first synchronisation, if it is scheduled
    :param sla_profile: id of the SLA profile
    :param network_settings: in the form of the API, for each VM outside vApps and for each vApp
    :param guest_customization: in the form of the API, for each VM
    """

    vms: int = 0
    vapps: int = 0
    vms_per_vapp: int = 3
    state: str | None = NOT_STARTED
    running: str = ""
    source: str = "site-1"
    destination: str = "site-2"
    org: str = "tenant-1"
    owner: str = ""
    names: tuple[str, ...] = ()
    vapp_names: tuple[str, ...] = ()
    name_prefix: str = "vm"
    vapp_prefix: str = "vapp"
    is_paused: bool = False
    is_migration: bool = False
    is_reversed: bool = False
    rpo: int = 15
    instances: int = 1
    health: str | None = None
    rpo_violation: int | None = None
    excluded_disks: tuple[int, ...] = ()
    first_sync_in: int = 0
    sla_profile: str | None = None
    network_settings: dict[str, Any] | None = None
    guest_customization: dict[str, Any] | None = None


class Sower:
    """Creates seeded replications in a world."""

    def __init__(self, world: World) -> None:
        """Work on a world."""
        self._world = world

    def sow(self, seed: Seed) -> Seeded:
        """Create the replications that a seed describes and return their ids."""
        vm_ids: list[str] = []
        vapp_ids: list[str] = []
        child_ids: list[str] = []
        names = iter(seed.names)
        first = len(self._world.estate.vms.all) + 1
        for number in range(seed.vms):
            vm = self._vm(seed, next(names, f"{seed.name_prefix}-{first + number:02d}"), None, "")
            self._put_into_state(seed, vm)
            vm_ids.append(vm.id)
        vapp_names = iter(seed.vapp_names)
        first = len(self._world.estate.vapps.all) + 1
        for number in range(seed.vapps):
            vapp = self._vapp(seed, next(vapp_names, f"{seed.vapp_prefix}-{first + number:02d}"), names)
            self._put_into_state(seed, vapp)
            vapp_ids.append(vapp.id)
            child_ids.extend(child.id for child in vapp.children)
        return Seeded(vm_ids, vapp_ids, child_ids)

    def _vapp(self, seed: Seed, name: str, names: Iterator[str]) -> VappReplication:
        identifier = self._world.identifiers.vapp_replication()
        source_vapp = self._world.identifiers.uuid()
        vapp = VappReplication(identifier, identifier, name, network_settings=copy.deepcopy(seed.network_settings))
        for number in range(seed.vms_per_vapp):
            vapp.children.append(self._vm(seed, next(names, f"{name}-vm-{number + 1}"), vapp, source_vapp))
        self._world.estate.add_vapp(vapp)
        return vapp

    def _vm(self, seed: Seed, name: str, vapp: VappReplication | None, source_vapp: str) -> VmReplication:
        world = self._world
        source = world.site(seed.source)
        identifier = world.identifiers.vm_replication()
        on_premises = source.kind == VCENTER
        source_end = self._end(source, seed.org)
        source_end.vapp_id = "" if on_premises else source_vapp or world.identifiers.uuid()
        source_end.vapp_name = vapp.name if vapp else name
        vm = VmReplication(
            identifier,
            identifier,
            world.identifiers.moref() if on_premises else world.identifiers.uuid(),
            name,
            seed.owner or f"{seed.org}@{seed.destination if on_premises else seed.source}",
            source_end,
            self._end(world.site(seed.destination), seed.org),
            vapp_replication=vapp.id if vapp else None,
            is_paused=seed.is_paused,
            is_migration=seed.is_migration,
            is_reversed=seed.is_reversed,
            rules=self._rules(seed),
            last_updated=world.clock.now_ms(),
            health=seed.health,
            rpo_violation=seed.rpo_violation,
            network_settings=None if vapp else copy.deepcopy(seed.network_settings),
            guest_customization=copy.deepcopy(seed.guest_customization),
        )
        world.estate.add(vm)
        world.estate.put_workload(
            Workload(vm.vm_id, name, source.name, source_end.org, source_end.vdc_id, source_end.vapp_id, name)
        )
        latest = world.clock.now_ms() - len(world.estate.vms.all) % seed.rpo * 60_000
        for age in reversed(range(seed.instances)):
            add_instance(world, vm, latest - age * seed.rpo * 60_000)
        return vm

    def _rules(self, seed: Seed) -> Rules:
        begins = self._world.clock.now_ms() + seed.first_sync_in * 1000 if seed.first_sync_in else -1
        return Rules(
            rpo=seed.rpo,
            retention=[{"numberOfInstances": max(1, seed.instances), "distance": 60}],
            sla_profile_id=seed.sla_profile,
            initial_sync_time=begins,
            excluded_disks=list(seed.excluded_disks),
        )

    def _put_into_state(self, seed: Seed, replication: Replication) -> None:
        now = self._world.clock.now_ms()
        for vm in children_of(replication):
            if seed.state == TEST:
                recovery.failover_test(self._world, vm, {}, now)
            elif seed.state == COMPLETE:
                recovery.failover(self._world, vm, {}, now)
            vm.recovery_state = seed.state
        if seed.running:
            self._run(seed.running, replication)

    def _run(self, name: str, replication: Replication) -> None:
        verb = next(verb for verb in verbs.ALL if verb.name == name)
        work = Work(self._world, verb, replication, children_of(replication), {}, verb.finish)
        work.before = {child.lineage: child.recovery_state for child in work.children}
        first = work.children[0]
        subject = Subject(
            verb.task_type if self._world.settings.task_type_names == "usual" else verb.other_type,
            "vappReplication" if isinstance(replication, VappReplication) else "vmReplication",
            replication.id,
            name_of(replication),
            first.destination.site,
            f"operator@{first.destination.org}",
            first.destination.org,
        )
        now = self._world.clock.now_ms()
        work.occupy(self._world.board.start(subject, now, work.succeed, work.fail, Plan()))

    def _end(self, site: Site, org: str) -> End:
        """Return an end in the VDC of an organization; create the VDC if the organization is new at the site."""
        if site.kind == VCENTER:
            return End(site.name, VCENTER)
        vdc = next((vdc for vdc in site.vdcs if vdc.org == org), None)
        if vdc is None:
            vdc = Vdc(self._world.identifiers.uuid(), f"vdc-{org}-{site.name}", org)
            site.vdcs.append(vdc)
        return End(site.name, site.kind, org, vdc.id, vdc.name)
