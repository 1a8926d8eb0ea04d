# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are left out of a replication, from its start or later."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP
from ansible_collections.opendr.vcda.tests.unit.declared.workbench import Workbench, code, only

EVERY = [{"disks": [2002, 2001]}]


@pytest.fixture
def bench() -> Workbench:
    return with_disks()


def with_disks(**switches: Any) -> Workbench:
    """A VM and a vApp of two VMs, of which each has three disks."""
    made = Workbench(**switches)
    made.simulator.seed(vms=1, names=("db",), vapps=1, vapp_names=("shop",), vms_per_vapp=2)
    estate = made.simulator.world.estate
    for vm in estate.vms.all.values():
        workload = estate.workload("site-1", vm.vm_id)
        assert workload is not None
        workload.disks = 3
    return made


def excluded(bench: Workbench) -> dict[str, list[int]]:
    return {vm.vm_name: vm.rules.excluded_disks for vm in bench.simulator.world.estate.vms.all.values()}


def test_disks_are_left_out_and_taken_in_again(bench: Workbench) -> None:
    result = bench.run(vm_names=["db"], excluded_disks=EVERY)
    assert excluded(bench)["db"] == [2001, 2002]
    assert result["diff"][0]["before"]["excluded_disks"] == []
    assert result["diff"][0]["after"]["excluded_disks"] == [2001, 2002]
    assert [step["step"] for step in only(result)["steps"]] == ["change of disks"]
    bench.leaves_alone(vm_names=["db"], excluded_disks=[{"vm": "db", "disks": [2001, 2002, 2001]}])
    bench.run(vm_names=["db"], excluded_disks=[{"disks": []}])
    assert excluded(bench)["db"] == []
    bench.leaves_alone(vm_names=["db"], excluded_disks=[])


def test_a_vapp_names_each_of_its_vms(bench: Workbench) -> None:
    bench.run(VAPP, vapp_names=["shop"], excluded_disks=[{"vm": "shop-vm-1", "disks": [2001]}])
    bodies: list[Any] = []
    bench.simulator.observers.append(
        lambda _site, request, _response: bodies.append(request.body) if request.method == "PATCH" else None
    )
    wish: dict[str, Any] = {"vapp_names": ["shop"], "excluded_disks": [{"vm": "shop-vm-2", "disks": [2002]}]}
    predicted = bench.run(VAPP, check_mode=True, **wish)
    assert bodies == []
    result = bench.run(VAPP, **wish)
    assert predicted["diff"] == result["diff"]
    assert result["diff"][0]["after"]["excluded_disks"] == {"shop-vm-1": [2001], "shop-vm-2": [2002]}
    assert [sorted(json.loads(body).values()) for body in bodies] == [[[2001], [2002]]]
    assert excluded(bench) == {"db": [], "shop-vm-1": [2001], "shop-vm-2": [2002]}
    bench.leaves_alone(VAPP, **wish)


def test_a_new_vm_is_started_without_them() -> None:
    bench = Workbench()
    wish = {**bench.new_vm(disks=3), "excluded_disks": EVERY}
    predicted = bench.run(check_mode=True, **wish)
    result = bench.run(**wish)
    assert [step["step"] for step in only(result)["steps"]] == ["start"]
    assert predicted["changed"]
    assert list(excluded(bench).values()) == [[2001, 2002]]
    bench.leaves_alone(**wish)


@pytest.mark.parametrize("entries", [[{"vm": "VM-ID", "disks": [2001]}], [{"disks": [2001]}]])
def test_a_new_vm_is_meant_by_its_id_or_by_every_entry(entries: list[dict[str, Any]]) -> None:
    bench = Workbench()
    new = bench.new_vm(disks=2)
    named = [{**one, "vm": new["source"]["vm_id"].upper()} if "vm" in one else one for one in entries]
    bench.run(**new, excluded_disks=named)
    assert list(excluded(bench).values()) == [[2001]]


def test_a_vapp_of_which_only_one_vm_can_be_changed(bench: Workbench) -> None:
    result = bench.run(VAPP, vapp_names=["shop"], excluded_disks=EVERY, wait=False)
    assert result["changed"]
    bench.simulator.finish_tasks()
    bench.leaves_alone(VAPP, vapp_names=["shop"], excluded_disks=EVERY)


@pytest.mark.parametrize("mode", ["bad_request_400", "method_not_allowed_405"])
def test_a_service_that_refuses_it_for_vms(mode: str) -> None:
    bench = with_disks(vm_disks=mode)
    result = bench.run(vm_names=["db"], excluded_disks=EVERY)
    assert result["failed"]
    assert result["changed"] is False
    assert bench.run(VAPP, vapp_names=["shop"], excluded_disks=EVERY)["changed"]


def test_before_4_4_it_is_refused_before_anything_is_sent() -> None:
    bench = with_disks(api_version="4.3")
    result = bench.run(vm_names=["db"], excluded_disks=EVERY, rpo=60)
    assert code(result) == "OPTION_NOT_IN_API_VERSION"
    assert bench.changes() == []
    bench.leaves_alone(vm_names=["db"], excluded_disks=[{"disks": []}])


def test_a_service_that_does_not_show_them(bench: Workbench) -> None:
    document = bench.run(vm_names=["db"], rpo=15)["vm_replications"][0]["replication"]
    del document["settings"]["excludedDiskKeys"]
    page = json.dumps({"items": [document], "offset": 0, "limit": 100, "total": 1})
    bench.simulator.fault("answer", path_regex="^/vm-replications$", method="GET", times=0, body=page)
    assert code(bench.run(vm_names=["db"], excluded_disks=EVERY)) == "NOT_SHOWN"
    assert bench.changes() == []


@pytest.mark.parametrize(
    "entries",
    [
        [{"vm": "nobody", "disks": []}],
        [{"vm": "db", "disks": []}, {"vm": "db", "disks": [2001]}],
        [{"disks": []}, {"disks": [2001]}],
    ],
)
def test_entries_that_mean_no_vm_or_one_twice(bench: Workbench, entries: list[dict[str, Any]]) -> None:
    result = bench.run(vm_names=["db"], excluded_disks=entries)
    assert result["error"]["category"] == "invalid_request"
    assert "excluded_disks" in result["msg"]
    assert bench.changes() == []


def test_a_source_that_names_disks_too_is_refused() -> None:
    bench = Workbench()
    new = bench.new_vm(disks=2)
    new["source"]["excluded_disks"] = []
    result = bench.run(**new, excluded_disks=EVERY)
    assert result["error"]["category"] == "invalid_request"
    assert bench.changes() == []
