# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Masking of secrets: passwords, tokens, cookies, the fields of API objects that contain them, and stack traces."""

from __future__ import annotations

import base64
import contextlib
import functools
import html
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable

MASK = "********"

# Guest customization in replication objects has passwords in clear text (vendor reference 4.5, guestCustomization).
# A replication whose last sync failed contains the stack trace of the service (vendor reference 4.6, lastError).
_SECRET_FIELD = re.compile(r"password$|secret|token|cookie|customizationscript|^stacktrace$", re.IGNORECASE)
_ESCAPED = re.compile("%[0-9A-F]{2}")
# What the encoders of Python, browsers (encodeURIComponent and encodeURI) and Java leave as it is in a URL.
_LEFT_IN_URLS = ("", "/", "!~*'()", "!~*'();/?:@&=+$,#", "*")
# What libraries for Go and Java escape in JSON so that it can stand in a page.
_ESCAPED_IN_JSON = (re.compile("[<>&]"), re.compile("[<>&=']"))
_DOUBLE_QUOTES = ('"', "&quot;", "&#34;")
_SINGLE_QUOTES = ("'", "&#x27;", "&#39;", "&apos;")
_SHORTEST_SECRET = 3
_FIELD_NAME = re.compile(r"[A-Za-z_]{1,40}\Z")
# Characters of base64 that are certain not to be found by chance.
_SHORTEST_BASE64 = 8
# Items of a list that are searched for secrets at a time.
_SEARCHED_TOGETHER = 100
# Replication documents have about six levels.
_DEEPEST = 50


class Secrets:
    """The secret values of one run; masks them in all output."""

    def __init__(self, values: Iterable[str | None] = ()) -> None:
        self._values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: str | None) -> None:
        """Remember a value that must not be shown.

        :param value: the secret; None is ignored, and so is a value too short to be told from ordinary text
        """
        if value and len(value) >= _SHORTEST_SECRET:
            # An error may quote the request, as JSON or within a page, and its control characters are escaped when it
            # is shown.
            self._values.update(_spellings(value))

    def redact(self, value: Any) -> Any:
        """Replace every secret in a JSON-like value by a mask.

        :param value: text, number, list or mapping, nested to any depth
        :returns: the same structure; only texts that contain a secret differ. Parts without a secret are not copied
        """
        if isinstance(value, str):
            # Longest first: one secret may be part of another.
            for secret in sorted(self._known(), key=len, reverse=True):
                value = value.replace(secret, MASK)
            return value
        if isinstance(value, list):
            return cleaned(value, self._known(), self._redact_deeply)
        if isinstance(value, Mapping) and any(isinstance(item, list) for item in value.values()):
            return {self._redact_key(key): self.redact(item) for key, item in value.items()}
        return self._redact_deeply(value) if shows(value, self._known()) else value

    def _redact_key(self, key: Any) -> Any:
        """Mask secrets in a key, but keep the name of a field: a weak password may be one, such as "site"."""
        return key if isinstance(key, str) and _FIELD_NAME.match(key) else self.redact(key)

    def _known(self) -> tuple[str, ...]:
        # A copy: another thread may add the token of a new session at this moment.
        return tuple(self._values)

    def _redact_deeply(self, value: Any) -> Any:
        try:
            if isinstance(value, Mapping):
                return {self._redact_key(key): self._redact_deeply(item) for key, item in value.items()}
            if isinstance(value, (list, tuple)):
                return [self._redact_deeply(item) for item in value]
        except RecursionError:
            return MASK
        return self.redact(value) if isinstance(value, str) else value


def _spellings(value: str) -> set[str]:
    """Return the forms in which gateways and proxies quote a value: JSON, HTML, URL encoding, base64."""
    found = {value, printable(value), *_json_spellings(value), *_html_spellings(value)}
    for data in _encoded(value):
        quoted = {quote(data, safe=safe) for safe in _LEFT_IN_URLS}
        quoted |= {text.replace("~", "%7E") for text in quoted}
        quoted |= {text.replace("%20", "+") for text in quoted}
        lower = {_ESCAPED.sub(lambda match: match.group().lower(), text) for text in quoted}
        # Without the padding, which depends on what follows.
        encoded = {encode(data).decode().rstrip("=") for encode in (base64.b64encode, base64.urlsafe_b64encode)}
        found |= quoted | lower | encoded | _within_base64(data)
    return found


def _within_base64(data: bytes) -> set[str]:
    """Return what base64 text holds of a value that is part of something else, such as a header or a request."""
    found = set()
    for before in range(3):
        # Bits of the characters at both ends also depend on what stands before and after the value.
        first, end = -(-8 * before // 6), 8 * (before + len(data)) // 6
        if end - first >= _SHORTEST_BASE64:
            text = bytes(before) + data
            found |= {encode(text).decode()[first:end] for encode in (base64.b64encode, base64.urlsafe_b64encode)}
    return found


def _encoded(value: str) -> set[bytes]:
    found = {value.encode("utf-8", "replace")}
    with contextlib.suppress(UnicodeEncodeError):
        found.add(value.encode("latin-1"))
    return found


def _json_spellings(value: str) -> set[str]:
    plain = {json.JSONEncoder(ensure_ascii=ascii_only).encode(value)[1:-1] for ascii_only in (True, False)}
    slashes = {text.replace("/", "\\/") for text in plain}
    signs = {
        escaped.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
        for escaped in _ESCAPED_IN_JSON
        for text in plain
    }
    return plain | slashes | signs


def _html_spellings(value: str) -> set[str]:
    text = html.escape(value, quote=False)
    return {text.replace('"', double).replace("'", single) for double in _DOUBLE_QUOTES for single in _SINGLE_QUOTES}


def shows(value: Any, secrets: Iterable[str]) -> bool:
    """Tell whether a JSON-like value may contain any of some texts.

    Most values contain none, and searching their JSON text is many times faster than walking through them.

    :returns: False only if it certainly contains none
    """
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return True
    return any(json.dumps(secret)[1:-1] in text for secret in secrets)


def cleaned(items: Sequence[Any], secrets: Collection[str], clean: Callable[[Any], Any]) -> list[Any]:
    """Return items, cleaned where they may contain one of some texts.

    Whole groups are searched first, because nearly all of them contain none.

    :param items: JSON-like values
    :param clean: what cleans an item
    """
    result: list[Any] = []
    for start in range(0, len(items), _SEARCHED_TOGETHER):
        group = items[start : start + _SEARCHED_TOGETHER]
        if shows(group, secrets):
            group = [clean(item) if shows(item, secrets) else item for item in group]
        result += group
    return result


def without_credentials(address: str) -> str:
    """Return an address for a message without a user and a password, which somebody may have put before the host.

    :param address: as it was given, in any form
    """
    credentials, at, host = address.rpartition("@")
    return f"{MASK}@{host}" if at and credentials else address


@functools.lru_cache(maxsize=1024)
def _is_secret_field(name: str) -> bool:
    return _SECRET_FIELD.search(name) is not None


def mask_fields(document: Any, depth: int = 0) -> Any:
    """Return an API object with the values of its secret fields masked.

    :param document: a JSON value from the service
    :param depth: its nesting depth in the whole document
    :returns: the same structure; the value of a field that is named like a secret becomes the mask, and so does
        anything nested deeper than the service ever sends. Parts without such a field are not copied
    """
    if depth > _DEEPEST:
        return MASK
    masked = None
    for key, item in _entries(document):
        # Keep empty values and True: they show only whether there is a secret.
        if item and item is not True and isinstance(key, str) and _is_secret_field(key):
            new = MASK
        elif isinstance(item, (dict, list)):
            new = mask_fields(item, depth + 1)
        else:
            continue
        if new is not item:
            masked = document.copy() if masked is None else masked
            masked[key] = new
    return document if masked is None else masked


def _entries(document: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(document, dict):
        return document.items()
    return enumerate(document) if isinstance(document, list) else ()
