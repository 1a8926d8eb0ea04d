# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that never end: each piece follows the last one quickly, so that no read timeout occurs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from .exchange import Break

# Seconds between two pieces.
INTERVAL = 0.03
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def pieces(how: Break) -> Iterator[bytes]:
    """Return the pieces of an endless answer."""
    if how is Break.DRIP_BODY:
        return itertools.chain([_HEAD + b"Content-Length: 100000\r\n\r\n"], itertools.repeat(b" "))
    if how is Break.DRIP_CHUNKS:
        return itertools.chain([_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"], itertools.repeat(b"1\r\n \r\n"))
    if how is Break.DRIP_HEAD:
        return itertools.chain([b"HTTP/1.1 200 OK\r\nX-Long: "], itertools.repeat(b"x"))
    if how is Break.DRIP_HEADERS:
        return itertools.chain([_HEAD], itertools.repeat(b"X-More: 1\r\n"))
    return itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")
