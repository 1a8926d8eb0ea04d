# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API versions and the negotiation of the media type."""

from __future__ import annotations

import re

from .errors import ApiError

Version = tuple[int, int]
KNOWN = ("3.0", "3.5", "4.0", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7")
OLDER_LABELS = ("1", "2")
PLAIN = "application/json;charset=UTF-8"
_VENDOR = re.compile(r"application/vnd\.vmware\.h4-v(?P<label>[0-9.]+)\+json")
_ANYTHING = {"*/*", "application/*"}


def parse(text: str) -> Version:
    """Return the version of a text such as ``4.7``.

    :raises ValueError: if it is not one of :data:`KNOWN`
    """
    if text not in KNOWN:
        raise ValueError(f"unknown API version {text!r}; known: {', '.join(KNOWN)}")
    major, minor = text.split(".")
    return int(major), int(minor)


def label(version: Version) -> str:
    """Return the version as media types write it: 4.0 is ``4``, 4.7 is ``4.7`` (vendor reference 4.0 and 4.7)."""
    major, minor = version
    return f"{major}.{minor}" if minor else str(major)


def vendor_type(version: Version) -> str:
    """Return the vendor media type of a version in answers."""
    return f"application/vnd.vmware.h4-v{label(version)}+json;charset=UTF-8"


def negotiate(accept: str, own: Version) -> tuple[Version, str]:
    """Choose the version of the documents and the media type of an answer.

    Any older vendor type, ``application/json`` and wildcards are accepted, as public clients rely on; a newer or
    malformed type gives 406 (status not documented).

    :param accept: the Accept header, possibly empty
    :param own: version of the site
    :raises ApiError: 406 if the header contains no acceptable type
    """
    if not accept.strip():
        return own, vendor_type(own)
    for item in _by_quality(accept):
        if item in _ANYTHING:
            return own, vendor_type(own)
        if item == "application/json":
            return own, PLAIN
        match = _VENDOR.fullmatch(item)
        if match:
            version = _older_or_own(match["label"], own)
            if version is not None:
                return version, f"{item};charset=UTF-8"
    raise ApiError(406, "SimulatorNotAcceptable", f"None of the media types asked for is offered: {accept}", accept)


def _by_quality(accept: str) -> list[str]:
    wanted: list[tuple[float, str]] = []
    for item in accept.split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _number(parameter[2:])
        if quality > 0:
            wanted.append((quality, name))
    return [name for quality, name in sorted(wanted, key=lambda pair: -pair[0])]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _older_or_own(text: str, own: Version) -> Version | None:
    if text in OLDER_LABELS:
        return (int(text), 0)
    for known in KNOWN:
        version = parse(known)
        if label(version) == text and version <= own:
            return version
    return None
