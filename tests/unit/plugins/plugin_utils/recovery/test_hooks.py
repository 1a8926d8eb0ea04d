# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hooks are found where the documentation says, or refused; a file of the role itself is never one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.hooks import with_hooks
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import HOOKS, RecoveryInputError

COLLECTION = Path(__file__).parents[5]
TASKS = COLLECTION / "roles" / "recovery" / "tasks"
SPECIFICATION = yaml.safe_load((TASKS.parent / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
VARIABLES = sorted(
    name for name in SPECIFICATION["argument_specs"]["main"]["options"] if name.startswith("recovery_hooks_")
)
OWN_FILES = sorted({path.name for path in TASKS.rglob("*.yml")})


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """The working folder and that of the playbook; each has a hook of its own and one that both have."""
    for folder, name in [("work", "here.yml"), ("work", "both.yaml"), ("book", "there.yml"), ("book", "both.yaml")]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text("[]")
    (tmp_path / "roles" / "good" / "tasks").mkdir(parents=True)
    (tmp_path / "roles" / "good" / "tasks" / "main.yml").write_text("[]")
    (tmp_path / "roles" / "empty").mkdir()
    return [str(tmp_path / "work"), str(tmp_path / "book")]


def found(value: Any, folders: list[str], variable: str = "recovery_hooks_before") -> Any:
    roles = Path(folders[0]).parent / "roles"
    known = {"recovery": str(COLLECTION / "roles" / "recovery")}
    return with_hooks({variable: value}, folders, lambda name: known.get(name, str(roles / name)), lambda *_file: "")[
        variable
    ]


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_kind_of_hook_is_looked_up(folders: list[str], variable: str) -> None:
    assert found(["here.yml", "there.yml", "both.yaml", "good"], folders, variable) == [
        f"{folders[0]}/here.yml",
        f"{folders[1]}/there.yml",
        f"{folders[0]}/both.yaml",
        "good",
    ]
    with pytest.raises(RecoveryInputError, match=f"^{variable}: the task file 'none.yml' is not in {folders[0]} or"):
        found(["here.yml", "none.yml"], folders, variable)


@pytest.mark.parametrize("key", HOOKS)
def test_those_of_a_wave_are_looked_up_too(folders: list[str], key: str) -> None:
    wave = {"name": "one", "vm_names": ["here.yml"], key: "here.yml, good"}
    assert found([wave], folders, "recovery_waves") == [{**wave, key: [f"{folders[0]}/here.yml", "good"]}]
    with pytest.raises(RecoveryInputError, match=rf"^recovery_waves\[0\]\.{key}: there is no role 'none'"):
        found([{**wave, key: ["none"]}], folders, "recovery_waves")


@pytest.mark.parametrize("name", OWN_FILES)
def test_a_hook_that_is_missing_is_never_the_step_of_that_name(folders: list[str], name: str) -> None:
    for hook in (name, f"steps/{name}", f"chains/{name}", f"run/{name}"):
        with pytest.raises(RecoveryInputError, match="is not in"):
            found([hook], [*folders, str(TASKS), str(TASKS / "steps"), str(COLLECTION / "playbooks")])


@pytest.mark.parametrize(
    "hook", [str(TASKS / "steps" / "hook.yml"), str(COLLECTION / "playbooks" / "drill.yml"), "recovery"]
)
def test_what_belongs_to_the_collection_is_no_hook(folders: list[str], hook: str) -> None:
    with pytest.raises(RecoveryInputError, match="belongs to this collection"):
        found([hook], folders)


def test_not_even_through_a_link(folders: list[str]) -> None:
    Path(folders[0], "mine.yml").symlink_to(TASKS / "steps" / "hook.yml")
    with pytest.raises(RecoveryInputError, match="belongs to this collection"):
        found(["mine.yml"], folders)


@pytest.mark.parametrize(
    "hook", ["empty", "notes.txt", "~nobody-of-this-name/a.yml", "x" * 300 + ".yml", "a\0.yml", ".yml"]
)
def test_what_is_no_hook_is_refused(folders: list[str], hook: str) -> None:
    Path(folders[0], "notes.txt").write_text("")
    with pytest.raises(RecoveryInputError, match=r"^recovery_hooks_before: the"):
        found([hook], folders)


def test_a_folder_of_the_name_is_no_task_file(folders: list[str]) -> None:
    Path(folders[0], "folder.yml").mkdir()
    with pytest.raises(RecoveryInputError, match="is not in"):
        found(["folder.yml"], folders)


def test_the_home_folder_and_full_paths(folders: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "book"))
    assert found(["~/there.yml", f"{folders[0]}/here.yml"], ["/"]) == [
        f"{folders[1]}/there.yml",
        f"{folders[0]}/here.yml",
    ]
