# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every template and the workflow, carried out by ansible-runner as AWX does it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.awx.audit import audited
from ansible_collections.opendr.vcda.tests.awx.controller import Controller, Job, Refused
from ansible_collections.opendr.vcda.tests.awx.fixtures import HERE, LONGEST, SECRETS, THERE
from ansible_collections.opendr.vcda.tests.simulator import Simulator

ANSWERS: dict[str, Any] = {"recovery_active_site": HERE, "recovery_mode": "unplanned"}
# Seconds for which tasks run that are not to end by themselves.
ENDLESS = 900.0


def ended(jobs: list[Job]) -> dict[str, Any]:
    """Wait for jobs that are to succeed, and return what they hand on to the next node."""
    artifacts: dict[str, Any] = {}
    for job in jobs:
        assert job.wait() == "successful", job.stdout
        artifacts.update(job.artifacts)
    return artifacts


def times(simulator: Simulator, verb: str) -> set[int]:
    """How often a verb was accepted for the replications: one number if for all alike."""
    rows = simulator.snapshot()["vm_replications"]
    assert rows
    return {row["effects"].get(verb, 0) for row in rows}


def no_secret(jobs: list[Job]) -> None:
    for job in jobs:
        assert not any(secret in job.stdout or secret in str(job.events) for secret in SECRETS)


def requested(simulator: Simulator, *words: str) -> threading.Event:
    """Return what is set once each of the words stood in the path or the query of an answered request."""
    missing, seen = set(words), threading.Event()

    def watch(_site: str, request: Any, response: Any) -> None:
        text = f"{request.path}?{dict(request.query)}"
        missing.difference_update({word for word in missing if response is not None and word in text})
        if not missing:
            seen.set()

    simulator.observers.append(watch)
    return seen


def test_the_workflow_in_slices_of_three_with_a_cancel_reverses_everything_exactly_once(
    simulator: Simulator, closed: threading.Event, controller: Controller
) -> None:
    simulator.configure(reverse_id="new")
    names = {row["vm_name"] for row in simulator.snapshot()["vm_replications"]}
    assert len(names) == 9
    artifacts: dict[str, Any] = {}
    jobs: dict[str, list[Job]] = {}

    def node(name: str, **options: Any) -> None:
        jobs[name] = controller.launch(name, ANSWERS, slices=3, artifacts=artifacts, **options)
        artifacts.update(ended(jobs[name]))

    node("VCDA readiness")
    node("VCDA failover")
    assert times(simulator, "failover") == {1}
    assert {stats["outcome"] for stats in artifacts["opendr_vcda_failover"].values()} == {"succeeded"}

    # The first slice is cancelled in the middle of its reverses, and launched again while they still run.
    simulator.configure(task_seconds=ENDLESS)
    reversing = requested(simulator, "/reverse")
    cancelled = controller.launch_slice("VCDA reverse", ANSWERS, (0, 3), artifacts=artifacts)
    assert reversing.wait(LONGEST)
    cancelled.cancel()
    assert cancelled.wait() == "canceled"
    running = [task["id"] for task in simulator.snapshot()["running_tasks"]]
    assert running
    simulator.configure(task_seconds=0.5)
    attached = requested(simulator, *running)
    jobs["VCDA reverse"] = controller.launch("VCDA reverse", ANSWERS, slices=3, artifacts=artifacts)
    assert attached.wait(LONGEST)
    simulator.advance(ENDLESS)
    artifacts.update(ended(jobs["VCDA reverse"]))
    node("VCDA status")

    assert times(simulator, "failover") == {1}
    assert times(simulator, "reverse") == {1}
    assert {(row["source_site"], row["recovery_state"]) for row in simulator.snapshot()["vm_replications"]} == {
        (HERE, "NOT_STARTED")
    }
    assert closed.wait(LONGEST)
    no_secret([cancelled, *(job for slices in jobs.values() for job in slices)])
    # A reverse has given the VMs new replications, and they are the same VMs.
    assert {node["name"] for node in audited(jobs["VCDA failover"])} == names
    assert audited(jobs["VCDA failover"]) == audited(jobs["VCDA reverse"])
    assert not audited(jobs["VCDA status"])


def test_a_relaunch_changes_nothing(few: Simulator, controller: Controller) -> None:
    for changes in (True, False):
        for name in ("VCDA failover", "VCDA reverse"):
            [job] = controller.launch(name, ANSWERS)
            ended([job])
            assert (job.changed > 0) is changes
    assert times(few, "failover") == times(few, "reverse") == {1}


def test_a_drill_leaves_nothing_behind(few: Simulator, controller: Controller) -> None:
    ended(controller.launch("VCDA drill", ANSWERS))
    assert times(few, "failover-test") == {1}
    assert {row["recovery_state"] for row in few.snapshot()["vm_replications"]} == {"NOT_STARTED"}


def test_a_failback_brings_everything_back_protected(few: Simulator, controller: Controller) -> None:
    ended(controller.launch("VCDA failback", {"recovery_active_site": HERE}))
    assert times(few, "migrate") == times(few, "reverse") == {1}
    assert {row["destination_site"] for row in few.snapshot()["vm_replications"]} == {THERE}


def test_a_plan_only_reads_and_fails_when_something_is_not_ready(few: Simulator, controller: Controller) -> None:
    few.seed(vms=1, names=("late",), rpo_violation=30)
    [ready], [late] = (controller.launch("VCDA readiness", ANSWERS, limit=limit) for limit in ("vm-01", "late"))
    ended([ready])
    assert late.wait() == "failed"
    assert "RPO" in late.stdout
    assert set(few.counters()["effects"]) <= {"login", "extend", "logout"}


def test_a_limit_that_matches_nothing_fails(few: Simulator, controller: Controller) -> None:
    [job] = controller.launch("VCDA failover", ANSWERS, limit="no-such-vm")
    assert job.wait() == "failed"
    assert times(few, "failover") == {0}


def test_an_inventory_without_replications_fails_to_update(simulator: Simulator, controller: Controller) -> None:
    simulator.reset()
    with pytest.raises(AssertionError, match="fail_if_empty"):
        controller.update_inventory()


def test_a_survey_wants_the_site(controller: Controller) -> None:
    with pytest.raises(Refused, match="recovery_active_site"):
        controller.launch("VCDA failover", {})
