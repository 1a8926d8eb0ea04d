# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control port without the port."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import RealClock, Settings, Simulator, control
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller


def ask(simulator: Simulator, method: str, path: str, body: Any = None) -> Any:
    status, document = control.act(simulator, method, path, body)
    assert status == 200, document
    return document


def test_seed_state_and_tasks(simulator: Simulator) -> None:
    seeded = ask(simulator, "POST", "/seed", {"vms": 1, "vapps": 1, "running": "failover"})
    assert (len(seeded["vm_ids"]), len(seeded["vapp_ids"]), len(seeded["child_ids"])) == (1, 1, 3)
    assert len(ask(simulator, "GET", "/state")["running_tasks"]) == 2
    before = ask(simulator, "POST", "/advance", {"seconds": 1})["now"]
    assert ask(simulator, "POST", "/finish")["now"] > before
    assert ask(simulator, "GET", "/state")["running_tasks"] == []


def test_settings(simulator: Simulator) -> None:
    assert ask(simulator, "POST", "/settings", {"reverse_id": "new"})["reverse_id"] == "new"
    assert ask(simulator, "GET", "/settings")["reverse_id"] == simulator.settings.reverse_id == "new"


def test_faults(simulator: Simulator) -> None:
    wanted = [{"kind": "slow", "match": {"site": "site-1"}}, {"kind": "reset_before", "method": "POST"}]
    assert [fault["kind"] for fault in ask(simulator, "POST", "/faults", wanted)] == ["slow", "reset_before"]
    ask(simulator, "POST", "/faults", {"kind": "truncated"})
    assert len(ask(simulator, "GET", "/faults")) == 3
    ask(simulator, "POST", "/faults/clear")
    assert ask(simulator, "GET", "/faults") == []


def test_one_wrong_fault_sets_none(simulator: Simulator) -> None:
    status, _unused = control.act(simulator, "POST", "/faults", [{"kind": "slow"}, {"kind": "explosion"}])
    assert status == 400
    assert simulator.faults.all == []


def test_log_and_counters(simulator: Simulator, caller: Caller) -> None:
    caller.send("GET", "/sites", headers={"operationid": "op"})
    entry = ask(simulator, "GET", "/log")[-1]
    assert (entry["path"], entry["status"], entry["operation_id"]) == ("/sites", 200, "op")
    assert ask(simulator, "GET", "/counters")["requests"] == 2
    ask(simulator, "POST", "/log/clear")
    assert ask(simulator, "GET", "/log") == []


def test_sessions_policies_and_vms(simulator: Simulator, caller: Caller) -> None:
    assert ask(simulator, "POST", "/expire", {"site": "site-1"}) == {"expired": 0}
    assert ask(simulator, "POST", "/expire") == {"expired": 1}
    policy = ask(simulator, "POST", "/policies", {"site": "site-1", "org": "tenant-1", "min_rpo": 60})
    assert (policy["id"], policy["min_rpo"]) == ("policy-tenant-1", 60)
    assert ask(simulator, "POST", "/workloads", {"name": "new", "site": "site-1"})["name"] == "new"
    assert caller.send("GET", "/sites").status == 401


def test_reset(simulator: Simulator) -> None:
    ask(simulator, "POST", "/settings", {"reverse_id": "new"})
    ask(simulator, "POST", "/seed", {"vms": 1})
    ask(simulator, "POST", "/reset")
    assert ask(simulator, "GET", "/state")["vm_replications"] == []
    assert simulator.settings.reverse_id == "new"


def test_real_time_can_be_moved_too() -> None:
    simulator = Simulator(Settings(), RealClock())
    begin = simulator.clock.now_ms()
    assert ask(simulator, "POST", "/advance", {"seconds": 1000})["now"] >= begin + 1_000_000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/settings", {"reverse_id": "odd"}),
        ("/settings", [1]),
        ("/seed", {"vmss": 1}),
        ("/advance", {}),
        ("/policies", {"site": "site-9"}),
        ("/policies", {"site": "site-1", "colour": "red"}),
        ("/faults", ["slow"]),
    ],
)
def test_what_does_not_fit_is_refused(simulator: Simulator, path: str, body: Any) -> None:
    status, document = control.act(simulator, "POST", path, body)
    assert status == 400
    assert document["error"]


def test_unknown_paths(simulator: Simulator) -> None:
    status, document = control.act(simulator, "GET", "/nothing", None)
    assert status == 404
    assert "GET /state" in document["error"]
