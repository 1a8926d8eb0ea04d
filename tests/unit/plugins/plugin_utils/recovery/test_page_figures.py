# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures at the top of the page of a report."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.page_figures import figures
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    document,
    item,
    records,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import (
    Page,
    after,
    failed_and_not,
    report,
)

DRILL = {
    "compared": 2,
    "untouched": True,
    "left_behind": [],
    "held": [],
    "held_until": None,
    "deadline_seconds": None,
    "deadline_met": None,
}


def shown(built: dict[str, Any], **changes: Any) -> str:
    return Page(str(figures(built | changes))).text


def recovered() -> dict[str, Any]:
    vms = records(document(1, instance_ms=1_145_000), document(2, source="site-2", destination="site-1"))
    return report(after(vms, "failover", item(vm_id(1), "COMPLETE"), called=1205.0), rto_target=60)


def test_a_recovery_shows_how_many_vms_run_there_how_fast_and_with_which_data() -> None:
    assert shown(recovered()) == (
        "Virtual machines 2 1 done, 1 nothing to do "
        "Running at site-2 2 of 2 none was verified "
        "Recovery time 25 s target 1 min: met "
        "Data age at failover 1 min at most; RPO met by all"
    )


def test_a_failure_is_counted_and_makes_the_recovery_time_incomplete() -> None:
    text = shown(failed_and_not())
    assert "Virtual machines 2 1 done, 1 failed" in text
    assert "Running at site-2 1 of 2" in text
    assert "Recovery time 25 s not all VMs were recovered; target 1 h: missed" in text


def test_data_that_is_too_old_is_counted() -> None:
    age = {"oldest_seconds": 3600.0, "rpo_exceeded": ["vm-1"], "rpo_met": False}
    assert "Data age at failover 1 h at most; RPO exceeded by 1 of 2" in shown(recovered(), data_age=age)


def test_without_a_recovery_there_is_no_recovery_time() -> None:
    text = shown(report(records(document(1, source="site-2", destination="site-1"))))
    assert "Recovery time not measured no target was set" in text
    assert "Data age" not in text


def test_a_prediction_has_no_times() -> None:
    assert shown(report(records(document(1)), dry=True)) == "Virtual machines 1 1 nothing to do"


def test_a_readiness_check_counts_what_is_ready() -> None:
    built = report(records(document(1), document(2)), entry_point="readiness", dry=True)
    built["summary"]["unchanged"] = 1
    assert shown(built) == "Virtual machines 2 1 ready, 1 not ready"


def test_a_reverse_shows_what_is_protected_and_recovers_nothing() -> None:
    vms = records(document(1, source="site-2", destination="site-1"), document(2, state="COMPLETE"))
    assert shown(report(vms, entry_point="reverse")) == (
        "Virtual machines 2 2 nothing to do Protected again 1 of 2 run at site-2 and replicate to the other site"
    )


@pytest.mark.parametrize(
    ("found", "figure"),
    [
        ({}, "Unchanged 2 compared before and after; no test left behind"),
        ({"untouched": False}, "Changed 2 compared before and after; no test left behind"),
        ({"left_behind": ["vm-1"]}, "Unchanged 2 compared before and after; 1 tests left behind"),
        ({"held": ["vm-1", "vm-2"]}, "Unchanged 2 compared before and after; 2 tests still running"),
        (
            {"held": ["vm-1"], "held_until": "2026-05-08T06:00:00Z"},
            "Unchanged 2 compared before and after; 1 tests still running, until 2026-05-08T06:00:00Z",
        ),
        ({"compared": 0}, "Not compared 0 compared before and after"),
        ({"deadline_seconds": 60, "deadline_met": True}, "left behind; deadline 1 min kept"),
        ({"deadline_seconds": 60, "deadline_met": False}, "left behind; deadline 1 min missed"),
    ],
)
def test_a_drill_shows_what_became_of_production(found: dict[str, Any], figure: str) -> None:
    built = report(records(document(1), document(2)), entry_point="drill")
    text = shown(built, drill=DRILL | found)
    assert "Started in the test 0 of 2" in text
    assert text.endswith(figure)
