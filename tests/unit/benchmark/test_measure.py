# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command is run to its end, with all that belongs to it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.benchmark import measure

# A process that holds some memory in a child, and ends when that was seen.
HOLDER = """
import os, sys, time
child = os.fork()
if not child:
    held = bytearray(os.urandom(1 << 20)) * 64
    while not os.path.exists(sys.argv[1]):
        time.sleep(0.01)
    os._exit(0)
os.waitpid(child, 0)
print("done")
"""
# A program that waits for another one.
MEET = """
import pathlib, time
here, there = map(pathlib.Path, {names})
here.touch()
while not there.exists():
    time.sleep(0.01)
print(here)
"""


def command(folder: Path, program: str) -> measure.Command:
    return measure.Command([sys.executable, "-c", program], os.environ, folder)


def test_output_and_processor_time_are_those_of_the_whole_command(tmp_path: Path) -> None:
    work = "import sys; print('out'); print('err', file=sys.stderr)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    cost = measure.run(command(tmp_path, child))
    assert set(cost.output.split()) == {"out", "err"}
    assert cost.cpu > 0
    assert cost.wall > 0


def test_a_command_that_fails_is_told_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)ended with 3.*broken"):
        measure.run(*(command(tmp_path, words) for words in ("print(1)", "print('broken'); raise SystemExit(3)")))


@pytest.mark.parametrize(
    "line", ["fatal: [vm-1]: FAILED! => refused", "[ERROR]: Task failed: refused", "ERROR! refused"]
)
def test_a_failure_is_told_though_a_long_recap_follows_it(line: str, tmp_path: Path) -> None:
    program = f"print('ok: [vm-1]\\n' * 1000 + {line!r}); print('vm: failed=1\\n' * 1000 + 'end'); raise SystemExit(2)"
    with pytest.raises(RuntimeError) as failed:
        measure.run(command(tmp_path, program))
    told = str(failed.value)
    assert line in told
    assert told.endswith("end\n")
    assert len(told) < 2 * measure._PART_OF_OUTPUT + len(program) + 200


def test_memory_of_children_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    real = measure._proportional_size

    def size(pid: int) -> int:
        found = real(pid)
        if found > 60 * 1024:
            seen.touch()
        return found

    monkeypatch.setattr(measure, "_proportional_size", size)
    cost = measure.run(measure.Command([sys.executable, "-c", HOLDER, str(seen)], os.environ, tmp_path))
    assert cost.output.strip() == "done"
    assert cost.memory > 60


def test_commands_run_side_by_side(tmp_path: Path) -> None:
    """Each ends only when it has seen the other."""
    names = ("left", "right")
    cost = measure.run(*(command(tmp_path, MEET.format(names=pair)) for pair in (names, names[::-1])))
    assert cost.output.split() == ["left", "right"]


def test_the_processor_time_of_a_process_grows() -> None:
    before = measure.processor_seconds(os.getpid())
    assert before <= measure.processor_seconds(os.getpid())
    assert before == pytest.approx(sum(os.times()[:2]), abs=1.0)
