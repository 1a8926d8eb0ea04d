# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: where they lie, whether they can be written, and writing them."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.page import render

_TEMPLATE = Path(__file__).parents[3] / "roles" / "recovery" / "templates" / "report.html.j2"
_FOLDER_MODE = 0o700
_MOST_BYTES = 200


def folder_of(directory: str) -> Path:
    """Return the folder of the report; a relative one is taken from the folder in which ansible-playbook runs.

    :param directory: ``recovery_report_dir``
    """
    return Path.cwd() / Path(directory).expanduser()


def problem_of(directory: str) -> str:
    """Tell why the report could not be written, before anything is done that it should tell of.

    :param directory: ``recovery_report_dir``; empty for no report
    :returns: a sentence; empty if nothing stands in the way
    """
    if not directory:
        return ""
    folder = folder_of(directory)
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return f"recovery_report_dir: the report cannot be written to {folder}: {error.strerror}."


def name_of(report: Mapping[str, Any], host: str, given: str = "") -> str:
    """Return the name of the files without their ending.

    :param report: from ``build_report``
    :param host: the host, or the hosts in words
    :param given: ``recovery_report_name``; may be empty
    """
    run = report["run"]
    name = given or "-".join((str(run["id"]), str(run["entry_point"]), re.sub(r"[^\w.-]", "_", host)))
    return name.encode()[:_MOST_BYTES].decode(errors="ignore")


def write(report: Mapping[str, Any], directory: str, name: str, *, page: bool = True) -> None:
    """Write a report as JSON, and as a page; nobody but the user of ansible-playbook may read it.

    :param report: from ``build_report``
    :param directory: ``recovery_report_dir``; it is made if it is missing, and keeps its mode otherwise
    :param name: of the files without their ending
    :param page: whether a page is written too
    :raises OSError: if it cannot be written
    """
    folder = folder_of(directory)
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    _write(folder / f"{name}.json", json.dumps(report, indent=4, sort_keys=True, ensure_ascii=False))
    if page:
        _write(folder / f"{name}.html", render(report, _TEMPLATE.read_text(encoding="utf-8")))


def _write(path: Path, text: str) -> None:
    """Write a file as a whole or not at all: somebody may be reading the one before."""
    number, temporary = tempfile.mkstemp(dir=path.parent, prefix=".report-")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
