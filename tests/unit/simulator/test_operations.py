# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a verb begins and ends: states, sites, refusals, failures, exactly once."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


@pytest.mark.parametrize(
    ("verb", "method", "before", "after"),
    [
        ("failover", "POST", "NOT_STARTED", "COMPLETE"),
        ("migrate", "POST", "NOT_STARTED", "COMPLETE"),
        ("failover-test", "POST", "NOT_STARTED", "TEST"),
        ("failover-test", "DELETE", "TEST", "NOT_STARTED"),
        ("reverse", "POST", "COMPLETE", "NOT_STARTED"),
    ],
)
def test_states(simulator: Simulator, extended: Caller, verb: str, method: str, before: str, after: str) -> None:
    identifier = simulator.seed(vms=1, state=before).vm_ids[0]
    reply = extended.verb(identifier, verb, method=method)
    assert reply.status == 202
    assert extended.state(identifier) == "IN_PROGRESS"
    simulator.finish_tasks()
    assert extended.state(identifier) == after
    task = extended.send("GET", f"/tasks/{reply.document['id']}").document
    assert (task["state"], task["progress"], task["error"]) == ("SUCCEEDED", 100, None)
    assert task["result"]["id"] == identifier
    assert task["result"]["destinationState"]["recoveryInfo"]["recoveryState"] == after


@pytest.mark.parametrize("verb", ["sync", "pause", "resume"])
def test_upkeep_leaves_the_recovery_state_alone(simulator: Simulator, caller: Caller, verb: str) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller.verb(identifier, verb)
    assert caller.state(identifier) == "NOT_STARTED"


def test_stop_removes_the_replication(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    task = extended.done(identifier, "", method="DELETE").document
    assert (task["state"], task["resultType"]) == ("SUCCEEDED", None)
    assert "result" not in task
    assert extended.send("GET", f"/vm-replications/{identifier}").status == 404


@pytest.mark.parametrize(("switch", "status"), [("conflict_409", 409), ("bad_request_400", 400), ("failed_task", 202)])
@pytest.mark.parametrize(("state", "code"), [("NOT_STARTED", "SimulatorWrongState"), ("ODD", "SimulatorWrongState")])
def test_a_wrong_state(make: Make, switch: str, status: int, state: str, code: str) -> None:
    simulator = make(wrong_state=switch)
    identifier = simulator.seed(vms=1, state=state).vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    reply = caller.verb(identifier, "reverse")
    assert reply.status == status
    if status == 202:
        simulator.finish_tasks()
        task = caller.send("GET", f"/tasks/{reply.document['id']}").document
        assert (task["state"], task["error"]["code"]) == ("FAILED", code)
        assert "result" not in task
    else:
        assert reply.code == code
    assert caller.state(identifier) == state
    assert simulator.effects(identifier) == {}


@pytest.mark.parametrize(("verb", "allowed"), [("failover", 1), ("sync", 1)])
def test_a_busy_replication_takes_no_second_verb(simulator: Simulator, caller: Caller, verb: str, allowed: int) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    replies = [caller.verb(identifier, verb), caller.verb(identifier, verb), caller.verb(identifier, "pause")]
    assert [reply.status for reply in replies] == [202, 409, 409]
    assert replies[1].code == "SimulatorBusy"
    assert simulator.effects(identifier) == {verb: allowed}


def test_a_minor_task_need_not_block(make: Make) -> None:
    simulator = make(minor_task="does_not_block")
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller = Caller(simulator).login()
    assert [caller.verb(identifier, verb).status for verb in ("sync", "failover", "sync")] == [202, 202, 409]
    simulator.finish_tasks()
    assert caller.state(identifier) == "COMPLETE"
    assert simulator.replication(identifier).busy is None  # type: ignore[union-attr]


@pytest.mark.parametrize("verb", ["failover", "failover-test"])
def test_a_failed_task_leaves_the_old_state(simulator: Simulator, caller: Caller, verb: str) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    simulator.fault("task_fails", code="Boom", msg="It broke.")
    task = caller.done(identifier, verb).document
    assert (task["state"], task["error"]["code"], task["error"]["msg"]) == ("FAILED", "Boom", "It broke.")
    assert 0 < task["progress"] < 100
    assert caller.state(identifier) == "NOT_STARTED"
    assert simulator.effects(identifier) == {verb: 1}
    assert simulator.completions(identifier) == {}
    assert caller.done(identifier, verb).document["state"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("verb", "method", "state", "status"),
    [
        ("failover", "POST", "NOT_STARTED", 202),
        ("failover-test", "POST", "NOT_STARTED", 202),
        ("failover-test", "DELETE", "TEST", 202),
        ("sync", "POST", "NOT_STARTED", 202),
        ("migrate", "POST", "NOT_STARTED", 401),
        ("reverse", "POST", "COMPLETE", 401),
        ("", "DELETE", "NOT_STARTED", 401),
        ("", "PATCH", "NOT_STARTED", 401),
    ],
)
def test_which_verbs_need_the_other_site(
    simulator: Simulator, caller: Caller, verb: str, method: str, state: str, status: int
) -> None:
    identifier = simulator.seed(vms=1, state=state).vm_ids[0]
    body = {"rpo": 30} if method == "PATCH" else None
    assert caller.verb(identifier, verb, body, method).status == status
    if status == 401:
        caller.extend()
        assert caller.verb(identifier, verb, body, method).status == 202


def test_at_the_source_everything_needs_the_other_site(simulator: Simulator) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller = Caller(simulator, "site-1").login()
    assert caller.verb(identifier, "failover").status == 401
    caller.extend()
    assert caller.verb(identifier, "failover").status == 202


@pytest.mark.parametrize(
    ("switch", "status", "code"),
    [
        ("general_failure_500", 500, "GeneralServerFailure"),
        ("remote_authentication_401", 401, "RemoteAuthenticationFailure"),
        ("bad_gateway_502", 502, None),
    ],
)
def test_the_other_site_is_down(make: Make, switch: str, status: int, code: str | None) -> None:
    simulator = make(peer_down=switch)
    identifier = simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    simulator.configure(sites_down=["site-1"])
    reply = caller.verb(identifier, "reverse")
    assert reply.status == status
    assert reply.document is None if code is None else reply.code == code
    simulator.configure(sites_down=[])
    assert caller.verb(identifier, "reverse").status == 202


def test_the_other_site_is_down_and_the_task_fails(make: Make) -> None:
    simulator = make(peer_down="failed_task")
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller = Caller(simulator).login()
    simulator.configure(sites_down=["site-1"])
    assert caller.done(identifier, "sync").document["error"]["code"] == "GeneralServerFailure"
    assert caller.done(identifier, "failover").document["state"] == "SUCCEEDED"


@pytest.mark.parametrize(("state", "effect"), [("in_progress", "IN_PROGRESS"), ("stays_complete", "COMPLETE")])
def test_the_state_while_reversing(make: Make, state: str, effect: str) -> None:
    simulator = make(reverse_state=state)
    identifier = simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    caller.verb(identifier, "reverse")
    assert caller.state(identifier) == effect


def test_a_new_id_after_a_reverse(make: Make) -> None:
    simulator = make(reverse_id="new")
    seeded = simulator.seed(vms=1, vapps=1, state="COMPLETE")
    caller = Caller(simulator).login(extend=True)
    for identifier in (seeded.vm_ids[0], seeded.vapp_ids[0]):
        result = caller.done(identifier, "reverse").document["result"]
        assert result["id"] != identifier
        assert result["id"] == simulator.current_id(identifier)
        assert simulator.effects(identifier) == simulator.effects(result["id"]) == {"reverse": 1}
    assert {child["id"] for child in result["vmReplications"]}.isdisjoint(seeded.child_ids)
    assert caller.send("GET", f"/vm-replications/{seeded.vm_ids[0]}").status == 404


def test_a_vapp_verb_acts_on_all_children(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    vapp = seeded.vapp_ids[0]
    for verb in ("failover", "reverse"):
        assert extended.done(vapp, verb).document["resultType"] == "VappReplicationInfo"
    for child in seeded.child_ids:
        assert simulator.effects(child) == simulator.completions(child) == {"failover": 1, "reverse": 1}
    assert simulator.effects(vapp) == {"failover": 1, "reverse": 1}
    assert extended.get(vapp)["source"]["site"] == "site-2"


@pytest.mark.parametrize(("switch", "status"), [("refused", 409), ("acts_on_possible", 202)])
def test_a_vapp_with_mixed_children(make: Make, switch: str, status: int) -> None:
    simulator = make(vapp_mixed=switch, split_vapp=False)
    seeded = simulator.seed(vapps=1)
    caller = Caller(simulator).login(extend=True)
    caller.done(seeded.child_ids[0], "failover")
    assert caller.verb(seeded.vapp_ids[0], "failover").status == status
    simulator.finish_tasks()
    states = [caller.state(child) for child in seeded.child_ids]
    assert states == ["COMPLETE", *(["COMPLETE"] * 2 if status == 202 else ["NOT_STARTED"] * 2)]
    assert simulator.effects(seeded.child_ids[0]) == {"failover": 1}


@pytest.mark.parametrize(
    ("switch", "header", "status"),
    [("optional", {}, 202), ("required", {}, 401), ("required", {"on-prem-auth": "x"}, 202)],
)
def test_on_premises_ends_need_no_session_but_perhaps_a_header(
    make: Make, switch: str, header: dict[str, str], status: int
) -> None:
    simulator = make(on_prem_auth=switch)
    identifier = simulator.seed(vms=1, source="onprem-1", state="COMPLETE").vm_ids[0]
    caller = Caller(simulator).login()
    assert caller.send("POST", f"/vm-replications/{identifier}/reverse", headers=header).status == status


def test_a_policy_can_forbid_a_reverse(make: Make) -> None:
    simulator = make(reverse_checks_policy=True)
    identifier = simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    simulator.set_policy("site-2", allow_outgoing_protections=False)
    reply = Caller(simulator).login(extend=True).verb(identifier, "reverse")
    assert (reply.status, reply.code) == (400, "SimulatorPolicyViolation")


def test_a_minor_task_of_a_vapp_that_is_gone_has_no_result(make: Make) -> None:
    simulator = make(minor_task="does_not_block", task_seconds=60)
    vapp = simulator.seed(vapps=1).vapp_ids[0]
    caller = Caller(simulator).login(extend=True)
    sync = caller.verb(vapp, "sync").document["id"]
    simulator.configure(task_seconds=1)
    assert caller.verb(vapp, "", method="DELETE").status == 202
    simulator.finish_tasks()
    task = caller.send("GET", f"/tasks/{sync}").document
    assert (task["state"], task["resultType"]) == ("SUCCEEDED", None)
    assert caller.send("GET", "/vapp-replications").document["total"] == 0
