# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of a project AWX offers as playbooks."""

from __future__ import annotations

import re
from pathlib import Path

_NOT_LOOKED_INTO = {"roles", "tasks", "group_vars", "host_vars"}
_OF_A_PLAYBOOK = re.compile(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):", re.MULTILINE)


def playbooks_in(folder: Path) -> set[str]:
    """Return the files that look like playbooks, as AWX sees it, by their paths in the project."""
    found = set()
    for path in folder.rglob("*.y*ml"):
        place = path.relative_to(folder)
        if _NOT_LOOKED_INTO & set(place.parts) or any(part.startswith(".") for part in place.parts):
            continue
        if path.suffix in {".yml", ".yaml"} and _OF_A_PLAYBOOK.search(path.read_text(encoding="utf-8")):
            found.add(place.as_posix())
    return found
