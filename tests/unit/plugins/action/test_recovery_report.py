# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report that cannot be created is told to each host, because all of them depend on this task."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.action import recovery_report
from ansible_collections.opendr.vcda.plugins.action.recovery_report import ActionModule
from ansible_collections.opendr.vcda.tests.unit.damage import GONE, damage, places
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import failed_and_not

VM = {"steps": [{"changed": True}]}


def test_each_host_gets_its_report_and_its_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    told = result(monkeypatch, lambda run, _values, _vms, host="", **_more: {"host": host or ",".join(run["members"])})
    assert told["reports"] == {"a": '{"host": "a"}', "b": '{"host": "b"}'}
    assert told["outcomes"] == {"a": {"host": "a", "problem": "-"}, "b": {"host": "b", "problem": "-"}}
    assert told["table"] == "a,b"


@pytest.mark.parametrize(("dry", "vms", "changed"), [(False, [VM], True), (True, [VM], False), (False, [], False)])
def test_a_report_that_cannot_be_created_fails_each_host(
    monkeypatch: pytest.MonkeyPatch, dry: bool, vms: list[Any], changed: bool
) -> None:
    def broken(*_arguments: Any, **_more: Any) -> Any:
        raise KeyError("label")

    told = result(monkeypatch, broken, dry=dry, vms=vms)
    problem = "The report could not be created: KeyError: 'label'"
    assert told["outcomes"] == {host: {"changed": changed, "failed": True, "msg": problem} for host in ("a", "b")}
    assert told["table"] == [problem]
    assert told["reports"] == {}


def result(monkeypatch: pytest.MonkeyPatch, report_of: Any, **run: Any) -> dict[str, Any]:
    monkeypatch.setattr(recovery_report, "report_of", report_of)
    monkeypatch.setattr(recovery_report, "parts_of", lambda _run: {})
    monkeypatch.setattr(recovery_report, "_outcome", lambda report, problem: {**report, "problem": problem})
    plugin = object.__new__(ActionModule)
    monkeypatch.setattr(ActionModule, "host", "a")
    monkeypatch.setattr(ActionModule, "values", {})
    monkeypatch.setattr(plugin, "_values_of", lambda _host: {})
    monkeypatch.setattr(plugin, "_tell", lambda _each, whole, _hosts: {"table": whole["host"], "problem": "-"})
    return plugin._reported_or_not({"members": ["a", "b"], "vms": [], "dry": False, **run})


def outcome(problem: str = "", **changes: Any) -> dict[str, Any]:
    vm = {"changed": True, "label": "vm-01", "outcome": "changed", "steps": []}
    report = {"vms": [vm], "failures": [], "run": {"predicted": False}, **changes}
    return recovery_report._outcome(report, problem)


def test_the_outcome_of_a_host_is_that_of_its_vms() -> None:
    assert outcome() == {"changed": True, "msg": "vm-01: done"}
    assert outcome(run={"predicted": True})["changed"] is False


def test_a_problem_of_the_report_fails_a_host_and_hides_no_change() -> None:
    assert outcome("The report was not written: no space left") == {
        "changed": True,
        "failed": True,
        "msg": "The report was not written: no space left",
    }


class Inventory:
    """The hosts that Ansible gives the result to: those of the batch, and those that have left the play."""

    def get_hosts(self) -> list[str]:
        return ["a", "b", "gone", "new"]


class Manager:
    """Facts that tasks have set."""

    _nonpersistent_fact_cache: Mapping[str, Any] = {
        "a": {"recovery__end": {"reports": {"a": "old"}}},
        "gone": {"recovery__end": {"reports": {"a": "older", "gone": "last"}}},
        "new": {"recovery__end": {"reports": {"a": "older"}}},
    }


@pytest.mark.parametrize(("together", "kept"), [(True, {"gone": "last"}), (False, {})])
def test_hosts_that_have_left_the_play_keep_their_last_report(together: bool, kept: dict[str, str]) -> None:
    plugin: Any = object.__new__(ActionModule)
    hostvars = SimpleNamespace(_inventory=Inventory(), _variable_manager=Manager())
    batch = {"together": together, "leader": "a", "hosts": {"a": {}, "b": {}}}
    plugin._task = SimpleNamespace(args={})
    plugin._variables = {"hostvars": hostvars, "inventory_hostname": "a", "recovery__batch": batch}
    assert plugin._reports_of_others() == kept


REPORT = failed_and_not()


@pytest.mark.parametrize(
    "odd", [None, "x", 7, [1], {"a": 1}, GONE], ids=["none", "text", "number", "list", "object", "gone"]
)
@pytest.mark.parametrize("position", range(len(list(places(REPORT)))))
def test_a_report_that_was_changed_by_hand_is_output_or_refused(
    position: int, odd: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = damage(copy.deepcopy(REPORT), position, odd)
    plugin: Any = object.__new__(ActionModule)
    monkeypatch.setattr(ActionModule, "host", "a")
    values = {"recovery_report_dir": str(tmp_path)}
    monkeypatch.setattr(ActionModule, "hosts", {"a": {"problem": "", "values": values}})
    plugin._task = SimpleNamespace(check_mode=False)
    plugin._variables = {}
    told = plugin._again(report)
    if told.get("failed"):
        assert told["msg"].startswith("recovery_report: it is not the data of a report in the schema version")
        assert list(tmp_path.glob("*.html")) == []
    else:
        assert len(list(tmp_path.iterdir())) == 2
