# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run is interrupted at every line of a login and of the end after it, and the answer to the login comes at any time.

Whatever the schedule is, no session is left open.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from types import FrameType
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client import client as client_file
from ansible_collections.opendr.vcda.plugins.module_utils.client import opening as opening_file
from ansible_collections.opendr.vcda.plugins.module_utils.client import session as session_file
from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import Interrupted, interruptible
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.fakes import ManualClock as ClientClock

FILES = (client_file.__file__, session_file.__file__, opening_file.__file__)
CONNECTION = {"hostname": "site-2.test", "username": "operator@tenant-1", "password": "operator-secret-site-2"}
# Only a test that fails takes so long.
LONG = 10.0
# After how many calls and returns of the way out the answer comes, if nobody has begun to wait for it before.
STEPS = (0, 3, 13, 55, 10_000)
# Interrupted while it waits for the answer.
WAITING = 0


really_wait = opening_file.Opening.wait


class Service(InProcessAdapter):
    """A service that keeps the answer to a login until it is let go."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        # Unlike an event, it can be told something by a thread that is interrupted while it does so.
        self._may_answer: SimpleQueue[None] = SimpleQueue()
        self.on_login: Callable[[], None] = lambda: None

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer, once it may."""
        if request.method == "POST":
            self.on_login()
            self._may_answer.get(timeout=LONG)
        return super().send(request, *args, **kwargs)

    def let_go(self) -> None:
        """Answer from now on."""
        self._may_answer.put(None)

    @property
    def open_sessions(self) -> int:
        """How many sessions nobody has closed."""
        return int(self.simulator.counters()["open_sessions"])


class Schedule:
    """Interrupts the main thread before a line of the client, and lets the answer go after some steps from there.

    Args:
        service: The one that answers.
        line: Which of the lines that are executed, counted from 1.
        steps: Calls and returns until the answer, unless the run waits for it before.
    """

    def __init__(self, service: Service, line: int, steps: int) -> None:
        self._service = service
        self._lines_left = line
        self._steps_left = steps
        self.is_interrupted = False

    def interrupt(self) -> None:
        """Let the run be over."""
        self.is_interrupted = True
        os.kill(os.getpid(), signal.SIGTERM)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the schedule inside."""
        before = sys.gettrace()
        sys.setprofile(self._profile)
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.setprofile(None)
            sys.settrace(before)

    def _trace(self, frame: FrameType, kind: str, _value: Any) -> Any:
        if frame.f_code.co_filename not in FILES:
            return None
        if kind == "line" and not self.is_interrupted:
            self._lines_left -= 1
            if not self._lines_left:
                self.interrupt()
        return self._trace

    def _profile(self, _frame: FrameType, _kind: str, _value: Any) -> None:
        self._steps_left -= self.is_interrupted
        if self._steps_left < 0:
            self._service.let_go()

    def wait(self, opening: Any, seconds: float = -1) -> None:
        """Wait for a login; nothing happens meanwhile but the answer, or the interruption where that comes now."""
        if self._lines_left or self.is_interrupted:
            self._service.let_go()
        really_wait(opening, seconds)


def run(service: Service, schedule: Schedule, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Log in and out, and return whether that was interrupted."""
    monkeypatch.setattr(opening_file.Opening, "wait", lambda opening, seconds=-1: schedule.wait(opening, seconds))
    # Time passes for the client without anybody waiting, and for the service not at all.
    client = Client(Connection.from_params(CONNECTION), clock=ClientClock(), adapter=service)
    threads = set(threading.enumerate())
    try:
        with interruptible(lambda: False), schedule.kept(), client:
            client.login()
    except Interrupted:
        return True
    finally:
        service.let_go()
        for thread in set(threading.enumerate()) - threads:
            thread.join(LONG)
            assert not thread.is_alive()
    return False


@pytest.mark.parametrize("steps", STEPS)
def test_no_session_is_left_open(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    simulator = Simulator(Settings(), ManualClock())
    line = 1
    while True:
        service = Service(simulator)
        was_interrupted = run(service, Schedule(service, line, steps), monkeypatch)
        assert service.open_sessions == 0, f"interrupted before line {line}"
        if not was_interrupted:
            break
        line += 1
    # A login and an end have more lines than this; if not, the schedule was not kept.
    assert line > 40


@pytest.mark.parametrize("steps", STEPS)
def test_nor_where_the_run_is_interrupted_while_it_waits_for_the_answer(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    service = Service(Simulator(Settings(), ManualClock()))
    schedule = Schedule(service, WAITING, steps)
    service.on_login = schedule.interrupt
    assert run(service, schedule, monkeypatch)
    assert service.open_sessions == 0
