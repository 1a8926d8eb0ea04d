# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the documentation as scenes: some tasks that follow each other, and the estate they find.

``estate.yml`` describes the scenes of each module, and is described there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "plugins" / "modules"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OK = "ok"


class SceneError(Exception):
    """The examples and the estate do not fit each other; the message says where."""


@dataclass(frozen=True)
class Scene:
    """Some tasks of an example, in the order of the documentation, and what ``estate.yml`` says of them."""

    title: str
    tasks: list[dict[str, Any]]
    setting: Mapping[str, Any]

    def expected(self) -> dict[str, str]:
        """Return the outcome that each task is to have, by its name; a task that must not run is left out."""
        outcomes = {task["name"]: OK for task in _leaves(self.tasks)}
        changed = self.setting.get("outcomes", {})
        unknown = set(changed) - {task["name"] for task in _leaves(self.tasks, rescue=True)}
        if unknown:
            raise SceneError(f"{self.title}: there is no task {', '.join(sorted(unknown))}")
        return {name: outcome for name, outcome in {**outcomes, **changed}.items() if outcome != "absent"}


@cache
def estate() -> dict[str, Any]:
    """Return what ``estate.yml`` says."""
    document: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("estate.yml").read_text(encoding="utf-8"))
    return document


def module_names() -> list[str]:
    """Return the names of all modules of the collection."""
    return sorted(path.stem for path in MODULES.glob("*.py") if not path.stem.startswith("_"))


def examples_of(module: str) -> list[dict[str, Any]]:
    """Return the tasks in the examples of a module.

    Raises:
        SceneError: It has none.
    """
    tree = ast.parse((MODULES / f"{module}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            tasks: list[dict[str, Any]] | None = yaml.safe_load(ast.literal_eval(node.value))
            if tasks:
                return tasks
    raise SceneError(f"The module {module} has no examples")


def scenes_of(module: str) -> list[Scene]:
    """Return the scenes of a module, which hold every task of its examples.

    Raises:
        SceneError: A task is in no scene, or a scene begins with a task that is not there.
    """
    tasks = examples_of(module)
    settings = estate()["modules"].get(module) or []
    names = [task["name"] for task in tasks]
    begins = [setting["begins"] for setting in settings]
    unknown = [name for name in begins if name not in names]
    if unknown:
        raise SceneError(
            f"The examples of {module} have no task {', '.join(unknown)}; correct tests/examples/estate.yml"
        )
    if names[0] not in begins:
        raise SceneError(f"The example {names[0]!r} of {module} is in no scene; add it to tests/examples/estate.yml")
    positions = sorted({names.index(name) for name in begins})
    ends = dict(zip(positions, [*positions[1:], len(tasks)], strict=True))
    return [
        Scene(f"{number} {setting['begins']}", _slice(tasks, names.index(setting["begins"]), ends, setting), setting)
        for number, setting in enumerate(settings, start=1)
    ]


def snippets_of(page: str, language: str) -> list[str]:
    """Return the fenced blocks of one language in a page of the checkout."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [body for tag, body in FENCE.findall(text) if tag == language]


def _slice(
    tasks: list[dict[str, Any]], begin: int, ends: Mapping[int, int], setting: Mapping[str, Any]
) -> list[dict[str, Any]]:
    values = {**estate()["values"], **setting.get("values", {})}
    replaced: list[dict[str, Any]] = _replace(tasks[begin : ends[begin]], values)
    return replaced


def _replace(content: Any, values: Mapping[str, str]) -> Any:
    """Return the content with what stands for something real in the place of what the example invents."""
    if isinstance(content, dict):
        return {key: _replace(value, values) for key, value in content.items()}
    if isinstance(content, list):
        return [_replace(value, values) for value in content]
    if isinstance(content, str):
        for invented, real in values.items():
            content = content.replace(invented, real)
    return content


def _leaves(tasks: list[dict[str, Any]], *, rescue: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the tasks that do something, those of blocks too, those of rescues only if asked for."""
    for task in tasks:
        if "block" not in task:
            yield task
        for section in ("block", "rescue", "always"):
            if section != "rescue" or rescue:
                yield from _leaves(task.get(section, []), rescue=rescue)
