# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications that are there are set up as wished: what differs is sent, nothing else, and nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.tests.unit.declared.workbench import ADMINISTRATOR, Workbench, code, only

GOLD_SLA = "5b1c0000-0000-4000-8000-000000000001"
RULES = [{"instances": 4, "distance": 60}, {"instances": 2, "distance": 30}]
WISHES: dict[str, Any] = {
    "rpo": 60,
    "quiesced": True,
    "description": "Shop",
    "data_connection_type": "PLAIN",
    "retention": RULES,
    "sla_profile": GOLD_SLA,
    "paused": True,
    "excluded_disks": [{"disks": [2001]}],
}
KINDS = {"vm": (VM, "vm_names", "vm-01"), "vapp": (VAPP, "vapp_names", "vapp-01")}


@pytest.fixture
def bench() -> Workbench:
    made = Workbench()
    made.simulator.seed(vms=3, vapps=1)
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("option", WISHES)
def test_each_setting_is_predicted_then_changed_then_left_alone(bench: Workbench, kind: str, option: str) -> None:
    which, names, name = KINDS[kind]
    wish = {names: [name], option: WISHES[option]}
    predicted = bench.run(which, check_mode=True, **wish)
    assert {entry.method for entry in bench.sent() if not entry.path.startswith("/sessions")} == {"GET"}
    assert not any(entry.path == "/sessions/extend" for entry in bench.sent())
    done = bench.run(which, **wish)
    assert len(bench.changes()) == 1
    again = bench.run(which, **wish)
    assert bench.changes() == []
    assert (predicted["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert not any("failed" in result for result in (predicted, done, again))
    assert predicted["diff"] == done["diff"]
    assert done["diff"][0]["before"] != done["diff"][0]["after"]
    assert again["diff"] == []
    assert [only(result)["decision"] for result in (predicted, done, again)] == ["act", "act", "done"]
    assert only(again)["before"]["settings"] == only(done)["after"]["settings"]


def test_diff_shows_the_named_settings_and_no_others(bench: Workbench) -> None:
    result = bench.run(vm_names=["vm-01"], rpo=60, paused=False)
    assert result["diff"][0]["before"] == {"state": "present", "rpo": 15, "paused": False}
    assert result["diff"][0]["after"] == {"state": "present", "rpo": 60, "paused": False}
    assert only(result)["before"]["settings"] == {"rpo": 15, "paused": False}
    assert only(result)["after"]["settings"] == {"rpo": 60, "paused": False}


def test_only_what_differs_is_sent(bench: Workbench) -> None:
    bodies: list[Any] = []
    bench.simulator.observers.append(
        lambda _site, request, _response: bodies.append(request.body) if request.method == "PATCH" else None
    )
    bench.run(vm_names=["vm-01"], rpo=60, quiesced=False, description="Shop")
    assert bodies == [b'{"description": "Shop", "rpo": 60}']


def test_steps_come_in_their_order(bench: Workbench) -> None:
    bench.user = ADMINISTRATOR
    result = bench.run(
        vm_names=["vm-01"], owner="tenant-1@site-2", paused=True, storage_profile=bench.profile(), rpo=60
    )
    identifier = only(result)["id"]
    assert [change.replace(identifier, "ID") for change in bench.changes()] == [
        "PATCH /vm-replications/ID",
        "POST /vm-replications/ID/storage-profile",
        "POST /vm-replications/ID/pause",
        "PATCH /vm-replications/ID/chown",
    ]
    steps = only(result)["steps"]
    assert [step["step"] for step in steps] == ["reconfigure", "storage profile change", "pause", "change of owner"]
    assert [step["task"] is None for step in steps] == [False, False, False, True]
    assert result["diff"][0]["after"] == {
        "state": "present",
        "rpo": 60,
        "storage_profile": bench.profile(),
        "paused": True,
        "owner": "tenant-1@site-2",
    }
    bench.leaves_alone(vm_names=["vm-01"], owner="tenant-1@site-2", paused=True, rpo=60)


def test_many_are_handled_together(bench: Workbench) -> None:
    bench.run(vm_names=["vm-02"], rpo=60)
    result = bench.run(vm_names=["vm-01", "vm-02", "vm-03"], rpo=60, paused=True)
    assert [item["decision"] for item in result["vm_replications"]] == ["act", "act", "act"]
    assert [len(item["steps"]) for item in result["vm_replications"]] == [2, 1, 2]
    assert result["summary"] == {"total": 3, "changed": 3, "done": 0, "failed": 0}
    polls = [entry for entry in bench.sent() if entry.path == "/tasks" and "ids" in dict(entry.query)]
    assert {len(dict(entry.query)["ids"].split(",")) for entry in polls} == {2, 3}


def test_paused_is_left_alone_unless_named(bench: Workbench) -> None:
    bench.run(vm_names=["vm-01"], paused=True)
    assert only(bench.run(vm_names=["vm-01"], rpo=60))["after"]["is_paused"] is True
    resumed = bench.run(vm_names=["vm-01"], paused=False)
    assert only(resumed)["after"]["is_paused"] is False
    assert [change.rpartition("/")[2] for change in bench.changes()] == ["resume"]


def test_retention_rules_are_the_same_in_any_order(bench: Workbench) -> None:
    assert bench.run(vm_names=["vm-01"], retention=RULES)["changed"] is True
    bench.leaves_alone(vm_names=["vm-01"], retention=RULES[::-1])


def test_any_storage_profile_is_one_that_fits(bench: Workbench) -> None:
    assert bench.run(vm_names=["vm-01"], storage_profile=bench.profile())["changed"] is True
    bench.leaves_alone(vm_names=["vm-01"], storage_profile="*")


def test_vapp_shows_what_differs_between_its_vms_by_name(bench: Workbench) -> None:
    bench.run(vm_names=["vapp-01-vm-1"], rpo=60, paused=True)
    result = bench.run(VAPP, vapp_names=["vapp-01"], rpo=60, paused=True)
    by_name = {"vapp-01-vm-1": 60, "vapp-01-vm-2": 15, "vapp-01-vm-3": 15}
    assert result["diff"][0]["before"]["rpo"] == by_name
    assert result["diff"][0]["after"] == {"state": "present", "rpo": 60, "paused": True}
    paused = [change for change in bench.changes() if change.endswith("/pause")]
    assert len(paused) == 2
    assert all(change.startswith("POST /vm-replications/C4-") for change in paused)
    assert all(child["after"]["is_paused"] for child in only(result)["children"])


@pytest.mark.parametrize("version", ["4.2", "4.7"])
def test_vapp_storage_profile_goes_to_the_vms_that_lie_elsewhere(version: str) -> None:
    bench = Workbench(api_version=version)
    bench.simulator.seed(vapps=1)
    result = bench.run(VAPP, vapp_names=["vapp-01"], storage_profile=bench.profile())
    assert result["changed"] is True
    bench.leaves_alone(VAPP, vapp_names=["vapp-01"], storage_profile=bench.profile())


def test_vapp_storage_profile_of_an_undocumented_version_is_refused_before_anything_is_sent() -> None:
    bench = Workbench(api_version="4.5")
    bench.simulator.seed(vapps=1)
    result = bench.run(VAPP, vapp_names=["vapp-01"], storage_profile=bench.profile(), rpo=60)
    assert code(result) == "INVALID_OPTION"
    assert bench.changes() == []


def test_vapp_is_handed_over_as_a_whole(bench: Workbench) -> None:
    bench.user = ADMINISTRATOR
    result = bench.run(VAPP, vapp_names=["vapp-01"], owner="tenant-1@site-2")
    assert only(result)["after"]["owner"] == "tenant-1@site-2"
    assert {child["after"]["owner"] for child in only(result)["children"]} == {"tenant-1@site-2"}
    bench.leaves_alone(VAPP, vapp_names=["vapp-01"], owner="tenant-1@site-2")


def test_tenant_cannot_hand_over(bench: Workbench) -> None:
    result = bench.run(vm_names=["vm-01"], owner="tenant-1@site-2", rpo=60)
    assert result["error"]["category"] == "authorization"
    assert only(result)["changed"] is True
    assert only(result)["after"]["settings"] == {"rpo": 60, "owner": "tenant-1@site-1"}


def test_owner_of_a_wrong_form_is_refused_before_anything_is_sent(bench: Workbench) -> None:
    assert code(bench.run(vm_names=["vm-01"], owner="tenant-1")) == "INVALID_OPTION"
    assert bench.sent() == []


@pytest.mark.parametrize("option", ["rpo", "paused"])
def test_recovered_replication_is_not_set_up(option: str) -> None:
    bench = Workbench()
    bench.simulator.seed(vms=1, state="COMPLETE")
    result = bench.run(vm_names=["vm-01"], **{option: WISHES[option]})
    assert code(result) == "RECOVERED"
    assert only(result)["decision"] == "refuse"
    assert bench.changes() == []
    bench.leaves_alone(vm_names=["vm-01"], rpo=15, paused=False)


def test_recovered_replication_can_be_handed_over() -> None:
    bench = Workbench()
    bench.user = ADMINISTRATOR
    bench.simulator.seed(vms=1, state="COMPLETE")
    assert only(bench.run(vm_names=["vm-01"], owner="tenant-1@site-2"))["after"]["owner"] == "tenant-1@site-2"


def test_change_of_owner_waits_for_nothing() -> None:
    bench = Workbench()
    bench.user = ADMINISTRATOR
    bench.simulator.seed(vms=1, running="failover")
    result = bench.run(vm_names=["vm-01"], owner="tenant-1@site-2", wait=False)
    assert only(result)["after"]["owner"] == "tenant-1@site-2"
    assert bench.clock.monotonic() == 0


def test_unknown_state_is_refused() -> None:
    bench = Workbench()
    bench.simulator.seed(vms=1, state="DREAMING")
    bench.recorder.close()
    assert code(bench.run(vm_names=["vm-01"], rpo=60)) == "UNKNOWN_STATE"
    assert bench.changes() == []


def test_test_failover_is_no_obstacle() -> None:
    bench = Workbench()
    bench.simulator.seed(vms=1, state="TEST")
    assert bench.run(vm_names=["vm-01"], rpo=60)["changed"] is True


@pytest.mark.parametrize("running", ["failover-test", "reconfigure", "sync"])
def test_what_is_under_way_is_waited_for(running: str) -> None:
    bench = Workbench()
    seeded = bench.simulator.seed(vms=1, running=running)
    result = bench.run(vm_names=["vm-01"], rpo=60)
    assert only(result)["after"]["settings"] == {"rpo": 60}
    assert bench.effects(seeded.vm_ids[0])["reconfigure"] == 1


@pytest.mark.parametrize("running", ["failover-test", "reconfigure", "sync"])
def test_what_is_under_way_is_not_waited_for_without_wait(running: str) -> None:
    bench = Workbench()
    bench.simulator.seed(vms=1, running=running)
    result = bench.run(vm_names=["vm-01"], rpo=60, wait=False)
    assert (code(result), result["error"]["category"]) == ("BUSY", "refused")
    assert result["changed"] is False


def test_sixty_refused_steps_read_the_lists_of_tasks_once() -> None:
    bench = Workbench(minor_task="blocks")
    bench.simulator.seed(vms=60, running="sync")
    result = bench.run(vm_names=[f"vm-{number:02}" for number in range(1, 61)], rpo=60, wait=False)
    assert {item["error"]["code"] for item in result["vm_replications"]} == {"BUSY"}
    lists = [entry for entry in bench.sent() if entry.path == "/tasks" and "state" in dict(entry.query)]
    assert len(lists) == 2 * 2


def test_two_runs_with_different_wishes_both_get_their_turn(bench: Workbench) -> None:
    assert bench.run(vm_names=["vm-01"], rpo=60, wait=False)["changed"] is True
    result = bench.run(vm_names=["vm-01"], rpo=120)
    assert only(result)["after"]["settings"] == {"rpo": 120}
    assert bench.effects(only(result)["id"]) == {"reconfigure": 2}


def test_without_wait_the_rest_is_left_for_the_next_run(bench: Workbench) -> None:
    first = bench.run(vm_names=["vm-01"], rpo=60, paused=True, wait=False)
    assert only(first)["task"]["state"] == "RUNNING"
    assert only(first)["pending"] == ["paused"]
    assert only(first)["after"]["settings"] == {"rpo": 60, "paused": False}
    assert first["diff"][0]["after"] == {"state": "present", "rpo": 60, "paused": False}
    assert len(first["warnings"]) == 1
    assert len(bench.changes()) == 1
    bench.simulator.finish_tasks()
    second = bench.run(vm_names=["vm-01"], rpo=60, paused=True, wait=False)
    assert "pending" not in only(second)
    assert only(second)["after"]["settings"] == {"rpo": 60, "paused": True}
    bench.simulator.finish_tasks()
    bench.leaves_alone(vm_names=["vm-01"], rpo=60, paused=True)


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "timeout_after", "broken_json", "html_502"])
@pytest.mark.parametrize(("method", "wish"), [("PATCH", {"rpo": 60}), ("POST", {"paused": True})])
def test_lost_answer_changes_nothing_twice(bench: Workbench, fault: str, method: str, wish: dict[str, Any]) -> None:
    bench.simulator.fault(fault, method=method, path_regex="^/vm-replications")
    result = bench.run(vm_names=["vm-01"], **wish)
    assert "failed" not in result
    assert list(bench.effects(only(result)["id"]).values()) == [1]


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "broken_json"])
def test_lost_answer_to_a_change_of_owner_is_settled_by_reading(bench: Workbench, fault: str) -> None:
    bench.user = ADMINISTRATOR
    bench.simulator.fault(fault, method="PATCH", path_regex="/chown$")
    result = bench.run(vm_names=["vm-01"], owner="tenant-1@site-2")
    assert only(result)["after"]["owner"] == "tenant-1@site-2"
    assert bench.effects(only(result)["id"]) == {"chown": 1}


def test_failed_task_ends_the_way_of_its_replication_only(bench: Workbench) -> None:
    bench.simulator.fault("task_fails", method="PATCH", code="SimulatorNoSpace", msg="No space is left.")
    result = bench.run(vm_names=["vm-01", "vm-02"], rpo=60, paused=True)
    items = result["vm_replications"]
    failed, good = sorted(items, key=lambda item: "error" not in item)
    assert (failed["error"]["code"], failed["error"]["category"]) == ("SimulatorNoSpace", "task_failed")
    assert [step["step"] for step in failed["steps"]] == ["reconfigure"]
    assert failed["after"]["settings"] == {"rpo": 15, "paused": False}
    assert good["after"]["settings"] == {"rpo": 60, "paused": True}
    assert result["summary"] == {"total": 2, "changed": 1, "done": 0, "failed": 1}
    assert (failed["changed"], failed["decision"], good["changed"]) == (False, "act", True)


def test_step_that_cannot_be_taken_does_not_hide_those_before_it(bench: Workbench) -> None:
    bench.run(vm_names=["vm-02"], paused=True)
    bench.simulator.configure(task_seconds=0)
    bench.simulator.fault("answer", method="GET", path_regex="^/tasks$", nth=4, times=0, status=403, body="{}")
    result = bench.run(vm_names=["vm-01", "vm-02"], rpo=60, paused=True)
    first, second = result["vm_replications"]
    assert first["error"]["http_status"] == 403
    assert (first["changed"], first["after"]["settings"]) == (True, {"rpo": 60, "paused": False})
    assert (second["changed"], second["after"]["settings"], "error" in second) == (
        True,
        {"rpo": 60, "paused": True},
        False,
    )


def test_nothing_more_is_begun_after_a_failure_unless_wished(bench: Workbench) -> None:
    bench.simulator.fault("task_fails", method="PATCH")
    result = bench.run(vm_names=["vm-01", "vm-02"], rpo=60, paused=True, continue_on_error=False)
    codes = {item["error"]["code"] for item in result["vm_replications"]}
    assert codes == {"SimulatorTaskFailed", "NOT_ATTEMPTED"}
    assert not any(change.endswith("/pause") for change in bench.changes())


def test_missing_name_does_not_stop_the_others(bench: Workbench) -> None:
    result = bench.run(vm_names=["vm-01", "no-such-vm"], rpo=60)
    assert code(result) == "NAME_NOT_FOUND"
    assert [item["decision"] for item in result["vm_replications"]] == ["act", "refuse"]
    stopped = bench.run(vm_names=["vm-02", "no-such-vm"], rpo=60, continue_on_error=False)
    assert [item["error"]["code"] for item in stopped["vm_replications"]] == ["NOT_ATTEMPTED", "NAME_NOT_FOUND"]
    assert bench.changes() == []


def test_refused_value_is_told_in_the_words_of_the_service(bench: Workbench) -> None:
    for how in ("bad_request_400", "conflict_409", "failed_task"):
        bench.simulator.configure(start_refusal=how)
        result = bench.run(vm_names=["vm-01"], rpo=2)
        assert code(result) == "SimulatorPolicyViolation"
        assert only(result)["after"]["settings"] == {"rpo": 15}


def test_time_is_for_all_steps_together() -> None:
    bench = Workbench(task_seconds=40)
    bench.simulator.seed(vms=1)
    result = bench.run(vm_names=["vm-01"], rpo=60, paused=True, wait_timeout=60)
    assert code(result) == "WAIT_TIMEOUT"
    assert bench.clock.monotonic() < 70
    assert result["warnings"] == []
    again = bench.run(vm_names=["vm-01"], rpo=60, paused=True)
    assert only(again)["decision"] == "attach"
    assert bench.effects(only(again)["id"]) == {"reconfigure": 1, "pause": 1}


def test_time_that_runs_out_leaves_nothing_pending() -> None:
    bench = Workbench(task_seconds=40)
    bench.simulator.seed(vms=1)
    result = bench.run(vm_names=["vm-01"], rpo=60, paused=True, wait_timeout=20)
    assert (code(result), result["warnings"], "pending" in only(result)) == ("WAIT_TIMEOUT", [], False)


def test_no_step_begins_when_the_time_is_up() -> None:
    bench = Workbench(task_seconds=40)
    bench.simulator.seed(vms=1)
    bench.run(vm_names=["vm-01"], rpo=60, paused=True, wait_timeout=40)
    assert not any(change.endswith("/pause") for change in bench.changes())


def test_vanished_task_is_settled_by_what_the_replication_shows(bench: Workbench) -> None:
    bench.simulator.fault("task_vanishes", method="PATCH")
    result = bench.run(vm_names=["vm-01"], rpo=60)
    assert (only(result)["error"]["code"], result["changed"]) == ("TASK_VANISHED", True)
    bench.simulator.finish_tasks()
    bench.leaves_alone(vm_names=["vm-01"], rpo=60)


def test_effect_that_does_not_come_is_an_error_that_names_it(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ansible_collections.opendr.vcda.tests.simulator.upkeep._reconfigured", lambda _world, _vm, _body, _at: None
    )
    result = bench.run(vm_names=["vm-01"], rpo=60)
    assert code(result) == "STATE_NOT_REACHED"
    assert "rpo is still 15" in result["msg"]


@pytest.mark.parametrize(
    ("option", "wish", "current"),
    [("is_migration", True, "False"), ("target_disk_type", "PREALLOCATED", "THIN")],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_fixed_at_the_start_is_refused(
    bench: Workbench, kind: str, option: str, wish: Any, current: str
) -> None:
    which, names, name = KINDS[kind]
    result = bench.run(which, **{names: [name], option: wish, "rpo": 60})
    assert code(result) == "FIXED_AT_START"
    assert f"is {current}, not" in result["msg"]
    assert bench.changes() == []


def test_setting_that_is_still_not_shown_after_its_change_is_told_as_that(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = "ansible_collections.opendr.vcda.tests.simulator.documents._settings"
    monkeypatch.setattr(hidden, lambda _replication, _version: {"quiesced": False})
    bench.recorder.close()
    for _run in range(2):
        result = bench.run(vm_names=["vm-01"], rpo=60)
        assert (code(result), result["changed"]) == ("NOT_SHOWN", True)
        assert "rpo: the service does not show it for vm-01" in result["msg"]
        assert "after its reconfigure ended well" in result["msg"]
        assert only(result)["after"]["settings"] == {"rpo": None}


@pytest.mark.parametrize("kind", KINDS)
def test_fixed_setting_that_an_old_version_does_not_show_is_refused_and_not_taken_for_done(kind: str) -> None:
    which, names, name = KINDS[kind]
    bench = Workbench(api_version="4.5")
    bench.simulator.seed(vms=1, vapps=1)
    for check_mode in (True, False):
        result = bench.run(which, **{names: [name], "target_disk_type": "THIN", "rpo": 60}, check_mode=check_mode)
        assert (code(result), result["changed"], bench.changes()) == ("NOT_SHOWN", False, [])
        assert "target_disk_type: the service does not show it" in result["msg"]


def test_owner_that_an_old_version_does_not_show_is_refused() -> None:
    bench = Workbench(api_version="4.0")
    bench.user = ADMINISTRATOR
    bench.simulator.seed(vms=1)
    assert code(bench.run(vm_names=["vm-01"], owner="tenant-1@site-2")) == "NOT_SHOWN"
    assert bench.changes() == []


def test_option_of_a_later_version_is_refused() -> None:
    bench = Workbench(api_version="4.0")
    bench.simulator.seed(vms=1)
    assert code(bench.run(vm_names=["vm-01"], sla_profile=GOLD_SLA)) == "OPTION_NOT_IN_API_VERSION"
    assert bench.run(vm_names=["vm-01"], rpo=60)["changed"] is True


@pytest.mark.parametrize("params", [{"vm_names": []}, {"vm_names": ["vm-01"], "wait_timeout": 0}])
def test_wrong_options_are_refused_before_anything_is_sent(bench: Workbench, params: dict[str, Any]) -> None:
    assert code(bench.run(**params)) == "INVALID_OPTION"
    assert bench.sent() == []


@pytest.mark.parametrize("kind", [VM, VAPP])
def test_being_there_is_enough_without_settings(bench: Workbench, kind: Kind) -> None:
    wish: dict[str, Any] = {"vm_names": ["vm-01"]} if kind is VM else {"vapp_names": ["vapp-01"]}
    result = bench.run(kind, **wish)
    assert (result["changed"], only(result)["decision"]) == (False, "done")
