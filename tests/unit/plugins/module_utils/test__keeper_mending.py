# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session that stands but does no longer reach its own site: a new login mends it, and is tried once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils._client import Client
from ansible_collections.opendr.vcda.plugins.module_utils._errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils._operations import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.tests.property.laboratory import PRIMARY, RECOVERY, USER, Laboratory
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response
from ansible_collections.opendr.vcda.tests.unit.calls import PEER, extend, login, logout
from ansible_collections.opendr.vcda.tests.unit.fakes import TOKEN, FakeService, failure, html, ok

CREDENTIALS = {"session_token": None, "username": "operator@tenant-1", "password": "password-of-operator"}
PEERS = {"extend_sites": [PEER]}
REFUSAL = failure(401, "RemoteAuthenticationFailure", "No.")
TOKEN_2 = "token-of-the-session-0002="
TOKEN_3 = "token-of-the-session-0003="
CODES = ["RemoteAuthenticationFailure", "NotAuthenticated"]
MakeClient = Callable[..., Client]


def refusal() -> VcdaError:
    return VcdaError("No.", category="remote_authentication", code="RemoteAuthenticationFailure", http_status=401)


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

    def test_with_peers_only_they_are_told_again(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        client = make_client(**CREDENTIALS, **PEERS)
        client.login()
        extend(service)
        assert client.recover_session(refusal(), client.standing)
        login(service, TOKEN_2)
        extend(service)
        assert client.recover_session(refusal(), client.standing)
        for _each in range(5):
            extend(service)
            assert client.recover_session(refusal(), client.standing)

    def test_a_wrong_password_at_the_peer_costs_one_login(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        client = make_client(**CREDENTIALS, **PEERS)
        client.login()
        extend(service, REFUSAL)
        login(service, TOKEN_2)
        assert client.recover_session(refusal(), client.standing)
        for _each in range(3):
            extend(service, REFUSAL)
            with pytest.raises(VcdaError, match="could not be extended to site site-1"):
                client.recover_session(refusal(), client.standing)

    def test_of_many_calls_refused_side_by_side_one_logs_in_for_all(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        standing = client.standing
        login(service, TOKEN_2)
        recovered = client.executor.map(lambda _number: client.recover_session(refusal(), standing), range(9))
        assert list(recovered) == [True] * 9
        standing = client.standing
        assert [client.recover_session(refusal(), standing) for _each in range(9)] == [False] * 9

    def test_a_login_that_is_refused_is_told_to_all_and_not_repeated(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        client = make_client(**CREDENTIALS)
        client.login()
        standing = client.standing
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        for _each in range(9):
            with pytest.raises(VcdaError, match="POST /sessions was answered"):
                client.recover_session(refusal(), standing)
        assert client.recover_session(refusal(), client.standing) is False
        logout(service)
        client.__exit__(None)


class Estate(Laboratory):
    """Replications of a service whose sessions hold a VCD token for a minute."""

    def __init__(self, code: str, *, state: str = "NOT_STARTED", vms: int = 3) -> None:
        super().__init__(vcd_token_timeout=60, expired_remote_code=code)
        self.ids = self.simulator.seed(vms=vms, state=state).vm_ids
        self.requests = 0

    def expire_after(self, number: int) -> None:
        """Let the token end behind the so manieth request."""

        def note(_site: str, _request: Request, _response: Response | None) -> None:
            self.requests += 1
            if self.requests == number:
                self.clock.sleep(60)

        self.simulator.observers.append(note)

    def expire_at_once(self) -> None:
        """Let the token end with each login."""

        def note(_site: str, request: Request, _response: Response | None) -> None:
            if (request.method, request.path) == ("POST", "/sessions"):
                self.clock.sleep(60)

        self.simulator.observers.append(note)

    def without_peers(self) -> Estate:
        self.connection = partial(_without_peers, self.connection)  # type: ignore[method-assign]
        return self

    def with_a_wrong_password_at_the_peer(self) -> Estate:
        peer = {"site": PRIMARY, "username": USER, "password": "wrong"}
        self.connection = partial(_with_peer, self.connection, peer)  # type: ignore[method-assign]
        return self


def _without_peers(connection: Callable[[str], dict[str, Any]], site: str = RECOVERY) -> dict[str, Any]:
    return {**connection(site), "extend_sites": []}


def _with_peer(
    connection: Callable[[str], dict[str, Any]], peer: dict[str, Any], site: str = RECOVERY
) -> dict[str, Any]:
    return {**connection(site), "extend_sites": [peer]}


def _length(verb: Any, state: str) -> int:
    """Count the requests of a run that nothing disturbs."""
    estate = Estate(CODES[0], state=state)
    estate.expire_after(0)
    estate.run(verb, vm_replication_ids=estate.ids, active_site=RECOVERY)
    return estate.requests


class TestWholeLife:
    @pytest.mark.parametrize("code", CODES)
    @pytest.mark.parametrize(("verb", "state"), [(FAILOVER, "NOT_STARTED"), (REVERSE, "COMPLETE")])
    def test_a_token_may_end_at_any_moment(self, verb: Any, state: str, code: str) -> None:
        for number in range(1, _length(verb, state)):
            estate = Estate(code, state=state)
            estate.expire_after(number)
            result = estate.run(verb, vm_replication_ids=estate.ids, active_site=RECOVERY)
            assert result["summary"] == {"total": 3, "changed": 3, "done": 0, "failed": 0}, f"request {number}"
            assert [estate.accepted(identity, verb.suffix.lstrip("/")) for identity in estate.ids] == [1, 1, 1]
            counters = estate.simulator.counters()
            assert counters["logins"] <= 2, f"request {number}"
            assert counters["open_sessions"] == 0, f"request {number}"

    @pytest.mark.parametrize("code", CODES)
    @pytest.mark.parametrize("change", [Estate.without_peers, Estate.with_a_wrong_password_at_the_peer])
    def test_a_failover_needs_no_peer_for_that(self, change: Callable[[Estate], Estate], code: str) -> None:
        estate = change(Estate(code, vms=12))
        estate.expire_after(2)
        result = estate.run(FAILOVER, vm_replication_ids=estate.ids, active_site=RECOVERY, max_concurrent=8)
        assert result["summary"]["changed"] == 12
        assert [estate.accepted(identity, "failover") for identity in estate.ids] == [1] * 12
        assert estate.simulator.counters()["logins"] == 2
        assert estate.simulator.counters()["open_sessions"] == 0

    @pytest.mark.parametrize("code", CODES)
    @pytest.mark.parametrize("change", [Estate.without_peers, Estate.with_a_wrong_password_at_the_peer, lambda it: it])
    def test_where_it_does_not_help_many_workers_log_in_once(
        self, change: Callable[[Estate], Estate], code: str
    ) -> None:
        estate = change(Estate(code, vms=12))
        estate.expire_at_once()
        result = estate.run(FAILOVER, vm_replication_ids=estate.ids, active_site=RECOVERY, max_concurrent=8)
        assert result["summary"]["failed"] == 12
        assert {item["error"]["category"] for item in result["vm_replications"]} == {"remote_authentication"}
        assert estate.simulator.counters()["logins"] == 2
        assert estate.simulator.counters()["open_sessions"] == 0
