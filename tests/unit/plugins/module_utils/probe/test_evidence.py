# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence holds the shape of an exchange and nothing that the service sent as a value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.probe.evidence import (
    Numbers,
    describe,
    media_type,
    number_range,
    path_pattern,
    shape,
)


def test_an_exchange() -> None:
    headers = {"content-type": "application/vnd.vmware.h4-v4.7+json;charset=UTF-8", "X-Tenant": "acme", "Date": "now"}
    document = {"id": "C4-1", "vmName": "payroll", "rpo": 15, "acme": {"x": 1}, "isPaused": False, "owner": None}
    exchange = Exchange("GET", "/vm-replications/C4-1", {"acme": "1", "site": "a"}, "", 200, headers, document, False)
    assert describe(3, exchange, Numbers()) == {
        "number": 3,
        "method": "GET",
        "path": "/vm-replications/{1}",
        "parameters": ["other parameter", "site"],
        "status": 200,
        "media_type": "none",
        "headers": ["Content-Type", "Date", "other header"],
        "body": {
            "type": "object",
            "keys": {
                "id": {"type": "string", "running_number": 1},
                "isPaused": {"type": "boolean", "value": False},
                "owner": {"type": "null"},
                "rpo": {"type": "number", "range": "10^1 to 10^2"},
                "vmName": {"type": "string"},
            },
            "other_keys": [{"type": "object", "keys": {}, "other_keys": [{"type": "number", "range": "10^0 to 10^1"}]}],
        },
    }


@pytest.mark.parametrize(("is_empty", "kind"), [(True, "none"), (False, "not JSON")])
def test_a_body_that_is_no_json(is_empty: bool, kind: str) -> None:
    exchange = Exchange("GET", "/sites", {}, "", 502, {}, None, is_empty)
    assert describe(1, exchange, Numbers())["body"] == {"type": kind}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (-1, "-1"),
        (-7, "negative"),
        (0.5, "0 to 1"),
        (1, "10^0 to 10^1"),
        (99, "10^1 to 10^2"),
        (100, "10^2 to 10^3"),
        (1_800_000_000_000, "10^12 or more"),
        (float("inf"), "10^12 or more"),
        (float("-inf"), "negative"),
    ],
)
def test_a_number_is_told_as_a_range(value: float, told: str) -> None:
    assert number_range(value) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "none"),
        ("application/json;charset=UTF-8", "application/json"),
        ("Application/vnd.vmware.h4-v4+json", "application/vnd.vmware.h4-v4+json"),
        ("text/html; charset=latin-1", "text/html"),
        ("application/vnd.acme+json", "other"),
        ("application/vnd.vmware.h4-v12345+json", "other"),
    ],
)
def test_a_media_type(text: str, told: str) -> None:
    assert media_type({"Content-Type": text}) == told


def test_ids_are_told_apart_by_numbers() -> None:
    numbers = Numbers()
    assert path_pattern("/vm-replications/C4-a/reverse", numbers) == "/vm-replications/{1}/reverse"
    assert path_pattern("/tasks/b", numbers) == "/tasks/{2}"
    assert path_pattern("/vm-replications/C4-a", numbers) == "/vm-replications/{1}"


def test_items_of_one_form_are_told_once() -> None:
    listed = [{"id": "a", "state": "RUNNING"}, {"id": "b", "state": "RUNNING"}, {"id": "c", "state": "acme"}]
    told = shape(listed, Numbers())
    assert told["length"] == "10^0 to 10^1"
    assert [item["keys"]["state"]["word"] for item in told["items"]] == ["RUNNING", "other word"]


def test_what_is_nested_without_end_is_cut() -> None:
    value: Any = "acme"
    for _unused in range(100):
        value = [value]
    assert "deeper" in str(shape(value, Numbers()))
    assert "acme" not in str(shape(value, Numbers()))
