# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of which one value was changed or removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# The value is removed.
GONE = object()


def places(value: Any, inside: Any = None, key: Any = None) -> Iterator[tuple[Any, Any]]:
    """Return where the values of a document are: each object or list, and the key or index in it."""
    if inside is not None:
        yield inside, key
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield from places(item, value, name)


def damage(document: Any, position: int, value: Any) -> Any:
    """Return a document with one value changed or removed; a document without parts is replaced."""
    found = list(places(document))
    if not found:
        return None if value is GONE else value
    inside, key = found[position % len(found)]
    if value is GONE:
        del inside[key]
    else:
        inside[key] = value
    return document
