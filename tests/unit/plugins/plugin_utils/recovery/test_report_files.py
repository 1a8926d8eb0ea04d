# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: private, whole, and known to be writable before anything is done."""

from __future__ import annotations

import errno
import json
import os
import stat
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from ansible_collections.opendr.vcda.plugins.action.recovery_batch import check
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import report_files
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    records,
    run,
)


@pytest.fixture
def report() -> dict[str, Any]:
    built: dict[str, Any] = FILTERS["report"](run(records(document(1, "db-1"))))
    return built


def test_a_report_is_private_data_and_a_page(tmp_path: Path, report: dict[str, Any]) -> None:
    folder = tmp_path / "new" / "reports"
    assert not report_files.problem_of(str(folder))
    report_files.write(report, str(folder), "first")
    assert json.loads((folder / "first.json").read_text()) == report
    assert "db-1" in (folder / "first.html").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["first.html", "first.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("before", [0o1777, 0o700, 0o2770, 0o755, 0o3777])
@pytest.mark.parametrize("is_link", [False, True])
def test_a_folder_that_is_there_keeps_its_mode(
    tmp_path: Path, report: dict[str, Any], before: int, is_link: bool
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    folder.chmod(before)
    asked = tmp_path / "link" if is_link else folder
    if is_link:
        asked.symlink_to(folder)
    assert not report_files.problem_of(str(asked), "0640", make=True)
    report_files.write(report, str(asked), "first", mode="0640", page=False)
    assert [path.name for path in folder.iterdir()] == ["first.json"]
    assert stat.S_IMODE(folder.stat().st_mode) == before


def test_a_folder_of_somebody_else_is_only_written_to(
    tmp_path: Path, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may write to a folder need not own it, and then may not change its mode."""
    change = os.chmod

    def refuse(path: Any, mode: int, **options: Any) -> None:
        if Path(path) == tmp_path:
            raise PermissionError(1, "Operation not permitted", str(path))
        change(path, mode, **options)

    monkeypatch.setattr(os, "chmod", refuse)
    assert not report_files.problem_of(str(tmp_path), "0640", make=True)
    report_files.write(report, str(tmp_path), "first", mode="0640")
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o640}


@pytest.mark.parametrize(
    ("mode", "of_files", "of_folder"), [("0600", 0o600, 0o700), ("640", 0o640, 0o750), ("0664", 0o664, 0o775)]
)
@pytest.mark.parametrize("mask", [0, 0o022, 0o077, 0o177])
@pytest.mark.parametrize("handed_down", [0, stat.S_ISGID])
def test_files_and_folders_have_the_mode_that_is_wanted(
    tmp_path: Path, report: dict[str, Any], mode: str, of_files: int, of_folder: int, mask: int, handed_down: int
) -> None:
    folder = tmp_path / "site-2" / "reports"
    tmp_path.chmod(0o770 | handed_down)
    before = os.umask(mask)
    try:
        assert not report_files.problem_of(str(folder), mode, make=True)
        report_files.write(report, str(folder), "first", mode=mode)
    finally:
        os.umask(before)
    made = {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)}
    assert made == {of_folder | handed_down}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o770 | handed_down
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {of_files}


def test_a_folder_that_another_run_makes_meanwhile_is_as_good(
    tmp_path: Path, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def be_slower(path: Path, *args: Any, **options: Any) -> None:
        make(path, 0o750)
        make(path, *args, **options)

    monkeypatch.setattr(Path, "mkdir", be_slower)
    folder = tmp_path / "site-2" / "reports"
    assert not report_files.problem_of(str(folder), make=True)
    report_files.write(report, str(folder), "first")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)} == {0o750}


def test_no_mode_of_anything_else_is_changed_where_others_may_write(
    tmp_path: Path, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may write to a folder may put a link in the place of a new file or folder at any time."""
    secret, private = tmp_path / "secret", tmp_path / "private"
    secret.write_text("mine")
    private.mkdir()
    secret.chmod(0o400)
    private.chmod(0o500)
    make_file, make_folder = tempfile.mkstemp, Path.mkdir

    def swap_file(**options: Any) -> tuple[int, str]:
        number, name = make_file(**options)
        Path(name).unlink()
        Path(name).symlink_to(secret)
        return number, name

    def swap_folder(path: Path, *args: Any) -> None:
        make_folder(path, *args)
        path.rmdir()
        path.symlink_to(private)

    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "mkstemp", swap_file)
    report_files.write(report, str(folder), "first", mode="0644")
    monkeypatch.setattr(Path, "mkdir", swap_folder)
    assert "cannot be written" in report_files.problem_of(str(folder / "new"), "0644", make=True)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (secret, private)] == [0o400, 0o500]
    assert secret.read_text() == "mine"


@pytest.mark.parametrize("known", [None, "earlier"])
def test_a_report_that_cannot_be_written_leaves_none_that_is_empty(
    tmp_path: Path, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, known: str | None
) -> None:
    if known:
        (tmp_path / "same.json").write_text(known)

    def be_full(number: int, *_args: Any, **_options: Any) -> None:
        os.close(number)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", be_full)
    for new in (True, False):
        with pytest.raises(OSError, match="No space left"):
            report_files.write(report, str(tmp_path), "same", new=new)
        assert [path.read_text() for path in tmp_path.iterdir()] == ([known] if known else [])


# Without quotes, YAML reads 0640 as 416.
@pytest.mark.parametrize("mode", ["416", 416, 0o600, "0755", "0400", "u=rw", "1600", "06000", "", None], ids=repr)
def test_what_is_no_mode_of_a_report_is_refused(tmp_path: Path, mode: Any) -> None:
    assert "recovery_report_mode" in report_files.problem_of(str(tmp_path), mode)


def test_nothing_is_made_in_check_mode(tmp_path: Path) -> None:
    assert not report_files.problem_of(str(tmp_path / "a" / "b"))
    assert list(tmp_path.iterdir()) == []


def test_reports_of_one_second_get_names_of_their_own(tmp_path: Path, report: dict[str, Any]) -> None:
    names = [report_files.write(report, str(tmp_path), "same", new=True) for _number in range(3)]
    assert names == ["same", "same-2", "same-3"]
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["same-2.html", "same-3.html", "same.html"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"a": "one", "b": "two"}, {"a": "one", "b": "two"}),
        ({"a": "", "b": ""}, {"a": "", "b": ""}),
        ({"a": "night", "b": "other"}, {"a": "night-a", "b": "other"}),
        ({"a": "x", "b": "x", "c": "X"}, {"a": "x-a", "b": "x-b", "c": "X-c"}),
        (
            {"a": "\u00fc-1", "b": "u\u0308-1", "c": "x\uff11"},
            {"a": "\u00fc-1-a", "b": "u\u0308-1-b", "c": "x\uff11"},
        ),
    ],
)
def test_hosts_have_report_names_of_their_own(own: dict[str, str], expected: dict[str, str]) -> None:
    assert report_files.given_names("night", own) == expected


@pytest.mark.parametrize(
    "own",
    [
        {"web": "x", "Web": "x", "WEB": "X"},
        {"a": "x", "b": "x", "c": "x-a"},
        {"\u00fc": "x", "u\u0308": "x"},
        {"web1": "x", "web\uff11": "x"},
        {"a": "night", "b": "night-a", "c": "NIGHT"},
    ],
)
def test_no_two_hosts_write_the_same_file_on_any_file_system(report: dict[str, Any], own: dict[str, str]) -> None:
    names = report_files.given_names("night", own)
    files = [report_files.name_of(report, host, name) for host, name in names.items()] + ["night"]
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in files}) == len(own) + 1
    assert names == report_files.given_names("night", own)


def test_a_report_does_not_follow_a_link_that_lies_there(tmp_path: Path, report: dict[str, Any]) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "first.json").symlink_to(other)
    report_files.write(report, str(tmp_path), "first", page=False)
    assert other.read_text() == "mine"


def test_a_relative_folder_is_that_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/somewhere/else")
    report_files.write(report, "reports", "first", page=False)
    assert (tmp_path / "reports" / "first.json").is_file()


@pytest.mark.parametrize(
    ("directory", "make"),
    [
        *(
            (directory, make)
            for directory in ("file", "file/below", "gone", "~nobody-of-this-name/x")
            for make in (False, True)
        ),
        ("/proc/none/reports", False),
        # Only making it can tell.
        ("gone/below", True),
        ("x" * 300, True),
        ("a\0b", True),
    ],
)
def test_a_folder_that_cannot_be_made_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, directory: str, make: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "gone").symlink_to("nowhere")
    problem = report_files.problem_of(directory, make=make)
    assert problem.startswith("recovery_report_dir: the report cannot be written to")
    assert "\n" not in problem


def test_no_folder_is_no_problem() -> None:
    assert report_files.problem_of("") == ""


@pytest.mark.parametrize(
    ("host", "own", "name"),
    [
        ("localhost", "", "19700101T002000Z-failover-localhost"),
        ("localhost", "monthly", "monthly"),
    ],
)
def test_the_name_of_the_files(report: dict[str, Any], host: str, own: str, name: str) -> None:
    assert report_files.name_of(report, host, own) == name


LONG = ("ä" * 300, "名" * 80, "x" * 255, "db-" + "1" * 250)
ODD = (
    "web#1",
    "web+1",
    "web=1",
    "web_1",
    "web/1",
    "web 1",
    "web\n1",
    "../x",
    "..",
    ".",
    "",
    "a\0",
    "\u202ex",
    "x\u200b",
    "x",
    "\udc80",
)


@pytest.mark.parametrize("is_given", [False, True], ids=["host", "given"])
def test_every_name_is_one_file_of_its_own_that_fits(report: dict[str, Any], is_given: bool) -> None:
    names = [report_files.name_of(report, host, f"n{host}" if is_given else "") for host in (*LONG, *ODD)]
    assert len(set(names)) == len(names)
    for name in names:
        assert len(name.encode()) <= 220
        assert not set(name) & set("/\0\n\u202e\u200b")
        assert not name.startswith(".")


@settings(max_examples=200, deadline=None)
@given(strategies.lists(strategies.text(min_size=1, max_size=300), min_size=2, max_size=2, unique=True))
def test_no_two_names_that_are_given_are_the_same_file(names: list[str]) -> None:
    run = {"run": {"id": "x", "entry_point": "drill"}}
    first, second = (report_files.name_of(run, "h", name) for name in names)
    assert first != second
    assert Path(first).name == first
    assert len(first.encode()) <= 220


@pytest.mark.parametrize(
    ("entry_point", "values", "directory"),
    [
        *((entry, {}, report_files.FOLDER) for entry in ("main", "failover", "failback", "drill")),
        *((entry, {}, "") for entry in ("reverse", "cleanup", "readiness")),
        ("reverse", {"recovery_report_dir": "there"}, "there"),
        ("failover", {"recovery_report_dir": "there"}, "there"),
        ("failover", {"recovery_report_files": False, "recovery_report_dir": "there"}, ""),
    ],
)
def test_what_recovers_leaves_evidence_unless_it_is_told_not_to(
    entry_point: str, values: dict[str, object], directory: str
) -> None:
    assert report_files.directory_of(entry_point, values) == directory


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("pipe", "no regular file"),
        ("folder", "no regular file"),
        ("/dev/zero", "no regular file"),
        ("deep", "nested too deeply"),
        ("large", "larger than 64 MiB"),
        ("binary", "utf-8"),
        ("nothing", "No such file"),
        ("~nobody-of-this-name/report.json", "no such user"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, name: str, reason: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "deep").write_text("[" * 100_000)
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", 65 * 1024 * 1024)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    path = name if name.startswith(("/", "~")) else str(tmp_path / name)
    problem = check("failover", {"recovery_active_site": "site-2", "recovery_from_report": path})["problem"]
    assert problem.startswith(f"recovery_from_report: {path} cannot be read: ")
    assert reason in problem


def test_the_newest_readiness_reports_are_read_and_nothing_else(tmp_path: Path) -> None:
    contents = {
        "a-readiness-1.json": "1",
        "readiness.json": "2",
        "b-readiness.json": "{",
        "c-readiness-x.json": "\udcff",
    }
    contents |= {"drill.json": "3", "readiness.html": "4"}
    for number, (name, content) in enumerate(contents.items()):
        (tmp_path / name).write_text(content, errors="surrogateescape")
        os.utime(tmp_path / name, (number, number))
    (tmp_path / "gone-readiness.json").symlink_to(tmp_path / "nothing")
    (tmp_path / "folder-readiness.json").mkdir()
    os.mkfifo(tmp_path / "pipe-readiness.json")
    assert list(report_files.readiness_reports(str(tmp_path))) == [2, 1]
    for number in range(30):
        (tmp_path / f"readiness-{number}.json").write_text("5")
    assert list(report_files.readiness_reports(str(tmp_path))) == [5] * 20


def test_a_folder_without_readiness_reports_is_none_of_a_problem(tmp_path: Path) -> None:
    assert not list(report_files.readiness_reports(str(tmp_path / "none")))


@pytest.mark.parametrize(
    ("values", "directory"),
    [
        ({}, ""),
        ({"recovery_report_dir": "here"}, "here"),
        ({"recovery_report_dir": "here", "recovery_report_files": True}, "here"),
        ({"recovery_report_dir": "here", "recovery_report_files": False}, ""),
    ],
)
def test_only_the_folder_of_files_that_are_wanted_is_made_in_advance(values: dict[str, Any], directory: str) -> None:
    assert report_files.given_directory(values) == directory
