# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and guest customization that are set up before a recovery."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

NIC = {"nicIndex": 0, "network": "app", "ipAddress": "192.0.2.7", "ipAddressAllocationMode": "MANUAL"}
HALF: dict[str, Any] = {"vmNetworkSettings": {"nics": [NIC]}, "vAppNetworkSettings": None}


def read(simulator: Simulator, kind: str) -> dict[str, Any]:
    (item,) = run(Case(f"{kind}_replication_info", {"recovery_settings": True}), simulator)[f"{kind}_replications"]
    settings: dict[str, Any] = item["recovery_settings"]
    return settings


@pytest.mark.parametrize(("version", "has_guests"), [("4.0", False), ("4.4", False), ("4.5", True), ("4.7", True)])
def test_a_vm(version: str, has_guests: bool) -> None:
    simulator = Simulator(Settings(api_version=version), ManualClock())
    vm: Any = simulator.replication(simulator.seed(vms=1, names=("db-1",)).vm_ids[0])
    vm.network_settings = {"failoverSettings": HALF, "failoverTestSettings": None}
    found = read(simulator, "vm")
    assert found["failover"]["vm_network_settings"] == {"nics": [NIC]}
    assert found["test"]["vm_network_settings"] is None
    guest = found["test"]["guest_customization"]
    assert (guest and guest["computerName"]) == ("db-1" if has_guests else None)


def test_a_vapp_by_vm() -> None:
    simulator = Simulator(Settings(), ManualClock())
    vapp: Any = simulator.replication(simulator.seed(vapps=1).vapp_ids[0])
    found = read(simulator, "vapp")
    assert set(found["failover"]["guest_customization"]) == {child.vm_id for child in vapp.children}
    assert found["failover"]["vapp_network_settings"] is None


def test_they_are_only_read_where_asked_for() -> None:
    simulator = Simulator(Settings(), ManualClock())
    simulator.seed(vms=1)
    (item,) = run(Case("vm_replication_info", {}), simulator)["vm_replications"]
    assert "recovery_settings" not in item
    assert "GET /vm-replications/{id}/network-settings" not in simulator.counters()["by_operation"]


def test_secrets_are_masked() -> None:
    simulator = Simulator(Settings(), ManualClock())
    simulator.seed(vms=1)
    body = '{"failoverSettings": {"adminPassword": "very-secret", "computerName": "db"}}'
    simulator.fault("answer", method="GET", path_regex="/guest-customization$", status=200, body=body)
    guest = read(simulator, "vm")["failover"]["guest_customization"]
    assert guest["computerName"] == "db"
    assert "very-secret" not in str(guest)
