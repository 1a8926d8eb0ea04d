# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The goal of a run: what each replication needs, whether it has reached the goal, and how to read it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import batches
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind, Mark, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import (
    Decision,
    decide,
    decide_children,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.history import reversed_before
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import Found, read_everything, read_listed

Note = Callable[[Item], None]


class Goal:
    """A verb and the state that each replication is to reach by it.

    :param kind: kind of the requested replications; the VMs of a vApp may be handled one by one
    :param active_site: the site where the workload is to run; None if the user gave none
    """

    def __init__(self, kind: Kind, verb: Verb, active_site: str | None = None) -> None:
        self.kind = kind
        self.verb = verb
        self.active_site = active_site

    def site(self, item: Item) -> str | None:
        """Return the site where the workload is to run: active_site or, for a reverse without it, the recovery site."""
        return item.recovered_at if self.active_site is None and self.verb.swaps_ends else self.active_site

    def decide(self, item: Item) -> Decision:
        """Decide what to do with an item, from its latest reading."""
        choose = decide if item.kind is VM else decide_children
        return choose(self.verb, item.latest, self.site(item), item.was_reversed)

    def learn_history(self, client: Client, items: Sequence[Item]) -> None:
        """Look up past reverses of the items whose present state does not show whether they were reversed."""
        doubtful = [item for item in items if self.decide(item).unless_reversed]
        if doubtful:
            shown = reversed_before(client, [item.latest for item in doubtful])
            for item in doubtful:
                item.was_reversed = frozenset(shown)

    def is_at_goal(self, item: Item) -> bool:
        """Tell whether an item has reached the goal, by its latest reading."""
        if self.decide(item).kind == "done":
            return True
        # A reverse without active_site that already ran at the first reading: the target site is unknown.
        is_without_site = self.verb.swaps_ends and self.site(item) is None
        return is_without_site and item.after is not None and item.after.recovery_state == self.verb.leads_to

    def is_reached(self, item: Item) -> bool:
        """Tell whether an item is at the goal after its task succeeded; true for a verb that leads to no state."""
        return (self.verb.leads_to is None and self.verb.paused is None) or self.is_at_goal(item)

    def mark(self, replication: Replication) -> Mark:
        """Return what the verb may change of a replication.

        :raises VcdaError: if it has to be read from the service, and that fails
        """
        return replication.mark()

    def note_gone(self, item: Item) -> None:
        """Note that a replication that was to be removed no longer exists."""
        item.after = None

    def split(self, item: Item) -> list[Item]:
        """Return an item for each VM of a vApp that needs the verb; none if all VMs need it, or no VM does."""
        site = self.site(item)
        decisions = [(child, decide(self.verb, child, site, item.was_reversed)) for child in item.latest.children]
        needy = [child for child, decision in decisions if decision.kind == "act"]
        if len(needy) == len(item.latest.children):
            return []
        return [
            Item(
                kind=VM, asked=child.id, before=child, after=child, decision="act", recovered_at=child.destination_site
            )
            for child in needy
        ]

    def reread(self, client: Client, items: Sequence[Item], note: Note = lambda _item: None) -> None:
        """Read items again; see ``reread``."""
        for kind in (VM, VAPP):
            reread(client, kind, [item for item in items if item.kind is kind], note)


def reread(client: Client, kind: Kind, items: Sequence[Item], note: Note = lambda _item: None) -> None:
    """Read replications again, including those that have a new id.

    It is not documented whether a replication keeps its id when it is reversed. So look for the id in the task's
    result, then for the known ids, then for the same workload under any id: see ``_find_moved``.

    :param kind: the kind of all items
    :param note: called with each item once it was looked for, while others are still unread
    :raises VcdaError: if the service cannot be read; items that were not looked for yet stay as they are
    """
    lost: list[Item] = []
    for batch in batches(items):
        lost += _reread_listed(client, kind, batch, note)
    if lost:
        known = {one.id for item in items if item not in lost for one in (item.before, item.after) if one}
        _find_moved(lost, [one for one in read_everything(client, kind)[0] if one.id not in known])
        for item in lost:
            note(item)


def _reread_listed(client: Client, kind: Kind, items: Sequence[Item], note: Note) -> list[Item]:
    """Read items again by their known ids, and return those that are not found."""
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
    return [kind.canonical(one) for one in ids if isinstance(one, str) and kind.id_pattern.match(one)]


def _first(found: Mapping[str, Found], ids: Iterable[str]) -> Replication | None:
    for identity in ids:
        replication = found.get(identity)
        if isinstance(replication, Replication):
            return replication
    return None


def _find_moved(items: Sequence[Item], everything: Sequence[Replication]) -> None:
    """Find lost items by the workload's ids at either site, else by name, if exactly one replication matches."""
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
            found = {one.id: one for one in by_name.get(known.name, ()) if _may_be(one, known, item.namesakes)}
        # If several match, it is unknown which one is meant.
        item.after = next(iter(found.values())) if len(found) == 1 else None
    # If one replication matches several items, it is unknown which item it belongs to.
    taken = Counter(item.after.id for item in items if item.after)
    for item in items:
        if item.after and taken[item.after.id] > 1:
            item.after = None


def _may_be(one: Replication, known: Replication, namesakes: frozenset[str] | None) -> bool:
    """Tell whether a replication of the same name may be the same workload, by its ids, direction, vApp and owner.

    A reversed replication may show as its source the recovered VM, still the original VM, or an unknown VM. An unknown
    VM counts only if the replication did not exist before the run.
    """
    for told, expected in ((one.owner, known.owner), (one.vapp_name, known.vapp_name)):
        if None not in (told, expected) and told != expected:
            return False
    ends, known_ends = (one.source_site, one.destination_site), (known.source_site, known.destination_site)
    if ends == known_ends:
        return None in (one.source_id, known.source_id)
    if ends != known_ends[::-1]:
        return False
    has_appeared = namesakes is not None and one.id not in namesakes
    return None in (one.source_id, known.recovered_id) or one.source_id == known.source_id or has_appeared
