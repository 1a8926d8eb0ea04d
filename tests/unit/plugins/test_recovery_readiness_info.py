# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check before a recovery: what it finds possible, what blocks it, and what it is concerned about."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any, cast

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness import check_readiness
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_checks import CHECKS
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.tests.simulator import InProcessAdapter, ManualClock, Simulator
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.simulator.world import SLA_PROFILES

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
    result = check({"all": True, "extend_sites": [PEER]}, vms=1, state=state)
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


def effects(result: dict[str, Any]) -> dict[str, list[str]]:
    """Return the names of the checks that found something, by what that does."""
    (vm,) = result["vm_replications"]
    found = {
        "blocks": vm["blocked_by"],
        "warns": [*vm["concerns"], *result["concerns"]],
        "unknown": result["unknown"],
    }
    for effect, findings in found.items():
        for one in findings:
            assert one["effect"] == effect
            assert all(one[key] for key in ("check", "code", "message", "remedy", "read_from")), one
    return {effect: [one["check"] for one in findings] for effect, findings in found.items() if findings}


def extended(**params: Any) -> dict[str, Any]:
    return {"all": True, "extend_sites": [PEER], **params}


def seed_of(simulator: Simulator, **values: Any) -> Any:
    """Seed one VM and return its replication, to be changed further."""
    return simulator.replication(simulator.seed(names=["db-1"], **values).vm_ids[0])


def test_a_sound_replication_gives_no_check_anything_to_say(check: Check, simulator: Simulator) -> None:
    seed_of(simulator, instances=2)
    assert effects(check(extended())) == {"unknown": ["seed_space"]}
    assert effects(check(extended(skip_checks=["seed_space"]))) == {}


def recovery_state(simulator: Simulator) -> None:
    seed_of(simulator, state="TEST")


def rpo_violation(simulator: Simulator) -> None:
    seed_of(simulator, rpo_violation=4)


def rpo_history(simulator: Simulator) -> None:
    seed_of(simulator, rpo=15)
    syncs(simulator, [0, 10, 40])


def syncs(simulator: Simulator, minutes: list[int]) -> None:
    """Let syncs end at some minutes from now, the last one now."""
    (identity,) = simulator.world.estate.vms.all
    now = simulator.clock.now_ms()
    documents = [
        {
            "id": f"3f2a9c1e-6b7d-4e21-9f0a-51c0de3b7a{number:02d}",
            "state": "SUCCEEDED",
            "workflowInfo": {"type": "sync", "resourceType": "vmReplication", "resourceId": identity},
            "endTime": now + (minute - minutes[-1]) * 60_000,
        }
        for number, minute in enumerate(minutes)
    ]
    page = json.dumps({"items": documents, "offset": 0, "limit": 100, "total": len(documents)})
    simulator.fault("answer", path_regex="^/tasks$", times=0, body=page)


def instance_age(simulator: Simulator) -> None:
    seed_of(simulator, instances=0)


def health(simulator: Simulator) -> None:
    seed_of(simulator, health="RED")


def paused(simulator: Simulator) -> None:
    seed_of(simulator, is_paused=True)


def first_sync(simulator: Simulator) -> None:
    replication = seed_of(simulator, is_paused=True)
    replication.rules.initial_sync_time = simulator.clock.now_ms() + 3_600_000


def recovery_plan(simulator: Simulator) -> None:
    seed_of(simulator)
    simulator.add_recovery_plan("shop", [{"replications": ["db-1"]}]).state = "RUNNING"


def running_task(simulator: Simulator) -> None:
    seed_of(simulator, running="sync")


def overdue_test(simulator: Simulator) -> None:
    seed_of(simulator, running="failover-test")
    simulator.finish_tasks()
    simulator.advance(2 * 24 * 3600)


def policy_incoming(simulator: Simulator) -> None:
    seed_of(simulator)
    simulator.set_policy("site-1", "tenant-1", allow_incoming_protections=False)


def policy_outgoing(simulator: Simulator) -> None:
    seed_of(simulator)
    simulator.set_policy("site-2", "tenant-1", allow_outgoing_protections=False)


def policy_quota(simulator: Simulator) -> None:
    seed_of(simulator)
    simulator.set_policy("site-1", "tenant-1", max_incoming=0)


def policy_rpo(simulator: Simulator) -> None:
    seed_of(simulator, rpo=15)
    simulator.set_policy("site-1", "tenant-1", min_rpo=30)


def sla_profile(simulator: Simulator) -> None:
    replication = seed_of(simulator)
    replication.rules.sla_profile_id = next(iter(SLA_PROFILES))
    simulator.fault("answer", path_regex="^/sla-profiles$", times=0, body="[]")


def seed_disks(simulator: Simulator) -> None:
    seed_of(simulator, excluded_disks=[2001])


def optimized_reverse(simulator: Simulator) -> None:
    seed_of(simulator, state="COMPLETE")
    simulator.advance(8 * 24 * 3600)


def source_power(simulator: Simulator) -> None:
    seed_of(simulator, state="COMPLETE")


def seed_space(simulator: Simulator) -> None:
    seed_of(simulator)


def networks_of(*mapped: str | None, nic: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return one half of network settings: mappings to networks of the destination, and a NIC."""
    mappings = [
        {"sourceNetworkName": f"source-{number}", "destinationOrgVdcNetwork": name and {"id": None, "name": name}}
        for number, name in enumerate(mapped)
    ]
    nics = [] if nic is None else [{"nicIndex": 0, "network": "production", **nic}]
    return {"vAppNetworkSettings": {"networkMappings": mappings}, "vmNetworkSettings": {"nics": nics}}


def settings(failover: Any, test: Any) -> dict[str, Any]:
    return {"network_settings": {"failoverSettings": failover, "failoverTestSettings": test}}


def both(half: Any) -> dict[str, Any]:
    return settings(half, copy.deepcopy(half))


SET = networks_of("production")


def failover_networks(simulator: Simulator) -> None:
    seed_of(simulator, **settings(None, SET))


def networks_of_test_alone(simulator: Simulator) -> None:
    seed_of(simulator, **settings(SET, None))


def networks_exist(simulator: Simulator) -> None:
    seed_of(simulator, **settings(SET, networks_of("isolated", "gone")))


def shared_networks(simulator: Simulator) -> None:
    seed_of(simulator, **settings(networks_of("production", "backup"), networks_of("isolated", "backup")))


def lost_mappings(simulator: Simulator) -> None:
    seed_of(simulator, is_reversed=True, **settings(SET, networks_of("isolated", None)))


def guest_customization(simulator: Simulator) -> None:
    pool = {"network": "isolated", "ipAddressAllocationMode": "POOL"}
    seed_of(simulator, **settings(SET, networks_of("isolated", nic=pool)))


CAUSES: dict[str, Callable[[Simulator], None]] = {
    # pytest would take functions with the names of these checks for tests.
    "test_age": overdue_test,
    "test_networks": networks_of_test_alone,
    "test_isolation": shared_networks,
    **{
        cause.__name__: cause
        for cause in (
            recovery_state,
            rpo_violation,
            rpo_history,
            instance_age,
            health,
            paused,
            first_sync,
            recovery_plan,
            running_task,
            policy_incoming,
            policy_outgoing,
            policy_quota,
            policy_rpo,
            sla_profile,
            seed_disks,
            optimized_reverse,
            source_power,
            seed_space,
            failover_networks,
            networks_exist,
            lost_mappings,
            guest_customization,
        )
    },
}


_GO_TOGETHER = {"recovery_state": ("test_age",), "test_age": ("recovery_state",)}


@pytest.mark.parametrize("name", CAUSES)
def test_each_check_tells_of_its_cause_alone_and_can_be_switched_off(
    check: Check, simulator: Simulator, name: str
) -> None:
    CAUSES[name](simulator)
    limit = {"max_instance_age": 86400} if name == "instance_age" else {}
    # A test is in a recovery state of its own, and one without a task has no known age.
    others = [other for other in ("seed_space", *_GO_TOGETHER.get(name, ())) if other != name]
    result = check(extended(skip_checks=others, **limit))
    assert effects(result) == {CHECKS[name].effect: [name]}
    assert result["is_ready"] is (CHECKS[name].effect == "unknown")
    silent = check(extended(skip_checks=[name, *others], **limit))
    assert (effects(silent), silent["is_ready"]) == ({}, True)


@pytest.mark.parametrize(
    ("age", "most", "effect"),
    [
        (3600, {}, {}),
        (2 * 86400, {}, {"warns": ["test_age"]}),
        (2 * 86400, {"max_test_age": 3 * 86400}, {}),
        (2 * 86400, {"max_test_age": 0}, {}),
        (3600, {"max_test_age": 1800}, {"warns": ["test_age"]}),
    ],
)
@pytest.mark.parametrize("of_vapp", [False, True])
def test_how_long_a_test_may_be_running(
    check: Check, simulator: Simulator, age: int, most: dict[str, int], effect: dict[str, list[str]], of_vapp: bool
) -> None:
    some = {"vms": 0, "vapps": 1, "vms_per_vapp": 1} if of_vapp else {}
    simulator.seed(names=["db-1"], running="failover-test", **some)
    simulator.finish_tasks()
    began = simulator.clock.now_ms()
    simulator.advance(age)
    result = check(extended(skip_checks=["seed_space", "recovery_state"], **most))
    assert effects(result) == effect
    assert result["vm_replications"][0]["test"] == {"since": iso_time(began), "age": age}
    assert result["is_ready"] is not bool(effect)
    for one in result["vm_replications"][0]["concerns"]:
        until = iso_time(began + most.get("max_test_age", 86400) * 1000)
        assert one["message"].endswith(f"has been running since {iso_time(began)} and was to be cleaned up at {until}.")


def test_since_when_a_test_has_been_running_may_not_be_known(check: Check) -> None:
    result = check(extended(skip_checks=["seed_space", "recovery_state"]), vms=1, state="TEST")
    assert effects(result) == {"unknown": ["test_age"]}
    assert result["vm_replications"][0]["test"] is None


def test_each_check_has_its_case() -> None:
    assert set(CHECKS) - set(CAUSES) == {"session", "clock", "certificate", "peer_certificate"}


@pytest.mark.parametrize(
    ("hours", "least", "code"),
    [
        (0, 24, None),
        (6 * 24 - 1, 24, None),
        (6 * 24 + 1, 24, "OPTIMIZED_REVERSE_ENDS"),
        (7 * 24 - 2, 1, None),
        (7 * 24, 0, "FULL_COPY"),
        (9 * 24, 24, "FULL_COPY"),
    ],
)
def test_the_window_of_the_optimized_reverse(
    check: Check, simulator: Simulator, hours: int, least: int, code: str | None
) -> None:
    seed_of(simulator, state="COMPLETE")
    simulator.advance(hours * 3600)
    (vm,) = check(extended(min_optimized_reverse=least))["vm_replications"]
    assert codes(vm["concerns"]) == ([code] if code else [])
    assert all("about 40.0 GiB" in one["message"] for one in vm["concerns"] if code == "FULL_COPY")


def test_a_source_that_was_powered_on_is_copied_in_full(check: Check, simulator: Simulator) -> None:
    replication = seed_of(simulator, state="COMPLETE")
    simulator.power_on_source(replication.id)
    assert effects(check(extended(skip_checks=["seed_space"]))) == {"warns": ["optimized_reverse"]}


def test_before_4_5_the_window_cannot_be_told(check: Check, simulator: Simulator) -> None:
    simulator.configure(api_version="4.4")
    seed_of(simulator, state="COMPLETE")
    assert effects(check(extended(skip_checks=["seed_space"]))) == {"unknown": ["optimized_reverse"]}


def test_the_space_of_the_seeds_is_added_up_for_each_old_source(check: Check, simulator: Simulator) -> None:
    simulator.seed(vms=3, instances=0)
    (one,) = check(extended())["unknown"]
    assert "tenant-1 at site-1" in one["message"]
    assert "Replicas: 3, which use 120.0 GiB" in one["message"]


@pytest.mark.parametrize(
    ("validate", "days", "told"),
    [(True, 30, {}), (True, 999999, {"warns": ["certificate"]}), (False, 30, {"unknown": ["certificate"]})],
)
def test_a_certificate_that_ends_is_told(validate: bool, days: int, told: dict[str, list[str]]) -> None:
    simulator = Simulator()
    seed_of(simulator)
    with SimulatorServer(simulator) as server:
        params = {
            **LOGIN,
            "hostname": "127.0.0.1",
            "port": server.ports["site-2"],
            "ca_path": str(server.ca_file),
            "validate_certs": validate,
            "all": True,
            "min_certificate_days": days,
            "skip_checks": [name for name in CHECKS if name != "certificate"],
        }
        result = check_readiness(Context(params))
    assert effects(result) == told


@pytest.mark.parametrize(("state", "is_ready"), [("NOT_STARTED", True), ("COMPLETE", False)])
def test_a_reverse_needs_credentials_for_the_peer(check: Check, state: str, is_ready: bool) -> None:
    result = check(vms=1, state=state)
    (vm,) = result["vm_replications"]
    assert vm["is_ready"] is is_ready
    assert vm["operations"]["sync" if is_ready else "failover"]["blocked_by"] is None
    name = "migrate" if is_ready else "reverse"
    assert vm["operations"][name]["blocked_by"]["code"] == "SESSION_NOT_EXTENDED"
    assert codes(vm["concerns"]) == ([] if is_ready else ["SESSION_NOT_EXTENDED"])
    assert check({"all": True, "skip_checks": ["session"]})["is_ready"]
    assert check(extended())["is_ready"]


def test_what_this_user_cannot_see_is_told_once_and_does_not_count(check: Check, simulator: Simulator) -> None:
    simulator.seed(vms=3)
    result = check({"all": True})
    assert result["is_ready"] is True
    (one,) = [found for found in result["unknown"] if found["check"] == "policy_incoming"]
    assert len(one["vm_replication_ids"]) == 3
    assert "not extended to site site-1" in one["message"]
    assert {one["check"] for one in check(extended())["unknown"]} == {"seed_space"}


def test_a_provider_who_sees_several_policies_is_told_that_they_differ(check: Check, simulator: Simulator) -> None:
    simulator.seed(vms=1)
    simulator.set_policy("site-2", "tenant-2", allow_outgoing_protections=False)
    provider = {"username": "administrator@System", "password": "administrator-secret-site-2", "all": True}
    result = check(provider)
    assert {one["check"] for one in result["unknown"] if "differ" in one["message"]} == {"policy_outgoing"}


def test_what_cannot_be_read_is_told_as_such(check: Check, simulator: Simulator) -> None:
    seed_of(simulator)
    simulator.fault("html_503", path_regex="^/recovery-plans$", times=0)
    for path in ("tasks", "policies"):
        simulator.fault(
            "answer", path_regex=f"^/{path}$", times=0, status=403, body='{"code": "Forbidden", "msg": "No."}'
        )
    result = check(extended())
    told = {one["check"] for one in result["unknown"]}
    assert told >= {"recovery_plan", "running_task", "policy_incoming", "policy_outgoing"}
    assert result["is_ready"] is True


@pytest.mark.parametrize(("seconds", "words"), [(0, None), (59, None), (300, "ahead of"), (-300, "behind")])
def test_clocks_that_differ_are_told_for_the_whole_run(
    check: Check, simulator: Simulator, seconds: int, words: str | None
) -> None:
    seed_of(simulator)
    moment = format_datetime(datetime.fromtimestamp(simulator.clock.now_ms() / 1000 + seconds, UTC), usegmt=True)
    simulator.fault("answer", path_regex="^/sessions$", method="GET", times=0, body="{}", headers={"Date": moment})
    result = check({"all": True})
    told = [one["message"] for one in result["concerns"] if one["check"] == "clock"]
    assert len(told) == (words is not None)
    assert bool(result.get("warnings")) is bool(told)
    assert all(str(words) in text for text in told)
    assert check({"all": True, "skip_checks": ["clock"]})["concerns"] == []
    assert result["is_ready"] is True
    assert check({"all": True, "max_clock_difference": 1000})["concerns"] == []


def test_a_thousand_replications_cost_forty_requests_at_most(check: Check, simulator: Simulator) -> None:
    simulator.seed(vms=1000)
    check(extended())
    assert len(simulator.log) <= 40
    simulator.configure(api_version="4.5")
    before = len(simulator.log)
    check(extended())
    assert len(simulator.log) - before <= 40


@pytest.mark.parametrize(
    ("seed", "overdue"), [({"vms": 1000}, 800), ({"vapps": 10, "vms_per_vapp": 100}, 1000), ({"vms": 8}, 8)]
)
def test_many_tests_cost_no_request_for_each(
    check: Check, simulator: Simulator, seed: dict[str, int], overdue: int
) -> None:
    simulator.seed(running="failover-test", **seed)
    simulator.finish_tasks()
    simulator.advance(2 * 86400)
    result = check(extended())
    assert len(simulator.log) <= 40
    vms = result["vm_replications"]
    late = [one["id"] for one in vms if "TEST_OVERDUE" in codes(one["concerns"])]
    assert len(late) == overdue
    told = [one["vm_replication_ids"] for one in result["unknown"] if one["check"] == "test_age"]
    assert told == ([[one["id"] for one in vms if one["id"] not in late]] if overdue < len(vms) else [])


def test_many_tests_without_tasks_are_told_once(check: Check, simulator: Simulator) -> None:
    simulator.seed(vms=1000, state="TEST")
    result = check(extended())
    assert len(simulator.log) <= 40
    told = [len(one["vm_replication_ids"]) for one in result["unknown"] if one["check"] == "test_age"]
    assert (sum(told), len(told)) == (1000, 2)


POOL = networks_of("production", nic={"ipAddressAllocationMode": "POOL"})
CUSTOMIZED = {"enabled": True, "computerName": "db-1"}


@pytest.mark.parametrize(
    ("seed", "found"),
    [
        ({}, ["FAILOVER_NETWORKS_NOT_SET", "TEST_NETWORKS_NOT_SET"]),
        ({"is_reversed": True}, ["FAILOVER_NETWORKS_NOT_SET", "TEST_NETWORKS_NOT_SET"]),
        (settings(SET, None), ["TEST_NETWORKS_NOT_SET"]),
        (both(networks_of(None)), ["FAILOVER_NETWORKS_NOT_SET", "TEST_NETWORKS_NOT_SET"]),
        (both(networks_of("gone")), ["NETWORK_NOT_THERE", "NETWORK_NOT_THERE"]),
        ({"is_reversed": True, **settings(SET, networks_of("isolated", None))}, ["MAPPINGS_LOST"]),
        ({"is_reversed": True, **settings(SET, networks_of("isolated", nic={"network": None}))}, ["MAPPINGS_LOST"]),
        ({"is_reversed": True, **both(SET)}, []),
        (both(POOL), ["GUEST_CUSTOMIZATION_OFF", "GUEST_CUSTOMIZATION_OFF"]),
        (both(networks_of("production", nic={"ipAddressAllocationMode": "DHCP", "ipAddress": "10.0.0.9"})), []),
        (
            both(networks_of("production", nic={"ipAddress": "10.0.0.9"})),
            ["GUEST_CUSTOMIZATION_OFF", "GUEST_CUSTOMIZATION_OFF"],
        ),
        (settings(SET, networks_of("isolated", nic={"needsCustomization": True})), ["GUEST_CUSTOMIZATION_OFF"]),
        (
            {**both(POOL), "guest_customization": {"failoverSettings": CUSTOMIZED, "failoverTestSettings": CUSTOMIZED}},
            [],
        ),
        (
            {**both(POOL), "guest_customization": {"failoverSettings": CUSTOMIZED, "failoverTestSettings": None}},
            ["GUEST_CUSTOMIZATION_OFF"],
        ),
        ({"state": "COMPLETE"}, []),
        (both(SET), []),
    ],
)
@pytest.mark.parametrize("kind", ["vms", "vapps"])
def test_recovery_settings_that_are_required(
    check: Check, simulator: Simulator, kind: str, seed: dict[str, Any], found: list[str]
) -> None:
    seeded = simulator.seed(**{kind: 1}, vms_per_vapp=1, **seed)
    if kind == "vapps":
        by_vm_id(simulator, seeded.vapp_ids[0])
    result = check(extended(require_recovery_settings=True, skip_checks=["optimized_reverse", "test_isolation"]))
    assert codes(result["vm_replications"][0]["blocked_by"]) == found
    assert result["is_ready"] is not bool(found)


def by_vm_id(simulator: Simulator, vapp_id: str) -> None:
    """Put the settings of VMs under their ids, as a vApp shows them."""
    vapp = simulator.world.estate.vapps.all[vapp_id]
    for half in filter(None, (vapp.network_settings or {}).values()):
        half["vmNetworkSettings"] = {child.vm_id: half["vmNetworkSettings"] for child in vapp.children}


def test_nothing_that_is_set_is_no_concern_unless_it_is_required(check: Check, simulator: Simulator) -> None:
    seed_of(simulator)
    assert effects(check(extended(skip_checks=["seed_space"]))) == {}


def test_a_vm_of_a_vapp_may_be_set_up_alone(check: Check, simulator: Simulator) -> None:
    seeded = simulator.seed(vapps=1, vms_per_vapp=2)
    for child in seeded.child_ids:
        simulator.replication(child).network_settings = both(SET)["network_settings"]
    assert check(extended(require_recovery_settings=True, skip_checks=["test_isolation"]))["is_ready"]


@pytest.mark.parametrize(
    ("failover", "test", "shared"),
    [
        ("production", "production", "production"),
        ("production", "isolated", ""),
        ("production", None, ""),
    ],
)
@pytest.mark.parametrize("kind", ["vms", "vapps"])
def test_a_nic_may_connect_a_test_to_the_network_of_a_failover(
    check: Check, simulator: Simulator, kind: str, failover: str, test: str | None, shared: str
) -> None:
    halves = [{"vmNetworkSettings": {"nics": [{"nicIndex": 0, "network": one}]}} for one in (failover, test)]
    seeded = simulator.seed(**{kind: 1}, vms_per_vapp=1, **settings(*halves))
    if kind == "vapps":
        by_vm_id(simulator, seeded.vapp_ids[0])
    result = check(extended())
    (vm,) = result["vm_replications"]
    assert [one["message"] for one in vm["concerns"] if one["check"] == "test_isolation"] == (
        [f"A test is connected to the same network as a failover: {shared}."] if shared else []
    )
    assert {name: [nic["name"] for nic in half["nics"]] for name, half in vm["recovery_networks"].items()} == {
        "failover": [failover],
        "test": [test],
    }


@pytest.mark.parametrize("half", ["production", [], 1, True])
def test_settings_of_an_unknown_form_are_not_known(check: Check, simulator: Simulator, half: Any) -> None:
    seed_of(simulator, **settings(SET, half))
    result = check(extended(skip_checks=["seed_space"]))
    assert set(effects(result)["unknown"]) == {"failover_networks", "test_networks"}
    assert "failoverTestSettings is no object" in result["unknown"][0]["message"]
    assert result["vm_replications"][0]["recovery_networks"] is None


@pytest.mark.parametrize("version", ["4.5", "4.7"])
def test_a_drill_reads_the_networks_and_nothing_else(check: Check, simulator: Simulator, version: str) -> None:
    simulator.configure(api_version=version)
    simulator.seed(vms=3, vapps=1, vms_per_vapp=2, **both(networks_of("production", nic={"ipAddress": "192.0.2.1"})))
    wanted = ("test_isolation", "test_networks")
    skipped = [name for name in CHECKS if name not in wanted]
    result = check({"all": True, "require_recovery_settings": True, "skip_checks": skipped})
    assert [codes(vm["concerns"]) for vm in result["vm_replications"]] == [["TEST_NOT_ISOLATED"]] * 5
    paths = [request.path for request in simulator.log]
    assert sum(path.endswith("/network-settings") for path in paths) == 4
    # The session and the version are found out first.
    others = {path for path in paths if not path.endswith("/network-settings")} - {"/sessions", "/diagnostics/about"}
    assert others == {"/vm-replications", "/sites"}


def test_what_is_lost_is_not_known_where_nothing_is_set(check: Check, simulator: Simulator) -> None:
    seed_of(simulator, is_reversed=True)
    assert "lost_mappings" in effects(check(extended()))["unknown"]


@pytest.mark.parametrize("version", ["4.4", "4.5"])
@pytest.mark.parametrize("is_on", [True, False, None])
def test_before_4_5_the_networks_tell_of_guest_customization(
    check: Check, simulator: Simulator, version: str, is_on: bool | None
) -> None:
    simulator.configure(api_version=version)
    half = {**POOL, "vmNetworkSettings": {**POOL["vmNetworkSettings"], "enableGuestCustomization": is_on}}
    seed_of(simulator, **both(half))
    told = effects(check(extended(skip_checks=["test_isolation"])))
    if version == "4.5":
        assert told["warns"] == ["guest_customization"] * 2
    elif is_on is None:
        assert "guest_customization" in told["unknown"]
    else:
        assert told.get("warns", []) == ([] if is_on else ["guest_customization"] * 2)


@pytest.mark.parametrize("mode", ["not_found_404", "offered"])
def test_networks_that_cannot_be_listed_are_not_known(check: Check, simulator: Simulator, mode: str) -> None:
    simulator.configure(network_inventory=mode)
    seed_of(simulator, **both(networks_of("gone")))
    told = effects(check(extended(skip_checks=["seed_space", "test_isolation"])))
    assert list(told) == (["unknown"] if mode == "not_found_404" else ["warns"])


def test_settings_that_cannot_be_read_are_not_known(check: Check, simulator: Simulator) -> None:
    seed_of(simulator)
    body = '{"code": "Forbidden", "msg": "No."}'
    simulator.fault("answer", path_regex="/network-settings$", times=0, status=403, body=body)
    result = check(extended(require_recovery_settings=True))
    assert {"failover_networks", "test_networks"} <= {one["check"] for one in result["unknown"]}


def test_many_settings_are_read_only_where_they_are_required(check: Check, simulator: Simulator) -> None:
    simulator.seed(vms=13)
    (told,) = [one for one in check(extended())["unknown"] if one["check"] == "failover_networks"]
    assert "require_recovery_settings" in told["remedy"]
    assert len(told["vm_replication_ids"]) == 13
    result = check(extended(require_recovery_settings=True))
    assert len([one for one in result["vm_replications"] if one["blocked_by"]]) == 13


@pytest.mark.parametrize("vapps", [12, 13])
def test_vapps_with_settings_keep_within_forty_requests(check: Check, simulator: Simulator, vapps: int) -> None:
    simulator.configure(limit_cap=10)
    seeded = simulator.seed(vapps=vapps, vms_per_vapp=100 // vapps, **settings(SET, POOL))
    for identity in seeded.vapp_ids:
        by_vm_id(simulator, identity)
    check(extended())
    assert len(simulator.log) <= 40


@pytest.mark.parametrize("others", [30, 60])
def test_tasks_of_others_do_not_cost_a_request_for_each_replication(
    check: Check, simulator: Simulator, others: int
) -> None:
    simulator.configure(limit_cap=10)
    simulator.seed(vms=others, org="tenant-2", running="sync", destination="site-2")
    ids = simulator.seed(vms=100).vm_ids
    provider = {"username": "administrator@System", "password": "administrator-secret-site-2"}
    result = check({"vm_replication_ids": ids, **provider})
    assert len(simulator.log) <= 40
    told = [one for one in result["unknown"] if one["check"] == "running_task"]
    assert bool(told) is (others > 40)


@pytest.mark.parametrize(
    ("minutes", "share"),
    [
        ([], None),
        ([0, 60], None),
        ([0, 10, 20], None),
        ([0, 15, 30], None),
        ([0, 10, 40], "38%"),
        ([0, 30, 60], "50%"),
        ([0, 1, 1001], "98%"),
    ],
)
def test_the_history_of_the_rpo(check: Check, simulator: Simulator, minutes: list[int], share: str | None) -> None:
    seed_of(simulator, rpo=15)
    syncs(simulator, minutes)
    told = [one["message"] for one in check(extended())["unknown"] if one["check"] == "rpo_history"]
    assert len(told) == (share is not None)
    assert all(f"in {share}" in text for text in told)


@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        ({"code": "CertificateNotTrusted", "msg": "Not trusted."}, True),
        ({"code": "GeneralServerFailure", "msg": "PKIX path building failed"}, True),
        ({"code": "GeneralServerFailure", "msg": "The thumbprint has changed."}, True),
        ({"code": "GeneralServerFailure", "msg": "Connection refused"}, False),
        (None, False),
    ],
)
@pytest.mark.parametrize("direction", ["incoming", "outgoing"])
def test_a_connection_that_fails_for_a_certificate(
    check: Check, simulator: Simulator, error: dict[str, str] | None, is_told: bool, direction: str
) -> None:
    seed_of(simulator)
    state = {f"{direction}CommError": error}
    body = json.dumps([{"site": "site-2", "isLocal": True, "state": {}}, {"site": "site-1", "state": state}])
    simulator.fault("answer", path_regex="^/sites$", times=0, body=body)
    assert codes(check(extended())["concerns"]) == (["PEER_CERTIFICATE"] if is_told else [])
    assert check(extended(skip_checks=["peer_certificate"]))["concerns"] == []


def test_before_a_failover_the_rights_at_the_peer_are_not_known(check: Check, simulator: Simulator) -> None:
    seed_of(simulator)
    (told,) = [one for one in check({"all": True})["unknown"] if one["check"] == "session"]
    assert "extend_sites" in told["remedy"]
    assert [one for one in check(extended())["unknown"] if one["check"] == "session"] == []
