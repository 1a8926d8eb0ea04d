# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session and other sites: extension when it is needed, renewal when a session has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import HINTS, VcdaError
from ansible_collections.opendr.vcda.tests.unit.calls import (
    CREDENTIALS,
    EXTEND_BODY,
    PEER,
    PEERS,
    extend,
    forgotten,
    login,
    logout,
)
from ansible_collections.opendr.vcda.tests.unit.documents import session
from ansible_collections.opendr.vcda.tests.unit.fakes import TOKEN, FakeService, ManualClock, Reply, failure, html, ok

EXPIRED = failure(401, "NotAuthenticated", "Authentication Token Required", expired=True)
TOKEN_2 = "token-of-the-session-0002="
MakeClient = Callable[..., Client]


def ended(standing: int) -> VcdaError:
    error = VcdaError("No.", category="authentication", http_status=401, expired=True)
    error.standing = standing
    return error


class TestExtension:
    def test_reading_and_changing_here_never_extends(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        service.expect("GET", "/vm-replications/C4-1", ok({}))
        service.expect("POST", "/vm-replications/C4-1/failover", ok({}), body={})
        client = make_client(**CREDENTIALS, **PEERS)
        client.get("/vm-replications/C4-1")
        client.change("POST", "/vm-replications/C4-1/failover", body={})

    def test_it_is_extended_once_when_somebody_needs_it(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        extend(service)
        client = make_client(**CREDENTIALS, **PEERS)
        client.ensure_peers()
        client.ensure_peers()
        assert service.sent[1].headers["X-VCAV-Auth"] == TOKEN

    def test_without_peers_there_is_nothing_to_extend(self, client: Client) -> None:
        client.ensure_peers()

    @pytest.mark.parametrize(
        ("peer", "body"),
        [
            (
                {"site": "site-1", "auth_type": "cookie", "cookie": "cookie"},
                {"type": "cookie", "site": "site-1", "cookie": "cookie"},
            ),
            (
                {"site": "site-1", "auth_type": "vcd_access_token", "access_token": "jwt"},
                {"type": "vcdAccessToken", "site": "site-1", "vcdAccessToken": "jwt"},
            ),
            (
                {"site": "site-1", "auth_type": "multisite", "organization": "tenant-1"},
                {"type": "multisite", "site": "site-1", "org": "tenant-1"},
            ),
        ],
    )
    def test_it_sends_the_body_of_its_type(
        self, make_client: MakeClient, service: FakeService, peer: dict[str, Any], body: dict[str, Any]
    ) -> None:
        login(service)
        extend(service, body=body)
        make_client(**CREDENTIALS, extend_sites=[peer]).ensure_peers()

    def test_a_session_of_somebody_else_may_reach_the_site_already(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/sessions", ok(session("site-1")))
        client = make_client(**PEERS)
        client.ensure_peers()
        client.ensure_peers()

    def test_only_the_sites_that_it_does_not_reach_are_added(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/sessions", ok(session("site-3")))
        extend(service)
        make_client(extend_sites=[PEER, {**PEER, "site": "site-3"}]).ensure_peers()

    def test_a_peer_that_is_gone_does_not_keep_it_from_the_others(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        extend(service, failure(404, "SiteNotFound", "No such site."))
        extend(service, body={**EXTEND_BODY, "site": "site-3"})
        client = make_client(**CREDENTIALS, extend_sites=[PEER, {**PEER, "site": "site-3"}])
        assert list(client.reach({"site-1", "site-3", "site-4"})) == ["site-1"]

    def test_only_the_site_of_a_call_must_be_reached(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        extend(service, body={**EXTEND_BODY, "site": "site-3"})
        service.expect("GET", "/tasks", ok({}), query={"site": "site-3"})
        service.expect("GET", "/tasks", ok({}), query={"site": "site-4"})
        client = make_client(**CREDENTIALS, extend_sites=[PEER, {**PEER, "site": "site-3"}])
        client.get("/tasks", {"site": "site-3"})
        client.get("/tasks", {"site": "site-4"})

    def test_a_peer_that_the_work_can_do_without_is_asked_once(
        self, make_client: MakeClient, service: FakeService, clock: ManualClock
    ) -> None:
        login(service)
        extend(service, html(504))
        client = make_client(**CREDENTIALS, **PEERS)
        assert list(client.reach({"site-1"}, is_patient=False)) == ["site-1"]
        assert clock.slept == []

    def test_and_not_at_all_while_it_is_known_to_be_gone(
        self, make_client: MakeClient, service: FakeService, clock: ManualClock
    ) -> None:
        login(service)
        for _each in range(5):
            extend(service, html(504))
        client = make_client(**CREDENTIALS, **PEERS)
        for is_patient in (True, False, False):
            failures = client.reach({"site-1"}, is_patient=is_patient)
            assert "could not be extended to site site-1" in failures["site-1"].message
        clock.advance(60)
        extend(service)
        assert client.reach({"site-1"}, is_patient=False) == {}

    def test_a_wrong_password_at_the_peer_is_not_sent_again_by_what_can_do_without(
        self, make_client: MakeClient, service: FakeService, clock: ManualClock
    ) -> None:
        login(service)
        extend(service, failure(401, "RemoteAuthenticationFailure", "No."))
        client = make_client(**CREDENTIALS, **PEERS)
        client.reach({"site-1"})
        clock.advance(500)
        assert list(client.reach({"site-1"}, is_patient=False)) == ["site-1"]

    @pytest.mark.parametrize("path", ["/vm-replications", "/tasks"])
    def test_a_call_on_another_site_extends_first(
        self, make_client: MakeClient, service: FakeService, path: str
    ) -> None:
        login(service)
        extend(service)
        service.expect("GET", path, ok({}), query={"site": "site-1"})
        make_client(**CREDENTIALS, **PEERS, site="site-1").get(path)

    def test_a_parameter_does_so_too(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        extend(service)
        service.expect("GET", "/tasks/1", ok({}), query={"site": "site-1"})
        make_client(**CREDENTIALS, **PEERS).get("/tasks/1", {"site": "site-1"})

    @pytest.mark.parametrize("path", ["/sessions", "/diagnostics/about", "/sites"])
    def test_calls_about_this_site_take_no_site(self, make_client: MakeClient, service: FakeService, path: str) -> None:
        service.expect("GET", path, ok({}))
        make_client(**PEERS, site="site-1").get(path)

    def test_a_session_of_somebody_else_is_looked_at_before_a_call_on_another_site(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/sessions", ok(session()))
        extend(service)
        service.expect("GET", "/tasks", ok({}), query={"site": "site-1"})
        make_client(**PEERS, site="site-1").get("/tasks")

    @pytest.mark.parametrize("code", ["NotAuthenticated", "RemoteAuthenticationFailure"])
    def test_a_peer_that_refuses_is_told_as_such(
        self, make_client: MakeClient, service: FakeService, code: str
    ) -> None:
        login(service)
        extend(service, failure(401, code, "No."))
        if code == "NotAuthenticated":
            service.expect("GET", "/sessions", ok(session()))
        with pytest.raises(VcdaError) as caught:
            make_client(**CREDENTIALS, **PEERS).ensure_peers()
        assert (caught.value.category, caught.value.code) == ("remote_authentication", code)
        assert caught.value.hint == HINTS["remote_authentication"]
        assert caught.value.message.startswith("The session could not be extended to site site-1. ")
        assert "password-at-site-1" not in caught.value.message

    @pytest.mark.parametrize(
        ("outcome", "times", "category"),
        [
            (failure(404, "SiteNotFound", "No such site."), 1, "not_found"),
            (failure(400, "BadUserInput"), 1, "invalid_request"),
            (failure(500, "GeneralServerFailure"), 5, "server"),
            (html(504), 5, "unreachable"),
        ],
    )
    def test_a_peer_that_cannot_be_reached_is_named(
        self, make_client: MakeClient, service: FakeService, outcome: Reply, times: int, category: str
    ) -> None:
        login(service)
        for _each in range(times):
            extend(service, outcome)
        with pytest.raises(VcdaError, match="could not be extended to site site-1") as caught:
            make_client(**CREDENTIALS, **PEERS).ensure_peers()
        assert caught.value.category == category

    @pytest.mark.parametrize("has_header", [True, False])
    def test_a_session_that_ended_just_then_is_renewed_and_the_extension_repeated(
        self, make_client: MakeClient, service: FakeService, has_header: bool
    ) -> None:
        login(service)
        extend(service, failure(401, "NotAuthenticated", "No.", expired=has_header))
        if not has_header:
            service.expect("GET", "/sessions", failure(401, "NotAuthenticated"))
        login(service, TOKEN_2)
        extend(service)
        client = make_client(**CREDENTIALS, **PEERS)
        client.ensure_peers()
        assert client.token == TOKEN_2
        assert service.sent[-1].headers["X-VCAV-Auth"] == TOKEN_2

    def test_a_service_that_ends_every_session_is_given_up(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        extend(service, EXPIRED)
        login(service, TOKEN_2)
        extend(service, EXPIRED)
        with pytest.raises(VcdaError) as caught:
            make_client(**CREDENTIALS, **PEERS).ensure_peers()
        assert caught.value.category == "authentication"

    def test_an_ended_session_of_somebody_else_cannot_be_renewed(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/sessions", ok(session()))
        extend(service, EXPIRED)
        with pytest.raises(VcdaError) as caught:
            make_client(**PEERS).ensure_peers()
        assert caught.value.category == "authentication"


class TestRenewal:
    def test_an_ended_session_is_renewed_once_and_the_call_repeated(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        service.expect("GET", "/x", EXPIRED, headers={"X-VCAV-Auth": TOKEN})
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({"a": 1}), headers={"X-VCAV-Auth": TOKEN_2})
        logout(service, TOKEN_2)
        with make_client(**CREDENTIALS) as client:
            assert client.get("/x") == {"a": 1}

    def test_it_is_extended_again_where_it_was(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        extend(service)
        service.expect("GET", "/x", EXPIRED)
        login(service, TOKEN_2)
        extend(service)
        service.expect("GET", "/x", ok({}))
        client = make_client(**CREDENTIALS, **PEERS)
        client.ensure_peers()
        client.get("/x")
        assert service.sent[-2].headers["X-VCAV-Auth"] == TOKEN_2

    def test_a_peer_that_is_gone_meanwhile_spoils_no_call_here(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        extend(service)
        service.expect("GET", "/x", EXPIRED)
        login(service, TOKEN_2)
        extend(service, failure(404, "SiteNotFound", "No such site."))
        service.expect("GET", "/x", ok({}))
        extend(service, failure(404, "SiteNotFound", "No such site."))
        client = make_client(**CREDENTIALS, **PEERS)
        client.ensure_peers()
        assert client.get("/x") == {}
        with pytest.raises(VcdaError, match="could not be extended to site site-1"):
            client.ensure_peers()

    def test_it_is_not_extended_where_it_was_not(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        service.expect("GET", "/x", EXPIRED)
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({}))
        make_client(**CREDENTIALS, **PEERS).get("/x")

    def test_once_is_once(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        service.expect("GET", "/x", EXPIRED)
        login(service, TOKEN_2)
        service.expect("GET", "/x", EXPIRED)
        with pytest.raises(VcdaError) as caught:
            make_client(**CREDENTIALS).get("/x")
        assert (caught.value.category, caught.value.expired) == ("authentication", True)

    def test_without_credentials_there_is_no_renewal(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", EXPIRED)
        with pytest.raises(VcdaError) as caught:
            client.get("/x")
        assert caught.value.category == "authentication"

    def test_a_session_of_somebody_else_is_replaced_by_an_own_one_which_is_closed(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/x", EXPIRED)
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({}))
        logout(service, TOKEN_2)
        with make_client(**{**CREDENTIALS, "session_token": TOKEN}) as client:
            client.get("/x")

    def test_a_password_that_was_changed_meanwhile_is_told(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        service.expect("GET", "/x", EXPIRED)
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        with pytest.raises(VcdaError, match=r"POST /sessions was answered with HTTP 401") as caught:
            make_client(**CREDENTIALS).get("/x")
        assert caught.value.category == "authentication"

    def test_many_workers_renew_it_once(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        standing = client._session.standing
        login(service, TOKEN_2)
        assert [client.repair_session(ended(standing)) for _each in range(5)] == [True] * 5

    def test_many_workers_try_a_password_that_was_changed_meanwhile_once(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        standing = client._session.standing
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        for _each in range(5):
            with pytest.raises(VcdaError, match="POST /sessions was answered"):
                client.repair_session(ended(standing))

    def test_nor_does_a_later_call_try_it_before_ten_minutes_have_passed(
        self, make_client: MakeClient, service: FakeService, clock: ManualClock
    ) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        for _each in range(5):
            with pytest.raises(VcdaError, match="POST /sessions was answered"):
                client.repair_session(ended(client._session.standing))
            clock.advance(100)
        clock.advance(100)
        login(service, TOKEN_2)
        assert client.repair_session(ended(client._session.standing))

    def test_a_service_that_was_away_is_asked_again(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        for _each in range(5):
            login(service, answer=html(503))
        with pytest.raises(VcdaError, match="POST /sessions was answered"):
            client.repair_session(ended(client._session.standing))
        login(service, TOKEN_2)
        assert client.repair_session(ended(client._session.standing))

    def test_a_401_without_the_header_is_looked_into(self, make_client: MakeClient, service: FakeService) -> None:
        """Something in between may take the header away: the session itself tells whether it has ended."""
        login(service)
        service.expect("GET", "/x", failure(401, "NotAuthenticated"))
        service.expect("GET", "/sessions", failure(401, "NotAuthenticated"))
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({"a": 1}))
        assert make_client(**CREDENTIALS).get("/x") == {"a": 1}

    def test_if_the_session_lives_it_is_the_peer_that_does_not_know_us(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        service.expect("GET", "/x", failure(401, "NotAuthenticated"))
        service.expect("GET", "/sessions", ok(session()))
        extend(service)
        service.expect("GET", "/x", ok({"a": 1}))
        assert make_client(**CREDENTIALS, **PEERS).get("/x") == {"a": 1}

    def test_a_peer_that_has_forgotten_us_is_told_again(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        extend(service)
        service.expect("GET", "/x", failure(401, "RemoteAuthenticationFailure"))
        extend(service)
        service.expect("GET", "/x", ok({"a": 1}))
        client = make_client(**CREDENTIALS, **PEERS)
        client.ensure_peers()
        assert client.get("/x") == {"a": 1}

    def test_of_many_calls_that_a_peer_refused_one_introduces_us_for_all(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        client = make_client(**PEERS)
        standing = client._session.standing
        extend(service)
        assert [client.repair_session(forgotten(standing)) for _each in range(9)] == [True] * 9
        client.confirm_session()
        extend(service)
        assert client.repair_session(forgotten(client._session.standing))

    def test_and_one_finds_out_for_all_and_for_a_minute_that_the_peer_is_gone(
        self, make_client: MakeClient, service: FakeService, clock: ManualClock
    ) -> None:
        client = make_client(**PEERS)
        standing = client._session.standing
        for _each in range(5):
            extend(service, html(504))
        for _each in range(9):
            with pytest.raises(VcdaError, match="could not be extended to site site-1"):
                client.repair_session(forgotten(standing))
        with pytest.raises(VcdaError, match="could not be extended to site site-1"):
            client.repair_session(forgotten(client._session.standing))
        clock.advance(60)
        extend(service)
        assert client.repair_session(forgotten(client._session.standing))

    def test_without_credentials_for_the_peer_the_error_says_what_is_missing(
        self, client: Client, service: FakeService
    ) -> None:
        service.expect("GET", "/x", failure(401, "RemoteAuthenticationFailure"))
        with pytest.raises(VcdaError) as caught:
            client.get("/x")
        assert caught.value.category == "remote_authentication"
        assert "extend_sites" in caught.value.hint

    def test_a_session_that_cannot_be_looked_at_leaves_the_question_open(
        self, client: Client, service: FakeService
    ) -> None:
        service.expect("GET", "/x", failure(401, "NotAuthenticated"))
        service.expect("GET", "/sessions", html(503), times=5)
        with pytest.raises(VcdaError) as caught:
            client.get("/x")
        assert caught.value.category == "unreachable"
