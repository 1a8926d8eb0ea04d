# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run commands and measure their time, processor time and memory."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MEMORY_LOOK = 0.2
_PART_OF_OUTPUT = 4000
_FAILURE = re.compile(r"^(?:fatal:|failed:|ERROR!|\[ERROR\]|Traceback )", re.MULTILINE)


@dataclass(frozen=True)
class Cost:
    """The cost of commands.

    :param wall: seconds until the end
    :param cpu: processor seconds, including all processes that were waited for
    :param memory: the peak memory of all processes together, in MiB; shared pages count once
    :param output: the printed output
    """

    wall: float
    cpu: float
    memory: float
    output: str


@dataclass(frozen=True)
class Command:
    """A command to measure.

    :param words: program and arguments
    :param environment: its complete environment
    :param folder: its working directory
    """

    words: Sequence[str]
    environment: Mapping[str, str]
    folder: Path


def run(*commands: Command) -> Cost:
    """Run commands concurrently to their end.

    :raises RuntimeError: if one of them fails; the message holds the first failure in its output, and its end
    """
    with contextlib.ExitStack() as files:
        printed = [files.enter_context(tempfile.TemporaryFile()) for _command in commands]
        start = time.monotonic()
        processes = [_started(command, output) for command, output in zip(commands, printed, strict=True)]
        cpu = 0.0
        with _MemoryWatch([process.pid for process in processes]) as memory:
            for process in processes:
                _pid, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                cpu += usage.ru_utime + usage.ru_stime
        wall = time.monotonic() - start
        outputs = [_text_of(output) for output in printed]
    for command, process, output in zip(commands, processes, outputs, strict=True):
        if process.returncode:
            raise RuntimeError(f"{' '.join(command.words)} ended with {process.returncode}:\n{_telling(output)}")
    return Cost(wall, cpu, memory.most / 1024, "".join(outputs))


def processor_seconds(pid: int) -> float:
    """Return the processor seconds that a running process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _started(command: Command, output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.words,
        env=dict(command.environment),
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )


def _text_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _telling(output: str) -> str:
    # The recap of a thousand hosts is longer than all that is worth keeping, and says nothing of the reason.
    end = output[-_PART_OF_OUTPUT:]
    failure = _FAILURE.search(output, 0, len(output) - len(end))
    return f"{output[failure.start() :][:_PART_OF_OUTPUT]}\n...\n{end}" if failure else end


class _MemoryWatch:
    """Samples the memory of processes and of all their descendants."""

    def __init__(self, pids: Sequence[int]) -> None:
        self.most = 0
        self._pids = pids
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
            self.most = max(self.most, sum(_proportional_size(pid) for pid in _families(self._pids)))


def _families(pids: Sequence[int]) -> list[int]:
    children = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
            children[int(parent)].append(int(folder.name))
    found = list(pids)
    for member in found:
        found.extend(children[member])
    return found


def _proportional_size(pid: int) -> int:
    """Return the memory of a process in KiB, with its share of the pages that it shares with others."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
