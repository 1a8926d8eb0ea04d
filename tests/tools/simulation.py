# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the simulator in its own process, and provide the addresses of its sites."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .places import ROOT, tool_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

START_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class SiteAddress:
    """A simulated site: its address and the account of a user."""

    name: str
    hostname: str
    port: int
    thumbprint: str

    @property
    def username(self) -> str:
        """The user name of the tenant's operator."""
        return "operator@tenant-1"

    @property
    def password(self) -> str:
        """The operator's password on this site."""
        return f"operator-secret-{self.name}"


@dataclass(frozen=True)
class Simulation:
    """A running simulator."""

    sites: dict[str, SiteAddress]
    control_url: str
    ca_path: str
    pid: int

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request to the control port: GET without a body, POST with a body.

        Args:
            path: Path such as "/state".
            body: The document to post.

        Returns:
            The answer, decoded.
        """
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the loopback address that the simulator itself gave
            self.control_url + path, data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"null")

    def environment(self, at: str, peer: str) -> dict[str, str]:
        """Return the environment variables for a connection to one site with a session extended to the peer.

        Args:
            at: Name of the site to connect to.
            peer: Name of the other site.
        """
        site = self.sites[at]
        return {
            "VCDA_HOSTNAME": site.hostname,
            "VCDA_PORT": str(site.port),
            "VCDA_USERNAME": site.username,
            "VCDA_PASSWORD": site.password,
            "VCDA_CA_PATH": self.ca_path,
            "VCDA_PEER_SITE": peer,
            "VCDA_PEER_USERNAME": self.sites[peer].username,
            "VCDA_PEER_PASSWORD": self.sites[peer].password,
        }


@contextlib.contextmanager
def simulator(folder: Path, arguments: Sequence[str] = ()) -> Iterator[Simulation]:
    """Run the simulator during the block.

    Args:
        folder: Folder for its certificate authority, its ready file and its log.
        arguments: More arguments for its command line.

    Yields:
        The running simulator.

    Raises:
        RuntimeError: It did not start, or it checked the contract and the contract was violated; the message has its
            output.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ready, authority, log = folder / "simulator.json", folder / "ca.pem", folder / "simulator.log"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.simulator", "--stop-with-parent"]
    command += ["--ready-file", str(ready), "--ca-file", str(authority), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=tool_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _await_file(ready, process, log)
        yield _read(ready, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.returncode > 0:
        raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))


def _await_file(ready: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > limit:
            printed = log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"The simulator did not start:\n{printed}")
        time.sleep(0.02)


def _read(ready: Path, pid: int) -> Simulation:
    document = json.loads(ready.read_text(encoding="utf-8"))
    sites = {
        name: SiteAddress(name, site["hostname"], site["port"], site["thumbprint"])
        for name, site in document["sites"].items()
    }
    return Simulation(sites, document["control_url"], document["ca_file"], pid)
