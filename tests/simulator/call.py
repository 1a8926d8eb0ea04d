# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request as its handler sees it, and the result of the handler."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .accounts import Account
from .errors import bad_input, bad_request
from .exchange import Request
from .model import SYSTEM, Site
from .sessions import Session, Sessions
from .tasks import Plan
from .versions import Version
from .world import World


@dataclass(slots=True)
class Call:
    """A request with the site and the account for which it is carried out.

    ``site`` is the site that carries it out; with ``?site=`` this is another one than received the request.
    ``version`` is the version of the documents, ``own`` the version of the site.
    """

    world: World
    sessions: Sessions
    site: Site
    session: Session | None
    account: Account
    request: Request
    version: Version
    own: Version
    now: int
    parameters: dict[str, str] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    effect: str = ""
    resource_id: str = ""

    @property
    def operation_id(self) -> str:
        """The header that identifies a call in logs and tasks; vendor reference, every operation."""
        return self.request.headers.get("operationid", "")

    @property
    def org(self) -> str:
        """The organization that determines what the call can see."""
        return SYSTEM if self.account.is_admin else self.account.org

    def logged_in(self) -> Session:
        """Return the session of a call that requires one."""
        assert self.session is not None
        return self.session

    def query(self, name: str) -> str | None:
        """Return the last value of a query parameter."""
        values = [value for key, value in self.request.query if key == name]
        return values[-1] if values else None

    def json(self) -> dict[str, Any]:
        """Return the JSON object of the body, empty without a body.

        :raises ApiError: 400 ``BadRequest`` if it is not a JSON object
        """
        if not self.request.body.strip():
            return {}
        try:
            document = json.loads(self.request.body)
        except ValueError:
            raise bad_request("The body is no JSON.") from None
        if not isinstance(document, dict):
            raise bad_request("The body is no JSON object.")
        return document

    def required_json(self) -> dict[str, Any]:
        """Return the JSON object of a required body.

        :raises ApiError: 400
        """
        if not self.request.body.strip():
            raise bad_input("A body is required.")
        return self.json()


@dataclass(slots=True)
class Answer:
    """The result of a handler: a status and a document (none for 204)."""

    status: int
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
