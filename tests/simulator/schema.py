# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small language for request bodies: which fields a version documents, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import bad_input
from .versions import Version

FIRST: Version = (0, 0)
LAST: Version = (99, 0)


def _is_of(kind: type, value: Any) -> bool:
    # To Python true is a number too, to JSON it is not.
    return isinstance(value, kind) and isinstance(value, bool) is (kind is bool)


@dataclass(frozen=True, slots=True)
class Value:
    """A plain value: the names of the JSON types that it may have, or the texts that are allowed."""

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
    """A field of an object, with the versions that know it and those that ask for it; null counts as left out."""

    kind: Kind
    since: Version = FIRST
    until: Version = LAST
    required_until: Version = FIRST


@dataclass(frozen=True, slots=True)
class Object:
    """An object with documented fields."""

    fields: dict[str, Field]

    def check(self, value: Any, where: str, version: Version, unknown: list[str]) -> None:
        """Check every field, note the unknown ones, ask for the required ones."""
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
    """Return a text that is one of some."""
    return Value(str, choices)


def plain(kind: Kind, *names: str) -> dict[str, Field]:
    """Return fields of one kind that every version knows."""
    return {name: Field(kind) for name in names}


def required(kind: Kind) -> Field:
    """Return a field that every version asks for."""
    return Field(kind, required_until=LAST)


def check(body: Any, schema: Kind, version: Version, *, strict: bool) -> None:
    """Check a body against what a version documents.

    :param strict: refuse unknown keys; what the product does with them is not documented, switch ``unknown_keys``
    :raises ApiError: 400 ``BadUserInput``
    """
    unknown: list[str] = []
    schema.check(body, "", version, unknown)
    if unknown and strict:
        raise bad_input(f"Unknown fields: {', '.join(sorted(unknown))}.", *sorted(unknown))
