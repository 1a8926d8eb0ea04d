# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How often the RPO was violated, as far as the newest syncs among the tasks of the service tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import SUCCEEDED, Task, newest_tasks

# With fewer syncs there is no history to speak of.
_LEAST_SYNCS = 3
_MINUTE_MS = 60_000


@dataclass(frozen=True)
class RpoHistory:
    """The time between the first and the last of some syncs.

    :param share: of that time, from 0 to 1, in which the data was older than the RPO
    :param from_ms: when the first sync ended, in milliseconds since the epoch
    :param until_ms: when the last one did
    """

    share: float
    syncs: int
    from_ms: int
    until_ms: int


def read_rpo_histories(client: Client, rpos: Mapping[str, int]) -> dict[str, RpoHistory]:
    """Read the newest syncs among the tasks, up to 100, with one request.

    :param rpos: minutes, by the ids under which the syncs of a replication are found: its own and that of its vApp
    :returns: by the same ids; of those with too few syncs nothing is known
    :raises VcdaError: if the tasks cannot be read
    """
    ends: dict[str, list[int]] = {}
    for task in newest_tasks(client, "sync"):
        if task.resource_id in rpos and task.end_ms and _brought_data(task):
            ends.setdefault(str(task.resource_id), []).append(task.end_ms)
    found = {identity: rpo_history(moments, rpos[identity]) for identity, moments in ends.items()}
    return {identity: history for identity, history in found.items() if history}


def rpo_history(ends: Iterable[int], rpo: int) -> RpoHistory | None:
    """Return what the ends of some syncs tell; None for too few.

    :param ends: milliseconds since the epoch
    :param rpo: minutes
    """
    moments: Sequence[int] = sorted(set(ends))
    if len(moments) < _LEAST_SYNCS:
        return None
    late = sum(max(0, later - earlier - rpo * _MINUTE_MS) for earlier, later in zip(moments, moments[1:]))
    return RpoHistory(late / (moments[-1] - moments[0]), len(moments), moments[0], moments[-1])


def _brought_data(task: Task) -> bool:
    return task.state == SUCCEEDED and task.type == "sync"
