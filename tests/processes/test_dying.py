# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run dies anywhere and is run again: it attaches, converges, and everything happened once."""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from .estate import RECOVERY, Estate

VMS = 4
PATIENCE = 60.0
SLOW = 3.0
# What is made slow, so that the run is caught right there, and the request by which it is known to have got there.
PHASES: dict[str, tuple[dict[str, Any], str, int]] = {
    "login": ({"path_regex": "^/sessions$"}, "/sessions", 1),
    "listing": ({"method": "GET", "path_regex": "^/vm-replications$"}, "/vm-replications", 1),
    "starting": ({"method": "POST", "path_regex": "/reverse$", "nth": 2, "times": 3}, "/reverse", 2),
    "waiting": ({"method": "GET", "path_regex": "^/tasks$", "nth": 4, "times": 2}, "/tasks", 4),
    "reading again": ({"method": "GET", "path_regex": "^/vm-replications$", "nth": 3}, "/vm-replications", 3),
}
SIGNALS: dict[str, Callable[[int], None]] = {
    "SIGTERM": lambda process: os.kill(process, signal.SIGTERM),
    "SIGKILL": lambda process: os.kill(process, signal.SIGKILL),
    # A terminal sends Ctrl-C to everybody in the foreground.
    "Ctrl-C": lambda process: os.killpg(process, signal.SIGINT),
}


def _reverse(estate: Estate, *, in_process: bool) -> Any:
    names = [f"vm-{index:02}" for index in range(1, VMS + 1)]
    options = {**estate.connection(max_concurrent=1), "vm_names": names, "active_site": RECOVERY, "poll_interval": 0.2}
    return estate.playbook({"opendr.vcda.vm_replication_reverse": options}, in_process=in_process)


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.02)


def _is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("in_process", [True, False], ids=["in-process", "as-module"])
@pytest.mark.parametrize("how", SIGNALS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_killed_run_is_taken_up_by_the_next(estate: Estate, phase: str, how: str, in_process: bool) -> None:
    ids = estate.simulator.seed(vms=VMS, state="COMPLETE").vm_ids
    slow, path, count = PHASES[phase]
    fault = estate.simulator.fault("slow", seconds=SLOW, **slow)
    playbook = _reverse(estate, in_process=in_process)

    process = estate.start(playbook)
    _until(lambda: fault.fired > 0 or process.poll() is not None, f"request {count} of {path}")
    assert process.poll() is None, process.communicate()[0]
    SIGNALS[how](process.pid)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    _until(lambda: _is_gone(process.pid), "no orphan is left")
    _until(lambda: estate.open_sessions() == 0, "no session is left open")

    estate.simulator.clear_faults()
    code, output = estate.run(playbook)
    assert code == 0, output
    for identifier in ids:
        assert estate.simulator.effects(identifier)["reverse"] == 1
        replication: Any = estate.simulator.replication(estate.simulator.current_id(identifier))
        assert replication.source.site == RECOVERY


@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
def test_no_session_that_was_being_opened_for_a_killed_run_stays_open(estate: Estate, how: str) -> None:
    """As a module of its own, which nobody but the process that started it can close the session of."""
    fault = estate.simulator.fault("slow", seconds=SLOW, path_regex="^/sessions$")
    playbook = estate.playbook({"opendr.vcda.session": estate.connection()}, in_process=False)
    process = estate.start(playbook)
    _until(lambda: fault.fired > 0 or process.poll() is not None, "the login")
    SIGNALS[how](process.pid)
    process.communicate(timeout=PATIENCE)
    _until(lambda: _is_gone(process.pid), "no orphan is left")
    assert estate.simulator.counters()["logins"] == 1
    _until(lambda: estate.open_sessions() == 0, "no session is left open")


@pytest.mark.parametrize("wrong_state", ["conflict_409", "failed_task"])
def test_two_runs_at_the_same_time_do_it_once(estate: Estate, wrong_state: str) -> None:
    estate.simulator.configure(task_seconds=2.0, wrong_state=wrong_state)
    ids = estate.simulator.seed(vms=VMS, state="COMPLETE").vm_ids
    playbook = _reverse(estate, in_process=True)
    runs = [estate.start(playbook, "-v") for _unused in range(2)]
    outputs = [run.communicate(timeout=PATIENCE)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], "\n".join(outputs)
    for identifier in ids:
        assert estate.simulator.completions(identifier)["reverse"] == 1
    decisions = Counter(re.findall(r'"decision": "(\w+)"', "\n".join(outputs)))
    assert decisions["act"] == VMS
    assert decisions["attach"] + decisions["done"] == VMS
