# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Tell whether a failed operation changed its replication, by comparing two readings."""

from __future__ import annotations

import contextlib

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import TIMEOUT, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Mark
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import FAILED
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import IN_PROGRESS
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES


def forget_change(item: Item, goal: Goal) -> None:
    """Reset ``changed`` of an item if its operation failed and the replication is what it was before.

    An operation counts as a change if its task succeeded or may still be running. If the task is gone, the operation
    may still be running, unless the verb leads to a recovery state that the replication would show. If it was accepted
    without a task and the time is over, it may be queued, and the replication need not show it.

    :param item: read again after its operation ended
    """
    is_over = item.misses >= MISSES and goal.verb.leads_to is not None
    has_failed = item.task is None or item.task.state == FAILED or is_over
    if not (item.changed and item.error and item.after and item.mark and has_failed):
        return
    if item.task is None and item.error.category == TIMEOUT:
        return
    # If the mark cannot be read, the replication may have changed.
    with contextlib.suppress(VcdaError):
        item.left_no_trace = _are_same(item.mark, goal.mark(item.after))
        item.changed = not item.left_no_trace


def _are_same(earlier: Mark, later: Mark) -> bool:
    """Compare two marks; an earlier IN_PROGRESS matches any state, because the state before it is unknown."""
    return len(earlier) == len(later) and all(
        one == other and state in (new_state, IN_PROGRESS) for (state, one), (new_state, other) in zip(earlier, later)
    )
