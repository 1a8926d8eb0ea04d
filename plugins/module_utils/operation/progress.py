# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Report the progress of an operation in one line: at each change, and every 30 seconds without one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import (
    ENDED,
    HELD,
    READY,
    RUNNING,
    SUCCEEDED,
    UNDECIDED,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item

QUIET_SECONDS = 30.0
# An operation that ends sooner reports no progress.
_SILENT_SECONDS = 2.0


class Progress:
    """Reports the progress of the items of a run.

    :param verb: the verb of the run
    :param clock: the clock
    :param show: called with each line; None for no progress
    """

    def __init__(self, verb: Verb, clock: Clock, show: Callable[[str], None] | None) -> None:
        self._verb = verb
        self._clock = clock
        self._show = show
        self._start = clock.monotonic()
        self._last_time = self._start
        self._last_counts: tuple[int, ...] = ()

    def report(self, items: Sequence[Item]) -> None:
        """Show a line about the items if one is due."""
        if self._show is None:
            return
        now = self._clock.monotonic()
        counts = _counts(items)
        running = counts[1] + counts[2]
        is_news = counts != self._last_counts or now - self._last_time >= QUIET_SECONDS
        if not running or now - self._start < _SILENT_SECONDS or not is_news:
            return
        self._last_time, self._last_counts = now, counts
        self._show(printable(_line(self._verb, items, counts)))


def _counts(items: Sequence[Item]) -> tuple[int, ...]:
    failed = len([item for item in items if item.error and item.phase == ENDED])
    done = len([item for item in items if item.phase in (ENDED, SUCCEEDED)]) - failed
    waiting = len([item for item in items if item.phase in (UNDECIDED, HELD, READY)])
    return done, len(items) - done - failed - waiting, waiting, failed


def _line(verb: Verb, items: Sequence[Item], counts: tuple[int, ...]) -> str:
    done, running, waiting, failed = counts
    text = f"{verb.name}: {done} of {len(items)} done, {running} running"
    slowest = _slowest(items)
    if slowest and slowest.task:
        text += f" (slowest {slowest.label} {slowest.task.progress or 0} %)"
    if waiting:
        text += f", {waiting} waiting"
    return text + (f", {failed} failed" if failed else "")


def _slowest(items: Sequence[Item]) -> Item | None:
    running = [item for item in items if item.phase == RUNNING and item.task]
    return min(running, key=lambda item: (item.task.progress or 0) if item.task else 0, default=None)
