# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in a checkout, and the environment variables of all its tools."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
COLLECTIONS = BUILD / "collections"
REPORTS = BUILD / "reports"
TOOLS = ROOT / ".venv-tools"
FIELD = TOOLS / "field"


def tool_environment() -> dict[str, str]:
    """Return the environment for the tools: our programs first on the path, our collection, no VCDA site.

    Variables that begin with VCDA_ are left out, so that no test can reach a site of the user.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VCDA_", "ANSIBLE_"))}
    folders = [str(ROOT / ".venv" / "bin"), str(FIELD / "bin"), environment.get("PATH", os.defpath)]
    environment.update(
        PATH=os.pathsep.join(folders),
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        ANSIBLE_LOCALHOST_WARNING="false",
        ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
        ANSIBLE_NOCOLOR="1",
        NO_COLOR="1",
        PYTHONUNBUFFERED="1",
    )
    return environment
