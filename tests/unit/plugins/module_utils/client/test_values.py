# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single values: a number is read from whatever may stand for one, and nothing ends in a traceback."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified, whole_number


@pytest.mark.parametrize(
    ("value", "number"),
    [(0, 0), (-1, -1), (7, 7), (7.9, 7), ("7", 7), ("-7", -7), (2**63 - 1, 2**63 - 1), (-(2**63), -(2**63))],
)
def test_numbers_and_their_texts_are_read(value: Any, number: int) -> None:
    assert whole_number(value) == number


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "",
        "seven",
        "7.5",
        "--7",
        "²",
        "9" * 10_000,
        2**63,
        -(2**63) - 1,
        10**400,
        float("inf"),
        float("nan"),
        1e999,
        [],
        [7],
        {},
    ],
)
def test_what_is_no_number_is_none(value: Any) -> None:
    assert whole_number(value) is None


@pytest.mark.parametrize(
    ("documents", "good", "damaged"),
    [
        ([], [], 0),
        ([{"id": "a"}, {}, {"id": None}, {"id": ""}, {"id": 7}, {"id": ["b"]}], [{"id": "a"}], 5),
    ],
)
def test_what_cannot_be_told_apart_is_counted(documents: list[Any], good: list[Any], damaged: int) -> None:
    assert identified(documents, "id") == (good, damaged)
