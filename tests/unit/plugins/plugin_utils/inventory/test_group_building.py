# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups that are built of values of the service: what Ansible would refuse is built in another way."""

from __future__ import annotations

from typing import Any

from ansible.inventory.data import InventoryData
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.group_building import Trial, WithoutLoops

GROUPS = ("a", "b", "c")


def inventory() -> Any:
    """An inventory with three groups, each with a host of its own."""
    made: Any = InventoryData()
    for group in GROUPS:
        made.add_group(group)
        made.add_host(f"in-{group}", group=group)
    return made


def members(made: Any, group: str) -> set[str]:
    return {host.name for host in made.groups[group].get_hosts()}


def test_a_trial_learns_of_groups_and_fills_none() -> None:
    trial = Trial(inventory())
    trial.add_group("parent")
    assert not trial.add_child("parent", "a")
    assert not trial.add_child("parent", "parent")
    assert {"parent", *GROUPS} <= set(trial.groups)
    assert not members(trial, "parent")


def test_what_makes_no_loop_is_built_as_by_ansible() -> None:
    made = inventory()
    building = WithoutLoops(made)
    assert building.add_child("a", "b")
    assert building.add_child("b", "in-c")
    building.complete()
    assert [group.name for group in made.groups["a"].child_groups] == ["b"]
    assert members(made, "a") == {"in-a", "in-b", "in-c"}
    assert members(made, "b") == {"in-b", "in-c"}


@given(links=st.lists(st.tuples(st.sampled_from(GROUPS), st.sampled_from(GROUPS)), max_size=6))
def test_a_group_has_all_hosts_of_the_groups_in_it_even_in_a_circle(links: list[tuple[str, str]]) -> None:
    expected = {group: {group} for group in GROUPS}
    for _round in GROUPS:
        for group, child in links:
            expected[group] |= expected[child]
    made = inventory()
    building = WithoutLoops(made)
    for group, child in links:
        building.add_child(group, child)
    building.add_host("late", group="a")
    building.complete()
    for group in GROUPS:
        late = {"late"} if "a" in expected[group] else set()
        assert members(made, group) == {f"in-{one}" for one in expected[group]} | late
