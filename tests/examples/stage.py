# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays scenes: one ansible-playbook for all scenes of a module, against sites that are new for each scene."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.opendr.vcda.tests.examples.scenes import ROOT, Scene, estate
from ansible_collections.opendr.vcda.tests.simulator.clock import RealClock
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.tools.places import tool_environment

HERE = Path(__file__).parent
PRIMARY, RECOVERY = "site-1", "site-2"
COUNTED = "Count what took effect"
SESSIONS = ("login", "logout", "extend")
TIMEOUT = 300.0
GROUP = "group/opendr.vcda.vcda"


class Calendar(RealClock):
    """The computer's clock on another day, on which the dates of the examples lie."""

    def __init__(self, begin_ms: int) -> None:
        """Begin at the given epoch milliseconds."""
        super().__init__()
        self._begin_ms = begin_ms

    def now_ms(self) -> int:
        """Return the simulated time as epoch milliseconds."""
        return self._begin_ms + int(self.monotonic() * 1000)


class Stage:
    """Two cloud sites and one on premises on loopback ports, in the process of the tests, and playbooks for them."""

    def __init__(self) -> None:
        self.switches: dict[str, Any] = estate()["switches"]
        begin = estate()["begin"]
        settings = Settings.from_dict(self.switches)
        self.simulator = Simulator(settings, Calendar(int(begin.timestamp() * 1000)), onprem_sites=("branch-1",))
        self.defaults = self.simulator.settings.to_dict()
        self.server = SimulatorServer(self.simulator)

    def variables(self) -> dict[str, Any]:
        """Return the variables that all plays have."""
        return {
            "simulator": {"control_url": self.server.control_url},
            "site_2_thumbprint": self.server.thumbprint(RECOVERY),
            "ansible_python_interpreter": sys.executable,
            "seeded": "{{ staged.results | selectattr('item.path', 'eq', '/seed') | map(attribute='answer') }}",
            "found": "{{ looked.answer }}",
            **estate()["variables"],
        }

    def play(self, scene: Scene) -> dict[str, Any]:
        """Return the play of a scene; it goes on with the next one whatever happens in it."""
        return {
            "name": scene.title,
            "hosts": "localhost",
            "gather_facts": False,
            "vars": self.variables(),
            "module_defaults": {GROUP: scene.setting.get("defaults", {})},
            "pre_tasks": [*_stage_tasks(self.defaults, scene.setting), *scene.setting.get("prepare", []), _FORGET],
            "tasks": [
                {
                    "name": "Play the scene",
                    "block": scene.tasks,
                    "rescue": [{"name": "Go on", "ansible.builtin.meta": "noop"}],
                }
            ],
            "post_tasks": [{"name": COUNTED, "simulator_control": {"ask": "/counters"}}],
        }

    def environment(self) -> dict[str, str]:
        """Return the environment of somebody who works at the recovery site."""
        return {
            **tool_environment(),
            "ANSIBLE_ACTION_PLUGINS": str(ROOT / "tests/integration/targets/setup_simulator/action_plugins"),
            "VCDA_HOSTNAME": "127.0.0.1",
            "VCDA_PORT": str(self.server.ports[RECOVERY]),
            "VCDA_CA_PATH": str(self.server.ca_file),
            "VCDA_USERNAME": "operator@tenant-1",
            "VCDA_PASSWORD": f"operator-secret-{RECOVERY}",
            "VCDA_PEER_SITE": PRIMARY,
            "VCDA_PEER_USERNAME": "operator@tenant-1",
            "VCDA_PEER_PASSWORD": f"operator-secret-{PRIMARY}",
        }

    def run(self, command: list[str], folder: Path, **environment: str) -> tuple[int, str]:
        """Run a command in a folder and return its exit code and what it printed."""
        answer = subprocess.run(
            command,
            cwd=folder,
            env={**self.environment(), **environment},
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
        return answer.returncode, answer.stdout

    def perform(self, scenes: list[Scene], folder: Path) -> tuple[list[dict[str, Any]], str]:
        """Play scenes in a folder and return what became of each task, and what was printed."""
        outcomes = folder / "outcomes.jsonl"
        outcomes.touch()
        shutil.copytree(HERE / "files", folder, dirs_exist_ok=True)
        (folder / "play.yml").write_text(yaml.safe_dump([self.play(scene) for scene in scenes], sort_keys=False))
        _code, printed = self.run(
            ["ansible-playbook", "play.yml", "-i", "localhost,", "-c", "local"],
            folder,
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback_plugins"),
            ANSIBLE_CALLBACKS_ENABLED="outcomes",
            EXAMPLES_OUTCOMES=str(outcomes),
        )
        return [json.loads(line) for line in outcomes.read_text(encoding="utf-8").splitlines()], printed


def work_in(counters: dict[str, Any]) -> dict[str, int]:
    """Return how often each verb took effect; sessions are no work."""
    return {verb: count for verb, count in counters["effects"].items() if verb not in SESSIONS}


_FORGET = {"name": "Forget the requests so far", "simulator_control": {"tell": "/log/clear"}}


def _stage_tasks(defaults: dict[str, Any], setting: Any) -> list[dict[str, Any]]:
    """Return the tasks that make everything new and put into it what a scene needs.

    The play's variables ``seeded`` and ``found`` look at what these tasks register.
    """
    seeds = setting.get("seed", [])
    orders = [("/reset", {}), ("/settings", {**defaults, **setting.get("switches", {})})]
    orders += [("/seed", seed) for seed in (seeds if isinstance(seeds, list) else [seeds])]
    orders += [("/workloads", workload) for workload in setting.get("workloads", [])]
    orders += [("/recovery-plans", plan) for plan in setting.get("plans", [])]
    orders += [("/faults", fault) for fault in setting.get("faults", [])]
    told = [{"path": path, "body": body} for path, body in orders]
    return [
        {
            "name": "Set the stage",
            "simulator_control": {"tell": "{{ item.path }}", "body": "{{ item.body }}"},
            "loop": told,
            "loop_control": {"label": "{{ item.path }}"},
            "register": "staged",
        },
        {"name": "Look at the stage", "simulator_control": {"ask": "/state"}, "register": "looked"},
    ]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    made = Stage()
    with made.server:
        yield made
    assert made.simulator.defects == []
