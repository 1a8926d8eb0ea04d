# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless browser, driven over its debugging protocol: load a page at some size, ask it things, print it."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
)
_START_SECONDS = 60


class Tab:
    """One page in the browser.

    :param folder: the profile of the browser, into which it writes its address
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.requested: list[str] = []
        self.complaints: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; note the events on the way."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        return await self._receive(lambda message: message.get("id") == self._number)

    async def resize(self, width: int, height: int = 900) -> None:
        """Show the page in a window of another size, in CSS pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700
        )

    async def open(self, page: Path, width: int, height: int = 900) -> None:
        """Load a page in a window of some size, in CSS pixels."""
        await self.resize(width, height)
        for domain in ("Page", "Network", "Log", "Runtime", "Accessibility"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=page.as_uri())
        await self._receive(lambda message: message.get("method") == "Page.loadEventFired")

    async def prefer(self, theme: str) -> None:
        """Prefer light or dark pages from now on."""
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    async def ask(self, expression: str) -> Any:
        """Evaluate an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"]["value"]

    async def pdf(self) -> bytes:
        """Print the page on A4."""
        answer = await self.call(
            "Page.printToPDF",
            paperWidth=8.27,
            paperHeight=11.69,
            printBackground=True,
            preferCSSPageSize=True,
            generateTaggedPDF=False,
        )
        return base64.b64decode(answer["data"])

    async def accessible(self, role: str) -> list[str]:
        """Return the names that assistive technology reads of everything with a role."""
        tree = await self.call("Accessibility.getFullAXTree")
        return [
            str(node.get("name", {}).get("value", ""))
            for node in tree["nodes"]
            if node.get("role", {}).get("value") == role and not node.get("ignored")
        ]

    async def _receive(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            message = await self._socket.receive_json(timeout=_START_SECONDS)
            self._note(message)
            if wanted(message):
                assert "error" not in message, message["error"]
                return dict(message.get("result") or {})

    def _note(self, message: dict[str, Any]) -> None:
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        elif method == "Log.entryAdded":
            self.complaints.append(parameters["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(parameters))


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Tab]:
    """Run a browser with one tab.

    :param profile: an empty folder of its own
    """
    assert PROGRAM
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *_FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port = await asyncio.wait_for(_port(profile / "DevToolsActivePort"), _START_SECONDS)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [target for target in await answer.json() if target["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Tab(socket)
    finally:
        process.terminate()
        await process.wait()


async def _port(file: Path) -> str:
    """Return the port that the browser writes down once it listens."""
    while not file.exists() or "\n" not in file.read_text(encoding="utf-8"):
        await asyncio.sleep(0.05)
    return file.read_text(encoding="utf-8").splitlines()[0]
