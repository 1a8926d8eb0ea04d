# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of one request or answer against the document of one API version."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import document
from .operations import Answer, MediaTypes, Operation, compile_operation, parse_json, repeated
from .schema import Schema

_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


class Contract:
    """The document of one API version, compiled. Safe to use from several threads.

    :param version: API version, e.g. ``4.7``
    :param strict: accept only what the vendor documents
    """

    def __init__(self, version: str, strict: bool = False) -> None:
        self.version = version
        self.document = document.for_version(version, strict)
        self._product_headers = frozenset(self.document["x-vcda-headers"])
        self._media_types = MediaTypes(re.compile(self.document["x-vcda-media-type"]), document.parse_version(version))
        self._compiled: dict[str, Schema] = {}
        self._routes: dict[int, list[tuple[tuple[str, ...], dict[str, Operation]]]] = {}
        for path, item in self.document["paths"].items():
            segments = tuple(path.split("/"))
            self._routes.setdefault(len(segments), []).append((segments, self._path_item(path, item)))

    @classmethod
    @functools.cache
    def load(cls, version: str = "4.7", strict: bool = False) -> Contract:
        """Return the contract of an API version; the same object for the same arguments.

        :param version: API version, e.g. ``4.7``
        :param strict: accept only what the vendor documents
        :raises ValueError: for a version that the document does not describe
        """
        return cls(version, strict)

    def operation_id(self, method: str, path: str) -> str | None:
        """Return the operationId of a call, None if the document does not have it."""
        operation, _unused = self._find(method, path)
        return operation.id if operation else None

    def check_request(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes,
    ) -> list[str]:
        """Check a request.

        :param path: decoded path without the query
        :param query: decoded names and values
        :param headers: names in any case
        :param body: the raw bytes, empty if there is none
        :returns: what is wrong, one text each; empty if nothing is
        """
        operation, problem = self._find(method, path)
        if operation is None:
            return [problem]
        lower = {name.lower(): value for name, value in headers.items()}
        problems = [
            *_path_problems(operation, path),
            *_query_problems(operation, query),
            *self._header_problems(operation, lower),
            *self._request_body_problems(operation, lower, body),
        ]
        return [f"{operation.id} request: {text}" for text in problems]

    def check_response(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
        """Check an answer.

        :param method: of the request that it answers
        :param path: of the request that it answers
        :param headers: names in any case
        :param body: the raw bytes, empty if there is none
        :returns: what is wrong, one text each; empty if nothing is
        """
        operation, problem = self._find(method, path)
        if operation is None:
            return [problem]
        answer = operation.answer(status)
        if answer is None:
            return [f"{operation.id} {status}: the status is not documented"]
        lower = {name.lower(): value for name, value in headers.items()}
        problems = [*_answer_header_problems(answer, lower), *self._answer_body_problems(answer, lower, body)]
        return [f"{operation.id} {status}: {text}" for text in problems]

    def _path_item(self, path: str, item: Mapping[str, Any]) -> dict[str, Operation]:
        schemes = self.document["components"]["securitySchemes"]
        operations = {}
        for method in _METHODS & item.keys():
            needed = item[method].get("security", self.document["security"])
            security = {name: schemes[name]["name"] for requirement in needed for name in requirement}
            operations[method.upper()] = compile_operation(path, item, item[method], security, self._schema)
        return operations

    def _schema(self, schema: dict[str, Any], secret: bool) -> Schema:
        key = json.dumps([schema, secret], sort_keys=True)
        if key not in self._compiled:
            self._compiled[key] = Schema(schema, self.document["components"], secret)
        return self._compiled[key]

    def _find(self, method: str, path: str) -> tuple[Operation | None, str]:
        parts = path.split("/")
        if path.startswith("//"):
            # The reference prints the base path in front up to 4.5; it means the same.
            del parts[0]
        for segments, operations in self._routes.get(len(parts), ()):
            if all(want == part or (want[:1] == "{" and part) for want, part in zip(segments, parts, strict=True)):
                found = operations.get(method)
                return found, "" if found else f"{method} {path}: the method is not documented in {self.version}"
        return None, f"{method} {path}: the path is not documented in {self.version}"

    def _header_problems(self, operation: Operation, headers: Mapping[str, str]) -> list[str]:
        problems = []
        for name, parameter in operation.headers.items():
            if name in headers:
                problems += [f"header {name}: {text}" for text in parameter.violations(headers[name])]
            elif parameter.required:
                problems.append(f"header {name} is missing")
        foreign = sorted((self._product_headers & headers.keys()) - operation.headers.keys())
        problems += [f"header {name} is not documented here" for name in foreign]
        if not self._media_types.is_acceptable(headers.get("accept", "*/*")):
            problems.append(f"header accept asks for a media type that the API does not have: {headers['accept']}")
        return problems

    def _request_body_problems(self, operation: Operation, headers: Mapping[str, str], body: bytes) -> list[str]:
        if not body:
            return ["the body is missing"] if operation.body_required else []
        if operation.body is None:
            return ["a body is not documented"]
        content_type = headers.get("content-type", "")
        if self._media_types.normalise(content_type) != "application/json":
            return [f"the body is of the media type {content_type or '(none)'}, not application/json"]
        return _json_problems(operation.body, body)

    def _answer_body_problems(self, answer: Answer, headers: Mapping[str, str], body: bytes) -> list[str]:
        if not body:
            return [] if answer.may_be_empty else ["the body is missing"]
        if not answer.bodies:
            return ["a body is not documented"]
        content_type = headers.get("content-type", "")
        schema = answer.bodies.get(self._media_types.normalise(content_type) or "")
        if schema is None:
            return [f"the media type {content_type or '(none)'} is not documented in {self.version}"]
        is_json = "application/json" in answer.bodies
        return _json_problems(schema, body) if is_json else schema.violations(body.decode("utf-8", "replace"))


def _path_problems(operation: Operation, path: str) -> list[str]:
    parts = path.split("/")
    if path.startswith("//"):
        del parts[0]
    return [
        f"path: {text}" for index, parameter in operation.path.items() for text in parameter.violations(parts[index])
    ]


def _query_problems(operation: Operation, query: Sequence[tuple[str, str]]) -> list[str]:
    problems = [f"query {name} is given more than once" for name in repeated(query)]
    for name, value in query:
        if name not in operation.query:
            problems.append(f"query {name} is not documented")
        else:
            problems += [f"query {name}: {text}" for text in operation.query[name].violations(value)]
    return problems


def _answer_header_problems(answer: Answer, headers: Mapping[str, str]) -> list[str]:
    problems = []
    for name, (required, schema) in answer.headers.items():
        if name in headers:
            problems += [f"header {name}: {text}" for text in schema.violations(headers[name])]
        elif required:
            problems.append(f"header {name} is missing")
    return problems


def _json_problems(schema: Schema, body: bytes) -> list[str]:
    try:
        value = parse_json(body)
    except ValueError as error:
        return [f"the body is no JSON: {error}"]
    return [f"body {text}" for text in schema.violations(value)]
