# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Why a name is not found although one that looks like it is there. Names are compared exactly, so none is selected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

QUOTE = (
    "YAML reads words such as yes, no, on, off and null, and numbers such as 007 or 1e3, as something other than text. "
    "Put the name in quotes, and give it exactly as it is."
)
# The text to which yes, no, on, off, null and plain numbers of YAML are converted.
_READ_BY_YAML = re.compile(r"^(True|False|None|[-+]?[0-9][0-9_.:e+-]*)\Z", re.IGNORECASE)


def hint_on(name: str) -> str | None:
    """Return the advice to quote a name that YAML may have read as something else; None if there is nothing to say."""
    return QUOTE if _READ_BY_YAML.match(name) else None


# The same names are compared with each name that is not found.
@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """Return a key that is the same for names that look the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def similar(asked: str, names: Iterable[str]) -> str:
    """Return a sentence on the names that look like one that was not found; empty if there are none.

    :param asked: the name that was not found
    :param names: the names that are there
    """
    key = folded(asked)
    alike = [name for name in dict.fromkeys(names) if folded(name) == key and name != asked]
    if not alike:
        return ""
    shown = " and ".join(ascii(name) for name in alike)
    return (
        f"{asked!a} was asked for, and {shown} is there, which differs in blanks, in upper and lower case or in the "
        "Unicode form; names are compared exactly."
    )
