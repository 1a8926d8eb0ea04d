# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts whose answer is lost: asked for, never hoped for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import HINTS, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import CHOWN, CLEANUP, FAILOVER, STOP
from ansible_collections.opendr.vcda.plugins.module_utils.operation import lost_answers
from ansible_collections.opendr.vcda.plugins.module_utils.operation.lost_answers import (
    ANSWER_LOST,
    NOT_SENT,
    SESSION_REPAIRED,
    Patience,
    look_for,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import ATTEMPTS, start
from ansible_collections.opendr.vcda.tests.unit.calls import PEER, by_resource, extend, paged
from ansible_collections.opendr.vcda.tests.unit.documents import page, session, task, task_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    NOW_MS,
    FakeService,
    ManualClock,
    Reply,
    broken,
    failure,
    html,
    ok,
    reset,
    timed_out,
)
from ansible_collections.opendr.vcda.tests.unit.orders import (
    ONE,
    REVERSING,
    look,
    number_operations,
    order,
    posts,
    send,
)

LOOKS = ANSWER_LOST.pauses
MakeClient = Callable[..., Client]
LOST = {
    "reset": reset(),
    "time-out": timed_out(),
    "500": failure(500, "GeneralServerFailure"),
    "500 page": html(500),
    "502": html(502),
    "503": html(503),
    "504": html(504),
    "408": failure(408, "X"),
    "redirect": html(302, "", Location="https://elsewhere.test/"),
    "truncated": broken('{"id": "00000', 202),
    "page with 200": html(200),
    "no body": Reply(202, content=b""),
    "no object": Reply(202, []),
    "no task": Reply(202, {"state": "RUNNING"}),
}


@pytest.fixture(autouse=True)
def operation_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    number_operations(monkeypatch)


class TestPatience:
    def test_each_kind_knows_its_pauses(self) -> None:
        kinds = [kind for kind in vars(lost_answers).values() if isinstance(kind, Patience)]
        assert kinds == [NOT_SENT, SESSION_REPAIRED, ANSWER_LOST]
        assert [list(kind.pauses) for kind in kinds] == [[], [0.0], [0.0, 1.0, 2.0, 4.0, 8.0]]

    @pytest.mark.parametrize("patience", [NOT_SENT, SESSION_REPAIRED, ANSWER_LOST], ids=lambda patience: patience.why)
    def test_it_is_looked_for_as_often(
        self, client: Client, service: FakeService, clock: ManualClock, patience: Patience
    ) -> None:
        for _each in patience.pauses:
            look(service)
        lost = VcdaError("Lost.", category="unreachable", ambiguous=True)
        assert look_for(client, order(), "operation-1", NOW_MS, patience, lost) == (False, None)
        assert clock.elapsed == sum(patience.pauses)


class TestLostAnswer:
    @pytest.mark.parametrize("outcome", LOST.values(), ids=list(LOST))
    def test_what_took_effect_is_found_by_its_operation_id(
        self, client: Client, service: FakeService, clock: ManualClock, outcome: Any
    ) -> None:
        send(service, outcome)
        look(service, [task()])
        found = start(client, order())
        assert found is not None
        assert found.id == task_id()
        assert posts(service) == 1
        assert clock.slept == []

    @pytest.mark.parametrize("outcome", LOST.values(), ids=list(LOST))
    def test_what_did_not_is_sent_again_after_the_grace_period(
        self, client: Client, service: FakeService, clock: ManualClock, outcome: Any
    ) -> None:
        send(service, outcome)
        for _each in LOOKS:
            look(service)
        send(service, ok(task(), 202), 2)
        assert start(client, order()) is not None
        assert clock.elapsed >= sum(LOOKS) >= 15

    @pytest.mark.parametrize("by_operation", [(), failure(400, "BadUserInput"), ok(page([task(7), task(8)]))])
    def test_where_the_operation_id_tells_nothing_the_replication_does(
        self, client: Client, service: FakeService, by_operation: Any
    ) -> None:
        send(service, reset())
        look(service, by_operation, [task()])
        found = start(client, order())
        assert found is not None
        assert found.id == task_id()
        assert posts(service) == 1

    def test_where_there_is_no_task_the_state_tells(self, client: Client, service: FakeService) -> None:
        send(service, reset())
        look(service, state="IN_PROGRESS")
        assert start(client, order()) is None
        assert posts(service) == 1

    def test_what_arrives_late_is_found_late(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        send(service, timed_out())
        look(service)
        look(service)
        look(service, [task()])
        assert start(client, order()) is not None
        assert clock.slept == [1.0, 2.0]
        assert posts(service) == 1

    def test_a_reversed_replication_may_have_left_its_id(self, client: Client, service: FakeService) -> None:
        send(service, reset())
        look(service, state=failure(404, "VmReplicationNotFound"))
        assert start(client, order()) is None

    def test_a_stopped_replication_is_gone(self, client: Client, service: FakeService) -> None:
        service.expect("DELETE", ONE, reset())
        look(service, state=failure(404, "VmReplicationNotFound"))
        assert start(client, order(STOP)) is None

    def test_any_other_replication_that_is_gone_leaves_the_outcome_unknown(
        self, client: Client, service: FakeService
    ) -> None:
        send(service, reset(), path=f"{ONE}/failover")
        look(service, state=failure(404, "VmReplicationNotFound"))
        with pytest.raises(VcdaError) as caught:
            start(client, order(FAILOVER))
        assert caught.value.category == "unknown_outcome"

    def test_a_cleanup_is_found_by_its_state(self, client: Client, service: FakeService) -> None:
        service.expect("DELETE", f"{ONE}/failover-test", reset(), headers={"operationID": "operation-1"})
        look(service, state="NOT_STARTED")
        assert start(client, order(CLEANUP, "TEST")) is None

    def test_a_task_that_has_failed_meanwhile_is_the_one(self, client: Client, service: FakeService) -> None:
        send(service, reset())
        look(service, [task(state="FAILED", error={"code": "X"})])
        found = start(client, order())
        assert found is not None
        assert found.state == "FAILED"

    @pytest.mark.parametrize(
        "foreign",
        [
            task(state="SUCCEEDED", started=NOW_MS - 60_000),
            task(kind="sync"),
            task(kind="failover"),
            task(resource=vm_id(2)),
        ],
    )
    def test_older_tasks_and_those_of_other_verbs_are_not_taken_for_it(
        self, client: Client, service: FakeService, foreign: dict[str, Any]
    ) -> None:
        send(service, reset())
        for _each in LOOKS:
            service.expect("GET", "/tasks", ok(page([])), query=paged({"operationID": "operation-1"}))
            by_resource(service, [foreign])
            service.expect("GET", ONE, ok(vm(state="COMPLETE")))
        send(service, ok(task(2), 202), 2)
        found = start(client, order())
        assert found is not None
        assert found.id == task_id(2)

    @pytest.mark.parametrize("ahead_s", [90, 3600, 2_300_000_000])
    @pytest.mark.parametrize("state", ["SUCCEEDED", "FAILED"])
    @pytest.mark.parametrize("by_operation", [True, False])
    def test_an_ended_task_in_the_future_is_neither_taken_for_it_nor_lets_it_be_repeated(
        self, client: Client, service: FakeService, ahead_s: int, state: str, by_operation: bool
    ) -> None:
        send(service, reset())
        ahead = [task(state=state, started=NOW_MS + ahead_s * 1000)]
        for _each in LOOKS:
            look(service, ahead if by_operation else (), () if by_operation else ahead)
            service.expect("GET", ONE, ok(vm(state="COMPLETE")))
        with pytest.raises(VcdaError, match="which is in the future") as caught:
            start(client, order())
        assert caught.value.category == "unknown_outcome"
        assert posts(service) == 1

    def test_it_does_not_hide_the_task_of_now(self, client: Client, service: FakeService) -> None:
        send(service, reset())
        ahead = task(1, state="FAILED", started=NOW_MS + 3_600_000)
        look(service, (), [ahead, task(2, resource=vm_id(1), state="SUCCEEDED", started=NOW_MS)])
        found = start(client, order())
        assert found is not None
        assert (found.id, found.state) == (task_id(2), "SUCCEEDED")

    def test_with_it_the_state_tells(self, client: Client, service: FakeService) -> None:
        send(service, reset())
        look(service, (), [task(state="FAILED", started=NOW_MS + 3_600_000)])
        service.expect("GET", ONE, ok(vm(state="IN_PROGRESS")))
        assert start(client, order()) is None
        assert posts(service) == 1

    @pytest.mark.parametrize("ahead_s", [3, 60])
    def test_a_proxy_whose_clock_is_a_little_late_does_not_matter(
        self, client: Client, service: FakeService, ahead_s: int
    ) -> None:
        send(service, reset())
        look(service, [task(state="SUCCEEDED", started=NOW_MS + ahead_s * 1000)])
        assert start(client, order()) is not None

    def test_a_running_one_is_it_even_if_the_clock_in_between_is_wrong(
        self, client: Client, service: FakeService
    ) -> None:
        service.expect("GET", "/x", ok({}, Date="Thu, 28 May 2026 21:26:40 GMT"))
        client.get("/x")
        send(service, reset())
        look(service, [task(started=NOW_MS)])
        assert start(client, order()) is not None
        assert posts(service) == 1

    def test_a_task_of_a_type_that_nobody_knows_may_be_it(self, client: Client, service: FakeService) -> None:
        send(service, reset())
        look(service, [task(kind="reverseReplication")])
        assert start(client, order()) is not None

    @pytest.mark.parametrize("offset_s", [-7200, -90, 3600])
    def test_the_clock_of_the_service_decides_what_is_new(
        self, client: Client, service: FakeService, offset_s: int
    ) -> None:
        dates = {-7200: "18:26:40", -90: "20:25:10", 3600: "21:26:40"}
        service.expect("GET", "/x", ok({}, Date=f"Thu, 28 May 2026 {dates[offset_s]} GMT"))
        client.get("/x")
        there = NOW_MS + offset_s * 1000
        send(service, reset())
        look(service, (), [task(1, started=there - 60_000), task(2, resource=vm_id(1), started=there)])
        found = start(client, order())
        assert found is not None
        assert found.id == task_id(2)

    def test_three_proofs_of_absence_are_enough(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        for number in range(1, ATTEMPTS + 1):
            send(service, html(502), number)
            for _each in LOOKS:
                look(service, number=number)
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert ATTEMPTS == 3
        assert posts(service) == 3
        assert (caught.value.category, caught.value.http_status) == ("unreachable", 502)
        assert caught.value.operation_id == "operation-3"
        assert clock.elapsed < 60

    @pytest.mark.parametrize(
        ("step", "outcome", "times"),
        [
            ("operation", html(503), 5),
            ("operation", failure(403, "Forbidden"), 1),
            ("operation", ok({"items": "none"}), 1),
            ("operation", ok(page([{"id": None}])), 1),
            ("replication", reset(), 5),
            ("replication", failure(403, "Forbidden"), 1),
            ("state", timed_out(), 5),
            ("state", ok({"id": ""}), 1),
        ],
    )
    def test_if_the_service_cannot_tell_the_outcome_is_unknown_and_nothing_is_repeated(
        self, client: Client, service: FakeService, step: str, outcome: Any, times: int
    ) -> None:
        send(service, failure(500, "GeneralServerFailure", "Try later."))
        by_operation = paged({"operationID": "operation-1"})
        path = ONE if step == "state" else "/tasks"
        query = {"operation": by_operation, "replication": paged({"resourceId": vm_id()}), "state": {}}[step]
        is_refused = isinstance(outcome, Reply) and outcome.status == 403
        for _each in LOOKS[:1] if is_refused else LOOKS:
            if step != "operation":
                service.expect("GET", "/tasks", ok(page([])), query=by_operation)
            if step == "state":
                by_resource(service, [])
            service.expect("GET", path, outcome, query=query, times=times)
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        error = caught.value
        assert error.category == "unknown_outcome"
        assert (error.code, error.http_status) == ("GeneralServerFailure", 500)
        assert error.operation_id == "operation-1"
        assert error.hint == HINTS["unknown_outcome"]
        assert not error.retriable
        assert f"whether reverse of web-01 ({vm_id()}) was accepted" in error.message
        assert "Try later." in error.message
        assert "Looking for it failed" in error.message
        assert posts(service) == 1

    @pytest.mark.parametrize("last", [[task()], []])
    def test_a_service_that_answers_again_tells(self, client: Client, service: FakeService, last: list[Any]) -> None:
        send(service, reset())
        by_operation = paged({"operationID": "operation-1"})
        service.expect("GET", "/tasks", html(503), query=by_operation, times=5 * (len(LOOKS) - 1))
        look(service, last)
        if not last:
            send(service, ok(task(), 202), 2)
        assert start(client, order()) is not None

    def test_a_service_that_hangs_is_not_waited_for_again_and_again(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        def hang(_sent: Any) -> Exception:
            clock.advance(60)
            return timed_out()

        send(service, reset())
        service.expect("GET", "/tasks", hang, query=paged({"operationID": "operation-1"}), times=5)
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.category == "unknown_outcome"

    def test_a_peer_that_is_gone_leaves_no_doubt_about_what_was_not_sent(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        for _each in range(ATTEMPTS):
            service.expect("GET", "/sessions", ok(session()))
            for _again in range(5):
                extend(service, reset())
        with pytest.raises(VcdaError, match="could not be extended to site site-1") as caught:
            start(make_client(extend_sites=[PEER], site="site-1"), order())
        assert caught.value.category == "unreachable"
        assert service.paths("POST").count(REVERSING) == 0

    def test_a_synchronous_change_is_found_by_the_object_alone(self, client: Client, service: FakeService) -> None:
        verb = replace(CHOWN)
        service.expect("PATCH", f"{ONE}/chown", reset(), body={"owner": "a@b"})
        service.expect("GET", ONE, ok(vm(state="NOT_STARTED")))
        assert start(client, order(verb, body={"owner": "a@b"})) is None

    def test_a_synchronous_change_has_no_task(self, client: Client, service: FakeService) -> None:
        service.expect("PATCH", f"{ONE}/chown", ok(vm()), body={"owner": "a@b"})
        assert start(client, order(CHOWN, body={"owner": "a@b"})) is None
