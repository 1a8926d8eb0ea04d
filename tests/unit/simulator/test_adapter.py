# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-process transport: answers, and the exceptions that a real socket would give."""

from __future__ import annotations

import threading

import pytest
import requests

from ansible_collections.opendr.vcda.tests.simulator import InProcessAdapter, Simulator
from ansible_collections.opendr.vcda.tests.simulator.exchange import DRIPS

LOGIN = {"type": "vcdCredentials", "vcdUser": "operator@tenant-1", "vcdPassword": "operator-secret-site-2"}
BASE = "https://site-2.test"


@pytest.fixture
def session(simulator: Simulator) -> requests.Session:
    session = requests.Session()
    session.mount("https://", InProcessAdapter(simulator))
    reply = session.post(f"{BASE}/sessions", json=LOGIN, timeout=5)
    session.headers["X-VCAV-Auth"] = reply.headers["X-VCAV-Auth"]
    return session


def test_an_answer(simulator: Simulator, session: requests.Session) -> None:
    simulator.seed(names=["web 1&2"])
    reply = session.get(f"{BASE}//vm-replications", params={"vmName": "web 1&2"}, timeout=5)
    assert (reply.status_code, reply.json()["total"]) == (200, 1)
    assert reply.headers["content-type"].startswith("application/vnd.vmware.h4-v4.7")
    assert simulator.log[-1].query == [("vmName", "web 1&2")]


def test_a_streamed_answer(session: requests.Session) -> None:
    with session.get(f"{BASE}/sites", timeout=5, stream=True) as reply:
        assert reply.raw.read(1) == b"["


def test_no_redirect_is_hidden(simulator: Simulator, session: requests.Session) -> None:
    simulator.fault("redirect", location="https://elsewhere.test/x")
    reply = session.get(f"{BASE}/sites", timeout=5, allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"]) == (302, "https://elsewhere.test/x")


@pytest.mark.parametrize(
    ("kind", "exception", "effect"),
    [
        ("reset_before", requests.exceptions.ConnectionError, False),
        ("reset_after", requests.exceptions.ConnectionError, True),
        ("timeout_before", requests.exceptions.ReadTimeout, False),
        ("timeout_after", requests.exceptions.ReadTimeout, True),
        *((drip.value, requests.exceptions.ReadTimeout, False) for drip in DRIPS),
        ("truncated", requests.exceptions.ChunkedEncodingError, True),
        ("certificate_mismatch", requests.exceptions.SSLError, False),
        ("site_down", requests.exceptions.ConnectionError, False),
    ],
)
def test_broken_connections(
    simulator: Simulator, session: requests.Session, kind: str, exception: type[Exception], effect: bool
) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    fault = simulator.fault(kind, path_regex="/failover$")
    with pytest.raises(exception):
        session.post(f"{BASE}/vm-replications/{identifier}/failover", json={"type": "vcloud"}, timeout=5)
    assert simulator.effects(identifier) == ({"failover": 1} if effect else {})
    assert fault.fired == 1
    assert simulator.log[-1].status == (202 if kind == "truncated" else 0)


@pytest.mark.parametrize(("timeout", "seconds"), [(7, 7), ((3, 9), 9), (None, 3600)])
def test_waiting_in_vain_takes_the_read_timeout(
    simulator: Simulator, session: requests.Session, timeout: object, seconds: float
) -> None:
    simulator.fault("timeout_after")
    before = simulator.clock.monotonic()
    with pytest.raises(requests.exceptions.ReadTimeout):
        session.get(f"{BASE}/sites", timeout=timeout)  # type: ignore[arg-type]
    assert simulator.clock.monotonic() - before == seconds


def test_slow_answers(simulator: Simulator, session: requests.Session) -> None:
    simulator.configure(latency_ms=250)
    simulator.fault("slow", seconds=3)
    simulator.fault("slow", seconds=30)
    before = simulator.clock.monotonic()
    assert session.get(f"{BASE}/sites", timeout=5).status_code == 200
    assert simulator.clock.monotonic() - before == 3.25
    with pytest.raises(requests.exceptions.ReadTimeout):
        session.get(f"{BASE}/sites", timeout=5)
    assert simulator.clock.monotonic() - before == 8.25


@pytest.mark.parametrize("host", ["site-9.test", "site-2.example", "onprem-1.test"])
def test_unknown_hosts(session: requests.Session, host: str) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(f"https://{host}/sites", timeout=5)


def test_several_threads(simulator: Simulator, session: requests.Session) -> None:
    identifiers = simulator.seed(vms=8).vm_ids
    gate = threading.Barrier(8)

    def fail_over(identifier: str) -> None:
        gate.wait()
        session.post(f"{BASE}/vm-replications/{identifier}/failover", json={"type": "vcloud"}, timeout=5)

    threads = [threading.Thread(target=fail_over, args=(identifier,)) for identifier in identifiers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [simulator.effects(identifier) for identifier in identifiers] == [{"failover": 1}] * 8
    assert (simulator.log.in_flight, simulator.counters()["tasks"]) == (0, 8)
    InProcessAdapter(simulator).close()
