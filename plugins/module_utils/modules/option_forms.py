# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The forms that options of several modules have, as data; see ``modules.arguments``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Option = dict[str, Any]
Options = dict[str, Option]


def names(alias: str) -> Option:
    """Return an option for several names or ids.

    :param alias: the singular, as an alias
    """
    return {"type": "list", "elements": "str", "aliases": [alias]}


def numbers() -> Option:
    """Return an option for several whole numbers."""
    return {"type": "list", "elements": "int"}


def required() -> Option:
    """Return an option for a text that must be given."""
    return {"type": "str", "required": True}


def choice(values: Iterable[str]) -> Option:
    """Return an option for one of several words; the first is the default."""
    values = list(values)
    return {"type": "str", "choices": values, "default": values[0]}


def site_type() -> Option:
    """Return an option for the type of a site."""
    return {"type": "str", "choices": ["vcloud", "vcenter"]}


def texts(*names: str) -> Options:
    """Return an optional text for each name."""
    return {name: {"type": "str"} for name in names}
