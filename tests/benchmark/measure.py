# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command and tell what it cost: time, processor, memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MEMORY_LOOK = 0.2


@dataclass(frozen=True)
class Cost:
    """What a command cost.

    :param wall: seconds until it ended
    :param cpu: processor seconds of it and of all processes that it waited for
    :param memory: the most that it and its processes held at one time, in MiB; shared pages count once
    :param output: what it printed
    """

    wall: float
    cpu: float
    memory: float
    output: str


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Run a command to its end.

    :param command: program and arguments
    :param environment: all of its environment
    :param folder: where it runs
    :raises RuntimeError: if it fails; the message holds its output
    """
    with tempfile.TemporaryFile() as printed:
        start = time.monotonic()
        process = subprocess.Popen(
            command, env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed
        )
        with _MemoryWatch(process.pid) as memory:
            _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        output = printed.read().decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output[-4000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, memory.most / 1024, output)


class _MemoryWatch:
    """Looks now and then at the memory of a process and of all below it."""

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._pid = pid
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(_MEMORY_LOOK):
            self.most = max(self.most, sum(_proportional_size(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    children = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
            children[int(parent)].append(int(folder.name))
    found = [pid]
    for member in found:
        found.extend(children[member])
    return found


def _proportional_size(pid: int) -> int:
    """Return the memory of a process in KiB, its part of what it shares with others."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
