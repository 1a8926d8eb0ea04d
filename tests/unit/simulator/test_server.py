# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sites on real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from ansible_collections.opendr.vcda.tests.simulator import Settings, Simulator
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer

LOGIN = {"type": "vcdCredentials", "vcdUser": "operator@tenant-1", "vcdPassword": "operator-secret-site-2"}
PATIENCE = 20


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Settings(task_seconds=3600))


@pytest.fixture
def server(simulator: Simulator) -> Iterator[SimulatorServer]:
    with SimulatorServer(simulator) as server:
        yield server
    assert simulator.defects == []


@pytest.fixture
def session(server: SimulatorServer) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(server.ca_file)
        reply = session.post(f"{server.address('site-2')}/sessions", json=LOGIN, timeout=PATIENCE)
        session.headers["X-VCAV-Auth"] = reply.headers["X-VCAV-Auth"]
        yield session


def control(server: SimulatorServer, method: str, path: str, body: Any = None) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, server.control_url + path, json=body, timeout=PATIENCE)


def test_every_site_answers_on_its_own_port(server: SimulatorServer, session: requests.Session) -> None:
    assert len(set(server.ports.values())) == 2
    local = [
        site["site"]
        for site in session.get(f"{server.address('site-2')}/sites", timeout=PATIENCE).json()
        if site["isLocal"]
    ]
    assert local == ["site-2"]
    assert session.get(f"{server.address('site-1')}/sites", timeout=PATIENCE).status_code == 401


def test_everything_is_on_loopback(server: SimulatorServer) -> None:
    addresses = [server.address("site-1"), server.address("site-2"), server.control_url]
    assert {urlsplit(address).hostname for address in addresses} == {"127.0.0.1"}


def test_one_connection_serves_many_requests(
    simulator: Simulator, server: SimulatorServer, session: requests.Session
) -> None:
    for _unused in range(5):
        session.get(f"{server.address('site-2')}/vm-replications", params={"vmName": "a b&c"}, timeout=PATIENCE)
    assert simulator.log[-1].query == [("vmName", "a b&c")]
    counters = simulator.counters()
    assert (counters["connections"], counters["requests"], counters["in_flight"]) == (1, 6, 0)


def test_a_new_connection_takes_two_round_trips_more(
    server: SimulatorServer, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def note(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("asyncio.sleep", note)
    server.simulator.configure(latency_ms=250)
    for _each in range(2):
        for _unused in range(2):
            session.get(f"{server.address('site-2')}/sites", timeout=PATIENCE)
        session.close()
    assert slept == [0.5, 0.25, 0.25] * 2


def test_the_date_on_the_wire_is_the_simulated_one(server: SimulatorServer, session: requests.Session) -> None:
    server.simulator.advance(86_400 * 365)
    reply = session.get(f"{server.address('site-2')}/sites", timeout=PATIENCE)
    server_time = parsedate_to_datetime(reply.headers["Date"])
    assert server_time.timestamp() > server.simulator.clock.now_ms() / 1000 - 86_400
    assert reply.status_code == 401


def test_the_thumbprint_is_that_of_the_certificate_on_the_wire(server: SimulatorServer) -> None:
    pem = ssl.get_server_certificate(("127.0.0.1", server.ports["site-1"]), timeout=PATIENCE)
    found = server.certificates.get("site-1", "trusted")
    assert ssl.PEM_cert_to_DER_cert(pem) == ssl.PEM_cert_to_DER_cert(found.pem.decode())
    assert found.thumbprint == server.thumbprint("site-1")


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("expired", "certificate has expired"),
        ("wrong_host", "IP address mismatch"),
        ("other_authority", "unable to get local issuer|self.signed|unable to get issuer"),
    ],
)
def test_certificates_that_no_client_must_accept(server: SimulatorServer, variant: str, reason: str) -> None:
    server.simulator.configure(certificate=variant)
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError, match=reason):
            session.get(f"{server.address('site-1')}/sites", verify=str(server.ca_file), timeout=PATIENCE)
    assert len(server.simulator.log) == 0


@pytest.mark.parametrize(
    ("kind", "exception", "effects"),
    [
        ("reset_before", requests.exceptions.ConnectionError, {}),
        ("reset_after", requests.exceptions.ConnectionError, {"failover": 1}),
        ("truncated", requests.exceptions.ChunkedEncodingError, {"failover": 1}),
        ("site_down", requests.exceptions.ConnectionError, {}),
    ],
)
def test_broken_connections(
    server: SimulatorServer, session: requests.Session, kind: str, exception: type[Exception], effects: dict[str, int]
) -> None:
    identifier = server.simulator.seed(vms=1).vm_ids[0]
    server.simulator.fault(kind, path_regex="/failover$")
    address = f"{server.address('site-2')}/vm-replications/{identifier}"
    with pytest.raises(exception):
        session.post(f"{address}/failover", json={"type": "vcloud"}, timeout=PATIENCE)
    assert server.simulator.effects(identifier) == effects
    assert session.get(address, timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize(("kind", "effects"), [("timeout_before", {}), ("timeout_after", {"failover": 1})])
def test_silence_until_the_client_goes(
    server: SimulatorServer, session: requests.Session, kind: str, effects: dict[str, int]
) -> None:
    identifier = server.simulator.seed(vms=1).vm_ids[0]
    server.simulator.fault(kind, path_regex="/failover$")
    address = f"{server.address('site-2')}/vm-replications/{identifier}"
    with pytest.raises(requests.exceptions.ReadTimeout):
        session.post(f"{address}/failover", json={"type": "vcloud"}, timeout=0.2)
    assert server.simulator.effects(identifier) == effects
    assert session.get(address, timeout=PATIENCE).status_code == 200


def test_a_certificate_that_changes_for_one_connection(server: SimulatorServer, session: requests.Session) -> None:
    server.simulator.fault("certificate_mismatch", path_regex="/tasks")
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(f"{server.address('site-2')}/tasks", timeout=PATIENCE)
    with pytest.raises(requests.exceptions.SSLError):
        session.get(f"{server.address('site-2')}/tasks", timeout=PATIENCE)
    assert session.get(f"{server.address('site-2')}/tasks", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("through", ["python", "control"])
def test_a_site_that_is_down_refuses_connections(
    server: SimulatorServer, session: requests.Session, through: str
) -> None:
    def down(sites: list[str]) -> None:
        if through == "python":
            server.simulator.configure(sites_down=sites)
        else:
            assert control(server, "POST", "/settings", {"sites_down": sites}).status_code == 200

    port = server.ports["site-2"]
    down(["site-2"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(f"{server.address('site-2')}/sites", timeout=PATIENCE)
    down([])
    assert server.ports["site-2"] == port
    assert session.get(f"{server.address('site-2')}/sites", timeout=PATIENCE).status_code == 200


def test_requests_are_answered_side_by_side(simulator: Simulator) -> None:
    simulator.fault("timeout_before", times=0)
    arrived = threading.Semaphore(0)
    simulator.observers.append(lambda *_exchange: arrived.release())

    def ask(address: str, authority: str) -> None:
        with requests.Session() as own:
            own.trust_env = False
            with pytest.raises(requests.exceptions.ConnectionError):
                own.get(f"{address}/sites", verify=authority, timeout=PATIENCE)

    with SimulatorServer(simulator) as server:
        arguments = (server.address("site-2"), str(server.ca_file))
        threads = [threading.Thread(target=ask, args=arguments) for _unused in range(4)]
        for thread in threads:
            thread.start()
        assert all(arrived.acquire(timeout=PATIENCE) for _unused in threads)
    for thread in threads:
        thread.join()
    assert (simulator.counters()["in_flight"], simulator.counters()["max_in_flight"]) == (0, 4)


def test_the_control_port(server: SimulatorServer) -> None:
    assert control(server, "POST", "/seed", {"vms": 2}).json()["vm_ids"]
    assert len(control(server, "GET", "/state").json()["vm_replications"]) == 2
    addresses = control(server, "GET", "/addresses").json()
    assert addresses["sites"]["site-1"]["port"] == server.ports["site-1"]
    assert control(server, "GET", "/nothing").status_code == 404
    with requests.Session() as session:
        session.trust_env = False
        assert session.post(f"{server.control_url}/seed", data="{", timeout=PATIENCE).status_code == 400
    assert not server.stopped.is_set()
    control(server, "POST", "/stop")
    assert server.stopped.is_set()


def test_a_defect_of_the_simulator_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_site: str, _request: Request) -> None:
        raise RuntimeError("broken on purpose")

    simulator = Simulator()
    monkeypatch.setattr(simulator, "handle", broken)
    with SimulatorServer(simulator) as server, requests.Session() as session:
        session.trust_env = False
        reply = session.get(f"{server.address('site-1')}/sites", verify=str(server.ca_file), timeout=PATIENCE)
    assert (reply.status_code, reply.json()["code"]) == (500, "SimulatorDefect")
    assert "broken on purpose" in simulator.defects[0]


def test_stopping_closes_everything_and_can_be_repeated(tmp_path: Path) -> None:
    server = SimulatorServer(Simulator(), ca_file=tmp_path / "ca.pem")
    server.start()
    port = server.ports["site-1"]
    simulator = server.simulator
    server.stop()
    server.stop()
    assert simulator.changed == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    assert (tmp_path / "ca.pem").is_file()


def test_ports_of_choice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    with SimulatorServer(Simulator(sites=("site-1",)), port_base=free) as server:
        assert server.ports == {"site-1": free}
