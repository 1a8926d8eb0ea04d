# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the tasks of a service tell of the past of a replication."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import (
    SUCCEEDED,
    Task,
    latest_tasks,
    recent_tasks,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE


def reversed_before(client: Client, replications: Sequence[Replication]) -> set[str]:
    """Return the ids of those replications of which the service's tasks show that they were reversed.

    A replication that is not recovered can only have been reversed last: nothing else leads there from a recovery.

    :param replications: of either kind; the VMs of a vApp are told of as well
    :returns: the ids that are proven; tasks are kept for some time only, so of others nothing is known
    """
    shown = {one.id for one in replications if _shows(client, one)}
    unproven = [child for one in replications if one.id not in shown for child in one.children]
    shown.update(child.id for child in unproven if _shows(client, child))
    missing = {one.id: one for one in (*replications, *unproven) if one.id not in shown}
    shown.update(_renamed(client, missing) if missing else ())
    return shown.union(child.id for one in replications if one.id in shown for child in one.children)


def _shows(client: Client, replication: Replication) -> bool:
    try:
        tasks = latest_tasks(client, replication.id, 0)
    except VcdaError:
        # What cannot be read proves nothing.
        return False
    return any(_is_reverse(task, replication) for task in tasks)


def _renamed(client: Client, replications: dict[str, Replication]) -> set[str]:
    """Return the ids that a reverse handed out: its task bears the one before, and only its result the new one."""
    try:
        tasks = recent_tasks(client, 0)
    except VcdaError:
        return set()
    results = {str(task.result.get("id")): task for task in tasks if task.state == SUCCEEDED and task.is_of(REVERSE)}
    return replications.keys() & results.keys()


def _is_reverse(task: Task, now: Replication) -> bool:
    """Tell whether a task proves a reverse: by its name, or by what it made, which had the other direction."""
    if task.state != SUCCEEDED:
        return False
    if task.is_of(REVERSE):
        return True
    try:
        made = (VAPP if VAPP.id_pattern.match(now.id) else VM).parse(task.result)
    except VcdaError:
        return False
    ends = (now.destination_site, now.source_site)
    return None not in ends and (made.source_site, made.destination_site) == ends
