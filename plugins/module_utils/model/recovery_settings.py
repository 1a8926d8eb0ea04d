# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Read the settings of a replication for a later recovery: networks and guest customization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import mask_fields
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Kind

# Key of the result: key of both documents (vendor reference 4.1 to 4.7, network-settings; 4.5, guest-customization).
HALVES: Mapping[str, str] = {"failover": "failoverSettings", "test": "failoverTestSettings"}
BY_VM_KEY = "vmGuestCustomizationSettings"
GUEST_SINCE: Version = (4, 5)


def read_recovery_settings(client: Client, kind: Kind, replication_id: str) -> dict[str, Any]:
    """Read how a replication is set up for a failover or migration, and for a test.

    :param replication_id: id of a replication of that kind
    :returns: for ``failover`` and ``test`` the API's objects with secrets masked; what is not set up is None, and so is
        the guest customization on a version that does not know it
    :raises VcdaError: if the service cannot be read
    """
    networks = read_network_settings(client, kind, replication_id)
    version = client.api_version()
    has_guests = version is not None and version >= GUEST_SINCE
    guests = read_guest_customization(client, kind, replication_id) if has_guests else {}
    return {name: _half(networks, guests, key) for name, key in HALVES.items()}


def read_network_settings(client: Client, kind: Kind, replication_id: str) -> dict[str, Any]:
    """Read the networks of both halves as the API shows them (vendor reference 4.1 to 4.7, network-settings get)."""
    return client.get(f"{kind.path}/{replication_id}/network-settings")


def read_guest_customization(client: Client, kind: Kind, replication_id: str) -> dict[str, Any]:
    """Read the guest customization of both halves, secrets included (vendor reference 4.5, guest-customization get)."""
    return client.get(f"{kind.path}/{replication_id}/guest-customization")


def _half(networks: Mapping[str, Any], guests: Mapping[str, Any], key: str) -> dict[str, Any]:
    half = _object(networks.get(key))
    by_vm = guests.get(BY_VM_KEY)
    guest: Any = guests.get(key)
    if isinstance(by_vm, Mapping):
        guest = {vm_id: _object(settings).get(key) for vm_id, settings in by_vm.items()}
    return {
        "vapp_network_settings": mask_fields(half.get("vAppNetworkSettings")),
        "vm_network_settings": mask_fields(half.get("vmNetworkSettings")),
        "guest_customization": mask_fields(guest),
    }


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
