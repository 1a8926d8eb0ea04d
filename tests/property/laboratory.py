# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine and the simulator in one process, on one clock that nobody waits for."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operate
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response
from ansible_collections.opendr.vcda.tests.simulator.model import VmReplication
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

PRIMARY = "site-1"
RECOVERY = "site-2"
USER = "operator@tenant-1"


def password(site: str) -> str:
    return f"operator-secret-{site}"


# More of them would only cost time.
_MOST_BYSTANDERS = 6


class LaboratoryClock(ManualClock, Clock):
    """The simulator's clock, as the client knows clocks."""


class Laboratory:
    """A pair of sites and a user who runs modules at them."""

    def __init__(self, **switches: Any) -> None:
        self.clock = LaboratoryClock()
        self.simulator = Simulator(Settings(**switches), self.clock)

    def connection(self, site: str = RECOVERY) -> dict[str, Any]:
        peer = PRIMARY if site == RECOVERY else RECOVERY
        return {
            "hostname": f"{site}.test",
            "username": USER,
            "password": password(site),
            "extend_sites": [{"site": peer, "username": USER, "password": password(peer)}],
        }

    def context(self, params: dict[str, Any], *, check_mode: bool = False) -> Context:
        new_client = partial(Client, clock=self.clock, adapter=InProcessAdapter(self.simulator))
        return Context({**self.connection(), "max_concurrent": 1, **params}, check_mode, new_client)

    def run(self, verb: Verb, kind: Kind = VM, *, check_mode: bool = False, **params: Any) -> Result:
        return operate(self.context(params, check_mode=check_mode), kind, verb)

    def lose_primary(self, after: int) -> None:
        """Let the primary site be gone once some requests have been answered."""
        left = iter(range(after - 1))

        def note(_site: str, _request: Request, _response: Response | None) -> None:
            if next(left, None) is None:
                self.simulator.configure(sites_down=(PRIMARY,))

        self.simulator.observers.append(note)

    def damage_tasks(self, missing: str, *, foreign: bool, nth: int) -> None:
        """Let lists of tasks hold one that lacks a field.

        Args:
            missing: The key that is not there.
            foreign: Whether it is a further task, of a replication of somebody else, in every list from the nth on. If
                not, it is the first task of the nth list that has one.
            nth: The first list that is met, counted from 1.
        """
        left = iter(range(nth - 1))

        def damage(_site: str, request: Request, response: Response | None) -> None:
            if request.path != "/tasks" or response is None or response.status != 200:
                return
            try:
                document = json.loads(response.body)
            except ValueError:
                # Another fault has broken this answer already.
                return
            if not (document["items"] or foreign) or next(left, None) is not None:
                return
            if foreign:
                odd = {"id": "odd", "state": "RUNNING", "workflowInfo": {"type": "failover", "resourceId": "C4-other"}}
                document["items"].append(odd)
                document["total"] += 1
            else:
                self.simulator.observers.remove(damage)
            document["items"][-1 if foreign else 0].pop(missing, None)
            response.body = json.dumps(document).encode()

        self.simulator.observers.append(damage)

    def move_lists(self, nth: int) -> None:
        """Let a replication that nobody asked for appear after each reading, from the nth on: pages shift meanwhile."""
        left = iter(range(nth - 1))
        bystanders: list[str] = []

        def move(_site: str, request: Request, _response: Response | None) -> None:
            if request.method != "GET" or next(left, None) is not None or len(bystanders) >= _MOST_BYSTANDERS:
                return
            name = f"{'az'[len(bystanders) % 2]}-bystander-{len(bystanders)}"
            bystanders.extend(self.simulator.seed(names=[name]).vm_ids)

        self.simulator.observers.append(move)

    def recover_primary(self) -> None:
        """Let the primary site be there again, for good."""
        self.simulator.observers.clear()
        self.simulator.configure(sites_down=())

    def replication(self, identifier: str) -> VmReplication:
        """A VM replication as it is at the service, by any id that it has had."""
        found = self.simulator.replication(self.simulator.current_id(identifier))
        assert isinstance(found, VmReplication)
        return found

    def state(self, identifier: str) -> str | None:
        return self.replication(identifier).recovery_state

    def accepted(self, identifier: str, effect: str) -> int:
        return self.simulator.effects(identifier).get(effect, 0)
