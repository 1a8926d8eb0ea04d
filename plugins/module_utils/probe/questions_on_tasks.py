# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service about tasks."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import CYCLE, RANGE, READ, Question

QUESTIONS = (
    Question(
        "task_retention_seconds",
        "how long a task can be read after its end",
        "by the age of the oldest ended task that is still listed; longer is possible",
        READ,
        kind=RANGE,
        requests={"GET /tasks": 1},
        does="decides by the state of the replication if the task is gone",
    ),
    Question(
        "queued_tasks",
        "whether tasks are `QUEUED` before they run",
        "by the states of all tasks that were seen; no, if no task of the cycle was ever queued",
        READ,
        (False, True),
    ),
    Question(
        "queued_state_filter",
        "whether `QUEUED` is a filter of the task list",
        "by the status of a list with it: 200 or 400",
        READ,
        ("honoured", "rejected"),
        requests={"GET /tasks": 1},
        does="uses it unless the tasks of each replication are read instead, as they are for one or two; works without "
        "it in the rest of the session if it is refused, whatever the refusal is",
    ),
    Question(
        "task_result",
        "whether a task's result is always there",
        "by the tasks that succeeded",
        READ,
        ("present", "absent"),
        does="reads the replication",
    ),
    Question(
        "task_last_updated",
        "whether an ended task says when it was last updated, or -1",
        "by the ended tasks that were seen",
        READ,
        ("kept", "never"),
    ),
    Question(
        "task_operation_id",
        "whether a task shows the `operationID` of the request that made it",
        "by the tasks that were seen",
        READ,
        ("shown", "hidden"),
        does="finds the tasks of an operation by it, or else those of a single request by the filter `operationID`",
    ),
    Question(
        "task_type_names",
        "the names of most task types and result types",
        "by the types of the tasks that cleanup and reverse make; the evidence has the names",
        CYCLE,
        ("usual", "other"),
        does="accepts a task of an unknown type as its own only if it belongs to this replication and started after "
        "the request was sent",
    ),
    Question(
        "task_ids_filter",
        "whether the task list honours the filter `ids`",
        "by a list with the id of one of several tasks",
        READ,
        ("honoured", "ignored"),
        requests={"GET /tasks": 1},
        does="checks that the result matches the request",
    ),
    Question(
        "operation_id_filter",
        "whether the task list knows the filter `operationID`",
        "by a list with an operation that nobody has sent: nothing, everything or 400",
        READ,
        ("honoured", "ignored", "rejected"),
        requests={"GET /tasks": 1},
        does="checks that the result matches the request, and otherwise looks for the tasks of the replication",
    ),
    Question(
        "foreign_task",
        "what is answered to the id of somebody else's task",
        why_not="it takes the id of somebody else's task",
    ),
    Question(
        "task_shows_at_once",
        "how soon a task shows after its request was accepted",
        "by reading the task right after the answer that names it: 200 or 404",
        CYCLE,
        ("at_once", "later"),
        requests={"GET /tasks/{id}": 1},
        does="queries the service for about fifteen seconds; see [exactly once](exactly-once.md#limits)",
        fault="reset_after",
    ),
)
