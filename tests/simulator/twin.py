# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The twin of a real service: switches set from its answers, and the questions without an answer.

The answers are a file that ``opendr.vcda.service_probe`` has written; its schema is ``playbooks/files``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.probe.outcome import FORMAT
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import ANSWERED, RANGE, VERSION, Question
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import QUESTIONS

from . import versions
from .settings import Settings

# Switches that do not represent a behaviour of a service, and their meaning.
NO_QUESTION = {
    "task_seconds": "how long tasks take here",
    "task_spread": "how much that varies",
    "max_running_tasks": "how much the site can do at a time",
    "queued_seconds": "how long tasks are queued here",
    "sites_down": "what happens to a site",
    "free_text": "how somebody has named things",
    "gateway": "what stands before the site",
    "gateway_spares": "what that lets through",
    "certificate": "what happens to a certificate",
    "latency_ms": "how far away the site is",
    "log_limit": "a size of the simulator",
    "seed": "the beginning of its random numbers",
}


@dataclass
class Twin:
    """Switches from a file of answers.

    :param switches: the values that follow from the answers
    :param guessed: the questions without a usable answer, with their outcome; their switches have the default
    """

    switches: dict[str, Any] = field(default_factory=dict)
    guessed: dict[str, str] = field(default_factory=dict)

    def report(self) -> list[str]:
        """Return lines that list which switches come from the file and which are guessed."""
        defaults = Settings()
        lines = [f"As the service answered: {len(self.switches)} switches.", "Guessed:"]
        width = max(map(len, self.guessed), default=0)
        return (
            lines
            + [
                f"  {name:{width}}  {getattr(defaults, name)}  ({reason})"
                for name, reason in sorted(self.guessed.items())
            ]
            + [""]
        )


def read_answers(path: Path) -> dict[str, Any]:
    """Return a file of answers.

    Raises:
        ValueError: It is not a file of answers, has another format, or has an answer that its question does not allow.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise ValueError(f"{path} is no JSON") from None
    if (
        not isinstance(document, dict)
        or document.get("format") != FORMAT
        or not isinstance(document.get("answers"), dict)
    ):
        raise ValueError(f"{path} is no file of answers of the format {FORMAT!r}")
    for name, told in document["answers"].items():
        if name not in QUESTIONS or not isinstance(told, dict):
            raise ValueError(f"{path}: {name} is no question")
        if told.get("outcome") == ANSWERED and not _is_answer(QUESTIONS[name], told.get("answer")):
            raise ValueError(f"{path}: {told.get('answer')!r} is no answer to {name}")
    return document


def twin_of(document: dict[str, Any]) -> Twin:
    """Return the switches that a file of answers sets."""
    twin = Twin()
    for question in QUESTIONS.values():
        if not question.switch:
            continue
        told = document["answers"].get(question.id, {"outcome": "not in the file"})
        if told["outcome"] != ANSWERED:
            twin.guessed[question.switch] = told["outcome"]
        elif question.kind == RANGE:
            twin.switches[question.switch] = _within(question, told["answer"])
        else:
            twin.switches[question.switch] = told["answer"]
    return twin


def _is_answer(question: Question, answer: Any) -> bool:
    if question.kind == VERSION:
        return answer in versions.KNOWN
    if question.kind != RANGE:
        return any(answer is value or (isinstance(answer, str) and answer == value) for value in question.values)
    if not isinstance(answer, dict) or set(answer) != {"from", "to"}:
        return False
    low, high = answer["from"], answer["to"]
    numbers = [low] if high is None else [low, high]
    return all(type(number) in (int, float) and number >= 0 for number in numbers) and (high is None or low <= high)


def _within(question: Question, answer: dict[str, Any]) -> Any:
    """Return a number in a range: the default of the switch if it is in the range, else an end of the range."""
    default = getattr(Settings(), question.switch)
    low, high = answer["from"], answer["to"]
    effective = float("inf") if default == question.unlimited else default
    if low <= effective <= (float("inf") if high is None else high):
        return default
    if high is None and question.unlimited is not None:
        return question.unlimited
    return type(default)(low if high is None else high)
