# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document itself: valid, complete, closed where it must be, nothing in it that nobody uses."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.tests.contract import Contract, document
from ansible_collections.opendr.vcda.tests.contract.__main__ import document_problems
from ansible_collections.opendr.vcda.tests.contract.cases import planted
from ansible_collections.opendr.vcda.tests.contract.examples import CALLS, Call

FOLDER = document.ROOT.resolve().parent
SPLIT_FILES = [FOLDER / "parameters.yaml", FOLDER / "responses.yaml", *sorted(FOLDER.glob("schemas/*.yaml"))]
VERBS = (
    *("start", "get", "reconfigure", "stop", "failover", "migrate", "test", "cleanup", "reverse", "sync"),
    *("pause", "resume", "chown", "storage_profile", "network_settings_get", "network_settings_put"),
    *("guest_customization_get", "guest_customization_put", "disks"),
)
OPERATIONS = {
    *(f"session_{name}" for name in ("login", "get", "delete", "extend")),
    *(f"{kind}_replication_{verb}" for kind in ("vm", "vapp") for verb in VERBS),
    *("vm_replications_list", "vapp_replications_list", "vm_replication_instances", "vm_replication_instance"),
    "vm_replication_network_settings_patch",
    *("tasks_list", "task_get", "sites_list", "site_get", "about_get", "health_get", "health_post", "policies_list"),
    *("policy_get", "policy_status", "sla_profiles_list", "vc_sites_list", "recovery_plans_list"),
    *(f"recovery_plan_{name}" for name in ("get", "steps", "test", "cleanup", "failover", "migrate")),
    *(f"recovery_plan_{name}" for name in ("delete", "step_add", "clone", "chown")),
    *("recovery_plan_executions", "recovery_plan_report", "vdc_networks_list"),
}
EXTENSIONS = {
    *("x-vcda-since", "x-vcda-until", "x-vcda-evidence", "x-vcda-source", "x-vcda-type-names"),
    *("x-vcda-media-type", "x-vcda-headers", "x-vcda-optional-body", "x-vcda-unsent"),
}


@functools.cache
def raw(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def operations(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {node["operationId"]: node for node in nodes(whole["paths"]) if "operationId" in node}


def test_the_document_is_valid_as_a_whole_and_for_the_oldest_version() -> None:
    assert document_problems(["4.0"]) == []


def test_a_wrong_document_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = copy.deepcopy(document.load())
    del broken["paths"]["/sessions"]["post"]["responses"]["400"]["description"]
    broken["components"]["schemas"]["Instance"]["type"] = "blob"
    monkeypatch.setattr(document, "load", lambda: broken)
    problems = "\n".join(document_problems([]))
    assert "is a required property" in problems
    assert "'blob' is not valid" in problems


def test_every_verb_of_both_kinds_and_every_other_call_is_described() -> None:
    assert set(operations(document.load())) == OPERATIONS
    assert set(CALLS) == OPERATIONS


@pytest.mark.parametrize("identifier", sorted(OPERATIONS))
def test_every_operation_says_where_it_is_from(identifier: str) -> None:
    assert re.match(
        r"(vendor reference \d\.\d|a public client)", operations(document.load())[identifier]["x-vcda-source"]
    )


def test_the_extensions_have_known_names_and_values() -> None:
    for node in nodes(document.load()):
        assert {key for key in node if key.startswith("x-")} <= EXTENSIONS
        assert node.get("x-vcda-evidence", "documented") in document.EVIDENCE_VALUES
        since, until = node.get("x-vcda-since", "4.0"), node.get("x-vcda-until", "4.7")
        assert since in document.VERSIONS
        assert until in document.VERSIONS
        assert since <= until


@pytest.mark.parametrize("file", SPLIT_FILES, ids=lambda file: str(file.stem))
def test_every_definition_is_used(file: Path) -> None:
    references = {
        reference.partition("#/")[2]
        for other in FOLDER.rglob("*.yaml")
        for node in nodes(raw(other))
        for reference in [node.get("$ref", "")]
        if (other if reference.startswith("#") else (other.parent / reference.partition("#")[0]).resolve()) == file
    }
    assert set(raw(file)) - references == set()


def test_two_schemas_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    for name in ("one", "two"):
        (tmp_path / "schemas" / f"{name}.yaml").write_text("Site: {type: object}\n", encoding="utf-8")
    root = tmp_path / "openapi.yaml"
    root.write_text(
        '{components: {}, a: {$ref: "schemas/one.yaml#/Site"}, b: {$ref: "schemas/two.yaml#/Site"}}', "utf-8"
    )
    with pytest.raises(ValueError, match=r"the schema Site is in"):
        document._Bundle(root)


def test_a_version_that_is_not_described_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not '3\.5'"):
        document.for_version("3.5")


def test_a_projection_leaves_the_document_as_it_was() -> None:
    before = copy.deepcopy(document.load())
    document.for_version("4.0", strict=True)
    assert document.load() == before


@pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in CALLS.items() if call.body is not None])
def test_every_object_of_every_request_body_is_closed(call: Call) -> None:
    contract = Contract.load("4.7")
    changed = list(planted(call.body))
    assert changed
    for body in changed:
        wrong = Call(call.method, call.path, call.query, body, call.headers)
        assert contract.check_request(wrong.method, wrong.path, wrong.query, wrong.all_headers(), wrong.payload())
