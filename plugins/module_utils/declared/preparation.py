# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Networks and guest customization for a recovery: separate documents of a replication, read when needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import (
    read_guest_customization,
    read_network_settings,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.settings.prepared_recovery import (
    BY_VM_KEY,
    HALVES,
    NETWORK_SETTINGS,
    check_prepared_vms,
    has_secrets,
    is_met,
    merged,
    shown_of,
    wished_guests,
    wished_networks,
)
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import GUEST_CUSTOMIZATION

_READERS: Mapping[str, Callable[[Client, Kind, str], dict[str, Any]]] = {
    NETWORK_SETTINGS: read_network_settings,
    GUEST_CUSTOMIZATION: read_guest_customization,
}
_WISHES: Mapping[str, Callable[..., dict[str, Any]]] = {
    NETWORK_SETTINGS: wished_networks,
    GUEST_CUSTOMIZATION: wished_guests,
}


@dataclass
class Preparation:
    """The wanted values in these documents of the replications, and the documents that the service shows.

    :param params: the parameters of vm_replication or vapp_replication
    :param version: the API version in use, None if the service does not tell it
    """

    params: Mapping[str, Any]
    version: Version | None
    # Option and id of the replication -> the first and the last reading of the replication, each with its document.
    _readings: dict[tuple[str, str], list[tuple[Replication, dict[str, Any]]]] = field(default_factory=dict)

    @property
    def options(self) -> list[str]:
        """The options that the user gave."""
        return [option for option in _READERS if self.params.get(option) is not None]

    def read(self, client: Client, option: str, replication: Replication, *, again: bool = True) -> None:
        """Read one document of a replication.

        :param again: whether to read it again if it was read with an earlier reading of the replication
        :raises VcdaError: if it cannot be read
        """
        known = self._readings.setdefault((option, replication.id), [])
        if not known or (again and known[-1][0] is not replication):
            document = _READERS[option](client, _kind(replication), replication.id)
            del known[1:]
            known.append((replication, document))

    def check_version(self, kind: Kind) -> None:
        """Check that the API version knows every option that was given.

        :raises VcdaError: if it does not know one
        """
        for option in self.options:
            _WISHES[option](kind.name, self.params, self.version, [])

    def check_vms(self, replications: Sequence[Replication], unread: Collection[str] = ()) -> None:
        """Check that every VM that an option names is one of the VMs of the replications.

        :param unread: requested replications that could not be read
        :raises VcdaError: category invalid_request, naming the option
        """
        check_prepared_vms(self.params, [vm.document for one in replications for vm in _vms(one)], unread)

    def is_met(self, option: str, replication: Replication) -> bool:
        """Tell whether a document has the wanted values; not if it was not read or if secrets are to be sent."""
        wish = self._wish(option, replication)
        if not wish:
            return True
        if self.params.get("update_secrets") and has_secrets(wish):
            return False
        return self.is_shown(option, replication)

    def is_shown(self, option: str, replication: Replication) -> bool:
        """Tell whether a document shows the wanted values, apart from the secrets."""
        is_read = bool(self._readings.get((option, replication.id)))
        return is_read and is_met(self._document(option, replication), self._wish(option, replication))

    def body(self, option: str, replication: Replication) -> dict[str, Any]:
        """Return the document, updated with the wanted values."""
        body: dict[str, Any] = merged(self._document(option, replication), self._wish(option, replication))
        return body

    def shown(self, option: str, replication: Replication, *, wished: bool = False) -> dict[str, Any]:
        """Return the values of a document that the user gave, with the keys of the API, for failover and test.

        :param wished: whether to return the wanted values instead of those that the service shows
        """
        wish = self._wish(option, replication)
        return _in_halves(shown_of(wish if wished else self._document(option, replication), wish))

    def known_of(self, option: str, replication: Replication) -> Any:
        """Return what ``shown`` returns, to compare it later; never equal if secrets are to be sent."""
        has_hidden = self.params.get("update_secrets") and has_secrets(self._wish(option, replication))
        return object() if has_hidden else self.shown(option, replication)

    def planned(self, option: str, kind: Kind) -> dict[str, Any]:
        """Return what ``shown`` would return for a replication that does not exist yet.

        The VMs of a vApp are not known yet, so they have the names that the user gave.
        """
        names = _named_vms(self.params[option])
        if kind is VM:
            vms = [{"vmId": "the VM", "vmName": next(iter(names), "")}]
        else:
            vms = [{"vmId": name, "vmName": name} for name in (*names, "every other VM" if names else "every VM")]
        wish = _WISHES[option](kind.name, self.params, self.version, vms)
        return _in_halves(shown_of(wish, wish))

    def _wish(self, option: str, replication: Replication) -> dict[str, Any]:
        documents = [vm.document for vm in _vms(replication)]
        return _WISHES[option](_kind(replication).name, self.params, self.version, documents)

    def _document(self, option: str, replication: Replication) -> dict[str, Any]:
        known = self._readings.get((option, replication.id)) or [(replication, {})]
        return next((document for reading, document in known if reading is replication), known[-1][1])


def _in_halves(shown: Mapping[str, Any]) -> dict[str, Any]:
    if BY_VM_KEY in shown:
        by_vm = shown[BY_VM_KEY].items()
        shown = {key: {vm: half[key] for vm, half in by_vm if key in half} for key in HALVES.values()}
    return {half: shown[key] for half, key in HALVES.items() if shown.get(key)}


def _named_vms(value: Any) -> list[str]:
    """Return the VMs that an option names, each once."""
    found: list[str] = []
    if isinstance(value, list):
        found = [entry["vm"] for entry in value if isinstance(entry, Mapping) and entry.get("vm")]
    elif isinstance(value, Mapping):
        found = [name for half in HALVES for name in _named_vms(_entries(value.get(half)))]
    return list(dict.fromkeys(found))


def _entries(half: Any) -> Any:
    return half.get("vm_network_settings") if isinstance(half, Mapping) else half


def _vms(replication: Replication) -> tuple[Replication, ...]:
    return replication.children or (replication,)


def _kind(replication: Replication) -> Kind:
    return VAPP if replication.children else VM
