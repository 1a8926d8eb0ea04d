# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that are worked on together: what keeps them apart, and what they ask for together."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.batch import (
    compact,
    differing,
    joined,
    mode_of,
    spread,
    unknown_variable,
    wanted_by,
    with_hosts,
)

NOTHING: dict[str, Any] = {
    "recovery_connection": {"hostname": "site-2"},
    "recovery_vm_replication_ids": [],
    "recovery_vm_names": [],
    "recovery_all": False,
    "recovery_checks": [],
}


def values(**changes: Any) -> dict[str, Any]:
    return NOTHING | {"recovery_" + name: value for name, value in changes.items()}


@pytest.mark.parametrize(
    "own",
    [
        {"vm_replication_ids": ["C4-1"]},
        {"vm_names": "db-1, db-2"},
        {"checks": [{"vm_name": "db-1", "url": "https://db-1"}]},
        {"report_name": "db-1"},
        {"stats_key": "db-1"},
    ],
    ids=lambda own: next(iter(own)),
)
def test_what_a_host_has_for_itself_keeps_nobody_apart(own: dict[str, Any]) -> None:
    assert differing({"a": values(), "b": values(**own)}) is None


@pytest.mark.parametrize(
    "other",
    [
        {"connection": {"hostname": "site-1"}},
        {"active_site": "site-1"},
        {"mode": "planned"},
        {"all": True},
        {"failover_options": {"power_on": False}},
        {"waves": [{"name": "one"}]},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_differs_otherwise_keeps_hosts_apart(other: dict[str, Any]) -> None:
    assert differing({"a": values(), "b": values(), "c": values(**other)}) == (
        f"recovery_{next(iter(other))}",
        "a",
        "c",
    )


def test_selections_and_checks_are_added_up_without_repetition() -> None:
    check = {"vm_name": "db-1", "host": "db-1", "port": 22}
    together = joined(
        [
            values(vm_replication_ids=["C4-1"], checks=[check]),
            values(vm_names="db-1,db-2", checks=[check, {**check, "port": 23}]),
            values(vm_names=["db-2"]),
        ]
    )
    assert together["recovery_vm_replication_ids"] == ["C4-1"]
    assert together["recovery_vm_names"] == ["db-1", "db-2"]
    assert [one["port"] for one in together["recovery_checks"]] == [22, 23]


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ({"vm_names": ["db-1"]}, ["db-1"]),
        ({"vm_replication_ids": ["C4-1"], "vm_names": ["db-1"]}, ["C4-1", "db-1"]),
        ({"all": True}, None),
        ({}, None),
    ],
)
def test_what_a_host_wants(own: dict[str, Any], wanted: list[str] | None) -> None:
    assert wanted_by(values(**own)) == wanted


GROUPS = {"all": ["a", "b", "c"], "shop": ["a", "b"], "rest": ["c"]}
HOSTS = {
    "a": values(vm_replication_ids=["C4-1"]),
    "b": values(vm_names=["db-2"]),
}


@pytest.mark.parametrize(
    ("hosts", "ids", "names"),
    [
        ("shop", ["C4-1"], ["db-2"]),
        (["b"], [], ["db-2"]),
        ("shop, a", ["C4-1"], ["db-2"]),
        # In the inventory, but not in the play or behind its limit.
        ("rest", [], []),
    ],
)
def test_a_wave_takes_the_vms_of_the_hosts_of_its_groups(hosts: Any, ids: list[str], names: list[str]) -> None:
    (wave,) = with_hosts([{"name": "one", "hosts": hosts}], GROUPS, HOSTS)
    assert (wave["vm_replication_ids"], wave["vm_names"]) == (ids, names)


def test_a_wave_keeps_what_it_names_beside_its_groups() -> None:
    waves = with_hosts([{"name": "one", "hosts": "shop", "vm_names": ["web-1"]}, {"name": "two"}], GROUPS, HOSTS)
    assert waves[0]["vm_names"] == ["web-1", "db-2"]
    assert waves[1] == {"name": "two"}


def test_a_wave_with_an_unknown_group_is_refused() -> None:
    with pytest.raises(LookupError, match="no group or host 'shopp'"):
        with_hosts([{"name": "one", "hosts": "shopp"}], GROUPS, HOSTS)


@pytest.mark.parametrize(
    ("entry_point", "mode"),
    [("main", "planned"), ("failover", "planned"), ("failback", "planned"), ("drill", "test"), ("reverse", "")],
)
def test_the_mode_of_an_entry_point(entry_point: str, mode: str) -> None:
    assert mode_of(entry_point, values(mode="planned")) == mode


KNOWN = ["recovery_vm_names", "recovery_owner", "recovery_organizations"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("recovery_vm_nmaes", "recovery_vm_names"),
        ("recovery_organisation", "recovery_organizations"),
        ("recovery_owners", "recovery_owner"),
        ("recovery_host", "recovery_hosts"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_one(name: str, nearest: str) -> None:
    assert f"{name} (did you mean {nearest}?)" in unknown_variable([name, "recovery_owner"], KNOWN)


@pytest.mark.parametrize(
    "name",
    [
        "recovery_owner",
        "recovery_hosts",
        "recovery_state",
        "recovery_report",
        "recovery_status",
        "recovery__run",
        "vcda_x",
        "recover",
    ],
)
def test_a_variable_of_the_role_or_of_others_is_not_refused(name: str) -> None:
    assert unknown_variable([name], KNOWN) == ""


def test_what_hosts_have_in_common_is_passed_on_once() -> None:
    refused = {"values": {"recovery_active_site": "site-2"}, "problem": "recovery_waves: ..."}
    hosts = {
        "a": {"values": values(vm_names=["db-1"], active_site="site-2"), "problem": ""},
        "b": {"values": values(vm_names=["db-2"], active_site="site-2"), "problem": "", "report": {"vms": []}},
    }
    common, own = compact(hosts)
    assert [one["values"] for one in own.values()] == [{"recovery_vm_names": ["db-1"]}, {"recovery_vm_names": ["db-2"]}]
    for several in (hosts, {**hosts, "c": refused}, {"a": hosts["a"]}):
        common, own = compact(several)
        assert {host: spread(common, one) for host, one in own.items()} == several
