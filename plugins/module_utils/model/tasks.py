# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Tasks of the service: parse one task, and read many with few requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    VcdaError,
    api_error_fields,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import (
    PAGE,
    BrokenListError,
    RepeatedPageError,
    TooLongError,
    sliced,
    unique,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import VERBS, Verb

SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
RUNNING = "RUNNING"
# Only one public client has seen this state, and only for another kind of task; a service may refuse it as a filter.
QUEUED = "QUEUED"
_UNFINISHED = (QUEUED, RUNNING)
_BY_RESOURCE = "resourceId"

# Stands for the id of a task that shows none.
_NO_ID = "?"
_ALL_TYPES = "replication,vmReplication,vappReplication"
# Most pages of a list of unfinished tasks to read; if it is longer, the tasks of each replication are read instead.
_LONGEST_LIST = 20

Read = Callable[[Mapping[str, str]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Task:
    """One reading of a task (vendor reference 4.7, C4ApiTask).

    :param operation_id: operation id of the request that made it, if this run sent it or the service shows it; it is
        documented as a filter of the list, but not as a field
    """

    id: str
    state: str
    progress: int | None = None
    type: str = ""
    resource_id: str | None = None
    resource_name: str | None = None
    site: str | None = None
    user: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    error: Any = None
    warnings: tuple[str, ...] = ()
    operation_id: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Whether the task has ended: only two states are final, in any other state it is unfinished."""
        return self.state in (SUCCEEDED, FAILED)

    @property
    def may_go_on(self) -> bool:
        """Whether it is unfinished as far as is known.

        A state that is not documented does not tell. The end time does: it is -1 until the task has ended (vendor
        reference 4.7, tasks get).
        """
        return not self.is_finished and (self.state in _UNFINISHED or not self.end_ms)

    @property
    def has_id(self) -> bool:
        """Whether it can be read again."""
        return self.id != _NO_ID

    def is_of(self, verb: Verb) -> bool:
        """Tell whether the task is of the verb, by its type."""
        return self.type.lower() in verb.task_types

    def may_be_of(self, verb: Verb) -> bool:
        """Tell whether the task may be of the verb: most types are not documented, so an unknown type may be."""
        return self.is_of(verb) or not any(self.is_of(other) for other in VERBS.values())

    def without_result(self) -> Task:
        """Return the task without its result, which is most of its size."""
        return replace(self, result={})

    def summary(self) -> dict[str, Any]:
        """Return the task as results show it; times in ISO 8601, the duration in seconds."""
        duration = (self.end_ms - self.start_ms) / 1000 if self.start_ms and self.end_ms else None
        return {
            "id": self.id,
            "type": self.type or None,
            "state": self.state,
            "progress": self.progress,
            "started": iso_time(self.start_ms),
            "ended": iso_time(self.end_ms),
            "duration": duration,
            "site": self.site,
            "warnings": list(self.warnings),
            "operation_id": self.operation_id,
        }


def parse_task(document: Any) -> Task:
    """Read a task object.

    :raises VcdaError: category server, if it has no id or no state
    """
    fields = document if isinstance(document, Mapping) else {}
    identity, state = fields.get("id"), fields.get("state")
    if not isinstance(identity, str) or not identity or not isinstance(state, str):
        raise malformed("A task", "it has no id or no state")
    workflow = fields.get("workflowInfo")
    workflow = workflow if isinstance(workflow, Mapping) else {}
    result = fields.get("result")
    warnings = fields.get("warnings")
    return Task(
        id=identity,
        state=state,
        progress=whole_number(fields.get("progress")),
        type=str(workflow.get("type") or ""),
        resource_id=workflow.get("resourceId") if isinstance(workflow.get("resourceId"), str) else None,
        resource_name=workflow.get("resourceName") if isinstance(workflow.get("resourceName"), str) else None,
        site=fields.get("site") if isinstance(fields.get("site"), str) else None,
        user=fields.get("user") if isinstance(fields.get("user"), str) else None,
        start_ms=_time(fields.get("startTime")),
        end_ms=_time(fields.get("endTime")),
        error=fields.get("error"),
        warnings=tuple(_warning(item) for item in warnings) if isinstance(warnings, list) else (),
        operation_id=shown_operation_id(fields),
        result=result if isinstance(result, Mapping) else {},
    )


def shown_operation_id(fields: Mapping[str, Any]) -> str | None:
    """Return the operation id that a task object shows; None if it shows none. The field is not documented."""
    shown = (fields.get(name) for name in ("operationID", "operationId"))
    return next((value for value in shown if isinstance(value, str) and value), None)


def parse_tasks(documents: Iterable[Mapping[str, Any]]) -> list[Task]:
    """Read the tasks of a list; a damaged one does not affect the others.

    :returns: the tasks; a task that ``parse_task`` cannot read has an empty state and what else can be read of it. So
        it counts as unfinished: it holds its replication, and no other one, until it can be read
    """
    return [_as_far_as_readable(document) for document in documents]


def _as_far_as_readable(document: Mapping[str, Any]) -> Task:
    try:
        return parse_task(document)
    except VcdaError:
        identity = document.get("id")
        known = identity if isinstance(identity, str) and identity else _NO_ID
        return parse_task({**document, "id": known, "state": ""})


def unfinished_tasks(client: Client, resource_ids: Collection[str], most: int | None = None) -> list[Task]:
    """Return all unfinished tasks of some replications, oldest first, and possibly tasks of others.

    :param most: most requests to send; by default as many as necessary
    :raises TooLongError: if more requests would be necessary; BrokenListError or RepeatedPageError, if the lists cannot
        be read whole then
    """
    longest = None if most is None else most // 2
    # To ask for each of them takes no more requests than the lists then, and the answers are short.
    read = _of_each if len(resource_ids) <= len(_UNFINISHED) else _of_many
    tasks = parse_tasks(unique(read(client, resource_ids, longest)))
    return sorted((task for task in tasks if task.may_go_on), key=lambda task: task.start_ms or 0)


def _of_many(client: Client, resource_ids: Collection[str], longest: int | None) -> list[dict[str, Any]]:
    """Read the lists of all unfinished tasks, which are short unless other tenants run many tasks at a time.

    If they are long, or cannot be read whole, the tasks of each replication are read instead, which are always few.

    :param longest: most pages to read of a list, and most replications to ask for one by one
    """
    try:
        return _all_unfinished(client, min(len(resource_ids), _LONGEST_LIST if longest is None else longest))
    except (TooLongError, BrokenListError, RepeatedPageError):
        if longest is not None and len(resource_ids) > longest:
            raise
        return _of_each(client, resource_ids, longest)


def _all_unfinished(client: Client, most: int | None) -> list[dict[str, Any]]:
    """Read the lists of all unfinished tasks whole."""
    return _in_each_state(client, lambda query: client.get_list("/tasks", query, most=most))


def _in_each_state(client: Client, read: Read) -> list[dict[str, Any]]:
    """Read two lists, one for each known unfinished state.

    The state of queued tasks is not documented, so a service may decline it in any way; it is then not asked for it
    again. Queued tasks are read first: a task that begins between the two requests is then in both lists, in the other
    order it would be in neither.
    """
    found: list[dict[str, Any]] = []
    refused: set[str] = set()
    for state in _UNFINISHED:
        if state in client.declined:
            continue
        try:
            found += read({"state": state, "resourceType": _ALL_TYPES})
        except VcdaError as error:
            if state == RUNNING or not error.is_answer_to_filter:
                raise
            refused.add(state)
    # Not before the other list is read: a service that fails for a while gives such an answer to every request.
    client.declined |= refused
    return found


def _of_each(client: Client, resource_ids: Collection[str], most: int | None) -> list[dict[str, Any]]:
    """Read the tasks of each replication: a page of the newest and, if it has had more, its unfinished ones.

    If the service refuses the filter, or gives a task that does not name the replication, the lists of all unfinished
    tasks are read, too. What it gave still counts: it may be in a state for which there is no list.

    :param most: most pages to read of such a list
    """

    def read_newest(resource_id: str) -> tuple[list[dict[str, Any]], bool]:
        return client.get_beginning("/tasks", {_BY_RESOURCE: resource_id})

    def read_unfinished(resource_id: str) -> list[dict[str, Any]]:
        return _in_each_state(client, lambda query: client.get_page("/tasks", {**query, _BY_RESOURCE: resource_id}))

    if _BY_RESOURCE in client.declined:
        return _all_unfinished(client, most)
    try:
        newest = dict(zip(resource_ids, client.executor.map(read_newest, resource_ids)))
        found = [document for documents, _is_whole in newest.values() for document in documents]
        if all(_are_all_of(resource_id, documents) for resource_id, (documents, _is_whole) in newest.items()):
            long = [resource_id for resource_id, (_documents, is_whole) in newest.items() if not is_whole]
            return [*found, *(document for rest in client.executor.map(read_unfinished, long) for document in rest)]
    except VcdaError as error:
        if not error.is_answer_to_filter:
            raise
        found = _all_unfinished(client, most)
        # Not before the lists are read, either.
        client.declined.add(_BY_RESOURCE)
        return found
    return [*found, *_all_unfinished(client, most)]


def _are_all_of(resource_id: str, documents: Iterable[Mapping[str, Any]]) -> bool:
    return all(task.resource_id == resource_id for task in parse_tasks(documents))


def latest_tasks(client: Client, resource_id: str, since_ms: int, operation_id: str | None = None) -> list[Task]:
    """Return the tasks of one replication that began after a given time or have not ended, newest first.

    :param since_ms: the time by the clock of the service, milliseconds since the epoch; that clock is known from the
        Date header of its answers, which a proxy may set by its own clock
    :param operation_id: ask by this first; a service that does not know the filter may refuse or ignore it
    :raises VcdaError: also if one of the tasks cannot be read and may be a task of the replication
    """

    def read(query: Mapping[str, str]) -> list[Task]:
        tasks = parse_tasks(client.get_page("/tasks", query))
        if any(task.resource_id is None and not task.state for task in tasks):
            # The service was asked for the tasks of one replication, so it may be one of them.
            raise malformed("A task", "it has no state, and does not say of which replication it is")
        # A task with the id of this one request is its task, even if it names another resource or none.
        mine = [
            task
            for task in tasks
            if task.resource_id == resource_id or (operation_id and task.operation_id == operation_id)
        ]
        new = [task for task in mine if task.may_go_on or (task.start_ms or since_ms) >= since_ms]
        return sorted(new, key=lambda task: task.start_ms or 0, reverse=True)

    found: list[Task] = []
    if operation_id:
        try:
            found = read({"operationID": operation_id})
        except VcdaError as error:
            if not error.is_unknown_filter:
                raise
    return found or read({"resourceId": resource_id})


def recent_tasks(client: Client, since_ms: int) -> list[Task]:
    """Return the newest replication tasks, at most 100, that began after a given time.

    :param since_ms: the time by the clock of the service, milliseconds since the epoch
    """
    tasks = parse_tasks(client.get_page("/tasks", {"resourceType": _ALL_TYPES}))
    return [task for task in tasks if (task.start_ms or since_ms) >= since_ms]


def newest_tasks(client: Client, task_type: str | None, offset: int = 0) -> list[Task]:
    """Return the newest replication tasks of a type, at most 100; of other types, too, if the filter is ignored.

    :param task_type: None for any type
    :param offset: how many newer tasks to leave out
    """
    return parse_tasks(client.get_page("/tasks", {"type": task_type, "resourceType": _ALL_TYPES}, offset))


def read_tasks(client: Client, tasks: Iterable[Task]) -> dict[str, Task]:
    """Read many tasks again, up to 100 per request.

    :returns: by id; a task that the service no longer knows, or does not show in the documented form, is missing
    """
    wanted = list({task.id: task for task in tasks}.values())
    found = _read_chunks(client, [task.id for task in wanted], {})
    # A task that runs at a peer is known only there (vendor reference 4.5, tasks get).
    for peer in client.connection.extend_sites:
        if peer.site != client.connection.site:
            abroad = {task.id: task for task in wanted if task.id not in found and task.site == peer.site}
            try:
                found.update(_read_chunks(client, list(abroad), {"site": peer.site}))
            except VcdaError as error:
                if not error.is_transient:
                    raise
                # The tasks at this site must still be updated; those at the peer stay as they were read last.
                found.update(abroad)
    sent = {task.id: task.operation_id for task in wanted}
    return {
        identity: task if task.operation_id else replace(task, operation_id=sent.get(identity))
        for identity, task in found.items()
    }


def _read_chunks(client: Client, ids: list[str], where: Mapping[str, str]) -> dict[str, Task]:
    found: dict[str, Task] = {}
    for tasks in client.executor.map(lambda chunk: _read_chunk(client, chunk, where), sliced(ids, PAGE)):
        found.update(tasks)
    return found


def _read_chunk(client: Client, ids: Sequence[str], where: Mapping[str, str]) -> dict[str, Task]:
    query = dict(where, ids=",".join(ids))
    documents = client.get_page("/tasks", query)
    asked = set(ids)
    if any(str(document.get("id")) not in asked for document in documents):
        # The service ignored the filter and returned the newest of all tasks.
        return _one_by_one(client, ids, where)
    if documents and len(documents) < len(ids):
        documents = client.get_list("/tasks", query, parallel=False)
    return _readable(documents)


def _readable(documents: Iterable[Any]) -> dict[str, Task]:
    found: dict[str, Task] = {}
    for document in documents:
        # A task that cannot be read must not hide the others.
        with contextlib.suppress(VcdaError):
            task = parse_task(document)
            found[task.id] = task
    return found


def _one_by_one(client: Client, ids: Sequence[str], where: Mapping[str, str]) -> dict[str, Task]:
    found: dict[str, Task] = {}
    for identity in ids:
        try:
            found.update(_readable([client.get("/tasks/" + identity, where)]))
        except VcdaError as error:
            if not error.is_gone:
                raise
    return found


def iso_time(milliseconds: int | None) -> str | None:
    """Return a time of the API as ISO 8601 in UTC; None for one that is not known, such as -1."""
    if milliseconds is None or milliseconds < 0:
        return None
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(value: Any) -> int | None:
    number = whole_number(value)
    return number if number is not None and number >= 0 else None


def _warning(item: Any) -> str:
    """Return a warning as text; its form is only partly documented (vendor reference 4.6, recovery plan steps)."""
    if isinstance(item, (str, int)):
        return str(item)
    fields = item if isinstance(item, Mapping) else {}
    errors = [api_error_fields(error) for error in (fields, fields.get("error"), fields.get("cause"))]
    # Its other fields may contain a stack trace.
    texts = [error[key] for key in ("message", "code") for error in errors if error[key]]
    return texts[0] if texts else "a warning without a text"
