# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures must come to. Ratios and counts alone, so that the machine does not matter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .scenarios import BY_HAND, COMPACT, LIST, PAGE, Run, Way

# The connections that a module uses unless it is told otherwise (max_concurrent).
CONNECTIONS = 16

MOST_TIMES_LIMIT = 1.3
LEAST_TIMES_PEER = 30.0
MOST_MEMORY_MIB = 300.0
MOST_GROWTH = 1.5
MOST_ROLE_MS = 25.0


@dataclass(frozen=True)
class Verdict:
    """A target, the figure, and whether it is met."""

    target: str
    figure: str
    is_met: bool


class Figures:
    """All runs of a benchmark.

    :param task_seconds: how long the service takes for one operation
    """

    def __init__(self, runs: Sequence[Run], task_seconds: float) -> None:
        self.runs = runs
        self.task_seconds = task_seconds

    @property
    def latencies(self) -> list[float]:
        """The latencies, in milliseconds."""
        return sorted({run.latency_ms for run in self.runs})

    def find(self, way: Way, count: int, latency_ms: float, *, again: bool = False) -> Run | None:
        """Return one run, if it was made."""
        wanted = (way, count, latency_ms, again)
        return next((run for run in self.runs if (run.way, run.count, run.latency_ms, run.again) == wanted), None)

    def overhead(self, run: Run) -> float:
        """Return the seconds of a run above what the service itself took."""
        return run.cost.wall - (0.0 if run.again else self.task_seconds)

    def limit(self, run: Run) -> float:
        """Return the seconds that nobody can be faster than: one login, the starts, one task, one reading."""
        starts = math.ceil(run.count / CONNECTIONS)
        return self.task_seconds + (1 + starts + 1) * run.latency_ms / 1000

    def cpu_each(self, way: Way, count: int, latency_ms: float) -> float | None:
        """Return the processor milliseconds of one replication, without those of a run with a single one."""
        run, single = self.find(way, count, latency_ms), self.find(LIST, 1, latency_ms)
        return 1000 * (run.cost.cpu - single.cost.cpu) / count if run and single else None


def judge(figures: Figures) -> list[Verdict]:
    """Hold the figures against the targets; those that were not measured are left out."""
    verdicts: list[Verdict] = []
    for latency_ms in figures.latencies:
        verdicts += _against_peer(figures, latency_ms)
        verdicts += _against_limit(figures, latency_ms)
        verdicts += _idempotent(figures, latency_ms)
        verdicts += _flat(figures, latency_ms)
    return [*verdicts, *_requests(figures), *_memory(figures)]


def judge_role(tasks: int, role_cpu: float, debug_cpu: float) -> Verdict:
    """Hold the cost of the role against that of tasks that do nothing."""
    each = 1000 * (role_cpu - debug_cpu) / tasks
    figure = f"{each:.1f} ms for each of {tasks} tasks ({role_cpu:.2f} s against {debug_cpu:.2f} s)"
    return Verdict(
        f"the role, nothing to do: under {MOST_ROLE_MS:.0f} ms above a debug task", figure, each < MOST_ROLE_MS
    )


def _against_peer(figures: Figures, latency_ms: float) -> Iterable[Verdict]:
    ours, theirs = (figures.find(way, 100, latency_ms) for way in (LIST, BY_HAND))
    if ours and theirs:
        times = figures.overhead(theirs) / figures.overhead(ours)
        figure = f"{times:.0f} times ({figures.overhead(theirs):.1f} s against {figures.overhead(ours):.2f} s)"
        target = f"{latency_ms:g} ms: 100 with one task, at least {LEAST_TIMES_PEER:.0f} times less overhead than uri"
        yield Verdict(target, figure, times >= LEAST_TIMES_PEER)


def _against_limit(figures: Figures, latency_ms: float) -> Iterable[Verdict]:
    run = figures.find(LIST, 1000, latency_ms)
    if run:
        times = run.cost.wall / figures.limit(run)
        figure = f"{times:.2f} times ({run.cost.wall:.1f} s against {figures.limit(run):.1f} s)"
        target = f"{latency_ms:g} ms: 1,000 within {MOST_TIMES_LIMIT} times the physical limit"
        yield Verdict(target, figure, times <= MOST_TIMES_LIMIT)


def _idempotent(figures: Figures, latency_ms: float) -> Iterable[Verdict]:
    run = figures.find(LIST, 1000, latency_ms, again=True)
    if run:
        most = math.ceil(1000 / PAGE) + 3
        target = f"{latency_ms:g} ms: 1,000 again, at most {most} requests"
        yield Verdict(target, f"{run.total_requests}", run.total_requests <= most)


def _flat(figures: Figures, latency_ms: float) -> Iterable[Verdict]:
    few, many = (figures.cpu_each(LIST, count, latency_ms) for count in (1000, 10_000))
    if few and many:
        hundred = figures.cpu_each(LIST, 100, latency_ms) or 0.0
        figure = f"{hundred:.1f}, {few:.1f} and {many:.1f} ms of processor time each for 100, 1,000 and 10,000"
        target = f"{latency_ms:g} ms: cost of one flat up to 10,000"
        yield Verdict(target, figure, many <= MOST_GROWTH * max(few, hundred))


def _requests(figures: Figures) -> Iterable[Verdict]:
    worst = None
    for run in figures.runs:
        if run.way in (LIST, COMPACT) and not run.again:
            most = run.count + 3 + math.ceil(run.count / PAGE) * (run.looks + 2)
            spare = most - run.total_requests
            if worst is None or spare < worst[0]:
                worst = (spare, f"nearest to it: {run.total_requests} of {most} with {run.count} in {run.looks} looks")
    if worst:
        yield Verdict("requests at most N + 3 + ceil(N/100) * (looks + 2)", worst[1], worst[0] >= 0)


def _memory(figures: Figures) -> Iterable[Verdict]:
    for way in (LIST, COMPACT):
        most = max((run.cost.memory for run in figures.runs if run.way is way and run.count == 10_000), default=0.0)
        if most:
            target = f"10,000, {way.label}: under {MOST_MEMORY_MIB:.0f} MiB"
            yield Verdict(target, f"{most:.0f} MiB", most < MOST_MEMORY_MIB)
