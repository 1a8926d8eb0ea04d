# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples for pipelines: their commands are run, and end with the codes that the documentation gives."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.tests.awx.fixtures import HERE
from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.tools.commands import output_of
from ansible_collections.opendr.vcda.tests.tools.places import ROOT

FOLDER = ROOT / "extensions" / "pipelines"


def commands() -> dict[str, tuple[str, set[str]]]:
    """Return the command of each example, and the variables that it is given in the file itself."""
    gitlab: dict[str, Any] = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text(encoding="utf-8"))
    github: dict[str, Any] = yaml.safe_load((FOLDER / "github-actions.yml").read_text(encoding="utf-8"))
    step = next(step for step in github["jobs"]["readiness"]["steps"] if step["name"] == "Check readiness")
    return {
        "gitlab": ("\n".join(gitlab["recovery-readiness"]["script"]), set()),
        "github": (step["run"], set(step["env"])),
    }


@pytest.mark.parametrize(
    ("name", "health", "code"), [("gitlab", "GREEN", 0), ("gitlab", "RED", 2), ("github", "RED", 2)]
)
def test_a_pipeline_fails_when_a_workload_is_not_ready(
    simulator: Simulator, environment: dict[str, str], tmp_path: Path, name: str, health: str, code: int
) -> None:
    simulator.reset()
    simulator.seed(vms=1, health=health)
    command, _given = commands()[name]
    variables = {**environment, "RECOVERY_SITE": HERE}
    done = subprocess.run(
        ["bash", "-euc", command], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout
    assert (tmp_path / "report" / "readiness.html").is_file()
    assert set(simulator.counters()["effects"]) <= {"login", "extend", "logout"}


def test_the_workflow_of_github_hands_over_what_the_comment_names() -> None:
    assert commands()["github"][1] >= {"RECOVERY_SITE", "VCDA_HOSTNAME", "VCDA_PASSWORD", "VCDA_PEER_PASSWORD"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["opendr.vcda.no_such_playbook"], 1),
        (["opendr.vcda.readiness", "-e", "@no-such-file.yml"], 1),
        (["opendr.vcda.readiness", "--no-such-option"], 2),
        (["opendr.vcda.readiness"], 2),
    ],
    ids=["playbook", "file", "option", "variable"],
)
def test_a_command_that_is_wrong_ends_with_the_code_of_the_documentation(arguments: list[str], code: int) -> None:
    assert output_of("ansible-playbook", *arguments)[0] == code
