# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task list: every filter, sorting, visibility."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make

UNKNOWN = "00000000-0000-4000-8000-000000000000"


class History:
    """Three tasks of a tenant, ten simulated seconds apart: one succeeded, one failed, one running."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.seeded = simulator.seed(vms=2, vapps=1)
        self.caller = Caller(simulator).login()
        self.begin = simulator.clock.now_ms()
        self.ids: list[str] = []
        first, second = self.seeded.vm_ids
        for identifier, verb in ((first, "failover"), (second, "sync"), (self.seeded.vapp_ids[0], "failover-test")):
            if verb == "sync":
                simulator.fault("task_fails")
            headers = {"operationid": f"op-{verb}"}
            kind = "vapp" if identifier.startswith("C4VAPP-") else "vm"
            reply = self.caller.send("POST", f"/{kind}-replications/{identifier}/{verb}", {"type": "vcloud"}, headers)
            self.ids.append(reply.document["id"])
            simulator.advance(10)
        simulator.advance(5)

    def positions(self, caller: Caller | None = None, **query: Any) -> list[int]:
        reply = (caller or self.caller).send("GET", "/tasks", **query)
        assert reply.status == 200, reply
        return [self.ids.index(task["id"]) for task in reply.document["items"]]


@pytest.fixture
def history(simulator: Simulator) -> History:
    return History(simulator)


def test_the_newest_first(history: History) -> None:
    assert history.positions() == [2, 1, 0]
    assert history.positions(limit=1, offset=1) == [1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "RUNNING"}, [2]),
        ({"state": "SUCCEEDED"}, [0]),
        ({"state": "FAILED"}, [1]),
        ({"state": "QUEUED"}, []),
        ({"type": "failover"}, [0]),
        ({"type": "failoverTest"}, [2]),
        ({"resourceName": "vm-02"}, [1]),
        ({"resourceType": "vappReplication"}, [2]),
        ({"resourceType": "replication,vmReplication,vappReplication"}, [2, 1, 0]),
        ({"resourceType": ["vmReplication", "site"]}, [1, 0]),
        ({"sourceOrg": "tenant-1"}, [2, 1, 0]),
        ({"sourceOrg": "Tenant-1"}, []),
        ({"operationID": "op-sync"}, [1]),
        ({"operationID": "op-none"}, []),
        ({"sort": "startTime"}, [0, 1, 2]),
        ({"sort": "startTime-"}, [2, 1, 0]),
        ({"sort": "state,startTime-"}, [1, 2, 0]),
        ({"sort": "endTime,user,sourceOrg-"}, [2, 0, 1]),
    ],
)
def test_filters(history: History, query: dict[str, Any], found: list[int]) -> None:
    assert history.positions(**query) == found


def test_times_are_strict(history: History) -> None:
    second = history.begin + 10_000
    assert history.positions(startTimeBefore=second) == [0]
    assert history.positions(startTimeAfter=second) == [2]
    assert history.positions(startTimeAfter=second - 1, startTimeBefore=second + 1) == [1]
    ended = history.begin + 20_000
    assert history.positions(endTimeBefore=ended + 1) == [0]
    assert history.positions(endTimeAfter=ended) == [1]


def test_ids_and_resources(history: History) -> None:
    assert history.positions(ids=f"{history.ids[0]},{history.ids[2]},{UNKNOWN}") == [2, 0]
    assert history.positions(ids=history.ids[0], state="FAILED") == []
    assert history.positions(resourceId=history.seeded.vm_ids[0]) == [0]
    assert history.positions(resourceId="C4-none") == []


@pytest.mark.parametrize(
    "query",
    [{"state": "DONE"}, {"sort": "name"}, {"startTimeAfter": "now"}, {"user": "a", "destinationOrg": "b"}],
)
def test_refused_filters(history: History, query: dict[str, Any]) -> None:
    reply = history.caller.send("GET", "/tasks", **query)
    assert (reply.status, reply.code) == (400, "BadUserInput")


def test_filters_of_administrators(history: History) -> None:
    admin = Caller(history.simulator).login("administrator@System")
    assert history.positions(admin, user="operator@tenant-1") == [2, 1, 0]
    assert history.positions(admin, destinationOrg="tenant-2") == []
    assert history.caller.send("GET", "/tasks", user="operator@tenant-1").status == 403


@pytest.mark.parametrize(
    ("switches", "query", "found"),
    [
        ({"task_ids_filter": "ignored"}, {"ids": UNKNOWN}, 3),
        ({"operation_id_filter": "ignored"}, {"operationID": "op-sync"}, 3),
        ({"operation_id_filter": "rejected"}, {"operationID": "op-sync"}, None),
        ({"queued_state_filter": "rejected"}, {"state": "QUEUED"}, None),
    ],
)
def test_switches(make: Make, switches: dict[str, str], query: dict[str, Any], found: int | None) -> None:
    history = History(make(**switches))
    reply = history.caller.send("GET", "/tasks", **query)
    assert reply.status == (400 if found is None else 200)
    assert reply.document.get("total") == found


def test_waiting_tasks_can_be_asked_for(make: Make) -> None:
    simulator = make(queued_tasks=True, max_running_tasks=1)
    identifiers = simulator.seed(vms=2).vm_ids
    caller = Caller(simulator).login()
    for identifier in identifiers:
        caller.verb(identifier, "sync")
    simulator.advance(3)
    assert caller.send("GET", "/tasks", state="QUEUED").document["total"] == 1
    assert caller.send("GET", "/tasks", state="RUNNING").document["total"] == 1


@pytest.mark.parametrize(("switch", "status"), [("hidden", 404), ("forbidden_403", 403)])
def test_somebody_elses_task(make: Make, switch: str, status: int) -> None:
    simulator = make(foreign_task=switch)
    identifier = simulator.seed(vms=1).vm_ids[0]
    task = Caller(simulator).login("administrator@System").verb(identifier, "sync").document["id"]
    caller = Caller(simulator).login()
    assert caller.send("GET", "/tasks").document["total"] == 0
    assert caller.send("GET", "/tasks", ids=task).document["total"] == 0
    assert caller.send("GET", "/tasks", resourceId=identifier).document["total"] == 0
    assert caller.send("GET", f"/tasks/{task}").status == status
    assert caller.send("GET", f"/tasks/{UNKNOWN}").status == 404


@pytest.mark.parametrize("identifier", ["x", f"{UNKNOWN},{UNKNOWN}"])
def test_what_is_no_task_id(caller: Caller, identifier: str) -> None:
    reply = caller.send("GET", f"/tasks/{identifier}")
    assert (reply.status, reply.code) == (400, "BadUserInput")


def test_a_vanished_task(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    simulator.fault("task_vanishes")
    task = caller.verb(identifier, "failover").document["id"]
    assert caller.send("GET", f"/tasks/{task}").status == 404
    assert caller.send("GET", "/tasks").document["total"] == 0
    assert caller.state(identifier) == "IN_PROGRESS"
    simulator.finish_tasks()
    assert caller.state(identifier) == "COMPLETE"
