# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator that was started with a file of answers answers as it says."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.probe.outcome import as_json
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import ANSWERED
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import QUESTIONS
from ansible_collections.opendr.vcda.tests.simulator import __main__ as command
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.twin import read_answers, twin_of
from ansible_collections.opendr.vcda.tests.unit.on_simulator.probe.bench import Bench


def written(result: dict[str, Any], folder: Path) -> Path:
    path = folder / "vcda-answers.json"
    path.write_text(as_json(result["answers"]), encoding="utf-8")
    return path


@pytest.mark.parametrize("number", range(5))
def test_the_twin_gives_the_same_answers(number: int, tmp_path: Path) -> None:
    chance = random.Random(number)
    asked = [question.switch for question in QUESTIONS.values() if question.level and question.switch]
    switches = {name: chance.choice(choices(name)) for name in asked if choices(name)}
    original = Bench(api_version=chance.choice(["4.3", "4.7"]), limit_cap=chance.choice([30, 700]), **switches)
    first = original.cycle()
    second = Bench(**twin_of(read_answers(written(first, tmp_path))).switches).cycle()
    assert second["answers"]["answers"] == first["answers"]["answers"]


@pytest.mark.parametrize(
    ("switch", "value", "taken"),
    [
        ("idle_timeout", {"from": 1740, "to": 1860}, 1800.0),
        ("idle_timeout", {"from": 0, "to": 300}, 300.0),
        ("idle_timeout", {"from": 1860, "to": None}, 1860.0),
        ("remote_timeout", {"from": 1860, "to": None}, 0.0),
        ("remote_timeout", {"from": 300, "to": 900}, 900.0),
        ("limit_cap", {"from": 50, "to": 50}, 50),
        ("limit_cap", {"from": 1000, "to": None}, 1000),
        ("task_retention_seconds", {"from": 60, "to": None}, 604800.0),
    ],
)
def test_a_number_is_taken_from_its_range(switch: str, value: dict[str, Any], taken: float) -> None:
    twin = twin_of({"answers": {switch: {"outcome": ANSWERED, "answer": value}}})
    assert twin.switches == {switch: taken}
    assert getattr(Settings.from_dict(twin.switches), switch) == taken


def test_what_was_guessed_is_told(tmp_path: Path) -> None:
    twin = twin_of(read_answers(written(Bench(media_type="plain").probe(), tmp_path)))
    assert twin.switches["media_type"] == "plain"
    assert twin.guessed["reverse_id"] == "not asked at this level"
    assert set(twin.switches) | set(twin.guessed) == {each.switch for each in QUESTIONS.values() if each.switch}
    report = twin.report()
    assert report[0] == f"As the service answered: {len(twin.switches)} switches."
    assert any(line.split() == ["reverse_id", "same", "(not", "asked", "at", "this", "level)"] for line in report)


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    path = written(Bench(media_type="plain", idle_timeout=600.0).probe(level="session"), tmp_path)
    options = command._parser().parse_args(["--answers", str(path), "--set", "reverse_id=new", "--speed", "2"])
    switches = command._switches(options, twin_of(read_answers(path)))
    assert switches["reverse_id"] == "new"
    assert switches["idle_timeout"] == 1800.0
    assert switches["hard_timeout"] == 172800.0


def test_a_file_that_is_none_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--answers", str(tmp_path / "nothing.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "other.json").write_text(json.dumps({"format": "other"}), encoding="utf-8")
    assert command.main(["--answers", str(tmp_path / "other.json")]) == 2
    assert "is no file of answers" in capsys.readouterr().err
