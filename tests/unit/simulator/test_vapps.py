# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Partial recovery of a vApp."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


def vapps(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.send("GET", "/vapp-replications").document["items"]
    return found


def members(document: dict[str, Any]) -> list[str]:
    return [child["id"] for child in document["vmReplications"]]


def test_a_partial_failover_splits_the_vapp_replication(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    first, second, third = seeded.child_ids
    caller.done(first, "failover")
    rest, recovered = vapps(caller)
    assert rest["id"] == seeded.vapp_ids[0] != recovered["id"]
    assert rest["descriptor"]["name"] == recovered["descriptor"]["name"]
    assert (members(rest), members(recovered)) == ([second, third], [first])
    assert caller.get(first)["vappReplicationId"] == recovered["id"]
    caller.done(second, "failover")
    rest, recovered = vapps(caller)
    assert (members(rest), members(recovered)) == ([third], [first, second])
    caller.done(third, "failover")
    assert [members(vapp) for vapp in vapps(caller)] == [[third], [first, second]]


def test_the_part_that_stays_may_get_the_new_id(make: Make) -> None:
    simulator = make(split_new_id="staying_part")
    seeded = simulator.seed(vapps=1)
    first, second, third = seeded.child_ids
    caller = Caller(simulator).login()
    caller.done(first, "failover")
    recovered, rest = vapps(caller)
    assert recovered["id"] == seeded.vapp_ids[0] != rest["id"]
    assert (members(recovered), members(rest)) == ([first], [second, third])
    assert caller.get(second)["vappReplicationId"] == rest["id"]
    caller.done(second, "failover")
    recovered, rest = vapps(caller)
    assert (members(recovered), members(rest)) == ([first, second], [third])


def test_the_parts_go_on_by_themselves(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    extended.done(seeded.child_ids[0], "failover")
    rest, recovered = vapps(extended)
    extended.done(recovered["id"], "reverse")
    extended.done(rest["id"], "failover")
    assert simulator.effects(seeded.vapp_ids[0]) == {"failover": 1}
    assert [simulator.effects(child)["failover"] for child in seeded.child_ids] == [1, 1, 1]


def test_a_reverse_of_one_vm_splits_too(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    extended.done(seeded.vapp_ids[0], "failover")
    for child in seeded.child_ids[:2]:
        extended.done(child, "reverse")
    rest, reversed_part = vapps(extended)
    assert (members(rest), members(reversed_part)) == (seeded.child_ids[2:], seeded.child_ids[:2])
    assert (rest["source"]["site"], reversed_part["source"]["site"]) == ("site-1", "site-2")


def test_a_test_does_not_split(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    caller.done(seeded.child_ids[0], "failover-test")
    assert [members(vapp) for vapp in vapps(caller)] == [seeded.child_ids]


def test_a_failed_failover_does_not_split(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=1)
    simulator.fault("task_fails")
    caller.done(seeded.child_ids[0], "failover")
    assert [members(vapp) for vapp in vapps(caller)] == [seeded.child_ids]


def test_a_single_child_does_not_split(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=1, vms_per_vapp=1)
    caller.done(seeded.child_ids[0], "failover")
    assert [vapp["id"] for vapp in vapps(caller)] == seeded.vapp_ids


def test_splitting_can_be_turned_off(make: Make) -> None:
    simulator = make(split_vapp=False)
    seeded = simulator.seed(vapps=1)
    caller = Caller(simulator).login()
    caller.done(seeded.child_ids[0], "failover")
    assert [members(vapp) for vapp in vapps(caller)] == [seeded.child_ids]


def test_stopping_all_children_ends_the_vapp_replication(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vapps=2)
    extended.done(seeded.vapp_ids[0], "", method="DELETE")
    for child in seeded.child_ids[3:]:
        extended.done(child, "", method="DELETE")
    assert vapps(extended) == []
