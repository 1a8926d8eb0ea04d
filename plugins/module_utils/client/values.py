# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Reading single values of API documents without trusting their types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# The characters that an id of any form may contain: it becomes part of a URL.
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,255}\Z")
_LIMIT = 2**63


def whole_number(value: Any) -> int | None:
    """Read a number.

    :param value: a value of a document; a number may be written as text
    :returns: the number without its fraction; None if the value is not a number, or not a 64-bit integer
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if -_LIMIT <= number < _LIMIT else None


def identified(documents: Iterable[Mapping[str, Any]], key: str) -> tuple[list[Mapping[str, Any]], int]:
    """Separate the identifiable objects of a list from damaged ones.

    :param key: the key that identifies an object: ``id``, or a name
    :returns: the objects that have a usable value of it, and the number of the others
    """
    listed = list(documents)
    good = [one for one in listed if (is_id(one.get(key)) if key == "id" else _is_name(one.get(key)))]
    return good, len(listed) - len(good)


def is_id(value: Any) -> bool:
    """Tell whether a value can be an id, which becomes part of a URL."""
    return isinstance(value, str) and _ID.match(value) is not None


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""
