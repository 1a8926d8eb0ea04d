# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery plans: steps, prompts, failures."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.control import act
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


def plan_of(simulator: Simulator, **more: Any) -> str:
    simulator.seed(vms=2, names=("db", "app"))
    steps: list[dict[str, Any]] = [{"replications": ["db"], "prompt": "Up?"}, {"replications": ["app"]}]
    return f"/recovery-plans/{simulator.add_recovery_plan('shop', steps, **more).id}"


@pytest.mark.parametrize(("task", "state"), [("succeeds", "SUCCEEDED"), ("runs", "RUNNING")])
def test_a_prompt_suspends_the_plan_until_it_is_approved(make: Make, task: str, state: str) -> None:
    simulator = make(recovery_plan_suspended_task=task)
    caller = Caller(simulator).login()
    path = plan_of(simulator)
    started = caller.send("POST", f"{path}/failover", {"validate": True})
    assert started.status == 202
    assert "site" not in started.document
    assert caller.send("GET", path).document["executionInfo"]["state"] == "RUNNING"
    assert caller.send("POST", f"{path}/failover").status == 409
    simulator.finish_tasks()
    shown = caller.send("GET", path).document
    assert (shown["executionInfo"]["state"], shown["executionInfo"]["promptStepId"]) == (
        "SUSPENDED",
        shown["steps"][0]["id"],
    )
    assert caller.send("GET", f"/tasks/{started.document['id']}").document["state"] == state
    assert [vm["recovery_state"] for vm in simulator.snapshot()["vm_replications"]] == ["COMPLETE", "NOT_STARTED"]
    assert act(simulator, "POST", "/recovery-plans/approve", {"name": "shop"}) == (200, {})
    simulator.finish_tasks()
    assert simulator.snapshot()["recovery_plans"][0]["state"] == "COMPLETE"
    assert act(simulator, "POST", "/recovery-plans/approve", {"name": "shop"})[0] == 400


def test_a_step_that_cannot_be_run_fails_the_plan(simulator: Simulator, caller: Caller) -> None:
    path = plan_of(simulator)
    vm = simulator.replication(simulator.snapshot()["vm_replications"][0]["id"])
    caller.verb(vm.id, "failover", {"type": "vcloud"})
    simulator.finish_tasks()
    caller.send("POST", f"{path}/test")
    simulator.finish_tasks()
    info = caller.send("GET", path).document["executionInfo"]
    assert (info["state"], info["lastError"]["code"]) == ("COMPLETE", "SimulatorPlanStep")
    execution = caller.send("GET", f"{path}/executions").document[0]["id"]
    report = caller.send("GET", f"{path}/executions/{execution}/report").document
    assert (report["result"], len(report["notExecutedSteps"])) == ("FAILED", 2)
    assert caller.send("GET", f"{path}/executions/x/report").status == 404


def test_a_kind_of_plan_knows_its_own_operations_alone(simulator: Simulator, extended: Caller) -> None:
    path = plan_of(simulator, is_migration=True)
    assert extended.send("POST", f"{path}/failover").code == "SimulatorWrongPlan"
    assert extended.send("POST", f"{path}/migrate").status == 202


def test_a_plan_needs_replications_that_there_are(simulator: Simulator) -> None:
    status, _document = act(
        simulator, "POST", "/recovery-plans", {"name": "shop", "steps": [{"replications": ["nobody"]}]}
    )
    assert status == 400
    assert act(simulator, "POST", "/recovery-plans", {"name": "shop", "steps": []})[0] == 200
