# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The language of request bodies."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.errors import ApiError
from ansible_collections.opendr.vcda.tests.simulator.schema import (
    BOOL,
    DOCUMENT,
    INT,
    TEXT,
    Field,
    ListOf,
    MapOf,
    Object,
    check,
    one_of,
    plain,
    required,
)

SCHEMA = Object(
    {
        **plain(TEXT, "text"),
        "flag": Field(BOOL),
        "number": Field(INT),
        "choice": Field(one_of("A", "B")),
        "list": Field(ListOf(INT)),
        "map": Field(MapOf(Object(plain(TEXT, "inner")))),
        "open": Field(DOCUMENT),
        "new": Field(TEXT, since=(4, 5)),
        "old": Field(TEXT, until=(4, 4)),
        "must": Field(TEXT, required_until=(4, 2)),
    }
)
GOOD = {
    "text": "x",
    "flag": True,
    "number": 1,
    "choice": "A",
    "list": [1],
    "map": {"k": {"inner": "y"}},
    "open": {"a": 1},
}


def test_a_good_body() -> None:
    check(GOOD, SCHEMA, (4, 7), strict=True)


def test_null_counts_as_left_out() -> None:
    check({**dict.fromkeys(GOOD), "map": {"k": None}}, SCHEMA, (4, 7), strict=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": 1},
        {"flag": 1},
        {"number": True},
        {"number": "1"},
        {"choice": "C"},
        {"list": {}},
        {"list": ["x"]},
        {"map": []},
        {"map": {"k": "x"}},
        {"map": {"k": {"inner": 1}}},
        {"open": []},
    ],
)
def test_wrong_types_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as caught:
        check(wrong, SCHEMA, (4, 7), strict=False)
    assert (caught.value.status, caught.value.code) == (400, "BadUserInput")


@pytest.mark.parametrize(
    ("body", "version", "unknown"),
    [
        ({"other": 1}, (4, 7), "other"),
        ({"map": {"k": {"other": 1}}}, (4, 7), "map.k.other"),
        ({"new": "x"}, (4, 4), "new"),
        ({"old": "x"}, (4, 5), "old"),
    ],
)
def test_unknown_keys_are_refused_only_when_strict(
    body: dict[str, Any], version: tuple[int, int], unknown: str
) -> None:
    check(body, SCHEMA, version, strict=False)
    with pytest.raises(ApiError) as caught:
        check(body, SCHEMA, version, strict=True)
    assert caught.value.arguments == [unknown]


def test_required_fields() -> None:
    check({}, SCHEMA, (4, 3), strict=True)
    with pytest.raises(ApiError, match="The field must is missing"):
        check({}, SCHEMA, (4, 2), strict=True)
    with pytest.raises(ApiError, match=r"The field inner\.must is missing"):
        check({"inner": {}}, Object({"inner": Field(Object({"must": required(TEXT)}))}), (4, 7), strict=True)
    with pytest.raises(ApiError, match="The body is no object"):
        check([], SCHEMA, (4, 7), strict=True)
