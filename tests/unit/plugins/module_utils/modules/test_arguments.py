# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options as data: secrets, environment variables, constraints, and their fit with the request bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Peer
from ansible_collections.opendr.vcda.plugins.module_utils.modules import arguments
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.option_forms import Options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_arguments import (
    VAPP_REPLICATION,
    VM_REPLICATION,
    replication_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.setting_arguments import recovery_settings_options
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import (
    DESTINATIONS,
    RECOVERY_SETTINGS,
    SOURCES,
)

KINDS = ("vm", "vapp")
RECOVERIES = ("failover", "migrate", "test failover")
SETS: dict[str, Callable[[], Options]] = {
    "connection": connection_options,
    "vm_operation": lambda: arguments.vm_operation_options(active_site_required=True, on_prem_auth=True),
    "vapp_operation": lambda: arguments.vapp_operation_options(active_site_required=True, on_prem_auth=True),
    "vm_replication": lambda: replication_options("vm"),
    "vapp_replication": lambda: replication_options("vapp"),
    "vm_info": lambda: arguments.info_options("vm"),
    "vapp_info": lambda: arguments.info_options("vapp"),
    "task_info": arguments.task_info_options,
    "site_info": arguments.site_info_options,
    "service_info": arguments.service_info_options,
    "service_probe": partial(arguments.service_probe_options, ("read", "session", "cycle")),
    "session": arguments.session_options,
    "readiness": partial(arguments.readiness_options, ("session", "clock")),
    **{
        f"{verb} {kind}": lambda verb=verb, kind=kind: recovery_settings_options(verb, kind)  # type: ignore[misc]
        for verb in RECOVERIES
        for kind in KINDS
    },
}
# What carries a secret, wherever it stands.
SECRETS = {"password", "access_token", "vcd_cookie", "cookie", "session_token", "on_prem_auth"}
SECRETS |= {"admin_password", "domain_user_password", "customization_script"}
CONSTRAINTS = [
    (arguments.VM_SELECTION, ["vm_operation"]),
    (arguments.VAPP_SELECTION, ["vapp_operation"]),
    (arguments.VM_RECOVERY, ["vm_operation", "failover vm"]),
    (arguments.VM_RECOVERY, ["vm_operation", "test failover vm"]),
    (arguments.VAPP_RECOVERY, ["vapp_operation", "failover vapp"]),
    (arguments.VAPP_RECOVERY, ["vapp_operation", "test failover vapp"]),
    (VM_REPLICATION, ["vm_replication"]),
    (VAPP_REPLICATION, ["vapp_replication"]),
    (arguments.VM_INFO, ["vm_info"]),
    (arguments.VAPP_INFO, ["vapp_info"]),
    (arguments.READINESS_SELECTION, ["readiness"]),
]


def walk(options: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the path, the name and the data of every option and suboption."""
    for name, option in options.items():
        yield where + name, name, option
        yield from walk(option.get("options", {}), f"{where}{name}.")


@pytest.mark.parametrize("group", SETS)
def test_every_option_is_of_a_sound_form(group: str) -> None:
    known = {"type", "elements", "options", "choices", "default", "required", "required_if", "aliases", "no_log"}
    for path, name, option in walk(SETS[group]()):
        assert option.keys() <= known | {"env", "peer_env"}, path
        assert re.fullmatch("[a-z][a-z_]*", name), path
        assert not name.startswith("ansible_"), path
        assert ("elements" in option) == (option["type"] == "list"), path
        assert "options" not in option or "dict" in (option["type"], option.get("elements")), path
        assert not option.get("required") or "default" not in option, path
        assert option.get("default") in (None, *option.get("choices", [option.get("default")])), path


@pytest.mark.parametrize("group", SETS)
def test_exactly_the_secrets_are_kept_from_the_log(group: str) -> None:
    for path, name, option in walk(SETS[group]()):
        assert option.get("no_log", False) is (name in SECRETS), path


@pytest.mark.parametrize("group", SETS)
def test_every_call_gives_options_of_its_own(group: str) -> None:
    SETS[group]().popitem()
    for option in SETS[group]().values():
        option["type"] = "changed by a caller"
    assert not [name for name, option in SETS[group]().items() if option["type"] == "changed by a caller"]


def test_the_connection_can_come_from_the_environment() -> None:
    variables = {name: option["env"] for name, option in connection_options().items() if "env" in option}
    assert variables == {name: "VCDA_" + name.upper() for name in variables}
    # One run may ask several sites, so the site is said by the task; the peers have variables of their own.
    assert set(connection_options()) - set(variables) == {"site", "extend_sites"}


def test_one_peer_can_come_from_the_environment() -> None:
    peer = connection_options()["extend_sites"]
    assert peer["peer_env"] is True
    assert dict(PEER_ENVIRONMENT) == {name: "VCDA_PEER_" + name.upper() for name in peer["options"]}
    assert set(peer["options"]) == set(Peer.__dataclass_fields__)
    # A variable must never fill in for one entry what belongs to another site.
    assert not [path for path, _name, option in walk(peer["options"]) if "env" in option]


def test_only_the_connection_is_taken_from_the_environment() -> None:
    for group, make in SETS.items():
        if group != "connection":
            assert not [path for path, _name, option in walk(make()) if "env" in option or "peer_env" in option]


@pytest.mark.parametrize(("constraints", "groups"), CONSTRAINTS)
def test_constraints_name_options_that_are_there(constraints: arguments.Constraints, groups: list[str]) -> None:
    options = {name: option for group in groups for name, option in SETS[group]().items()}
    rules = [*constraints["mutually_exclusive"], *constraints["required_one_of"]]
    named = {name for rule in rules for name in rule}
    for name, needed in constraints["required_by"].items():
        named |= {name, *needed}
    assert named <= set(options)
    # Ansible counts a default as given, so an option with one can exclude nothing.
    excluding = {name for rule in constraints["mutually_exclusive"] for name in rule}
    assert not [name for name in excluding if "default" in options[name]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", RECOVERIES)
def test_recovery_options_are_those_of_the_body(verb: str, kind: str) -> None:
    fitting = [setting for setting in RECOVERY_SETTINGS if verb in setting.verbs and kind in setting.kinds]
    options = recovery_settings_options(verb, kind)
    instance = {"instance_id", "instance_ids", "instance_before"}
    assert set(options) - instance == {"settings_type"} | {setting.field.option for setting in fitting}
    assert set(options) & instance == (instance if verb != "migrate" else set()) - (
        {"instance_id"} if kind == "vapp" else set()
    )
    for setting in fitting:
        option = options[setting.field.option]
        own = {"vm"} if setting.per_vm else set()
        assert set(option.get("options", {})) - own == {field.option for field in setting.field.fields}
        for field in setting.field.fields:
            suboptions = option["options"][field.option].get("options", {})
            assert set(suboptions) == {inner.option for inner in field.fields}


@pytest.mark.parametrize(
    ("kind", "option", "table"),
    [
        ("vm", "source", SOURCES),
        ("vapp", "source", SOURCES),
        ("vm", "destination", DESTINATIONS),
        ("vapp", "destination", DESTINATIONS),
    ],
)
def test_every_suboption_of_source_and_destination_belongs_to_a_type(
    kind: str, option: str, table: Mapping[str, tuple[Any, ...]]
) -> None:
    suboptions = replication_options(kind)[option]["options"]
    fields = {field.option for name in suboptions["type"]["choices"] for field in table[name]}
    assert set(suboptions) - {"type"} == fields


def test_every_documented_type_of_source_and_destination_is_offered() -> None:
    for option, table in (("source", SOURCES), ("destination", DESTINATIONS)):
        offered = [name for kind in KINDS for name in replication_options(kind)[option]["options"]["type"]["choices"]]
        assert set(offered) == set(table)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("option", "table"), [("source", SOURCES), ("destination", DESTINATIONS)])
def test_what_a_type_needs_is_an_option_of_that_type(
    kind: str, option: str, table: Mapping[str, tuple[Any, ...]]
) -> None:
    described = replication_options(kind)[option]
    for name, value, needed in described["required_if"]:
        assert name == "type"
        assert value in described["options"]["type"]["choices"]
        assert set(needed) <= {field.option for field in table[value]}


def test_direction_is_asked_where_there_is_one() -> None:
    assert arguments.vm_operation_options(active_site_required=True)["active_site"]["required"] is True
    assert arguments.vapp_operation_options()["active_site"]["required"] is False
    assert "active_site" not in arguments.vm_operation_options(active_site=False)


def test_the_header_is_offered_where_it_is_documented() -> None:
    assert "on_prem_auth" in arguments.vm_operation_options(on_prem_auth=True)
    assert "on_prem_auth" not in arguments.vapp_operation_options()
