# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller that speaks to a simulator without sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.tests.simulator import Request, Response, Simulator

CLOUD = {"type": "vcloud"}


@dataclass
class Reply:
    """An answer with its document."""

    status: int
    document: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The error code."""
        return str(self.document["code"])


@dataclass
class Caller:
    """Sends requests to one site of a simulator."""

    simulator: Simulator
    site: str = "site-2"
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Reply:
        """Send a request; query values are turned into text, lists repeat the parameter."""
        lists = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
        pairs = [(name, str(item)) for name, items in lists.items() for item in items]
        raw = b"" if body is None else json.dumps(body).encode()
        request = Request(method, path, pairs, {**self.headers, **(headers or {})}, raw)
        return reply_of(self.simulator.handle(self.site, request))

    def login(self, user: str = "operator@tenant-1", *, extend: bool = False) -> Caller:
        """Log in with a password and, if wished, extend the session to the other site."""
        name = user.split("@", maxsplit=1)[0]
        body = {"type": "vcdCredentials", "vcdUser": user, "vcdPassword": f"{name}-secret-{self.site}"}
        reply = self.send("POST", "/sessions", body)
        assert reply.status == 200, reply
        self.headers["x-vcav-auth"] = reply.headers["X-VCAV-Auth"]
        if extend:
            assert self.extend(user).status == 200
        return self

    def extend(self, user: str = "operator@tenant-1") -> Reply:
        """Extend the session to the other site with a password."""
        other = "site-1" if self.site == "site-2" else "site-2"
        name = user.split("@", maxsplit=1)[0]
        body = {"type": "credentials", "site": other, "vcdUsername": user, "vcdPassword": f"{name}-secret-{other}"}
        return self.send("POST", "/sessions/extend", body)

    def verb(self, identifier: str, verb: str, body: Any = None, method: str = "POST", **query: Any) -> Reply:
        """Send a verb to a VM or vApp replication."""
        kind = "vapp" if identifier.startswith("C4VAPP-") else "vm"
        wanted = (
            CLOUD if body is None and method == "POST" and verb in ("failover", "migrate", "failover-test") else body
        )
        return self.send(method, f"/{kind}-replications/{identifier}/{verb}".rstrip("/"), wanted, **query)

    def done(self, identifier: str, verb: str, body: Any = None, method: str = "POST") -> Reply:
        """Send a verb, let its task end, and return the task."""
        reply = self.verb(identifier, verb, body, method)
        assert reply.status == 202, reply
        self.simulator.finish_tasks()
        return self.send("GET", f"/tasks/{reply.document['id']}")

    def get(self, identifier: str) -> Any:
        """Return the document of a replication."""
        kind = "vapp" if identifier.startswith("C4VAPP-") else "vm"
        reply = self.send("GET", f"/{kind}-replications/{identifier}")
        assert reply.status == 200, reply
        return reply.document

    def state(self, identifier: str) -> str:
        """Return the recovery state of a VM replication."""
        return str(self.get(identifier)["destinationState"]["recoveryInfo"]["recoveryState"])


def reply_of(response: Response) -> Reply:
    """Return an answer with its document, where that is JSON."""
    is_json = "json" in response.headers.get("Content-Type", "")
    return Reply(response.status, json.loads(response.body) if is_json else None, response.headers)


Make = Callable[..., Simulator]
