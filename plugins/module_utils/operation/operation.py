# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Run an operation module, from its parameters to its result: check, read, decide, start, wait, read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.instances import InstanceChoice, known_settings
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result, check_operation
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.network_comparison import NetworkComparison
from ansible_collections.opendr.vcda.plugins.module_utils.operation.plan_guard import guard
from ansible_collections.opendr.vcda.plugins.module_utils.operation.progress import Progress
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item, build_result, error_result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.run import Body, Run, RunOptions
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import Selection, read_selection
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import (
    check_recovery_options,
    check_vm_entries,
    recovery_body,
    recovery_options,
)


def operation(kind: Kind, verb: Verb) -> Callable[[Context], Result]:
    """Return the function that runs a verb on the replications that the parameters select."""

    def run(context: Context) -> Result:
        return operate(context, kind, verb)

    return run


def operation_by_state(kind: Kind, *, present: Verb, absent: Verb) -> Callable[[Context], Result]:
    """Return the function that runs one of two verbs, depending on the option ``state``."""

    def run(context: Context) -> Result:
        return operate(context, kind, absent if context.params["state"] == "absent" else present)

    return run


def operate(context: Context, kind: Kind, verb: Verb) -> Result:
    """Run a verb on the replications that the parameters select.

    :returns: the module's result; ``failed`` is set if any replication failed
    """
    asked: tuple[str, ...] = ()
    try:
        selection = Selection.from_params(kind, context.params)
        asked = selection.asked
        check_operation(context.params)
        if verb.has_settings:
            check_recovery_options(verb.name, kind.name, context.params)
        with context.connect() as client:
            return operate_with(context, client, selection, verb)
    except VcdaError as error:
        return error_result(error, kind.results, asked)


def operate_with(context: Context, client: Client, selection: Selection, verb: Verb) -> Result:
    """Run a verb with a client that is already connected, and leave it connected.

    :returns: the module's result; ``failed`` is set if any replication failed
    :raises VcdaError: if the replications cannot be read
    """
    params = context.params
    items = read_selection(client, selection)
    goal = Goal(selection.kind, verb, params.get("active_site"))
    options = RunOptions(
        wait=params.get("wait") is not False,
        wait_timeout=_or_default(params.get("wait_timeout"), 3600),
        poll_interval=_or_default(params.get("poll_interval"), 10),
        continue_on_error=params.get("continue_on_error") is not False,
        headers=_headers(params, verb),
        body=_body(context, client, verb, items),
    )
    comparison = NetworkComparison(client, items) if verb.swaps_ends and params.get("compare_networks") else None
    if selection.kind is VM:
        _lighten(items)
    warnings = guard(client, goal, items, refuse=params.get("respect_recovery_plans") is True)
    run = Run(client, goal, options, items, Progress(verb, client.clock, context.progress).report)
    if context.check_mode:
        run.predict()
    else:
        run.execute()
    if comparison:
        comparison.tell(predicted=context.check_mode)
    result = build_result(
        items,
        kind=selection.kind,
        verb=verb,
        check_mode=context.check_mode,
        compact=params.get("compact"),
    )
    result["warnings"] += warnings
    return result


def _lighten(items: list[Item]) -> None:
    """Keep only the API's objects of the latest reading: with thousands of them they are most of the memory."""
    for item in items:
        if item.before and item.after:
            item.before = item.before.without_document()


def _headers(params: Mapping[str, Any], verb: Verb) -> dict[str, str]:
    value = params.get("on_prem_auth") if verb.takes_on_prem_auth else None
    return {"On-Prem-Auth": value} if value else {}


def _body(context: Context, client: Client, verb: Verb, items: list[Item]) -> Body:
    """Return the function that makes the body of each start request.

    A body is built once before anything is started, so that an option that the service does not know fails early.
    """
    if not verb.has_settings:
        return lambda _item: None
    unread = [item.asked for item in items if not item.before]
    choice = InstanceChoice.from_params(context.params, [item.before for item in items if item.before], unread)
    readable = next((item for item in items if item.before), None)
    version = client.api_version() if readable else None

    def body(item: Item) -> Mapping[str, Any] | None:
        if item.before is None:
            return None
        settings = choice.resolve(client, item.kind, item.after or item.before)
        return recovery_body(verb.name, item.kind.name, _settings_for(item, verb, context.params), version, settings)

    vms = [vm for item in items if item.before for vm in known_settings(item.before)["vms"]]
    check_vm_entries(context.params, vms, unread=unread)
    if readable and readable.before:
        recovery_body(verb.name, readable.kind.name, context.params, version, known_settings(readable.before))
    return body


def _settings_for(item: Item, verb: Verb, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters for one item; for a VM of a vApp without the settings that only a vApp call accepts.

    Such a setting must not prevent a partly recovered vApp from being finished VM by VM.
    """
    if item.kind is not VM or params.get(VM.ids_option) or params.get(VM.names_option):
        return params
    known = recovery_options(verb.name, VM.name)
    foreign = [
        one for one in recovery_options(verb.name, VAPP.name) if one not in known and params.get(one) is not None
    ]
    for option in foreign:
        warning = (
            f"{option} is left out: a {verb.name} of a single VM does not know it, and its vApp is recovered in part."
        )
        item.warnings += [warning] if warning not in item.warnings else []
    return {name: value for name, value in params.items() if name not in foreign}


def _or_default(value: float | None, default: float) -> float:
    return float(default if value is None else value)
