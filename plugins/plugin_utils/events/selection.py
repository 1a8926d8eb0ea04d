# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which replications are watched, and how to read no more than these without losing one that changes.

Only what stays the same while a replication changes is a filter: its id, its owner and its organization. A reverse may
still give it another id or owner, which the vendor does not document. So a replication that is not listed any more is
looked for among all, once, and followed by its id from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid, refuse_halves
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Damaged
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import read_listed
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.hosts import read_variables, variables_of

Variables = Mapping[str, Any]
_IDS = VM.ids_option


class Watched:
    """The replications that an event source watches; all if nothing selects.

    :param arguments: of the event source: ``vm_replication_ids``, or ``owner`` and ``organizations``
    :raises VcdaError: category invalid_request, if they cannot be used
    """

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        refuse_halves(arguments)
        ids = [VM.canonical(identity.strip()) for identity in _texts(arguments, _IDS)]
        for identity in ids:
            if not VM.id_pattern.match(identity):
                raise invalid(_IDS, f"{identity!r} is not of the form {VM.id_example}")
        owner = str(arguments.get("owner") or "").strip()
        organizations = _texts(arguments, "organizations")
        if ids and (owner or organizations):
            raise invalid(_IDS, "ids say all; leave owner and organizations out")
        # A reverse may replace an id by another one.
        self._ids = list(dict.fromkeys(ids))
        self._filters = {
            **({"owner": owner} if owner else {}),
            **({"organizations": organizations} if organizations else {}),
        }
        # What has left the filters since it was first listed.
        self._followed: set[str] = set()

    def read(self, client: Client, known: Mapping[str, Variables], problems: dict[str, None]) -> dict[str, Variables]:
        """Read the watched replications.

        :param known: the result of the last time
        :param problems: gets messages about what cannot be read
        :returns: host variables by id
        """

        def complain(error: VcdaError, left_out: str) -> None:
            problems[f"{left_out} is left out: {error.message}"] = None

        found: dict[str, Variables] = {}
        if not self._ids:
            found = _by_id(read_variables(client, VM.name, (), complain, self._filters))
        if not self._ids and not self._filters:
            return found
        by_id = [one for one in (*self._ids, *sorted(self._followed)) if one not in found]
        for identity, one in read_listed(client, VM, by_id).items():
            if isinstance(one, VcdaError):
                complain(one, Damaged(identity, None, one).label)
            elif identity in by_id:
                found[identity] = variables_of(VM, one)
        found.update(self._moved(client, known, found, problems))
        self._followed = {one for one in self._followed if one in found or _is_named(one, problems)}
        for identity in self._ids:
            if identity not in found and identity not in known:
                problems[f"The replication {identity} is not visible to this user, and is not watched."] = None
        return found

    def concerns(self, task: Task, known: Collection[str], replications: Mapping[str, Variables]) -> bool:
        """Tell whether a task is about a watched replication or its vApp.

        :param known: the ids of the last time
        :param replications: those of now
        """
        if not self._ids and not self._filters:
            return True
        vapps = {item["vapp_replication_id"] for item in replications.values()}
        return task.resource_id is not None and (
            task.resource_id in known or task.resource_id in replications or task.resource_id in vapps
        )

    def _moved(
        self, client: Client, known: Mapping[str, Variables], found: Mapping[str, Variables], problems: Collection[str]
    ) -> dict[str, Variables]:
        """Return known replications that are not found any more: with another owner, or reversed with another id."""
        missing = [
            identity
            for identity, item in known.items()
            if identity not in found
            and not _is_named(identity, problems)
            and not any(predecessor({identity: item}, new, other, found) for new, other in found.items())
        ]
        if not missing:
            return {}
        everything = _by_id(read_variables(client, VM.name, (), _ignore))
        moved = {identity: everything[identity] for identity in missing if identity in everything}
        for identity in set(missing) - set(everything):
            before = known[identity]
            reversed_ones = [
                new
                for new, item in everything.items()
                if predecessor({identity: before}, new, item, everything)
                and (item["source_org"], item["destination_org"]) == (before["destination_org"], before["source_org"])
            ]
            # Another workload of the same name must not be taken for it.
            if len(reversed_ones) == 1:
                [new] = reversed_ones
                moved[new] = everything[new]
                self._ids = [new if one == identity else one for one in self._ids]
        self._followed |= set(moved) - set(self._ids)
        return moved


def predecessor(
    known: Mapping[str, Variables], identity: str, item: Variables, found: Mapping[str, Any]
) -> Variables | None:
    """Return the previous data of a replication; a reverse may have changed its id (vendor reference 4.6, reverse).

    :param known: what was found the last time
    :param identity: the id of the replication now
    :param item: its host variables now
    :param found: what is found now
    """
    if identity in known:
        return known[identity]
    ends = (item["destination_site"], item["source_site"], item["vm_name"])
    for former, before in known.items():
        if former not in found and (before["source_site"], before["destination_site"], before["vm_name"]) == ends:
            return before
    return None


def _is_named(identity: str, problems: Collection[str]) -> bool:
    """Tell whether one of the problems is about a replication, so that it is damaged and not gone."""
    return any(identity in text for text in problems)


def _by_id(listed: Sequence[Variables]) -> dict[str, Variables]:
    return {str(item["vm_replication_id"]): item for item in listed}


def _ignore(_error: VcdaError, _left_out: str) -> None:
    """Leave out what cannot be read among replications that are not watched."""


def _texts(arguments: Mapping[str, Any], name: str) -> list[str]:
    """Return an argument that is a list of texts, or one text with commas."""
    value = arguments.get(name)
    if value in (None, "", []):
        return []
    values = value.split(",") if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and one.strip() for one in values):
        raise invalid(name, f"{value!r} is no list of texts")
    return [one.strip() for one in values]
