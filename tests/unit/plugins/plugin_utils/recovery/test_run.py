# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the role: it begins with the variables of its hosts, and each host gets its own part of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import (
    Run,
    admit,
    begin,
    masked_in,
    parts_of,
    report_of,
    take_selection,
    work_to_do,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document, vm_id

DEFAULTS: dict[str, Any] = {
    "recovery_active_site": "site-2",
    "recovery_mode": "unplanned",
    "recovery_vm_replication_ids": [],
    "recovery_vm_names": [],
    "recovery_vapp_names": [],
    "recovery_split_vapps": False,
    "recovery_include_migrations": False,
    "recovery_from_report": [],
    "recovery_all": False,
    "recovery_organizations": [],
    "recovery_owner": "",
    "recovery_all_organizations": False,
    "recovery_waves": [],
    "recovery_hooks_before": [],
    "recovery_hooks_after": [],
    "recovery_hooks_verify": [],
    "recovery_max_failures": None,
    "recovery_hook_failure": "stop",
    "recovery_instance_before": "",
    "recovery_instance_ids": {},
    "recovery_checks": [],
    "recovery_wait_timeout": 3600,
    "recovery_poll_interval": 10.0,
    "recovery_max_concurrent": 16,
    "recovery_verify_timeout": 300,
    "recovery_verify_interval": 5,
}
GROUPS = {"all": ["a", "b", "c"], "databases": ["a"], "servers": ["b", "c"]}


def batch(hosts: dict[str, dict[str, Any]], entry_point: str = "failover", **problems: str) -> dict[str, Any]:
    return {
        "id": "19700101T002000Z",
        "started": 1200.0,
        "entry_point": entry_point,
        "launched_by": "",
        "hosts": {
            host: {
                "values": DEFAULTS | {"recovery_" + name: value for name, value in own.items()},
                "problem": problems.get(host, ""),
            }
            for host, own in hosts.items()
        },
    }


def begun(hosts: dict[str, dict[str, Any]], *documents: dict[str, Any], **problems: str) -> Run:
    run = begin(batch(hosts, **problems), list(hosts), GROUPS, dry=False)
    return take_selection(run, documents, peer_site="") if documents else run


def names(records: list[dict[str, Any]]) -> list[str]:
    return [record["vm_name"] for record in records]


def test_hosts_with_ids_and_hosts_with_names_are_read_together_and_get_their_own() -> None:
    run = begun(
        {"a": {"vm_replication_ids": [vm_id(1)]}, "b": {"vm_names": ["web", "db"]}, "c": {"vm_names": ["web"]}},
        document(1, "db"),
        document(2, "web"),
    )
    assert run["query"]["reads"] == [{"vm_replication_ids": [vm_id(1)]}, {"vm_names": ["web", "db"]}]
    assert names(run["vms"]) == ["db", "web"]
    assert {host: names(vms) for host, vms in parts_of(run).items()} == {
        "a": ["db"],
        "b": ["web", "db"],
        "c": ["web"],
    }


def test_a_name_that_two_vms_share_gives_nobody_the_vm_of_another_host() -> None:
    run = begun(
        {"a": {"vm_replication_ids": [vm_id(1)]}, "b": {"vm_names": ["db"]}}, document(1, "db"), document(2, "db")
    )
    parts = parts_of(run)
    assert [record["id"] for record in parts["a"]] == [vm_id(1)]
    assert [record["error"]["code"] for record in parts["b"]] == ["AMBIGUOUS_NAME"]


def test_a_host_whose_variables_cannot_be_meant_fails_alone() -> None:
    run = begun({"a": {"vm_names": ["db"]}, "b": {}, "c": {"vm_names": ["web"]}}, document(1, "db"), c="It is broken.")
    assert work_to_do(run)
    assert names(run["vms"]) == ["db"]
    assert "Nothing is selected" in run["problems"]["b"]
    reports = {
        host: report_of(run, DEFAULTS, parts_of(run).get(host, []), ended=1210.0, host=host) for host in run["members"]
    }
    assert [reports[host]["outcome"] for host in "abc"] == ["unchanged", "failed", "failed"]
    assert reports["c"]["failures"][0]["message"] == "It is broken."


def test_without_a_host_that_takes_part_there_is_nothing_to_ask_for() -> None:
    assert not work_to_do(begun({"a": {}}))
    assert not work_to_do(begun({"a": {"vm_names": ["db"]}}, a="It is broken."))


@pytest.mark.parametrize("entry_point", ["readiness", "failover"])
def test_a_readiness_check_changes_nothing(entry_point: str) -> None:
    run = begin(batch({"a": {"vm_names": ["db"]}}, entry_point), ["a"], GROUPS, dry=False)
    assert run["dry"] is (entry_point == "readiness")


WAVES: list[dict[str, Any]] = [{"name": "data", "hosts": "databases"}, {"name": "web", "hosts": ["servers"]}]


def in_waves(**changes: Any) -> Run:
    own: dict[str, dict[str, Any]] = {
        host: {"vm_names": [f"vm-{host}"], "waves": WAVES, **changes} for host in ("a", "b", "c")
    }
    return begun(own, *(document(number, f"vm-{host}") for number, host in enumerate("abc", 1)))


def test_waves_take_the_hosts_of_groups() -> None:
    assert [(record["vm_name"], record["wave"]) for record in in_waves()["vms"]] == [
        ("vm-a", "data"),
        ("vm-b", "web"),
        ("vm-c", "web"),
    ]


@pytest.mark.parametrize(("budget", "codes"), [(0, ["X", "WAVE_NOT_STARTED", "WAVE_NOT_STARTED"]), (1, ["X", "", ""])])
def test_a_wave_beyond_its_budget_keeps_the_next_from_starting(budget: int, codes: list[str]) -> None:
    run = in_waves(max_failures=budget)
    run["vms"][0]["error"] = {"code": "X"}
    first = admit(run, "data", seconds_left=10)
    assert first == run
    second = admit(first, "web", seconds_left=10)
    assert [(record["error"] or {}).get("code", "") for record in second["vms"]] == codes
    assert second["halted"] == ({"web": "data"} if budget == 0 else {})


CHAIN: list[dict[str, Any]] = [
    {"name": "web", "hosts": "servers", "needs": ["data"]},
    {"name": "data", "hosts": "databases"},
]


@pytest.mark.parametrize(
    ("mode", "waves", "budget", "web_is_started"),
    [
        ("unplanned", WAVES, None, True),
        ("unplanned", WAVES, "", True),
        ("unplanned", WAVES, 0, False),
        ("unplanned", WAVES, 1, True),
        ("planned", WAVES, None, False),
        ("planned", WAVES, 1, True),
        ("unplanned", CHAIN, None, False),
        ("unplanned", CHAIN, 1, True),
        ("planned", [WAVES[0], {**WAVES[1], "needs": []}], None, True),
        ("planned", [WAVES[0], {**WAVES[1], "needs": []}], 0, True),
        ("unplanned", [{**WAVES[0], "max_failures": 0}, WAVES[1]], None, False),
        ("unplanned", [WAVES[0], {**WAVES[1], "max_failures": 0}], None, True),
    ],
)
def test_what_a_failure_stops(mode: str, waves: list[dict[str, Any]], budget: Any, web_is_started: bool) -> None:
    run = in_waves(mode=mode, waves=waves, max_failures=budget)
    assert [wave["name"] for wave in run["waves"]] == ["data", "web"]
    failed = next(record for record in run["vms"] if record["wave"] == "data")
    failed["error"] = {"code": "X", "category": "task_failed"}
    admitted = admit(run, "web", seconds_left=10)
    assert (admitted == run) is web_is_started
    if not web_is_started:
        refused = [record["error"] for record in admitted["vms"] if record["wave"] == "web"]
        assert {error["code"] for error in refused} == {"WAVE_NOT_STARTED"}
        assert "it needs wave data: 1 failed; 0 allowed" in refused[0]["message"]


def test_what_was_not_started_stops_what_needs_it_and_nothing_else() -> None:
    waves = [
        {"name": "data", "hosts": "a"},
        {"name": "app", "hosts": "b", "needs": "data"},
        {"name": "web", "hosts": "c", "needs": ["app"]},
        {"name": "chat", "vm_names": ["vm-d"]},
    ]
    run = begun(
        {host: {"vm_names": [f"vm-{host}"], "waves": waves} for host in "abcd"},
        *(document(number, f"vm-{host}") for number, host in enumerate("abcd", 1)),
    )
    run["vms"][0]["error"] = {"code": "X", "category": "timeout"}
    for name in ("data", "app", "web", "chat"):
        run = admit(run, name, seconds_left=10)
    assert run["halted"] == {"app": "data", "web": "app"}
    assert [(record["error"] or {}).get("code", "") for record in run["vms"]] == [
        "X",
        "WAVE_NOT_STARTED",
        "WAVE_NOT_STARTED",
        "",
    ]
    assert "1 still running" in run["vms"][1]["error"]["message"]


@pytest.mark.parametrize(
    ("needs", "problem"),
    [
        ({"web": ["date"]}, "there is no wave 'date'; the waves are 'data', 'web'"),
        ({"web": ["web"]}, "in a circle, so none of them can be the first: 'web'"),
        ({"web": ["data"], "data": ["web"]}, "in a circle, so none of them can be the first: 'data', 'web'"),
    ],
)
def test_needs_that_cannot_be_met_are_refused_before_anything_is_done(needs: dict[str, Any], problem: str) -> None:
    waves = [{**wave, "needs": needs.get(wave["name"])} for wave in WAVES]
    run = begun({"a": {"vm_names": ["vm-a"], "waves": waves}})
    assert not work_to_do(run)
    assert problem in run["problems"]["a"]


def test_a_drill_tests_all_waves_until_its_deadline() -> None:
    run = dict(in_waves(), entry_point="drill")
    run["vms"][0]["error"] = {"code": "X"}
    assert admit(run, "web", seconds_left=1) == run
    refused = admit(run, "web", seconds_left=0)
    assert [record["error"]["code"] for record in refused["vms"] if record["error"]] == [
        "X",
        "DEADLINE_PASSED",
        "DEADLINE_PASSED",
    ]


def test_the_report_of_all_hosts_names_how_many_there_are() -> None:
    run = in_waves()
    report = report_of(run, DEFAULTS, run["vms"], ended=1210.0)
    assert report["run"]["host"] == "3 hosts"
    assert report["summary"]["total"] == 3


@pytest.mark.parametrize(
    ("change", "names", "is_told"),
    [
        ({"vmName": "********-db"}, ["shop-db"], True),
        ({"vmName": "********-db"}, [], False),
        ({"id": "C4-********"}, [], True),
        ({"source": {"site": "********-1"}}, [], True),
        ({"destination": None}, ["db"], False),
        ({}, ["db"], False),
    ],
)
def test_a_password_within_what_is_compared_stops_the_run(
    change: dict[str, Any], names: list[str], is_told: bool
) -> None:
    one = {"id": "C4-1", "vmName": "db", "source": {"site": "site-1"}, "destination": {"site": "site-2"}, **change}
    for query, waves in (({"vm_names": names}, []), ({"vm_names": []}, [{"vm_names": names}])):
        assert ("A password" in masked_in([one], {"query": query, "waves": waves})) is is_told
