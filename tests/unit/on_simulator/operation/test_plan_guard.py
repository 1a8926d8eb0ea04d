# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications that a running recovery plan holds: warned of, or refused, with at most the requests that it takes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

LIST = "GET /recovery-plans"


def site(**switches: Any) -> Simulator:
    """Two VMs of which the plan holds the second one, and waits at the prompt after its first, empty step."""
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=2, names=("db-1", "app-1"), vapps=1, vapp_names=("web",))
    steps: list[dict[str, Any]] = [{"replications": [], "prompt": "Go on?"}, {"replications": ["app-1", "web"]}]
    made.add_recovery_plan("shop", steps)
    if made.settings.version >= (4, 3):
        run(Case("recovery_plan", {"name": "shop", "operation": "failover"}), made)
    made.log.clear()
    return made


def failover(simulator: Simulator, *, respect: bool = False, **options: Any) -> dict[str, Any]:
    wanted = {"vm_names": ["db-1", "app-1"], "active_site": "site-2", "respect_recovery_plans": respect, **options}
    return run(Case("vm_replication_failover", wanted), simulator)


@pytest.mark.parametrize("members", choices("recovery_plan_members"))
@pytest.mark.parametrize("listed", choices("recovery_plan_list"))
def test_a_replication_that_a_plan_holds_is_refused_and_the_others_are_not(members: str, listed: str) -> None:
    result = failover(site(recovery_plan_members=members, recovery_plan_list=listed), respect=True)
    db, app = result["vm_replications"]
    assert (db["decision"], db["changed"]) == ("act", True)
    assert (app["decision"], app["changed"], app["error"]["code"]) == ("refuse", False, "RECOVERY_PLAN_ACTIVE")
    assert "recovery plan shop" in app["error"]["message"]


def test_by_default_it_is_warned_of_and_done() -> None:
    result = failover(site())
    assert result["summary"]["changed"] == 2
    assert [text for text in result["warnings"] if "app-1" in text and "which is SUSPENDED" in text]
    assert not [text for text in result["warnings"] if "db-1" in text]


@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_a_plan_that_holds_a_vapp_holds_its_vms(kind: str) -> None:
    name = {"vm_names": ["web-vm-1"]} if kind == "vm" else {"vapp_names": ["web"]}
    wanted = {**name, "active_site": "site-2", "respect_recovery_plans": True}
    result = run(Case(f"{kind}_replication_failover", wanted), site())
    assert result["error"]["code"] == "RECOVERY_PLAN_ACTIVE"


@pytest.mark.parametrize(("steps", "requests"), [("in_list", 1), ("in_plan", 2), ("separate", 3)])
def test_it_takes_no_more_requests_than_it_must(steps: str, requests: int) -> None:
    simulator = site(recovery_plan_steps=steps)
    failover(simulator, vm_names=["db-1"])
    asked = {name: count for name, count in simulator.counters()["by_operation"].items() if "recovery-plans" in name}
    assert (sum(asked.values()), asked[LIST]) == (requests, 1)


def test_nothing_is_asked_where_nothing_is_to_be_done() -> None:
    simulator = site()
    failover(simulator)
    simulator.log.clear()
    assert failover(simulator, respect=True)["summary"]["done"] == 2
    assert LIST not in simulator.counters()["by_operation"]


def test_a_version_without_plans_is_not_asked() -> None:
    simulator = site(api_version="4.2")
    assert failover(simulator, respect=True)["summary"]["changed"] == 2
    assert not [entry for entry in simulator.log if "recovery-plans" in entry.path]


@pytest.mark.parametrize("answer", choices("recovery_plans")[1:])
@pytest.mark.parametrize("respect", [False, True])
def test_a_service_that_does_not_offer_plans_has_none(answer: str, respect: bool) -> None:
    simulator = site()
    simulator.configure(recovery_plans=answer)
    result = failover(simulator, respect=respect)
    assert (result["summary"]["changed"], result["warnings"]) == (2, [])


@pytest.mark.parametrize("body", ['"plans"', "null", '{"plans": []}', "[1, 2]", '{"items": [1]}', '[{"name": "a"}]'])
def test_an_answer_of_any_other_form_means_none_too(body: str) -> None:
    simulator = site()
    simulator.fault("answer", method="GET", path_regex="/recovery-plans$", status=200, body=body, times=0)
    assert failover(simulator, respect=True)["summary"]["changed"] == 2


@pytest.mark.parametrize("respect", [False, True])
def test_a_service_that_cannot_be_asked_is_warned_of_or_refused(respect: bool) -> None:
    simulator = site()
    simulator.fault("html_503", method="GET", path_regex="/recovery-plans$", times=0)
    result = failover(simulator, respect=respect)
    assert result["summary"]["failed"] == (2 if respect else 0)
    assert bool(result["warnings"]) is not respect


def test_a_plan_that_does_not_show_what_it_holds_is_warned_of() -> None:
    result = failover(site(recovery_plan_steps="not_shown"), respect=True)
    assert result["summary"]["changed"] == 2
    assert [text for text in result["warnings"] if "does not show what it holds" in text]


@pytest.mark.parametrize(("respect", "where"), [(False, "concerns"), (True, "blocked_by")])
def test_a_readiness_check_blocks_what_the_operation_would_refuse(respect: bool, where: str) -> None:
    wanted = {"vm_names": ["db-1", "app-1"], "respect_recovery_plans": respect}
    result = run(Case("recovery_readiness_info", wanted), site())
    db, app = ([one["code"] for one in item[where]] for item in result["vm_replications"])
    assert ("RECOVERY_PLAN_ACTIVE" in app, "RECOVERY_PLAN_ACTIVE" in db) == (True, False)
