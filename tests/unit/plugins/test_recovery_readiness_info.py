# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check before a recovery: what it finds possible, what blocks it, and what it is concerned about."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness import check_readiness
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import Context
from ansible_collections.opendr.vcda.tests.simulator import InProcessAdapter, ManualClock, Simulator

ACTIVE = "RECOVERY_PLAN_ACTIVE"
Check = Callable[..., dict[str, Any]]
LOGIN = {"hostname": "site-2.test", "username": "operator@tenant-1", "password": "operator-secret-site-2"}
PEER = {"site": "site-1", "username": "operator@tenant-1", "password": "operator-secret-site-1"}


@pytest.fixture
def simulator() -> Simulator:
    """Two sites with nothing in them."""
    return Simulator(clock=ManualClock())


@pytest.fixture
def check(simulator: Simulator) -> Check:
    """Seed one VM, check it, and hold the check to sending nothing but reads."""

    def run(params: dict[str, Any] | None = None, **seed: Any) -> dict[str, Any]:
        if seed:
            simulator.seed(names=["db-1"], **seed)
        clock, adapter = cast("Any", simulator.clock), InProcessAdapter(simulator)
        new_client = partial(Client, clock=clock, adapter=adapter)
        result = check_readiness(Context({**LOGIN, **(params or {"vm_names": ["db-1"]})}, new_client=new_client))
        assert set(simulator.counters()["effects"]) <= {"login", "logout", "extend"}
        return result

    return run


def codes(found: list[dict[str, Any]]) -> list[str]:
    assert all(one["message"] and one["remedy"] for one in found)
    return [one["code"] for one in found]


@pytest.mark.parametrize(
    ("state", "possible", "done", "blocked_by"),
    [
        ("NOT_STARTED", {"failover", "migrate", "test", "sync"}, {"cleanup"}, []),
        (None, {"failover", "migrate", "test", "sync"}, {"cleanup"}, []),
        ("TEST", {"cleanup", "sync"}, {"test"}, ["TEST_ACTIVE"]),
        ("COMPLETE", {"reverse"}, {"failover", "migrate", "cleanup"}, []),
        ("IN_PROGRESS", set(), set(), ["BUSY"]),
        ("ODD", set(), set(), ["UNKNOWN_STATE"]),
    ],
)
def test_what_is_possible_in_a_state(
    check: Check, state: str | None, possible: set[str], done: set[str], blocked_by: list[str]
) -> None:
    result = check(vms=1, state=state)
    (vm,) = result["vm_replications"]
    assert {name for name, one in vm["operations"].items() if one["is_possible"]} == possible
    assert {name for name, one in vm["operations"].items() if one["is_done"]} == done
    assert codes(vm["blocked_by"]) == blocked_by
    assert result["is_ready"] is vm["is_ready"] is (not blocked_by)


def test_the_other_direction_is_blocked(check: Check) -> None:
    (vm,) = check({"vm_names": ["db-1"], "active_site": "site-3"}, vms=1)["vm_replications"]
    assert codes(vm["blocked_by"]) == ["WRONG_DIRECTION"]


@pytest.mark.parametrize(
    ("seed", "params", "concerns"),
    [
        ({"rpo_violation": 3}, {}, ["RPO_VIOLATION"]),
        ({"rpo_violation": 3}, {"max_rpo_violation": 3}, []),
        ({"health": "RED"}, {}, ["UNHEALTHY"]),
        ({"is_paused": True}, {}, ["PAUSED"]),
        ({"instances": 0}, {"max_instance_age": 3600}, ["INSTANCE_TOO_OLD"]),
        ({"instances": 0}, {}, []),
        ({"instances": 1}, {"max_instance_age": 1}, ["INSTANCE_TOO_OLD"]),
        ({"instances": 1}, {"max_instance_age": 86400}, []),
    ],
)
def test_concerns(check: Check, seed: dict[str, Any], params: dict[str, Any], concerns: list[str]) -> None:
    result = check({"all": True, **params}, vms=1, **{"health": "GREEN", "rpo_violation": 0, **seed})
    (vm,) = result["vm_replications"]
    assert codes(vm["concerns"]) == concerns
    assert result["is_ready"] is (not concerns)


def test_instances_are_read_where_the_replication_does_not_carry_them(check: Check, simulator: Simulator) -> None:
    simulator.configure(api_version="4.5")
    (vm,) = check(vms=1)["vm_replications"]
    assert vm["latest_instance"]["key"].startswith("replica-")
    assert simulator.counters()["by_operation"]["GET /vm-replications/{id}/instances"] == 1


def test_an_age_that_cannot_be_read_is_a_concern_and_no_failure(check: Check, simulator: Simulator) -> None:
    simulator.configure(api_version="4.5")
    simulator.fault("status_500", path_regex="/instances$", times=0)
    (vm,) = check({"all": True, "max_instance_age": 86400}, vms=1)["vm_replications"]
    assert codes(vm["concerns"]) == ["INSTANCE_TOO_OLD"]


def test_how_long_an_optimized_reverse_is_possible(check: Check, simulator: Simulator) -> None:
    (vm,) = check(vms=1, state="COMPLETE")["vm_replications"]
    assert vm["optimized_reverse"]["is_possible"] is True
    assert vm["optimized_reverse"]["seconds_left"] == 7 * 24 * 3600
    simulator.advance(8 * 24 * 3600)
    (vm,) = check()["vm_replications"]
    assert (vm["optimized_reverse"]["is_possible"], vm["optimized_reverse"]["seconds_left"]) == (False, 0)


def test_who_is_missing_is_not_ready(check: Check) -> None:
    result = check({"vm_names": ["db-1", "nobody"]}, vms=1)
    found, missing = result["vm_replications"]
    assert (found["is_ready"], missing["is_ready"], result["is_ready"]) == (True, False, False)
    assert result["msg"] == "1 of 2 VM replications is ready."
    assert missing["asked"] == "nobody"
    assert len(codes(missing["blocked_by"])) == 1


@pytest.mark.parametrize("damaged", [None, {}, {"id": "C4-1", "source": 7}])
def test_who_cannot_be_read_is_named_and_not_ready(check: Check, simulator: Simulator, damaged: Any) -> None:
    document = {"id": "C4-2", "vmName": "db-1", "source": {"site": "site-1"}, "destination": {"site": "site-2"}}
    body = json.dumps({"items": [document, damaged], "total": 2})
    simulator.fault("answer", path_regex="^/vm-replications$", times=0, body=body)
    result = check({"all": True})
    assert [(one["is_ready"], one.get("asked")) for one in result["vm_replications"]][1:] == [
        (False, (damaged or {}).get("id", "an object without an id"))
    ]
    assert (result["is_ready"], result["msg"]) == (False, "1 of 2 VM replications is ready.")


def test_nothing_is_not_ready(check: Check) -> None:
    result = check({"all": True})
    assert (result["is_ready"], result["msg"]) == (False, "0 of 0 VM replications are ready.")


@pytest.mark.parametrize(("down", "is_reachable"), [([], True), (["site-1"], False)])
def test_the_peer(check: Check, simulator: Simulator, down: list[str], is_reachable: bool) -> None:
    simulator.seed(names=["db-1"])
    simulator.configure(sites_down=down)
    (vm,) = check()["vm_replications"]
    assert vm["peer"] == {"site": "site-1", "is_reachable": is_reachable, "is_session_extended": False}
    assert simulator.counters()["by_operation"].get("POST /sessions/extend", 0) == 0


def test_the_session_is_extended_to_the_peer(check: Check, simulator: Simulator) -> None:
    result = check({"all": True, "extend_sites": [PEER]}, vms=1)
    (vm,) = result["vm_replications"]
    assert vm["peer"] == {"site": "site-1", "is_reachable": True, "is_session_extended": True}
    assert (vm["concerns"], vm["operations"]["migrate"]["is_possible"], result["is_ready"]) == ([], True, True)
    assert simulator.counters()["logins"] == 1
    assert simulator.counters()["open_sessions"] == 0


def test_a_peer_that_refuses_the_session_blocks_what_needs_it(check: Check) -> None:
    wrong = {**PEER, "password": "not-the-password"}
    result = check({"all": True, "extend_sites": [wrong]}, vms=1)
    (vm,) = result["vm_replications"]
    assert (vm["peer"]["is_reachable"], vm["peer"]["is_session_extended"]) == (True, False)
    assert codes(vm["concerns"]) == ["SESSION_NOT_EXTENDED"]
    assert "extended to site site-1" in vm["concerns"][0]["message"]
    assert "extend_sites" in vm["concerns"][0]["remedy"]
    operations = vm["operations"]
    assert {name for name, one in operations.items() if one["is_possible"]} == {"failover", "test"}
    assert codes([operations["migrate"]["blocked_by"]]) == ["SESSION_NOT_EXTENDED"]
    assert codes([operations["reverse"]["blocked_by"]]) == ["NOT_RECOVERED"]
    assert (vm["blocked_by"], result["is_ready"]) == ([], False)
    assert "not-the-password" not in str(result)


def test_a_peer_that_is_down_is_not_waited_for(check: Check, simulator: Simulator) -> None:
    simulator.seed(names=["db-1"])
    simulator.configure(sites_down=["site-1"])
    (vm,) = check({"all": True, "extend_sites": [PEER]})["vm_replications"]
    assert vm["peer"] == {"site": "site-1", "is_reachable": False, "is_session_extended": False}
    assert codes(vm["concerns"]) == ["UNHEALTHY"]
    assert vm["operations"]["migrate"]["is_possible"] is True
    assert simulator.counters()["by_operation"].get("POST /sessions/extend", 0) == 0


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"max_instance_age": -1}, "max_instance_age: -1 is less than 0"),
        ({"max_rpo_violation": -5}, "max_rpo_violation: -5 is less than 0"),
        ({"active_site": " "}, "active_site: the name of the site is empty"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    check: Check, simulator: Simulator, params: dict[str, Any], words: str
) -> None:
    result = check({"all": True, **params}, vms=1)
    assert result["failed"] is True
    assert result["msg"].startswith(words)
    assert list(simulator.log) == []


def test_a_recovery_plan_that_is_being_carried_out_is_a_concern(simulator: Simulator, check: Check) -> None:
    simulator.seed(vms=1, names=["db-1"])
    plan = simulator.add_recovery_plan("shop", [{"replications": ["db-1"]}])
    for state, expected in (("NOT_STARTED", []), ("RUNNING", [ACTIVE]), ("SUSPENDED", [ACTIVE])):
        plan.state = state
        found = check()["vm_replications"][0]
        assert (codes(found["concerns"]), found["is_ready"]) == (expected, not expected)
    assert "recovery plan shop" in found["concerns"][0]["message"]
    simulator.fault("html_503", method="GET", path_regex="/recovery-plans$", times=0)
    assert check()["vm_replications"][0]["is_ready"]
