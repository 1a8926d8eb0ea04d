# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that takes exactly the requests a test wrote down, and a clock on which nobody waits."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
import requests.adapters
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.response import HTTPResponse

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock

NOW_MS = 1_780_000_000_000
HOST = "vcda.site-2.test"
TOKEN = "token-of-the-session-0001="
VENDOR_JSON = "application/vnd.vmware.h4-v4.7+json;charset=UTF-8"
PLAIN_JSON = "application/json;charset=UTF-8"
ANY = object()


class ManualClock(Clock):
    """Time that passes only when somebody sleeps."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self._start_ms = now_ms
        self._elapsed = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return 1000.0 + self._elapsed

    def now_ms(self) -> int:
        return self._start_ms + int(self._elapsed * 1000)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            if seconds > 0:
                self.slept.append(seconds)
        self.advance(max(seconds, 0.0))

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        with self._lock:
            self._elapsed += seconds

    @property
    def elapsed(self) -> float:
        """Seconds since the clock was made."""
        return self._elapsed


@dataclass(frozen=True)
class Sent:
    """A request as it would have left the machine."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    raw_body: bytes | None
    url: str
    verify: Any
    timeout: Any
    proxies: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.query)} {self.body}"


@dataclass(frozen=True)
class Reply:
    """An answer: JSON by default, anything else by ``content``."""

    status: int = 200
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    content_type: str = VENDOR_JSON


# Evaluated when the file is loaded, and these tests run on Python 3.9, too.
Outcome = Union[Reply, Exception]  # noqa: UP007
Answering = Union[Outcome, Callable[[Sent], Outcome]]  # noqa: UP007


@dataclass
class Exchange:
    """One expected request and what becomes of it.

    Query and body must be equal, save what is ANY; the headers named must be there.
    """

    method: str
    path: str
    answer: Answering
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def differs_from(self, sent: Sent) -> str:
        """Return what is wrong with a request, nothing if it is the expected one."""
        if (sent.method, sent.path) != (self.method, self.path):
            return f"not {self.method} {self.path}"
        expected = {key: sent.query.get(key) if value is ANY else str(value) for key, value in self.query.items()}
        if dict(sent.query) != expected:
            return f"the query is not {dict(self.query)}"
        if self.body is not ANY and sent.body != self.body:
            return f"the body is not {self.body}"
        wrong = {key: value for key, value in self.headers.items() if sent.headers.get(key) != value}
        return f"the headers lack {wrong}" if wrong else ""


NO_PLANS = {"items": [], "offset": 0, "limit": 100, "total": 0}


class FakeService(requests.adapters.BaseAdapter):
    """The network of a client under test.

    Requests must come in the order in which they were announced; those announced together may come in any order.
    Whatever else is sent fails the test, and so does an announced request that never comes (``verify``). Only the look
    for recovery plans, which every operation takes, need not be announced: there are none then.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.looks_for_plans = 0
        self.violations: list[str] = []
        self.is_closed = False
        self.listed: dict[str, dict[str, Any]] = {}
        self._answer_to_reads: Answering | None = None
        self._steps: list[list[Exchange]] = []
        self._lock = threading.Lock()

    def expect(
        self,
        method: str,
        path: str,
        answer: Answering,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
    ) -> None:
        """Announce a request, or the same one several times."""
        for _each in range(times):
            self._steps.append([Exchange(method, path, answer, query or {}, body, headers or {})])

    def note(self, replications: Iterable[dict[str, Any]]) -> None:
        """Note replications of an announced list, because later requests depend on which a run knows."""
        self.listed.update({str(one.get("id")): one for one in replications})

    def expect_in_any_order(self, exchanges: list[Exchange]) -> None:
        """Announce requests that are sent side by side."""
        if exchanges:
            self._steps.append(list(exchanges))

    def answer_reads(self, answer: Answering) -> None:
        """Give every GET the same answer from now on; anything else must have been announced."""
        self._answer_to_reads = answer

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        sent = _sent(request, timeout, verify, proxies or {})
        with self._lock:
            if self._looks_for_plans(sent):
                self.looks_for_plans += 1
                return _response(request, ok(NO_PLANS))
            self.sent.append(sent)
            exchange = self._take(sent)
        answer = exchange.answer
        outcome = answer if isinstance(answer, (Reply, Exception)) else answer(sent)
        if isinstance(outcome, Exception):
            raise outcome
        return _response(request, outcome)

    def close(self) -> None:
        self.is_closed = True

    def _looks_for_plans(self, sent: Sent) -> bool:
        announced = [exchange.path for exchange in self._steps[0]] if self._steps else []
        return sent.method == "GET" and sent.path == "/recovery-plans" and sent.path not in announced

    def _take(self, sent: Sent) -> Exchange:
        if self._answer_to_reads is not None and sent.method == "GET":
            return Exchange(sent.method, sent.path, self._answer_to_reads)
        step = self._steps[0] if self._steps else []
        for exchange in list(step):
            if not exchange.differs_from(sent):
                step.remove(exchange)
                if not step:
                    del self._steps[0]
                return exchange
        reasons = "; ".join(exchange.differs_from(sent) for exchange in step[:3]) or "nothing more is expected"
        self.violations.append(f"{sent} is not expected here: {reasons}")
        raise AssertionError(self.violations[-1])

    def verify(self) -> None:
        """Fail unless exactly the announced requests came."""
        assert not self.violations, self.violations
        missing = [f"{one.method} {one.path} {dict(one.query)}" for step in self._steps for one in step]
        assert not missing, f"these requests never came: {missing[:10]}"

    def methods(self) -> list[str]:
        """Return the methods of all requests so far."""
        return [sent.method for sent in self.sent]

    def paths(self, method: str) -> list[str]:
        """Return the paths of all requests of a method so far."""
        return [sent.path for sent in self.sent if sent.method == method]


def vendor_json(version: str) -> str:
    """Return the media type of a version of the API."""
    return f"application/vnd.vmware.h4-v{version}+json;charset=UTF-8"


def ok(document: Any = None, status: int = 200, **headers: str) -> Reply:
    """Return a good answer; underscores in names of headers stand for dashes."""
    return Reply(status, document, {name.replace("_", "-"): value for name, value in headers.items()})


def accepted(document: Any) -> Reply:
    """Return the answer to a start request: 202 with a task."""
    return Reply(202, document)


def failure(status: int, code: str = "", msg: str = "", *, expired: bool = False, args: Any = None) -> Reply:
    """Return an answer with an ApiError."""
    document = {"code": code, "msg": msg, "args": args or [], "stacktrace": "com.vmware.h4.api.X: at Y.java:1"}
    return Reply(status, document, {"WWW-Authenticate": "Authentication Token Required"} if expired else {})


def html(status: int, text: str = "<html><h1>Bad Gateway</h1></html>", **headers: str) -> Reply:
    """Return the answer of something that is not the service."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, None, named, text.encode(), "text/html")


def broken(text: str, status: int = 200) -> Reply:
    """Return a body that claims to be JSON."""
    return Reply(status, None, {}, text.encode(), VENDOR_JSON)


def reset() -> requests.ConnectionError:
    """Return what a connection that breaks after the request looks like."""
    return requests.ConnectionError("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))")


def timed_out() -> requests.ReadTimeout:
    """Return what an answer that never comes looks like."""
    return requests.ReadTimeout("Read timed out.")


def refused() -> requests.ConnectionError:
    """Return what a port that nobody listens on looks like: nothing was sent."""
    connection = HTTPSConnection(HOST)
    cause = NewConnectionError(connection, "Failed to establish a new connection: [Errno 111] Connection refused")
    return requests.ConnectionError(MaxRetryError(HTTPSConnectionPool(HOST), "/", cause))


def in_turn(*outcomes: Outcome) -> Callable[[Sent], Outcome]:
    """Return an answer that differs from one request to the next."""
    left = list(outcomes)
    return lambda _sent: left.pop(0)


def _sent(request: requests.PreparedRequest, timeout: Any, verify: Any, proxies: Mapping[str, str]) -> Sent:
    parts = urlsplit(str(request.url))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    assert len({key for key, _value in pairs}) == len(pairs), f"a parameter is there twice: {parts.query}"
    raw = request.body.encode() if isinstance(request.body, str) else request.body
    assert raw is None or isinstance(raw, bytes)
    return Sent(
        method=str(request.method),
        path=unquote(parts.path),
        query=dict(pairs),
        headers=request.headers,
        body=None if raw is None else json.loads(raw),
        raw_body=raw,
        url=str(request.url),
        verify=verify,
        timeout=timeout,
        proxies=proxies,
    )


def _response(request: requests.PreparedRequest, reply: Reply) -> requests.Response:
    content = reply.content
    if content is None:
        content = b"" if reply.document is None else json.dumps(reply.document).encode()
    response = requests.Response()
    response.status_code = reply.status
    response.headers.update({"Content-Type": reply.content_type, **reply.headers})
    response.raw = HTTPResponse(body=io.BytesIO(content), status=reply.status, preload_content=False)
    response.url = str(request.url)
    response.request = request
    return response


class Encrypted:
    """As the classes of ansible-core for encrypted text: no text, but str() gives it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text
