# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the session of a process that was cancelled or killed before it could close the session.

The guard is a separate process. It waits until the other process has ended or has closed the session. It reads its
instructions from standard input, so that no secret appears in a process list or a file.

The workers that open the sessions of a playbook end before the playbook, so the guard checks whether the playbook
still runs. That needs Linux; on other systems there is no guard, and the service ends an idle session. A process that
opens sessions itself holds the write end of its guard's standard input, which the system closes when the process ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    import subprocess

# A session ends at the service after this time, used or not (user guide 4.7, session limits).
_LONGEST = 24 * 3600.0
_LOOK = 1.0
# Pauses before the attempts to close the session.
_PAUSES = (0.0, 5.0, 30.0)
_OPTIONS = (
    "hostname",
    "port",
    "validate_certs",
    "ca_path",
    "certificate_thumbprint",
    "request_timeout",
    "operation_id",
)


class Guard:
    """Context manager: the guard for the current session of this process.

    The guard is started before the first session is opened, so that every session has one.

    :param params: the module parameters; only the connection options are used
    """

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._order = _order(params)
        self._mouth: BinaryIO | None = None

    def __enter__(self) -> Guard:
        with contextlib.suppress(OSError):
            process = _start()
            self._mouth = cast("BinaryIO", process.stdin)
            self._tell(self._order)
            process.wait()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._mouth:
            with contextlib.suppress(OSError):
                self._mouth.close()

    def hold(self, token: str | None) -> None:
        """Tell the guard which session is open now, instead of the previous one; None if there is none."""
        self._tell(token)

    def _tell(self, message: Any) -> None:
        if self._mouth:
            # The work goes on even if the guard has failed.
            with contextlib.suppress(OSError):
                self._mouth.write(json.dumps(message).encode() + b"\n")


def watch(params: Mapping[str, Any], token: str, playbook: int) -> bool:
    """Start a guard that closes a session when its playbook ends.

    :param params: the module parameters; only the connection options are used
    :param token: the session token
    :param playbook: process id of the playbook
    :returns: whether the guard was started
    """
    started = _start_time(playbook)
    if started is None:
        return False
    order = {**_order(params), "token": token, "playbook": playbook, "started": started, "name": _name(token, playbook)}
    order["word"] = _word(token)
    try:
        process = _start()
        process.communicate(json.dumps(order).encode() + b"\n")
    except OSError:
        return False
    return process.returncode == 0


def _order(params: Mapping[str, Any]) -> dict[str, Any]:
    options = {name: params.get(name) for name in _OPTIONS}
    if options["ca_path"]:
        options["ca_path"] = os.path.realpath(options["ca_path"])
    return {"params": options, "path": [*sys.path, str(Path(__file__).parents[5])]}


def _start() -> subprocess.Popen[bytes]:
    """Start the process that forks the guard; it ends as soon as the guard has read its instructions."""
    import subprocess  # noqa: PLC0415  the guard itself does without

    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", str(Path(__file__).absolute())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        env={name: value for name, value in os.environ.items() if not name.startswith("VCDA_")},
        start_new_session=True,
    )


def close(params: Mapping[str, Any], token: str) -> None:
    """Close a session that can have no guard, because its playbook has ended already.

    :param params: the module parameters; only the connection options are used
    :param token: the session token
    """
    _close(_order(params), token)


def release(token: str, playbook: int) -> None:
    """Tell the guard of a session, if there is one, that the session is closed.

    :param token: the session token
    :param playbook: process id of the playbook that opened it
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        mouth.sendto(_word(token).encode(), _name(token, playbook))


def main() -> None:
    """Run the guard process."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        # Stopping a system service signals all of its processes, and that is when the guard has to close the session.
        signal.signal(number, signal.SIG_IGN)
    order = json.loads(sys.stdin.buffer.readline())
    if "playbook" not in order:
        _become_nobodys()
        _close(order, _last_held())
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(order["name"])
        ear.settimeout(_LOOK)
        _become_nobodys()
        if _is_needed(ear, order["playbook"], order["started"], order["word"].encode()):
            _close(order, order["token"])


def _become_nobodys() -> None:
    """Continue in a child process and end this one, so that its parent need not wait for the guard."""
    if os.fork():
        os._exit(0)


def _last_held() -> str | None:
    """Wait until the process at the other end of standard input has ended; return the session that was open then."""
    token: str | None = None
    for line in sys.stdin.buffer:
        token = json.loads(line)
    return token


def _is_needed(ear: socket.socket, playbook: int, started: str, word: bytes) -> bool:
    """Wait for the playbook and return whether it has ended without closing its session."""
    end = time.monotonic() + _LONGEST
    while _start_time(playbook) == started:
        if time.monotonic() > end:
            return False
        try:
            if ear.recv(len(word) + 1) == word:
                return False
        except socket.timeout:
            continue
    return True


def _close(order: Mapping[str, Any], token: str | None) -> None:
    if not token:
        return
    sys.path = order["path"]
    from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client  # noqa: PLC0415
    from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection  # noqa: PLC0415
    from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError  # noqa: PLC0415

    params = {**order["params"], "session_token": token}
    for pause in _PAUSES:
        time.sleep(pause)
        with contextlib.suppress(VcdaError), Client(Connection.from_params(params)) as client:
            client.logout()
            return


def _start_time(process: int) -> str | None:
    """Return the start time of a process as Linux reports it; None if it has ended or the time is not available."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _name(token: str, playbook: int) -> str:
    """Return the socket name of a guard, which must reveal nothing about the token."""
    import hashlib  # noqa: PLC0415  the guard itself is told its name

    return "\0opendr.vcda-" + hashlib.sha256(f"{playbook} {token}".encode()).hexdigest()


def _word(token: str) -> str:
    """Return the word that stops a guard: any process can find the socket, but only the playbook knows the token."""
    import hashlib  # noqa: PLC0415  the guard itself is told its word

    return hashlib.sha256(f"closed {token}".encode()).hexdigest()


if __name__ == "__main__":
    main()
