# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications as hosts: names, groups and variables, without Ansible."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.hosts import (
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


def test_what_the_service_does_not_tell_is_null() -> None:
    bare = variables_of(VM, VM.parse({"id": "C4-1"}))
    assert bare["vm_name"] == "C4-1"
    assert bare["direction"] is None
    assert bare["organization"] is None


def test_a_vapp_selects_its_vms_in_the_order_of_their_names() -> None:
    children = [{"id": "C4-2", "vmName": "web"}, {"id": "C4-3", "vmName": "db"}]
    document = {"id": "C4VAPP-1", "descriptor": {"name": "shop"}, "vmReplications": children}
    variables = variables_of(VAPP, VAPP.parse(document))
    assert variables["vapp_replication_id"] == "C4VAPP-1"
    assert variables["vapp_name"] == "shop"
    assert variables["vm_names"] == ["db", "web"]
    assert variables["recovery_vm_replication_ids"] == ["C4-3", "C4-2"]
