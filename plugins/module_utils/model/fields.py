# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Keys of request bodies as data: which option fills them, and which API versions know them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid

Version = tuple[int, int]

_MILLISECONDS = re.compile(r"^-?[0-9]+\Z")
# The version that is assumed for a service whose version is not known.
_OLDEST: Version = (4, 0)


@dataclass(frozen=True)
class Field:
    """One key of a request body and the option it is taken from.

    :param key: the key as the API spells it
    :param option: the option, or the suboption within its parent
    :param since: the first API version that documents the key; 4.0 stands for 4.0 and all earlier versions
    :param until: the last API version that documents the key, None while it is current
    :param fields: the keys of the value, if it is an object or a list of objects; empty for a plain value
    """

    key: str
    option: str
    since: Version = _OLDEST
    until: Version | None = None
    fields: tuple[Field, ...] = ()


def object_to_api(
    fields: Iterable[Field], value: Mapping[str, Any], where: str, version: Version | None
) -> dict[str, Any]:
    """Return the keys of an object for which the user gave a value.

    :param fields: the keys
    :param value: the options, or the suboptions of one option
    :param where: the prefix of the suboptions in messages, with its dot
    :param version: the version of the API in use; None allows only what 4.0 knows and later versions kept
    :raises VcdaError: category invalid_request, if the version does not know an option that was given
    """
    body = {}
    for field in fields:
        item = value.get(field.option)
        if item is not None:
            option = where + field.option
            refuse_unknown_to_version(field, option, version)
            body[field.key] = value_to_api(field, item, option, version)
    return body


def value_to_api(field: Field, value: Any, option: str, version: Version | None) -> Any:
    """Return the value of one key; see ``object_to_api``. ``option`` is its full name for messages."""
    if not field.fields:
        return value
    if isinstance(value, Mapping):
        return object_to_api(field.fields, value, option + ".", version)
    return [object_to_api(field.fields, item, option + ".", version) for item in value]


def refuse_unknown_to_version(field: Field, option: str, version: Version | None) -> None:
    """Raise an error if a key is not documented for a version; see ``object_to_api``."""
    effective = version or _OLDEST
    too_new = effective < field.since
    too_old = field.until is not None and (version is None or version > field.until)
    if not (too_new or too_old):
        return
    span = f"since {_text(field.since)}" if field.until is None else f"up to {_text(field.until)}"
    in_use = f"version {_text(version)} is in use" if version else "the version in use is not known"
    raise VcdaError(
        f"{option}: the API knows it {span}, and {in_use}. Nothing was sent.",
        code="OPTION_NOT_IN_API_VERSION",
        hint="Leave the option out, or set api_version if you know that the service speaks that version.",
    )


def _text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def instant_ms(option: str, text: Any) -> int:
    """Read a point in time.

    :param option: the option it comes from, for the message
    :param text: ISO 8601 with a time zone, or milliseconds since the epoch
    :returns: milliseconds since the epoch
    :raises VcdaError: category invalid_request
    """
    raw = str(text).strip()
    if _MILLISECONDS.match(raw):
        return int(raw)
    try:
        # Before Python 3.11 fromisoformat does not accept Z for UTC.
        moment = datetime.fromisoformat(raw[:-1] + "+00:00" if raw[-1:] in ("Z", "z") else raw)
    except ValueError:
        raise invalid(option, f"{raw!r} is neither an ISO 8601 time nor a number of milliseconds") from None
    if moment.tzinfo is None:
        raise invalid(option, f"{raw!r} has no time zone", hint="Add the offset, e.g. 2026-05-01T06:00:00Z.")
    return int(moment.timestamp() * 1000)
