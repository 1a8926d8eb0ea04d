# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of virtual machines on the page of a report."""

from __future__ import annotations

from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    item,
    records,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import (
    after,
    page,
    report,
)


def test_a_plan_has_the_columns_of_a_plan() -> None:
    check = {
        "id": vm_id(1),
        "latest_instance": {"age": 61},
        "rpo_violation": 7,
        "optimized_reverse": {"is_possible": True, "until": "2026-05-08T06:00:00Z", "seconds_left": 60},
        "peer": {"site": "site-1", "is_reachable": True},
        "concerns": [],
    }
    vms = FILTERS["checked"](records(document(1, "db-1")), {"vm_replications": [check]}, "unplanned")
    text = page(report(vms, entry_point="readiness", dry=True)).text
    assert "1 min 01 s" in text
    assert "7 min" in text
    assert "2026-05-08 06:00:00 UTC" in text
    assert "Outcome Steps Data age RPO violation Delta reverse until Now" in text


def test_a_page_says_what_was_verified_and_how() -> None:
    vms = after(records(document(1, "db-1"), document(2)), "failover", item(vm_id(1), "COMPLETE"), called=1205.0)
    check = {"ansible_loop_var": "it", "it": {"vm_name": "db-1", "host": "10.0.0.1", "port": 22}}
    vms = FILTERS["verified"](vms, [vm_id(1)], [check], started=10.0, ended=40.0)
    text = page(report(vms)).text
    assert "Running at site-2 1 of 2 1 verified" in text
    assert "10.0.0.1 port 22: answers" in text
