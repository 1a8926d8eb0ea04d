# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selection: which replications a user means, in few requests, and never another one."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import (
    Selection,
    read_everything,
    read_listed,
    read_many,
    read_selection,
)
from ansible_collections.opendr.vcda.tests.unit.calls import VAPPS, VMS, listing, paged
from ansible_collections.opendr.vcda.tests.unit.documents import page, vapp, vapp_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import Exchange, FakeService, Reply, failure, html, ok


def select(kind: Kind = VM, **params: Any) -> Selection:
    return Selection.from_params(kind, params)


def codes(items: list[Item]) -> list[str | None]:
    return [item.error.code if item.error else (item.before.id if item.before else None) for item in items]


def everything(service: FakeService, documents: list[Any], **query: Any) -> None:
    """Announce the reading of all names, for those that are similar to one that was not found."""
    service.expect("GET", VMS, ok(page(documents[:1], len(documents))), query={"offset": 0, "limit": 1})
    service.expect("GET", VMS, ok(page(documents)), query=paged(query))


class TestOptions:
    def test_ids_are_kept_in_order_each_once(self) -> None:
        selection = select(vm_replication_ids=[vm_id(2), f" {vm_id(1)} ", vm_id(2)])
        assert selection.ids == selection.asked == (vm_id(2), vm_id(1))
        assert selection.names == ()

    def test_names_are_kept_with_what_narrows_them(self) -> None:
        selection = select(vm_names=["web", "db", "web"], source_vapp="shop", owner="a@b")
        assert selection.names == selection.asked == ("web", "db")
        assert (selection.source_vapp, selection.owner) == ("shop", "a@b")

    @pytest.mark.parametrize(
        ("kind", "params", "option", "words"),
        [
            (VM, {}, "vm_replication_ids", "name the replications"),
            (VM, {"vm_replication_ids": [vm_id()], "vm_names": ["a"]}, "vm_replication_ids", "not both"),
            (VM, {"vm_replication_ids": [], "vm_names": []}, "vm_replication_ids", "not both"),
            (VM, {"vm_replication_ids": []}, "vm_replication_ids", "an empty list never means all"),
            (VM, {"vm_names": []}, "vm_names", "an empty list never means all"),
            (VM, {"vm_names": ["a", ""]}, "vm_names", "an entry is empty"),
            (VM, {"vm_names": ["  "]}, "vm_names", "an entry is empty"),
            (VM, {"vm_names": [None]}, "vm_names", "an entry is empty"),
            (VM, {"vm_replication_ids": ["C4-1"]}, "vm_replication_ids", "'C4-1' is not of the form C4-"),
            (VM, {"vm_replication_ids": [vm_id(), vapp_id()]}, "vm_replication_ids", "is not of the form C4-"),
            (VM, {"vm_replication_ids": [vm_id() + "/reverse"]}, "vm_replication_ids", "is not of the form"),
            (VAPP, {}, "vapp_replication_ids", "name the replications"),
            (VAPP, {"vapp_replication_ids": [vm_id()]}, "vapp_replication_ids", "is not of the form C4VAPP-"),
            (VAPP, {"vapp_names": []}, "vapp_names", "an empty list never means all"),
        ],
    )
    def test_what_cannot_be_meant_is_refused_by_its_name(
        self, kind: Kind, params: dict[str, Any], option: str, words: str
    ) -> None:
        with pytest.raises(VcdaError) as caught:
            select(kind, **params)
        assert caught.value.category == "invalid_request"
        assert caught.value.message.startswith(f"{option}: ")
        assert words in caught.value.message


class TestIds:
    def test_hexadecimal_digits_may_be_of_either_case(self, client: Client, service: FakeService) -> None:
        lower, upper = "C4-0a1b2c3d-0123-4567-89ab-0123456789ab", "C4-0A1B2C3D-0123-4567-89AB-0123456789AB"
        selection = select(vm_replication_ids=[upper, lower])
        assert selection.ids == (lower,)
        for shown in (lower, upper):
            service.expect("GET", VMS, ok(page([vm(1, identity=shown)])), query=paged({"ids": lower}))
            assert codes(read_selection(client, selection)) == [shown]

    def test_a_hundred_are_read_with_one_request_and_come_in_the_order_asked_for(
        self, client: Client, service: FakeService
    ) -> None:
        ids = [vm_id(number) for number in range(100, 0, -1)]
        listing(service, [vm(number) for number in range(1, 101)], ids)
        items = read_selection(client, select(vm_replication_ids=ids))
        assert codes(items) == ids
        assert all(item.after is item.before for item in items)

    def test_more_are_read_a_hundred_at_a_time(self, client: Client, service: FakeService) -> None:
        ids = [vm_id(number) for number in range(1, 251)]
        documents = [vm(number) for number in range(1, 251)]
        listing(service, documents[:100])
        rest = [
            Exchange("GET", VMS, ok(page(documents[at : at + 100])), paged({"ids": ",".join(ids[at : at + 100])}))
            for at in (100, 200)
        ]
        service.expect_in_any_order(rest)
        assert codes(read_selection(client, select(vm_replication_ids=ids))) == ids

    def chunks(self, numbers: range, answer: Reply | None = None) -> list[Exchange]:
        documents = [vm(number) for number in numbers]
        return [
            Exchange("GET", VMS, answer or ok(page(part)), query=paged({"ids": ",".join(one["id"] for one in part)}))
            for part in (documents[:100], documents[100:200], documents[200:])
        ]

    def test_nothing_waits_for_the_first_hundred_once_the_filter_is_known(
        self, client: Client, service: FakeService
    ) -> None:
        ids = [vm_id(number) for number in range(1, 251)]
        first, *rest = self.chunks(range(1, 251))
        service.expect("GET", VMS, first.answer, query=first.query)
        service.expect_in_any_order(rest)
        read_listed(client, VM, ids)
        service.expect_in_any_order(self.chunks(range(1, 251)))
        assert list(read_listed(client, VM, ids)) == ids

    def test_a_filter_that_is_no_longer_known_makes_us_read_everything(
        self, client: Client, service: FakeService
    ) -> None:
        listing(service, [vm(1)])
        read_listed(client, VM, [vm_id(1)])
        service.expect_in_any_order(self.chunks(range(1, 251), failure(400, "BadRequest")))
        service.expect("GET", VMS, ok(page([vm(1)])), query=paged())
        assert list(read_listed(client, VM, [vm_id(number) for number in range(1, 251)])) == [vm_id(1)]

    def test_under_a_low_cap_the_other_pages_are_read(self, client: Client, service: FakeService) -> None:
        documents = [vm(number) for number in range(1, 6)]
        query = {"ids": ",".join(document["id"] for document in documents)}
        for offset in (0, 1, 2, 3, 4):
            answer = ok(page(documents[offset : offset + 2], 5))
            service.expect("GET", VMS, answer, query=paged(query, offset))
        assert len(read_listed(client, VM, [vm_id(number) for number in range(1, 6)])) == 5

    def test_one_that_is_not_listed_is_asked_for_to_learn_why(self, client: Client, service: FakeService) -> None:
        ids = [vm_id(1), vm_id(2), vm_id(3)]
        listing(service, [vm(2)], ids)
        service.expect("GET", f"{VMS}/{vm_id(1)}", failure(404, "VmReplicationNotFound", "No such replication."))
        service.expect("GET", f"{VMS}/{vm_id(3)}", ok(vm(3)))
        items = read_selection(client, select(vm_replication_ids=ids))
        assert codes(items) == ["VmReplicationNotFound", vm_id(2), vm_id(3)]
        assert items[0].error is not None
        assert items[0].error.category == "not_found"

    def test_an_answer_about_another_replication_is_refused(self, client: Client, service: FakeService) -> None:
        listing(service, [], [vm_id(1)])
        service.expect("GET", f"{VMS}/{vm_id(1)}", ok(vm(2)))
        found = read_many(client, VM, [vm_id(1)])[vm_id(1)]
        assert isinstance(found, VcdaError)
        assert f"the service answered with {vm_id(2)}" in found.message

    @pytest.mark.parametrize("document", [{"id": vm_id(1), "source": "text"}, {**vm(1), "destinationState": 7}])
    def test_one_that_is_malformed_carries_its_error_and_spoils_no_other(
        self, client: Client, service: FakeService, document: dict[str, Any]
    ) -> None:
        listing(service, [document, vm(2)])
        items = read_selection(client, select(vm_replication_ids=[vm_id(1), vm_id(2)]))
        assert codes(items) == ["MALFORMED_ANSWER", vm_id(2)]

    @pytest.mark.parametrize("identity", [None, "", 7, ["x"], {}])
    def test_one_without_an_id_is_none_of_those_asked_for(
        self, client: Client, service: FakeService, identity: Any
    ) -> None:
        listing(service, [vm(1), {**vm(2), "id": identity}], [vm_id(1)])
        assert codes(read_selection(client, select(vm_replication_ids=[vm_id(1)]))) == [vm_id(1)]

    def test_a_filter_that_is_ignored_is_applied_here(self, client: Client, service: FakeService) -> None:
        ids = [vm_id(number) for number in range(1, 151)]
        everything = [vm(number) for number in range(1, 161)]
        query = {"ids": ",".join(ids[:100])}
        service.expect("GET", VMS, ok(page(everything[:100], 160)), query=paged(query))
        service.expect("GET", VMS, ok(page(everything[99:], 160)), query=paged(query, 99))
        assert codes(read_selection(client, select(vm_replication_ids=ids))) == ids

    def test_a_filter_that_is_refused_makes_us_read_everything(self, client: Client, service: FakeService) -> None:
        query = paged({"ids": f"{vm_id(2)},{vm_id(4)}"})
        service.expect("GET", VMS, failure(400, "BadRequest"), query=query)
        service.expect("GET", VMS, ok(page([vm(1), vm(2), vm(3), vm(4)])), query=paged())
        ids = [vm_id(2), vm_id(4)]
        assert codes(read_selection(client, select(vm_replication_ids=ids))) == ids

    def test_a_list_that_cannot_be_read_ends_it(self, client: Client, service: FakeService) -> None:
        listing(service, [vm(1)], answer=failure(403, "Forbidden"))
        with pytest.raises(VcdaError) as caught:
            read_selection(client, select(vm_replication_ids=[vm_id(1)]))
        assert caught.value.category == "authorization"

    def test_of_none_nothing_is_asked(self, client: Client) -> None:
        assert read_listed(client, VM, []) == {}


class TestNames:
    def found(self, service: FakeService, name: str, documents: list[dict[str, Any]], **more: Any) -> None:
        service.expect("GET", VMS, ok(page(documents)), query=paged({**more, "vmName": name}))

    def test_a_name_is_the_exact_one_though_the_service_finds_substrings(
        self, client: Client, service: FakeService
    ) -> None:
        documents = [vm(1, vmName="web-01"), vm(2, vmName="web-011"), vm(3, vmName="my-web-01"), vm(4, vmName="WEB-01")]
        self.found(service, "web-01", documents)
        assert codes(read_selection(client, select(vm_names=["web-01"]))) == [vm_id(1)]

    def test_no_match_is_not_found(self, client: Client, service: FakeService) -> None:
        self.found(service, "web", [vm(1, vmName="web-01")], owner="a@b")
        everything(service, [vm(1, vmName="web-01")], owner="a@b")
        items = read_selection(client, select(vm_names=["web"], source_vapp="shop", owner="a@b"))
        error = items[0].error
        assert error is not None
        assert (error.category, error.code) == ("not_found", "NAME_NOT_FOUND")
        assert error.message == (
            "vm_names: no replication of a VM named 'web' in vApp shop of owner a@b is visible to this user."
        )

    @pytest.mark.parametrize(
        ("asked", "there"),
        [
            ("web ", "web"),
            (" web", "web"),
            ("web", "web "),
            ("web", "Web"),
            (unicodedata.normalize("NFC", "cafe\u0301-1"), "cafe\u0301-1"),
            ("a  b", "a b"),
            ("a\u00a0b", "a b"),
        ],
    )
    def test_a_name_that_is_only_similar_is_told_and_not_taken(
        self, client: Client, service: FakeService, asked: str, there: str
    ) -> None:
        self.found(service, asked, [vm(1, vmName=there)])
        everything(service, [vm(1, vmName=there), vm(2)])
        (item,) = read_selection(client, select(vm_names=[asked]))
        assert item.before is None
        assert item.error is not None
        assert item.error.code == "NAME_NOT_FOUND"
        assert f"{asked!a} was asked for, and {there!a} is there" in item.error.message

    @pytest.mark.parametrize("name", ["web ", " web", "a,b", "cafe\u0301-1", "null", "True", "7"])
    def test_the_exact_name_is_taken_as_it_is(self, client: Client, service: FakeService, name: str) -> None:
        self.found(service, name, [vm(1, vmName="web"), vm(2, vmName=name)])
        assert codes(read_selection(client, select(vm_names=[name]))) == [vm_id(2)]

    @pytest.mark.parametrize("name", ["True", "False", "7", "1e3", "-1.5", "None"])
    def test_what_yaml_may_have_made_of_a_name_is_told(self, client: Client, service: FakeService, name: str) -> None:
        self.found(service, name, [])
        everything(service, [])
        (item,) = read_selection(client, select(vm_names=[name]))
        assert item.error is not None
        assert "Put the name in quotes" in item.error.hint

    def test_an_object_without_a_name_may_be_the_one_that_is_meant(self, client: Client, service: FakeService) -> None:
        self.found(service, "db", [])
        everything(service, [vm(1), {"source": 7}])
        (item,) = read_selection(client, select(vm_names=["db"]))
        assert item.error is not None
        assert "1 of the objects listed cannot be read" in item.error.message

    @pytest.mark.parametrize("answer", [ok(page([vm(1)], 1001)), failure(403, "Forbidden")])
    def test_for_a_hint_not_everything_is_read(self, client: Client, service: FakeService, answer: Any) -> None:
        self.found(service, "web", [])
        service.expect("GET", VMS, answer, query={"offset": 0, "limit": 1})
        assert codes(read_selection(client, select(vm_names=["web"]))) == ["NAME_NOT_FOUND"]

    def test_two_matches_are_refused_and_both_are_listed(self, client: Client, service: FakeService) -> None:
        other = vm(2, vmName="web-01")
        other["source"]["vappName"] = "office"
        self.found(service, "web-01", [vm(1), other])
        error = read_selection(client, select(vm_names=["web-01"]))[0].error
        assert error is not None
        assert (error.category, error.code) == ("invalid_request", "AMBIGUOUS_NAME")
        assert f"{vm_id(1)} (vApp shop, site-1 -> site-2)" in error.message
        assert f"{vm_id(2)} (vApp office, site-1 -> site-2)" in error.message
        assert "source_vapp" in error.hint

    def test_the_vapp_narrows_a_name(self, client: Client, service: FakeService) -> None:
        other = vm(2, vmName="web-01")
        other["source"]["vappName"] = "office"
        self.found(service, "web-01", [vm(1), other])
        assert codes(read_selection(client, select(vm_names=["web-01"], source_vapp="office"))) == [vm_id(2)]

    def test_one_that_cannot_be_read_may_be_the_one_that_is_meant(self, client: Client, service: FakeService) -> None:
        broken = {**vm(2, vmName="web-01"), "destinationState": "text"}
        self.found(service, "web-01", [vm(1), broken])
        assert codes(read_selection(client, select(vm_names=["web-01"]))) == ["MALFORMED_ANSWER"]

    def test_one_of_another_name_may_be_unreadable(self, client: Client, service: FakeService) -> None:
        broken = {**vm(2, vmName="web-012"), "destinationState": "text"}
        self.found(service, "web-01", [vm(1), broken])
        assert codes(read_selection(client, select(vm_names=["web-01"]))) == [vm_id(1)]

    def test_many_names_of_a_small_estate_are_read_at_once(self, client: Client, service: FakeService) -> None:
        service.expect("GET", VMS, ok(page([vm(1)], 4)), query={"offset": 0, "limit": 1})
        owned = [vm(number, owner="a@b") for number in (1, 2, 3, 4)]
        service.expect("GET", VMS, ok(page(owned)), query=paged({"owner": "a@b"}))
        names = ["web-03", "web-01", "web-09"]
        everything(service, [vm(1)], owner="a@b")
        items = read_selection(client, select(vm_names=names, owner="a@b"))
        assert codes(items) == [vm_id(3), vm_id(1), "NAME_NOT_FOUND"]
        assert [item.asked for item in items] == names

    @pytest.mark.parametrize("status", [400, 403, 404, 500])
    def test_a_service_that_refuses_the_owner_is_asked_without_and_not_again(
        self, client: Client, service: FakeService, status: int
    ) -> None:
        listed = [vm(1, owner="a@b", vmName="web"), vm(2, owner="c@d", vmName="web"), vm(3, owner="c@d", vmName="db")]
        query = paged({"vmName": "web"})
        for _attempt in range(5 if status == 500 else 1):
            service.expect("GET", VMS, failure(status, "Anything"), query={**query, "owner": "a@b"})
        service.expect("GET", VMS, ok(page(listed)), query=query)
        assert codes(read_selection(client, select(vm_names=["web"], owner="a@b"))) == [vm_id(1)]
        service.expect("GET", VMS, ok(page(listed)), query=query)
        assert codes(read_selection(client, select(vm_names=["web"], owner="c@d"))) == [vm_id(2)]

    def test_a_service_that_ignores_the_owner_selects_nothing_of_another(
        self, client: Client, service: FakeService
    ) -> None:
        listed = [vm(1, owner="c@d", vmName="web"), vm(2, vmName="web", owner="a@b")]
        self.found(service, "web", listed, owner="a@b")
        assert codes(read_selection(client, select(vm_names=["web"], owner="a@b"))) == [vm_id(2)]

    def test_few_names_of_a_large_estate_are_asked_for_one_by_one(self, client: Client, service: FakeService) -> None:
        service.expect("GET", VMS, ok(page([vm(1)], 201)), query={"offset": 0, "limit": 1})
        both = [Exchange("GET", VMS, ok(page([vm(number)])), paged({"vmName": f"web-0{number}"})) for number in (2, 1)]
        service.expect_in_any_order(both)
        assert codes(read_selection(client, select(vm_names=["web-02", "web-01"]))) == [vm_id(2), vm_id(1)]

    def test_a_thousand_names_cost_twelve_requests(self, client: Client, service: FakeService) -> None:
        everything = [vm(number, vmName=f"vm-{number}") for number in range(1000)]
        service.expect("GET", VMS, ok(page(everything[:1], 1000)), query={"offset": 0, "limit": 1})
        for offset in (0, 99):
            service.expect("GET", VMS, ok(page(everything[offset : offset + 100], 1000)), query=paged({}, offset))
        rest = [
            Exchange("GET", VMS, ok(page(everything[at : at + 100], 1000)), paged({}, at)) for at in range(198, 999, 99)
        ]
        service.expect_in_any_order(rest)
        items = read_selection(client, select(vm_names=[f"vm-{number}" for number in range(1000)]))
        assert codes(items) == [vm_id(number) for number in range(1000)]
        assert len(service.sent) == 12

    def test_a_vapp_is_found_by_its_own_name(self, client: Client, service: FakeService) -> None:
        documents = [vapp([vm(1)], 1, "shop"), vapp([vm(2)], 2, "shop-2"), {"id": vapp_id(3), "descriptor": "text"}]
        service.expect("GET", VAPPS, ok(page(documents)), query=paged({"vappName": "shop"}))
        assert codes(read_selection(client, select(VAPP, vapp_names=["shop"]))) == [vapp_id(1)]

    def test_the_parts_of_a_vapp_that_was_split_belong_together(self, client: Client, service: FakeService) -> None:
        recovered = {"site": "site-2", "recoveredVappId": "recovered"}
        parts = [
            vapp([vm(1)], 1),
            vapp([vm(2, "COMPLETE")], 2, source={"site": "site-1", "vappId": "source-vapp-1"}, destination=recovered),
            vapp([vm(3)], 3, source={"site": "site-2", "vappId": "recovered"}),
        ]
        service.expect("GET", VAPPS, ok(page(parts)), query=paged({"vappName": "shop"}))
        items = read_selection(client, select(VAPP, vapp_names=["shop"]))
        assert codes(items) == [vapp_id(1), vapp_id(2), vapp_id(3)]
        assert {item.asked for item in items} == {"shop"}

    def test_two_vapps_that_only_share_a_name_are_ambiguous(self, client: Client, service: FakeService) -> None:
        documents = [vapp([vm(1)], 1), vapp([vm(2)], 2)]
        service.expect("GET", VAPPS, ok(page(documents)), query=paged({"vappName": "shop"}))
        assert codes(read_selection(client, select(VAPP, vapp_names=["shop"]))) == ["AMBIGUOUS_NAME"]

    def test_a_list_that_cannot_be_read_ends_it(self, client: Client, service: FakeService) -> None:
        service.expect("GET", VMS, html(503), query=paged({"vmName": "web"}), times=5)
        with pytest.raises(VcdaError) as caught:
            read_selection(client, select(vm_names=["web"]))
        assert caught.value.category == "unreachable"


def test_everything_names_what_cannot_be_read(client: Client, service: FakeService) -> None:
    documents: list[dict[str, Any]] = [vm(1), {**vm(2), "source": 7}, {"id": None}, vm(3)]
    service.expect("GET", VMS, ok(page(documents)), query=paged({"owner": "a@b"}))
    found, damaged = read_everything(client, VM, {"owner": "a@b"})
    assert [one.id for one in found] == [vm_id(1), vm_id(3)]
    assert [one.id for one in damaged] == [vm_id(2), None]
    assert all(isinstance(one, Replication) for one in found)
