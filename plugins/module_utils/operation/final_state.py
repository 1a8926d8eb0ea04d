# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Read replications again after an operation, also those that came back under a new id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import batches
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import Found, read_everything, read_listed


def reread(
    client: Client, kind: Kind, items: Sequence[Item], note: Callable[[Item], None] = lambda _item: None
) -> None:
    """Bring the items up to date.

    Whether a replication keeps its id when it is reversed is not documented. So the id in the task's result is looked
    for, then the id asked for, then the same workload under any id.

    :param kind: the kind of all items
    :param note: called with each item once it was looked for, while others are still unread
    :raises VcdaError: if the service cannot be read; items that it did not get to stay as they are
    """
    lost: list[Item] = []
    for batch in batches(items):
        lost += _reread_listed(client, kind, batch, note)
    if lost:
        _find_moved(lost, read_everything(client, kind)[0])
        for item in lost:
            note(item)


def _reread_listed(client: Client, kind: Kind, items: Sequence[Item], note: Callable[[Item], None]) -> list[Item]:
    """Bring items up to date, and return those that are no longer found under an id that is known."""
    wanted = dict.fromkeys(identity for item in items for identity in _candidates(kind, item))
    found = read_listed(client, kind, list(wanted))
    lost: list[Item] = []
    for item in items:
        replication = _first(found, _candidates(kind, item))
        if replication:
            item.after = replication
            note(item)
        else:
            lost.append(item)
    return lost


def _candidates(kind: Kind, item: Item) -> list[str]:
    result = item.task.result if item.task else {}
    ids = [result.get("id"), *(one.id for one in (item.after, item.before) if one)]
    return [identity for identity in ids if isinstance(identity, str) and kind.id_pattern.match(identity)]


def _first(found: Mapping[str, Found], ids: Iterable[str]) -> Replication | None:
    for identity in ids:
        replication = found.get(identity)
        if isinstance(replication, Replication):
            return replication
    return None


def _find_moved(items: Sequence[Item], everything: Sequence[Replication]) -> None:
    """Find workloads by their ids at either end; where those tell nothing, by a name that stands alone."""
    by_endpoint: dict[tuple[str | None, str], list[Replication]] = {}
    by_name: dict[str, list[Replication]] = {}
    for one in everything:
        by_name.setdefault(one.name, []).append(one)
        for endpoint in one.endpoints:
            by_endpoint.setdefault(endpoint, []).append(one)
    for item in items:
        known = item.after or item.before
        if known is None:
            continue
        found = {one.id: one for endpoint in known.endpoints for one in by_endpoint.get(endpoint, ())}
        if not found:
            found = {one.id: one for one in by_name.get(known.name, ()) if _may_be(one, known)}
        # Of several, none may be taken for the one that is meant.
        item.after = next(iter(found.values())) if len(found) == 1 else None


def _may_be(one: Replication, known: Replication) -> bool:
    """Tell whether a namesake may be the same workload: not if its ids or its direction say otherwise."""
    ends, known_ends = (one.source_site, one.destination_site), (known.source_site, known.destination_site)
    if ends == known_ends:
        return None in (one.source_id, known.source_id)
    return ends == known_ends[::-1] and None in (one.source_id, known.recovered_id)
