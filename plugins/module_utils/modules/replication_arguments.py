# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The options of ``vm_replication`` and ``vapp_replication`` as data; see ``modules.arguments`` for the form."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import (
    Constraints,
    on_prem_auth_option,
    pace_options,
    state_option,
    vapp_selection_options,
    vm_selection_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.option_forms import (
    Option,
    Options,
    choice,
    numbers,
    required,
    texts,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.setting_arguments import prepared_recovery_options
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import VAPP, VM

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
            "options": {"vm": {"type": "str"}, "disks": {**numbers(), "required": True}},
        },
        "target_disk_type": {"type": "str", "choices": ["THIN", "PREALLOCATED", "PREALLOCATED_ZEROS"]},
        "initial_sync_time": {"type": "str"},
        "is_migration": {"type": "bool"},
        **prepared_recovery_options(),
        "force": {"type": "bool", "default": False},
        **on_prem_auth_option(),
        **pace_options(),
    }


def _source(kind: str) -> Option:
    types = {VM: ("vm", "vcVm"), VAPP: ("vapp", "vcVapp", "vappTemplate")}[kind]
    own: Options
    if kind == VM:
        own = {**texts("vm_id", "vapp_id"), "excluded_disks": numbers(), "vm_startup_info": _startup(per_vm=False)}
    else:
        own = {
            **texts("vapp_id", "vapp_template_id"),
            "vm_ids": {"type": "list", "elements": "str"},
            "vm_excluded_disks": {
                "type": "list",
                "elements": "dict",
                "options": {"vm_id": required(), "disks": {**numbers(), "required": True}},
            },
            "vm_startup_info": _startup(per_vm=True),
        }
    needs = {"vm": "vm_id", "vcVm": "vm_id", "vapp": "vapp_id", "vcVapp": "vm_ids", "vappTemplate": "vapp_template_id"}
    options = {"type": choice(types), "site": required(), **own, **texts("vc_uuid", "vapp_name")}
    return _typed(options, {source_type: needs[source_type] for source_type in types})


def _destination(kind: str) -> Option:
    seed: Options = {"mo_id": required(), "vc_id": required()}
    own: Options
    if kind == VM:
        own = {**texts("seed_vm_id"), "seed_vm": {"type": "dict", "options": seed}}
        needs = {"vm": "seed_vm_id", "vcVm": "seed_vm"}
    else:
        own = {**texts("seed_vapp_id"), "seed_vms": {"type": "list", "elements": "dict", "options": seed}}
        needs = {"vapp": "seed_vapp_id", "vcVapp": "seed_vms"}
    types = ("vcloud", *(name for name in needs if not name.startswith("vc")), "vc", "vcVm" if kind == VM else "vcVapp")
    options = {
        "type": choice(types),
        "site": required(),
        **texts("vdc", "placement_policy", "sizing_policy"),
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
        return {"type": "list", "elements": "dict", "options": {"vm_id": required(), **options}}
    return {"type": "dict", "options": options}
