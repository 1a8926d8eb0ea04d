# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks: what one says, and how few requests many need."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import (
    Task,
    iso_time,
    latest_tasks,
    parse_task,
    read_tasks,
    recent_tasks,
    unfinished_tasks,
)
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
    PEER,
    TASK_TYPES,
    by_resource,
    extend,
    lists_of_unfinished,
    looks,
    paged,
    poll,
)
from ansible_collections.opendr.vcda.tests.unit.documents import api_error, page, session, task, task_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    NOW_MS,
    Exchange,
    FakeService,
    Reply,
    Sent,
    failure,
    html,
    ok,
    refused,
)

MakeClient = Callable[..., Client]


def tasks_of(*numbers: int) -> list[Task]:
    return [parse_task(task(number)) for number in numbers]


class TestTask:
    def test_everything_that_results_show_is_read(self) -> None:
        one = parse_task(task(3, "SUCCEEDED", result=vm(3), warnings=["slow"], site="site-1"))
        assert one.summary() == {
            "id": task_id(3),
            "type": "reverse",
            "state": "SUCCEEDED",
            "progress": 100,
            "started": "2026-05-28T20:26:40.000Z",
            "ended": "2026-05-28T20:27:00.000Z",
            "duration": 20.0,
            "site": "site-1",
            "warnings": ["slow"],
            "operation_id": None,
        }
        assert (one.resource_id, one.resource_name, one.user) == (vm_id(3), "web-03", "operator@tenant-1")
        assert one.result["id"] == vm_id(3)

    def test_a_running_task_has_neither_end_nor_duration(self) -> None:
        summary = parse_task(task()).summary()
        assert (summary["state"], summary["ended"], summary["duration"]) == ("RUNNING", None, None)

    @pytest.mark.parametrize(
        ("state", "is_finished"),
        [
            ("SUCCEEDED", True),
            ("FAILED", True),
            ("RUNNING", False),
            ("QUEUED", False),
            ("CANCELLING", False),
            ("succeeded", False),
            ("", False),
        ],
    )
    def test_a_task_goes_on_unless_it_says_otherwise(self, state: str, is_finished: bool) -> None:
        assert parse_task(task(state=state)).is_finished is is_finished

    @pytest.mark.parametrize("ended", [-1, 0, None, "never", NOW_MS])
    @pytest.mark.parametrize("state", ["RUNNING", "QUEUED", "CANCELLED", "succeeded", "SUCCEEDED", "FAILED", ""])
    def test_in_a_state_that_nobody_knows_its_end_tells_that_it_has_ended(self, state: str, ended: Any) -> None:
        known = {"RUNNING": True, "QUEUED": True, "SUCCEEDED": False, "FAILED": False}
        assert parse_task(task(state=state, endTime=ended)).may_go_on is known.get(state, ended != NOW_MS)

    @pytest.mark.parametrize(
        "document",
        [
            None,
            [],
            "text",
            {},
            {"id": "a"},
            {"state": "RUNNING"},
            {"id": "", "state": "RUNNING"},
            {"id": 7, "state": "RUNNING"},
            {"id": "a", "state": None},
            {"id": "a", "state": 7},
        ],
    )
    def test_without_an_id_or_a_state_it_is_none(self, document: Any) -> None:
        with pytest.raises(VcdaError, match="it has no id or no state") as caught:
            parse_task(document)
        assert caught.value.category == "server"

    @pytest.mark.parametrize("value", [None, "text", 7, [], True])
    def test_odd_fields_are_passed_over(self, value: Any) -> None:
        one = parse_task({"id": "a", "state": "RUNNING", "workflowInfo": value, "result": value, "warnings": value})
        assert (one.type, one.resource_id, one.resource_name, dict(one.result)) == ("", None, None, {})
        assert one.warnings == ()

    @pytest.mark.parametrize("value", [None, 7, [], {}])
    def test_odd_texts_are_passed_over(self, value: Any) -> None:
        info = {"type": value, "resourceId": value, "resourceName": value}
        one = parse_task({"id": "a", "state": "RUNNING", "workflowInfo": info, "site": value, "user": value})
        assert (one.resource_id, one.resource_name, one.site, one.user) == (None, None, None, None)

    def test_a_time_beyond_all_bounds_is_unknown(self) -> None:
        one = parse_task({"id": "a", "state": "SUCCEEDED", "startTime": 1, "endTime": 10**400})
        assert one.summary()["duration"] is None

    @pytest.mark.parametrize(
        ("value", "number"), [(7, 7), ("7", 7), (7.9, 7), (-1, None), (None, None), ("x", None), (1e999, None)]
    )
    def test_times_are_read_or_unknown(self, value: Any, number: int | None) -> None:
        one = parse_task({"id": "a", "state": "RUNNING", "startTime": value, "endTime": value})
        assert (one.start_ms, one.end_ms) == (number, number)

    @pytest.mark.parametrize(
        ("warning", "text"),
        [
            ("Powered on late.", "Powered on late."),
            (api_error("Late", "Powered on late."), "Powered on late."),
            ({"error": api_error("Late", "Powered on late.")}, "Powered on late."),
            ({"cause": api_error("Late", "Powered on late."), "error": None}, "Powered on late."),
            ({"error": {"code": "Late", "stacktrace": "at Y.java:1"}}, "Late"),
            ({"code": "Late", "stacktrace": "at Y.java:1"}, "Late"),
            ({"stacktrace": "at Y.java:1"}, "a warning without a text"),
            ({}, "a warning without a text"),
            ([{"stacktrace": "at Y.java:1"}], "a warning without a text"),
            (None, "a warning without a text"),
            (7, "7"),
        ],
    )
    def test_a_warning_becomes_text_without_a_stack_trace(self, warning: Any, text: str) -> None:
        assert parse_task(task(warnings=[warning])).warnings == (text,)

    @pytest.mark.parametrize(
        ("kind", "verb"),
        [
            ("failover", FAILOVER),
            ("Failover", FAILOVER),
            ("migrate", MIGRATE),
            ("migration", MIGRATE),
            ("failoverTest", TEST),
            ("testFailover", TEST),
            ("failoverTestCleanup", CLEANUP),
            ("reverse", REVERSE),
            ("sync", SYNC),
            ("pause", PAUSE),
            ("resume", RESUME),
        ],
    )
    def test_a_task_of_a_known_type_is_of_that_verb_alone(self, kind: str, verb: Verb) -> None:
        one = parse_task(task(kind=kind))
        for other in (FAILOVER, MIGRATE, TEST, CLEANUP, REVERSE, SYNC, PAUSE, RESUME):
            assert one.is_of(other) is (other is verb)
            assert one.may_be_of(other) is (other is verb)

    @pytest.mark.parametrize("kind", ["", "reverseReplication", "somethingNew"])
    def test_a_task_of_an_unknown_type_may_be_of_any_verb(self, kind: str) -> None:
        one = parse_task(task(kind=kind))
        assert not one.is_of(REVERSE)
        assert one.may_be_of(REVERSE)
        assert one.may_be_of(FAILOVER)


class TestIsoTime:
    @pytest.mark.parametrize(
        ("milliseconds", "text"),
        [
            (None, None),
            (0, "1970-01-01T00:00:00.000Z"),
            (1_780_000_000_123, "2026-05-28T20:26:40.123Z"),
            (10**18, None),
            (10**30, None),
        ],
    )
    def test_times_are_told_in_utc(self, milliseconds: int | None, text: str | None) -> None:
        assert iso_time(milliseconds) == text


THREE = [vm(number) for number in (1, 2, 3)]
THREE_IDS = [one["id"] for one in THREE]


UNKNOWN_STATES = pytest.mark.parametrize("state", ["CANCELLED", "succeeded", "", None])


class TestUnfinishedOfFew:
    """One or two replications are asked for one by one."""

    @pytest.mark.parametrize("count", [1, 2])
    def test_with_as_many_requests_as_there_are_of_them(self, client: Client, service: FakeService, count: int) -> None:
        ids = [vm_id(number) for number in range(1, count + 1)]
        service.answer_reads(lambda sent: ok(page([task(1, resource=sent.query["resourceId"])])))
        unfinished_tasks(client, ids)
        assert sorted(sent.query["resourceId"] for sent in service.sent) == ids

    @pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "somethingNew"])
    def test_a_task_in_any_state_that_is_not_final_is_found(
        self, client: Client, service: FakeService, state: str
    ) -> None:
        states = {3: "SUCCEEDED", 2: state, 1: "FAILED"}
        by_resource(service, [task(number, one, resource=vm_id(1)) for number, one in states.items()])
        assert [one.id for one in unfinished_tasks(client, [vm_id(1)])] == [task_id(2)]

    @UNKNOWN_STATES
    def test_one_that_has_ended_in_a_state_that_nobody_knows_holds_nothing(
        self, client: Client, service: FakeService, state: str | None
    ) -> None:
        by_resource(service, [{**task(1), "state": state, "endTime": NOW_MS}])
        assert unfinished_tasks(client, [vm_id(1)]) == []

    @pytest.mark.parametrize("most", [None, 20])
    @pytest.mark.parametrize(
        "odd",
        [
            task(1, resource="C4-other"),
            task(1, "SUCCEEDED", resource="C4-other"),
            # Tasks of the service itself have no resource: the newest of all may be such tasks.
            {**task(1, "SUCCEEDED"), "workflowInfo": {"type": "health", "resourceType": "CLOUD", "resourceId": None}},
            {**task(1), "workflowInfo": None},
            {"id": task_id(1)},
            {},
            "no task",
        ],
    )
    def test_the_lists_are_read_too_if_a_task_does_not_name_the_replication(
        self, client: Client, service: FakeService, odd: Any, most: int | None
    ) -> None:
        """Either it is of another one, and the service ignores the filter, or nobody knows of which it is."""
        shown = task(500, "somethingNew", resource=vm_id(1))
        by_resource(service, [odd, shown])
        lists_of_unfinished(service, [task(501, resource=vm_id(1)), task(502, resource="C4-other")])
        found = [one.id for one in unfinished_tasks(client, [vm_id(1)], most) if one.resource_id == vm_id(1)]
        assert found == [task_id(500), task_id(501)]

    @pytest.mark.parametrize(
        ("status", "times"), [(400, 1), (403, 1), (404, 1), (405, 1), (409, 1), (422, 1), (423, 1), (500, 5), (501, 5)]
    )
    @pytest.mark.parametrize("most", [None, 20])
    def test_the_lists_are_read_from_now_on_if_the_service_refuses_the_filter(
        self, client: Client, service: FakeService, status: int, times: int, most: int | None
    ) -> None:
        refusal = failure(status, "SomeCode")
        service.expect("GET", "/tasks", refusal, query=paged({"resourceId": vm_id(1)}), times=times)
        for _again in range(2):
            lists_of_unfinished(service, [task(501, resource=vm_id(1))])
            assert [one.id for one in unfinished_tasks(client, [vm_id(1)], most)] == [task_id(501)]

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_service_that_fails_for_a_while_has_refused_no_filter(
        self, client: Client, service: FakeService, count: int
    ) -> None:
        ids = THREE_IDS[:count]
        service.answer_reads(failure(500, "GeneralServerFailure"))
        with pytest.raises(VcdaError):
            unfinished_tasks(client, ids)
        service.sent.clear()
        service.answer_reads(ok(page([])))
        assert unfinished_tasks(client, ids) == []
        asked = [sent.query.get("resourceId") or sent.query["state"] for sent in service.sent]
        assert asked == ([vm_id(1)] if count == 1 else ["QUEUED", "RUNNING"])

    @pytest.mark.parametrize(("shown", "total"), [(100, 101), (100, 5000), (3, 4), (1, 2), (1, None), (1, "many")])
    @pytest.mark.parametrize("queued", [True, False])
    def test_an_older_one_is_found_behind_a_page_of_newer_tasks(
        self, client: Client, service: FakeService, shown: int, total: Any, queued: bool
    ) -> None:
        newer = [task(number, "FAILED", resource=vm_id(1)) for number in range(1, shown + 1)]
        older = [task(501, "QUEUED" if queued else "RUNNING", resource=vm_id(1))]
        answer = ok({**page(newer), "total": total})
        service.expect("GET", "/tasks", answer, query=paged({"resourceId": vm_id(1)}))
        lists_of_unfinished(service, *([], older) if queued else (older, []), identity=vm_id(1))
        assert [one.id for one in unfinished_tasks(client, [vm_id(1)])] == [task_id(501)]

    def test_a_service_that_does_not_answer_is_a_failure(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/tasks", html(503), query=paged({"resourceId": vm_id(1)}), times=5)
        with pytest.raises(VcdaError) as caught:
            unfinished_tasks(client, [vm_id(1)])
        assert caught.value.category == "unreachable"


class TestUnfinished:
    def test_running_and_queued_tasks_are_found_oldest_first(self, client: Client, service: FakeService) -> None:
        running = [task(1, started=300), task(2, started=100)]
        looks(service, running, [task(3, "QUEUED", started=200)], of=THREE)
        assert [one.id for one in unfinished_tasks(client, THREE_IDS)] == [
            task_id(2),
            task_id(3),
            task_id(1),
        ]

    def test_one_that_begins_between_the_two_looks_is_not_missed(self, client: Client, service: FakeService) -> None:
        looks(service, queued=[task(1, "QUEUED")], running=[task(1)], of=THREE)
        assert [one.id for one in unfinished_tasks(client, THREE_IDS)] == [task_id(1)]
        assert [request.query["state"] for request in service.sent] == ["QUEUED", "RUNNING"]

    @pytest.mark.parametrize(
        "answer",
        [failure(status, "Odd") for status in (400, 403, 404, 405, 409, 422)] + [failure(500, "GeneralServerFailure")],
    )
    def test_a_service_that_declines_queued_tasks_in_whatever_way_is_asked_once(
        self, client: Client, service: FakeService, answer: Any
    ) -> None:
        running = {"state": "RUNNING", "resourceType": TASK_TYPES}
        times = 5 if answer == failure(500, "GeneralServerFailure") else 1
        service.expect("GET", "/tasks", answer, query=paged({**running, "state": "QUEUED"}), times=times)
        for _again in range(2):
            service.expect("GET", "/tasks", ok(page([task(1)])), query=paged(running))
            assert [one.id for one in unfinished_tasks(client, THREE_IDS)] == [task_id(1)]

    def test_a_filter_that_is_ignored_is_applied_here(self, client: Client, service: FakeService) -> None:
        everything = [task(1), task(2, "SUCCEEDED"), task(3, "FAILED")]
        looks(service, everything, everything, of=THREE)
        assert [one.id for one in unfinished_tasks(client, THREE_IDS)] == [task_id(1)]

    def test_running_tasks_must_be_readable(self, client: Client, service: FakeService) -> None:
        running = {"state": "RUNNING", "resourceType": TASK_TYPES}
        service.expect("GET", "/tasks", ok(page([])), query=paged({**running, "state": "QUEUED"}))
        service.expect("GET", "/tasks", failure(400, "BadUserInput"), query=paged(running))
        with pytest.raises(VcdaError):
            unfinished_tasks(client, THREE_IDS)

    def test_an_answer_that_is_none_of_the_service_is_a_failure(self, client: Client, service: FakeService) -> None:
        running = {"state": "RUNNING", "resourceType": TASK_TYPES}
        service.expect("GET", "/tasks", html(503), query=paged({**running, "state": "QUEUED"}), times=5)
        with pytest.raises(VcdaError) as caught:
            unfinished_tasks(client, THREE_IDS)
        assert caught.value.category == "unreachable"

    @pytest.mark.parametrize("long", ["QUEUED", "RUNNING"])
    def test_of_very_many_tasks_of_others_none_is_read(self, client: Client, service: FakeService, long: str) -> None:
        others = ok(page([task(number, resource="C4-other") for number in range(100)], total=100_000))
        for state in ("QUEUED", "RUNNING")[: 1 + (long == "RUNNING")]:
            query = paged({"state": state, "resourceType": TASK_TYPES})
            service.expect("GET", "/tasks", others if state == long else ok(page([])), query=query)
        own = [task(501, "QUEUED", resource=vm_id(1)), task(502, "SUCCEEDED", resource=vm_id(1))]
        service.expect_in_any_order(
            [
                Exchange("GET", "/tasks", ok(page(own)), query=paged({"resourceId": vm_id(1)})),
                *(Exchange("GET", "/tasks", ok(page([])), query=paged({"resourceId": one})) for one in THREE_IDS[1:]),
            ]
        )
        assert [one.id for one in unfinished_tasks(client, THREE_IDS)] == [task_id(501)]

    @pytest.mark.parametrize("moving", ["QUEUED", "RUNNING"])
    def test_a_list_that_changes_faster_than_it_is_read_does_not_hold_anything_up(
        self, client: Client, service: FakeService, moving: str
    ) -> None:
        """A thousand tasks of other runs begin and end meanwhile."""
        numbers = itertools.count(1000)

        def answer_reads(sent: Sent) -> Reply:
            if "resourceId" in sent.query:
                own = [task(501, resource=vm_id(1))] if sent.query["resourceId"] == vm_id(1) else []
                return ok(page(own))
            if sent.query["state"] != moving:
                return ok(page([]))
            return ok(page([task(next(numbers), resource="C4-other") for _each in range(100)], total=250))

        service.answer_reads(answer_reads)
        assert [one.id for one in unfinished_tasks(client, THREE_IDS)] == [task_id(501)]

    @pytest.mark.parametrize("repeating", ["QUEUED", "RUNNING"])
    def test_nor_does_one_whose_pages_are_all_the_same(
        self, client: Client, service: FakeService, repeating: str
    ) -> None:
        def answer_reads(sent: Sent) -> Reply:
            if "resourceId" in sent.query:
                own = [task(501, resource=vm_id(1))] if sent.query["resourceId"] == vm_id(1) else []
                return ok(page(own))
            others = [task(number, resource="C4-other") for number in range(100)]
            return ok(page(others, total=150) if sent.query["state"] == repeating else page([]))

        service.answer_reads(answer_reads)
        assert [one.id for one in unfinished_tasks(client, THREE_IDS)] == [task_id(501)]

    @pytest.mark.parametrize("answer", [ok(page([task(1, resource="C4-other")])), failure(400, "BadUserInput")])
    def test_they_are_read_where_the_service_cannot_tell_those_of_one_replication(
        self, client: Client, service: FakeService, answer: Any
    ) -> None:
        many = [task(number, resource="C4-other") for number in range(250)] + [task(501, resource=vm_id(1))]

        def answer_reads(sent: Sent) -> Reply:
            if "resourceId" in sent.query:
                return answer  # type: ignore[no-any-return]
            offset = int(sent.query["offset"])
            return ok(
                page(
                    many[offset : offset + 100] if sent.query["state"] == "RUNNING" else [],
                    total=251 if sent.query["state"] == "RUNNING" else 0,
                )
            )

        service.answer_reads(answer_reads)
        assert task_id(501) in [one.id for one in unfinished_tasks(client, THREE_IDS)]


class TestLatest:
    SINCE = NOW_MS - 2000

    def by_operation(self, service: FakeService, answer: Any) -> None:
        service.expect("GET", "/tasks", answer, query=paged({"operationID": "operation-1"}))

    def test_the_operation_id_finds_it_alone(self, client: Client, service: FakeService) -> None:
        self.by_operation(service, ok(page([task(1)])))
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE, "operation-1")] == [task_id(1)]

    def test_without_an_operation_id_the_replication_is_asked_for(self, client: Client, service: FakeService) -> None:
        by_resource(service, [task(1, started=NOW_MS), task(2, resource=vm_id(1), started=NOW_MS + 5)])
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE)] == [task_id(2), task_id(1)]

    @pytest.mark.parametrize(
        "answer",
        [
            ok(page([])),
            failure(400, "BadUserInput"),
            # A service that does not know the filter shows the newest tasks of all.
            ok(page([task(7), task(8)])),
        ],
    )
    def test_where_the_operation_id_tells_nothing_the_replication_does(
        self, client: Client, service: FakeService, answer: Any
    ) -> None:
        self.by_operation(service, answer)
        by_resource(service, [task(1)])
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE, "operation-1")] == [task_id(1)]

    def test_a_filter_that_is_ignored_may_show_it_all_the_same(self, client: Client, service: FakeService) -> None:
        self.by_operation(service, ok(page([task(7), task(1)])))
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE, "operation-1")] == [task_id(1)]

    @pytest.mark.parametrize("key", ["operationID", "operationId"])
    @pytest.mark.parametrize(
        "workflow", [None, {"type": "reverse"}, {"resourceId": None}, {"type": "reverse", "resourceId": "C4VAPP-1"}]
    )
    @pytest.mark.parametrize("by_its_filter", [True, False])
    def test_one_that_shows_the_operation_id_is_found_whatever_it_names(
        self, client: Client, service: FakeService, key: str, workflow: Any, by_its_filter: bool
    ) -> None:
        own = {**task(1), "workflowInfo": workflow, key: "operation-1"}
        foreign = {**task(2), "workflowInfo": workflow, key: "operation-2"}
        self.by_operation(service, ok(page([foreign, own])) if by_its_filter else failure(400, "BadUserInput"))
        if not by_its_filter:
            by_resource(service, [foreign, own])
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE, "operation-1")] == [task_id(1)]

    def test_what_began_before_or_belongs_to_others_is_left_out(self, client: Client, service: FakeService) -> None:
        old, foreign = task(1, "SUCCEEDED", started=self.SINCE - 1), task(2)
        mine = task(3, "SUCCEEDED", resource=vm_id(1), started=self.SINCE)
        nameless = {**task(4), "workflowInfo": None}
        by_resource(service, [old, foreign, mine, nameless])
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE)] == [task_id(3)]

    def test_a_running_task_counts_whatever_its_clock_says(self, client: Client, service: FakeService) -> None:
        by_resource(service, [task(1, started=self.SINCE - 3_600_000)])
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE)] == [task_id(1)]

    @UNKNOWN_STATES
    @pytest.mark.parametrize(("ended", "is_new"), [(SINCE - 1, False), (-1, True)])
    def test_one_in_a_state_that_nobody_knows_counts_until_it_has_ended(
        self, client: Client, service: FakeService, state: str | None, ended: int, is_new: bool
    ) -> None:
        old = {**task(1, started=self.SINCE - 3_600_000), "state": state, "endTime": ended}
        by_resource(service, [old])
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE)] == [task_id(1)] * is_new

    def test_a_task_without_a_start_counts_as_new(self, client: Client, service: FakeService) -> None:
        by_resource(service, [task(1, startTime=-1)])
        assert [one.id for one in latest_tasks(client, vm_id(1), self.SINCE)] == [task_id(1)]

    def test_other_failures_are_failures(self, client: Client, service: FakeService) -> None:
        self.by_operation(service, failure(403, "Forbidden"))
        with pytest.raises(VcdaError):
            latest_tasks(client, vm_id(1), self.SINCE, "operation-1")

    def test_the_newest_tasks_of_all_replications(self, client: Client, service: FakeService) -> None:
        tasks = [task(1, started=self.SINCE), task(2, started=self.SINCE - 1), task(3, startTime=-1)]
        service.expect("GET", "/tasks", ok(page(tasks)), query=paged({"resourceType": TASK_TYPES}))
        assert [one.id for one in recent_tasks(client, self.SINCE)] == [task_id(1), task_id(3)]


class TestReadTasks:
    def test_many_are_read_with_one_request(self, client: Client, service: FakeService) -> None:
        documents = [task(number, "SUCCEEDED") for number in range(1, 101)]
        poll(service, documents)
        found = read_tasks(client, tasks_of(*range(1, 101), 5, 6))
        assert len(found) == 100
        assert {one.state for one in found.values()} == {"SUCCEEDED"}

    def test_a_hundred_at_a_time(self, client: Client, service: FakeService) -> None:
        exchanges = []
        for first, last in ((1, 101), (101, 201), (201, 206)):
            tasks = [task(number) for number in range(first, last)]
            query = paged({"ids": ",".join(one["id"] for one in tasks)})
            exchanges.append(Exchange("GET", "/tasks", ok(page(tasks)), query))
        service.expect_in_any_order(exchanges)
        assert len(read_tasks(client, tasks_of(*range(1, 206)))) == 205

    def test_of_none_nothing_is_asked(self, client: Client) -> None:
        assert read_tasks(client, []) == {}

    def test_a_task_that_is_gone_is_missing(self, client: Client, service: FakeService) -> None:
        ids = [task_id(1), task_id(2)]
        for _each in range(2):
            poll(service, [task(1)], ids)
        assert list(read_tasks(client, tasks_of(1, 2))) == [task_id(1)]

    def test_all_of_them_may_be_gone(self, client: Client, service: FakeService) -> None:
        poll(service, [], [task_id(1), task_id(2)])
        assert read_tasks(client, tasks_of(1, 2)) == {}

    def test_under_a_low_cap_the_other_pages_are_read(self, client: Client, service: FakeService) -> None:
        documents = [task(number) for number in (1, 2, 3)]
        ids = ",".join(document["id"] for document in documents)
        service.expect("GET", "/tasks", ok(page(documents[:2], 3)), query=paged({"ids": ids}), times=2)
        service.expect("GET", "/tasks", ok(page(documents[1:], 3)), query=paged({"ids": ids}, 1))
        service.expect("GET", "/tasks", ok(page(documents[2:], 3)), query=paged({"ids": ids}, 2))
        assert len(read_tasks(client, tasks_of(1, 2, 3))) == 3

    def test_a_filter_that_is_ignored_makes_us_ask_one_by_one(self, client: Client, service: FakeService) -> None:
        poll(service, [task(1), task(9)], [task_id(1), task_id(2)])
        service.expect("GET", f"/tasks/{task_id(1)}", ok(task(1)))
        service.expect("GET", f"/tasks/{task_id(2)}", failure(404, "X"))
        assert list(read_tasks(client, tasks_of(1, 2))) == [task_id(1)]

    def test_one_that_cannot_be_read_does_not_hide_the_others(self, client: Client, service: FakeService) -> None:
        poll(service, [task(1), {**task(2), "state": None}], [task_id(1), task_id(2)])
        assert list(read_tasks(client, tasks_of(1, 2))) == [task_id(1)]

    def test_nor_does_it_one_by_one(self, client: Client, service: FakeService) -> None:
        poll(service, [task(9)], [task_id(1), task_id(2)])
        service.expect("GET", f"/tasks/{task_id(1)}", ok({**task(1), "state": 7}))
        service.expect("GET", f"/tasks/{task_id(2)}", ok(task(2)))
        assert list(read_tasks(client, tasks_of(1, 2))) == [task_id(2)]

    def test_one_by_one_other_failures_are_failures(self, client: Client, service: FakeService) -> None:
        poll(service, [task(9)], [task_id(1)])
        service.expect("GET", f"/tasks/{task_id(1)}", failure(403, "Forbidden"))
        with pytest.raises(VcdaError):
            read_tasks(client, tasks_of(1))

    def test_a_task_that_runs_at_a_peer_is_asked_for_there(self, make_client: MakeClient, service: FakeService) -> None:
        abroad = task(2, site="site-1")
        here = {**task(1), "state": "SUCCEEDED"}
        for _each in range(2):
            poll(service, [here], [task_id(1), task_id(2)])
        service.expect("GET", "/sessions", ok(session("site-1")))
        service.expect("GET", "/tasks", ok(page([abroad])), query=paged({"ids": task_id(2), "site": "site-1"}))
        client = make_client(extend_sites=[PEER])
        assert set(read_tasks(client, [parse_task(task(1)), parse_task(abroad)])) == {task_id(1), task_id(2)}

    @pytest.mark.parametrize(("outcome", "times"), [(html(504), 5), (refused(), 5), (failure(403, "Forbidden"), 1)])
    def test_a_peer_that_is_gone_hides_only_what_runs_there(
        self, make_client: MakeClient, service: FakeService, outcome: Any, times: int
    ) -> None:
        here, abroad = task(1, "SUCCEEDED"), task(2, site="site-1")
        for _each in range(2):
            poll(service, [here], [task_id(1), task_id(2)])
        service.expect("GET", "/sessions", ok(session()))
        for _each in range(times):
            extend(service, outcome)
        client = make_client(extend_sites=[PEER])
        tasks = [parse_task(task(1)), parse_task(abroad)]
        if times == 1:
            with pytest.raises(VcdaError, match="could not be extended"):
                read_tasks(client, tasks)
        else:
            states = {one.id: one.state for one in read_tasks(client, tasks).values()}
            assert states == {task_id(1): "SUCCEEDED", task_id(2): "RUNNING"}

    def test_a_task_that_ran_here_is_not_sought_at_a_peer(self, make_client: MakeClient, service: FakeService) -> None:
        poll(service, [], [task_id(1)])
        client = make_client(extend_sites=[PEER])
        assert read_tasks(client, [parse_task(task(1, site="site-2"))]) == {}

    def test_a_task_abroad_that_is_told_here_is_not_asked_for_there(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        poll(service, [task(1, site="site-1")])
        client = make_client(extend_sites=[PEER])
        assert set(read_tasks(client, [parse_task(task(1, site="site-1"))])) == {task_id(1)}

    def test_at_a_peer_too_a_hundred_at_a_time(self, make_client: MakeClient, service: FakeService) -> None:
        abroad = [task(number, site="site-1") for number in range(1, 151)]
        ids = [document["id"] for document in abroad]
        chunks = [(",".join(ids[:100]), abroad[:100]), (",".join(ids[100:]), abroad[100:])]
        service.expect_in_any_order(
            [Exchange("GET", "/tasks", ok(page([])), paged({"ids": chunk})) for chunk, _documents in chunks]
        )
        service.expect("GET", "/sessions", ok(session("site-1")))
        service.expect_in_any_order(
            [
                Exchange("GET", "/tasks", ok(page(documents)), paged({"ids": chunk, "site": "site-1"}))
                for chunk, documents in chunks
            ]
        )
        client = make_client(extend_sites=[PEER])
        assert len(read_tasks(client, [parse_task(document) for document in abroad])) == 150

    def test_the_site_that_is_asked_anyway_is_not_asked_twice(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/sessions", ok(session()))
        extend(service)
        service.expect("GET", "/tasks", ok(page([])), query=paged({"ids": task_id(1), "site": "site-1"}))
        client = make_client(extend_sites=[PEER], site="site-1")
        assert read_tasks(client, [parse_task(task(1, site="site-1"))]) == {}


@pytest.mark.parametrize("unknown", [None, -1, -1000])
def test_a_time_that_is_not_known_is_no_time(unknown: int | None) -> None:
    assert iso_time(unknown) is None
