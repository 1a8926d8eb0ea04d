# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The network below the transport: certificates, thumbprints, proxies, and the causes of failed connections."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlencode

from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection, basic_credentials
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import UNREACHABLE, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.limited import limiting

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    import requests.adapters
    import urllib3
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

_Adapter: Any = object if REQUESTS_IMPORT_ERROR else requests.adapters.HTTPAdapter

_NOT_TRUSTED = re.compile(r"certificate|fingerprint|hostname|doesn't match|self.signed", re.IGNORECASE)
_TRUST_HINT = (
    "Name the certificate authority in ca_path, or pin the certificate of the appliance in certificate_thumbprint."
)


class _ServiceAdapter(_Adapter):  # type: ignore[misc]
    """Sends all requests to one service, by HTTPS; checks its certificate by the SHA-256 thumbprint if one is given.

    Whatever is the same for all requests is done once, because thousands of them share the time of one processor.
    """

    def __init__(self, thumbprint: str | None, pool_size: int) -> None:
        self._thumbprint = thumbprint
        self._pool: Any = None
        self._trusting: Any = None
        super().__init__(pool_connections=2, pool_maxsize=pool_size, max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        self._pool = self._pool or super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def cert_verify(self, conn: Any, *args: Any) -> None:
        # It stores in the pool what its connections trust.
        if conn is not self._trusting:
            super().cert_verify(conn, *args)
            self._trusting = conn

    def request_url(self, request: Any, _proxies: Any) -> Any:
        # A proxy only tunnels HTTPS, so none has to be told the host.
        return request.path_url

    def build_response(self, _request: Any, raw: Any) -> Any:
        # Without the cookies of the answer.
        response = requests.Response()
        response.status_code, response.raw = raw.status, raw
        response.headers = requests.structures.CaseInsensitiveDict(raw.headers)
        return response

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, **self._pin())
        _limit(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        # The way through a proxy has a pool of its own.
        return _limit(super().proxy_manager_for(proxy, **kwargs, **self._pin()))

    def close(self) -> None:
        # A manager forgets its pools, but only closes the connections of those that nobody else knows.
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for pool in map(manager.pools.get, manager.pools.keys()):
                pool.close()
        super().close()

    def _pin(self) -> dict[str, Any]:
        return {"assert_fingerprint": self._thumbprint, "assert_hostname": False} if self._thumbprint else {}


def _limit(manager: Any) -> Any:
    manager.pool_classes_by_scheme = limiting(manager.pool_classes_by_scheme)
    return manager


class Network:
    """The way to one service, as the connection options say and nothing else: no cookies, no .netrc, no redirects.

    It uses the library requests below its sessions, which would add all these.

    :param connection: the checked connection options
    :param pool_size: how many connections are kept
    :param adapter: replaces the network; None for the network
    """

    def __init__(self, connection: Connection, pool_size: int, adapter: Any) -> None:
        pinned = connection.certificate_thumbprint
        if not connection.validate_certs:
            # The user has said so; a warning for each request would only hide others.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._connection = connection
        # What REQUESTS_CA_BUNDLE says is not used.
        self._verify = False if pinned or not connection.validate_certs else connection.ca_path or True
        self._headers = dict(requests.utils.default_headers())
        # Proxies are the one thing that is taken from the environment.
        self.proxies: dict[str, str] = dict(requests.utils.get_environ_proxies(connection.base_url, no_proxy=None))
        self.adapter = adapter or _ServiceAdapter(pinned, pool_size)

    def close(self) -> None:
        """Close the connections."""
        self.adapter.close()

    def prepare(
        self, method: str, path: str, query: Mapping[str, Any], headers: Mapping[str, str], body: bytes | None
    ) -> Any:
        """Return a request that is ready to be sent.

        :param path: a path that needs no more escapes
        :param headers: its headers besides those that all requests have
        :raises requests.exceptions.RequestException: if a header holds the end of a line, or if the hostname cannot be
            part of an address
        """
        prepared = requests.PreparedRequest()
        prepared.method, prepared.body, prepared.hooks = method, body, {}
        prepared.url = self._base_url + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        prepared.prepare_headers({**self._headers, **headers})
        return prepared

    def send(self, prepared: Any, timeout: float) -> Any:
        """Send a request.

        :param timeout: seconds
        :returns: the response, whose body is still to be read
        :raises requests.exceptions.RequestException: if there is no answer
        """
        return self.adapter.send(
            prepared, stream=True, timeout=timeout, verify=self._verify, cert=None, proxies=self.proxies
        )

    @cached_property
    def _base_url(self) -> str:
        """The root of the service; requests checks and encodes a hostname."""
        prepared = requests.PreparedRequest()
        prepared.prepare_url(self._connection.base_url, None)
        return str(prepared.url).rstrip("/")


def secrets_in(proxy: str) -> tuple[str, ...]:
    """Return the password of a proxy, as it is written and as it is meant, and what is sent to the proxy for it."""
    # A proxy that cannot be used is shown in a message; the part before the last @ may hold its password.
    user, _colon, password = proxy.rpartition("@")[0].rpartition("//")[2].partition(":")
    return password, unquote(password), *basic_credentials(unquote(user), unquote(password))


def certificate_end(response: Any) -> str:
    """Return until when the certificate of a connection is valid, as the certificate says it; empty if not known.

    The interpreter tells it only of a verified certificate.
    """
    connection = getattr(response.raw, "connection", None)
    read = getattr(getattr(connection, "sock", None), "getpeercert", None)
    return str((read() or {}).get("notAfter") or "") if read else ""


def network_error(
    error: Exception, text: str, connection: Connection, action: str, operation_id: str | None, timeout: float
) -> VcdaError:
    """Map the failure of an exchange that brought no answer.

    :param error: what requests raised
    :param text: its message without secrets
    :param action: method and path, for the message
    :param timeout: seconds that the exchange had
    :returns: the error; not ``ambiguous`` where not even a connection was made, so that nothing can have been sent
    """
    host = f"{connection.hostname}:{connection.port}"
    cause = _innermost(error)
    untrusted = isinstance(error, requests.exceptions.SSLError) and bool(_NOT_TRUSTED.search(str(cause)))
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
