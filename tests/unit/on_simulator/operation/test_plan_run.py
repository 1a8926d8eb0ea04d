# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery plans of the product: each decision, exactly once, prompts, and every form in which a service shows them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_plans import OPERATIONS, RecoveryPlan
from ansible_collections.opendr.vcda.plugins.module_utils.operation.plan_run import decide_plan
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

FORMS = [(name, value) for name in Settings().to_dict() if name.startswith("recovery_plan_") for value in choices(name)]
TASKS = [("task_type_names", "other"), ("task_result", "absent"), ("task_ids_filter", "ignored")]


def site(prompt: str = "", is_migration: bool = False, **switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=2, names=("db-1", "app-1"))
    steps: list[dict[str, Any]] = [
        {"replications": ["db-1"], "prompt": prompt, "delay": 2000},
        {"replications": ["app-1"]},
    ]
    made.add_recovery_plan("shop", steps, is_migration=is_migration)
    return made


def operate(simulator: Simulator, operation: str, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    return run(
        Case("recovery_plan", {"name": "shop", "operation": operation, **options}, check_mode=check_mode), simulator
    )


def effects(simulator: Simulator) -> dict[str, int]:
    plan = next(iter(simulator.world.plans.values()))
    return simulator.effects(plan.id)


def plan(state: str, operation: str | None = None, **more: Any) -> RecoveryPlan:
    return RecoveryPlan(id="1", name="shop", is_migration=False, state=state, last_operation=operation, **more)


@pytest.mark.parametrize(
    ("now", "test", "cleanup", "failover"),
    [
        (plan("NOT_STARTED"), "act", "done", "act"),
        (plan("COMPLETE", "TEST"), "done", "act", "TEST_ACTIVE"),
        (plan("COMPLETE", "TEST", last_error={"code": "a"}), "act", "act", "TEST_ACTIVE"),
        (plan("COMPLETE", "FAILOVER"), "RECOVERED", "done", "done"),
        (plan("COMPLETE", "FAILOVER", last_error={"code": "a"}), "RECOVERED", "done", "act"),
        (plan("COMPLETE", "TEST_CLEANUP"), "act", "done", "act"),
        (plan("COMPLETE", "CLEANUP", last_error={"code": "a"}), "done", "act", "TEST_ACTIVE"),
        (plan("RUNNING", "TEST"), "attach", "BUSY", "BUSY"),
        (plan("SUSPENDED", "FAILOVER"), "BUSY", "BUSY", "attach"),
        (plan("COMPLETE", "DANCE"), "UNKNOWN_STATE", "UNKNOWN_STATE", "UNKNOWN_STATE"),
        (plan("COMPLETE"), "UNKNOWN_STATE", "UNKNOWN_STATE", "UNKNOWN_STATE"),
        (plan("PONDERING"), "UNKNOWN_STATE", "UNKNOWN_STATE", "UNKNOWN_STATE"),
        (RecoveryPlan(id="1", name="shop"), "UNKNOWN_STATE", "UNKNOWN_STATE", "UNKNOWN_STATE"),
    ],
)
def test_every_decision(now: RecoveryPlan, test: str, cleanup: str, failover: str) -> None:
    assert [decide_plan(name, now) for name in ("test", "cleanup", "failover")] == [test, cleanup, failover]


def test_only_a_migration_plan_is_migrated_and_nothing_else_is_done_with_it() -> None:
    for is_migration in (True, False):
        now = RecoveryPlan(id="1", name="shop", is_migration=is_migration, state="NOT_STARTED")
        fits = {name for name in OPERATIONS if decide_plan(name, now) != "wrong plan"}
        assert fits == ({"migrate"} if is_migration else {"test", "cleanup", "failover"})


@pytest.mark.parametrize(("switch", "value"), FORMS + TASKS, ids=str)
def test_a_drill_in_every_form_in_which_a_service_may_show_plans(switch: str, value: str) -> None:
    switches: dict[str, Any] = {switch: value}
    simulator = site(prompt="Is it up?", **switches)
    for operation, states in (("test", ["TEST", "TEST"]), ("cleanup", ["NOT_STARTED"] * 2)):
        predicted = operate(simulator, operation, check_mode=True)
        assert predicted["changed"]
        assert "failed" not in predicted
        result = operate(simulator, operation)
        if operation == "test":
            assert (result["error"]["code"], result["recovery_plan"]["state"]) == ("PLAN_SUSPENDED", "SUSPENDED")
            shown = result["recovery_plan"]["suspended_at"]
            assert (shown and shown["prompt"]) == (None if value == "not_shown" and "steps" in switch else "Is it up?")
            assert operate(simulator, "test")["changed"] is False
            simulator.approve_prompt("shop")
            result = operate(simulator, operation)
            assert result["decision"] in ("attach", "done")
        assert "failed" not in result, result["msg"]
        again = operate(simulator, operation)
        assert (again["changed"], again["decision"]) == (False, "done")
        assert [vm["recovery_state"] for vm in simulator.snapshot()["vm_replications"]] == states
    assert effects(simulator) == {"test": 1, "cleanup": 1}
    assert (again["report"] is None) == ("execution" in switch and value == "not_shown")


@pytest.mark.parametrize("operation", ["failover", "migrate"])
def test_a_recovery_and_its_report(operation: str) -> None:
    simulator = site(is_migration=operation == "migrate")
    result = operate(simulator, operation)
    assert result["msg"].endswith("is done.")
    assert result["recovery_plan"]["state"] == "COMPLETE"
    assert [step["name"] for step in result["report"]["executed_steps"]] == ["step-1", "step-2"]
    assert result["diff"][0]["before"] == {"state": "NOT_STARTED", "last_operation": None}
    assert result["diff"][0]["after"] == {"state": "COMPLETE", "last_operation": operation.upper()}
    assert result["task"]["site"] is None
    assert operate(simulator, operation)["changed"] is False
    assert effects(simulator) == {operation: 1}


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "timeout_after", "html_502", "broken_json"])
@pytest.mark.parametrize("types", choices("task_type_names"))
def test_whatever_becomes_of_the_answer_the_plan_starts_once(fault: str, types: str) -> None:
    simulator = site(task_type_names=types)
    simulator.fault(fault, method="POST", path_regex="/failover$")
    result = operate(simulator, "failover")
    assert "failed" not in result, result["msg"]
    assert effects(simulator) == {"failover": 1}


@pytest.mark.parametrize("work_lost", [False, True])
def test_a_task_that_vanishes_is_settled_by_the_plan(work_lost: bool) -> None:
    simulator = site()
    simulator.fault("task_vanishes", method="POST", path_regex="/failover$", work_lost=work_lost)
    assert operate(simulator, "failover")["recovery_plan"]["state"] == "COMPLETE"


def test_a_task_that_fails_is_told_and_the_next_run_tries_again() -> None:
    simulator = site()
    simulator.fault("task_fails", method="POST", path_regex="/failover$", code="SimulatorNoSpace", msg="No space.")
    result = operate(simulator, "failover")
    assert (result["error"]["category"], result["error"]["code"]) == ("task_failed", "SimulatorNoSpace")
    assert result["changed"]
    assert result["report"]["result"] == "FAILED"
    assert operate(simulator, "failover")["decision"] == "act"


def test_without_waiting_the_next_run_attaches() -> None:
    simulator = site()
    result = operate(simulator, "test", wait=False)
    assert result["msg"].endswith("goes on.")
    assert result["recovery_plan"]["state"] in ("NOT_STARTED", "RUNNING")
    attached = operate(simulator, "test")
    assert (attached["decision"], attached["changed"]) == ("attach", True)
    assert effects(simulator) == {"test": 1}


@pytest.mark.parametrize("how", choices("wrong_state"))
def test_what_the_service_refuses_is_told(how: str) -> None:
    simulator = site(wrong_state=how)
    run(Case("vm_replication_failover_test", {"vm_names": ["db-1"]}), simulator)
    result = operate(simulator, "failover", validate=True)
    assert result["failed"]
    assert result["error"]["code"] == "SimulatorPlanInvalid"
    assert effects(simulator) == {}


def test_the_time_may_be_over_before_the_plan_is() -> None:
    simulator = site(task_seconds=100)
    result = operate(simulator, "test", wait_timeout=5)
    assert (result["error"]["category"], result["changed"]) == ("timeout", True)
    assert operate(simulator, "test")["decision"] == "attach"


@pytest.mark.parametrize("task", choices("recovery_plan_suspended_task"))
def test_it_may_wait_for_the_approval(task: str) -> None:
    simulator = site(prompt="Is it up?", recovery_plan_suspended_task=task)
    result = operate(simulator, "test", wait_for_approval=True, wait_timeout=60)
    assert (result["error"]["category"], result["recovery_plan"]["state"]) == ("timeout", "SUSPENDED")


@pytest.mark.parametrize("version", ["4.0", "4.2", "4.3", "4.6"])
def test_validation_is_only_asked_of_versions_that_know_it(version: str) -> None:
    simulator = site(api_version=version, unknown_keys="rejected")
    refused = operate(simulator, "test", validate=True)
    expected = "PLANS_NOT_OFFERED" if version < "4.3" else "OPTION_NOT_IN_API_VERSION"
    assert refused["error"]["code"] == expected
    if version >= "4.3":
        assert "failed" not in operate(simulator, "test")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"name": "nobody"}, "PLAN_NOT_FOUND"),
        ({"name": " "}, "INVALID_OPTION"),
        ({"name": "twice"}, "AMBIGUOUS_NAME"),
        ({"operation": "migrate"}, "WRONG_PLAN"),
        ({"wait_timeout": 0}, "INVALID_OPTION"),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_anything_starts(options: dict[str, Any], code: str) -> None:
    simulator = site()
    for _each in range(2):
        simulator.add_recovery_plan("twice", [])
    result = run(Case("recovery_plan", {"name": "shop", "operation": "test", **options}), simulator)
    assert result["error"]["code"] == code
    assert effects(simulator) == {}
