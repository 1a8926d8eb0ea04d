# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Start an operation exactly once; after a lost answer, ask the service what became of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import new_operation_id
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, latest_tasks, parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.lost_answers import (
    NOT_SENT,
    SESSION_REPAIRED,
    Patience,
    Request,
    find_task,
    look_for,
    patience_after,
)

ATTEMPTS = 3
_PAUSE = 1.0
# The time of the service is taken from the Date header of its answers, which is exact to the second.
_MARGIN_MS = 2000


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
        """Look for the request by the operation id, by the replication's tasks, and by the replication's state."""
        if not self.verb.is_synchronous:
            tasks = latest_tasks(client, self.replication.id, since_ms, operation_id)
            found, task = find_task(client, tasks, self.verb, partial(self._state_tells, client))
            return found, task if task and task.has_id else None
        return self._state_tells(client), None

    def _state_tells(self, client: Client) -> bool:
        try:
            fresh = self.kind.parse(client.get(f"{self.kind.path}/{self.replication.id}"))
        except VcdaError as error:
            # A reversed replication may have a new id; a stopped one is gone.
            if error.is_gone and (self.verb.swaps_ends or self.verb.removes):
                return True
            raise
        return self.has_changed(fresh)


def reach_peers(client: Client, verb: Verb, replications: Sequence[Replication]) -> list[VcdaError | None]:
    """Extend the session to the sites of replications, if a verb needs it.

    :returns: for each replication why a site of it is not reached; None if both are, or need not be
    """
    if not verb.needs_peer:
        return [None] * len(replications)
    ends = [{one.source_site, one.destination_site} for one in replications]
    # If the service does not show the sites of a replication, it may be at any site.
    sites = None if any(None in pair for pair in ends) else {site for pair in ends for site in pair if site}
    try:
        failures = client.reach(sites, is_patient=not verb.may_lack_peer)
    except VcdaError as error:
        return [error] * len(replications)
    return [next((failures[site] for site in pair if site in failures), None) for pair in ends]


def start(client: Client, request: Request) -> Task | None:
    """Send a start request so that it takes effect only once, even if answers are lost.

    :returns: the task; None if the service accepted the request but shows no task for it, or needs none
    :raises VcdaError: the refusal, which is ``ambiguous`` if an earlier attempt may have been accepted; or
        ``unknown_outcome`` if the service could not tell what became of the request
    """
    patience: Patience | None = None
    may_be_accepted = False
    for attempt in range(1, ATTEMPTS + 1):
        operation_id = new_operation_id(client.connection.operation_id)
        since_ms = client.server_now_ms() - _MARGIN_MS
        try:
            task = _send(client, request, operation_id)
        except VcdaError as error:
            failure = error
            if patience is SESSION_REPAIRED and error.is_refusal:
                client.confirm_session()
        else:
            if patience is SESSION_REPAIRED:
                client.confirm_session()
            return task
        patience = patience_after(client, failure)
        may_be_accepted = may_be_accepted or failure.ambiguous
        if patience is None or (patience is NOT_SENT and client.deadline.is_over):
            failure.ambiguous = may_be_accepted
            raise failure
        found, task = look_for(client, request, operation_id, since_ms, patience, failure)
        if found:
            return task if task is None or task.operation_id else replace(task, operation_id=operation_id)
        if client.deadline.is_over:
            break
        if attempt < ATTEMPTS and patience is not SESSION_REPAIRED:
            client.clock.sleep(min(_PAUSE * attempt, client.deadline.remaining))
    raise failure


def _send(client: Client, request: Request, operation_id: str) -> Task | None:
    headers = dict(request.headers or {}, operationID=operation_id)
    document = client.change(request.verb.method, request.path, body=request.body, headers=headers)
    if request.verb.is_synchronous:
        return None
    try:
        return replace(parse_task(document), operation_id=operation_id)
    except VcdaError as error:
        error.ambiguous, error.operation_id = True, operation_id
        raise
