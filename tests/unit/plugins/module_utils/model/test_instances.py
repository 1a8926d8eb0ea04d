# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances: the newest, one by its key, or the newest before a moment."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.instances import (
    InstanceChoice,
    known_settings,
    read_instances,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.tests.unit.calls import VMS
from ansible_collections.opendr.vcda.tests.unit.documents import vapp, vapp_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, failure, ok

WEB = VM.parse(vm(1))
SHOP = VAPP.parse(vapp([vm(1), vm(2)]))
OLD, MIDDLE, NEW = ({"key": f"replica-{name}", "timestamp": at} for name, at in (("a", 1000), ("b", 2000), ("c", 3000)))


def instances(service: FakeService, documents: Any, number: int = 1) -> None:
    service.expect("GET", f"{VMS}/{vm_id(number)}/instances", ok(documents))


def choice(*replications: Any, **params: Any) -> InstanceChoice:
    return InstanceChoice.from_params(params, replications or (WEB,))


def test_they_come_newest_first(client: Client, service: FakeService) -> None:
    instances(service, [MIDDLE, OLD, NEW])
    assert read_instances(client, vm_id(1)) == [NEW, MIDDLE, OLD]


def test_odd_times_come_last_and_break_nothing(client: Client, service: FakeService) -> None:
    odd_times: list[Any] = [None, "soon", [], True]
    odd = [{"key": "x", "timestamp": value} for value in odd_times]
    instances(service, [*odd, OLD, {"key": "text", "timestamp": "2500"}])
    assert [one["key"] for one in read_instances(client, vm_id(1))][:2] == ["text", "replica-a"]


@pytest.mark.parametrize("document", [None, {}, {"items": []}])
def test_what_is_no_list_is_refused(client: Client, service: FakeService, document: Any) -> None:
    instances(service, document)
    with pytest.raises(VcdaError):
        read_instances(client, vm_id(1))


def test_what_has_no_key_is_left_out(client: Client, service: FakeService) -> None:
    instances(service, [1, None, {}, {"timestamp": 9999}, OLD, {"key": 7, "timestamp": 9999}])
    assert [one["key"] for one in read_instances(client, vm_id(1))] == [OLD["key"]]


class TestOfAVm:
    def test_by_default_the_newest_is_left_to_the_service(self, client: Client) -> None:
        resolved = choice().resolve(client, VM, WEB)
        assert resolved == {"vms": [WEB.document], "instance_id": None}

    def test_one_key_for_the_one_vm(self, client: Client) -> None:
        assert choice(instance_id="replica-a").resolve(client, VM, WEB)["instance_id"] == "replica-a"

    @pytest.mark.parametrize("name", [vm_id(1), "web-01"])
    def test_by_id_or_by_name(self, client: Client, name: str) -> None:
        chosen = choice(instance_ids={name: "replica-b"})
        assert chosen.resolve(client, VM, WEB)["instance_id"] == "replica-b"

    @pytest.mark.parametrize(("moment", "key"), [(3000, "replica-c"), (2999, "replica-b"), ("1500", "replica-a")])
    def test_the_newest_before_a_moment(self, client: Client, service: FakeService, moment: Any, key: str) -> None:
        instances(service, [OLD, NEW, MIDDLE])
        assert choice(instance_before=moment).resolve(client, VM, WEB)["instance_id"] == key

    def test_a_moment_may_be_written_as_a_time(self, client: Client, service: FakeService) -> None:
        instances(service, [OLD, NEW, MIDDLE])
        assert choice(instance_before="1970-01-01T00:00:02Z").resolve(client, VM, WEB)["instance_id"] == "replica-b"

    def test_instances_without_a_key_or_a_time_are_passed_over(self, client: Client, service: FakeService) -> None:
        instances(service, [{"timestamp": 1900}, {"key": "", "timestamp": 1800}, {"key": "x"}, OLD])
        assert choice(instance_before=2000).resolve(client, VM, WEB)["instance_id"] == "replica-a"

    @pytest.mark.parametrize("documents", [[], [NEW]])
    def test_none_as_old_as_wanted_is_not_found(self, client: Client, service: FakeService, documents: Any) -> None:
        instances(service, documents)
        with pytest.raises(VcdaError) as caught:
            choice(instance_before=2000).resolve(client, VM, WEB)
        assert (caught.value.category, caught.value.code) == ("not_found", "INSTANCE_NOT_FOUND")
        assert f"web-01 ({vm_id(1)}) has no instance from 1970-01-01T00:00:02.000Z or earlier" in caught.value.message
        assert "vm_replication_info" in caught.value.hint

    def test_a_key_for_one_needs_no_look(self, client: Client) -> None:
        chosen = choice(instance_ids={"web-01": "replica-z"}, instance_before=2000)
        assert chosen.resolve(client, VM, WEB)["instance_id"] == "replica-z"

    def test_what_cannot_be_read_is_told(self, client: Client, service: FakeService) -> None:
        service.expect("GET", f"{VMS}/{vm_id(1)}/instances", failure(404, "VmReplicationNotFound"))
        with pytest.raises(VcdaError) as caught:
            choice(instance_before=2000).resolve(client, VM, WEB)
        assert caught.value.code == "VmReplicationNotFound"


class TestOfAVapp:
    def test_each_vm_has_its_own(self, client: Client, service: FakeService) -> None:
        instances(service, [OLD], 1)
        instances(service, [MIDDLE], 2)
        resolved = choice(SHOP, instance_before=2000).resolve(client, VAPP, SHOP)
        assert resolved["instance_map"] == {vm_id(1): "replica-a", vm_id(2): "replica-b"}
        assert [document["id"] for document in resolved["vms"]] == [vm_id(1), vm_id(2)]

    def test_only_those_that_are_named(self, client: Client) -> None:
        resolved = choice(SHOP, instance_ids={"web-02": "replica-b"}).resolve(client, VAPP, SHOP)
        assert resolved["instance_map"] == {vm_id(2): "replica-b"}


class TestOptions:
    def test_a_name_that_is_none_of_the_selected_is_refused(self) -> None:
        with pytest.raises(VcdaError) as caught:
            choice(WEB, instance_ids={"web-01": "a", "db-01": "b"})
        assert caught.value.message == "instance_ids: 'db-01' is none of the selected VMs."

    def test_one_that_was_selected_but_could_not_be_read_is_no_mistake(self) -> None:
        chosen = InstanceChoice.from_params({"instance_ids": {"web-09": "a"}}, [WEB], ["web-09"])
        assert chosen.by_vm == {"web-09": "a"}

    @pytest.mark.parametrize("is_own", [True, False])
    def test_a_vm_that_is_called_like_the_id_of_another_gets_no_instance_of_it(
        self, client: Client, is_own: bool
    ) -> None:
        other = VM.parse({**WEB.document, "id": vm_id(7), "vmName": WEB.id})
        chosen = InstanceChoice.from_params({"instance_ids": {other.id if is_own else WEB.id: "a"}}, [WEB, other])
        keys = [chosen.resolve(client, VM, one)["instance_id"] for one in (WEB, other)]
        assert keys == ([None, "a"] if is_own else ["a", None])

    def test_a_name_of_several_vms_is_refused(self) -> None:
        twin = VM.parse({**WEB.document, "id": vm_id(7)})
        with pytest.raises(VcdaError, match="'web-01' is the name of 2 of the selected VMs"):
            InstanceChoice.from_params({"instance_ids": {"web-01": "a"}}, [WEB, twin])
        assert InstanceChoice.from_params({"instance_ids": {twin.id: "a"}}, [WEB, twin]).by_vm == {twin.id: "a"}

    @pytest.mark.parametrize("name", ["web-02", vm_id(2)])
    def test_vms_of_a_vapp_are_known(self, name: str) -> None:
        assert choice(SHOP, instance_ids={name: "a"}).by_vm == {name: "a"}

    def test_the_vapp_itself_is_no_vm(self) -> None:
        with pytest.raises(VcdaError, match="is none of the selected VMs"):
            choice(SHOP, instance_ids={vapp_id(): "a"})

    @pytest.mark.parametrize("moment", ["yesterday", "2026-05-01T06:00:00", "--5", "²"])
    def test_a_moment_must_be_one(self, moment: str) -> None:
        with pytest.raises(VcdaError, match=r"^instance_before: "):
            choice(WEB, instance_before=moment)


def test_what_is_known_before_an_instance_is_chosen() -> None:
    assert known_settings(WEB) == {"vms": [WEB.document]}
    assert [document["id"] for document in known_settings(SHOP)["vms"]] == [vm_id(1), vm_id(2)]
