# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session: opened when it is needed, of somebody else, closed at the end however that comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import HINTS, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK
from ansible_collections.opendr.vcda.tests.unit.calls import CREDENTIALS, PEERS, login, logout
from ansible_collections.opendr.vcda.tests.unit.documents import session
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    ANY,
    TOKEN,
    FakeService,
    Reply,
    Sent,
    failure,
    html,
    ok,
    refused,
    reset,
)

EXPIRED = failure(401, "NotAuthenticated", "Authentication Token Required", expired=True)
MakeClient = Callable[..., Client]


class TestSession:
    def test_nothing_is_sent_before_the_first_call(self, make_client: MakeClient, service: FakeService) -> None:
        with make_client(**CREDENTIALS, **PEERS):
            pass
        assert service.sent == []

    def test_the_first_call_logs_in_and_the_end_logs_out(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        service.expect("GET", "/x", ok({"a": 1}), headers={"X-VCAV-Auth": TOKEN})
        service.expect("GET", "/y", ok({}), headers={"X-VCAV-Auth": TOKEN})
        logout(service)
        with make_client(**CREDENTIALS) as client:
            assert client.get("/x") == {"a": 1}
            client.get("/y")
            assert client.owns_session
        assert "X-VCAV-Auth" not in service.sent[0].headers
        assert client.token is None
        assert service.is_closed

    def test_a_session_of_somebody_else_is_used_and_left_open(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/x", ok({}), headers={"X-VCAV-Auth": TOKEN})
        with make_client() as client:
            client.get("/x")
            assert not client.owns_session

    def test_a_session_that_was_opened_for_others_is_left_open(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        with make_client(**CREDENTIALS) as client:
            assert client.login()["user"] == "operator@tenant-1"
            client.keep_session()
        assert client.token == TOKEN

    @pytest.mark.parametrize(
        ("options", "body"),
        [
            (
                {"auth_type": "local_user", "username": "root"},
                {"type": "localUser", "localUser": "root", "localPassword": "password-of-operator"},
            ),
            (
                {"auth_type": "vcd_access_token", "access_token": "jwt", "organization": "tenant-1"},
                {"type": "vcdAccessToken", "vcdAccessToken": "jwt", "context": "tenant-1"},
            ),
            ({"auth_type": "vcd_cookie", "vcd_cookie": "cookie"}, {"type": "vcdCookie", "vcdCookie": "cookie"}),
        ],
    )
    def test_the_login_sends_the_body_of_its_type(
        self, make_client: MakeClient, service: FakeService, options: dict[str, Any], body: dict[str, Any]
    ) -> None:
        login(service, body=body)
        make_client(**{**CREDENTIALS, **options}).login()

    def test_a_wrong_password_is_tried_once(self, make_client: MakeClient, service: FakeService) -> None:
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        with pytest.raises(VcdaError) as caught, make_client(**CREDENTIALS) as client:
            client.get("/x")
        assert (caught.value.category, caught.value.code) == ("authentication", "NotAuthenticated")
        assert caught.value.hint == HINTS["authentication"]

    def test_a_login_is_repeated_where_the_service_is_not_there_yet(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        for outcome in (refused(), html(503), reset()):
            login(service, answer=outcome)
        login(service)
        make_client(**CREDENTIALS).login()

    @pytest.mark.parametrize("headers", [{}, {"X-VCAV-Auth": ""}])
    def test_a_login_without_a_token_is_none(
        self, make_client: MakeClient, service: FakeService, headers: dict[str, str]
    ) -> None:
        login(service, answer=Reply(200, session(), headers))
        with pytest.raises(VcdaError, match="there is no X-VCAV-Auth header") as caught:
            make_client(**CREDENTIALS).login()
        assert caught.value.category == "server"

    @pytest.mark.parametrize("document", [None, [], "text"])
    def test_a_session_is_an_object_and_is_closed_even_if_it_is_not(
        self, make_client: MakeClient, service: FakeService, document: Any
    ) -> None:
        login(service, answer=Reply(200, document, {"X-VCAV-Auth": TOKEN}))
        logout(service)
        with make_client(**CREDENTIALS) as client, pytest.raises(VcdaError, match="it is no object"):
            client.login()

    def test_the_token_becomes_a_secret(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        assert client.secrets.redact(f"{TOKEN} password-of-operator") == f"{MASK} {MASK}"

    @pytest.mark.parametrize("outcome", [EXPIRED, html(502), reset(), failure(500, "X")])
    def test_an_end_that_fails_spoils_nothing(
        self, make_client: MakeClient, service: FakeService, outcome: Any
    ) -> None:
        login(service)
        service.expect("DELETE", "/sessions", outcome)
        with make_client(**CREDENTIALS) as client:
            client.login()
        assert service.is_closed

    def test_the_error_of_the_work_is_the_one_that_counts(self, make_client: MakeClient, service: FakeService) -> None:
        def work() -> None:
            with make_client(**CREDENTIALS) as client:
                client.login()
                raise VcdaError("of the work")

        login(service)
        service.expect("DELETE", "/sessions", html(502))
        with pytest.raises(VcdaError, match="of the work"):
            work()

    def test_logging_out_of_a_session_that_has_ended_is_no_error(self, client: Client, service: FakeService) -> None:
        service.expect("DELETE", "/sessions", EXPIRED)
        client.logout()
        assert client.token is None

    def test_logging_out_reports_what_it_could_not_do(self, client: Client, service: FakeService) -> None:
        service.expect("DELETE", "/sessions", failure(500, "GeneralServerFailure"))
        with pytest.raises(VcdaError) as caught:
            client.logout()
        assert caught.value.category == "server"


class TestInterruption:
    def test_only_the_end_of_the_session_is_sent_after_an_interruption(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        def work() -> None:
            with client:
                client.login()
                raise SystemExit(143)

        login(service)
        logout(service)
        client = make_client(**CREDENTIALS)
        with pytest.raises(SystemExit):
            work()
        with pytest.raises(VcdaError, match="was not sent"):
            client._transport.send("POST", "/x", headers={})

    @pytest.mark.parametrize("end", [SystemExit(143), ValueError("of the work")], ids=["interrupted", "failed"])
    def test_a_session_that_is_just_being_opened_is_closed_too(
        self, make_client: MakeClient, service: FakeService, monkeypatch: pytest.MonkeyPatch, end: BaseException
    ) -> None:
        is_asked, is_over = threading.Event(), threading.Event()

        def answer(_sent: Sent) -> Reply:
            is_asked.set()
            assert is_over.wait(10)
            return Reply(200, session(), {"X-VCAV-Auth": TOKEN})

        def shut_down(**options: Any) -> None:
            is_over.set()
            really_shut_down(**options)

        def work() -> None:
            with client:
                worker.start()
                assert is_asked.wait(10)
                raise end

        service.expect("POST", "/sessions", answer, body=ANY)
        logout(service)
        client = make_client(**CREDENTIALS)
        really_shut_down = client.executor.shutdown
        monkeypatch.setattr(client.executor, "shutdown", shut_down)
        worker = threading.Thread(target=client.login)
        with pytest.raises(type(end)):
            work()
        worker.join(10)
        assert client.token is None

    def test_a_worker_does_not_log_in_again_after_the_end(self, make_client: MakeClient, service: FakeService) -> None:
        service.expect("GET", "/x", EXPIRED)
        client = make_client(**{**CREDENTIALS, "session_token": TOKEN})
        with client:
            pass
        with pytest.raises(VcdaError) as caught:
            client.get("/x")
        assert caught.value.expired

    def test_nor_between_the_logout_and_the_end(
        self, make_client: MakeClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker that is still under way then finds no session: it must not open one that nobody closes."""

        def log_out_and_call() -> None:
            log_out()
            assert client.token is None
            with pytest.raises(VcdaError, match="POST /sessions was not sent: the run is over") as caught:
                client.get("/x")
            refusals.append(caught.value)

        login(service)
        logout(service)
        client = make_client(**CREDENTIALS)
        log_out = client._session.logout
        refusals: list[VcdaError] = []
        monkeypatch.setattr(client._session, "logout", log_out_and_call)
        with client:
            client.login()
        assert [(error.category, error.retriable) for error in refusals] == [("unreachable", False)]
