# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the benchmark: ``make bench``, or ``python -m tests.benchmark`` in the working environment."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..tools.places import ROOT
from ..tools.simulation import simulator
from . import plot, report
from .scenarios import BY_HAND, LIST, ROLE_LIST, ROLE_WAYS, WAYS, WITH_OBJECTS, Laboratory, Run, Way
from .targets import COMPARED_WITH_LIMIT, Figures, Verdict, judge, judge_hosts, judge_role

TASK_SECONDS = 15.0
# Seconds of a task: runs with many hosts take long enough with short tasks.
HOSTS_TASK_SECONDS = 2.0
ROLE_RUNS = 9
LEAST_RUNS = 5
LATENCIES_MS = (1.0, 20.0, 100.0)
# The latency of a site in another town: all ways are compared at this latency, and the picture shows it.
SHOWN_MS = 20.0
# At the other latencies only lists are measured, of at most this many replications.
MOST_AT_EACH = 1000


@dataclass
class Measured:
    """The results of one run of the benchmark.

    :param lists: the figures of lists, if they were measured
    :param hosts: the figures of the role on hosts, if they were measured
    """

    lists: Figures | None = None
    hosts: Figures | None = None
    verdicts: list[Verdict] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write the page; return the exit code: 1 if a target was missed."""
    options = _parser().parse_args(arguments)
    runs = [_measure(options.scenarios, options.most) for _each in range(max(options.runs, 1))]
    last = runs[-1]
    is_whole = set(options.scenarios) == set(SCENARIOS) and options.most >= max(WITH_OBJECTS.counts)
    if is_whole and last.lists and last.hosts:
        text = report.page(last.lists, last.hosts, [one.verdicts for one in runs], ROLE_RUNS)
        report.write(ROOT / "docs", text, _picture(last.lists))
        print("\nWritten: docs/benchmark.md, docs/images/benchmark.svg")
    return 0 if all(verdict.is_met for one in runs for verdict in one.verdicts) else 1


def _measure(scenarios: Sequence[str], most: int) -> Measured:
    measured = Measured()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        with simulator(folder / "simulator", ["--vms", "0", "--vapps", "0"]) as simulation:
            for scenario in scenarios:
                start = time.monotonic()
                SCENARIOS[scenario](Laboratory(simulation, folder), measured, most)
                print(f"\nScenario {scenario}: {time.monotonic() - start:.0f} s\n", flush=True)
    for verdict in measured.verdicts:
        print(report.line(verdict))
    return measured


def _lists(laboratory: Laboratory, measured: Measured, most: int) -> None:
    """Reverse replications in several ways, at several latencies."""
    runs = (laboratory.reverse(*one, TASK_SECONDS) for one in _matrix(most))
    told = _told(runs)
    least = {
        one: laboratory.least(COMPARED_WITH_LIMIT, one, LEAST_RUNS)
        for one in LATENCIES_MS
        if most >= COMPARED_WITH_LIMIT
    }
    measured.lists = Figures(told, TASK_SECONDS, least=least)
    measured.verdicts += judge(measured.lists)
    for latency_ms in measured.lists.latencies:
        print(f"\nAt {latency_ms:g} ms\n\n{report.table(measured.lists, latency_ms)}")


def _hosts(laboratory: Laboratory, measured: Measured, most: int) -> None:
    """Fail replications over with the role: with a list, on one host per replication, and in slices."""
    counts = [count for count in ROLE_LIST.counts if count <= most]
    runs = (
        laboratory.fail_over(way, count, HOSTS_TASK_SECONDS)
        for count in counts
        for way in ROLE_WAYS
        if count in way.counts
    )
    measured.hosts = Figures(_told(runs), HOSTS_TASK_SECONDS, baseline=ROLE_LIST)
    measured.verdicts += judge_hosts(measured.hosts)
    print(f"\nThe role on hosts\n\n{report.table(measured.hosts, 0.0)}")


def _role(laboratory: Laboratory, measured: Measured, _most: int) -> None:
    """Run the role with nothing to do, and compare it with tasks that do nothing."""
    measured.verdicts.append(judge_role(laboratory.role_and_debug(ROLE_RUNS)))


SCENARIOS: dict[str, Callable[[Laboratory, Measured, int], None]] = {"lists": _lists, "hosts": _hosts, "role": _role}


def _told(pairs: Iterator[list[Run]]) -> list[Run]:
    """Return all runs, and print each one when it ends."""
    runs: list[Run] = []
    for pair in pairs:
        for run in pair:
            print(report.progress(run), flush=True)
        runs += pair
    return runs


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument(
        "--scenarios",
        nargs="+",
        choices=SCENARIOS,
        default=list(SCENARIOS),
        help="what to measure; not all write nothing",
    )
    parser.add_argument("--most", type=int, default=10_000, help="the most replications; fewer write nothing")
    parser.add_argument("--runs", type=int, default=1, help="how often to measure all of it")
    return parser


def _matrix(most: int) -> list[tuple[Way, int, float]]:
    """Return the measurements in order; the two compared ways follow each other: the machine's speed may vary."""
    counts = [count for count in LIST.counts if count <= most]
    ways = sorted(WAYS, key=lambda way: way not in (BY_HAND, LIST))
    return [
        (way, count, latency_ms)
        for latency_ms in LATENCIES_MS
        for count in counts
        for way in ways
        if count in way.counts and (latency_ms == SHOWN_MS or (way is LIST and count <= MOST_AT_EACH))
    ]


def _picture(figures: Figures) -> str:
    shown = [way for way in WAYS if way is not WITH_OBJECTS]
    runs = {way: [run for run in figures.runs if (run.way, run.latency_ms) == (way, SHOWN_MS)] for way in shown}

    def panel(title: str, again: bool) -> plot.Panel:
        series = {
            way.label.strip("`"): [(run.count, figures.overhead(run)) for run in found if run.again is again]
            for way, found in runs.items()
        }
        return plot.Panel(title, series)

    caption = f"Seconds above the service by number of replications, at {SHOWN_MS:g} ms"
    return plot.draw([panel("First run: s above the service", False), panel("Run again: s", True)], caption)


if __name__ == "__main__":
    sys.exit(main())
