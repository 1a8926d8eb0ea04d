# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of the recovery settings that a reverse does not carry over, whatever the service shows after it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

HERE, THERE, OTHER = ({"id": f"id-{name}", "name": name} for name in ("here", "there", "other"))
PEER = {"site": "site-1", "username": "operator@tenant-1", "password": "operator-secret-site-1"}
READ = "GET /vm-replications/{id}/network-settings"


def mapped(*pairs: tuple[dict[str, str], dict[str, str]]) -> dict[str, Any]:
    mappings = [
        {"sourceNetworkName": None, "sourceOrgVdcNetwork": source, "destinationOrgVdcNetwork": destination}
        for source, destination in pairs
    ]
    return {"vAppNetworkSettings": {"networkMappings": mappings}, "vmNetworkSettings": None}


ONE = {"failoverSettings": mapped((HERE, THERE)), "failoverTestSettings": None}
TWO = {"failoverSettings": mapped((HERE, THERE), (OTHER, THERE)), "failoverTestSettings": None}


def site(settings: dict[str, Any], **switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=1, names=("db-1",), vapps=1, vapp_names=("web",), state="COMPLETE", network_settings=settings)
    return made


def reverse(simulator: Simulator, kind: str = "vm", *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    name = {"vm_names": ["db-1"]} if kind == "vm" else {"vapp_names": ["web"]}
    wanted = {**name, "active_site": "site-2", "extend_sites": [PEER], "compare_networks": True, **options}
    return run(Case(f"{kind}_replication_reverse", wanted, check_mode=check_mode), simulator)


def lost(result: dict[str, Any]) -> list[str] | None:
    item = (result.get("vm_replications") or result["vapp_replications"])[0]
    told: list[dict[str, Any]] | None = item.get("lost_mappings")
    return None if told is None else [f"{one['source_network']} -> {one['destination_network']}" for one in told]


@pytest.mark.parametrize("kind", ["vm", "vapp"])
@pytest.mark.parametrize("reverse_id", ["same", "new"])
@pytest.mark.parametrize(
    ("mode", "settings", "expected"),
    [
        ("inverted", ONE, []),
        ("inverted", TWO, ["here -> there", "other -> there"]),
        ("dropped", ONE, ["here -> there"]),
        ("kept", ONE, ["here -> there"]),
    ],
)
def test_what_is_lost_is_told(
    kind: str, reverse_id: str, mode: str, settings: dict[str, Any], expected: list[str]
) -> None:
    result = reverse(site(settings, reverse_networks=mode, reverse_id=reverse_id), kind)
    assert result["changed"]
    assert not result.get("failed")
    assert lost(result) == expected
    assert len([text for text in result["warnings"] if "did not carry over" in text]) == bool(expected)


def test_check_mode_tells_what_is_documented_to_be_lost() -> None:
    simulator = site(TWO)
    result = reverse(simulator, check_mode=True)
    assert lost(result) == ["here -> there", "other -> there"]
    assert "will not carry over" in result["warnings"][0]
    assert lost(reverse(site(ONE), check_mode=True)) == []


def test_a_second_run_compares_nothing() -> None:
    simulator = site(ONE)
    assert lost(reverse(simulator)) == []
    simulator.log.clear()
    result = reverse(simulator)
    assert (result["changed"], lost(result)) == (False, None)
    assert not simulator.log.by_operation[READ]


def test_by_default_nothing_is_read() -> None:
    simulator = site(ONE)
    assert lost(reverse(simulator, compare_networks=False)) is None
    assert not simulator.log.by_operation[READ]


def test_settings_that_cannot_be_read_do_not_make_a_reverse_fail() -> None:
    simulator = site(ONE)
    body = '{"code": "Forbidden", "msg": "No."}'
    simulator.fault("answer", method="GET", path_regex="/network-settings$", status=403, body=body, times=0)
    result = reverse(simulator)
    assert result["changed"]
    assert not result.get("failed")
    assert lost(result) is None
    assert [text for text in result["warnings"] if "cannot be read" in text]


def test_a_reverse_that_nobody_waits_for_is_not_compared() -> None:
    result = reverse(site(ONE), wait=False)
    assert result["changed"]
    assert lost(result) is None
