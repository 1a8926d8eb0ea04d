# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The info modules for replications, tasks and sites. They only read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import PAGE
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import mask_fields
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version, instant_ms
from ansible_collections.opendr.vcda.plugins.module_utils.model.instances import read_instances
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import read_recovery_settings
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Damaged, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time, parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.modules.operation_lookup import tasks_of_operation
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_filters import (
    check_sort,
    in_order,
    read_filtered,
    wanted_by,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.history import (
    MOST_TEST_READS_ON_DEMAND,
    starts_of_tests,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import error_result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import WORDS, read_listed

# Option to query parameter of one kind (vendor reference 4.7, vm-replications get and vapp-replications get).
_KIND_FILTERS: Mapping[str, Mapping[str, str]] = {
    VM.name: {"vm_name_contains": "vmName", "vm_id": "vmId", "source_vim_server_uuid": "sourceVimServerUuid"},
    VAPP.name: {
        "vapp_name_contains": "vappName",
        "vapp_id": "vappId",
        "destination_site_type": "destinationSiteType",
    },
}
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


def reading(read: Callable[[Context, Client], Result]) -> Callable[[Context], Result]:
    """Return the run function of a module that only reads.

    :param read: reads with a connected client and returns the keys that are specific to the module
    """

    def run(context: Context) -> Result:
        try:
            with context.connect() as client:
                return {"changed": False, **read(context, client)}
        except VcdaError as error:
            return error_result(error)

    return run


def list_replications(kind: Kind) -> Callable[[Context], Result]:
    """Return the run function of vm_replication_info or vapp_replication_info."""

    def read(context: Context, client: Client) -> Result:
        check_sort(context.params.get("sort"))
        found, damaged = _matching(client, kind, context.params)
        found = in_order(found, context.params.get("sort"))
        items = [describe(kind, replication) for replication in found]
        if context.params.get("instances"):
            _add_instances(client, found, items)
        warnings = [f"{one.label} is left out: {one.error.message}" for one in damaged]
        if context.params.get("tests"):
            warnings += _add_tests(client, found, items)
        if context.params.get("recovery_settings"):
            read_one = partial(read_recovery_settings, client, kind)
            for item, settings in zip(items, client.executor.map(read_one, [one.id for one in found])):
                item["recovery_settings"] = settings
        result: Result = {
            kind.results: items,
            "api_version": version_text(client.version),
            **told(len(items), f"{WORDS[kind.name]} replication", f"{WORDS[kind.name]} replications"),
        }
        if damaged:
            result["unreadable"] = [_describe_damaged(kind, one) for one in damaged]
            result["msg"] += f" {len(damaged)} cannot be read."
        return {**result, "warnings": warnings} if warnings else result

    return reading(read)


def version_text(version: Version | None) -> str | None:
    """Return a version of the API as results show it."""
    return f"{version[0]}.{version[1]}" if version else None


def describe(kind: Kind, replication: Replication) -> dict[str, Any]:
    """Return a replication as the info modules show it."""
    item = {
        "id": replication.id,
        kind.name_key: replication.name,
        **replication.summary(),
        "replication": replication.masked_document(),
    }
    if kind is VM:
        item.update(vapp_name=replication.vapp_name, vapp_replication_id=replication.vapp_replication_id)
    else:
        children = [(child.id, child.name, child.summary()) for child in replication.children]
        item["children"] = [{"id": identity, "vm_name": name, **summary} for identity, name, summary in children]
    return item


def describe_instance(instance: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    """Return an instance as results show it; the age is in seconds."""
    timestamp = instance.get("timestamp")
    known = isinstance(timestamp, int) and timestamp > 0
    return {
        "key": instance.get("key"),
        "timestamp": timestamp,
        "time": iso_time(timestamp) if known else None,
        "age": max(0, (now_ms - int(timestamp or 0)) // 1000) if known else None,
        "is_pinned": instance.get("isPinned"),
        "quiesced_type": instance.get("quiescedType"),
        "sequence_number": instance.get("sequenceNumber"),
        "transfer_bytes": instance.get("transferBytes"),
        "transfer_seconds": instance.get("transferSeconds"),
    }


def describe_test(since_ms: int | None, now_ms: int) -> dict[str, Any] | None:
    """Return a test failover as results show it; the age is in seconds. None if none is known."""
    return {"since": iso_time(since_ms), "age": max(0, (now_ms - since_ms) // 1000)} if since_ms else None


def _describe_damaged(kind: Kind, one: Damaged) -> dict[str, Any]:
    return {"id": one.id, kind.name_key: one.name, "error": one.error.as_dict()}


def _matching(client: Client, kind: Kind, params: Mapping[str, Any]) -> tuple[list[Replication], list[Damaged]]:
    query = {
        parameter: params.get(option)
        for option, parameter in _KIND_FILTERS[kind.name].items()
        if params.get(option) is not None
    }
    ids, names = params.get(kind.ids_option), params.get(kind.names_option)
    for option, values in ((kind.ids_option, ids), (kind.names_option, names)):
        if values is not None and not values:
            raise invalid(option, "the list is empty; leave the option out to read all")
    wanted = wanted_by(params)
    if ids and (query or names or wanted):
        raise invalid(kind.ids_option, "ids say all; leave the other filters out")
    if ids:
        for identity in ids:
            if not kind.id_pattern.match(identity):
                raise invalid(kind.ids_option, f"{identity!r} is not of the form {kind.id_example}")
        ids = [kind.canonical(identity) for identity in ids]
        listed = read_listed(client, kind, list(dict.fromkeys(ids)))
        asked = {identity: listed[identity] for identity in ids if identity in listed}
        return (
            [one for one in asked.values() if isinstance(one, Replication)],
            [Damaged(identity, None, one) for identity, one in asked.items() if isinstance(one, VcdaError)],
        )
    if names and len(names) == 1:
        query.setdefault(kind.name_filter, names[0])
    found, damaged = read_filtered(client, kind, wanted, query)
    if not names:
        return found, damaged
    # A damaged replication without a name may be one of the selected ones.
    return [one for one in found if one.name in names], [one for one in damaged if one.name in (None, *names)]


def _add_instances(client: Client, found: list[Replication], items: list[dict[str, Any]]) -> None:
    now_ms = client.server_now_ms()
    vms = [vm for replication in found for vm in (replication.children or (replication,))]
    lists = client.executor.map(lambda vm: read_instances(client, vm.id), vms)
    by_vm = {vm.id: [describe_instance(one, now_ms) for one in instances] for vm, instances in zip(vms, lists)}
    for item in items:
        for vm in item.get("children") or (item,):
            vm["instances"] = by_vm[vm["id"]]


def _add_tests(client: Client, found: list[Replication], items: list[dict[str, Any]]) -> list[str]:
    """Add to the items since when their tests run; return a warning if that takes too many requests."""
    now_ms = client.server_now_ms()
    vms = [vm for replication in found for vm in (replication.children or (replication,))]
    since = starts_of_tests(client, vms, MOST_TEST_READS_ON_DEMAND)
    for item in items:
        for vm in item.get("children") or (item,):
            vm["test"] = describe_test(since.get(vm["id"]), now_ms)
    unread = sum(vm.recovery_state == "TEST" and vm.id not in since for vm in vms)
    if not unread:
        return []
    words = "a test failover is" if unread == 1 else f"{unread} test failovers are"
    return [
        f"It was not read since when {words} running, because that takes more than {MOST_TEST_READS_ON_DEMAND} "
        "requests. Select fewer replications."
    ]


def told(count: int, noun: str, plural: str, unreadable: int = 0) -> Result:
    """Return the message of a result, with a warning if objects are left out.

    :param count: how many objects match
    :param noun: the name of one such object
    :param plural: the plural of that name
    :param unreadable: how many listed objects have no id and are left out
    """
    message = f"1 {noun} matches." if count == 1 else f"{count} {plural} match."
    if not unreadable:
        return {"msg": message}
    left_out = f"{unreadable} of the {plural} that the service lists cannot be read and are left out: they have no id."
    return {"msg": f"{message} {unreadable} cannot be read.", "warnings": [left_out]}


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


def read_sites(client: Client) -> list[dict[str, Any]]:
    """Read the paired sites.

    :returns: as results show them; a site is reachable if neither direction reports an error (vendor reference 4.7)
    """
    return read_listed_sites(client)[0]


def read_listed_sites(client: Client) -> tuple[list[dict[str, Any]], int]:
    """Read the paired sites as ``read_sites`` does.

    :returns: the sites, and the number of listed sites that are left out because they have no name
    """
    documents, unreadable = identified(client.get_array("/sites"), "site")
    return [_describe_site(document) for document in documents], unreadable


def _describe_site(document: Mapping[str, Any]) -> dict[str, Any]:
    state = document.get("state")
    state = state if isinstance(state, Mapping) else {}
    incoming, outgoing = _problem(state.get("incomingCommError")), _problem(state.get("outgoingCommError"))
    return {
        "name": document.get("site"),
        "description": document.get("description"),
        "is_local": document.get("isLocal") is True,
        "is_reachable": incoming is None and outgoing is None,
        "incoming_error": incoming,
        "outgoing_error": outgoing,
        "api_url": document.get("apiUrl"),
        "api_public_url": document.get("apiPublicUrl"),
        "api_thumbprint": document.get("apiThumbprint"),
        "api_version": document.get("apiVersion"),
        "build_version": document.get("buildVersion"),
    }


def _problem(error: Any) -> dict[str, Any] | None:
    if error is None:
        return None
    fields = error if isinstance(error, Mapping) else {"msg": str(error)}
    return {"code": fields.get("code"), "message": fields.get("msg")}


def _list_sites(context: Context, client: Client) -> Result:
    names = context.params.get("names")
    if names is not None and not names:
        raise invalid("names", "the list is empty; leave the option out to read all")
    listed, unreadable = read_listed_sites(client)
    sites = [site for site in listed if names is None or site["name"] in names]
    return {"sites": sites, **told(len(sites), "site", "sites", unreadable)}


list_tasks = reading(_read_tasks)
list_sites = reading(_list_sites)
