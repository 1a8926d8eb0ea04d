# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source in a process of its own, which ends in every way that a process can end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.events.fixtures import LONGEST, environment
from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.tools.places import COLLECTIONS, tool_environment

SOURCE = COLLECTIONS / "ansible_collections/opendr/vcda/extensions/eda/plugins/event_source/replications.py"
# As ansible-rulebook does it. Processes of tests that run in the background of a shell ignore SIGINT at first.
RUN = """
import asyncio, json, runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.run(runpy.run_path(sys.argv[1])['main'](asyncio.Queue(), {'interval': 0.1, **json.loads(sys.argv[2])}))
"""


@pytest.mark.parametrize("path", ["/tasks", "/vm-replications", "/sites"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_source_that_is_ended_during_its_first_look_leaves_no_session(
    simulator: Simulator, server: SimulatorServer, closed: threading.Event, how: signal.Signals, path: str
) -> None:
    simulator.seed(vms=2)
    source: subprocess.Popen[bytes]
    ended = threading.Event()

    def end(_site: str, request: Any, _response: Any) -> None:
        if request.path == path and not ended.is_set():
            source.send_signal(how)
            ended.set()

    simulator.observers.append(end)
    with subprocess.Popen(
        [sys.executable, "-c", RUN, SOURCE, "{}"],
        env={**tool_environment(), **environment(server)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as source:
        assert source.wait(LONGEST)
    assert ended.is_set()
    assert closed.wait(LONGEST)
    assert simulator.counters()["logins"] == 1


def test_a_source_reads_no_more_than_what_it_watches(
    simulator: Simulator, server: SimulatorServer, closed: threading.Event
) -> None:
    identity = simulator.seed(vms=2).vm_ids[1]
    source: subprocess.Popen[bytes]
    queries: list[dict[str, str]] = []

    def end(_site: str, request: Any, _response: Any) -> None:
        if request.path == "/vm-replications":
            queries.append(dict(request.query))
        elif queries:
            source.send_signal(signal.SIGINT)

    simulator.observers.append(end)
    with subprocess.Popen(
        [sys.executable, "-c", RUN, SOURCE, json.dumps({"vm_replication_ids": [identity]})],
        env={**tool_environment(), **environment(server)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as source:
        assert source.wait(LONGEST)
    assert closed.wait(LONGEST)
    assert [query["ids"] for query in queries] == [identity]
