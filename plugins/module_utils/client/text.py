# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Making text of the service safe to show: anybody who may name a VM decides what it contains."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

# Control characters, format characters (bidi controls, zero width), lone surrogates, line and paragraph separators.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Invisible characters of other categories: joiners, fillers and variation selectors (Unicode,
# Default_Ignorable_Code_Point).
_SHAPELESS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_HALF = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a text as one line that shows all its characters and cannot affect a terminal or a page.

    A character that controls a terminal, changes the writing direction, ends a line or is invisible becomes an escape
    such as ``\x1b`` or ``\u202e``. All other characters of all scripts stay. Data in results and reports is not
    escaped.

    :param text: the text to show
    """
    # True for most texts, and much faster than checking every character.
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) if is_hidden(character) else character for character in text)


def is_hidden(character: str) -> bool:
    """Tell whether a character is invisible, or affects the place where it is shown."""
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or _SHAPELESS.match(character) is not None


def has_halves(value: Any) -> bool:
    """Tell whether a text, or one within a value, contains lone surrogates, which cannot be encoded."""
    if isinstance(value, Mapping):
        return any(has_halves(item) for pair in value.items() for item in pair)
    if isinstance(value, (list, tuple)):
        return any(map(has_halves, value))
    return isinstance(value, str) and _HALF.search(value) is not None


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
