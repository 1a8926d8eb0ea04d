# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits a recovery to tenants, and distinguishes VMs of the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import RecoveryInputError


def belongs(item: Replication, query: Mapping[str, Any]) -> bool:
    """Tell whether a replication belongs to a named tenant; always true if none is named.

    :param query: from ``plan``: ``organizations`` and ``owner``, empty for any
    """
    organizations, owner = query["organizations"], query["owner"]
    return (not organizations or item.organization in organizations) and (not owner or item.owner == owner)


def check_tenants(visible: Iterable[Replication], query: Mapping[str, Any]) -> None:
    """With "all", refuse tenants without replications, and several organizations if the user named no tenant.

    :param visible: the replications between the wanted sites, of all tenants
    :param query: from ``plan``
    :raises RecoveryInputError: naming the organizations or owners that were found
    """
    items = list(visible)
    organizations = sorted({item.organization for item in items if item.organization})
    missing = [name for name in query["organizations"] if name not in organizations]
    if missing and query["all"]:
        raise RecoveryInputError(
            f"recovery_organizations: no replication of organization {', '.join(missing)} was found; "
            f"those that were found are of {', '.join(organizations) or 'no organization'}."
        )
    owners = sorted({item.owner for item in items if item.owner})
    if query["owner"] and query["all"] and query["owner"] not in owners:
        raise RecoveryInputError(
            f"recovery_owner: no replication of owner {query['owner']} was found; "
            f"the owners of those that were found are {', '.join(owners) or 'not known'}."
        )
    is_named = query["organizations"] or query["owner"] or query["all_organizations"]
    if query["all"] and len(organizations) > 1 and not is_named:
        raise RecoveryInputError(
            f"recovery_all: this session sees replications of {len(organizations)} organizations "
            f"({', '.join(organizations)}); name those that are meant in recovery_organizations, or set "
            "recovery_all_organizations: true."
        )


def of_tenants(query: Mapping[str, Any]) -> str:
    """Return the named tenants as text to follow a name; empty if none is named."""
    words = f" of organization {' or '.join(query['organizations'])}" if query["organizations"] else ""
    return words + (f" of owner {query['owner']}" if query["owner"] else "")


def in_words(item: Replication) -> str:
    """Return a replication as text, with what distinguishes it from others of the same name."""
    facts = [
        f"organization {item.organization}" if item.organization else "",
        f"owner {item.owner}" if item.owner else "",
        f"vApp {item.vapp_name}" if item.vapp_name else "",
        f"{item.source_site} -> {item.destination_site}",
    ]
    return f"{item.id} ({', '.join(filter(None, facts))})"


def labelled(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with ``label``: the name, with the organization or id where needed to make it unique.

    :param records: all records of the run
    """
    several = len({record["organization"] for record in records if record["organization"]}) > 1
    namesakes = Counter((record["vm_name"], record["organization"]) for record in records)
    complete = []
    for record in records:
        more = [record["organization"]] if several and record["organization"] else []
        if record["id"] and namesakes[record["vm_name"], record["organization"]] > 1:
            more.append(record["id"])
        complete.append({**record, "label": record["vm_name"] + (f" ({', '.join(more)})" if more else "")})
    return complete
