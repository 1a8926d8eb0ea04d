# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run, straight on: every verb, waiting, confirming."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.transport import LAST_READING
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    PAUSE,
    RESUME,
    REVERSE,
    SYNC,
    TEST,
    Verb,
)
from ansible_collections.opendr.vcda.tests.unit.calls import (
    VMS,
    listing,
    looks,
    paged,
    poll,
    start,
    starts,
)
from ansible_collections.opendr.vcda.tests.unit.documents import (
    api_error,
    reversed_vm,
    task,
    task_id,
    vm,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    FakeService,
    ManualClock,
    failure,
    html,
    ok,
    refused,
    reset,
    timed_out,
)
from ansible_collections.opendr.vcda.tests.unit.results import brief, only

Operate = Callable[..., dict[str, Any]]
VCLOUD = {"type": "vcloud"}
ONE = {"vm_replication_ids": [vm_id(1)], "active_site": "site-2"}
TWO = {"vm_replication_ids": [vm_id(1), vm_id(2)], "active_site": "site-2"}
THREE = {"vm_replication_ids": [vm_id(1), vm_id(2), vm_id(3)], "active_site": "site-2"}


class TestStraightOn:
    def test_a_reverse_from_the_first_request_to_the_last(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, progress=70)])
        poll(service, [task(1, "SUCCEEDED", result=reversed_vm(1))])
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE)
        item = only(result)
        assert (item["id"], item["vm_name"], item["decision"], item["changed"]) == (vm_id(1), "web-01", "act", True)
        assert (item["before"]["recovery_state"], item["before"]["source_site"]) == ("COMPLETE", "site-1")
        assert (item["after"]["recovery_state"], item["after"]["source_site"]) == ("NOT_STARTED", "site-2")
        assert (item["task"]["id"], item["task"]["state"], item["task"]["duration"]) == (task_id(1), "SUCCEEDED", 20.0)
        assert item["replication"]["vmId"] == "recovered-vm-1"
        assert "error" not in item
        assert "previous_id" not in item
        assert result["changed"] is True
        assert "failed" not in result
        assert result["msg"] == "Reverse: 1 changed, 0 already done, 0 failed."
        assert result["diff"][0]["before"]["source_site"] == "site-1"
        assert result["diff"][0]["after"]["source_site"] == "site-2"
        assert 1 <= len(clock.slept) <= 2

    @pytest.mark.parametrize(
        ("verb", "method", "suffix", "body", "states"),
        [
            (FAILOVER, "POST", "failover", VCLOUD, ("NOT_STARTED", "COMPLETE")),
            (MIGRATE, "POST", "migrate", VCLOUD, ("NOT_STARTED", "COMPLETE")),
            (TEST, "POST", "failover-test", VCLOUD, ("NOT_STARTED", "TEST")),
            (CLEANUP, "DELETE", "failover-test", None, ("TEST", "NOT_STARTED")),
        ],
    )
    def test_every_verb_starts_waits_and_reads_again(
        self,
        run_verb: Operate,
        service: FakeService,
        verb: Verb,
        method: str,
        suffix: str,
        body: Any,
        states: tuple[str, str],
    ) -> None:
        kind = min(verb.task_types)
        listing(service, [vm(1, states[0])])
        looks(service)
        start(service, task(1, kind=kind), suffix, method=method, body=body)
        poll(service, [task(1, "SUCCEEDED", kind=kind)])
        listing(service, [vm(1, states[1])])
        result = run_verb(verb, **ONE)
        assert brief(result) == [("act", True, "")]
        assert only(result)["after"]["recovery_state"] == states[1]

    @pytest.mark.parametrize(("verb", "suffix"), [(SYNC, "sync"), (PAUSE, "pause"), (RESUME, "resume")])
    def test_a_verb_without_a_state_is_done_with_its_task(
        self, run_verb: Operate, service: FakeService, verb: Verb, suffix: str
    ) -> None:
        is_paused = verb is RESUME
        listing(service, [vm(1, isPaused=is_paused)])
        looks(service)
        start(service, task(1, kind=suffix), suffix)
        poll(service, [task(1, "SUCCEEDED", kind=suffix)])
        listing(service, [vm(1, isPaused=verb is PAUSE)])
        result = run_verb(verb, vm_replication_ids=[vm_id(1)])
        assert brief(result) == [("act", True, "")]
        assert only(result)["after"]["is_paused"] is (verb is PAUSE)

    @pytest.mark.parametrize(
        ("verb", "document"),
        [
            (FAILOVER, vm(1, "COMPLETE")),
            (FAILOVER, reversed_vm(1)),
            (MIGRATE, reversed_vm(1)),
            (REVERSE, reversed_vm(1)),
            (TEST, vm(1, "TEST")),
            (CLEANUP, vm(1, "NOT_STARTED")),
            (CLEANUP, vm(1, None)),
        ],
    )
    def test_what_is_done_needs_one_request(
        self, run_verb: Operate, service: FakeService, verb: Verb, document: dict[str, Any]
    ) -> None:
        listing(service, [document])
        result = run_verb(verb, **ONE)
        assert brief(result) == [("done", False, "")]
        assert result["changed"] is False
        assert result["diff"] == []
        assert only(result)["after"] == only(result)["before"]

    @pytest.mark.parametrize(
        ("verb", "document", "code"),
        [
            (REVERSE, vm(1), "NOT_RECOVERED"),
            (REVERSE, vm(1, "TEST"), "TEST_ACTIVE"),
            (FAILOVER, vm(1, "TEST"), "TEST_ACTIVE"),
            (FAILOVER, vm(1, source="site-3", destination="site-4"), "WRONG_DIRECTION"),
            (FAILOVER, vm(1, "COMPLETE", source="site-2", destination="site-1"), "WRONG_DIRECTION"),
            (TEST, vm(1, "COMPLETE"), "RECOVERED"),
            (SYNC, vm(1, isPaused=True), "PAUSED"),
            (CLEANUP, vm(1, "HALF_WAY"), "UNKNOWN_STATE"),
        ],
    )
    def test_what_is_refused_changes_nothing(
        self, run_verb: Operate, service: FakeService, verb: Verb, document: dict[str, Any], code: str
    ) -> None:
        listing(service, [document])
        result = run_verb(verb, **ONE)
        assert brief(result) == [("refuse", False, code)]
        assert (result["failed"], result["changed"]) == (True, False)
        assert result["error"]["category"] == "refused"
        assert result["error"]["hint"] in result["msg"]

    def test_many_are_started_side_by_side_and_polled_together(self, run_verb: Operate, service: FakeService) -> None:
        before = [vm(number, "COMPLETE") for number in (1, 2, 3)]
        listing(service, before)
        looks(service)
        starts(service, {vm_id(number): task(number) for number in (1, 2, 3)})
        poll(service, [task(1, "SUCCEEDED"), task(2), task(3)])
        poll(service, [task(2), task(3, "SUCCEEDED")])
        poll(service, [task(2, "SUCCEEDED")])
        listing(service, [reversed_vm(number) for number in (1, 2, 3)])
        result = run_verb(REVERSE, **THREE)
        assert brief(result) == [("act", True, "")] * 3
        assert result["summary"] == {"total": 3, "changed": 3, "done": 0, "failed": 0}

    def test_a_task_that_ends_at_once_needs_no_poll(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]
        assert clock.slept == []

    def test_warnings_of_the_task_reach_the_user(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, "SUCCEEDED", warnings=[api_error("Late", "Not optimized."), "Slow."])])
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE)
        assert result["warnings"] == [f"web-01 ({vm_id(1)}): Not optimized.", f"web-01 ({vm_id(1)}): Slow."]
        assert only(result)["task"]["warnings"] == ["Not optimized.", "Slow."]

    @pytest.mark.parametrize("state", ["QUEUED", "PREPARING", "anything"])
    def test_a_task_in_a_state_of_any_other_name_goes_on(
        self, run_verb: Operate, service: FakeService, state: str
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, state))
        poll(service, [task(1, state)])
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_on_prem_auth_goes_with_the_start_alone(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        run_verb(REVERSE, **ONE, on_prem_auth="value-for-on-prem")
        with_header = [sent.method for sent in service.sent if "On-Prem-Auth" in sent.headers]
        assert with_header == ["POST"]
        assert service.sent[3].headers["On-Prem-Auth"] == "value-for-on-prem"

    def test_where_it_is_not_documented_it_is_not_sent(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1)])
        looks(service)
        start(service, task(1, "SUCCEEDED", kind="failover"), "failover", body=VCLOUD)
        listing(service, [vm(1, "COMPLETE")])
        run_verb(FAILOVER, **ONE, on_prem_auth="value-for-on-prem")
        assert not any("On-Prem-Auth" in sent.headers for sent in service.sent)


class TestWaiting:
    def test_the_time_passes_and_the_task_goes_on(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        for _each in range(6):
            poll(service, [task(1)])
        listing(service, [vm(1, "IN_PROGRESS")])
        result = run_verb(REVERSE, **ONE, wait_timeout=3, poll_interval=10)
        assert brief(result) == [("act", True, "WAIT_TIMEOUT")]
        error = result["error"]
        assert (error["category"], error["task_id"], error["retriable"]) == ("timeout", task_id(1), True)
        assert "did not end within 3 seconds" in result["msg"]
        assert only(result)["after"]["recovery_state"] == "IN_PROGRESS"
        assert result["changed"] is True
        assert clock.elapsed == pytest.approx(3.0)

    def test_running_again_attaches(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(1)])
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("attach", True, "")]

    def test_without_waiting_the_running_task_is_returned(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        listing(service, [vm(1, "IN_PROGRESS")])
        result = run_verb(REVERSE, **ONE, wait=False)
        assert brief(result) == [("act", True, "")]
        assert only(result)["task"]["state"] == "RUNNING"
        assert only(result)["after"]["recovery_state"] == "IN_PROGRESS"
        assert clock.slept == []

    @pytest.mark.parametrize("outage", [html(503), reset(), refused(), failure(500, "GeneralServerFailure")])
    def test_an_outage_while_waiting_is_waited_out(self, run_verb: Operate, service: FakeService, outage: Any) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        service.expect("GET", "/tasks", outage, query=paged({"ids": task_id(1)}), times=10)
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_a_silence_without_an_end_ends_as_a_timeout_in_time(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)

        def be_accepted_and_fall_silent(_sent: Any) -> Any:
            service.answer_reads(silence)
            return ok(task(1), 202)

        def silence(sent: Any) -> Any:
            clock.advance(sent.timeout)
            return timed_out()

        start(service, be_accepted_and_fall_silent)
        result = run_verb(REVERSE, **ONE, wait_timeout=120)
        assert brief(result) == [("act", True, "WAIT_TIMEOUT")]
        assert clock.elapsed <= 120 + LAST_READING + 0.1

    def test_a_session_that_cannot_be_renewed_ends_the_wait_and_says_so(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        expired = failure(401, "NotAuthenticated", expired=True)
        service.expect("GET", "/tasks", expired, query=paged({"ids": task_id(1)}))
        service.expect("GET", VMS, expired, query=paged({"ids": vm_id(1)}))
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", True, "NotAuthenticated")]
        assert result["error"]["category"] == "authentication"
        assert only(result)["task"]["id"] == task_id(1)


class TestConfirmation:
    def test_a_state_that_lags_behind_its_task_is_read_again(
        self, run_verb: Operate, service: FakeService, clock: ManualClock
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [vm(1, "COMPLETE")])
        listing(service, [vm(1, "IN_PROGRESS")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]
        assert len(clock.slept) == 2

    def test_only_what_lags_is_read_again(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        looks(service)
        starts(service, {vm_id(number): task(number, "SUCCEEDED") for number in (1, 2)})
        listing(service, [reversed_vm(1), vm(2, "COMPLETE")])
        listing(service, [reversed_vm(2)])
        assert brief(run_verb(REVERSE, **TWO)) == [("act", True, "")] * 2

    def test_a_goal_that_is_not_reached_is_a_failure_whatever_the_task_says(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        for _each in range(6):
            listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", True, "STATE_NOT_REACHED")]
        assert "succeeded, but web-01" in result["msg"]

    def test_a_direction_that_did_not_turn_is_no_reverse(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        for _each in range(6):
            listing(service, [vm(1, "NOT_STARTED")])
        assert brief(run_verb(REVERSE, vm_replication_ids=[vm_id(1)])) == [("act", True, "STATE_NOT_REACHED")]

    def test_where_the_list_cannot_be_read_any_more_the_result_of_the_task_tells(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        looks(service)
        done = {vm_id(1): task(1, "SUCCEEDED", result=reversed_vm(1)), vm_id(2): task(2, "SUCCEEDED")}
        starts(service, done)
        service.expect("GET", VMS, html(503), query=paged({"ids": f"{vm_id(1)},{vm_id(2)}"}), times=5)
        result = run_verb(REVERSE, **TWO)
        assert brief(result) == [("act", True, ""), ("act", True, "unreachable")]
        assert result["vm_replications"][0]["after"]["source_site"] == "site-2"
