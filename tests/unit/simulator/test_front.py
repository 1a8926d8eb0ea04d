# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front of a site: faults, media type, session, forwarding, errors."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Break, ConnectionDropped, Request, Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make

VENDOR = "application/vnd.vmware.h4-v{}+json;charset=UTF-8"
PLAIN = "application/json;charset=UTF-8"


@pytest.mark.parametrize(
    ("switch", "accept", "content_type"),
    [
        ("vendor", "", VENDOR.format("4.7")),
        ("vendor", VENDOR.format("4.2"), VENDOR.format("4.2")),
        ("vendor", "application/json", PLAIN),
        ("plain", VENDOR.format("4.2"), PLAIN),
    ],
)
def test_media_types(make: Make, switch: str, accept: str, content_type: str) -> None:
    caller = Caller(make(media_type=switch)).login()
    reply = caller.send("GET", "/sites", headers={"accept": accept})
    assert (reply.status, reply.headers["Content-Type"]) == (200, content_type)
    error = caller.send("GET", "/tasks/x", headers={"accept": accept})
    assert (error.status, error.headers["Content-Type"]) == (400, content_type)


@pytest.mark.parametrize(("version", "content_type"), [("4.0", VENDOR.format("4")), ("4.1", PLAIN)])
def test_sessions_answer_in_plain_json_from_4_1(make: Make, version: str, content_type: str) -> None:
    caller = Caller(make(api_version=version)).login()
    assert caller.send("GET", "/sessions").headers["Content-Type"] == content_type


@pytest.mark.parametrize(("switch", "has_body"), [("empty", False), ("api_error", True)])
def test_a_newer_version_is_not_acceptable(make: Make, switch: str, has_body: bool) -> None:
    caller = Caller(make(api_version="4.5", not_acceptable_body=switch)).login()
    reply = caller.send("GET", "/sites", headers={"accept": VENDOR.format("4.6")})
    assert (reply.status, reply.document is not None) == (406, has_body)


def test_no_session(simulator: Simulator) -> None:
    for headers in ({}, {"x-vcav-auth": "nothing"}):
        reply = Caller(simulator).send("GET", "/sites", headers=headers)
        assert (reply.status, reply.code) == (401, "NotAuthenticated")
        assert reply.headers["WWW-Authenticate"] == "Authentication Token Required"


def test_the_log_names_everything_but_secrets(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    headers = {"operationid": "op-7", "on-prem-auth": "very-secret"}
    caller.send("POST", f"/vm-replications/{identifier}/sync", headers=headers)
    entry = simulator.log[-1]
    assert entry.to_dict() == {
        "site": "site-2",
        "method": "POST",
        "path": f"/vm-replications/{identifier}/sync",
        "query": [],
        "operation_id": "op-7",
        "at": simulator.clock.now_ms(),
        "operation": "POST /vm-replications/{id}/sync",
        "user": "operator@tenant-1",
        "status": 202,
        "effect": "sync",
        "resource_id": identifier,
        "fault": "",
        "on_prem_auth": True,
    }
    assert simulator.log[0].effect == "login"


def test_a_site_that_is_down(simulator: Simulator, extended: Caller) -> None:
    simulator.configure(sites_down=["site-1"])
    with pytest.raises(ConnectionDropped) as caught:
        simulator.handle("site-1", Request("GET", "/sites"))
    assert caught.value.how is Break.REFUSED
    assert (simulator.log[-1].status, simulator.log[-1].fault) == (0, "site_down")
    reply = extended.send("GET", "/tasks", site="site-1")
    assert (reply.status, reply.code) == (500, "GeneralServerFailure")
    assert extended.send("GET", "/tasks").status == 200


def test_a_session_that_expires(simulator: Simulator, caller: Caller) -> None:
    simulator.fault("session_expired", nth=2)
    assert [caller.send("GET", "/sites").status for _unused in range(3)] == [200, 401, 401]


@pytest.mark.parametrize(("after", "effects"), [(None, {}), (True, {"sync": 1})])
@pytest.mark.parametrize(("kind", "status"), [("status_500", 500), ("html_502", 502), ("answer", 200)])
def test_other_answers(
    simulator: Simulator, caller: Caller, kind: str, status: int, after: bool | None, effects: dict[str, int]
) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    simulator.fault(kind, after=after, path_regex="/sync$", body="[]")
    assert caller.verb(identifier, "sync").status == status
    assert simulator.effects(identifier) == effects
    assert simulator.log[-1].fault == kind


def test_the_local_site_may_be_named(caller: Caller) -> None:
    assert caller.send("GET", "/vm-replications", site="site-2").status == 200
    assert caller.send("GET", "/vm-replications", site="").status == 200


def test_a_provider_elsewhere_is_what_the_extension_says(simulator: Simulator) -> None:
    simulator.seed(vms=1, owner="System@site-1")
    caller = Caller(simulator).login()
    assert caller.extend("administrator@System").status == 200
    assert caller.send("GET", "/vm-replications").document["total"] == 0
    assert caller.send("GET", "/vm-replications", site="site-1").document["total"] == 1
