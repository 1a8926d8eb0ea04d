# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /tasks with all its filters, and GET /tasks/{id} (vendor reference 3.5, 4.5 and 4.7, tasks)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import paging
from .call import Answer, Call
from .errors import ApiError, bad_input, forbidden
from .identifiers import UUID
from .task_documents import task_document
from .tasks import FAILED, QUEUED, RUNNING, SUCCEEDED, Task

Test = Callable[[Task], bool]

EQUAL = {"type": "type", "resourceId": "resource_id", "resourceName": "resource_name", "sourceOrg": "source_org"}
ADMIN_EQUAL = {"user": "user", "destinationOrg": "destination_org"}
TIMES = ("startTimeBefore", "startTimeAfter", "endTimeBefore", "endTimeAfter")
FILTERS = (*EQUAL, *ADMIN_EQUAL, *TIMES, "ids", "state", "resourceType", "operationID", "sort")
SORTS: dict[str, Callable[[Task], str | int]] = {
    "startTime": lambda task: task.start_ms,
    "endTime": lambda task: task.end_ms,
    "state": lambda task: task.state,
    "user": lambda task: task.subject.user,
    "sourceOrg": lambda task: task.subject.source_org,
}


def list_tasks(call: Call) -> Answer:
    """GET /tasks. A tenant sees only the tasks of its organization."""
    paging.check_names(call, FILTERS)
    if call.query("user") is not None and call.query("destinationOrg") is not None:
        raise bad_input("destinationOrg does not go together with user.", "destinationOrg")
    visible = call.world.board.visible(call.site.name, call.org)
    candidates = _candidates(call, visible)
    tests = _tests(call)
    if candidates is None and not tests and call.query("sort") is None:
        items, document = paging.page(call, reversed(visible.values()), len(visible))
    else:
        found = list(visible.values()) if candidates is None else candidates
        for test in tests:
            found = [task for task in found if test(task)]
        found = _sorted(call, found)
        items, document = paging.page(call, found, len(found))
    document["items"] = [_document(call, task) for task in items]
    return Answer(200, document)


def get_task(call: Call) -> Answer:
    """GET /tasks/{id}: 400 if the id is not a UUID. Not documented: the answer to an unknown or foreign id.

    :raises ApiError: 400, 404, or 403 by switch ``foreign_task``
    """
    identifier = call.parameters["id"]
    call.resource_id = identifier
    if not UUID.fullmatch(identifier):
        raise bad_input(f"{identifier} is no task id.", identifier)
    task = call.world.board.visible(call.site.name, call.org).get(identifier)
    if task is None:
        other = call.world.board.get(identifier)
        is_foreign = other is not None and other.subject.site == call.site.name
        if is_foreign and call.world.settings.foreign_task == "forbidden_403":
            raise forbidden()
        raise ApiError(404, "SimulatorTaskNotFound", f"Task {identifier} was not found.", identifier)
    return Answer(200, _document(call, task))


def _document(call: Call, task: Task) -> dict[str, object]:
    return task_document(call.world, task, call.version, call.now, call.account.is_admin)


def _candidates(call: Call, visible: dict[str, Task]) -> list[Task] | None:
    """Return the tasks that an index finds, oldest first, or None if no indexed filter is used."""
    settings = call.world.settings
    operation_id = call.query("operationID")
    if operation_id is not None and settings.operation_id_filter == "rejected":
        raise bad_input("Unknown parameter: operationID.", "operationID")
    found: Iterable[Task] | None = None
    ids = paging.words(call, "ids")
    if ids and settings.task_ids_filter == "honoured":
        known = [visible[identifier] for identifier in dict.fromkeys(ids) if identifier in visible]
        found = sorted(known, key=lambda task: task.start_ms)
    elif call.query("resourceId") is not None:
        found = call.world.board.of_resource(call.query("resourceId") or "")
    elif operation_id is not None and settings.operation_id_filter == "honoured":
        found = call.world.board.of_operation(operation_id)
    return None if found is None else [task for task in found if task.id in visible]


def _tests(call: Call) -> list[Test]:
    tests: list[Test] = []
    for name, attribute in EQUAL.items():
        value = call.query(name)
        if value is not None:
            tests.append(_equal(attribute, value))
    for name, attribute in ADMIN_EQUAL.items():
        value = paging.admin_value(call, name)
        if value is not None:
            tests.append(_equal(attribute, value))
    tests += _time_tests(call)
    types = paging.words(call, "resourceType")
    if types:
        tests.append(lambda task: task.subject.resource_type in types)
    state = call.query("state")
    if state is not None:
        tests.append(_state_test(call, state))
    operation_id = call.query("operationID")
    if operation_id is not None and call.world.settings.operation_id_filter == "honoured":
        tests.append(_equal("operation_id", operation_id))
    return tests


def _equal(attribute: str, value: str) -> Test:
    return lambda task: bool(getattr(task.subject, attribute) == value)


def _state_test(call: Call, state: str) -> Test:
    known = [RUNNING, SUCCEEDED, FAILED]
    if call.world.settings.queued_state_filter == "honoured":
        known.append(QUEUED)
    if state not in known:
        raise bad_input(f"{state} is no state of a task.", state)
    return lambda task: call.world.board.state(task, call.now) == state


def _time_tests(call: Call) -> list[Test]:
    """Return the time filters: strictly before or after; a running task never matches an end time (not documented)."""
    start_before, start_after, end_before, end_after = (paging.number(call, name) for name in TIMES)
    tests: list[Test] = []
    if start_before is not None:
        tests.append(lambda task: task.start_ms < start_before)
    if start_after is not None:
        tests.append(lambda task: task.start_ms > start_after)
    if end_before is not None:
        tests.append(lambda task: 0 <= task.end_ms < end_before)
    if end_after is not None:
        tests.append(lambda task: task.end_ms > end_after)
    return tests


def _sorted(call: Call, tasks: list[Task]) -> list[Task]:
    """Sort by the named fields, descending with a trailing hyphen; by default newest first."""
    fields = paging.words(call, "sort")
    if not fields:
        return tasks[::-1]
    for field in reversed(fields):
        name = field.removesuffix("-")
        if name not in SORTS:
            raise bad_input(f"Tasks cannot be sorted by {name}.", name)
        tasks = sorted(tasks, key=SORTS[name], reverse=field.endswith("-"))
    return tasks
