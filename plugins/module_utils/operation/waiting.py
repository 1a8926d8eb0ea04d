# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Wait for tasks: how often to look at them, and when to give up."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, read_tasks

_FIRST_DELAY = 0.5
# The next look comes after this part of the time waited so far: a short task ends soon, a long one takes few requests.
_GROWTH = 0.1
# Before the expected end; each percent of progress leads to at most one such look.
_SHORTEST_DELAY = 0.05
# A task may be missing from one answer while the service moves it; if it is missing twice in a row, it is gone.
MISSES = 2


class Pace:
    """The delays between looks: short at first, growing up to the user's interval, and cut at the expected end.

    :param clock: the clock
    :param longest: longest delay between two looks, in seconds
    :param timeout: seconds from now after which to give up
    """

    def __init__(self, clock: Clock, longest: float, timeout: float) -> None:
        self._clock = clock
        self._longest = longest
        self._start = clock.monotonic()
        self._end = self._start + timeout
        self._looked = self._start
        self._first: tuple[float, int] | None = None
        self._lowest = 0
        self._expected: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._clock.monotonic() >= self._end

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock.monotonic() - self._start

    def restart(self) -> None:
        """Begin with short delays again, because something was started; the timeout does not change."""
        self._start = self._clock.monotonic()

    def note(self, tasks: Iterable[Task]) -> None:
        """Estimate when the slowest task may end, from the look that followed ``wait``.

        The progress of a task (vendor reference 3.5 to 4.7, Task) need not grow evenly. So the estimate only brings
        the next look forward, and only once for each percent: progress that stays the same tells nothing.
        """
        lowest = min((min(max(task.progress or 0, 0), 100) for task in tasks if not task.is_finished), default=0)
        self._expected = None
        if self._first is None or lowest < self._lowest:
            self._first = (self._looked, lowest)
        elif lowest > self._lowest:
            since, progress = self._first
            self._expected = self._looked + (100 - lowest) * (self._looked - since) / (lowest - progress)
        self._lowest = lowest

    def wait(self) -> None:
        """Sleep until the next look is due, but not beyond the end."""
        now = self._clock.monotonic()
        delay = max(_FIRST_DELAY, self.elapsed * _GROWTH)
        if self._expected is not None:
            delay = min(delay, max(_SHORTEST_DELAY, self._expected - now))
            # Used once only: if the look fails, nothing new is known.
            self._expected = None
        self._clock.sleep(min(delay, self._longest, max(0.0, self._end - now)))
        # When the request is sent, not when its answer comes: the look at the expected end takes as long to get there.
        self._looked = self._clock.monotonic()


def wait_until(pace: Pace, look: Callable[[], None], is_done: Callable[[], bool]) -> bool:
    """Look repeatedly until something is done or the time is up.

    :param pace: when to look, and until when
    :param look: looks once; a transient error does not end the wait
    :param is_done: tells from the last look whether the wait is over
    :returns: whether it was done in time
    :raises VcdaError: if the service refuses to be asked
    """
    while not is_done():
        if pace.is_over:
            return False
        pace.wait()
        try:
            look()
        except VcdaError as error:
            if not error.is_transient:
                raise
    return True


def wait_for_task(client: Client, task: Task, pace: Pace, note: Callable[[Task], None]) -> Task | None:
    """Wait until one task has ended or the time is up.

    :param pace: when to look, and until when
    :param note: called with the latest reading of the task at each look
    :returns: the latest reading of the task; None if the service no longer knows it
    :raises VcdaError: if the service refuses to be asked
    """
    last, misses = task, 0

    def look() -> None:
        nonlocal last, misses
        fresh = read_tasks(client, [task]).get(task.id)
        misses = misses + 1 if fresh is None else 0
        last = fresh or last
        pace.note([last])
        note(last)

    wait_until(pace, look, lambda: last.is_finished or misses >= MISSES)
    return last if misses < MISSES else None
