# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports in a folder, read one at a time: thousands of them need no more memory than the largest."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_files import LARGEST_REPORT

FORMAT_OF_HISTORY = "opendr.vcda history 1"
# Formats are numbered as major.minor: a new minor number adds keys, and only a new major one changes what keys mean.
_MAJOR = "1"


class Found(NamedTuple):
    """A file of the folder.

    :param file: its path below the folder
    :param report: its data; None if it cannot be read
    :param problem: why it is left out; empty otherwise
    """

    file: str
    report: dict[str, Any] | None
    problem: str


def reports_in(folder: Path) -> Iterator[Found]:
    """Read every file ``*.json`` of a folder and of the folders in it, but histories.

    :param folder: where reports lie
    :returns: the files in the order of their paths, each read when it is asked for
    :raises OSError: if the folder cannot be listed
    """
    for name in sorted(_names(folder)):
        try:
            report = _parsed(folder / name)
        except (OSError, ValueError, RecursionError) as error:
            yield Found(name, None, _sentence(error))
            continue
        if report.get("format") != FORMAT_OF_HISTORY:
            problem = _problem(report)
            yield Found(name, None if problem else report, problem)


def _names(folder: Path) -> Iterator[str]:
    os.scandir(folder).close()
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(".json") and not name.startswith("."):
                yield (Path(place) / name).relative_to(folder).as_posix()


def _parsed(path: Path) -> dict[str, Any]:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("It is no regular file.")
    if status.st_size > LARGEST_REPORT:
        raise ValueError(f"It is larger than {LARGEST_REPORT // 1024**2} MiB.")
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise ValueError("It is no text in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"It is no JSON: {error.msg} in line {error.lineno}.") from None
    if not isinstance(found, dict):
        raise ValueError("It is no report: its JSON is no object.")  # noqa: TRY004 - all are faults of the file
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"It is no JSON: it holds {name}.")


def _sentence(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "Its JSON is nested too deeply."
    if isinstance(error, OSError):
        return f"It cannot be read: {error.strerror}."
    return str(error)


def _problem(report: Mapping[str, Any]) -> str:
    """Tell what keeps an object from being a report; values that are merely odd are taken as unknown later."""
    version = report.get("schema_version")
    if not isinstance(version, str):
        return "It is no report: it has no schema_version."
    if version.partition(".")[0] != _MAJOR:
        return f"Its format {version[:20]} is not known."
    if not isinstance(report.get("run"), Mapping):
        return "It is no report: it has no run."
    for key in ("vms", "waves"):
        if not _is_list_of_objects(report.get(key, [])):
            return f"It is no report: its {key} are no list of objects."
    if not all(_is_list_of_objects(vm.get("steps", [])) for vm in report.get("vms", ())):
        return "It is no report: the steps of a VM are no list of objects."
    return ""


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
