# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts that are refused because a session has ended, or does not reach a site."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import start
from ansible_collections.opendr.vcda.tests.unit.calls import CREDENTIALS, PEER, extend, login, paged
from ansible_collections.opendr.vcda.tests.unit.documents import session, task, task_id
from ansible_collections.opendr.vcda.tests.unit.fakes import TOKEN, FakeService, failure, html, ok
from ansible_collections.opendr.vcda.tests.unit.orders import REVERSING, look, number_operations, order, posts, send

MakeClient = Callable[..., Client]
TOKEN_2 = "token-of-the-session-0002="
EXPIRED = failure(401, "NotAuthenticated", "Authentication Token Required", expired=True)


@pytest.fixture(autouse=True)
def operation_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    number_operations(monkeypatch)


@pytest.fixture
def own(make_client: MakeClient, service: FakeService) -> Client:
    """A client in a session of its own."""
    login(service)
    client = make_client(**CREDENTIALS, extend_sites=[PEER])
    client.login()
    return client


class TestEndedSession:
    def test_it_is_renewed_and_the_start_checked_before_it_is_repeated(self, own: Client, service: FakeService) -> None:
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        look(service)
        send(service, ok(task(), 202), 2)
        assert start(own, order()) is not None
        assert service.sent[1].headers["X-VCAV-Auth"] == TOKEN
        assert service.sent[-1].headers["X-VCAV-Auth"] == TOKEN_2

    def test_the_extension_is_repeated_too(self, own: Client, service: FakeService) -> None:
        extend(service)
        own.ensure_peers()
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        extend(service)
        look(service)
        send(service, ok(task(), 202), 2)
        assert start(own, order()) is not None

    def test_what_another_run_has_started_meanwhile_is_attached_to(self, own: Client, service: FakeService) -> None:
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        look(service, (), [task()])
        found = start(own, order())
        assert found is not None
        assert found.id == task_id()

    def test_without_credentials_it_ends(self, client: Client, service: FakeService) -> None:
        send(service, EXPIRED)
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.category == "authentication"
        assert posts(service) == 1

    def test_a_service_that_ends_every_session_is_given_up(self, own: Client, service: FakeService) -> None:
        for number in (1, 2, 3):
            send(service, EXPIRED, number)
            login(service, f"token-000{number}")
            look(service, number=number)
        with pytest.raises(VcdaError) as caught:
            start(own, order())
        assert caught.value.category == "authentication"
        assert service.paths("POST").count(REVERSING) == 3

    def test_if_the_look_fails_the_outcome_is_known_all_the_same(self, own: Client, service: FakeService) -> None:
        """A 401 says that nothing was accepted, so not being able to look is no reason for doubt."""
        send(service, EXPIRED, 1)
        login(service, TOKEN_2)
        query = paged({"operationID": "operation-1"})
        service.expect("GET", "/tasks", html(503), query=query, times=5)
        with pytest.raises(VcdaError) as caught:
            start(own, order())
        assert caught.value.category == "unreachable"

    def test_a_renewal_that_is_refused_is_told(self, own: Client, service: FakeService) -> None:
        send(service, EXPIRED)
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        with pytest.raises(VcdaError, match="POST /sessions was answered") as caught:
            start(own, order())
        assert caught.value.category == "authentication"


class TestPeer:
    @pytest.mark.parametrize("code", ["RemoteAuthenticationFailure", "NotAuthenticated"])
    def test_a_peer_that_does_not_know_us_is_introduced_and_the_start_repeated(
        self, make_client: MakeClient, service: FakeService, code: str
    ) -> None:
        send(service, failure(401, code), 1)
        if code == "NotAuthenticated":
            service.expect("GET", "/sessions", ok(session()))
        extend(service)
        look(service)
        send(service, ok(task(), 202), 2)
        assert start(make_client(extend_sites=[PEER]), order()) is not None

    def test_if_that_does_not_help_a_new_login_does_and_each_repetition_is_checked_before(
        self, own: Client, service: FakeService
    ) -> None:
        for number in (1, 2):
            send(service, failure(401, "RemoteAuthenticationFailure"), number)
            if number == 2:
                login(service, TOKEN_2)
            extend(service)
            look(service, number=number)
        send(service, ok(task(), 202), 3)
        assert start(own, order()) is not None
        assert service.sent[-1].headers["X-VCAV-Auth"] == TOKEN_2

    def test_what_was_mended_for_one_start_is_mended_again_for_a_later_one(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        for number in (1, 3):
            send(service, failure(401, "RemoteAuthenticationFailure"), number)
            login(service, f"token-000{number}")
            look(service, number=number)
            send(service, ok(task(), 202), number + 1)
            assert start(client, order()) is not None

    def test_a_task_that_is_found_after_the_new_login_is_attached_to(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        send(service, failure(401, "RemoteAuthenticationFailure"))
        login(service, TOKEN_2)
        look(service, (), [task()])
        found = start(client, order())
        assert found is not None
        assert found.id == task_id()

    @pytest.mark.parametrize("code", ["RemoteAuthenticationFailure", "NotAuthenticated"])
    def test_without_credentials_for_it_the_error_says_what_is_missing(
        self, client: Client, service: FakeService, code: str
    ) -> None:
        send(service, failure(401, code))
        if code == "NotAuthenticated":
            service.expect("GET", "/sessions", ok(session()))
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert (caught.value.category, caught.value.code) == ("remote_authentication", code)
        assert "extend_sites" in caught.value.hint

    def test_a_peer_that_is_gone_ends_it(self, make_client: MakeClient, service: FakeService) -> None:
        send(service, failure(401, "RemoteAuthenticationFailure"))
        for _each in range(5):
            extend(service, html(504))
        with pytest.raises(VcdaError, match="could not be extended to site site-1") as caught:
            start(make_client(extend_sites=[PEER]), order())
        assert caught.value.category == "unreachable"
