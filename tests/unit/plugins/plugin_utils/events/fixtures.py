# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of events share: a watch of a simulated site, and a list of ended tasks to fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operate
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.watch import Watch, connection_params
from ansible_collections.opendr.vcda.tests.simulator import InProcessAdapter, Simulator
from ansible_collections.opendr.vcda.tests.unit.documents import task as task_document

USER = "operator@tenant-1"
OPTIONS = {"hostname": "site-2.test", "username": USER, "password": "operator-secret-site-2"}
PEER = {"VCDA_PEER_SITE": "site-1", "VCDA_PEER_USERNAME": USER, "VCDA_PEER_PASSWORD": "operator-secret-site-1"}
MakeWatch = Callable[..., Watch]


@pytest.fixture
def make_watch(simulator: Simulator) -> Iterator[MakeWatch]:
    """Make watches of site-2; the sessions are closed at the end."""
    clients: list[Client] = []

    def make(password: str = OPTIONS["password"], username: str = USER, **options: Any) -> Watch:
        clock: Any = simulator.clock
        params = connection_params({**OPTIONS, "username": username, "password": password}, PEER)
        clients.append(Client(Connection.from_params(params), clock=clock, adapter=InProcessAdapter(simulator)))
        return Watch(clients[-1], **options)

    yield make
    for client in clients:
        with client:
            client.keep_session()


def carry_out(simulator: Simulator, identity: str, verb: Verb, **account: str) -> None:
    """Carry a verb out beside the watch, as a playbook would."""

    def new_client(connection: Connection, **options: Any) -> Client:
        return Client(connection, adapter=InProcessAdapter(simulator), **options)

    selection = {"vm_replication_ids": [identity], "active_site": "site-2", "wait": False}
    context = Context({**connection_params({**OPTIONS, **account}, PEER), **selection}, new_client=new_client)
    assert operate(context, VM, verb)["changed"]
    simulator.finish_tasks()


def ended(number: int, at_ms: int | None) -> dict[str, Any]:
    return task_document(number, "SUCCEEDED", endTime=at_ms, startTime=1000)


class Tasks:
    """What the service lists as ended, whatever it is asked for."""

    def __init__(self, simulator: Simulator) -> None:
        self.documents: list[dict[str, Any]] = []
        self._simulator = simulator
        self.shift_ms = 0

    def now_ms(self) -> int:
        return self._simulator.clock.now_ms()

    def get_list(self, client: Client, path: str, query: Any = None, **_options: Any) -> list[dict[str, Any]]:
        if path != "/tasks":
            return self._read(client, path, query)
        # A strict comparison, and one that a task without an end time passes.
        return [one for one in self.documents if one["endTime"] is None or one["endTime"] > query["endTimeAfter"]]

    _read = staticmethod(Client.get_list)


@pytest.fixture
def tasks(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    made = Tasks(simulator)
    monkeypatch.setattr(Client, "get_list", lambda client, path, query=None: made.get_list(client, path, query))
    monkeypatch.setattr(Client, "server_now_ms", lambda _client: made.now_ms() + made.shift_ms)
    return made


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return sorted(event["type"] for event in events)
