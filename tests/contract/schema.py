# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Schemas compiled once, and their findings in words that name the place and the reason."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

_UNION_KINDS = (
    jsonschema_rs.ValidationErrorKind.AnyOf,
    jsonschema_rs.ValidationErrorKind.OneOfNotValid,
)
_UNEVALUATED = jsonschema_rs.ValidationErrorKind.UnevaluatedProperties


class Schema:
    """One compiled schema of the document.

    :param schema: the schema; its references lead to the components
    :param components: the components of the document
    :param secret: whether the values must not appear in messages
    """

    def __init__(self, schema: dict[str, Any], components: dict[str, Any], secret: bool = False) -> None:
        root = {**schema, "components": {"schemas": components["schemas"]}}
        mask = "the value" if secret else None
        self._validator = jsonschema_rs.Draft202012Validator(root, validate_formats=False, mask=mask, offline=True)

    def violations(self, value: Any) -> list[str]:
        """Return what is wrong with a value, as ``$.place: reason``; empty if nothing is."""
        if self._validator.is_valid(value):
            return []
        return _all_texts(list(self._validator.iter_errors(value)))


def _all_texts(errors: list[jsonschema_rs.ValidationError]) -> list[str]:
    # A property counts as unevaluated too when the part that knows it has failed; beside others it tells nothing.
    first = [error for error in errors if not isinstance(error.kind, _UNEVALUATED)] or errors
    return [text for error in first for text in _texts(error)]


def _texts(error: jsonschema_rs.ValidationError) -> list[str]:
    if isinstance(error.kind, _UNION_KINDS):
        branch = _meant_branch(error.kind.context)
        if branch is not None:
            return _all_texts(branch)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Not) and error.kind.schema == {}:
        return [f"{_place(error)}: this API version does not have it"]
    return [f"{_place(error)}: {error.message}"]


def _meant_branch(branches: list[list[jsonschema_rs.ValidationError]]) -> list[jsonschema_rs.ValidationError] | None:
    """Return the findings of the alternative that the value was meant to be, or None if that cannot be told."""
    meant = [branch for branch in branches if not any(_excludes(error) for error in branch)]
    return meant[0] if len(meant) == 1 else None


def _excludes(error: jsonschema_rs.ValidationError) -> bool:
    """Whether a finding says that the value is another alternative: another discriminator, or another JSON type."""
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Constant):
        return error.instance_path[-1:] == ["type"]
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return kind.property in {"type", '"type"'}
    return isinstance(kind, jsonschema_rs.ValidationErrorKind.Type) and kind.types == ["null"]


def _place(error: jsonschema_rs.ValidationError) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
