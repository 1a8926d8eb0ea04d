# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A start that the service refuses because something else runs: it is tried again when that has ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import Case, run

SEEDS: Mapping[str, dict[str, Any]] = {"vm": {"names": ("db-1",)}, "vapp": {"vapps": 1, "vapp_names": ("db-1",)}}
STARTS: Mapping[str, dict[str, Any]] = {
    "failover": {"active_site": "site-2"},
    "migrate": {"active_site": "site-2"},
    "failover_test": {},
}
# What is under way: the module that has begun it, and its options.
MINOR: Mapping[str, tuple[str, dict[str, Any]]] = {
    "sync": ("_sync", {}),
    "new settings": ("", {"rpo": 60}),
    "pause": ("", {"paused": True}),
}


def busy(kind: str, minor: str, **switches: Any) -> Simulator:
    """Return sites at which something goes on that keeps every other operation of a replication out."""
    sites = Simulator(Settings.from_dict({"task_seconds": 8.0, **switches}), ManualClock())
    sites.seed(**SEEDS[kind])
    module, options = MINOR[minor]
    result = run(Case(f"{kind}_replication{module}", {f"{kind}_names": ["db-1"], **options, "wait": False}), sites)
    assert result["changed"], result["msg"]
    return sites


def begin(sites: Simulator, kind: str, start: str, **options: Any) -> dict[str, Any]:
    return run(Case(f"{kind}_replication_{start}", {f"{kind}_names": ["db-1"], **STARTS[start], **options}), sites)


@pytest.mark.parametrize("minor", MINOR)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("kind", SEEDS)
def test_it_is_tried_again_when_that_has_ended(kind: str, start: str, minor: str) -> None:
    sites = busy(kind, minor)
    result = begin(sites, kind, start)
    assert "failed" not in result, result["msg"]
    assert result["summary"]["changed"] == 1
    assert sites.counters()["by_status"]["409"] >= 1


@pytest.mark.parametrize("kind", SEEDS)
def test_waiting_for_it_has_an_end_too(kind: str) -> None:
    sites = busy(kind, "sync", task_seconds=100_000.0)
    result = begin(sites, kind, "failover", wait_timeout=60)
    assert result["failed"]
    assert result["error"]["retriable"]
    assert set(sites.counters()["effects"]) <= {"login", "logout", "extend", "sync"}


# What a service may answer while something else runs; which of them the product gives is not documented.
KEPT_OUT = [
    (409, {}),
    (409, {"code": "ReplicationBusy"}),
    (423, {"code": "BadRequest", "msg": "Try later."}),
    (400, {"code": "OperationInProgress", "msg": "Not now."}),
    (400, {"code": "BadRequest", "msg": "Another task is running on the object."}),
    (422, {"msg": "The replication is locked."}),
    (412, {"code": "CONCURRENT_CHANGE"}),
]


@pytest.mark.parametrize(("status", "answer"), KEPT_OUT)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("kind", SEEDS)
def test_it_is_tried_again_however_the_service_says_so(
    kind: str, start: str, status: int, answer: dict[str, str]
) -> None:
    sites = busy(kind, "sync", minor_task="does_not_block")
    path = start.replace("_", "-")
    sites.fault("answer", method="POST", path_regex=f"/{path}$", status=status, body=json.dumps(answer))
    result = begin(sites, kind, start)
    assert "failed" not in result, result["msg"]
    assert sites.counters()["effects"][path] == 1


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, {"code": "BadUserInput", "msg": "The instance does not exist."}),
        (422, {}),
        (412, {"code": "NetworkBlocked", "msg": "The network is blocked."}),
    ],
)
@pytest.mark.parametrize("kind", SEEDS)
def test_what_is_refused_for_its_settings_is_not_tried_again(kind: str, status: int, answer: dict[str, str]) -> None:
    sites = busy(kind, "sync", task_seconds=100_000.0)
    sites.fault("answer", method="POST", path_regex="/failover$", status=status, body=json.dumps(answer))
    result = begin(sites, kind, "failover")
    assert f"HTTP {status}" in result["msg"]
    assert len([entry for entry in sites.log if entry.path.endswith("/failover")]) == 1


def test_a_task_that_fails_because_something_else_runs_says_so_and_is_not_started_again() -> None:
    result = begin(busy("vm", "sync", wrong_state="failed_task"), "vm", "failover")
    assert result["failed"]
    assert "busy with sync" in result["msg"]
