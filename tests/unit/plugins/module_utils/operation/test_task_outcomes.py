# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doubts are settled: a start that was refused, a task that failed or vanished, another run that was faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.lost_answers import ANSWER_LOST
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import RUNNING
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.task_outcomes import note_task
from ansible_collections.opendr.vcda.tests.unit.calls import (
    VAPPS,
    VMS,
    by_operation,
    by_resource,
    listing,
    looks,
    paged,
    poll,
    start,
    starts,
)
from ansible_collections.opendr.vcda.tests.unit.documents import (
    api_error,
    page,
    reversed_vm,
    task,
    task_id,
    vapp,
    vapp_id,
    vm,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import NOW_MS, FakeService, failure, html, ok, reset
from ansible_collections.opendr.vcda.tests.unit.results import brief, only

Operate = Callable[..., dict[str, Any]]
ONE = {"vm_replication_ids": [vm_id(1)], "active_site": "site-2"}
TWO = {"vm_replication_ids": [vm_id(1), vm_id(2)], "active_site": "site-2"}


class TestNote:
    @pytest.mark.parametrize("result", [reversed_vm(1), None])
    def test_one_object_of_the_service_is_kept_for_each(self, result: Any) -> None:
        """Of thousands, a second one is most of the memory; the newer one is what the task has made."""
        one = VM.parse(vm(1, "COMPLETE"))
        item = Item(VM, one.id, before=one, after=one, phase=RUNNING)
        note_task(item, parse_task(task(1, "SUCCEEDED", result=result)), REVERSE)
        assert item.task is not None
        assert item.after is not None
        assert (item.task.result, item.after.document) == ((result, {}) if result else ({}, one.document))
        assert item.after.recovery_state == "COMPLETE"


class TestRefusedStart:
    @pytest.mark.parametrize("status", [409, 400])
    def test_if_the_state_is_still_the_same_the_refusal_stands(
        self, run_verb: Operate, service: FakeService, status: int
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(status, "SimulatorWrongState", "Not now."))
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", False, "SimulatorWrongState")]
        assert result["error"]["http_status"] == status
        assert result["changed"] is False

    @pytest.mark.parametrize("status", [409, 400])
    def test_if_another_run_has_done_it_it_is_done(self, run_verb: Operate, service: FakeService, status: int) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(status, "SimulatorWrongState"))
        listing(service, [reversed_vm(1)])
        looks(service)
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("done", False, "")]
        assert "failed" not in result

    @pytest.mark.parametrize("status", [409, 400])
    def test_if_another_run_is_at_it_its_task_is_attached_to(
        self, run_verb: Operate, service: FakeService, status: int
    ) -> None:
        other = task(9, resource=vm_id(1))
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(status, "SimulatorWrongState"))
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [other])
        poll(service, [{**other, "state": "SUCCEEDED"}])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("attach", True, "")]

    @pytest.mark.parametrize("kind", ["sync", "pause", "createInstance", "failover"])
    def test_if_the_service_refuses_because_of_a_task_that_is_seen_it_is_tried_again_when_that_has_ended(
        self, run_verb: Operate, service: FakeService, kind: str
    ) -> None:
        other = task(9, kind=kind, resource=vm_id(1))
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(409, "Busy"))
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [other])
        poll(service, [{**other, "state": "SUCCEEDED"}])
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize("wait", [False, True])
    def test_if_that_task_does_not_end_in_time_both_the_state_and_the_refusal_are_told(
        self, run_verb: Operate, service: FakeService, wait: bool
    ) -> None:
        other = task(9, kind="sync", resource=vm_id(1))
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [other])
        start(service, failure(409, "Busy", "A sync is running."))
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [other])
        if wait:
            poll(service, [other])
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **ONE, wait=wait, wait_timeout=1)
        assert brief(result) == [("act", False, "BUSY")]
        assert "A sync is running." in result["msg"]

    def test_settings_that_the_service_refuses_are_told_at_once(self, run_verb: Operate, service: FakeService) -> None:
        sync = task(9, kind="sync", resource=vm_id(1))
        listing(service, [vm(1)])
        looks(service, [sync])
        start(service, failure(400, "BadUserInput", "No such network."), "failover", body={"type": "vcloud"})
        listing(service, [vm(1)])
        looks(service, [sync])
        listing(service, [vm(1)])
        assert brief(run_verb(FAILOVER, **ONE)) == [("act", False, "BadUserInput")]

    @pytest.mark.parametrize("status", [409, 400])
    def test_if_an_earlier_attempt_was_lost_that_one_has_done_it(
        self, run_verb: Operate, service: FakeService, status: int
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, reset())
        for _each in ANSWER_LOST.pauses:
            by_operation(service, ok(page([])))
            by_resource(service, [])
            service.expect("GET", f"{VMS}/{vm_id(1)}", ok(vm(1, "COMPLETE")))
        start(service, failure(status, "SimulatorWrongState"))
        listing(service, [reversed_vm(1)])
        looks(service)
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_if_something_else_holds_it_that_is_waited_for(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(409, "SimulatorWrongState"))
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize(("status", "category"), [(403, "authorization"), (404, "not_found")])
    def test_what_no_state_explains_is_final(
        self, run_verb: Operate, service: FakeService, status: int, category: str
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(status, "X", "No."))
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", False, "X")]
        assert result["error"]["category"] == category

    def test_without_waiting_it_is_settled_too(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(409, "SimulatorWrongState"))
        listing(service, [reversed_vm(1)])
        looks(service)
        assert brief(run_verb(REVERSE, **ONE, wait=False)) == [("done", False, "")]

    def test_if_it_cannot_be_settled_the_reason_is_told(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, failure(409, "SimulatorWrongState"))
        forbidden = failure(403, "Forbidden")
        service.expect("GET", VMS, forbidden, query=paged({"ids": vm_id(1)}), times=2)
        result = run_verb(REVERSE, **ONE, wait=False)
        assert brief(result) == [("act", False, "Forbidden")]

    def test_when_the_time_is_up_the_refusal_is_what_is_told(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)

        def refuse_and_fall_ill(_sent: Any) -> Any:
            service.answer_reads(html(503))
            return failure(409, "SimulatorWrongState")

        start(service, refuse_and_fall_ill)
        result = run_verb(REVERSE, **ONE, wait_timeout=1)
        assert brief(result) == [("act", False, "SimulatorWrongState")]

    def test_an_outcome_that_nobody_knows_is_told_as_such(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, reset())
        by_operation(service, failure(403, "Forbidden"))
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **ONE)
        assert result["error"]["category"] == "unknown_outcome"
        assert result["failed"] is True


class TestFailedTask:
    def test_the_reason_of_the_service_is_told(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, "FAILED", error=api_error("SeedMismatch", "The disks differ.", "disk-1"))])
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", False, "SeedMismatch")]
        error = result["error"]
        assert (error["category"], error["args"], error["task_id"]) == ("task_failed", ["disk-1"], task_id(1))
        assert "The disks differ." in result["msg"]
        assert "java" not in str(result).lower()

    def test_one_failure_does_not_stop_the_others(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
        looks(service)
        starts(service, {vm_id(1): task(1), vm_id(2): task(2)})
        poll(service, [task(1, "FAILED", error=api_error("X", "No.")), task(2)])
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [task(2)])
        poll(service, [task(2, "SUCCEEDED")])
        listing(service, [vm(1, "COMPLETE"), reversed_vm(2)])
        result = run_verb(REVERSE, **TWO)
        assert brief(result) == [("act", False, "X"), ("act", True, "")]
        assert (result["failed"], result["changed"]) == (True, True)
        assert result["summary"] == {"total": 2, "changed": 1, "done": 0, "failed": 1}

    def test_a_wrong_state_that_a_task_tells_is_done_if_another_run_was_faster(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        """A service that answers a wrong state by a failed task, and two runs at the same time."""
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, "FAILED", error=api_error("WrongState", "No."))])
        listing(service, [reversed_vm(1)])
        looks(service)
        by_resource(service, [task(1, "FAILED"), task(9, "SUCCEEDED", resource=vm_id(1))])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("done", False, "")]

    @pytest.mark.parametrize(
        ("other", "is_forgiven"),
        [
            ({}, True),
            ({"started": NOW_MS - 19_000}, True),
            ({"started": NOW_MS - 20_000}, True),
            ({"started": NOW_MS + 19_000}, True),
            ({"started": NOW_MS - 21_000}, False),
            ({"started": NOW_MS - 600_000}, False),
            ({"startTime": None, "endTime": None}, False),
            ({"startTime": None, "endTime": "soon"}, False),
            ({"state": "FAILED"}, False),
            ({"kind": "createInstance"}, False),
            ({"kind": "sync"}, False),
            ({"kind": "failover"}, False),
            ({"kind": ""}, False),
            ({"kind": "REVERSE"}, True),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("kind", [VM, VAPP], ids=["vm", "vapp"])
    def test_a_failure_of_ours_is_forgiven_only_for_a_success_of_the_same_verb_that_overlapped_or_followed_it(
        self, run_verb: Operate, service: FakeService, other: dict[str, Any], is_forgiven: bool, kind: Kind
    ) -> None:
        path, identity = (VMS, vm_id()) if kind is VM else (VAPPS, vapp_id())
        before, after = vm(1, "COMPLETE"), reversed_vm(1)
        if kind is VAPP:
            before, after = vapp([before]), vapp([after])
        listing(service, [before], path=path)
        looks(service)
        start(service, task(1, resource=identity), identity=identity, path=path)
        poll(service, [task(1, "FAILED", resource=identity, error=api_error("PowerOn", "Half way."))])
        listing(service, [after], path=path)
        rival = task(9, **{"state": "SUCCEEDED", **other, "resource": identity})
        looks(service)
        by_resource(service, [rival, task(1, "FAILED", resource=identity)], identity)
        if not is_forgiven:
            listing(service, [after], path=path)
        result = run_verb(REVERSE, kind=kind, active_site="site-2", **{kind.ids_option: [identity]})
        expected = ("done", False, "") if is_forgiven else ("act", True, "PowerOn")
        assert brief(result, kind.results) == [expected]
        told = "The reverse task failed with PowerOn: Half way. Task " + task_id(9)
        assert any(told in warning for warning in result["warnings"]) is is_forgiven

    @pytest.mark.parametrize(("name", "is_forgiven"), [("turnRound", True), ("createInstance", False)])
    def test_where_the_names_of_types_are_not_known_the_one_of_our_own_task_counts(
        self, run_verb: Operate, service: FakeService, name: str, is_forgiven: bool
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, kind="turnRound"))
        poll(service, [task(1, "FAILED", kind="turnRound", error=api_error("X", "No."))])
        listing(service, [reversed_vm(1)])
        looks(service)
        by_resource(service, [task(9, "SUCCEEDED", kind=name, resource=vm_id(1))])
        if not is_forgiven:
            listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("done", False, "") if is_forgiven else ("act", True, "X")]

    def test_a_task_of_another_operation_that_goes_on_forgives_nothing(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "FAILED", error=api_error("X", "No.")))
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [task(9, kind="createInstance", resource=vm_id(1))])
        listing(service, [vm(1, "COMPLETE")])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", False, "X")]

    def test_a_failed_task_stays_a_failure_if_nobody_else_was_there(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, "FAILED", error=api_error("X", "Half way."))])
        listing(service, [reversed_vm(1)])
        looks(service)
        by_resource(service, [task(1, "FAILED")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "X")]

    def test_a_task_of_another_run_that_still_goes_on_is_attached_to(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        other = task(9, resource=vm_id(1))
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "FAILED", error=api_error("WrongState", "No.")))
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [other])
        poll(service, [{**other, "state": "SUCCEEDED"}])
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("attach", True, "")]
        assert only(result)["task"]["id"] == task_id(9)
        assert f"Task {task_id(9)} of another run, which does the same, goes on" in result["warnings"][0]

    def test_without_waiting_a_task_that_failed_at_once_is_a_failure(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "FAILED", error=api_error("X", "No.")))
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        assert brief(run_verb(REVERSE, **ONE, wait=False)) == [("act", False, "X")]


class TestVanishedTask:
    def test_it_is_settled_by_the_replication(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1)])
        for _each in range(2):
            poll(service, [], [task_id(1)])
        listing(service, [reversed_vm(1)])
        looks(service)
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", True, "")]

    def test_missing_once_means_nothing(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [], [task_id(1)])
        poll(service, [task(1)])
        poll(service, [], [task_id(1)])
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_if_the_goal_is_not_reached_it_is_a_failure(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        for _each in range(2):
            poll(service, [], [task_id(1)])
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", False, "TASK_VANISHED")]
        assert (result["error"]["category"], result["error"]["task_id"]) == ("task_failed", task_id(1))
        assert "is in recovery state COMPLETE" in result["msg"]

    def test_as_long_as_the_state_is_in_progress_it_is_watched(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        for _each in range(2):
            poll(service, [], [task_id(1)])
        for _each in range(2):
            listing(service, [vm(1, "IN_PROGRESS")])
            looks(service)
        listing(service, [reversed_vm(1)])
        looks(service)
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_one_that_is_seen_again_is_waited_for(self, run_verb: Operate, service: FakeService) -> None:
        """A service whose replications keep their state while they are reversed."""
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        for _each in range(2):
            poll(service, [], [task_id(1)])
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [task(1)])
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_a_reverse_that_was_under_way_is_done_when_it_replicates_again(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(1)])
        for _each in range(2):
            poll(service, [], [task_id(1)])
        listing(service, [reversed_vm(1, isReversed=None)])
        looks(service)
        listing(service, [reversed_vm(1, isReversed=None)])
        assert brief(run_verb(REVERSE, vm_replication_ids=[vm_id(1)])) == [("attach", True, "")]

    def test_a_replication_that_is_gone_with_it_is_said_to_be_gone(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        for _each in range(2):
            poll(service, [], [task_id(1)])
        for _each in range(2):
            listing(service, [], [vm_id(1)])
            service.expect("GET", VMS, ok(page([vm(5)])), query=paged())
            if _each == 0:
                looks(service)
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", True, "TASK_VANISHED")]
        assert "is no longer listed" in result["msg"]
        assert only(result)["after"] is None
        assert "replication" not in only(result)

    def test_an_accepted_start_without_a_task_is_settled_by_the_replication(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, reset())
        by_operation(service, ok(page([])))
        by_resource(service, [])
        service.expect("GET", f"{VMS}/{vm_id(1)}", ok(vm(1, "IN_PROGRESS")))
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service)
        listing(service, [reversed_vm(1)])
        looks(service)
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", True, "")]
        assert only(result)["task"] is None
