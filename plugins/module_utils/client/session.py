# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The user's session: opened when a call needs it, extended to peers, closed at the end."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Answer
from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock, Deadline
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection, Peer
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    AUTHENTICATION,
    HINTS,
    REMOTE_AUTHENTICATION,
    UNREACHABLE,
    VcdaError,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.opening import Opening
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import Secrets

TOKEN_HEADER = "X-VCAV-Auth"  # noqa: S105  the name of the header, not a token
# Seconds between two looks whether the answer to a login may still come.
_LOOK = 0.2
# Seconds for which a failed login or extension is not repeated, unless nothing else is possible: where a site could not
# be reached, and where credentials were refused, which could lock the user out if they were sent again and again.
_GONE = 60.0
_REFUSED = 600.0


class Send(Protocol):
    """Sends one request in the present session, or a login without one."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        at_login: bool = False,
    ) -> Answer:
        """Send the request.

        :raises VcdaError: if the answer is not of status 2xx, or there is none
        """


class Owner(Protocol):
    """The client whose session this is. Sessions are opened and closed through it, because it may do more then."""

    def login(self) -> Any:
        """Open a session, with ``Session.login``."""

    def logout(self) -> None:
        """Close it, with ``Session.logout``."""

    def reached_sites(self) -> set[str]:
        """Ask the service for the sites that the present session reaches."""


class Session:
    """The session of one client.

    :param connection: the checked connection options
    :param secrets: learns the tokens
    :param clock: the time
    :param owner: the client
    :param send: sends a request of the client
    """

    def __init__(self, connection: Connection, secrets: Secrets, clock: Clock, owner: Owner, send: Send) -> None:
        self.token = connection.session_token
        self.owns_session = False
        # Held while the session changes. The client also negotiates the version under it: each may need the other.
        self.lock = threading.RLock()
        # How often the session was opened or extended, or a repair failed; see VcdaError.standing.
        self.standing = 0
        self.peers = connection.extend_sites
        self._connection = connection
        self._secrets = secrets
        self._clock = clock
        self._owner = owner
        self._send = send
        self._extended: set[str] = set()
        # Why no session could be opened, or extended to a site, and how long that counts.
        self._failed: dict[str | None, tuple[VcdaError, Deadline]] = {}
        self._is_closing = False
        # Reentrant: the main thread may be interrupted just before it releases it.
        self._door = threading.RLock()
        self._opening: Opening | None = None
        self._outlived: list[str] = []

    @property
    def can_log_in(self) -> bool:
        """Whether a new session may be opened."""
        return self._connection.can_log_in and not self._is_closing

    def require(self) -> None:
        """Log in where there is no session yet."""
        with self.lock:
            if not self.token:
                self._log_in()

    def login(self) -> Answer:
        """Log in.

        :returns: the answer, which holds the details of the session
        :raises VcdaError: category authentication, if the login is refused; unreachable, if the run is over
        """
        with self._door:
            if self._is_closing:
                raise VcdaError("POST /sessions was not sent: the run is over.", category=UNREACHABLE, retriable=False)
            # In a thread of its own: if this one is interrupted, the token arrives all the same, to be logged out.
            # It is stored before it is started, so that ``close`` finds it at any moment.
            opening = self._opening = Opening(self._login)
            opening.start()
        return opening.result()

    def _login(self) -> Answer:
        answer = self._send("POST", "/sessions", body=self._connection.login_body(), repeatable=True, at_login=True)
        token = answer.headers.get(TOKEN_HEADER)
        if not token:
            raise malformed("The answer to the login", f"there is no {TOKEN_HEADER} header")
        self._secrets.add(token)
        self.token, self.owns_session = token, True
        self._extended.clear()
        self._failed.pop(None, None)
        self.standing += 1
        return answer

    def _log_in(self) -> None:
        """Log in, unless a login was refused recently."""
        self._check_failure(None)
        try:
            self._owner.login()
        except VcdaError as error:
            if not error.is_transient:
                self._note_failure(None, error)
            raise

    def log_in_again(self, *, keep: bool) -> None:
        """Open another session, and extend it to the peers that the present one reached.

        :param keep: the present session is still valid, and others may be using it: it is closed at the end
        :raises VcdaError: if the login fails. A peer that cannot be reached is reported by the call that needs it
        """
        if keep and self.owns_session and self.token:
            self._outlived.append(self.token)
        extended = set(self._extended)
        self._log_in()
        with contextlib.suppress(VcdaError):
            self.reach(extended, afresh=False)

    def logout(self) -> None:
        """Close the session, whoever opened it.

        :raises VcdaError: if the service does not accept that; an ended session is no error
        """
        self._end(self.token)
        self.token, self.owns_session = None, False

    def _end(self, token: str | None) -> None:
        try:
            self._send("DELETE", "/sessions", headers={TOKEN_HEADER: token} if token else {})
        except VcdaError as error:
            if not error.is_unauthenticated:
                raise

    def refuse_logins(self) -> None:
        """Refuse further logins: a worker that is still running must not leave a session behind."""
        with self._door:
            self._is_closing = True

    def close(self, awaits_login: Callable[[], bool]) -> None:
        """Close the sessions that were opened here, including one that is just being opened.

        :param awaits_login: tells whether a login was sent that may still open a session. Its answer is awaited for the
            time that one request has
        """
        try:
            patience = Deadline(Clock(), self._connection.request_timeout)
            while self._opening and awaits_login() and not (self._opening.is_over or patience.is_over):
                self._opening.wait(_LOOK)
            for token in self._outlived:
                if token != self.token:
                    with contextlib.suppress(VcdaError):
                        self._end(token)
            if self.owns_session:
                self._owner.logout()
        except VcdaError:
            # The work is done, or its failure is already raised. An idle session ends by itself.
            self.owns_session = False

    def ensure_peers(self, *sites: str | None) -> None:
        """Extend the session to the peers that it does not reach yet.

        :param sites: what extend_sites does not name is left out; none for all peers
        :raises VcdaError: category remote_authentication, if the peer refuses; unreachable or others as they come
        """
        for error in self.reach({site for site in sites if site} if sites else None).values():
            raise error

    def reach(
        self, sites: Collection[str] | None, *, again: bool = False, afresh: bool = True, is_patient: bool = True
    ) -> dict[str, VcdaError]:
        """Extend the session to some of the peers; one that cannot be reached does not prevent the others.

        :param sites: what extend_sites does not name is left out; None for all peers
        :param again: include peers that the session was extended to before
        :param afresh: include peers that could not be reached recently; if not, the error of that time is returned
        :param is_patient: repeat a request that was not answered well
        :returns: for each peer that it could not be extended to, the reason
        :raises VcdaError: if there is no session, and none can be opened
        """
        failures = {}
        with self.lock:
            for peer in self._missing(sites, again):
                self.require()
                try:
                    if not afresh:
                        self._check_failure(peer.site)
                    self._extend(peer, is_patient)
                except VcdaError as error:
                    if error.category == AUTHENTICATION:
                        raise
                    failures[peer.site] = error
        return failures

    def _check_failure(self, site: str | None) -> None:
        """Raise the recent failure of an extension to a site, or of a login if the site is None."""
        failure, until = self._failed.get(site, (None, None))
        if failure and until and not until.is_over:
            raise copy.copy(failure)

    def _note_failure(self, site: str | None, error: VcdaError) -> None:
        self._failed[site] = error, Deadline(self._clock, _GONE if error.is_transient else _REFUSED)

    def _missing(self, sites: Collection[str] | None, again: bool) -> list[Peer]:
        wanted = [peer for peer in self.peers if sites is None or peer.site in sites]
        if again:
            return wanted
        missing = [peer for peer in wanted if peer.site not in self._extended]
        if missing and self.token and not self.owns_session:
            # Somebody else's session may reach the site already.
            self._extended |= self._owner.reached_sites()
        return [peer for peer in missing if peer.site not in self._extended]

    def _extend(self, peer: Peer, is_patient: bool) -> None:
        """Extend the session to one peer; if it has ended, open a new one and extend that."""
        try:
            self._extend_once(peer, is_patient)
        except VcdaError as error:
            if error.category != AUTHENTICATION or not self.can_log_in:
                raise
            self.log_in_again(keep=False)
            self._extend_once(peer, is_patient)

    def _extend_once(self, peer: Peer, is_patient: bool) -> None:
        try:
            self._send("POST", "/sessions/extend", body=peer.extend_body(), repeatable=is_patient)
        except VcdaError as error:
            has_ended = error.is_unauthenticated and self.has_ended(error)
            error.message = f"The session could not be extended to site {peer.site}. {error.message}"
            if is_patient and not has_ended:
                self._note_failure(peer.site, error)
            raise
        self._extended.add(peer.site)
        self._failed.pop(peer.site, None)
        self.standing += 1

    def has_ended(self, refusal: VcdaError) -> bool:
        """Tell whether a call was refused with status 401 because the session has ended.

        :param refusal: gets the category remote_authentication if the session is still valid: then a site does not know
            the user, which may be a peer or the Cloud Director site of the service itself
        :raises VcdaError: if the session cannot be looked at
        """
        if refusal.expired or (refusal.category == AUTHENTICATION and not self._is_alive()):
            return True
        blame_site(refusal)
        return False

    def _is_alive(self) -> bool:
        try:
            self._send("GET", "/sessions", repeatable=True)
        except VcdaError as error:
            if not error.is_unauthenticated:
                raise
            return False
        return True


def blame_site(refusal: VcdaError) -> None:
    """Tell that a call was refused with status 401 although the session is valid: a site does not know the user.

    :param refusal: the error of the call
    """
    refusal.category, refusal.hint = REMOTE_AUTHENTICATION, HINTS[REMOTE_AUTHENTICATION]
