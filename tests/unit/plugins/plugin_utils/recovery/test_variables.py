# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of every entry point, blank in every way: not set, or refused in one sentence, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.action.recovery_batch import check
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import begin, work_to_do
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.variables import (
    is_blank,
    problem_of_template,
    usable_text,
)

ROLE = Path(__file__).parents[5] / "roles" / "recovery"
SPECIFICATION: dict[str, Any] = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
OPTIONS = {
    (entry_point, name): option
    for entry_point, described in SPECIFICATION["argument_specs"].items()
    for name, option in described["options"].items()
    if name != "recovery_report"
}
GIVEN = {"recovery_active_site": "site-2", "recovery_vm_names": ["db-1"]}
BLANK = [None, "", " ", "\t\n "]
MISSING = ["None", "null", " none ", "NULL"]
RUNS = ("main", "failover", "reverse", "cleanup", "failback", "drill", "readiness")


def checked(entry_point: str, **given: Any) -> dict[str, Any]:
    return check(entry_point, {**DEFAULTS, **GIVEN, **given})


def begun(entry_point: str, found: dict[str, Any]) -> dict[str, Any]:
    batch = {"id": "x", "started": 0.0, "entry_point": entry_point, "launched_by": "", "hosts": {"localhost": found}}
    return begin(batch, ["localhost"], {"all": ["localhost"]}, dry=False)


def is_a_sentence(text: str) -> bool:
    return bool(text) and "\n" not in text and len(text) < 250


@pytest.mark.parametrize("value", BLANK, ids=repr)
@pytest.mark.parametrize(("entry_point", "name"), OPTIONS)
def test_a_blank_variable_is_not_set(entry_point: str, name: str, value: Any) -> None:
    found = checked(entry_point, **{name: value})
    if OPTIONS[entry_point, name].get("required"):
        assert is_a_sentence(found["problem"])
        assert name in found["problem"]
    else:
        assert not found["problem"]
        # What is empty may be so in the form that the run works with.
        assert (found["values"].get(name) or None) == (DEFAULTS[name] or None)


@pytest.mark.parametrize("text", ["site-2\n", " site-2", "site-2\t "])
@pytest.mark.parametrize("name", ["recovery_active_site", "recovery_peer_site"])
def test_blanks_around_the_name_of_a_site_are_not_part_of_it(name: str, text: str) -> None:
    found = checked("main", **{name: text})
    assert (found["problem"], found["values"][name]) == ("", "site-2")


@pytest.mark.parametrize("value", MISSING)
@pytest.mark.parametrize(("entry_point", "name"), OPTIONS)
def test_the_text_of_a_missing_value_is_refused(entry_point: str, name: str, value: str) -> None:
    problem = checked(entry_point, **{name: value})["problem"]
    assert is_a_sentence(problem)
    assert problem.startswith(f"{name}: ")


@pytest.mark.parametrize(
    "value", [[], {}, "[]", "{}", [None], [""], {"": None}, [[]], 0, False, "0", "no", -1], ids=repr
)
@pytest.mark.parametrize(("entry_point", "name"), [key for key in OPTIONS if key[0] in ("main", "drill")])
def test_whatever_is_given_is_meant_or_refused(entry_point: str, name: str, value: Any) -> None:
    found = checked(entry_point, **{name: value})
    run = begun(entry_point, found)
    problem = run["problems"].get("localhost") or run["failure"].get("message")
    assert work_to_do(run) != bool(problem)
    assert problem is None or is_a_sentence(problem)


@pytest.mark.parametrize("entry_point", RUNS)
@pytest.mark.parametrize("value", [*BLANK, [], "[]"], ids=repr)
def test_a_blank_selection_is_never_all(entry_point: str, value: Any) -> None:
    run = begun(entry_point, checked(entry_point, recovery_vm_names=value))
    assert "Nothing is selected" in run["problems"]["localhost"]
    assert not work_to_do(run)


def test_a_blank_selection_beside_another_one_is_not_set() -> None:
    found = checked("main", recovery_vm_names=None, recovery_all="true")
    assert begun("main", found)["query"]["all"] is True


@pytest.mark.parametrize("value", BLANK, ids=repr)
@pytest.mark.parametrize(
    "key",
    [
        "vm_replication_ids",
        "hosts",
        "organizations",
        "owner",
        "remaining",
        "delay",
        "before",
        "after",
        "verify",
        "max_failures",
        "needs",
        "instance_before",
        "instance_ids",
    ],
)
def test_a_blank_value_of_a_wave_is_not_set(key: str, value: Any) -> None:
    plain = {"name": "one", "vm_names": ["db-1"]}
    more = {"recovery_hooks_before": ["a.yml"], "recovery_max_failures": 2, "recovery_vm_names": None}
    wanted, got = (
        begun("main", checked("main", recovery_waves=[wave], **more))["waves"]
        for wave in (plain, {**plain, key: value})
    )
    assert got == wanted != []


@pytest.mark.parametrize("value", BLANK, ids=repr)
@pytest.mark.parametrize("key", ["url", "status_code", "validate_certs"])
def test_a_blank_value_of_a_check_is_not_set(key: str, value: Any) -> None:
    found = checked("main", recovery_checks=[{"vm_name": "db-1", "host": "db-1", "port": 22, key: value}])
    assert not found["problem"]
    assert found["values"]["recovery_checks"] == [{"vm_name": "db-1", "host": "db-1", "port": 22}]


def test_a_blank_option_of_the_connection_is_not_set() -> None:
    found = checked("main", recovery_connection={"hostname": None, "username": "", "port": 8443})
    assert found["values"]["recovery_connection"] == {"port": 8443}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("recovery_waves", '[{"name": "one", "vm_names": ["db-1"]}]', [{"name": "one", "vm_names": ["db-1"]}]),
        ("recovery_failover_options", '{"power_on": false}', {"power_on": False}),
        ("recovery_all", "yes", True),
        ("recovery_wait_timeout", " 5 ", 5),
        # A list may hold the text: there it is the name of a VM.
        ("recovery_vm_names", ["None", "[]"], ["None", "[]"]),
    ],
)
def test_what_a_command_line_or_a_survey_sends_is_understood(name: str, text: Any, value: Any) -> None:
    found = checked("failover", **{name: text})
    assert (found["problem"], found["values"][name]) == ("", value)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("recovery_vm_names: [db-1, yes]", "recovery_vm_names[1]"),
        ("recovery_vapp_names: no", "recovery_vapp_names"),
        ("recovery_owner: off", "recovery_owner"),
        ("recovery_organizations: [on]", "recovery_organizations[0]"),
        ("recovery_active_site: no", "recovery_active_site"),
        ("recovery_report_name: yes", "recovery_report_name"),
        ("recovery_waves: [{name: no, vm_names: [a]}]", "recovery_waves[0].name"),
        ("recovery_waves: [{vm_names: [a]}, {needs: [no]}]", "recovery_waves[1].needs[0]"),
        ("recovery_waves: [{hosts: [yes]}]", "recovery_waves[0].hosts[0]"),
        ("recovery_waves: '[{\"vapp_names\": [true]}]'", "recovery_waves[0].vapp_names[0]"),
        ("recovery_checks: [{vm_name: no}]", "recovery_checks[0].vm_name"),
        ("recovery_instance_ids: {no: replica-1}", "recovery_instance_ids, key False"),
    ],
)
def test_a_name_that_yaml_has_read_as_true_or_false_is_refused(given: str, place: str) -> None:
    problem = checked("failover", **yaml.safe_load(given))["problem"]
    assert problem.startswith(f"{place}: YAML reads words")
    assert is_a_sentence(problem)


@pytest.mark.parametrize("name", ["recovery_rto_target", "recovery_wait_timeout", "recovery_waves", "recovery_mode"])
def test_a_run_that_is_refused_can_be_told_of(name: str) -> None:
    found = checked("main", **{name: "abc", "recovery_report_dir": " reports ", "recovery_report_name": "None"})
    assert is_a_sentence(found["problem"])
    assert found["values"]["recovery_report_dir"] == "reports"
    assert found["values"]["recovery_report_name"] == ""
    assert found["values"].get(name) == DEFAULTS[name]


def test_the_defaults_of_the_role_are_those_of_its_documentation() -> None:
    documented = {name: option["default"] for (_entry, name), option in OPTIONS.items() if "default" in option}
    assert documented == {name: value for name, value in DEFAULTS.items() if value is not None}


@pytest.mark.parametrize(("value", "text"), [(" a ", "a"), ("null", ""), (None, ""), (5, ""), ("", "")])
def test_the_text_that_can_be_used(value: Any, text: str) -> None:
    assert usable_text(value) == text


def test_what_is_blank() -> None:
    assert all(is_blank(value) for value in BLANK)
    data: tuple[Any, ...] = (0, False, [], {}, "x")
    assert not any(is_blank(value) for value in data)


VALUE = "{'hostname': '{{ address }}', 'password': 'hidden-4711'}"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        # Before ansible-core 2.19.
        ("'address' is undefined. 'address' is undefined", "'address' is undefined"),
        (f"{VALUE}: 'address' is undefined. 'address' is undefined", "'address' is undefined"),
        (
            f"{VALUE}: 'dict object' has no attribute 'address'. {VALUE}: 'dict object' has no attribute 'address'",
            "'dict object' has no attribute 'address'",
        ),
        (
            "template error while templating string: expected token 'end of print statement', got 'hidden'. "
            "String: a{{ b hidden-4711. expected token 'end of print statement', got 'hidden'",
            "it holds a template with an error",
        ),
        # Since then.
        ("object of type 'dict' has no attribute 'address'", "object of type 'dict' has no attribute 'address'"),
        ("Syntax error in template: No filter named 'x.y.z'.", "No filter named 'x.y.z'"),
        ("Syntax error in template: expected token ',', got 'hidden'", "it holds a template with an error"),
    ],
)
@pytest.mark.parametrize("name", ["recovery_connection", "recovery_failover_options", "session_token"])
def test_a_template_with_an_error_is_told_without_what_it_holds(name: str, message: str, told: str) -> None:
    problem = problem_of_template(name, message)
    assert problem.startswith(f"{name}: {told}")
    assert "hidden" not in problem


def test_the_error_of_a_template_that_holds_no_secret_is_told() -> None:
    message = "template error while templating string: tag name expected. String: {%. tag name expected"
    assert problem_of_template("recovery_active_site", message) == (
        "recovery_active_site: template error while templating string: tag name expected"
    )
