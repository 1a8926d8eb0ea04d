# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The repair of a session after refused calls: one for all of them, and none again and again in vain."""

from __future__ import annotations

import copy

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock, Deadline
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.session import Session, blame_site

# Seconds for which an applied remedy is not applied again, unless a call proves that it has helped.
_IN_VAIN = 600.0


class Repair:
    """Repairs the session of one client.

    If the session has ended, a new one is opened. If it is valid but not known at a site, it is extended to the peers
    again. If that is not possible or does not help, a new one is opened: a session also holds a VCD token for its own
    site, which may end earlier (vendor guide 4.1, sessions) and is renewed only by a login. A remedy that did not help
    is not applied again for ten minutes, so that not every refused call costs a login.

    :param session: the session
    :param clock: the time
    """

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._applied: dict[str, Deadline] = {}
        # The outcome of the latest repair.
        self._has_helped = True
        self._failure: VcdaError | None = None
        # Whether the session was valid at the latest repair, so that a site does not know the user.
        self._was_valid = False

    def after(self, refusal: VcdaError) -> bool:
        """Repair the session after a refused call.

        :param refusal: the error of the call; its category tells afterwards which site does not know the user
        :returns: whether the call is worth repeating; ``confirm`` once that was answered
        :raises VcdaError: if the session cannot be repaired
        """
        if not refusal.is_unauthenticated:
            return False
        with self._session.lock:
            # If many parallel calls are refused, the first one repairs the session for all of them.
            if refusal.standing == self._session.standing:
                self._repair(refusal)
            elif self._was_valid and not refusal.expired:
                # It was refused before that repair, and what others have learnt meanwhile is true of it as well.
                blame_site(refusal)
            if self._failure and not self._has_helped:
                raise copy.copy(self._failure)
            return self._has_helped

    def confirm(self) -> None:
        """Note that the repeated call was answered: the remedies that were applied may be applied again."""
        with self._session.lock:
            self._applied.clear()
            self._has_helped, self._failure = True, None

    def _repair(self, refusal: VcdaError) -> None:
        has_ended = self._session.has_ended(refusal)
        self._was_valid = not has_ended
        self._has_helped, self._failure = False, None
        for remedy in (self._renew,) if has_ended else (self._extend_again, self._log_in_anew):
            name = remedy.__name__
            if name in self._applied and not self._applied[name].is_over:
                continue
            try:
                self._has_helped = remedy()
            except VcdaError as error:
                self._failure = self._failure or error
                self._session.standing += 1
            if self._has_helped:
                # A session that has ended may end again.
                self._applied[name] = Deadline(self._clock, 0 if has_ended else _IN_VAIN)
                return

    def _renew(self) -> bool:
        if self._session.can_log_in:
            self._session.log_in_again(keep=False)
        return self._session.can_log_in

    def _extend_again(self) -> bool:
        peers = self._session.peers
        failures = list(self._session.reach(None, again=True, afresh=False).values())
        if failures and len(failures) == len(peers):
            raise failures[0]
        return bool(peers)

    def _log_in_anew(self) -> bool:
        if self._session.can_log_in:
            self._session.log_in_again(keep=True)
        return self._session.can_log_in
