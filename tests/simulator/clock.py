# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated time: real time (optionally faster) or time that tests advance."""

from __future__ import annotations

import threading
import time
from typing import Protocol

START_MS = 1_800_000_000_000


class Clock(Protocol):
    """The interface of a clock for the simulator and for a client under test."""

    def now_ms(self) -> int:
        """Return the simulated time as epoch milliseconds, the unit of all time stamps of the product."""

    def monotonic(self) -> float:
        """Return simulated seconds since an arbitrary start; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Let the given simulated seconds pass."""

    def skip(self, seconds: float) -> None:
        """Let simulated seconds pass at once if the clock can; used for a timeout of the client."""


class RealClock:
    """The computer's clock; with a speed above one, simulated time passes that much faster."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start now.

        :param speed: simulated seconds per real second, above zero
        :raises ValueError: if speed is not above zero
        """
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed
        self._skipped = 0.0
        self._start = time.monotonic()
        self._epoch_ms = time.time_ns() // 1_000_000

    def now_ms(self) -> int:
        """Return the simulated time as epoch milliseconds."""
        return self._epoch_ms + int(self.monotonic() * 1000)

    def monotonic(self) -> float:
        """Return simulated seconds since this clock was created."""
        return (time.monotonic() - self._start) * self.speed + self._skipped

    def sleep(self, seconds: float) -> None:
        """Wait until the given simulated seconds have passed."""
        time.sleep(max(0.0, seconds) / self.speed)

    def skip(self, seconds: float) -> None:
        """Do nothing: with a real clock the client waits by itself.

        :param seconds: simulated seconds, unused
        """

    def advance(self, seconds: float) -> None:
        """Jump ahead by simulated seconds.

        :raises ValueError: if seconds is negative
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        self._skipped += seconds


class ManualClock:
    """A clock that stands still until ``sleep`` or ``advance`` is called; nothing ever waits."""

    def __init__(self, start_ms: int = START_MS) -> None:
        """Start at the given epoch milliseconds."""
        self._lock = threading.Lock()
        self._start_ms = start_ms
        self._elapsed_ms = 0.0

    def now_ms(self) -> int:
        """Return the simulated time as epoch milliseconds."""
        return self._start_ms + int(self._elapsed_ms)

    def monotonic(self) -> float:
        """Return simulated seconds since this clock was created."""
        return self._elapsed_ms / 1000

    def sleep(self, seconds: float) -> None:
        """Advance by the given seconds at once."""
        self.advance(max(0.0, seconds))

    def skip(self, seconds: float) -> None:
        """Advance by the given seconds at once."""
        self.sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Advance by the given seconds at once.

        :raises ValueError: if seconds is negative
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        with self._lock:
            self._elapsed_ms += seconds * 1000
