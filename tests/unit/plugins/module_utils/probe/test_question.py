# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A question: the levels that ask it, and the switch of the simulator that answers it."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import CYCLE, LEVELS, READ, SESSION, Question


@pytest.mark.parametrize(
    ("level", "asked"),
    [
        ("", ()),
        (READ, (READ, SESSION, CYCLE)),
        (SESSION, (SESSION, CYCLE)),
        (CYCLE, (CYCLE,)),
    ],
)
def test_a_question_is_asked_at_its_level_and_those_above(level: str, asked: tuple[str, ...]) -> None:
    question = Question("one", "what is so", level=level)
    assert tuple(each for each in LEVELS if question.is_asked_at(each)) == asked


def test_a_question_that_a_fault_answers_has_no_switch() -> None:
    assert Question("one", "what is so").switch == "one"
    assert not Question("one", "what is so", fault="reset").switch
