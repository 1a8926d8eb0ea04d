# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every template and the workflow, carried out by ansible-runner as AWX does it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.awx.controller import Controller, Job, Refused
from ansible_collections.opendr.vcda.tests.awx.fixtures import HERE, SECRETS, THERE
from ansible_collections.opendr.vcda.tests.simulator import Simulator

ANSWERS: dict[str, Any] = {"recovery_active_site": HERE, "recovery_mode": "unplanned"}


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
    assert len(rows) == 9
    return {row["effects"].get(verb, 0) for row in rows}


def no_secret(jobs: list[Job]) -> None:
    for job in jobs:
        assert not any(secret in job.stdout or secret in str(job.events) for secret in SECRETS)


def test_the_workflow_in_slices_of_three_with_a_cancel_reverses_everything_exactly_once(
    simulator: Simulator, controller: Controller
) -> None:
    artifacts: dict[str, Any] = {}
    jobs: list[Job] = []
    for name in ("VCDA plan", "VCDA failover"):
        launched = controller.launch(name, ANSWERS, slices=3, artifacts=artifacts)
        artifacts |= ended(launched)
        jobs += launched
    assert times(simulator, "failover") == {1}
    assert {stats["outcome"] for stats in artifacts["opendr_vcda_failover"].values()} == {"succeeded"}

    reversing = threading.Event()

    def watch(_site: str, request: Any, response: Any) -> None:
        if request.path.endswith("/reverse") and response is not None:
            reversing.set()

    simulator.observers.append(watch)
    simulator.configure(task_seconds=3.0)
    first = controller.launch_slice("VCDA reverse", ANSWERS, (0, 3), artifacts=artifacts)
    assert reversing.wait(120), first.process.poll()
    first.cancel()
    assert first.wait() == "canceled"
    simulator.configure(task_seconds=0.5)

    launched = controller.launch("VCDA reverse", ANSWERS, slices=3, artifacts=artifacts)
    artifacts |= ended(launched)
    status = controller.launch("VCDA status", {}, slices=3, artifacts=artifacts)
    ended(status)
    assert times(simulator, "failover") == {1}
    assert times(simulator, "reverse") == {1}
    assert {(row["source_site"], row["recovery_state"]) for row in simulator.snapshot()["vm_replications"]} == {
        (HERE, "NOT_STARTED")
    }
    no_secret([*jobs, first, *launched, *status])


def test_a_relaunch_changes_nothing(simulator: Simulator, controller: Controller) -> None:
    for changes in (True, False):
        for name in ("VCDA failover", "VCDA reverse"):
            [job] = controller.launch(name, ANSWERS)
            ended([job])
            assert (job.changed > 0) is changes
    assert times(simulator, "failover") == times(simulator, "reverse") == {1}


def test_a_drill_leaves_nothing_behind(simulator: Simulator, controller: Controller) -> None:
    ended(controller.launch("VCDA drill", ANSWERS, slices=3))
    assert times(simulator, "failover-test") == {1}
    assert {row["recovery_state"] for row in simulator.snapshot()["vm_replications"]} == {"NOT_STARTED"}


def test_a_failback_brings_everything_back_protected(simulator: Simulator, controller: Controller) -> None:
    ended(controller.launch("VCDA failback", {"recovery_active_site": HERE}, slices=3))
    assert times(simulator, "migrate") == times(simulator, "reverse") == {1}
    assert {row["destination_site"] for row in simulator.snapshot()["vm_replications"]} == {THERE}


def test_a_plan_only_reads_and_fails_when_something_is_not_ready(simulator: Simulator, controller: Controller) -> None:
    simulator.seed(vms=1, names=("late",), rpo_violation=30)
    controller.update_inventory()
    [ready] = controller.launch("VCDA plan", ANSWERS, limit="vm-01")
    ended([ready])
    [late] = controller.launch("VCDA plan", ANSWERS, limit="late")
    assert late.wait() == "failed"
    assert "RPO" in late.stdout
    assert set(simulator.counters()["effects"]) <= {"login", "logout"}


def test_a_limit_that_matches_nothing_fails(simulator: Simulator, controller: Controller) -> None:
    [job] = controller.launch("VCDA failover", ANSWERS, limit="no-such-vm")
    assert job.wait() == "failed"
    assert times(simulator, "failover") == {0}


def test_an_inventory_without_replications_fails_to_update(simulator: Simulator, controller: Controller) -> None:
    simulator.reset()
    with pytest.raises(AssertionError, match="fail_if_empty"):
        controller.update_inventory()


def test_a_survey_wants_the_site(controller: Controller) -> None:
    with pytest.raises(Refused, match="recovery_active_site"):
        controller.launch("VCDA failover", {})
