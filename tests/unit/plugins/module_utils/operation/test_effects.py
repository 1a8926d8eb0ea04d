# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What failed and left no trace is no change, unless it may still be running."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE, SYNC, Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.effects import forget_change
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES
from ansible_collections.opendr.vcda.tests.unit.documents import task, vm

BEFORE = VM.parse(vm(1, "COMPLETE"))


@pytest.mark.parametrize(
    ("verb", "state", "category", "misses", "after", "is_change"),
    [
        (REVERSE, "FAILED", "task_failed", 0, "COMPLETE", False),
        (REVERSE, "FAILED", "task_failed", 0, "NOT_STARTED", True),
        (REVERSE, "RUNNING", "timeout", 0, "COMPLETE", True),
        (REVERSE, "RUNNING", "task_failed", MISSES, "COMPLETE", False),
        (SYNC, "RUNNING", "task_failed", MISSES, "COMPLETE", True),
        # An attempt whose answer was lost, and then a refusal.
        (REVERSE, None, "refused", 0, "COMPLETE", False),
        (REVERSE, None, "refused", 0, "NOT_STARTED", True),
        # Accepted without a task that can be read: it may be queued at the end of the time.
        (REVERSE, None, "timeout", MISSES, "COMPLETE", True),
        (SYNC, None, "timeout", MISSES, "COMPLETE", True),
    ],
)
def test_a_failure_without_a_trace_is_no_change(
    verb: Verb, state: str | None, category: str, misses: int, after: str, is_change: bool
) -> None:
    item = Item(VM, BEFORE.id, BEFORE, VM.parse(vm(1, after)), changed=True, misses=misses)
    item.mark, item.error = BEFORE.mark(), VcdaError("It failed.", category=category)
    item.task = parse_task(task(state=state)) if state else None
    forget_change(item, Goal(VM, verb))
    assert item.changed is is_change
    assert item.left_no_trace is not is_change
