# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surveys as AWX checks them, when they are saved and when they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.tests.awx.refusal import Refused

_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "textarea": (str,),
    "password": (str,),
    "multiplechoice": (str,),
    "integer": (int,),
    "float": (int, float),
}


def check(spec: Mapping[str, Any]) -> None:
    """Check what AWX checks when a survey is saved.

    Raises:
        Refused: AWX would not save it.
    """
    for part, expected in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(spec.get(part), expected):
            raise Refused(400, f"Field '{part}' is missing from survey spec, or is of another type.")
    if not spec["spec"]:
        raise Refused(400, "'spec' doesn't contain any items.")
    variables = [question.get("variable") for question in spec["spec"]]
    if len(variables) != len(set(variables)):
        raise Refused(400, "'variable' duplicated in survey question.")
    for question in spec["spec"]:
        _check_question(question)


def _check_question(question: Mapping[str, Any]) -> None:
    for part, expected in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if not isinstance(question.get(part), expected):
            raise Refused(400, f"'{part}' missing from survey question, or of another type.")
    if question["type"] not in _TYPES:
        raise Refused(400, f"'{question['type']}' is not one of the allowed question types.")
    for part in ("min", "max"):
        if not isinstance(question.get(part, 0), int):
            raise Refused(400, f"The {part} limit in survey question expected to be integer.")
    if question["type"] == "multiplechoice" and not question.get("choices"):
        raise Refused(400, "Survey question of type multiplechoice must specify choices.")
    default = question.get("default", "")
    if default != "":
        if not _is_of(question["type"], default):
            raise Refused(400, f"Default value {default} expected to be {question['type']}.")
        if default not in question.get("choices", [default]):
            raise Refused(400, "Default choice must be answered from the choices listed.")


def _is_of(kind: str, value: Any) -> bool:
    return isinstance(value, _TYPES[kind]) and not isinstance(value, bool)


def answered(template: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return the variables of a launch, and which of the answers AWX ignores because nobody asked for them.

    Raises:
        Refused: An answer is missing, or is none of those that the survey takes.
    """
    questions = template["survey_spec"]["spec"] if template.get("survey_enabled") else []
    asked = {question["variable"]: question for question in questions}
    for name, question in asked.items():
        if name in answers:
            _check_answer(question, answers[name])
        elif question["required"] and not _has_default(question):
            raise Refused(400, f"'{name}' value missing")
    ignored = set() if template.get("ask_variables_on_launch") else set(answers) - set(asked)
    defaults = {name: question["default"] for name, question in asked.items() if _has_default(question)}
    return defaults | {name: value for name, value in answers.items() if name not in ignored}, ignored


def _has_default(question: Mapping[str, Any]) -> bool:
    """Whether the default of a question is used. An empty one is, unless the question wants a longer answer."""
    return "default" in question and (question["default"] != "" or not question.get("min"))


def _check_answer(question: Mapping[str, Any], value: Any) -> None:
    if not _is_of(question["type"], value):
        raise Refused(400, f"Value {value} for '{question['variable']}' expected to be {question['type']}.")
    if value not in question.get("choices", [value]):
        raise Refused(400, f"Value {value} for '{question['variable']}' expected to be one of the choices.")
    size = len(value) if isinstance(value, str) else value
    if not question.get("min", size) <= size <= question.get("max", size):
        raise Refused(400, f"'{question['variable']}' value {value} is too small or too large.")
