# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists with damaged objects among the good ones: these are served, and how many are left out is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

# Module to the key of its result.
LISTS: Mapping[str, str] = {
    "policy_info": "policies",
    "recovery_plan_info": "recovery_plans",
    "site_info": "sites",
    "sla_profile_info": "sla_profiles",
    "task_info": "tasks",
    "vapp_replication_info": "vapp_replications",
    "vm_replication_info": "vm_replications",
}


def sites(**switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=2, names=("db-1", "app-1"))
    made.seed(vapps=1, vapp_names=("shop",))
    made.add_recovery_plan("shop", [{"replications": ["db-1"]}])
    run(Case("vm_replication_sync", {"vm_names": ["db-1"]}), made)
    return made


@pytest.mark.parametrize("module", LISTS)
def test_the_good_ones_are_served_and_the_others_counted(module: str) -> None:
    whole = run(Case(module, {}), sites())
    served = run(Case(module, {}), sites(gateway="damaged_items", gateway_spares="sessions"))
    assert "failed" not in served, served["msg"]
    assert [one["id" if "id" in one else "name"] for one in served[LISTS[module]]] == [
        one["id" if "id" in one else "name"] for one in whole[LISTS[module]]
    ]
    assert "warnings" not in whole
    assert any("left out" in text for text in served["warnings"])


def test_a_plan_that_may_be_one_that_cannot_be_read_is_not_simply_absent() -> None:
    made = sites(gateway="damaged_items", gateway_spares="sessions")
    result = run(Case("recovery_plan", {"name": "nobody", "operation": "test"}), made)
    assert "cannot be read, and may be the one meant" in result["msg"]


@pytest.mark.parametrize("gateway", ["damaged_items", "null_values", "other_types"])
@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_what_may_still_be_there_is_not_called_absent(kind: str, gateway: str) -> None:
    made = sites(gateway=gateway, gateway_spares="sessions")
    result = run(Case(f"{kind}_replication", {f"{kind}_names": ["nobody"], "state": "absent"}), made)
    assert result["failed"]
    assert result["error"]["code"] == "NAME_MAY_BE_UNREADABLE"


@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_what_is_surely_not_there_is(kind: str) -> None:
    result = run(Case(f"{kind}_replication", {f"{kind}_names": ["nobody"], "state": "absent"}), sites())
    assert "failed" not in result
    assert not result["changed"]
