# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The settings of a replication for its recovery: convert the options to API objects, compare and merge them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Field, Version, object_to_api
from ansible_collections.opendr.vcda.plugins.module_utils.settings.excluded_disks import EXCLUDED_DISKS
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import by_vm, check_entries
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import (
    GUEST,
    GUEST_CUSTOMIZATION,
    GUEST_SECRETS,
    VAPP,
    VAPP_NETWORK,
    VM_NETWORK,
)

NETWORK_SETTINGS = "network_settings"
PREPARED_OPTIONS = (NETWORK_SETTINGS, GUEST_CUSTOMIZATION)
# Suboption: key of both documents (vendor reference 4.1 to 4.7, network-settings; 4.5, guest-customization).
HALVES: Mapping[str, str] = {"failover": "failoverSettings", "test": "failoverTestSettings"}
BY_VM_KEY = "vmGuestCustomizationSettings"
SECRET_OPTIONS = tuple(field.option for field in GUEST if field.key in GUEST_SECRETS)
# A service that masks a secret shows asterisks instead.
_MASK = frozenset("*")


def check_prepared(params: Mapping[str, Any]) -> None:
    """Check the options as far as possible before the service is asked anything.

    :param params: the parameters of vm_replication or vapp_replication
    :raises VcdaError: category invalid_request, naming the option
    """
    for option, entries in _entry_lists(params):
        names = [entry.get("vm") for entry in entries]
        for name in names:
            if names.count(name) > 1:
                raise invalid(option, f"{f'VM {name}' if name else 'the entry without vm'} is there more than once")
    for half in HALVES:
        for entry in (params.get(GUEST_CUSTOMIZATION) or {}).get(half) or ():
            given = {field.key for field in GUEST if entry.get(field.option) is not None}
            if given and given <= GUEST_SECRETS and not params.get("update_secrets"):
                raise invalid(
                    f"{GUEST_CUSTOMIZATION}.{half}",
                    "secrets are not compared, so nothing tells whether those alone have to be sent",
                    hint="Set update_secrets, which sends them in every run, or give the settings that they belong to.",
                )


def check_prepared_vms(
    params: Mapping[str, Any], vms: Sequence[Mapping[str, Any]], unread: Collection[str] = ()
) -> None:
    """Check that every entry names exactly one of the VMs.

    :param params: as in ``check_prepared``
    :param vms: the API objects of all VM replications that are selected, those in selected vApps included
    :param unread: requested replications that could not be read; an entry that names one of them is not an error
    :raises VcdaError: category invalid_request, naming the option
    """
    for option, entries in _entry_lists(params):
        check_entries(option, entries, vms, unread)


def wished_networks(
    kind: str, params: Mapping[str, Any], version: Version | None, vms: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the wanted network settings, in the form of the API.

    :param kind: vm or vapp
    :param params: as in ``check_prepared``
    :param version: the API version in use, None if it is not known
    :param vms: the API objects of the VM replications; for a VM replication, its own
    :raises VcdaError: category invalid_request, if the version does not know an option
    """
    wish: dict[str, Any] = {}
    for half, key in HALVES.items():
        options = (params.get(NETWORK_SETTINGS) or {}).get(half) or {}
        where = f"{NETWORK_SETTINGS}.{half}."
        vapp = options.get("vapp_network_settings")
        entries = options.get("vm_network_settings") or ()
        by_id = _by_vm(VM_NETWORK, where + "vm_network_settings", entries, version, vms)
        wished = {}
        if vapp is not None:
            wished["vAppNetworkSettings"] = object_to_api(VAPP_NETWORK, vapp, where + "vapp_network_settings.", version)
        if by_id:
            wished["vmNetworkSettings"] = by_id if kind == VAPP else next(iter(by_id.values()))
        if wished:
            wish[key] = wished
    return wish


def wished_guests(
    kind: str, params: Mapping[str, Any], version: Version | None, vms: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the wanted guest customization, in the form of the API; see ``wished_networks``."""
    wish: dict[str, dict[str, Any]] = {}
    for half, key in HALVES.items():
        option = f"{GUEST_CUSTOMIZATION}.{half}"
        entries = (params.get(GUEST_CUSTOMIZATION) or {}).get(half) or ()
        for vm_id, settings in _by_vm(GUEST, option, entries, version, vms).items():
            wish.setdefault(vm_id, {})[key] = settings
    if kind == VAPP:
        return {BY_VM_KEY: wish} if wish else {}
    return next(iter(wish.values()), {})


def is_met(current: Any, wish: Any, key: str = "") -> bool:
    """Tell whether the service shows the wanted value; secrets, and what the user did not give, are not compared.

    :param current: the present value, None if the service shows none
    :param wish: the wanted value; only the keys and the NICs that it has are compared
    :param key: the key of the value
    """
    if isinstance(wish, Mapping):
        shown = current if isinstance(current, Mapping) else {}
        return all(is_met(shown.get(name), value, name) for name, value in wish.items() if name not in GUEST_SECRETS)
    if isinstance(wish, list):
        return _is_list_met([*current] if isinstance(current, list) else [], wish, key)
    if key == "macAddress" and isinstance(current, str):
        return current.replace("-", ":").lower() == str(wish).replace("-", ":").lower()
    return bool(current == wish)


def merged(current: Any, wish: Any, key: str = "") -> Any:
    """Return the present value, updated with the wanted one, because a PUT replaces the whole document.

    NICs that are not named stay; other lists are replaced. A secret that is shown as asterisks is not sent back.
    """
    if isinstance(wish, Mapping):
        shown = current if isinstance(current, Mapping) else {}
        kept = {name: _sendable(value) for name, value in shown.items() if not _is_masked(name, value)}
        return {**kept, **{name: merged(shown.get(name), value, name) for name, value in wish.items()}}
    if isinstance(wish, list) and key == "nics":
        present = [*current] if isinstance(current, list) else []
        by_index = {nic.get("nicIndex"): nic for nic in present if isinstance(nic, Mapping)}
        for nic in wish:
            by_index[nic["nicIndex"]] = merged(by_index.get(nic["nicIndex"]), nic)
        return list(by_index.values())
    return wish


def shown_of(current: Any, wish: Any, key: str = "") -> Any:
    """Return the part of the present value that the user gave, without secrets."""
    if isinstance(wish, Mapping):
        shown = current if isinstance(current, Mapping) else {}
        return {
            name: shown_of(shown.get(name), value, name) for name, value in wish.items() if name not in GUEST_SECRETS
        }
    if isinstance(wish, list) and key == "nics":
        present = [nic for nic in current if isinstance(nic, Mapping)] if isinstance(current, list) else []
        by_index = {nic.get("nicIndex"): nic for nic in present}
        return [shown_of(by_index.get(nic["nicIndex"]), nic) for nic in wish]
    return _without_secrets(current)


def secrets_of(params: Mapping[str, Any]) -> list[str]:
    """Return the secrets that the user gave."""
    guests = params.get(GUEST_CUSTOMIZATION) or {}
    return [
        entry[name] for half in HALVES for entry in guests.get(half) or () for name in SECRET_OPTIONS if entry.get(name)
    ]


def has_secrets(wish: Any) -> bool:
    """Tell whether the wanted values contain a secret."""
    if not isinstance(wish, Mapping):
        return False
    return any(name in GUEST_SECRETS or has_secrets(value) for name, value in wish.items())


def _is_list_met(current: list[Any], wish: list[Any], key: str) -> bool:
    if key == "nics":
        by_index = {nic.get("nicIndex"): nic for nic in current if isinstance(nic, Mapping)}
        return all(is_met(by_index.get(nic["nicIndex"]), nic) for nic in wish)
    # The order in which the service shows networks and mappings has no meaning.
    left = list(current)
    for entry in wish:
        match = next((one for one in left if is_met(one, entry)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _sendable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _sendable(item) for name, item in value.items() if not _is_masked(name, item)}
    return [_sendable(item) for item in value] if isinstance(value, list) else value


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_secrets(item) for name, item in value.items() if name not in GUEST_SECRETS}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _is_masked(key: str, value: Any) -> bool:
    return key in GUEST_SECRETS and isinstance(value, str) and bool(value) and set(value) <= _MASK


def _by_vm(
    fields: Sequence[Field],
    option: str,
    entries: Sequence[Mapping[str, Any]],
    version: Version | None,
    vms: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    converted = [object_to_api(fields, entry, option + ".", version) for entry in entries]
    return by_vm(option, entries, converted, vms)


def _entry_lists(params: Mapping[str, Any]) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    lists = [(EXCLUDED_DISKS, params.get(EXCLUDED_DISKS) or ())]
    for half in HALVES:
        networks = (params.get(NETWORK_SETTINGS) or {}).get(half) or {}
        lists.append((f"{NETWORK_SETTINGS}.{half}.vm_network_settings", networks.get("vm_network_settings") or ()))
        guests = (params.get(GUEST_CUSTOMIZATION) or {}).get(half) or ()
        lists.append((f"{GUEST_CUSTOMIZATION}.{half}", guests))
    return lists
