# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts: exactly once, whatever happens to the requests and their answers."""

from __future__ import annotations

import itertools
import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.opendr.vcda.plugins.module_utils import _starts
from ansible_collections.opendr.vcda.plugins.module_utils._client import Client
from ansible_collections.opendr.vcda.plugins.module_utils._errors import HINTS, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils._operations import (
    CHOWN,
    CLEANUP,
    FAILOVER,
    REVERSE,
    STOP,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils._replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils._starts import ATTEMPTS, GRACE, Order, start
from ansible_collections.opendr.vcda.plugins.module_utils._tasks import Task
from ansible_collections.opendr.vcda.tests.unit.calls import PEER, VMS, by_resource, extend, login, paged
from ansible_collections.opendr.vcda.tests.unit.documents import page, session, task, task_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    NOW_MS,
    TOKEN,
    FakeService,
    ManualClock,
    Reply,
    broken,
    failure,
    html,
    ok,
    refused,
    reset,
    timed_out,
)

MakeClient = Callable[..., Client]
CREDENTIALS = {"session_token": None, "username": "operator@tenant-1", "password": "password-of-operator"}
TOKEN_2 = "token-of-the-session-0002="
ONE = f"{VMS}/{vm_id()}"
REVERSING = f"{ONE}/reverse"
EXPIRED = failure(401, "NotAuthenticated", "Authentication Token Required", expired=True)
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
    """Give the start requests of a test the operation ids operation-1, operation-2 and so on."""
    numbers = itertools.count(1)
    monkeypatch.setattr(_starts, "new_operation_id", lambda: f"operation-{next(numbers)}")


def order(verb: Verb = REVERSE, state: str = "COMPLETE", **more: Any) -> Order:
    return Order(VM, verb, VM.parse(vm(state=state)), lambda fresh: fresh.recovery_state != state, **more)


def send(service: FakeService, outcome: Any, number: int = 1, path: str = REVERSING, **more: Any) -> None:
    service.expect("POST", path, outcome, headers={"operationID": f"operation-{number}"}, **more)


def look(
    service: FakeService,
    by_operation: Any = (),
    by_replication: Sequence[Any] = (),
    state: Any = "COMPLETE",
    number: int = 1,
) -> None:
    """Announce one look: by the operation id, then by the replication, then by its state, until one of them tells."""
    answer = by_operation if isinstance(by_operation, (Reply, Exception)) else ok(page(by_operation))
    service.expect("GET", "/tasks", answer, query=paged({"operationID": f"operation-{number}"}))
    if by_operation and not isinstance(by_operation, Reply):
        return
    by_resource(service, by_replication)
    if not by_replication:
        service.expect("GET", ONE, ok(vm(state=state)) if isinstance(state, str) else state)


def posts(service: FakeService) -> int:
    return len(service.paths("POST"))


def test_an_accepted_request_is_its_task(client: Client, service: FakeService, clock: ManualClock) -> None:
    send(service, ok(task(), 202))
    found = start(client, order())
    assert found is not None
    assert found.id == task_id()
    assert service.sent[0].raw_body is None
    assert clock.slept == []


def test_body_and_headers_of_the_order_are_sent(client: Client, service: FakeService) -> None:
    send(service, ok(task(kind="failover"), 202), path=f"{ONE}/failover", body={"type": "vcloud"})
    start(client, order(FAILOVER, body={"type": "vcloud"}, headers={"On-Prem-Auth": "value"}))
    assert service.sent[0].headers["On-Prem-Auth"] == "value"


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
        for _each in GRACE:
            look(service)
        send(service, ok(task(), 202), 2)
        assert start(client, order()) is not None
        assert clock.elapsed >= sum(GRACE) >= 15

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
        for _each in GRACE:
            service.expect("GET", "/tasks", ok(page([])), query=paged({"operationID": "operation-1"}))
            by_resource(service, [foreign])
            service.expect("GET", ONE, ok(vm(state="COMPLETE")))
        send(service, ok(task(2), 202), 2)
        found = start(client, order())
        assert found is not None
        assert found.id == task_id(2)

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
            for _each in GRACE:
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
        for _each in GRACE[:1] if is_refused else GRACE:
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
        service.expect("GET", "/tasks", html(503), query=by_operation, times=5 * (len(GRACE) - 1))
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


class TestNothingWasSent:
    def test_a_refused_connection_is_tried_again_without_a_look(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        send(service, refused(), 1)
        send(service, refused(), 2)
        send(service, ok(task(), 202), 3)
        assert start(client, order()) is not None
        assert clock.slept == [1.0, 2.0]

    def test_three_refused_connections_are_enough(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        for number in (1, 2, 3):
            send(service, refused(), number)
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert (caught.value.category, caught.value.ambiguous) == ("unreachable", False)
        assert clock.slept == [1.0, 2.0]

    def test_a_service_that_limits_requests_is_given_time(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        send(service, failure(429, "TooMany"), 1)
        send(service, ok(task(), 202), 2)
        assert start(client, order()) is not None
        assert clock.slept == [1.0]

    def test_a_certificate_that_is_not_trusted_ends_it(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        reason = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate (_ssl.c:1)")
        send(service, requests.exceptions.SSLError(urllib3.exceptions.SSLError(reason)))
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.code == "CERTIFICATE_NOT_TRUSTED"
        assert clock.slept == []


class TestRefusal:
    @pytest.mark.parametrize("status", [400, 403, 404, 405, 406, 409, 410, 415, 422, 451])
    def test_a_refusal_is_never_repeated(
        self, client: Client, service: FakeService, clock: ManualClock, status: int
    ) -> None:
        send(service, failure(status, "X", "No."))
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.http_status == status
        assert len(service.sent) == 1
        assert clock.slept == []


@pytest.fixture
def own(make_client: MakeClient, service: FakeService) -> Client:
    """A client in a session of its own."""
    login(service)
    client = make_client(**CREDENTIALS, extend_sites=[PEER])
    client.login()
    return client


class TestEndedSession:
    def test_it_is_renewed_and_the_start_checked_before_it_is_repeated(self, own: Client, service: FakeService) -> None:
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        look(service)
        send(service, ok(task(), 202), 2)
        assert start(own, order()) is not None
        assert service.sent[1].headers["X-VCAV-Auth"] == TOKEN
        assert service.sent[-1].headers["X-VCAV-Auth"] == TOKEN_2

    def test_the_extension_is_repeated_too(self, own: Client, service: FakeService) -> None:
        extend(service)
        own.ensure_peers()
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        extend(service)
        look(service)
        send(service, ok(task(), 202), 2)
        assert start(own, order()) is not None

    def test_what_another_run_has_started_meanwhile_is_attached_to(self, own: Client, service: FakeService) -> None:
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        look(service, (), [task()])
        found = start(own, order())
        assert found is not None
        assert found.id == task_id()

    def test_without_credentials_it_ends(self, client: Client, service: FakeService) -> None:
        send(service, EXPIRED)
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.category == "authentication"
        assert posts(service) == 1

    def test_a_service_that_ends_every_session_is_given_up(self, own: Client, service: FakeService) -> None:
        for number in (1, 2, 3):
            send(service, EXPIRED, number)
            login(service, f"token-000{number}")
            look(service, number=number)
        with pytest.raises(VcdaError) as caught:
            start(own, order())
        assert caught.value.category == "authentication"
        assert service.paths("POST").count(REVERSING) == 3

    def test_if_the_look_fails_the_outcome_is_known_all_the_same(self, own: Client, service: FakeService) -> None:
        """A 401 says that nothing was accepted, so not being able to look is no reason for doubt."""
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        query = paged({"operationID": "operation-1"})
        service.expect("GET", "/tasks", html(503), query=query, times=5)
        with pytest.raises(VcdaError) as caught:
            start(own, order())
        assert caught.value.category == "unreachable"

    def test_a_renewal_that_is_refused_is_told(self, own: Client, service: FakeService) -> None:
        send(service, EXPIRED)
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        with pytest.raises(VcdaError, match="POST /sessions was answered") as caught:
            start(own, order())
        assert caught.value.category == "authentication"


class TestPeer:
    @pytest.mark.parametrize("code", ["RemoteAuthenticationFailure", "NotAuthenticated"])
    def test_a_peer_that_does_not_know_us_is_introduced_and_the_start_repeated(
        self, make_client: MakeClient, service: FakeService, code: str
    ) -> None:
        send(service, failure(401, code), 1)
        if code == "NotAuthenticated":
            service.expect("GET", "/sessions", ok(session()))
        extend(service)
        look(service)
        send(service, ok(task(), 202), 2)
        assert start(make_client(extend_sites=[PEER]), order()) is not None

    @pytest.mark.parametrize("code", ["RemoteAuthenticationFailure", "NotAuthenticated"])
    def test_without_credentials_for_it_the_error_says_what_is_missing(
        self, client: Client, service: FakeService, code: str
    ) -> None:
        send(service, failure(401, code))
        if code == "NotAuthenticated":
            service.expect("GET", "/sessions", ok(session()))
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert (caught.value.category, caught.value.code) == ("remote_authentication", code)
        assert "extend_sites" in caught.value.hint

    def test_a_peer_that_is_gone_ends_it(self, make_client: MakeClient, service: FakeService) -> None:
        send(service, failure(401, "RemoteAuthenticationFailure"))
        for _each in range(5):
            extend(service, html(504))
        with pytest.raises(VcdaError, match="could not be extended to site site-1") as caught:
            start(make_client(extend_sites=[PEER]), order())
        assert caught.value.category == "unreachable"


def test_many_starts_side_by_side_each_have_an_operation_id_of_their_own(client: Client, service: FakeService) -> None:
    seen: list[str] = []

    def accept(sent: Any) -> Reply:
        seen.append(sent.headers["operationID"])
        return ok(task(), 202)

    for _each in range(8):
        service.expect("POST", REVERSING, accept)
    results: list[Task | None] = list(client.executor.map(lambda _number: start(client, order()), range(8)))
    assert None not in results
    assert len(set(seen)) == 8
