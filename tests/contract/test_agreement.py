# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quick check and openapi-core, a general OpenAPI validator, come to the same verdict on the same document."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import Any

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from ansible_collections.opendr.vcda.tests.contract import Contract
from ansible_collections.opendr.vcda.tests.contract.cases import (
    GOOD_ANSWERS,
    WRONG_ANSWERS,
    WRONG_REQUESTS,
    planted,
)
from ansible_collections.opendr.vcda.tests.contract.examples import CALLS, Call

HOST = "https://vcda.example.com:443"
JSON = "application/json"
# OpenAPI leaves these to the service: parameters, headers and bodies that the document does not have.
ONLY_OURS = {
    "undocumented parameter",
    "repeated parameter",
    "header out of place",
    "media type of another product",
    "body where none belongs",
    "body with 204",
    "no body, 406",
}


@functools.cache
def other() -> OpenAPI:
    # That the document is valid is another test's business.
    return OpenAPI.from_dict(Contract.load("4.7").document, config=Config(spec_validator_cls=None))


def mock(call: Call) -> MockRequest:
    headers = call.all_headers()
    content_type = headers.get("Content-Type", "")
    return MockRequest(
        HOST,
        call.method.lower(),
        call.path,
        args=dict(call.query),
        headers=headers,
        data=call.payload() or None,
        content_type=content_type,
    )


def accepts_request(call: Call) -> bool:
    try:
        other().validate_request(mock(call))
    except OpenAPIError:
        return False
    return True


def accepts_answer(call: Call, status: int, document: Any) -> bool:
    body = b"" if document is None else json.dumps(document).encode()
    try:
        other().validate_response(mock(call), MockResponse(body, status, content_type=JSON))
    except OpenAPIError:
        return False
    return True


def check_request(call: Call) -> list[str]:
    return Contract.load("4.7").check_request(call.method, call.path, call.query, call.all_headers(), call.payload())


@pytest.mark.parametrize("name", CALLS)
def test_both_accept_the_good_requests(name: str) -> None:
    assert accepts_request(CALLS[name])
    assert check_request(CALLS[name]) == []


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.body is not None])
def test_both_refuse_an_undocumented_key_anywhere(name: str) -> None:
    for body in planted(CALLS[name].body):
        assert not accepts_request(replace(CALLS[name], body=body))


@pytest.mark.parametrize(
    "case", [case for case in WRONG_REQUESTS if case[0] not in ONLY_OURS], ids=lambda case: str(case[0])
)
def test_both_refuse_the_wrong_requests(case: tuple[str, Call, str]) -> None:
    assert not accepts_request(case[1])


@pytest.mark.parametrize(("operation", "status", "document"), GOOD_ANSWERS)
def test_both_accept_the_good_answers(operation: str, status: int, document: Any) -> None:
    headers = {"X-VCAV-Auth": "token"} if operation == "session_login" else {}
    assert accepts_answer(replace(CALLS[operation], headers=headers), status, document) or document is None


@pytest.mark.parametrize(
    "case", [case for case in WRONG_ANSWERS if case[0] not in ONLY_OURS], ids=lambda case: str(case[0])
)
def test_both_refuse_the_wrong_answers(case: tuple[str, str, int, Any, str]) -> None:
    assert not accepts_answer(CALLS[case[1]], case[2], case[3])
