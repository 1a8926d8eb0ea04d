# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The calls of one user to one service: whole lists, changes that are sent once, in a session that renews itself."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Answer, Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock, Deadline
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection, Version
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    AUTHORIZATION,
    NOT_FOUND,
    VcdaError,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import (
    interrupt_now,
    leave_signals_to_main,
    unbroken,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import new_operation_id
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import PAGE, Item, read_all, read_page
from ansible_collections.opendr.vcda.plugins.module_utils.client.repair import Repair
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import Secrets
from ansible_collections.opendr.vcda.plugins.module_utils.client.session import TOKEN_HEADER, Session
from ansible_collections.opendr.vcda.plugins.module_utils.client.throttle import seconds_of
from ansible_collections.opendr.vcda.plugins.module_utils.client.transport import PARTING, Transport
from ansible_collections.opendr.vcda.plugins.module_utils.client.versions import Negotiation, version_of_build

# How many times as long as one request a list may take, besides a second for each page.
_LIST_PATIENCE = 10
# Calls about the service that answers; they take no site (vendor reference 4.7).
_OF_THIS_SITE = ("/sessions", "/diagnostics", "/sites")


class Client:
    """The connection of one user to one service.

    Nothing is sent before the first call. As a context manager it closes a session that it opened itself.

    :param connection: the checked connection options
    :param clock: time, for tests
    :param max_concurrent: how many requests may be under way at once
    :param adapter: replaces the network, for tests
    """

    def __init__(
        self, connection: Connection, *, clock: Clock | None = None, max_concurrent: int = 16, adapter: Any = None
    ) -> None:
        self.connection = connection
        self.clock = clock or Clock()
        self.secrets = Secrets(connection.secret_values())
        self.executor = ThreadPoolExecutor(max_concurrent, initializer=leave_signals_to_main)
        self.deadline = Deadline(self.clock)
        # Filters of lists that the service has declined, so that it is not asked for them again.
        self.declined: set[str] = set()
        # Paths of lists of which the service has shown the objects of given ids, and no others.
        self.listed_by_id: set[str] = set()
        self._clock_offset_ms = 0
        self._transport = Transport(connection, self.secrets, self.clock, max_concurrent, adapter)
        self._negotiation = Negotiation(connection.api_version)
        self._session = Session(connection, self.secrets, self.clock, self, self._send)
        self._repair = Repair(self._session, self.clock)

    def __enter__(self) -> Client:
        return self

    @unbroken
    def __exit__(self, kind: type[BaseException] | None, *_exception: Any) -> None:
        # After the end of the run, queued calls must not start, and workers must not log in again.
        self._session.refuse_logins()
        self._transport.refuse_logins()
        self.executor.shutdown(wait=False, cancel_futures=True)
        try:
            if kind and not issubclass(kind, Exception):
                self._transport.wind_up(PARTING)
            self._session.close(lambda: self._transport.awaits_login)
        finally:
            self._transport.close()
        interrupt_now()

    def limit(self, seconds: float) -> None:
        """Limit the time of all further calls, with their repetitions and pauses.

        :param seconds: from now on. A later change fails with the category timeout. Readings have a few seconds more,
            for the final states, and so has the logout
        """
        self.deadline = Deadline(self.clock, seconds)
        self._transport.limit(seconds)

    def login(self) -> dict[str, Any]:
        """Log in.

        :returns: the session's details: user, roles, authenticatedSites (vendor reference 4.7, sessions post)
        :raises VcdaError: category authentication, if the login is refused
        """
        return _object(self._session.login(), "The session")

    @property
    def token(self) -> str | None:
        """The session's token; a secret."""
        return self._session.token

    @property
    def owns_session(self) -> bool:
        """Whether the session was opened by this client, which closes it at the end."""
        return self._session.owns_session

    def keep_session(self) -> None:
        """Leave the session open at the end, for other clients."""
        self._session.owns_session = False

    def logout(self) -> None:
        """Close the session, whoever opened it.

        :raises VcdaError: if the service does not accept that; an ended session is no error
        """
        self._session.logout()

    def session(self) -> dict[str, Any]:
        """Return the details of the present session."""
        return self.get("/sessions")

    def reached_sites(self) -> set[str]:
        """Return the names of the sites that the present session reaches."""
        return authenticated_sites(self.session())

    def ensure_peers(self, *sites: str | None) -> None:
        """Extend the session to the peers that it does not reach yet.

        Called only where a call needs another site, so that a recovery never waits for a site that is gone.

        :param sites: what extend_sites does not name is left out; none for all of extend_sites
        :raises VcdaError: category remote_authentication, if the peer refuses; unreachable or others as they come
        """
        self._session.ensure_peers(*sites)

    def reach(self, sites: Collection[str] | None, *, is_patient: bool = True) -> dict[str, VcdaError]:
        """Extend the session to those of some sites that it does not reach yet.

        :param sites: what extend_sites does not name is left out; None for all of extend_sites
        :param is_patient: repeat a request that was not answered well; off where the work may go on without the site
        :returns: for each site that it could not be extended to, the reason
        :raises VcdaError: if there is no session, and none can be opened
        """
        return self._session.reach(sites, afresh=is_patient, is_patient=is_patient)

    @property
    def version(self) -> Version | None:
        """The API version in use, as far as it is known without asking."""
        return self._negotiation.version

    def api_version(self) -> Version | None:
        """Return the API version in use, asking the service if no answer has told it yet.

        :returns: major and minor; None if the service does not tell it
        """
        if self.version is None:
            try:
                self._negotiation.version = version_of_build(self.get("/diagnostics/about").get("buildVersion"))
            except VcdaError as error:
                # Who may read that page is not documented; no recovery must fail for want of it.
                if error.category not in (NOT_FOUND, AUTHORIZATION):
                    raise
        return self.version

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Read one object.

        :raises VcdaError: category not_found, and all others of the mapping
        """
        return _object(self._read(path, query), path)

    def get_array(self, path: str, query: Mapping[str, Any] | None = None) -> list[Item]:
        """Read a list that the service does not page; what is no object in it is seen as an empty one."""
        document = self._read(path, query).document
        if not isinstance(document, list):
            raise malformed(path, "it is no list of objects")
        return [item if isinstance(item, dict) else {} for item in document]

    def get_list(
        self, path: str, query: Mapping[str, Any] | None = None, *, parallel: bool = True, most: int | None = None
    ) -> list[Item]:
        """Read a paged list whole; see ``client.paging``.

        :param parallel: read the later pages side by side; off in a worker thread, which must not wait for others
        :param most: pages of a list that is still worth reading
        """

        def fetch(offset: int) -> Any:
            return self._read(path, dict(query or {}, offset=offset, limit=PAGE)).document

        patience = _LIST_PATIENCE * self.connection.request_timeout
        return read_all(fetch, f"The list {path}", self.executor.map if parallel else map, self.clock, patience, most)

    def get_page(self, path: str, query: Mapping[str, Any] | None = None, offset: int = 0) -> list[Item]:
        """Read one page of a paged list, the first by default: enough where at most 100 items can match."""
        return self._page(path, query, offset, PAGE)[1]

    def get_beginning(self, path: str, query: Mapping[str, Any] | None = None) -> tuple[list[Item], bool]:
        """Read the first page of a paged list.

        :returns: its items, and whether they are the whole list as far as the page tells
        """
        total, items = self._page(path, query, 0, PAGE)
        return items, total is not None and total <= len(items)

    def count(self, path: str, query: Mapping[str, Any] | None = None) -> int:
        """Return how many objects a paged list holds."""
        total, items = self._page(path, query, 0, 1)
        return len(items) if total is None else total

    def _page(
        self, path: str, query: Mapping[str, Any] | None, offset: int, limit: int
    ) -> tuple[int | None, list[Item]]:
        document = self._read(path, dict(query or {}, offset=offset, limit=limit)).document
        return read_page(document, f"The list {path}")

    def server_now_ms(self) -> int:
        """Return the time at the service as well as it is known, to compare with the times of its tasks."""
        return self.clock.now_ms() + self._clock_offset_ms

    @property
    def certificate_end_ms(self) -> int | None:
        """Until when the certificate of the service is valid, in milliseconds since the epoch; None if not known."""
        end = self._transport.certificate_end
        return int(ssl.cert_time_to_seconds(end) * 1000) if end else None

    def change(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Send a request that changes something, once; ``operation.starts`` decides when it may be repeated.

        :returns: the object in the answer: a task (202) or the changed object (200)
        :raises VcdaError: with ``ambiguous`` where the request may have been accepted
        """
        self._prepare(path, query)
        answer = self._send(method, path, query=query, body=body, headers=headers)
        if answer.status == 204:
            return {}
        try:
            return _object(answer, f"The answer to {method} {path}")
        except VcdaError as error:
            error.ambiguous, error.http_status = True, answer.status
            error.operation_id = (headers or {}).get("operationID")
            raise

    def observe(self, observer: Callable[[Exchange], None]) -> None:
        """Pass every exchange with the service to an observer, before its answer is judged.

        :param observer: called in the thread that sent the request
        """
        self._transport.observer = observer

    def send_once(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        at_login: bool = False,
    ) -> Answer:
        """Send a request once, without repetition or repair of the session, to see how the service answers.

        :param headers: also ``Accept`` and the token, which replace those of the client
        :param at_login: send no token of the client's session
        :returns: an answer of status 2xx
        :raises VcdaError: any other answer
        """
        return self._send(method, path, query=query, body=body, headers=headers, at_login=at_login)

    def repair_session(self, refusal: VcdaError) -> bool:
        """Repair the session after a call was refused; see ``client.repair``.

        :param refusal: the error of the call
        :returns: whether the call is worth repeating; ``confirm_session`` once that was answered
        :raises VcdaError: if the session cannot be repaired
        """
        return self._repair.after(refusal)

    def confirm_session(self) -> None:
        """Note that a call was answered which was repeated after ``repair_session``."""
        self._repair.confirm()

    def _read(self, path: str, query: Mapping[str, Any] | None) -> Answer:
        self._prepare(path, query)
        try:
            return self._negotiated_read(path, query)
        except VcdaError as error:
            if not self.repair_session(error):
                raise
        try:
            answer = self._negotiated_read(path, query)
        except VcdaError as error:
            # Where extending the session was not enough a new one may be; an ended one is renewed only once.
            if error.expired or not self.repair_session(error):
                raise
            answer = self._negotiated_read(path, query)
        self.confirm_session()
        return answer

    def _negotiated_read(self, path: str, query: Mapping[str, Any] | None) -> Answer:
        def send() -> Answer:
            return self._send("GET", path, query=query, repeatable=True)

        # No other thread may use the version before it is settled.
        with self._session.lock:
            if not self._negotiation.is_over:
                return self._negotiation.read(send, self.api_version)
        return send()

    def _prepare(self, path: str, query: Mapping[str, Any] | None) -> None:
        self._session.require()
        site = (query or {}).get("site", self.connection.site)
        if site and not path.startswith(_OF_THIS_SITE):
            self._session.ensure_peers(site)

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        at_login: bool = False,
    ) -> Answer:
        parameters = dict(query or {})
        if path.startswith(_OF_THIS_SITE):
            parameters.pop("site", None)
        else:
            parameters.setdefault("site", self.connection.site)
        all_headers = {
            "Accept": self._negotiation.accept,
            "operationID": new_operation_id(self.connection.operation_id),
        }
        standing = self._session.standing
        token = None if at_login else self.token
        if token:
            all_headers[TOKEN_HEADER] = token
        all_headers.update(headers or {})
        try:
            answer = self._transport.send(
                method,
                path,
                query=parameters,
                body=body,
                headers=all_headers,
                at_login=at_login,
                repeatable=repeatable,
            )
        except VcdaError as error:
            error.standing = standing
            raise
        self._learn_clock(answer)
        if at_login and not self._negotiation.is_over:
            self._negotiation.learn(answer)
        return answer

    def _learn_clock(self, answer: Answer) -> None:
        server_time = seconds_of(answer.headers.get("Date", ""))
        if server_time is not None:
            self._clock_offset_ms = int(server_time * 1000) - self.clock.now_ms()


def authenticated_sites(session: Mapping[str, Any]) -> set[str]:
    """Return the names of the sites that a session reaches (vendor reference 4.7, C4SessionDetails)."""
    sites = session.get("authenticatedSites")
    return {str(entry.get("site")) for entry in sites if isinstance(entry, dict)} if isinstance(sites, list) else set()


def _object(answer: Answer, what: str) -> dict[str, Any]:
    if not isinstance(answer.document, dict):
        raise malformed(what, "it is no object")
    return answer.document
