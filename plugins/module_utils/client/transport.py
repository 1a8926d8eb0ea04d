# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""One HTTP exchange with the service: TLS, no redirects, JSON only, and the retries that are safe."""

from __future__ import annotations

import json
import random
import re
import ssl
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import unquote

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock, Deadline
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection, basic_credentials
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    NOT_TAKEN_YET,
    TIMEOUT,
    UNREACHABLE,
    VcdaError,
    error_from_answer,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.limited import limited, limiting
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import Secrets
from ansible_collections.opendr.vcda.plugins.module_utils.client.throttle import Throttle, retry_after

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    import requests.adapters
    import urllib3
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

_Adapter: Any = object if REQUESTS_IMPORT_ERROR else requests.adapters.HTTPAdapter
_Session: Any = object if REQUESTS_IMPORT_ERROR else requests.Session

_ATTEMPTS = 5
# Seconds after the end of its time in which a run may still read what has become of everything.
LAST_READING = 10.0
# Seconds that the end of a session has at the least, when a run is over or was interrupted.
PARTING = 5.0
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 8.0
# No documented answer comes near this: a page of 100 replications is well under 1 MiB.
_LARGEST_BODY = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_WITHOUT_BODY = ("GET", "HEAD")
_JSON_TYPE = re.compile(r"^application/(json|[\w.+-]+\+json)\s*(;|$)", re.IGNORECASE)
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_NOT_TRUSTED = re.compile(r"certificate|fingerprint|hostname|doesn't match|self.signed", re.IGNORECASE)
_TIME_HINT = "Run again to attach to the running operations, which continue at the service, or increase wait_timeout."
_TRUST_HINT = (
    "Name the certificate authority in ca_path, or pin the certificate of the appliance in certificate_thumbprint."
)


@dataclass(frozen=True)
class Answer:
    """What the service said to one request."""

    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass(frozen=True)
class Exchange:
    """One request and the answer to it, whatever that was, for who observes the client.

    The document is None where the body is no JSON. It holds what the service sent, secrets included.
    """

    method: str
    path: str
    query: Mapping[str, Any]
    accept: str
    status: int
    headers: Mapping[str, str]
    document: Any
    is_empty: bool


class _PinningAdapter(_Adapter):  # type: ignore[misc]
    """Checks the certificate by its SHA-256 thumbprint where one is given, before anything is sent."""

    def __init__(self, thumbprint: str | None, pool_size: int) -> None:
        self._thumbprint = thumbprint
        self._pool: Any = None
        super().__init__(pool_connections=2, pool_maxsize=pool_size, max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        # All requests go to one service, so there is no need to look for its connections again and again.
        self._pool = self._pool or super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, **self._pin())
        _limit(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        # The way through a proxy has a pool of its own.
        return _limit(super().proxy_manager_for(proxy, **kwargs, **self._pin()))

    def _pin(self) -> dict[str, Any]:
        return {"assert_fingerprint": self._thumbprint, "assert_hostname": False} if self._thumbprint else {}


def _limit(manager: Any) -> Any:
    manager.pool_classes_by_scheme = limiting(manager.pool_classes_by_scheme)
    return manager


class _PlainSession(_Session):  # type: ignore[misc]
    """Does not look where a redirect leads: that would read its body without a limit, and fail at an odd address."""

    def get_redirect_target(self, _response: Any) -> None:
        return None


class Transport:
    """Sends single requests to one service.

    :param connection: the checked connection options
    :param secrets: what must not stand in any message
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
        self.certificate_end_ms: int | None = None
        self._session = _http_session(connection, pool_size, adapter)
        for proxy in self._session.proxies.values():
            for secret in _secrets_in(proxy):
                self._secrets.add(secret)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def refuse_logins(self) -> None:
        """Send no login any more; ``awaits_login`` tells whether one was sent before."""
        self._refuses_logins = True

    def wind_up(self, timeout: float) -> None:
        """Let nothing more be sent but the end of the session.

        :param timeout: seconds that the service has at the most to answer it
        """
        self._is_winding_up = True
        self._timeout = min(self._timeout, timeout)

    def limit(self, seconds: float) -> None:
        """Let every request, with its pauses and repetitions, end in time.

        :param seconds: from now on. Only what may be repeated without harm is sent later, in ``LAST_READING`` seconds,
            and the end of a session, which has ``PARTING`` seconds in any case
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
        """Send a request until it is taken; if it may be repeated without harm, until it is answered well.

        What was surely not taken (HTTP 425 and 429) is always sent again. What is repeatable is so also after network
        errors, answers of a gateway, HTTP 5xx and broken JSON. The pauses grow, or are those that the answer asks for.

        :param query: parameters; those that are None are left out
        :param body: sent as JSON unless None
        :param headers: as they are
        :param at_login: the request is a login, so a 401 speaks of the credentials
        :param repeatable: it may be repeated without harm
        :returns: the answer of status 2xx
        :raises VcdaError: the last failure, or the first that a repetition cannot resolve; ``ambiguous`` says that the
            request may have taken effect
        """
        action = f"{method} {path}"
        delay = _FIRST_DELAY
        self.awaits_login = self.awaits_login and not at_login
        for attempt in range(1, _ATTEMPTS + 1):
            self._pause(self._throttle.delay())
            sent = self._clock.monotonic()
            try:
                answer = self._send_once(action, method, path, query or {}, body, headers, at_login, repeatable)
            except VcdaError as error:
                self.awaits_login = self.awaits_login and not at_login
                is_taken = error.http_status not in NOT_TAKEN_YET
                if repeatable:
                    # Whether it took effect makes no difference, not to a start request for which it is sent either.
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

    def _send_once(
        self,
        action: str,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Any,
        headers: Mapping[str, str],
        at_login: bool,
        repeatable: bool,
    ) -> Answer:
        operation_id = headers.get("operationID")
        timeout = self._time_for(action, repeatable)
        parameters = {key: value for key, value in query.items() if value is not None}
        try:
            response, text = self._exchange(method, path, parameters, body, headers, timeout, at_login)
        except requests.exceptions.RequestException as error:
            raise self._network_error(error, action, operation_id, timeout) from None
        document, is_json = _parse(response.headers.get("Content-Type", ""), text)
        if self.observer:
            accept = headers.get("Accept", "")
            status, answered = response.status_code, response.headers
            self.observer(
                Exchange(method, path, parameters, accept, status, answered, document, is_empty=not text.strip())
            )
        if 200 <= response.status_code < 300 and (is_json or not text.strip()):
            return Answer(response.status_code, response.headers, document)
        if 200 <= response.status_code < 300:
            raise _not_json(action, response.status_code, operation_id)
        expired = "authentication token required" in response.headers.get("WWW-Authenticate", "").lower()
        # Masked before it is cut: half a secret would not be found.
        raise error_from_answer(
            response.status_code,
            self._secrets.redact(document) if is_json else None,
            "the answer is a redirect, which is never followed"
            if 300 <= response.status_code < 400
            else self._secrets.redact(text),
            action=action,
            at_login=at_login,
            remote_call="site" in parameters,
            expired=expired and not at_login,
            operation_id=operation_id,
            retry_after=retry_after(response.headers, self._clock.now_ms()),
        )

    def _time_for(self, action: str, repeatable: bool) -> float:
        """Return the seconds that one request has.

        :raises VcdaError: if it must not be sent any more
        """
        if action == "DELETE /sessions":
            return min(self._timeout, max(self._end.remaining, PARTING))
        if self._is_winding_up or (self._refuses_logins and action == "POST /sessions"):
            raise VcdaError(f"{action} was not sent: the run was interrupted.", category=UNREACHABLE, retriable=False)
        if self._time(repeatable).is_over:
            raise VcdaError(
                f"{action} was not sent: wait_timeout has passed.",
                category=TIMEOUT,
                code="WAIT_TIMEOUT",
                hint=_TIME_HINT,
            )
        return min(self._timeout, self._end.remaining)

    def _exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Any,
        headers: Mapping[str, str],
        timeout: float,
        at_login: bool,
    ) -> tuple[Any, str]:
        announce = self._announce_login if at_login else None
        if announce and not self._is_on_the_network:
            announce()
        request = self._prepared(method, path, query, body, headers)
        end = self._clock.monotonic() + timeout
        # A response that is not read to its end must not go back to the pool: the with statement closes it.
        with (
            limited(Deadline(self._clock, timeout), announce),
            self._session.send(
                request,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
                proxies=self._session.proxies,
            ) as response,
        ):
            self.certificate_end_ms = self.certificate_end_ms or _certificate_end(response)
            received = bytearray()
            for chunk in response.iter_content(_CHUNK):
                received += chunk
                if len(received) > _LARGEST_BODY:
                    raise requests.exceptions.ContentDecodingError(f"the body is larger than {_LARGEST_BODY} bytes")
                if self._clock.monotonic() > end:
                    raise requests.exceptions.ReadTimeout(f"the body took longer than {timeout:g} seconds")
        return response, received.decode("utf-8", "replace")

    def _prepared(self, method: str, path: str, query: Mapping[str, Any], body: Any, headers: Mapping[str, str]) -> Any:
        """Return a request with what this session needs: nothing of cookies, netrc and hooks, which cost time."""
        request = requests.PreparedRequest()
        request.method, request.hooks = method, {}
        request.prepare_url(self._connection.base_url + path, query)
        more = {}
        if body is not None:
            request.body = json.dumps(body).encode()
            more["Content-Type"] = "application/json"
        if method not in _WITHOUT_BODY:
            more["Content-Length"] = str(len(request.body or b""))
        # The names and values are checked: what holds the end of a line is refused.
        request.prepare_headers({**self._session.headers, **headers, **more})
        return request

    def _announce_login(self) -> None:
        # In this order: whoever refuses logins from now on finds this one, or this one is not sent.
        self.awaits_login = True
        if self._refuses_logins:
            raise requests.exceptions.ConnectTimeout("the run is over")

    def _network_error(self, error: Exception, action: str, operation_id: str | None, timeout: float) -> VcdaError:
        text = self._secrets.redact(str(error))
        host = f"{self._connection.hostname}:{self._connection.port}"
        cause = _innermost(error)
        untrusted = isinstance(error, requests.exceptions.SSLError) and bool(_NOT_TRUSTED.search(str(cause)))
        # Where not even a connection was made, nothing can have been sent.
        never_sent = untrusted or isinstance(error, requests.exceptions.ConnectTimeout) or _is_no_connection(cause)
        if untrusted:
            message = f"The certificate of {host} is not trusted: {_reason(text)}"
        elif isinstance(error, requests.exceptions.Timeout) or type(cause).__name__ == "ReadTimeoutError":
            message = f"{action} at {host}: no answer within {timeout:.3g} seconds"
        else:
            message = f"{action} at {host}: {_reason(text)}"
        return VcdaError(
            message,
            category=UNREACHABLE,
            code="CERTIFICATE_NOT_TRUSTED" if untrusted else None,
            hint=_TRUST_HINT if untrusted else None,
            retriable=not untrusted,
            operation_id=operation_id,
            ambiguous=not never_sent,
        )


def _certificate_end(response: Any) -> int | None:
    """Return until when the certificate of a connection is valid; only of a verified one the interpreter tells it."""
    connection = getattr(response.raw, "connection", None)
    read = getattr(getattr(connection, "sock", None), "getpeercert", None)
    end = (read() or {}).get("notAfter") if read else None
    return int(ssl.cert_time_to_seconds(end) * 1000) if end else None


def _http_session(connection: Connection, pool_size: int, adapter: Any) -> Any:
    session = _PlainSession()
    # Neither .netrc nor REQUESTS_CA_BUNDLE may change what the options say; proxies are the one thing taken over.
    session.trust_env = False
    session.proxies = dict(requests.utils.get_environ_proxies(connection.base_url, no_proxy=None))
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    pinned = connection.certificate_thumbprint
    if not connection.validate_certs:
        # The user has said so; a warning for each request would only hide others.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session.verify = False if pinned or not connection.validate_certs else connection.ca_path or True
    session.mount("https://", adapter or _PinningAdapter(pinned, pool_size))
    return session


def _secrets_in(proxy: str) -> tuple[str | None, ...]:
    """Return the password of a proxy, as it is written and as it is meant, and what is sent to the proxy for it."""
    # A proxy that cannot be used is shown in a message; the part before the last @ may hold its password.
    user, _colon, password = proxy.rpartition("@")[0].rpartition("//")[2].partition(":")
    return password, unquote(password), basic_credentials(unquote(user), unquote(password))


def _parse(content_type: str, text: str) -> tuple[Any, bool]:
    if not _JSON_TYPE.match(content_type.strip()):
        return None, False
    try:
        document = json.loads(text, parse_constant=_no_number)
        return _whole_characters(document) if _HALF_CHARACTER.search(text) else document, True
    except (ValueError, RecursionError):
        return None, False


def _whole_characters(value: Any) -> Any:
    """Replace halves of characters, which JSON may hold and nothing that reads or writes text takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(item) for key, item in value.items()}
    return value


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _not_json(action: str, status: int, operation_id: str | None) -> VcdaError:
    error = malformed(f"The answer to {action}", f"HTTP {status} without a JSON body")
    error.http_status, error.operation_id, error.ambiguous = status, operation_id, True
    return error


def _innermost(error: Exception) -> Exception:
    """Return what began it: the message of the outer ones holds the address, which may read like anything."""
    inner = getattr(error, "reason", None)
    if not isinstance(inner, Exception):
        inner = error.args[0] if error.args else None
    return _innermost(inner) if isinstance(inner, Exception) else error


def _is_no_connection(cause: Exception) -> bool:
    return type(cause).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _reason(text: str) -> str:
    """Return the innermost explanation of a nested network error, which is what a person needs."""
    match = re.search(r"(certificate verify failed[^')]*|Fingerprints did not match[^')]*|hostname '[^)]*)", text)
    if match:
        return match.group(1).partition("(_ssl.c")[0].strip()
    found = re.findall(r"\]\s*([A-Z][^'\")]+)|'([A-Z][^']+)'", text)
    return (found[-1][0] or found[-1][1]).strip() if found else text[:200]
