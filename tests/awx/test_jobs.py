# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every template and the workflow, at localhost and on hosts, carried out by ansible-runner as AWX does it."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.awx.audit import audited
from ansible_collections.opendr.vcda.tests.awx.controller import Controller, Job, UpdateError, handed_on
from ansible_collections.opendr.vcda.tests.awx.fixtures import HERE, LONGEST, SECRETS, THERE
from ansible_collections.opendr.vcda.tests.awx.refusal import Refused
from ansible_collections.opendr.vcda.tests.awx.workflow import SUCCESSFUL, Walk, walk
from ansible_collections.opendr.vcda.tests.simulator import Simulator

ANSWERS: dict[str, Any] = {
    "recovery_active_site": HERE,
    "recovery_mode": "unplanned",
    "recovery_source_is_down": "yes",
}
EVERYTHING = {**ANSWERS, "recovery_all": "yes"}
# Seconds for which tasks run that are not to end by themselves.
ENDLESS = 900.0


def ended(jobs: list[Job]) -> dict[str, Any]:
    """Wait for jobs that are to succeed, and return what they hand on to the next node."""
    for job in jobs:
        assert job.wait() == SUCCESSFUL, job.stdout
    return handed_on(jobs)


def recover(controller: Controller, answers: dict[str, Any], jobs: list[Job]) -> Walk:
    """Run the workflow of an AWX whose Git server is gone; all is approved. The jobs are added to the list."""
    controller.awx.git_answers = False
    artifacts: dict[str, Any] = {}

    def run(node: dict[str, Any]) -> str:
        if "approval_node" in node:
            return SUCCESSFUL
        if node["identifier"] == "inventory":
            try:
                controller.update_inventory()
            except UpdateError:
                return "error"
            return SUCCESSFUL
        slices = controller.launch(node["unified_job_template"], answers, artifacts=artifacts)
        statuses = {job.wait() for job in slices}
        artifacts.update(handed_on(slices))
        jobs.extend(slices)
        return SUCCESSFUL if statuses == {SUCCESSFUL} else "failed"

    return walk(controller.awx.of("workflow_job_template_node"), run)


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


def test_the_workflow_recovers_and_protects_without_git_and_a_failback_brings_everything_back(
    few: Simulator, controller: Controller
) -> None:
    jobs: list[Job] = []
    assert recover(controller, EVERYTHING, jobs).status == SUCCESSFUL
    assert [job.changed > 0 for job in jobs] == [False, True, False, True, False]
    for name in ("VCDA failover", "VCDA reverse"):
        [again] = controller.launch(name, EVERYTHING)
        ended([again])
        assert again.changed == 0
        jobs.append(again)
    no_secret(jobs)
    assert times(few, "failover") == times(few, "reverse") == {1}
    ended(controller.launch("VCDA failback", {**EVERYTHING, "recovery_active_site": THERE}))
    assert times(few, "migrate") == {1}
    assert {row["destination_site"] for row in few.snapshot()["vm_replications"]} == {HERE}


def test_the_workflow_on_hosts_goes_on_with_the_inventory_that_is_there(
    few: Simulator, host_controller: Controller
) -> None:
    few.seed(vms=1, names=("late",), rpo_violation=30)
    host_controller.update_inventory()
    jobs: list[Job] = []
    run = recover(host_controller, ANSWERS, jobs)
    assert (run.ended["inventory"], run.ended["readiness"], run.status) == ("error", "failed", SUCCESSFUL)
    assert times(few, "failover") == times(few, "reverse") == {1}


def test_slices_of_three_with_a_cancel_reverse_everything_exactly_once(
    simulator: Simulator, closed: threading.Event, host_controller: Controller
) -> None:
    controller = host_controller
    for template in controller.awx.of("job_template"):
        template["job_slice_count"] = 3
    simulator.configure(reverse_id="new")
    names = {row["vm_name"] for row in simulator.snapshot()["vm_replications"]}
    assert len(names) == 9
    # The vApp is one host, so it is in one slice and stays one vApp replication.
    answers = ANSWERS
    whole = [sorted(vapp["children"]) for vapp in simulator.snapshot()["vapp_replications"]]
    assert [len(children) for children in whole] == [3]
    jobs = {"VCDA failover": controller.launch("VCDA failover", answers)}
    artifacts = ended(jobs["VCDA failover"])
    assert times(simulator, "failover") == {1}
    # Of the slice that finished last, which has two or three hosts.
    assert {stats["outcome"] for stats in artifacts["opendr_vcda_failover"].values()} == {"succeeded"}
    assert [sorted(vapp["children"]) for vapp in simulator.snapshot()["vapp_replications"]] == whole

    # The first slice is cancelled in the middle of its reverses, and launched again while they still run.
    simulator.configure(task_seconds=ENDLESS)
    reversing = requested(simulator, "/reverse")
    cancelled = controller.launch_slice("VCDA reverse", answers, (0, 3), artifacts=artifacts)
    assert reversing.wait(LONGEST)
    cancelled.cancel()
    assert cancelled.wait() == "canceled"
    running = [task["id"] for task in simulator.snapshot()["running_tasks"]]
    assert running
    simulator.configure(task_seconds=0.5)
    attached = requested(simulator, *running)
    jobs["VCDA reverse"] = controller.launch("VCDA reverse", answers, artifacts=artifacts)
    assert attached.wait(LONGEST)
    simulator.advance(ENDLESS)
    ended(jobs["VCDA reverse"])
    jobs["VCDA status"] = controller.launch("VCDA status", {}, slices=2)
    ended(jobs["VCDA status"])

    assert times(simulator, "failover") == {1}
    assert times(simulator, "reverse") == {1}
    assert [len(vapp["children"]) for vapp in simulator.snapshot()["vapp_replications"]] == [3]
    assert {(row["source_site"], row["recovery_state"]) for row in simulator.snapshot()["vm_replications"]} == {
        (HERE, "NOT_STARTED")
    }
    assert closed.wait(LONGEST)
    no_secret([cancelled, *(job for slices in jobs.values() for job in slices)])
    # A reverse has given the VMs new replications, and they are the same VMs.
    assert {node["name"] for node in audited(jobs["VCDA failover"])} == names
    assert audited(jobs["VCDA failover"]) == audited(jobs["VCDA reverse"])
    assert not audited(jobs["VCDA status"])


def test_a_launch_with_a_limit_does_all_that_was_meant(simulator: Simulator, host_controller: Controller) -> None:
    jobs = host_controller.launch("VCDA failover", ANSWERS, limit="vm-01:vm-02", slices=3)
    ended(jobs)
    assert len(jobs) == 1
    effects = {row["vm_name"]: row["effects"].get("failover", 0) for row in simulator.snapshot()["vm_replications"]}
    assert {name for name, count in effects.items() if count} == {"vm-01", "vm-02"}


@pytest.mark.usefixtures("few")
def test_a_slice_without_a_host_of_the_limit_fails_which_is_why_no_template_takes_both(
    host_controller: Controller,
) -> None:
    done = host_controller.launch_slice("VCDA readiness", ANSWERS, (1, 2), limit="vm-01")
    assert done.wait() == "failed"
    assert "no hosts to target" in done.stdout or "does not match any hosts" in done.stdout


def test_a_drill_leaves_nothing_behind(few: Simulator, controller: Controller) -> None:
    ended(controller.launch("VCDA drill", {**ANSWERS, "recovery_vm_names": "vm-01\nvm-02"}))
    assert times(few, "failover-test") == {1}
    # The services log under the number of the job.
    [name] = {entry.operation_id[:-37] for entry in few.log}
    assert re.fullmatch(r"awx-job-\d+", name)
    assert {row["recovery_state"] for row in few.snapshot()["vm_replications"]} == {"NOT_STARTED"}


def test_a_drill_can_leave_its_tests_running_until_the_cleanup(few: Simulator, controller: Controller) -> None:
    ended(controller.launch("VCDA drill", {**EVERYTHING, "recovery_drill_hold": "yes"}))
    assert {row["recovery_state"] for row in few.snapshot()["vm_replications"]} == {"TEST"}
    few.advance(2 * 86400)
    [status] = controller.launch("VCDA status", {})
    ended([status])
    assert "was to be cleaned up at" in status.stdout
    before = len(few.log)
    ended(controller.launch("VCDA cleanup", {**EVERYTHING, "recovery_operation_id": "CHG-4711"}))
    assert {entry.operation_id[:-37] for entry in list(few.log)[before:]} == {"CHG-4711"}
    assert {row["recovery_state"] for row in few.snapshot()["vm_replications"]} == {"NOT_STARTED"}


def test_waves_can_be_given_at_launch_and_check_mode_only_reads(few: Simulator, controller: Controller) -> None:
    waves = [{"name": "databases", "vm_names": ["vm-02"]}, {"name": "web", "vm_names": ["vm-01"]}]
    [job] = controller.launch("VCDA failover", {**ANSWERS, "recovery_waves": waves}, check=True)
    ended([job])
    assert "databases" in job.stdout
    assert set(few.counters()["effects"]) <= {"login", "extend", "logout"}


def test_readiness_fails_when_something_is_not_ready(few: Simulator, controller: Controller) -> None:
    few.seed(vms=1, names=("late",), rpo_violation=30)
    [late] = controller.launch("VCDA readiness", {**ANSWERS, "recovery_vm_names": "late"})
    assert late.wait() == "failed"
    assert "RPO" in late.stdout
    assert set(few.counters()["effects"]) <= {"login", "extend", "logout"}


def test_a_job_that_selects_nothing_fails(few: Simulator, controller: Controller, host_controller: Controller) -> None:
    [unselected] = controller.launch("VCDA failover", ANSWERS)
    [no_host] = host_controller.launch("VCDA failover", ANSWERS, limit="no-such-vm")
    assert unselected.wait() == no_host.wait() == "failed"
    assert times(few, "failover") == {0}


def test_an_inventory_without_replications_fails_to_update(simulator: Simulator, host_controller: Controller) -> None:
    simulator.reset()
    with pytest.raises(UpdateError, match="fail_if_empty"):
        host_controller.update_inventory()


def test_a_survey_wants_the_site(controller: Controller) -> None:
    with pytest.raises(Refused, match="recovery_active_site"):
        controller.launch("VCDA failover", {})
