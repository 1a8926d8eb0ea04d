# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operation ids: where they come from, which are refused, and which requests belong to an operation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import (
    LONGEST,
    given_operation_id,
    is_of_one_request,
    is_of_operation,
    new_operation_id,
)

USABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=LONGEST)


@pytest.mark.parametrize(
    ("value", "environment", "job_id", "expected"),
    [
        ("CHG-1", {"VCDA_OPERATION_ID": "CHG-2", "JOB_ID": "7"}, 7, "CHG-1"),
        (None, {"VCDA_OPERATION_ID": "CHG-2", "JOB_ID": "7"}, 7, "CHG-2"),
        (" ", {"VCDA_OPERATION_ID": "", "JOB_ID": "7"}, 8, "awx-job-7"),
        (None, {}, 8, "awx-job-8"),
        (None, {}, "8", "awx-job-8"),
        # Other schedulers use the variable for words of their own.
        (None, {"JOB_ID": "nightly build"}, None, None),
        (None, {"JOB_ID": "9" * 40}, None, None),
        ("", {}, None, None),
        (None, {}, None, None),
    ],
)
def test_where_the_operation_id_comes_from(
    value: str | None, environment: dict[str, str], job_id: Any, expected: str | None
) -> None:
    assert given_operation_id(value, environment, job_id) == expected


BAD = ["CHG 1", " CHG-1", "CHG-1\n", "CHG\t1", "CHG\x001", "CHG\x7f", "Änderung", "CHG\u2028", "x" * (LONGEST + 1)]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("is_option", [True, False])
def test_what_no_log_line_can_carry_is_refused(text: str, is_option: bool) -> None:
    with pytest.raises(VcdaError) as caught:
        given_operation_id(*(text, {}) if is_option else (None, {"VCDA_OPERATION_ID": text}))
    assert (caught.value.category, caught.value.code) == ("invalid_request", "INVALID_OPTION")
    assert caught.value.message.startswith("operation_id: it must have 1 to 128 characters")


@given(USABLE)
def test_each_request_has_an_id_of_its_own_that_belongs_to_the_operation(operation_id: str) -> None:
    assert given_operation_id(operation_id, {}) == operation_id
    first, second = new_operation_id(operation_id), new_operation_id(operation_id)
    assert first != second
    assert first.startswith(operation_id + "-")
    assert is_of_one_request(first)
    assert is_of_operation(first, operation_id)
    assert is_of_operation(first, first)
    assert not is_of_operation(first, second)


@given(USABLE, USABLE)
def test_what_merely_begins_alike_is_another_operation(operation_id: str, more: str) -> None:
    other = operation_id + more
    assert not is_of_operation(new_operation_id(other), operation_id)
    assert not is_of_operation(new_operation_id(operation_id), other)


def test_an_operation_without_an_id_is_of_the_collection() -> None:
    assert new_operation_id().startswith("opendr.vcda-")
    assert not is_of_one_request("CHG-1")
