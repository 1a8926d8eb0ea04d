# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The options of recoveries and of recovery settings as data; see ``modules.arguments`` for the form."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.settings.prepared_recovery import (
    HALVES,
    NETWORK_SETTINGS,
    SECRET_OPTIONS,
)
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import recovery_options
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import GUEST_CUSTOMIZATION, VCENTER, VCLOUD

Options = dict[str, dict[str, Any]]


def recovery_settings_options(verb: str, kind: str) -> Options:
    """Return the options for the request body of a recovery: only those whose keys are documented for it.

    :param verb: failover, migrate or test failover
    :param kind: vm or vapp
    """
    settings_type = {"type": "str", "choices": [VCLOUD, VCENTER], "default": VCLOUD}
    every = _every_option()
    return {"settings_type": settings_type, **{name: every[name] for name in recovery_options(verb, kind)}}


def prepared_recovery_options() -> Options:
    """Return the options for recovery settings that are stored with a replication before its recovery."""
    networks: Options = {
        "vapp_network_settings": {"type": "dict", "options": _vapp_network()},
        "vm_network_settings": _by_vm(_vm_network()),
    }
    return {
        NETWORK_SETTINGS: _halves({"type": "dict", "options": networks}),
        GUEST_CUSTOMIZATION: _halves(_by_vm(_guest())),
        "update_secrets": {"type": "bool", "default": False, "no_log": False},
    }


def _halves(half: dict[str, Any]) -> dict[str, Any]:
    return {"type": "dict", "options": dict.fromkeys(HALVES, half)}


def _guest() -> Options:
    flags = ("enabled", "change_sid", "use_org_settings", "admin_password_enabled", "admin_password_auto")
    return {
        **{name: {"type": "bool", "no_log": False} for name in (*flags, "reset_password_required")},
        "join_domain_enabled": {"type": "bool"},
        **{name: {"type": "str"} for name in ("computer_name", "domain_name", "domain_org_unit", "domain_user_name")},
        "admin_auto_logon_count": {"type": "int"},
        "resolution_type": {"type": "str"},
        **{name: {"type": "str", "no_log": True} for name in SECRET_OPTIONS},
    }


def _every_option() -> Options:
    return {
        "instance_id": {"type": "str"},
        "instance_ids": {"type": "dict"},
        "instance_before": {"type": "str"},
        "power_on": {"type": "bool", "default": True},
        "consolidate": {"type": "bool", "default": False},
        "sync": {"type": "bool", "default": False},
        "snapshot_options": {"type": "str", "choices": ["DO_NOTHING", "CONSOLIDATE", "EXPOSE_PITS"]},
        "expose_points_in_time": {"type": "bool"},
        "vapp_network_settings": {"type": "dict", "options": _vapp_network()},
        "vm_network_settings": _by_vm(_vm_network()),
        "placement_policy": {"type": "str"},
        "sizing_policy": {"type": "str"},
        "copy_security_tags": {"type": "bool"},
        "custom_virtual_hardware": _by_vm(_hardware()),
    }


def _by_vm(options: Options) -> dict[str, Any]:
    return {"type": "list", "elements": "dict", "options": {"vm": {"type": "str"}, **options}}


def _vapp_network() -> Options:
    return {
        "copy_source_networks": {"type": "bool"},
        "bulk_connect_vm_nics": {"type": "bool"},
        "bridge_org_vdc_networks": {"type": "list", "elements": "dict", "options": _network()},
        "network_mappings": {
            "type": "list",
            "elements": "dict",
            "options": {
                "source_network_name": {"type": "str"},
                "source_org_vdc_network": {"type": "dict", "options": _network()},
                "destination_org_vdc_network": {"type": "dict", "options": _network()},
            },
        },
        "resolution_type": {"type": "str"},
    }


def _network() -> Options:
    return {"id": {"type": "str"}, "name": {"type": "str"}}


def _vm_network() -> Options:
    return {
        "copy_source_nic_settings": {"type": "bool"},
        "primary_nic_index": {"type": "int"},
        "nics": {
            "type": "list",
            "elements": "dict",
            "options": {
                "nic_index": {"type": "int", "required": True},
                "is_connected": {"type": "bool"},
                "network": {"type": "str"},
                "ip_address_allocation_mode": {"type": "str"},
                "ip_address": {"type": "str"},
                "external_ip_address": {"type": "str"},
                "mac_address": {"type": "str"},
                "reset_mac_address": {"type": "bool"},
                "network_adapter_type": {"type": "str"},
                "needs_customization": {"type": "bool"},
                "resolution_type": {"type": "str"},
            },
        },
        "resolution_type": {"type": "str"},
        "computer_name": {"type": "str"},
        "enable_guest_customization": {"type": "bool"},
    }


def _hardware() -> Options:
    return {
        "mac_address_policy": {"type": "str"},
        "memory_mb": {"type": "int"},
        "cpus": {"type": "int"},
        "cores_per_socket": {"type": "int"},
    }
