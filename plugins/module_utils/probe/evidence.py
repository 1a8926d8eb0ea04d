# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the file of answers shows of an exchange: path pattern, status, media type, header names, shape of the body.

No value from the service is shown: no name, id, address, token, text or time. Values that must be distinguished get
running numbers, in the order of the exchanges.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.probe.words import (
    ENUMERATIONS,
    HEADERS,
    IDENTITIES,
    KEYS,
    PARAMETERS,
    PATHS,
    known_word,
)

_MEDIA_TYPES = re.compile(r"application/(?:json|vnd\.vmware\.h4-v\d{1,2}(?:\.\d{1,2})?\+json)|text/(?:html|plain)")
_HEADERS = {name.lower(): name for name in HEADERS}
_DEEPEST = 12


class Numbers:
    """Running numbers for values that must be distinguished."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, value: str) -> int:
        """Return the number of a value, the next one if it is new."""
        return self._numbers.setdefault(value, len(self._numbers) + 1)


def describe(number: int, exchange: Exchange, numbers: Numbers) -> dict[str, Any]:
    """Describe an exchange as the file of answers shows it.

    :param number: the number by which the answers refer to it
    """
    return {
        "number": number,
        "method": exchange.method,
        "path": path_pattern(exchange.path, numbers),
        "parameters": sorted({name if name in PARAMETERS else "other parameter" for name in exchange.query}),
        "status": exchange.status,
        "media_type": media_type(exchange.headers),
        "headers": sorted({_HEADERS.get(name.lower(), "other header") for name in exchange.headers}),
        "body": {"type": "none" if exchange.is_empty else "not JSON"}
        if exchange.document is None
        else shape(exchange.document, numbers),
    }


def path_pattern(path: str, numbers: Numbers) -> str:
    """Return a path with its ids replaced by numbers in braces."""
    parts = (part if part in PATHS else f"{{{numbers.of(part)}}}" for part in path.strip("/").split("/"))
    return "/" + "/".join(parts)


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type of an answer without its parameters, ``other`` for one that the API does not use."""
    text = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not text:
        return "none"
    return text if _MEDIA_TYPES.fullmatch(text) else "other"


def shape(value: Any, numbers: Numbers, key: str = "", depth: int = 0) -> dict[str, Any]:
    """Return the shape of a JSON value: types, known keys, known words, ranges of numbers.

    :param key: the key of the value in its object
    """
    if depth > _DEEPEST:
        return {"type": "deeper"}
    if isinstance(value, Mapping):
        return _object(value, numbers, depth)
    if isinstance(value, list):
        return _array(value, numbers, key, depth)
    if isinstance(value, str):
        return _string(value, numbers, key)
    return _plain(value)


def _plain(value: Any) -> dict[str, Any]:
    if value is None:
        return {"type": "null"}
    if isinstance(value, bool):
        return {"type": "boolean", "value": value}
    return {"type": "number", "range": number_range(value)}


def number_range(value: float) -> str:
    """Return the range in which a number lies, by powers of ten."""
    if value in (0, -1):
        return str(int(value))
    if value < 0:
        return "negative"
    if value < 1:
        return "0 to 1"
    if value >= 10**12:
        return "10^12 or more"
    power = len(str(int(value))) - 1
    return f"10^{power} to 10^{power + 1}"


def _object(value: Mapping[str, Any], numbers: Numbers, depth: int) -> dict[str, Any]:
    known = {key: shape(item, numbers, key, depth + 1) for key, item in value.items() if key in KEYS}
    described: dict[str, Any] = {"type": "object", "keys": dict(sorted(known.items()))}
    others = [shape(item, numbers, "", depth + 1) for key, item in value.items() if key not in KEYS]
    if others:
        described["other_keys"] = _different(others)
    return described


def _array(value: Sequence[Any], numbers: Numbers, key: str, depth: int) -> dict[str, Any]:
    items = [shape(item, numbers, key, depth + 1) for item in value]
    return {"type": "array", "length": number_range(len(items)), "items": _different(items)}


def _different(shapes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each shape once; of those that differ only by running numbers, the first."""
    found = {json.dumps(_without_numbers(item), sort_keys=True): item for item in reversed(shapes)}
    return list(reversed(found.values()))


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items() if key != "running_number"}
    return [_without_numbers(item) for item in value] if isinstance(value, list) else value


def _string(value: str, numbers: Numbers, key: str) -> dict[str, Any]:
    if not value:
        return {"type": "empty string"}
    if key in ENUMERATIONS:
        return {"type": "string", "word": known_word(value)}
    if key in IDENTITIES:
        return {"type": "string", "running_number": numbers.of(value)}
    return {"type": "string"}
