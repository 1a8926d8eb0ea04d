# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each step takes the entries of its VMs; an entry for nobody, or for several VMs, is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import PER_VM_OPTIONS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.calls import calls_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import take_selection
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import (
    finder,
    for_vms,
    options_of,
    problem_of_options,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    document,
    records,
    select,
    settings,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.test_calls import VALUES
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.test_run import begun

WAVES = [{"name": "data", "vm_names": ["db"]}, {"name": "web", "vm_names": ["web-1", "web-2"]}]
DOCUMENTS = [document(1, "db"), document(2, "web-1"), document(3, "web-2")]
EVERYBODY = [{"vm": "db", "mark": 1}, {"vm": vm_id(2).upper(), "mark": 2}, {"mark": 0}]
VARIABLES = {
    "failover": "recovery_failover_options",
    "migrate": "recovery_migrate_options",
    "test": "recovery_test_options",
}


def means(name: str, record: Any) -> bool:
    """Tell whether a name matches a VM if there is no other."""
    return finder([record])(name) == [record]


def called(step: str, wave: str, numbers: list[int], values: dict[str, Any]) -> dict[str, Any]:
    run = {
        "active_site": "site-2",
        "query": {},
        "waves": [{"name": name, "instance_before": "", "instance_ids": {}} for name in ("data", "web")],
        "vms": select(DOCUMENTS, settings(waves=WAVES))["vms"],
    }
    [call] = calls_of(run, step, [vm_id(one) for one in numbers], VALUES | values, wave=wave, seconds_left=30.0)
    return dict(call.options)


@pytest.mark.parametrize("option", PER_VM_OPTIONS)
@pytest.mark.parametrize(("step", "variable"), VARIABLES.items())
def test_a_step_takes_the_entries_of_its_vms(step: str, variable: str, option: str) -> None:
    values = {variable: {option: EVERYBODY, "power_on": True}}
    first = called(step, "data", [1], values)
    assert first[option] == [{"vm": vm_id(1), "mark": 1}, {"mark": 0}]
    assert first["power_on"] is True
    assert called(step, "web", [2, 3], values)[option] == [{"vm": vm_id(2), "mark": 2}, {"mark": 0}]
    only_for_db = {variable: {option: EVERYBODY[:1]}}
    assert option not in called(step, "web", [2, 3], only_for_db)


@pytest.mark.parametrize("step", ["failover", "test"])
def test_points_in_time_may_stand_among_the_options(step: str) -> None:
    values = {VARIABLES[step]: {"instance_ids": {"db": "one", vm_id(2): "two"}}}
    assert called(step, "data", [1], values)["instance_ids"] == {vm_id(1): "one"}
    assert called(step, "web", [2, 3], values)["instance_ids"] == {vm_id(2): "two"}


def test_options_of_a_wave_are_added_and_win() -> None:
    values = {
        "recovery_failover_options": {"power_on": True, "consolidate": True},
        "recovery_waves": [{"name": "data", "failover_options": {"power_on": False}}, {"test_options": {"sync": True}}],
    }
    variable = "recovery_failover_options"
    assert options_of(values, variable, "data") == {"power_on": False, "consolidate": True}
    assert options_of(values, variable, "web") == {"power_on": True, "consolidate": True}
    assert options_of(values, variable, None) == {"power_on": True, "consolidate": True}
    assert options_of(values, "recovery_test_options", "wave 2") == {"sync": True}
    assert options_of(values, "", "data") == {}


@pytest.mark.parametrize("name", ["vm-1", vm_id(1), vm_id(1).upper()])
def test_a_vm_is_named_by_its_name_or_any_of_its_ids(name: str) -> None:
    first, second = records(document(1), document(2))
    assert means(name, first)
    assert not means(name, second)


def test_a_vm_that_is_called_like_the_id_of_another_is_never_taken_for_it() -> None:
    identity = vm_id(1)
    vms = select([document(1, "db"), document(2, identity)], settings(all=True))["vms"]
    victim, other = sorted(vms, key=lambda vm: str(vm["id"]))
    assert [vm["id"] for vm in finder(vms)(identity)] == [vm_id(1)]
    assert (means(identity, victim), means(identity, other)) == (True, False)
    options = {"vm_network_settings": [{"vm": identity}]}
    assert problem_of_options({"recovery_failover_options": options}, vms) == ""
    assert for_vms(options, vms) == {"vm_network_settings": [{"vm": vm_id(1)}]}
    # If it is not there, the other one is not recovered in its place.
    waves = [{"name": "one", "vm_replication_ids": [vm_id(1)]}, {"name": "two", "vm_replication_ids": [vm_id(2)]}]
    without = select([document(2, identity)], settings(waves=waves))["vms"]
    assert [(vm["wave"], vm["id"]) for vm in without] == [("one", None), ("two", vm_id(2))]
    both = select([document(2, identity), document(1, "vApp shop")], settings(waves=waves))["vms"]
    assert [(vm["wave"], vm["id"]) for vm in both] == [("one", vm_id(1)), ("two", vm_id(2))]


@pytest.mark.parametrize("name", ["db", "Db", vm_id(1), vm_id(1).upper(), vm_id(2), vm_id(8), "x"])
def test_names_are_found_together_as_they_are_one_by_one(name: str) -> None:
    vms = records(document(1, "db"), document(2, "db"), document(3, vm_id(2)), document(4, "Db"))
    moved = [*vms, {**records(document(5, "x"))[0], "id": vm_id(9), "previous_id": vm_id(8)}]
    assert [vm["id"] for vm in finder(moved)(name)] == [vm["id"] for vm in moved if means(name, vm)]


def test_names_are_exact() -> None:
    [one] = records(document(1, "Db"))
    assert not means("db", one)
    both = select([document(1, "db"), document(2, "DB")], settings(vm_names=["db", "DB"]))["vms"]
    assert [[means(name, vm) for vm in both] for name in ("db", "DB", "Db")] == [
        [True, False],
        [False, True],
        [False] * 2,
    ]


def test_an_id_from_before_a_reverse_still_names_the_vm() -> None:
    [one] = records(document(1))
    moved = {**one, "id": vm_id(9), "previous_id": vm_id(1)}
    assert for_vms({"vm_network_settings": [{"vm": vm_id(1)}]}, [moved]) == {"vm_network_settings": [{"vm": vm_id(9)}]}


@pytest.mark.parametrize("variable", VARIABLES.values())
@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"vm_network_settings": [{"vm": "bd"}]}, "bd"),
        ({"custom_virtual_hardware": [{"vm": "db"}, {"vm": vm_id(7)}]}, vm_id(7)),
        ({"instance_ids": {"web-3": "x"}}, "web-3"),
    ],
)
def test_an_entry_for_nobody_is_refused(variable: str, options: dict[str, Any], name: str) -> None:
    vms = select(DOCUMENTS, settings(waves=WAVES))["vms"]
    problem = problem_of_options({variable: options}, vms)
    assert problem == f"{variable}.{next(iter(options))}: {name} is no VM of this recovery."
    in_wave = {"recovery_waves": [{"name": "data", variable.replace("recovery_", ""): options}]}
    assert f"recovery_waves[0].{variable.replace('recovery_', '')}" in problem_of_options(in_wave, vms)
    assert problem_of_options({variable: options}, vms, lambda: {name}) == ""


def test_an_entry_of_a_wave_is_for_its_vms_only() -> None:
    """No other wave would use it."""
    vms = select(DOCUMENTS, settings(waves=WAVES))["vms"]
    first, second = ("data", "web")
    own, other = (next(vm["vm_name"] for vm in vms if vm["wave"] == name) for name in (first, second))
    for name, problem in ((own, ""), (other, f"{other} is no VM of wave {first}.")):
        options = {"vm_network_settings": [{"vm": name}]}
        values = {"recovery_waves": [{"name": first, "failover_options": options}, {"name": second}]}
        assert problem_of_options(values, vms).endswith(problem)
        assert bool(problem_of_options(values, vms)) is bool(problem)


def test_namesakes_in_two_waves_have_entries_of_their_own() -> None:
    waves = [{"name": name, "vm_replication_ids": [vm_id(number)]} for number, name in ((1, "one"), (2, "two"))]
    twins = select([document(1, "db"), document(2, "db")], settings(waves=waves))["vms"]
    options = {"failover_options": {"vm_network_settings": [{"vm": "db"}]}}
    assert problem_of_options({"recovery_waves": [{"name": "one", **options}, {"name": "two", **options}]}, twins) == ""


def test_an_entry_for_two_vms_and_two_entries_for_one_are_refused() -> None:
    twins = select([document(1, "db"), document(2, "db")], settings(all=True))["vms"]
    networks = {"recovery_failover_options": {"vm_network_settings": [{"vm": "db"}]}}
    assert "several VMs" in problem_of_options(networks, twins)
    doubled = {"recovery_failover_options": {"vm_network_settings": [{"vm": "db"}, {"vm": vm_id(1)}]}}
    assert "more than once" in problem_of_options(doubled, twins[:1])


@pytest.mark.parametrize("options", [{}, None, {"vm_network_settings": "x", "instance_ids": []}, {"power_on": True}])
def test_what_is_not_by_vm_is_left_to_the_module(options: Any) -> None:
    values = {"recovery_failover_options": options, "recovery_waves": ["x"]}
    assert problem_of_options(values, records(document(1))) == ""


def test_a_run_that_leaves_hosts_out_allows_what_is_for_them() -> None:
    values = {"recovery_failover_options": {"vm_network_settings": [{"vm": "db"}, {"vm": "web"}]}}
    run = begun({"a": {"vm_names": ["db"]}, "b": {"vm_names": ["db"]}})
    refused = take_selection(run, [document(1, "db")], (), values, peer_site="")
    assert "web is no VM" in refused["failure"]["message"]
    limited = take_selection(run, [document(1, "db")], (), values, peer_site="", elsewhere=lambda: {"web"})
    assert limited["failure"] == {}
    points = begun({"a": {"vm_names": ["db"], "instance_ids": {"db": "x", "web": "y"}}})
    assert take_selection(points, [document(1, "db")], peer_site="")["failure"]
    assert not take_selection(points, [document(1, "db")], peer_site="", elsewhere=lambda: {"web"})["failure"]
