# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store of replications and workloads, with indexes that make every request fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Generic, TypeVar

from .model import SYSTEM, End, Replication, VappReplication, VmReplication, Workload

Kind = TypeVar("Kind", VmReplication, VappReplication)
Audience = frozenset[tuple[str, str]]


def audience_of(owner: str, ends: tuple[End, End]) -> Audience:
    """Return the (site, organization) pairs that see a replication.

    A provider sees every replication with an end at its site. A tenant sees the replications of its organization, also
    at the other site if the organization has that end; replications that the provider started are hidden (vendor
    reference 3.5 to 4.7, chown).
    """
    owner_org, _at, owner_site = owner.partition("@")
    seen = {(end.site, SYSTEM) for end in ends}
    if owner_site in {end.site for end in ends}:
        seen.update((end.site, owner_org) for end in ends if end.site == owner_site or end.org == owner_org)
    return frozenset(seen)


class Index(Generic[Kind]):
    """Replications of one kind by id and by organization that sees them, in the order of their creation."""

    def __init__(self) -> None:
        """Begin empty."""
        self.all: dict[str, Kind] = {}
        self._seen: dict[tuple[str, str], dict[str, Kind]] = {}

    def add(self, replication: Kind, audience: Audience) -> None:
        """Add a replication for all organizations that see it."""
        self.all[replication.id] = replication
        for viewer in audience:
            self._seen.setdefault(viewer, {})[replication.id] = replication

    def remove(self, replication: Kind, audience: Audience) -> None:
        """Remove a replication."""
        del self.all[replication.id]
        for viewer in audience:
            del self._seen[viewer][replication.id]

    def visible(self, site: str, org: str) -> dict[str, Kind]:
        """Return what a member of an organization sees at a site; the caller must not change it."""
        return self._seen.get((site, org), {})


class Estate:
    """All replications and all VMs of all sites."""

    def __init__(self) -> None:
        """Begin empty."""
        self.vms: Index[VmReplication] = Index()
        self.vapps: Index[VappReplication] = Index()
        self.workloads: dict[tuple[str, str], Workload] = {}
        self._by_vapp: dict[tuple[str, str], dict[str, Workload]] = {}
        self._by_vm: dict[str, dict[str, VmReplication]] = {}
        self._vapp_audience: dict[str, Audience] = {}
        self._families: dict[str, list[VappReplication]] = {}
        self.effects: dict[str, Counter[str]] = {}
        self.completions: dict[str, Counter[str]] = {}
        self.lineages: dict[str, str] = {}
        self._present_ids: dict[str, str] = {}

    def find(self, identifier: str) -> Replication | None:
        """Return the VM or vApp replication of that id."""
        if identifier.startswith("C4VAPP-"):
            return self.vapps.all.get(identifier)
        return self.vms.all.get(identifier)

    def of_vm(self, vm_id: str) -> list[VmReplication]:
        """Return the replications whose source is that VM."""
        return list(self._by_vm.get(vm_id, {}).values())

    def add(self, replication: VmReplication) -> None:
        """Add a VM replication."""
        replication.audience = audience_of(replication.owner, replication.ends())
        self.vms.add(replication, replication.audience)
        self._by_vm.setdefault(replication.vm_id, {})[replication.id] = replication
        self._name(replication)

    def add_vapp(self, vapp: VappReplication) -> None:
        """Add a vApp replication whose children were added before."""
        vapp.family = vapp.family or vapp.lineage
        self._families.setdefault(vapp.family, []).append(vapp)
        self._vapp_audience[vapp.id] = vapp.audience
        self.vapps.add(vapp, vapp.audience)
        self._name(vapp)

    def present(self, identifier: str) -> Replication | None:
        """Return an existing replication by any id that it has had."""
        lineage = self.lineages.get(identifier, "")
        return self.find(self._present_ids.get(lineage, ""))

    def lineage(self, identifier: str) -> str:
        """Return the first id of the replication that has, or had, the given id."""
        return self.lineages.get(identifier, identifier)

    def _name(self, replication: Replication) -> None:
        self.lineages[replication.id] = replication.lineage
        self._present_ids[replication.lineage] = replication.id

    def remove(self, replication: VmReplication) -> None:
        """Remove a VM replication, and its vApp replication if that becomes empty."""
        self.vms.remove(replication, replication.audience)
        same_vm = self._by_vm[replication.vm_id]
        del same_vm[replication.id]
        if not same_vm:
            del self._by_vm[replication.vm_id]
        self.leave_vapp(replication)

    def remove_vapp(self, vapp: VappReplication) -> None:
        """Remove a vApp replication without its children."""
        self._families[vapp.family].remove(vapp)
        self.vapps.remove(vapp, self._vapp_audience.pop(vapp.id))

    def family(self, vapp: VappReplication) -> list[VappReplication]:
        """Return the vApp replications that resulted from splitting one, including the given one."""
        return list(self._families[vapp.family])

    def leave_vapp(self, replication: VmReplication) -> None:
        """Remove a VM replication from its vApp replication, which is removed if it becomes empty."""
        if replication.vapp_replication is None:
            return
        vapp = self.vapps.all[replication.vapp_replication]
        vapp.children.remove(replication)
        replication.vapp_replication = None
        if not vapp.children:
            self.remove_vapp(vapp)

    def change(self, replication: VmReplication, **values: object) -> None:
        """Set attributes that indexes depend on: the id, the VM, the owner, the ends."""
        vapp = self.vapps.all.get(replication.vapp_replication or "")
        self.vms.remove(replication, replication.audience)
        del self._by_vm[replication.vm_id][replication.id]
        if not self._by_vm[replication.vm_id]:
            del self._by_vm[replication.vm_id]
        for name, value in values.items():
            setattr(replication, name, value)
        self.add(replication)
        if vapp is not None and self._vapp_audience[vapp.id] != vapp.audience:
            self.remove_vapp(vapp)
            self.add_vapp(vapp)

    def rename_vapp(self, vapp: VappReplication, identifier: str) -> None:
        """Give a vApp replication a new id."""
        self.remove_vapp(vapp)
        vapp.id = identifier
        for child in vapp.children:
            child.vapp_replication = identifier
        self.add_vapp(vapp)

    def workload(self, site: str, identifier: str) -> Workload | None:
        """Return a VM of a site."""
        return self.workloads.get((site, identifier))

    def of_vapp(self, site: str, vapp_id: str) -> list[Workload]:
        """Return the VMs of a vApp of a site."""
        return list(self._by_vapp.get((site, vapp_id), {}).values())

    def put_workload(self, workload: Workload) -> Workload:
        """Add a VM to the inventory of its site."""
        self.workloads[workload.site, workload.id] = workload
        self._by_vapp.setdefault((workload.site, workload.vapp_id), {})[workload.id] = workload
        return workload

    def drop_workload(self, site: str, identifier: str) -> None:
        """Delete a VM if it exists. Its vApp stays, even if it is empty."""
        workload = self.workloads.pop((site, identifier), None)
        if workload is not None:
            del self._by_vapp[site, workload.vapp_id][identifier]

    def count(self, counters: dict[str, Counter[str]], lineages: Iterable[str], verb: str) -> None:
        """Count a verb for some lineages; a lineage stays the same when ids change."""
        for lineage in lineages:
            counters.setdefault(lineage, Counter())[verb] += 1
