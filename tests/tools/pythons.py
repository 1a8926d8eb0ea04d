# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding the Python interpreters of this machine that can be run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

REPORT_BASE = "import sys; print(sys.base_prefix); sys.exit(sys.version_info[:2] != ({major}, {minor}))"


def find_python(version: str) -> Path | None:
    """Find the interpreter of one minor version.

    A pyenv shim on the path may fail, or start another program. So every candidate is run, and the base interpreter
    that it reports is returned. The versions that pyenv and uv have installed are candidates, too.

    Args:
        version: Major and minor version, such as "3.11".

    Returns:
        The real program, outside any virtual environment, or None if there is none.
    """
    for candidate in _candidates(version):
        real = _real_program(candidate, version)
        if real is not None:
            return real
    return None


def _candidates(version: str) -> list[str]:
    on_path = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    uv = Path.home() / ".local" / "share" / "uv" / "python"
    kept = [*sorted(pyenv.glob(f"{version}.*/bin")), *sorted(uv.glob(f"cpython-{version}.*/bin"))]
    return [*([on_path] if on_path else []), *(str(folder / f"python{version}") for folder in reversed(kept))]


def _real_program(candidate: str, version: str) -> Path | None:
    major, minor = version.split(".")
    command = [candidate, "-c", REPORT_BASE.format(major=major, minor=minor)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return None
    if answer.returncode != 0:
        return None
    real = Path(answer.stdout.strip()) / "bin" / f"python{version}"
    return real if real.exists() else None
