# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: finds their folder, checks whether they can be written, and writes them."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import stat
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.page import render

DEFAULT_MODE = "0600"
# The owner can read and write the files; nobody can execute them.
_MODE = re.compile(r"0?6[0246]{2}\Z")
# The default folder for reports, below the working directory of ansible-playbook.
FOLDER = "recovery-reports"
_LEAVES_EVIDENCE = ("main", "failover", "failback", "drill")
# Most systems limit a file name to 255 bytes, which must also hold a number, a digest and an extension.
_MOST_BYTES = 200
_DIGITS = 8
# Larger files are not reports; the report of 10,000 VMs has about 20 MiB.
LARGEST_REPORT = 64 * 1024 * 1024
# The number of files that a run reads before it begins.
_MOST_READINESS_REPORTS = 20
_UNSAFE = re.compile(r"[^\w.+=,@ -]")


def directory_of(entry_point: str, values: Mapping[str, Any]) -> str:
    """Return the folder in which the report is written; empty for no files.

    :param entry_point: recoveries and drills write to ``FOLDER`` if no folder is given
    :param values: the variables of the role
    """
    if not values.get("recovery_report_files", True):
        return ""
    return str(values.get("recovery_report_dir") or (FOLDER if entry_point in _LEAVES_EVIDENCE else ""))


def given_directory(values: Mapping[str, Any]) -> str:
    """Return the folder that the user has set for the report; empty if none is set, or if no files are wanted.

    :param values: the variables of the role
    """
    return str(values.get("recovery_report_dir") or "") if values.get("recovery_report_files", True) else ""


def folder_of(directory: str) -> Path:
    """Return the folder of the report; a relative path starts at the working directory of ansible-playbook.

    :param directory: ``recovery_report_dir``
    """
    return Path.cwd() / Path(directory).expanduser()


def load(path: str) -> Any:
    """Return the data of a report.

    :param path: of the JSON file, on the controller
    :raises OSError: if the file cannot be read
    :raises ValueError: if it is not JSON, too large, or no file: a pipe or a device may have no end
    """
    try:
        file = Path(path).expanduser()
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is no regular file")
        if status.st_size > LARGEST_REPORT:
            raise ValueError(f"it is larger than {LARGEST_REPORT // 1024**2} MiB")
        return json.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    except RuntimeError:
        raise ValueError("there is no such user with a home directory") from None


def readiness_reports(directory: str) -> Iterator[Any]:
    """Yield the data of the newest files that may be reports of readiness checks; skip files that cannot be read.

    :param directory: ``recovery_report_dir``; only files with "readiness" in their name, as the role sets it, are read
    """
    try:
        files = [path for path in folder_of(directory).glob("*readiness*.json") if path.is_file()]
        files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    except (OSError, RuntimeError, ValueError):
        return
    for path in files[:_MOST_READINESS_REPORTS]:
        with contextlib.suppress(OSError, ValueError):
            yield load(str(path))


def problem_of(directory: str, mode: Any = DEFAULT_MODE, *, make: bool = False) -> str:
    """Check before the run begins whether the report can be written.

    :param directory: ``recovery_report_dir``; empty for no report
    :param mode: ``recovery_report_mode``
    :param make: also create the folder, which is the only reliable check; without it nothing is changed
    :returns: a sentence that says why the report cannot be written; empty if it can
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
    """Return the name of the files without extension, which is different for each host.

    :param report: from ``build_report``
    :param host: the name of the host, or a text for several hosts
    :param given: ``recovery_report_name``; may be empty
    """
    run = report["run"]
    wanted = given or "-".join((str(run["id"]), str(run["entry_point"]), host))
    safe = _UNSAFE.sub("_", wanted)
    cut = safe.encode()[:_MOST_BYTES].decode(errors="ignore")
    if cut == wanted and not cut.startswith("."):
        return cut
    # The digest of the whole name distinguishes names that are equal after replacing and cutting.
    return f"{cut.lstrip('.') or 'report'}-{_digest(wanted)}"


def given_names(together: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return the report names of hosts so that no two are the same file: the host is appended where they would be.

    Names that differ only in letter case or Unicode form are the same file on some systems.

    :param together: the report name for all hosts together
    :param own: ``recovery_report_name`` of each host; may be empty, then the files are named by time and host
    """
    names = dict(own)
    for longer in ("{name}-{host}", "{name}-{host}-{digest}"):
        times = Counter(_same_file(name) for name in (together, *names.values()))
        names = {
            host: longer.format(name=own[host], host=host, digest=_digest(host))
            if own[host] and times[_same_file(name)] > 1
            else name
            for host, name in names.items()
        }
    return names


def _same_file(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]


def write(
    report: Mapping[str, Any],
    directory: str,
    name: str,
    *,
    mode: str = DEFAULT_MODE,
    page: bool = True,
    new: bool = False,
) -> str:
    """Write a report as JSON and as an HTML page.

    :param report: from ``build_report``
    :param directory: ``recovery_report_dir``; created if it is missing; an existing one keeps its mode
    :param name: the name of the files without extension
    :param mode: the mode of the files
    :param page: whether to write the page too
    :param new: replace no existing report: append a number to the name if the file exists
    :returns: the name under which the report was written
    :raises OSError: if the report cannot be written
    """
    folder = folder_of(directory)
    make_folder(folder, int(mode, 8))
    name = _reserved(folder, name) if new else name
    data = json.dumps(report, indent=4, sort_keys=True, ensure_ascii=False)
    try:
        write_text(folder / f"{name}.json", data, int(mode, 8))
    except OSError:
        if new:
            # An empty file would be taken for a damaged report.
            (folder / f"{name}.json").unlink()
        raise
    if page:
        write_text(folder / f"{name}.html", render(report), int(mode, 8))
    return name


def make_folder(folder: Path, mode: int) -> None:
    """Create the folder and those above it that are missing; only users that may read the files can enter them.

    :param folder: the folder; one that exists is left as it is
    :param mode: of the files
    :raises OSError: if it cannot be created
    """
    wanted = mode | (mode & 0o444) >> 2
    missing = list(itertools.takewhile(lambda place: not place.exists(), (folder, *folder.parents)))
    for place in reversed(missing):
        try:
            place.mkdir(wanted)
        except FileExistsError:
            if not place.is_dir():
                raise
            # Another run, or another host of this one, was faster.
            continue
        _set_mode_of_folder(place, wanted)


def _set_mode_of_folder(folder: Path, mode: int) -> None:
    """Set the mode of a new folder, from which the umask may have taken bits; what it hands down to its group is kept.

    Whoever may write to the folder above may put a link in its place, so it is opened and not named.
    """
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchmod(number, mode | os.fstat(number).st_mode & stat.S_ISGID)
    finally:
        os.close(number)


def _reserved(folder: Path, name: str) -> str:
    """Reserve a file name atomically, so that two runs in the same second, or two hosts, do not share one."""
    for number in itertools.count(1):
        free = name if number == 1 else f"{name}-{number}"
        try:
            os.close(os.open(folder / f"{free}.json", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        break
    return free


def write_text(path: Path, text: str, mode: int) -> None:
    """Write a file atomically, because another process may be reading the previous one."""
    number, temporary = tempfile.mkstemp(dir=path.parent, prefix=".report-")
    try:
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text + "\n")
            # By its number: whoever may write to the folder may put a link in its place.
            os.fchmod(number, mode)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
