# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents that no service should send: a clear error or correct handling, never a traceback, never a change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.modules.listing import list_replications
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness import check_readiness
from ansible_collections.opendr.vcda.plugins.module_utils.modules.service import read_service
from ansible_collections.opendr.vcda.plugins.module_utils.modules.sites import list_sites
from ansible_collections.opendr.vcda.plugins.module_utils.modules.tasks import list_tasks

from .laboratory import RECOVERY, Laboratory

ID = "C4-0a1b2c3d-0123-4567-89ab-0123456789ab"
GOOD = {
    "id": ID,
    "vmName": "vm-01",
    "source": {"site": "site-1"},
    "destination": {"site": "site-2"},
    "destinationState": {"recoveryInfo": {"recoveryState": "NOT_STARTED"}},
}


def _page(*items: Any, **more: Any) -> str:
    return json.dumps({"items": list(items), "total": len(items), "limit": 100, "offset": 0, **more})


def _without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


def _nested(depth: int) -> Any:
    return [_nested(depth - 1)] if depth else []


def _figures(value: Any) -> dict[str, Any]:
    recovery = {"recoveryState": "NOT_STARTED", "optimizeUntil": value}
    return {"currentRpoViolation": value, "latestInstance": {"timestamp": value}, "recoveryInfo": recovery}


BODIES = {
    "nothing": "",
    "null": "null",
    "a text": '"items"',
    "a number": "7",
    "a list": "[]",
    "an empty object": "{}",
    "no JSON": "{items: [",
    "not closed": _page(GOOD)[:-9],
    "deeply nested": "[" * 100_000 + "]" * 100_000,
    "nested half as deep": _page({**GOOD, "x": _nested(600)}),
    "items are null": '{"items": null, "total": 0}',
    "items are an object": '{"items": {}, "total": 1}',
    "an item is null": _page(None),
    "an item is a text": _page("C4"),
    "an item is empty": _page({}),
    "no id": _page(_without("id")),
    "id is a number": _page({**GOOD, "id": 7}),
    "id is null": _page({**GOOD, "id": None}),
    "another id": _page({**GOOD, "id": ID.replace("a", "b")}),
    "no name": _page(_without("vmName")),
    "name is an object": _page({**GOOD, "vmName": {}}),
    "source is a text": _page({**GOOD, "source": "site-1"}),
    "source is null": _page({**GOOD, "source": None, "destination": None}),
    "no ends": _page(_without("destination")),
    "state is a list": _page({**GOOD, "destinationState": []}),
    "recovery info is a text": _page({**GOOD, "destinationState": {"recoveryInfo": "COMPLETE"}}),
    "state is unknown": _page({**GOOD, "destinationState": {"recoveryInfo": {"recoveryState": "EXPLODED"}}}),
    "state is a number": _page({**GOOD, "destinationState": {"recoveryInfo": {"recoveryState": 3}}}),
    "state is empty": _page({**GOOD, "destinationState": {"recoveryInfo": {"recoveryState": ""}}}),
    "numbers are texts": _page({**GOOD, "lastUpdated": "now", "destinationState": _figures("9")}, total="1"),
    "numbers are huge": _page({**GOOD, "destinationState": _figures(10**400)}),
    "total is a text": json.dumps({"items": [], "total": "many"}),
    "total is negative": json.dumps({"items": [], "total": -1}),
    "total is huge": json.dumps({"items": [{**GOOD, "id": "x"}], "total": 10**12}),
    "total promises more": json.dumps({"items": [], "total": 5}),
    "ids repeat": _page(*[{**GOOD, "destinationState": {"recoveryInfo": {"recoveryState": "NEW"}}}] * 3),
    "children are no list": _page({"id": "C4VAPP-" + ID[3:], "vmReplications": {}}),
}
TYPES = ("application/json", "text/html", "application/octet-stream", "")


def _laboratory(path: str, body: str, content_type: str) -> Laboratory:
    laboratory = Laboratory()
    laboratory.simulator.seed(vms=1)
    laboratory.simulator.seed(vapps=1)
    laboratory.simulator.fault("answer", path_regex=path, times=0, body=body, content_type=content_type)
    return laboratory


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize("name", BODIES)
def test_odd_lists_change_nothing(name: str, content_type: str) -> None:
    for kind, path in ((VM, "^/vm-replications"), (VAPP, "^/vapp-replications")):
        laboratory = _laboratory(path, BODIES[name], content_type)
        by_id: dict[str, Any] = {kind.ids_option: [kind.id_example]}
        by_name: dict[str, Any] = {kind.names_option: ["vm-01" if kind is VM else "vapp-01"]}
        for selection in (by_id, by_name):
            result = laboratory.run(FAILOVER, kind, active_site=RECOVERY, **selection)
            assert not result["changed"]
            assert result["failed"]
            assert result["error"]["message"]
            assert result["error"]["hint"]
            assert len(result[kind.results]) == 1
        assert set(laboratory.simulator.counters()["effects"]) <= {"login", "logout"}


@pytest.mark.parametrize("name", BODIES)
def test_odd_answers_to_every_reading_module(name: str) -> None:
    paths = "^/(vm-replications|vapp-replications|tasks|sites|diagnostics)"
    laboratory = _laboratory(paths, BODIES[name], "application/json")
    params: dict[str, Any] = {"all": True, "max_tasks": 100, "wait_timeout": 1}
    for run in (list_replications(VM), list_replications(VAPP), list_tasks, list_sites, read_service, check_readiness):
        result = run(laboratory.context(params))
        assert not result["changed"]
        assert "msg" in result
        assert not result.get("failed") or result["error"]["category"] in ("server", "timeout", "unreachable")


@pytest.mark.parametrize("name", BODIES)
def test_odd_answers_to_login_leave_no_traceback(name: str) -> None:
    laboratory = _laboratory("^/sessions$", BODIES[name], "application/json")
    result = laboratory.run(FAILOVER, vm_names=["vm-01"], active_site=RECOVERY)
    assert result["failed"]
    assert not result["changed"]
    assert result["error"]["category"] in ("server", "unreachable")


@pytest.mark.parametrize("name", BODIES)
def test_an_odd_answer_to_a_start_is_settled_by_asking(name: str) -> None:
    laboratory = Laboratory()
    identifier = laboratory.simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    laboratory.simulator.fault(
        "answer", path_regex="/reverse$", body=BODIES[name], content_type="application/json", after=True
    )
    result = laboratory.run(REVERSE, vm_replication_ids=[identifier], active_site=RECOVERY)
    assert not result.get("failed"), result["msg"]
    assert laboratory.accepted(identifier, "reverse") == 1
    assert laboratory.replication(identifier).source.site == RECOVERY


@pytest.mark.parametrize("name", BODIES)
def test_odd_answers_about_tasks_do_not_start_twice(name: str) -> None:
    laboratory = Laboratory()
    identifier = laboratory.simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    laboratory.simulator.fault("answer", path_regex="^/tasks", nth=3, times=4, body=BODIES[name])
    laboratory.run(REVERSE, vm_replication_ids=[identifier], active_site=RECOVERY, wait_timeout=600)
    laboratory.simulator.faults.clear()
    laboratory.simulator.finish_tasks()
    healed = laboratory.run(REVERSE, vm_names=["vm-01"], active_site=RECOVERY)
    assert not healed.get("failed"), healed["msg"]
    assert laboratory.accepted(identifier, "reverse") == 1
