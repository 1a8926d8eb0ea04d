# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that cannot go on: a peer is gone, the time is up, an error is to stop the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import CLEANUP, FAILOVER, REVERSE, TEST, Verb
from ansible_collections.opendr.vcda.tests.unit.calls import PEER, VMS, extend, listing, looks, poll, start
from ansible_collections.opendr.vcda.tests.unit.documents import reversed_vm, session, task, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, ManualClock, failure, html, ok
from ansible_collections.opendr.vcda.tests.unit.results import brief

Operate = Callable[..., dict[str, Any]]
VCLOUD = {"type": "vcloud"}
ONE = {"vm_replication_ids": [vm_id(1)], "active_site": "site-2"}
TWO = {"vm_replication_ids": [vm_id(1), vm_id(2)], "active_site": "site-2"}
THREE = {"vm_replication_ids": [vm_id(1), vm_id(2), vm_id(3)], "active_site": "site-2"}


class TestPeer:
    def test_a_reverse_extends_the_session_before_the_first_start(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        service.expect("GET", "/sessions", ok(session()))
        extend(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE, extend_sites=[PEER])) == [("act", True, "")]

    @pytest.mark.parametrize("verb", [FAILOVER, TEST, CLEANUP])
    def test_a_recovery_never_touches_a_site_that_may_be_gone(
        self, run_verb: Operate, service: FakeService, verb: Verb
    ) -> None:
        state, after = ("TEST", "NOT_STARTED") if verb is CLEANUP else ("NOT_STARTED", verb.leads_to)
        suffix = verb.suffix.strip("/")
        listing(service, [vm(1, state)])
        looks(service)
        done = task(1, "SUCCEEDED", kind=min(verb.task_types))
        start(service, done, suffix, method=verb.method, body=VCLOUD if verb.has_settings else None)
        listing(service, [vm(1, after)])
        assert brief(run_verb(verb, **ONE, extend_sites=[PEER])) == [("act", True, "")]
        assert not any("/sessions" in sent.path for sent in service.sent)

    def test_where_nothing_is_to_be_started_nothing_is_extended(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "IN_PROGRESS"), reversed_vm(2)])
        looks(service, [task(1)])
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **TWO, extend_sites=[PEER])
        assert brief(result) == [("attach", True, ""), ("done", False, "")]

    def test_a_peer_that_is_gone_stops_every_start_and_says_what_is_missing(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        looks(service)
        service.expect("GET", "/sessions", ok(session()))
        for _each in range(5):
            extend(service, html(504))
        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        result = run_verb(REVERSE, **TWO, extend_sites=[PEER])
        assert brief(result) == [("act", False, "unreachable")] * 2
        assert "could not be extended to site site-1" in result["msg"]
        assert result["changed"] is False
        assert service.paths("POST") == ["/sessions/extend"] * 5


class TestTimeIsUp:
    def test_whose_turn_does_not_come_in_time_is_not_started(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        """A service that hangs: each start takes minutes, and thousands may wait for their turn."""

        def hang(_sent: Any) -> Any:
            clock.advance(55)
            return failure(403, "Forbidden")

        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE"), reversed_vm(3)])
        looks(service)
        start(service, hang)
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **THREE, wait_timeout=50, max_concurrent=1)
        assert brief(result) == [("act", False, "Forbidden"), ("refuse", False, "WAIT_TIMEOUT"), ("done", False, "")]
        assert "was not started" in result["vm_replications"][1]["error"]["message"]

    def test_who_does_not_wait_starts_all_the_same(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        def slow(number: int) -> Any:
            def answer(_sent: Any) -> Any:
                clock.advance(55)
                return ok(task(number), 202)

            return answer

        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        looks(service)
        for number in (1, 2):
            start(service, slow(number), identity=vm_id(number))
        listing(service, [vm(1, "IN_PROGRESS"), vm(2, "IN_PROGRESS")])
        result = run_verb(REVERSE, **TWO, wait=False, wait_timeout=50, max_concurrent=1)
        assert brief(result) == [("act", True, "")] * 2


class TestContinueOnError:
    def test_by_default_the_others_go_on(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "TEST"), vm(2, "COMPLETE")])
        looks(service)
        start(service, task(2, "SUCCEEDED"), identity=vm_id(2))
        listing(service, [reversed_vm(2)])
        result = run_verb(REVERSE, **TWO)
        assert brief(result) == [("refuse", False, "TEST_ACTIVE"), ("act", True, "")]
        assert result["failed"] is True

    def test_a_refusal_stops_everything_before_the_first_start(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE"), vm(2, "TEST"), vm(3, "COMPLETE")])
        looks(service)
        result = run_verb(REVERSE, **THREE, continue_on_error=False)
        assert brief(result) == [
            ("refuse", False, "NOT_ATTEMPTED"),
            ("refuse", False, "TEST_ACTIVE"),
            ("refuse", False, "NOT_ATTEMPTED"),
        ]
        assert "was not started, because another replication failed" in result["msg"]

    def test_a_missing_replication_stops_everything_too(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")], [vm_id(1), vm_id(2)])
        service.expect("GET", f"{VMS}/{vm_id(2)}", failure(404, "VmReplicationNotFound"))
        looks(service)
        result = run_verb(REVERSE, **TWO, continue_on_error=False)
        assert brief(result) == [("refuse", False, "NOT_ATTEMPTED"), ("refuse", False, "VmReplicationNotFound")]

    def test_the_first_start_that_fails_is_the_last(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(number, "COMPLETE") for number in (1, 2, 3)])
        looks(service)
        start(service, task(1), identity=vm_id(1))
        start(service, failure(403, "Forbidden"), identity=vm_id(2))
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1), vm(2, "COMPLETE")])
        result = run_verb(REVERSE, **THREE, continue_on_error=False)
        assert brief(result) == [
            ("act", True, ""),
            ("act", False, "Forbidden"),
            ("refuse", False, "NOT_ATTEMPTED"),
        ]

    def test_a_refusal_that_another_run_explains_stops_nothing(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        looks(service)
        start(service, failure(409, "SimulatorWrongState"), identity=vm_id(1))
        listing(service, [reversed_vm(1)])
        looks(service)
        start(service, task(2, "SUCCEEDED"), identity=vm_id(2))
        listing(service, [reversed_vm(2)])
        result = run_verb(REVERSE, **TWO, continue_on_error=False)
        assert brief(result) == [("done", False, ""), ("act", True, "")]

    def test_a_refusal_that_nobody_explains_is_a_failure(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        looks(service)
        start(service, failure(409, "SimulatorWrongState"), identity=vm_id(1))
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **TWO, continue_on_error=False)
        assert brief(result) == [("act", False, "SimulatorWrongState"), ("refuse", False, "NOT_ATTEMPTED")]

    def test_without_a_failure_all_are_started_in_order(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(number, "COMPLETE") for number in (1, 2)])
        looks(service)
        start(service, task(1, "SUCCEEDED"), identity=vm_id(1))
        start(service, task(2, "SUCCEEDED"), identity=vm_id(2))
        listing(service, [reversed_vm(1), reversed_vm(2)])
        assert brief(run_verb(REVERSE, **TWO, continue_on_error=False)) == [("act", True, "")] * 2
