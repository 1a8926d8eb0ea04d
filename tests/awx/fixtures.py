# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of AWX share: two sites on loopback ports, and an AWX that was set up by the playbook."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.awx.controller import Controller
from ansible_collections.opendr.vcda.tests.awx.setup import Setup
from ansible_collections.opendr.vcda.tests.awx.stand_in import Arguments, Awx
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


def credentials(server: SimulatorServer, here: str = HERE, there: str = THERE) -> tuple[Arguments, Arguments]:
    """Return the inputs of the two credentials of jobs that talk to a site."""
    own = {
        "hostname": "127.0.0.1",
        "port": str(server.ports[here]),
        "username": "operator@tenant-1",
        "password": f"operator-secret-{here}",
        "ca_certificate": Path(server.ca_file).read_text(encoding="utf-8"),
    }
    return own, {"site": there, "username": "operator@tenant-1", "password": f"operator-secret-{there}"}


@pytest.fixture
def environment(server: SimulatorServer) -> dict[str, str]:
    """The environment of somebody who works without AWX."""
    own, other = credentials(server)
    own["ca_path"] = str(server.ca_file)
    del own["ca_certificate"]
    named = {f"VCDA_{name.upper()}": value for name, value in own.items()}
    return {**tool_environment(), **named, **{f"VCDA_PEER_{name.upper()}": value for name, value in other.items()}}


VARIABLES: Arguments = {
    "vcda_awx_credential_inputs": {"hostname": "vcda.site-2.example.com", "password": SECRETS[0]},
    "vcda_awx_peer_credential_inputs": {"site": THERE, "password": SECRETS[1]},
    "vcda_awx_failback_credential_inputs": {"hostname": "vcda.site-1.example.com", "password": SECRETS[1]},
    "vcda_awx_failback_peer_credential_inputs": {"site": HERE, "password": SECRETS[0]},
    "vcda_awx_extra_vars": {"recovery_poll_interval": 0.3},
}


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Awx:
    """An AWX that was set up as it is by default: its jobs run at localhost."""
    setup = Setup(tmp_path_factory.mktemp("localhost"))
    setup.must_run(VARIABLES)
    return setup.awx


@pytest.fixture(scope="session")
def on_hosts(tmp_path_factory: pytest.TempPathFactory) -> Awx:
    """An AWX whose jobs run on the hosts of the inventory."""
    setup = Setup(tmp_path_factory.mktemp("hosts"))
    setup.must_run({**VARIABLES, "vcda_awx_hosts": "vcda", "vcda_awx_forks": 2})
    return setup.awx


def _with_simulator(awx: Awx, server: SimulatorServer) -> Awx:
    """Return an AWX whose credentials are those of the simulator."""
    made = copy.deepcopy(awx)
    for here, there, kind in ((HERE, THERE, "VCDA"), (THERE, HERE, "VCDA failback")):
        own, other = credentials(server, here, there)
        made.named("credential", f"{kind} site")["inputs"] = own
        made.named("credential", f"{kind} peer site")["inputs"] = other
    return made


@pytest.fixture
def controller(server: SimulatorServer, applied: Awx, tmp_path: Path) -> Controller:
    """The AWX at localhost, with the credentials of the simulator."""
    return Controller(_with_simulator(applied, server), tmp_path / "localhost")


@pytest.fixture
def host_controller(server: SimulatorServer, on_hosts: Awx, tmp_path: Path) -> Controller:
    """The AWX on hosts, with the credentials of the simulator and an inventory that is up to date."""
    made = Controller(_with_simulator(on_hosts, server), tmp_path / "hosts")
    made.update_inventory()
    return made
