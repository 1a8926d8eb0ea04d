# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The clock: current time and sleep, replaceable in tests."""

from __future__ import annotations

import math
import time

# A shorter remaining time, in seconds, counts as none.
_NOTHING = 0.001


class Clock:
    """The real clock."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back."""
        return time.monotonic()

    def now_ms(self) -> int:
        """Return the wall clock in milliseconds since the epoch, the unit of all API timestamps."""
        return int(time.time() * 1000)

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds.

        :param seconds: how long; zero or less returns at once
        """
        if seconds > 0:
            time.sleep(seconds)


class Deadline:
    """The end of the time that an operation may take; it is passed on to all parts of the operation.

    :param clock: the clock
    :param seconds: from now on; None for no limit
    """

    def __init__(self, clock: Clock, seconds: float | None = None) -> None:
        self._clock = clock
        self._end = math.inf if seconds is None else clock.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds that are left, never less than 0; infinite without a limit."""
        remaining = self._end - self._clock.monotonic()
        return remaining if remaining >= _NOTHING else 0.0

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.remaining <= 0
