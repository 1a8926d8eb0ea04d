# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a history: ``history.json`` and ``index.html``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.page import render
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_files import (
    DEFAULT_MODE,
    make_folder,
    write_text,
)

DATA, PAGE = "history.json", "index.html"


def is_up_to_date(history: Mapping[str, Any], folder: Path) -> bool:
    """Tell whether the files already hold this history, apart from the time at which they were written.

    :param history: from ``History.document``
    :param folder: the folder for the files
    """
    try:
        # Reading a pipe that lies there would never end.
        if not all((folder / name).is_file() for name in (DATA, PAGE)):
            return False
        there = json.loads((folder / DATA).read_bytes())
        page = (folder / PAGE).read_text(encoding="utf-8")
    except (OSError, ValueError, RecursionError):
        return False
    return (
        isinstance(there, dict)
        and isinstance(there.get("created"), str)
        and {**there, "created": ""} == {**history, "created": ""}
        and page == render({**history, "created": there["created"]}) + "\n"
    )


def write(history: Mapping[str, Any], folder: Path, mode: str = DEFAULT_MODE) -> None:
    """Write the history.

    :param history: from ``History.document``
    :param folder: created if it is missing; an existing one keeps its mode
    :param mode: ``recovery_report_mode``
    :raises OSError: if the files cannot be written
    """
    make_folder(folder, int(mode, 8))
    write_text(folder / DATA, json.dumps(history, indent=1), int(mode, 8))
    write_text(folder / PAGE, render(history), int(mode, 8))
