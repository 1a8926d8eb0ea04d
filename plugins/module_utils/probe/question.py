# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A question to a service: what is asked, at which level, with which requests, and what may be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Levels; each includes those before it.
READ = "read"
SESSION = "session"
CYCLE = "cycle"
LEVELS = (READ, SESSION, CYCLE)
# The request that most questions about lists are asked with.
LIST = "GET /vm-replications"
# Kinds of answers other than a choice of values.
RANGE = "range"
VERSION = "version"

ANSWERED = "answered"
NOT_ASKED = "not asked at this level"
NOT_SEEN = "not seen"
CONTRADICTORY = "contradictory"
OUTCOMES = (ANSWERED, NOT_ASKED, NOT_SEEN, CONTRADICTORY)


@dataclass(frozen=True)
class Question:
    """One question.

    :param id: its name, and that of the simulator's switch if there is one
    :param asks: what is asked, in the words of the documentation
    :param told: how the answer is derived
    :param level: the lowest level that asks it; empty if none can
    :param values: the possible answers; empty for ranges and versions
    :param kind: choice, ``RANGE`` or ``VERSION``
    :param requests: the requests in addition to those of the recovery, with the highest number of each
    :param does: what the collection does while the answer is unknown; empty if it is documented
    :param fault: the simulator's fault for it, if there is no switch
    :param unlimited: the value of the switch for no limit, for ranges without an upper end
    :param why_not: why no level asks it
    """

    id: str
    asks: str
    told: str = ""
    level: str = ""
    values: tuple[Any, ...] = ()
    kind: str = "choice"
    requests: Mapping[str, int] | None = None
    does: str = ""
    fault: str = ""
    unlimited: Any = None
    why_not: str = ""

    @property
    def switch(self) -> str:
        """The simulator's switch for it; empty if there is a fault instead."""
        return "" if self.fault else self.id

    def is_asked_at(self, level: str) -> bool:
        """Tell whether a level asks the question."""
        return bool(self.level) and LEVELS.index(self.level) <= LEVELS.index(level)
