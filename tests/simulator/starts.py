# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /vm-replications and /vapp-replications: a new replication (vendor reference 4.3 to 4.7, start)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from . import bodies, policies, verbs
from .call import Answer, Call
from .errors import ApiError, bad_input
from .model import VCENTER, VCLOUD, End, Rules, VappReplication, VmReplication, Workload, children_of
from .operations import Work, launch, require_on_prem_auth, require_site, task_answer
from .refusals import FAILED_TASK, Refusal
from .replications import checked
from .steady import add_instance
from .tasks import Plan, Result, Subject
from .upkeep import apply_rules
from .world import World

MIGRATION_RPO = 1440
# Keys: whether it is a vApp replication. Values: types of the source and of the destination, each with its site kind.
SOURCES = {
    False: {"vm": VCLOUD, "vcVm": VCENTER},
    True: {"vapp": VCLOUD, "vcVapp": VCENTER, "vappTemplate": VCLOUD},
}
DESTINATIONS = {
    False: {"vcloud": VCLOUD, "vm": VCLOUD, "vc": VCENTER, "vcVm": VCENTER},
    True: {"vcloud": VCLOUD, "vapp": VCLOUD, "vc": VCENTER, "vcVapp": VCENTER},
}
SINCE = {"vcVapp": (4, 2), "vappTemplate": (4, 5)}


@dataclass
class StartWork(Work):
    """The first synchronization; if it fails, the replication is removed (not documented)."""

    seeds: dict[str, Workload] = field(default_factory=dict)

    def succeed(self, at: int) -> Result:
        """Create the first instance; a seed VM is consumed.

        :raises ApiError: if the disks of a seed do not match those of its VM
        """
        for child in self.children:
            seed, source = self.seeds.get(child.lineage), self.world.estate.workload(child.source.site, child.vm_id)
            if seed is not None and source is not None and seed.disks != source.disks:
                msg = "The disks of the seed VM do not match those of the source VM."
                raise ApiError(400, "SimulatorSeedDisksMismatch", msg, seed.id)
        for seed in self.seeds.values():
            self.world.estate.drop_workload(seed.site, seed.id)
        return super().succeed(at)

    def fail(self, at: int) -> None:
        """Remove the replication."""
        super().fail(at)
        for child in self.children:
            self.world.estate.remove(child)


def start(call: Call) -> Answer:
    """Start to replicate a VM, or every VM of a vApp: 202 with a task that already has the new id.

    :raises ApiError: 400 for a wrong body, 401 for a peer without session, or as switch ``start_refusal`` defines
    """
    body = checked(call, bodies.START, needed=True)
    is_vapp = call.parameters["kind"] == "vapp"
    source, destination = (
        _end(call, body, "source", SOURCES[is_vapp]),
        _end(call, body, "destination", DESTINATIONS[is_vapp]),
    )
    _check_sites(source, destination, call)
    try:
        for end in (source, destination):
            require_site(call, end)
            require_on_prem_auth(call, end)
        replication, seeds = _made(call, body, source, destination, is_vapp=is_vapp)
    except Refusal as refusal:
        return _refused(call, refusal)
    _enter(call.world, replication)
    return launch(
        call, StartWork(call.world, verbs.START, replication, children_of(replication), body, _finish, seeds=seeds)
    )


def _finish(world: World, vm: VmReplication, _body: dict[str, Any], at: int) -> None:
    """Create the first instance, now or at the scheduled time (user guide 4.6: it is paused until then)."""
    if vm.rules.initial_sync_time > at and world.settings.scheduled_start == "paused":
        vm.first_sync_at, vm.is_paused = vm.rules.initial_sync_time, True
    else:
        add_instance(world, vm, at)


def _end(call: Call, body: dict[str, Any], name: str, types: dict[str, str]) -> End:
    """Return one end; the default site is the local one (optional from 4.3 at the latest, vendor reference 4.5)."""
    described = body[name]
    kind = described["type"]
    if kind not in types or SINCE.get(kind, (0, 0)) > call.own:
        raise bad_input(f"The {name} cannot be of type {kind} here.", f"{name}.type")
    site = call.world.site(described.get("site") or call.site.name)
    if site.kind != types[kind]:
        raise bad_input(f"Site {site.name} cannot be a {name} of type {kind}.", f"{name}.site")
    return End(site.name, site.kind)


def _check_sites(source: End, destination: End, call: Call) -> None:
    if source.site == destination.site:
        raise bad_input("Source and destination are the same site.", source.site)
    if call.site.name not in (source.site, destination.site):
        raise bad_input("The site that is called is neither source nor destination.", call.site.name)


def _refused(call: Call, refusal: Refusal) -> Answer:
    """Refuse at once, or by a failed task: switch ``start_refusal``."""
    if refusal.how != FAILED_TASK:
        raise refusal.error
    kind = "vappReplication" if call.parameters["kind"] == "vapp" else "vmReplication"
    usual = call.world.settings.task_type_names == "usual"
    subject = Subject(
        verbs.START.task_type if usual else verbs.START.other_type,
        kind,
        None,
        None,
        call.site.name,
        call.account.user,
        call.org,
        call.operation_id,
    )
    plan = Plan(error=refusal.error)
    return task_answer(call, call.world.board.start(subject, call.now, lambda _at: None, lambda _at: None, plan))


def _made(
    call: Call, body: dict[str, Any], source: End, destination: End, *, is_vapp: bool
) -> tuple[VmReplication | VappReplication, dict[str, Workload]]:
    """Return the replication with its children, not yet in the estate, and the seeds by lineage."""
    workloads = _workloads(call, body["source"], source)
    source.org = workloads[0].org
    source.vdc_id, source.vapp_id, source.vapp_name = workloads[0].vdc_id, workloads[0].vapp_id, workloads[0].vapp_name
    vdc = call.world.sites[source.site].vdc(source.vdc_id)
    source.vdc_name = vdc.name if vdc else ""
    if source.kind == VCENTER:
        source.vapp_name = body["source"].get("vappName") or workloads[0].name
    _fill_destination(call, body["destination"], destination)
    is_migration = bool(body.get("isMigration"))
    policies.check_start(call, source, destination, is_migration=is_migration)
    sender = source if source.kind == VCLOUD else destination
    policies.check_rules(call, call.world.sites[sender.site].policy(sender.org), body)
    seeds = _seeds(call, body["destination"], destination, len(workloads))
    children = [_child(call, body, workload, source, destination) for workload in workloads]
    by_lineage = {child.lineage: seed for child, seed in zip(children, seeds, strict=False)}
    if not is_vapp:
        return children[0], by_lineage
    identifier = call.world.identifiers.vapp_replication()
    vapp = VappReplication(identifier, identifier, source.vapp_name, body.get("description") or "", children)
    for child in children:
        child.vapp_replication = identifier
    return vapp, by_lineage


def _enter(world: World, replication: VmReplication | VappReplication) -> None:
    for child in children_of(replication):
        world.estate.add(child)
    if isinstance(replication, VappReplication):
        world.estate.add_vapp(replication)


def _workloads(call: Call, described: dict[str, Any], end: End) -> list[Workload]:
    """Return the VMs to replicate; they must belong to the caller's organization and not be replicated yet."""
    estate = call.world.estate
    kind = described["type"]
    wanted = {
        "vm": [described.get("vmId")],
        "vcVm": [described.get("vmId")],
        "vcVapp": described.get("vmIds") or [None],
    }
    if kind in wanted:
        found = [estate.workload(end.site, identifier or "") for identifier in wanted[kind]]
    else:
        name = "vappId" if kind == "vapp" else "vappTemplateId"
        found = list(estate.of_vapp(end.site, described.get(name) or "")) or [None]
    how = call.world.settings.start_refusal
    workloads = [workload for workload in found if workload is not None and _is_visible(call, workload, end)]
    if len(workloads) != len(found):
        raise Refusal(how, "SimulatorVmNotFound", "A VM to replicate was not found at the source.")
    for workload in workloads:
        if estate.of_vm(workload.id):
            raise Refusal(how, "SimulatorAlreadyReplicated", f"{workload.name} is replicated already.", workload.id)
    return workloads


def _is_visible(call: Call, workload: Workload, end: End) -> bool:
    if end.kind == VCENTER:
        return True
    account = call.logged_in().grants[end.site].account
    return not workload.test_copy and (account.is_admin or workload.org == account.org)


def _fill_destination(call: Call, described: dict[str, Any], end: End) -> None:
    if end.kind == VCENTER:
        return
    site = call.world.sites[end.site]
    vdc = site.vdc(described.get("vdc") or "")
    account = call.logged_in().grants[end.site].account
    how = call.world.settings.start_refusal
    if vdc is None or not (account.is_admin or vdc.org == account.org):
        raise Refusal(how, "SimulatorVdcNotFound", "The VDC was not found at the destination.")
    profile = described.get("storageProfile") or "*"
    if profile != "*" and profile not in site.storage_profiles:
        raise Refusal(how, "SimulatorStorageProfileNotFound", "The storage profile was not found at the destination.")
    end.org, end.vdc_id, end.vdc_name = vdc.org, vdc.id, vdc.name


def _seeds(call: Call, described: dict[str, Any], end: End, count: int) -> list[Workload]:
    """Return the seed VMs in the order of the VMs; types vm, vapp, vcVm and vcVapp have them."""
    estate = call.world.estate
    kind = described["type"]
    if kind == "vapp":
        found: list[Workload | None] = list(estate.of_vapp(end.site, described.get("seedVappId") or ""))
    elif kind == "vm":
        found = [estate.workload(end.site, described.get("seedVmId") or "")]
    elif kind in ("vcVm", "vcVapp"):
        named = [described.get("seedVm")] if kind == "vcVm" else described.get("seedVms") or []
        found = [estate.workload(end.site, seed["moId"]) if seed else None for seed in named]
    else:
        return []
    seeds = [seed for seed in found if seed is not None]
    if len(seeds) != count or len(found) != count:
        raise Refusal(call.world.settings.start_refusal, "SimulatorSeedNotFound", "The seeds do not fit the source.")
    return seeds


def _child(call: Call, body: dict[str, Any], workload: Workload, source: End, destination: End) -> VmReplication:
    identifier = call.world.identifiers.vm_replication()
    described, wanted = body["source"], body["destination"]
    is_migration = bool(body.get("isMigration"))
    vm = VmReplication(
        identifier,
        identifier,
        workload.id,
        workload.name,
        f"{call.account.org}@{call.site.name}",
        copy.copy(source),
        copy.copy(destination),
        is_migration=is_migration,
        rules=Rules(rpo=MIGRATION_RPO) if is_migration else Rules(),
        storage_profile=wanted.get("storageProfile") or "*",
        placement_policy=wanted.get("placementPolicy"),
        sizing_policy=wanted.get("sizingPolicy"),
        is_template=described["type"] == "vappTemplate",
        last_updated=call.now,
    )
    apply_rules(vm, body)
    vm.rules.target_disk_type = body.get("targetDiskType") or vm.rules.target_disk_type
    excluded = (described.get("vmExcludedDisks") or {}).get(workload.id)
    vm.rules.excluded_disks = list(
        excluded or described.get("excludedDisks") or described.get("excludedDiskKeys") or []
    )
    vm.startup = dict(
        (described.get("vmStartupInfoMap") or {}).get(workload.id) or described.get("vmStartupInfo") or {}
    )
    return vm
