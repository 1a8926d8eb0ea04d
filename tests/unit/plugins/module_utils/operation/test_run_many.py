# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run with more replications than are read at a time; here that is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client import paging as paging_file
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE
from ansible_collections.opendr.vcda.tests.unit.calls import VMS, listing, looks, paged, poll, starts
from ansible_collections.opendr.vcda.tests.unit.documents import reversed_vm, task, task_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, html
from ansible_collections.opendr.vcda.tests.unit.results import brief

Operate = Callable[..., dict[str, Any]]
TWO = {"vm_replication_ids": [vm_id(1), vm_id(2)], "active_site": "site-2"}


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging_file, "_BATCH", 1)


def test_what_was_read_before_the_list_broke_off_stands(run_verb: Operate, service: FakeService) -> None:
    """Thousands are read in parts, and of each what its task has made is let go once it was read."""
    listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
    looks(service)
    starts(service, {vm_id(number): task(number, "SUCCEEDED", result=reversed_vm(number)) for number in (1, 2)})
    listing(service, [reversed_vm(1, owner="read")])
    service.expect("GET", VMS, html(503), query=paged({"ids": vm_id(2)}), times=5)
    result = run_verb(REVERSE, **TWO)
    assert brief(result) == [("act", True, "")] * 2
    assert [item["after"]["owner"] for item in result["vm_replications"]] == ["read", reversed_vm(2).get("owner")]
    assert [item["replication"]["id"] for item in result["vm_replications"]] == [vm_id(1), vm_id(2)]


def test_tasks_are_looked_at_in_parts_too(run_verb: Operate, service: FakeService) -> None:
    listing(service, [vm(1, "COMPLETE"), vm(2, "COMPLETE")])
    looks(service)
    starts(service, {vm_id(number): task(number) for number in (1, 2)})
    poll(service, [task(1, "SUCCEEDED")])
    service.expect("GET", "/tasks", html(503), query=paged({"ids": task_id(2)}), times=5)
    # What was seen before the look broke off need not be asked for again.
    poll(service, [task(2, "SUCCEEDED")])
    listing(service, [reversed_vm(1)])
    listing(service, [reversed_vm(2)])
    assert brief(run_verb(REVERSE, **TWO)) == [("act", True, "")] * 2
