# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workload without replication gets one, and never two."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.declared import creation as creation_file
from ansible_collections.opendr.vcda.plugins.module_utils.declared.creation import NewOrder
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import start
from ansible_collections.opendr.vcda.tests.simulator.model import Workload
from ansible_collections.opendr.vcda.tests.simulator.vapps import split
from ansible_collections.opendr.vcda.tests.unit.declared.workbench import PRIMARY, RECOVERY, Workbench, code, only

NIC = {"nic_index": 0, "network": "app", "ip_address": "192.0.2.7", "mac_address": "00:50:56:AA:00:01"}
NETWORKS = {"failover": {"vm_network_settings": [{"nics": [NIC], "primary_nic_index": 0}]}}
GUESTS = {"failover": [{"enabled": True, "computer_name": "fresh"}]}
FAULTS_AFTER = ["reset_after", "timeout_after", "broken_json", "truncated"]
FAULTS_BEFORE = ["reset_before", "timeout_before", "status_500", "html_503"]


@pytest.fixture
def bench() -> Workbench:
    return Workbench()


def start_path(bench: Workbench) -> list[str]:
    return [change for change in bench.changes() if change == "POST /vm-replications"]


def test_start_is_predicted_then_done_then_left_alone(bench: Workbench) -> None:
    wish = {**bench.new_vm(), "rpo": 30, "description": "Shop", "storage_profile": bench.profile()}
    predicted = bench.run(**wish, check_mode=True)
    assert bench.changes() == []
    done = bench.run(**wish)
    assert bench.changes() == ["POST /vm-replications"]
    again = bench.run(**wish)
    assert bench.changes() == []
    assert (predicted["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert predicted["diff"] == done["diff"]
    assert done["diff"][0]["before"] == {"state": "absent"}
    assert done["diff"][0]["after"] == {
        "state": "present",
        "description": "Shop",
        "rpo": 30,
        "storage_profile": bench.profile(),
    }
    assert [only(predicted)[key] for key in ("id", "vm_name", "before")] == [None, None, None]
    foreseen, made = only(predicted)["after"], only(done)["after"]
    assert {key: made[key] for key, value in foreseen.items() if value is not None} == {
        key: value for key, value in foreseen.items() if value is not None
    }
    assert (foreseen["recovery_state"], foreseen["destination_site"]) == ("NOT_STARTED", "site-2")
    assert only(done)["id"] == only(again)["id"]
    assert only(done)["before"] is None
    assert only(done)["vm_name"] == "fresh"
    assert only(done)["replication"]["vmName"] == "fresh"
    assert only(again)["decision"] == "done"


def test_start_body_holds_what_the_user_said(bench: Workbench) -> None:
    bodies: list[Any] = []
    bench.simulator.observers.append(
        lambda _site, request, _response: (
            bodies.append(request.body.decode()) if request.path == "/vm-replications" and request.body else None
        )
    )
    wish = bench.new_vm(id="vm-1")
    bench.run(**wish, rpo=30, is_migration=True, target_disk_type="PREALLOCATED", initial_sync_time="5")
    assert bodies == [
        '{"source": {"type": "vm", "site": "site-1", "vmId": "vm-1"}, '
        f'"destination": {{"type": "vcloud", "site": "site-2", "vdc": "{bench.vdc()}"}}, '
        '"targetDiskType": "PREALLOCATED", "isMigration": true, "initialSyncTime": 5, "rpo": 30}'
    ]
    again = bench.run(**wish, rpo=30, is_migration=True, target_disk_type="PREALLOCATED", initial_sync_time="5")
    assert again["changed"] is False


def test_what_a_start_cannot_say_follows_it(bench: Workbench) -> None:
    bench.user = "administrator@System"
    result = bench.run(**bench.new_vm(), paused=True, owner="tenant-1@site-1")
    assert [step["step"] for step in only(result)["steps"]] == ["start", "pause", "change of owner"]
    assert only(result)["after"]["settings"] == {"paused": True, "owner": "tenant-1@site-1"}


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"paused": True},
        {"paused": False},
        {"owner": "tenant-1@site-1"},
        {"network_settings": NETWORKS},
        {"guest_customization": GUESTS, "paused": True},
        {"network_settings": NETWORKS, "guest_customization": GUESTS, "paused": True, "owner": "tenant-1@site-1"},
        {"paused": True, "initial_sync_time": "2040-01-01T00:00:00Z"},
        {"network_settings": NETWORKS, "paused": True, "wait": False},
        {"wait": False},
    ],
    ids=lambda later: "-".join(later) or "nothing",
)
def test_each_step_of_a_start_and_what_it_makes_is_predicted(bench: Workbench, later: dict[str, Any]) -> None:
    bench.user = "administrator@System"
    wish = {**bench.new_vm(), "rpo": 30, "is_migration": True, **later}
    predicted = bench.run(**wish, check_mode=True)
    assert bench.changes() == []
    done = bench.run(**wish)
    assert "failed" not in done, done["msg"]
    steps = [[step["step"] for step in only(result)["steps"]] for result in (predicted, done)]
    assert steps[0] == steps[1]
    assert only(predicted).get("pending") == only(done).get("pending")
    foreseen, made = only(predicted)["after"], only(done)["after"] or {}
    if made:
        pending = only(done).get("pending", ())
        assert foreseen["settings"] == {key: made["settings"][key] for key in made["settings"] if key not in pending}
        known = {key: value for key, value in foreseen.items() if value is not None and key != "settings"}
        assert {key: made[key] for key in known} == known
        assert predicted["diff"][0]["after"] == {"state": "present", **foreseen["settings"]}
    assert predicted["summary"] == done["summary"]


def test_setting_of_a_start_that_the_service_does_not_show_is_told() -> None:
    bench = Workbench(api_version="4.5")
    wish = {**bench.new_vm(), "target_disk_type": "PREALLOCATED"}
    done = bench.run(**wish)
    assert ("failed" in done, done["changed"]) == (False, True)
    assert only(done)["after"]["settings"] == {"target_disk_type": None}
    assert any(
        "target_disk_type was sent with the start, but the service does not show it" in text
        for text in done["warnings"]
    )
    again = bench.run(**wish)
    assert (code(again), again["changed"], bench.changes()) == ("NOT_SHOWN", False, [])


def test_owner_of_a_new_replication_that_the_service_does_not_show_is_told() -> None:
    bench = Workbench(api_version="4.0")
    bench.user = "administrator@System"
    result = bench.run(**bench.new_vm(), owner="tenant-1@site-1")
    assert (code(result), result["changed"]) == ("NOT_SHOWN", True)
    assert only(result)["after"]["settings"] == {"owner": None}
    assert result["summary"] == {"total": 1, "changed": 0, "done": 0, "failed": 1}


def test_without_wait_what_a_start_cannot_say_is_left_for_the_next_run(bench: Workbench) -> None:
    wish = {**bench.new_vm(), "rpo": 30, "paused": True}
    first = bench.run(**wish, wait=False)
    assert (first["changed"], only(first)["task"]["state"], only(first)["pending"]) == (True, "RUNNING", ["paused"])
    assert first["diff"][0]["after"]["rpo"] == 30
    bench.simulator.finish_tasks()
    second = bench.run(**wish)
    assert only(second)["after"]["settings"] == {"rpo": 30, "paused": True}
    assert bench.started() == 1


def test_next_run_attaches_to_a_start_that_is_under_way(bench: Workbench) -> None:
    wish = {**bench.new_vm(), "rpo": 30, "paused": True}
    bench.run(**wish, wait=False)
    predicted = bench.run(**wish, check_mode=True)
    assert (only(predicted)["decision"], predicted["changed"], bench.changes()) == ("act", True, [])
    unwaited = bench.run(**wish, wait=False)
    assert (only(unwaited)["decision"], only(unwaited)["pending"]) == ("attach", ["paused"])
    result = bench.run(**wish)
    assert [step["step"] for step in only(result)["steps"]] == ["start", "pause"]
    assert only(result)["steps"][0]["task"]["state"] == "SUCCEEDED"
    assert bench.started() == 1


@pytest.mark.parametrize("task_result", ["present", "absent"])
@pytest.mark.parametrize("task_type_names", ["usual", "other"])
@pytest.mark.parametrize("operation_id_filter", ["honoured", "ignored", "rejected"])
@pytest.mark.parametrize("fault", ["reset_after", "html_502", "reset_before"])
def test_lost_answer_starts_nothing_twice(
    fault: str, operation_id_filter: str, task_type_names: str, task_result: str
) -> None:
    bench = Workbench(operation_id_filter=operation_id_filter, task_type_names=task_type_names, task_result=task_result)
    bench.simulator.seed(vms=2, running="sync")
    bench.simulator.fault(fault, method="POST", path_regex="^/vm-replications$")
    result = bench.run(**bench.new_vm(), rpo=30)
    assert "failed" not in result
    assert only(result)["after"]["settings"] == {"rpo": 30}
    assert bench.started() == 1


@pytest.mark.parametrize("fault", FAULTS_AFTER)
def test_every_answer_lost_still_starts_once(bench: Workbench, fault: str) -> None:
    bench.simulator.fault(fault, method="POST", path_regex="^/vm-replications$", times=0)
    result = bench.run(**bench.new_vm())
    assert "failed" not in result
    assert bench.started() == 1
    assert len(start_path(bench)) == 1


@pytest.mark.parametrize("fault", FAULTS_BEFORE)
def test_start_that_never_arrives_is_given_up(bench: Workbench, fault: str) -> None:
    bench.simulator.fault(fault, method="POST", path_regex="^/vm-replications$", times=0)
    result = bench.run(**bench.new_vm())
    assert result["error"]["category"] in ("unreachable", "server")
    assert (result["changed"], bench.started()) == (False, 0)
    assert len(start_path(bench)) == 3


def test_lost_answer_that_cannot_be_settled_is_an_unknown_outcome(bench: Workbench) -> None:
    bench.simulator.fault("reset_after", method="POST", path_regex="^/vm-replications$")
    bench.simulator.fault("status_500", path_regex="^/(tasks|vm-replications)$", method="GET", nth=2, times=0)
    result = bench.run(**bench.new_vm())
    assert result["error"]["category"] == "unknown_outcome"
    assert len(start_path(bench)) == 1
    bench.simulator.clear_faults()
    bench.simulator.finish_tasks()
    assert bench.started() == 1


def test_start_that_does_not_show_yet_is_not_repeated(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.simulator.configure(operation_id_filter="ignored")
    monkeypatch.setattr("ansible_collections.opendr.vcda.tests.simulator.starts._enter", lambda _world, _made: None)
    monkeypatch.setattr(
        "ansible_collections.opendr.vcda.tests.simulator.operations.Work.occupy", lambda _work, _task: None
    )
    bench.simulator.fault("reset_after", method="POST", path_regex="^/vm-replications$")
    result = bench.run(**bench.new_vm())
    assert result["error"]["category"] == "unknown_outcome"
    assert "does not show yet" in result["msg"]
    assert len(start_path(bench)) == 1


@pytest.mark.parametrize("how", ["bad_request_400", "conflict_409", "failed_task"])
def test_refused_start_is_told_in_the_words_of_the_service(bench: Workbench, how: str) -> None:
    bench.simulator.configure(start_refusal=how)
    bench.simulator.set_policy(RECOVERY, allow_incoming_protections=False)
    result = bench.run(**bench.new_vm())
    assert code(result) == "SimulatorPolicyViolation"
    assert bench.started() == 0


def test_other_run_that_was_faster_is_as_good(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = bench.new_vm()
    rival = Workbench()
    rival.simulator, rival.clock = bench.simulator, bench.clock

    def late(client: Client, order: NewOrder) -> Task | None:
        monkeypatch.setattr(creation_file, "start", start)
        rival.run(**wish, rpo=30)
        return start(client, order)

    monkeypatch.setattr(creation_file, "start", late)
    result = bench.run(**wish, rpo=60)
    assert "failed" not in result
    assert only(result)["after"]["settings"] == {"rpo": 60}
    assert [step["step"] for step in only(result)["steps"]] == ["reconfigure"]
    assert bench.started() == 1


def test_failed_start_leaves_nothing_and_can_be_repeated(bench: Workbench) -> None:
    wish = bench.new_vm()
    bench.simulator.fault("task_fails", method="POST", path_regex="^/vm-replications$", code="SimulatorNoSpace")
    result = bench.run(**wish)
    assert (code(result), result["error"]["category"]) == ("SimulatorNoSpace", "task_failed")
    assert only(result)["after"] is None
    assert (result["changed"], result["diff"], only(result)["decision"]) == (False, [], "act")
    assert [step["step"] for step in only(result)["steps"]] == ["start"]
    assert result["summary"] == {"total": 1, "changed": 0, "done": 0, "failed": 1}
    assert "failed" not in bench.run(**wish)


def test_failed_start_of_another_run_leaves_nothing_either(bench: Workbench) -> None:
    wish = bench.new_vm()
    bench.simulator.fault("task_fails", method="POST", path_regex="^/vm-replications$", code="SimulatorNoSpace")
    bench.run(**wish, wait=False)
    result = bench.run(**wish)
    assert (code(result), only(result)["decision"]) == ("SimulatorNoSpace", "attach")
    assert only(result)["after"] is None


def test_start_beyond_the_timeout_is_attached_to_by_the_next_run() -> None:
    bench = Workbench(task_seconds=500)
    wish = bench.new_vm()
    result = bench.run(**wish, paused=True, wait_timeout=100)
    assert (code(result), result["changed"]) == ("WAIT_TIMEOUT", True)
    assert (result["warnings"], "pending" in only(result)) == ([], False)
    again = bench.run(**wish)
    assert (only(again)["decision"], only(again)["task"]["state"]) == ("attach", "SUCCEEDED")
    assert bench.started() == 1


def test_vanished_start_is_settled_by_what_is_there(bench: Workbench) -> None:
    bench.simulator.fault("task_vanishes", method="POST", path_regex="^/vm-replications$")
    result = bench.run(**bench.new_vm(), rpo=30)
    assert "failed" not in result
    assert only(result)["after"]["settings"] == {"rpo": 30}


def test_start_without_destination_is_refused_before_it_is_sent(bench: Workbench) -> None:
    source = bench.new_vm()["source"]
    for check_mode in (True, False):
        result = bench.run(source=source, check_mode=check_mode)
        assert code(result) == "INVALID_OPTION"
        assert bench.changes() == []


def test_source_alone_is_enough_for_a_replication_that_is_there(bench: Workbench) -> None:
    wish = bench.new_vm()
    bench.run(**wish)
    result = bench.run(source=wish["source"], rpo=60)
    assert only(result)["after"]["settings"] == {"rpo": 60}


def test_workload_that_goes_elsewhere_is_refused() -> None:
    bench = Workbench()
    bench.simulator.seed(vms=1, destination="onprem-1", source=RECOVERY)
    vm = next(iter(bench.simulator.world.estate.vms.all.values()))
    source = {"type": "vm", "site": RECOVERY, "vm_id": vm.vm_id}
    destination = {"type": "vcloud", "site": PRIMARY, "vdc": bench.vdc(PRIMARY)}
    for check_mode in (True, False):
        result = bench.run(source=source, destination=destination, check_mode=check_mode)
        assert code(result) == "OTHER_DESTINATION"
        assert vm.id in result["msg"]
        assert bench.changes() == []


def test_other_vdc_than_that_of_the_replication_is_refused(bench: Workbench) -> None:
    wish = bench.new_vm()
    bench.run(**wish)
    wish["destination"]["vdc"] = bench.vdc(org="tenant-2")
    assert code(bench.run(**wish, rpo=60)) == "FIXED_AT_START"
    assert bench.changes() == []


def test_vm_of_a_vcenter(bench: Workbench) -> None:
    workload = bench.simulator.add_workload("branch", "onprem-1")
    wish: dict[str, Any] = {
        "source": {"type": "vcVm", "site": "onprem-1", "vc_uuid": "a-vcenter", "vm_id": workload.id},
        "destination": {"type": "vcloud", "site": RECOVERY, "vdc": bench.vdc()},
    }
    assert only(bench.run(**wish))["after"]["source_site"] == "onprem-1"
    bench.leaves_alone(**wish)


def test_on_prem_auth_goes_with_the_start_and_is_shown_nowhere() -> None:
    bench = Workbench(on_prem_auth="required")
    workload = bench.simulator.add_workload("branch", "onprem-1")
    wish: dict[str, Any] = {
        "source": {"type": "vcVm", "site": "onprem-1", "vc_uuid": "a-vcenter", "vm_id": workload.id},
        "destination": {"type": "vcloud", "site": RECOVERY, "vdc": bench.vdc()},
    }
    assert bench.run(**wish)["error"]["category"] == "remote_authentication"
    result = bench.run(**wish, on_prem_auth="secret-of-the-branch", paused=True)
    assert "failed" not in result
    assert "secret-of-the-branch" not in str(result)


def vapp_of(bench: Workbench, count: int = 2) -> list[Workload]:
    first = bench.simulator.add_workload("shop-1", PRIMARY, vapp_name="shop")
    others = [
        bench.simulator.add_workload(f"shop-{number}", PRIMARY, vapp_id=first.vapp_id, vapp_name="shop")
        for number in range(2, count + 1)
    ]
    return [first, *others]


def test_vapp_is_started_with_all_its_vms(bench: Workbench) -> None:
    vapp_id = vapp_of(bench)[0].vapp_id
    wish: dict[str, Any] = {
        "source": {"type": "vapp", "site": PRIMARY, "vapp_id": vapp_id},
        "destination": {"type": "vcloud", "site": RECOVERY, "vdc": bench.vdc()},
        "rpo": 30,
    }
    done = bench.run(VAPP, **wish, paused=True)
    assert only(done)["vapp_name"] == "shop"
    assert only(done)["after"]["settings"] == {"rpo": 30, "paused": True}
    bench.leaves_alone(VAPP, **wish)
    bench.simulator.fault("reset_after", method="POST", path_regex="^/vapp-replications$")
    bench.leaves_alone(VAPP, **wish)


@pytest.mark.parametrize("filter_works", ["honoured", "ignored"])
def test_lost_answer_to_the_start_of_a_vapp(filter_works: str) -> None:
    bench = Workbench(operation_id_filter=filter_works)
    vapp_id = vapp_of(bench)[0].vapp_id
    bench.simulator.fault("reset_after", method="POST", path_regex="^/vapp-replications$")
    result = bench.run(
        VAPP,
        source={"type": "vapp", "site": PRIMARY, "vapp_id": vapp_id},
        destination={"type": "vcloud", "site": RECOVERY, "vdc": bench.vdc()},
    )
    assert "failed" not in result
    assert bench.effects(only(result)["id"]) == {"start": 1}


def test_parts_of_a_split_vapp_are_both_found() -> None:
    bench = Workbench()
    seeded = bench.simulator.seed(vapps=1)
    child = bench.simulator.world.estate.vms.all[seeded.child_ids[0]]
    split(bench.simulator.world, child, reversing=False)
    source = {"type": "vapp", "site": PRIMARY, "vapp_id": child.source.vapp_id}
    result = bench.run(VAPP, source=source, rpo=60)
    assert len(result["vapp_replications"]) == 2
    assert {item["after"]["settings"]["rpo"] for item in result["vapp_replications"]} == {60}
    bench.leaves_alone(VAPP, source=source, rpo=60)


def vcenter_vapp(bench: Workbench) -> tuple[list[str], dict[str, Any]]:
    ids = [bench.simulator.add_workload(f"branch-{number}", "onprem-1").id for number in (1, 2, 3)]
    wish: dict[str, Any] = {
        "source": {
            "type": "vcVapp",
            "site": "onprem-1",
            "vc_uuid": "a-vcenter",
            "vm_ids": ids[:2],
            "vapp_name": "branch",
        },
        "destination": {"type": "vcloud", "site": RECOVERY, "vdc": bench.vdc()},
    }
    return ids, wish


def test_vms_of_a_vcenter_become_a_vapp(bench: Workbench) -> None:
    ids, wish = vcenter_vapp(bench)
    assert only(bench.run(VAPP, **wish))["vapp_name"] == "branch"
    bench.leaves_alone(VAPP, **wish)
    for others in (ids, ids[:1]):
        wish["source"]["vm_ids"] = others
        assert code(bench.run(VAPP, **wish)) == "OTHER_VMS"
        assert code(bench.run(VAPP, **wish, state="absent")) == "OTHER_VMS"
        assert bench.changes() == []


def test_template_is_found_again(bench: Workbench) -> None:
    template = vapp_of(bench, 1)[0].vapp_id
    wish: dict[str, Any] = {
        "source": {"type": "vappTemplate", "site": PRIMARY, "vapp_template_id": template},
        "destination": {"type": "vcloud", "site": RECOVERY, "vdc": bench.vdc()},
        "is_migration": True,
    }
    assert bench.run(VAPP, **wish)["changed"] is True
    bench.leaves_alone(VAPP, **wish)


def test_same_vm_id_of_two_sites_is_told_apart(bench: Workbench) -> None:
    wish = bench.new_vm(id="vm-7")
    bench.simulator.add_workload("other", "onprem-1", id="vm-7")
    on_premises: dict[str, Any] = {
        "source": {"type": "vcVm", "site": "onprem-1", "vc_uuid": "a-vcenter", "vm_id": "vm-7"},
        "destination": wish["destination"],
    }
    bench.run(**wish)
    assert code(bench.run(**on_premises)) == "SimulatorAlreadyReplicated"
    assert len(start_path(bench)) == 1


@pytest.mark.parametrize("version", ["4.0", "4.2", "4.5", "4.7"])
def test_every_version_knows_the_life_of_a_replication(version: str) -> None:
    bench = Workbench(api_version=version)
    wish = bench.new_vm()
    for more in ({}, {"rpo": 60}, {"paused": True}, {"paused": False}, {"state": "absent"}):
        assert bench.run(VM, **wish, **more)["changed"] is True
        bench.leaves_alone(VM, **wish, **more)
