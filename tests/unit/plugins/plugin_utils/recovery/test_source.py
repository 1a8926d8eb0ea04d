# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the other site means: no unplanned failover while it works, no migration while it does not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.source import (
    has_nothing_to_do,
    judged,
    note_on_verification,
    question,
    sites_in_question,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document, records, run

TO_HERE = document(1, "db")
IN_TEST = document(2, "web", "TEST")
RECOVERED = document(3, "app", "COMPLETE")
AT_HOME = document(4, "log", source="site-2", destination="site-1")


def of(*documents: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return run(records(*documents), **changes)


def answer(**sites: bool) -> dict[str, Any]:
    return {"sites": [{"name": name.replace("_", "-"), "is_reachable": is_up} for name, is_up in sites.items()]}


@pytest.mark.parametrize(
    ("one", "is_down", "sites"),
    [
        (of(TO_HERE), False, ["site-1"]),
        (of(IN_TEST, RECOVERED), False, ["site-1"]),
        (of(TO_HERE), True, []),
        (of(TO_HERE, mode="planned"), True, ["site-1"]),
        (of(TO_HERE, mode="planned", entry_point="failback"), False, ["site-1"]),
        (of(TO_HERE, document(5, "x", source="site-3")), False, ["site-1", "site-3"]),
        (of(RECOVERED, AT_HOME), False, []),
        (of(TO_HERE, entry_point="drill", mode="test"), False, []),
        (of(TO_HERE, entry_point="reverse", mode=""), False, []),
        (of(TO_HERE, failure={"message": "It broke."}), False, []),
    ],
)
def test_sites_are_asked_about_only_where_it_matters(one: dict[str, Any], is_down: bool, sites: list[str]) -> None:
    assert sites_in_question(one, is_down=is_down) == sites


@pytest.mark.parametrize(
    ("mode", "found", "code"),
    [
        ("unplanned", answer(site_1=True), "SOURCE_ANSWERS"),
        ("unplanned", answer(site_1=False), None),
        ("unplanned", answer(site_3=True), None),
        ("unplanned", {"failed": True}, None),
        ("planned", answer(site_1=True), None),
        ("planned", answer(site_1=False), "PEER_UNREACHABLE"),
        ("planned", {"failed": True}, None),
    ],
)
def test_what_the_answer_means(mode: str, found: dict[str, Any], code: str | None) -> None:
    after = judged(of(TO_HERE, RECOVERED, mode=mode), found)
    assert after["failure"].get("code") == code


def test_the_refusal_names_the_vms_that_may_run_there() -> None:
    names = [document(number, f"vm-{number}") for number in range(1, 8)]
    failure = judged(of(*names, RECOVERED | {"id": document(9)["id"]}), answer(site_1=True))["failure"]
    assert "vm-1, vm-2, vm-3, vm-4, vm-5 and 2 more" in failure["message"]
    assert "app" not in failure["message"]


@pytest.mark.parametrize(
    ("owners", "named"),
    [
        (("tenant-1@site-1", "tenant-2@site-1"), ("db (tenant-1)", "db (tenant-2)")),
        (("tenant-1@site-1", "tenant-1@site-1"), (f"db ({document(1)['id']})", f"db ({document(2)['id']})")),
        (("tenant-1@site-1",), ("there: db.",)),
    ],
)
def test_the_refusal_tells_namesakes_apart(owners: tuple[str, ...], named: tuple[str, ...]) -> None:
    namesakes = [document(number, "db", owner=owner) for number, owner in enumerate(owners, 1)]
    message = judged(of(*namesakes), answer(site_1=True))["failure"]["message"]
    assert all(label in message for label in named)


def test_a_readiness_check_goes_on_and_says_it() -> None:
    after = judged(of(TO_HERE, entry_point="readiness"), answer(site_1=True))
    assert not after["failure"]
    assert "refused" in after["notes"][0]


def test_the_site_is_asked_for_only_if_everything_runs_there() -> None:
    assert "Is site-2 the site that was meant" in question(of(AT_HOME))
    assert question(of(AT_HOME, TO_HERE)) == ""
    assert question(of(RECOVERED)) == ""
    assert question(of(AT_HOME, entry_point="reverse", mode="")) == ""
    assert question(run([])) == ""


WAVES: list[dict[str, Any]] = [{"name": "all", "max_failures": None, "verify": []}]


@pytest.mark.parametrize(
    ("one", "checks", "is_warned"),
    [
        (of(TO_HERE, entry_point="main", waves=WAVES), [], True),
        (of(TO_HERE, entry_point="failback", mode="planned", waves=WAVES), [], True),
        (of(TO_HERE, entry_point="main", waves=WAVES), [{"vm_name": "db"}], False),
        (of(TO_HERE, entry_point="main", waves=WAVES), [{"vm_name": "db "}, {"vm_name": "dp"}], True),
        (of(TO_HERE, entry_point="main", waves=[{**WAVES[0], "verify": ["look.yml"]}]), [], False),
        (of(AT_HOME, entry_point="main", waves=WAVES), [], False),
        (of(TO_HERE, entry_point="failover", waves=WAVES), [], False),
    ],
)
def test_a_reverse_of_what_nobody_verified_is_warned_of(
    one: dict[str, Any], checks: list[Any], is_warned: bool
) -> None:
    assert bool(note_on_verification(one, {"recovery_checks": checks})) is is_warned


@pytest.mark.parametrize(
    ("one", "values", "is_settled"),
    [
        (of(AT_HOME, entry_point="main", waves=WAVES), {}, True),
        (of(AT_HOME, entry_point="failover", waves=WAVES), {"recovery_vm_names": ["log"]}, True),
        (of(AT_HOME, entry_point="failback", mode="planned", waves=WAVES), {"recovery_waves": [{"name": "all"}]}, True),
        (of(AT_HOME, entry_point="readiness", waves=WAVES), {}, False),
        (of(AT_HOME, entry_point="drill", mode="test", waves=WAVES), {}, False),
        (of(AT_HOME, entry_point="reverse", mode="", waves=WAVES), {}, False),
        (of(AT_HOME, TO_HERE, waves=WAVES), {}, False),
        (of(AT_HOME, IN_TEST, waves=WAVES), {}, False),
        (of(AT_HOME, RECOVERED, waves=WAVES), {}, False),
        (of(AT_HOME, waves=WAVES, failure={"message": "It broke."}), {}, False),
        (run([], waves=WAVES), {}, False),
        (of(AT_HOME, waves=WAVES), {"recovery_failover_options": {"power_on": False}}, False),
        (of(AT_HOME, waves=WAVES), {"recovery_instance_ids": {"log": "1"}}, False),
        (of(AT_HOME, waves=[{**WAVES[0], "instance_before": "2026-01-01T00:00:00Z"}]), {}, False),
        (of(AT_HOME, waves=WAVES), {"recovery_waves": [{"name": "all", "migrate_options": {"a": 1}}]}, False),
    ],
)
def test_steps_are_gone_through_unless_none_would_do_or_refuse_anything(
    one: dict[str, Any], values: dict[str, Any], is_settled: bool
) -> None:
    assert has_nothing_to_do(one, values) is is_settled
