# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation runs and does what it says."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.tests.examples.scenes import (
    Scene,
    estate,
    module_names,
    scenes_of,
    snippets_of,
)
from ansible_collections.opendr.vcda.tests.examples.stage import COUNTED, Stage, work_in

PAGES = [(page, number) for page, shows in estate()["pages"].items() for number in range(len(shows))]


@pytest.mark.parametrize("module", module_names())
def test_the_examples_of_a_module(stage: Stage, tmp_path: Path, module: str) -> None:
    scenes = scenes_of(module)
    outcomes, printed = stage.perform(scenes, tmp_path)
    print(printed)
    problems = [problem for scene in scenes for problem in judge(scene, outcomes)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("page", "number"), PAGES)
def test_the_snippets_of_a_page(stage: Stage, tmp_path: Path, page: str, number: int) -> None:
    """Blocks of tasks, plays, and ansible-playbook commands, in the order of the page."""
    setting = estate()["pages"][page][number]
    block = runnable(page)[number]
    stage.simulator.reset()
    stage.simulator.configure(**stage.defaults)
    stage.simulator.seed(**setting["seed"])
    for command in block if isinstance(block[0], list) else [write(block, tmp_path)]:
        code, printed = stage.run([*command, "-i", "localhost,", "-c", "local"], tmp_path)
        print(printed)
        assert code == 0, shlex.join(command)
    assert work_in(stage.simulator.counters()) == setting["effects"]


@pytest.mark.parametrize("page", estate()["pages"])
def test_every_snippet_of_a_page_is_run(page: str) -> None:
    assert len(runnable(page)) == len(estate()["pages"][page]), f"Add what {page} shows to tests/examples/estate.yml"


def runnable(page: str) -> list[list[Any]]:
    """Return what a page shows and can be run: the YAML blocks, and the shell blocks with ansible-playbook in them."""
    commands = [
        [shlex.split(line) for line in block.splitlines() if line.startswith("ansible-playbook ")]
        for block in snippets_of(page, "sh")
    ]
    return [block for block in commands if block] + [yaml.safe_load(block) for block in snippets_of(page, "yaml")]


def write(block: list[dict[str, Any]], folder: Path) -> list[str]:
    """Write a block of plays or tasks as a playbook and return the command that runs it."""
    tasks = {"name": "The tasks of a page", "hosts": "localhost", "gather_facts": False, "tasks": block}
    (folder / "play.yml").write_text(yaml.safe_dump(block if "hosts" in block[0] else [tasks], sort_keys=False))
    return ["ansible-playbook", "play.yml"]


def judge(scene: Scene, outcomes: list[dict[str, Any]]) -> list[str]:
    """Return what in a scene went other than it should."""
    seen = [outcome for outcome in outcomes if outcome["play"] == scene.title]
    expected, work = scene.expected(), scene.setting.get("effects", {})
    names = set(expected) | set(scene.setting.get("outcomes", {}))
    became = {outcome["task"]: outcome["outcome"] for outcome in seen if outcome["task"] in names}
    said = [f"{outcome['task']}: {outcome['msg']}" for outcome in seen if outcome["outcome"] == "failed"]
    if became != expected:
        return [f"{scene.title}: expected {expected}, became {became}", *said]
    done = next(work_in(outcome["answer"]) for outcome in seen if outcome["task"] == COUNTED)
    return [] if done == work else [f"{scene.title}: expected the effects {work}, had {done}", *said]
