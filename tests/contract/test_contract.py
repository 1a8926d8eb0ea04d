# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the check finds, and what it lets pass."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.contract import Contract
from ansible_collections.opendr.vcda.tests.contract.cases import (
    FAILOVER,
    GOOD_ANSWERS,
    JSON,
    REPLICATION,
    WRONG_ANSWERS,
    WRONG_REQUESTS,
)
from ansible_collections.opendr.vcda.tests.contract.examples import CALLS, ERROR, HEADERS, UUID, VM_ID, Call

CONTRACT = Contract.load("4.7")


def request(call: Call) -> list[str]:
    return CONTRACT.check_request(call.method, call.path, call.query, call.all_headers(), call.payload())


def answer(operation: str, status: int, document: Any, headers: dict[str, str] | None = None) -> list[str]:
    call = CALLS[operation]
    body = b"" if document is None else json.dumps(document).encode()
    return CONTRACT.check_response(call.method, call.path, status, headers or JSON, body)


@pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in CALLS.items()])
def test_a_good_request_of_every_operation_passes(call: Call) -> None:
    assert request(call) == []


def test_the_calls_are_found_by_their_ids() -> None:
    found = {name: CONTRACT.operation_id(call.method, call.path) for name, call in CALLS.items()}
    assert found == {name: name for name in CALLS}


def test_a_doubled_slash_in_front_means_the_same() -> None:
    assert request(replace(CALLS["vm_replication_get"], path=f"//vm-replications/{VM_ID}")) == []


@pytest.mark.parametrize(("call", "text"), [pytest.param(call, text, id=name) for name, call, text in WRONG_REQUESTS])
def test_a_wrong_request_is_found_out(call: Call, text: str) -> None:
    assert text in "\n".join(request(call))


def test_missing_headers_are_found_out() -> None:
    call = CALLS["vm_replication_get"]
    anonymous = {name: value for name, value in HEADERS.items() if name != "X-VCAV-Auth"}
    found = CONTRACT.check_request(call.method, call.path, call.query, anonymous, b"")
    assert found == ["vm_replication_get request: header x-vcav-auth is missing"]
    login = CALLS["session_login"]
    assert (
        CONTRACT.check_request(login.method, login.path, [], {"Content-Type": "application/json"}, login.payload())
        == []
    )
    found = CONTRACT.check_request(login.method, login.path, [], {}, login.payload())
    assert found == ["session_login request: the body is of the media type (none), not application/json"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"type": NaN}'])
def test_a_body_that_is_no_json_is_found_out(body: bytes) -> None:
    found = CONTRACT.check_request(FAILOVER.method, FAILOVER.path, [], FAILOVER.all_headers(), body)
    assert len(found) == 1
    assert "the body is no JSON" in found[0]


@pytest.mark.parametrize("operation", ["session_login", "session_extend"])
def test_no_secret_is_in_a_violation(operation: str) -> None:
    bodies: list[dict[str, Any]] = [
        {"type": "vcdCredentials", "vcdUser": "a@b", "vcdPassword": ["hunter2"]},
        {"type": "hunter2", "vcdUser": "hunter2"},
        {"type": "vcdCookie", "vcdCookie": {"a": "hunter2"}},
        {"type": "cookie", "site": "b", "cookie": ["hunter2"]},
    ]
    for body in bodies:
        found = request(replace(CALLS[operation], body=body))
        assert found
        assert "hunter2" not in "".join(found)
    wrong_header = replace(CALLS["vm_replication_failover"], headers={"On-Prem-Auth": "hunter2", "X-VCAV-Auth": ""})
    found = request(wrong_header)
    assert len(found) == 2
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(("operation", "status", "document"), GOOD_ANSWERS)
def test_a_good_answer_passes(operation: str, status: int, document: Any) -> None:
    assert answer(operation, status, document) == []


@pytest.mark.parametrize(
    ("operation", "status", "document", "text"), [pytest.param(*row[1:], id=row[0]) for row in WRONG_ANSWERS]
)
def test_a_wrong_answer_is_found_out(operation: str, status: int, document: Any, text: str) -> None:
    found = answer(operation, status, document)
    assert found
    assert all(text in violation for violation in found), found


@pytest.mark.parametrize(
    ("headers", "fits"),
    [
        ({"Content-Type": "application/json"}, True),
        ({"content-type": "application/vnd.vmware.h4-v4.7+json;charset=UTF-8"}, True),
        ({"content-type": "application/vnd.vmware.h4-v4.8+json"}, False),
        ({"content-type": "text/html"}, False),
        ({"content-length": "1"}, False),
    ],
)
def test_the_media_type_of_an_answer(headers: dict[str, str], fits: bool) -> None:
    assert (answer("vm_replication_get", 200, REPLICATION, headers) == []) is fits


def test_the_page_of_a_proxy_is_no_answer_of_the_service_but_a_known_one() -> None:
    call = CALLS["vm_replication_get"]
    page = b"<html>Bad gateway</html>"
    assert CONTRACT.check_response(call.method, call.path, 502, {"Content-Type": "text/html"}, page) == []
    assert CONTRACT.check_response(call.method, call.path, 200, {"Content-Type": "text/html"}, page)


def test_an_expired_session_is_told_by_its_header() -> None:
    refusal = ERROR | {"code": "NotAuthenticated"}
    expired = JSON | {"WWW-Authenticate": "Authentication Token Required"}
    assert answer("vm_replication_get", 401, refusal, expired) == []
    assert answer("vm_replication_get", 401, refusal) == []
    assert answer("vm_replication_get", 401, refusal, JSON | {"WWW-Authenticate": "Basic"})


def test_an_answer_to_an_undocumented_call_is_found_out() -> None:
    assert CONTRACT.check_response("GET", "/nowhere", 200, JSON, b"{}") == [
        "GET /nowhere: the path is not documented in 4.7"
    ]


def test_the_same_contract_is_compiled_once() -> None:
    assert Contract.load("4.7") is CONTRACT
    assert Contract.load(version="4.7", strict=False) is not Contract.load("4.7", strict=True)


def test_answers_may_have_more_than_is_documented() -> None:
    assert answer("vm_replication_get", 200, REPLICATION | {"news": {"id": UUID}}) == []
