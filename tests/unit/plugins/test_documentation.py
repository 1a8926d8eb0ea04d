# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says what the modules do: options, defaults, results and examples are held against the code."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition

ROOT = Path(__file__).parents[3]
COLLECTION = "opendr.vcda"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
OPERATIONS = [
    name for name in MODULES if name.endswith(("_reverse", "_failover", "_migrate", "_failover_test", "_sync"))
]
SUMMARY = set(Replication(id="", name="", document={}).summary())
Pair = tuple[str, Any, Any]
TASK = set(Task(id="", state="").summary())


def definition_of(name: str) -> Definition:
    module = importlib.import_module(f"ansible_collections.opendr.vcda.plugins.modules.{name}")
    definition = module.DEFINITION
    assert isinstance(definition, Definition)
    return definition


@cache
def documents_of(name: str) -> tuple[dict[str, Any], Any, Any]:
    """Return documentation with its fragments, examples and return values, as ansible-doc sees them."""
    path = ROOT / "plugins" / "modules" / f"{name}.py"
    doc, examples, returns, _metadata = get_docstring(  # type: ignore[no-untyped-call]
        str(path), fragment_loader, collection_name=COLLECTION, is_module=True
    )
    return doc, yaml.safe_load(examples), returns


def source_of(name: str) -> str:
    return (ROOT / "plugins" / "modules" / f"{name}.py").read_text()


def strings_of(path: Path) -> dict[str, str]:
    """Return the documentation strings of a file as they are written, by name."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = node.value.value
    return found


def walk(documented: Mapping[str, Any], described: Mapping[str, Any], where: str = "") -> Iterator[Pair]:
    """Yield path, documentation and specification of every option, down to the last suboption."""
    assert set(documented) == set(described), where or "options"
    for name, option in described.items():
        text = documented[name]
        yield where + name, text, option
        assert bool(text.get("suboptions")) == bool(option.get("options")), where + name
        yield from walk(text.get("suboptions") or {}, option.get("options") or {}, f"{where}{name}.")


def described_options(name: str) -> dict[str, Any]:
    return {**connection_options(), **definition_of(name).options}


@pytest.mark.parametrize("name", MODULES)
def test_every_option_is_documented_as_it_is(name: str) -> None:
    doc, _examples, _returns = documents_of(name)
    for path, text, option in walk(doc["options"], described_options(name)):
        assert text["type"] == option["type"], path
        assert text.get("default") == option.get("default"), path
        assert text.get("required", False) == option.get("required", False), path
        for key in ("choices", "elements", "aliases"):
            assert text.get(key) == option.get(key), f"{path}: {key}"


@pytest.mark.parametrize("name", MODULES)
def test_every_environment_variable_is_documented_where_it_counts(name: str) -> None:
    doc, _examples, _returns = documents_of(name)
    for path, text, option in walk(doc["options"], described_options(name)):
        mentioned = re.findall(r"\bE\((\w+)\)", " ".join(text["description"]))
        expected = list(PEER_ENVIRONMENT.values()) if option.get("peer_env") else [option.get("env")]
        assert set(mentioned) == set(expected) - {None}, path


@pytest.mark.parametrize("name", MODULES)
def test_the_argument_spec_says_what_the_options_say(name: str) -> None:
    """What Ansible gets is the data of the options, with fallbacks in place of the names of variables."""
    spec = definition_of(name).argument_spec()
    for path, option, argument in walk_spec(described_options(name), spec):
        own = {key: value for key, value in option.items() if key not in ("env", "peer_env", "options")}
        assert {key: value for key, value in argument.items() if key not in ("fallback", "options")} == own, path
        assert ("fallback" in argument) == ("env" in option or "peer_env" in option), path


def walk_spec(described: Mapping[str, Any], spec: Mapping[str, Any], where: str = "") -> Iterator[Pair]:
    assert set(described) == set(spec), where
    for name, option in described.items():
        yield where + name, option, spec[name]
        yield from walk_spec(option.get("options", {}), spec[name].get("options", {}), f"{where}{name}.")


@pytest.mark.parametrize("name", MODULES)
def test_constraints_name_options_of_the_module(name: str) -> None:
    definition = definition_of(name)
    constraints = definition.constraints()
    rules = [*constraints["mutually_exclusive"], *constraints["required_one_of"], *constraints["required_together"]]
    named = {option for rule in rules for option in rule}
    for option, needed in constraints["required_by"].items():
        named |= {option, *needed}
    assert named <= set(described_options(name))


@pytest.mark.parametrize("name", MODULES)
def test_the_head_of_the_documentation_is_complete(name: str) -> None:
    doc, _examples, _returns = documents_of(name)
    assert doc["module"] == name
    assert doc["version_added"] == "1.0.0"
    assert doc["author"] == ["opendr contributors (@opendr)"]
    assert not doc["short_description"].endswith(".")
    assert all(paragraph.endswith(".") for paragraph in [*doc["description"], *doc["notes"]])
    assert len(doc["notes"]) == len(set(doc["notes"]))
    linked = [entry["module"] for entry in doc["seealso"]]
    assert linked
    assert len(linked) == len(set(linked))
    assert all(module.removeprefix("opendr.vcda.") in set(MODULES) - {name} for module in linked)


@pytest.mark.parametrize("name", MODULES)
def test_every_attribute_has_its_support(name: str) -> None:
    doc, _examples, _returns = documents_of(name)
    attributes = doc["attributes"]
    assert set(attributes) == {"action_group", "check_mode", "diff_mode", "idempotent", "platform"}
    assert attributes["action_group"]["membership"] == ["opendr.vcda.vcda"]
    assert all(attribute["support"] in {"full", "partial", "none", "N/A"} for attribute in attributes.values())
    assert attributes["check_mode"]["support"] == "full"
    for attribute in attributes.values():
        assert attribute["support"] in {"full", "N/A"} or attribute["details"]


def test_every_module_is_in_the_action_group() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    assert sorted(runtime["action_groups"]["vcda"]) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_its_documentation_and_little_else(name: str) -> None:
    code = source_of(name).rsplit('"""', 1)[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 40


def test_nothing_is_documented_twice() -> None:
    """An option that two modules have in the same words belongs into a fragment."""
    seen: dict[str, str] = {}
    for name in MODULES:
        own = yaml.safe_load(strings_of(ROOT / "plugins" / "modules" / f"{name}.py")["DOCUMENTATION"])
        for option, text in own.get("options", {}).items():
            written = f"{option}: {text}"
            assert written not in seen, f"{option} of {name} is documented in {seen.get(written)} already"
            seen[written] = name
        for note in own.get("notes", []):
            assert note not in seen, f"a note of {name} is in {seen.get(note)} already"
            seen[note] = name


def test_every_fragment_is_used() -> None:
    used = {
        fragment
        for name in MODULES
        for fragment in yaml.safe_load(strings_of(ROOT / "plugins" / "modules" / f"{name}.py")["DOCUMENTATION"])[
            "extends_documentation_fragment"
        ]
    }
    there = set()
    for path in (ROOT / "plugins" / "doc_fragments").glob("*.py"):
        for section in strings_of(path):
            there.add(f"{COLLECTION}.{path.stem}" + ("" if section == "DOCUMENTATION" else f".{section.lower()}"))
    assert used == there


def walk_returns(returns: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in returns.items():
        yield where + name, value
        yield from walk_returns(value.get("contains") or {}, f"{where}{name}.")


@pytest.mark.parametrize("name", MODULES)
def test_every_return_value_is_described(name: str) -> None:
    _doc, _examples, returns = documents_of(name)
    types: dict[str, type | tuple[type, ...]] = {
        "str": str,
        "int": int,
        "bool": bool,
        "float": float,
        "list": list,
        "dict": dict,
    }
    for path, value in walk_returns(returns):
        assert value["returned"], path
        assert all(line.endswith(".") for line in value["description"]), path
        assert ("elements" in value) == (value["type"] == "list"), path
        assert "contains" in value or "sample" in value, path
        if value.get("sample") is not None:
            assert isinstance(value["sample"], types[value["type"]]), path


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_returns_what_it_documents(name: str) -> None:
    _doc, _examples, returns = documents_of(name)
    results = "vapp_replications" if name.startswith("vapp") else "vm_replications"
    assert set(returns) == {"msg", "operation_id", results, "summary", "error"}
    item = returns[results]["contains"]
    assert set(item["before"]["contains"]) == set(item["after"]["contains"]) == SUMMARY
    assert set(item["task"]["contains"]) == TASK


def shape(returns: Mapping[str, Any]) -> Any:
    """Return what all operations must say in the same words: everything but the samples."""
    return {
        name: {
            **{key: value[key] for key in ("description", "returned", "type")},
            "contains": shape(value.get("contains") or {}),
        }
        for name, value in returns.items()
    }


@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_all_operations_of_a_kind_return_the_same(kind: str) -> None:
    shapes = [shape(documents_of(name)[2]) for name in OPERATIONS if name.startswith(kind + "_")]
    own = [one[f"{kind}_replications"]["contains"].pop("lost_mappings", None) for one in shapes]
    assert [bool(one) for one in own] == [
        name.endswith("_reverse") for name in OPERATIONS if name.startswith(f"{kind}_")
    ]
    assert len(shapes) == 5
    assert all(one == shapes[0] for one in shapes)


def tasks_in(content: Any) -> Iterator[dict[str, Any]]:
    """Yield every task of an example, those within blocks too."""
    for task in content:
        yield task
        for section in ("block", "rescue", "always"):
            yield from tasks_in(task.get(section, []))


def calls_in(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    _doc, examples, _returns = documents_of(name)
    for task in tasks_in(examples):
        for key, value in task.items():
            if key.startswith("opendr.vcda."):
                yield key.removeprefix("opendr.vcda."), value or {}


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_named_and_use_full_names(name: str) -> None:
    _doc, examples, _returns = documents_of(name)
    for task in tasks_in(examples):
        assert task["name"][0].isupper(), task
        actions = [key for key in task if "." in key]
        assert actions or "block" in task, task
        assert all(action.startswith(("opendr.vcda.", "ansible.builtin.")) for action in actions), task
    assert [called for called, _options in calls_in(name)].count(name) >= 2


@pytest.mark.parametrize("name", MODULES)
def test_examples_pass_the_argument_spec(name: str) -> None:
    for called, options in calls_in(name):
        definition = definition_of(called)
        validator = ArgumentSpecValidator(  # type: ignore[no-untyped-call]
            definition.argument_spec(), **definition.constraints()
        )
        given = {"hostname": "vcda.example.com", **options}
        result = validator.validate(given)  # type: ignore[no-untyped-call]
        assert result.error_messages == [], f"{called}: {options}"


@pytest.mark.parametrize("name", MODULES)
def test_the_documentation_names_no_place_of_this_machine(name: str) -> None:
    assert not re.search(r"(^|[^\w.])/(home|root|tmp|usr/local|opt)/", source_of(name))
