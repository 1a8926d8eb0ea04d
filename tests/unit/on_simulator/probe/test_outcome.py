# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of answers keeps to its schema, the table and the text say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.probe import outcome
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import LEVELS, NOT_ASKED
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import QUESTIONS
from ansible_collections.opendr.vcda.tests.unit.on_simulator.probe.bench import VM, Bench

ROOT = Path(__file__).parents[4]
SCHEMA = jsonschema_rs.validator_for(json.loads((ROOT / "playbooks/files/answers.schema.json").read_text("utf-8")))


@pytest.mark.parametrize("level", LEVELS)
def test_a_file_keeps_to_the_schema(level: str) -> None:
    made = Bench().probe(level=level, vm_name=VM, confirm=VM)["answers"]
    assert list(SCHEMA.iter_errors(json.loads(outcome.as_json(made)))) == []
    assert set(made["answers"]) == set(QUESTIONS)
    numbers = [exchange["number"] for exchange in made["exchanges"]]
    referred = {number for answer in made["answers"].values() for number in answer["evidence"]}
    assert numbers == sorted(referred)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"outcome": "not seen", "answer": None}, "not seen"),
        ({"outcome": "answered", "answer": True}, "yes"),
        ({"outcome": "answered", "answer": "same"}, "same"),
        ({"outcome": "answered", "answer": {"from": 5, "to": 5}}, "5"),
        ({"outcome": "answered", "answer": {"from": 5, "to": 7}}, "5 to 7"),
        ({"outcome": "answered", "answer": {"from": 5, "to": None}}, "5 or more"),
    ],
)
def test_an_answer_in_words(answer: dict[str, Any], text: str) -> None:
    assert outcome.answer_text(answer) == text


def test_table_and_text_say_what_the_file_says() -> None:
    result = Bench().probe()
    rows = dict(line.split(None, 1) for line in result["table"][1:])
    assert set(rows) == set(QUESTIONS)
    assert rows["unextended_code"].startswith("NotAuthenticated")
    assert rows["reverse_id"].startswith(NOT_ASKED)
    assert "unextended_code: NotAuthenticated" in result["issue"]
    assert "reverse_id" not in result["issue"]
    assert "14 answered" in result["msg"]


def test_the_plan_names_every_request() -> None:
    read, cycle = outcome.planned("read", 0), outcome.planned("cycle", 400)
    assert all(line.split()[2] in ("GET", "POST", "DELETE") for line in read)
    assert [line for line in read if " GET " not in line] == ["1 x POST /sessions", "1 x DELETE /sessions"]
    assert "400 x GET /tasks (a look at a task that the probe itself has started)" in cycle
    assert "1 x POST /vm-replications/{id}/migrate" in cycle
