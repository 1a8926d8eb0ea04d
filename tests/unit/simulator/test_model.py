# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model: snapshots, ends, policies."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator.model import (
    End,
    Instance,
    Policy,
    Rules,
    Site,
    VappReplication,
    Vdc,
    VmReplication,
    children_of,
    name_of,
)


@pytest.fixture
def vm() -> VmReplication:
    ends = End("site-1", org="tenant-1"), End("site-2", org="tenant-1")
    return VmReplication("C4-1", "C4-1", "vm-1", "web", "tenant-1@site-1", *ends)


def test_the_other_end(vm: VmReplication) -> None:
    assert vm.other_end("site-1") is vm.destination
    assert vm.other_end("site-2") is vm.source


def test_a_snapshot_keeps_what_was(vm: VmReplication) -> None:
    vm.instances = [Instance("a", 1, 1, 1, 1), Instance("b", 2, 2, 1, 1)]
    taken = vm.snapshot()
    vm.recovery_state = "COMPLETE"
    vm.instances.clear()
    assert taken.recovery_state == "NOT_STARTED"
    assert [instance.key for instance in taken.instances] == ["b"]


def test_a_snapshot_of_a_vapp_keeps_its_children(vm: VmReplication) -> None:
    vapp = VappReplication("C4VAPP-1", "C4VAPP-1", "shop", children=[vm])
    taken = vapp.snapshot()
    vapp.children.clear()
    assert [child.id for child in taken.children] == ["C4-1"]
    assert vapp.audience == frozenset()


def test_children_and_names(vm: VmReplication) -> None:
    vapp = VappReplication("C4VAPP-1", "C4VAPP-1", "shop", children=[vm])
    assert children_of(vm) == children_of(vapp) == [vm]
    assert (name_of(vm), name_of(vapp)) == ("web", "shop")


def test_kept_instances() -> None:
    assert Rules().kept_instances() == 1
    assert (
        Rules(
            retention=[{"numberOfInstances": 4, "distance": 60}, {"numberOfInstances": 2, "distance": 90}]
        ).kept_instances()
        == 6
    )


def test_policy_and_vdc_of_a_site() -> None:
    own = Policy(id="own")
    site = Site("site-1", "vcloud", "x", [Vdc("1", "vdc", "tenant-1")], {}, {"default": Policy(), "own": own})
    site.org_policies["tenant-1"] = "own"
    assert site.policy("tenant-1") is own
    assert site.policy("tenant-2").id == "default"
    found = site.vdc("1")
    assert found is not None
    assert found.name == "vdc"
    assert site.vdc("2") is None
