# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Query parameters and pages (vendor reference 3.5 to 4.7: ``limit`` and ``offset`` of every list)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any, TypeVar

from .call import Call
from .errors import ApiError, bad_input, forbidden

Item = TypeVar("Item")
COMMON = ("site", "offset", "limit")
USUAL_LIMIT = 100


def number(call: Call, name: str) -> int | None:
    """Return a parameter that is a number of at least zero.

    :raises ApiError: 400 for anything else; not documented
    """
    value = call.query(name)
    if value is None or value == "":
        return None
    try:
        parsed = int(value)
    except ValueError:
        raise bad_input(f"The parameter {name} is no number.", name) from None
    if parsed < 0:
        raise bad_input(f"The parameter {name} is negative.", name)
    return parsed


def words(call: Call, name: str) -> list[str]:
    """Return the values of a parameter that is a comma-separated list, or repeated, or both."""
    return [word for key, value in call.request.query if key == name for word in value.split(",") if word]


def check_names(call: Call, known: Iterable[str]) -> None:
    """Refuse unknown parameters if switch ``unknown_parameters`` says so; what the product does is not documented."""
    if call.world.settings.unknown_parameters == "rejected":
        unknown = {name for name, _value in call.request.query} - set(known) - set(COMMON)
        if unknown:
            raise bad_input(f"Unknown parameter: {', '.join(sorted(unknown))}.")


def admin_value(call: Call, name: str) -> str | None:
    """Return a filter that only administrators may use.

    The answer to other users is not documented; switch ``admin_filters``.
    """
    value = call.query(name)
    if value is None or call.account.is_admin:
        return value
    if call.world.settings.admin_filters == "forbidden_403":
        raise forbidden()
    return None


def window(call: Call) -> tuple[int, int]:
    """Return offset and limit; a limit that is missing or above the cap is replaced by 100 (vendor reference 3.5, 4.7).

    The cap itself is not documented: switch ``limit_cap``. A cap below 100 also limits the replacement.
    """
    cap = call.world.settings.limit_cap
    limit = number(call, "limit")
    return number(call, "offset") or 0, min(USUAL_LIMIT, cap) if limit is None or limit > cap else limit


def page(call: Call, found: Collection[Item] | Iterable[Item], total: int) -> tuple[list[Item], dict[str, Any]]:
    """Return the items of the requested page and the document of the page, whose ``items`` the caller fills."""
    offset, limit = window(call)
    items = list(islice(found, offset, offset + limit))
    return items, {"items": [], "offset": offset, "limit": limit, "total": total}


def malformed(call: Call, identifier: str, otherwise: ApiError) -> ApiError:
    """Return the answer to an id of a wrong form: not documented; switch ``malformed_id``."""
    if call.world.settings.malformed_id == "bad_request_400":
        return bad_input(f"{identifier} is no id.", identifier)
    return otherwise
