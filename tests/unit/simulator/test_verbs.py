# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs as data: what each switch adds to, or takes from, the states that a verb is accepted in."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Settings, verbs
from ansible_collections.opendr.vcda.tests.simulator.model import End, VmReplication

USUAL = {
    "start": set(),
    "failover": {"NOT_STARTED"},
    "migrate": {"NOT_STARTED"},
    "failover-test": {"NOT_STARTED"},
    "cleanup": {"TEST"},
    "reverse": {"COMPLETE"},
    "stop": {"NOT_STARTED", "TEST", "COMPLETE"},
    "sync": {"NOT_STARTED", "TEST"},
    "pause": {"NOT_STARTED", "TEST"},
    "resume": {"NOT_STARTED", "TEST"},
    "reconfigure": {"NOT_STARTED", "TEST"},
    "storage-profile": {"NOT_STARTED", "TEST"},
    "network-settings": {"NOT_STARTED", "TEST"},
    "disks": {"NOT_STARTED", "TEST"},
}


def states(**switches: str) -> dict[str, set[str]]:
    settings = Settings.from_dict(dict(switches))
    return {verb.name: set(verbs.allowed_states(verb, settings)) for verb in verbs.ALL}


def replication(**changes: object) -> VmReplication:
    vm = VmReplication("C4-1", "C4-1", "vm-1", "web", "tenant-1@site-1", End("site-1"), End("site-2"))
    return dataclasses.replace(vm, **changes)  # type: ignore[arg-type]


def test_usual_states() -> None:
    assert states() == USUAL


@pytest.mark.parametrize(
    ("switch", "value", "changed"),
    [
        ("migrate_in_test", "allowed", {"migrate": {"NOT_STARTED", "TEST"}}),
        ("cleanup_without_test", "accepted", {"cleanup": {"NOT_STARTED", "TEST", "COMPLETE"}}),
        ("stop_in_recovered", "refused", {"stop": {"NOT_STARTED"}}),
    ],
)
def test_switches(switch: str, value: str, changed: dict[str, set[str]]) -> None:
    assert states(**{switch: value}) == {**USUAL, **changed}


def test_upkeep_after_a_recovery() -> None:
    for name, allowed in states(upkeep_in_complete="allowed").items():
        assert allowed == USUAL[name] | ({"COMPLETE"} if name in verbs.MINOR else set())


@pytest.mark.parametrize(
    ("verb", "changes", "busy", "switches", "code"),
    [
        (verbs.FAILOVER, {}, "", {}, None),
        (verbs.FAILOVER, {"recovery_state": None}, "", {}, None),
        (verbs.FAILOVER, {"is_paused": True}, "", {}, None),
        (verbs.FAILOVER, {"recovery_state": "TEST"}, "", {}, "SimulatorWrongState"),
        (verbs.FAILOVER, {"recovery_state": "IN_PROGRESS"}, "", {}, "SimulatorWrongState"),
        (verbs.FAILOVER, {}, "sync", {}, "SimulatorBusy"),
        (verbs.FAILOVER, {}, "sync", {"minor_task": "does_not_block"}, None),
        (verbs.FAILOVER, {}, "migrate", {"minor_task": "does_not_block"}, "SimulatorBusy"),
        (verbs.SYNC, {"is_paused": True}, "", {}, "SimulatorPaused"),
        (verbs.SYNC, {"is_paused": True}, "", {"sync_when_paused": "allowed"}, None),
    ],
)
def test_obstacles(
    verb: verbs.Verb, changes: dict[str, object], busy: str, switches: dict[str, str], code: str | None
) -> None:
    found = verbs.obstacle(verb, replication(**changes), Settings.from_dict(dict(switches)), busy)
    assert (found[0] if found else None) == code
