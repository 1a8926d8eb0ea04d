# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The module task_info."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import PAGE
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import mask_fields
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import instant_ms
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.modules.operation_lookup import tasks_of_operation
from ansible_collections.opendr.vcda.plugins.module_utils.modules.reading import reading, told
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result

# Vendor reference 3.5 to 4.7, tasks get.
_TASK_FILTERS: Mapping[str, str] = {
    "state": "state",
    "type": "type",
    "resource_id": "resourceId",
    "resource_name": "resourceName",
    "user": "user",
    "source_org": "sourceOrg",
    "destination_org": "destinationOrg",
}
_TASK_TIMES: Mapping[str, str] = {
    "started_after": "startTimeAfter",
    "started_before": "startTimeBefore",
    "ended_after": "endTimeAfter",
    "ended_before": "endTimeBefore",
}
# Vendor reference 4.7, tasks get.
_TASK_ID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def _read_tasks(context: Context, client: Client) -> Result:
    params = context.params
    most = PAGE if params.get("max_tasks") is None else params["max_tasks"]
    if most < 1:
        raise invalid("max_tasks", f"{most} is less than 1")
    for identity in params.get("task_ids") or ():
        if not _TASK_ID.match(identity):
            raise invalid("task_ids", f"{identity!r} is not a UUID")
    query: dict[str, Any] = {
        parameter: params.get(option) for option, parameter in _TASK_FILTERS.items() if params.get(option) is not None
    }
    for option, parameter in _TASK_TIMES.items():
        if params.get(option) is not None:
            query[parameter] = instant_ms(option, params[option])
    for option, parameter in (("task_ids", "ids"), ("resource_types", "resourceType"), ("sort", "sort")):
        if params.get(option) is not None:
            if not params[option]:
                raise invalid(option, "the list is empty")
            text = ",".join(params[option])
            query[parameter] = text.lower() if parameter == "ids" else text
    operation_id = params.get("operation_id")
    if operation_id:
        documents = tasks_of_operation(client, query, operation_id)
    else:
        documents = client.get_page("/tasks", query) if most <= PAGE else client.get_list("/tasks", query)
    return _describe_tasks(documents[:most])


def _describe_tasks(documents: Iterable[Mapping[str, Any]]) -> Result:
    tasks, warnings = [], []
    for document in documents:
        try:
            tasks.append(_describe_task(document))
        except VcdaError as error:
            warnings.append(f"Task {document.get('id') or 'without an id'} is left out: {error.message}")
    return {"tasks": tasks, **told(len(tasks), "task", "tasks"), **({"warnings": warnings} if warnings else {})}


def _describe_task(document: Mapping[str, Any]) -> dict[str, Any]:
    task = parse_task(document)
    error = task.error if isinstance(task.error, Mapping) else None
    return {
        **task.summary(),
        "user": task.user,
        "resource_id": task.resource_id,
        "resource_name": task.resource_name,
        "error": {"code": error.get("code"), "message": error.get("msg"), "args": error.get("args")} if error else None,
        "result": mask_fields(task.result) or None,
    }


list_tasks = reading(_read_tasks)
