# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Filters of replications that are applied to the answer, even if the service has filtered already.

``documented_filters`` has those by owner and by both ends. For most of the others, the vendor's page of 4.1 has filters
(vm-replications get). Only some parameter names are known, from the vSphere reference of 4.7 alone. All known ones are
sent so that less is read, and left out for the rest of the session if the service refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version, instant_ms
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Damaged, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.modules import documented_filters
from ansible_collections.opendr.vcda.plugins.module_utils.modules.documented_filters import end

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
Query = Mapping[str, Any]
Found = tuple[list[Replication], list[Damaged]]
_NOTHING: Query = MappingProxyType({})


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
OPTIONS = (*documented_filters.OPTIONS, *_TESTS)
# The fields by which the list of vApp replications can be sorted (vendor reference 4.1, vapp-replications get).
_SORTS: Mapping[str, Callable[[Replication], Any]] = {
    "name": lambda one: one.name,
    "sourceSite": lambda one: one.source_site,
    "sourceOrg": lambda one: end(one, "source", "org"),
    "sourceVdcName": lambda one: end(one, "source", "vdcName"),
    "destinationSite": lambda one: one.destination_site,
    "destinationOrg": lambda one: end(one, "destination", "org"),
    "destinationVdcName": lambda one: end(one, "destination", "vdcName"),
    "owner": lambda one: one.owner,
}


def wanted_by(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters that the user gave, with times in milliseconds since the epoch.

    :raises VcdaError: category invalid_request
    """
    wanted = {option: params[option] for option in OPTIONS if params.get(option) is not None}
    for option in ("health", documented_filters.ORGANIZATIONS):
        if wanted.get(option) == []:
            raise invalid(option, "the list is empty; leave the option out to read all")
    for option in ("changed_after", "changed_before"):
        if option in wanted:
            wanted[option] = instant_ms(option, wanted[option])
    return wanted


def read_filtered(client: Client, kind: Kind, wanted: Mapping[str, Any], query: Query = _NOTHING) -> Found:
    """Read the replications that match, and all objects that cannot be read, since they may match.

    The lists are read with all filters; if the service refuses that, without those whose names are only inferred; and
    at last without any, if what comes back shows enough to check it.

    :param wanted: the result of ``wanted_by``
    :param query: parameters that are sent in any case
    :raises VcdaError: the refusal of a filter that cannot be checked, and all other errors
    """
    attempts = _attempts(client, kind, wanted, query)
    everything = _names(attempts[0])
    usable = [one for one in attempts if not _names(one) & client.declined] or attempts[-1:]
    refusal: VcdaError | None = None
    for attempt in usable:
        try:
            documents = documented_filters.read_lists(client, kind, query, attempt)
            break
        except VcdaError as error:
            if not error.is_answer_to_filter or attempt is usable[-1]:
                raise
            refusal = error
    left_out = everything - _names(attempt)
    found, damaged = kind.parse_list(documents)
    if refusal and documented_filters.has_unknown(found, left_out):
        raise refusal
    client.declined |= left_out
    return [one for one in found if matches(one, wanted, left_out)], damaged


def _attempts(client: Client, kind: Kind, wanted: Mapping[str, Any], query: Query) -> list[list[Query]]:
    """Return the lists to read, each with its filters; then those to read if the service refuses these, and so on."""
    inferred = _query(client, kind, wanted)
    lists: list[Query] = list(documented_filters.queries(client, kind, query, wanted))
    attempts: list[list[Query]] = [[{**filters, **inferred} for filters in lists], lists]
    if documented_filters.is_checkable(lists):
        attempts += [[inferred], [{}]]
    return [one for number, one in enumerate(attempts) if one not in attempts[:number]]


def _names(lists: Sequence[Query]) -> frozenset[str]:
    return frozenset(name for filters in lists for name in filters)


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


def matches(replication: Replication, wanted: Mapping[str, Any], left_out: frozenset[str] = frozenset()) -> bool:
    """Tell whether a replication matches all filters; one of the VMs of a vApp replication has to match all by state.

    :param left_out: documented parameters that were not sent
    """
    if not documented_filters.matches(replication, wanted, left_out):
        return False
    vms: Sequence[Replication] = replication.children or (replication,)
    by_state = {option: value for option, value in wanted.items() if option in _TESTS}
    return any(all(_TESTS[option](vm, value) for option, value in by_state.items()) for vm in vms)


def _query(client: Client, kind: Kind, wanted: Mapping[str, Any]) -> dict[str, Any]:
    options = [option for option in _SENT if option in wanted] if kind is VM else []
    if not _UUID.match(str(wanted.get("storage_profile"))):
        # The service accepts only an id (vendor reference 4.5, vm-replications get).
        options = [option for option in options if option != "storage_profile"]
    options = [option for option in options if _text(wanted[option])]
    version = client.api_version() if options else None
    if version is None or version < _SINCE:
        return {}
    return {_SENT[option]: _text(wanted[option]) for option in options}


def _text(value: Any) -> str | None:
    """Return a value as query text; None for several values, since a parameter takes only one."""
    if isinstance(value, list):
        return str(value[0]) if len(value) == 1 else None
    return str(value).lower() if isinstance(value, bool) else str(value)
