# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The tasks of an operation by its id, as far as a service tells.

The requests of an operation have ids of their own that begin with its id. That the task list has a filter for the whole
id is known from a public client only, and that tasks show it from no document: switches ``operation_id_filter`` and
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
    """Read the tasks that the requests of an operation made.

    :param query: the other filters
    :param operation_id: of a module, role or job; or the whole id of one request
    :returns: as the service sends them
    :raises VcdaError: category refused, if the service does not tell which tasks these are
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
    """Let the service find the tasks; None if it does not know the filter."""
    try:
        found: list[Document] = client.get_list("/tasks", {**query, "operationID": operation_id})
        shown = [shown_operation_id(document) for document in found]
        if found and not any(shown) and client.get_page("/tasks", {**query, "operationID": new_operation_id()}):
            # Nothing bears that id, so the filter was not honoured.
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
