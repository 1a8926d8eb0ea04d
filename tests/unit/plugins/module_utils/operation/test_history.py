# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reverse without active_site where isReversed does not tell: what the service's tasks show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.history import reversed_before, starts_of_tests
from ansible_collections.opendr.vcda.tests.unit.calls import TASK_TYPES, by_resource, listing, of_resource, paged
from ansible_collections.opendr.vcda.tests.unit.documents import (
    page,
    reversed_vm,
    task,
    vapp,
    vapp_id,
    vm,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import NOW_MS, Exchange, FakeService, failure, ok
from ansible_collections.opendr.vcda.tests.unit.results import brief

Operate = Callable[..., dict[str, Any]]
ONE = {"vm_replication_ids": [vm_id(1)]}


def newest(service: FakeService, tasks: list[dict[str, Any]]) -> None:
    service.expect("GET", "/tasks", ok(page(tasks)), query=paged({"resourceType": TASK_TYPES}))


@pytest.mark.parametrize(
    ("past", "is_shown"),
    [
        ([task(1, "SUCCEEDED")], True),
        ([task(2, "SUCCEEDED", kind="failover", resource=vm_id(1)), task(1, "SUCCEEDED")], True),
        # Called otherwise, but it made a replication of the other direction.
        ([task(1, "SUCCEEDED", kind="unknown", result=reversed_vm(1))], True),
        ([task(1, "SUCCEEDED", kind="unknown", result=vm(1))], False),
        ([task(1, "SUCCEEDED", kind="unknown", result={"id": vm_id(1)})], False),
        ([task(1, "SUCCEEDED", kind="failover", result=vm(1, "COMPLETE"))], False),
        ([task(1, "FAILED")], False),
        ([task(1)], False),
        ([task(1, "FAILED", kind="unknown", result=reversed_vm(1))], False),
        ([], False),
    ],
)
def test_a_task_of_its_own(client: Client, service: FakeService, past: list[dict[str, Any]], is_shown: bool) -> None:
    by_resource(service, past)
    if not is_shown:
        newest(service, past)
    assert reversed_before(client, [VM.parse(vm(1))]) == ({vm_id(1)} if is_shown else set())


@pytest.mark.parametrize(
    ("other", "is_shown"),
    [
        (task(9, "SUCCEEDED", result=vm(1)), True),
        (task(9, "SUCCEEDED", result=vm(2)), False),
        (task(9, "FAILED", result=vm(1)), False),
        (task(9, "SUCCEEDED", kind="failover", result=vm(1)), False),
    ],
)
def test_a_task_that_handed_out_its_id(
    client: Client, service: FakeService, other: dict[str, Any], is_shown: bool
) -> None:
    by_resource(service, [])
    newest(service, [other])
    assert reversed_before(client, [VM.parse(vm(1))]) == ({vm_id(1)} if is_shown else set())


def test_a_task_of_the_vapp_is_one_of_its_vms(client: Client, service: FakeService) -> None:
    by_resource(service, [task(1, "SUCCEEDED", resource=vapp_id())], vapp_id())
    assert reversed_before(client, [VAPP.parse(vapp([vm(1), vm(2)]))]) == {vapp_id(), vm_id(1), vm_id(2)}


def test_vms_that_were_reversed_one_by_one(client: Client, service: FakeService) -> None:
    by_resource(service, [], vapp_id())
    by_resource(service, [task(1, "SUCCEEDED")], vm_id(1))
    by_resource(service, [], vm_id(2))
    newest(service, [])
    assert reversed_before(client, [VAPP.parse(vapp([vm(1), vm(2)]))]) == {vm_id(1)}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("flag", [False, None])
def test_a_second_reverse_is_done_where_the_tasks_show_the_first(
    run_verb: Operate, service: FakeService, flag: bool | None, check_mode: bool
) -> None:
    listing(service, [vm(1, isReversed=flag)])
    by_resource(service, [task(1, "SUCCEEDED")])
    assert brief(run_verb(REVERSE, **ONE, check_mode=check_mode)) == [("done", False, "")]


@pytest.mark.parametrize("answer", [ok(page([])), failure(403, "Forbidden"), failure(404, "NotFound")])
def test_what_cannot_be_known_is_refused_with_the_advice_to_name_the_site(
    run_verb: Operate, service: FakeService, answer: Any
) -> None:
    listing(service, [vm(1)])
    service.expect("GET", "/tasks", answer, query=paged({"resourceId": vm_id(1)}))
    service.expect("GET", "/tasks", answer, query=paged({"resourceType": TASK_TYPES}))
    result = run_verb(REVERSE, **ONE)
    assert brief(result) == [("refuse", False, "NOT_RECOVERED")]
    assert "neither isReversed nor the tasks of the service show that it was reversed" in result["msg"]
    assert "If it was reversed and runs at site-1, set active_site to that site." in result["error"]["hint"]


def test_with_a_site_nobody_is_asked(run_verb: Operate, service: FakeService) -> None:
    listing(service, [vm(1)])
    assert brief(run_verb(REVERSE, **ONE, active_site="site-1")) == [("done", False, "")]


END = NOW_MS + 20_000


@pytest.mark.parametrize(
    ("past", "since"),
    [
        ([task(1, "SUCCEEDED", kind="failoverTest")], END),
        # Called otherwise, but it made a test.
        ([task(1, "SUCCEEDED", kind="unknown", result=vm(1, "TEST"))], END),
        ([task(1, "SUCCEEDED", kind="unknown", result=vm(1))], None),
        ([task(1, "SUCCEEDED", kind="sync", result=vm(1, "TEST"))], None),
        ([task(1, "FAILED", kind="failoverTest")], None),
        ([task(1, kind="failoverTest")], None),
        ([task(1, "SUCCEEDED", kind="failoverTest", endTime=-1)], NOW_MS),
        (
            [
                task(2, "SUCCEEDED", kind="sync", started=NOW_MS + 3000),
                task(1, "SUCCEEDED", kind="failoverTest", started=NOW_MS + 2000),
                task(3, "SUCCEEDED", kind="failoverTest"),
            ],
            END + 2000,
        ),
        ([], None),
    ],
)
def test_since_when_a_test_has_been_running(
    client: Client, service: FakeService, past: list[dict[str, Any]], since: int | None
) -> None:
    by_resource(service, past)
    found = starts_of_tests(
        client, [VM.parse(vm(1, "TEST", vappReplicationId=None)), VM.parse(vm(2)), VM.parse(vm(3, "COMPLETE"))]
    )
    assert found == {vm_id(1): since}


def test_a_vapp_is_tested_as_a_whole(client: Client, service: FakeService) -> None:
    children = [VM.parse(vm(number, "TEST", vappReplicationId=vapp_id(1))) for number in (1, 2)]
    of_the_vapp = [task(1, "SUCCEEDED", kind="failoverTest", resource=vapp_id(1))]
    found = [(vm_id(1), []), (vapp_id(1), of_the_vapp), (vm_id(2), [])]
    service.expect_in_any_order(
        [Exchange("GET", "/tasks", ok(page(tasks)), paged({"resourceId": identity})) for identity, tasks in found]
    )
    assert starts_of_tests(client, children) == {vm_id(1): END, vm_id(2): END}


def test_tasks_that_cannot_be_read_tell_nothing_of_a_test(client: Client, service: FakeService) -> None:
    service.expect("GET", "/tasks", failure(403, "Forbidden"), query=paged({"resourceId": vm_id(1)}))
    assert starts_of_tests(client, [VM.parse(vm(1, "TEST", vappReplicationId=None))]) == {vm_id(1): None}


TESTS = {"type": "failoverTest", "resourceType": TASK_TYPES}
ANY_TYPE = {"resourceType": TASK_TYPES}


def many(count: int) -> list[Any]:
    return [VM.parse(vm(number, "TEST", vappReplicationId=None)) for number in range(1, count + 1)]


def finished_tests(numbers: Iterable[int], kind: str = "failoverTest") -> list[dict[str, Any]]:
    return [
        task(number, "SUCCEEDED", kind=kind, resource=vm_id(number), result=vm(number, "TEST")) for number in numbers
    ]


def test_many_tests_are_found_in_lists(client: Client, service: FakeService) -> None:
    service.expect("GET", "/tasks", ok(page(finished_tests(range(1, 6)))), query=paged(TESTS))
    service.expect("GET", "/tasks", ok(page(finished_tests(range(6, 10)))), query=paged(TESTS, 5))
    assert starts_of_tests(client, many(9)) == {vm_id(number): END for number in range(1, 10)}


@pytest.mark.parametrize("answer", [ok(page([])), failure(400, "BadUserInput"), failure(403, "Forbidden")])
def test_tests_of_another_name_are_found_among_all_tasks(client: Client, service: FakeService, answer: Any) -> None:
    service.expect("GET", "/tasks", answer, query=paged(TESTS))
    service.expect("GET", "/tasks", ok(page(finished_tests(range(1, 10), "unknown"))), query=paged(ANY_TYPE))
    assert starts_of_tests(client, many(9)) == {vm_id(number): END for number in range(1, 10)}


def test_the_newest_test_of_a_list_counts(client: Client, service: FakeService) -> None:
    older = task(99, "SUCCEEDED", kind="failoverTest", resource=vm_id(1), started=NOW_MS - 90_000)
    service.expect(
        "GET", "/tasks", ok(page([*finished_tests([1]), older, *finished_tests(range(2, 10))])), query=paged(TESTS)
    )
    assert starts_of_tests(client, many(9))[vm_id(1)] == END


@pytest.mark.parametrize(("most", "asked"), [(8, 4), (9, 5), (12, 8), (100, 8)])
def test_what_lists_do_not_show_is_asked_for_within_the_limit(
    client: Client, service: FakeService, most: int, asked: int
) -> None:
    service.expect("GET", "/tasks", ok(page(finished_tests([1]))), query=paged(TESTS))
    service.expect("GET", "/tasks", ok(page([])), query=paged(TESTS, 1))
    service.expect("GET", "/tasks", ok(page(finished_tests([1]))), query=paged(ANY_TYPE))
    service.expect("GET", "/tasks", ok(page([])), query=paged(ANY_TYPE, 1))
    service.expect_in_any_order(
        [of_resource(vm_id(number), finished_tests([number]) if number == 2 else []) for number in range(2, 2 + asked)]
    )
    found = {vm_id(1): END, vm_id(2): END, **{vm_id(number): None for number in range(3, 2 + asked)}}
    assert starts_of_tests(client, many(9), most) == found
