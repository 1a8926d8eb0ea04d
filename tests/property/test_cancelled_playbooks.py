# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain of tasks in one session that is cancelled or killed: the session is closed, nothing more is started.

``tests/processes/test_dying.py`` does the same to a single task, at each of its phases.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.actions import module_action
from ansible_collections.opendr.vcda.tests.simulator.clock import RealClock
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

VMS = 12
PATIENCE = 120.0
# How ansible-playbook ends after Ctrl-C.
CANCELLED = 99
COLLECTIONS = Path(module_action.__file__).absolute().parents[6]

# A chain as the role makes it: one session for all tasks, closed in any case.
CHAIN = [
    {"name": "Log in", "opendr.vcda.session": {}, "register": "login"},
    {
        "name": "Wait for somebody",
        "ansible.builtin.command": {"argv": ["cat", "{{ fifo }}"]},
        "when": "fifo is defined",
    },
    {
        "name": "Fail over",
        "opendr.vcda.vm_replication_failover": {
            "vm_names": "{{ names }}",
            "active_site": "site-2",
            "session_token": "{{ login.session_token }}",
            "max_concurrent": 1,
            "poll_interval": 1,
        },
    },
]
CLOSE = {
    "name": "Log out",
    "opendr.vcda.session": {"state": "absent", "session_token": "{{ login.session_token }}"},
}
PLAY = {
    "name": "Recover",
    "hosts": "localhost",
    "gather_facts": False,
    "module_defaults": {"group/opendr.vcda.vcda": "{{ connection }}"},
    "tasks": [{"name": "Do it", "block": CHAIN, "always": [CLOSE]}],
}


@dataclass
class Stage:
    """A service, and a playbook for it."""

    folder: Path
    server: SimulatorServer
    vm_ids: list[str]

    @property
    def simulator(self) -> Simulator:
        return self.server.simulator

    def play(self, **variables: Any) -> subprocess.Popen[bytes]:
        """Start the playbook."""
        variables["names"] = [self.simulator.document(identity)["vmName"] for identity in self.vm_ids]
        variables["connection"] = {
            "hostname": "127.0.0.1",
            "port": self.server.ports["site-2"],
            "username": "operator@tenant-1",
            "password": "operator-secret-site-2",
            "ca_path": str(self.server.ca_file),
        }
        playbook, values = self.folder / "recover.yml", self.folder / "variables.json"
        playbook.write_text(json.dumps([PLAY]), encoding="utf-8")
        values.write_text(json.dumps(variables), encoding="utf-8")
        with (self.folder / "output.txt").open("wb") as output:
            return subprocess.Popen(  # noqa: S603
                [Path(sys.executable).with_name("ansible-playbook"), playbook, "--extra-vars", f"@{values}"],
                env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_LOCALHOST_WARNING": "false"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def accepted(self) -> int:
        """How many failovers the service has accepted."""
        return sum(self.simulator.effects(identity).get("failover", 0) for identity in self.vm_ids)

    def wait_until(self, is_so: Callable[[], bool], playbook: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, "it never came true"
            assert playbook.poll() in {None, -signal.SIGTERM, -signal.SIGKILL, CANCELLED}, self.output()
            time.sleep(0.005)

    def output(self) -> str:
        return (self.folder / "output.txt").read_text(encoding="utf-8")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    simulator = Simulator(Settings(task_seconds=60.0, latency_ms=10.0), RealClock(speed=20.0))
    seeded = simulator.seed(vms=VMS, vapps=0)
    with SimulatorServer(simulator) as server:
        yield Stage(tmp_path, server, seeded.vm_ids)


def at_login(stage: Stage) -> bool:
    return stage.simulator.log.in_flight > 0


def among_the_starts(stage: Stage) -> bool:
    return stage.accepted() >= 3


def while_waiting(stage: Stage) -> bool:
    return stage.accepted() == VMS


def cancel(playbook: subprocess.Popen[bytes], number: int) -> None:
    """Send SIGINT to the whole group, as a terminal does; anything else to the playbook alone."""
    (os.killpg if number == signal.SIGINT else os.kill)(playbook.pid, number)
    playbook.wait()


CASES = [
    (at_login, signal.SIGINT, False),
    (among_the_starts, signal.SIGINT, True),
    (while_waiting, signal.SIGTERM, True),
    (while_waiting, signal.SIGKILL, False),
]


@pytest.mark.parametrize(("moment", "number", "in_process"), CASES)
def test_an_interrupted_operation(stage: Stage, moment: Callable[[Stage], bool], number: int, in_process: bool) -> None:
    if moment is at_login:
        stage.simulator.fault("slow", method="POST", path_regex="^/sessions$", seconds=1.0)
    playbook = stage.play(vcda_in_process=in_process)
    stage.wait_until(lambda: moment(stage), playbook)
    cancel(playbook, number)

    sessions = stage.simulator.sessions
    stage.wait_until(lambda: sessions.logins == sessions.logouts == 1, playbook)

    # With its only session closed nothing more can have been started; what has been is not started again.
    again = stage.play(vcda_in_process=in_process)
    assert again.wait() == 0, stage.output()
    assert [stage.simulator.effects(identity) for identity in stage.vm_ids] == [{"failover": 1}] * VMS
    assert sessions.logins == sessions.logouts == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("in_process", [True, False])
def test_a_chain_interrupted_between_its_tasks(stage: Stage, number: int, in_process: bool) -> None:
    fifo = stage.folder / "fifo"
    os.mkfifo(fifo)
    playbook = stage.play(vcda_in_process=in_process, fifo=str(fifo))
    # Opens only once the task reads from the other end.
    with fifo.open("wb"):
        cancel(playbook, number)
        sessions = stage.simulator.sessions
        stage.wait_until(lambda: sessions.logins == sessions.logouts == 1, playbook)
    assert stage.accepted() == 0
