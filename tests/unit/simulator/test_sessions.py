# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: every kind of login and extension, expiry, logout."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make, Reply

VCD = {"type": "vcdCredentials", "vcdUser": "operator@tenant-1", "vcdPassword": "operator-secret-site-2"}
LOGINS: dict[str, dict[str, Any]] = {
    "localUser": {"localUser": "root", "localPassword": "root-secret-site-2"},
    "ssoCredentials": {"username": "administrator@vsphere.local", "password": "sso-secret-site-2"},
    "ssoToken": {"samlToken": "saml-administrator-site-2", "timestamp": 1, "nonce": "n", "signature": "s"},
    "vcdCredentials": {"vcdUser": "operator@tenant-1", "vcdPassword": "operator-secret-site-2"},
    "vcdCookie": {"vcdCookie": "cookie-operator-site-2"},
    "vcdAccessToken": {"vcdAccessToken": "jwt-operator-site-2", "context": "tenant-1"},
}
TENANT = {
    "user": "operator@tenant-1",
    "roles": ["EVERYONE"],
    "authenticatedSites": [{"org": "tenant-1", "site": "site-2"}],
}


def log_in(simulator: Simulator, body: Any) -> Reply:
    return Caller(simulator).send("POST", "/sessions", body)


@pytest.mark.parametrize("kind", LOGINS)
def test_login(simulator: Simulator, kind: str) -> None:
    reply = log_in(simulator, {"type": kind, **LOGINS[kind]})
    assert reply.status == 200
    assert len(reply.headers["X-VCAV-Auth"]) == 28
    if kind.startswith("vcd"):
        assert reply.document == TENANT
    else:
        assert reply.document["roles"] == ["EVERYONE", "ADMINISTRATORS", "VRADMINISTRATORS"]
        assert reply.document["authenticatedSites"] == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"vcdPassword": "wrong"}, 401),
        ({"vcdUser": "operator@tenant-3"}, 401),
        ({"vcdPassword": ""}, 400),
        ({"vcdPassword": None}, 400),
        ({"type": "magic"}, 400),
        ({"type": None}, 400),
    ],
)
def test_refused_login(simulator: Simulator, changed: dict[str, Any], status: int) -> None:
    reply = log_in(simulator, {**VCD, **changed})
    assert reply.status == status
    assert "WWW-Authenticate" not in reply.headers
    assert simulator.counters()["failed_logins"] == 1


def test_the_field_names_of_other_clients_are_refused(simulator: Simulator) -> None:
    body = {"type": "vcdCredentials", "username": "operator@tenant-1", "password": "operator-secret-site-2"}
    assert (log_in(simulator, body).status, log_in(simulator, body).code) == (400, "BadUserInput")


@pytest.mark.parametrize(
    ("version", "kind", "status"),
    [
        ("4.0", "vcdAccessToken", 400),
        ("4.1", "vcdAccessToken", 200),
        ("4.0", "vcdCookie", 200),
        ("3.5", "ssoToken", 200),
    ],
)
def test_login_types_of_older_versions(make: Make, version: str, kind: str, status: int) -> None:
    assert log_in(make(api_version=version), {"type": kind, **LOGINS[kind]}).status == status


@pytest.mark.parametrize(
    ("version", "context", "status"), [("4.7", "tenant-2", 401), ("4.7", None, 200), ("4.1", "x", 200)]
)
def test_the_context_of_an_access_token_counts_from_4_2_on(
    make: Make, version: str, context: str | None, status: int
) -> None:
    body = {"type": "vcdAccessToken", "vcdAccessToken": "jwt-operator-site-2", "context": context}
    assert log_in(make(api_version=version), body).status == status


@pytest.mark.parametrize(("switch", "status"), [("ignored", 200), ("rejected", 400)])
@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("4.7", {**VCD, "tenant": "x"}),
        ("4.1", {"type": "vcdAccessToken", **LOGINS["vcdAccessToken"]}),
        ("4.1", {"type": "ssoCredentials", **LOGINS["ssoCredentials"], "principal": "x"}),
    ],
)
def test_unknown_fields(make: Make, switch: str, status: int, version: str, body: dict[str, Any]) -> None:
    assert log_in(make(unknown_keys=switch, api_version=version), body).status == status


@pytest.mark.parametrize(("switch", "status"), [("ignored", 200), ("rejected", 400)])
def test_unknown_fields_of_an_extension(make: Make, switch: str, status: int) -> None:
    caller = Caller(make(unknown_keys=switch)).login()
    body = {"type": "multisite", "site": "site-1", "org": "tenant-1", "vcdUser": "x"}
    assert caller.send("POST", "/sessions/extend", body).status == status


@pytest.mark.parametrize(("switch", "sites"), [("empty", []), ("null", None)])
def test_no_sites_after_a_local_login(make: Make, switch: str, sites: list[object] | None) -> None:
    simulator = make(local_user_sites=switch)
    caller = Caller(simulator)
    reply = log_in(simulator, {"type": "localUser", **LOGINS["localUser"]})
    caller.headers["x-vcav-auth"] = reply.headers["X-VCAV-Auth"]
    assert reply.document["authenticatedSites"] == sites
    assert caller.extend().document["authenticatedSites"] == [{"org": "tenant-1", "site": "site-1"}]


def test_restricted_administrators_look_like_a_wrong_password(make: Make) -> None:
    simulator = make(admin_restricted=True)
    refused = log_in(simulator, {"type": "localUser", **LOGINS["localUser"]})
    wrong = log_in(simulator, {**VCD, "vcdPassword": "wrong"})
    assert (refused.status, refused.document) == (wrong.status, wrong.document)
    assert log_in(simulator, VCD).status == 200


EXTENSIONS: list[dict[str, Any]] = [
    {"type": "credentials", "vcdUsername": "operator@tenant-1", "vcdPassword": "operator-secret-site-1"},
    {"type": "cookie", "cookie": "cookie-operator-site-1"},
    {"type": "vcdAccessToken", "vcdAccessToken": "jwt-operator-site-1"},
    {"type": "multisite", "org": "tenant-1"},
]


@pytest.mark.parametrize("body", EXTENSIONS, ids=lambda body: body["type"])
def test_extension(caller: Caller, body: dict[str, Any]) -> None:
    reply = caller.send("POST", "/sessions/extend", {**body, "site": "site-1"})
    assert reply.status == 200
    assert reply.document["authenticatedSites"] == [
        {"org": "tenant-1", "site": "site-2"},
        {"org": "tenant-1", "site": "site-1"},
    ]
    assert caller.send("GET", "/sessions").document == reply.document


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**EXTENSIONS[0], "vcdPassword": "operator-secret-site-2"}, 401, "RemoteAuthenticationFailure"),
        ({**EXTENSIONS[1], "cookie": "x"}, 401, "RemoteAuthenticationFailure"),
        ({**EXTENSIONS[2], "vcdAccessToken": "x"}, 401, "RemoteAuthenticationFailure"),
        ({**EXTENSIONS[3], "org": "tenant-3"}, 401, "RemoteAuthenticationFailure"),
        ({**EXTENSIONS[0], "site": "site-9"}, 404, "SiteNotFound"),
        ({**EXTENSIONS[0], "site": "site-2"}, 400, "BadUserInput"),
        ({"type": "credentials", "vcdUser": "operator@tenant-1"}, 400, "BadUserInput"),
        ({"type": "magic"}, 400, "BadUserInput"),
    ],
)
def test_refused_extension(caller: Caller, body: dict[str, Any], status: int, code: str) -> None:
    reply = caller.send("POST", "/sessions/extend", {"site": "site-1", **body})
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize(("version", "known"), [("4.0", 2), ("4.1", 3), ("4.2", 4)])
def test_extension_types_of_older_versions(make: Make, version: str, known: int) -> None:
    caller = Caller(make(api_version=version)).login()
    statuses = [caller.send("POST", "/sessions/extend", {**body, "site": "site-1"}).status for body in EXTENSIONS]
    assert statuses == [200] * known + [400] * (4 - known)


def test_multisite_needs_associated_organizations(make: Make) -> None:
    caller = Caller(make(multisite_associated=False)).login()
    assert caller.send("POST", "/sessions/extend", {**EXTENSIONS[3], "site": "site-1"}).status == 401


def test_idle_time_begins_again_with_every_request(simulator: Simulator, caller: Caller) -> None:
    for _unused in range(3):
        simulator.advance(1799)
        assert caller.send("GET", "/sessions").status == 200
    simulator.advance(1800)
    expired = caller.send("GET", "/sessions")
    assert (expired.status, expired.code) == (401, "NotAuthenticated")
    assert expired.headers["WWW-Authenticate"] == "Authentication Token Required"


def test_the_hard_limit(make: Make) -> None:
    simulator = make(hard_timeout=3000)
    caller = Caller(simulator).login()
    simulator.advance(1500)
    assert caller.send("GET", "/sessions").status == 200
    simulator.advance(1500)
    assert caller.send("GET", "/sessions").status == 401
    assert simulator.counters()["open_sessions"] == 0


@pytest.mark.parametrize("code", ["RemoteAuthenticationFailure", "NotAuthenticated"])
def test_an_extension_can_end_before_the_session(make: Make, code: str) -> None:
    simulator = make(remote_timeout=60, expired_remote_code=code)
    caller = Caller(simulator).login(extend=True)
    assert caller.send("GET", "/tasks", site="site-1").status == 200
    simulator.advance(60)
    expired = caller.send("GET", "/tasks", site="site-1")
    assert (expired.status, expired.code) == (401, code)
    assert "WWW-Authenticate" not in expired.headers
    assert caller.send("GET", "/tasks").status == 200
    assert caller.extend().status == 200
    assert caller.send("GET", "/tasks", site="site-1").status == 200


@pytest.mark.parametrize("code", ["RemoteAuthenticationFailure", "NotAuthenticated"])
def test_a_session_whose_own_vcd_token_has_expired_can_only_read(make: Make, code: str) -> None:
    simulator = make(vcd_token_timeout=60, expired_remote_code=code)
    identifier = simulator.seed(vms=1).vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    simulator.advance(60)
    expired = caller.verb(identifier, "failover")
    assert (expired.status, expired.code) == (401, code)
    assert "WWW-Authenticate" not in expired.headers
    assert caller.state(identifier) == "NOT_STARTED"
    assert caller.send("DELETE", "/sessions").status == 204
    assert caller.login().verb(identifier, "failover").status == 202


@pytest.mark.parametrize("code", ["RemoteAuthenticationFailure", "NotAuthenticated"])
def test_a_site_without_extension(make: Make, code: str) -> None:
    caller = Caller(make(unextended_code=code)).login()
    reply = caller.send("GET", "/tasks", site="site-1")
    assert (reply.status, reply.code) == (401, code)
    assert "WWW-Authenticate" not in reply.headers


def test_a_token_is_good_for_its_site_alone(simulator: Simulator, caller: Caller) -> None:
    assert Caller(simulator, "site-1", dict(caller.headers)).send("GET", "/sessions").status == 401
    assert caller.send("GET", "/sessions").status == 200


def test_logout(simulator: Simulator, caller: Caller) -> None:
    reply = caller.send("DELETE", "/sessions")
    assert (reply.status, reply.document) == (204, None)
    assert caller.send("GET", "/sessions").status == 401
    assert (simulator.counters()["logouts"], simulator.counters()["open_sessions"]) == (1, 0)


def test_all_sessions_of_a_site_can_be_ended(simulator: Simulator, caller: Caller) -> None:
    other = Caller(simulator, "site-1").login()
    assert simulator.expire_sessions("site-2") == 1
    assert caller.send("GET", "/sessions").status == 401
    assert other.send("GET", "/sessions").status == 200
    assert simulator.expire_sessions() == 1
