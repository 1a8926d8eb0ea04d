# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs as data: requirements, task and state while running, and effect of each one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from . import recovery
from .model import COMPLETE, NOT_STARTED, TEST, VmReplication
from .settings import Settings
from .world import World

Finish = Callable[[World, VmReplication, dict[str, Any], int], None]


class Peer(Enum):
    """The requirement of a verb, called at the destination, on the source site.

    Called at the source, every verb needs a session extended to the destination. User guide 4.1 to 4.7, extending a
    session; the table per verb is not documented.
    """

    NOTHING = "nothing"
    REACHABLE = "reachable"
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb. ``states`` are the recovery states in which it is always accepted (public client; user guide, reverse).

    ``task_type`` names other than ``sync`` and ``failover`` are not documented; switch ``task_type_names``.
    """

    name: str
    task_type: str
    other_type: str
    states: tuple[str, ...]
    peer: Peer
    finish: Finish
    in_progress: bool = False
    minor: bool = False
    splits: bool = False
    check: Callable[[World, VmReplication], None] | None = None


def _nothing(_world: World, _vm: VmReplication, _body: dict[str, Any], _at: int) -> None:
    """Do nothing: the handler that reads the body makes the changes."""


LIVE = (NOT_STARTED, TEST)
START = Verb("start", "start", "startReplication", (), Peer.EXTENDED, _nothing)
FAILOVER = Verb(
    "failover", "failover", "failover", (NOT_STARTED,), Peer.NOTHING, recovery.failover, in_progress=True, splits=True
)
MIGRATE = Verb(
    "migrate", "migrate", "migration", (NOT_STARTED,), Peer.EXTENDED, recovery.migrate, in_progress=True, splits=True
)
FAILOVER_TEST = Verb(
    "failover-test",
    "failoverTest",
    "testFailover",
    (NOT_STARTED,),
    Peer.NOTHING,
    recovery.failover_test,
    in_progress=True,
)
CLEANUP = Verb(
    "cleanup", "failoverTestCleanup", "cleanupTest", (TEST,), Peer.NOTHING, recovery.cleanup, in_progress=True
)
REVERSE = Verb(
    "reverse",
    "reverse",
    "reverseReplication",
    (COMPLETE,),
    Peer.EXTENDED,
    recovery.reverse,
    in_progress=True,
    splits=True,
    check=recovery.check_reverse,
)
STOP = Verb("stop", "stop", "stopReplication", LIVE, Peer.EXTENDED, recovery.stop)
SYNC = Verb("sync", "sync", "sync", LIVE, Peer.REACHABLE, recovery.sync, minor=True)
PAUSE = Verb("pause", "pause", "pauseReplication", LIVE, Peer.REACHABLE, recovery.pause, minor=True)
RESUME = Verb("resume", "resume", "resumeReplication", LIVE, Peer.REACHABLE, recovery.resume, minor=True)
RECONFIGURE = Verb("reconfigure", "reconfigure", "reconfigureSettings", LIVE, Peer.EXTENDED, _nothing, minor=True)
STORAGE_PROFILE = Verb(
    "storage-profile", "applyStorageProfile", "storageProfile", LIVE, Peer.NOTHING, _nothing, minor=True
)
NETWORK_SETTINGS = Verb(
    "network-settings", "updateNetworkSettings", "networkSettings", LIVE, Peer.NOTHING, _nothing, minor=True
)
DISKS = Verb("disks", "reconfigureDisks", "disksReconfigure", LIVE, Peer.EXTENDED, _nothing, minor=True)


def allowed_states(verb: Verb, settings: Settings) -> tuple[str, ...]:
    """Return the recovery states in which a verb is accepted; switches decide the undocumented ones."""
    more: tuple[str, ...] = ()
    if verb is MIGRATE and settings.migrate_in_test == "allowed":
        more = (TEST,)
    elif verb is CLEANUP and settings.cleanup_without_test == "accepted":
        more = (NOT_STARTED, COMPLETE)
    elif verb is STOP:
        if settings.stop_in_recovered == "refused":
            return (NOT_STARTED,)
        more = (COMPLETE,)
    elif verb.minor and settings.upkeep_in_complete == "allowed":
        more = (COMPLETE,)
    return verb.states + more


def obstacle(verb: Verb, vm: VmReplication, settings: Settings, busy_verb: str) -> tuple[str, str] | None:
    """Return code and message if a verb cannot run on a replication now.

    :param busy_verb: name of the verb whose task is running on it, empty if none is
    """
    if busy_verb and not (settings.minor_task == "does_not_block" and busy_verb in MINOR):
        return "SimulatorBusy", f"{vm.id} is busy with {busy_verb}."
    state = vm.recovery_state or NOT_STARTED
    if state not in allowed_states(verb, settings):
        return "SimulatorWrongState", f"{vm.id} is {state}, which does not allow {verb.name}."
    if verb is SYNC and vm.is_paused and settings.sync_when_paused == "refused":
        return "SimulatorPaused", f"{vm.id} is paused."
    return None


ALL = (
    START,
    FAILOVER,
    MIGRATE,
    FAILOVER_TEST,
    CLEANUP,
    REVERSE,
    STOP,
    SYNC,
    PAUSE,
    RESUME,
    RECONFIGURE,
    STORAGE_PROFILE,
    NETWORK_SETTINGS,
    DISKS,
)
MINOR = frozenset(verb.name for verb in ALL if verb.minor)
