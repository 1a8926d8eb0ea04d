# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the session of a process that was cancelled or killed before it could close the session.

The guard is a separate process (``session_guard_process``). It waits until the other process has ended or has closed
the session. It reads its instructions from standard input, so that no secret appears in a process list or a file.

The workers that open the sessions of a playbook end before the playbook, so the guard checks whether the playbook
still runs. That needs Linux; on other systems there is no guard, and the service ends an idle session. A process that
opens sessions itself holds the write end of its guard's standard input, which the system closes when the process ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from ansible_collections.opendr.vcda.plugins.plugin_utils import session_guard_process

# Seconds that telling a guard may take; it closes the session again if it is not told.
_PATIENCE = 1.0
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
            self._mouth.write(b"\n" + self._order)
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
        if self._mouth:
            # The work goes on even if the guard has failed.
            with contextlib.suppress(OSError):
                self._mouth.write(_line(token))


def watch(params: Mapping[str, Any], token: str, playbook: int) -> bool:
    """Start a guard that closes a session when its playbook ends.

    :param params: the module parameters; only the connection options are used
    :param token: the session token
    :param playbook: process id of the playbook
    :returns: whether the guard was started
    """
    started = session_guard_process.start_time(playbook)
    if started is None:
        return False
    watched = " ".join((_name(token, playbook), _word(token), str(playbook), started))
    try:
        process = _start()
        process.communicate(watched.encode() + b"\n" + _order(params) + _line(token))
    except OSError:
        return False
    return process.returncode == 0


def _order(params: Mapping[str, Any]) -> bytes:
    options = {name: params.get(name) for name in _OPTIONS}
    if options["ca_path"]:
        options["ca_path"] = os.path.realpath(options["ca_path"])
    return _line({"params": options, "path": [*sys.path, str(Path(__file__).parents[5])]})


def _line(message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _start() -> subprocess.Popen[bytes]:
    """Start the process that forks the guard; it ends as soon as the guard has read its instructions."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", str(Path(session_guard_process.__file__).absolute())],
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
    session_guard_process.close(_order(params), _line(token))


def release(token: str, playbook: int) -> None:
    """Tell the guard of a session, if there is one, that the session is closed.

    :param token: the session token
    :param playbook: process id of the playbook that opened it
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        # Anybody may fill the queue of a guard, and take the name of one that has ended.
        mouth.settimeout(_PATIENCE)
        mouth.sendto(_word(token).encode(), session_guard_process.address_of(_name(token, playbook)))


def _name(token: str, playbook: int) -> str:
    """Return the socket name of a guard, which must reveal nothing about the token."""
    return "opendr.vcda-" + hashlib.sha256(f"{playbook} {token}".encode()).hexdigest()


def _word(token: str) -> str:
    """Return the word that stops a guard: any process can find the socket, but only the playbook knows the token."""
    return hashlib.sha256(f"closed {token}".encode()).hexdigest()
