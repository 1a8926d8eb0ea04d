# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""After a lost answer, ask the service what became of the start request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import HINTS, UNKNOWN_OUTCOME, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, iso_time
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb

# Seconds after which a service that does not answer is not asked again.
_LONGEST = 60.0
# How far the clock of a task may be ahead of that of the answers, which a proxy may set by its own clock.
_AHEAD_MS = 60_000


@dataclass(frozen=True)
class Patience:
    """How to ask the service for a failed request before it may be sent again.

    Not an enumeration, because Python 3.11.0 to 3.11.2 lose the value of a member that is an empty tuple.

    :param why: what happened to the request
    :param pauses: seconds to wait before each look
    """

    why: str
    pauses: tuple[float, ...]


NOT_SENT = Patience("it was not accepted, so there is nothing to look for", ())
SESSION_REPAIRED = Patience("it was refused for its session alone: one look, to be sure", (0.0,))
ANSWER_LOST = Patience("it may still be on its way through the service", (0.0, 1.0, 2.0, 4.0, 8.0))


class Request(Protocol):
    """A start request, and how to ask the service for it when its answer is lost."""

    @property
    def verb(self) -> Verb:
        """The verb to start."""

    @property
    def path(self) -> str:
        """The path of the call."""

    @property
    def label(self) -> str:
        """The object of the verb, as messages name it."""

    @property
    def body(self) -> Mapping[str, Any] | None:
        """The body of the call."""

    @property
    def headers(self) -> Mapping[str, str] | None:
        """The headers of the call, without operationID."""

    def look(self, client: Client, operation_id: str, since_ms: int) -> tuple[bool, Task | None]:
        """Ask the service for the request once.

        :param operation_id: the value of its operationID header
        :param since_ms: when it was sent, by the clock of the service, milliseconds since the epoch
        :returns: whether it was accepted, and its task if that is known
        :raises VcdaError: if the service cannot be asked
        """


def patience_after(client: Client, error: VcdaError) -> Patience | None:
    """Tell how to ask for a failed request, and repair the session if that is why the request was refused.

    :returns: None if the request must not be repeated
    :raises VcdaError: if the session cannot be repaired
    """
    if error.ambiguous:
        return ANSWER_LOST
    if error.is_transient:
        return NOT_SENT
    return SESSION_REPAIRED if client.repair_session(error) else None


def look_for(
    client: Client, request: Request, operation_id: str, since_ms: int, patience: Patience, lost: VcdaError
) -> tuple[bool, Task | None]:
    """Ask the service for a request, several times if necessary.

    :param operation_id: the value of its operationID header
    :param since_ms: when it was sent, by the clock of the service, milliseconds since the epoch
    :param lost: the error that came instead of the answer
    :returns: whether it was accepted, and its task if that is known
    :raises VcdaError: if the last attempt to ask failed; ``unknown_outcome`` if the request may have been accepted
    """
    deadline = client.clock.monotonic() + _LONGEST
    failure: VcdaError | None = None
    for pause in patience.pauses:
        client.clock.sleep(min(pause, client.deadline.remaining))
        try:
            found, task = request.look(client, operation_id, since_ms)
        except VcdaError as error:
            failure = error
            if not error.retriable or client.clock.monotonic() > deadline or client.deadline.is_over:
                break
            continue
        if found:
            return True, task
        failure = None
        if client.deadline.is_over:
            break
    if failure is None:
        return False, None
    raise _unknown(request, operation_id, lost, failure) if lost.ambiguous else failure


def find_task(
    client: Client, tasks: Iterable[Task], verb: Verb, state_tells: Callable[[], bool]
) -> tuple[bool, Task | None]:
    """Find the task of a request among the tasks of its object that are new or have not ended.

    An ended task with a start time in the future was either made by the request while a proxy's clock is late, or
    earlier while the clock of the service was ahead. So the request is neither taken as accepted nor sent again for it.

    :param tasks: newest first
    :param state_tells: tells from a fresh reading of the object that the request was accepted
    :returns: whether the request was accepted, and its task if that is known
    :raises VcdaError: if such a task in the future is the only sign of the request
    """
    matches = [task for task in tasks if task.may_be_of(verb)]
    latest = client.server_now_ms() + _AHEAD_MS
    present = [task for task in matches if not task.is_finished or (task.start_ms or 0) <= latest]
    if present:
        return True, present[0]
    if state_tells():
        return True, None
    if matches:
        task = matches[0]
        text = (
            f"Task {task.id}, which ended as {task.state}, may be this request, but began at "
            f"{iso_time(task.start_ms)}, which is in the future."
        )
        raise VcdaError(text, retriable=True)
    return False, None


def _unknown(request: Request, operation_id: str, lost: VcdaError, failure: VcdaError) -> VcdaError:
    return VcdaError(
        f"It is not known whether {request.verb.name} of {request.label} was accepted. {lost.message} "
        f"Looking for it failed: {failure.message}",
        category=UNKNOWN_OUTCOME,
        code=lost.code,
        http_status=lost.http_status,
        hint=HINTS[UNKNOWN_OUTCOME],
        operation_id=operation_id,
    )
