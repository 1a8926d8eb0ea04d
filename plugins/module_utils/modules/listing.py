# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The info modules for replications. They only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.model.instances import read_instances
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import read_recovery_settings
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Damaged, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time
from ansible_collections.opendr.vcda.plugins.module_utils.modules.reading import reading, told, version_text
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
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import WORDS, read_listed

# Option to query parameter of one kind (vendor reference 4.7, vm-replications get and vapp-replications get).
_KIND_FILTERS: Mapping[str, Mapping[str, str]] = {
    VM.name: {"vm_name_contains": "vmName", "vm_id": "vmId", "source_vim_server_uuid": "sourceVimServerUuid"},
    VAPP.name: {"vapp_name_contains": "vappName", "vapp_id": "vappId"},
}


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
