# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all given quality gates, two at a time, and count their tests."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .places import REPORTS, ROOT, tool_environment
from .pythons import find_python

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .gates import Gate

WORKERS = 2
TAIL = 100
LEFT_OUT = "left out"
# The process groups of the running gates.
RUNNING: set[int] = set()

PYTEST_SUMMARY = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s", re.MULTILINE)
DRIVER_SUMMARY = re.compile(r"^(\d+ passed, \d+ failed)$", re.MULTILINE)
ANSIBLE_TEST = re.compile(r"^Running (?:sanity test \"|\w+ integration test )", re.MULTILINE)
NUMBER = re.compile(r"(\d+) (passed|failed|errors?|xfailed)")


@dataclass(frozen=True)
class Outcome:
    """The result of a gate: "passed", "failed" or "left out", with the number of tests and the duration in seconds."""

    gate: Gate
    result: str
    passed: int
    failed: int
    seconds: float
    remark: str = ""


def run_gates(gates: Sequence[Gate]) -> int:
    """Run the gates, print each result when it is available, and the summary at the end.

    Returns:
        The exit code: 0 if nothing failed.
    """
    REPORTS.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    outcomes = []
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting = [pool.submit(run_gate, gate) for gate in gates]
        try:
            for done in as_completed(waiting):
                outcomes.append(done.result())
                _show(outcomes[-1])
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for group in list(RUNNING):
                _end(group)
            raise SystemExit("interrupted") from None
    return _summarise(gates, outcomes)


def run_gate(gate: Gate) -> Outcome:
    """Run one gate, and write its output to .build/reports/NAME.log."""
    began = time.monotonic()
    environment = tool_environment() | {"GATE_ROOT": str(ROOT)}
    missing = [program for program in gate.needs if shutil.which(program, path=environment["PATH"]) is None]
    if missing:
        remark = f"not installed: {', '.join(missing)}"
        _report(gate).write_text(remark + "\n", encoding="utf-8")
        return Outcome(gate, "failed", 0, 1, 0.0, remark)
    if gate.pythons:
        python = next((version for version in gate.pythons if find_python(version)), None)
        if python is None:
            return Outcome(gate, LEFT_OUT, 0, 0, 0.0, f"this machine has no Python {' or '.join(gate.pythons)}")
        environment["GATE_PYTHON"] = python
    code, remark = _execute(gate, environment)
    passed, failed = count_tests(_report(gate).read_text(encoding="utf-8", errors="replace"), code)
    return Outcome(gate, "failed" if failed else "passed", passed, failed, time.monotonic() - began, remark)


def count_tests(log: str, code: int) -> tuple[int, int]:
    """Count the tests in the output of a gate.

    Args:
        log: The output of the gate.
        code: Its exit code.

    Returns:
        Tests passed and failed. A gate without a count is one test; a failed gate has at least one failed test.
    """
    passed = failed = 0
    for summary in [*PYTEST_SUMMARY.findall(log), *DRIVER_SUMMARY.findall(log)]:
        for number, word in NUMBER.findall(summary):
            if word in {"passed", "xfailed"}:
                passed += int(number)
            else:
                failed += int(number)
    begun = len(ANSIBLE_TEST.findall(log))
    if code != 0:
        return passed + max(begun - 1, 0), max(failed, 1)
    return max(passed + begun, 1), failed


def _execute(gate: Gate, environment: dict[str, str]) -> tuple[int, str]:
    with _report(gate).open("wb") as report:
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", gate.command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=report,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        RUNNING.add(process.pid)
        try:
            code = process.wait(gate.timeout)
        except subprocess.TimeoutExpired:
            _end(process.pid)
            process.wait()
            return 124, f"stopped after {gate.timeout:.0f} s"
        finally:
            RUNNING.discard(process.pid)
    return code, "" if code == 0 else f"exit code {code}"


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _report(gate: Gate) -> Path:
    return REPORTS / f"{gate.name}.log"


def _tail(report: Path) -> str:
    lines = report.read_text(encoding="utf-8", errors="replace").splitlines()
    shown = "\n".join(f"    {line}" for line in lines[-TAIL:])
    return f"    (the last {min(TAIL, len(lines))} of {len(lines)} lines of {report.relative_to(ROOT)})\n{shown}\n"


def _show(outcome: Outcome) -> None:
    print(_line(outcome), flush=True)
    if outcome.result == "failed":
        print(_tail(_report(outcome.gate)), flush=True)


def _line(outcome: Outcome) -> str:
    tests = f"{outcome.passed + outcome.failed} tests" if outcome.passed + outcome.failed > 1 else ""
    return (
        f"{outcome.result:<8}  {outcome.gate.name:<24}  {tests:<12} {outcome.seconds:6.1f} s  {outcome.remark}".rstrip()
    )


def _summarise(gates: Sequence[Gate], outcomes: Sequence[Outcome]) -> int:
    if len(gates) > 1:
        print("\nSummary")
        for outcome in sorted(outcomes, key=lambda outcome: gates.index(outcome.gate)):
            print(f"  {_line(outcome)}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0
