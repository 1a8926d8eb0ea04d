# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that meets others: attaching, waiting for what holds a replication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE, Verb
from ansible_collections.opendr.vcda.tests.unit.calls import (
    by_resource,
    listing,
    lists_of_unfinished,
    looks,
    paged,
    poll,
    start,
)
from ansible_collections.opendr.vcda.tests.unit.documents import reversed_vm, task, task_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import ANY, NOW_MS, Exchange, FakeService, ManualClock, html
from ansible_collections.opendr.vcda.tests.unit.results import brief, only

Operate = Callable[..., dict[str, Any]]
VCLOUD = {"type": "vcloud"}
ONE = {"vm_replication_ids": [vm_id(1)], "active_site": "site-2"}
THREE = {"vm_replication_ids": [vm_id(1), vm_id(2), vm_id(3)], "active_site": "site-2"}


class TestAttach:
    @pytest.mark.parametrize("state", ["IN_PROGRESS", "COMPLETE"])
    def test_a_running_task_of_the_same_verb_is_waited_for_and_none_is_started(
        self, run_verb: Operate, service: FakeService, state: str
    ) -> None:
        listing(service, [vm(1, state)])
        looks(service, [task(7, resource=vm_id(1))])
        poll(service, [task(7, "SUCCEEDED", resource=vm_id(1), result=reversed_vm(1))])
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("attach", True, "")]
        assert only(result)["task"]["id"] == task_id(7)
        assert service.paths("POST") == []

    def test_a_queued_task_counts(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [], [task(7, "QUEUED", resource=vm_id(1))])
        poll(service, [task(7, "SUCCEEDED", resource=vm_id(1))])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("attach", True, "")]

    def test_of_several_the_newest_counts(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        old, new = task(7, resource=vm_id(1), started=NOW_MS - 9000), task(8, resource=vm_id(1), started=NOW_MS)
        looks(service, [new, old])
        poll(service, [task(8, "SUCCEEDED", resource=vm_id(1))])
        listing(service, [reversed_vm(1)])
        assert only(run_verb(REVERSE, **ONE))["task"]["id"] == task_id(8)

    @pytest.mark.parametrize("is_reversed", [True, False, None])
    def test_a_reverse_that_was_under_way_needs_no_direction(
        self, run_verb: Operate, service: FakeService, is_reversed: bool | None
    ) -> None:
        """A run that was killed in the middle and started again without active_site, whatever isReversed means."""
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(7, resource=vm_id(1))])
        poll(service, [task(7, "SUCCEEDED", resource=vm_id(1))])
        listing(service, [reversed_vm(1, isReversed=is_reversed)])
        assert brief(run_verb(REVERSE, vm_replication_ids=[vm_id(1)])) == [("attach", True, "")]

    def test_one_attaches_one_starts_one_is_done(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "IN_PROGRESS"), vm(2, "COMPLETE"), reversed_vm(3)])
        looks(service, [task(1)])
        start(service, task(2), identity=vm_id(2))
        poll(service, [task(1, "SUCCEEDED"), task(2, "SUCCEEDED")])
        listing(service, [reversed_vm(1), reversed_vm(2)])
        result = run_verb(REVERSE, **THREE)
        assert brief(result) == [("attach", True, ""), ("act", True, ""), ("done", False, "")]

    def test_attaching_without_waiting_says_that_it_runs(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(1)])
        listing(service, [vm(1, "IN_PROGRESS")])
        result = run_verb(REVERSE, **ONE, wait=False)
        assert brief(result) == [("attach", True, "")]
        assert only(result)["task"]["state"] == "RUNNING"

    @pytest.mark.parametrize(
        ("verb", "kind", "after", "code"),
        [
            (FAILOVER, "failover", vm(1, "COMPLETE"), "WRONG_DIRECTION"),
            (REVERSE, "reverse", reversed_vm(1), "NOT_RECOVERED"),
        ],
    )
    @pytest.mark.parametrize("check_mode", [True, False])
    def test_a_task_that_leads_elsewhere_is_waited_for_and_judged(
        self,
        run_verb: Operate,
        service: FakeService,
        verb: Verb,
        kind: str,
        after: dict[str, Any],
        code: str,
        check_mode: bool,
    ) -> None:
        options = {"vm_replication_ids": [vm_id(1)], "active_site": "site-1", "check_mode": check_mode}
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(7, kind=kind, resource=vm_id(1))])
        if check_mode:
            assert only(run_verb(verb, **options))["decision"] != "attach"
            return
        poll(service, [task(7, "SUCCEEDED", kind=kind, resource=vm_id(1))])
        listing(service, [after])
        assert brief(run_verb(verb, **options)) == [("refuse", False, code)]


class TestBusy:
    def test_another_operation_is_waited_for_and_then_it_is_decided_again(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        failover: dict[str, Any] = {"kind": "failover", "resource": vm_id(1)}
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(5, **failover)])
        poll(service, [task(5, **failover)])
        poll(service, [task(5, "SUCCEEDED", **failover)])
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", True, "")]
        assert only(result)["before"]["recovery_state"] == "IN_PROGRESS"
        assert only(result)["task"]["id"] == task_id(1)

    @pytest.mark.parametrize("is_reversed", [True, False, None])
    def test_a_reverse_after_it_knows_the_direction_from_what_it_saw(
        self, run_verb: Operate, service: FakeService, is_reversed: bool | None
    ) -> None:
        failover: dict[str, Any] = {"kind": "failover", "resource": vm_id(1)}
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(5, **failover)])
        poll(service, [task(5, "SUCCEEDED", **failover)])
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1, isReversed=is_reversed)])
        assert brief(run_verb(REVERSE, vm_replication_ids=[vm_id(1)])) == [("act", True, "")]

    def test_what_the_other_operation_has_already_done_is_done(self, run_verb: Operate, service: FakeService) -> None:
        migrate: dict[str, Any] = {"kind": "migrate", "resource": vm_id(1)}
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(5, **migrate)])
        poll(service, [task(5, "SUCCEEDED", **migrate)])
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(FAILOVER, **ONE)
        assert brief(result) == [("done", False, "")]
        assert result["changed"] is False

    def test_what_it_made_impossible_is_refused(self, run_verb: Operate, service: FakeService) -> None:
        testing: dict[str, Any] = {"kind": "failoverTest", "resource": vm_id(1)}
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(5, **testing)])
        poll(service, [task(5, "SUCCEEDED", **testing)])
        listing(service, [vm(1, "TEST")])
        assert brief(run_verb(FAILOVER, **ONE)) == [("refuse", False, "TEST_ACTIVE")]

    def test_after_a_failure_of_the_other_it_is_decided_again_too(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        failover: dict[str, Any] = {"kind": "failover", "resource": vm_id(1)}
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(5, **failover)])
        poll(service, [task(5, "FAILED", **failover)])
        listing(service, [vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("refuse", False, "NOT_RECOVERED")]

    def test_without_a_visible_task_the_state_is_watched(self, run_verb: Operate, service: FakeService) -> None:
        """A tenant does not see the tasks of a provider."""
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service)
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize(
        "kind", ["sync", "pause", "resume", "reconfigure", "reconfigureDisks", "applyStorageProfile"]
    )
    def test_what_goes_on_beside_a_recovery_does_not_hold_it_up(
        self, run_verb: Operate, service: FakeService, kind: str
    ) -> None:
        """A sync towards a site that is gone never ends, and that is just when a failover is needed."""
        listing(service, [vm(1)])
        looks(service, [task(5, kind=kind, resource=vm_id(1))])
        start(service, task(1, "SUCCEEDED", kind="failover"), "failover", body=VCLOUD)
        listing(service, [vm(1, "COMPLETE")])
        assert brief(run_verb(FAILOVER, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize("resource", [vm_id(1), "C4VAPP-00000000-0000-4000-8000-000000000001"])
    @pytest.mark.parametrize("kind", ["somethingNew", "updateNetworkSettings"])
    def test_a_task_of_an_unknown_type_or_of_its_vapp_or_of_its_networks_holds_it(
        self, run_verb: Operate, service: FakeService, resource: str, kind: str
    ) -> None:
        other: dict[str, Any] = {"kind": kind, "resource": resource}
        listing(service, [vm(1)])
        looks(service, [task(5, **other)])
        poll(service, [task(5, "SUCCEEDED", **other)])
        listing(service, [vm(1)])
        looks(service)
        start(service, task(1, "SUCCEEDED", kind="failover"), "failover", body=VCLOUD)
        listing(service, [vm(1, "COMPLETE")])
        assert brief(run_verb(FAILOVER, **ONE)) == [("act", True, "")]

    def test_tasks_of_other_replications_hold_nothing(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, vappReplicationId=None)])
        others = [task(5, resource=vm_id(2)), {**task(6), "workflowInfo": None}]
        by_resource(service, others)
        lists_of_unfinished(service, others)
        start(service, task(1, "SUCCEEDED", kind="failover"), "failover", body=VCLOUD)
        listing(service, [vm(1, "COMPLETE")])
        assert brief(run_verb(FAILOVER, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize("state", ["CANCELLED", "succeeded", ""])
    def test_it_ends_in_a_state_that_nobody_knows_when_the_task_has_an_end(
        self, run_verb: Operate, service: FakeService, state: str
    ) -> None:
        other = task(5, kind="failover", resource=vm_id(1))
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [other])
        poll(service, [{**other, "state": state}])
        ended = {**other, "state": state, "endTime": NOW_MS}
        poll(service, [ended])
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [ended])
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_who_does_not_wait_is_refused(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(5, kind="failover", resource=vm_id(1))])
        result = run_verb(REVERSE, **ONE, wait=False)
        assert brief(result) == [("refuse", False, "BUSY")]
        assert result["error"]["retriable"] is True

    def test_waiting_has_an_end(self, run_verb: Operate, service: FakeService, clock: ManualClock) -> None:
        failover = task(5, kind="failover", resource=vm_id(1))
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [failover])
        for _each in range(4):
            poll(service, [failover])
        listing(service, [vm(1, "IN_PROGRESS")])
        result = run_verb(REVERSE, **ONE, wait_timeout=2, poll_interval=10)
        assert brief(result) == [("act", False, "BUSY")]
        assert clock.elapsed == pytest.approx(2.0)

    def test_a_look_that_fails_leaves_it_waiting(self, run_verb: Operate, service: FakeService) -> None:
        """Not being able to look must not pass for having nothing to do."""
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service)
        listing(service, [vm(1, "COMPLETE")])
        failing = [Exchange("GET", "/tasks", html(503), query=paged({"resourceId": ANY})) for _each in range(10)]
        service.expect_in_any_order(failing)
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]
