# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications as hosts: reads the replications and builds the host variables. Independent of Ansible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    REMOTE_AUTHENTICATION,
    SERVER,
    UNREACHABLE,
    VcdaError,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_filters import (
    Found,
    read_filtered,
    wanted_by,
)

Variables = dict[str, Any]

# What a host may stand for, and the kinds of replication read for it. A workload is a vApp, or a VM without a vApp.
WORKLOAD = "workload"
KINDS: Mapping[str, Sequence[Kind]] = {VM.name: (VM,), VAPP.name: (VAPP,), WORKLOAD: (VAPP, VM)}
_OUT_OF_REACH = (UNREACHABLE, SERVER, REMOTE_AUTHENTICATION)


def read_variables(
    client: Client,
    kind: str,
    sites: Sequence[str],
    complain: Callable[[VcdaError, str], None],
    filters: Mapping[str, Any] = MappingProxyType({}),
) -> list[Variables]:
    """Read the replications of the service and of other sites, each once.

    :param client: the session
    :param kind: a key of ``KINDS``
    :param sites: further sites to query through the service
    :param complain: called with the error and the name of what is left out: a site that does not answer, or a
        replication that cannot be read; it may raise
    :param filters: options of ``replication_filters``; the service gets them too
    :returns: the host variables of every replication, sorted by name and id
    :raises VcdaError: if the service itself cannot be read
    """
    found: dict[str, Variables] = {}
    wanted = wanted_by(filters)
    for one in KINDS[kind]:
        _add(found, one, _read(client, one, None, wanted), complain)
    for site in sites:
        try:
            lists = {one: _read(client, one, {"site": site}, wanted) for one in KINDS[kind]}
        except VcdaError as error:
            if error.category not in _OUT_OF_REACH:
                raise
            complain(error, f"site {site}")
            continue
        for one, listed in lists.items():
            _add(found, one, listed, complain)
    hosts = [item for item in found.values() if kind == VM.name or not _is_part(item, found)]
    return sorted(hosts, key=lambda item: (name_of(item), identity_of(item)))


def identity_of(variables: Mapping[str, Any]) -> str | None:
    """Return the id of the replication that a host stands for; None for a host of another inventory source."""
    return variables.get("vm_replication_id") or variables.get("vapp_replication_id")


def name_of(variables: Mapping[str, Any]) -> str:
    """Return the name of the VM or vApp that a host stands for."""
    return str(variables["vm_name"] if variables.get("vm_replication_id") else variables["vapp_name"])


def _read(client: Client, kind: Kind, query: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> Found:
    if wanted:
        return read_filtered(client, kind, wanted, query or {})
    return kind.parse_list(client.get_list(kind.path, query))


def _is_part(variables: Variables, found: Mapping[str, Variables]) -> bool:
    """Tell whether an item is a VM of a vApp that is itself a host."""
    return bool(variables.get("vm_replication_id")) and variables["vapp_replication_id"] in found


def _add(
    found: dict[str, Variables],
    kind: Kind,
    listed: Found,
    complain: Callable[[VcdaError, str], None],
) -> None:
    replications, damaged = listed
    for one in damaged:
        complain(one.error, one.label)
    for replication in replications:
        if replication.id not in found:
            found[replication.id] = variables_of(kind, replication)


def variables_of(kind: Kind, replication: Replication) -> Variables:
    """Return the variables of the host that stands for a replication.

    :param kind: VM or vApp
    :param replication: the snapshot
    """
    document = replication.document
    source, destination = _object(document, "source"), _object(document, "destination")
    is_recovered = replication.recovery_state == "COMPLETE"
    variables: Variables = {
        kind.name + "_replication_id": replication.id,
        kind.name_key: replication.name,
        **replication.summary(),
        "runs_at": replication.destination_site if is_recovered else replication.source_site,
        "direction": _direction(replication),
        "organization": replication.organization,
        "source_org": source.get("org"),
        "source_vdc_name": source.get("vdcName"),
        "destination_org": destination.get("org"),
        "destination_vdc_name": destination.get("vdcName"),
    }
    if kind is VM:
        variables.update(
            vapp_name=replication.vapp_name,
            vapp_replication_id=replication.vapp_replication_id,
            rpo=whole_number(_object(document, "settings").get("rpo")),
            recovery_vm_replication_ids=[replication.id],
        )
    else:
        children = sorted(replication.children, key=lambda child: (child.name, child.id))
        variables.update(
            vm_names=[child.name for child in children],
            recovery_vm_replication_ids=[child.id for child in children],
        )
    return variables


def _direction(replication: Replication) -> str | None:
    if not replication.source_site or not replication.destination_site:
        return None
    return f"{replication.source_site} to {replication.destination_site}"


def _object(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}
