# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever lies in the folder: reports are read, and everything else is named with the reason."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history import reading
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.reading import reports_in

GOOD = b'{"schema_version": "1.7", "run": {}, "vms": [], "waves": []}'
BROKEN = {
    b"": "It is no JSON: ",
    b"{": "It is no JSON: ",
    b"\xff\xfe": "It is no text in UTF-8.",
    b'{"run": NaN}': "It is no JSON: it holds NaN.",
    b"[]": "It is no report: its JSON is no object.",
    b"[" * 200_000: "Its JSON is nested too deeply.",
    b'{"a": ' + b"9" * 5000 + b"}": "It holds a number of more than 4300 digits.",
    b'{"a": -' + b"9" * 5000 + b"}": "It holds a number of more than 4300 digits.",
    b'{"a": [Infinity]}': "It is no JSON: it holds Infinity.",
    b"{}": "It is no report: it has no schema_version.",
    b'{"schema_version": 1}': "It is no report: it has no schema_version.",
    b'{"schema_version": "2.0", "run": {}}': "Its format 2.0 is not known.",
    b'{"schema_version": "1.0"}': "It is no report: it has no run.",
    b'{"schema_version": "1.0", "run": {}, "vms": {}}': "It is no report: its vms are no list of objects.",
    b'{"schema_version": "1.0", "run": {}, "vms": [1]}': "It is no report: its vms are no list of objects.",
    b'{"schema_version": "1.0", "run": {}, "waves": null}': "It is no report: its waves are no list of objects.",
    b'{"schema_version": "1.0", "run": {}, "vms": [{"steps": 1}]}': "It is no report: the steps of a VM",
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.items(), ids=lambda value: str(value)[:40])
def test_a_broken_file_is_named_and_the_others_are_read(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.json").write_bytes(GOOD)
    (tmp_path / "b.json").write_bytes(content)
    (tmp_path / "c.json").write_bytes(GOOD)
    found = list(reports_in(tmp_path))
    assert [one.file for one in found] == ["a.json", "b.json", "c.json"]
    assert [bool(one.report) for one in found] == [True, False, True]
    assert found[1].problem.startswith(reason)


def test_older_versions_of_python_refuse_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_DIGITS", {"parse_int": reading._integer})
    (tmp_path / "a.json").write_bytes(b'{"a": 1, "b": ' + b"9" * 4301 + b"}")
    assert [one.problem for one in reports_in(tmp_path)] == ["It holds a number of more than 4300 digits."]


def test_folders_in_the_folder_are_read_and_what_is_hidden_is_not(tmp_path: Path) -> None:
    for name in ("job-1/run.json", "job-2/deep/run.json", ".trash/run.json", ".report-x.json", "page.html"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(GOOD)
    assert [one.file for one in reports_in(tmp_path)] == ["job-1/run.json", "job-2/deep/run.json"]


def test_what_is_no_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing")
    (tmp_path / "large.json").write_bytes(GOOD)
    monkeypatch.setattr(reading, "LARGEST_REPORT", 10)
    assert {one.file: one.problem.split(":")[0] for one in reports_in(tmp_path)} == {
        "gone.json": "It cannot be read",
        "large.json": "It is larger than 0 MiB.",
        "pipe.json": "It is no regular file.",
    }


def test_links_that_lead_in_circles_and_names_in_no_encoding_are_harmless(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "b.json")
    (tmp_path / "b.json").symlink_to(tmp_path / "a.json")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "folder.json" / "up").symlink_to(tmp_path, target_is_directory=True)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n<b>.json")).write_bytes(GOOD)
    found = {one.file: one.problem for one in reports_in(tmp_path)}
    assert found.pop("\udcff\n<b>.json") == ""
    assert set(found) == {"a.json", "b.json"}
    assert all(problem.startswith("It cannot be read: Too many levels") for problem in found.values())


def test_what_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("closed", "open"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.json").write_bytes(GOOD)
    (tmp_path / "b.json").write_bytes(GOOD)
    scan, read = os.scandir, Path.read_bytes

    def refuse(path: Any) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", lambda path: refuse(path) if str(path).endswith("closed") else scan(path))
    monkeypatch.setattr(Path, "read_bytes", lambda path: refuse(path) if path.name == "b.json" else read(path))
    assert [(one.file, one.problem) for one in reports_in(tmp_path)] == [
        ("b.json", "It cannot be read: Permission denied."),
        ("open/a.json", ""),
        ("closed", "It cannot be read: Permission denied."),
    ]


def test_a_history_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "history.json").write_text('{"format": "opendr.vcda history 1"}')
    assert not list(reports_in(tmp_path))


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(reports_in(tmp_path / "none"))
