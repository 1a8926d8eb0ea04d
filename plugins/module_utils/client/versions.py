# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The negotiation of the API version, and the media type that requests it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Answer
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Version, media_type
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError

NEWEST_VERSION: Version = (4, 7)

_ANY_JSON = "application/json"
_VENDOR_TYPE = re.compile(r"application/vnd\.vmware\.h4-v(\d+)(?:\.(\d+))?\+json", re.IGNORECASE)
_BUILD_VERSION = re.compile(r"^(\d+)\.(\d+)")
# How a service of another version may answer a media type that it does not know; the product's is not documented.
_NOT_NEGOTIATED = (406, 415)


class Negotiation:
    """The version that is used at one service.

    :param version: the one that the user wants; None to ask for the newest and take what the service gives
    """

    def __init__(self, version: Version | None) -> None:
        self.version = version
        self._accept = media_type(version) if version else ""

    @property
    def is_over(self) -> bool:
        """Whether the media type is settled."""
        return bool(self._accept)

    @property
    def accept(self) -> str:
        """The media type to ask for."""
        return self._accept or _ANY_JSON

    def read(self, send: Callable[[], Answer], ask_version: Callable[[], Version | None]) -> Answer:
        """Read an object in the newest known version; if that is refused, in the version that the service states.

        :param send: sends the request with the present media type
        :param ask_version: asks the service for its version
        """
        try:
            self._accept = media_type(NEWEST_VERSION)
            answer = send()
        except VcdaError as error:
            self._accept = ""
            if error.http_status not in _NOT_NEGOTIATED:
                raise
        else:
            self.learn(answer)
            return answer
        self._accept = _ANY_JSON
        version = ask_version()
        if version and version < NEWEST_VERSION:
            self._accept = media_type(version)
        return send()

    def learn(self, answer: Answer) -> None:
        """Take the version from the media type of an answer, if it names one."""
        match = _VENDOR_TYPE.search(answer.headers.get("Content-Type", ""))
        if match:
            self.version = (int(match.group(1)), int(match.group(2) or 0))
            self._accept = media_type(self.version)


def version_of_build(build: Any) -> Version | None:
    """Return the API version of a build version; None if it is of another form."""
    match = _BUILD_VERSION.match(build) if isinstance(build, str) else None
    return (int(match.group(1)), int(match.group(2))) if match else None
