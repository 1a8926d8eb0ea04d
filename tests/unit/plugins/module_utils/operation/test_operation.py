# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: parameters to result, check mode, the number of requests, and answers that nobody expects."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    PAUSE,
    REVERSE,
    SYNC,
    TEST,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operation, operation_by_state
from ansible_collections.opendr.vcda.tests.unit.calls import (
    PEER,
    VMS,
    by_resource,
    extend,
    listing,
    lists_of_unfinished,
    login,
    logout,
    looks,
    paged,
    poll,
    start,
    starts,
)
from ansible_collections.opendr.vcda.tests.unit.documents import page, reversed_vm, task, task_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    PLAIN_JSON,
    TOKEN,
    Exchange,
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
from ansible_collections.opendr.vcda.tests.unit.results import brief, only

Operate = Callable[..., dict[str, Any]]
VCLOUD = {"type": "vcloud"}
ONE = {"vm_replication_ids": [vm_id(1)], "active_site": "site-2"}
OWN = {"session_token": None, "username": "operator@tenant-1", "password": "password-of-operator"}


def listing_of_many(service: FakeService, documents: Sequence[dict[str, Any]]) -> None:
    """Announce the list of many replications by id: the first hundred alone, the others side by side."""
    chunks = [documents[at : at + 100] for at in range(0, len(documents), 100)]
    exchanges = [
        Exchange("GET", VMS, ok(page(chunk)), paged({"ids": ",".join(one["id"] for one in chunk)})) for chunk in chunks
    ]
    service.expect_in_any_order(exchanges[:1])
    service.expect_in_any_order(exchanges[1:])
    service.note(documents)


def poll_of_many(service: FakeService, tasks: Sequence[dict[str, Any]]) -> None:
    """Announce a look at many tasks, a hundred with one request."""
    chunks = [tasks[at : at + 100] for at in range(0, len(tasks), 100)]
    service.expect_in_any_order(
        [
            Exchange("GET", "/tasks", ok(page(chunk)), paged({"ids": ",".join(one["id"] for one in chunk)}))
            for chunk in chunks
        ]
    )


class TestCheckMode:
    @pytest.mark.parametrize(
        ("verb", "state", "after"),
        [
            (FAILOVER, "NOT_STARTED", "COMPLETE"),
            (MIGRATE, "NOT_STARTED", "COMPLETE"),
            (TEST, "NOT_STARTED", "TEST"),
            (CLEANUP, "TEST", "NOT_STARTED"),
            (REVERSE, "COMPLETE", "NOT_STARTED"),
            (SYNC, "NOT_STARTED", "NOT_STARTED"),
            (PAUSE, "NOT_STARTED", "NOT_STARTED"),
        ],
    )
    def test_every_verb_only_reads_and_says_what_it_would_do(
        self, run_verb: Operate, service: FakeService, clock: ManualClock, verb: Verb, state: str, after: str
    ) -> None:
        login(service)
        listing(service, [vm(1, state)])
        looks(service)
        logout(service)
        result = run_verb(verb, **ONE, **OWN, extend_sites=[PEER], check_mode=True)
        assert service.methods() == ["POST", "GET", "GET", "GET", "DELETE"]
        assert service.paths("POST") == service.paths("DELETE") == ["/sessions"]
        assert brief(result) == [("act", True, "")]
        assert only(result)["after"]["recovery_state"] == after
        assert result["diff"][0]["before"]["recovery_state"] == state
        assert result["diff"][0]["after"]["recovery_state"] == after
        assert result["msg"].endswith("1 would change, 0 already done, 0 failed.")
        assert clock.slept == []

    def test_a_reverse_predicts_the_new_direction(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        item = only(run_verb(REVERSE, **ONE, check_mode=True))
        assert (item["after"]["source_site"], item["after"]["destination_site"]) == ("site-2", "site-1")

    def test_what_is_done_stays_done(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [reversed_vm(1)])
        result = run_verb(REVERSE, **ONE, check_mode=True)
        assert brief(result) == [("done", False, "")]
        assert result["diff"] == []

    def test_what_would_be_refused_is_refused(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "TEST")])
        result = run_verb(FAILOVER, **ONE, check_mode=True)
        assert (brief(result), result["failed"]) == ([("refuse", False, "TEST_ACTIVE")], True)

    def test_a_running_task_of_the_same_verb_would_be_attached_to(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(1)])
        item = only(run_verb(REVERSE, **ONE, check_mode=True))
        assert (item["decision"], item["changed"]) == ("attach", True)
        assert item["after"]["source_site"] == "site-2"

    def test_what_must_wait_is_predicted_all_the_same(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(1, kind="failover")])
        assert brief(run_verb(REVERSE, **ONE, check_mode=True)) == [("act", True, "")]

    def test_without_waiting_it_would_be_refused(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "IN_PROGRESS")])
        looks(service, [task(1, kind="failover")])
        assert brief(run_verb(REVERSE, **ONE, wait=False, check_mode=True)) == [("refuse", False, "BUSY")]

    def test_what_would_be_held_back_is_held_back(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "TEST"), vm(2, "COMPLETE")])
        looks(service)
        params = {"vm_replication_ids": [vm_id(1), vm_id(2)], "active_site": "site-2", "continue_on_error": False}
        result = run_verb(REVERSE, **params, check_mode=True)
        assert brief(result) == [("refuse", False, "TEST_ACTIVE"), ("refuse", False, "NOT_ATTEMPTED")]

    def test_an_instance_that_does_not_exist_is_found_out(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1)])
        looks(service)
        service.expect("GET", f"{VMS}/{vm_id(1)}/instances", ok([]))
        result = run_verb(FAILOVER, **ONE, instance_before=1500, check_mode=True)
        assert brief(result) == [("act", False, "INSTANCE_NOT_FOUND")]
        assert set(service.methods()) == {"GET"}

    @pytest.mark.parametrize(
        "params",
        [
            {"vm_replication_ids": ["C4-1"]},
            {"wait_timeout": -1},
            {"instance_id": "a", "sync": True},
            {"vm_network_settings": [{"vm": "web-09"}]},
        ],
    )
    def test_it_validates_as_the_run_does(
        self, run_verb: Operate, service: FakeService, params: dict[str, Any]
    ) -> None:
        if "vm_network_settings" in params:
            listing(service, [vm(1)])
            listing(service, [vm(1)])
        results = [run_verb(FAILOVER, **{**ONE, **params}, check_mode=mode) for mode in (True, False)]
        assert results[0]["failed"] is results[1]["failed"] is True
        assert results[0]["msg"] == results[1]["msg"]


class TestRequestBudget:
    """Counts, never times: N starts, a page of a hundred per list and poll, and three for the session."""

    @pytest.mark.parametrize(("count", "polls"), [(1, 1), (5, 3), (100, 2), (101, 2), (250, 4)])
    def test_an_operation_on_many(self, run_verb: Operate, service: FakeService, count: int, polls: int) -> None:
        numbers = range(1, count + 1)
        login(service)
        listing_of_many(service, [vm(number, "COMPLETE") for number in numbers])
        looks(service)
        extend(service)
        starts(service, {vm_id(number): task(number) for number in numbers})
        for turn in range(1, polls + 1):
            documents = [task(number, "SUCCEEDED" if turn == polls else "RUNNING") for number in numbers]
            poll_of_many(service, documents)
        listing_of_many(service, [reversed_vm(number) for number in numbers])
        logout(service)
        ids = [vm_id(number) for number in numbers]
        result = run_verb(REVERSE, **OWN, vm_replication_ids=ids, active_site="site-2", extend_sites=[PEER])
        assert result["summary"] == {"total": count, "changed": count, "done": 0, "failed": 0}
        pages = math.ceil(count / 100)
        the_look_for_running_tasks = 2
        assert len(service.sent) == count + 3 + pages * (polls + 2) + the_look_for_running_tasks
        assert service.looks_for_plans == 1
        assert len(service.sent) <= count + 3 + pages * (polls + the_look_for_running_tasks + 2)

    def test_a_second_run_of_a_thousand_by_id(self, run_verb: Operate, service: FakeService) -> None:
        numbers = range(1, 1001)
        login(service)
        listing_of_many(service, [reversed_vm(number) for number in numbers])
        logout(service)
        result = run_verb(
            REVERSE, **OWN, vm_replication_ids=[vm_id(number) for number in numbers], active_site="site-2"
        )
        assert result["summary"] == {"total": 1000, "changed": 0, "done": 1000, "failed": 0}
        assert len(service.sent) <= 13
        assert service.looks_for_plans == 0

    def test_a_second_run_of_a_thousand_by_name(self, run_verb: Operate, service: FakeService) -> None:
        documents = [vm(number, "COMPLETE", vmName=f"vm-{number}") for number in range(1000)]
        login(service)
        service.expect("GET", VMS, ok(page(documents[:1], 1000)), query={"offset": 0, "limit": 1})
        pages = [
            Exchange("GET", VMS, ok(page(documents[at : at + 100], 1000)), paged({}, at)) for at in range(0, 999, 99)
        ]
        for first in pages[:2]:
            service.expect_in_any_order([first])
        service.expect_in_any_order(pages[2:])
        logout(service)
        names = [f"vm-{number}" for number in range(1000)]
        result = run_verb(FAILOVER, **OWN, vm_names=names, active_site="site-2")
        assert result["summary"]["done"] == 1000
        assert len(service.sent) <= 14

    def test_a_failover_where_the_primary_is_gone_costs_no_more(self, run_verb: Operate, service: FakeService) -> None:
        login(service)
        listing(service, [vm(1)])
        looks(service)
        start(service, task(1, "SUCCEEDED", kind="failover"), "failover", body=VCLOUD)
        listing(service, [vm(1, "COMPLETE")])
        logout(service)
        assert brief(run_verb(FAILOVER, **ONE, **OWN, extend_sites=[PEER])) == [("act", True, "")]
        assert len(service.sent) == 7


class TestBody:
    def test_what_the_user_chose_is_sent(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1)])
        looks(service)
        body = {"type": "vcloud", "instanceId": "replica-1", "powerOn": True, "consolidate": False}
        start(service, task(1, "SUCCEEDED", kind="failover"), "failover", body=body)
        listing(service, [vm(1, "COMPLETE")])
        params = {"instance_id": "replica-1", "power_on": True, "consolidate": False}
        assert brief(run_verb(FAILOVER, **ONE, **params)) == [("act", True, "")]

    def test_each_replication_gets_the_newest_instance_before_a_moment(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1), vm(2)])
        looks(service)
        instances = [{"key": "replica-1", "timestamp": 1000}]
        done = task(1, "SUCCEEDED", kind="failover")
        exchanges = [
            Exchange("GET", f"{VMS}/{vm_id(1)}/instances", ok(instances)),
            Exchange("GET", f"{VMS}/{vm_id(2)}/instances", ok([])),
            Exchange("POST", f"{VMS}/{vm_id(1)}/failover", ok(done, 202), body={**VCLOUD, "instanceId": "replica-1"}),
        ]
        service.expect_in_any_order(exchanges)
        listing(service, [vm(1, "COMPLETE"), vm(2)])
        params = {"vm_replication_ids": [vm_id(1), vm_id(2)], "active_site": "site-2", "instance_before": 1500}
        result = run_verb(FAILOVER, **params)
        assert brief(result) == [("act", True, ""), ("act", False, "INSTANCE_NOT_FOUND")]

    def test_an_option_that_the_service_does_not_know_fails_before_the_first_start(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vm(1), vm(2)])
        params = {"vm_replication_ids": [vm_id(1), vm_id(2)], "active_site": "site-2", "copy_security_tags": True}
        result = run_verb(FAILOVER, **params, api_version="4.1")
        assert result["error"]["code"] == "OPTION_NOT_IN_API_VERSION"
        assert len(result["vm_replications"]) == 2
        assert service.methods() == ["GET"]

    def test_a_service_that_hides_its_version_gets_what_all_versions_know(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        query = paged({"ids": vm_id(1)})
        service.expect("GET", VMS, Reply(200, page([vm(1)]), content_type=PLAIN_JSON), query=query)
        service.expect("GET", "/diagnostics/about", failure(403, "Forbidden"))
        looks(service, of=[vm(1)])
        body = {**VCLOUD, "powerOn": True}
        start(service, task(1, "SUCCEEDED", kind="failover"), "failover", body=body)
        listing(service, [vm(1, "COMPLETE")])
        result = run_verb(FAILOVER, **ONE, api_version=None, power_on=True)
        assert brief(result) == [("act", True, "")]

    def test_settings_that_contradict_each_other_are_refused_before_anything_is_sent(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        result = run_verb(FAILOVER, **ONE, instance_id="replica-1", sync=True)
        assert result["error"]["category"] == "invalid_request"
        assert service.sent == []


class TestSelection:
    def test_one_that_is_missing_does_not_stop_the_others(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(2, "COMPLETE")], [vm_id(1), vm_id(2)])
        service.expect("GET", f"{VMS}/{vm_id(1)}", failure(404, "VmReplicationNotFound", "No such replication."))
        looks(service)
        start(service, task(2, "SUCCEEDED"), identity=vm_id(2))
        listing(service, [reversed_vm(2)])
        result = run_verb(REVERSE, vm_replication_ids=[vm_id(1), vm_id(2)], active_site="site-2")
        assert brief(result) == [("refuse", False, "VmReplicationNotFound"), ("act", True, "")]
        assert (result["failed"], result["changed"]) == (True, True)

    def test_if_none_is_there_nothing_is_looked_for(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [], [vm_id(1)])
        service.expect("GET", f"{VMS}/{vm_id(1)}", failure(404, "VmReplicationNotFound"))
        result = run_verb(FAILOVER, **ONE)
        assert result["error"]["category"] == "not_found"

    def test_an_ambiguous_name_lists_both(self, run_verb: Operate, service: FakeService) -> None:
        query = paged({"vmName": "web-01"})
        service.expect("GET", VMS, ok(page([vm(1), vm(2, vmName="web-01")])), query=query)
        result = run_verb(REVERSE, vm_names=["web-01"], active_site="site-2")
        assert brief(result) == [("refuse", False, "AMBIGUOUS_NAME")]
        assert vm_id(1) in result["msg"]
        assert vm_id(2) in result["msg"]


HOSTILE: dict[str, Any] = {
    "text": broken('"text"'),
    "number": broken("7"),
    "null": broken("null"),
    "list": ok([]),
    "empty object": ok({}),
    "items null": ok({"items": None, "total": 1}),
    "items of nulls": ok({"items": [None], "total": 1}),
    "nested too deep": broken("[" * 100_000),
    "truncated": broken('{"items": [{"id": "C4-'),
    "page of a proxy": html(200),
    "total lies high": ok({"items": [vm(1)], "total": 5}),
    "huge total": ok({"items": [vm(1)], "total": 10**15}),
    "id is a list": ok(page([{**vm(1), "id": [vm_id(1)]}])),
    "id is a number": ok(page([{**vm(1), "id": 7}])),
    "state is a number": ok(page([vm(1, destinationState={"recoveryInfo": {"recoveryState": 7}})])),
    "state is an object": ok(page([vm(1, destinationState={"recoveryInfo": {"recoveryState": {}}})])),
    "recovery info is a text": ok(page([vm(1, destinationState={"recoveryInfo": "COMPLETE"})])),
    "destination state is a list": ok(page([vm(1, destinationState=[])])),
    "source is a text": ok(page([{**vm(1, "COMPLETE"), "source": "site-1"}])),
    "destination is null": ok(page([{**vm(1, "COMPLETE"), "destination": None}])),
    "site is a number": ok(page([{**vm(1, "COMPLETE"), "destination": {"site": 7}}])),
    "unknown state": ok(page([vm(1, "HALF_WAY")])),
    "empty state": ok(page([vm(1, destinationState={"recoveryInfo": {"recoveryState": ""}})])),
}


class TestHostileAnswers:
    @pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
    @pytest.mark.parametrize("verb", [REVERSE, FAILOVER, TEST], ids=["reverse", "failover", "test"])
    def test_an_odd_list_ends_in_a_clear_failure_and_starts_nothing(
        self, run_verb: Operate, service: FakeService, verb: Verb, answer: Reply
    ) -> None:
        service.answer_reads(answer)
        result = run_verb(verb, **ONE)
        assert result["failed"] is True
        assert result["changed"] is False
        assert result["error"]["category"] in ("server", "refused", "not_found")
        assert set(service.methods()) == {"GET"}
        assert "Traceback" not in result["msg"]

    @pytest.mark.parametrize("document", [{}, {"id": 7, "state": "RUNNING"}, {"id": "a"}, {"id": None, "state": None}])
    def test_an_odd_task_that_is_of_no_replication_harms_none(
        self, run_verb: Operate, service: FakeService, document: dict[str, Any]
    ) -> None:
        listing(service, [vm(1, "COMPLETE", vappReplicationId=None)])
        by_resource(service, [document])
        lists_of_unfinished(service, [document])
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize("missing", ["state", "id", "workflowInfo", "startTime", "progress"])
    @pytest.mark.parametrize("odd", [None, 7, {}, "absent"])
    def test_a_task_of_another_vm_that_lacks_a_field_harms_nobody(
        self, run_verb: Operate, service: FakeService, missing: str, odd: Any
    ) -> None:
        document = {**task(9, kind="failover"), missing: odd}
        if odd == "absent":
            del document[missing]
        listing(service, [vm(1, "COMPLETE", vappReplicationId=None)])
        by_resource(service, [document])
        lists_of_unfinished(service, [document])
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize("missing", ["state", "id"])
    def test_a_task_of_this_vm_that_cannot_be_read_is_waited_for(
        self, run_verb: Operate, service: FakeService, missing: str
    ) -> None:
        document = {**task(9, kind="failover", resource=vm_id(1)), missing: None}
        listing(service, [vm(1, "COMPLETE")])
        looks(service, [document])
        if missing == "state":
            poll(service, [], [task_id(9)])
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1, "SUCCEEDED"))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    def test_an_odd_poll_is_looked_at_again(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        odd_pages: list[Any] = [{"items": "none"}, page([{**task(1), "state": None}])]
        for odd in odd_pages:
            service.expect("GET", "/tasks", ok(odd), query=paged({"ids": task_id(1)}))
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]

    @pytest.mark.parametrize("identity", [["x"], {"a": 1}, 7, None])
    def test_a_poll_with_an_odd_id_makes_us_ask_for_the_task_itself(
        self, run_verb: Operate, service: FakeService, identity: Any
    ) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [{**task(1), "id": identity}], [task_id(1)])
        service.expect("GET", f"/tasks/{task_id(1)}", ok(task(1, "SUCCEEDED")))
        listing(service, [reversed_vm(1)])
        assert brief(run_verb(REVERSE, **ONE)) == [("act", True, "")]


class TestFailuresOnTheWay:
    @pytest.mark.parametrize(
        ("outcome", "times", "category"),
        [
            (refused(), 5, "unreachable"),
            (reset(), 5, "unreachable"),
            (timed_out(), 5, "unreachable"),
            (html(502), 5, "unreachable"),
            (failure(500, "GeneralServerFailure"), 5, "server"),
            (failure(403, "Forbidden"), 1, "authorization"),
            (html(302, "", Location="https://elsewhere.test/"), 5, "unreachable"),
        ],
    )
    def test_a_first_list_that_fails_is_told_for_each_replication(
        self, run_verb: Operate, service: FakeService, outcome: Any, times: int, category: str
    ) -> None:
        login(service)
        service.expect("GET", VMS, outcome, query=paged({"ids": vm_id(1)}), times=times)
        logout(service)
        result = run_verb(REVERSE, **ONE, **OWN)
        assert (result["failed"], result["changed"]) == (True, False)
        assert result["error"]["category"] == category
        assert only(result)["error"]["category"] == category
        assert only(result)["id"] == vm_id(1)

    def test_the_session_is_closed_whatever_happens(self, run_verb: Operate, service: FakeService) -> None:
        login(service)
        listing(service, [vm(1)], answer=lambda _sent: ZeroDivisionError("a mistake of ours"))
        logout(service)
        with pytest.raises(ZeroDivisionError):
            run_verb(REVERSE, **ONE, **OWN)
        assert service.is_closed


class TestContext:
    def context(self, service: FakeService, clock: ManualClock, **params: Any) -> Context:
        def new_client(connection: Any, **options: Any) -> Client:
            return Client(connection, clock=clock, adapter=service, **options)

        defaults = {"hostname": HOST, "session_token": TOKEN, "api_version": "4.7"}
        return Context({**defaults, **params}, new_client=new_client)

    def test_an_operation_is_a_function_of_the_context(self, service: FakeService, clock: ManualClock) -> None:
        listing(service, [reversed_vm(1)])
        context = self.context(service, clock, **ONE)
        result = operation(VM, REVERSE)(context)
        assert brief(result) == [("done", False, "")]
        assert context.client is not None

    @pytest.mark.parametrize(("state", "document"), [("present", vm(1, "TEST")), ("absent", vm(1))])
    def test_the_state_chooses_the_verb(
        self, service: FakeService, clock: ManualClock, state: str, document: dict[str, Any]
    ) -> None:
        listing(service, [document])
        run = operation_by_state(VM, present=TEST, absent=CLEANUP)
        assert brief(run(self.context(service, clock, **ONE, state=state))) == [("done", False, "")]

    def test_the_number_of_workers_is_that_of_the_options(self, service: FakeService, clock: ManualClock) -> None:
        assert self.context(service, clock, max_concurrent=3).connect().executor._max_workers == 3
        assert self.context(service, clock).connect().executor._max_workers == 16

    def test_progress_is_told(self, run_verb: Operate, service: FakeService) -> None:
        lines: list[str] = []
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        for _each in range(8):
            poll(service, [task(1)])
        poll(service, [task(1, "SUCCEEDED")])
        listing(service, [reversed_vm(1)])
        run_verb(REVERSE, **ONE, progress=lines.append)
        assert lines == [f"reverse: 0 of 1 done, 1 running (slowest web-01 ({vm_id(1)}) 40 %)"]

    def test_the_objects_of_the_service_can_be_left_out(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [reversed_vm(1)])
        assert "replication" not in only(run_verb(REVERSE, **ONE, compact=True))
