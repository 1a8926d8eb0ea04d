# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A transport for ``requests`` that calls a simulator in the same process, without sockets and without TLS."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict
from urllib3.response import HTTPResponse

from .exchange import DRIPS, Break, ConnectionDropped, Request, Response
from .simulator import Simulator

SUFFIX = ".test"
ENDLESS = 3600.0


class InProcessAdapter(HTTPAdapter):
    """Maps ``https://<site>.test/…`` to a simulator; mount it for ``https://``."""

    def __init__(self, simulator: Simulator) -> None:
        """Use a simulator; delays and timeouts pass on its clock."""
        super().__init__()
        self.simulator = simulator

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Any = None,  # noqa: ARG002
    ) -> requests.Response:
        """Answer a request, or raise what ``requests`` would raise with a real socket.

        If a site does not answer, the read timeout passes at once: a manual clock is advanced, nothing waits.
        """
        site = self._site(request)
        patience = _read_timeout(timeout)
        with self.simulator.in_flight():
            try:
                response = self.simulator.handle(site, _request(request))
            except ConnectionDropped as dropped:
                raise self._exception(dropped.how, request, patience) from None
            if response.delay > patience:
                raise self._exception(Break.SILENCE, request, patience)
            self.simulator.clock.sleep(response.delay)
        return self._built(request, response, stream)

    def close(self) -> None:
        """Release nothing: there are no sockets."""

    def _site(self, request: requests.PreparedRequest) -> str:
        host = urlsplit(request.url or "").hostname or ""
        name = host.removesuffix(SUFFIX)
        if name == host or name not in self.simulator.site_names:
            raise requests.exceptions.ConnectionError(f"Failed to resolve {host}", request=request)
        return name

    def _exception(self, how: Break, request: requests.PreparedRequest, patience: float) -> Exception:
        if how is Break.SILENCE or how in DRIPS:
            self.simulator.clock.skip(patience)
            return requests.exceptions.ReadTimeout("Read timed out.", request=request)
        if how is Break.CERTIFICATE:
            return requests.exceptions.SSLError("certificate verify failed: unable to get issuer", request=request)
        if how is Break.REFUSED:
            return requests.exceptions.ConnectionError("Connection refused", request=request)
        return requests.exceptions.ConnectionError("Connection reset by peer", request=request)

    def _built(self, request: requests.PreparedRequest, response: Response, stream: bool) -> requests.Response:
        if response.truncate:
            raise requests.exceptions.ChunkedEncodingError("Connection broken: incomplete read", request=request)
        headers = HTTPHeaderDict({**response.headers, "Content-Length": str(len(response.body))})
        for name, value in response.repeated:
            headers.add(name, value)
        raw = HTTPResponse(
            body=io.BytesIO(response.body), headers=headers, status=response.status, preload_content=False
        )
        built: requests.Response = self.build_response(request, raw)
        if not stream:
            _unused = built.content
        return built


def _request(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    return Request(
        method=request.method or "GET",
        path=unquote(parts.path) or "/",
        query=parse_qsl(parts.query, keep_blank_values=True),
        headers={str(name).lower(): _text(value) for name, value in request.headers.items()},
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _read_timeout(timeout: Any) -> float:
    value = timeout[1] if isinstance(timeout, tuple) else timeout
    return ENDLESS if value is None else float(value)
