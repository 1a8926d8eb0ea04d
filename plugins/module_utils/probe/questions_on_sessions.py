# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service about logins, sessions and their extension to a peer."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import LIST, RANGE, READ, SESSION, Question

QUESTIONS = (
    Question(
        "idle_timeout",
        "after how many seconds without a request a session ends",
        "by sessions of its own that are left alone, each for another time, and then used once",
        SESSION,
        kind=RANGE,
        requests={"POST /sessions": 4, "GET /sessions": 4, "DELETE /sessions": 4},
    ),
    Question(
        "hard_timeout",
        "after how many seconds a session ends in any case",
        why_not="it takes a day, and is documented",
    ),
    Question(
        "remote_timeout",
        "after how many seconds the extension of a session to a peer ends",
        "by a session that is kept alive and read through at the peer while others are left alone",
        SESSION,
        kind=RANGE,
        unlimited=0,
        requests={
            "POST /sessions": 1,
            "POST /sessions/extend": 1,
            LIST: 5,
            "GET /sessions": 1,
            "DELETE /sessions": 1,
        },
    ),
    Question(
        "vcd_token_timeout",
        "after how many seconds the VCD token that a session holds for its own site ends",
        why_not="only a change that is refused shows it, and none is sent for that",
        does="extends again, and logs in again if that does not help",
    ),
    Question(
        "admin_restricted",
        "whether administrators can log in",
        "by the roles of the session: it can be answered only if it is an administrator's",
        READ,
        (False, True),
    ),
    Question(
        "local_user_sites",
        "which sites a session of root or of an SSO user shows",
        "by the details of the session, if it is such a user's",
        READ,
        ("empty", "null"),
    ),
    Question(
        "multisite_associated",
        "whether a session can be extended by the association of the organizations",
        "by extending a session of its own that way: 200 or 401",
        SESSION,
        (True, False),
        requests={"POST /sessions": 1, "POST /sessions/extend": 1, "DELETE /sessions": 1},
    ),
    Question(
        "expired_remote_code",
        "which code tells that the session at the peer is over, or the VCD token behind it",
        "by the code of the first 401 of the session that is kept alive, if its extension ends meanwhile",
        SESSION,
        ("RemoteAuthenticationFailure", "NotAuthenticated"),
        does="accepts both, checks whether its own session is valid, extends again, and logs in again if that does not "
        "help",
    ),
    Question(
        "unextended_code",
        "which code tells that the session was never extended to the peer",
        "by the code of the 401 for a list of the peer, in a session that is not extended",
        READ,
        ("NotAuthenticated", "RemoteAuthenticationFailure"),
        requests={LIST: 1},
        does="accepts both, and checks whether its own session is valid",
    ),
    Question(
        "on_prem_auth",
        "whether start and reverse with an on-premises end need the header On-Prem-Auth, and which value it has",
        why_not="it takes an on-premises site, and the probe goes between cloud sites",
        does="passes `on_prem_auth` on without a change, and keeps it secret",
    ),
    Question(
        "upkeep_peer",
        "whether a pause, changed settings and a forced stop at the destination need the source site",
        why_not="it takes a site that is down",
        does="tries once to extend the session for a pause and changed settings, and sends them in any case; extends "
        "it for a forced stop only if the service requires it",
    ),
    Question(
        "peer_down",
        "what the service answers when the peer is down",
        "by extending a session of its own, if the service itself says that it cannot reach the peer",
        SESSION,
        ("general_failure_500", "remote_authentication_401", "bad_gateway_502", "failed_task"),
        requests={"POST /sessions": 1, "POST /sessions/extend": 1, "DELETE /sessions": 1},
        does="reports the answer with the category of its status; if a session cannot be extended, the message names "
        "the site",
    ),
)
