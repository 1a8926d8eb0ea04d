# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which module a step calls, and with which options."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.calls import Call, calls_of, with_warnings
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import STEPS
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document, records, vm_id

VALUES: dict[str, Any] = {
    "recovery_wait_timeout": 100,
    "recovery_poll_interval": 2.0,
    "recovery_max_concurrent": 4,
    "recovery_failover_options": {"power_on": False, "active_site": "elsewhere"},
    "recovery_migrate_options": {"power_off_settings": "FORCE"},
    "recovery_test_options": {"sync": True},
}
WAITING = {"wait_timeout": 100, "poll_interval": 2.0, "max_concurrent": 4, "compact": False}


def run(**wave: Any) -> dict[str, Any]:
    return {
        "active_site": "site-2",
        "waves": [{"name": "all", "instance_before": "", "instance_ids": {}, **wave}],
        "vms": records(document(1, "db-1"), document(2, "web-1")),
    }


def options(step: str, **wave: Any) -> dict[str, Any]:
    (call,) = calls_of(run(**wave), step, [vm_id(1)], VALUES, wave="all", seconds_left=30.0)
    found = dict(call.options)
    assert found.pop("vm_replication_ids") == [vm_id(1)] == list(call.ids)
    return {"module": call.module, **found}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("cleanup", {"module": "vm_replication_failover_test", "state": "absent"}),
        ("test_cleanup", {"module": "vm_replication_failover_test", "state": "absent"}),
        ("protect_first", {"module": "vm_replication_reverse"}),
        ("reverse", {"module": "vm_replication_reverse", "active_site": "site-2"}),
        ("failover", {"module": "vm_replication_failover", "active_site": "site-2", "power_on": False}),
        ("migrate", {"module": "vm_replication_migrate", "active_site": "site-2", "power_off_settings": "FORCE"}),
    ],
)
def test_a_step_calls_its_module(step: str, expected: dict[str, Any]) -> None:
    assert options(step) == {**expected, **WAITING}


def test_a_reverse_compares_networks_where_the_run_says_so() -> None:
    (call,) = calls_of(run(), "reverse", [vm_id(1)], {**VALUES, "recovery_compare_networks": True}, wave="all")
    assert call.options["compare_networks"] is True


def test_a_test_waits_no_longer_than_the_drill_may_take() -> None:
    assert options("test")["wait_timeout"] == 30
    (call,) = calls_of(run(), "test", [vm_id(1)], VALUES, wave="all", seconds_left=-5.0)
    assert call.options["wait_timeout"] == 1


@pytest.mark.parametrize("step", STEPS)
def test_every_step_knows_its_module_and_calls_it_for_nobody_in_vain(step: str) -> None:
    assert calls_of(run(), step, [], VALUES, wave="all") == []
    assert options(step)["module"].startswith("vm_replication_")


@pytest.mark.parametrize("step", ["failover", "test"])
def test_points_in_time_are_those_of_the_vms_that_are_meant(step: str) -> None:
    chosen = options(step, instance_ids={"db-1": "one", "web-1": "two"}, instance_before="2026-05-01T06:00:00Z")
    assert chosen["instance_ids"] == {vm_id(1): "one"}
    assert chosen["instance_before"] == "2026-05-01T06:00:00Z"
    assert "instance_ids" not in options(step, instance_ids={"web-1": "two"})


@pytest.mark.parametrize("step", STEPS)
def test_recovery_plans_are_respected_where_the_run_says_so_but_not_in_the_cleanup_of_its_own_test(step: str) -> None:
    (call,) = calls_of(run(), step, [vm_id(1)], {**VALUES, "recovery_respect_recovery_plans": True}, wave="all")
    assert call.options.get("respect_recovery_plans") is (None if step == "test_cleanup" else True)
    (call,) = calls_of(run(), step, [vm_id(1)], {**VALUES, "recovery_respect_recovery_plans": False}, wave="all")
    assert "respect_recovery_plans" not in call.options


def test_what_a_module_warns_of_reaches_the_vms_that_it_is_about() -> None:
    vapp = "C4VAPP-00000000-0000-4000-8000-000000000001"
    call = Call("vapp_replication_failover", {}, [vm_id(1), vm_id(2), vm_id(3)], {vapp: [vm_id(1), vm_id(2)]})
    warnings = [f"a (b): c ({vapp}): Careful: one\nline.", f"db ({vm_id(3)}): Alone.", "About nobody."]
    items = with_warnings(call, {"warnings": warnings}, [{"id": identity} for identity in call.ids])
    assert [item["warnings"] for item in items] == [["Careful: one\nline."], ["Careful: one\nline."], ["Alone."]]
    assert [item["id"] for item in items] == list(call.ids)
