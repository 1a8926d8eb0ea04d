# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the setup makes in AWX: accepted by AWX, in the words of modules and role, and left alone the next time."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.tests.awx.credentials import check_credential_type, inject
from ansible_collections.opendr.vcda.tests.awx.fixtures import HERE, VARIABLES
from ansible_collections.opendr.vcda.tests.awx.projects import playbooks_in
from ansible_collections.opendr.vcda.tests.awx.setup import BY_NAME, CONFIGURE, SPECS, Setup
from ansible_collections.opendr.vcda.tests.awx.stand_in import Arguments, Awx
from ansible_collections.opendr.vcda.tests.tools.places import ROOT

PLAYBOOKS = {"readiness", "drill", "cleanup", "failover", "reverse", "failback", "status"}
# What a credential of a site does not say.
_NOT_OF_A_CREDENTIAL = {"VCDA_SESSION_TOKEN", "VCDA_API_VERSION", "VCDA_REQUEST_TIMEOUT", "VCDA_OPERATION_ID"}
ROLE = yaml.safe_load((ROOT / "roles" / "recovery" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
# The type of a variable of the role, and the questions that can ask for it.
KINDS = {
    "str": {"text", "textarea", "multiplechoice"},
    "int": {"integer"},
    "list": {"textarea"},
    "bool": {"multiplechoice"},
}
PROJECT = "https://git.example.com/recovery"
# All that can be set up, in a project of the user's own.
EVERYTHING: Arguments = {
    **VARIABLES,
    "vcda_awx_project_url": PROJECT,
    "vcda_awx_project_folder": "",
    "vcda_awx_execution_environment": "Recovery",
    "vcda_awx_execution_environment_image": "registry.example.com/recovery:1.0.0",
    "vcda_awx_operator_teams": ["Operators"],
    "vcda_awx_approver_teams": ["Managers"],
    "vcda_awx_notification_templates": [
        {
            "name": "On call",
            "notification_type": "webhook",
            "notification_configuration": {"url": "https://chat.example.com/hook", "password": "hook-secret"},
        }
    ],
    "vcda_awx_schedules": [
        {
            "name": "weekly drill",
            "template": "drill",
            "rrule": "DTSTART:20260105T030000Z RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SU",
            "answers": {"recovery_active_site": HERE, "recovery_vm_names": "vm-01"},
        },
        {
            "name": "hourly readiness",
            "template": "readiness",
            "rrule": "DTSTART:20260105T030000Z RRULE:FREQ=HOURLY;INTERVAL=1",
            "answers": {"recovery_active_site": HERE, "recovery_all": "yes"},
        },
    ],
}


# What says how to work, and is not kept by AWX.
_ADDED: dict[str, Arguments] = {
    "credential": {"update_secrets": False},
    "notification_template": {"state": "exists"},
}


def _plain(given: Arguments, spec: Arguments) -> Arguments:
    """Return arguments as the module would understand them, without what is empty."""
    unknown = set(given) - set(spec)
    assert not unknown
    texts = {name: value for name, value in given.items() if value not in ("", [], {}, None)}
    return {
        name: str(value).lower() if spec[name].get("type") in {"bool", "int"} else value
        for name, value in texts.items()
    }


def types(applied: Awx) -> list[Arguments]:
    return applied.of("credential_type")


def made(folder: Path, collection: str = "awx.awx") -> Setup:
    """An AWX that knows the project of the user's own; in automation controller the teams are there already."""
    setup = Setup(folder, collection)
    awx = Awx(trees={PROJECT: str(ROOT / "extensions" / "awx" / "project")})
    if collection == "ansible.controller":
        awx.records["team"] = {name: {"name": name} for name in ("Operators", "Managers")}
    setup.keep(awx)
    return setup


@pytest.mark.parametrize(("collection", "playbook"), [("awx.awx", CONFIGURE), ("ansible.controller", BY_NAME)])
def test_the_second_run_changes_nothing_and_harms_no_running_workflow(
    tmp_path: Path, collection: str, playbook: str
) -> None:
    setup = made(tmp_path, collection)
    assert setup.must_run(EVERYTHING, playbook=playbook).changed > 0
    awx = setup.awx
    awx.start_workflow()
    assert len(awx.waiting) == 2
    awx.git_answers = False
    setup.keep(awx)
    again = setup.must_run(EVERYTHING, playbook=playbook)
    assert again.changed == 0
    assert "hook-secret" not in again.output
    assert setup.awx == awx
    assert_everything_is_made(awx)


def assert_everything_is_made(awx: Awx) -> None:
    assert {item["playbook"] for item in awx.of("job_template")} == playbooks_in(ROOT / "extensions/awx/project")
    [environment] = awx.of("execution_environment")
    assert {item["execution_environment"] for item in awx.of("job_template")} == {environment["name"]}
    granted = {(item["role"], *item["teams"], *item.get("workflows", ())) for item in awx.of("role")}
    assert granted >= {("execute", "Operators", "VCDA recovery"), ("approval", "Managers", "VCDA recovery")}
    [workflow] = awx.of("workflow_job_template")
    assert workflow["notification_templates_approvals"] == workflow["notification_templates_error"] == ["On call"]
    assert len(awx.of("schedule")) == 2
    [source_of_jobs] = awx.of("project")
    assert not source_of_jobs["scm_update_on_launch"]
    assert not awx.of("inventory_source")


def test_a_changed_setup_keeps_pending_approvals_and_writes_secrets_on_demand(tmp_path: Path, applied: Awx) -> None:
    setup = Setup(tmp_path)
    awx = copy.deepcopy(applied)
    awx.start_workflow()
    setup.keep(awx)
    # On hosts the workflow has one more node.
    changes = {
        "vcda_awx_approval_timeout": 600,
        "vcda_awx_update_secrets": True,
        "vcda_awx_update_on_launch": True,
        "vcda_awx_hosts": "vcda",
        "vcda_awx_slices": 3,
    }
    assert setup.must_run({**VARIABLES, **changes}).changed > 0
    after = setup.awx
    assert (after.waiting, after.lost) == (awx.waiting, [])
    nodes = {node["identifier"]: node for node in after.of("workflow_job_template_node")}
    assert nodes["approve_failover"]["approval_node"]["timeout"] == 600
    assert nodes["inventory"]["always_nodes"] == ["readiness"]
    assert after.of("inventory_source")[0]["update_on_launch"]
    assert after.of("project")[0]["scm_update_on_launch"]
    for template in after.of("job_template"):
        # AWX slices the whole inventory, so a slice may have no host of a limit, and fail.
        assert template["ask_job_slice_count_on_launch"]
        assert not template["ask_limit_on_launch"]


def test_credential_types_in_use_are_left_with_a_message_and_replaced_on_demand(tmp_path: Path, applied: Awx) -> None:
    setup = Setup(tmp_path)
    awx = copy.deepcopy(applied)
    newer = types(awx)[0]["inputs"]["fields"].pop()
    setup.keep(awx)
    left = setup.must_run(VARIABLES)
    assert left.changed == 0, left.output
    assert "vcda_awx_credential_suffix" in left.output
    assert types(setup.awx)[0] == types(awx)[0]
    setup.must_run({**VARIABLES, "vcda_awx_credential_suffix": " 2"})
    replaced = setup.awx.named("credential_type", "VMware Cloud Director Availability 2")
    assert newer in replaced["inputs"]["fields"]
    used = {name for template in setup.awx.of("job_template") for name in template["credentials"]}
    assert all(name.endswith(" 2") for name in used)


def test_two_directions_stand_side_by_side(tmp_path: Path, applied: Awx) -> None:
    setup = Setup(tmp_path)
    setup.keep(applied)
    other = {"vcda_awx_name_prefix": "Home", "vcda_awx_extra_vars": {"recovery_active_site": "site-1"}}
    setup.must_run({**VARIABLES, **other})
    after = setup.awx
    for kind in ("credential", "inventory", "job_template", "workflow_job_template"):
        assert after.of(kind)[: len(applied.of(kind))] == applied.of(kind)
        assert len(after.of(kind)) == 2 * len(applied.of(kind))
    # What the extra variables say is not asked.
    asked = after.named("job_template", "Home failover")["survey_spec"]["spec"]
    assert "recovery_active_site" not in {question["variable"] for question in asked}


REFUSED: list[tuple[Arguments, str]] = [
    ({"vcda_awx_slices": 3}, "vcda_awx_slices needs hosts"),
    ({"vcda_awx_project_scm_type": "manual"}, "vcda_awx_project_local_path"),
    ({"vcda_awx_project_scm_type": "manual", "vcda_awx_hosts": "vcda"}, "no inventory from a manual project"),
    ({"vcda_awx_execution_environment_image": "registry.example.com/recovery"}, "the name of the record"),
    (
        {"vcda_awx_schedules": [{"name": "night", "template": "drill", "rrule": "RRULE:FREQ=DAILY"}]},
        "The schedule night of the template drill needs answers for recovery_active_site",
    ),
    ({"vcda_awx_project_scm_type": "svn"}, "value of vcda_awx_project_scm_type must be one of"),
    ({"vcda_awx_hosts": "vcda", "vcda_awx_slices": "many"}, "vcda_awx_slices"),
]


def test_a_setup_that_cannot_work_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    role = {"name": "opendr.vcda.vcda_awx"}
    tasks: list[Arguments] = []
    for number, (wrong, _words) in enumerate(REFUSED):
        keep = {"ansible.builtin.set_fact": {f"refused_{number}": "{{ ansible_failed_result }}"}}
        tasks.append({"block": [{"ansible.builtin.include_role": role, "vars": wrong}], "rescue": [keep]})
    messages = [f"(refused_{number} | string)" for number in range(len(REFUSED))]
    written = "{{ [" + ", ".join(messages) + "] | to_json }}"
    tasks.append({"ansible.builtin.copy": {"content": written, "dest": str(tmp_path / "messages")}})
    playbook = tmp_path / "refused.yml"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    setup.must_run(VARIABLES, playbook=str(playbook))
    refusals = json.loads((tmp_path / "messages").read_text(encoding="utf-8"))
    for refusal, (_wrong, words) in zip(refusals, REFUSED, strict=True):
        assert words in refusal
    assert not setup.awx.records


def test_infra_aap_configuration_gets_the_same_from_the_same_variables(tmp_path: Path) -> None:
    setup = made(tmp_path)
    kinds = {
        "controller_templates": "job_template",
        "controller_credential_types": "credential_type",
        "controller_projects": "project",
        "controller_inventories": "inventory",
        "controller_hosts": "host",
        "controller_schedules": "schedule",
        "controller_notifications": "notification_template",
        "controller_execution_environments": "execution_environment",
        "controller_credentials": "credential",
        "controller_roles": "role",
        "controller_workflows": "workflow_job_template",
    }
    written = "{{ {" + ", ".join(f"'{name}': {name}" for name in kinds) + "} | to_json }}"
    given = {"name": "opendr.vcda.vcda_awx", "tasks_from": "aap_configuration"}
    tasks = [
        {"ansible.builtin.include_role": {"name": "opendr.vcda.vcda_awx"}},
        {"ansible.builtin.import_role": given},
        {"ansible.builtin.copy": {"content": written, "dest": str(tmp_path / "given")}},
    ]
    playbook = tmp_path / "given.yml"
    own = {"controller_templates": [{"name": "one of the user"}]}
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": own, "tasks": tasks}]))
    setup.must_run(EVERYTHING, playbook=str(playbook))
    text = (tmp_path / "given").read_text(encoding="utf-8").replace("{  {", "{{")
    found = json.loads(text)
    assert found["controller_templates"].pop(0)["name"] == "one of the user"
    [workflow] = found["controller_workflows"]
    nodes = workflow.pop("simplified_workflow_nodes")
    names = {node["identifier"] for node in setup.awx.of("workflow_job_template_node")}
    assert {node["identifier"] for node in nodes if node.get("state") != "absent"} == names
    for name, kind in kinds.items():
        expected = [{**record, **_ADDED.get(kind, {})} for record in setup.awx.of(kind)]
        assert [_plain(item, SPECS[kind]) for item in found[name]] == [_plain(item, SPECS[kind]) for item in expected]


def test_the_project_has_one_file_for_each_playbook_and_nothing_else() -> None:
    folder = ROOT / "extensions" / "awx" / "project"
    assert playbooks_in(folder) == {f"{name}.yml" for name in PLAYBOOKS}
    for name in PLAYBOOKS:
        [play] = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
        assert play["ansible.builtin.import_playbook"] == f"opendr.vcda.{name}"


def test_awx_can_save_the_credential_types(applied: Awx) -> None:
    for credential_type in types(applied):
        check_credential_type(credential_type)


def test_the_credentials_inject_every_variable_of_the_modules(applied: Awx) -> None:
    own, other = (set(item["injectors"]["env"]) for item in types(applied))
    assert own == {option["env"] for option in connection_options().values() if "env" in option} - _NOT_OF_A_CREDENTIAL
    assert other == set(PEER_ENVIRONMENT.values())


def test_every_secret_field_is_secret(applied: Awx) -> None:
    for credential_type in types(applied):
        secret = {item["id"] for item in credential_type["inputs"]["fields"] if item.get("secret")}
        assert secret >= {item["id"] for item in credential_type["inputs"]["fields"]} & {
            "password",
            "access_token",
            "cookie",
            "vcd_cookie",
        }


def test_a_credential_with_the_address_alone_leaves_the_rest_to_the_defaults(applied: Awx, tmp_path: Any) -> None:
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


def test_the_certificate_check_ends_only_on_demand(applied: Awx, tmp_path: Any) -> None:
    inputs = {"hostname": "vcda.example.com", "skip_certificate_check": True}
    assert inject(types(applied)[0], inputs, tmp_path)["VCDA_VALIDATE_CERTS"] == "false"


def test_there_is_a_template_for_every_playbook(applied: Awx, on_hosts: Awx) -> None:
    for awx, hosts in ((applied, "localhost"), (on_hosts, "vcda")):
        templates = awx.of("job_template")
        assert {Path(item["playbook"]).stem for item in templates} == PLAYBOOKS
        for template in templates:
            failback = " failback" if "failback" in template["name"] else ""
            assert template["credentials"] == [f"VCDA{failback} site", f"VCDA{failback} peer site"]
            assert template["inventory"] == awx.of("inventory")[0]["name"]
            assert template["extra_vars"]["recovery_hosts"] == hosts
            assert all(template[f"ask_{name}_on_launch"] for name in ("job_type", "variables", "credential", "limit"))


@pytest.mark.parametrize("playbook", sorted(PLAYBOOKS))
def test_a_survey_asks_for_variables_of_the_role(applied: Awx, on_hosts: Awx, playbook: str) -> None:
    known = ROLE["argument_specs"][playbook]["options"]
    for awx in (applied, on_hosts):
        asked = awx.named("job_template", f"VCDA {playbook}")["survey_spec"].get("spec", [])
        variables = {question["variable"] for question in asked}
        assert playbook == "status" or "recovery_active_site" in variables
        assert ("recovery_vm_names" in variables) is (awx is applied)
        assert "recovery_operation_id" in variables
        for question in asked:
            option = known[question["variable"]]
            assert question["type"] in KINDS[option["type"]]
            assert option["type"] == "bool" or question.get("choices") == option.get("choices")


def test_the_workflow_asks_for_what_its_jobs_need(applied: Awx) -> None:
    [workflow] = applied.of("workflow_job_template")
    asked = {question["variable"] for question in workflow["survey_spec"]["spec"]}
    for name in ("readiness", "failover", "reverse"):
        spec = applied.named("job_template", f"VCDA {name}")["survey_spec"]["spec"]
        assert asked >= {question["variable"] for question in spec} - {"recovery_max_rpo_violation"}
