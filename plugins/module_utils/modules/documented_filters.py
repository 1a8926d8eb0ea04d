# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Filters of replications by owner and by both ends, which the vendor documents, and lists that are read with them.

A service may refuse a filter: some are for provider administrators only, and the local site is no value of
``sourceSite`` (vendor reference 4.7, vm-replications get). It may also ignore one. So what comes back is checked, and a
refused filter is left out for the rest of the session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import PAGE
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Field, refuse_unknown_to_version
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind, Replication

Query = Mapping[str, Any]
Shown = Callable[[Replication], Any]


def end(replication: Replication, name: str, field: str) -> Any:
    """Return a field of an end of a replication, ``source`` or ``destination``; None if it is not shown."""
    value = replication.document.get(name)
    return value.get(field) if isinstance(value, Mapping) else None


# Option to query parameter, and where the value is shown; None if it is not (vendor reference 4.7, vm-replications get
# and vapp-replications get).
_FILTERS: Mapping[str, tuple[str, Shown | None]] = {
    "owner": ("owner", lambda one: one.owner),
    "source_site": ("sourceSite", lambda one: one.source_site),
    "source_site_type": ("sourceSiteType", None),
    "destination_site_type": ("destinationSiteType", None),
    "source_org": ("sourceOrg", lambda one: end(one, "source", "org")),
    "source_vdc_id": ("sourceVdcId", lambda one: end(one, "source", "vdcId")),
    "source_vdc_name": ("sourceVdcName", lambda one: end(one, "source", "vdcName")),
    "destination_org": ("destinationOrg", lambda one: end(one, "destination", "org")),
    "destination_vdc_id": ("destinationVdcId", lambda one: end(one, "destination", "vdcId")),
    "destination_vdc_name": ("destinationVdcName", lambda one: end(one, "destination", "vdcName")),
}
# The list of VM replications has this one since 4.1 (vendor reference 4.1, vm-replications get); its name is inferred
# from the list of vApp replications.
_DESTINATION_TYPE = Field("destinationSiteType", "destination_site_type", since=(4, 1))
# No parameter of the service: a replication belongs to an organization by its owner or by its ends.
ORGANIZATIONS = "organizations"
OPTIONS = (*_FILTERS, ORGANIZATIONS)
_OF_AN_ORGANIZATION = frozenset({"owner", "sourceOrg", "destinationOrg"})
# With fewer pages than this for each organization, the whole list takes fewer requests.
_FEW_PAGES = 3
_SHOWN: Mapping[str, Shown] = {parameter: shown for parameter, shown in _FILTERS.values() if shown}


def queries(client: Client, kind: Kind, query: Query, wanted: Query) -> list[dict[str, Any]]:
    """Return the filters of the lists that hold, together, every replication that can match.

    :param query: parameters that are sent in any case
    :param wanted: the options of the user
    :raises VcdaError: code OPTION_NOT_IN_API_VERSION
    """
    if kind is VM and _DESTINATION_TYPE.option in wanted:
        refuse_unknown_to_version(_DESTINATION_TYPE, _DESTINATION_TYPE.option, client.api_version())
    sent = {_FILTERS[option][0]: wanted[option] for option in _FILTERS if option in wanted}
    organizations: Sequence[str] = wanted.get(ORGANIZATIONS) or ()
    return [sent] if sent or not organizations else _of_organizations(client, kind, query, organizations)


def _of_organizations(client: Client, kind: Kind, query: Query, organizations: Sequence[str]) -> list[dict[str, Any]]:
    """Return the filters of the lists of some organizations if these take fewer requests than the whole list.

    See ``Replication.organization``: the owner of a replication tells it, or else one of its ends. A service that
    ignores the filters claims so many replications that the whole list is read; so is it if the filters are refused.
    """
    if client.declined & _OF_AN_ORGANIZATION:
        return [{}]
    whole = _pages(client.count(kind.path, query))
    if whole <= _FEW_PAGES * len(organizations):
        return [{}]
    try:
        sites = [site["site"] for site in client.get_array("/sites") if site.get("site")]
        lists = [filters for name in organizations for filters in _of_one(name, sites)]
        sizes = list(client.executor.map(lambda filters: client.count(kind.path, {**query, **filters}), lists))
    except VcdaError as error:
        if not error.is_answer_to_filter:
            raise
        client.declined |= _OF_AN_ORGANIZATION
        return [{}]
    needed = len(lists) + sum(map(_pages, sizes))
    return [filters for filters, size in zip(lists, sizes) if size] if needed < whole else [{}]


def _of_one(organization: str, sites: Sequence[Any]) -> list[dict[str, Any]]:
    owners = [{"owner": f"{organization}@{site}"} for site in sites]
    return [*owners, {"sourceOrg": organization}, {"destinationOrg": organization}]


def _pages(size: int) -> int:
    return -(-size // PAGE)


def read_lists(client: Client, kind: Kind, query: Query, lists: Sequence[Query]) -> list[dict[str, Any]]:
    """Read several lists of replications, each object once.

    :param lists: the filters of each list
    """
    if len(lists) == 1:
        return client.get_list(kind.path, {**query, **lists[0]})
    found: dict[str, dict[str, Any]] = {}
    for filters in lists:
        for document in client.get_list(kind.path, {**query, **filters}):
            # Objects without an id are compared by their content.
            identity = document.get("id")
            found.setdefault(identity if isinstance(identity, str) else repr(document), document)
    return list(found.values())


def is_checkable(lists: Sequence[Query]) -> bool:
    """Tell whether replications show everything that is filtered by, so that the filters need not be sent."""
    return all(parameter in _SHOWN for filters in lists for parameter in filters)


def matches(one: Replication, wanted: Query, declined: frozenset[str] = frozenset()) -> bool:
    """Tell whether a replication matches the documented filters as far as it shows.

    :param declined: parameters that were not sent: what a replication does not show then does not match
    """
    organizations = wanted.get(ORGANIZATIONS)
    if organizations and one.organization not in organizations:
        return False
    for option, (parameter, shown) in _FILTERS.items():
        if option in wanted and shown:
            accepted = (wanted[option],) if parameter in declined else (wanted[option], None)
            if shown(one) not in accepted:
                return False
    return True


def has_unknown(found: Sequence[Replication], parameters: frozenset[str]) -> bool:
    """Tell whether replications show no value at all for one of some parameters, such as the owner before 4.1."""
    shown = [_SHOWN[name] for name in parameters if name in _SHOWN]
    return bool(found) and any(all(value(one) is None for one in found) for value in shown)
