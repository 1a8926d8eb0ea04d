# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications as hosts: names, groups and variables, without Ansible."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.hosts import (
    GROUPINGS,
    group_names,
    unique_names,
    variables_of,
)

VM_DOCUMENT: dict[str, Any] = {
    "id": "C4-1",
    "vmName": "db-1",
    "source": {"site": "site-1", "org": "shop", "vdcName": "vdc-1", "vappName": "The Shop!"},
    "destination": {"site": "site-2", "org": "shop-dr", "vdcName": "vdc-2"},
    "destinationState": {"recoveryInfo": {"recoveryState": "NOT_STARTED"}, "currentRpoViolation": 7},
    "overallHealth": "YELLOW",
    "settings": {"rpo": 15},
}


def vm(**changes: Any) -> dict[str, Any]:
    return variables_of(VM, VM.parse({**VM_DOCUMENT, **changes}))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ([("db-1", "a"), ("web-1", "b")], ["db-1", "web-1"]),
        ([("db-1", "a"), ("web-1", "b"), ("db-1", "c")], ["db-1_a", "web-1", "db-1_c"]),
        ([("DB-1", "a"), ("db-1", "b")], ["DB-1_a", "db-1_b"]),
        ([("db 1, old:copy", "a")], ["db_1_old_copy"]),
        ([("a b", "1"), ("a:b", "2")], ["a_b_1", "a_b_2"]),
        ([("localhost", "a"), ("all", "b"), (" ", "c")], ["localhost_a", "all_b", "_c"]),
        ([("-e", "a")], ["e"]),
        ([("web[1:3]", "a"), ("!web", "b")], ["web_1_3_", "_web"]),
        ([], []),
    ],
)
def test_host_names_are_unique_and_mean_nothing_in_a_pattern(wanted: list[tuple[str, str]], names: list[str]) -> None:
    assert unique_names(wanted) == names


def test_host_names_do_not_depend_on_the_order_of_the_list() -> None:
    wanted = [("db-1", "a"), ("db-1", "b"), ("web", "c")]
    named = {
        tuple(sorted(zip((identity for _name, identity in order), unique_names(order), strict=True)))
        for order in itertools.permutations(wanted)
    }
    assert len(named) == 1


def test_a_vm_has_the_variables_of_the_info_module_and_the_selection_of_the_role() -> None:
    variables = vm()
    assert variables["vm_replication_id"] == "C4-1"
    assert variables["recovery_vm_replication_ids"] == ["C4-1"]
    assert variables["rpo"] == 15
    assert variables["rpo_violation"] == 7
    assert variables["direction"] == "site-1 to site-2"
    assert (variables["source_org"], variables["destination_vdc_name"]) == ("shop", "vdc-2")
    assert set(VM.parse(VM_DOCUMENT).summary()) < set(variables)


@pytest.mark.parametrize(("state", "site"), [("NOT_STARTED", "site-1"), ("COMPLETE", "site-2"), ("TEST", "site-1")])
def test_a_workload_runs_at_the_source_until_it_is_recovered(state: str, site: str) -> None:
    assert vm(destinationState={"recoveryInfo": {"recoveryState": state}})["runs_at"] == site


@pytest.mark.parametrize(
    ("changes", "organization"),
    [({"owner": "tenant-9@site-1"}, "tenant-9"), ({}, "shop"), ({"source": {"site": "on-prem"}}, "shop-dr")],
)
def test_the_organization_is_that_of_the_owner_else_that_of_an_end(changes: dict[str, Any], organization: str) -> None:
    assert vm(**changes)["organization"] == organization


def test_every_grouping_gives_a_group_with_a_safe_name() -> None:
    assert list(group_names(vm(), list(GROUPINGS))) == [
        "vcda_state_not_started",
        "vcda_source_site_1",
        "vcda_destination_site_2",
        "vcda_vapp_the_shop_",
        "vcda_organization_shop",
        "vcda_health_yellow",
        "vcda_direction_site_1_to_site_2",
    ]


def test_what_the_service_does_not_tell_makes_no_group() -> None:
    bare = variables_of(VM, VM.parse({"id": "C4-1"}))
    assert list(group_names(bare, list(GROUPINGS))) == []
    assert bare["vm_name"] == "C4-1"


def test_a_vapp_selects_its_vms_in_the_order_of_their_names() -> None:
    children = [{"id": "C4-2", "vmName": "web"}, {"id": "C4-3", "vmName": "db"}]
    document = {"id": "C4VAPP-1", "descriptor": {"name": "shop"}, "vmReplications": children}
    variables = variables_of(VAPP, VAPP.parse(document))
    assert variables["vapp_replication_id"] == "C4VAPP-1"
    assert variables["vapp_name"] == "shop"
    assert variables["vm_names"] == ["db", "web"]
    assert variables["recovery_vm_replication_ids"] == ["C4-3", "C4-2"]
