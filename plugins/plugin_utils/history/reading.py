# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the reports in a folder one at a time, so that memory use depends only on the largest report."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_files import LARGEST_REPORT

FORMAT_OF_HISTORY = "opendr.vcda history 1"
# Formats are numbered as major.minor: a new minor number adds keys, and only a new major one changes what keys mean.
_MAJOR = "1"
NESTED_TOO_DEEPLY = "Its JSON is nested too deeply."
# Parsing a number with millions of digits takes minutes; newer versions of Python refuse it themselves.
_MOST_DIGITS = 4300


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
    """Read every file ``*.json`` of a folder and its subfolders, except histories.

    Links to folders are not followed.

    :param folder: the folder with the reports
    :returns: the files sorted by path, each read only when the caller requests it
    :raises OSError: if the folder cannot be listed
    """
    closed: list[Found] = []
    for name in sorted(_names(folder, closed)):
        try:
            report = _parsed(folder / name)
        except (OSError, ValueError, RecursionError) as error:
            yield Found(name, None, _sentence(error))
            continue
        if report.get("format") != FORMAT_OF_HISTORY:
            problem = _problem(report)
            yield Found(name, None if problem else report, problem)
    yield from closed


def _names(folder: Path, closed: list[Found]) -> Iterator[str]:
    """Yield the paths of files.

    :param closed: folders that cannot be read are appended to it
    """

    def note(error: OSError) -> None:
        place = Path(os.fsdecode(error.filename or folder)).relative_to(folder).as_posix()
        closed.append(Found(place, None, _sentence(error)))

    os.scandir(folder).close()
    for place, folders, files in os.walk(folder, onerror=note):
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
        found = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse, **_DIGITS)
    except UnicodeDecodeError:
        raise ValueError("It is no text in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"It is no JSON: {error.msg} in line {error.lineno}.") from None
    if not isinstance(found, dict):
        raise ValueError("It is no report: its JSON is no object.")  # noqa: TRY004 - all are faults of the file
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"It is no JSON: it holds {name}.")


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(_TOO_LONG)
    return int(digits)


_TOO_LONG = f"It holds a number of more than {_MOST_DIGITS} digits."
_DIGITS: Mapping[str, Any] = {} if hasattr(sys, "set_int_max_str_digits") else {"parse_int": _integer}


def _sentence(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return NESTED_TOO_DEEPLY
    if isinstance(error, OSError):
        return f"It cannot be read: {error.strerror}."
    return _TOO_LONG if "integer string conversion" in str(error) else str(error)


def _problem(report: Mapping[str, Any]) -> str:
    """Return why an object is not a report; single values of a wrong type are treated as unknown later."""
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
