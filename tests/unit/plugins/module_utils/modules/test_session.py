# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that outlive a task: opened for others, extended, taken over, closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.modules.session import manage_session
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.tests.unit.calls import PEER, extend, login, logout
from ansible_collections.opendr.vcda.tests.unit.documents import session
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    TOKEN,
    FakeService,
    ManualClock,
    Reply,
    failure,
    ok,
)

Manage = Callable[..., dict[str, Any]]
CREDENTIALS = {"username": "operator@tenant-1", "password": "password-of-operator"}
EXPIRED = failure(401, "NotAuthenticated", expired=True)
TOKEN_2 = "token-of-the-session-0002="


@pytest.fixture
def manage(service: FakeService, clock: ManualClock) -> Manage:
    def run(state: str = "present", **params: Any) -> dict[str, Any]:
        def new_client(connection: Any, **options: Any) -> Client:
            return Client(connection, clock=clock, adapter=service, **options)

        options = {"hostname": HOST, "api_version": "4.7", "state": state, **params}
        return manage_session(Context(options, new_client=new_client))

    return run


def test_it_is_opened_and_left_open(manage: Manage, service: FakeService) -> None:
    login(service)
    assert manage(**CREDENTIALS) == {
        "changed": False,
        "msg": "The session is open.",
        "session_token": TOKEN,
        "user": "operator@tenant-1",
        "roles": ["EVERYONE"],
        "authenticated_sites": [{"org": "tenant-1", "site": "site-2"}],
    }


def test_it_is_extended_to_every_peer(manage: Manage, service: FakeService) -> None:
    login(service)
    extend(service)
    service.expect("GET", "/sessions", ok(session("site-1")))
    result = manage(**CREDENTIALS, extend_sites=[PEER])
    assert [one["site"] for one in result["authenticated_sites"]] == ["site-2", "site-1"]


def test_it_is_not_extended_where_that_is_not_wanted(manage: Manage, service: FakeService) -> None:
    login(service)
    assert manage(**CREDENTIALS, extend_sites=[PEER], extend=False)["session_token"] == TOKEN


def test_one_that_could_not_be_extended_is_closed_again(manage: Manage, service: FakeService) -> None:
    login(service)
    extend(service, failure(404, "SiteNotFound", "No such site."))
    logout(service)
    with pytest.raises(VcdaError) as caught:
        manage(**CREDENTIALS, extend_sites=[PEER])
    assert caught.value.category == "not_found"


def test_an_open_one_is_kept(manage: Manage, service: FakeService) -> None:
    service.expect("GET", "/sessions", ok(session()), headers={"X-VCAV-Auth": TOKEN})
    result = manage(session_token=TOKEN)
    assert (result["msg"], result["user"]) == ("The session is open.", "operator@tenant-1")
    assert "session_token" not in result


def test_an_open_one_is_extended_to_what_it_does_not_reach(manage: Manage, service: FakeService) -> None:
    service.expect("GET", "/sessions", ok(session()), times=2)
    extend(service)
    service.expect("GET", "/sessions", ok(session("site-1")))
    result = manage(session_token=TOKEN, extend_sites=[PEER])
    assert len(result["authenticated_sites"]) == 2
    assert "session_token" not in result


def test_one_that_has_ended_is_replaced(manage: Manage, service: FakeService) -> None:
    service.expect("GET", "/sessions", EXPIRED)
    login(service, TOKEN_2)
    service.expect("GET", "/sessions", ok(session()))
    assert manage(session_token=TOKEN, **CREDENTIALS)["session_token"] == TOKEN_2


def test_without_credentials_an_ended_one_is_an_error(manage: Manage, service: FakeService) -> None:
    service.expect("GET", "/sessions", EXPIRED)
    with pytest.raises(VcdaError) as caught:
        manage(session_token=TOKEN)
    assert caught.value.category == "authentication"


def test_a_wrong_password_is_told(manage: Manage, service: FakeService) -> None:
    login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
    with pytest.raises(VcdaError) as caught:
        manage(**CREDENTIALS)
    assert caught.value.category == "authentication"


@pytest.mark.parametrize("value", [None, "text", 7])
def test_details_that_are_missing_are_empty(manage: Manage, service: FakeService, value: Any) -> None:
    details = {"user": None, "roles": None, "authenticatedSites": None, "more": value}
    login(service, answer=Reply(200, details, {"X-VCAV-Auth": TOKEN}))
    result = manage(**CREDENTIALS)
    assert (result["user"], result["roles"], result["authenticated_sites"]) == (None, [], [])


def test_it_is_closed(manage: Manage, service: FakeService) -> None:
    logout(service)
    assert manage("absent", session_token=TOKEN) == {"changed": False, "msg": "The session is closed."}


def test_closing_one_that_has_ended_is_no_error(manage: Manage, service: FakeService) -> None:
    service.expect("DELETE", "/sessions", EXPIRED)
    assert manage("absent", session_token=TOKEN)["msg"] == "The session is closed."


def test_closing_needs_to_know_which(manage: Manage) -> None:
    with pytest.raises(VcdaError, match=r"^session_token: the session to close is missing"):
        manage("absent", **CREDENTIALS)


def test_a_service_that_does_not_close_it_is_told(manage: Manage, service: FakeService) -> None:
    service.expect("DELETE", "/sessions", failure(500, "GeneralServerFailure"))
    with pytest.raises(VcdaError) as caught:
        manage("absent", session_token=TOKEN)
    assert caught.value.category == "server"
