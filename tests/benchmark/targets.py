# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets for the figures. They are ratios and counts, so that they do not depend on the machine."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .bare import CONNECTIONS
from .scenarios import (
    BY_HAND,
    DEBUG_HOSTS,
    DEBUG_TASKS,
    DEBUG_TASKS_OF_A_HOST,
    LIST,
    PAGE,
    ROLE_HOSTS,
    ROLE_LIST,
    ROLE_SLICES,
    WITH_OBJECTS,
    RoleCost,
    Run,
    Way,
)

MOST_TIMES_LIMIT = 1.1
# The number of replications whose time is compared with the physical limit.
COMPARED_WITH_LIMIT = 1000
LEAST_TIMES_PEER = 30.0
MOST_MEMORY_MIB = 300.0
MOST_GROWTH = 1.5
MOST_AGAIN_SECONDS = 4.0
MOST_TIMES_DEBUG = 1.25

MOST_TIMES_LIST = 3.0
MOST_MS_OF_A_HOST = 45.0
MORE_REQUESTS_OF_A_BATCH = 3
MOST_TIMES_REQUESTS = 1.1
MOST_TIMES_MEMORY = 1.5
# Not one host: a single host has nothing to share.
MANY_HOSTS = (100, 300)


@dataclass(frozen=True)
class Verdict:
    """A target, the measured figure, and whether the target is met."""

    target: str
    figure: str
    is_met: bool


class Figures:
    """The runs of a scenario.

    :param task_seconds: duration of one task of the service, in seconds
    :param baseline: the way with which the others are compared
    :param least: by latency, the seconds above the service that no way to start a thousand can do without
    """

    def __init__(
        self, runs: Sequence[Run], task_seconds: float, baseline: Way = LIST, least: Mapping[float, float] | None = None
    ) -> None:
        self.runs = runs
        self.least = least or {}
        self.task_seconds = task_seconds
        self.baseline = baseline

    @property
    def latencies(self) -> list[float]:
        """The measured latencies, in milliseconds."""
        return sorted({run.latency_ms for run in self.runs})

    def find(self, way: Way, count: int, latency_ms: float, *, again: bool = False) -> Run | None:
        """Return one run, None if it was not measured."""
        wanted = (way, count, latency_ms, again)
        return next((run for run in self.runs if (run.way, run.count, run.latency_ms, run.again) == wanted), None)

    def overhead(self, run: Run) -> float:
        """Return the seconds of a run in addition to the task of the service."""
        return run.cost.wall - (0.0 if run.again or run.way is DEBUG_HOSTS else self.task_seconds)

    def limit(self, run: Run) -> float:
        """Return the lower limit of a run in seconds: one login, the starts, one task, one read request."""
        starts = math.ceil(run.count / CONNECTIONS)
        return self.task_seconds + (1 + starts + 1) * run.latency_ms / 1000

    def debug_of_hosts(self, count: int) -> float | None:
        """Return the seconds that Ansible needs for one task that does nothing on each of some hosts."""
        many, single = (self.find(DEBUG_HOSTS, number, 0.0) for number in (count, 1))
        return (many.cost.wall - single.cost.wall) / DEBUG_TASKS_OF_A_HOST if many and single else None

    def cpu_each(self, way: Way, count: int, latency_ms: float) -> float | None:
        """Return the processor milliseconds for each replication, after subtracting a run with a single one."""
        run, single = self.find(way, count, latency_ms), self.find(LIST, 1, latency_ms)
        return 1000 * (run.cost.cpu - single.cost.cpu) / count if run and single else None


def judge(figures: Figures) -> list[Verdict]:
    """Compare the figures of lists with the targets; skip targets that were not measured."""
    verdicts: list[Verdict] = []
    for latency_ms in figures.latencies:
        verdicts += _against_peer(figures, latency_ms)
        verdicts += _against_limit(figures, latency_ms)
        verdicts += _idempotent(figures, latency_ms)
        verdicts += _flat(figures, latency_ms)
        verdicts += _again(figures, latency_ms)
    return [*verdicts, *_requests(figures), *_memory(figures)]


def judge_hosts(figures: Figures) -> list[Verdict]:
    """Compare the figures of the role on hosts with the targets; skip targets that were not measured."""
    verdicts: list[Verdict] = []
    for again in (False, True):
        for count in MANY_HOSTS:
            verdicts += _against_list(figures, count, again=again)
        for count in ROLE_HOSTS.counts:
            verdicts += _one_login(figures, count, again=again)
        verdicts += _slices(figures, again=again)
    return [*verdicts, *_memory_of_hosts(figures)]


def judge_role(cost: RoleCost) -> Verdict:
    """Compare the cost of the role with the cost of tasks that do nothing."""
    times = cost.role.cpu / cost.debug.cpu
    figure = (
        f"{times:.2f} times with {cost.tasks} tasks ({cost.role.cpu:.2f} s against {cost.debug.cpu:.2f} s of processor "
        f"time, {cost.role.wall:.2f} s against {cost.debug.wall:.2f} s until the end)"
    )
    target = f"the role, nothing to do: at most {MOST_TIMES_DEBUG} times {DEBUG_TASKS} `debug` tasks, and no more tasks"
    return Verdict(target, figure, times <= MOST_TIMES_DEBUG and cost.tasks <= DEBUG_TASKS)


def _against_peer(figures: Figures, latency_ms: float) -> Iterable[Verdict]:
    ours, theirs = (figures.find(way, 100, latency_ms) for way in (LIST, BY_HAND))
    if ours and theirs:
        times = figures.overhead(theirs) / figures.overhead(ours)
        figure = f"{times:.0f} times ({figures.overhead(theirs):.1f} s against {figures.overhead(ours):.2f} s)"
        target = f"{latency_ms:g} ms: 100 with one task, at least {LEAST_TIMES_PEER:.0f} times less overhead than uri"
        yield Verdict(target, figure, times >= LEAST_TIMES_PEER)


def _against_limit(figures: Figures, latency_ms: float) -> Iterable[Verdict]:
    run = figures.find(LIST, COMPARED_WITH_LIMIT, latency_ms)
    if run:
        limit = figures.limit(run)
        # Subtract the share of the simulator, which runs on the same processors; a real service does not.
        without = run.cost.wall - run.simulator_cpu / (os.cpu_count() or 1)
        times = run.cost.wall / limit
        figure = (
            f"{times:.2f} times ({run.cost.wall:.1f} s against {limit:.1f} s), {without / limit:.2f} times without the "
            f"{run.simulator_cpu:.1f} s of processor time of the simulator"
        )
        least = figures.least.get(latency_ms)
        if least is not None:
            figure += f"; the least with Ansible: {(figures.task_seconds + least) / limit:.2f} times"
        target = f"{latency_ms:g} ms: {COMPARED_WITH_LIMIT:,} within {MOST_TIMES_LIMIT} times the physical limit"
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


def _again(figures: Figures, latency_ms: float) -> Iterable[Verdict]:
    run = figures.find(LIST, 10_000, latency_ms, again=True)
    if run:
        target = f"{latency_ms:g} ms: 10,000 again, `compact` not set, under {MOST_AGAIN_SECONDS:.0f} s"
        yield Verdict(target, f"{run.cost.wall:.1f} s", run.cost.wall < MOST_AGAIN_SECONDS)


def _requests(figures: Figures) -> Iterable[Verdict]:
    worst = None
    for run in figures.runs:
        if run.way in (LIST, WITH_OBJECTS) and not run.again:
            most = run.count + 3 + math.ceil(run.count / PAGE) * (run.looks + 2)
            spare = most - run.total_requests
            if worst is None or spare < worst[0]:
                worst = (spare, f"nearest to it: {run.total_requests} of {most} with {run.count} in {run.looks} looks")
    if worst:
        yield Verdict("requests at most N + 3 + ceil(N/100) * (looks + 2)", worst[1], worst[0] >= 0)


def _memory(figures: Figures) -> Iterable[Verdict]:
    for way in (LIST, WITH_OBJECTS):
        most = max((run.cost.memory for run in figures.runs if run.way is way and run.count == 10_000), default=0.0)
        if most:
            target = f"10,000, {way.label}: under {MOST_MEMORY_MIB:.0f} MiB"
            yield Verdict(target, f"{most:.0f} MiB", most < MOST_MEMORY_MIB)


def _against_list(figures: Figures, count: int, *, again: bool) -> Iterable[Verdict]:
    hosts, as_list = (figures.find(way, count, 0.0, again=again) for way in (ROLE_HOSTS, ROLE_LIST))
    if hosts and as_list:
        ours, theirs = figures.overhead(hosts), figures.overhead(as_list)
        start = f"{count:,} hosts{_again_in_words(again)}: at most "
        figure = f"{ours / theirs:.1f} times ({ours:.1f} s against {theirs:.1f} s above the service)"
        debug = figures.debug_of_hosts(count)
        if debug is not None:
            figure += f"; the list and one `debug` task a host: {(theirs + debug) / theirs:.1f} times"
        yield Verdict(f"{start}{MOST_TIMES_LIST:.0f} times one list", figure, ours <= MOST_TIMES_LIST * theirs)
        each = 1000 * hosts.cost.cpu / count
        target = f"{start}{MOST_MS_OF_A_HOST:.0f} ms of processor time a host"
        yield Verdict(target, f"{each:.1f} ms ({hosts.cost.cpu:.1f} s)", each <= MOST_MS_OF_A_HOST)


def _one_login(figures: Figures, count: int, *, again: bool) -> Iterable[Verdict]:
    hosts, as_list = (figures.find(way, count, 0.0, again=again) for way in (ROLE_HOSTS, ROLE_LIST))
    if hosts and as_list:
        more = hosts.requests_without_looks - as_list.requests_without_looks
        target = (
            f"{count:,} host{'s' if count > 1 else ''}{_again_in_words(again)}: one login, and at most "
            f"{MORE_REQUESTS_OF_A_BATCH} requests more than one list, queries of tasks left out"
        )
        figure = f"{hosts.logins} login, {more} more (all: {hosts.total_requests:,} against {as_list.total_requests:,})"
        yield Verdict(target, figure, hosts.logins == 1 and more <= MORE_REQUESTS_OF_A_BATCH)


def _slices(figures: Figures, *, again: bool) -> Iterable[Verdict]:
    sliced, as_list = (figures.find(way, 1000, 0.0, again=again) for way in (ROLE_SLICES, ROLE_LIST))
    if sliced and as_list:
        parts = ROLE_SLICES.parts
        if again:
            # With nothing to do, a slice needs a login, a reading and a logout, which is more than its share of a list.
            most = float(as_list.total_requests + MORE_REQUESTS_OF_A_BATCH * parts)
            words = f"as many requests as one list, plus {MORE_REQUESTS_OF_A_BATCH} a slice"
        else:
            most = MOST_TIMES_REQUESTS * as_list.total_requests + parts
            words = f"{MOST_TIMES_REQUESTS} times the requests of one list, plus {parts}"
        target = f"1,000 hosts in {parts} slices{_again_in_words(again)}: a login each, and at most {words}"
        figure = f"{sliced.logins} logins, {sliced.total_requests:,} requests, of {most:,.0f}"
        yield Verdict(target, figure, sliced.logins == parts and sliced.total_requests <= most)


def _memory_of_hosts(figures: Figures) -> Iterable[Verdict]:
    debug = figures.find(DEBUG_HOSTS, 1000, 0.0)
    runs = [run for run in figures.runs if run.way is ROLE_HOSTS and run.count == 1000]
    if debug and runs:
        most = max(run.cost.memory for run in runs)
        times = most / debug.cost.memory
        target = f"1,000 hosts: at most {MOST_TIMES_MEMORY} times the memory of `debug` tasks on as many hosts"
        figure = f"{times:.2f} times ({most:.0f} MiB against {debug.cost.memory:.0f} MiB)"
        yield Verdict(target, figure, times <= MOST_TIMES_MEMORY)


def _again_in_words(again: bool) -> str:
    return " again" if again else ""
