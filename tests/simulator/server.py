# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sites on real sockets: HTTPS on loopback, one port per site, and a plain control port."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import tempfile
import threading
import traceback
import weakref
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from . import control, drips
from .certificates import Certificate, Certificates
from .exchange import DRIPS, Break, ConnectionDropped, Request, Response
from .simulator import Simulator

LOOPBACK = "127.0.0.1"


class SimulatorServer:
    """Serves a simulator from its own thread; a context manager.

    Available after start: ``ports``, ``control_port``, ``ca_file``, ``thumbprint(site)``, ``address(site)``,
    ``control_url``.
    """

    def __init__(
        self, simulator: Simulator, *, port_base: int = 0, control_port: int = 0, ca_file: str | Path | None = None
    ) -> None:
        """Prepare a server.

        :param port_base: port of the first site, the other sites use the following ports; 0 lets the system choose
        :param control_port: port of the control interface; 0 lets the system choose
        :param ca_file: where to write the certificate of the authority; by default a temporary file
        """
        self.simulator = simulator
        self.ports: dict[str, int] = {}
        self.control_port = control_port
        self.stopped = threading.Event()
        self.certificates = Certificates()
        self._port_base = port_base
        self._folder = tempfile.TemporaryDirectory(prefix="simulator-")
        self.ca_file = Path(ca_file) if ca_file else Path(self._folder.name) / "ca.pem"
        self._wrong_certificates: dict[str, int] = {}
        self._greeted: weakref.WeakSet[ssl.SSLObject] = weakref.WeakSet()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulator", daemon=True)
        self._listeners: dict[str, asyncio.Server] = {}
        self._web_servers: dict[str, web.Server] = {}
        self._closing = asyncio.Event()

    def __enter__(self) -> SimulatorServer:
        """Start, and return once every port is open."""
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop."""
        self.stop()

    @property
    def control_url(self) -> str:
        """Address of the control port."""
        return f"http://{LOOPBACK}:{self.control_port}"

    def address(self, site: str) -> str:
        """Return the address of a site."""
        return f"https://{LOOPBACK}:{self.ports[site]}"

    def thumbprint(self, site: str) -> str:
        """Return the thumbprint of the current certificate of a site, in the vendor's form."""
        return self._certificate(site).thumbprint

    def start(self) -> None:
        """Open all ports."""
        self.certificates.write_authority(self.ca_file)
        self._thread.start()
        self._run(self._open())
        self.simulator.changed.append(self._sites_changed)

    def stop(self) -> None:
        """Close all ports and connections and end the thread."""
        if self._loop.is_closed():
            return
        if self._sites_changed in self.simulator.changed:
            self.simulator.changed.remove(self._sites_changed)
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._folder.cleanup()

    def _run(self, coroutine: Any) -> None:
        future: Future[None] = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        future.result()

    def _sites_changed(self) -> None:
        """Open or close the ports of sites; for changes made in the loop's own thread the control port does it."""
        if threading.current_thread() is not self._thread:
            self._run(self._open_and_close_sites())

    async def _open(self) -> None:
        for position, site in enumerate(self.simulator.site_names):
            self._web_servers[site] = web.Server(self._site_handler(site), handler_cancellation=True, access_log=None)
            wanted = self._port_base + position if self._port_base else 0
            self.ports[site] = wanted
            await self._listen(site)
        await self._open_and_close_sites()
        self._web_servers[""] = web.Server(self._control, access_log=None)
        listener = await self._loop.create_server(self._web_servers[""], LOOPBACK, self.control_port)
        self._listeners[""] = listener
        self.control_port = listener.sockets[0].getsockname()[1]

    async def _listen(self, site: str) -> None:
        opened = socket.create_server((LOOPBACK, self.ports[site]), backlog=512)
        self.ports[site] = opened.getsockname()[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._certificate_chooser(site)
        self._listeners[site] = await self._loop.create_server(
            self._web_servers[site], sock=opened, ssl=context, backlog=512
        )

    async def _open_and_close_sites(self) -> None:
        for site in self.simulator.site_names:
            is_down = site in self.simulator.settings.sites_down
            if is_down and site in self._listeners:
                self._listeners.pop(site).close()
                self._drop_connections(site)
            elif not is_down and site not in self._listeners:
                await self._listen(site)

    def _drop_connections(self, site: str) -> None:
        for connection in list(self._web_servers[site].connections):
            if connection.transport is not None:
                connection.transport.abort()

    async def _close(self) -> None:
        self._closing.set()
        for listener in self._listeners.values():
            listener.close()
        for site, server in self._web_servers.items():
            self._drop_connections(site)
            await server.shutdown(timeout=1.0)

    def _certificate(self, site: str) -> Certificate:
        return self.certificates.get(site, self.simulator.settings.certificate)

    def _certificate_chooser(self, site: str) -> Any:
        def choose(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
            self.simulator.log.connections += 1
            certificate = self._certificate(site)
            if self._wrong_certificates.get(site, 0):
                self._wrong_certificates[site] -= 1
                certificate = self.certificates.get(site, "other_authority")
            connection.context = certificate.context

        return choose

    def _site_handler(self, site: str) -> Any:
        async def handler(request: web.BaseRequest) -> web.StreamResponse:
            with self.simulator.in_flight():
                return await self._answer(site, request)

        return handler

    async def _answer(self, site: str, request: web.BaseRequest) -> web.StreamResponse:
        received = Request(
            request.method,
            request.path,
            list(request.query.items()),
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
        )
        await self._greet(request)
        try:
            response = self.simulator.handle(site, received)
        except ConnectionDropped as dropped:
            await self._break(site, request, dropped.how)
            return web.Response()
        except Exception:
            self.simulator.defects.append(traceback.format_exc())
            return web.json_response({"code": "SimulatorDefect", "msg": traceback.format_exc()}, status=500)
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.truncate:
            return await self._truncated(request, response)
        headers = CIMultiDict([*response.headers.items(), *response.repeated])
        return web.Response(status=response.status, headers=headers, body=response.body)

    async def _greet(self, request: web.BaseRequest) -> None:
        """Delay the first request of a connection: TCP and TLS 1.3 each take a round trip before it."""
        latency_ms = self.simulator.settings.latency_ms
        connection = request.get_extra_info("ssl_object")
        if latency_ms and connection not in self._greeted:
            self._greeted.add(connection)
            await asyncio.sleep(2 * latency_ms / 1000)

    async def _break(self, site: str, request: web.BaseRequest, how: Break) -> None:
        if how is Break.SILENCE:
            await self._closing.wait()
        if how in DRIPS:
            await self._drip(request, how)
        if how is Break.CERTIFICATE:
            self._wrong_certificates[site] = self._wrong_certificates.get(site, 0) + 1
        if request.transport is not None:
            request.transport.abort()

    async def _drip(self, request: web.BaseRequest, how: Break) -> None:
        """Send an endless answer until the client closes the connection."""
        for piece in drips.pieces(how):
            if self._closing.is_set() or request.transport is None or request.transport.is_closing():
                return
            request.transport.write(piece)
            await asyncio.sleep(drips.INTERVAL)

    async def _truncated(self, request: web.BaseRequest, response: Response) -> web.StreamResponse:
        cut = web.StreamResponse(status=response.status, headers=response.headers)
        cut.content_length = len(response.body)
        await cut.prepare(request)
        await cut.write(response.body[: len(response.body) // 2])
        if request.transport is not None:
            request.transport.close()
        return cut

    async def _control(self, request: web.BaseRequest) -> web.StreamResponse:
        raw = await request.read()
        try:
            body = json.loads(raw) if raw.strip() else None
        except ValueError:
            return web.json_response({"error": "the body is no JSON"}, status=400)
        if (request.method, request.path) == ("POST", "/stop"):
            self.stopped.set()
            return web.json_response({})
        if (request.method, request.path) == ("GET", "/addresses"):
            return web.json_response(self.addresses())
        status, document = control.act(self.simulator, request.method, request.path, body)
        await self._open_and_close_sites()
        return web.json_response(document, status=status)

    def addresses(self) -> dict[str, Any]:
        """Return all addresses and the certificate authority, JSON-ready."""
        return {
            "sites": {
                site: {"hostname": LOOPBACK, "port": port, "thumbprint": self.thumbprint(site)}
                for site, port in self.ports.items()
            },
            "control_url": self.control_url,
            "ca_file": str(self.ca_file),
        }
