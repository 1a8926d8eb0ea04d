# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A vApp of which only some VMs need an operation: it is handled VM by VM, and summed up at the end."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import decide
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item


def split(replication: Replication, verb: Verb, site: str | None) -> list[Item]:
    """Return an item for each VM of a vApp that needs the operation.

    :param site: where the workload is to run once the operation is done
    :returns: nothing where no VM needs it, or all of them do
    """
    needy = [child for child in replication.children if decide(verb, child, site).kind == "act"]
    if len(needy) == len(replication.children):
        return []
    return [
        Item(kind=VM, asked=child.id, before=child, after=child, decision="act", recovered_at=child.destination_site)
        for child in needy
    ]


def sum_up(items: Iterable[Item]) -> list[Item]:
    """Give the vApps that were handled VM by VM the outcome of their VMs.

    :returns: those vApps; their reading is put together from what is known of the VMs
    """
    whole = [item for item in items if item.parts]
    for item in whole:
        item.changed = any(part.changed for part in item.parts)
        item.error = next((part.error for part in item.parts if part.error), None)
        item.task = next((part.task for part in item.parts if part.task), None)
        later = {part.before.id: part.after for part in item.parts if part.before and part.after}
        item.after = item.before.with_children(later) if item.before else None
    return whole
