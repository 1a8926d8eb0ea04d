# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API document of a task (vendor reference 4.1 to 4.7, tasks)."""

from __future__ import annotations

from typing import Any

from .documents import vapp_document, vm_document
from .model import VappReplication, VmReplication
from .tasks import SUCCEEDED, Task
from .versions import Version
from .world import World


def task_document(world: World, task: Task, version: Version, now: int, admin: bool) -> dict[str, Any]:
    """Return ``C4ApiTask``: until the task ends, ``endTime`` is -1 and there is no result.

    Switch ``task_result`` can leave the result out. Names of result types are not documented for replications, switch
    ``task_type_names``. It is inferred from the filter of the list that a task has an ``operationID``, switch
    ``task_operation_id``.
    """
    subject = task.subject
    document: dict[str, Any] = {
        "id": task.id,
        "user": subject.user,
        "workflowInfo": {
            "type": subject.type,
            "resourceType": subject.resource_type,
            "resourceId": subject.resource_id,
            "resourceName": subject.resource_name,
        },
        "progress": task.progress(now),
        "state": world.board.state(task, now),
        "lastUpdated": _last_updated(world, task, now),
        "startTime": task.start_ms,
        "endTime": task.end_ms,
        "resultType": None,
        "error": task.error.document() if task.error and task.is_over else None,
        "warnings": _warnings(task),
    }
    if subject.shows_site:
        document["site"] = subject.site
    if subject.operation_id and world.settings.task_operation_id == "shown":
        document["operationID"] = subject.operation_id
    if task.state == SUCCEEDED and task.result is not None and world.settings.task_result == "present":
        document["resultType"], document["result"] = _result(world, task, version, admin)
    return document


def _last_updated(world: World, task: Task, now: int) -> int:
    """Return ``lastUpdated``: -1 for a finished task in the vendor reference 4.7; switch ``task_last_updated``."""
    if world.settings.task_last_updated == "never":
        return -1
    return task.end_ms if task.is_over else now


def _warnings(task: Task) -> list[dict[str, Any]]:
    """Return the warnings as in recovery plans (vendor reference 4.6); their form in tasks is not documented."""
    if task.warning is None or not task.is_over:
        return []
    return [{"cause": None, "error": task.warning.document()}]


def _result(world: World, task: Task, version: Version, admin: bool) -> tuple[str, dict[str, Any]]:
    usual = world.settings.task_type_names == "usual"
    if isinstance(task.result, VmReplication):
        name = "SingleVmReplicationInfo" if usual else "SimulatorVmReplication"
        return name, vm_document(world, task.result, version, task.end_ms, admin)
    if isinstance(task.result, VappReplication):
        name = "VappReplicationInfo" if usual else "SimulatorVappReplication"
        return name, vapp_document(world, task.result, version, task.end_ms, admin)
    if task.subject.resource_type == "recoveryPlan":
        return "RecoveryPlanInfo" if usual else "SimulatorRecoveryPlan", dict(task.result or {})
    return "CloudHealthInfo", dict(task.result or {})
