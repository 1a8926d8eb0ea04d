# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Start an operation exactly once: a lost answer is settled by asking the service, never by hoping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client, new_operation_id
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    HINTS,
    UNKNOWN_OUTCOME,
    VcdaError,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.session import Standing
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, latest_tasks, parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb

ATTEMPTS = 3
# Seconds between the looks for a request whose answer was lost: it may still be on its way through the service.
GRACE = (0.0, 1.0, 2.0, 4.0, 8.0)
AT_ONCE = (0.0,)
_PAUSE = 1.0
# Seconds after which a service that does not answer is not looked at any more.
_PATIENCE = 60.0
# The clocks of the service and of its answers' Date header are compared to the second.
_MARGIN_MS = 2000


class Request(Protocol):
    """What a start needs to know of a request, and how the request is looked for when its answer is lost."""

    @property
    def verb(self) -> Verb:
        """What is started."""

    @property
    def path(self) -> str:
        """The path of the call."""

    @property
    def label(self) -> str:
        """What it is started on, as messages name it."""

    @property
    def body(self) -> Mapping[str, Any] | None:
        """The body of the call."""

    @property
    def headers(self) -> Mapping[str, str] | None:
        """Its headers, without the operationID."""

    def look(self, client: Client, operation_id: str, since_ms: int) -> tuple[bool, Task | None]:
        """Look once for the request.

        :param operation_id: what its operationID header said
        :param since_ms: when it was sent, on the clock of the service, milliseconds since the epoch
        :returns: whether it was accepted, and its task if that is known
        :raises VcdaError: if that cannot be told
        """


@dataclass(frozen=True)
class Order:
    """A request that starts a verb on one replication.

    :param has_changed: tells from a fresh reading that the operation was accepted
    """

    kind: Kind
    verb: Verb
    replication: Replication
    has_changed: Callable[[Replication], bool]
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None

    @property
    def path(self) -> str:
        """The path of the call."""
        return f"{self.kind.path}/{self.replication.id}{self.verb.suffix}"

    @property
    def label(self) -> str:
        """The replication as messages name it."""
        return f"{self.replication.name} ({self.replication.id})"

    def look(self, client: Client, operation_id: str, since_ms: int) -> tuple[bool, Task | None]:
        """Look by the operation id, by the replication's tasks, and by the replication's state."""
        if not self.verb.is_synchronous:
            tasks = latest_tasks(client, self.replication.id, since_ms, operation_id)
            match = next((task for task in tasks if task.may_be_of(self.verb)), None)
            if match:
                return True, match
        return self._state_tells(client), None

    def _state_tells(self, client: Client) -> bool:
        try:
            fresh = self.kind.parse(client.get(f"{self.kind.path}/{self.replication.id}"))
        except VcdaError as error:
            # A reversed replication may have taken a new id; a stopped one is gone.
            if error.is_gone and (self.verb.swaps_ends or self.verb.removes):
                return True
            raise
        return self.has_changed(fresh)


def start(client: Client, order: Request) -> Task | None:
    """Send a start request so that it takes effect once, whatever happens to the answers.

    :returns: the task; None if the service accepted the request but shows no task for it, or needs none
    :raises VcdaError: the refusal; or ``unknown_outcome`` if the service could not tell what became of the request
    """
    looks: tuple[float, ...] | None = ()
    for attempt in range(1, ATTEMPTS + 1):
        operation_id = new_operation_id()
        since_ms = client.server_now_ms() - _MARGIN_MS
        standing = client.standing
        try:
            task = _send(client, order, operation_id)
        except VcdaError as error:
            looks = _looks_after(client, error, standing)
            if looks is None:
                raise
            lost = error
        else:
            if looks == AT_ONCE:
                client.confirm_session()
            return task
        if looks:
            found, task = _find(client, order, operation_id, since_ms, looks, lost)
            if found:
                return task
        if attempt < ATTEMPTS:
            client.clock.sleep(_PAUSE * attempt if looks != AT_ONCE else 0)
    raise lost


def _send(client: Client, order: Request, operation_id: str) -> Task | None:
    headers = dict(order.headers or {}, operationID=operation_id)
    document = client.change(order.verb.method, order.path, body=order.body, headers=headers)
    if order.verb.is_synchronous:
        return None
    try:
        return parse_task(document)
    except VcdaError as error:
        error.ambiguous, error.operation_id = True, operation_id
        raise


def _looks_after(client: Client, error: VcdaError, standing: Standing) -> tuple[float, ...] | None:
    """Tell how to look for a request that failed.

    :returns: the pauses before the looks; empty if it was surely not accepted; None if it must not be repeated
    """
    if error.ambiguous:
        return GRACE
    if error.is_transient:
        return ()
    return AT_ONCE if client.recover_session(error, standing) else None


def _find(
    client: Client,
    order: Request,
    operation_id: str,
    since_ms: int,
    looks: tuple[float, ...],
    lost: VcdaError,
) -> tuple[bool, Task | None]:
    """Look for a request several times.

    :returns: whether it was accepted, and its task
    :raises VcdaError: if the last look failed
    """
    deadline = client.clock.monotonic() + _PATIENCE
    failure: VcdaError | None = None
    for pause in looks:
        client.clock.sleep(pause)
        try:
            found, task = order.look(client, operation_id, since_ms)
        except VcdaError as error:
            failure = error
            if not error.retriable or client.clock.monotonic() > deadline:
                break
            continue
        if found:
            return True, task
        failure = None
    if failure is None:
        return False, None
    raise _unknown(order, operation_id, lost, failure) if lost.ambiguous else failure


def _unknown(order: Request, operation_id: str, lost: VcdaError, failure: VcdaError) -> VcdaError:
    return VcdaError(
        f"It is not known whether {order.verb.name} of {order.label} was accepted. {lost.message} "
        f"Looking for it failed: {failure.message}",
        category=UNKNOWN_OUTCOME,
        code=lost.code,
        http_status=lost.http_status,
        hint=HINTS[UNKNOWN_OUTCOME],
        operation_id=operation_id,
    )
