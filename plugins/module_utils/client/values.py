# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Single values of API documents, read without trusting their form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# What an id may be made of, whatever its form: it becomes a part of addresses.
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,255}\Z")
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


def identified(documents: Iterable[Mapping[str, Any]], key: str) -> tuple[list[Mapping[str, Any]], int]:
    """Tell the objects of a list that can be told apart from the damaged ones.

    :param key: of what identifies an object: ``id``, or a name
    :returns: the objects that have it, and how many others there are
    """
    listed = list(documents)
    good = [one for one in listed if (is_id(one.get(key)) if key == "id" else _is_name(one.get(key)))]
    return good, len(listed) - len(good)


def is_id(value: Any) -> bool:
    """Tell whether a value can be an id, which becomes a part of addresses."""
    return isinstance(value, str) and _ID.match(value) is not None


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""
