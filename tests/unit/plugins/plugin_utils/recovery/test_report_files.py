# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: private, whole, and known to be writable before anything is done."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

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


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path, report: dict[str, Any]) -> None:
    tmp_path.chmod(0o755)
    report_files.write(report, str(tmp_path), "first", page=False)
    assert [path.name for path in tmp_path.iterdir()] == ["first.json"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_relative_folder_is_that_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/somewhere/else")
    report_files.write(report, "reports", "first", page=False)
    assert (tmp_path / "reports" / "first.json").is_file()


@pytest.mark.parametrize("directory", ["file", "file/below", "/proc/none/reports"])
def test_a_folder_that_cannot_be_made_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, directory: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert "recovery_report_dir: the report cannot be written to" in report_files.problem_of(directory)


def test_no_folder_is_no_problem() -> None:
    assert report_files.problem_of("") == ""


@pytest.mark.parametrize(
    ("host", "given", "name"),
    [
        ("localhost", "", "19700101T002000Z-failover-localhost"),
        ("db 1/..", "", "19700101T002000Z-failover-db_1_.."),
        ("localhost", "monthly", "monthly"),
    ],
)
def test_the_name_of_the_files(report: dict[str, Any], host: str, given: str, name: str) -> None:
    assert report_files.name_of(report, host, given) == name


def test_a_name_fits_into_a_file_system(report: dict[str, Any]) -> None:
    assert len(report_files.name_of(report, "ä" * 300).encode()) <= 200
