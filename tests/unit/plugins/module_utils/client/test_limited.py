# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An exchange ends in time as a whole, whatever drips; on real sockets, with a gateway that never ends an answer."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from ansible_collections.opendr.vcda.plugins.module_utils.client import limited
from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import Secrets
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.plugins.module_utils.client.transport import Transport

HEADERS = {"Accept": "application/json", "operationID": "operation-1"}
# Seconds that a request may take here. An exchange without an end would end with the fixture, and fail its test.
TIMEOUT = 0.25
PAUSE = 0.02
LONGEST = 10.0
OK = b"HTTP/1.1 200 OK\r\n"
JSON = OK + b"Content-Type: application/json\r\n"

Drip = tuple[bytes, bytes]
DRIPS: dict[str, Drip] = {
    "silence": (b"", b""),
    "status line byte by byte": (b"", b"H"),
    "a header byte by byte": (OK + b"X: ", b"x"),
    "headers without an end": (JSON, b"X-More: 1\r\n"),
    "interim answers without an end": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "interim answers with headers": (b"", b"HTTP/1.1 100 Continue\r\nX-More: 1\r\n\r\n"),
    "body byte by byte": (JSON + b"Content-Length: 100000\r\n\r\n", b" "),
    "body without a length": (JSON + b"\r\n", b" "),
    "chunks without an end": (JSON + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a chunk length byte by byte": (JSON + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "an error page byte by byte": (b"HTTP/1.1 502 Bad\r\nContent-Length: 100000\r\n\r\n", b"x"),
}


class Gateway:
    """Listens on loopback, takes whatever comes, and answers with a beginning and the same piece again and again."""

    def __init__(self, drip: Drip) -> None:
        self._first, self._piece = drip
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LONGEST)
        self.port = self._listener.getsockname()[1]
        self.is_left = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            connection = self._listener.accept()[0]
            with connection:
                connection.settimeout(PAUSE)
                connection.sendall(self._first)
                self._drip(connection)

    def _drip(self, connection: socket.socket) -> None:
        while not self._is_over.is_set():
            try:
                connection.sendall(self._piece)
                # Nothing more comes once the client has sent its request, but for its good-bye.
                if not connection.recv(65536):
                    break
            except socket.timeout:  # noqa: UP041  these tests run on Python 3.9, too
                continue
            except OSError:
                break
        self.is_left.set()

    def close(self) -> None:
        self._is_over.set()
        # Nothing else ends the waiting for a connection that was never made.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), LONGEST).close()
        self._listener.close()
        self._thread.join(LONGEST)


@pytest.fixture
def gateway() -> Iterator[Callable[[Drip], Gateway]]:
    """Open gateways that close with the test."""
    opened: list[Gateway] = []

    def make(drip: Drip) -> Gateway:
        opened.append(Gateway(drip))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Transport]:
    """Make transports that leave TLS out: what drips does so behind it, too."""
    monkeypatch.setattr(Connection, "base_url", property(lambda self: f"http://{self.hostname}:{self.port}"))

    def make(port: int, **options: Any) -> Transport:
        return _transport(port, **options)

    return make


def _transport(port: int, **options: Any) -> Transport:
    params = {"hostname": "127.0.0.1", "port": port, "session_token": "t", "request_timeout": TIMEOUT, **options}
    return Transport(Connection.from_params(params), Secrets(), Clock(), 4)


def fails(transport: Transport, gateway: Gateway) -> VcdaError:
    """Send a request that gets no end of an answer, and leave nothing behind."""
    threads = threading.active_count()
    began = time.monotonic()
    with pytest.raises(VcdaError) as caught:
        transport.send("POST", "/x", body={"a": 1}, headers=HEADERS)
    assert time.monotonic() - began < LONGEST
    transport.close()
    assert gateway.is_left.wait(LONGEST), "the connection was left open"
    assert threading.active_count() <= threads
    return caught.value


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
def test_whatever_drips_the_request_ends_in_time(
    gateway: Callable[[Drip], Gateway], plain: Callable[..., Transport], drip: Drip
) -> None:
    open_gateway = gateway(drip)
    error = fails(plain(open_gateway.port), open_gateway)
    assert (error.category, error.is_transient, error.ambiguous) == ("unreachable", True, True)
    assert "no answer within 0.25 seconds" in error.message


@pytest.mark.parametrize("drip", [(b"", b""), (b"\x16\x03\x03\x3f\xff", b"\x00")], ids=["silence", "byte by byte"])
def test_a_handshake_that_never_ends_does_too(gateway: Callable[[Drip], Gateway], drip: Drip) -> None:
    open_gateway = gateway(drip)
    error = fails(_transport(open_gateway.port), open_gateway)
    assert error.category == "unreachable"


@pytest.mark.parametrize("name", ["silence", "a header byte by byte", "headers without an end"])
def test_so_does_a_proxy_that_never_ends_its_answer(
    gateway: Callable[[Drip], Gateway], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    open_gateway = gateway(DRIPS[name])
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{open_gateway.port}")
    error = fails(_transport(443, hostname="vcda.site-2.test"), open_gateway)
    assert error.category == "unreachable"


# What fills memory, and no read timeout ends: after a beginning, the same piece as fast as it is read.
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
FLOODS: dict[str, Drip] = {
    "a chunk length": (CHUNKED, b"0" * 65536),
    "an extension of a chunk": (CHUNKED + b"1;", b"x" * 65536),
    "a trailer": (CHUNKED + b"0\r\nX: ", b"x" * 65536),
    "trailers": (CHUNKED + b"0\r\n", b"X: 1\r\n" * 10000),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 3000),
    "a body": (JSON + b"\r\n", b" " * 65536),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_an_answer_without_an_end_is_not_read_beyond_a_limit(
    monkeypatch: pytest.MonkeyPatch, gateway: Callable[[Drip], Gateway], plain: Callable[..., Transport], flood: Drip
) -> None:
    monkeypatch.setattr(limited, "LARGEST_ANSWER", 1 << 20)
    open_gateway = gateway(flood)
    error = fails(plain(open_gateway.port, request_timeout=LONGEST), open_gateway)
    assert (error.category, error.is_transient, error.ambiguous) == ("unreachable", True, True)
    assert re.search("larger than 1048576 bytes|exceeded maximum", error.message)


# What neither http.client, urllib3 nor requests takes, with errors of their own.
ODD: dict[str, bytes] = {
    "a chunk of a negative length": CHUNKED + b"-4\r\n{}\r\n",
    "a chunk length that is no number": CHUNKED + b"\x1b[2J\r\n{}\r\n",
    "lengths that differ": JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a status that is no number": b"HTTP/1.1 \x1b[2J OK\r\n\r\n",
    "another protocol": b"SSH-2.0-\x1b[2J\xc2\x9b\r\n",
    "a line that is too long": JSON + b"X: " + b"x" * 70000 + b"\r\n\r\n",
    "too many headers": JSON + b"X: 1\r\n" * 200 + b"\r\n",
    "no gzip": JSON + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_what_no_library_understands_is_one_clear_failure(
    gateway: Callable[[Drip], Gateway], plain: Callable[..., Transport], answer: bytes
) -> None:
    open_gateway = gateway((answer, b""))
    error = fails(plain(open_gateway.port, request_timeout=LONGEST), open_gateway)
    assert (error.category, error.is_transient, error.ambiguous) == ("unreachable", True, True)
    assert not any(map(is_hidden, error.message))


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip", "gzip,deflate", "gzip\r\nContent-Encoding: gzip", "br", "zstd", "\x9b"]
)
def test_an_encoding_that_unpacks_to_any_size_is_not_unpacked(
    gateway: Callable[[Drip], Gateway], plain: Callable[..., Transport], encoding: str
) -> None:
    body = gzip.compress(gzip.compress(b"{}"))
    head = f"Content-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
    open_gateway = gateway((JSON + head.encode("latin-1") + body, b""))
    error = fails(plain(open_gateway.port, request_timeout=LONGEST), open_gateway)
    assert (error.category, error.is_transient, error.ambiguous) == ("unreachable", True, True)
    assert "nobody has asked for the encoding" in error.message


UNKNOWN = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


@pytest.mark.parametrize(
    ("lasts", "failure", "told"),
    [
        (True, UNKNOWN, "no answer within 0.25 seconds"),
        (False, UNKNOWN, "Temporary failure in name resolution"),
        (False, UnicodeError("label too long"), "Failed to resolve vcda.site"),
    ],
)
def test_looking_up_a_name_takes_no_longer_and_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch, lasts: bool, failure: Exception, told: str
) -> None:
    answered, asked = threading.Event(), []

    def resolve(host: str, *_args: Any, **_kwargs: Any) -> Any:
        asked.append(host)
        answered.wait(LONGEST if lasts else 0)
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    began = time.monotonic()
    with pytest.raises(VcdaError) as caught:
        _transport(443, hostname="vcda.site-2.test").send("POST", "/x", body={}, headers=HEADERS)
    assert time.monotonic() - began < LONGEST / 2
    answered.set()
    assert asked == ["vcda.site-2.test"]
    assert (caught.value.category, caught.value.is_transient, caught.value.ambiguous) == ("unreachable", True, False)
    assert told in caught.value.message


def test_of_many_addresses_the_first_does_not_take_all_of_the_time(
    gateway: Callable[[Drip], Gateway], plain: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second address answers; nobody ever listens on the port of the first."""
    body = JSON + b"Content-Length: 2\r\n\r\n{}"
    open_gateway = gateway((body, b""))
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in ("127.0.0.2", "127.0.0.1")]
    known = socket.getaddrinfo

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        return entries if host == "vcda.site-2.test" else known(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    transport = plain(open_gateway.port, hostname="vcda.site-2.test", request_timeout=LONGEST)
    assert transport.send("GET", "/x", headers=HEADERS).document == {}
    transport.close()


def test_an_answer_that_comes_in_time_is_whole_and_its_connection_is_used_again() -> None:
    answer = JSON + b"Content-Length: 10\r\n\r\n" + b'{"a": "b"}'
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection = listener.accept()[0]
            with connection:
                for _each in range(2):
                    connection.recv(65536)
                    for at in range(0, len(answer), 7):
                        connection.sendall(answer[at : at + 7])
                connection.recv(65536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Connection, "base_url", property(lambda self: f"http://{self.hostname}:{self.port}"))
            transport = _transport(listener.getsockname()[1], request_timeout=LONGEST)
            documents = [transport.send("GET", "/x", headers=HEADERS).document for _each in range(2)]
        transport.close()
        thread.join(LONGEST)
    assert documents == [{"a": "b"}] * 2


def test_a_pool_that_nobody_limits_is_as_it_was() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(requests.exceptions.ConnectionError):
        _transport(port)._network.send(requests.Request("GET", f"https://127.0.0.1:{port}/x").prepare(), LONGEST)


@pytest.mark.parametrize("refused", [True, False])
def test_a_login_is_known_before_it_leaves_and_does_not_leave_once_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    plain: Callable[..., Transport],
    gateway: Callable[[Drip], Gateway],
    refused: bool,
) -> None:
    one = gateway((JSON + b"Content-Length: 2\r\n\r\n{}", b""))
    transport = plain(one.port, request_timeout=LONGEST)
    if refused:
        # Later than the look whether anything may be sent at all: the connection is being made.
        announce = transport._announce_login

        def refuse_and_announce() -> None:
            transport.refuse_logins()
            announce()

        monkeypatch.setattr(transport, "_announce_login", refuse_and_announce)
        with pytest.raises(VcdaError, match="was not sent"):
            transport.send("POST", "/sessions", body={}, headers=HEADERS, at_login=True, repeatable=True)
        assert not transport.awaits_login
    else:
        assert transport.send("POST", "/sessions", body={}, headers=HEADERS, at_login=True).status == 200
        assert transport.awaits_login
    transport.close()
