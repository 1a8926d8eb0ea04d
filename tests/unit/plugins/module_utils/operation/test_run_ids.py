# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run in which a replication comes back under another id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    FAILOVER,
    REVERSE,
)
from ansible_collections.opendr.vcda.tests.unit.calls import (
    VMS,
    listing,
    looks,
    paged,
    poll,
    start,
)
from ansible_collections.opendr.vcda.tests.unit.documents import (
    page,
    reversed_vm,
    task,
    vm,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    FakeService,
    failure,
    ok,
)
from ansible_collections.opendr.vcda.tests.unit.results import brief, only

Operate = Callable[..., dict[str, Any]]
VCLOUD = {"type": "vcloud"}
ONE = {"vm_replication_ids": [vm_id(1)], "active_site": "site-2"}


class TestNewId:
    NEW = vm_id(901)

    def begin(self, service: FakeService, **finished: Any) -> None:
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        start(service, task(1))
        poll(service, [task(1, "SUCCEEDED", **finished)])

    def test_the_result_of_the_task_names_it(self, run_verb: Operate, service: FakeService) -> None:
        new = reversed_vm(1, id=self.NEW)
        self.begin(service, result=new)
        listing(service, [new], [self.NEW, vm_id(1)])
        item = only(run_verb(REVERSE, **ONE))
        assert (item["id"], item["previous_id"], item["changed"]) == (self.NEW, vm_id(1), True)
        assert item["after"]["source_site"] == "site-2"
        assert "error" not in item

    def test_without_a_result_the_workload_is_found_by_its_ids(self, run_verb: Operate, service: FakeService) -> None:
        self.begin(service)
        listing(service, [], [vm_id(1)])
        everything = [vm(5), reversed_vm(1, id=self.NEW), vm(6, vmName="web-01")]
        service.expect("GET", VMS, ok(page(everything)), query=paged())
        item = only(run_verb(REVERSE, **ONE))
        assert (item["id"], item["previous_id"]) == (self.NEW, vm_id(1))

    def test_where_the_ids_do_not_tell_a_namesake_that_turned_is_it(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        self.begin(service)
        listing(service, [], [vm_id(1)])
        everything = [reversed_vm(1, id=self.NEW, vmId=None), vm(5, vmName="web-01")]
        service.expect("GET", VMS, ok(page(everything)), query=paged())
        assert only(run_verb(REVERSE, **ONE))["id"] == self.NEW

    @pytest.mark.parametrize(
        "namesakes",
        [
            [vm(5, vmName="web-01")],
            [reversed_vm(5, vmName="web-01")],
            [vm(5, vmName="web-01", source="site-3", destination="site-4", vmId=None)],
            [reversed_vm(5, vmName="web-01", vmId=None), reversed_vm(6, vmName="web-01", vmId=None)],
        ],
    )
    def test_another_workload_of_the_same_name_is_not_it(
        self, run_verb: Operate, service: FakeService, namesakes: list[dict[str, Any]]
    ) -> None:
        self.begin(service)
        for _each in range(6):
            listing(service, [], [vm_id(1)])
            service.expect("GET", VMS, ok(page(namesakes)), query=paged())
        result = run_verb(REVERSE, **ONE)
        assert brief(result) == [("act", True, "STATE_NOT_REACHED")]
        assert "is no longer listed" in result["msg"]

    def test_an_operation_is_not_started_on_a_namesake(self, run_verb: Operate, service: FakeService) -> None:
        """While something else holds the replication it goes away; a VM of the same name must not get the failover."""
        other: dict[str, Any] = {"kind": "somethingNew", "resource": vm_id(1)}
        listing(service, [vm(1)])
        looks(service, [task(5, **other)])
        poll(service, [task(5, "SUCCEEDED", **other)])
        listing(service, [], [vm_id(1)])
        service.expect("GET", VMS, ok(page([vm(9, vmName="web-01")])), query=paged())
        looks(service)
        start(service, failure(404, "VmReplicationNotFound"), "failover", vm_id(1), body=VCLOUD)
        listing(service, [], [vm_id(1)])
        service.expect("GET", VMS, ok(page([vm(9, vmName="web-01")])), query=paged())
        result = run_verb(FAILOVER, **ONE)
        assert brief(result) == [("act", False, "VmReplicationNotFound")]
        assert service.paths("POST") == [f"{VMS}/{vm_id(1)}/failover"]

    def test_a_second_run_by_name_finds_it_done(self, run_verb: Operate, service: FakeService) -> None:
        query = paged({"vmName": "web-01"})
        service.expect("GET", VMS, ok(page([reversed_vm(1, id=self.NEW)])), query=query)
        assert brief(run_verb(REVERSE, vm_names=["web-01"], active_site="site-2")) == [("done", False, "")]
