# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One operation of the document, compiled for checking."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .document import parse_version
from .schema import Schema

JSON = "application/json"
_INTEGER = re.compile(r"-?[0-9]+")

Compile = Callable[[dict[str, Any], bool], Schema]


@dataclass(frozen=True, slots=True)
class MediaTypes:
    """What counts as JSON: the plain type, and the vendor's of any version up to the one in use.

    :param pattern: the vendor's media type, with the version as a group of that name
    :param version: API version in use
    """

    pattern: re.Pattern[str]
    version: tuple[int, int]

    def normalise(self, content_type: str) -> str | None:
        """Return the media type to look up in the document, None if it is of a newer version."""
        name = content_type.partition(";")[0].strip().lower()
        match = self.pattern.match(name)
        if match is None:
            return name
        return JSON if parse_version(match["version"]) <= self.version else None

    def is_acceptable(self, accept: str) -> bool:
        """Return whether every media type of an Accept header is one that a client of this API may ask for."""
        names = [item.partition(";")[0].strip().lower() for item in accept.split(",")]
        return all(name in {JSON, "*/*", "application/*"} or self.pattern.match(name) for name in names)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that the document lists for an operation."""

    bodies: Mapping[str, Schema]
    headers: Mapping[str, tuple[bool, Schema]]
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in the path, the query or a header."""

    schema: Schema
    type: str
    required: bool

    def violations(self, text: str) -> list[str]:
        """Return what is wrong with a value as it was sent."""
        value = int(text) if self.type == "integer" and _INTEGER.fullmatch(text) else text
        return self.schema.violations(value)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method of one path takes and answers."""

    id: str
    path: Mapping[int, Parameter]
    query: Mapping[str, Parameter]
    headers: Mapping[str, Parameter]
    body: Schema | None
    body_required: bool
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def answer(self, status: int) -> Answer | None:
        """Return the answer with that status, or the range that holds it."""
        return self.answers.get(str(status)) or self.answers.get(f"{status // 100}XX")


def compile_operation(
    path: str, path_item: Mapping[str, Any], raw: Mapping[str, Any], security: Mapping[str, str], compile_: Compile
) -> Operation:
    """Return an operation ready for checking.

    :param path: the path with its parameters in braces
    :param path_item: the path's object, whose parameters all operations share
    :param raw: the operation's object
    :param security: the names of the headers that prove who calls, by security scheme, where the operation needs one
    :param compile_: makes a schema; the flag says whether its values are secrets
    """
    secret = "sessions" in raw["tags"]
    places: dict[str, dict[str, Parameter]] = {"path": {}, "query": {}, "header": {}}
    for parameter in [*path_item.get("parameters", ()), *raw.get("parameters", ())]:
        schema = parameter["schema"]
        compiled = compile_(schema, secret or parameter["in"] == "header")
        kept = Parameter(compiled, str(schema.get("type")), bool(parameter.get("required")))
        places[parameter["in"]][parameter["name"]] = kept
    any_text = compile_({"type": "string", "minLength": 1}, True)
    headers = {name.lower(): parameter for name, parameter in places["header"].items()}
    headers |= {name.lower(): Parameter(any_text, "string", True) for name in security.values()}
    names = [part[1:-1] if part.startswith("{") else None for part in path.split("/")]
    body = raw.get("requestBody")
    return Operation(
        id=raw["operationId"],
        path={index: places["path"][name] for index, name in enumerate(names) if name},
        query=places["query"],
        headers=headers,
        body=compile_(body["content"][JSON]["schema"], secret) if body else None,
        body_required=bool(body and body.get("required")),
        answers={status: _answer(answer, secret, compile_) for status, answer in raw["responses"].items()},
    )


def _answer(raw: Mapping[str, Any], secret: bool, compile_: Compile) -> Answer:
    bodies = {name: compile_(content["schema"], secret) for name, content in raw.get("content", {}).items()}
    headers = {
        name.lower(): (bool(header.get("required")), compile_(header["schema"], True))
        for name, header in raw.get("headers", {}).items()
    }
    return Answer(bodies, headers, not bodies or bool(raw.get("x-vcda-optional-body")))


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text.

    :raises ValueError: if it is none, or none that a strict reader accepts
    """

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(body.decode("utf-8"), parse_constant=refuse)


def repeated(query: Sequence[tuple[str, str]]) -> list[str]:
    """Return the names that occur more than once in a query."""
    names = [name for name, _unused in query]
    return sorted({name for name in names if names.count(name) > 1})
