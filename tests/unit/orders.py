# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start requests and the looks for them, as expectations of a fake service."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE, Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation import starts
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import Order
from ansible_collections.opendr.vcda.tests.unit.calls import VMS, by_resource, paged
from ansible_collections.opendr.vcda.tests.unit.documents import page, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, Reply, ok

ONE = f"{VMS}/{vm_id()}"
REVERSING = f"{ONE}/reverse"


def number_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the start requests of a test the operation ids operation-1, operation-2 and so on."""
    numbers = itertools.count(1)
    monkeypatch.setattr(starts, "new_operation_id", lambda _own: f"operation-{next(numbers)}")


def order(verb: Verb = REVERSE, state: str = "COMPLETE", **more: Any) -> Order:
    return Order(VM, verb, VM.parse(vm(state=state)), lambda fresh: fresh.recovery_state != state, **more)


def send(service: FakeService, outcome: Any, number: int = 1, path: str = REVERSING, **more: Any) -> None:
    service.expect("POST", path, outcome, headers={"operationID": f"operation-{number}"}, **more)


def look(
    service: FakeService,
    by_operation: Any = (),
    by_replication: Sequence[Any] = (),
    state: Any = "COMPLETE",
    number: int = 1,
) -> None:
    """Announce one look: by the operation id, then by the replication, then by its state, until one of them tells."""
    answer = by_operation if isinstance(by_operation, (Reply, Exception)) else ok(page(by_operation))
    service.expect("GET", "/tasks", answer, query=paged({"operationID": f"operation-{number}"}))
    if by_operation and not isinstance(by_operation, Reply):
        return
    by_resource(service, by_replication)
    if not by_replication:
        service.expect("GET", ONE, ok(vm(state=state)) if isinstance(state, str) else state)


def posts(service: FakeService) -> int:
    return len(service.paths("POST"))
