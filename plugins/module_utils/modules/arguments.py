# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The options of all modules as data, in the form of Ansible's argument specs, without Ansible.

Two keys are added: ``env`` names the environment variable for the default of an option; ``peer_env`` marks the option
whose single element may come from ``PEER_ENVIRONMENT``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.modules.option_forms import (
    Options,
    choice,
    names,
    site_type,
    texts,
)


class Constraints(TypedDict):
    """The rules between a module's selection options, as keyword arguments of ``Definition``."""

    mutually_exclusive: tuple[tuple[str, ...], ...]
    required_one_of: tuple[tuple[str, ...], ...]
    required_by: Mapping[str, tuple[str, ...]]


VM_SELECTION: Constraints = {
    "mutually_exclusive": (("vm_replication_ids", "vm_names"),),
    "required_one_of": (("vm_replication_ids", "vm_names"),),
    "required_by": {"source_vapp": ("vm_names",), "owner": ("vm_names",)},
}
VAPP_SELECTION: Constraints = {
    "mutually_exclusive": (("vapp_replication_ids", "vapp_names"),),
    "required_one_of": (("vapp_replication_ids", "vapp_names"),),
    "required_by": {"owner": ("vapp_names",)},
}
VM_RECOVERY: Constraints = {
    **VM_SELECTION,
    "mutually_exclusive": (
        *VM_SELECTION["mutually_exclusive"],
        ("instance_id", "instance_ids", "instance_before"),
    ),
}
VAPP_RECOVERY: Constraints = {
    **VAPP_SELECTION,
    "mutually_exclusive": (*VAPP_SELECTION["mutually_exclusive"], ("instance_ids", "instance_before")),
}
VM_INFO: Constraints = {
    "mutually_exclusive": (("vm_replication_ids", "vm_names"),),
    "required_one_of": (),
    "required_by": {},
}
VAPP_INFO: Constraints = {
    "mutually_exclusive": (("vapp_replication_ids", "vapp_names"),),
    "required_one_of": (),
    "required_by": {},
}
READINESS_SELECTION: Constraints = {
    "mutually_exclusive": (("vm_replication_ids", "vm_names", "all"),),
    "required_one_of": (("vm_replication_ids", "vm_names", "all"),),
    "required_by": {"source_vapp": ("vm_names",)},
}


def vm_operation_options(
    *,
    active_site: bool = True,
    active_site_required: bool = False,
    on_prem_auth: bool = False,
    compares_networks: bool = False,
) -> Options:
    """Return the options of a module that operates on VM replications.

    :param active_site: whether the operation has a direction
    :param active_site_required: whether the user must give the direction
    :param on_prem_auth: whether the On-Prem-Auth header is documented for the operation
    :param compares_networks: whether the module can compare the network settings before and after the operation
    """
    return _operation_options(
        vm_selection_options(), active_site, active_site_required, on_prem_auth, compares_networks
    )


def vapp_operation_options(
    *,
    active_site: bool = True,
    active_site_required: bool = False,
    on_prem_auth: bool = False,
    compares_networks: bool = False,
) -> Options:
    """Return the options of a module that operates on vApp replications; see ``vm_operation_options``."""
    return _operation_options(
        vapp_selection_options(), active_site, active_site_required, on_prem_auth, compares_networks
    )


def state_option() -> Options:
    """Return the option of modules that create or remove an object."""
    return {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


def vm_selection_options() -> Options:
    """Return the options that select VM replications."""
    return {
        "vm_replication_ids": names("vm_replication_id"),
        "vm_names": names("vm_name"),
        "source_vapp": {"type": "str"},
        "owner": {"type": "str"},
    }


def vapp_selection_options() -> Options:
    """Return the options that select vApp replications."""
    return {
        "vapp_replication_ids": names("vapp_replication_id"),
        "vapp_names": names("vapp_name"),
        "owner": {"type": "str"},
    }


def info_options(kind: str) -> Options:
    """Return the filters of vm_replication_info or vapp_replication_info.

    :param kind: vm or vapp
    """
    own = (
        texts("vm_name_contains", "vm_id", "source_vim_server_uuid")
        if kind == VM.name
        else texts("vapp_name_contains", "vapp_id")
    )
    return {
        kind + "_replication_ids": names(kind + "_replication_id"),
        kind + "_names": names(kind + "_name"),
        **own,
        **texts("owner", "source_site", "source_org", "source_vdc_id", "source_vdc_name"),
        "source_site_type": site_type(),
        "destination_site_type": site_type(),
        **texts("destination_org", "destination_vdc_id", "destination_vdc_name"),
        "organizations": {"type": "list", "elements": "str"},
        "health": {"type": "list", "elements": "str", "choices": ["GREEN", "YELLOW", "RED"]},
        "is_migration": {"type": "bool"},
        **texts("data_connection_state", "sla_profile", "storage_profile", "datastore", "destination_vcenter"),
        **texts("changed_after", "changed_before", "recovered_id"),
        "sort": {"type": "list", "elements": "str"},
        "instances": {"type": "bool", "default": False},
        "tests": {"type": "bool", "default": False},
        "recovery_settings": {"type": "bool", "default": False},
    }


def task_info_options() -> Options:
    """Return the filters of task_info."""
    return {
        "task_ids": names("task_id"),
        "state": {"type": "str", "choices": ["RUNNING", "SUCCEEDED", "FAILED"]},
        **texts("type", "resource_id", "resource_name", "user", "source_org", "destination_org"),
        # A filter here, so VCDA_OPERATION_ID must not set it as it does in the other modules.
        **texts("operation_id"),
        "resource_types": {"type": "list", "elements": "str"},
        **texts("started_after", "started_before", "ended_after", "ended_before"),
        "sort": {"type": "list", "elements": "str"},
        "max_tasks": {"type": "int", "default": 100},
    }


def site_info_options() -> Options:
    """Return the options of site_info."""
    return {"names": {"type": "list", "elements": "str", "aliases": ["name"]}}


def service_info_options() -> Options:
    """Return the options of service_info."""
    return {"health": {"type": "bool", "default": True}, **_wait_limits(300)}


def service_probe_options(levels: Iterable[str]) -> Options:
    """Return the options of service_probe.

    :param levels: what the probe may do at the service, the least first
    """
    return {
        "level": choice(levels),
        "vm_name": {"type": "str"},
        "confirm": {"type": "str"},
        "home_site": {"type": "str"},
        "recovery": {"type": "str", "choices": ["migrate", "failover"], "default": "migrate"},
        "idle_wait": {"type": "int", "default": 1860},
        "step_timeout": {"type": "int", "default": 3600},
        "poll_interval": {"type": "float", "default": 10.0},
    }


def session_options() -> Options:
    """Return the options of session."""
    return {**state_option(), "extend": {"type": "bool", "default": True}}


def sla_profile_info_options() -> Options:
    """Return the options of sla_profile_info."""
    return {"profile_ids": names("profile_id"), "names": names("name")}


def policy_info_options() -> Options:
    """Return the options of policy_info."""
    return {"policy_ids": names("policy_id"), "names": names("name"), "status": {"type": "bool", "default": False}}


def recovery_plan_info_options() -> Options:
    """Return the options of recovery_plan_info."""
    return {
        "plan_ids": names("plan_id"),
        "names": names("name"),
        "states": {
            "type": "list",
            "elements": "str",
            "choices": ["NOT_STARTED", "RUNNING", "SUSPENDED", "COMPLETE"],
            "aliases": ["state"],
        },
        "report": {"type": "bool", "default": True},
    }


def recovery_plan_options() -> Options:
    """Return the options of recovery_plan."""
    return {
        **texts("plan_id", "name"),
        "operation": {"type": "str", "choices": ["test", "cleanup", "failover", "migrate"], "required": True},
        "validate": {"type": "bool"},
        "wait": {"type": "bool", "default": True},
        **_wait_limits(3600),
        "wait_for_approval": {"type": "bool", "default": False},
    }


def readiness_options(checks: Iterable[str]) -> Options:
    """Return the options of recovery_readiness_info.

    :param checks: the names of all checks
    """
    return {
        **vm_selection_options(),
        "all": {"type": "bool"},
        "active_site": {"type": "str"},
        "max_rpo_violation": {"type": "int", "default": 0},
        "max_instance_age": {"type": "int"},
        "max_test_age": {"type": "int", "default": 86400},
        "min_optimized_reverse": {"type": "int", "default": 24},
        "min_certificate_days": {"type": "int", "default": 30},
        "max_clock_difference": {"type": "int", "default": 60},
        "require_recovery_settings": {"type": "bool", "default": False},
        **_guard(),
        "skip_checks": {"type": "list", "elements": "str", "choices": list(checks)},
    }


def _operation_options(
    selection: Options, active_site: bool, required: bool, on_prem_auth: bool, compares_networks: bool
) -> Options:
    direction: Options = {"active_site": {"type": "str", "required": required}} if active_site else {}
    own: Options = {"compare_networks": {"type": "bool", "default": False}} if compares_networks else {}
    return {
        **selection,
        **direction,
        **pace_options(),
        **_guard(),
        **own,
        **(on_prem_auth_option() if on_prem_auth else {}),
    }


def _guard() -> Options:
    return {"respect_recovery_plans": {"type": "bool", "default": False}}


def pace_options() -> Options:
    """Return the options that tell how fast to start, how long to wait, and what to return."""
    return {
        "wait": {"type": "bool", "default": True},
        **_wait_limits(3600),
        "max_concurrent": {"type": "int", "default": 16},
        "continue_on_error": {"type": "bool", "default": True},
        "compact": {"type": "bool"},
    }


def _wait_limits(timeout: int) -> Options:
    return {
        "wait_timeout": {"type": "int", "default": timeout},
        "poll_interval": {"type": "float", "default": 10.0},
    }


def on_prem_auth_option() -> Options:
    """Return the option for the ``On-Prem-Auth`` header."""
    return {"on_prem_auth": {"type": "str", "no_log": True}}
