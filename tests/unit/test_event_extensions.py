# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Event-Driven Ansible reads beside the event source: schema, rulebooks, credential type, decision environment."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jinja2
import jsonschema_rs
import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.watch import connection_params

ROOT = Path(__file__).parents[2]
EDA = ROOT / "extensions" / "eda"
SOURCE = EDA / "plugins" / "event_source"
RULEBOOKS = sorted((EDA / "rulebooks").glob("*.yml"))
CREDENTIAL = EDA / "credential_types" / "vcda"
# What a rule may take out of an event: the source tells it only if it is of the form of an id or a site.
SAFE = {"event.replication.vm_replication_id", "event.replication.destination_site"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def schema() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SOURCE / "schemas" / "replications.json").read_text(encoding="utf-8"))
    return document


def documented() -> dict[str, Any]:
    text = (SOURCE / "replications.py").read_text(encoding="utf-8")
    options: dict[str, Any] = yaml.safe_load(re.findall(r'DOCUMENTATION = r"""(.*?)"""', text, re.DOTALL)[0])["options"]
    return options


def test_the_schema_has_every_option_of_the_source() -> None:
    properties = schema()["properties"]
    own = {name for name in documented() if name != "hostname"}
    assert set(properties) == own | set(connection_options())
    for name, option in connection_options().items():
        assert properties[name].get("enum") == option.get("choices")
        assert properties[name].get("default") == option.get("default")
        assert properties[name].get("writeOnly", False) == option.get("no_log", False)
    for name in own:
        assert properties[name]["default"] == documented()[name]["default"]


@pytest.mark.parametrize("rulebook", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_uses_options_that_there_are(rulebook: Path) -> None:
    for ruleset in read(rulebook):
        [source] = ruleset["sources"]
        arguments = source["opendr.vcda.replications"]
        assert set(arguments) <= set(schema()["properties"])


@pytest.mark.parametrize(
    ("arguments", "is_valid"),
    [
        ({"interval": 30, "hostname": "vcda.example.com", "username": "u@t", "password": "p"}, True),
        ({"interval": -1}, False),
        ({"auth_type": "guess"}, False),
        ({"port": "many"}, False),
    ],
)
def test_the_schema_tells_what_can_be_used(arguments: dict[str, Any], is_valid: bool) -> None:
    assert jsonschema_rs.Draft202012Validator(schema(), offline=True).is_valid(arguments) is is_valid


@pytest.mark.parametrize("rulebook", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_hands_on_ids_of_an_event_and_nothing_else(rulebook: Path) -> None:
    for rule in (rule for ruleset in read(rulebook) for rule in ruleset["rules"]):
        arguments = json.dumps([action for name, action in rule["action"].items() if name != "debug"])
        assert set(re.findall(r"event[\w.\[\]'\"]*", re.sub(r'"include_events"', "", arguments))) <= SAFE
        if "debug" not in rule["action"]:
            assert "throttle" in rule


def test_only_the_drill_starts_anything() -> None:
    started = {
        path.stem: {
            action.get("run_playbook", action.get("run_job_template", {})).get("name", "")
            for ruleset in read(path)
            for action in (rule["action"] for rule in ruleset["rules"])
            if "debug" not in action
        }
        for path in RULEBOOKS
    }
    assert started == {
        "recovery": {"opendr.vcda.readiness"},
        "drill": {"opendr.vcda.drill"},
        "controller": {"{{ readiness_template | default('VCDA readiness') }}"},
    }


@pytest.mark.parametrize(
    "given",
    [
        {"hostname": "site-2.test", "username": "reader@tenant-1", "password": "0123"},
        {"hostname": "site-2.test", "auth_type": "sso", "username": "u", "password": "p", "port": "8443"},
        {"hostname": "site-2.test", "username": "u@t", "password": "p", "skip_certificate_check": True},
    ],
)
def test_the_credential_type_gives_the_controller_rulebook_what_it_needs(given: dict[str, Any]) -> None:
    inputs, injectors = read(CREDENTIAL / "inputs.yml"), read(CREDENTIAL / "injectors.yml")["extra_vars"]
    fields = {field["id"]: field.get("default") for field in inputs["fields"]}
    assert set(given) <= set(fields)
    filled = {name: value for name, value in {**fields, **given}.items() if value is not None}
    strict = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701  no page is made
    variables = {name: strict.from_string(text).render(filled) for name, text in injectors.items()}
    [ruleset] = read(EDA / "rulebooks" / "controller.yml")
    source = ruleset["sources"][0]["opendr.vcda.replications"]
    arguments = {name: strict.from_string(str(text)).render(variables) for name, text in source.items()}
    connection = Connection.from_params(connection_params(arguments, {}))
    assert connection.hostname == given["hostname"]
    assert connection.port == int(given.get("port", 443))
    assert connection.password == given["password"]
    assert connection.validate_certs is not given.get("skip_certificate_check", False)


def test_secrets_of_the_credential_type_are_secret() -> None:
    secret = {field["id"] for field in read(CREDENTIAL / "inputs.yml")["fields"] if field.get("secret")}
    assert secret == {"password", "access_token"}


def test_the_collection_says_where_its_event_sources_are() -> None:
    [extension] = read(ROOT / "meta" / "extensions.yml")["extensions"]
    assert ROOT / "extensions" / extension["args"]["ext_dir"] == SOURCE


def test_the_decision_environment_installs_the_collection_and_what_it_needs() -> None:
    environment = read(EDA / "decision-environment" / "decision-environment.yml")
    assert environment["dependencies"]["galaxy"]["collections"] == [{"name": "opendr.vcda"}]
    needed = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert environment["dependencies"]["python"] == [line for line in needed if line and not line.startswith("#")]
