# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process of a session guard, as ``session_guard`` starts it.

The playbook waits until the process has read its instructions, so it imports only what it needs until then, and no
other file of the collection. The first line of the instructions is empty, or it says which playbook to watch: the name
of the guard's socket, the word that stops the guard, and the id and the start time of the playbook's process. The
second line holds the connection options, and each further line the session that is open now, as JSON.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

# A session ends at the service after this time, used or not (user guide 4.7, session limits).
_LONGEST = 24 * 3600.0
_LOOK = 1.0
# Pauses before the attempts to close the session.
_PAUSES = (0.0, 5.0, 30.0)


def main() -> None:
    """Run the process: wait until the session is closed or nobody can close it any more, and then close it."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        # Stopping a system service signals all of its processes, and that is when the guard has to close the session.
        signal.signal(number, signal.SIG_IGN)
    watched = sys.stdin.buffer.readline().decode().split()
    order = sys.stdin.buffer.readline()
    if not watched:
        _become_nobodys()
        close(order, _last_held())
        return
    name, word, playbook, started = watched
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address_of(name))
        ear.settimeout(_LOOK)
        token = sys.stdin.buffer.readline()
        _become_nobodys()
        if _is_needed(ear, int(playbook), started, word.encode()):
            close(order, token)


def close(order: bytes, token: bytes) -> None:
    """Close a session; try again if the service does not answer.

    :param order: ``params``, the module parameters of the connection, and ``path``, where Python finds the collection,
        as JSON
    :param token: the session token as JSON; null if there is no session
    """
    import json  # noqa: PLC0415  not needed before

    instructions, session_token = json.loads(order), json.loads(token)
    if not session_token:
        return
    sys.path = instructions["path"]
    from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client  # noqa: PLC0415
    from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection  # noqa: PLC0415
    from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError  # noqa: PLC0415

    params = {**instructions["params"], "session_token": session_token}
    for pause in _PAUSES:
        time.sleep(pause)
        try:
            with Client(Connection.from_params(params)) as client:
                client.logout()
                return
        except VcdaError:
            continue


def start_time(process: int) -> str | None:
    """Return the start time of a process as Linux reports it; None if it has ended or the time is not available.

    :param process: its id
    """
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            text = file.read()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def address_of(name: str) -> str:
    """Return the address of a guard's socket, which is in no folder.

    :param name: the name of the guard
    """
    return "\0" + name


def _become_nobodys() -> None:
    """Continue in a child process and end this one, so that its parent need not wait for the guard."""
    if os.fork():
        os._exit(0)


def _last_held() -> bytes:
    """Wait until the process at the other end of standard input has ended; return the session that was open then."""
    token = b"null"
    for line in sys.stdin.buffer:
        token = line
    return token


def _is_needed(ear: socket.socket, playbook: int, started: str, word: bytes) -> bool:
    """Wait for the playbook and return whether it has ended without closing its session."""
    end = time.monotonic() + _LONGEST
    while start_time(playbook) == started:
        if time.monotonic() > end:
            return False
        try:
            if ear.recv(len(word) + 1) == word:
                return False
        except socket.timeout:
            continue
    return True


if __name__ == "__main__":
    main()
