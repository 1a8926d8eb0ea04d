# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How often the RPO was violated, according to the newest sync tasks of the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import SUCCEEDED, Task, newest_tasks

# Fewer syncs do not make a history.
_LEAST_SYNCS = 3
_MINUTE_MS = 60_000


@dataclass(frozen=True)
class RpoHistory:
    """How often the RPO was violated between the first and the last of some syncs.

    :param share: the share of that time, from 0 to 1, in which the data was older than the RPO
    :param syncs: how many syncs there were
    :param from_ms: when the first sync ended, in milliseconds since the epoch
    :param until_ms: when the last sync ended, in milliseconds since the epoch
    """

    share: float
    syncs: int
    from_ms: int
    until_ms: int


def read_rpo_histories(client: Client, rpos: Mapping[str, int]) -> dict[str, RpoHistory]:
    """Read the newest sync tasks, up to 100, with one request.

    :param rpos: the RPO in minutes, by the resource ids of sync tasks: of the replication and of its vApp
    :returns: by the same ids, without those that have too few syncs
    :raises VcdaError: if the tasks cannot be read
    """
    ends: dict[str, list[int]] = {}
    for task in newest_tasks(client, "sync"):
        if task.resource_id in rpos and task.end_ms and _brought_data(task):
            ends.setdefault(str(task.resource_id), []).append(task.end_ms)
    found = {identity: rpo_history(moments, rpos[identity]) for identity, moments in ends.items()}
    return {identity: history for identity, history in found.items() if history}


def rpo_history(ends: Iterable[int], rpo: int) -> RpoHistory | None:
    """Compute the history from the ends of some syncs; None if there are too few.

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
