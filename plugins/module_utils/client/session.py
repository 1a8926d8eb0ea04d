# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The user's session: opened when a call needs it, extended to peers, renewed, mended after a refusal, closed."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional, Protocol

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
from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import leave_signals_to_main
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import Secrets
from ansible_collections.opendr.vcda.plugins.module_utils.client.transport import Answer

TOKEN_HEADER = "X-VCAV-Auth"  # noqa: S105  the name of the header, not a token
# Seconds between two looks whether the answer to a login may still come.
_LOOK = 0.2
# The token of a session, and how often it was mended.
Standing = tuple[Optional[str], int]


class Send(Protocol):
    """Sends one request in the present session; at a login, outside of any."""

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
        """Send it.

        :raises VcdaError: for any answer but a good one
        """


class Owner(Protocol):
    """The client whose session is kept: opened and closed through it, as it may have more to do then."""

    def login(self) -> Any:
        """Open a session, with ``Session.login``."""

    def logout(self) -> None:
        """Close it, with ``Session.logout``."""

    def reached_sites(self) -> set[str]:
        """Ask the service for the sites that the present session reaches."""


class _Opening:
    """A login in a thread of its own.

    Whoever waits for it may be interrupted anywhere, also just before it lets go of a lock. So the login never waits
    for a lock of the waiting thread, as it would with those of ``concurrent.futures``.
    """

    def __init__(self, login: Callable[[], Answer]) -> None:
        self.is_over = False
        self._login = login
        self._outcome: Answer | BaseException | None = None
        self._bell = threading.Lock()
        self._bell.acquire()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, daemon=True).start()

    def wait(self, seconds: float = -1) -> None:
        """Wait until it is over, for some seconds at the most."""
        if not self.is_over and self._bell.acquire(timeout=seconds):
            self._bell.release()

    def result(self) -> Answer:
        """Wait for the answer.

        :raises VcdaError: if the login failed
        """
        self.wait()
        if not isinstance(self._outcome, Answer):
            raise self._outcome or RuntimeError("the login is not over")
        return self._outcome

    def _run(self) -> None:
        leave_signals_to_main()
        try:
            self._outcome = self._login()
        except BaseException as error:
            self._outcome = error
        self.is_over = True
        self._bell.release()


class Session:
    """Keeps the session of one client.

    :param connection: the checked connection options
    :param secrets: learns the tokens
    :param owner: the client
    :param send: sends a request for it
    """

    def __init__(self, connection: Connection, secrets: Secrets, owner: Owner, send: Send) -> None:
        self.token = connection.session_token
        self.owns_session = False
        # Held while the session is changed; the client settles the version under it too, as either may need the other.
        self.lock = threading.RLock()
        self._connection = connection
        self._secrets = secrets
        self._owner = owner
        self._send = send
        self._extended: set[str] = set()
        self._is_closing = False
        # Reentrant: the main thread may be interrupted just before it lets go of it.
        self._door = threading.RLock()
        self._opening: _Opening | None = None
        self._outlived: list[str] = []
        self._mends = 0
        self._is_mended = False
        self._last_refusal: VcdaError | None = None
        self._refused_renewal: VcdaError | None = None
        # What was tried since a repeated call was last answered: extending again, a new login (and its token).
        self._is_introduced = False
        self._token_in_vain: str | None = None

    @property
    def standing(self) -> Standing:
        """How the user stands at the sites at this moment."""
        return self.token, self._mends

    def require(self) -> None:
        """Log in where there is no session yet."""
        with self.lock:
            if not self.token:
                self._owner.login()

    def login(self) -> Answer:
        """Open a session of our own.

        :returns: the answer, which holds the details of the session
        :raises VcdaError: category authentication, if the login is refused; unreachable, if the run is over
        """
        with self._door:
            if self._is_closing:
                raise VcdaError("POST /sessions was not sent: the run is over.", category=UNREACHABLE, retriable=False)
            # In a thread of its own: if this one is interrupted meanwhile, the token still arrives, to log out with.
            # It is known before it begins, so that there is no moment in which ``close`` would not find it.
            opening = self._opening = _Opening(self._login)
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
        self._refused_renewal = None
        return answer

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
        """Open no session any more: whoever still works must not leave one behind."""
        with self._door:
            self._is_closing = True

    def close(self, awaits_login: Callable[[], bool]) -> None:
        """Close the sessions of our own, also one that is just being opened.

        :param awaits_login: tells whether a login has been sent that may open a session: that is waited for, as long as
            one request may take
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
            # The work is done or its failure is already on its way; an idle session ends by itself.
            self.owns_session = False

    def ensure_peers(self) -> None:
        """Extend the session to every site of extend_sites that it does not reach yet.

        :raises VcdaError: category remote_authentication, if the peer refuses; unreachable or others as they come
        """
        with self.lock:
            missing = [peer for peer in self._connection.extend_sites if peer.site not in self._extended]
            if not missing:
                return
            if self.token and not self.owns_session:
                # Somebody else's session may reach the site already.
                self._extended |= self._owner.reached_sites()
            self._extend([peer for peer in missing if peer.site not in self._extended])

    def _extend(self, peers: Sequence[Peer]) -> None:
        """Extend the session; where it has ended meanwhile, a new one, and that to all peers."""
        try:
            self._extend_each(peers)
        except VcdaError as error:
            if error.category != AUTHENTICATION or not self._may_log_in:
                raise
            self._owner.login()
            self._extend_each(self._connection.extend_sites)

    def _extend_each(self, peers: Sequence[Peer]) -> None:
        self.require()
        for peer in peers:
            try:
                self._send("POST", "/sessions/extend", body=peer.extend_body(), repeatable=True)
            except VcdaError as error:
                if error.category == AUTHENTICATION and not error.expired and self._is_alive():
                    error.category, error.hint = REMOTE_AUTHENTICATION, HINTS[REMOTE_AUTHENTICATION]
                error.message = f"The session could not be extended to site {peer.site}. {error.message}"
                raise
            self._extended.add(peer.site)

    def renew(self, used_token: str | None) -> bool:
        """Log in again after the session has ended, and extend it again where it was extended.

        :param used_token: the token that the refused call carried; if it was renewed since, that is enough
        :returns: False where the options hold no credentials to log in with
        :raises VcdaError: if the login fails; one that was refused is not repeated
        """
        with self.lock:
            if self.token != used_token:
                return True
            if not self._may_log_in:
                return False
            if self._refused_renewal:
                # Of many calls side by side one has tried it for all; a user may be locked out for many.
                raise copy.copy(self._refused_renewal)
            extended = bool(self._extended)
            try:
                self._owner.login()
            except VcdaError as error:
                self._refused_renewal = error if error.category == AUTHENTICATION else None
                raise
            if extended:
                # What is done here must not fail for a peer that is gone; a call that needs it will say so.
                with contextlib.suppress(VcdaError):
                    self.ensure_peers()
            return True

    @property
    def _may_log_in(self) -> bool:
        return self._connection.can_log_in and not self._is_closing

    def recover(self, error: VcdaError, standing: Standing) -> bool:
        """Try to renew the session after a refused call.

        :param error: the refusal
        :param standing: the one with which the call was sent
        :returns: whether the call is worth repeating; say so with ``confirm`` once that was answered
        :raises VcdaError: if the session cannot be mended
        """
        used_token, mends = standing
        if not error.is_unauthenticated:
            return False
        if error.expired or (error.category == AUTHENTICATION and not self._is_alive()):
            return self.renew(used_token)
        # The session stands, so it is a site that does not know us: a peer, or the one behind the service itself.
        error.category, error.hint = REMOTE_AUTHENTICATION, HINTS[REMOTE_AUTHENTICATION]
        with self.lock:
            if self.token != used_token:
                return True
            if self._mends == mends:
                self._mend()
            # Of many calls that were refused side by side one has tried it for all.
            if self._last_refusal:
                raise copy.copy(self._last_refusal)
            return self._is_mended

    def confirm(self) -> None:
        """Note that a call was answered which was repeated after ``recover``: what mended it may do so again."""
        with self.lock:
            self._is_introduced, self._token_in_vain = False, None

    def _mend(self) -> None:
        """Extend the session to all peers again; if that is not possible or did not help, log in again.

        A session holds a VCD token for its own site too, which may end before it (vendor guide 4.1, sessions). Only a
        new login renews that. One that did not help is not repeated: it would be sent for every call that is refused.
        """
        self._mends += 1
        self._last_refusal = None
        peers = self._connection.extend_sites
        self._is_mended = bool(peers)
        worth_a_login = self._may_log_in and self.token != self._token_in_vain
        if peers and not (worth_a_login and self._is_introduced):
            try:
                self._extend(peers)
            except VcdaError as error:
                self._last_refusal = error
            else:
                self._is_introduced = True
                return
        if worth_a_login:
            self._log_in_anew()

    def _log_in_anew(self) -> None:
        before, self._token_in_vain = self.token, self.token
        if self.owns_session and before:
            # Others may be using it, and so may tasks: it is closed at the end.
            self._outlived.append(before)
        if self._last_refusal:
            # A recovery must not wait twice for a peer that is gone.
            self._extended.clear()
        try:
            if not self.renew(before):
                return
        except VcdaError as error:
            self._last_refusal = self._last_refusal or error
            return
        self._token_in_vain, self._last_refusal, self._is_mended = self.token, None, True

    def _is_alive(self) -> bool:
        try:
            self._send("GET", "/sessions", repeatable=True)
        except VcdaError as error:
            if not error.is_unauthenticated:
                raise
            return False
        return True
