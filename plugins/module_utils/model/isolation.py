# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Judges whether tests are isolated: a test VM has the addresses of the original, so no network may hold both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.network_mappings import (
    Network,
    copies_networks,
    destinations_of,
    mappings_of,
    nics_of,
    parse_network,
    plain_id,
)

Document = Mapping[str, Any]
# Cloud Director's name for the network of a NIC that has none.
_NO_NETWORK = "none"


@dataclass(frozen=True)
class Connection:
    """The networks to which a recovery connects a VM.

    :param networks: those of its vApp: bridged ones, and the destinations of mappings
    :param nics: index and network of each NIC; None if it is connected to none, or to a copy of one at the source
    :param copies_source: whether the vApp gets copies of its source networks; only mappings connect them to others
    """

    networks: Sequence[Network] = ()
    nics: Sequence[tuple[Any, Network | None]] = ()
    copies_source: bool = False

    @property
    def reached(self) -> list[Network]:
        """All networks that the VM reaches."""
        return [*self.networks, *(network for _index, network in self.nics if network)]

    def overridden(self, given: Connection, *, has_vapp: bool) -> Connection:
        """Return the connection in a test that is given settings instead of the stored ones.

        A NIC replaces the stored NIC with its index. What the stored settings of the vApp bridge and map then connects
        the VM no longer, unless they copy the source networks, of which the NIC then names one.

        :param given: from the options of the test
        :param has_vapp: whether the options have settings of the vApp, which replace the stored ones
        """
        # In variables a number may be text.
        indexes = {str(index) for index, _network in given.nics}
        left = [(index, network) for index, network in self.nics if str(index) not in indexes]
        if has_vapp:
            return Connection(given.networks, [*left, *given.nics], given.copies_source)
        if self.copies_source:
            return Connection(self.networks, left, copies_source=True)
        return Connection(() if given.nics else self.networks, [*left, *given.nics])

    def as_dict(self) -> dict[str, Any]:
        """Return it as results show it."""
        return {
            "copies_source_networks": self.copies_source,
            "networks": [_shown(one) for one in self.networks],
            "nics": [{"nic_index": index, **_shown(network)} for index, network in self.nics],
        }

    @classmethod
    def from_dict(cls, shown: Document) -> Connection:
        """Return the connection that ``as_dict`` has shown."""
        named = [parse_network(one) for one in shown["networks"]]
        return cls(
            [one for one in named if one],
            [(one["nic_index"], parse_network(one)) for one in shown["nics"]],
            shown["copies_source_networks"],
        )


def connection_of(halves: Sequence[Document], vm_id: str | None) -> Connection:
    """Return the networks to which settings connect a VM.

    :param halves: the settings for a failover, or those for a test: of the vApp replication, and of the VM replication
    :param vm_id: the id of the VM in the settings of its vApp
    """
    copies = any(map(copies_networks, halves))
    mapped = {name: mapping.destination for half in halves for mapping in mappings_of(half) for name in mapping.names}
    nics: list[tuple[Any, Network | None]] = []
    for nic in next(filter(None, (nics_of(half, vm_id) for half in halves)), []):
        network = _network_of(nic)
        if network and network.name in mapped:
            network = mapped[network.name]
        elif copies:
            network = None
        nics.append((nic.get("nicIndex"), network))
    return Connection([network for half in halves for network in destinations_of(half)], nics, copies)


def shared_networks(
    tested: Iterable[Network], others: Iterable[Network] = (), names: Collection[str] = ()
) -> list[str]:
    """Return the networks of a test that recovered or production VMs use as well.

    :param tested: the networks that the test reaches
    :param others: those that a failover reaches
    :param names: names and ids of further networks
    :returns: their names, or ids, each once
    """
    others, listed = list(others), {plain_id(name) for name in names}
    ids = {plain_id(other.id) for other in others if other.id}

    def is_shared(one: Network) -> bool:
        # A NIC may name its network by the id.
        if one.name in names or (one.id and plain_id(one.id) in listed) or (one.name and plain_id(one.name) in ids):
            return True
        return any(one.is_like(other) for other in others)

    return list(dict.fromkeys(one.label for one in tested if is_shared(one)))


def _network_of(nic: Document) -> Network | None:
    """Return the network of a NIC, by its name; some versions may show an object with id and name."""
    value = nic.get("network")
    network = parse_network(value if isinstance(value, Mapping) else {"name": value})
    is_off = nic.get("isConnected") is False or (network and network.name == _NO_NETWORK)
    return None if is_off else network


def _shown(network: Network | None) -> dict[str, str | None]:
    return {"id": network.id, "name": network.name} if network else {"id": None, "name": None}
