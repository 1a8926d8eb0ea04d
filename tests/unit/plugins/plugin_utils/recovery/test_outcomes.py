# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a VM with an error, and what it is called."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.outcomes import in_words, trouble_of
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document, records
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.test_report import report


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ({"code": "TASK_FAILED", "category": "task_failed", "step": "failover"}, "failed"),
        ({"code": "TIMEOUT", "category": "timeout", "step": "failover"}, "running"),
        ({"code": "NOT_VERIFIED", "category": "refused", "step": "verify"}, "not_verified"),
        ({"code": "HOOK_FAILED", "category": "refused", "step": "after"}, "hook_failed"),
        ({"code": "HOOK_FAILED", "category": "refused", "step": "before"}, "not_started"),
        ({"code": "WAVE_NOT_STARTED", "category": "refused", "step": "start"}, "not_started"),
        ({"code": "DEADLINE_PASSED", "category": "refused", "step": "start"}, "not_started"),
    ],
)
def test_outcomes_are_told_apart(error: dict[str, Any], outcome: str) -> None:
    [record] = records(document(1))
    record["error"] = {"message": "It broke.", "hint": "Mend it.", **error}
    assert trouble_of(record) == outcome
    built = report([record])
    assert built["vms"][0]["outcome"] == outcome
    assert built["summary"][outcome] == 1
    assert built["outcome"] == "failed"


def test_a_hook_that_failed_with_a_warning_is_told_and_fails_nothing() -> None:
    [record] = records(document(1))
    assert trouble_of(record) == ""
    record.update(hook_failures=["chat.yml after wave all: It is broken."], changed=True)
    built = report([record])
    assert (built["outcome"], built["vms"][0]["outcome"]) == ("succeeded", "hook_failed")
    assert "chat.yml after wave all: It is broken." in built["to_do"][0]["what"]


def test_outcomes_in_words() -> None:
    assert in_words(["running", "failed", "failed"]) == "2 failed, 1 still running"
