# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide says what the code does: generated tables, error codes, examples, and the names of what there is."""

from __future__ import annotations

import importlib
import json
import re
import shlex
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.opendr.vcda.plugins.action.recovery_batch import check
from ansible_collections.opendr.vcda.plugins.doc_fragments.connection import ModuleDocFragment as ConnectionFragment
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import HINTS
from ansible_collections.opendr.vcda.plugins.module_utils.client.versions import NEWEST_VERSION
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import REMEDIES, TABLE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import TRANSITIONS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import begin
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.tools import docs_pages, guide_tables
from ansible_collections.opendr.vcda.tests.tools.phase_picture import PICTURE, drawn

ROOT = Path(__file__).parents[2]
FORGE_PAGES = [
    *(ROOT / name for name in ("README.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "roles/recovery/README.md")),
    *sorted((ROOT / "extensions").rglob("*.md")),
]
PAGES = [*FORGE_PAGES, *sorted(path for path in docs_pages.pages() if path.suffix == ".md")]
ERRORS = (ROOT / "docs" / "concepts" / "errors.md").read_text()
ERRORS_OF_MODULES, _heading, ERRORS_OF_ROLE = ERRORS.partition("\n## Error codes of the role\n")
# A rulebook names its event source where a task names its module.
EVENT_SOURCE = "opendr.vcda.replications"
SOURCES = ROOT / "extensions" / "eda" / "plugins" / "event_source"
PREFIX = "opendr.vcda."
page_by_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)


def mappings(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping in a YAML document, however deep."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from mappings(child)


def problems(name: str, arguments: dict[str, Any]) -> list[str]:
    """Return what a module would say against its arguments, given a connection from elsewhere."""
    definition = importlib.import_module(f"ansible_collections.opendr.vcda.plugins.modules.{name}").DEFINITION
    connection = {"hostname": "vcda.example.com", "username": "operator@tenant-1", "password": "secret"}
    validator = ArgumentSpecValidator(definition.argument_spec(), **definition.constraints())  # type: ignore[no-untyped-call]
    found: list[str] = validator.validate({**connection, **arguments}).error_messages  # type: ignore[no-untyped-call]
    return found


@pytest.mark.parametrize("path", sorted(guide_tables.GUIDE.glob("*.md")), ids=lambda path: str(path.name))
def test_generated_tables_are_those_of_the_code(path: Path) -> None:
    text = path.read_text()
    assert guide_tables.renewed(text) == text, "run: .venv/bin/python -m tests.tools.guide_tables"


def test_the_picture_of_the_life_in_a_run_is_that_of_the_code() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "run: .venv/bin/python -m tests.tools.guide_tables"
    for start, why, target in TRANSITIONS:
        assert f"from {start} to {target}: {why.value}" in unescape(drawn())


def test_every_generated_table_stands_in_the_guide() -> None:
    text = "".join(path.read_text() for path in guide_tables.GUIDE.glob("*.md"))
    assert set(re.findall(r"<!-- generated: ([\w ]+) -->", text)) == set(guide_tables.TABLES)


def test_every_intent_of_the_table_is_shown() -> None:
    shown = set(guide_tables.RECOVERY) | set(guide_tables.UPKEEP)
    assert shown == set(TABLE["NOT_STARTED"])


def test_error_codes_of_the_guide_are_those_of_the_code() -> None:
    # The codes of readiness findings stand in a generated table of their own.
    files = [path for path in (ROOT / "plugins").rglob("*.py") if not path.stem.startswith("readiness_")]
    source = "".join(path.read_text() for path in files)
    raised = set(re.findall(r'code="([A-Z_]+)"', source)) | {
        "TASK_VANISHED",
        "STATE_NOT_REACHED",
        "NAME_MAY_BE_UNREADABLE",
    }
    assert all(f'"{code}"' in source for code in raised)
    assert codes_in_tables(ERRORS_OF_MODULES) == raised | set(REMEDIES)


def test_error_codes_of_the_role_are_in_the_guide() -> None:
    files = [
        *(ROOT / "plugins" / "plugin_utils" / "recovery").glob("*.py"),
        *(ROOT / "plugins" / "action").glob("*.py"),
    ]
    source = "".join(path.read_text() for path in files)
    as_keys = set(re.findall(r'"code": "([A-Z_]+)"', source))
    after_their_category = set(re.findall(r'\b[A-Z_]+,\s+"([A-Z_]+)",', source))
    own = (as_keys | after_their_category) - codes_in_tables(ERRORS_OF_MODULES)
    assert codes_in_tables(ERRORS_OF_ROLE) == own


def codes_in_tables(text: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def test_the_guide_says_when_each_category_occurs() -> None:
    when = ERRORS.split("When each of them occurs:")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", when, re.MULTILINE) == list(HINTS)


@page_by_page
def test_links_lead_somewhere(page: Path) -> None:
    assert docs_pages.fitted(page, docs_pages.pages() | dict.fromkeys(FORGE_PAGES, "forge.md"))


@page_by_page
def test_modules_in_examples_take_the_options_they_are_given(page: Path) -> None:
    for block in blocks(page, "yaml"):
        for mapping in mappings(yaml.safe_load(block)):
            for key, arguments in mapping.items():
                if not isinstance(key, str) or not key.startswith(PREFIX) or not isinstance(arguments, dict):
                    continue
                if key == EVENT_SOURCE:
                    schema = json.loads((SOURCES / "schemas" / "replications.json").read_text())
                    assert set(arguments) <= set(schema["properties"])
                else:
                    assert not problems(key.removeprefix(PREFIX), arguments), key


def runs(page: Path) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield the entry point and the variables of each run of the role in a page, and whether the variables are all.

    A command may take more from files and from hosts, and a block of variables is for any entry point.
    """
    specified = yaml.safe_load((ROOT / "roles" / "recovery" / "meta" / "argument_specs.yml").read_text())
    for block in blocks(page, "sh"):
        for line in re.sub(r"\\\n\s*", " ", block).splitlines():
            words = shlex.split(line, comments=True) if line.startswith("ansible-playbook ") else []
            entry_point = next((word.removeprefix(PREFIX) for word in words if word.startswith(PREFIX)), "")
            if entry_point not in specified["argument_specs"]:
                continue
            extra = [after for word, after in pairwise(words) if word == "-e"]
            given: dict[str, Any] = {}
            for text in extra:
                if not text.startswith("@"):
                    given |= json.loads(text) if text.startswith("{") else dict([text.split("=", 1)])
            yield entry_point, given, not any(text.startswith("@") for text in extra) and "recovery_hosts" not in given
    for block in blocks(page, "yaml"):
        for mapping in mappings(yaml.safe_load(block)):
            given = {key: value for key, value in mapping.items() if str(key).startswith("recovery_")}
            for entry_point in ("main", "drill", "readiness") if given else ():
                yield entry_point, given, False


@page_by_page
def test_runs_of_the_role_in_pages_take_the_variables_they_are_given(page: Path) -> None:
    for entry_point, given, is_all in runs(page):
        site = {} if is_all else {"recovery_active_site": "site-2"}
        found = check(entry_point, {**site, **given})
        assert not found["problem"], (entry_point, given)
        if is_all and entry_point != "status":
            host = {"localhost": {**found, "problem": ""}}
            batch = {"id": "", "started": 0.0, "entry_point": entry_point, "launched_by": "", "hosts": host}
            assert begin(batch, ["localhost"], {}, dry=False)["problems"] == {}, (entry_point, given)


@page_by_page
def test_names_in_pages_exist(page: Path) -> None:
    text = page.read_text()
    specs = yaml.safe_load((ROOT / "roles" / "recovery" / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    variables = {name for spec in specs.values() for name in spec["options"]}
    for path in (ROOT / "playbooks").glob("*.yml"):
        variables |= set(re.findall(r"recovery_\w+", path.read_text()))
    used = set(re.findall(r"\b(recovery_[a-z_]+)(?=\s*[:=]|\")", "".join(blocks(page, "(?:sh|yaml)"))))
    assert used <= variables | {"recovery_readiness_info", "recovery_plan", "recovery_hook", "recovery_wave"}
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    assert set(re.findall(r"ansible-playbook opendr\.vcda\.(\w+)", text)) <= playbooks
    targets = set(re.findall(r"^([a-z-]+)[ a-z-]*:", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for command in re.findall(r"(?:^|`)make (?:-C \S+ )?([a-z-]+)", text, re.MULTILINE):
        assert command in targets or command.startswith("gate-"), command


def test_supported_versions_are_the_same_wherever_they_are_said() -> None:
    def found(pattern: str, *names: str) -> set[str]:
        return {match for name in names for match in re.findall(pattern, (ROOT / name).read_text(), re.MULTILINE)}

    policy = ("README.md", "docs/support.md")
    required = yaml.safe_load(ConnectionFragment.DOCUMENTATION)["requirements"]
    core = found(r'^requires_ansible: ">=([\d.]+)\.0"', "meta/runtime.yml")
    assert found(r"^\| ansible-core \| ([\d.]+) and newer \|", *policy) == core
    python = {f"3.{minor}" for minor in found(r'^"plugins/\*\*" = "py3(\d+)"', "pyproject.toml")}
    assert found(r"^\| Python, where modules run \| ([\d.]+) and newer \|", *policy) == python
    assert f"python >= {python.pop()}" in required
    library = found(r"^requests>=([\d.]+)$", "requirements.txt", "meta/ee-requirements.txt")
    assert found(r"^\| `requests`, where modules run \| ([\d.]+) and newer \|", "docs/support.md") == library
    assert f"requests >= {library.pop().removesuffix('.0')}" in required
    newest = {"{}.{}".format(*NEWEST_VERSION)}
    assert found(r"^\| VMware Cloud Director Availability \| API 4\.0 to ([\d.]+) \|", *policy) == newest
    tested = found(r"^\| ansible-core \| [^|]+ \| ([^|]+) \|", "docs/support.md").pop().split(", ")
    assert set(tested) == found(r"--core ([\d.]+)", "tests/gates.toml")


def test_the_switches_that_the_guide_names_exist() -> None:
    text = (ROOT / "docs" / "concepts" / "unknowns.md").read_text()
    cells = [line.split(" | ")[3] for line in text.splitlines() if line.startswith("| ")][1:]
    named = [name for cell in cells if not cell.startswith("fault") for name in re.findall(r"`(\w+)`", cell)]
    assert len(named) > 10
    assert set(named) <= set(Settings().to_dict())
