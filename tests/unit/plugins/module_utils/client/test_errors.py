# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors: every answer that is no success, and what the user is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client import errors as errors_file
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    HINTS,
    VcdaError,
    api_error_fields,
    error_from_answer,
    error_from_task,
    invalid,
    malformed,
)
from ansible_collections.opendr.vcda.tests.unit.documents import api_error

ACTION = "POST /vm-replications/C4-1/reverse"
CATEGORIES = {
    "authentication",
    "remote_authentication",
    "authorization",
    "not_found",
    "invalid_request",
    "refused",
    "task_failed",
    "timeout",
    "unknown_outcome",
    "unreachable",
    "server",
}


def answered(status: int, document: Any = None, text: str = "", **more: Any) -> VcdaError:
    return error_from_answer(status, document, text, action=ACTION, **more)


def test_the_categories_are_those_that_a_rescue_can_branch_on() -> None:
    assert set(HINTS) == CATEGORIES
    assert all(hint.endswith(".") for hint in HINTS.values())


@pytest.mark.parametrize(
    ("status", "code", "category", "retriable", "ambiguous"),
    [
        (400, "BadRequest", "invalid_request", False, False),
        (400, "BadUserInput", "invalid_request", False, False),
        (401, "NotAuthenticated", "authentication", False, False),
        (401, "RemoteAuthenticationFailure", "remote_authentication", False, False),
        (403, "Forbidden", "authorization", False, False),
        (404, "VmReplicationNotFound", "not_found", False, False),
        (404, "SiteNotFound", "not_found", False, False),
        (406, "AnyCode", "invalid_request", False, False),
        (408, "AnyCode", "unreachable", True, True),
        (409, "AnyCode", "refused", False, False),
        (423, "AnyCode", "refused", False, False),
        (415, "AnyCode", "invalid_request", False, False),
        (418, "AnyCode", "invalid_request", False, False),
        (425, "AnyCode", "unreachable", True, False),
        (429, "AnyCode", "unreachable", True, False),
        (500, "GeneralServerFailure", "server", True, True),
        (501, "AnyCode", "server", True, True),
        (502, "AnyCode", "unreachable", True, True),
        (503, "AnyCode", "unreachable", True, True),
        (504, "AnyCode", "unreachable", True, True),
        (599, "AnyCode", "server", True, True),
    ],
)
def test_the_status_decides_and_then_the_code(
    status: int, code: str, category: str, retriable: bool, ambiguous: bool
) -> None:
    error = answered(status, api_error(code, "Why it is so."))
    assert (error.category, error.retriable, error.ambiguous) == (category, retriable, ambiguous)
    assert (error.code, error.http_status) == (code, status)
    assert error.message == f"{ACTION} was answered with HTTP {status} {code}: Why it is so."
    assert error.hint


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520])
def test_an_html_page_is_the_answer_of_a_proxy(status: int) -> None:
    error = answered(status, None, "<html>\n  <h1>Bad   Gateway</h1>\n</html>")
    assert error.category == "unreachable"
    assert error.retriable
    assert error.ambiguous
    assert error.code is None
    assert "Bad Gateway" in error.message
    assert "\n" not in error.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("document", [None, {"code": "Moved"}])
def test_a_redirect_is_no_answer_of_the_service_and_may_hide_that_the_request_was_taken(
    status: int, document: Any
) -> None:
    error = answered(status, document, "the answer is a redirect, which is never followed")
    assert error.category == "unreachable"
    assert error.ambiguous


NOT_OF_THE_SERVICE: tuple[Any, ...] = (
    None,
    [],
    ["code"],
    "Not Found",
    404,
    {"message": "no Route matched with those values"},
    {"timestamp": "2026-01-01", "status": 404, "error": "Not Found", "path": "/x"},
)


@pytest.mark.parametrize("document", NOT_OF_THE_SERVICE)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 408, 409, 410, 415, 422, 425, 429, 451])
def test_a_4xx_that_is_not_of_the_service_tells_nothing_of_what_it_did_or_has(status: int, document: Any) -> None:
    error = answered(status, document, "<html>Forbidden by the gateway</html>")
    assert error.category == "unreachable"
    assert error.ambiguous is (status not in {425, 429})
    assert error.is_transient is (status not in {406, 415})
    assert [error.is_gone, error.is_refusal, error.is_unknown_filter] == [False] * 3
    assert "not by the service itself" in error.message


def test_what_a_gateway_refuses_at_the_login_is_not_repeated_lest_the_user_is_locked_out() -> None:
    assert not answered(401, None, "", at_login=True).is_transient
    assert not answered(403, None, "", at_login=True).is_transient
    assert answered(404, None, "", at_login=True).is_transient


def test_an_ended_session_is_believed_by_its_header_whatever_the_body() -> None:
    error = answered(401, None, "<html></html>", expired=True)
    assert (error.category, error.expired, error.ambiguous) == ("authentication", True, False)


@pytest.mark.parametrize("status", [100, 101, 102, 103])
def test_an_interim_answer_is_none(status: int) -> None:
    error = answered(status, None)
    assert (error.category, error.ambiguous, error.is_transient) == ("unreachable", True, True)


@pytest.mark.parametrize(
    ("error", "kinds"),
    [
        (answered(400, api_error("BadRequest", "No.")), {"is_refusal", "is_unknown_filter"}),
        (answered(422, api_error("BadRequest", "No.")), {"is_refusal", "is_unknown_filter"}),
        (answered(405, api_error("X", "No.")), {"is_refusal"}),
        (answered(409, api_error("X", "No.")), {"is_refusal"}),
        (answered(404, api_error("X", "No.")), {"is_gone"}),
        (answered(403, api_error("X", "No.")), set()),
        (answered(401, api_error("X", "No.")), {"is_unauthenticated"}),
        (answered(401, api_error("X", "No."), remote_call=True), {"is_unauthenticated"}),
        (answered(401, None, "<html></html>", at_login=True), set()),
        (answered(408, api_error("X", "No.")), {"is_transient"}),
        (answered(429, api_error("X", "No.")), {"is_transient"}),
        (answered(500, api_error("X", "No.")), {"is_transient"}),
        (answered(503, None, "<html></html>"), {"is_transient"}),
        (answered(404, None, "<html></html>"), {"is_transient"}),
        (malformed("The list", "it is none"), {"is_transient"}),
        (invalid("vm_names", "it is empty"), set()),
        (VcdaError("No replication has the name.", category="not_found"), set()),
        (VcdaError("It is recovered.", category="refused"), set()),
        (VcdaError("No certificate.", category="unreachable", retriable=False), set()),
        (VcdaError("A task failed.", category="task_failed", retriable=True), set()),
    ],
)
def test_the_kinds_of_errors_that_decisions_depend_on(error: VcdaError, kinds: set[str]) -> None:
    all_kinds = {"is_refusal", "is_unknown_filter", "is_gone", "is_transient", "is_unauthenticated"}
    assert {kind for kind in all_kinds if getattr(error, kind)} == kinds


@pytest.mark.parametrize(
    ("code", "more", "category"),
    [
        ("NotAuthenticated", {"remote_call": True}, "remote_authentication"),
        ("NotAuthenticated", {"remote_call": True, "expired": True}, "authentication"),
        ("NotAuthenticated", {"at_login": True}, "authentication"),
        ("NotAuthenticated", {"expired": True}, "authentication"),
        ("RemoteAuthenticationFailure", {"at_login": True}, "authentication"),
        ("RemoteAuthenticationFailure", {"expired": True}, "authentication"),
        (None, {"remote_call": True}, "remote_authentication"),
        (None, {}, "authentication"),
    ],
)
def test_a_401_speaks_of_the_login_of_the_session_or_of_the_peer(
    code: str | None, more: dict[str, Any], category: str
) -> None:
    error = answered(401, {"code": code, "msg": "Authentication required."}, **more)
    assert error.category == category
    assert error.expired is more.get("expired", False)


def test_hints_say_what_to_do_next() -> None:
    assert "extend_sites" in answered(401, {"code": "RemoteAuthenticationFailure"}).hint
    assert "password" in answered(401, {}).hint
    assert "api_version" in answered(406, {}).hint
    for status, said in (
        (409, {}),
        (423, {}),
        (400, api_error("TaskInProgress", "No.")),
        (422, api_error("X", "Busy.")),
    ):
        assert "Another operation" in answered(status, said).hint
    for status, said in ((400, {}), (422, api_error("X", "The network is blocked.")), (500, api_error("X", "Busy."))):
        assert "Another operation" not in answered(status, said).hint
    assert "max_concurrent" in answered(429, {}).hint


def test_everything_of_the_answer_is_kept_but_the_stack_trace_is_not_shown() -> None:
    error = answered(404, api_error("SiteNotFound", "No such site.", "site-9", "x"), operation_id="operation-1")
    assert error.as_dict() == {
        "code": "SiteNotFound",
        "message": f"{ACTION} was answered with HTTP 404 SiteNotFound: No such site.",
        "args": ["site-9", "x"],
        "http_status": 404,
        "category": "not_found",
        "retriable": False,
        "hint": HINTS["not_found"],
        "operation_id": "operation-1",
        "task_id": None,
    }
    assert "java" not in str(vars(error))


def test_a_long_page_is_cut() -> None:
    message = answered(502, None, "x" * 100_000).message
    assert len(message) < 300
    assert message.endswith("...")


def test_no_part_of_an_error_is_longer_than_anybody_reads() -> None:
    """Each replication of a run may have the same error in its result."""
    long = "x" * 5_000_000
    error = error_from_answer(409, {"code": long, "msg": long, "args": [long] * 1000}, "", action="GET /x")
    assert error.message.endswith("...")
    assert len(json.dumps(error.as_dict())) < 100_000


def test_a_json_error_without_a_reason_does_not_show_its_stack_trace() -> None:
    document = {"code": "X", "stacktrace": "com.vmware.h4.api.X: at Y.java:1"}
    error = answered(500, document, str(document))
    assert error.message == f"{ACTION} was answered with HTTP 500 X: no explanation"
    assert "java" not in str(error.as_dict())


def test_what_a_caller_adds_to_the_message_is_in_the_text_of_the_exception() -> None:
    error = VcdaError("It failed.")
    error.message = "Before it: " + error.message
    assert str(error) == "Before it: It failed."


def test_an_empty_refusal_says_that_there_is_no_explanation() -> None:
    assert answered(500, {}).message == f"{ACTION} was answered with HTTP 500: no explanation"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "text",
        7,
        {},
        {"code": None, "msg": None, "args": None, "stacktrace": None},
        {"code": 7, "msg": ["x"], "args": "text", "stacktrace": {}},
        {"code": "", "msg": "", "args": {}},
    ],
)
def test_an_error_body_of_any_shape_is_read(document: Any) -> None:
    assert api_error_fields(document) == {"code": None, "message": None, "arguments": []}


def test_odd_arguments_become_text() -> None:
    assert api_error_fields({"args": [1, None, "x", {"a": 1}]})["arguments"] == ["1", "None", "x", "{'a': 1}"]


def test_a_failed_task_is_told_with_its_reason() -> None:
    error = error_from_task(
        api_error("SeedMismatch", "The disks differ.", "disk-1"), action="reverse", task_id="task-1"
    )
    assert error.category == "task_failed"
    assert error.code == "SeedMismatch"
    assert error.message == "The reverse task failed with SeedMismatch: The disks differ."
    assert error.arguments == ["disk-1"]
    assert error.task_id == "task-1"
    assert error.hint == HINTS["task_failed"]
    assert not error.ambiguous
    assert not error.retriable


def test_a_task_that_failed_for_want_of_a_peer_session_says_how_to_get_one() -> None:
    error = error_from_task(api_error("RemoteAuthenticationFailure", "No."), action="reverse", task_id="task-1")
    assert error.category == "task_failed"
    assert "extend_sites" in error.hint


@pytest.mark.parametrize("document", [None, {}, "text", []])
def test_a_task_may_fail_without_a_reason(document: Any) -> None:
    error = error_from_task(document, action="migrate", task_id="task-1")
    assert error.message == "The migrate task failed: the service gives no reason"
    assert error.code is None


def test_a_malformed_answer_is_the_fault_of_the_server() -> None:
    error = malformed("The list /tasks", "there is no list of items")
    assert (error.category, error.code) == ("server", "MALFORMED_ANSWER")
    assert str(error) == "The list /tasks is not of the documented form: there is no list of items."


def test_an_unusable_option_is_named() -> None:
    error = invalid("ca_path", "it cannot be read", hint="Check the path.")
    assert (error.category, error.code, error.hint) == ("invalid_request", "INVALID_OPTION", "Check the path.")
    assert str(error) == "ca_path: it cannot be read."
    assert not error.retriable


def test_only_what_may_end_by_itself_is_retriable() -> None:
    retriable = {category for category in CATEGORIES if VcdaError("x", category=category).retriable}
    assert retriable == {"timeout", "unreachable", "server"}
    assert VcdaError("x", category=errors_file.REFUSED, retriable=True).retriable
