# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The module service_info: version and health of the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    TIMEOUT,
    VcdaError,
    error_from_task,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import (
    FAILED,
    Task,
    iso_time,
    parse_task,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.reading import reading, version_text
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result, check_operation
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import Pace, wait_for_task

_ABOUT = "/diagnostics/about"
_HEALTH = "/diagnostics/health"
# Up to 4.5 the call is a GET, from 4.7 on a POST (vendor reference 4.5 and 4.7); a public client uses POST for 4.6.
_POST_SINCE = (4, 7)
# What a service may answer to the wrong method; the vendor does not document it.
_WRONG_METHOD = (400, 404, 405)
_OTHER_METHOD = (*_WRONG_METHOD, 500, 501)
_NOT_ASKED = (
    "The health was not asked for: this version reports it on request by POST, and check mode sends GET requests only."
)
_NOT_TOLD = "The service checked its health, but did not tell what it found."


def _read(context: Context, client: Client) -> Result:
    check_operation(context.params)
    about = client.get(_ABOUT)
    result: dict[str, Any] = {
        "product_name": about.get("productName"),
        "build_version": about.get("buildVersion"),
        "build_date": iso_time(about["buildDate"]) if isinstance(about.get("buildDate"), int) else None,
        "instance_id": about.get("instanceId"),
        "service_type": about.get("serviceType"),
        "api_version": version_text(client.api_version()),
        "health": None,
        "msg": "The service answers.",
    }
    if not context.params.get("health", True):
        return result
    health = _health(context, client)
    if not health:
        result["warnings"] = [_NOT_ASKED if health is None else _NOT_TOLD]
        return result
    problems = list(find_problems(health))
    result.update(health=dict(health), is_healthy=not problems, problems=problems)
    result["msg"] = f"The service reports {_count(problems, 'problem')}." if problems else "The service is healthy."
    return result


def _health(context: Context, client: Client) -> Mapping[str, Any] | None:
    """Return the health report: the answer itself on old versions, the result of a task on others.

    :returns: None if it would take a POST in check mode
    """
    version = client.api_version()
    methods = ("POST", "GET") if version and version >= _POST_SINCE else ("GET", "POST")
    if context.check_mode and methods[0] == "POST":
        return None
    try:
        answer = _ask(client, methods[0])
    except VcdaError as error:
        if error.http_status not in (_WRONG_METHOD if context.check_mode else _OTHER_METHOD):
            raise
        if context.check_mode:
            return None
        answer = _ask_otherwise(client, methods[1], error)
    return _wait(context, client, parse_task(answer)).result if "workflowInfo" in answer else answer


def _ask_otherwise(client: Client, method: str, refusal: VcdaError) -> dict[str, Any]:
    """Ask by the other method.

    :param refusal: the answer to the documented method
    :raises VcdaError: the refusal, if this method is wrong, too
    """
    try:
        return _ask(client, method)
    except VcdaError as error:
        raise (refusal if error.http_status in _OTHER_METHOD and refusal.http_status != 405 else error) from None


def _ask(client: Client, method: str) -> dict[str, Any]:
    return client.get(_HEALTH) if method == "GET" else client.change(method, _HEALTH)


def _wait(context: Context, client: Client, task: Task) -> Task:
    timeout = float(context.params.get("wait_timeout") or 300)
    pace = Pace(client.clock, float(context.params.get("poll_interval") or 10), timeout)
    seen = wait_for_task(client, task, pace, lambda _task: None)
    if seen is None:
        raise malformed("The health task", "the service no longer knows it")
    if not seen.is_finished:
        raise VcdaError(
            f"The health task did not end within {timeout:g} seconds.",
            category=TIMEOUT,
            code="WAIT_TIMEOUT",
            task_id=task.id,
        )
    if seen.state == FAILED:
        raise error_from_task(seen.error, action="health", task_id=seen.id)
    return seen


def find_problems(report: Any, where: str = "") -> Iterator[dict[str, Any]]:
    """Find the problems in a health report (vendor reference 3.5 and 4.6, CloudHealthInfo).

    :param report: the report or a part of it
    :param where: the path of that part
    :returns: component, code and message of every error that is set, and every replicator that is offline
    """
    if isinstance(report, list):
        for part in report:
            yield from find_problems(part, where)
    if not isinstance(report, Mapping):
        return
    for key, value in report.items():
        path = f"{where}.{key}" if where else str(key)
        # Up to 3.5 a connection error is the ``value`` of a wrapper object.
        is_error = key.lower().endswith("error") or (key == "value" and where.endswith("Connectivity"))
        if is_error and value:
            fields = value if isinstance(value, Mapping) else {"msg": str(value)}
            yield {"component": path, "code": fields.get("code"), "message": fields.get("msg")}
        elif key == "offlineReplicators" and value:
            yield {"component": path, "code": None, "message": f"Offline: {_count(value, 'replicator')}"}
        else:
            yield from find_problems(value, path)


def _count(things: Sized, noun: str) -> str:
    return f"1 {noun}" if len(things) == 1 else f"{len(things)} {noun}s"


read_service = reading(_read)
