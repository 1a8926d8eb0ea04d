# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client and the version of the API: negotiated, told, or insisted on."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.tests.unit.calls import CREDENTIALS
from ansible_collections.opendr.vcda.tests.unit.documents import session
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    ANY,
    PLAIN_JSON,
    TOKEN,
    VENDOR_JSON,
    Exchange,
    FakeService,
    Reply,
    Sent,
    failure,
    html,
    ok,
    vendor_json,
)

MakeClient = Callable[..., Client]


class TestNegotiation:
    def start(self, make_client: MakeClient, service: FakeService, content_type: str = PLAIN_JSON) -> Client:
        answer = Reply(200, session(), {"X-VCAV-Auth": TOKEN}, content_type=content_type)
        service.expect("POST", "/sessions", answer, body=ANY, headers={"Accept": "application/json"})
        return make_client(**{**CREDENTIALS, "api_version": None})

    def test_the_answer_to_the_login_may_tell_the_version(self, make_client: MakeClient, service: FakeService) -> None:
        client = self.start(make_client, service, vendor_json("4.5"))
        service.expect("GET", "/x", ok({}), headers={"Accept": vendor_json("4.5")})
        client.get("/x")
        assert client.api_version() == (4, 5)

    def test_the_newest_version_is_tried_first(self, make_client: MakeClient, service: FakeService) -> None:
        client = self.start(make_client, service)
        service.expect("GET", "/x", Reply(200, {}, content_type=VENDOR_JSON), headers={"Accept": vendor_json("4.7")})
        service.expect("GET", "/y", ok({}), headers={"Accept": vendor_json("4.7")})
        client.get("/x")
        client.get("/y")
        assert client.api_version() == (4, 7)

    def test_the_service_may_answer_in_an_older_one(self, make_client: MakeClient, service: FakeService) -> None:
        client = self.start(make_client, service)
        service.expect("GET", "/x", Reply(200, {}, content_type=vendor_json("4")))
        service.expect("GET", "/y", ok({}), headers={"Accept": vendor_json("4")})
        client.get("/x")
        client.get("/y")
        assert client.api_version() == (4, 0)

    @pytest.mark.parametrize("status", [406, 415])
    @pytest.mark.parametrize(
        ("build", "accept", "version"),
        [
            ("4.3.1.19800500-abc", vendor_json("4.3"), (4, 3)),
            ("4.0.0.16000000", vendor_json("4"), (4, 0)),
            ("4.7.0.1", "application/json", (4, 7)),
            ("5.0.0.1", "application/json", (5, 0)),
            ("unknown", "application/json", None),
            (None, "application/json", None),
        ],
    )
    def test_a_refused_version_is_settled_by_what_the_service_says_of_itself(
        self,
        make_client: MakeClient,
        service: FakeService,
        status: int,
        build: str | None,
        accept: str,
        version: tuple[int, int] | None,
    ) -> None:
        client = self.start(make_client, service)
        service.expect("GET", "/x", html(status), headers={"Accept": vendor_json("4.7")})
        about = Reply(200, {"buildVersion": build}, content_type=PLAIN_JSON)
        service.expect("GET", "/diagnostics/about", about, headers={"Accept": "application/json"})
        service.expect("GET", "/x", Reply(200, {"a": 1}, content_type=PLAIN_JSON), headers={"Accept": accept})
        service.expect("GET", "/y", ok({}), headers={"Accept": accept})
        assert client.get("/x") == {"a": 1}
        client.get("/y")
        assert client.version == version

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_service_that_does_not_tell_its_version_is_spoken_to_plainly(
        self, make_client: MakeClient, service: FakeService, status: int
    ) -> None:
        client = self.start(make_client, service)
        service.expect("GET", "/x", html(406))
        service.expect("GET", "/diagnostics/about", failure(status, "X"))
        service.expect("GET", "/x", ok({"a": 1}), headers={"Accept": "application/json"})
        assert client.get("/x") == {"a": 1}

    def test_a_version_that_the_user_insists_on_is_not_negotiated(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        service.expect("GET", "/x", failure(406, "NotAcceptable"))
        with pytest.raises(VcdaError) as caught:
            make_client().get("/x")
        assert caught.value.category == "invalid_request"
        assert "Leave api_version out" in caught.value.hint

    def test_a_failure_in_between_settles_nothing(self, make_client: MakeClient, service: FakeService) -> None:
        client = self.start(make_client, service)
        service.expect("GET", "/x", failure(404, "NotFound"), headers={"Accept": vendor_json("4.7")})
        service.expect(
            "GET", "/x", Reply(200, {}, content_type=vendor_json("4.6")), headers={"Accept": vendor_json("4.7")}
        )
        with pytest.raises(VcdaError):
            client.get("/x")
        client.get("/x")
        assert client.api_version() == (4, 6)

    def test_whoever_reads_meanwhile_waits_for_the_settled_version(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        client = self.start(make_client, service)
        is_asked, may_answer = threading.Event(), threading.Event()

        def refuse(_sent: Sent) -> Reply:
            is_asked.set()
            assert may_answer.wait(10)
            return html(406)

        service.expect("GET", "/x", refuse, headers={"Accept": vendor_json("4.7")})
        service.expect("GET", "/diagnostics/about", ok({"buildVersion": "4.2.0.1"}))
        both = [Exchange("GET", path, ok({}), headers={"Accept": vendor_json("4.2")}) for path in ("/x", "/y")]
        service.expect_in_any_order(both)
        first = client.executor.submit(client.get, "/x")
        assert is_asked.wait(10)
        second = client.executor.submit(client.get, "/y")
        may_answer.set()
        assert (first.result(10), second.result(10)) == ({}, {})


class TestVersion:
    def test_a_service_that_answers_plainly_is_asked(self, make_client: MakeClient, service: FakeService) -> None:
        client = make_client(api_version=None)
        service.expect("GET", "/x", Reply(200, {}, content_type=PLAIN_JSON))
        about = Reply(200, {"buildVersion": "4.4.0.1-a"}, content_type=PLAIN_JSON)
        service.expect("GET", "/diagnostics/about", about)
        client.get("/x")
        assert client.api_version() == (4, 4)
        assert client.api_version() == (4, 4)

    @pytest.mark.parametrize("status", [403, 404])
    def test_one_that_does_not_say_is_of_no_version(self, client: Client, service: FakeService, status: int) -> None:
        client._negotiation.version = None
        service.expect("GET", "/diagnostics/about", failure(status, "X"))
        assert client.api_version() is None

    def test_one_that_cannot_be_reached_is_an_error(self, client: Client, service: FakeService) -> None:
        client._negotiation.version = None
        service.expect("GET", "/diagnostics/about", html(503), times=5)
        with pytest.raises(VcdaError) as caught:
            client.api_version()
        assert caught.value.category == "unreachable"
