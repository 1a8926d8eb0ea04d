# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications that are to be gone are stopped, once, unless somebody still needs them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.operation import run as run_file
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import Order, start
from ansible_collections.opendr.vcda.tests.unit.declared.workbench import Workbench, code, only

UNKNOWN_ID = "C4-0a1b2c3d-0123-4567-89ab-0123456789ab"
UNKNOWN_VAPP_ID = "C4VAPP-0a1b2c3d-0123-4567-89ab-0123456789ab"
KINDS = {"vm": (VM, "vm_names", "vm-01"), "vapp": (VAPP, "vapp_names", "vapp-01")}


def bench_with(state: str = "NOT_STARTED", **switches: Any) -> Workbench:
    bench = Workbench(**switches)
    bench.simulator.seed(vms=2, vapps=1, state=state)
    return bench


def there(bench: Workbench, kind: Kind) -> int:
    estate = bench.simulator.world.estate
    return len((estate.vms if kind is VM else estate.vapps).all)


@pytest.mark.parametrize("kind", KINDS)
def test_stop_is_predicted_then_done_then_left_alone(kind: str) -> None:
    which, names, name = KINDS[kind]
    bench = bench_with()
    before = there(bench, which)
    wish: dict[str, Any] = {names: [name], "state": "absent"}
    predicted = bench.run(which, **wish, check_mode=True)
    assert (bench.changes(), there(bench, which)) == ([], before)
    done = bench.run(which, **wish)
    assert len(bench.changes()) == 1
    assert there(bench, which) == before - 1
    again = bench.run(which, **wish)
    assert bench.changes() == []
    assert (predicted["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert predicted["diff"] == done["diff"]
    assert (done["diff"][0]["before"], done["diff"][0]["after"]) == ({"state": "present"}, {"state": "absent"})
    assert only(done)["before"]["recovery_state"] == "NOT_STARTED"
    assert (only(predicted)["after"], only(done)["after"]) == (None, None)
    assert "replication" not in only(done)
    assert only(done)["task"]["state"] == "SUCCEEDED"
    assert [only(result)["decision"] for result in (predicted, done, again)] == ["act", "act", "done"]


def test_what_is_not_there_is_done() -> None:
    bench = bench_with()
    for params in (
        {"vm_replication_ids": [UNKNOWN_ID]},
        {"vm_names": ["no-such-vm"]},
        {"source": {"type": "vm", "site": "site-1", "vm_id": "no-such-vm"}},
    ):
        result = bench.run(**params, state="absent")
        assert (result["changed"], only(result)["decision"], bench.changes()) == (False, "done", [])
    assert only(bench.run(VAPP, vapp_replication_ids=[UNKNOWN_VAPP_ID], state="absent"))["id"] == UNKNOWN_VAPP_ID


def test_settings_mean_nothing_to_what_is_to_be_gone() -> None:
    bench = bench_with()
    bench.run(vm_names=["vm-01"], state="absent", rpo=60, paused=True, owner="tenant-1@site-2", is_migration=True)
    assert [change.split("/")[0] for change in bench.changes()] == ["DELETE "]


def test_stop_by_source() -> None:
    bench = Workbench()
    wish = bench.new_vm()
    identifier = only(bench.run(**wish))["id"]
    elsewhere = {**wish["destination"], "site": "onprem-1"}
    bench.leaves_alone(source=wish["source"], destination=elsewhere, state="absent")
    assert only(bench.run(source=wish["source"], state="absent"))["id"] == identifier
    assert bench.effects(identifier) == {"start": 1, "stop": 1}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("state", "expected"), [("COMPLETE", "RECOVERED"), ("TEST", "TEST_ACTIVE")])
def test_recovered_or_tested_is_refused_unless_forced(kind: str, state: str, expected: str) -> None:
    which, names, name = KINDS[kind]
    bench = bench_with(state)
    wish: dict[str, Any] = {names: [name], "state": "absent"}
    for check_mode in (True, False):
        result = bench.run(which, **wish, check_mode=check_mode)
        assert code(result) == expected
        assert "force" in result["error"]["hint"]
        assert bench.changes() == []
    assert bench.run(which, **wish, force=True)["changed"] is True
    assert only(bench.run(which, **wish))["decision"] == "done"


def test_one_recovered_vm_keeps_its_vapp() -> None:
    bench = bench_with(split_vapp=False)
    child = next(iter(bench.simulator.world.estate.vapps.all.values())).children[0]
    child.recovery_state = "COMPLETE"
    assert code(bench.run(VAPP, vapp_names=["vapp-01"], state="absent")) == "RECOVERED"
    child.recovery_state = "DREAMING"
    bench.recorder.close()
    assert code(bench.run(VAPP, vapp_names=["vapp-01"], state="absent", force=True)) == "UNKNOWN_STATE"


def test_operation_under_way_is_waited_for() -> None:
    bench = Workbench()
    seeded = bench.simulator.seed(vms=1, running="cleanup")
    assert code(bench.run(vm_names=["vm-01"], state="absent", wait=False)) == "BUSY"
    assert bench.run(vm_names=["vm-01"], state="absent")["changed"] is True
    assert bench.effects(seeded.vm_ids[0])["stop"] == 1


def test_stop_that_is_under_way_is_attached_to() -> None:
    bench = bench_with()
    first = bench.run(vm_names=["vm-01"], state="absent", wait=False)
    assert (first["changed"], only(first)["task"]["state"]) == (True, "RUNNING")
    assert first["diff"][0]["after"] == {"state": "absent"}
    second = bench.run(vm_names=["vm-01"], state="absent")
    assert (only(second)["decision"], only(second)["after"]) == ("attach", None)
    assert bench.effects(only(first)["id"]) == {"stop": 1}


@pytest.mark.parametrize("fault", ["reset_after", "timeout_after", "broken_json", "reset_before", "html_502"])
@pytest.mark.parametrize("operation_id_filter", ["honoured", "ignored", "rejected"])
@pytest.mark.parametrize("task_seconds", [0, 20])
def test_lost_answer_stops_nothing_twice(fault: str, operation_id_filter: str, task_seconds: int) -> None:
    bench = bench_with(operation_id_filter=operation_id_filter, task_seconds=task_seconds)
    bench.simulator.fault(fault, method="DELETE", path_regex="^/vm-replications/")
    result = bench.run(vm_names=["vm-01"], state="absent")
    assert "failed" not in result
    assert bench.effects(only(result)["id"]) == {"stop": 1}


def test_somebody_else_was_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_with()
    estate = bench.simulator.world.estate

    def late(client: Client, order: Order) -> Task | None:
        estate.remove(estate.vms.all[order.replication.id])
        return start(client, order)

    monkeypatch.setattr(run_file, "start", late)
    result = bench.run(vm_names=["vm-01", "vm-02"], state="absent", continue_on_error=False)
    assert [item["decision"] for item in result["vm_replications"]] == ["done", "done"]
    assert (result["changed"], "failed" in result) == (False, False)
    assert [item["after"] for item in result["vm_replications"]] == [None, None]


def test_failed_stop_leaves_the_replication() -> None:
    bench = bench_with()
    bench.simulator.fault("task_fails", method="DELETE", path_regex="^/vm-replications/", code="SimulatorStuck")
    result = bench.run(vm_names=["vm-01"], state="absent")
    assert (code(result), only(result)["after"]["recovery_state"]) == ("SimulatorStuck", "NOT_STARTED")
    assert (result["changed"], result["diff"], only(result)["decision"]) == (False, [], "act")
    assert [step["step"] for step in only(result)["steps"]] == ["stop"]


def test_vanished_stop_is_settled_by_what_is_left() -> None:
    bench = bench_with()
    bench.simulator.fault("task_vanishes", method="DELETE", path_regex="^/vm-replications/", work_lost=True)
    assert code(bench.run(vm_names=["vm-01"], state="absent")) == "TASK_VANISHED"
    gone = bench_with(task_seconds=1)
    gone.simulator.fault("task_vanishes", method="DELETE", path_regex="^/vm-replications/")
    assert "failed" not in gone.run(vm_names=["vm-01"], state="absent")


def test_namesake_is_not_mistaken_for_what_was_stopped() -> None:
    bench = Workbench()
    first = bench.simulator.seed(vms=1, names=["web"])
    bench.simulator.seed(vms=1, names=["web"])
    result = bench.run(vm_replication_ids=first.vm_ids, state="absent")
    assert ("failed" in result, only(result)["after"]) == (False, None)
    assert there(bench, VM) == 1
    assert code(bench.run(vm_names=["web"], source_vapp="no-such-vapp")) == "NAME_NOT_FOUND"


@pytest.mark.parametrize("ids_filter", ["honoured", "ignored"])
def test_ids_are_found_whether_the_filter_works_or_not(ids_filter: str) -> None:
    bench = bench_with(ids_filter=ids_filter)
    ids = [vm.id for vm in bench.simulator.world.estate.vms.all.values() if vm.vapp_replication is None]
    result = bench.run(vm_replication_ids=[*ids, UNKNOWN_ID], state="absent")
    assert result["summary"] == {"total": 3, "changed": 2, "done": 1, "failed": 0}
    assert [item["after"] for item in result["vm_replications"]] == [None, None, None]


def test_forced_stop_does_not_wait_for_a_site_that_is_gone() -> None:
    bench = bench_with("COMPLETE", sites_down=["site-1"])
    bench.simulator.fault("answer", method="DELETE", path_regex="^/vm-replications/", status=403, body="{}")
    result = bench.run(vm_names=["vm-01"], state="absent", force=True)
    assert result["error"]["http_status"] == 403
    assert not any(entry.path == "/sessions/extend" for entry in bench.sent())


def test_two_of_a_name_are_not_guessed_at() -> None:
    bench = Workbench()
    bench.simulator.seed(vms=2, names=["web", "web"])
    assert code(bench.run(vm_names=["web"], state="absent")) == "AMBIGUOUS_NAME"
    assert bench.changes() == []
