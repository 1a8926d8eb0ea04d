# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator behind real sockets, in the process of the tests so that they see everything in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import RealClock
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.tools.places import tool_environment

PRIMARY = "site-1"
RECOVERY = "site-2"
USER = "operator@tenant-1"


class Estate:
    """Two sites on loopback ports, and playbooks that run at them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.simulator = Simulator(Settings(task_seconds=0.3), RealClock())
        self.server = SimulatorServer(self.simulator)

    def connection(self, site: str = RECOVERY, **changes: Any) -> dict[str, Any]:
        """The options of the modules for one site; an option that is None is left out."""
        peer = PRIMARY if site == RECOVERY else RECOVERY
        options = {
            "hostname": "127.0.0.1",
            "port": self.server.ports[site],
            "username": USER,
            "password": f"operator-secret-{site}",
            "ca_path": str(self.server.ca_file),
            "extend_sites": [{"site": peer, "username": USER, "password": f"operator-secret-{peer}"}],
            **changes,
        }
        return {name: value for name, value in options.items() if value is not None}

    def playbook(self, *tasks: dict[str, Any], in_process: bool = True) -> Path:
        path = self.folder / "play.yml"
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {"vcda_in_process": in_process, "ansible_python_interpreter": sys.executable},
            "tasks": list(tasks),
        }
        path.write_text(json.dumps([play]), encoding="utf-8")
        return path

    def start(self, playbook: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start ansible-playbook as the leader of a process group of its own, as a terminal or a runner does."""
        return subprocess.Popen(
            ["ansible-playbook", str(playbook), "-i", "localhost,", "-c", "local", *arguments],
            cwd=self.folder,
            env={**tool_environment(), "HOME": os.environ.get("HOME", "/"), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )

    def run(self, playbook: Path, *arguments: str, **environment: str) -> tuple[int, str]:
        process = self.start(playbook, *arguments, **environment)
        output, _nothing = process.communicate(timeout=300)
        return process.returncode, output

    def open_sessions(self) -> int:
        return int(self.simulator.counters()["open_sessions"])


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    made = Estate(tmp_path)
    with made.server:
        yield made
