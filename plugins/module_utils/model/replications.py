# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Parse the replications of the API into typed snapshots."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, malformed
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import mask_fields
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import is_id, whole_number

MIXED = "MIXED"
# The recovery state, and all else that operations change: one pair for a VM; for a vApp, its own and one for each VM.
Mark = tuple[tuple[Any, Any], ...]
_CHANGED_KEYS = ("settings", "storageProfile", "slaProfile")
# The organization of providers, in every Cloud Director.
PROVIDER = "System"

_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@dataclass(frozen=True)
class Replication:
    """One reading of a replication.

    The recovery state is None if the service gives no recovery info. A vApp replication has no state of its own, but
    its children have (vendor reference 3.5 to 4.5, VappReplicationInfo).
    """

    id: str
    name: str
    document: Mapping[str, Any]
    recovery_state: str | None = None
    source_site: str | None = None
    destination_site: str | None = None
    is_reversed: bool | None = None
    is_paused: bool | None = None
    is_migration: bool | None = None
    overall_health: str | None = None
    data_connection_state: str | None = None
    owner: str | None = None
    source_id: str | None = None
    recovered_id: str | None = None
    vapp_name: str | None = None
    vapp_replication_id: str | None = None
    rpo_violation: int | None = None
    optimize_until: int | None = None
    first_sync_ms: int | None = None
    children: tuple[Replication, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Return what a result shows of the replication before and after an operation."""
        return {
            "recovery_state": self.recovery_state,
            "source_site": self.source_site,
            "destination_site": self.destination_site,
            "is_reversed": self.is_reversed,
            "is_paused": self.is_paused,
            "is_migration": self.is_migration,
            "overall_health": self.overall_health,
            "data_connection_state": self.data_connection_state,
            "owner": self.owner,
            "rpo_violation": self.rpo_violation,
            "optimize_until": self.optimize_until,
        }

    def mark(self) -> Mark:
        """Return what operations change of it, without health, progress and instances, which change by themselves."""
        document = json.dumps([self.document.get(key) for key in _CHANGED_KEYS], sort_keys=True, default=str)
        ends = (self.source_site, self.source_id, self.destination_site, self.recovered_id)
        own = (self.id, *ends, self.is_reversed, self.is_paused, self.owner, document)
        return ((self.recovery_state, own), *(mark for child in self.children for mark in child.mark()))

    @property
    def organization(self) -> str | None:
        """The organization to which the workload belongs, None if it is not known.

        A replication that a provider has started is owned by the provider's organization until its owner is changed
        (vendor reference 3.5 to 4.7, chown). Until then, the organizations at its ends show whose workload it is.
        """
        owner = (self.owner or "").partition("@")[0]
        ends = (self.document.get(end) for end in ("source", "destination"))
        orgs = [_text(end.get("org")) for end in ends if isinstance(end, Mapping)]
        of_tenant = next((org for org in (owner, *orgs) if org and org != PROVIDER), None)
        return of_tenant or owner or next(filter(None, orgs), None)

    def awaits_first_sync(self, now_ms: int) -> bool:
        """Tell whether it is paused until its scheduled first synchronisation (user guide 4.6, replications).

        It must not be resumed before: a resume would start the synchronisation early.

        :param now_ms: milliseconds since the epoch, by the clock of the service
        """
        return self.is_paused is True and self.first_sync_ms is not None and self.first_sync_ms > now_ms

    def masked_document(self) -> Any:
        """Return the API object with its secrets masked."""
        return mask_fields(self.document)

    def with_children(self, later: Mapping[str, Replication]) -> Replication:
        """Return a vApp replication with later readings of some of its children, and with the states that follow.

        :param later: the later readings, by the ids that the children have in this reading
        """
        merged = tuple(later.get(child.id, child) for child in self.children)
        return replace(
            self,
            children=merged,
            recovery_state=_common([child.recovery_state for child in merged]),
            is_reversed=_agreed([child.is_reversed for child in merged]),
            is_paused=_agreed([child.is_paused for child in merged]),
        )

    def without_document(self) -> Replication:
        """Return the snapshot of a VM replication without the API object, which is most of its size."""
        return replace(self, document={})

    @property
    def endpoints(self) -> set[tuple[str | None, str]]:
        """The workload at both ends, by which it is found again when its replication has a new id.

        Each end is a site and an id, because every vCenter numbers its own VMs (vm-1, vm-2 ...).
        """
        ends = ((self.source_site, self.source_id), (self.destination_site, self.recovered_id))
        return {(site, identity) for site, identity in ends if identity is not None}


@dataclass(frozen=True)
class Damaged:
    """An object in a list of replications that is not of the documented form.

    :param id: its id, None if it has none that can be read
    :param name: its name, None if it has none that can be read
    :param error: what is wrong with it
    """

    id: str | None
    name: str | None
    error: VcdaError

    @property
    def label(self) -> str:
        """The object as messages name it."""
        named = [self.name, f"({self.id})" if self.name else self.id] if self.id else [self.name]
        return " ".join(part for part in named if part) or "an object without an id"


@dataclass(frozen=True)
class Kind:
    """VM or vApp: what differs between the two families of calls."""

    name: str
    path: str
    id_pattern: re.Pattern[str]
    id_example: str
    name_filter: str

    @property
    def ids_option(self) -> str:
        """The option, and the key in messages, that takes replication ids."""
        return self.name + "_replication_ids"

    @property
    def names_option(self) -> str:
        """The option that takes names."""
        return self.name + "_names"

    @property
    def results(self) -> str:
        """The key under which results are returned."""
        return self.name + "_replications"

    @property
    def name_key(self) -> str:
        """The key of the name in a result item."""
        return self.name + "_name"

    def parse(self, document: Any) -> Replication:
        """Read an API object.

        :param document: SingleVmReplicationInfo or VappReplicationInfo (vendor reference 4.6)
        :raises VcdaError: category server, if the object is not of that form
        """
        return _parse_vapp(document) if self.name == "vapp" else _parse_vm(document, {}, {})

    def canonical(self, identity: str) -> str:
        """Return an id with its hexadecimal digits in lower case, for comparisons: they may be in either case."""
        prefix, dash, digits = identity.partition("-")
        return prefix + dash + digits.lower()

    def parse_list(self, documents: Iterable[Mapping[str, Any]]) -> tuple[list[Replication], list[Damaged]]:
        """Read the objects of a list; a damaged one does not prevent the use of the others.

        :returns: the replications in the order of the list, each id once, and the objects that are not of the
            documented form; a caller that reports the whole list must name each of these
        """
        good: dict[str, Replication] = {}
        damaged: list[Damaged] = []
        for document in documents:
            try:
                replication = self.parse(document)
            except VcdaError as error:
                identity = document.get("id")
                damaged.append(Damaged(_text(identity), self.name_of(document), error))
            else:
                good.setdefault(replication.id, replication)
        return list(good.values()), damaged

    def name_of(self, document: Mapping[str, Any]) -> str | None:
        """Return the name in an API object, even if the object is otherwise not of the documented form."""
        holder = document.get("descriptor") if self.name == "vapp" else document
        return _name(holder.get("name" if self.name == "vapp" else "vmName")) if isinstance(holder, Mapping) else None


VM = Kind(
    name="vm",
    path="/vm-replications",
    id_pattern=re.compile(rf"^C4-{_UUID}\Z"),
    id_example="C4-0a1b2c3d-0123-4567-89ab-0123456789ab",
    name_filter="vmName",
)
VAPP = Kind(
    name="vapp",
    path="/vapp-replications",
    id_pattern=re.compile(rf"^C4VAPP-{_UUID}\Z"),
    id_example="C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab",
    name_filter="vappName",
)


def is_vm_id(name: Any) -> bool:
    """Tell whether a text has the form of the id of a VM replication, which a tenant may also give a VM as its name."""
    return VM.id_pattern.match(str(name)) is not None


def _parse_vm(document: Any, source: Mapping[str, Any], destination: Mapping[str, Any]) -> Replication:
    """Read a VM replication; a child of a vApp has no ends of its own and takes those of the vApp."""
    identity = _identity(document)
    source = _object(document, "source", identity) or source
    destination = _object(document, "destination", identity) or destination
    state = _object(document, "destinationState", identity)
    recovery = _object(state, "recoveryInfo", identity)
    return Replication(
        id=identity,
        name=_name(document.get("vmName")) or identity,
        document=document,
        recovery_state=_state(recovery.get("recoveryState"), identity),
        source_site=_text(source.get("site")),
        destination_site=_text(destination.get("site")),
        is_reversed=_flag(document.get("isReversed")),
        is_paused=_flag(document.get("isPaused")),
        is_migration=_flag(document.get("isMigration")),
        overall_health=_text(document.get("overallHealth")),
        data_connection_state=_text(document.get("dataConnectionState")),
        owner=_text(document.get("owner")),
        source_id=_text(document.get("vmId")),
        recovered_id=_text(recovery.get("vcdVmId")) or _text(recovery.get("vmId")),
        vapp_name=_text(source.get("vappName")),
        vapp_replication_id=_text(document.get("vappReplicationId")),
        rpo_violation=whole_number(state.get("currentRpoViolation")),
        optimize_until=whole_number(recovery.get("optimizeUntil")),
        first_sync_ms=_first_sync(document, identity),
    )


def _parse_vapp(document: Any) -> Replication:
    identity = _identity(document)
    source = _object(document, "source", identity)
    destination = _object(document, "destination", identity)
    listed = document.get("vmReplications")
    if not isinstance(listed, list):
        raise malformed(f"Replication {identity}", "vmReplications is no list")
    children = tuple(_parse_vm(child, source, destination) for child in listed)
    name = _name(_object(document, "descriptor", identity).get("name"))
    return Replication(
        id=identity,
        name=name or identity,
        document=document,
        recovery_state=_common([child.recovery_state for child in children]),
        source_site=_text(source.get("site")),
        destination_site=_text(destination.get("site")),
        is_reversed=_agreed([child.is_reversed for child in children]),
        is_paused=_agreed([child.is_paused for child in children]),
        is_migration=_flag(document.get("isMigration")),
        overall_health=_text(document.get("overallHealth")),
        data_connection_state=_common([child.data_connection_state for child in children]),
        owner=_text(document.get("owner")),
        source_id=_text(source.get("vappId")),
        recovered_id=_text(destination.get("recoveredVappId")),
        vapp_name=name,
        rpo_violation=max((child.rpo_violation or 0 for child in children), default=None),
        optimize_until=min((child.optimize_until for child in children if child.optimize_until), default=None),
        first_sync_ms=max((child.first_sync_ms for child in children if child.first_sync_ms), default=None),
        children=children,
    )


def _first_sync(document: Mapping[str, Any], identity: str) -> int | None:
    """Return when the first synchronisation is scheduled; 0 and -1 stand for none (vendor reference 4.7)."""
    settings = _object(document, "settings", identity)
    told = (settings.get("initialSyncTime"), settings.get("scheduledSyncTime"), document.get("scheduledSyncTime"))
    return max((time for time in map(whole_number, told) if time and time > 0), default=None)


def _common(values: list[str | None]) -> str | None:
    """Return the value that all children share, or MIXED if they differ."""
    return (values[0] if len(set(values)) == 1 else MIXED) if values else None


def _agreed(values: list[bool | None]) -> bool | None:
    return values[0] if len(set(values)) == 1 else None


def _identity(document: Any) -> str:
    identity = document.get("id") if isinstance(document, Mapping) else None
    if not isinstance(identity, str) or not identity:
        raise malformed("A replication", "it has no id")
    if not is_id(identity):
        raise malformed("A replication", "its id is not one")
    return identity


def _object(document: Mapping[str, Any], key: str, identity: str) -> Mapping[str, Any]:
    value = document.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise malformed(f"Replication {identity}", f"{key} is no object")
    return value


def _state(value: Any, identity: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise malformed(f"Replication {identity}", "recoveryState is no text")
    return value


def _text(value: Any) -> str | None:
    # The vendor's sample has the text null for a missing value.
    return value if isinstance(value, str) and value not in ("", "null") else None


def _name(value: Any) -> str | None:
    """Read a name, without the exception of ``_text``: a VM may be called null."""
    return value if isinstance(value, str) and value else None


def _flag(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None
