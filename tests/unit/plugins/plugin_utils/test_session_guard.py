# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard ends with the session, or ends the session with its process, and tells nobody what it knows."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.plugin_utils import session_guard, session_guard_process
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.fakes import HOST, TOKEN

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the guard needs /proc")

PATIENCE = 60.0


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    """A service on a socket."""
    with SimulatorServer(Simulator(Settings(), ManualClock())) as running:
        yield running


def parameters(server: SimulatorServer) -> dict[str, Any]:
    return {
        "hostname": "127.0.0.1",
        "port": server.ports["site-2"],
        "username": "operator@tenant-1",
        "password": "operator-secret-site-2",
        "ca_path": str(server.ca_file),
    }


def open_session(params: dict[str, Any]) -> str:
    with Client(Connection.from_params(params)) as client:
        client.login()
        client.keep_session()
        return str(client.token)


def is_listening(token: str, playbook: int) -> bool:
    name = "@" + session_guard._name(token, playbook)
    return name in Path("/proc/net/unix").read_text(encoding="utf-8")


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def guards(token: str) -> list[str]:
    """The command lines and environments of all processes that might be the guard."""
    seen = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if "session_guard" in (text := (folder / "cmdline").read_text(encoding="utf-8")):
                seen.append(text + (folder / "environ").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
    assert not any(token in text for text in seen)
    return seen


def test_closes_the_session_of_a_killed_playbook(
    server: SimulatorServer, playbook: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VCDA_PASSWORD", "operator-secret-site-2")
    params = parameters(server)
    token = open_session(params)
    assert session_guard.watch(params, token, playbook.pid)
    assert is_listening(token, playbook.pid)
    assert not any("VCDA_PASSWORD" in text for text in guards(token))
    playbook.kill()
    wait_until(lambda: server.simulator.sessions.logouts == 1)
    wait_until(lambda: not is_listening(token, playbook.pid))


def test_ends_when_it_is_told_that_the_session_is_closed(
    server: SimulatorServer, playbook: subprocess.Popen[bytes]
) -> None:
    params = parameters(server)
    token = open_session(params)
    assert session_guard.watch(params, token, playbook.pid)
    session_guard.release(token, playbook.pid)
    wait_until(lambda: not is_listening(token, playbook.pid))
    assert server.simulator.sessions.logouts == 0


def test_a_queue_that_somebody_has_filled_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a guard has ended, its name is free, and whoever takes it need not read."""
    monkeypatch.setattr(session_guard, "_PATIENCE", 0.01)
    address = session_guard_process.address_of(session_guard._name(TOKEN, 1))
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth,
    ):
        ear.bind(address)
        mouth.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while mouth.sendto(b"x", address):
                pass
        caller = threading.Thread(target=session_guard.release, args=(TOKEN, 1), daemon=True)
        caller.start()
        caller.join(PATIENCE / 10)
        assert not caller.is_alive()


def test_watches_no_process_that_has_ended(playbook: subprocess.Popen[bytes]) -> None:
    playbook.kill()
    playbook.wait()
    assert not session_guard.watch({"hostname": HOST}, TOKEN, playbook.pid)


def test_does_without_a_guard_that_cannot_be_started(
    playbook: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert not session_guard.watch({"hostname": HOST}, TOKEN, playbook.pid)


def test_dismissing_nobody_is_no_error() -> None:
    session_guard.release(TOKEN, os.getpid())


def test_its_name_does_not_tell_the_token() -> None:
    name = session_guard._name(TOKEN, 1)
    assert TOKEN not in name
    assert session_guard._word(TOKEN) not in name
    assert session_guard._word(TOKEN) != session_guard._word(TOKEN + "x")
    assert TOKEN not in session_guard._word(TOKEN)
    assert name not in {session_guard._name(TOKEN + "x", 1), session_guard._name(TOKEN, 2)}


def guard_of(guard: session_guard.Guard) -> int:
    """The process at the other end of what a guard is told."""
    assert guard._mouth
    pipe = Path(f"/proc/self/fd/{guard._mouth.fileno()}").readlink()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.name != str(os.getpid()) and (folder / "fd" / "0").readlink() == pipe:
                return int(folder.name)
    raise AssertionError("there is no guard")


def test_closes_the_session_that_was_told_last(server: SimulatorServer) -> None:
    params = parameters(server)
    first, last = open_session(params), open_session(params)
    with session_guard.Guard(params) as guard:
        guard.hold(first)
        guard.hold(last)
        assert not any("VCDA_PASSWORD" in text for text in guards(last))
    wait_until(lambda: server.simulator.sessions.logouts == 1)
    [left] = server.simulator.sessions.open_sessions(0)
    assert left.token == first


def test_closes_nothing_that_is_closed(server: SimulatorServer) -> None:
    params = parameters(server)
    token = open_session(params)
    with session_guard.Guard(params) as guard:
        guard.hold(token)
        guard.hold(None)
        process = guard_of(guard)
    wait_until(lambda: session_guard_process.start_time(process) is None)
    assert server.simulator.sessions.logouts == 0


def test_outlives_the_signal_that_ends_a_whole_service(server: SimulatorServer) -> None:
    params = parameters(server)
    with session_guard.Guard(params) as guard:
        guard.hold(open_session(params))
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            os.kill(guard_of(guard), number)
    wait_until(lambda: server.simulator.sessions.logouts == 1)


def test_goes_on_without_a_guard_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with session_guard.Guard({"hostname": HOST}) as guard:
        guard.hold(TOKEN)
