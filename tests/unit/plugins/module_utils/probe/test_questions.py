# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All questions: each file of a subject is among them, no question stands twice, and a level counts its requests."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ansible_collections.opendr.vcda.plugins.module_utils.probe import questions
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import LEVELS
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import BASE, QUESTIONS, asked_at, requests_of

SUBJECTS = sorted(path.stem for path in Path(questions.__file__).parent.glob("questions_on_*.py"))


def test_the_questions_of_every_subject_are_asked_once() -> None:
    found = [
        question for subject in SUBJECTS for question in import_module(f"{questions.__package__}.{subject}").QUESTIONS
    ]
    assert len(SUBJECTS) > 1
    assert sorted(question.id for question in found) == sorted(QUESTIONS)


def test_each_level_asks_all_that_those_below_ask_and_more() -> None:
    ids = [{question.id for question in asked_at(level)} for level in LEVELS]
    assert ids[0] < ids[1] < ids[2] < set(QUESTIONS)


def test_the_requests_of_a_level_are_those_of_its_questions_and_of_all_together() -> None:
    for number, level in enumerate(LEVELS, 1):
        parts = [*(BASE[each] for each in LEVELS[:number]), *(one.requests or {} for one in asked_at(level))]
        assert sum(requests_of(level).values()) == sum(sum(part.values()) for part in parts)
