# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in refuses and reports what a real AWX was seen to refuse and to report."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.awx.refusal import Refused
from ansible_collections.opendr.vcda.tests.awx.stand_in import Arguments, Awx
from ansible_collections.opendr.vcda.tests.awx.surveys import answered, check

QUESTION: Arguments = {"type": "integer", "question_name": "Minutes", "variable": "minutes", "required": True}


@pytest.fixture
def awx(applied: Awx) -> Awx:
    return copy.deepcopy(applied)


@pytest.mark.parametrize(
    "questions",
    [
        [],
        [{**QUESTION, "default": "0"}],
        [{**QUESTION, "default": True}],
        [{**QUESTION, "min": "0"}],
        [{**QUESTION, "required": "true"}],
        [{**QUESTION, "type": "multiplechoice"}],
        [{**QUESTION, "type": "multiplechoice", "choices": ["a"], "default": "b"}],
        [{name: value for name, value in QUESTION.items() if name != "question_name"}],
        [QUESTION, QUESTION],
    ],
)
def test_a_survey_that_awx_does_not_save(questions: list[Arguments]) -> None:
    with pytest.raises(Refused):
        check({"name": "", "description": "", "spec": questions})


@pytest.mark.parametrize("value", ["5", True, -1, 11, None])
def test_answers_are_checked_for_their_type_and_their_limits(value: Any) -> None:
    template = {"survey_enabled": True, "survey_spec": {"spec": [{**QUESTION, "min": 0, "max": 10}]}}
    with pytest.raises(Refused):
        answered(template, {"minutes": value})


def test_defaults_are_answers_and_what_nobody_asked_for_is_ignored() -> None:
    blank = {**QUESTION, "type": "text", "variable": "blank", "required": False, "default": ""}
    template: Arguments = {"survey_enabled": True, "survey_spec": {"spec": [{**QUESTION, "default": 5}, blank]}}
    assert answered(template, {"more": 1}) == ({"minutes": 5, "blank": ""}, {"more"})
    template["ask_variables_on_launch"] = True
    assert answered(template, {"more": 1}) == ({"minutes": 5, "blank": "", "more": 1}, set())


def test_a_workflow_that_names_its_nodes_always_changes_and_loses_the_approvals_that_are_waited_for(awx: Awx) -> None:
    awx.start_workflow()
    node = {"identifier": "approve", "unified_job_template": {"type": "workflow_approval", "name": "Go?", "timeout": 1}}
    given = {
        "name": "VCDA recovery",
        "organization": "Default",
        "workflow_nodes": [node],
        "destroy_current_nodes": True,
    }
    for _run in range(2):
        assert awx.apply("workflow_job_template", given)
    assert len(awx.lost) == 2


def test_a_secret_is_a_change_unless_it_is_not_to_be_updated(awx: Awx) -> None:
    credential = awx.named("credential", "VCDA site")
    assert awx.apply("credential", {**credential, "update_secrets": True})
    assert not awx.apply("credential", {**credential, "update_secrets": False})


def test_a_schedule_wants_the_answers_that_its_survey_requires(awx: Awx) -> None:
    given = {
        "name": "drill",
        "unified_job_template": "VCDA drill",
        "rrule": "DTSTART:20260105T030000Z RRULE:FREQ=DAILY",
    }
    with pytest.raises(Refused, match="recovery_active_site"):
        awx.apply("schedule", given)
    assert awx.apply("schedule", {**given, "extra_data": {"recovery_active_site": "site-2"}})


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("job_template", {"playbook": "playbooks/no-such.yml"}),
        ("job_template", {"inventory": "no such inventory"}),
        ("job_template", {"credentials": ["VCDA site", "VCDA failback site"]}),
        ("job_template", {"notification_templates_error": ["no such notification"]}),
        ("workflow_job_template_node", {"success_nodes": ["no such node"]}),
        ("workflow_job_template_node", {"unified_job_template": "no such template"}),
        ("project", {"scm_branch": "other"}),
        ("credential", {"inputs": {"hostname": "a", "no_such_field": "b"}}),
        ("host", {"inventory": "no such inventory", "name": "other"}),
        ("role", {"role": "approval", "teams": ["no such team"]}),
    ],
)
def test_what_names_something_that_is_not_there_is_refused(awx: Awx, kind: str, change: Arguments) -> None:
    awx.git_answers = False
    record = next(iter(awx.of(kind)), {})
    with pytest.raises(Refused):
        awx.apply(kind, {**record, **change})


def test_a_credential_type_in_use_keeps_its_inputs_and_none_is_made_by_others_than_administrators(awx: Awx) -> None:
    used = awx.of("credential_type")[0]
    for administrator, name, inputs in ((True, used["name"], {"fields": []}), (False, "another", used["inputs"])):
        awx.administrator = administrator
        with pytest.raises(Refused, match="HTTP 403"):
            awx.apply("credential_type", {**used, "name": name, "inputs": inputs})
