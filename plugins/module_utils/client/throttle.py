# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The request rate: unlimited until the service or a gateway asks to slow down, then reduced for a while."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock

# The longest pause, whatever Retry-After says: a recovery must not be delayed for longer.
LONGEST_PAUSE = 60.0
_FIRST_PAUSE = 0.5
_LONGEST_OWN_PAUSE = 8.0
# Seconds between two requests of all threads together while the rate is reduced.
_FIRST_INTERVAL = 0.2
_LONGEST_INTERVAL = 2.0
# Seconds without another request to slow down, after which the rate is doubled.
_RELIEF = 5.0


class Throttle:
    """Delays the requests of all threads of one client while the service gets too many.

    :param clock: the clock
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._interval = 0.0
        self._pause = 0.0
        self._next = 0.0
        self._slowed = float("-inf")
        self._relief = 0.0

    def delay(self) -> float:
        """Reserve the next free time slot for a request.

        :returns: seconds until the slot
        """
        with self._lock:
            if not self._interval:
                return 0.0
            now = self._clock.monotonic()
            place = max(now, self._next)
            self._next = place + self._interval
            return place - now

    def slow_down(self, sent: float, retry_after: float | None) -> None:
        """Reduce the rate after a request that was one too many.

        :param sent: when that request was sent, on the monotonic clock; concurrent requests reduce the rate only once
        :param retry_after: seconds that the answer asks to wait; None if it does not say
        """
        with self._lock:
            now = self._clock.monotonic()
            if sent >= self._slowed:
                self._interval = min(max(self._interval * 2, _FIRST_INTERVAL), _LONGEST_INTERVAL)
                self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_OWN_PAUSE)
                self._slowed = now
            pause = self._pause * random.uniform(0.5, 1.0) if retry_after is None else retry_after
            self._next = max(self._next, now + pause)
            self._relief = max(self._relief, self._next + _RELIEF)

    def relax(self) -> None:
        """Raise the rate step by step after a request that was answered well."""
        with self._lock:
            now = self._clock.monotonic()
            if self._interval and now >= self._relief:
                self._interval = self._interval / 2 if self._interval > _FIRST_INTERVAL / 4 else 0.0
                self._pause, self._relief = 0.0, now + _RELIEF


def retry_after(headers: Mapping[str, str], now_ms: int) -> float | None:
    """Return the seconds that an answer asks to wait (RFC 9110, section 10.2.3: a number of seconds, or a date).

    :param headers: headers of the answer; a date in Retry-After is compared with the header Date
    :param now_ms: local time, milliseconds since the epoch, for an answer without Date
    :returns: at least 0 and at most 60; None if there is no Retry-After, or it cannot be read
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and text.isascii():
        return min(float(text[:9]), LONGEST_PAUSE)
    moment = seconds_of(text)
    if moment is None:
        return None
    server_now = seconds_of(headers.get("Date", ""))
    return min(max(moment - (now_ms / 1000 if server_now is None else server_now), 0.0), LONGEST_PAUSE)


def seconds_of(date: str) -> float | None:
    """Return the time that a header holds, in seconds since the epoch; None if it cannot be read.

    :param date: in one of the forms of RFC 9110, section 5.6.7
    """
    try:
        return parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
