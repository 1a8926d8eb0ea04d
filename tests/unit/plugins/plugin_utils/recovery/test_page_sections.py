# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page of a report says about failures, waves and readiness checks."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    document,
    records,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import (
    EVIL,
    page,
    report,
)

READINESS = {
    "id": "19700101T001000Z",
    "started": "1970-01-01T00:10:00Z",
    "outcome": "not_ready",
    "mode": "unplanned",
    "checks": ["paused", "clock", "health"],
    "vms": ["db-1", EVIL],
    "findings": [
        {
            "check": check,
            "code": "X",
            "effect": effect,
            "message": f"{EVIL} found.",
            "remedy": "Mend it.",
            "read_from": "GET /x",
            "vms": vms,
        }
        for check, effect, vms in (
            ("paused", "blocks", ["db-1"]),
            ("clock", "unknown", []),
            ("seed", "warns", ["db-1", EVIL]),
        )
    ],
}


@pytest.mark.parametrize("entry_point", ["main", "failover", "failback", "drill", "reverse", "readiness"])
def test_a_page_tells_what_readiness_answered_before(entry_point: str) -> None:
    vms = records(document(1, "db-1"), document(2, EVIL), document(3, "new-1"))
    shown = page(report(vms, readiness=[READINESS], entry_point=entry_point))
    is_own = entry_point == "readiness"
    assert ("Checked on 1970-01-01 00:10:00 UTC, 10 min before this run: not ready. 2 VMs" in shown.text) is not is_own
    assert f"paused blocks {EVIL} found. Mend it. Read from: GET /x db-1 clock cannot be told" in shown.text
    assert "GET /x all 2 Without a finding: health." in shown.text
    assert ("No readiness report tells of new-1." in shown.text) is not is_own
    assert not shown.all("script")


def test_a_page_says_that_nothing_was_checked_before() -> None:
    assert "No report of an earlier readiness check" in page(report(records(document(1)))).text
    assert "readiness check" not in page(report(records(document(1)), entry_point="cleanup")).text
