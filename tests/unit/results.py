# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test looks at in the result of an operation on VM replications."""

from __future__ import annotations

from typing import Any


def only(result: dict[str, Any]) -> dict[str, Any]:
    """Return the one item of a result."""
    assert len(result["vm_replications"]) == 1
    item: dict[str, Any] = result["vm_replications"][0]
    return item


def brief(result: dict[str, Any], key: str = "vm_replications") -> list[tuple[Any, ...]]:
    """Return of each item its decision, whether it changed, and the code of its error or else its category."""
    errors = [item.get("error", {"code": "", "category": ""}) for item in result[key]]
    return [
        (item["decision"], item["changed"], errors[number]["code"] or errors[number]["category"])
        for number, item in enumerate(result[key])
    ]
