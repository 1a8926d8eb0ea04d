# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts are worked on together, and what is known of them from an earlier run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.vars.manager import VariableManager

from ansible_collections.opendr.vcda.plugins.action.recovery_batch import ActionModule, _earlier_report

TASK = {"name": "It", "opendr.vcda.recovery_batch": {"entry_point": "main"}, "run_once": True}
OTHER = {"ansible.builtin.debug": {"msg": "x"}}


def find(blocks: list[Any]) -> Any:
    """The task, wherever it stands."""
    for block in blocks:
        for task in [*block.block, *block.rescue, *block.always]:
            found = find([task]) if isinstance(task, Block) else task
            if found is not None and found.name == "It":
                return found
    return None


def comes(tasks: list[dict[str, Any]], **play: Any) -> bool:
    loader = DataLoader()  # type: ignore[no-untyped-call]
    inventory = InventoryManager(loader, sources=["a,b"])  # type: ignore[no-untyped-call]
    variables = VariableManager(loader=loader, inventory=inventory)
    data = {"name": "x", "hosts": "all", "gather_facts": False, "tasks": tasks, **play}
    loaded = Play.load(data, variable_manager=variables, loader=loader)  # type: ignore[no-untyped-call]
    plugin = object.__new__(ActionModule)
    plugin._task = find(loaded.tasks)
    assert plugin._task is not None
    return plugin._does_every_host_come()


@pytest.mark.parametrize(
    "tasks",
    [[TASK], [{"block": [OTHER, TASK]}], [{"block": [{"block": [TASK]}], "rescue": [OTHER], "always": [OTHER]}]],
    ids=["alone", "block", "nested"],
)
@pytest.mark.parametrize("strategy", ["linear", "ansible.builtin.linear", "debug"])
def test_all_hosts_come(tasks: list[dict[str, Any]], strategy: str) -> None:
    assert comes(tasks, strategy=strategy)


@pytest.mark.parametrize("strategy", ["free", "host_pinned", "ansible.builtin.free", "somebody.elses.strategy"])
def test_nobody_waits_for_the_others_in_other_strategies(strategy: str) -> None:
    assert not comes([TASK], strategy=strategy)


@pytest.mark.parametrize(
    "tasks",
    [
        [{**TASK, "when": "x is defined"}],
        [{"block": [TASK], "when": "x is defined"}],
        [{"block": [{"block": [TASK]}], "when": ["x is defined"]}],
        [{"block": [OTHER], "rescue": [TASK]}],
        [{"block": [OTHER], "always": [{"block": [TASK]}]}],
        [{**TASK, "run_once": False}],
        [{**TASK, "delegate_to": "c"}],
    ],
    ids=["condition", "of a block", "of an outer block", "rescue", "always", "one by one", "delegated"],
)
def test_a_host_may_be_kept_away(tasks: list[dict[str, Any]]) -> None:
    assert not comes(tasks)


def test_a_dynamic_include_may_keep_a_host_away(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text("[]")
    including = [{"ansible.builtin.include_tasks": str(tmp_path / "one.yml"), "name": "It", "run_once": True}]
    # A task that is loaded later has the include as its parent.
    loader = DataLoader()  # type: ignore[no-untyped-call]
    manager = VariableManager(loader=loader, inventory=InventoryManager(loader, sources=["a,b"]))  # type: ignore[no-untyped-call]
    data = {"name": "x", "hosts": "all", "gather_facts": False, "tasks": including}
    play = Play.load(data, variable_manager=manager, loader=loader)  # type: ignore[no-untyped-call]
    block = Block.load([TASK], play=play, task_include=find(play.tasks), loader=loader)  # type: ignore[no-untyped-call]
    plugin = object.__new__(ActionModule)
    plugin._task = block.block[0]
    assert not plugin._does_every_host_come()


def test_hooks_are_in_the_folder_of_the_process_and_in_those_of_the_playbooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("work", "book", "other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "book" / "site.yml").write_text("[]")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PWD", str(tmp_path / "other"))
    named = {"args": ("../book/site.yml", "opendr.vcda.failover")}
    monkeypatch.setattr(context, "CLIARGS", named)
    plugin = object.__new__(ActionModule)
    plugin._loader = DataLoader()  # type: ignore[no-untyped-call]
    plugin._loader.set_basedir(str(tmp_path / "imported"))
    assert [str(Path(folder).resolve()) for folder in plugin._hook_folders()] == [
        str(tmp_path / "work"),
        str(tmp_path / "imported"),
        str(tmp_path / "book"),
    ]


REPORT = {"outcome": "succeeded"}
TEMPLATE = "{{ recovery__end.reports[inventory_hostname] | from_json }}"


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, None),
        ({"recovery_report": TEMPLATE, "recovery__end": {"reports": {"a": '{"outcome": "succeeded"}'}}}, REPORT),
        ({"recovery_report": TEMPLATE, "recovery__end": {"reports": {"b": '{"outcome": "succeeded"}'}}}, None),
        ({"recovery_report": TEMPLATE, "recovery__end": {"skipped": True}}, None),
        ({"recovery_report": TEMPLATE}, None),
        ({"recovery_report": REPORT}, REPORT),
        ({"recovery_report": REPORT, "recovery__end": {"reports": {"a": "{}"}}}, REPORT),
        ({"recovery_report": {}}, {}),
        ({"recovery_report": "{{ lookup('file', 'x') }}"}, None),
        ({"recovery_report": []}, None),
    ],
)
def test_the_report_of_an_earlier_run_is_found_whatever_holds_it(variables: dict[str, Any], found: Any) -> None:
    assert _earlier_report(variables, "a") == found


def test_the_variable_of_the_role_is_recognised() -> None:
    path = Path(__file__).parents[4] / "roles" / "recovery" / "vars" / "report.yml"
    variables = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert _earlier_report(variables, "a") is None
