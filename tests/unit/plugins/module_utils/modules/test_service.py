# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Version and health of the service: plain on old versions, by a task on others, and what counts as a problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.modules.service import find_problems, read_service
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.tests.unit.calls import paged, poll
from ansible_collections.opendr.vcda.tests.unit.documents import api_error, page, task, task_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    NOW_MS,
    TOKEN,
    FakeService,
    ManualClock,
    accepted,
    failure,
    html,
    ok,
    reset,
)

Read = Callable[..., dict[str, Any]]
ABOUT = {"productName": "VMware Cloud Director Availability", "buildVersion": "4.7.1", "buildDate": NOW_MS}
HEALTHY = {"ntpServer": "10.0.0.1", "managerHealth": {"offlineReplicators": [], "dbError": None}}
SICK = {"managerHealth": {"dbError": {"code": "DbDown", "msg": "No database."}}}


@pytest.fixture
def read(service: FakeService, clock: ManualClock) -> Read:
    """Read the service in a session of somebody else; what it is comes first."""

    def new_client(connection: Connection, **options: Any) -> Client:
        return Client(connection, clock=clock, adapter=service, **options)

    def run(*, check_mode: bool = False, **params: Any) -> dict[str, Any]:
        known = {"hostname": HOST, "session_token": TOKEN, "api_version": "4.7", "poll_interval": 5.0}
        return read_service(Context({**known, **params}, check_mode=check_mode, new_client=new_client))

    service.expect("GET", "/diagnostics/about", ok(ABOUT))
    return run


def expect_health(service: FakeService, answer: Any, method: str = "POST") -> None:
    service.expect(method, "/diagnostics/health", answer)


def attempts(status: int, method: str) -> int:
    """Return how often a request is sent that is answered with a status: a failed read is repeated."""
    return 5 if status >= 500 and method == "GET" else 1


def health_task(state: str, **more: Any) -> dict[str, Any]:
    return task(1, state, kind="health", **more)


def test_without_health_one_request_is_enough(read: Read) -> None:
    result = read(health=False)
    assert (result["build_version"], result["api_version"]) == ("4.7.1", "4.7")
    assert result["build_date"] == "2026-05-28T20:26:40.000Z"
    assert (result["changed"], result["health"]) == (False, None)
    assert "is_healthy" not in result


def test_a_plain_report(service: FakeService, read: Read) -> None:
    expect_health(service, ok(HEALTHY))
    result = read()
    assert (result["is_healthy"], result["problems"], result["health"]) == (True, [], HEALTHY)


@pytest.mark.parametrize(("version", "first", "second"), [("4.6", "GET", "POST"), ("4.7", "POST", "GET")])
@pytest.mark.parametrize("status", [400, 404, 405, 500, 501])
def test_where_a_method_is_not_known_the_other_is_asked_and_its_task_waited_for(
    service: FakeService, clock: ManualClock, read: Read, status: int, version: str, first: str, second: str
) -> None:
    for _attempt in range(attempts(status, first)):
        expect_health(service, failure(status, "BadRequest"), first)
    expect_health(service, accepted(health_task("RUNNING")), second)
    poll(service, [health_task("RUNNING")])
    poll(service, [health_task("SUCCEEDED", result=SICK)])
    result = read(api_version=version)
    assert result["is_healthy"] is False
    assert result["problems"] == [
        {"component": "managerHealth.dbError", "code": "DbDown", "message": "No database."},
    ]
    assert result["msg"] == "The service reports 1 problem."
    assert clock.elapsed > 0


def test_a_service_that_fails_on_the_old_method_is_asked_by_the_new_one_alone(service: FakeService, read: Read) -> None:
    expect_health(service, accepted(health_task("SUCCEEDED", result=HEALTHY)))
    assert read()["is_healthy"] is True
    assert [request.method for request in service.sent if request.path.endswith("/health")] == ["POST"]


@pytest.mark.parametrize("version", ["4.6", "4.7"])
def test_check_mode_posts_nothing(service: FakeService, read: Read, version: str) -> None:
    if version == "4.6":
        expect_health(service, failure(405, "BadRequest"), "GET")
    result = read(check_mode=True, api_version=version)
    assert result["health"] is None
    assert "The health was not asked for" in result["warnings"][0]
    assert service.paths("POST") == []


def test_a_result_that_is_not_told_is_no_good_health(service: FakeService, read: Read) -> None:
    expect_health(service, accepted(health_task("SUCCEEDED")))
    result = read()
    assert result["health"] is None
    assert "is_healthy" not in result
    assert result["warnings"] == ["The service checked its health, but did not tell what it found."]


def test_a_failed_health_task_fails_the_module(service: FakeService, read: Read) -> None:
    expect_health(service, accepted(health_task("FAILED", error=api_error("Broken", "It broke."))))
    result = read()
    assert (result["failed"], result["error"]["category"]) == (True, "task_failed")
    assert result["error"]["task_id"] == task_id(1)


def test_a_health_task_that_takes_too_long(service: FakeService, read: Read) -> None:
    expect_health(service, accepted(health_task("RUNNING")))
    for _look in range(2):
        poll(service, [health_task("RUNNING")])
    result = read(wait_timeout=1, poll_interval=0.5)
    assert (result["error"]["category"], result["error"]["code"]) == ("timeout", "WAIT_TIMEOUT")


@pytest.mark.parametrize("answer", [html(503), reset(), failure(429, "TooMany"), ok(page([]))])
def test_a_health_task_that_is_not_seen_once_is_waited_for(service: FakeService, read: Read, answer: Any) -> None:
    expect_health(service, accepted(health_task("RUNNING")))
    attempts = 1 if answer == ok(page([])) else 5
    service.expect("GET", "/tasks", answer, query=paged({"ids": task_id(1)}), times=attempts)
    poll(service, [health_task("SUCCEEDED")])
    assert "failed" not in read()


def test_a_health_task_that_is_forgotten(service: FakeService, read: Read) -> None:
    expect_health(service, accepted(health_task("RUNNING")))
    for _each in range(2):
        poll(service, [], ids=[task_id(1)])
    result = read()
    assert result["error"]["category"] == "server"
    assert "no longer knows it" in result["msg"]


@pytest.mark.parametrize(("version", "first", "second"), [("4.5", "GET", "POST"), ("4.7", "POST", "GET")])
@pytest.mark.parametrize(
    ("status", "other", "told"), [(400, 405, 400), (404, 405, 404), (500, 405, 500), (405, 500, 500)]
)
def test_where_both_methods_are_refused_the_more_telling_answer_is_reported(
    service: FakeService, read: Read, version: str, first: str, second: str, status: int, other: int, told: int
) -> None:
    for method, answer in ((first, status), (second, other)):
        for _attempt in range(attempts(answer, method)):
            expect_health(service, failure(answer, f"Code{answer}"), method)
    assert read(api_version=version)["error"]["code"] == f"Code{told}"


def test_a_failure_is_no_wrong_method_in_check_mode(service: FakeService, read: Read) -> None:
    for _attempt in range(attempts(500, "GET")):
        expect_health(service, failure(500, "GeneralServerFailure"), "GET")
    assert read(check_mode=True, api_version="4.6")["error"]["code"] == "GeneralServerFailure"


def test_another_refusal_is_reported(service: FakeService, read: Read) -> None:
    expect_health(service, failure(403, "Forbidden"))
    assert read()["error"]["category"] == "authorization"


@pytest.mark.parametrize(
    ("report", "components"),
    [
        (HEALTHY, []),
        ({"tunnels": [{"error": None}, {"error": "Down."}]}, ["tunnels.error"]),
        ({"managerHealth": {"offlineReplicators": ["r-1", "r-2"]}}, ["managerHealth.offlineReplicators"]),
        ({"a": {"commError": {"code": "X", "msg": "Y"}}, "b": {"c": {"ERROR": "Z"}}}, ["a.commError", "b.c.ERROR"]),
        ({"dbConnectivity": {"value": {"code": "DbDown", "msg": "Y"}}}, ["dbConnectivity.value"]),
        ({"managerHealth": {"lsConnectivity": {"value": "Z"}}}, ["managerHealth.lsConnectivity.value"]),
        ({"dbConnectivity": {"value": None}, "lsConnectivity": {}, "managerConnectivity": None}, []),
        ({"tunnelConnectivity": [{"tunnelService": {"id": "t-1"}, "error": None}]}, []),
        ({"tunnelConnectivity": [{"tunnelService": {"id": "t-1"}, "error": "Down."}]}, ["tunnelConnectivity.error"]),
        ({"diskUsage": {"value": 5}}, []),
        ("no report", []),
    ],
)
def test_problems_are_found_wherever_they_are(report: Any, components: list[str]) -> None:
    assert [problem["component"] for problem in find_problems(report)] == components


@pytest.mark.parametrize(
    ("offline", "words"), [(["r-1"], "Offline: 1 replicator"), (["r-1", "r-2"], "Offline: 2 replicators")]
)
def test_what_is_offline_is_counted(offline: list[str], words: str) -> None:
    assert [problem["message"] for problem in find_problems({"offlineReplicators": offline})] == [words]


@pytest.mark.parametrize("option", ["wait_timeout", "poll_interval"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), float("-inf")])
def test_no_patience_is_refused_before_anything_is_sent(clock: ManualClock, option: str, value: float) -> None:
    service = FakeService()

    def new_client(connection: Connection, **options: Any) -> Client:
        return Client(connection, clock=clock, adapter=service, **options)

    params = {"hostname": HOST, "session_token": TOKEN, option: value}
    result = read_service(Context(params, new_client=new_client))
    assert result["error"]["category"] == "invalid_request"
    problem = "not more than 0" if value <= 0 else "no finite number"
    assert result["msg"].startswith(f"{option}: {value} is {problem}.")
    assert service.sent == []
