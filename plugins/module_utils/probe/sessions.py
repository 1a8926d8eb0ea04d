# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions that separate sessions answer: the probe extends them, leaves them idle until they end, closes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.client.session import TOKEN_HEADER
from ansible_collections.opendr.vcda.plugins.module_utils.probe import telling
from ansible_collections.opendr.vcda.plugins.module_utils.probe.asking import Asker
from ansible_collections.opendr.vcda.plugins.module_utils.probe.telling import Told

# Seconds after which an idle session is used once, if idle_wait is longer; another one is used at the end of idle_wait.
_MARKS = (300.0, 900.0, 1740.0)
_NO_SESSION = "a session of its own could not be opened"
_NO_PEER = "extend_sites names no site that the service is paired with"


@dataclass
class Spare:
    """A session in addition to that of the client."""

    asker: Asker
    token: str
    login: Exchange

    def send(self, method: str, path: str, **request: Any) -> Exchange | None:
        """Send a request in this session."""
        return self.asker.ask(method, path, headers={TOKEN_HEADER: self.token}, **request)

    def is_alive(self) -> tuple[bool | None, Exchange | None]:
        """Use the session once; return whether it is alive, or None if that is not known, and the exchange."""
        exchange = self.send("GET", "/sessions")
        return {200: True, 401: False}.get(exchange.status if exchange else 0), exchange


def ask_sessions(asker: Asker, idle_wait: float, report: Callable[[str], None]) -> None:
    """Ask the questions that sessions answer, and wait for some sessions to end.

    :param idle_wait: seconds to wait at most; 0 leaves out the questions that need it
    :param report: receives a line of progress
    """
    _ask_unknown_keys(asker)
    _ask_multisite(asker)
    _ask_lost_peer(asker)
    if idle_wait > 0:
        _wait_for_ends(asker, idle_wait, report)
    else:
        for question in ("idle_timeout", "remote_timeout", "expired_remote_code"):
            asker.note(question, telling.not_seen("idle_wait is 0"))


@contextmanager
def _spare(asker: Asker) -> Iterator[Spare | None]:
    spare = _open(asker, {})
    try:
        yield spare
    finally:
        _close(spare)


def _open(asker: Asker, more: Mapping[str, Any]) -> Spare | None:
    body = {**asker.client.connection.login_body(), **more}
    exchange = asker.ask("POST", "/sessions", body=body, at_login=True)
    token = exchange.headers.get(TOKEN_HEADER) if exchange and exchange.status == 200 else None
    if exchange is None or not token:
        return None
    asker.client.secrets.add(token)
    return Spare(asker, token, exchange)


def _close(spare: Spare | None) -> None:
    if spare:
        spare.send("DELETE", "/sessions")


def _ask_unknown_keys(asker: Asker) -> None:
    seen = len(asker.exchanges)
    _close(_open(asker, {"opendrProbe": True}))
    logins = [each for each in asker.exchanges[seen:] if each.method == "POST"]
    told = telling.by_status({200: "ignored", 400: "rejected"})
    asker.note("unknown_keys", told(logins, asker.facts) if logins else telling.not_seen("the service did not answer"))


def _ask_multisite(asker: Asker) -> None:
    facts = asker.facts
    organization = next((site.get("org") for site in facts.reached if site.get("site") == facts.local_site), None)
    if not facts.peer_site or facts.peer_is_lost or not isinstance(organization, str):
        asker.note("multisite_associated", telling.not_seen("no peer that answers, or a user without organization"))
        return
    if facts.version is None or facts.version < (4, 2):
        asker.note("multisite_associated", telling.not_seen("the service is older than 4.2"))
        return
    with _spare(asker) as spare:
        body = {"type": "multisite", "org": organization, "site": facts.peer_site}
        exchange = spare.send("POST", "/sessions/extend", body=body) if spare else None
    told = telling.by_status({200: True, 401: False})
    asker.note("multisite_associated", told([exchange], facts) if exchange else telling.not_seen(_NO_SESSION))


def _ask_lost_peer(asker: Asker) -> None:
    """Extend a session to a peer that the service reports as unreachable.

    A 500 does not tell whether operations are then refused at once or by a failed task.
    """
    if not asker.facts.peer_is_lost:
        asker.note("peer_down", telling.not_seen("the peer is not down"))
        return
    with _spare(asker) as spare:
        exchange = _extend(asker, spare)
    if exchange is None:
        asker.note("peer_down", telling.not_seen(_NO_SESSION))
    elif exchange.status == 500:
        asker.note("peer_down", telling.not_seen("operations may be refused by a failed task or at once", exchange))
    else:
        told = telling.by_status({401: "remote_authentication_401", 502: "bad_gateway_502"})
        asker.note("peer_down", told([exchange], asker.facts))


def _extend(asker: Asker, spare: Spare | None) -> Exchange | None:
    peers = [peer for peer in asker.client.connection.extend_sites if peer.site == asker.facts.peer_site]
    return spare.send("POST", "/sessions/extend", body=peers[0].extend_body()) if spare and peers else None


def _wait_for_ends(asker: Asker, idle_wait: float, report: Callable[[str], None]) -> None:
    clock = asker.client.clock
    marks = [mark for mark in _MARKS if mark < idle_wait] + [idle_wait]
    # The service counts from a time between at_first and began.
    at_first = clock.monotonic()
    kept = _Kept(asker)
    idle = {mark: _open(asker, {}) for mark in marks}
    began = clock.monotonic()
    lived, ended = 0, None
    evidence: list[Exchange] = []
    for mark in marks:
        report(f"Sessions are left alone until {mark:g} of {idle_wait:g} seconds have passed.")
        clock.sleep(began + mark - clock.monotonic())
        spare = idle[mark]
        alive, exchange = spare.is_alive() if spare else (None, None)
        at_least, at_most = _passed(clock.monotonic(), began, at_first)
        evidence += [exchange] if exchange else []
        if alive:
            lived = at_least
        elif alive is False and ended is None:
            ended = at_most
        kept.use(at_least, at_most)
    for spare in idle.values():
        _close(spare)
    kept.close()
    if not evidence:
        asker.note("idle_timeout", telling.not_seen(_NO_SESSION))
    elif ended is not None and ended < lived:
        asker.note("idle_timeout", telling.contradictory(*evidence))
    else:
        asker.note("idle_timeout", telling.answered({"from": lived, "to": ended}, *evidence))


def _passed(now: float, began: float, at_first: float) -> tuple[int, int]:
    """Return the whole seconds that have passed, at least and at most."""
    return math.floor(now - began), math.ceil(now - at_first)


class _Kept:
    """A session that is extended, and used at the peer at each mark until the extension ends."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._spare: Spare | None = None
        self._hindrance = ""
        self._ended: Exchange | None = None
        self._range: dict[str, Any] = {"from": 0, "to": None}
        self._evidence: list[Exchange] = []
        if not any(peer.site == asker.facts.peer_site for peer in asker.client.connection.extend_sites):
            self._hindrance = _NO_PEER
            return
        self._spare = _open(asker, {})
        extended = _extend(asker, self._spare)
        if extended is None or extended.status != 200:
            self._hindrance = "a session of its own could not be extended"
        else:
            self.use(0, 0)

    def use(self, at_least: int, at_most: int) -> None:
        """Read at the peer; after a 401 check whether the session itself has ended."""
        if self._hindrance or self._ended or not self._spare:
            return
        query = {"site": self._asker.facts.peer_site, "limit": "1"}
        exchange = self._spare.send("GET", "/vm-replications", query=query)
        if exchange is None or exchange.status not in (200, 401):
            self._hindrance = "the peer did not answer"
        elif exchange.status == 200:
            self._range["from"] = at_least
            self._evidence.append(exchange)
        elif self._spare.is_alive()[0] is not True:
            self._hindrance = "the session ended before its extension did"
        else:
            self._ended = exchange
            self._range["to"] = at_most
            self._evidence.append(exchange)

    def close(self) -> None:
        """Close the session, and record the answers."""
        _close(self._spare)
        asker = self._asker
        told: Told = telling.not_seen(self._hindrance) if self._hindrance else telling.not_seen("it did not end")
        code = telling.by_code([self._ended], asker.facts) if self._ended else told
        asker.note("expired_remote_code", code)
        if not self._evidence:
            asker.note("remote_timeout", told)
        else:
            asker.note("remote_timeout", telling.answered(self._range, *self._evidence))
