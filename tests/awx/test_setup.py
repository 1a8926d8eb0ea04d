# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbook makes in AWX: accepted by AWX, in the words of the modules and the role, without a gap."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import PEER_ENVIRONMENT, connection_options
from ansible_collections.opendr.vcda.tests.awx.controller import Refused, answered, check_credential_type, inject
from ansible_collections.opendr.vcda.tests.awx.setup import Applied, Arguments
from ansible_collections.opendr.vcda.tests.tools.places import ROOT

PLAYBOOKS = {"readiness", "drill", "failover", "reverse", "failback", "status"}
# What a credential of a site does not say.
_NOT_OF_A_CREDENTIAL = {"VCDA_SESSION_TOKEN", "VCDA_API_VERSION", "VCDA_REQUEST_TIMEOUT"}
ROLE = yaml.safe_load((ROOT / "roles" / "recovery" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
KINDS = {"text": "str", "integer": "int", "multiplechoice": "str"}


def types(applied: Applied) -> list[Arguments]:
    return applied["credential_type"]


def test_awx_can_save_the_credential_types(applied: Applied) -> None:
    for credential_type in types(applied):
        check_credential_type(credential_type)


def test_the_credentials_inject_every_variable_of_the_modules(applied: Applied) -> None:
    own, other = (set(item["injectors"]["env"]) for item in types(applied))
    assert own == {option["env"] for option in connection_options().values() if "env" in option} - _NOT_OF_A_CREDENTIAL
    assert other == set(PEER_ENVIRONMENT.values())


def test_every_secret_field_is_secret(applied: Applied) -> None:
    for credential_type in types(applied):
        secret = {item["id"] for item in credential_type["inputs"]["fields"] if item.get("secret")}
        assert secret >= {item["id"] for item in credential_type["inputs"]["fields"]} & {
            "password",
            "access_token",
            "cookie",
            "vcd_cookie",
        }


def test_a_credential_with_the_address_alone_leaves_the_rest_to_the_defaults(applied: Applied, tmp_path: Any) -> None:
    injected = inject(types(applied)[0], {"hostname": "vcda.example.com"}, tmp_path)
    assert injected["VCDA_PORT"] == "443"
    assert injected["VCDA_VALIDATE_CERTS"] == "true"
    assert injected["VCDA_CA_PATH"] == ""
    assert {name for name, value in injected.items() if not value} == {
        "VCDA_USERNAME",
        "VCDA_PASSWORD",
        "VCDA_ACCESS_TOKEN",
        "VCDA_ORGANIZATION",
        "VCDA_VCD_COOKIE",
        "VCDA_CERTIFICATE_THUMBPRINT",
        "VCDA_CA_PATH",
    }


def test_the_certificate_check_ends_only_on_demand(applied: Applied, tmp_path: Any) -> None:
    inputs = {"hostname": "vcda.example.com", "skip_certificate_check": True}
    assert inject(types(applied)[0], inputs, tmp_path)["VCDA_VALIDATE_CERTS"] == "false"


def test_there_is_a_template_for_every_playbook(applied: Applied) -> None:
    templates = applied["job_template"]
    assert {item["playbook"] for item in templates} == {f"playbooks/{name}.yml" for name in PLAYBOOKS}
    for template in templates:
        assert (ROOT / template["playbook"]).is_file()
        assert template["credentials"] == [item["name"] for item in applied["credential"]]
        assert template["inventory"] == applied["inventory"][0]["name"]
        assert template["extra_vars"]["recovery_hosts"] == "vcda"


@pytest.mark.parametrize("playbook", sorted(PLAYBOOKS - {"status"}))
def test_a_survey_asks_for_variables_of_the_role(applied: Applied, playbook: str) -> None:
    template = next(item for item in applied["job_template"] if item["playbook"] == f"playbooks/{playbook}.yml")
    known = ROLE["argument_specs"][playbook]["options"]
    asked = template["survey_spec"]["spec"]
    assert "recovery_active_site" in {question["variable"] for question in asked}
    for question in asked:
        option = known[question["variable"]]
        assert KINDS[question["type"]] == option["type"]
        assert question.get("choices") == option.get("choices")


def test_a_survey_refuses_what_is_not_among_its_answers(applied: Applied) -> None:
    template = next(item for item in applied["job_template"] if item["name"] == "VCDA failover")
    right = {"recovery_active_site": "site-2", "recovery_mode": "planned"}
    assert answered(template, {**right, "recovery_all": True}) == {**right, "recovery_wait_timeout": 3600}
    for wrong in ({"recovery_mode": "fast"}, {"recovery_wait_timeout": 0}, {"recovery_active_site": 2}):
        with pytest.raises(Refused):
            answered(template, {**right, **wrong})


def test_the_workflow_asks_before_it_changes_anything(applied: Applied) -> None:
    [workflow] = applied["workflow_job_template"]
    nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
    names = {item["name"] for item in applied["job_template"]}
    ways = {
        (name, link, target["identifier"])
        for name, node in nodes.items()
        for link, targets in node.get("related", {}).items()
        for target in targets
    }
    assert {target for _name, _link, target in ways} == set(nodes) - {"inventory"}
    into = {"failover": "approve_failover", "reverse": "approve_reverse"}
    for node, approval in into.items():
        assert [way for way in ways if way[2] == node] == [(approval, "success_nodes", node)]
        assert nodes[approval]["unified_job_template"]["type"] == "workflow_approval"
        assert int(nodes[approval]["unified_job_template"]["timeout"]) > 0
    for node in nodes.values():
        if node["unified_job_template"]["type"] == "job_template":
            assert node["unified_job_template"]["name"] in names


def test_the_inventory_is_updated_before_each_job(applied: Applied) -> None:
    [source] = applied["inventory_source"]
    assert (ROOT / source["source_path"]).is_file()
    assert source["update_on_launch"]
    assert source["overwrite"]
    assert source["update_cache_timeout"] == 0
