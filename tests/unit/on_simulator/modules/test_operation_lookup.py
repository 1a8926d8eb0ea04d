# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation id from an option to the requests, the results and back to the tasks, whatever a service tells."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import CASES, UUID, Case, run
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller

ID = "CHG-4711"
REQUEST = re.compile(rf"{ID}-{UUID}")
# One call of each module that succeeds, and one that fails at the service.
FIRST = {(case.module, case.fails): case for case in reversed(CASES) if "wrong" not in str(case)}


def site(**switches: Any) -> Simulator:
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(vms=3, names=("db-1", "app-1", "web-1"))
    return made


def sync(simulator: Simulator, name: str, operation_id: str | None = ID, **options: Any) -> dict[str, Any]:
    own = {} if operation_id is None else {"operation_id": operation_id}
    result = run(Case("vm_replication_sync", {"vm_names": [name], **own, **options}), simulator)
    assert not result.get("failed"), result["msg"]
    return result


def tasks(simulator: Simulator, operation_id: str, **options: Any) -> dict[str, Any]:
    return run(Case("task_info", {"operation_id": operation_id, **options}), simulator)


def names(result: dict[str, Any]) -> list[str]:
    return [one["resource_name"] for one in result["tasks"]]


@pytest.mark.parametrize("case", FIRST.values(), ids=str)
def test_every_request_of_a_module_carries_it(case: Case) -> None:
    simulator = Simulator(clock=ManualClock())
    simulator.seed(**case.seed)
    for plan in case.plans:
        simulator.add_recovery_plan(**plan)
    named = Case(case.module, {**case.options, "operation_id": ID}, check_mode=case.check_mode, fails=case.fails)
    result = run(named, simulator)
    assert result["operation_id"] == ID
    sent = [entry.operation_id for entry in simulator.log]
    known = {"opendr.vcda-probe"} if case.module == "service_probe" else set()
    assert sent
    assert all(REQUEST.fullmatch(one) for one in sent if not any(one.startswith(word) for word in known))
    assert len(set(sent)) == len(sent)


@pytest.mark.parametrize("module", sorted({case.module for case in CASES}))
def test_a_bad_one_is_refused_before_anything_is_sent(module: str) -> None:
    simulator = Simulator(clock=ManualClock())
    case = next(one for one in CASES if one.module == module and not one.fails)
    result = run(Case(module, {**case.options, "operation_id": "change 4711"}), simulator)
    assert result["failed"]
    assert result["msg"].startswith("operation_id: it must have 1 to 128 characters")
    assert result["error"]["code"] == "INVALID_OPTION"
    assert not simulator.log


def test_what_a_task_and_an_error_show_is_the_id_of_the_request() -> None:
    simulator = site(task_operation_id="hidden")
    task = sync(simulator, "db-1")["vm_replications"][0]["task"]
    assert REQUEST.fullmatch(task["operation_id"])
    assert task["operation_id"] in [entry.operation_id for entry in simulator.log if entry.path.endswith("/sync")]
    simulator.fault("task_fails", path_regex="/sync$", code="NoSpace", msg="The datastore is full.")
    failed = run(Case("vm_replication_sync", {"vm_names": ["db-1"], "operation_id": ID}), simulator)
    assert failed["error"]["task_id"] == failed["vm_replications"][0]["task"]["id"]
    assert failed["error"]["operation_id"] == failed["vm_replications"][0]["task"]["operation_id"]


@pytest.mark.parametrize("shown", ["shown", "hidden"])
@pytest.mark.parametrize("honoured", ["honoured", "ignored", "rejected"])
def test_a_lost_answer_is_found_by_it_also_if_it_is_used_again(honoured: str, shown: str) -> None:
    simulator = site(operation_id_filter=honoured, task_operation_id=shown)
    identifier = sync(simulator, "db-1")["vm_replications"][0]["id"]
    for count in (2, 3):
        simulator.fault("reset_after", method="POST", path_regex="/sync$")
        again = sync(simulator, "db-1")
        assert again["vm_replications"][0]["task"]["operation_id"] in [entry.operation_id for entry in simulator.log]
        assert simulator.effects(identifier)["sync"] == count


@pytest.mark.parametrize("honoured", ["honoured", "ignored", "rejected"])
def test_the_tasks_of_an_operation_are_found_where_tasks_show_it(honoured: str) -> None:
    simulator = site(operation_id_filter=honoured)
    sync(simulator, "db-1")
    sync(simulator, "app-1", ID + "-2")
    sync(simulator, "web-1", None)
    whole = sync(simulator, "app-1")["vm_replications"][0]["task"]["operation_id"]
    assert names(tasks(simulator, ID)) == ["app-1", "db-1"]
    assert names(tasks(simulator, ID, max_tasks=1)) == ["app-1"]
    assert names(tasks(simulator, ID, resource_name="db-1")) == ["db-1"]
    assert names(tasks(simulator, whole)) == ["app-1"]
    assert names(tasks(simulator, "CHG")) == []
    assert [one["operation_id"] for one in tasks(simulator, whole)["tasks"]] == [whole]


def test_a_whole_id_is_left_to_the_filter_of_the_service() -> None:
    simulator = site(task_operation_id="hidden")
    sync(simulator, "db-1")
    whole = sync(simulator, "app-1")["vm_replications"][0]["task"]["operation_id"]
    found = tasks(simulator, whole)
    assert names(found) == ["app-1"]
    assert names(tasks(simulator, whole[:-1] + ("0" if whole[-1] != "0" else "1"))) == []


def test_the_id_of_another_program_may_be_whole_without_an_ending_like_ours() -> None:
    simulator = site(task_operation_id="hidden")
    identifier = sync(simulator, "db-1")["vm_replications"][0]["id"]
    caller = Caller(simulator).login()
    assert caller.send("POST", f"/vm-replications/{identifier}/sync", {}, {"operationid": "UI-7-r1"}).status == 202
    assert len(tasks(simulator, "UI-7-r1")["tasks"]) == 1


@pytest.mark.parametrize(
    ("honoured", "one_request", "hint"),
    [
        ("honoured", False, "Give the whole operation_id"),
        ("ignored", False, "Find the tasks by resource_id"),
        ("ignored", True, "Find the tasks by resource_id"),
        ("rejected", True, "Find the tasks by resource_id"),
    ],
)
def test_what_a_service_does_not_tell_is_refused_and_not_told_as_nothing(
    honoured: str, one_request: bool, hint: str
) -> None:
    simulator = site(task_operation_id="hidden", operation_id_filter=honoured)
    assert names(tasks(simulator, ID)) == []
    whole = sync(simulator, "db-1")["vm_replications"][0]["task"]["operation_id"]
    found = tasks(simulator, whole if one_request else ID)
    assert found["error"]["code"] == "OPERATION_ID_NOT_SHOWN"
    assert found["error"]["hint"].startswith(hint)


def test_the_environment_names_requests_and_filters_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = site()
    sync(simulator, "db-1", "CHG-1")
    monkeypatch.setenv("JOB_ID", "42")
    assert sync(simulator, "app-1", None)["operation_id"] == "awx-job-42"
    listed = run(Case("task_info", {}), simulator)
    assert (names(listed), listed["operation_id"]) == (["app-1", "db-1"], "awx-job-42")
    assert names(tasks(simulator, "awx-job-42")) == ["app-1"]
    monkeypatch.setenv("VCDA_OPERATION_ID", "CHG-2")
    assert run(Case("task_info", {}), simulator)["operation_id"] == "CHG-2"
    assert simulator.log[-1].operation_id.startswith("CHG-2-")
