# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request log, and counters of requests, answers and accepted verbs."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Entry:
    """One request. ``status`` is 0 if there was no answer; ``effect`` is the name of the accepted verb.

    ``at`` is in epoch milliseconds. Headers, bodies and tokens are not kept.
    """

    site: str
    method: str
    path: str
    query: list[tuple[str, str]]
    operation_id: str
    at: int
    operation: str = ""
    user: str = ""
    status: int = 0
    effect: str = ""
    resource_id: str = ""
    fault: str = ""
    on_prem_auth: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the entry, JSON-ready."""
        return asdict(self)


@dataclass
class Journal:
    """The last requests, and counts of all of them."""

    limit: int
    entries: deque[Entry] = field(default_factory=deque)
    total: int = 0
    by_operation: Counter[str] = field(default_factory=Counter)
    by_status: Counter[int] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    max_in_flight: int = 0
    connections: int = 0

    def add(self, entry: Entry) -> None:
        """Log a request after its answer is known."""
        self.entries.append(entry)
        while len(self.entries) > self.limit:
            self.entries.popleft()
        self.total += 1
        self.by_operation[entry.operation or f"{entry.method} ?"] += 1
        self.by_status[entry.status] += 1
        if entry.effect:
            self.effects[entry.effect] += 1

    def enter(self) -> None:
        """Count a request that is being answered."""
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def leave(self) -> None:
        """Count a request that has been answered."""
        self.in_flight -= 1

    def clear(self) -> None:
        """Reset the log and all counts except the requests that are being answered now."""
        self.entries.clear()
        self.total = self.connections = 0
        self.max_in_flight = self.in_flight
        for counter in (self.by_operation, self.by_status, self.effects):
            counter.clear()

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over the requests, oldest first."""
        return iter(list(self.entries))

    def __len__(self) -> int:
        """Return the number of logged requests."""
        return len(self.entries)

    def __getitem__(self, position: int) -> Entry:
        """Return one request; negative positions count from the newest."""
        return self.entries[position]
