# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store: indexes, lineages, who sees what."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.opendr.vcda.tests.simulator.estate import Estate, audience_of
from ansible_collections.opendr.vcda.tests.simulator.model import End, VappReplication, VmReplication, Workload

ENDS = End("site-1", org="tenant-1"), End("site-2", org="tenant-1")
PROVIDERS = {("site-1", "System"), ("site-2", "System")}


def replication(number: int, vapp: str | None = None) -> VmReplication:
    identifier = f"C4-{number}"
    return VmReplication(
        identifier, identifier, f"vm-{number}", f"web-{number}", "tenant-1@site-1", *ENDS, vapp_replication=vapp
    )


@pytest.fixture
def estate() -> Estate:
    return Estate()


@pytest.mark.parametrize(
    ("owner", "tenants"),
    [
        ("tenant-1@site-1", {("site-1", "tenant-1"), ("site-2", "tenant-1")}),
        ("tenant-2@site-1", {("site-1", "tenant-2")}),
        ("System@site-1", set()),
        ("tenant-1@site-3", set()),
    ],
)
def test_who_sees_a_replication(owner: str, tenants: set[tuple[str, str]]) -> None:
    assert audience_of(owner, ENDS) == PROVIDERS | tenants


def test_find_add_and_remove(estate: Estate) -> None:
    vm = replication(1)
    estate.add(vm)
    assert estate.find("C4-1") is vm
    assert estate.of_vm("vm-1") == [vm]
    assert list(estate.vms.visible("site-2", "tenant-1")) == ["C4-1"]
    estate.remove(vm)
    assert estate.find("C4-1") is None
    assert estate.of_vm("vm-1") == []
    assert not estate.vms.visible("site-2", "tenant-1")


def test_a_new_id_is_found_by_the_old_one(estate: Estate) -> None:
    vm = replication(1)
    estate.add(vm)
    estate.change(vm, id="C4-9", vm_id="vm-9", owner="System@site-1")
    assert estate.find("C4-1") is None
    assert estate.present("C4-1") is estate.find("C4-9") is vm
    assert estate.lineage("C4-9") == "C4-1"
    assert estate.of_vm("vm-9") == [vm]
    assert not estate.vms.visible("site-2", "tenant-1")
    assert estate.present("C4-unknown") is None


def test_a_vapp_goes_with_its_last_child(estate: Estate) -> None:
    children = [replication(number, "C4VAPP-1") for number in (1, 2)]
    vapp = VappReplication("C4VAPP-1", "C4VAPP-1", "shop", children=list(children))
    for child in children:
        estate.add(child)
    estate.add_vapp(vapp)
    estate.remove(children[0])
    assert estate.find("C4VAPP-1") is vapp
    estate.remove(children[1])
    assert estate.find("C4VAPP-1") is None
    assert estate.family(vapp) == []


def test_a_vapp_is_seen_by_those_who_see_its_children(estate: Estate) -> None:
    child = replication(1, "C4VAPP-1")
    vapp = VappReplication("C4VAPP-1", "C4VAPP-1", "shop", children=[child])
    estate.add(child)
    estate.add_vapp(vapp)
    assert estate.vapps.visible("site-1", "tenant-1")
    estate.change(child, owner="System@site-1")
    assert not estate.vapps.visible("site-1", "tenant-1")
    estate.rename_vapp(vapp, "C4VAPP-2")
    assert child.vapp_replication == "C4VAPP-2"
    assert estate.present("C4VAPP-1") is vapp
    assert estate.family(vapp) == [vapp]


def test_workloads_by_vapp(estate: Estate) -> None:
    web = estate.put_workload(Workload("vm-1", "web", "site-1", vapp_id="vapp-1"))
    assert estate.workload("site-1", "vm-1") is web
    assert estate.of_vapp("site-1", "vapp-1") == [web]
    estate.drop_workload("site-1", "vm-1")
    estate.drop_workload("site-1", "vm-1")
    assert estate.workload("site-1", "vm-1") is None
    assert estate.of_vapp("site-1", "vapp-1") == []


def test_counting(estate: Estate) -> None:
    estate.count(estate.effects, ["C4-1", "C4-2"], "reverse")
    estate.count(estate.effects, ["C4-1"], "reverse")
    assert estate.effects == {"C4-1": Counter(reverse=2), "C4-2": Counter(reverse=1)}
