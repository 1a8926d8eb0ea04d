# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results: one item per replication, one message, one diff, and nothing that must not be seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import HINTS, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item, build_result, error_result
from ansible_collections.opendr.vcda.tests.unit.documents import (
    reversed_vm,
    task,
    task_id,
    vapp,
    vapp_id,
    vm,
    vm_id,
)

KEYS = {"id", "vm_name", "changed", "decision", "before", "after", "task", "replication"}


def acted(number: int = 1, **more: Any) -> Item:
    before, after = VM.parse(vm(number, "COMPLETE")), VM.parse(reversed_vm(number))
    return Item(
        kind=VM, asked=vm_id(number), **{"before": before, "after": after, "changed": True, "decision": "act", **more}
    )


def missing(asked: str = "web-09", kind: Kind = VM) -> Item:
    return Item(
        kind=kind, asked=asked, error=VcdaError("It is not there.", category="not_found", code="NAME_NOT_FOUND")
    )


def built(*items: Item, check_mode: bool = False, compact: bool | None = False, **more: Any) -> dict[str, Any]:
    kind = items[0].kind if items else VM
    return build_result(items, kind=kind, verb=REVERSE, check_mode=check_mode, compact=compact, **more)


class TestItem:
    def test_it_has_the_documented_keys(self) -> None:
        item = acted(task=parse_task(task(1, "SUCCEEDED"))).as_dict()
        assert set(item) == KEYS
        assert (item["id"], item["vm_name"], item["changed"], item["decision"]) == (vm_id(), "web-01", True, "act")
        assert item["before"]["recovery_state"] == "COMPLETE"
        assert item["after"]["source_site"] == "site-2"
        assert item["task"]["id"] == task_id()
        assert item["replication"]["id"] == vm_id()

    def test_the_object_of_the_service_can_be_left_out(self) -> None:
        assert set(acted().as_dict(compact=True)) == KEYS - {"replication"}

    @pytest.mark.parametrize(
        ("compact", "count", "has_objects"),
        [(None, 3, True), (None, 4, False), (False, 4, True), (True, 1, False)],
        ids=["few", "many", "many, wanted", "few, not wanted"],
    )
    def test_many_come_without_the_objects_of_the_service(
        self, compact: bool | None, count: int, has_objects: bool
    ) -> None:
        result = built(*(acted() for _each in range(count)), compact=compact, max_items_with_objects=3)
        assert ["replication" in item for item in result["vm_replications"]] == [has_objects] * count
        assert len(result["warnings"]) == (compact is None and not has_objects), (
            "and where nobody asked for it, it is said"
        )

    def test_where_none_is_left_there_is_none(self) -> None:
        """Of a task that has succeeded, but neither shows what it has made nor lets it be read."""
        assert set(acted(after=VM.parse(reversed_vm(1)).without_document()).as_dict()) == KEYS - {"replication"}

    def test_a_new_id_comes_with_the_previous_one(self) -> None:
        item = acted(after=VM.parse(reversed_vm(1, id=vm_id(901)))).as_dict()
        assert (item["id"], item["previous_id"]) == (vm_id(901), vm_id(1))

    def test_an_error_is_an_object(self) -> None:
        item = acted(error=VcdaError("No.", code="X")).as_dict()
        assert item["error"]["code"] == "X"

    def test_a_name_without_a_replication_has_no_id(self) -> None:
        item = missing().as_dict()
        assert set(item) == KEYS - {"replication"} | {"error", "asked"}
        assert item["asked"] == "web-09"
        assert (item["id"], item["vm_name"], item["before"], item["after"], item["task"]) == (None,) * 5

    def test_an_id_without_a_replication_is_told(self) -> None:
        assert missing(vm_id(9)).as_dict()["id"] == vm_id(9)

    def test_its_label_is_what_a_person_knows(self) -> None:
        assert acted().label == f"web-01 ({vm_id()})"
        assert missing().label == "web-09"

    def test_secrets_and_stack_traces_of_the_object_are_masked(self) -> None:
        document = vm(
            guestCustomization={"adminPassword": "in-clear", "customizationScript": "#!/bin/sh"},
            destinationState={"lastError": {"code": "X", "stacktrace": "at Y.java:1"}},
        )
        shown = acted(after=VM.parse(document)).as_dict()["replication"]
        assert shown["guestCustomization"] == {"adminPassword": MASK, "customizationScript": MASK}
        assert shown["destinationState"]["lastError"] == {"code": "X", "stacktrace": MASK}


class TestVappItem:
    def test_its_vms_are_told_one_by_one(self) -> None:
        before = VAPP.parse(vapp([vm(1, "COMPLETE"), vm(2, "COMPLETE")]))
        after = VAPP.parse(vapp([reversed_vm(1, id=vm_id(901)), reversed_vm(2)]))
        item = Item(kind=VAPP, asked="shop", before=before, after=after, decision="act", changed=True).as_dict()
        assert (item["id"], item["vapp_name"]) == (vapp_id(), "shop")
        assert [child["id"] for child in item["children"]] == [vm_id(901), vm_id(2)]
        assert [child["vm_name"] for child in item["children"]] == ["web-01", "web-02"]
        assert {child["decision"] for child in item["children"]} == {"act"}
        assert {child["after"]["source_site"] for child in item["children"]} == {"site-2"}
        assert [child["error"] for child in item["children"]] == [None, None]

    def test_a_vm_that_is_gone_has_no_after(self) -> None:
        before, after = VAPP.parse(vapp([vm(1), vm(2)])), VAPP.parse(vapp([vm(2)]))
        children = Item(kind=VAPP, asked="shop", before=before, after=after).as_dict()["children"]
        assert [child["after"] is None for child in children] == [True, False]

    def test_without_a_reading_there_are_none(self) -> None:
        assert missing("shop", VAPP).as_dict()["children"] == []
        only_before = Item(kind=VAPP, asked="shop", before=VAPP.parse(vapp([vm(1)])))
        assert only_before.as_dict()["children"][0]["after"] is None

    def test_one_that_was_handled_alone_has_a_decision_and_an_error_of_its_own(self) -> None:
        whole = Item(kind=VAPP, asked="shop", before=VAPP.parse(vapp([vm(1), vm(2, "COMPLETE")])), decision="act")
        part = Item(
            kind=VM, asked=vm_id(1), before=VM.parse(vm(1)), decision="refuse", error=VcdaError("No.", code="X")
        )
        whole.parts = [part]
        first, second = whole.as_dict()["children"]
        assert (first["decision"], first["error"]["code"]) == ("refuse", "X")
        assert (second["decision"], second["changed"], second["error"]) == ("done", False, None)


class TestWhole:
    @given(st.lists(st.tuples(st.booleans(), st.booleans())))
    def test_its_counts_add_up_whatever_the_outcomes_are(self, outcomes: list[tuple[bool, bool]]) -> None:
        error = VcdaError("It failed.", code="X")
        items = [
            acted(number, changed=changed, error=error if failed else None)
            for number, (changed, failed) in enumerate(outcomes)
        ]
        result = built(*items)
        counts = {key: result["summary"][key] for key in ("changed", "done", "failed")}
        assert sum(counts.values()) == result["summary"]["total"] == len(items)
        assert counts["failed"] == sum(failed for _changed, failed in outcomes)
        assert counts["changed"] == sum(changed and not failed for changed, failed in outcomes)
        assert result["changed"] == any(changed for changed, _failed in outcomes)
        told = "Reverse: {changed} changed, {done} already done, {failed} failed.".format(**counts)
        assert result["msg"].startswith(told)

    def test_it_sums_up(self) -> None:
        done = acted(2, changed=False, decision="done")
        result = built(acted(1), done, missing())
        assert result["changed"] is True
        assert result["failed"] is True
        assert result["summary"] == {"total": 3, "changed": 1, "done": 1, "failed": 1}
        assert [item["id"] for item in result["vm_replications"]] == [vm_id(1), vm_id(2), None]
        assert result["error"]["code"] == "NAME_NOT_FOUND"
        assert result["msg"] == (
            f"Reverse: 1 changed, 1 already done, 1 failed. web-09: It is not there. {HINTS['not_found']}"
        )

    def test_success_has_neither_failed_nor_error(self) -> None:
        result = built(acted(1, changed=False, decision="done"))
        assert "failed" not in result
        assert "error" not in result
        assert result["changed"] is False
        assert result["msg"] == "Reverse: 0 changed, 1 already done, 0 failed."

    def test_check_mode_speaks_of_what_would_be(self) -> None:
        assert built(acted(), check_mode=True)["msg"] == "Reverse: 1 would change, 0 already done, 0 failed."

    def test_a_replication_is_named_once(self) -> None:
        item = acted(changed=False, decision="refuse")
        item.error = VcdaError(f"Reverse of {item.label} is refused.", hint="Wait.")
        assert built(item)["msg"].endswith(f"1 failed. Reverse of {item.label} is refused. Wait.")

    def test_a_long_list_of_failures_is_cut_in_the_message_alone(self) -> None:
        result = built(*[missing(f"web-{number}") for number in range(10)])
        assert result["msg"].count("It is not there.") == 3
        assert result["msg"].endswith("And 7 more: see the items with an error.")
        assert len([item for item in result["vm_replications"] if "error" in item]) == 10

    def test_the_diff_shows_what_an_operation_is_about_and_no_figures_that_move_by_themselves(self) -> None:
        after = VM.parse(reversed_vm(1, overallHealth="YELLOW", owner="b@c"))
        diff = built(acted(after=after), acted(2, changed=False))["diff"]
        assert diff == [
            {
                "before_header": f"web-01 ({vm_id()})",
                "after_header": f"web-01 ({vm_id()})",
                "before": {
                    "recovery_state": "COMPLETE",
                    "source_site": "site-1",
                    "destination_site": "site-2",
                    "is_paused": False,
                },
                "after": {
                    "recovery_state": "NOT_STARTED",
                    "source_site": "site-2",
                    "destination_site": "site-1",
                    "is_paused": False,
                },
            }
        ]

    def test_a_replication_that_is_gone_leaves_an_empty_side(self) -> None:
        diff = built(acted(after=None))["diff"]
        assert set(diff[0]["after"].values()) == {None}

    def test_a_diff_of_thousands_is_cut(self) -> None:
        items = [acted(number) for number in range(1, 8)]
        result = built(*items, max_items_in_diff=5)
        assert len(result["diff"]) == 5
        assert len(result["vm_replications"]) == 7

    def test_warnings_name_their_replication(self) -> None:
        assert built(acted(warnings=["Slow."]))["warnings"] == [f"web-01 ({vm_id()}): Slow."]

    def test_a_vapp_has_results_of_its_own_name(self) -> None:
        whole = VAPP.parse(vapp([vm(1)]))
        item = Item(kind=VAPP, asked="shop", before=whole, after=whole, decision="done")
        result = build_result([item], kind=VAPP, verb=FAILOVER, check_mode=False, compact=True)
        assert "vm_replications" not in result
        assert result["vapp_replications"][0]["id"] == vapp_id()


class TestErrorResult:
    ERROR = VcdaError("hostname: it is missing.", code="INVALID_OPTION")

    def test_it_fails_without_a_change_and_says_what_to_do(self) -> None:
        result = error_result(self.ERROR)
        assert result == {
            "failed": True,
            "changed": False,
            "msg": f"hostname: it is missing. {HINTS['invalid_request']}",
            "error": self.ERROR.as_dict(),
        }

    def test_everything_that_was_asked_for_is_there_with_the_same_error(self) -> None:
        result = error_result(self.ERROR, "vm_replications", [vm_id(1), "C4-web"])
        items = result["vm_replications"]
        assert [item["id"] for item in items] == [vm_id(1), None]
        assert {item["error"]["code"] for item in items} == {"INVALID_OPTION"}
        assert {item["decision"] for item in items} == {"refuse"}
        for key in ("vm_name", "before", "after", "task"):
            assert {item[key] for item in items} == {None}
        assert not any(item["changed"] for item in items)
