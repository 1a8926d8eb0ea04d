# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies as far as they refuse something."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Reply

SILVER = "5b1c0000-0000-4000-8000-000000000002"


def start(caller: Caller, source_site: str = "site-1", **more: Any) -> Reply:
    simulator = caller.simulator
    workload = simulator.add_workload("new", source_site)
    vdc = next(vdc.id for vdc in simulator.site("site-2").vdcs if vdc.org == "tenant-1")
    source = {"type": "vcVm" if source_site == "onprem-1" else "vm", "site": source_site, "vmId": workload.id}
    destination = {"type": "vcloud", "site": "site-2", "vdc": vdc}
    if source_site == "site-2":
        destination = {"type": "vc", "site": "onprem-1"}
    return caller.send("POST", "/vm-replications", {"source": source, "destination": destination, **more})


def code(reply: Reply) -> str | None:
    return reply.code if reply.status >= 400 else None


@pytest.mark.parametrize("is_migration", [False, True])
@pytest.mark.parametrize(("site", "way"), [("site-1", "outgoing"), ("site-2", "incoming")])
def test_directions(simulator: Simulator, extended: Caller, is_migration: bool, site: str, way: str) -> None:
    what = "migrations" if is_migration else "protections"
    forbidden: dict[str, Any] = {f"allow_{way}_{what}": False}
    simulator.set_policy(site, **forbidden)
    assert code(start(extended, isMigration=is_migration)) == "SimulatorPolicyViolation"
    assert code(start(extended, isMigration=not is_migration)) is None


def test_to_and_from_on_premises(simulator: Simulator, caller: Caller) -> None:
    simulator.set_policy("site-2", allow_outgoing_onprem_protections=False)
    assert code(start(caller, "site-2")) == "SimulatorPolicyViolation"
    assert code(start(caller, "site-2", isMigration=True)) is None
    simulator.set_policy("site-2", allow_incoming_protections=False)
    assert code(start(caller, "onprem-1")) == "SimulatorPolicyViolation"


def test_a_policy_of_an_organization(simulator: Simulator, extended: Caller) -> None:
    simulator.set_policy("site-2", allow_incoming_protections=False)
    simulator.set_policy("site-2", "tenant-1", allow_incoming_protections=True)
    assert code(start(extended)) is None


@pytest.mark.parametrize(("most", "refused"), [(-1, False), (0, True), (1, True), (2, False)])
def test_how_many_may_come_in(simulator: Simulator, extended: Caller, most: int, refused: bool) -> None:
    simulator.seed(vms=1)
    simulator.seed(vms=1, source="site-2", destination="site-1", owner="tenant-1@site-2")
    simulator.set_policy("site-2", max_incoming=most)
    assert (code(start(extended)) == "SimulatorPolicyViolation") is refused


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"rpo": 30}, None),
        ({"rpo": 29}, "SimulatorPolicyViolation"),
        ({"rpo": 0}, "BadUserInput"),
        ({"rpo": 1441}, "BadUserInput"),
        ({"retentionPolicy": {"rules": [{"numberOfInstances": 3, "distance": 60}]}}, None),
        ({"retentionPolicy": {"rules": [{"numberOfInstances": 4, "distance": 60}]}}, "SimulatorPolicyViolation"),
        ({"retentionPolicy": {"rules": [{"numberOfInstances": 0, "distance": 60}]}}, "BadUserInput"),
        ({"slaProfileId": SILVER}, None),
        ({"slaProfileId": "nothing"}, "BadUserInput"),
    ],
)
def test_rules(simulator: Simulator, extended: Caller, body: dict[str, Any], problem: str | None) -> None:
    simulator.set_policy("site-1", min_rpo=30, max_instances=3)
    assert code(start(extended, **body)) == problem
    identifier = simulator.seed(vms=1).vm_ids[0]
    assert code(extended.verb(identifier, "", body, "PATCH")) == problem


def test_custom_settings_may_be_forbidden(simulator: Simulator, extended: Caller) -> None:
    simulator.set_policy("site-1", allow_custom_sla_settings=False)
    assert code(start(extended, rpo=60)) == "SimulatorPolicyViolation"
    assert code(start(extended, slaProfileId=SILVER)) is None
    assert code(start(extended)) is None
