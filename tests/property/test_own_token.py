# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The VCD token that a session holds for its own site ends in the middle of a run: one new login, no start twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.tests.property.laboratory import PRIMARY, RECOVERY, USER, Laboratory
from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response

CODES = ["RemoteAuthenticationFailure", "NotAuthenticated"]


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


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("verb", "state"), [(FAILOVER, "NOT_STARTED"), (REVERSE, "COMPLETE")])
def test_a_token_may_end_at_any_moment(verb: Any, state: str, code: str) -> None:
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
def test_a_failover_needs_no_peer_for_that(change: Callable[[Estate], Estate], code: str) -> None:
    estate = change(Estate(code, vms=12))
    estate.expire_after(2)
    result = estate.run(FAILOVER, vm_replication_ids=estate.ids, active_site=RECOVERY, max_concurrent=8)
    assert result["summary"]["changed"] == 12
    assert [estate.accepted(identity, "failover") for identity in estate.ids] == [1] * 12
    assert estate.simulator.counters()["logins"] == 2
    assert estate.simulator.counters()["open_sessions"] == 0


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("change", [Estate.without_peers, Estate.with_a_wrong_password_at_the_peer, lambda it: it])
def test_where_it_does_not_help_many_workers_log_in_once(change: Callable[[Estate], Estate], code: str) -> None:
    estate = change(Estate(code, vms=12))
    estate.expire_at_once()
    result = estate.run(FAILOVER, vm_replication_ids=estate.ids, active_site=RECOVERY, max_concurrent=8)
    assert result["summary"]["failed"] == 12
    assert {item["error"]["category"] for item in result["vm_replications"]} == {"remote_authentication"}
    assert estate.simulator.counters()["logins"] == 2
    assert estate.simulator.counters()["open_sessions"] == 0
