# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Read the recovery settings for the readiness checks: each document once, within a limit of requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, malformed
from ansible_collections.opendr.vcda.plugins.module_utils.model.isolation import Connection, connection_of
from ansible_collections.opendr.vcda.plugins.module_utils.model.network_mappings import is_set, nics_of
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import (
    BY_VM_KEY,
    GUEST_SINCE,
    HALVES,
    read_guest_customization,
    read_network_settings,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind, Replication

# Limit of requests for recovery settings if they are not required.
MOST_SETTINGS_READS = 12
# Allocation modes that need a guest customization (values of VMware Cloud Director; POOL in the reference 4.5).
_TOLD_TO_GUEST = ("POOL", "MANUAL")

Document = Mapping[str, Any]
_Source = tuple[Kind, str]
# What was read, the error of reading it, or None if it was not read.
_Read = Optional[Union[Document, VcdaError]]


@dataclass(frozen=True)
class Prepared:
    """The recovery settings of a VM.

    :param vm_id: the id of the VM in the settings of its vApp
    :param networks: the network settings as the API shows them: of its vApp replication, and its own
    :param guests: the guest customization of the VM for failover and test; None if it was not read or is not known
    """

    vm_id: str | None
    networks: Sequence[Document]
    guests: Document | None = None

    def halves(self, name: str) -> list[Document]:
        """Return the network settings for failover or test."""
        found = [document.get(HALVES[name]) for document in self.networks]
        return [half for half in found if isinstance(half, Mapping)]

    def is_set(self, name: str) -> bool:
        """Tell whether any networks are set for failover or test."""
        return any(is_set(half, self.vm_id) for half in self.halves(name))

    def connection(self, name: str) -> Connection:
        """Return the networks to which a failover or a test connects the VM."""
        return connection_of(self.halves(name), self.vm_id)

    def nics(self, name: str) -> list[Document]:
        """Return the NICs for failover or test."""
        return next(filter(None, (nics_of(half, self.vm_id) for half in self.halves(name))), [])

    def nics_to_customize(self, name: str) -> list[Document]:
        """Return the NICs whose addressing needs a guest customization."""
        return [nic for nic in self.nics(name) if asks_for_customization(nic)]


def asks_for_customization(nic: Document) -> bool:
    """Tell whether the addressing of a NIC needs a guest customization."""
    mode = str(nic.get("ipAddressAllocationMode") or "").upper()
    return nic.get("needsCustomization") is True or mode in _TOLD_TO_GUEST or (not mode and bool(nic.get("ipAddress")))


Settings = Mapping[str, Union[Prepared, VcdaError]]


def read_settings(
    client: Client, found: Sequence[Replication], *, every: bool, with_guests: bool = True
) -> Settings | None:
    """Read the recovery settings of replications; for the VMs of a vApp, first those of the vApp replication.

    :param found: VM replications
    :param every: whether to read without a limit of requests
    :param with_guests: whether to read the guest customization, too, of the VMs whose addressing needs it
    :returns: by the id of the replication, without those that would exceed the limit; None if all would
    """
    reader = _Reader(client, every=every)
    own = {one.id: _document_of(one) for one in found}
    shared = reader.read(own.values(), read_network_settings)
    if shared is None:
        return None
    settings: dict[str, Prepared | VcdaError | None] = {}
    for one in found:
        document = shared[own[one.id]]
        settings[one.id] = document if isinstance(document, VcdaError) else Prepared(one.source_id, [document or {}])
    _add_own_networks(reader, found, own, settings)
    if with_guests:
        _add_guests(reader, client, found, own, settings)
    return {identity: one for identity, one in settings.items() if one is not None}


class _Reader:
    """Reads documents in parallel, within a limit of requests."""

    def __init__(self, client: Client, *, every: bool) -> None:
        self._client = client
        self._left = None if every else MOST_SETTINGS_READS

    def read(
        self, sources: Iterable[_Source], read: Callable[[Client, Kind, str], Document]
    ) -> dict[_Source, _Read] | None:
        """Read each document once.

        :returns: None if that takes more requests than are left
        """
        wanted = list(dict.fromkeys(sources))
        if self._left is not None:
            if len(wanted) > self._left:
                return None
            self._left -= len(wanted)

        def one(source: _Source) -> _Read:
            try:
                return _of_known_form(read(self._client, *source), source)
            except VcdaError as error:
                return error

        return dict(zip(wanted, self._client.executor.map(one, wanted)))


def _of_known_form(document: Document, source: _Source) -> Document:
    """Return settings as they were read.

    :raises VcdaError: if a half is neither left out nor an object: it is not known then what is set
    """
    for key in HALVES.values():
        if document.get(key) is not None and not isinstance(document[key], Mapping):
            raise malformed(f"the settings of {source[1]}", f"{key} is no object")
    return document


def _document_of(replication: Replication) -> _Source:
    vapp = replication.vapp_replication_id
    return (VAPP, vapp) if vapp else (VM, replication.id)


def _add_own_networks(
    reader: _Reader,
    found: Sequence[Replication],
    own: Mapping[str, _Source],
    settings: dict[str, Prepared | VcdaError | None],
) -> None:
    """Read the settings of single VMs if those of their vApp do not cover them: each VM may have its own."""
    unset = []
    for one in found:
        prepared = settings[one.id]
        in_vapp = own[one.id][0] is VAPP
        if in_vapp and isinstance(prepared, Prepared) and not all(map(prepared.is_set, HALVES)):
            unset.append(one.id)
    documents = reader.read([(VM, identity) for identity in unset], read_network_settings)
    for identity in unset:
        prepared, document = settings[identity], (documents or {}).get((VM, identity))
        if document is None:
            settings[identity] = None
        elif isinstance(document, VcdaError):
            settings[identity] = document
        elif isinstance(prepared, Prepared):
            settings[identity] = Prepared(prepared.vm_id, [*prepared.networks, document])


def _add_guests(
    reader: _Reader,
    client: Client,
    found: Sequence[Replication],
    own: Mapping[str, _Source],
    settings: dict[str, Prepared | VcdaError | None],
) -> None:
    """Read the guest customization of the VMs whose addressing needs it."""
    version = client.api_version()
    if version is None or version < GUEST_SINCE:
        return
    asking: dict[str, Prepared] = {}
    for one in found:
        prepared = settings[one.id]
        if isinstance(prepared, Prepared) and any(map(prepared.nics_to_customize, HALVES)):
            asking[one.id] = prepared
    documents = reader.read([own[identity] for identity in asking], read_guest_customization) or {}
    for identity, prepared in asking.items():
        document = documents.get(own[identity])
        if isinstance(document, Mapping):
            by_vm = document.get(BY_VM_KEY)
            mine = by_vm.get(prepared.vm_id) if isinstance(by_vm, Mapping) else document
            if isinstance(mine, Mapping):
                settings[identity] = Prepared(prepared.vm_id, prepared.networks, mine)
