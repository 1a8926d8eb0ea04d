# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The phases of one replication in a run, and the transitions between them.

Every transition is a row of ``TRANSITIONS``; the picture and the table of the guide are generated from these rows.
"""

from __future__ import annotations

from enum import Enum

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item

UNDECIDED = "undecided"  # read; to be decided by the decision table and the unfinished tasks
READY = "ready"  # may be started
RUNNING = "running"  # its task runs: our own, or one of the same verb that another run has started
HELD = "held"  # another operation runs on it; wait until that has ended
IN_DOUBT = "in doubt"  # its start was accepted without a task or refused, or its task failed or is gone
SUCCEEDED = "succeeded"  # its task has succeeded, and the replication is still to be read
BY_VM = "vm by vm"  # only some VMs of the vApp need the operation: each has an item and phases of its own
ENDED = "ended"  # its outcome is known

PHASES = (UNDECIDED, READY, RUNNING, HELD, IN_DOUBT, SUCCEEDED, BY_VM, ENDED)
OPEN = (UNDECIDED, READY, RUNNING, HELD, IN_DOUBT)


class Why(Enum):
    """Why an item moves from one phase to the next."""

    NOTHING_TO_DO = "it is where it should be, or may not go there"
    FREE = "it needs the operation, and no task holds it"
    FREE_IN_PART = "only some VMs of the vApp need the operation"
    SAME_VERB_RUNS = "a task of the same verb runs on it"
    OTHER_TASK_HOLDS_IT = "a task of another operation holds it"
    TASK_STARTED = "the start was accepted and shows its task"
    ACCEPTED_WITHOUT_TASK = "the start was accepted and shows no task"
    CHANGED_AT_ONCE = "the answer is the changed replication"
    REFUSED = "the service refuses the start"
    NOT_STARTED = "the start failed, or may not be made any more"
    TASK_SUCCEEDED = "the task has succeeded"
    TASK_FAILED = "the task has failed"
    TASK_MISSING = "the service shows the task no longer"
    TASK_SEEN_AGAIN = "the task that was missing is there"
    HOLDER_ENDED = "the other task has ended"
    GOAL_REACHED = "the task is gone, and the goal is reached"
    SETTLED = "another run has reached the goal, or the failure stands"
    CONFIRMED = "it was read, and is where the task was to lead"
    NOT_CONFIRMED = "it cannot be read, or is somewhere else"
    VMS_ENDED = "all its VMs have ended"
    GIVEN_UP = "the time is up, or the service refuses to be asked"


TRANSITIONS: tuple[tuple[str, Why, str], ...] = (
    (UNDECIDED, Why.NOTHING_TO_DO, ENDED),
    (UNDECIDED, Why.FREE, READY),
    (UNDECIDED, Why.FREE_IN_PART, BY_VM),
    (UNDECIDED, Why.SAME_VERB_RUNS, RUNNING),
    (UNDECIDED, Why.OTHER_TASK_HOLDS_IT, HELD),
    (READY, Why.TASK_STARTED, RUNNING),
    (READY, Why.ACCEPTED_WITHOUT_TASK, IN_DOUBT),
    (READY, Why.CHANGED_AT_ONCE, SUCCEEDED),
    (READY, Why.REFUSED, IN_DOUBT),
    (READY, Why.NOT_STARTED, ENDED),
    (RUNNING, Why.TASK_SUCCEEDED, SUCCEEDED),
    (RUNNING, Why.TASK_FAILED, IN_DOUBT),
    (RUNNING, Why.TASK_MISSING, IN_DOUBT),
    (HELD, Why.HOLDER_ENDED, UNDECIDED),
    (IN_DOUBT, Why.SAME_VERB_RUNS, RUNNING),
    (IN_DOUBT, Why.TASK_SEEN_AGAIN, RUNNING),
    (IN_DOUBT, Why.OTHER_TASK_HOLDS_IT, HELD),
    (IN_DOUBT, Why.GOAL_REACHED, SUCCEEDED),
    (IN_DOUBT, Why.SETTLED, ENDED),
    (SUCCEEDED, Why.CONFIRMED, ENDED),
    (SUCCEEDED, Why.NOT_CONFIRMED, ENDED),
    (BY_VM, Why.VMS_ENDED, ENDED),
    *((phase, Why.GIVEN_UP, ENDED) for phase in OPEN),
)
_NEXT = {(start, why): target for start, why, target in TRANSITIONS}


def move(item: Item, why: Why, error: VcdaError | None = None) -> None:
    """Move an item to its next phase.

    :param error: a new error of the item, if there is one
    :raises ValueError: if its phase has no transition for that reason
    """
    if (item.phase, why) not in _NEXT:
        raise ValueError(f"{item.label} is {item.phase}, so it cannot be that {why.value}")
    item.phase, item.error = _NEXT[item.phase, why], error or item.error
