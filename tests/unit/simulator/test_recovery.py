# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the verbs leave behind: VMs, ids, instances, direction."""

from __future__ import annotations

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.model import VmReplication, Workload
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make

WEEK_MS = 7 * 86_400_000


def vms(simulator: Simulator, site: str) -> list[tuple[str, bool, bool]]:
    return [(vm.name, vm.powered_on, vm.test_copy) for vm in simulator.workloads(site)]


def vm_of(simulator: Simulator, identifier: str) -> VmReplication:
    found = simulator.replication(identifier)
    assert isinstance(found, VmReplication)
    return found


def recovery_info(caller: Caller, identifier: str) -> dict[str, object]:
    found: dict[str, object] = caller.get(identifier)["destinationState"]["recoveryInfo"]
    return found


def test_failover_leaves_the_source_alone(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(names=["web"]).vm_ids[0]
    caller.done(identifier, "failover")
    assert vms(simulator, "site-1") == [("web", True, False)]
    assert vms(simulator, "site-2") == [("web", True, False)]
    info = recovery_info(caller, identifier)
    assert info["vcdVmId"] == simulator.workloads("site-2")[0].id
    assert info["optimizeUntil"] == simulator.clock.now_ms() + WEEK_MS
    assert caller.get(identifier)["destination"]["recoveredVappId"] == info["vAppId"]


def test_power_on_is_a_choice(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(names=["web"]).vm_ids[0]
    caller.done(identifier, "failover", {"powerOn": False})
    assert vms(simulator, "site-2") == [("web", False, False)]


def test_migrate_synchronizes_and_powers_off_the_source(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(names=["web"]).vm_ids[0]
    before = vm_of(simulator, identifier).instances[-1].key
    extended.done(identifier, "migrate")
    assert vms(simulator, "site-1") == [("web", False, False)]
    assert vms(simulator, "site-2") == [("web", True, False)]
    assert vm_of(simulator, identifier).instances[-1].key != before


def test_a_test_makes_a_copy_and_cleanup_removes_it(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(names=["web"]).vm_ids[0]
    caller.done(identifier, "failover-test")
    assert vms(simulator, "site-2") == [("web", True, True)]
    assert recovery_info(caller, identifier)["vcdVmId"] == simulator.workloads("site-2")[0].id
    assert caller.get(identifier)["destination"]["recoveredVappId"] is None
    caller.done(identifier, "failover-test", method="DELETE")
    assert vms(simulator, "site-2") == []
    assert recovery_info(caller, identifier)["vcdVmId"] is None


def test_a_test_can_synchronize_first(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    before = vm_of(simulator, identifier).instances[-1].key
    caller.done(identifier, "failover-test", {"sync": True})
    assert vm_of(simulator, identifier).instances[-1].key != before


def test_reverse_turns_everything_round(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(names=["web"]).vm_ids[0]
    extended.done(identifier, "failover")
    old, recovered = extended.get(identifier), recovery_info(extended, identifier)
    extended.done(identifier, "reverse")
    new = extended.get(identifier)
    assert (new["source"]["site"], new["destination"]["site"]) == ("site-2", "site-1")
    assert (new["vmId"], new["source"]["vappId"]) == (recovered["vcdVmId"], recovered["vAppId"])
    assert (new["source"]["vdcId"], new["destination"]["vdcId"]) == (
        old["destination"]["vdcId"],
        old["source"]["vdcId"],
    )
    assert (old["isReversed"], new["isReversed"]) == (False, True)
    assert recovery_info(extended, identifier)["recoveryState"] == "NOT_STARTED"
    assert vms(simulator, "site-1") == []
    assert vms(simulator, "site-2") == [("web", True, False)]


def test_there_and_back_again(simulator: Simulator) -> None:
    identifier = simulator.seed(names=["web"]).vm_ids[0]
    for site in ("site-2", "site-1"):
        caller = Caller(simulator, site).login(extend=True)
        caller.done(identifier, "migrate")
        caller.done(identifier, "reverse")
    document = caller.get(identifier)
    assert (document["source"]["site"], document["isReversed"]) == ("site-1", False)
    assert vms(simulator, "site-1") == [("web", True, False)]
    assert vms(simulator, "site-2") == []


def test_a_seed_with_other_disks_makes_the_reverse_fail(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    simulator.workloads("site-1")[0].disks = 2
    task = extended.done(identifier, "reverse").document
    assert (task["state"], task["error"]["code"]) == ("FAILED", "SimulatorSeedDisksMismatch")
    assert extended.state(identifier) == "COMPLETE"
    assert len(simulator.workloads("site-1")) == 1


def test_a_reverse_needs_something_recovered(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vapps=1, state="COMPLETE")
    vm_of(simulator, seeded.child_ids[2]).recovered = None
    task = extended.done(seeded.vapp_ids[0], "reverse").document
    assert (task["state"], task["error"]["code"]) == ("FAILED", "SimulatorNothingRecovered")
    assert {simulator.document(child)["source"]["site"] for child in seeded.child_ids} == {"site-1"}


def test_the_storage_profile_of_the_recovered_vm(simulator: Simulator, caller: Caller) -> None:
    gold, silver = simulator.site("site-2").storage_profiles
    any_of_them, chosen = simulator.seed(vms=2).vm_ids
    caller.done(chosen, "storage-profile", {"storageProfileId": silver})
    for identifier, expected in ((any_of_them, gold), (chosen, silver)):
        caller.done(identifier, "failover")
        assert recovery_info(caller, identifier)["storageProfileId"] == expected


def test_all_vms_of_a_vapp_are_recovered_into_one(simulator: Simulator, caller: Caller) -> None:
    seeded = simulator.seed(vapps=2)
    for vapp in seeded.vapp_ids:
        caller.done(vapp, "failover")
    vapps = [
        {vm.vapp_id for vm in simulator.workloads("site-2") if vm.name.startswith(name)}
        for name in ("vapp-01", "vapp-02")
    ]
    assert [len(ids) for ids in vapps] == [1, 1]
    assert vapps[0] != vapps[1]


def test_sync_pause_and_resume(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    vm = vm_of(simulator, identifier)
    first = vm.instances[-1].key
    caller.done(identifier, "sync")
    second = vm.instances[-1].key
    caller.done(identifier, "pause")
    assert caller.get(identifier)["isPaused"] is True
    assert caller.verb(identifier, "sync").code == "SimulatorPaused"
    caller.done(identifier, "resume")
    assert caller.get(identifier)["isPaused"] is False
    third = vm.instances[-1].key
    caller.done(identifier, "resume")
    assert len({first, second, third}) == 3
    assert vm.instances[-1].key == third


def test_cleanup_without_a_test_changes_nothing(make: Make) -> None:
    simulator = make(cleanup_without_test="accepted")
    fresh = simulator.seed(vms=1).vm_ids[0]
    complete = simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    caller = Caller(simulator).login()
    for identifier, state in ((fresh, "NOT_STARTED"), (complete, "COMPLETE")):
        caller.done(identifier, "failover-test", method="DELETE")
        assert caller.state(identifier) == state
    assert recovery_info(caller, complete)["vcdVmId"] is not None


def test_migrate_ends_a_test_where_it_is_allowed(make: Make) -> None:
    simulator = make(migrate_in_test="allowed")
    identifier = simulator.seed(names=["web"], state="TEST").vm_ids[0]
    caller = Caller(simulator).login(extend=True)
    caller.done(identifier, "migrate")
    assert caller.state(identifier) == "COMPLETE"
    assert vms(simulator, "site-2") == [("web", True, False)]


def test_powering_on_the_old_source_ends_the_optimized_reverse(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vms=1, vapps=1)
    for identifier in (seeded.vm_ids[0], seeded.vapp_ids[0]):
        extended.done(identifier, "migrate")
        simulator.power_on_source(identifier)
    for identifier in seeded.all_vm_ids:
        assert recovery_info(extended, identifier)["optimizeUntil"] == -1
    assert all(vm.powered_on for vm in simulator.workloads("site-1"))


def test_to_on_premises_and_back(simulator: Simulator, caller: Caller) -> None:
    identifier = simulator.seed(names=["erp"], source="site-2", destination="onprem-1", owner="tenant-1@site-2").vm_ids[
        0
    ]
    caller.done(identifier, "failover", {"type": "vcenter"})
    info = recovery_info(caller, identifier)
    assert info["type"] == "vc"
    assert str(info["vmId"]).startswith("vm-")
    caller.done(identifier, "reverse")
    assert caller.get(identifier)["vmId"] == info["vmId"]
    assert vms(simulator, "site-2") == []


def test_the_source_may_be_gone(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    workload: Workload = simulator.workloads("site-1")[0]
    simulator.world.estate.drop_workload("site-1", workload.id)
    for verb in ("migrate", "reverse"):
        assert extended.done(identifier, verb).document["state"] == "SUCCEEDED"
    simulator.power_on_source(identifier)
    assert extended.state(identifier) == "NOT_STARTED"
