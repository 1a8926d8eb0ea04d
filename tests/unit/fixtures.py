# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests share: a clock without waiting, a strict service, and clients of it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.opendr.vcda.plugins.module_utils.client import client as client_file
from ansible_collections.opendr.vcda.plugins.module_utils.client import network as network_file
from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import Secrets
from ansible_collections.opendr.vcda.plugins.module_utils.client.transport import Transport
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operate
from ansible_collections.opendr.vcda.tests.unit.fakes import HOST, TOKEN, FakeService, ManualClock

MakeClient = Callable[..., Client]
MakeTransport = Callable[..., Transport]
Operate = Callable[..., dict[str, Any]]
RunMain = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _no_ambient_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("VCDA_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only a sleep moves."""
    return ManualClock()


@pytest.fixture
def service() -> Iterator[FakeService]:
    """A service that must get exactly the requests that the test announces."""
    fake = FakeService()
    yield fake
    fake.verify()


@pytest.fixture
def make_client(service: FakeService, clock: ManualClock) -> Iterator[MakeClient]:
    """Make clients of the service: by default with a session of somebody else and a known API version."""
    made: list[Client] = []

    def make(**options: Any) -> Client:
        params = {"hostname": HOST, "session_token": TOKEN, "api_version": "4.7", **options}
        client = Client(Connection.from_params(params), clock=clock, max_concurrent=4, adapter=service)
        made.append(client)
        return client

    yield make
    for client in made:
        client.executor.shutdown(wait=True)


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    """A client in a session of somebody else: no login, no logout."""
    return make_client()


@pytest.fixture
def make_transport(clock: ManualClock) -> MakeTransport:
    """Make transports: to a fake service, or to nowhere in order to look at what they are set up with."""

    def make(adapter: Any = None, **options: Any) -> Transport:
        params = {"hostname": HOST, "username": "operator@tenant-1", "password": "password-of-operator", **options}
        connection = Connection.from_params(params)
        return Transport(connection, Secrets([connection.password, "token-1"]), clock, 4, adapter)

    return make


@pytest.fixture
def run_verb(service: FakeService, clock: ManualClock) -> Operate:
    """Run a verb as a module does: by default in a session of somebody else, on VM replications."""

    def new_client(connection: Connection, **options: Any) -> Client:
        return Client(connection, clock=clock, adapter=service, **options)

    def run(verb: Verb, *, kind: Kind = VM, check_mode: bool = False, progress: Any = None, **params: Any) -> Any:
        defaults = {"hostname": HOST, "session_token": TOKEN, "api_version": "4.7", "max_concurrent": 4}
        context = Context({**defaults, **params}, check_mode=check_mode, new_client=new_client, progress=progress)
        return operate(context, kind, verb)

    return run


@pytest.fixture
def run_main(
    service: FakeService, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> RunMain:
    """Run the main function of a module as Ansible does: arguments on standard input, result on standard output."""
    monkeypatch.setattr(network_file, "_ServiceAdapter", lambda _thumbprint, _pool_size: service)
    monkeypatch.setattr(client_file, "Clock", lambda: clock)

    def run(main: Callable[[], None], **params: Any) -> tuple[int, dict[str, Any]]:
        with set_module_args(params), pytest.raises(SystemExit) as caught:
            main()
        lines = capsys.readouterr().out.strip().splitlines()
        assert len(lines) == 1, lines
        return int(caught.value.code or 0), json.loads(lines[0])

    return run


@pytest.fixture
def playbook() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives until its input ends."""
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@contextlib.contextmanager
def set_module_args(params: dict[str, Any]) -> Iterator[None]:
    """Give the next AnsibleModule its arguments; ansible-core has a function of its own for that from 2.19 on."""
    document = json.dumps({"ANSIBLE_MODULE_ARGS": params}).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basic, "_ANSIBLE_ARGS", document)
        patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        yield
