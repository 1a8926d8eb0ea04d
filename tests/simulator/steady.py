# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a replication, computed from its state and the clock: instances, health, RPO, transfer states.

Values of the enums: vendor reference 3.5 and 4.5, SourceStateInfo, CloudDestinationStateInfo, DataConnectionState.
Which of them belong together is not documented, except for the steady state (source ``idle``, destination ``opened``,
connection ``OK``, health ``GREEN``), which printed output of a public 3.0 client shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .model import COMPLETE, NOT_STARTED, TEST, Instance, VmReplication
from .versions import Version
from .world import World

MEBIBYTE = 1024 * 1024
DISK_BYTES = 40 * 1024 * MEBIBYTE
REFRESH_MS = 30_000
FULL_SYNC = ("start", "reverse")
SHORT_SYNC = ("sync", "migrate")


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures in the documents of a replication at one time; age in milliseconds, RPO violation in minutes."""

    source_state: str
    destination_state: str
    connection: str
    age_ms: int
    violation: int
    health: str
    progress: dict[str, int] | None


def figures(world: World, replication: VmReplication, now: int) -> Figures:
    """Return the figures of a replication at a time (epoch milliseconds)."""
    catch_up(world, replication, now)
    source_state, destination_state, connection = _transfer(world, replication)
    silent_since = _silent_since(world, replication)
    age = now - silent_since if silent_since is not None else (now - replication.last_updated) % REFRESH_MS
    violation = _violation(replication, now)
    return Figures(
        source_state,
        destination_state,
        connection,
        max(0, age),
        violation,
        replication.health or _health(connection, violation, replication.rules.rpo),
        _progress(world, replication, now) if source_state in ("syncing", "active") else None,
    )


def catch_up(world: World, replication: VmReplication, now: int) -> None:
    """Create the instances of continuous replication until now: one per RPO, at most as many as are kept."""
    if 0 <= replication.first_sync_at <= now:
        at, replication.first_sync_at, replication.is_paused = replication.first_sync_at, -1, False
        add_instance(world, replication, at)
    if not replicates(replication) or not replication.instances:
        return
    silent_since = _silent_since(world, replication)
    until = now if silent_since is None else min(now, silent_since)
    period = replication.rules.rpo * 60_000
    back = max(world.sites[end.site].up_since_ms for end in replication.ends())
    first = max(replication.instances[-1].timestamp + period, back)
    if first > until:
        return
    due = (until - first) // period + 1
    for position in range(max(0, due - replication.rules.kept_instances()), due):
        add_instance(world, replication, first + position * period)


def add_instance(world: World, replication: VmReplication, at: int) -> Instance:
    """Create an instance of a time and remove instances beyond the retention."""
    sequence = replication.instances[-1].sequence + 1 if replication.instances else 1
    size = (16 + 8 * (sequence % 5)) * MEBIBYTE
    instance = Instance(world.identifiers.instance(), at, sequence, size, 4 + sequence % 7)
    replication.instances.append(instance)
    del replication.instances[: -replication.rules.kept_instances()]
    return instance


def replicates(replication: VmReplication) -> bool:
    """Tell whether the replication transfers data: not while paused and not after a recovery."""
    return not replication.is_paused and replication.recovery_state in (None, NOT_STARTED, TEST)


def _silent_since(world: World, replication: VmReplication) -> int | None:
    """Return since when an end has been down."""
    downs = [world.sites[end.site].down_since_ms for end in replication.ends()]
    return min((down for down in downs if down is not None), default=None)


def _transfer(world: World, replication: VmReplication) -> tuple[str, str, str]:
    """Return source state, destination state and connection state: those of the first condition that is true."""
    workload = world.estate.workload(replication.source.site, replication.vm_id)
    is_over = replication.recovery_state == COMPLETE and replication.activity not in FULL_SYNC
    rows = (
        (is_over, ("none", "idle", "FINISHED")),
        (replication.is_paused, ("paused", "paused", "PAUSED")),
        (_silent_since(world, replication) is not None, ("error", "unknown", "ERROR")),
        (replication.activity in FULL_SYNC, ("syncing", "fullsync", "INITIAL_SYNCING")),
        (replication.activity in SHORT_SYNC, ("active", "lwd", "SYNCING")),
        (workload is not None and not workload.powered_on, ("none", "opened", "POWERED_OFF")),
    )
    return next((states for holds, states in rows if holds), ("idle", "opened", "OK"))


def _violation(replication: VmReplication, now: int) -> int:
    if replication.rpo_violation is not None:
        return replication.rpo_violation
    if not replicates(replication) or not replication.instances:
        return 0
    return max(0, (now - replication.instances[-1].timestamp) // 60_000 - replication.rules.rpo)


def _health(connection: str, violation: int, rpo: int) -> str:
    if connection == "ERROR" or violation > rpo:
        return "RED"
    return "YELLOW" if violation else "GREEN"


def _progress(world: World, replication: VmReplication, now: int) -> dict[str, int] | None:
    task = world.board.live(replication.busy)
    if task is None:
        return None
    percent = task.progress(now)
    return {
        "progress": percent,
        "bytesToTransfer": DISK_BYTES,
        "bytesTransferred": DISK_BYTES * percent // 100,
        "checksumComparedBytes": DISK_BYTES * percent // 100,
        "checksumTotalBytes": DISK_BYTES,
    }


def instance_document(instance: Instance, version: Version) -> dict[str, Any]:
    """Return an instance: vendor reference 3.5 and 4.5, instances. ``isPinned`` exists from 4.0."""
    document: dict[str, Any] = {
        "key": instance.key,
        "timestamp": instance.timestamp,
        "sequenceNumber": instance.sequence,
        "transferBytes": instance.bytes,
        "transferSeconds": instance.seconds,
        "quiescedType": "fileSystemQuiesced",
    }
    if version >= (4, 0):
        document["isPinned"] = False
    return document
