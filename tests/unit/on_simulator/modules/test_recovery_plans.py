# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What recovery_plan_info lists, and what it does where there are no plans."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run


def site(**switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=1, names=("db-1",))
    for name in ("shop", "intranet"):
        made.add_recovery_plan(name, [{"replications": ["db-1"]}])
    return made


def read(simulator: Simulator, **options: Any) -> dict[str, Any]:
    return run(Case("recovery_plan_info", options), simulator)


def names(result: dict[str, Any]) -> list[str]:
    return [plan["name"] for plan in result["recovery_plans"]]


def test_filters() -> None:
    simulator = site()
    run(Case("recovery_plan", {"name": "shop", "operation": "test"}), simulator)
    first = read(simulator)["recovery_plans"][0]
    assert names(read(simulator, states=["COMPLETE"])) == ["shop"]
    assert names(read(simulator, names=["intranet", "nobody"])) == ["intranet"]
    assert names(read(simulator, plan_ids=[first["id"]], states=["NOT_STARTED"])) == []
    assert (first["report"]["operation"], first["report"]["result"]) == ("TEST", "SUCCEEDED")
    assert read(simulator, name=["shop"], report=False)["recovery_plans"][0]["report"] is None


@pytest.mark.parametrize("option", ["plan_ids", "names", "states"])
def test_an_empty_list_never_means_all(option: str) -> None:
    assert read(site(), **{option: []})["error"]["code"] == "INVALID_OPTION"


@pytest.mark.parametrize("answer", choices("recovery_plans")[1:])
def test_a_service_without_plans_is_no_failure(answer: str) -> None:
    result = read(site(recovery_plans=answer))
    assert (result["is_offered"], result["recovery_plans"], result.get("failed")) == (False, [], None)


def test_a_version_without_plans_is_not_asked() -> None:
    simulator = site(api_version="4.2")
    assert read(simulator)["is_offered"] is False
    assert not [entry for entry in simulator.log if "recovery-plans" in entry.path]


def test_what_a_provider_made_is_hidden_from_the_tenant() -> None:
    simulator = site()
    simulator.add_recovery_plan("hidden", [], owner="System@site-2")
    assert names(read(simulator)) == ["shop", "intranet"]
