# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Filters of replications that are applied to the answer, even if the service has filtered already.

The vendor's page of 4.1 has filters for most of them (vm-replications get). Only some parameter names are known, from
the vSphere reference of 4.7 alone. These are sent so that less is read, and left out if the service refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import INVALID_REQUEST, VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version, instant_ms
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Damaged, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import read_everything

_SINCE: Version = (4, 1)
_UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
# Sent for VM replications only. Their meaning for a vApp, whose VMs may differ, is not documented.
_SENT: Mapping[str, str] = {
    "health": "overallHealth",
    "data_connection_state": "dataConnectionState",
    "is_migration": "isMigration",
    "storage_profile": "storageProfile",
}
Test = Callable[[Replication, Any], bool]
Found = tuple[list[Replication], list[Damaged]]


def _object(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _has_datastore(vm: Replication, wanted: Any) -> bool:
    place = _object(vm.document, "vimLocation")
    return wanted in (place.get("datastore"), place.get("datastoreMoref"))


def _is_in_vcenter(vm: Replication, wanted: Any) -> bool:
    place = _object(vm.document, "vimLocation")
    return wanted in (place.get("vimServer"), place.get("vimServerInstanceUuid"))


def _has_sla_profile(vm: Replication, wanted: Any) -> bool:
    profile = _object(vm.document, "slaProfile")
    return wanted in (profile.get("id"), profile.get("displayName"))


def _changed(vm: Replication) -> int | None:
    return whole_number(vm.document.get("lastUpdated"))


def _is_recovered_as(vm: Replication, wanted: Any) -> bool:
    recovery = _object(_object(vm.document, "destinationState"), "recoveryInfo")
    return wanted is not None and wanted in (vm.recovered_id, recovery.get("vAppId"))


# Each test takes a VM replication; a vApp replication matches if one of its VMs does.
_TESTS: Mapping[str, Test] = {
    "health": lambda vm, wanted: vm.overall_health in wanted,
    "data_connection_state": lambda vm, wanted: vm.data_connection_state == wanted,
    "is_migration": lambda vm, wanted: vm.is_migration is wanted,
    "sla_profile": _has_sla_profile,
    "storage_profile": lambda vm, wanted: (
        wanted in (vm.document.get("storageProfile"), vm.document.get("storageProfileName"))
    ),
    "datastore": _has_datastore,
    "destination_vcenter": _is_in_vcenter,
    "changed_after": lambda vm, wanted: (_changed(vm) or 0) > wanted,
    "changed_before": lambda vm, wanted: 0 < (_changed(vm) or 0) < wanted,
    "recovered_id": _is_recovered_as,
}
OPTIONS = tuple(_TESTS)
# The fields by which the list of vApp replications can be sorted (vendor reference 4.1, vapp-replications get).
_SORTS: Mapping[str, Callable[[Replication], Any]] = {
    "name": lambda one: one.name,
    "sourceSite": lambda one: one.source_site,
    "sourceOrg": lambda one: _object(one.document, "source").get("org"),
    "sourceVdcName": lambda one: _object(one.document, "source").get("vdcName"),
    "destinationSite": lambda one: one.destination_site,
    "destinationOrg": lambda one: _object(one.document, "destination").get("org"),
    "destinationVdcName": lambda one: _object(one.document, "destination").get("vdcName"),
    "owner": lambda one: one.owner,
}


def wanted_by(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters that the user gave, with times in milliseconds since the epoch.

    :raises VcdaError: category invalid_request
    """
    wanted = {option: params[option] for option in OPTIONS if params.get(option) is not None}
    if wanted.get("health") == []:
        raise invalid("health", "the list is empty; leave the option out to read all")
    for option in ("changed_after", "changed_before"):
        if option in wanted:
            wanted[option] = instant_ms(option, wanted[option])
    return wanted


def read_filtered(client: Client, kind: Kind, query: Mapping[str, Any], wanted: Mapping[str, Any]) -> Found:
    """Read the replications that match, and all objects that cannot be read, since they may match.

    :param query: the filters that all versions support
    :param wanted: the result of ``wanted_by``
    """
    more = _query(client, kind, wanted)
    try:
        found, damaged = read_everything(client, kind, {**query, **more})
    except VcdaError as error:
        if not more or error.category != INVALID_REQUEST:
            raise
        found, damaged = read_everything(client, kind, query)
    return [one for one in found if matches(one, wanted)], damaged


def check_sort(fields: Sequence[str] | None) -> None:
    """Check the fields that replications are to be sorted by.

    :raises VcdaError: category invalid_request
    """
    if fields is not None and not fields:
        raise invalid("sort", "the list is empty; leave the option out for the order of the service")
    for field in fields or ():
        if field.removesuffix("-") not in _SORTS:
            raise invalid("sort", f"{field!r} is not one of {', '.join(_SORTS)}, with or without a hyphen at the end")


def in_order(found: list[Replication], fields: Sequence[str] | None) -> list[Replication]:
    """Return replications sorted by some fields, the first one first; those without a value come last.

    All replications are read anyway, so the service need not sort them.

    :param fields: checked by ``check_sort``
    """
    for field in reversed(fields or ()):
        value, is_descending = _SORTS[field.removesuffix("-")], field.endswith("-")
        known = [one for one in found if value(one) is not None]
        unknown = [one for one in found if value(one) is None]
        known.sort(key=lambda one, value=value: str(value(one)), reverse=is_descending)  # type: ignore[misc]
        found = known + unknown
    return found


def matches(replication: Replication, wanted: Mapping[str, Any]) -> bool:
    """Tell whether a VM replication, or one of the VMs of a vApp replication, matches all filters."""
    vms: Sequence[Replication] = replication.children or (replication,)
    return any(all(_TESTS[option](vm, value) for option, value in wanted.items()) for vm in vms)


def _query(client: Client, kind: Kind, wanted: Mapping[str, Any]) -> dict[str, Any]:
    options = [option for option in _SENT if option in wanted] if kind is VM else []
    if not _UUID.match(str(wanted.get("storage_profile"))):
        # The service accepts only an id (vendor reference 4.5, vm-replications get).
        options = [option for option in options if option != "storage_profile"]
    version = client.api_version() if options else None
    if version is None or version < _SINCE:
        return {}
    return {_SENT[option]: text for option in options for text in [_text(wanted[option])] if text}


def _text(value: Any) -> str | None:
    """Return a value as query text; None for several values, since a parameter takes only one."""
    if isinstance(value, list):
        return str(value[0]) if len(value) == 1 else None
    return str(value).lower() if isinstance(value, bool) else str(value)
