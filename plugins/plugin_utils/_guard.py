# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the session of a playbook that ended without doing so: cancelled, killed, or written that way.

A process of its own waits until the playbook has ended, or has closed the session. What it must know it reads from its
standard input, so that no secret stands in a process list or a file. It needs Linux; elsewhere there is no guard, and
an idle session ends at the service by itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# A session ends at the service after this time, used or not (user guide 4.7, session limits).
_LONGEST = 24 * 3600.0
_LOOK = 1.0
# Pauses before the attempts to close the session.
_PAUSES = (0.0, 5.0, 30.0)
_OPTIONS = ("hostname", "port", "validate_certs", "ca_path", "certificate_thumbprint", "request_timeout")
_CLOSED = b"closed"


def watch(params: Mapping[str, Any], token: str, playbook: int) -> bool:
    """Let a session end with a playbook.

    :param params: the module parameters; only how to reach the service is taken from them
    :param token: the session
    :param playbook: process id of the playbook
    :returns: whether there is a guard now
    """
    import subprocess  # noqa: PLC0415  the guard itself does without

    started = _start_time(playbook)
    if started is None:
        return False
    options = {name: params.get(name) for name in _OPTIONS}
    if options["ca_path"]:
        options["ca_path"] = os.path.realpath(options["ca_path"])
    order = {
        "params": dict(options, session_token=token),
        "playbook": playbook,
        "started": started,
        "name": _name(token, playbook),
        "path": [*sys.path, str(Path(__file__).parents[5])],
    }
    try:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(Path(__file__).absolute())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={name: value for name, value in os.environ.items() if not name.startswith("VCDA_")},
            start_new_session=True,
        )
        process.communicate(json.dumps(order).encode())
    except OSError:
        return False
    return process.returncode == 0


def release(token: str, playbook: int) -> None:
    """Tell the guard of a session, if there is one, that the session is closed.

    :param playbook: process id of the playbook that opened it
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        mouth.sendto(_CLOSED, _name(token, playbook))


def main() -> None:
    """Be the guard."""
    order = json.load(sys.stdin)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(order["name"])
        ear.settimeout(_LOOK)
        if os.fork():
            # Whoever waits for this process can go on: the guard, its child, is there and belongs to nobody.
            os._exit(0)
        if _is_needed(ear, order["playbook"], order["started"]):
            _close(order)


def _is_needed(ear: socket.socket, playbook: int, started: str) -> bool:
    """Wait, and return whether the playbook has ended without closing its session."""
    end = time.monotonic() + _LONGEST
    while _start_time(playbook) == started:
        if time.monotonic() > end:
            return False
        try:
            if ear.recv(len(_CLOSED)) == _CLOSED:
                return False
        except socket.timeout:
            continue
    return True


def _close(order: Mapping[str, Any]) -> None:
    sys.path = order["path"]
    from ansible_collections.opendr.vcda.plugins.module_utils._client import Client  # noqa: PLC0415
    from ansible_collections.opendr.vcda.plugins.module_utils._connection import Connection  # noqa: PLC0415
    from ansible_collections.opendr.vcda.plugins.module_utils._errors import VcdaError  # noqa: PLC0415

    for pause in _PAUSES:
        time.sleep(pause)
        with contextlib.suppress(VcdaError), Client(Connection.from_params(order["params"])) as client:
            client.logout()
            return


def _start_time(process: int) -> str | None:
    """Return when a process started, in the words of the system; None if it has ended, or the system does not tell."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _name(token: str, playbook: int) -> str:
    """Return the name under which a guard listens: it must tell nothing of the token."""
    import hashlib  # noqa: PLC0415  the guard itself is told its name

    return "\0opendr.vcda-" + hashlib.sha256(f"{playbook} {token}".encode()).hexdigest()


if __name__ == "__main__":
    main()
