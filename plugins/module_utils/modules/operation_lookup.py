# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Find the tasks of an operation by its id, if the service supports it.

The requests of an operation have ids of their own that begin with its id. Only a public client shows that the task list
has a filter for the whole id, and no document says that tasks show it: switches ``operation_id_filter`` and
``task_operation_id``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import (
    is_of_one_request,
    is_of_operation,
    new_operation_id,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import shown_operation_id

Document = dict[str, Any]


def tasks_of_operation(client: Client, query: Mapping[str, Any], operation_id: str) -> list[Document]:
    """Read the tasks that the requests of an operation started.

    :param query: the other filters
    :param operation_id: of a module, role or job; or the whole id of one request
    :returns: the task objects of the API
    :raises VcdaError: category refused, if the service does not show which tasks these are
    """
    may_be_of_one = is_of_one_request(operation_id)
    found = _by_filter(client, query, operation_id)
    if found and may_be_of_one:
        return found
    documents: list[Document] = client.get_list("/tasks", query)
    if any(shown_operation_id(document) for document in documents):
        return [one for one in documents if is_of_operation(shown_operation_id(one) or "", operation_id)]
    if found or not documents or (found is not None and may_be_of_one):
        return found or []
    raise _not_told(operation_id, by_one=found is not None)


def _by_filter(client: Client, query: Mapping[str, Any], operation_id: str) -> list[Document] | None:
    """Read the tasks with the filter of the service; return None if it does not support the filter."""
    try:
        found: list[Document] = client.get_list("/tasks", {**query, "operationID": operation_id})
        shown = [shown_operation_id(document) for document in found]
        if found and not any(shown) and client.get_page("/tasks", {**query, "operationID": new_operation_id()}):
            # No task has that new id, so the service ignored the filter.
            return None
    except VcdaError as error:
        if not error.is_answer_to_filter:
            raise
        return None
    return found if all(is_of_operation(each or operation_id, operation_id) for each in shown) else None


def _not_told(operation_id: str, *, by_one: bool) -> VcdaError:
    return VcdaError(
        f"The service does not show the operation ids of its tasks, so those of {operation_id} cannot be told apart.",
        category=REFUSED,
        code="OPERATION_ID_NOT_SHOWN",
        hint="Give the whole operation_id of a single request, as results and errors show it."
        if by_one
        else "Find the tasks by resource_id and started_after.",
    )
