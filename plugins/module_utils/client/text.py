# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Text of the service, made safe to show: names and messages come from whoever may name a VM."""

from __future__ import annotations

import re
import unicodedata

# Control characters, format characters (bidi controls, zero width), halves of characters, ends of lines and paragraphs.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Of other categories, but without a shape of their own: joiners, fillers and variation selectors (Unicode,
# Default_Ignorable_Code_Point).
_SHAPELESS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_HALF = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a text as one line that shows all it holds and does nothing to a terminal or a page.

    What controls a terminal, turns the direction of writing, ends a line or cannot be seen becomes an escape such as
    ``\x1b`` or ``\u202e``. All other characters of all scripts stay. For data, in results and reports, the text stays
    as it is.

    :param text: what is shown
    """
    # Most texts: the check is much faster than to look at every character.
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) if is_hidden(character) else character for character in text)


def is_hidden(character: str) -> bool:
    """Tell whether a character has no shape of its own, or does something where it is shown."""
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or _SHAPELESS.match(character) is not None


def has_halves(text: str) -> bool:
    """Tell whether a text holds halves of characters (lone surrogates), which no encoding has."""
    return _HALF.search(text) is not None


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
