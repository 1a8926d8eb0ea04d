# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document of a task."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


def test_a_running_task(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(names=["web"]).vm_ids[0]
    task = caller.verb(identifier, "failover").document
    assert task["workflowInfo"] == {
        "type": "failover",
        "resourceType": "vmReplication",
        "resourceId": identifier,
        "resourceName": "web",
    }
    assert (task["state"], task["progress"], task["endTime"], task["site"]) == ("RUNNING", 0, -1, "site-2")
    assert (task["user"], task["warnings"], task["error"]) == ("operator@tenant-1", [], None)
    assert task["startTime"] == simulator.clock.now_ms()
    assert "result" not in task


def test_a_task_on_another_site(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    task = extended.verb(identifier, "failover", site="site-1").document
    assert task["site"] == "site-1"
    assert extended.send("GET", f"/tasks/{task['id']}").status == 404
    assert extended.send("GET", f"/tasks/{task['id']}", site="site-1").status == 200


def test_the_result_is_what_was_when_the_task_ended(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    task = extended.done(identifier, "failover").document
    extended.done(identifier, "reverse")
    again = extended.send("GET", f"/tasks/{task['id']}").document
    assert again == task
    assert again["result"]["destinationState"]["recoveryInfo"]["recoveryState"] == "COMPLETE"


@pytest.mark.parametrize(("switch", "shown"), [("present", True), ("absent", False)])
def test_results_may_be_absent(make: Make, switch: str, shown: bool) -> None:
    simulator = make(task_result=switch)
    identifier = simulator.seed(vms=1).vm_ids[0]
    task = Caller(simulator).login().done(identifier, "failover").document
    assert ("result" in task) is shown
    assert task["resultType"] == ("SingleVmReplicationInfo" if shown else None)


@pytest.mark.parametrize(
    ("switch", "names", "result_type"),
    [
        (
            "usual",
            ["failoverTest", "failoverTestCleanup", "failover", "reverse", "sync", "stop"],
            "SingleVmReplicationInfo",
        ),
        (
            "other",
            ["testFailover", "cleanupTest", "failover", "reverseReplication", "sync", "stopReplication"],
            "SimulatorVmReplication",
        ),
    ],
)
def test_names_of_task_types(make: Make, switch: str, names: list[str], result_type: str) -> None:
    simulator = make(task_type_names=switch)
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    steps = [("failover-test", "POST"), ("failover-test", "DELETE"), ("failover", "POST"), ("reverse", "POST")]
    tasks = [
        caller.done(identifier, verb, method=method) for verb, method in [*steps, ("sync", "POST"), ("", "DELETE")]
    ]
    assert [task.document["workflowInfo"]["type"] for task in tasks] == names
    assert {task.document["resultType"] for task in tasks[:-1]} == {result_type}


@pytest.mark.parametrize(("switch", "known"), [("kept", True), ("never", False)])
def test_the_last_update_may_never_be_told(make: Make, switch: str, known: bool) -> None:
    simulator = make(task_last_updated=switch)
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller = Caller(simulator).login()
    running = caller.verb(identifier, "failover").document
    assert running["lastUpdated"] == (simulator.clock.now_ms() if known else -1)
    simulator.finish_tasks()
    done = caller.send("GET", f"/tasks/{running['id']}").document
    assert done["lastUpdated"] == (done["endTime"] if known else -1)


def test_warnings(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    simulator.fault("task_warns", code="Careful", msg="A NIC was left out.")
    running = caller.verb(identifier, "failover").document
    assert running["warnings"] == []
    simulator.finish_tasks()
    done = caller.send("GET", f"/tasks/{running['id']}").document
    assert done["state"] == "SUCCEEDED"
    assert [(item["error"]["code"], item["error"]["msg"]) for item in done["warnings"]] == [
        ("Careful", "A NIC was left out.")
    ]
