# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: where they lie, whether they can be written, and writing them."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.page import render

_TEMPLATE = Path(__file__).parents[3] / "roles" / "recovery" / "templates" / "report.html.j2"
DEFAULT_MODE = "0600"
# The owner can read and write the files, nobody runs them.
_MODE = re.compile(r"0?6[0246]{2}\Z")
# Where evidence is left, in the folder in which ansible-playbook runs.
FOLDER = "recovery-reports"
_LEAVES_EVIDENCE = ("main", "failover", "failback", "drill")
# A file name may have 255 bytes on most systems; a number, a digest and an ending have to fit in, too.
_MOST_BYTES = 200
_DIGITS = 8
# No report is larger; one of 10,000 VMs has about 20 MiB.
LARGEST_REPORT = 64 * 1024 * 1024
# A run looks at so many before it begins.
_MOST_READINESS_REPORTS = 20
_UNSAFE = re.compile(r"[^\w.+=,@ -]")


def directory_of(entry_point: str, values: Mapping[str, Any]) -> str:
    """Return where the report is written; empty for no files.

    :param entry_point: what recovers, or tests it, leaves its evidence in ``FOLDER`` if no folder is given
    :param values: the variables of the role
    """
    if not values.get("recovery_report_files", True):
        return ""
    return str(values.get("recovery_report_dir") or (FOLDER if entry_point in _LEAVES_EVIDENCE else ""))


def given_directory(values: Mapping[str, Any]) -> str:
    """Return the folder that is given for the report; empty if none is, or if no files are wanted.

    :param values: the variables of the role
    """
    return str(values.get("recovery_report_dir") or "") if values.get("recovery_report_files", True) else ""


def folder_of(directory: str) -> Path:
    """Return the folder of the report; a relative one is taken from the folder in which ansible-playbook runs.

    :param directory: ``recovery_report_dir``
    """
    return Path.cwd() / Path(directory).expanduser()


def load(path: str) -> Any:
    """Return the data of a report.

    :param path: of the JSON file, on the controller
    :raises OSError: if it cannot be read
    :raises ValueError: if it is no JSON
    """
    return json.loads(Path(path).expanduser().read_text(encoding="utf-8"))


def readiness_reports(directory: str) -> Iterator[Any]:
    """Yield what the newest files hold that may be reports of readiness checks; what cannot be read is passed over.

    :param directory: ``recovery_report_dir``; files count that have "readiness" in their name, as the role names them
    """
    try:
        files = [path for path in folder_of(directory).glob("*readiness*.json") if path.is_file()]
        files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    except (OSError, RuntimeError, ValueError):
        return
    for path in files[:_MOST_READINESS_REPORTS]:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if path.stat().st_size <= LARGEST_REPORT:
                yield load(str(path))


def problem_of(directory: str, mode: Any = DEFAULT_MODE, *, make: bool = False) -> str:
    """Tell why the report could not be written, before anything is done that it should tell of.

    :param directory: ``recovery_report_dir``; empty for no report
    :param mode: ``recovery_report_mode``
    :param make: also make the folder, which is the only sure way to know; without it nothing is changed
    :returns: a sentence; empty if nothing stands in the way
    """
    if not (isinstance(mode, str) and _MODE.match(mode)):
        return f"recovery_report_mode: {mode!r} is not a mode of files in quotes, such as '0600' or '0640'."
    if not directory:
        return ""
    try:
        folder = folder_of(directory)
        if make:
            make_folder(folder, int(mode, 8))
        there = folder
        while not (there.exists() or there.is_symlink()) and there != there.parent:
            there = there.parent
        with tempfile.TemporaryFile(dir=there):
            return ""
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return f"recovery_report_dir: the report cannot be written to {directory!r}: {reason}."


def name_of(report: Mapping[str, Any], host: str, given: str = "") -> str:
    """Return the name of the files without their ending. No two hosts have the same one.

    :param report: from ``build_report``
    :param host: the host, or the hosts in words
    :param given: ``recovery_report_name``; may be empty
    """
    run = report["run"]
    wanted = given or "-".join((str(run["id"]), str(run["entry_point"]), host))
    safe = _UNSAFE.sub("_", wanted)
    cut = safe.encode()[:_MOST_BYTES].decode(errors="ignore")
    if cut == wanted and not cut.startswith("."):
        return cut
    # What was replaced or cut is told apart by what it was made of.
    return (
        f"{cut.lstrip('.') or 'report'}-{hashlib.sha256(wanted.encode(errors='surrogatepass')).hexdigest()[:_DIGITS]}"
    )


def write(
    report: Mapping[str, Any],
    directory: str,
    name: str,
    *,
    mode: str = DEFAULT_MODE,
    page: bool = True,
    new: bool = False,
) -> str:
    """Write a report as JSON, and as a page.

    :param report: from ``build_report``
    :param directory: ``recovery_report_dir``; it is made if it is missing, and keeps its mode otherwise
    :param name: of the files without their ending
    :param mode: of the files
    :param page: whether a page is written too
    :param new: replace no report that is there: the name gets a number if it is taken
    :returns: the name under which the report was written
    :raises OSError: if it cannot be written
    """
    folder = folder_of(directory)
    make_folder(folder, int(mode, 8))
    name = _reserved(folder, name) if new else name
    data = json.dumps(report, indent=4, sort_keys=True, ensure_ascii=False)
    write_text(folder / f"{name}.json", data, int(mode, 8))
    if page:
        write_text(folder / f"{name}.html", render(report, _TEMPLATE.read_text(encoding="utf-8")), int(mode, 8))
    return name


def make_folder(folder: Path, mode: int) -> None:
    """Make the folder if it is missing; whoever may read the files may enter it, and nobody else."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    folder.chmod(mode | (mode & 0o444) >> 2)


def _reserved(folder: Path, name: str) -> str:
    """Take a name that no other run has; two runs of one second, or two hosts, never share one."""
    for number in itertools.count(1):
        free = name if number == 1 else f"{name}-{number}"
        try:
            os.close(os.open(folder / f"{free}.json", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        break
    return free


def write_text(path: Path, text: str, mode: int) -> None:
    """Write a file as a whole or not at all: somebody may be reading the one before."""
    number, temporary = tempfile.mkstemp(dir=path.parent, prefix=".report-")
    try:
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text + "\n")
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
