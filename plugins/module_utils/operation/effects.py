# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Whether an operation that failed has changed its replication all the same, as far as two readings tell."""

from __future__ import annotations

import contextlib

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Mark
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import FAILED
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import IN_PROGRESS
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import MISSES


def forget_change(item: Item, goal: Goal) -> None:
    """Take it back that an item was changed, if its operation failed and has left no trace.

    An operation that the service says has succeeded, or that may still be running, counts as a change. One whose task
    is gone may be, unless the replication would show it by its state.

    :param item: read again since its operation ended
    """
    is_over = item.misses >= MISSES and goal.verb.leads_to is not None
    has_failed = item.task is None or item.task.state == FAILED or is_over
    if not (item.changed and item.error and item.after and item.mark and has_failed):
        return
    # What cannot be read may have changed.
    with contextlib.suppress(VcdaError):
        item.left_no_trace = _are_same(item.mark, goal.mark(item.after))
        item.changed = not item.left_no_trace


def _are_same(earlier: Mark, later: Mark) -> bool:
    """Compare two readings; which state came before a task that another run had started is not known."""
    return len(earlier) == len(later) and all(
        one == other and state in (new_state, IN_PROGRESS) for (state, one), (new_state, other) in zip(earlier, later)
    )
