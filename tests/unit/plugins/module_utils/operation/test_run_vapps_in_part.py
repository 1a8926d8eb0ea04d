# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vApps: decided from their VMs, started as a whole, or VM by VM where only some need it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, MIGRATE, REVERSE, TEST
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item, sum_up
from ansible_collections.opendr.vcda.tests.unit.calls import VAPPS, listing, looks, paged, poll, start, starts
from ansible_collections.opendr.vcda.tests.unit.documents import (
    api_error,
    page,
    reversed_vm,
    task,
    task_id,
    vapp,
    vapp_id,
    vm,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, html, ok
from ansible_collections.opendr.vcda.tests.unit.results import brief

Operate = Callable[..., dict[str, Any]]
VCLOUD = {"type": "vcloud"}
ONE = {"kind": VAPP, "vapp_replication_ids": [vapp_id()], "active_site": "site-2"}


def brief_vapp(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    return brief(result, "vapp_replications")


def child_states(result: dict[str, Any], moment: str) -> list[str]:
    return [child[moment]["recovery_state"] for child in result["vapp_replications"][0]["children"]]


class TestWhole:
    def test_where_all_vms_need_it_the_vapp_is_started_as_one(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vapp([vm(1), vm(2)])], path=VAPPS)
        looks(service)
        start(service, task(1, kind="failover", resource=vapp_id()), "failover", vapp_id(), body=VCLOUD, path=VAPPS)
        poll(service, [task(1, "SUCCEEDED", kind="failover", resource=vapp_id())])
        listing(service, [vapp([vm(1, "COMPLETE"), vm(2, "COMPLETE")])], path=VAPPS)
        result = run_verb(FAILOVER, **ONE)
        assert brief_vapp(result) == [("act", True, "")]
        item = result["vapp_replications"][0]
        assert (item["id"], item["vapp_name"]) == (vapp_id(), "shop")
        assert child_states(result, "before") == ["NOT_STARTED", "NOT_STARTED"]
        assert child_states(result, "after") == ["COMPLETE", "COMPLETE"]
        assert result["msg"] == "Failover: 1 changed, 0 already done, 0 failed."

    def test_where_all_vms_have_done_it_it_is_done(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vapp([vm(1, "COMPLETE"), vm(2, "COMPLETE")])], path=VAPPS)
        assert brief_vapp(run_verb(FAILOVER, **ONE)) == [("done", False, "")]

    @pytest.mark.parametrize(
        ("children", "code"),
        [
            ([vm(1), vm(2, "TEST")], "TEST_ACTIVE"),
            ([vm(1), vm(2, "SOMETHING")], "UNKNOWN_STATE"),
            ([], "UNKNOWN_STATE"),
        ],
    )
    def test_what_blocks_one_vm_blocks_the_vapp(
        self, run_verb: Operate, service: FakeService, children: list[dict[str, Any]], code: str
    ) -> None:
        listing(service, [vapp(children)], path=VAPPS)
        assert brief_vapp(run_verb(FAILOVER, **ONE)) == [("refuse", False, code)]

    def test_a_task_of_one_of_its_vms_holds_it(self, run_verb: Operate, service: FakeService) -> None:
        listing(service, [vapp([vm(1), vm(2)])], path=VAPPS)
        looks(service, [task(5, kind="failover", resource=vm_id(2))])
        assert brief_vapp(run_verb(FAILOVER, **ONE, wait=False)) == [("refuse", False, "BUSY")]

    def test_a_new_id_after_a_reverse_is_followed(self, run_verb: Operate, service: FakeService) -> None:
        before = vapp([vm(1, "COMPLETE")], destination={"site": "site-2", "recoveredVappId": "recovered-vapp"})
        after = vapp([reversed_vm(1)], 7, source={"site": "site-2", "vappId": "recovered-vapp"})
        listing(service, [before], path=VAPPS)
        looks(service)
        start(service, task(1, "SUCCEEDED", resource=vapp_id()), "reverse", vapp_id(), path=VAPPS)
        listing(service, [], [vapp_id()], path=VAPPS)
        service.expect("GET", VAPPS, ok(page([vapp([vm(9)], 9), after])), query=paged())
        result = run_verb(REVERSE, **ONE)
        assert brief_vapp(result) == [("act", True, "")]
        item = result["vapp_replications"][0]
        assert (item["id"], item["previous_id"]) == (vapp_id(7), vapp_id())
        assert item["children"][0]["after"]["source_site"] == "site-2"


class TestParts:
    def test_a_setting_that_only_the_vapp_knows_does_not_keep_it_from_being_finished(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        listing(service, [vapp([vm(1, "COMPLETE"), vm(2)])], path=VAPPS)
        looks(service)
        body = {"type": "vcenter"}
        start(service, task(2, "SUCCEEDED", kind="migrate"), "migrate", vm_id(2), body=body)
        listing(service, [vm(2, "COMPLETE")])
        listing(service, [vapp([vm(1, "COMPLETE"), vm(2, "COMPLETE")])], path=VAPPS)
        hardware = [{"vm": "web-02", "cpus": 4}]
        result = run_verb(MIGRATE, **ONE, settings_type="vcenter", custom_virtual_hardware=hardware)
        assert brief_vapp(result) == [("act", True, "")]
        assert "custom_virtual_hardware is left out" in result["warnings"][0]

    def begin(self, service: FakeService) -> None:
        listing(service, [vapp([vm(1, "COMPLETE"), vm(2), vm(3)])], path=VAPPS)
        looks(service)

    def test_where_only_some_need_it_those_are_started_alone(self, run_verb: Operate, service: FakeService) -> None:
        self.begin(service)
        tasks = {vm_id(number): task(number, kind="failover") for number in (2, 3)}
        starts(service, tasks, "failover", VCLOUD)
        poll(service, [task(2, "SUCCEEDED", kind="failover"), task(3, "SUCCEEDED", kind="failover")])
        listing(service, [vm(2, "COMPLETE"), vm(3, "COMPLETE")])
        listing(service, [vapp([vm(number, "COMPLETE") for number in (1, 2, 3)])], path=VAPPS)
        result = run_verb(FAILOVER, **ONE)
        assert brief_vapp(result) == [("act", True, "")]
        assert child_states(result, "after") == ["COMPLETE"] * 3
        assert [child["decision"] for child in result["vapp_replications"][0]["children"]] == ["done", "act", "act"]
        assert result["vapp_replications"][0]["task"]["id"] == task_id(2)

    def test_if_one_of_them_fails_the_vapp_has_failed_and_says_which(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        self.begin(service)
        failed = task(3, "FAILED", kind="failover", error=api_error("NoSpace", "The datastore is full."))
        starts(service, {vm_id(2): task(2, "SUCCEEDED", kind="failover"), vm_id(3): failed}, "failover", VCLOUD)
        listing(service, [vm(3)])
        looks(service)
        listing(service, [vm(2, "COMPLETE"), vm(3)])
        listing(service, [vapp([vm(1, "COMPLETE"), vm(2, "COMPLETE"), vm(3)])], path=VAPPS)
        result = run_verb(FAILOVER, **ONE)
        assert brief_vapp(result) == [("act", True, "NoSpace")]
        errors = [child["error"] for child in result["vapp_replications"][0]["children"]]
        assert [error and error["code"] for error in errors] == [None, None, "NoSpace"]
        assert child_states(result, "after") == ["COMPLETE", "COMPLETE", "NOT_STARTED"]

    def test_if_the_last_reading_fails_what_is_known_of_the_vms_is_told(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        self.begin(service)
        tasks = {vm_id(number): task(number, "SUCCEEDED", kind="failover") for number in (2, 3)}
        starts(service, tasks, "failover", VCLOUD)
        listing(service, [vm(2, "COMPLETE"), vm(3, "COMPLETE")])
        service.expect("GET", VAPPS, html(503), query=paged({"ids": vapp_id()}), times=5)
        result = run_verb(FAILOVER, **ONE)
        assert brief_vapp(result) == [("act", True, "")]
        assert result["changed"] is True
        assert child_states(result, "after") == ["COMPLETE"] * 3
        assert result["vapp_replications"][0]["after"]["recovery_state"] == "COMPLETE"

    def test_check_mode_predicts_the_vms_that_need_it_alone(self, run_verb: Operate, service: FakeService) -> None:
        self.begin(service)
        result = run_verb(FAILOVER, **ONE, check_mode=True)
        assert brief_vapp(result) == [("act", True, "")]
        assert result["vapp_replications"][0]["after"]["recovery_state"] == "COMPLETE"
        assert result["diff"][0]["before"]["recovery_state"] == "MIXED"
        assert result["diff"][0]["after"]["recovery_state"] == "COMPLETE"
        assert set(service.methods()) == {"GET"}

    def test_a_reverse_of_the_rest_knows_its_direction_without_being_told(
        self, run_verb: Operate, service: FakeService
    ) -> None:
        document = vapp([vm(1, "COMPLETE"), vm(2, isReversed=True)])
        listing(service, [document], path=VAPPS)
        looks(service)
        start(service, task(1, "SUCCEEDED"), "reverse", vm_id(1))
        listing(service, [reversed_vm(1, isReversed=False)])
        listing(service, [document], path=VAPPS)
        result = run_verb(REVERSE, kind=VAPP, vapp_replication_ids=[vapp_id()])
        assert brief_vapp(result) == [("act", True, "")]

    def test_splitting_leaves_alone_what_needs_no_splitting(self) -> None:
        for children in ([vm(1), vm(2)], [vm(1, "TEST"), vm(2, "TEST")], []):
            assert Goal(VAPP, TEST).split(Item(VAPP, "shop", VAPP.parse(vapp(children)))) == []
        assert Goal(VM, TEST).split(Item(VM, "web-01", VM.parse(vm(1)))) == []
        parts = Goal(VAPP, TEST).split(Item(VAPP, "shop", VAPP.parse(vapp([vm(1, "TEST"), vm(2)]))))
        assert [(part.kind.name, part.asked, part.decision) for part in parts] == [("vm", vm_id(2), "act")]

    def test_summing_up_follows_a_vm_to_its_new_id(self) -> None:
        whole = Item(kind=VAPP, asked="shop", before=VAPP.parse(vapp([vm(1, "COMPLETE"), reversed_vm(2)])))
        moved = VM.parse(reversed_vm(1, id=vm_id(901)))
        before = VM.parse(vm(1, "COMPLETE"))
        whole.parts = [Item(kind=VM, asked=vm_id(1), before=before, after=moved, changed=True)]
        sum_up(whole)
        assert whole.changed
        assert whole.after is not None
        assert [child.id for child in whole.after.children] == [vm_id(901), vm_id(2)]
        assert whole.after.recovery_state == "NOT_STARTED"
        assert whole.error is None
