# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that was sent in is checked, kept once, and shown in the table of what is unknown."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.probe.outcome import as_json
from ansible_collections.opendr.vcda.tests.tools import answers, guide_tables
from ansible_collections.opendr.vcda.tests.unit.on_simulator.probe.bench import Bench


@cache
def sent() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(as_json(Bench(reverse_id="new").cycle(idle_wait=0)["answers"]))
    return made


def write(folder: Path, document: Any) -> Path:
    path = folder / "vcda-answers.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_a_file_is_kept_once_under_the_version_of_its_service(tmp_path: Path) -> None:
    path = write(tmp_path, sent())
    assert answers.add(path, tmp_path / "confirmed").name == "4.7-1.json"
    with pytest.raises(answers.AnswersError, match=r"is there already, as 4\.7-1\.json"):
        answers.add(path, tmp_path / "confirmed")
    other = copy.deepcopy(sent())
    other["level"] = "session"
    assert answers.add(write(tmp_path, other), tmp_path / "confirmed").name == "4.7-2.json"


def test_the_table_shows_who_confirmed_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide_tables, "CONFIRMED", tmp_path / "confirmed")
    assert "No real service has answered yet." in guide_tables.unknowns()
    answers.add(write(tmp_path, sent()), tmp_path / "confirmed")
    table = guide_tables.unknowns()
    row = next(line for line in table.splitlines() if "| `reverse_id` |" in line)
    assert row.endswith("| 4.7-1: `new` |")
    assert "| nobody yet |" in next(line for line in table.splitlines() if "| `split_vapp` |" in line)
    assert "Real services that have answered: 1." in table


def change(edit: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(sent())
    edit(document)
    return document


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "is no file of answers"),
        ({"format": "opendr.vcda answers 9"}, "is no file of answers"),
        (change(lambda file: file["answers"].update(acme=1)), "acme is no question"),
        (change(lambda file: file["answers"]["reverse_id"].update(answer="acme")), "'acme' is no answer to reverse_id"),
        (change(lambda file: file["answers"]["limit_cap"].update(answer={"from": 9, "to": 1})), "is no answer"),
        (change(lambda file: file["answers"]["api_version"].update(answer="9.9")), "is no answer"),
        (change(lambda file: file["answers"]["reverse_id"].update(note="acme")), "answers/reverse_id is not as"),
        (change(lambda file: file.pop("exchanges")), "is not as answers.schema.json says"),
        (change(lambda file: file["exchanges"][0].update(path="/acme.example.com")), "exchanges/0/path is not as"),
        (change(lambda file: file["exchanges"][0]["headers"].append("X-Acme")), "does not tell X-Acme"),
        (change(lambda file: file["exchanges"][0].update(media_type="acme")), "does not tell acme"),
        (change(lambda file: file["exchanges"][0].update(body={"type": "string", "word": "acme"})), "acme"),
        (change(lambda file: file["exchanges"][0].update(body={"type": "object", "keys": {"acme": {}}})), "is not as"),
        (
            change(
                lambda file: file["exchanges"][0].update(body={"type": "object", "keys": {"acme": {"type": "null"}}})
            ),
            "does not tell acme",
        ),
        (change(lambda file: file["exchanges"][0].update(body={"type": "number", "range": "42"})), "does not tell 42"),
    ],
)
def test_a_file_that_is_not_what_the_probe_writes_is_refused(tmp_path: Path, document: Any, words: str) -> None:
    with pytest.raises(answers.AnswersError, match=words.replace("/", r"\W*")):
        answers.add(write(tmp_path, document), tmp_path / "confirmed")
    assert not (tmp_path / "confirmed").exists()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(guide_tables, "CONFIRMED", tmp_path / "confirmed")
    monkeypatch.setattr(answers, "ROOT", tmp_path)
    monkeypatch.setattr(guide_tables, "main", lambda: print("renewed"))
    monkeypatch.setattr("sys.argv", ["answers", str(write(tmp_path, sent()))])
    assert answers.main() == 0
    assert capsys.readouterr().out == "confirmed/4.7-1.json is added\nrenewed\n"
    assert answers.main() == 1
    assert "is there already" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["answers"])
    assert answers.main() == 2
