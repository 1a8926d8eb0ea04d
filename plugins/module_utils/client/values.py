# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Single values of API documents, read without trusting their form."""

from __future__ import annotations

from typing import Any

_LIMIT = 2**63


def whole_number(value: Any) -> int | None:
    """Read a number.

    :param value: what a document holds; a number may be written as text
    :returns: the number without its fraction; None if there is none, or one that is no 64-bit integer
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if -_LIMIT <= number < _LIMIT else None
