# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Errors of operations for which the service gives none: not started, timed out, task gone, state not reached."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    REFUSED,
    TASK_FAILED,
    TIMEOUT,
    VcdaError,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb


def not_attempted(verb: Verb, label: str) -> VcdaError:
    """Return the error of a replication that was not started because another one failed."""
    return VcdaError(
        f"{verb.name.capitalize()} of {label} was not started, because another replication failed.",
        category=REFUSED,
        code="NOT_ATTEMPTED",
        hint="Resolve the other failure and run again, or set continue_on_error=true.",
    )


def timed_out(verb: Verb, label: str, task: Task | None, seconds: float) -> VcdaError:
    """Return the error of an operation that did not end within the wait_timeout.

    :param seconds: the wait_timeout
    """
    return VcdaError(
        f"{verb.name.capitalize()} of {label} did not end within {seconds:g} seconds.",
        category=TIMEOUT,
        code="WAIT_TIMEOUT",
        task_id=task.id if task else None,
        operation_id=task.operation_id if task else None,
    )


def too_late(verb: Verb, label: str, seconds: float) -> VcdaError:
    """Return the error of a replication that was not started because the wait_timeout was over.

    :param seconds: the wait_timeout
    """
    return VcdaError(
        f"{verb.name.capitalize()} of {label} was not started, because {seconds:g} seconds were over before its turn.",
        category=TIMEOUT,
        code="WAIT_TIMEOUT",
        hint="Run again, or increase wait_timeout.",
    )


def vanished(verb: Verb, label: str, now: Replication | None, task: Task | None) -> VcdaError:
    """Return the error of a replication whose task is gone and which has not reached its goal."""
    return _short_of_goal(verb, label, now, task, "TASK_VANISHED", "The %s task is gone, and %s %s.")


def not_reached(verb: Verb, label: str, now: Replication | None, task: Task | None) -> VcdaError:
    """Return the error of a replication whose task succeeded but which has not reached the state of the verb."""
    return _short_of_goal(verb, label, now, task, "STATE_NOT_REACHED", "The %s task succeeded, but %s %s.")


def _short_of_goal(
    verb: Verb, label: str, now: Replication | None, task: Task | None, code: str, sentence: str
) -> VcdaError:
    state = f"is in recovery state {now.recovery_state}" if now else "is no longer listed"
    return VcdaError(
        sentence % (verb.name, label, state),
        category=TASK_FAILED,
        code=code,
        task_id=task.id if task else None,
        operation_id=task.operation_id if task else None,
    )
