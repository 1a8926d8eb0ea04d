# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process waits for its playbook, listens to nobody else, and closes the session of a playbook that has ended."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client import client as client_file
from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.plugin_utils import session_guard_process
from ansible_collections.opendr.vcda.tests.unit.fakes import HOST, TOKEN, FakeService, failure, ok

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the guard needs /proc")

PATIENCE = 60.0


def test_a_process_that_is_dead_but_not_buried_has_ended() -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert session_guard_process.start_time(process.pid) is None


def test_is_needed_once_the_playbook_has_ended(playbook: subprocess.Popen[bytes]) -> None:
    started = session_guard_process.start_time(playbook.pid)
    mouth, ear = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with mouth, ear:
        ear.settimeout(PATIENCE)
        # Everybody can find the socket; of those words that are sent to it only the last is the playbook's.
        for word in (b"closed", b"", b"word-of-another", b"the-word-and-more", b"the-word"):
            mouth.send(word)
        assert not session_guard_process._is_needed(ear, playbook.pid, str(started), b"the-word")
        assert mouth.send(b"closed")
        # Another process under the same number is another playbook.
        assert session_guard_process._is_needed(ear, playbook.pid, "0", b"the-word")
        playbook.kill()
        playbook.wait()
        assert session_guard_process._is_needed(ear, playbook.pid, str(started), b"the-word")


def test_is_no_longer_needed_when_the_session_has_ended_by_itself(
    playbook: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_guard_process, "_LONGEST", 0.0)
    mouth, ear = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with mouth, ear:
        ear.settimeout(0.01)
        started = str(session_guard_process.start_time(playbook.pid))
        assert not session_guard_process._is_needed(ear, playbook.pid, started, b"x")


@pytest.mark.parametrize(
    ("answers", "pauses"),
    [
        ([ok()], [0.0]),
        ([failure(401, "NotAuthenticated", expired=True)], [0.0]),
        ([failure(503), ok()], [0.0, 5.0]),
        ([failure(503), failure(503), failure(503)], [0.0, 5.0, 30.0]),
    ],
)
def test_tries_to_close_the_session_more_than_once(
    service: FakeService, monkeypatch: pytest.MonkeyPatch, answers: list[Any], pauses: list[float]
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(client_file, "Client", partial(Client, adapter=service))
    for answer in answers:
        service.expect("DELETE", "/sessions", answer, headers={"X-VCAV-Auth": TOKEN})
    order = json.dumps({"path": sys.path, "params": {"hostname": HOST}}).encode()
    session_guard_process.close(order, json.dumps(TOKEN).encode())
    assert slept == pauses


def test_starts_without_what_takes_long_to_import() -> None:
    code = f"""
import sys
with open({session_guard_process.__file__!r}) as file:
    exec(file.read(), {{"__name__": "guard"}})
print(*sys.modules)
"""
    printed = subprocess.check_output([sys.executable, "-I", "-S", "-c", code], text=True)  # noqa: S603
    slow = {"ansible_collections", "ansible", "requests", "ssl", "json", "typing", "pathlib", "contextlib"}
    assert not slow & set(printed.split())
    assert "socket" in printed.split()
