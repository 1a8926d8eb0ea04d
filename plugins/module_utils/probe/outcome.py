# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The results of a probe: the file of answers, the table for the screen, the text for the issue form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.probe.evidence import Numbers, describe
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import (
    ANSWERED,
    NOT_ASKED,
    NOT_SEEN,
    OUTCOMES,
    Question,
)
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import QUESTIONS, requests_of
from ansible_collections.opendr.vcda.plugins.module_utils.probe.telling import Told

FORMAT = "opendr.vcda answers 1"
FORM = "https://github.com/opendr/ansible-vcda/issues/new?template=service_answers.yml"


def document(level: str, told: Mapping[str, Told], exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Return the file of answers.

    :param level: the level of the run
    :param told: the answers by question, as far as there are any
    :param exchanges: all exchanges; the file contains only those that an answer refers to
    """
    answers = {name: told.get(name, Told(NOT_SEEN, reason="it was not asked")) for name in QUESTIONS}
    referred = {id(exchange) for answer in answers.values() for exchange in answer.evidence}
    kept = [exchange for exchange in exchanges if id(exchange) in referred]
    numbers, places = Numbers(), {id(exchange): place for place, exchange in enumerate(kept, 1)}
    return {
        "format": FORMAT,
        "level": level,
        "answers": {name: _answer(QUESTIONS[name], level, answers[name], places) for name in sorted(QUESTIONS)},
        "exchanges": [describe(place, exchange, numbers) for place, exchange in enumerate(kept, 1)],
    }


def _answer(question: Question, level: str, told: Told, places: Mapping[int, int]) -> dict[str, Any]:
    if not question.is_asked_at(level):
        reason = question.why_not or f"level {question.level} asks it"
        return {"outcome": NOT_ASKED, "answer": None, "reason": reason, "evidence": []}
    evidence = sorted({places[id(exchange)] for exchange in told.evidence if id(exchange) in places})
    return {"outcome": told.outcome, "answer": told.answer, "reason": told.reason, "evidence": evidence}


def answer_text(answer: Mapping[str, Any]) -> str:
    """Return an answer of the file in words."""
    if answer["outcome"] != ANSWERED:
        return str(answer["outcome"])
    value = answer["answer"]
    if isinstance(value, Mapping):
        low, high = value["from"], value["to"]
        return f"{low}" if low == high else f"{low} or more" if high is None else f"{low} to {high}"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def table(answers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the answers as lines of a table for the screen."""
    rows = [("question", "answer", "evidence or reason")]
    for name, answer in answers.items():
        numbers = ", ".join(map(str, answer["evidence"]))
        rows.append((name, answer_text(answer), answer["reason"] or f"exchange {numbers}"))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"{first:{widths[0]}}  {second:{widths[1]}}  {third}".rstrip() for first, second, third in rows]


def summary(answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return how many questions had which outcome."""
    outcomes = [answer["outcome"] for answer in answers.values()]
    return ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in OUTCOMES)


def issue_text(made: Mapping[str, Any]) -> str:
    """Return the text for the issue form: the answers, without the evidence."""
    short = {name: answer_text(answer) for name, answer in made["answers"].items() if answer["outcome"] != NOT_ASKED}
    return "\n".join(
        [
            f"Level: {made['level']}",
            *(f"{name}: {text}" for name, text in short.items()),
        ]
    )


def planned(level: str, looks: int) -> list[str]:
    """Return the requests that a level sends in addition to those of the recovery, as lines.

    :param looks: how often the probe reads tasks that it has started itself, at most
    """
    counts = dict(requests_of(level))
    if looks:
        counts["GET /tasks (a look at a task that the probe itself has started)"] = looks
    return [f"{count} x {request}" for request, count in sorted(counts.items(), key=lambda pair: pair[0].split()[1])]


def as_json(made: Mapping[str, Any]) -> str:
    """Return the file as JSON text."""
    return json.dumps(made, indent=1) + "\n"
