# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeding: any state at once."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.model import VmReplication
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


def test_names_are_numbered_through(simulator: Simulator) -> None:
    simulator.seed(vms=2, vapps=1, vms_per_vapp=2)
    simulator.seed(vms=1, vapps=1, name_prefix="db", vapp_prefix="shop")
    snapshot = simulator.snapshot()
    assert [vm["vm_name"] for vm in snapshot["vm_replications"]] == [
        "vm-01",
        "vm-02",
        "vapp-01-vm-1",
        "vapp-01-vm-2",
        "db-05",
        "shop-02-vm-1",
        "shop-02-vm-2",
        "shop-02-vm-3",
    ]
    assert [vapp["name"] for vapp in snapshot["vapp_replications"]] == ["vapp-01", "shop-02"]


def test_names_of_choice(simulator: Simulator) -> None:
    seeded = simulator.seed(names=["a", "b"], vms=3)
    assert [simulator.document(identifier)["vmName"] for identifier in seeded.vm_ids] == ["a", "b", "vm-03"]
    assert seeded.all_vm_ids == seeded.vm_ids
    assert len(simulator.seed(names=["c"]).vm_ids) == 1


def test_names_of_choice_in_vapps(simulator: Simulator) -> None:
    simulator.seed(vms=1, vapp_names=["shop", "intranet"], vms_per_vapp=2, names=["a", "b", "c"])
    snapshot = simulator.snapshot()
    assert [vm["vm_name"] for vm in snapshot["vm_replications"]] == ["a", "b", "c", "intranet-vm-1", "intranet-vm-2"]
    assert [vapp["name"] for vapp in snapshot["vapp_replications"]] == ["shop", "intranet"]


@pytest.mark.parametrize("state", ["NOT_STARTED", "TEST", "COMPLETE", "IN_PROGRESS", "ODD", None])
def test_states(simulator: Simulator, state: str | None) -> None:
    seeded = simulator.seed(vms=1, vapps=1, state=state)
    for identifier in seeded.all_vm_ids:
        vm = simulator.replication(identifier)
        assert isinstance(vm, VmReplication)
        assert vm.recovery_state == state
        assert (vm.recovered is not None) is (state in ("TEST", "COMPLETE"))


@pytest.mark.parametrize(("switch", "name"), [("usual", "reverse"), ("other", "reverseReplication")])
def test_a_verb_under_way(make: Make, switch: str, name: str) -> None:
    simulator = make(task_type_names=switch)
    seeded = simulator.seed(vms=1, vapps=1, state="COMPLETE", running="reverse")
    caller = Caller(simulator).login()
    assert caller.state(seeded.vm_ids[0]) == "IN_PROGRESS"
    tasks = caller.send("GET", "/tasks", type=name, state="RUNNING").document["items"]
    assert {task["workflowInfo"]["resourceId"] for task in tasks} == {seeded.vm_ids[0], seeded.vapp_ids[0]}
    simulator.finish_tasks()
    assert caller.get(seeded.vm_ids[0])["source"]["site"] == "site-2"
    assert simulator.completions(seeded.vapp_ids[0]) == {"reverse": 1}


def test_an_unknown_verb(simulator: Simulator) -> None:
    with pytest.raises(StopIteration):
        simulator.seed(vms=1, running="dance")


@pytest.mark.parametrize(
    ("source", "destination", "owner"),
    [
        ("site-1", "site-2", "tenant-2@site-1"),
        ("onprem-1", "site-2", "tenant-2@site-2"),
        ("site-2", "onprem-1", "tenant-2@site-2"),
    ],
)
def test_owners(simulator: Simulator, source: str, destination: str, owner: str) -> None:
    seeded = simulator.seed(vms=1, org="tenant-2", source=source, destination=destination)
    assert simulator.document(seeded.vm_ids[0])["owner"] == owner
    given = simulator.seed(vms=1, source=source, destination=destination, owner="System@site-2")
    assert simulator.document(given.vm_ids[0])["owner"] == "System@site-2"
