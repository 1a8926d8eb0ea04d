# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Time as the collection sees it, in one place, so that tests need not wait."""

from __future__ import annotations

import time


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
