# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data model of the simulator: sites, workloads, replications, instances."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from typing import Any

NOT_STARTED = "NOT_STARTED"
IN_PROGRESS = "IN_PROGRESS"
TEST = "TEST"
COMPLETE = "COMPLETE"

VCLOUD = "vcloud"
VCENTER = "vcenter"
SYSTEM = "System"
NETWORK_NAMES = ("production", "backup", "isolated")


@dataclass(slots=True)
class Vdc:
    """An organization VDC of a site."""

    id: str
    name: str
    org: str

    @property
    def networks(self) -> list[dict[str, str]]:
        """Its networks; their ids depend only on the VDC."""
        return [
            {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.id}/{name}")), "name": name} for name in NETWORK_NAMES
        ]


@dataclass(slots=True)
class Policy:
    """A replication policy; fields as in the vendor reference 4.7, policies."""

    id: str = "default"
    display_name: str = "default"
    min_rpo: int = 5
    max_instances: int = 24
    max_pinned_instances: int = 5
    max_incoming: int = -1
    allow_custom_sla_settings: bool = True
    allow_incoming_migrations: bool = True
    allow_incoming_protections: bool = True
    allow_outgoing_migrations: bool = True
    allow_outgoing_protections: bool = True
    allow_notification_configuration: bool = True
    allow_advanced_retention_rules: bool = True
    allow_outgoing_onprem_migrations: bool = True
    allow_outgoing_onprem_protections: bool = True


@dataclass(slots=True)
class Site:
    """A cloud site with its own address, or (``kind`` vcenter) an on-premises site, which is only an end."""

    name: str
    kind: str
    instance_id: str
    vdcs: list[Vdc] = field(default_factory=list)
    storage_profiles: dict[str, str] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    org_policies: dict[str, str] = field(default_factory=dict)
    down_since_ms: int | None = None
    up_since_ms: int = 0

    def vdc(self, identifier: str) -> Vdc | None:
        """Return the VDC of that id."""
        return next((vdc for vdc in self.vdcs if vdc.id == identifier), None)

    def policy(self, org: str) -> Policy:
        """Return the policy of an organization."""
        return self.policies[self.org_policies.get(org, "default")]


@dataclass(slots=True)
class Workload:
    """A VM in the inventory of a site."""

    id: str
    name: str
    site: str
    org: str = ""
    vdc_id: str = ""
    vapp_id: str = ""
    vapp_name: str = ""
    powered_on: bool = True
    test_copy: bool = False
    disks: int = 1


@dataclass(slots=True)
class End:
    """One end of a replication."""

    site: str
    kind: str = VCLOUD
    org: str = ""
    vdc_id: str = ""
    vdc_name: str = ""
    vapp_id: str = ""
    vapp_name: str = ""


@dataclass(slots=True)
class Instance:
    """A point in time of a replication, times in epoch milliseconds."""

    key: str
    timestamp: int
    sequence: int
    bytes: int
    seconds: int


@dataclass(slots=True)
class Recovered:
    """The result of a failover, a migration or a test at the destination."""

    vm_id: str
    vapp_id: str
    storage_profile: str
    optimize_until: int = -1


@dataclass(slots=True)
class Rules:
    """The replication settings of a VM: vendor reference 4.7, VmReplicationSettings."""

    description: str = ""
    rpo: int = 15
    data_connection_type: str = "ENCRYPTED_COMPRESSED"
    quiesced: bool = False
    retention: list[dict[str, int]] = field(default_factory=list)
    sla_profile_id: str | None = None
    initial_sync_time: int = -1
    target_disk_type: str = "THIN"
    excluded_disks: list[int] = field(default_factory=list)

    def kept_instances(self) -> int:
        """Return how many instances are kept: the sum of the retention rules, at least one."""
        return max(1, sum(rule["numberOfInstances"] for rule in self.retention))


@dataclass(slots=True)
class VmReplication:
    """A VM replication with all data from which its documents are computed.

    ``first_sync_at`` is the time of its scheduled first synchronization, -1 if none is scheduled.
    ``first_source`` is the VM and the vApp that it still shows as its source, if the current ones are different.
    """

    id: str
    lineage: str
    vm_id: str
    vm_name: str
    owner: str
    source: End
    destination: End
    vapp_replication: str | None = None
    recovery_state: str | None = NOT_STARTED
    is_paused: bool = False
    is_migration: bool = False
    is_reversed: bool = False
    busy: str | None = None
    activity: str = ""
    is_template: bool = False
    rules: Rules = field(default_factory=Rules)
    storage_profile: str = "*"
    placement_policy: str | None = None
    sizing_policy: str | None = None
    network_settings: dict[str, Any] | None = None
    guest_customization: dict[str, Any] | None = None
    startup: dict[str, Any] = field(default_factory=dict)
    instances: list[Instance] = field(default_factory=list)
    recovered: Recovered | None = None
    audience: frozenset[tuple[str, str]] = frozenset()
    last_updated: int = 0
    health: str | None = None
    rpo_violation: int | None = None
    first_sync_at: int = -1
    first_source: tuple[str, str] | None = None

    @property
    def shown_vm_id(self) -> str:
        """The id of the VM that its documents show as source."""
        return self.first_source[0] if self.first_source else self.vm_id

    @property
    def shown_vapp_id(self) -> str:
        """The id of the vApp that its documents show as source."""
        return self.first_source[1] if self.first_source else self.source.vapp_id

    def ends(self) -> tuple[End, End]:
        """Return source and destination."""
        return self.source, self.destination

    def other_end(self, site: str) -> End:
        """Return the end at the other site than the given one."""
        return self.destination if self.source.site == site else self.source

    def snapshot(self) -> VmReplication:
        """Return a copy of the current replication for the result of a task."""
        taken = copy.copy(self)
        taken.instances = self.instances[-1:]
        return taken


@dataclass(slots=True)
class VappReplication:
    """A vApp replication: a named group of VM replications, which hold all state.

    ``family`` is the same for all vApp replications that resulted from splitting one.
    """

    id: str
    lineage: str
    name: str
    description: str = ""
    children: list[VmReplication] = field(default_factory=list)
    family: str = ""
    network_settings: dict[str, Any] | None = None

    def snapshot(self) -> VappReplication:
        """Return a copy of the current replication for the result of a task."""
        taken = copy.copy(self)
        taken.children = [child.snapshot() for child in self.children]
        return taken

    @property
    def audience(self) -> frozenset[tuple[str, str]]:
        """The organizations that see its children, and therefore the vApp replication."""
        return self.children[0].audience if self.children else frozenset()


Replication = VmReplication | VappReplication


def children_of(replication: Replication) -> list[VmReplication]:
    """Return the VM replications that a replication consists of."""
    return [replication] if isinstance(replication, VmReplication) else list(replication.children)


def name_of(replication: Replication) -> str:
    """Return the name of the VM or of the vApp."""
    return replication.vm_name if isinstance(replication, VmReplication) else replication.name
