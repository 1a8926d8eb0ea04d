# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas of request bodies: the fields that a version documents, and their types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import bad_input
from .versions import Version

FIRST: Version = (0, 0)
LAST: Version = (99, 0)


def _is_of(kind: type, value: Any) -> bool:
    # In Python True is also a number, in JSON it is not.
    return isinstance(value, kind) and isinstance(value, bool) is (kind is bool)


@dataclass(frozen=True, slots=True)
class Value:
    """A plain value of a type; ``choices`` are the allowed texts, if there is a choice."""

    kind: type
    choices: tuple[str, ...] = ()

    def check(self, value: Any, where: str, _version: Version, _unknown: list[str]) -> None:
        """Refuse a value of another type or an unknown choice."""
        if not _is_of(self.kind, value) or (self.choices and value not in self.choices):
            raise bad_input(f"The value of {where} is not acceptable.", where)


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array."""

    item: Kind

    def check(self, value: Any, where: str, version: Version, unknown: list[str]) -> None:
        """Check every item."""
        if not isinstance(value, list):
            raise bad_input(f"{where} is no array.", where)
        for position, item in enumerate(value):
            self.item.check(item, f"{where}[{position}]", version, unknown)


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose keys are ids."""

    item: Kind

    def check(self, value: Any, where: str, version: Version, unknown: list[str]) -> None:
        """Check every value."""
        if not isinstance(value, dict):
            raise bad_input(f"{where} is no object.", where)
        for key, item in value.items():
            if item is not None:
                self.item.check(item, f"{where}.{key}", version, unknown)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object, with the versions that have it and those that require it; null counts as missing."""

    kind: Kind
    since: Version = FIRST
    until: Version = LAST
    required_until: Version = FIRST


@dataclass(frozen=True, slots=True)
class Object:
    """An object with documented fields."""

    fields: dict[str, Field]

    def check(self, value: Any, where: str, version: Version, unknown: list[str]) -> None:
        """Check every field, collect unknown fields, and require the required ones."""
        if not isinstance(value, dict):
            raise bad_input(f"{where or 'The body'} is no object.", where)
        for name, item in value.items():
            field = self.fields.get(name)
            path = f"{where}.{name}" if where else name
            if field is None or not field.since <= version <= field.until:
                unknown.append(path)
            elif item is not None:
                field.kind.check(item, path, version, unknown)
        for name, field in self.fields.items():
            if version <= field.required_until and value.get(name) is None:
                raise bad_input(f"The field {f'{where}.{name}' if where else name} is missing.", name)


Kind = Value | ListOf | MapOf | Object

BOOL = Value(bool)
INT = Value(int)
TEXT = Value(str)
DOCUMENT = Value(dict)


def one_of(*choices: str) -> Value:
    """Return the schema of a text with a fixed set of values."""
    return Value(str, choices)


def plain(kind: Kind, *names: str) -> dict[str, Field]:
    """Return fields of one kind that every version has."""
    return {name: Field(kind) for name in names}


def required(kind: Kind) -> Field:
    """Return a field that every version requires."""
    return Field(kind, required_until=LAST)


def check(body: Any, schema: Kind, version: Version, *, strict: bool) -> None:
    """Check a body against the documentation of a version.

    :param strict: refuse unknown keys; how the product treats them is not documented, switch ``unknown_keys``
    :raises ApiError: 400 ``BadUserInput``
    """
    unknown: list[str] = []
    schema.check(body, "", version, unknown)
    if unknown and strict:
        raise bad_input(f"Unknown fields: {', '.join(sorted(unknown))}.", *sorted(unknown))
