# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the service's tasks show about the past of a replication: reverses and test failovers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import (
    SUCCEEDED,
    Task,
    latest_tasks,
    newest_tasks,
    recent_tasks,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE, TEST

# Requests for the tasks of test failovers, of however many replications.
MOST_TEST_READS = 8
# The same if the user has asked for them, with ``tests`` of an info module.
MOST_TEST_READS_ON_DEMAND = 100
# The name that a task of a test is likely to have; no document gives it.
_TEST_TYPE = "failoverTest"


def reversed_before(client: Client, replications: Sequence[Replication]) -> set[str]:
    """Return the ids of the replications that the service's tasks show to have been reversed.

    For a replication that is not recovered now, any reverse is proof: only a reverse leads back from a recovery.

    :param replications: of either kind; the VMs of a vApp are looked up as well
    :returns: the ids with proof; the service keeps tasks for some time only, so nothing is known about the others
    """
    shown = {one.id for one in replications if _shows(client, one)}
    unproven = [child for one in replications if one.id not in shown for child in one.children]
    shown.update(child.id for child in unproven if _shows(client, child))
    missing = {one.id: one for one in (*replications, *unproven) if one.id not in shown}
    shown.update(_renamed(client, missing) if missing else ())
    return shown.union(child.id for one in replications if one.id in shown for child in one.children)


def starts_of_tests(
    client: Client, replications: Sequence[Replication], most: int = MOST_TEST_READS
) -> dict[str, int | None]:
    """Return since when each active test failover exists, by the service's tasks.

    The tasks of each replication in a test, and of each vApp replication with such VMs, are read with one request. If
    that takes more than ``MOST_TEST_READS``, lists of the newest tasks are read first.

    :param replications: VM replications; those without an active test are skipped
    :param most: most requests to send, at least ``MOST_TEST_READS``
    :returns: by id, when the task of the test ended, in milliseconds since the epoch, by the clock of the service.
        None if the tasks do not show it, as they are kept for some time only. A test is left out if its tasks were not
        read, because that takes too many requests
    """
    in_test = [one for one in replications if one.recovery_state == "TEST"]
    ids = _ids_of(in_test)
    ends: dict[str, int | None] = {}
    if len(ids) > MOST_TEST_READS:
        for tasks in _newest_tasks(client):
            most -= 1
            ends = {**_ends_of_tests(tasks, ids), **ends}
            if not _without_end(in_test, ends):
                break
        ids = _ids_of(_without_end(in_test, ends))[:most]
    ends.update(zip(ids, client.executor.map(partial(_end_of_test, client), ids)))
    starts: dict[str, int | None] = {}
    for one in in_test:
        moments = [end for end in map(ends.get, _tested_as(one)) if end]
        if moments or all(identity in ends for identity in _tested_as(one)):
            starts[one.id] = max(moments, default=None)
    return starts


def _newest_tasks(client: Client) -> Iterator[list[Task]]:
    """Yield the newest tasks, a list for each of up to ``MOST_TEST_READS`` requests: those of tests, then all."""
    left = MOST_TEST_READS
    for task_type in (_TEST_TYPE, None):
        offset = 0
        while left:
            left -= 1
            try:
                tasks = newest_tasks(client, task_type, offset)
            except VcdaError:
                tasks = []
            yield tasks
            if not tasks:
                break
            offset += len(tasks)


def _ends_of_tests(tasks: Sequence[Task], ids: Collection[str]) -> dict[str, int | None]:
    """Return when the newest test of each replication ended.

    :param tasks: newest first
    """
    known = [(task.resource_id, task) for task in reversed(tasks) if task.resource_id in ids]
    return {identity: task.end_ms or task.start_ms for identity, task in known if identity and _is_test(task, identity)}


def _without_end(in_test: Sequence[Replication], ends: Mapping[str, int | None]) -> list[Replication]:
    return [one for one in in_test if not ends.keys() & _tested_as(one)]


def _ids_of(replications: Sequence[Replication]) -> list[str]:
    return list(dict.fromkeys(identity for one in replications for identity in _tested_as(one)))


def _tested_as(replication: Replication) -> list[str]:
    """Return the ids that the task of the test may name: the VM's, or its vApp's if that was tested as a whole."""
    return [identity for identity in (replication.id, replication.vapp_replication_id) if identity]


def _end_of_test(client: Client, identity: str) -> int | None:
    try:
        tasks = latest_tasks(client, identity, 0)
    except VcdaError:
        return None
    newest = next((task for task in tasks if _is_test(task, identity)), None)
    return newest.end_ms or newest.start_ms if newest else None


def _is_test(task: Task, identity: str) -> bool:
    """Tell whether a task made a test: by its type or, if that is unknown, by the replication in its result."""
    if task.state != SUCCEEDED or not task.may_be_of(TEST):
        return False
    made = _made(task, identity)
    return task.is_of(TEST) or bool(made and made.recovery_state == "TEST")


def _shows(client: Client, replication: Replication) -> bool:
    try:
        tasks = latest_tasks(client, replication.id, 0)
    except VcdaError:
        # Tasks that cannot be read prove nothing.
        return False
    return any(_is_reverse(task, replication) for task in tasks)


def _renamed(client: Client, replications: dict[str, Replication]) -> set[str]:
    """Return the ids that come from a reverse: its task names the old id, and only its result has the new one."""
    try:
        tasks = recent_tasks(client, 0)
    except VcdaError:
        return set()
    results = {str(task.result.get("id")): task for task in tasks if task.state == SUCCEEDED and task.is_of(REVERSE)}
    return replications.keys() & results.keys()


def _is_reverse(task: Task, now: Replication) -> bool:
    """Tell whether a task proves a reverse: by its type, or by a result that has the opposite of today's direction."""
    if task.state != SUCCEEDED:
        return False
    if task.is_of(REVERSE):
        return True
    made = _made(task, now.id)
    ends = (now.destination_site, now.source_site)
    return made is not None and None not in ends and (made.source_site, made.destination_site) == ends


def _made(task: Task, identity: str) -> Replication | None:
    """Return the replication in the result of a task; None if there is none or it cannot be read.

    :param identity: id of the replication that the task was for; its form tells the kind
    """
    try:
        return (VAPP if VAPP.id_pattern.match(identity) else VM).parse(task.result)
    except VcdaError:
        return None
