# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What must never be seen: passwords, tokens, cookies, the fields of API objects that carry them, and stack traces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "********"

# Guest customization in replication objects carries passwords in clear (vendor reference 4.5, guestCustomization).
# A replication whose last sync failed carries the stack trace of the service (vendor reference 4.6, lastError).
_SECRET_FIELD = re.compile(r"password$|secret|token|cookie|customizationscript|^stacktrace$", re.IGNORECASE)
_SHORTEST_SECRET = 3


class Secrets:
    """The secret values of one run, and their removal from whatever leaves it."""

    def __init__(self, values: Iterable[str | None] = ()) -> None:
        self._values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: str | None) -> None:
        """Remember a value that must not be shown.

        :param value: the secret; None, or one too short to be told from ordinary text, is passed over
        """
        if value and len(value) >= _SHORTEST_SECRET:
            self._values.add(value)

    def redact(self, value: Any) -> Any:
        """Return a copy of a JSON-like value with every secret in it replaced by a mask.

        :param value: text, number, list or mapping, nested as deep as JSON goes
        :returns: the same shape; only texts that hold a secret differ
        """
        if isinstance(value, str):
            # Longest first: one secret may be part of another.
            for secret in sorted(self._values, key=len, reverse=True):
                value = value.replace(secret, MASK)
            return value
        if isinstance(value, Mapping):
            return {self.redact(key): self.redact(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.redact(item) for item in value]
        return value


def mask_fields(document: Any) -> Any:
    """Return an API object with the values of its secret fields masked.

    :param document: a JSON value from the service
    :returns: the same shape; what stands under a field that is named like a secret becomes the mask
    """
    if isinstance(document, Mapping):
        # Whether there is a secret at all may be seen.
        return {
            key: MASK if item and item is not True and _SECRET_FIELD.search(str(key)) else mask_fields(item)
            for key, item in document.items()
        }
    if isinstance(document, list):
        return [mask_fields(item) for item in document]
    return document
