# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happens to a session: it is repaired as soon as it can be, without a login for every refused call."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.tests.property.laboratory import PRIMARY, RECOVERY, USER, Laboratory
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter

# Seconds after which whatever failed is tried again.
LONGEST = 600.0

events = st.one_of(
    st.just(("expire", None)),
    st.just(("forget the peer", None)),
    st.tuples(st.just("peer down"), st.booleans()),
    st.tuples(st.just("refuse"), st.integers(1, 9)),
    st.tuples(st.just("read here"), st.none()),
    st.tuples(st.just("read there"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from((1.0, 61.0, 601.0))),
)


class Subject:
    """A client, and what it takes of the service."""

    def __init__(self, peer_password: str, **switches: Any) -> None:
        self.laboratory = Laboratory(**switches)
        self.simulator = self.laboratory.simulator
        options = self.laboratory.connection()
        options["extend_sites"] = [{"site": PRIMARY, "username": USER, "password": peer_password}]
        adapter = InProcessAdapter(self.simulator)
        self.client = Client(
            Connection.from_params(options), clock=self.laboratory.clock, max_concurrent=1, adapter=adapter
        )

    def happen(self, event: str, value: Any) -> None:
        """Let something happen to the session, or use it."""
        if event == "expire":
            self.simulator.expire_sessions(RECOVERY)
        elif event == "forget the peer":
            for session in self.simulator.sessions.open_sessions(self.laboratory.clock.now_ms()):
                session.grants.pop(PRIMARY, None)
        elif event == "refuse":
            self.refuse(value)
        elif event == "peer down":
            self.simulator.configure(sites_down=(PRIMARY,) if value else ())
        elif event == "wait":
            self.laboratory.clock.sleep(value)
        else:
            self.read(there=event == "read there")

    def refuse(self, times: int) -> None:
        """Let readings be refused as if a site did not know the user, whatever is done about it."""
        body = '{"code": "RemoteAuthenticationFailure", "msg": "No."}'
        self.simulator.fault("answer", method="GET", path_regex="^/tasks", status=401, body=body, times=times)

    def read(self, *, there: bool) -> VcdaError | None:
        """Read at one of the sites; return why that failed."""
        try:
            self.client.get("/tasks", {"site": PRIMARY} if there else None)
        except VcdaError as error:
            return error
        return None

    def logins(self) -> int:
        """How many sessions were opened."""
        return int(self.simulator.counters()["logins"])


@settings(max_examples=20, deadline=None)
@given(
    schedule=st.lists(events, max_size=20),
    knows_password=st.booleans(),
    unextended=st.sampled_from(("NotAuthenticated", "RemoteAuthenticationFailure")),
    gone=st.sampled_from(("general_failure_500", "remote_authentication_401", "bad_gateway_502")),
)
def test_it_is_repaired_at_last_and_not_too_often(
    schedule: list[tuple[str, Any]], knows_password: bool, unextended: str, gone: str
) -> None:
    password = f"operator-secret-{PRIMARY}" if knows_password else "wrong"
    subject = Subject(password, unextended_code=unextended, peer_down=gone)
    with subject.client:
        for event, value in schedule:
            before, began = subject.logins(), subject.laboratory.clock.monotonic()
            subject.happen(event, value)
            # One if the session has ended, and one if it is valid but not known at a site.
            assert subject.logins() - before <= 2
            assert event == "wait" or subject.laboratory.clock.monotonic() - began < LONGEST
        subject.simulator.configure(sites_down=())
        subject.simulator.faults.clear()
        subject.laboratory.clock.sleep(LONGEST)
        assert subject.read(there=False) is None
        failure = subject.read(there=True)
        assert (failure is None) == knows_password
        if failure:
            assert failure.category == "remote_authentication"
        subject.refuse(1000)
        subject.read(there=False)
        before, requests = subject.logins(), len(subject.simulator.log)
        for _again in range(20):
            assert subject.read(there=False) is not None
        assert subject.logins() == before
        assert len(subject.simulator.log) == requests + 20
    assert int(subject.simulator.counters()["open_sessions"]) == 0
