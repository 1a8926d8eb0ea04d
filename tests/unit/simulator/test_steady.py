# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures that follow from state and clock."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.model import Instance, VmReplication
from ansible_collections.opendr.vcda.tests.simulator.steady import instance_document
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller

MINUTE_MS = 60_000


def seeded(simulator: Simulator, **values: Any) -> VmReplication:
    found = simulator.replication(simulator.seed(vms=1, **values).vm_ids[0])
    assert isinstance(found, VmReplication)
    return found


def states(simulator: Simulator, vm: VmReplication) -> tuple[str, str, str, str]:
    document = simulator.document(vm.id)
    return (
        document["sourceState"]["state"],
        document["destinationState"]["state"],
        document["dataConnectionState"],
        document["overallHealth"],
    )


def test_the_steady_state(simulator: Simulator) -> None:
    vm = seeded(simulator)
    assert states(simulator, vm) == ("idle", "opened", "OK", "GREEN")
    document = simulator.document(vm.id)
    assert document["sourceState"]["progress"] is None
    assert document["destinationState"]["currentRpoViolation"] == 0
    assert document["destinationState"]["spaceRequirement"] > 0
    simulator.advance(7)
    assert simulator.document(vm.id)["sourceState"]["stateAge"] == 7000
    simulator.advance(30)
    assert simulator.document(vm.id)["sourceState"]["stateAge"] == 7000


def test_paused(simulator: Simulator) -> None:
    assert states(simulator, seeded(simulator, is_paused=True)) == ("paused", "paused", "PAUSED", "GREEN")


def test_recovered(simulator: Simulator) -> None:
    assert states(simulator, seeded(simulator, state="COMPLETE")) == ("none", "idle", "FINISHED", "GREEN")


def test_tested(simulator: Simulator) -> None:
    assert states(simulator, seeded(simulator, state="TEST")) == ("idle", "opened", "OK", "GREEN")


def test_a_source_that_is_off(simulator: Simulator) -> None:
    vm = seeded(simulator)
    simulator.workloads("site-1")[0].powered_on = False
    assert states(simulator, vm) == ("none", "opened", "POWERED_OFF", "GREEN")


@pytest.mark.parametrize(
    ("verb", "state", "expected"),
    [
        ("sync", "NOT_STARTED", ("active", "lwd", "SYNCING", "GREEN")),
        ("migrate", "NOT_STARTED", ("active", "lwd", "SYNCING", "GREEN")),
        ("reverse", "COMPLETE", ("syncing", "fullsync", "INITIAL_SYNCING", "GREEN")),
        ("failover", "NOT_STARTED", ("idle", "opened", "OK", "GREEN")),
    ],
)
def test_while_a_verb_runs(
    simulator: Simulator, extended: Caller, verb: str, state: str, expected: tuple[str, str, str, str]
) -> None:
    vm = seeded(simulator, state=state)
    extended.verb(vm.id, verb)
    simulator.advance(5)
    assert states(simulator, vm) == expected
    progress = simulator.document(vm.id)["sourceState"]["progress"]
    if expected[0] in ("active", "syncing"):
        assert progress["progress"] == 25
        assert progress["bytesTransferred"] * 4 == progress["bytesToTransfer"]
    else:
        assert progress is None


def test_instances_come_with_time(simulator: Simulator) -> None:
    vm = seeded(simulator, rpo=15, instances=3)
    first = [instance.timestamp for instance in vm.instances]
    assert [later - earlier for earlier, later in itertools.pairwise(first)] == [15 * MINUTE_MS] * 2
    simulator.advance(16 * 60)
    newest = simulator.document(vm.id)["destinationState"]["latestInstance"]
    assert newest["timestamp"] == first[-1] + 15 * MINUTE_MS
    assert [instance.timestamp for instance in vm.instances] == [*first[1:], newest["timestamp"]]
    simulator.advance(86_400 * 30)
    simulator.document(vm.id)
    assert len(vm.instances) == 3
    assert simulator.clock.now_ms() - vm.instances[-1].timestamp < 15 * MINUTE_MS


@pytest.mark.parametrize("values", [{"is_paused": True}, {"state": "COMPLETE"}])
def test_no_instances_without_replication(simulator: Simulator, values: dict[str, Any]) -> None:
    vm = seeded(simulator, **values)
    keys = [instance.key for instance in vm.instances]
    simulator.advance(86_400)
    assert simulator.document(vm.id)["destinationState"]["currentRpoViolation"] == 0
    assert [instance.key for instance in vm.instances] == keys


def test_a_site_that_is_down_hurts_health_and_rpo(simulator: Simulator) -> None:
    vm = seeded(simulator)
    simulator.document(vm.id)
    simulator.configure(sites_down=["site-1"])
    simulator.advance(3600)
    document = simulator.document(vm.id)
    assert states(simulator, vm) == ("error", "unknown", "ERROR", "RED")
    assert document["sourceState"]["stateAge"] == 3_600_000
    assert 45 <= document["destinationState"]["currentRpoViolation"] <= 60
    simulator.configure(sites_down=[])
    assert states(simulator, vm) == ("idle", "opened", "OK", "GREEN")
    assert vm.instances[-1].timestamp == simulator.clock.now_ms()


@pytest.mark.parametrize(("violation", "health"), [(0, "GREEN"), (5, "YELLOW"), (16, "RED")])
def test_health_follows_the_rpo(simulator: Simulator, violation: int, health: str) -> None:
    vm = seeded(simulator, rpo_violation=violation)
    assert simulator.document(vm.id)["destinationState"]["currentRpoViolation"] == violation
    assert states(simulator, vm)[3] == health


def test_health_can_be_seeded(simulator: Simulator) -> None:
    assert states(simulator, seeded(simulator, health="RED"))[3] == "RED"


def test_pinning_came_with_4_0() -> None:
    instance = Instance("replica-1", 1, 2, 3, 4)
    assert "isPinned" not in instance_document(instance, (3, 5))
    assert instance_document(instance, (4, 0)) == {
        "key": "replica-1",
        "timestamp": 1,
        "sequenceNumber": 2,
        "transferBytes": 3,
        "transferSeconds": 4,
        "quiescedType": "fileSystemQuiesced",
        "isPinned": False,
    }
