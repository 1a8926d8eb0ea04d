# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each guide, after the preparations, in one shell in the root of the checkout."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.opendr.vcda.tests.processes.guides import Step, missing_lines, steps_of
from ansible_collections.opendr.vcda.tests.tools.places import ROOT, tool_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

GUIDES = ROOT / "docs" / "guides"
# The guides that can be followed: those that show what their commands print.
NAMES = sorted(
    path.stem
    for path in GUIDES.glob("*.md")
    if path.stem != "setup" and any(step.kind == "text" for step in steps_of(path))
)
# The folder in which the guides are followed, and where the simulator puts its certificate authority.
FOLDER = ".build/guides"
AUTHORITY = ".build/simulator-ca.pem"
START_SECONDS = 60.0
BASH = shutil.which("bash") or "bash"
MARK = "@@ exit code"


class Shell:
    """A shell that runs the commands of a guide one after the other, as its reader would."""

    def __init__(self, folder: Path, ports: dict[str, str]) -> None:
        """Begin in the root of the checkout.

        :param folder: where this reader puts what the guide makes
        :param ports: free ports in the place of those that the guide names
        """
        self._folder = folder
        self._ports = ports
        self._beside: list[subprocess.Popen[bytes]] = []
        self._shell = subprocess.Popen(
            [BASH],
            cwd=ROOT,
            env=tool_environment() | {"ANSIBLE_NOCOLOR": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def close(self) -> None:
        """End the shell and what was started beside it."""
        for process in self._beside:
            process.terminate()
            process.wait()
        self._shell.terminate()
        self._shell.wait()
        for stream in (self._shell.stdin, self._shell.stdout):
            if stream:
                stream.close()

    def follow(self, steps: list[Step]) -> None:
        """Do what the steps say, and hold what is printed against what they promise."""
        printed = ""
        for step in steps:
            text = self._here(step.text)
            if step.kind == "yaml":
                (self._folder / step.file_name).write_text(text, encoding="utf-8")
            elif step.kind == "text":
                assert not missing_lines(text, printed), printed
            elif step.beside:
                self._start_beside(text)
            else:
                printed, code = self._run(text)
                assert code == step.exit_code, printed

    def _here(self, text: str) -> str:
        for named, free in self._ports.items():
            text = text.replace(named, free)
        place = os.path.relpath(self._folder, ROOT)
        return text.replace(FOLDER, place).replace(AUTHORITY, f"{place}/ca.pem")

    def _start_beside(self, text: str) -> None:
        command = text.strip().replace("make simulator", "exec python -m tests.simulator", 1)
        # What make does with ARGS="...": hand the words on.
        command = command.replace('ARGS="', "").removesuffix('"')
        process = subprocess.Popen(["bash", "-c", command], cwd=ROOT, env=tool_environment(), stdout=subprocess.DEVNULL)
        self._beside.append(process)
        self._await_control(process)

    def _await_control(self, process: subprocess.Popen[bytes]) -> None:
        limit = time.monotonic() + START_SECONDS
        while not _answers(f"http://127.0.0.1:{self._ports['8440']}/counters"):
            assert process.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.05)

    def _run(self, text: str) -> tuple[str, int]:
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(f"{text}\necho '{MARK}' $?\n")
        self._shell.stdin.flush()
        lines: list[str] = []
        for line in self._shell.stdout:
            if line.startswith(MARK):
                return "".join(lines), int(line.removeprefix(MARK))
            lines.append(line)
        raise AssertionError(f"The shell ended:\n{''.join(lines)}")


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - loopback
    except urllib.error.URLError:
        return False
    return True


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A reader's shell, with free ports."""
    reader = Shell(tmp_path, _free_ports())
    yield reader
    reader.close()


def _free_ports() -> dict[str, str]:
    """Return free ports for those that the guides name; the ports of the sites follow one another."""
    # Tests run side by side, in processes with neighbouring ids.
    base = 20_000 + 8 * os.getpid() % 20_000
    while True:
        with contextlib.suppress(OSError), contextlib.ExitStack() as sockets:
            for offset in range(4):
                sockets.enter_context(socket.create_server(("127.0.0.1", base + offset)))
            return {"8440": str(base), "8443": str(base + 1), "8444": str(base + 2)}
        base += 8


def test_there_is_a_guide_for_each_task() -> None:
    assert NAMES == ["drill", "failback", "failover", "hooks", "readiness"]


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_can_be_followed(name: str, shell: Shell) -> None:
    preparations, steps = steps_of(GUIDES / "setup.md"), steps_of(GUIDES / f"{name}.md")
    assert [step for step in steps if step.kind == "sh"]
    shell.follow([*preparations, *steps])
