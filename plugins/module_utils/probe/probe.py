# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Run the probe: check the parameters, count the requests, ask the questions, and return the answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result, check_operation
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import error_result
from ansible_collections.opendr.vcda.plugins.module_utils.probe import findings, outcome
from ansible_collections.opendr.vcda.plugins.module_utils.probe.asking import Asker
from ansible_collections.opendr.vcda.plugins.module_utils.probe.cycle import STEP_TIMEOUT, Cycle
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import CYCLE, LEVELS, READ
from ansible_collections.opendr.vcda.plugins.module_utils.probe.reading import FIRST, LAST
from ansible_collections.opendr.vcda.plugins.module_utils.probe.sessions import ask_sessions

# The probe's own requests whose tasks it waits for: cleanup, two tests, migration, start, sync.
_TASKS = 7
# How often a task is read before the pauses have grown to poll_interval.
_SOON = 10


def probe_service(context: Context) -> Result:
    """Ask a service how it behaves.

    :returns: the module's result; with ``failed`` and the answers so far, if the VM could not be moved there and back
    """
    try:
        _check(context.params)
        with context.connect() as client:
            asker = Asker(client)
            failure = _ask(context, asker)
    except VcdaError as error:
        return error_result(error)
    level = context.params["level"]
    result: Result = {"changed": level == CYCLE, "requests": _requests(context.params)}
    if context.check_mode:
        result["msg"] = f"At level {level} these requests would be sent, each at most as often as it says."
        return result
    for question, told in findings.of_tasks(asker.exchanges, moved=level == CYCLE).items():
        asker.note(question, told)
    made = outcome.document(level, asker.told, asker.exchanges)
    result.update(
        msg=f"Asked at level {level}: {outcome.summary(made['answers'])}.",
        answers=made,
        table=outcome.table(made["answers"]),
        issue=outcome.issue_text(made),
        form=outcome.FORM,
    )
    return {**result, **error_result(failure), "changed": True} if failure else result


def _check(params: Mapping[str, Any]) -> None:
    """Check the parameters, before anything is sent."""
    check_operation(params)
    level = params["level"]
    if params.get("step_timeout") is not None and params["step_timeout"] <= 0:
        raise invalid("step_timeout", f"{params['step_timeout']} is not more than 0")
    if (params.get("idle_wait") or 0) < 0:
        raise invalid("idle_wait", f"{params['idle_wait']} is less than 0")
    if level != READ and params.get("session_token"):
        raise invalid("session_token", f"level {level} opens sessions of its own and needs credentials")
    if params.get("site"):
        raise invalid("site", "the probe asks the service itself; give its address in hostname")
    if level != CYCLE:
        return
    name = params.get("vm_name") or ""
    if not name:
        raise invalid("vm_name", "level cycle needs the name of one expendable VM")
    if params.get("confirm") != name:
        raise invalid("confirm", "level cycle moves the VM to the other site and back: repeat its name here")
    if not params.get("extend_sites"):
        raise invalid("extend_sites", "level cycle needs credentials for the peer site")


def _ask(context: Context, asker: Asker) -> VcdaError | None:
    """Ask everything that the level allows.

    :returns: why the VM could not be moved there and back; None if it could or need not
    :raises VcdaError: if nothing could be asked
    """
    params = context.params
    level = params["level"]
    if context.check_mode and level != CYCLE:
        return None
    asker.look_around()
    cycle = Cycle(context, asker) if level == CYCLE else None
    if cycle:
        # First, so that a wrong VM is reported before the long wait for sessions to end.
        cycle.check()
    if context.check_mode:
        return None
    asker.read(FIRST if cycle else None)
    if LEVELS.index(level) > 0:
        ask_sessions(asker, float(params.get("idle_wait") or 0), context.progress or (lambda _line: None))
    if cycle is None:
        return None
    failure = None
    try:
        cycle.run()
    except VcdaError as error:
        failure = error
    try:
        asker.read_tasks()
    except VcdaError as error:
        return failure or error
    asker.read(LAST)
    return failure


def _requests(params: Mapping[str, Any]) -> list[str]:
    level = params["level"]
    looks = math.ceil((params.get("step_timeout") or STEP_TIMEOUT) / (params.get("poll_interval") or 10)) + _SOON
    return outcome.planned(level, _TASKS * looks if level == CYCLE else 0)
