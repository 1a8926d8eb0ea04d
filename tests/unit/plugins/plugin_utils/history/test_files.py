# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a history: private, and left alone where they tell the same already."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history import files
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import DAY, History
from ansible_collections.opendr.vcda.tests.tools.sample_reports import FIRST, report


def test_files_are_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "history"
    for number in range(2):
        made = History(FIRST + DAY + number)
        made.take(report("drill", ["db-1 \ud800"]), "drill.json")
        document = made.document(90)
        assert files.is_up_to_date(document, folder) is bool(number)
        if not number:
            files.write(document, folder)
            assert json.loads((folder / "history.json").read_text()) == document
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(path.name for path in folder.iterdir()) == ["history.json", "index.html"]


@pytest.mark.parametrize("content", ["", "[]", "{}", "\udcff"])
def test_files_that_tell_something_else_are_not_up_to_date(tmp_path: Path, content: str) -> None:
    document = History(FIRST).document(0)
    files.write(document, tmp_path)
    assert files.is_up_to_date(document, tmp_path)
    for name in ("history.json", "index.html"):
        files.write(document, tmp_path)
        (tmp_path / name).write_text(content, errors="surrogateescape")
        assert not files.is_up_to_date(document, tmp_path)


@pytest.mark.parametrize("created", [None, 7, []])
def test_a_history_without_the_time_of_its_making_is_not_up_to_date(tmp_path: Path, created: Any) -> None:
    document = History(FIRST).document(0)
    files.write({**document, "created": "never"}, tmp_path)
    (tmp_path / "history.json").write_text(json.dumps({**document, "created": created}))
    assert not files.is_up_to_date(document, tmp_path)


@pytest.mark.parametrize("name", ["history.json", "index.html"])
def test_what_is_no_file_is_not_read_and_gives_way(tmp_path: Path, name: str) -> None:
    document = History(FIRST).document(0)
    files.write(document, tmp_path)
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    caller = threading.Thread(target=files.is_up_to_date, args=(document, tmp_path), daemon=True)
    caller.start()
    caller.join(10)
    assert not caller.is_alive()
    assert not files.is_up_to_date(document, tmp_path)
    files.write(document, tmp_path)
    assert files.is_up_to_date(document, tmp_path)
