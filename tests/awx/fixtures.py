# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of AWX share: two sites on loopback ports, and an AWX that was set up by the playbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.awx.controller import Controller
from ansible_collections.opendr.vcda.tests.awx.setup import Applied, Arguments, apply
from ansible_collections.opendr.vcda.tests.simulator import Settings, Simulator
from ansible_collections.opendr.vcda.tests.simulator.clock import RealClock
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.tools.places import tool_environment

HERE, THERE = "site-2", "site-1"
LONGEST = 300.0
SECRETS = [f"operator-secret-{site}" for site in (HERE, THERE)]


@pytest.fixture
def simulator() -> Simulator:
    """Two sites with nine VMs, whose tasks take half a second."""
    made = Simulator(Settings(task_seconds=0.5), RealClock())
    made.seed(vms=6, vapps=1)
    return made


@pytest.fixture
def few(simulator: Simulator) -> Simulator:
    """The sites with two VMs, for what is no matter of numbers."""
    simulator.reset()
    simulator.seed(vms=2)
    return simulator


def credentials(server: SimulatorServer) -> tuple[Arguments, Arguments]:
    """Return the inputs of the two credentials."""
    own = {
        "hostname": "127.0.0.1",
        "port": str(server.ports[HERE]),
        "username": "operator@tenant-1",
        "password": SECRETS[0],
        "ca_certificate": Path(server.ca_file).read_text(encoding="utf-8"),
    }
    return own, {"site": THERE, "username": "operator@tenant-1", "password": SECRETS[1]}


@pytest.fixture
def environment(server: SimulatorServer) -> dict[str, str]:
    """The environment of somebody who works without AWX."""
    own, other = credentials(server)
    own["ca_path"] = str(server.ca_file)
    del own["ca_certificate"]
    named = {f"VCDA_{name.upper()}": value for name, value in own.items()}
    return {**tool_environment(), **named, **{f"VCDA_PEER_{name.upper()}": value for name, value in other.items()}}


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Applied:
    """What the playbook makes; the credentials are filled in by whoever needs them."""
    variables = {
        "vcda_awx_credential_inputs": {"hostname": "vcda.site-2.example.com"},
        "vcda_awx_peer_credential_inputs": {"site": THERE},
        "vcda_awx_forks": 2,
        "vcda_awx_extra_vars": {"recovery_poll_interval": 0.3},
    }
    return apply(tmp_path_factory.mktemp("setup"), variables)


@pytest.fixture
def controller(server: SimulatorServer, applied: Applied, tmp_path: Path) -> Controller:
    """An AWX with the credentials of the simulator."""
    stored = zip(applied["credential"], credentials(server), strict=True)
    own = {**applied, "credential": [{**item, "inputs": inputs} for item, inputs in stored]}
    return Controller(own, tmp_path)
