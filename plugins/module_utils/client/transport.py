# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Requests to the service: within the time limit, without redirects, repeated where that is safe."""

from __future__ import annotations

import http.client
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Answer, Exchange, parse_json
from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock, Deadline
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    NOT_TAKEN_YET,
    TIMEOUT,
    UNREACHABLE,
    VcdaError,
    error_from_answer,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.limited import limited
from ansible_collections.opendr.vcda.plugins.module_utils.client.network import (
    REQUESTS_IMPORT_ERROR,
    Network,
    certificate_end,
    network_error,
    secrets_in,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import Secrets
from ansible_collections.opendr.vcda.plugins.module_utils.client.throttle import Throttle, retry_after

if not REQUESTS_IMPORT_ERROR:
    import requests
    import urllib3

_ATTEMPTS = 5
# Seconds after wait_timeout in which a run may still read the final states.
LAST_READING = 10.0
# Seconds that a logout has at least, when a run is over or was interrupted.
PARTING = 5.0
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 8.0
# No documented answer comes near this: a page of 100 replications is well under 1 MiB.
_LARGEST_BODY = 64 * 1024 * 1024
_CHUNK = 64 * 1024
# One layer of these decompresses a chunk to at most a thousand times its size. Layers of layers, and other encodings
# that urllib3 decodes if the libraries are there, know no such limit.
_ENCODINGS = ("", "identity", "gzip", "deflate")
_WITHOUT_BODY = ("GET", "HEAD")
# Paths are made of words of the API and of ids, which come from the service: none may lead elsewhere.
_PATH = re.compile(r"^(/(?!\.{1,2}(/|\Z))(?:[\w.~:@!$&'()*+,;=-]|%(?!2[ef])[0-9a-f]{2})+)+\Z", re.ASCII | re.IGNORECASE)
_TIME_HINT = "Run again to attach to the running operations, which continue at the service, or increase wait_timeout."


@dataclass(frozen=True)
class _Request:
    """The arguments of ``Transport.send``."""

    method: str
    path: str
    query: Mapping[str, Any]
    body: Any
    headers: Mapping[str, str]
    at_login: bool
    repeatable: bool

    @property
    def action(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.path}"

    @property
    def operation_id(self) -> str | None:
        """The operationID header, by which the request is found in the logs of the service."""
        return self.headers.get("operationID")


class Transport:
    """Sends single requests to one service.

    :param connection: the checked connection options
    :param secrets: values that no message may contain
    :param clock: for the pauses between retries
    :param pool_size: how many connections are kept
    :param adapter: replaces the network, for tests
    """

    def __init__(
        self, connection: Connection, secrets: Secrets, clock: Clock, pool_size: int, adapter: Any = None
    ) -> None:
        self._connection = connection
        self._secrets = secrets
        self._clock = clock
        self._timeout = connection.request_timeout
        self._deadline = Deadline(clock)
        self._end = Deadline(clock)
        self._throttle = Throttle(clock)
        self._is_winding_up = False
        self._refuses_logins = False
        self._is_on_the_network = adapter is None
        # Whether a login has been sent to which an answer may still come, or has come.
        self.awaits_login = False
        self.observer: Callable[[Exchange], None] | None = None
        self.certificate_end = ""
        self._network = Network(connection, pool_size, adapter)
        for proxy in self._network.proxies.values():
            for secret in secrets_in(proxy):
                self._secrets.add(secret)

    def close(self) -> None:
        """Close the connections."""
        self._network.close()

    def refuse_logins(self) -> None:
        """Refuse further logins; ``awaits_login`` tells whether one was sent before."""
        self._refuses_logins = True

    def wind_up(self, timeout: float) -> None:
        """Refuse every further request except a logout.

        :param timeout: seconds that the service has at most to answer it
        """
        self._is_winding_up = True
        self._timeout = min(self._timeout, timeout)

    def limit(self, seconds: float) -> None:
        """Let every request, with its pauses and repetitions, end in time.

        :param seconds: from now on. Repeatable requests may be sent for ``LAST_READING`` seconds more, and a logout has
            ``PARTING`` seconds in any case
        """
        self._deadline = Deadline(self._clock, seconds)
        self._end = Deadline(self._clock, seconds + LAST_READING)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str],
        at_login: bool = False,
        repeatable: bool = False,
    ) -> Answer:
        """Send a request, and repeat it where that is safe.

        A request that the service has certainly not accepted (HTTP 425 and 429) is always repeated. A repeatable one is
        also repeated after network errors, answers of a gateway, HTTP 5xx and broken JSON. The pauses grow, or have the
        length that the answer asks for.

        :param query: parameters; those with the value None are left out
        :param body: sent as JSON unless None
        :param headers: sent as they are
        :param at_login: the request is a login, so a 401 speaks of the credentials
        :param repeatable: the request may be repeated without harm
        :returns: the answer of status 2xx
        :raises VcdaError: the last failure, or the first that a repetition cannot resolve. ``ambiguous`` is set if the
            request may have taken effect
        """
        if not _PATH.match(path):
            raise malformed(f"An id in {method} {path}", "it is no part of an address")
        parameters = {key: value for key, value in (query or {}).items() if value is not None}
        request = _Request(method, path, parameters, body, headers, at_login, repeatable)
        delay = _FIRST_DELAY
        self.awaits_login = self.awaits_login and not at_login
        for attempt in range(1, _ATTEMPTS + 1):
            self._pause(self._throttle.delay())
            sent = self._clock.monotonic()
            try:
                answer = self._send_once(request)
            except VcdaError as error:
                self.awaits_login = self.awaits_login and not at_login
                is_taken = error.http_status not in NOT_TAKEN_YET
                if repeatable:
                    # It makes no difference whether it took effect, also not to a start request that is looked for.
                    error.ambiguous = False
                if not is_taken or error.retry_after is not None:
                    self._throttle.slow_down(sent, error.retry_after)
                may_repeat = error.is_transient if repeatable else not is_taken
                if attempt == _ATTEMPTS or not may_repeat or self._time(repeatable).is_over:
                    raise
                if is_taken:
                    self._pause(delay * random.uniform(0.5, 1.0))
                    delay = min(delay * 2, _LONGEST_DELAY)
            else:
                self._throttle.relax()
                return answer
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _time(self, repeatable: bool) -> Deadline:
        return self._end if repeatable else self._deadline

    def _pause(self, seconds: float) -> None:
        self._clock.sleep(min(seconds, self._end.remaining))

    def _send_once(self, request: _Request) -> Answer:
        timeout = self._time_for(request)
        try:
            response, text = self._received(request, timeout)
        except requests.exceptions.RequestException as error:
            told = self._secrets.redact(str(error))
            raise network_error(error, told, self._connection, request.action, request.operation_id, timeout) from None
        document, is_json = parse_json(response.headers.get("Content-Type", ""), text)
        if self.observer:
            self.observer(_exchange_of(request, response, document, is_empty=not text.strip()))
        if not 200 <= response.status_code < 300:
            raise self._refusal(request, response, document if is_json else None, text)
        if not is_json and text.strip():
            raise _not_json(request, response.status_code)
        return Answer(response.status_code, response.headers, document)

    def _refusal(self, request: _Request, response: Any, document: Any, text: str) -> VcdaError:
        expired = "authentication token required" in response.headers.get("WWW-Authenticate", "").lower()
        is_redirect = 300 <= response.status_code < 400
        # Masked before it is cut: half a secret would not be found.
        return error_from_answer(
            response.status_code,
            self._secrets.redact(document),
            "the answer is a redirect, which is never followed" if is_redirect else self._secrets.redact(text),
            action=request.action,
            at_login=request.at_login,
            remote_call="site" in request.query,
            expired=expired and not request.at_login,
            operation_id=request.operation_id,
            retry_after=retry_after(response.headers, self._clock.now_ms()),
        )

    def _time_for(self, request: _Request) -> float:
        """Return the seconds that a request has.

        :raises VcdaError: if the request must not be sent any more
        """
        action = request.action
        if action == "DELETE /sessions":
            return min(self._timeout, max(self._end.remaining, PARTING))
        if self._is_winding_up or (self._refuses_logins and action == "POST /sessions"):
            raise VcdaError(f"{action} was not sent: the run was interrupted.", category=UNREACHABLE, retriable=False)
        if self._time(request.repeatable).is_over:
            raise VcdaError(
                f"{action} was not sent: wait_timeout has passed.",
                category=TIMEOUT,
                code="WAIT_TIMEOUT",
                hint=_TIME_HINT,
            )
        return min(self._timeout, self._end.remaining)

    def _received(self, request: _Request, timeout: float) -> tuple[Any, str]:
        """Do an exchange, with every failure as one of requests, which passes on some of what it is built on."""
        announce = self._announce_login if request.at_login else None
        if announce and not self._is_on_the_network:
            announce()
        prepared = self._prepared(request)
        try:
            return self._exchange(prepared, timeout, announce)
        except requests.exceptions.RequestException:
            raise
        except (OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            raise requests.exceptions.ConnectionError(error) from error

    def _exchange(self, prepared: Any, timeout: float, announce: Callable[[], None] | None) -> tuple[Any, str]:
        end = self._clock.monotonic() + timeout
        # A response that is not read to its end must not go back to the pool: the with statement closes it.
        with (
            limited(Deadline(self._clock, timeout), announce),
            self._network.send(prepared, timeout) as response,
        ):
            self.certificate_end = self.certificate_end or certificate_end(response)
            encoding = response.headers.get("Content-Encoding", "").strip().lower()
            if encoding not in _ENCODINGS:
                raise requests.exceptions.ContentDecodingError(f"nobody has asked for the encoding {encoding[:40]!r}")
            received = bytearray()
            for chunk in response.iter_content(_CHUNK):
                received += chunk
                if len(received) > _LARGEST_BODY:
                    raise requests.exceptions.ContentDecodingError(f"the body is larger than {_LARGEST_BODY} bytes")
                if self._clock.monotonic() > end:
                    raise requests.exceptions.ReadTimeout(f"the body took longer than {timeout:g} seconds")
        return response, received.decode("utf-8", "replace")

    def _prepared(self, request: _Request) -> Any:
        body = None if request.body is None else json.dumps(request.body).encode()
        headers = {"Accept-Encoding": "gzip, deflate", **request.headers}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if request.method not in _WITHOUT_BODY:
            headers["Content-Length"] = str(len(body or b""))
        return self._network.prepare(request.method, request.path, request.query, headers, body)

    def _announce_login(self) -> None:
        # In this order: if logins are refused from now on, either this one is known there, or it is not sent.
        self.awaits_login = True
        if self._refuses_logins:
            raise requests.exceptions.ConnectTimeout("the run is over")


def _exchange_of(request: _Request, response: Any, document: Any, *, is_empty: bool) -> Exchange:
    return Exchange(
        request.method,
        request.path,
        request.query,
        request.headers.get("Accept", ""),
        response.status_code,
        response.headers,
        document,
        is_empty=is_empty,
    )


def _not_json(request: _Request, status: int) -> VcdaError:
    error = malformed(f"The answer to {request.action}", f"HTTP {status} without a JSON body")
    error.http_status, error.operation_id, error.ambiguous = status, request.operation_id, True
    return error
