# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Free texts of users: switch ``free_text`` changes every free text in answers.

Every text that is not known to be a word of the API is changed, so that new fields are changed, too. A request may
contain texts from answers: there the change is undone.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

from .exchange import Request, Response

# Placeholder for the original text in the value of the switch.
TEXT = "<text>"
STACK_TRACE = "org.example.simulator.SimulatedException\n\tat org.example.simulator.Service.call(Service.java:42)\n"

# Keys of the API whose values are not free text: ids of a fixed form, states, types, versions.
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
# Keys with the form ``organization@site`` or ``user@site``.
_IN_PARTS = ("owner", "user")
# Fields with texts that replications have only after certain events.
_ERROR = {"code": "SimulatorLastError", "msg": "Synchronization failed.", "args": ["vm"], "stacktrace": STACK_TRACE}
_LATER: dict[str, dict[str, Any]] = {
    "destinationState": {"lastError": _ERROR},
    "metadata": {"key": "value"},
}
_HALF = re.compile("[\ud800-\udfff]")


class Filling:
    """Changes the texts of answers as switch ``free_text`` defines, and restores them in requests."""

    def __init__(self, pattern: str) -> None:
        """Fill with a pattern.

        :param pattern: contains :data:`TEXT` in place of the original text; without it all texts become the same
        """
        self._pattern = pattern
        whole = {pattern, _HALF.sub("\ufffd", pattern)}
        # A client may have replaced lone surrogates, because it cannot send them.
        parts = [part for one in whole if TEXT in one for part in one.split(TEXT, 1) if part]
        # The longest first: one may be part of another.
        self._around = sorted(parts, key=len, reverse=True)

    @property
    def is_plain(self) -> bool:
        """Whether every text stays as it is."""
        return self._pattern == TEXT

    def filled(self, text: str) -> str:
        """Return a text in the form that answers contain."""
        return self._pattern.replace(TEXT, text)

    def read(self, text: str) -> str:
        """Return a text in the form that a client reads, without lone surrogates."""
        return _HALF.sub("\ufffd", self.filled(text))

    def request(self, request: Request) -> Request:
        """Return a request with the original texts of the simulator."""
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
            # Users also choose the keys of metadata.
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
