# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Send the requests of the probe, record the exchanges, and derive the answers to the questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    AUTHENTICATION,
    UNREACHABLE,
    VcdaError,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import new_operation_id
from ansible_collections.opendr.vcda.plugins.module_utils.probe import telling
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import NOT_SEEN
from ansible_collections.opendr.vcda.plugins.module_utils.probe.reading import READINGS, Get
from ansible_collections.opendr.vcda.plugins.module_utils.probe.telling import Facts, Told

_Read = TypeVar("_Read")

# Start of the operationID of the probe's own requests if the user gives no operation_id.
OPERATION = "opendr.vcda-probe"
# A session that has ended is opened anew; one that a site no longer knows is extended again first.
_ATTEMPTS = 3
KNOWN_VERSIONS = ("3.0", "3.5", "4.0", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7")


class Asker:
    """The state of one probe run: the client, all exchanges, and the answers so far.

    :param client: a client that has sent nothing yet
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.exchanges: list[Exchange] = []
        self.told: dict[str, Told] = {}
        self.facts = Facts()
        # How often each of the probe's own requests was sent.
        self.asked: Counter[str] = Counter()
        client.observe(self.exchanges.append)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        at_login: bool = False,
    ) -> Exchange | None:
        """Send one request and return its exchange; repeat it if the session of the probe has ended.

        A request that changes something is repeated after any 401, since the session may have ended at either site.

        :returns: the exchange; None if there was no answer
        """
        operation_id = new_operation_id(self.client.connection.operation_id or OPERATION)
        all_headers = {"operationID": operation_id, **(headers or {})}
        self.asked[f"{method} {_template(path)}"] += 1
        for attempt in range(_ATTEMPTS):
            seen = len(self.exchanges)
            try:
                self.client.send_once(method, path, query=query, body=body, headers=all_headers, at_login=at_login)
            except VcdaError as error:
                # A GET that is refused without a session at the peer is an answer; a change must not fail for it.
                is_lost = error.expired or (method != "GET" and error.http_status == 401)
                own = not at_login and not headers
                if own and is_lost and attempt + 1 < _ATTEMPTS and self.client.repair_session(error):
                    continue
            return next((each for each in self.exchanges[seen:] if (each.method, each.path) == (method, path)), None)
        return None

    def note(self, question: str, told: Told) -> None:
        """Record the answer to a question, unless it has one already."""
        known = self.told.get(question)
        if known is None or known.outcome == NOT_SEEN:
            self.told[question] = told

    def look_around(self) -> None:
        """Read what several questions need: session, sites, version, replications, tasks.

        :raises VcdaError: if the login is refused, or the service does not answer
        """
        client, facts = self.client, self.facts
        details = client.session() if client.token else client.login()
        facts.session = details
        sites: list[dict[str, Any]] = self._readable(lambda: client.get_array("/sites"), [])
        local = [site for site in sites if site.get("isLocal") is True]
        others = [site for site in sites if site.get("isLocal") is False]
        facts.local_site = _name(local[0]) if local else None
        wanted = [peer.site for peer in client.connection.extend_sites]
        peer = next((site for site in others if site.get("site") in wanted), others[0] if others else None)
        facts.peer_site = _name(peer) if peer else None
        state = peer.get("state") if peer else None
        facts.peer_is_lost = isinstance(state, Mapping) and any(state.values())
        facts.version = self._readable(client.api_version, None)
        facts.replications = self._readable(lambda: client.get_page("/vm-replications"), [])
        self.read_tasks()
        self.note("media_type", telling.media_type(self._of("/vm-replications"), facts))
        self._tell_version()
        self._tell_login()

    def read_tasks(self) -> None:
        """Read the newest tasks."""
        self.facts.tasks = self._readable(lambda: self.client.get_page("/tasks"), [])

    @staticmethod
    def _readable(read: Callable[[], _Read], otherwise: _Read) -> _Read:
        """Read, and return ``otherwise`` if the service refuses or its answer is malformed: the probe goes on."""
        try:
            return read()
        except VcdaError as error:
            if error.category in (AUTHENTICATION, UNREACHABLE):
                raise
            return otherwise

    def read(self, moment: str | None = None) -> None:
        """Ask the questions that GET requests answer.

        :param moment: ask only the questions of this moment; None for all, in a run that moves no VM
        """
        for question, reading in READINGS.items():
            if moment not in (None, reading.moment):
                continue
            hindrance = reading.hindrance(self.facts)
            if hindrance:
                self.note(question, telling.not_seen(hindrance))
                continue
            came = [self._get(get) for get in reading.gets]
            answers = [exchange for exchange in came if exchange]
            if len(answers) < len(came):
                self.note(question, telling.not_seen("the service did not answer", *answers))
            else:
                self.note(question, reading.tell(answers, self.facts))

    def _get(self, get: Get) -> Exchange | None:
        facts = self.facts
        known = {
            "{peer}": facts.peer_site,
            "{local}": facts.local_site,
            "{task}": str(facts.tasks[-1].get("id")) if facts.tasks else None,
            "{operation}": new_operation_id(OPERATION),
        }
        query = {name: known.get(value, value) for name, value in get.query.items()}
        return self.ask("GET", get.path, query=query, headers={"Accept": get.accept} if get.accept else None)

    def _of(self, path: str) -> list[Exchange]:
        return [each for each in self.exchanges if each.method == "GET" and each.path == path]

    def _tell_version(self) -> None:
        version, about = self.facts.version, self._of("/diagnostics/about")
        if version is None:
            self.note("api_version", telling.not_seen("the service does not state it", *about))
        elif f"{version[0]}.{version[1]}" in KNOWN_VERSIONS:
            self.note("api_version", telling.answered(f"{version[0]}.{version[1]}", *(about or self.exchanges[-1:])))
        else:
            self.note("api_version", telling.contradictory(*about))

    def _tell_login(self) -> None:
        """Answer the questions about the login from the details of the session."""
        facts = self.facts
        shown = [each for each in self.exchanges if each.path == "/sessions" and each.status == 200][:1]
        if telling.ADMINISTRATORS in facts.roles:
            self.note("admin_restricted", telling.answered(False, *shown))
        else:
            self.note("admin_restricted", telling.not_seen("the user is no administrator"))
        sites = facts.session.get("authenticatedSites", [])
        if self.client.connection.auth_type not in ("local_user", "sso") or not self.client.owns_session:
            self.note("local_user_sites", telling.not_seen("the user is a user of Cloud Director"))
        elif sites is None or sites == []:
            self.note("local_user_sites", telling.answered("null" if sites is None else "empty", *shown))
        else:
            self.note("local_user_sites", telling.contradictory(*shown))


def _template(path: str) -> str:
    parts = path.split("/")
    # The second part of such a path is the id of the object.
    if len(parts) > 2 and parts[1] in ("vm-replications", "vapp-replications", "tasks"):
        parts[2] = "{id}"
    return "/".join(parts)


def _name(site: Mapping[str, Any]) -> str | None:
    name = site.get("site")
    return name if isinstance(name, str) else None
