# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Answers of the service: their JSON documents, and whole exchanges for observers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_JSON_TYPE = re.compile(r"^application/(json|[\w.+-]+\+json)\s*(;|$)", re.IGNORECASE)
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Answer:
    """What the service said to one request."""

    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass(frozen=True)
class Exchange:
    """One request and the answer to it, whatever that was, for who observes the client.

    The document is None where the body is no JSON. It holds what the service sent, secrets included.
    """

    method: str
    path: str
    query: Mapping[str, Any]
    accept: str
    status: int
    headers: Mapping[str, str]
    document: Any
    is_empty: bool


def parse_json(content_type: str, text: str) -> tuple[Any, bool]:
    """Read the body of an answer.

    :param content_type: of the answer
    :returns: the document, and whether the body is JSON
    """
    if not _JSON_TYPE.match(content_type.strip()):
        return None, False
    try:
        document = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        return _whole_characters(document) if _HALF_CHARACTER.search(text) else document, True
    except (ValueError, RecursionError):
        return None, False


def _whole_characters(value: Any) -> Any:
    """Replace halves of characters, which JSON may hold and nothing that reads or writes text takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(item) for key, item in value.items()}
    return value


def _finite(text: str) -> float | None:
    """Read a number; one that is too large for any reader of JSON is taken for none."""
    number = float(text)
    return number if math.isfinite(number) else None


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
