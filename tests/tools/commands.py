# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the programs that the tools use."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from .places import ROOT, tool_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def run(*command: str | Path, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> int:
    """Run a program with the standard output and error of this process.

    Args:
        command: The program and its arguments.
        cwd: Folder to run it in.
        environment: Its environment; by default the one of all tools.

    Returns:
        Its exit code.
    """
    return subprocess.run(command, cwd=cwd, env=environment or tool_environment(), check=False).returncode


def must_run(*command: str | Path, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> None:
    """Run a program that has to succeed; the parameters are those of run().

    Raises:
        SystemExit: The program failed.
    """
    code = run(*command, cwd=cwd, environment=environment)
    if code != 0:
        raise SystemExit(f"exit code {code}: {' '.join(map(str, command))}")


def output_of(*command: str | Path, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program and return its exit code and all its output; the parameters are those of run()."""
    answer = subprocess.run(
        command,
        cwd=cwd,
        env=environment or tool_environment(),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return answer.returncode, answer.stdout
