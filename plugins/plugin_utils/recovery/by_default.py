# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What "all" selects: no one-time migrations, and in a failback only workloads away from their home site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.tenants import belongs, labelled, of_tenants
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import RecoveryInputError
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed

_AT_REST = (None, "NOT_STARTED")
_MOST_NAMES = 5
# The part of the data compared before and after a drill that a report holds.
_BASELINE = ("recovery_state", "source_site", "destination_site", "is_reversed", "is_paused")


def meant_by_all(
    found: Iterable[Replication], query: Mapping[str, Any], *, active_site: str, entry_point: str
) -> tuple[list[Replication], list[str]]:
    """Return the replications that "all" selects, and sentences about those that it leaves out.

    :param found: the replications of the wanted tenants between the wanted sites
    :param query: from ``plan``: ``include_migrations``
    :param active_site: the site on which the workloads are to run
    :param entry_point: a drill takes replications to the site, a failback takes workloads away from home
    """
    found = list(found)
    chosen = [item for item in found if item.destination_site == active_site or entry_point != "drill"]
    notes = []
    if not query["include_migrations"]:
        migrations = [item for item in chosen if item.is_migration]
        chosen = [item for item in chosen if not item.is_migration]
        if migrations:
            notes.append(
                f"{_named(migrations, found)}: left out as one-time migrations; see recovery_include_migrations."
            )
    if entry_point == "failback":
        natives = [item for item in chosen if _home(item) not in (None, active_site)]
        chosen = _away([item for item in chosen if item not in natives], active_site)
        if natives:
            notes.append(
                f"{_named(natives, found)}: left out, because the service does not say that they came from "
                f"{active_site}; name them, or use recovery_from_report, if they did."
            )
    return chosen, notes


def meant_by_wave(
    found: Iterable[Replication],
    scope: Mapping[str, Any],
    query: Mapping[str, Any],
    *,
    active_site: str,
    entry_point: str,
) -> tuple[list[Replication], list[str]]:
    """Return the replications that a wave naming only tenants selects, and sentences about those that it leaves out.

    :param found: the replications between the wanted sites
    :param scope: the tenants, from ``plan``
    :param query: from ``plan``
    :param active_site: see ``meant_by_all``
    :param entry_point: see ``meant_by_all``
    :raises RecoveryInputError: if one of the organizations, or the owner, has no replication there
    """
    own = [item for item in found if belongs(item, scope)]
    missing = [name for name in scope["organizations"] if not any(item.organization == name for item in own)]
    if missing or not own:
        raise RecoveryInputError(
            f"recovery_waves: no replication{of_tenants({**scope, 'organizations': missing})} was found for wave "
            f"{scope['wave']!r}."
        )
    return meant_by_all(own, query, active_site=active_site, entry_point=entry_point)


def _home(item: Replication) -> str | None:
    """Return the site where a workload lived before any recovery; None if it is not known.

    Each reverse inverts ``isReversed`` (vendor reference 4.7).
    """
    if item.is_reversed is None:
        return None
    return item.destination_site if item.is_reversed else item.source_site


def _away(items: Sequence[Replication], home: str) -> list[Replication]:
    """Return the workloads that are away from home or in an operation; if there are none, those at rest at home."""
    away = [item for item in items if item.source_site != home or item.recovery_state not in (*_AT_REST, "TEST")]
    return away or [item for item in items if item.recovery_state in _AT_REST]


def _named(items: Iterable[Replication], found: Iterable[Replication]) -> str:
    """Return the names of replications, with what tells them apart from all that were found."""
    known = labelled([{"id": one.id, "vm_name": one.name, "organization": one.organization} for one in found])
    ids = {item.id for item in items}
    return listed(sorted(one["label"] for one in known if one["id"] in ids), _MOST_NAMES)


def vms_of_report(report: Any) -> list[dict[str, Any]]:
    """Return the VMs that a run recovered according to its report.

    :param report: the data of a report
    :returns: ``id``, ``previous_id``, ``name``, ``organization`` and ``before`` (the state before the run) of each VM.
        For a drill these are the tested VMs, including those with a running test that was not verified
    :raises RecoveryInputError: if it is not a report, or if the run recovered no VM
    """
    recorded = report.get("vms") if isinstance(report, Mapping) else None
    if not isinstance(recorded, list) or not all(isinstance(vm, Mapping) and vm.get("name") for vm in recorded):
        raise RecoveryInputError("recovery_from_report: this is no report of the role opendr.vcda.recovery.")
    keys = ("id", "previous_id", "name", "organization", "before")
    vms = [{key: vm.get(key) for key in keys} for vm in recorded if vm.get("is_back") or vm.get("test")]
    if not vms:
        raise RecoveryInputError("recovery_from_report: the run of this report has recovered no VM.")
    return vms


def baselines(report: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the states before the run from a report, by the ids of the replications.

    :param report: from ``vms_of_report``
    """
    known = ((entry["id"], entry.get("before")) for entry in report)
    return {identity: {key: before[key] for key in _BASELINE if key in before} for identity, before in known if before}


def in_report(entry: Mapping[str, Any], found: Mapping[str, Replication]) -> str:
    """Return the current id of a VM of a report, which a later reverse may have changed; its name if none is found.

    :param entry: from ``vms_of_report``
    :param found: the replications by their ids
    """
    for key in ("id", "previous_id"):
        if entry[key] in found:
            return str(entry[key])
    named = [
        item.id
        for item in found.values()
        if item.name == entry["name"] and entry["organization"] in (None, item.organization)
    ]
    return named[0] if len(named) == 1 else str(entry["name"])
