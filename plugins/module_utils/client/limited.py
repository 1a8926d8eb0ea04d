# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Connections with one time limit for a whole exchange, because the timeouts of urllib3 start again with every byte.

Each part of an exchange (the look-up of the name, a connection to each address, TLS, the answer of a proxy, interim
answers, header, body) may take the time that is left. The limit is stored per thread, because connections belong to a
pool. The bytes of an answer are limited too: older releases of urllib3 read lines of any length between chunks.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Deadline

with contextlib.suppress(ImportError):
    # It comes with requests; network.py notes that it is missing.
    import urllib3

# Bytes of one answer as they are sent: a body of the largest size that is read, with what divides it into chunks.
LARGEST_ANSWER = 128 * 1024 * 1024

_limit: ContextVar[Deadline | None] = ContextVar("_limit", default=None)
_announce: ContextVar[Callable[[], None] | None] = ContextVar("_announce", default=None)


@contextlib.contextmanager
def limited(deadline: Deadline, announce: Callable[[], None] | None = None) -> Iterator[None]:
    """Limit the exchanges of this thread, on connections from pools that ``limiting`` has made.

    :param announce: called before data is sent; if it raises, nothing is sent
    """
    before = _limit.set(deadline), _announce.set(announce)
    try:
        yield
    finally:
        _limit.reset(before[0])
        _announce.reset(before[1])


def limiting(pools: dict[str, Any]) -> dict[str, Any]:
    """Return classes of connection pools that enforce the limit, derived from the given classes.

    :param pools: classes by scheme, as in a urllib3 pool manager
    """
    return {scheme: _limiting_pool(pool) for scheme, pool in pools.items()}


def _limiting_pool(pool: Any) -> Any:
    if issubclass(pool.ConnectionCls, _LimitedConnection):
        return pool
    connection = type(pool.ConnectionCls.__name__, (_LimitedConnection, pool.ConnectionCls), {})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


class _LimitedReader(io.RawIOBase):
    """Reads an answer from a socket while there is time, up to ``LARGEST_ANSWER``."""

    def __init__(self, connection: Any, raw: Any) -> None:
        self._connection = connection
        self._raw = raw
        self._bytes_left = LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        try:
            _apply(self._connection)
            count = self._raw.readinto(buffer)
        except socket.timeout:
            # The exception refers to this reader, so nothing else would close the socket before it is released.
            self._raw.close()
            raise
        self._bytes_left -= count or 0
        if self._bytes_left < 0:
            self._raw.close()
            raise OSError(f"The answer is larger than {LARGEST_ANSWER} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedResponse(http.client.HTTPResponse):
    """Reads status line, headers and body in the time that is left."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_LimitedReader(sock, self.fp.detach()))


class _LimitedConnection:
    """A mixin for connections of urllib3."""

    response_class = _LimitedResponse
    sock: Any
    timeout: Any
    _dns_host: str
    port: int

    def _new_conn(self) -> Any:
        """Connect within the limit, which several addresses share, and limit TLS to the time that is left."""
        limit = _limit.get()
        if limit is None:
            return super()._new_conn()  # type: ignore[misc]
        name = self._dns_host
        addresses = [] if hasattr(self, "_socks_options") else _addresses(self, name, limit)
        try:
            for number, address in enumerate(addresses[:-1]):
                self._dns_host, self.timeout = address, _left(limit) / (len(addresses) - number)
                with contextlib.suppress(Exception):
                    return _hurried(super()._new_conn(), limit)  # type: ignore[misc]
            self._dns_host, self.timeout = (addresses or [name])[-1], _left(limit)
            return _hurried(super()._new_conn(), limit)  # type: ignore[misc]
        finally:
            self._dns_host = name

    def send(self, data: Any) -> Any:
        announce = _announce.get()
        if announce:
            announce()
        if self.sock is not None:
            _apply(self.sock)
        return super().send(data)  # type: ignore[misc]


def _addresses(connection: Any, name: str, limit: Deadline) -> list[str]:
    """Return the addresses of a name.

    The system looks a name up for as long as it likes, so a thread does it, which is left behind if it takes too long.

    :raises ConnectTimeoutError: if there is no answer in the time that is left
    :raises NewConnectionError: if the name is unknown, or cannot be a name
    """
    found: list[str] = []
    failures: list[Exception] = []

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(name.strip("[]"), connection.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            failures.append(error)
        else:
            found.extend(dict.fromkeys(str(entry[4][0]) for entry in entries))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(min(_left(limit), threading.TIMEOUT_MAX))
    if thread.is_alive():
        raise urllib3.exceptions.ConnectTimeoutError(connection, f"The name {name} was not resolved in time")
    if failures:
        raise urllib3.exceptions.NewConnectionError(connection, f"Failed to resolve {name}: {failures[0]}")
    return found


def _hurried(sock: Any, limit: Deadline) -> Any:
    sock.settimeout(_left(limit))
    return sock


def _apply(sock: Any) -> None:
    limit = _limit.get()
    if limit is not None:
        sock.settimeout(_left(limit))


def _left(limit: Deadline) -> float:
    """Return the seconds that are left.

    :raises socket.timeout: if there are none
    """
    if limit.is_over:
        raise socket.timeout("timed out")
    return limit.remaining
