# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the history of thousands of reports: ``make bench-history``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import iso
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import sealed

from ..tools.places import ROOT, tool_environment
from ..tools.sample_reports import DAY, FIRST, moved, report
from .measure import Command, Cost, run

MOST_SECONDS = 60.0
MOST_MEMORY = 300.0
# The white space in the files of the role; the encoder of indented JSON would need minutes for it.
_LINE = ",\n" + 16 * " "
_DIFFERENT = 25


def main(arguments: list[str] | None = None) -> int:
    """Write reports, generate their history twice, and print the cost; return 1 if a target was missed."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        size = write_reports(folder, options.reports, options.vms)
        print(f"{options.reports} reports of {options.vms} VMs each, {size / 1024**2:.0f} MiB", flush=True)
        costs = [_history(folder) for _each in range(2)]
    for what, cost in zip(("first", "again"), costs, strict=True):
        print(f"{what}: {cost.wall:.1f} s, processor {cost.cpu:.1f} s, memory {cost.memory:.0f} MiB")
    verdicts = list(judge(costs))
    print("\n".join(verdicts))
    return int(any("missed" in verdict for verdict in verdicts))


def judge(costs: list[Cost]) -> Iterator[str]:
    """Yield whether each target is met; the targets are for 5,000 reports of 200 VMs.

    One process does the work without waiting: on an idle machine its duration equals its processor time.

    :param costs: costs of the first and of the second run
    """
    seconds, memory = max(cost.cpu for cost in costs), max(cost.memory for cost in costs)
    yield f"under {MOST_SECONDS:g} s: {_verdict(seconds, MOST_SECONDS)} ({seconds:.1f} s of the processor)"
    yield f"under {MOST_MEMORY:g} MiB: {_verdict(memory, MOST_MEMORY)} ({memory:.0f} MiB)"


def _verdict(value: float, limit: float) -> str:
    return "met" if value < limit else "missed"


def write_reports(folder: Path, reports: int, vms: int) -> int:
    """Write reports of drills, two for each day; return their size in bytes.

    :param folder: an existing folder
    :param reports: number of reports
    :param vms: number of VMs in each report
    """
    size = 0
    first = report("drill", [f"shop-{number:04d}" for number in range(vms)], waves=3, target=300)
    bodies = [moved(first, FIRST, 200.0 + number) for number in range(min(_DIFFERENT, reports))]
    for number in range(reports):
        at = FIRST - number * DAY / 2
        text = json.dumps(_at(bodies[number % len(bodies)], at), sort_keys=True, separators=(_LINE, ": "))
        name = str(iso(at)).replace(":", "")
        size += (folder / f"{name}-drill.json").write_text(text, encoding="utf-8")
    return size


def _at(body: dict[str, Any], at: float) -> dict[str, Any]:
    name = str(iso(at)).replace("-", "").replace(":", "")
    run_ = {**body["run"], "id": name, "started": iso(at), "ended": iso(at + body["run"]["seconds"])}
    return sealed({**body, "run": run_})


def _history(folder: Path) -> Cost:
    program = str(ROOT / ".venv" / "bin" / "ansible-playbook")
    command = [program, "opendr.vcda.history", "-e", json.dumps({"recovery_report_dir": str(folder)})]
    return run(Command(command, tool_environment(), folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench-history", description=__doc__)
    parser.add_argument("--reports", type=int, default=5000, help="how many reports")
    parser.add_argument("--vms", type=int, default=200, help="how many VMs each of them names")
    return parser


if __name__ == "__main__":
    sys.exit(main())
