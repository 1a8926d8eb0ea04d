# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit query finds the VMs in whatever a module returns, and nothing in what a module has only read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.awx.audit import QUERIES, nodes_in
from ansible_collections.opendr.vcda.tests.examples.scenes import module_names
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import CASES, Case, run

STEPS_OF_THE_ROLE = {"opendr.vcda.recovery_select", "opendr.vcda.recovery_step"}
# They return no VMs that they acted on: a recovery plan of the product returns its steps, a probe its findings.
NOT_OF_VMS = {"session", "recovery_plan", "service_probe"}
READ_ONLY = {name for name in module_names() if name.endswith("_info")}


def acted_on(result: dict[str, Any]) -> list[str]:
    """The names of the VMs for which an operation was decided upon, and not refused."""
    items = [*result.get("vm_replications", ())]
    for vapp in result.get("vapp_replications", ()):
        items += vapp.get("children", ())
    return sorted(item["vm_name"] for item in items if item.get("decision", "refuse") != "refuse")


def test_every_module_that_acts_on_replications_is_audited() -> None:
    acting = {f"opendr.vcda.{name}" for name in set(module_names()) - READ_ONLY - NOT_OF_VMS}
    assert set(QUERIES) == {*acting, *STEPS_OF_THE_ROLE}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_nodes_in_a_result(case: Case) -> None:
    result = run(case)
    nodes = nodes_in(f"opendr.vcda.{case.module}", result)
    assert sorted(node["name"] for node in nodes) == acted_on(result)
    if not case.fails:
        assert bool(nodes) is (f"opendr.vcda.{case.module}" in QUERIES)
    assert all(nodes_in(step, result) == nodes for step in STEPS_OF_THE_ROLE)
    for node in nodes:
        facts = {"vm_name": node["name"], "organization": "tenant-1", "sites": ["site-1", "site-2"]}
        assert node["canonical_facts"] == facts
        assert node["facts"]["device_type"] == "virtual_machine"


def test_a_censored_result_holds_no_node() -> None:
    assert not nodes_in("opendr.vcda.vm_replication_reverse", {"censored": "the output has been hidden"})
