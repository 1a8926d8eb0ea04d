# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications: documents of the service become snapshots, hostile ones a clear error."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import MIXED, VAPP, VM, Damaged, Kind
from ansible_collections.opendr.vcda.tests.unit.documents import api_error, vapp, vapp_id, vm, vm_id


def problem(document: Any, kind: Kind = VM) -> str:
    with pytest.raises(VcdaError) as caught:
        kind.parse(document)
    assert (caught.value.category, caught.value.code) == ("server", "MALFORMED_ANSWER")
    return caught.value.message


class TestVm:
    def test_everything_that_decides_is_read(self) -> None:
        one = VM.parse(vm(3, "COMPLETE", isPaused=True, isReversed=True, isMigration=True))
        assert (one.id, one.name) == (vm_id(3), "web-03")
        assert one.summary() == {
            "recovery_state": "COMPLETE",
            "source_site": "site-1",
            "destination_site": "site-2",
            "is_reversed": True,
            "is_paused": True,
            "is_migration": True,
            "overall_health": "GREEN",
            "data_connection_state": "OK",
            "owner": "tenant-1@site-2",
            "rpo_violation": 0,
            "optimize_until": None,
        }
        assert one.vapp_name == "shop"
        assert one.vapp_replication_id == vapp_id(1)
        assert one.endpoints == {("site-1", "source-vm-3"), ("site-2", "recovered-vm-3")}
        assert one.children == ()

    def test_all_but_the_id_may_be_missing(self) -> None:
        one = VM.parse({"id": vm_id()})
        assert one.name == vm_id()
        assert set(one.summary().values()) == {None}
        assert one.endpoints == set()

    @pytest.mark.parametrize("document", [{}, {"destinationState": None}, {"destinationState": {}}])
    def test_no_recovery_info_is_no_state(self, document: dict[str, Any]) -> None:
        assert VM.parse({"id": vm_id(), **document}).recovery_state is None

    @pytest.mark.parametrize("info", [None, {}, {"recoveryState": None}])
    def test_an_empty_recovery_info_is_no_state(self, info: Any) -> None:
        assert VM.parse({"id": vm_id(), "destinationState": {"recoveryInfo": info}}).recovery_state is None

    def test_a_state_that_nobody_knows_is_kept_as_it_is(self) -> None:
        assert VM.parse(vm(state="PARTIALLY_COMPLETE")).recovery_state == "PARTIALLY_COMPLETE"

    @pytest.mark.parametrize("value", ["null", "", None, 7, [], {}])
    def test_texts_that_mean_nothing_are_none(self, value: Any) -> None:
        one = VM.parse(vm(owner=value, vmName=value, vmId=value, overallHealth=value))
        assert (one.owner, one.source_id, one.overall_health) == (None, None, None)
        assert one.name == ("null" if value == "null" else vm_id())

    @pytest.mark.parametrize("name", ["null", " web ", "a,b", "cafe\u0301", "True"])
    def test_a_name_is_read_as_it_is(self, name: str) -> None:
        assert (VM.parse(vm(vmName=name)).name, VM.name_of(vm(vmName=name))) == (name, name)

    @pytest.mark.parametrize(
        ("value", "flag"),
        [
            (True, True),
            (False, False),
            ("true", True),
            ("False", False),
            ("yes", None),
            (None, None),
            (1, None),
            ([], None),
        ],
    )
    def test_flags_are_read_or_unknown(self, value: Any, flag: bool | None) -> None:
        assert VM.parse(vm(isPaused=value)).is_paused is flag
        assert VM.parse(vm(isReversed=value)).is_reversed is flag

    @pytest.mark.parametrize(
        ("value", "number"), [(15, 15), ("15", 15), (1e999, None), (True, None), ("²", None), ([], None)]
    )
    def test_numbers_are_read_or_unknown(self, value: Any, number: int | None) -> None:
        document = vm()
        document["destinationState"]["currentRpoViolation"] = value
        document["destinationState"]["recoveryInfo"]["optimizeUntil"] = value
        one = VM.parse(document)
        assert (one.rpo_violation, one.optimize_until) == (number, number)

    @pytest.mark.parametrize(
        ("info", "recovered"),
        [({"vcdVmId": "a", "vmId": "b"}, "a"), ({"vmId": "b"}, "b"), ({"vcdVmId": "null"}, None), ({}, None)],
    )
    def test_the_recovered_vm_is_found_in_a_cloud_and_in_a_vcenter(
        self, info: dict[str, Any], recovered: str | None
    ) -> None:
        assert VM.parse(vm(destinationState={"recoveryInfo": info})).recovered_id == recovered

    @pytest.mark.parametrize(
        "document", [None, [], "text", 7, {}, {"id": None}, {"id": ""}, {"id": 7}, {"id": ["C4-1"]}, {"vmName": "web"}]
    )
    def test_without_an_id_it_is_none(self, document: Any) -> None:
        assert "it has no id" in problem(document)

    @pytest.mark.parametrize("key", ["source", "destination", "destinationState"])
    @pytest.mark.parametrize("value", ["text", 7, [], True])
    def test_what_must_be_an_object_is_one(self, key: str, value: Any) -> None:
        message = problem({**vm(), key: value})
        assert f"{key} is no object" in message
        assert vm_id() in message

    @pytest.mark.parametrize("value", ["text", 7, []])
    def test_the_recovery_info_is_an_object(self, value: Any) -> None:
        assert "recoveryInfo is no object" in problem(vm(destinationState={"recoveryInfo": value}))

    @pytest.mark.parametrize("value", [7, True, [], {}])
    def test_a_state_is_text(self, value: Any) -> None:
        assert "recoveryState is no text" in problem(vm(destinationState={"recoveryInfo": {"recoveryState": value}}))

    def test_what_is_shown_holds_neither_passwords_nor_stack_traces(self) -> None:
        document = vm(
            guestCustomization={"adminPassword": "pass", "customizationScript": "#!/bin/sh", "changeSid": True},
            destinationState={"lastError": api_error("SyncFailed", "It failed.")},
        )
        shown = VM.parse(document).masked_document()
        assert shown["guestCustomization"] == {"adminPassword": MASK, "customizationScript": MASK, "changeSid": True}
        assert shown["destinationState"]["lastError"]["stacktrace"] == MASK
        assert shown["destinationState"]["lastError"]["msg"] == "It failed."
        assert document["guestCustomization"]["adminPassword"] == "pass"


class TestVapp:
    def test_its_state_is_that_of_its_children(self) -> None:
        whole = VAPP.parse(vapp([vm(1, "COMPLETE"), vm(2, "COMPLETE")]))
        assert (whole.id, whole.name, whole.vapp_name) == (vapp_id(), "shop", "shop")
        assert (whole.recovery_state, whole.source_site, whole.destination_site) == ("COMPLETE", "site-1", "site-2")
        assert (whole.is_reversed, whole.is_paused) == (False, False)
        assert [child.id for child in whole.children] == [vm_id(1), vm_id(2)]
        assert whole.endpoints == {("site-1", "source-vapp-1")}

    def test_children_have_the_ends_of_the_whole(self) -> None:
        whole = VAPP.parse(vapp([vm(1, source="site-2", destination="site-1")]))
        assert [(child.source_site, child.destination_site) for child in whole.children] == [("site-2", "site-1")]

    def test_a_child_with_ends_of_its_own_keeps_them(self) -> None:
        document = vapp([vm(1)])
        document["vmReplications"][0]["source"] = {"site": "site-9"}
        assert VAPP.parse(document).children[0].source_site == "site-9"

    def test_children_that_differ_make_it_mixed(self) -> None:
        whole = VAPP.parse(vapp([vm(1, "COMPLETE", isPaused=True), vm(2, isReversed=True, dataConnectionState="BAD")]))
        assert whole.recovery_state == MIXED
        assert whole.data_connection_state == MIXED
        assert whole.is_paused is None
        assert whole.is_reversed is None

    def test_the_worst_violation_and_the_first_deadline_count(self) -> None:
        documents = [vm(number) for number in (1, 2, 3)]
        for document, violation, until in ((documents[0], 5, 300), (documents[1], 20, 200), (documents[2], 0, None)):
            document["destinationState"]["currentRpoViolation"] = violation
            document["destinationState"]["recoveryInfo"]["optimizeUntil"] = until
        whole = VAPP.parse(vapp(documents))
        assert (whole.rpo_violation, whole.optimize_until) == (20, 200)

    def test_an_empty_vapp_says_nothing(self) -> None:
        whole = VAPP.parse(vapp([]))
        assert whole.children == ()
        assert (whole.recovery_state, whole.is_paused, whole.rpo_violation, whole.optimize_until) == (None,) * 4

    def test_without_a_name_it_is_called_by_its_id(self) -> None:
        assert VAPP.parse(vapp([vm()], descriptor=None)).name == vapp_id()

    @pytest.mark.parametrize("value", [None, {}, "text", 7])
    def test_children_are_a_list(self, value: Any) -> None:
        assert "vmReplications is no list" in problem(vapp([vm()], vmReplications=value), VAPP)

    @pytest.mark.parametrize("child", [None, "text", 7, [], {}, {"id": None}])
    def test_a_child_without_an_id_spoils_the_whole(self, child: Any) -> None:
        assert "it has no id" in problem(vapp([], vmReplications=[vm(), child]), VAPP)

    @pytest.mark.parametrize("key", ["source", "destination", "descriptor"])
    def test_what_must_be_an_object_is_one(self, key: str) -> None:
        assert f"{key} is no object" in problem({**vapp([vm()]), key: "text"}, VAPP)


class TestKind:
    def test_the_names_of_options_and_results_follow_from_the_kind(self) -> None:
        assert (VM.ids_option, VM.names_option, VM.results, VM.name_key) == (
            "vm_replication_ids",
            "vm_names",
            "vm_replications",
            "vm_name",
        )
        assert (VAPP.ids_option, VAPP.names_option, VAPP.results, VAPP.name_key) == (
            "vapp_replication_ids",
            "vapp_names",
            "vapp_replications",
            "vapp_name",
        )

    @pytest.mark.parametrize(
        ("kind", "identity", "fits"),
        [
            (VM, vm_id(), True),
            (VM, vm_id().upper(), True),
            (VM, vapp_id(), False),
            (VM, "C4-1", False),
            (VM, "H4-00000000-0000-4000-8000-000000000001", False),
            (VM, vm_id() + "/reverse", False),
            (VM, "../sites", False),
            (VAPP, vapp_id(), True),
            (VAPP, vm_id(), False),
        ],
    )
    def test_an_id_has_the_form_of_its_kind(self, kind: Kind, identity: str, fits: bool) -> None:
        assert bool(kind.id_pattern.match(identity)) is fits
        assert kind.id_pattern.match(kind.id_example)


class TestList:
    @pytest.mark.parametrize(
        ("damaged", "label"),
        [
            ({}, "an object without an id"),
            ({"id": 7}, "an object without an id"),
            ({"vmName": "db-9"}, "db-9"),
            ({"id": vm_id(9), "source": "site-1"}, vm_id(9)),
            ({**vm(9), "destinationState": []}, f"web-09 ({vm_id(9)})"),
        ],
    )
    @pytest.mark.parametrize("at", [0, 1, 2])
    def test_a_damaged_object_harms_only_itself(self, damaged: dict[str, Any], label: str, at: int) -> None:
        documents = [vm(1), vm(2)]
        documents.insert(at, damaged)
        found, left_out = VM.parse_list(documents)
        assert [one.id for one in found] == [vm_id(1), vm_id(2)]
        assert [one.label for one in left_out] == [label]
        assert left_out[0].error.code == "MALFORMED_ANSWER"

    def test_each_id_is_read_once(self) -> None:
        assert [one.recovery_state for one in VM.parse_list([vm(1), vm(1, "TEST")])[0]] == ["NOT_STARTED"]

    def test_a_vapp_with_damaged_vms_is_damaged_as_a_whole(self) -> None:
        (found,), (left_out,) = VAPP.parse_list([vapp([vm(1)], 1), vapp([], 2, name="bar", vmReplications=None)])
        assert found.id == vapp_id(1)
        assert isinstance(left_out, Damaged)
        assert (left_out.id, left_out.name) == (vapp_id(2), "bar")
