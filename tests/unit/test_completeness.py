# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is left half done: whatever a module, a verb or a source file needs beside itself is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import VERBS
from ansible_collections.opendr.vcda.tests.examples.scenes import module_names, scenes_of
from ansible_collections.opendr.vcda.tests.tools import guide_tables
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import CASES

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "tests" / "unit"
MODULES = module_names()
SHARED = (ROOT / "plugins" / "module_utils", ROOT / "plugins" / "plugin_utils")
SOURCES = sorted(path for folder in SHARED for path in folder.rglob("*.py") if path.stem != "__init__")
# What a row of a table in the README looks like that names one, and the files that there are.
NAMED_IN_README = {
    "modules": (
        r"`((?:vm|vapp)_replication\w*|\w+_info|session|service_probe|recovery_plan|recovery_readiness_info)`",
        "plugins/modules/*.py",
    ),
    "playbooks": (r"^\| `opendr\.vcda\.(\w+)` \|", "playbooks/*.yml"),
    "inventories": (r"^\| `opendr\.vcda\.(\w+)` inventory \|", "plugins/inventory/*.py"),
    "event sources": (r"^\| `opendr\.vcda\.(\w+)` event source \|", "extensions/eda/plugins/event_source/*.py"),
}
# Source files without a test file of their name: who tests them, as a part of what they serve.
TESTED_BY = {
    "module_utils/client/answers": "plugins/module_utils/client/test_transport.py",
    "module_utils/client/opening": "on_simulator/client/test_session_interrupted.py",
    "module_utils/declared/goals": "declared/test_stops.py",
    "module_utils/declared/creation": "declared/test_starts.py",
    "module_utils/declared/preparation": "declared/test_prepared_recovery.py",
    "module_utils/model/fields": "plugins/module_utils/settings/test_request_bodies.py",
    "module_utils/modules/connection_arguments": "plugins/module_utils/modules/test_arguments.py",
    "module_utils/modules/option_forms": "plugins/module_utils/modules/test_arguments.py",
    "module_utils/modules/readiness": "plugins/test_recovery_readiness_info.py",
    "module_utils/modules/readiness_checks": "plugins/test_recovery_readiness_info.py",
    "module_utils/modules/readiness_facts": "plugins/test_recovery_readiness_info.py",
    "module_utils/modules/readiness_history": "plugins/test_recovery_readiness_info.py",
    "module_utils/modules/readiness_judges": "plugins/test_recovery_readiness_info.py",
    "module_utils/modules/readiness_networks": "plugins/test_recovery_readiness_info.py",
    "module_utils/modules/readiness_settings": "plugins/test_recovery_readiness_info.py",
    "module_utils/modules/replication_arguments": "plugins/module_utils/modules/test_arguments.py",
    "module_utils/modules/reading": "plugins/module_utils/modules/test_listing.py",
    "module_utils/modules/setting_arguments": "plugins/module_utils/modules/test_arguments.py",
    "module_utils/modules/sites": "plugins/module_utils/modules/test_listing.py",
    "module_utils/modules/tasks": "plugins/module_utils/modules/test_listing.py",
    "module_utils/operation/context": "plugins/module_utils/operation/test_operation.py",
    "module_utils/probe/asking": "on_simulator/probe/test_probe.py",
    "module_utils/probe/questions_on_lists": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/questions_on_recoveries": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/questions_on_recovery_plans": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/questions_on_service": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/questions_on_sessions": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/questions_on_settings": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/questions_on_tasks": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/reading": "on_simulator/probe/test_round_trip.py",
    "module_utils/probe/sessions": "on_simulator/probe/test_round_trip.py",
    "module_utils/settings/excluded_disks": "declared/test_excluded_disks.py",
    "module_utils/settings/tables": "plugins/module_utils/modules/test_arguments.py",
    "plugin_utils/actions/recovery_action": "plugins/action/test_recovery_batch.py",
    "plugin_utils/recovery/findings": "plugins/plugin_utils/recovery/test_report.py",
    "plugin_utils/recovery/named": "plugins/plugin_utils/recovery/test_selection.py",
    "plugin_utils/recovery/readiness_answers": "plugins/plugin_utils/recovery/test_answers.py",
    "plugin_utils/recovery/report_text": "plugins/plugin_utils/recovery/test_report.py",
    "plugin_utils/recovery/state": "plugins/plugin_utils/recovery/test_course.py",
    "plugin_utils/recovery/waves": "plugins/plugin_utils/recovery/test_selection.py",
}


@cache
def runtime() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    return document


def test_there_are_modules_and_sources_to_look_at() -> None:
    assert "vm_replication_reverse" in MODULES
    assert {path.stem for path in SOURCES} >= {"operation", "session_guard"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_run_by_a_unit_test(module: str) -> None:
    run = {case.module for case in CASES if not case.fails}
    assert module in run, f"Add a case of {module} to tests/unit/plugins/test_return_values.py"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_an_integration_target(module: str) -> None:
    target = ROOT / "tests" / "integration" / "targets" / module / "tasks"
    text = "".join(path.read_text(encoding="utf-8") for path in target.glob("*.yml"))
    assert f"opendr.vcda.{module}:" in text, (
        f"Write {target.relative_to(ROOT)}/main.yml, which runs opendr.vcda.{module}"
    )


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_are_all_run(module: str) -> None:
    run = str([scene.tasks for scene in scenes_of(module)])
    assert f"opendr.vcda.{module}'" in run, f"The examples of {module} do not show it"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_takes_the_defaults_of_the_group(module: str) -> None:
    assert module in runtime()["action_groups"]["vcda"], f"Add {module} to action_groups in meta/runtime.yml"


def test_nothing_is_grouped_that_does_not_exist() -> None:
    assert set(runtime()["action_groups"]["vcda"]) <= set(MODULES)


@pytest.mark.parametrize(("named", "files"), NAMED_IN_README.values(), ids=NAMED_IN_README)
def test_the_readme_names_what_there_is_and_nothing_else(named: str, files: str) -> None:
    rows = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    there = {path.stem for path in ROOT.glob(files) if not path.stem.startswith("_")}
    assert {name for row in rows for name in re.findall(named, row)} == there


def test_an_execution_environment_gets_what_the_collection_requires() -> None:
    files = [ROOT / "requirements.txt", ROOT / "meta" / "ee-requirements.txt"]
    own, given = (
        {line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}
        for path in files
    )
    assert own == given


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: str(verb.name))
def test_a_verb_stands_in_the_documented_decision_table(verb: Any) -> None:
    heading = {**guide_tables.RECOVERY, **guide_tables.UPKEEP}.get(verb.intent)
    assert heading, f"Add {verb.intent} to a table in tests/tools/guide_tables.py"
    guide = (guide_tables.GUIDE / "decisions.md").read_text(encoding="utf-8")
    tables = re.findall(r"<!-- generated: \w+ decisions -->\n(.*?)<!-- end -->", guide, re.DOTALL)
    lines = [line for table in tables for line in table.splitlines()]
    assert any(f"| {heading} |" in line for line in lines), f"docs/concepts/decisions.md does not show {verb.name}"


def name_of(source: Path) -> str:
    return source.relative_to(ROOT / "plugins").with_suffix("").as_posix()


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_a_source_file_has_its_test_file(source: Path) -> None:
    own = UNIT / source.parent.relative_to(ROOT) / f"test_{source.stem}.py"
    # What needs the simulator, which wants a newer Python than modules do, stands apart.
    apart = UNIT / "on_simulator" / source.parent.name / own.name
    test = UNIT / TESTED_BY[name_of(source)] if name_of(source) in TESTED_BY else own
    found = [path for path in (test, apart) if path.is_file() and "def test_" in path.read_text(encoding="utf-8")]
    assert found, f"Write {test.relative_to(ROOT)}, which tests {source.relative_to(ROOT)}"


def test_who_has_a_test_file_needs_no_other() -> None:
    assert set(TESTED_BY) <= {name_of(source) for source in SOURCES}
    own = (UNIT / "plugins" / Path(name).parent / f"test_{Path(name).name}.py" for name in TESTED_BY)
    assert not [path for path in own if path.is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_member_of_an_enumeration_is_an_empty_tuple(path: Path) -> None:
    """Its value would be another one with Python 3.11.0 to 3.11.2."""
    classes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
    enumerations = [node for node in classes if any("Enum" in ast.unparse(base) for base in node.bases)]
    values = [ast.unparse(line.value) for node in enumerations for line in node.body if isinstance(line, ast.Assign)]
    assert "()" not in values
