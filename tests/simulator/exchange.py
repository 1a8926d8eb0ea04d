# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange without I/O: the request, the answer, and the ways in which it can fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a site, with decoded path and lower-case header names."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """An answer of a site.

    ``delay`` is the time before the first byte in seconds; ``truncate`` cuts the connection in the middle of the body;
    ``repeated`` are headers that are sent a second time.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    truncate: bool = False
    repeated: list[tuple[str, str]] = field(default_factory=list)


class Break(Enum):
    """The ways in which a client can get no answer."""

    RESET = "reset"
    REFUSED = "refused"
    SILENCE = "silence"
    CERTIFICATE = "certificate"
    DRIP_BODY = "drip_body"
    DRIP_CHUNKS = "drip_chunks"
    DRIP_HEAD = "drip_head"
    DRIP_HEADERS = "drip_headers"
    DRIP_INTERIM = "drip_interim"


DRIPS = (Break.DRIP_BODY, Break.DRIP_CHUNKS, Break.DRIP_HEAD, Break.DRIP_HEADERS, Break.DRIP_INTERIM)


class ConnectionDropped(Exception):  # noqa: N818
    """The client gets no answer; the request may or may not have taken effect."""

    def __init__(self, how: Break) -> None:
        """Store how the connection breaks."""
        super().__init__(how.value)
        self.how = how
