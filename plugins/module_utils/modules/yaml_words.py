# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Finds words that YAML has read as true or false where a text is wanted.

Ansible would convert them to the texts ``True`` and ``False``, which may even be the name of another VM.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def misread(options: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> str:
    """Return a sentence on the first option that wants a text and has got true or false; empty if there is none.

    :param options: in the form of Ansible's argument specs
    :param given: the values of the options, by name or alias
    """
    place = next(_places(options, given, ""), "")
    return (
        f"{place}: YAML reads words such as yes, no, on and off as true or false; put the word in quotes."
        if place
        else ""
    )


def _places(options: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, option in options.items():
        for alias in (name, *option.get("aliases", ())):
            yield from _places_in(option, given.get(alias), f"{where}{alias}")


def _places_in(option: Mapping[str, Any], value: Any, place: str) -> Iterator[str]:
    kind, parts = option.get("type", "str"), option.get("options") or {}
    if kind == "list" and isinstance(value, list):
        for number, item in enumerate(value):
            inner = {"type": option.get("elements", "raw"), "options": parts}
            yield from _places_in(inner, item, f"{place}[{number}]")
    elif kind == "dict" and isinstance(value, Mapping):
        yield from (f"{place}, key {key}" for key in value if isinstance(key, bool))
        yield from _places(parts, value, f"{place}.")
    elif isinstance(value, bool) and not option.get("choices") and _wants_text(option):
        yield place


def _wants_text(option: Mapping[str, Any]) -> bool:
    """Tell whether an option is a text, or a list of texts that may be given as a single one."""
    kind = option.get("type", "str")
    return kind in ("str", "path") or (kind == "list" and option.get("elements") in ("str", "path"))
