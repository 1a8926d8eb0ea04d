# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The network settings of a replication for its recovery: what is set, and what a reverse carries over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import HALVES

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Network:
    """A network as settings name it; it has an id, a name or both."""

    id: str | None
    name: str | None

    @property
    def label(self) -> str:
        """The network as messages name it."""
        return self.name or self.id or ""

    def is_like(self, other: Network | None) -> bool:
        """Tell whether it is the same network: by the ids if both have one, else by the names."""
        if other is None:
            return False
        if self.id and other.id:
            return plain_id(self.id) == plain_id(other.id)
        return self.name is not None and self.name == other.name


@dataclass(frozen=True)
class NetworkMapping:
    """A network at the source and the one at the destination to which it is mapped; None if an end is not named.

    :param names: the names that the network has at the source: in the vApp, and in the VDC
    """

    source: Network | None
    destination: Network | None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lost:
    """A network that a reverse did not carry over.

    :param settings: failover or test
    :param source: the network at the source before the reverse; None for a NIC
    :param destination: the network at the destination before the reverse
    :param vm_id: the VM of the NIC, by its id before the reverse; None for a mapping
    """

    settings: str
    source: str | None
    destination: str | None
    vm_id: str | None = None
    nic_index: int | None = None

    @property
    def label(self) -> str:
        """What was lost, as messages name it."""
        if self.nic_index is not None:
            return f"{self.settings}: NIC {self.nic_index} in {self.destination}"
        return f"{self.settings}: {self.source or 'any'} -> {self.destination or 'none'}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as results show it."""
        fields = asdict(self)
        names = {"source": "source_network", "destination": "destination_network"}
        return {names.get(key, key): value for key, value in fields.items()}


def mappings_of(half: Document) -> list[NetworkMapping]:
    """Return the mappings of one half of the settings (vendor reference 4.1 to 4.7, vAppNetworkSettings)."""
    found = []
    for one in _items(_object(half.get("vAppNetworkSettings")).get("networkMappings")):
        ends = parse_network(one.get("sourceOrgVdcNetwork")), parse_network({"name": one.get("sourceNetworkName")})
        names = frozenset(end.name for end in ends if end and end.name)
        found.append(NetworkMapping(ends[0] or ends[1], parse_network(one.get("destinationOrgVdcNetwork")), names))
    return found


def nics_of(half: Document, vm_id: str | None) -> list[Document]:
    """Return the NICs of one VM: a vApp replication has them under the VM's id, a VM replication has them directly."""
    settings = _object(half.get("vmNetworkSettings"))
    return _items(settings.get("nics")) or _items(_object(settings.get(str(vm_id))).get("nics"))


def vm_settings_of(half: Document, vm_id: str | None) -> Document:
    """Return the network settings of one VM, as in ``nics_of``."""
    settings = _object(half.get("vmNetworkSettings"))
    return _object(settings.get(str(vm_id))) or settings


def is_set(half: Document, vm_id: str | None) -> bool:
    """Tell whether one half of the settings says anything about the networks of a VM."""
    vapp, vm = _object(half.get("vAppNetworkSettings")), vm_settings_of(half, vm_id)
    copies = vapp.get("copySourceNetworks") or vm.get("copySourceNicSettings")
    bridges = _items(vapp.get("bridgeOrgVdcNetworks"))
    nics = [nic for nic in nics_of(half, vm_id) if nic.get("network") or nic.get("isConnected") is False]
    return bool(copies or bridges or nics or [one for one in mappings_of(half) if one.destination])


def copies_networks(half: Document) -> bool:
    """Tell whether the vApp gets copies of its source networks, which the mappings connect to those of the VDC."""
    return _object(half.get("vAppNetworkSettings")).get("copySourceNetworks") is True


def destinations_of(half: Document) -> list[Network]:
    """Return the networks of the destination's VDC that one half of the settings names."""
    bridges = _items(_object(half.get("vAppNetworkSettings")).get("bridgeOrgVdcNetworks"))
    named = [parse_network(one) for one in bridges] + [one.destination for one in mappings_of(half)]
    return [network for network in named if network]


def lost_in_reverse(before: Document, after: Document, vm_ids: Mapping[str, str]) -> list[Lost]:
    """Return the mappings and NICs that are missing after a reverse.

    A mapping is carried over if it exists in the other direction (user guide 4.6, reverse). A mapping for a test is
    carried over if there is one for the network in which the VM runs now. A NIC is carried over if it has a network:
    the mappings decide which one.

    :param before: the settings of both halves before the reverse, as the API shows them
    :param after: the settings after the reverse
    :param vm_ids: the id of each VM after the reverse, by its id before the reverse
    """
    recovered_in = mappings_of(_object(before.get(HALVES["failover"])))
    lost: list[Lost] = []
    for name, key in HALVES.items():
        old, new = _object(before.get(key)), _object(after.get(key))
        for mapping in mappings_of(old):
            if mapping.destination is None:
                continue
            carried = _is_inverted if name == "failover" else _is_tested
            if not carried(mapping, mappings_of(new), recovered_in):
                source = mapping.source.label if mapping.source else None
                lost.append(Lost(name, source, mapping.destination.label))
        lost += _lost_nics(name, old, new, vm_ids)
    return lost


def lost_by_rule(before: Document) -> list[Lost]:
    """Return the mappings that a reverse loses, as documented: without a source, or with a shared destination.

    :param before: as in ``lost_in_reverse``
    """
    mappings = mappings_of(_object(before.get(HALVES["failover"])))
    named = [one.destination for one in mappings if one.destination]
    counts = Counter(network.id or network.name for network in named)
    return [
        Lost("failover", one.source.label if one.source else None, one.destination.label)
        for one in mappings
        if one.destination and (one.source is None or counts[one.destination.id or one.destination.name] > 1)
    ]


def _is_inverted(mapping: NetworkMapping, after: list[NetworkMapping], _failover: list[NetworkMapping]) -> bool:
    source, destination = mapping.source, mapping.destination
    return any(
        destination is not None
        and destination.is_like(one.source)
        and source is not None
        # A mapping without a network of the source's VDC cannot be inverted.
        and source.is_like(one.destination)
        for one in after
    )


def _is_tested(mapping: NetworkMapping, after: list[NetworkMapping], failover: list[NetworkMapping]) -> bool:
    runs_in = [one.destination for one in failover if mapping.source and mapping.source.is_like(one.source)]
    usable = [one for one in after if one.destination]
    known = [network for network in runs_in if network]
    return any(network.is_like(one.source) for network in known for one in usable) if known else bool(usable)


def _lost_nics(name: str, old: Document, new: Document, vm_ids: Mapping[str, str]) -> Iterator[Lost]:
    for vm_id, later_id in vm_ids.items():
        later = {nic.get("nicIndex"): nic for nic in nics_of(new, later_id) or nics_of(new, vm_id)}
        for nic in nics_of(old, vm_id):
            index, network = nic.get("nicIndex"), nic.get("network")
            if network and isinstance(index, int) and not later.get(index, {}).get("network"):
                yield Lost(name, None, str(network), vm_id, index)


def parse_network(value: Any) -> Network | None:
    """Read a reference to a network, or an entry of a list of them; None if it has neither id nor name."""
    reference = _object(value)
    identity, name = (one if isinstance(one, str) and one else None for one in map(reference.get, ("id", "name")))
    return Network(identity, name) if identity or name else None


def plain_id(identity: str) -> str:
    """Return an id of Cloud Director for a comparison: it has the same id as a UUID and as a URN that ends with it."""
    return identity.rpartition(":")[2].lower()


def _object(value: Any) -> Document:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> list[Document]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
