# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of everything."""

from __future__ import annotations

import json

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller


def test_a_snapshot_is_json_and_complete(simulator: Simulator, extended: Caller) -> None:
    seeded = simulator.seed(vms=1, vapps=1, vms_per_vapp=1)
    simulator.configure(sites_down=["site-1"])
    extended.verb(seeded.vm_ids[0], "failover")
    simulator.advance(10)
    snapshot = json.loads(json.dumps(simulator.snapshot()))
    assert snapshot["now"] == simulator.clock.now_ms()
    assert {name: site["down"] for name, site in snapshot["sites"].items()} == {
        "site-1": True,
        "site-2": False,
        "onprem-1": False,
    }
    vm = snapshot["vm_replications"][0]
    assert (vm["id"], vm["recovery_state"], vm["busy"]) == (seeded.vm_ids[0], "IN_PROGRESS", "failover")
    assert (vm["effects"], vm["completions"]) == ({"failover": 1}, {})
    assert snapshot["vapp_replications"] == [
        {
            "id": seeded.vapp_ids[0],
            "lineage": seeded.vapp_ids[0],
            "name": "vapp-01",
            "children": seeded.child_ids,
        }
    ]
    assert [workload["site"] for workload in snapshot["workloads"]] == ["site-1", "site-1"]
    assert [(task["type"], task["state"], task["progress"]) for task in snapshot["running_tasks"]] == [
        ("failover", "RUNNING", 50)
    ]
    assert snapshot["settings"]["sites_down"] == ["site-1"]
