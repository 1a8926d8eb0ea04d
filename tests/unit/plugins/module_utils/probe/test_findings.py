# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told from the way of a VM, also where the service does what no switch of the simulator does."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.probe import findings
from ansible_collections.opendr.vcda.plugins.module_utils.probe.findings import Outcome
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import ANSWERED, CONTRADICTORY, NOT_SEEN


def came(document: Any, method: str = "GET", path: str = "/tasks/1", status: int = 200) -> Exchange:
    return Exchange(method, path, {}, "", status, {}, document, False)


def task(state: str, method: str = "GET", path: str = "/tasks/1", status: int = 200, **more: Any) -> Exchange:
    workflow = {"type": more.pop("type", "sync"), "resourceType": "vmReplication"}
    return came({"id": "1", "state": state, "workflowInfo": workflow, **more}, method, path, status)


def replication(state: str | None, **more: Any) -> dict[str, Any]:
    info = {"recoveryInfo": {"recoveryState": state, **more}} if state else {}
    return {"id": "C4-1", "destinationState": info}


SEEN = (came({}),)


@pytest.mark.parametrize(
    ("kind", "refusal", "permission"),
    [
        ("conflict_409", (ANSWERED, "conflict_409"), (ANSWERED, "refused")),
        ("bad_request_400", (ANSWERED, "bad_request_400"), (ANSWERED, "refused")),
        ("failed_task", (ANSWERED, "failed_task"), (ANSWERED, "refused")),
        ("accepted", (CONTRADICTORY, None), (ANSWERED, "allowed")),
        ("other", (CONTRADICTORY, None), (CONTRADICTORY, None)),
        ("unknown", (NOT_SEEN, None), (NOT_SEEN, None)),
    ],
)
def test_refusals(kind: str, refusal: Any, permission: Any) -> None:
    outcome = Outcome(kind, SEEN)
    told = findings.refusal(outcome)
    assert (told.outcome, told.answer) == refusal
    told = findings.permission(outcome, "allowed", "refused")
    assert (told.outcome, told.answer) == permission


@pytest.mark.parametrize(
    ("test", "ran", "wrong_state", "outcome", "answer"),
    [
        ("accepted", True, "conflict_409", ANSWERED, "does_not_block"),
        ("conflict_409", True, "conflict_409", ANSWERED, "blocks"),
        ("failed_task", True, "conflict_409", CONTRADICTORY, None),
        ("unknown", True, "unknown", NOT_SEEN, None),
        ("accepted", False, "conflict_409", NOT_SEEN, None),
    ],
)
def test_a_test_during_a_sync(test: str, ran: bool, wrong_state: str, outcome: str, answer: Any) -> None:
    told = findings.minor_task(Outcome(test, SEEN), ran, Outcome(wrong_state, SEEN))
    assert (told.outcome, told.answer) == (outcome, answer)


@pytest.mark.parametrize(
    ("state", "running", "outcome", "answer"),
    [
        ("IN_PROGRESS", task("RUNNING"), ANSWERED, "in_progress"),
        ("COMPLETE", task("QUEUED"), ANSWERED, "stays_complete"),
        ("NOT_STARTED", task("RUNNING"), CONTRADICTORY, None),
        (None, task("RUNNING"), CONTRADICTORY, None),
        ("COMPLETE", task("SUCCEEDED"), NOT_SEEN, None),
        ("COMPLETE", came(None, status=404), NOT_SEEN, None),
        ("COMPLETE", None, NOT_SEEN, None),
    ],
)
def test_the_state_during_a_reverse(state: str | None, running: Exchange | None, outcome: str, answer: Any) -> None:
    told = findings.reverse_state(came(replication(state), path="/vm-replications/C4-1"), running)
    assert (told.outcome, told.answer) == (outcome, answer)


@pytest.mark.parametrize(
    ("flags", "answer"),
    [
        ((False, True, False), "toggled"),
        ((True, False, True), "toggled"),
        ((False, False, False), "always_false"),
        ((None, None, None), "never_present"),
        ((False, True, True), None),
        ((True, True, True), None),
        ((None, True, None), None),
        (("acme", "acme", "acme"), None),
    ],
)
def test_is_reversed(flags: Any, answer: Any) -> None:
    assert findings.is_reversed(flags, SEEN).answer == answer


@pytest.mark.parametrize(("until", "answer"), [(8 * 86_400_000 + 5, {"from": 8, "to": 9}), (-1, None), (None, None)])
def test_days_of_the_optimized_reverse(until: Any, answer: Any) -> None:
    recovered = VM.parse(replication("COMPLETE", optimizeUntil=until))
    assert findings.optimize_days(recovered, 0, SEEN).answer == answer


def test_what_tasks_tell() -> None:
    made: Any = {"method": "POST", "path": "/vm-replications/C4-1/reverse", "status": 202, "type": "turnAround"}
    seen = [task("QUEUED", **made), task("SUCCEEDED", lastUpdated=-1, endTime=5)]
    told = {name: each.answer for name, each in findings.of_tasks(seen, moved=True).items()}
    names = {"task_type_names": "other", "task_last_updated": "never", "task_operation_id": "hidden"}
    assert told == {"queued_tasks": True, "task_result": "absent", **names}


def test_tasks_that_say_both() -> None:
    made: Any = {"method": "POST", "path": "/vm-replications/C4-1/reverse", "status": 202}
    clean: Any = {"method": "DELETE", "path": "/vm-replications/C4-1/failover-test", "status": 202}
    seen = [
        task("RUNNING", type="reverse", **made),
        task("RUNNING", type="acme", **clean),
        task("SUCCEEDED", lastUpdated=7, result={}),
        task("SUCCEEDED", lastUpdated=-1),
    ]
    told = findings.of_tasks(seen, moved=True)
    contradictory = {name for name, each in told.items() if each.outcome == CONTRADICTORY}
    assert contradictory == {"task_result", "task_last_updated", "task_type_names"}


def test_no_task_tells_nothing() -> None:
    assert {each.outcome for each in findings.of_tasks([came(None), came([])], moved=True).values()} == {NOT_SEEN}
