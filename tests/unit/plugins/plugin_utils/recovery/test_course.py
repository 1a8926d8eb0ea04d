# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The course of a run: who a step is for, what its result means, and what check mode predicts."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import fail
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    vm_id,
)

due, merge = FILTERS["due"], FILTERS["merge"]
ONE = vm_id(1)


def after(vms: list[dict[str, Any]], step: str, *items: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    options.setdefault("asked", [entry["id"] for entry in items])
    result: list[dict[str, Any]] = merge(vms, {"vm_replications": list(items)}, step, "site-2", **options)
    return result


@pytest.mark.parametrize(
    ("state", "destination", "steps"),
    [
        ("NOT_STARTED", "site-2", {"failover", "migrate", "reverse", "test", "test_cleanup"}),
        (None, "site-2", {"failover", "migrate", "reverse", "test", "test_cleanup"}),
        ("TEST", "site-2", {"cleanup", "failover", "migrate", "reverse", "test", "test_cleanup", "verify_test"}),
        ("IN_PROGRESS", "site-2", {"cleanup", "failover", "migrate", "reverse", "test", "test_cleanup"}),
        ("NEVER_HEARD_OF", "site-2", {"cleanup", "failover", "migrate", "reverse", "test", "test_cleanup"}),
        ("COMPLETE", "site-2", {"failover", "migrate", "reverse", "test", "test_cleanup", "verify"}),
        ("COMPLETE", "site-1", {"failover", "migrate", "reverse", "test", "test_cleanup", "protect_first"}),
    ],
)
def test_each_step_is_for_the_vms_that_it_concerns(state: str, destination: str, steps: set[str]) -> None:
    source = "site-1" if destination == "site-2" else "site-2"
    vms = records(document(1, state=state, source=source, destination=destination))
    every = (
        "cleanup",
        "protect_first",
        "failover",
        "migrate",
        "verify",
        "reverse",
        "test",
        "verify_test",
        "test_cleanup",
    )
    assert {step for step in every if due(vms, step, "site-2")} == steps


def test_a_step_is_for_its_wave_only() -> None:
    waves = [{"name": "a", "vm_names": ["vm-1"]}, {"name": "b", "vm_names": ["vm-2"]}]
    vms = records(document(1), document(2), waves=waves)
    assert due(vms, "failover", "site-2", wave="b") == [vm_id(2)]


def test_an_outcome_becomes_state_and_step() -> None:
    [vm] = after(records(document(1)), "failover", item(ONE, "COMPLETE"), called=1205.0)
    assert vm["changed"]
    assert vm["now"]["recovery_state"] == "COMPLETE"
    assert vm["now"]["rpo_minutes"] == 15
    assert vm["start"]["recovery_state"] == "NOT_STARTED"
    [step] = vm["steps"]
    assert (step["step"], step["started"], step["ended"], step["called"]) == ("failover", 1205.0, 1225.0, 1205.0)


def test_the_point_in_time_is_the_one_that_the_recovered_replication_shows() -> None:
    shown = item(ONE, "COMPLETE", replication=document(1, state="COMPLETE", instance_ms=1_100_000))
    [vm] = after(records(document(1)), "failover", shown)
    assert vm["now"]["instance_at"] == 1_100_000


def test_a_new_id_is_taken_from_the_result() -> None:
    reversed_item = item(vm_id(9), "NOT_STARTED", previous_id=ONE)
    [vm] = after(records(document(1, state="COMPLETE")), "reverse", reversed_item, asked=[ONE])
    assert (vm["id"], vm["previous_id"]) == (vm_id(9), ONE)
    assert due([vm], "failover", "site-2") == [vm_id(9)]


def test_a_failed_vm_takes_no_further_part_but_others_do() -> None:
    vms = after(
        records(document(1), document(2)),
        "failover",
        item(ONE, "NOT_STARTED", changed=True, error=error()),
        item(vm_id(2), "COMPLETE"),
    )
    assert vms[0]["error"] == error() | {"step": "failover"}
    assert due(vms, "reverse", "site-2") == [vm_id(2)]
    assert due(vms, "test_cleanup", "site-2") == [ONE, vm_id(2)]


def test_the_first_error_stands() -> None:
    vms = after(records(document(1)), "test", item(ONE, "TEST", error=error("FIRST")))
    vms = after(vms, "test_cleanup", item(ONE, "TEST", error=error("SECOND")))
    assert vms[0]["error"]["code"] == "FIRST"


def test_a_module_that_failed_as_a_whole_fails_everybody_it_was_asked_about() -> None:
    failed = {"msg": "No.", "error": error("UNREACHABLE", "No route.")}
    vms = merge(records(document(1), document(2)), failed, "failover", "site-2", asked=[ONE])
    assert vms[0]["error"]["message"] == "No route."
    assert vms[1]["error"] is None
    [broken] = merge(records(document(1)), {"msg": "MODULE FAILURE"}, "failover", "site-2", asked=[ONE])
    assert broken["error"]["code"] == "MODULE_FAILURE"
    assert broken["error"]["hint"]


def test_a_step_that_was_left_out_changes_nothing() -> None:
    vms = records(document(1))
    assert merge(vms, {"skipped": True}, "cleanup", "site-2", asked=[]) == vms


def test_the_result_of_an_earlier_step_is_not_taken_for_this_one() -> None:
    vms = records(document(1))
    stale = {"vm_replications": [item(ONE, "COMPLETE")]}
    assert merge(vms, stale, "cleanup", "site-2", asked=[]) == vms


class TestPrediction:
    """Check mode: the state at the site does not change, so the role goes on from what the modules predict."""

    def test_a_predicted_vm_is_not_asked_about_any_more(self) -> None:
        vms = after(records(document(1)), "failover", item(ONE, "COMPLETE"), dry=True)
        assert vms[0]["predicted"]
        assert due(vms, "reverse", "site-2") == []

    def test_the_whole_chain_is_predicted(self) -> None:
        vms = records(document(1, state="TEST"))
        vms = after(vms, "cleanup", item(ONE, "NOT_STARTED"), dry=True, wave="all")
        vms = after(vms, "failover", asked=[], dry=True, wave="all")
        vms = after(vms, "reverse", asked=[], dry=True)
        [vm] = vms
        assert [(step["step"], step["decision"]) for step in vm["steps"]] == [
            ("cleanup", "act"),
            ("failover", "act"),
            ("reverse", "act"),
        ]
        assert (vm["now"]["source_site"], vm["now"]["destination_site"]) == ("site-2", "site-1")
        assert vm["now"]["recovery_state"] == "NOT_STARTED"
        assert vm["error"] is None

    def test_what_was_recovered_elsewhere_is_predicted_through_three_steps(self) -> None:
        vms = records(document(1, state="COMPLETE", source="site-2", destination="site-1"))
        turned = {"recovery_state": "NOT_STARTED", "source_site": "site-1", "destination_site": "site-2"}
        vms = after(vms, "protect_first", item(ONE, "NOT_STARTED", after=turned), dry=True, wave="all")
        vms = after(vms, "migrate", asked=[], dry=True, wave="all")
        [vm] = after(vms, "reverse", asked=[], dry=True)
        assert [step["decision"] for step in vm["steps"]] == ["act", "act", "act"]
        assert (vm["now"]["source_site"], vm["now"]["destination_site"]) == ("site-2", "site-1")

    def test_a_refusal_is_predicted_too(self) -> None:
        vms = records(document(1, state="TEST", source="site-2", destination="site-1"))
        vms = after(
            vms,
            "cleanup",
            item(ONE, "NOT_STARTED", after={"recovery_state": "NOT_STARTED"}),
            dry=True,
            wave="all",
        )
        vms = after(vms, "test", asked=[], dry=True, wave="all")
        [vm] = after(vms, "reverse", asked=[], dry=True)
        assert vm["error"]["code"] == "TEST_ACTIVE"

    def test_a_vm_with_nothing_to_do_is_not_predicted(self) -> None:
        vms = after(
            records(document(1)), "failover", item(ONE, "NOT_STARTED", changed=False, decision="done"), dry=True
        )
        assert not vms[0]["predicted"]
        assert due(vms, "reverse", "site-2") == [ONE]

    @pytest.mark.parametrize(
        ("running", "decision", "state"),
        [("reverse", "done", "NOT_STARTED"), ("failover", "done", "COMPLETE"), ("failoverTest", "act", "NOT_STARTED")],
    )
    def test_an_unfinished_operation_is_thought_to_its_end(self, running: str, decision: str, state: str) -> None:
        task: dict[str, Any] = {"id": "task-1", "type": running, "started": None, "ended": None, "warnings": []}
        vms = records(document(1, state="IN_PROGRESS"))
        [vm] = after(vms, "cleanup", item(ONE, "NOT_STARTED", task=task), dry=True, wave="all")
        assert vm["steps"][0]["decision"] == decision
        assert vm["now"]["recovery_state"] == state

    def test_a_running_operation_of_the_same_kind_is_attached_to(self) -> None:
        task: dict[str, Any] = {"id": "task-1", "type": "failover", "started": None, "ended": None, "warnings": []}
        vms = records(document(1, state="IN_PROGRESS"))
        [vm] = after(vms, "failover", item(ONE, "COMPLETE", task=task, decision="attach"), dry=True, wave="all")
        assert vm["steps"][0]["decision"] == "attach"
        assert vm["predicted"]


def test_hooks_run_for_what_is_still_to_be_done() -> None:
    open_vms = FILTERS["open"]
    vms = records(
        document(1),
        document(2, state="COMPLETE"),
        document(3, source="site-2", destination="site-1"),
        document(4, state="TEST"),
    )
    vms[3]["error"] = error()
    assert [vm["id"] for vm in open_vms(vms, "before", "site-2", "all")] == [vm_id(1)]
    assert [vm["id"] for vm in open_vms(vms, "after", "site-2", "all")] == [vm_id(1), vm_id(2)]


class TestFindings:
    def test_a_wave_that_may_not_start_gets_one_error_for_all(self) -> None:
        vms = records(document(1), document(2))
        vms[0]["error"] = error("OLD")
        refused = FILTERS["refuse"](vms, wave="all", code="WAVE_NOT_STARTED", message="No.", hint="Later.")
        assert [vm["error"]["code"] for vm in refused] == ["OLD", "WAVE_NOT_STARTED"]
        assert FILTERS["refuse"](vms, wave="other", code="X", message="", hint="") == vms
        assert FILTERS["failed_in"](refused, "start", [vm["id"] for vm in refused]) == ["vm-2: No."]
        assert FILTERS["failed_in"](refused, "failover", [vm["id"] for vm in refused]) == []
        assert FILTERS["failed_in"](refused, "start", []) == []

    def test_a_vm_is_verified_by_all_its_checks(self) -> None:
        vms = records(document(1, "db", state="COMPLETE"), document(2, "web", state="COMPLETE"))
        results = [
            {
                "ansible_loop_var": "check",
                "check": {"vm_name": "db", "host": "192.0.2.1", "port": 5432},
                "failed": False,
            },
            {
                "ansible_loop_var": "check",
                "check": {"vm_name": "web", "url": "https://web.example/"},
                "failed": True,
                "msg": "Status was 503",
            },
        ]
        db, web = FILTERS["verified"](vms, [vm_id(1), vm_id(2)], results, started=10.0, ended=14.0)
        assert db["verified"] is True
        assert db["checks"] == [{"target": "192.0.2.1 port 5432", "passed": True, "message": ""}]
        assert web["verified"] is False
        assert web["error"]["code"] == "NOT_VERIFIED"
        assert "https://web.example/: Status was 503" in web["error"]["message"]
        assert due([db, web], "reverse", "site-2") == [vm_id(1)]

    @pytest.mark.parametrize(("name", "checked"), [("x", 0), (vm_id(27), 0), (vm_id(27).upper(), 0), ("X", None)])
    def test_a_check_is_for_the_vm_that_it_names_in_any_way(self, name: str, checked: int | None) -> None:
        vms = records(document(27, "x", state="COMPLETE"), document(2, vm_id(27), state="COMPLETE"))
        results = [{"ansible_loop_var": "check", "check": {"vm_name": name, "host": "192.0.2.1", "port": 1}}]
        found = FILTERS["verified"](vms, [vm_id(27), vm_id(2)], results)
        assert [vm["verified"] for vm in found] == [True if checked == number else None for number in range(2)]

    def test_what_a_url_hides_is_not_reported(self) -> None:
        check = {"vm_name": "db", "url": "https://user:hidden@db.example:8443/health?token=hidden#hidden"}
        results = [{"ansible_loop_var": "check", "check": check}]
        [vm] = FILTERS["verified"](records(document(1, "db", state="COMPLETE")), [ONE], results)
        assert vm["checks"][0]["target"] == "https://db.example:8443/health"

    def test_a_failed_hook_fails_everybody_it_verified(self) -> None:
        vms = records(document(1, state="COMPLETE"), document(2, state="COMPLETE"))
        first, second = FILTERS["verified"](vms, [ONE], [], by_hook=True, hook_error="No login page.")
        assert "No login page." in first["error"]["message"]
        assert second == vms[1]

    def test_a_vm_without_a_check_is_not_called_verified(self) -> None:
        vms = records(document(1, "db", state="COMPLETE"))
        [vm] = FILTERS["verified"](vms, [ONE], [])
        assert vm["verified"] is None
        assert vm["steps"] == []

    def test_a_drill_that_touched_nothing_is_shown_to_have_touched_nothing(self) -> None:
        [vm] = FILTERS["compare"](records(document(1)), [document(1, instance_ms=5)])
        assert vm["untouched"] is True
        assert vm["error"] is None

    @pytest.mark.parametrize(
        ("later", "code", "difference"),
        [
            (document(1, state="TEST"), "TEST_LEFT_BEHIND", "recovery_state is TEST"),
            (document(1, state="COMPLETE"), "PRODUCTION_CHANGED", "recovery_state is COMPLETE"),
            (document(1, isPaused=True), "PRODUCTION_CHANGED", "is_paused was False, is True"),
            (document(1, destination="site-3"), "PRODUCTION_CHANGED", "destination_site was site-2, is site-3"),
            (document(1, settings={"rpo": 60}), "PRODUCTION_CHANGED", "rpo_minutes was 15, is 60"),
            (document(2), "PRODUCTION_CHANGED", "the replication is gone"),
        ],
    )
    def test_a_drill_that_changed_something_says_what(self, later: Any, code: str, difference: str) -> None:
        [vm] = FILTERS["compare"](records(document(1)), [later])
        assert vm["untouched"] is False
        assert difference in vm["differences"]
        assert vm["error"]["code"] == code

    @pytest.mark.parametrize("found", ["TEST", "IN_PROGRESS", None])
    def test_a_test_that_a_drill_found_is_expected_to_be_gone(self, found: str | None) -> None:
        [vm] = FILTERS["compare"](records(document(1, state=found)), [document(1)])
        assert vm["untouched"] is True


def test_hints_name_the_variables_that_a_user_of_the_role_can_set() -> None:
    [record] = records(document(1))
    hint = "Increase wait_timeout, or recovery_wait_timeout; see active_site."
    told = fail(record, "failover", {"code": "X", "message": "wait_timeout has passed.", "hint": hint})["error"]
    assert told["message"] == "recovery_wait_timeout has passed."
    assert told["hint"] == "Increase recovery_wait_timeout, or recovery_wait_timeout; see recovery_active_site."
