# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The options of all modules as data, in the form of Ansible's argument specs, without Ansible.

Two keys are added: ``env`` names the environment variable for the default of an option; ``peer_env`` marks the option
whose single element may come from ``PEER_ENVIRONMENT``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import ENVIRONMENT
from ansible_collections.opendr.vcda.plugins.module_utils.modules.setting_arguments import prepared_recovery_options
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import LEVELS, READ
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import VAPP, VM

Option = dict[str, Any]
Options = dict[str, Option]

# Suboption of extend_sites: environment variable. The environment can describe one peer.
PEER_ENVIRONMENT: Mapping[str, str] = {
    "site": "VCDA_PEER_SITE",
    "auth_type": "VCDA_PEER_AUTH_TYPE",
    "username": "VCDA_PEER_USERNAME",
    "password": "VCDA_PEER_PASSWORD",
    "access_token": "VCDA_PEER_ACCESS_TOKEN",
    "cookie": "VCDA_PEER_COOKIE",
    "organization": "VCDA_PEER_ORGANIZATION",
}


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
_SLA_REPLACES = tuple(("sla_profile", option) for option in ("rpo", "data_connection_type", "retention"))
VM_REPLICATION: Constraints = {
    "mutually_exclusive": (("vm_replication_ids", "vm_names", "source"), *_SLA_REPLACES),
    "required_one_of": (("vm_replication_ids", "vm_names", "source"),),
    "required_by": {"source_vapp": ("vm_names",), "destination": ("source",)},
}
VAPP_REPLICATION: Constraints = {
    "mutually_exclusive": (("vapp_replication_ids", "vapp_names", "source"), *_SLA_REPLACES),
    "required_one_of": (("vapp_replication_ids", "vapp_names", "source"),),
    "required_by": {"destination": ("source",)},
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


def connection_options() -> Options:
    """Return the options that every module has."""
    return {
        "hostname": {"type": "str", "required": True, "env": "VCDA_HOSTNAME"},
        "port": {"type": "int", "default": 443, "env": "VCDA_PORT"},
        "auth_type": {
            "type": "str",
            "choices": ["vcd", "local_user", "sso", "vcd_access_token", "vcd_cookie"],
            "default": "vcd",
            "env": "VCDA_AUTH_TYPE",
        },
        "username": {"type": "str", "env": "VCDA_USERNAME"},
        "password": {"type": "str", "no_log": True, "env": "VCDA_PASSWORD"},
        "access_token": {"type": "str", "no_log": True, "env": "VCDA_ACCESS_TOKEN"},
        "organization": {"type": "str", "env": "VCDA_ORGANIZATION"},
        "vcd_cookie": {"type": "str", "no_log": True, "env": "VCDA_VCD_COOKIE"},
        "session_token": {"type": "str", "no_log": True, "env": "VCDA_SESSION_TOKEN"},
        "extend_sites": {"type": "list", "elements": "dict", "options": _peer_options(), "peer_env": True},
        "site": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True, "env": "VCDA_VALIDATE_CERTS"},
        "ca_path": {"type": "path", "env": "VCDA_CA_PATH"},
        "certificate_thumbprint": {"type": "str", "env": "VCDA_CERTIFICATE_THUMBPRINT"},
        "api_version": {"type": "str", "env": "VCDA_API_VERSION"},
        "request_timeout": {"type": "float", "default": 60.0, "env": "VCDA_REQUEST_TIMEOUT"},
        "operation_id": {"type": "str", "env": ENVIRONMENT},
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
        "vm_replication_ids": _names("vm_replication_id"),
        "vm_names": _names("vm_name"),
        "source_vapp": {"type": "str"},
        "owner": {"type": "str"},
    }


def vapp_selection_options() -> Options:
    """Return the options that select vApp replications."""
    return {
        "vapp_replication_ids": _names("vapp_replication_id"),
        "vapp_names": _names("vapp_name"),
        "owner": {"type": "str"},
    }


def replication_options(kind: str) -> Options:
    """Return the options of vm_replication or vapp_replication.

    :param kind: vm or vapp
    """
    selection = vm_selection_options() if kind == VM else vapp_selection_options()
    return {
        **selection,
        **state_option(),
        "source": _source(kind),
        "destination": _destination(kind),
        "paused": {"type": "bool"},
        "rpo": {"type": "int"},
        "quiesced": {"type": "bool"},
        "retention": {
            "type": "list",
            "elements": "dict",
            "options": {
                "instances": {"type": "int", "required": True},
                "distance": {"type": "int", "required": True},
            },
        },
        "data_connection_type": {"type": "str", "choices": ["PLAIN", "ENCRYPTED", "ENCRYPTED_COMPRESSED"]},
        "sla_profile": {"type": "str"},
        "description": {"type": "str"},
        "storage_profile": {"type": "str"},
        "excluded_disks": {
            "type": "list",
            "elements": "dict",
            "options": {"vm": {"type": "str"}, "disks": {**_numbers(), "required": True}},
        },
        "target_disk_type": {"type": "str", "choices": ["THIN", "PREALLOCATED", "PREALLOCATED_ZEROS"]},
        "initial_sync_time": {"type": "str"},
        "is_migration": {"type": "bool"},
        **prepared_recovery_options(),
        "force": {"type": "bool", "default": False},
        **_on_prem_auth(),
        **_pace_options(),
    }


def info_options(kind: str) -> Options:
    """Return the filters of vm_replication_info or vapp_replication_info.

    :param kind: vm or vapp
    """
    own = (
        {**_texts("vm_name_contains", "vm_id", "source_vim_server_uuid")}
        if kind == VM
        else {**_texts("vapp_name_contains", "vapp_id"), "destination_site_type": _site_type()}
    )
    return {
        kind + "_replication_ids": _names(kind + "_replication_id"),
        kind + "_names": _names(kind + "_name"),
        **own,
        **_texts("owner", "source_site", "source_org", "source_vdc_id", "source_vdc_name"),
        "source_site_type": _site_type(),
        **_texts("destination_org", "destination_vdc_id", "destination_vdc_name"),
        "health": {"type": "list", "elements": "str", "choices": ["GREEN", "YELLOW", "RED"]},
        "is_migration": {"type": "bool"},
        **_texts("data_connection_state", "sla_profile", "storage_profile", "datastore", "destination_vcenter"),
        **_texts("changed_after", "changed_before", "recovered_id"),
        "sort": {"type": "list", "elements": "str"},
        "instances": {"type": "bool", "default": False},
        "tests": {"type": "bool", "default": False},
        "recovery_settings": {"type": "bool", "default": False},
    }


def task_info_options() -> Options:
    """Return the filters of task_info."""
    return {
        "task_ids": _names("task_id"),
        "state": {"type": "str", "choices": ["RUNNING", "SUCCEEDED", "FAILED"]},
        **_texts("type", "resource_id", "resource_name", "user", "source_org", "destination_org"),
        # A filter here, so VCDA_OPERATION_ID must not set it as it does in the other modules.
        **_texts("operation_id"),
        "resource_types": {"type": "list", "elements": "str"},
        **_texts("started_after", "started_before", "ended_after", "ended_before"),
        "sort": {"type": "list", "elements": "str"},
        "max_tasks": {"type": "int", "default": 100},
    }


def site_info_options() -> Options:
    """Return the options of site_info."""
    return {"names": {"type": "list", "elements": "str", "aliases": ["name"]}}


def service_info_options() -> Options:
    """Return the options of service_info."""
    return {"health": {"type": "bool", "default": True}, **_wait_limits(300)}


def service_probe_options() -> Options:
    """Return the options of service_probe."""
    return {
        "level": {"type": "str", "choices": list(LEVELS), "default": READ},
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
    return {"profile_ids": _names("profile_id"), "names": _names("name")}


def policy_info_options() -> Options:
    """Return the options of policy_info."""
    return {"policy_ids": _names("policy_id"), "names": _names("name"), "status": {"type": "bool", "default": False}}


def recovery_plan_info_options() -> Options:
    """Return the options of recovery_plan_info."""
    return {
        "plan_ids": _names("plan_id"),
        "names": _names("name"),
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
        **_texts("plan_id", "name"),
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
    return {**selection, **direction, **_pace_options(), **_guard(), **own, **(_on_prem_auth() if on_prem_auth else {})}


def _guard() -> Options:
    return {"respect_recovery_plans": {"type": "bool", "default": False}}


def _pace_options() -> Options:
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


def _on_prem_auth() -> Options:
    return {"on_prem_auth": {"type": "str", "no_log": True}}


def _peer_options() -> Options:
    return {
        "site": {"type": "str", "required": True},
        "auth_type": {
            "type": "str",
            "choices": ["credentials", "cookie", "vcd_access_token", "multisite"],
            "default": "credentials",
        },
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "access_token": {"type": "str", "no_log": True},
        "cookie": {"type": "str", "no_log": True},
        "organization": {"type": "str"},
    }


def _source(kind: str) -> Option:
    types = {VM: ("vm", "vcVm"), VAPP: ("vapp", "vcVapp", "vappTemplate")}[kind]
    own: Options
    if kind == VM:
        own = {**_texts("vm_id", "vapp_id"), "excluded_disks": _numbers(), "vm_startup_info": _startup(per_vm=False)}
    else:
        own = {
            **_texts("vapp_id", "vapp_template_id"),
            "vm_ids": {"type": "list", "elements": "str"},
            "vm_excluded_disks": {
                "type": "list",
                "elements": "dict",
                "options": {"vm_id": _required(), "disks": {**_numbers(), "required": True}},
            },
            "vm_startup_info": _startup(per_vm=True),
        }
    needs = {"vm": "vm_id", "vcVm": "vm_id", "vapp": "vapp_id", "vcVapp": "vm_ids", "vappTemplate": "vapp_template_id"}
    options = {"type": _choice(types), "site": _required(), **own, **_texts("vc_uuid", "vapp_name")}
    return _typed(options, {source_type: needs[source_type] for source_type in types})


def _destination(kind: str) -> Option:
    seed: Options = {"mo_id": _required(), "vc_id": _required()}
    own: Options
    if kind == VM:
        own = {**_texts("seed_vm_id"), "seed_vm": {"type": "dict", "options": seed}}
        needs = {"vm": "seed_vm_id", "vcVm": "seed_vm"}
    else:
        own = {**_texts("seed_vapp_id"), "seed_vms": {"type": "list", "elements": "dict", "options": seed}}
        needs = {"vapp": "seed_vapp_id", "vcVapp": "seed_vms"}
    types = ("vcloud", *(name for name in needs if not name.startswith("vc")), "vc", "vcVm" if kind == VM else "vcVapp")
    options = {
        "type": _choice(types),
        "site": _required(),
        **_texts("vdc", "placement_policy", "sizing_policy"),
        **own,
    }
    return _typed(options, needs)


def _typed(options: Options, needs: Mapping[str, str]) -> Option:
    required_if = [("type", name, (option,)) for name, option in needs.items()]
    return {"type": "dict", "options": options, "required_if": required_if}


def _startup(*, per_vm: bool) -> Option:
    options: Options = {
        "order": {"type": "int"},
        "start_action": {"type": "str"},
        "start_delay": {"type": "int"},
        "stop_action": {"type": "str"},
        "stop_delay": {"type": "int"},
    }
    if per_vm:
        return {"type": "list", "elements": "dict", "options": {"vm_id": _required(), **options}}
    return {"type": "dict", "options": options}


def _names(alias: str) -> Option:
    return {"type": "list", "elements": "str", "aliases": [alias]}


def _numbers() -> Option:
    return {"type": "list", "elements": "int"}


def _required() -> Option:
    return {"type": "str", "required": True}


def _choice(values: Iterable[str]) -> Option:
    values = list(values)
    return {"type": "str", "choices": values, "default": values[0]}


def _site_type() -> Option:
    return {"type": "str", "choices": ["vcloud", "vcenter"]}


def _texts(*names: str) -> Options:
    return {name: {"type": "str"} for name in names}
