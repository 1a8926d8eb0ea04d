# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI document: read from its files into one, and cut down to what one API version has."""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).with_name("openapi.yaml")
VERSIONS = ("4.0", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7")

SINCE = "x-vcda-since"
UNTIL = "x-vcda-until"
EVIDENCE = "x-vcda-evidence"
UNSENT = "x-vcda-unsent"
EVIDENCE_VALUES = ("documented", "seen", "inferred", "unknown")

_ALTERNATIVES = frozenset({"anyOf", "oneOf", "allOf"})
_MAPS_OF_SCHEMAS = frozenset({"properties", "schemas"})


def parse_version(text: str) -> tuple[int, int]:
    """Return an API version, written as in ``4.7`` or ``4``, as numbers.

    :raises ValueError: if it is neither
    """
    major, _unused, minor = text.partition(".")
    return int(major), int(minor or 0)


@functools.cache
def load() -> dict[str, Any]:
    """Return the whole document with every file of it in one; the caller must not change it.

    :raises ValueError: if two files define a schema of the same name
    """
    return _Bundle(ROOT).document


def for_version(version: str, strict: bool = False) -> dict[str, Any]:
    """Return the document as a reader of one API version would write it.

    Operations, parameters, answers and alternatives of other versions are gone; their properties must not appear.

    :param version: API version, one of :data:`VERSIONS`
    :param strict: leave out the alternatives that the vendor does not document
    :raises ValueError: for a version that the document does not describe
    """
    if version not in VERSIONS:
        raise ValueError(f"the contract describes the API versions {', '.join(VERSIONS)}, not {version!r}")
    document: dict[str, Any] = _Projection(parse_version(version), strict).node(load())
    document["info"]["version"] = version
    document["paths"] = {path: item for path, item in document["paths"].items() if _has_operation(item)}
    return document


def unsent() -> frozenset[str]:
    """Return the operations that nothing in the collection sends; the simulator does not have them."""
    items = [item for path in load()["paths"].values() for item in path.values() if isinstance(item, dict)]
    return frozenset(item["operationId"] for item in items if item.get(UNSENT))


def _has_operation(path_item: dict[str, Any]) -> bool:
    return any(isinstance(value, dict) and "operationId" in value for value in path_item.values())


class _Bundle:
    """Follows the references between the files; schemas become components, everything else is put in place."""

    def __init__(self, root: Path) -> None:
        self._files: dict[Path, Any] = {}
        self._schemas: dict[str, Any] = {}
        self._origins: dict[str, Path] = {}
        self.document: dict[str, Any] = self._resolve(self._read(root), root)
        self.document["components"]["schemas"] = self._schemas

    def _read(self, file: Path) -> Any:
        if file not in self._files:
            self._files[file] = yaml.safe_load(file.read_text(encoding="utf-8"))
        return self._files[file]

    def _resolve(self, node: Any, file: Path) -> Any:
        if isinstance(node, list):
            return [self._resolve(item, file) for item in node]
        if not isinstance(node, dict):
            return node
        resolved = {key: self._resolve(value, file) for key, value in node.items() if key != "$ref"}
        return self._follow(node["$ref"], file) | resolved if "$ref" in node else resolved

    def _follow(self, reference: str, file: Path) -> dict[str, Any]:
        relative, _unused, name = reference.partition("#/")
        target = (file.parent / relative).resolve() if relative else file
        if target.parent.name != "schemas":
            return copy.deepcopy(dict(self._resolve(self._read(target)[name], target)))
        if self._origins.setdefault(name, target) != target:
            raise ValueError(f"the schema {name} is in {self._origins[name]} and in {target}")
        if name not in self._schemas:
            self._schemas[name] = {}
            self._schemas[name].update(self._resolve(self._read(target)[name], target))
        return {"$ref": f"#/components/schemas/{name}"}


class _Projection:
    """Copies the document without what another version has."""

    def __init__(self, version: tuple[int, int], strict: bool) -> None:
        self._version = version
        self._strict = strict

    def node(self, node: Any, key: str = "") -> Any:
        if isinstance(node, list):
            return self._items(node, key)
        if not isinstance(node, dict):
            return node
        if key in _MAPS_OF_SCHEMAS:
            return {name: self._property(value) for name, value in node.items()}
        kept = {name: self.node(value, name) for name, value in node.items() if self._is_in_version(value)}
        missing = {name for name, value in node.get("properties", {}).items() if not self._is_in_version(value)}
        if missing and "required" in kept:
            kept["required"] = [name for name in kept["required"] if name not in missing]
        return kept

    def _property(self, schema: Any) -> Any:
        if self._is_in_version(schema):
            return self.node(schema)
        return {"not": {}, "description": f"Since {schema.get(SINCE, 'ever')} until {schema.get(UNTIL, 'now')}."}

    def _items(self, items: list[Any], key: str) -> list[Any]:
        kept = [item for item in items if self._is_in_version(item)]
        if self._strict and key in _ALTERNATIVES:
            # Where nothing at all is documented, what has been seen is the best there is.
            kept = [item for item in kept if item.get(EVIDENCE, "documented") == "documented"] or kept
        return [self.node(item) for item in kept]

    def _is_in_version(self, item: Any) -> bool:
        if not isinstance(item, dict):
            return True
        since, until = item.get(SINCE), item.get(UNTIL)
        return (since is None or parse_version(since) <= self._version) and (
            until is None or self._version <= parse_version(until)
        )
