# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Free texts as somebody may have chosen them: switch ``free_text`` fills each one that an answer holds.

What is filled is whatever is not known to be a word of the API, so that a field that is new is filled, too. A request
may name what it has read: there the filling is taken away again.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

from .exchange import Request, Response

# Stands for the text itself in the value of the switch.
TEXT = "<text>"
STACK_TRACE = "org.example.simulator.SimulatedException\n\tat org.example.simulator.Service.call(Service.java:42)\n"

# Keys of the API whose values nobody chooses: ids with a form of their own, states, types, versions.
_WORDS = frozenset(
    {
        "apiVersion",
        "buildVersion",
        "code",
        "dataConnectionState",
        "dataConnectionType",
        "id",
        "ids",
        "lastOperation",
        "operation",
        "overallHealth",
        "planId",
        "planType",
        "quiescedType",
        "recoveryPlanId",
        "recoveryState",
        "replicationId",
        "replications",
        "resourceId",
        "resourceType",
        "result",
        "resultType",
        "roles",
        "serviceType",
        "startAction",
        "state",
        "stopAction",
        "targetDiskType",
        "type",
        "vappReplicationId",
    }
)
# They name an organization or a user, and a site.
_IN_PARTS = ("owner", "user")
# What replications have once something has happened that comes with texts.
_ERROR = {"code": "SimulatorLastError", "msg": "Synchronization failed.", "args": ["vm"], "stacktrace": STACK_TRACE}
_LATER: dict[str, dict[str, Any]] = {
    "destinationState": {"lastError": _ERROR},
    "metadata": {"key": "value"},
}
_HALF = re.compile("[\ud800-\udfff]")


class Filling:
    """What switch ``free_text`` makes of the texts of answers and requests."""

    def __init__(self, pattern: str) -> None:
        """Fill with a pattern.

        :param pattern: with :data:`TEXT` where the text itself is to stand; without it all texts are the same
        """
        self._pattern = pattern
        whole = {pattern, _HALF.sub("\ufffd", pattern)}
        # A client may have replaced the halves of characters, which it cannot send.
        parts = [part for one in whole if TEXT in one for part in one.split(TEXT, 1) if part]
        # The longest first: one may be part of another.
        self._around = sorted(parts, key=len, reverse=True)

    @property
    def is_plain(self) -> bool:
        """Whether every text stays as it is."""
        return self._pattern == TEXT

    def filled(self, text: str) -> str:
        """Return a text as an answer shows it."""
        return self._pattern.replace(TEXT, text)

    def read(self, text: str) -> str:
        """Return a text as a client reads it, without halves of characters."""
        return _HALF.sub("\ufffd", self.filled(text))

    def request(self, request: Request) -> Request:
        """Return a request with the texts as the simulator knows them."""
        body = request.body
        if body.strip():
            try:
                body = json.dumps(self._emptied(json.loads(body))).encode()
            except ValueError:
                body = request.body
        query = [(name, self._text(value)) for name, value in request.query]
        return dataclasses.replace(request, path=self._text(request.path), query=query, body=body)

    def response(self, response: Response) -> Response:
        """Return an answer with its texts filled."""
        try:
            document = json.loads(response.body)
        except ValueError:
            return response
        response.body = json.dumps(self._document(document), separators=(",", ":")).encode()
        return response

    def _document(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            items = {**value, **_LATER.get(key, {})}.items()
            # The keys of metadata are somebody's, too.
            named = self.filled if key == "metadata" else str
            return {named(name): self._document(item, name) for name, item in items}
        if isinstance(value, list):
            return [self._document(item, key) for item in value]
        if not isinstance(value, str) or key in _WORDS:
            return value
        if key in _IN_PARTS:
            return "@".join(map(self.filled, value.split("@")))
        return self.filled(value)

    def _emptied(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._emptied(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._emptied(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        for part in self._around:
            text = text.replace(part, "")
        return text
