# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a handler is given."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ApiError, Request, Simulator
from ansible_collections.opendr.vcda.tests.simulator.accounts import VCD_ACCOUNTS
from ansible_collections.opendr.vcda.tests.simulator.call import Call

OPERATOR, _unused, PROVIDER = VCD_ACCOUNTS


def call(simulator: Simulator, request: Request, account: object = OPERATOR) -> Call:
    site = simulator.site("site-2")
    return Call(simulator.world, simulator.sessions, site, None, account, request, (4, 7), (4, 7), 0)  # type: ignore[arg-type]


def test_organization_and_operation_id(simulator: Simulator) -> None:
    request = Request("GET", "/", headers={"operationid": "abc"})
    assert call(simulator, request).operation_id == "abc"
    assert call(simulator, request).org == "tenant-1"
    assert call(simulator, request, PROVIDER).org == "System"


def test_the_last_value_of_a_parameter_counts(simulator: Simulator) -> None:
    made = call(simulator, Request("GET", "/", query=[("a", "1"), ("a", "2")]))
    assert made.query("a") == "2"
    assert made.query("b") is None


def test_a_json_body(simulator: Simulator) -> None:
    assert call(simulator, Request("POST", "/", body=b'{"a": 1}')).required_json() == {"a": 1}
    assert call(simulator, Request("POST", "/", body=b" ")).json() == {}


@pytest.mark.parametrize(("body", "code"), [(b"{", "BadRequest"), (b"[]", "BadRequest"), (b"", "BadUserInput")])
def test_a_wrong_body(simulator: Simulator, body: bytes, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        call(simulator, Request("POST", "/", body=body)).required_json()
    assert (caught.value.status, caught.value.code) == (400, code)
