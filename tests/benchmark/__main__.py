# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the benchmark: ``make bench``, or ``python -m tests.benchmark`` in the working environment."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..tools.places import ROOT
from ..tools.simulation import simulator
from . import plot, report
from .scenarios import BY_HAND, COMPACT, LIST, WAYS, Laboratory, Run, Way
from .targets import Figures, Verdict, judge, judge_role

TASK_SECONDS = 15.0
ROLE_RUNS = 9
FORKS = 50
LATENCIES_MS = (1.0, 20.0, 100.0)
# The picture shows one latency: that of a site in another town.
SHOWN_MS = 20.0


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write the page; return the exit code."""
    options = _parser().parse_args(arguments)
    latencies = (SHOWN_MS,) if options.quick else LATENCIES_MS
    most = 100 if options.quick else max(options.most, 1)
    verdicts: list[list[Verdict]] = []
    for _each in range(max(options.runs, 1)):
        runs, role = _measure(_matrix(latencies, most))
        figures = Figures(runs, TASK_SECONDS)
        verdicts.append([*judge(figures), role])
        print()
        for latency_ms in figures.latencies:
            print(f"At {latency_ms:g} ms\n\n{report.table(figures, latency_ms)}\n")
        for verdict in verdicts[-1]:
            print(report.line(verdict))
    if not options.quick and most >= max(COMPACT.counts):
        report.write(ROOT / "docs", report.page(figures, verdicts, FORKS, ROLE_RUNS), _picture(figures))
        print("\nWritten: docs/benchmark.md, docs/images/benchmark.svg")
    return 0


def _measure(matrix: Sequence[tuple[Way, int, float]]) -> tuple[list[Run], Verdict]:
    """Run every playbook once and once again, and the role."""
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        switches = ["--vms", "0", "--vapps", "0", "--task-seconds", str(TASK_SECONDS)]
        with simulator(folder / "simulator", switches) as simulation:
            laboratory = Laboratory(simulation, folder, FORKS)
            role = judge_role(*laboratory.role_and_debug(ROLE_RUNS))
            for way, count, latency_ms in matrix:
                for run in laboratory.cold_and_again(way, count, latency_ms):
                    print(report.progress(run), flush=True)
                    runs.append(run)
    return runs, role


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 100 replications at 20 ms; writes nothing")
    parser.add_argument("--most", type=int, default=10_000, help="the most replications; fewer write nothing")
    parser.add_argument("--runs", type=int, default=1, help="how often to measure all of it")
    return parser


def _matrix(latencies: tuple[float, ...], most: int) -> list[tuple[Way, int, float]]:
    """Return what to measure, in turn; the two that are compared come together: no machine is always equally quick."""
    counts = [count for count in LIST.counts if count <= most]
    ways = sorted(WAYS, key=lambda way: way not in (BY_HAND, LIST))
    return [
        (way, count, latency_ms) for latency_ms in latencies for count in counts for way in ways if count in way.counts
    ]


def _picture(figures: Figures) -> str:
    shown = [way for way in WAYS if way is not COMPACT]
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
