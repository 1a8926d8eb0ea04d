# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What failed without an effect has changed nothing, and the counts of a summary add up, whatever the outcomes are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

THERE = {"active_site": "site-2"}
# Module, its options, the state that it needs, and the path of its request.
WAYS: Mapping[str, tuple[str, dict[str, Any], str, str]] = {
    "failover": ("failover", THERE, "NOT_STARTED", "/failover$"),
    "migrate": ("migrate", THERE, "NOT_STARTED", "/migrate$"),
    "reverse": ("reverse", THERE, "COMPLETE", "/reverse$"),
    "test": ("failover_test", {}, "NOT_STARTED", "/failover-test$"),
    "cleanup": ("failover_test", {"state": "absent"}, "TEST", "/failover-test$"),
    "sync": ("sync", {}, "NOT_STARTED", "/sync$"),
    "settings": ("", {"rpo": 60}, "NOT_STARTED", "/C4[^/]*$"),
    "pause": ("", {"paused": True}, "NOT_STARTED", "/pause$"),
    "stop": ("", {"state": "absent"}, "NOT_STARTED", "/C4[^/]*$"),
}
HIDDEN = ("sync", "settings", "pause", "stop")
NAMES = {"vm": ["db-1", "app-1", "web-1"], "vapp": ["shop-1", "shop-2", "shop-3"]}
FAULTS: Mapping[str, dict[str, Any]] = {
    "task_fails": {"code": "SimulatorNoSpace"},
    "task_vanishes": {"work_lost": True},
    "answer": {"status": 400, "body": '{"code": "BadRequest", "msg": "No."}'},
}


def site(kind: str, state: str, **switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    seed = {"vms": 3, "names": NAMES["vm"]}
    if kind == "vapp":
        seed = {"vapps": 3, "vapp_names": NAMES["vapp"], "vms_per_vapp": 2}
    made.seed(**seed, state=state)
    return made


def operate(simulator: Simulator, kind: str, way: str, **options: Any) -> dict[str, Any]:
    module, own, _state, _path = WAYS[way]
    name = f"{kind}_replication" + (f"_{module}" if module else "")
    return run(Case(name, {f"{kind}_names": NAMES[kind], **own, **options}), simulator)


def adds_up(result: dict[str, Any], kind: str) -> None:
    summary, items = result["summary"], result[f"{kind}_replications"]
    assert summary["changed"] + summary["done"] + summary["failed"] == summary["total"] == len(items)
    assert summary["failed"] == sum("error" in item for item in items)
    assert result["changed"] == any(item["changed"] for item in items)
    assert len(result["diff"]) == sum(item["changed"] for item in items)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", NAMES)
def test_one_of_three_that_failed_without_an_effect_is_not_changed(kind: str, way: str, fault: str) -> None:
    simulator = site(kind, WAYS[way][2])
    method = {"settings": "PATCH", "stop": "DELETE", "cleanup": "DELETE"}.get(way, "POST")
    simulator.fault(fault, method=method, path_regex=WAYS[way][3], nth=2, times=1, **FAULTS[fault])
    result = operate(simulator, kind, way, max_concurrent=1)
    adds_up(result, kind)
    if way in HIDDEN and fault == "task_vanishes":
        # No state shows it, so it may be under way though its task is gone.
        assert result["summary"]["changed"] + result["summary"]["failed"] == 3
        return
    assert result["summary"] == {"total": 3, "changed": 2, "done": 0, "failed": 1}
    failed = next(item for item in result[f"{kind}_replications"] if "error" in item)
    assert (failed["changed"], failed["decision"]) == (
        False,
        "refuse" if fault == "answer" and not WAYS[way][0] else "act",
    )
    assert all(not child["changed"] for child in failed.get("children", ()))


@pytest.mark.parametrize("way", ["failover", "reverse", "settings"])
@pytest.mark.parametrize("kind", NAMES)
def test_what_may_still_be_under_way_is_a_change(kind: str, way: str) -> None:
    simulator = site(kind, WAYS[way][2], task_seconds=500)
    result = operate(simulator, kind, way, wait_timeout=100)
    adds_up(result, kind)
    assert (result["changed"], result["summary"]["failed"]) == (True, 3)
    assert {item["error"]["code"] for item in result[f"{kind}_replications"]} == {"WAIT_TIMEOUT"}


def test_a_task_that_was_attached_to_and_failed_is_not_a_change_either() -> None:
    simulator = site("vm", "NOT_STARTED", task_seconds=500)
    simulator.fault("task_fails", path_regex="/failover$", times=0, code="SimulatorNoSpace")
    operate(simulator, "vm", "failover", wait=False)
    result = operate(simulator, "vm", "failover", wait_timeout=1000)
    adds_up(result, "vm")
    assert {(item["decision"], item["changed"]) for item in result["vm_replications"]} == {("attach", False)}


def test_a_part_of_a_vapp_that_was_changed_changes_it_though_another_failed() -> None:
    simulator = Simulator(Settings(split_vapp=False), ManualClock())
    simulator.seed(vapps=1, vapp_names=["shop"], vms_per_vapp=3)
    assert run(Case("vm_replication_failover", {"vm_names": ["shop-vm-1"], **THERE}), simulator)["changed"]
    simulator.fault("task_fails", path_regex="/failover$", nth=1, code="SimulatorNoSpace")
    result = run(Case("vapp_replication_failover", {"vapp_names": ["shop"], **THERE, "max_concurrent": 1}), simulator)
    adds_up(result, "vapp")
    [shop] = result["vapp_replications"]
    assert [(child["changed"], bool(child["error"])) for child in shop["children"]] == [
        (False, False),
        (False, True),
        (True, False),
    ]
    assert shop["changed"]
    assert result["summary"] == {"total": 1, "changed": 0, "done": 0, "failed": 1}
