# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session that stands but does no longer reach its own site: a new login mends it, and is tried once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.tests.unit.calls import CREDENTIALS, PEERS, extend, forgotten, login, logout
from ansible_collections.opendr.vcda.tests.unit.fakes import TOKEN, FakeService, ManualClock, failure, html, ok

REFUSAL = failure(401, "RemoteAuthenticationFailure", "No.")
TOKEN_2 = "token-of-the-session-0002="
TOKEN_3 = "token-of-the-session-0003="
MakeClient = Callable[..., Client]


def repair(client: Client) -> bool:
    """Repair the session after a call that was refused just now."""
    return client.repair_session(forgotten(client._session.standing))


def logged_in(make_client: MakeClient, service: FakeService) -> tuple[Client, int]:
    """Return a client with a session, and the standing of that session."""
    login(service)
    client = make_client(**CREDENTIALS)
    client.login()
    return client, client._session.standing


class TestNewLogin:
    def test_without_peers_it_is_what_is_left_and_both_sessions_are_closed(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        service.expect("GET", "/x", REFUSAL, headers={"X-VCAV-Auth": TOKEN})
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({"a": 1}), headers={"X-VCAV-Auth": TOKEN_2})
        logout(service, TOKEN)
        logout(service, TOKEN_2)
        with make_client(**CREDENTIALS) as client:
            assert client.get("/x") == {"a": 1}

    def test_with_peers_they_are_told_first_and_again_after_it(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        service.expect("GET", "/x", REFUSAL)
        extend(service)
        service.expect("GET", "/x", REFUSAL)
        login(service, TOKEN_2)
        extend(service)
        service.expect("GET", "/x", ok({"a": 1}))
        assert make_client(**CREDENTIALS, **PEERS).get("/x") == {"a": 1}
        assert [sent.headers.get("X-VCAV-Auth") for sent in service.sent[-3:]] == [None, TOKEN_2, TOKEN_2]

    def test_a_peer_that_is_gone_does_not_keep_it_from_being_tried(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        extend(service)
        service.expect("GET", "/x", REFUSAL)
        for _each in range(5):
            extend(service, html(504))
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({"a": 1}))
        client = make_client(**CREDENTIALS, **PEERS)
        client.ensure_peers()
        assert client.get("/x") == {"a": 1}

    def test_a_session_of_somebody_else_is_left_open(self, make_client: MakeClient, service: FakeService) -> None:
        service.expect("GET", "/x", REFUSAL, headers={"X-VCAV-Auth": TOKEN})
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({}), headers={"X-VCAV-Auth": TOKEN_2})
        logout(service, TOKEN_2)
        with make_client(**{**CREDENTIALS, "session_token": TOKEN}) as client:
            client.get("/x")

    def test_without_credentials_the_peers_are_told_once(self, make_client: MakeClient, service: FakeService) -> None:
        service.expect("GET", "/x", REFUSAL)
        extend(service)
        service.expect("GET", "/x", REFUSAL)
        with pytest.raises(VcdaError) as caught:
            make_client(**PEERS).get("/x")
        assert caught.value.category == "remote_authentication"

    def test_what_helped_is_done_again_when_it_is_needed_again(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        for token in (TOKEN_2, TOKEN_3):
            service.expect("GET", "/x", REFUSAL)
            login(service, token)
            service.expect("GET", "/x", ok({}))
        for token in (TOKEN, TOKEN_2, TOKEN_3):
            logout(service, token)
        with make_client(**CREDENTIALS) as client:
            client.get("/x")
            client.get("/x")

    def test_an_end_that_fails_for_one_session_closes_the_other(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        service.expect("GET", "/x", REFUSAL)
        login(service, TOKEN_2)
        service.expect("GET", "/x", ok({}))
        service.expect("DELETE", "/sessions", html(502), headers={"X-VCAV-Auth": TOKEN})
        logout(service, TOKEN_2)
        with make_client(**CREDENTIALS) as client:
            client.get("/x")


class TestInVain:
    def test_without_peers_it_is_not_repeated(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        service.expect("GET", "/x", REFUSAL)
        login(service, TOKEN_2)
        service.expect("GET", "/x", REFUSAL, times=2)
        client = make_client(**CREDENTIALS)
        for _each in range(2):
            with pytest.raises(VcdaError) as caught:
                client.get("/x")
            assert caught.value.category == "remote_authentication"

    def test_with_peers_they_are_told_once_too_until_ten_minutes_have_passed(
        self, make_client: MakeClient, service: FakeService, clock: ManualClock
    ) -> None:
        login(service)
        client = make_client(**CREDENTIALS, **PEERS)
        client.login()
        for token in (TOKEN_2, TOKEN_3):
            extend(service)
            assert repair(client)
            login(service, token)
            extend(service)
            assert repair(client)
            assert [repair(client) for _each in range(5)] == [False] * 5
            clock.advance(600)

    def test_a_wrong_password_at_the_peer_is_sent_once(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        client = make_client(**CREDENTIALS, **PEERS)
        client.login()
        extend(service, REFUSAL)
        login(service, TOKEN_2)
        assert repair(client)
        for _each in range(3):
            with pytest.raises(VcdaError, match="could not be extended to site site-1"):
                repair(client)

    def test_of_many_calls_refused_side_by_side_one_logs_in_for_all(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        client, standing = logged_in(make_client, service)
        login(service, TOKEN_2)
        recovered = client.executor.map(lambda _number: client.repair_session(forgotten(standing)), range(9))
        assert list(recovered) == [True] * 9
        standing = client._session.standing
        assert [client.repair_session(forgotten(standing)) for _each in range(9)] == [False] * 9

    @pytest.mark.parametrize(("expired", "category"), [(False, "remote_authentication"), (True, "authentication")])
    def test_a_call_refused_before_a_repair_in_vain_fails_for_the_same_reason(
        self, make_client: MakeClient, service: FakeService, expired: bool, category: str
    ) -> None:
        client, standing = logged_in(make_client, service)
        login(service, TOKEN_2)
        assert repair(client)
        assert not repair(client)
        late = VcdaError("No.", category="authentication", http_status=401, expired=expired)
        late.standing = standing
        assert not client.repair_session(late)
        assert late.category == category

    def test_a_login_that_is_refused_is_told_to_all_and_not_repeated(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        client, standing = logged_in(make_client, service)
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        for _each in range(9):
            with pytest.raises(VcdaError, match="POST /sessions was answered"):
                client.repair_session(forgotten(standing))
        with pytest.raises(VcdaError, match="POST /sessions was answered"):
            repair(client)
        logout(service)
        client.__exit__(None)
