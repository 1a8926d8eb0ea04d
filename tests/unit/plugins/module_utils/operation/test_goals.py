# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading again: by the id in the result, by the old id, else by the workload itself."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import reread
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.tests.unit.calls import VAPPS, VMS, listing, paged
from ansible_collections.opendr.vcda.tests.unit.documents import (
    page,
    reversed_vm,
    task,
    vapp,
    vapp_id,
    vm,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import FakeService, failure, ok

NEW = vm_id(901)


def known(number: int = 1, state: str = "COMPLETE", result: Any = None) -> Item:
    one = VM.parse(vm(number, state))
    done = parse_task(task(number, "SUCCEEDED", result=result)) if result is not None else None
    return Item(kind=VM, asked=one.id, before=one, after=one, task=done)


def everything(service: FakeService, documents: list[dict[str, Any]], path: str = VMS) -> None:
    service.expect("GET", path, ok(page(documents)), query=paged())


def after(item: Item) -> str | None:
    return item.after.id if item.after else None


def test_many_are_read_with_one_request(client: Client, service: FakeService) -> None:
    items = [known(number) for number in (1, 2, 3)]
    listing(service, [reversed_vm(number) for number in (1, 2, 3)])
    reread(client, VM, items)
    assert [item.after.source_site for item in items if item.after] == ["site-2"] * 3
    assert [item.before.source_site for item in items if item.before] == ["site-1"] * 3


def test_of_none_nothing_is_asked(client: Client) -> None:
    reread(client, VM, [])


def test_the_id_in_the_result_comes_first(client: Client, service: FakeService) -> None:
    """Even while the old one is still there."""
    item = known(result={"id": NEW})
    listing(service, [vm(1, "COMPLETE"), reversed_vm(1, id=NEW)], [NEW, vm_id(1)])
    reread(client, VM, [item])
    assert after(item) == NEW


@pytest.mark.parametrize("result", [{}, {"id": None}, {"id": 7}, {"id": ["x"]}, {"id": "C4-1"}, {"id": vapp_id()}])
def test_a_result_without_a_usable_id_is_passed_over(client: Client, service: FakeService, result: Any) -> None:
    item = known(result=result)
    listing(service, [reversed_vm(1)])
    reread(client, VM, [item])
    assert after(item) == vm_id(1)


def test_a_new_id_that_is_not_listed_falls_back_to_the_old_one(client: Client, service: FakeService) -> None:
    item = known(result={"id": NEW})
    listing(service, [reversed_vm(1)], [NEW, vm_id(1)])
    reread(client, VM, [item])
    assert after(item) == vm_id(1)


def test_a_later_reading_keeps_the_id_that_was_found(client: Client, service: FakeService) -> None:
    item = known()
    item.after = VM.parse(reversed_vm(1, id=NEW))
    listing(service, [reversed_vm(1, id=NEW)], [NEW, vm_id(1)])
    reread(client, VM, [item])
    assert after(item) == NEW


def test_all_that_are_lost_are_sought_with_one_list(client: Client, service: FakeService) -> None:
    items = [known(1), known(2), known(3)]
    listing(service, [reversed_vm(2)], [vm_id(1), vm_id(2), vm_id(3)])
    everything(service, [reversed_vm(2), reversed_vm(1, id=NEW), reversed_vm(3, id=vm_id(903))])
    reread(client, VM, items)
    assert [after(item) for item in items] == [NEW, vm_id(2), vm_id(903)]


def test_one_that_is_nowhere_has_no_after(client: Client, service: FakeService) -> None:
    item = known()
    listing(service, [], [vm_id(1)])
    everything(service, [vm(5)])
    reread(client, VM, [item])
    assert item.after is None


@pytest.mark.parametrize(
    ("namesake", "is_it"),
    [
        (reversed_vm(1, id=NEW, vmId=None), True),
        (reversed_vm(7, id=NEW, vmName="web-01"), False),
        (vm(7, id=NEW, vmName="web-01"), False),
        (vm(1, id=NEW, vmId=None), True),
        (vm(1, id=NEW, vmId=None, source="site-7"), False),
    ],
)
def test_a_namesake_is_it_only_where_nothing_speaks_against_it(
    client: Client, service: FakeService, namesake: dict[str, Any], is_it: bool
) -> None:
    item = known()
    listing(service, [], [vm_id(1)])
    everything(service, [namesake])
    reread(client, VM, [item])
    assert (after(item) == NEW) is is_it


@pytest.mark.parametrize(
    ("others", "namesakes", "is_it"),
    [
        # vmId is kept.
        ([reversed_vm(1, id=NEW, vmId="source-vm-1")], None, True),
        # vmId is one that nobody has seen: only what was not there before the run.
        ([reversed_vm(1, id=NEW, vmId="never seen")], None, False),
        ([reversed_vm(1, id=NEW, vmId="never seen")], {vm_id(1)}, True),
        ([reversed_vm(1, id=NEW, vmId="never seen")], {vm_id(1), NEW}, False),
        ([reversed_vm(1, id=NEW, vmId="never seen"), reversed_vm(1, id=vm_id(8), vmId="old")], {vm_id(8)}, True),
        # Two are none.
        ([reversed_vm(1, id=NEW, vmId="a"), reversed_vm(1, id=vm_id(8), vmId="b")], {vm_id(1)}, False),
        ([reversed_vm(1, id=one, vmId="source-vm-1") for one in (NEW, vm_id(8))], None, False),
        # Something else that stays is another.
        ([reversed_vm(1, id=NEW, vmId="source-vm-1", owner="tenant-2@site-2")], None, False),
        ([reversed_vm(1, id=NEW, vmId="source-vm-1", source={"site": "site-2", "vappName": "x"})], None, False),
        ([reversed_vm(1, id=NEW, vmId="source-vm-1", vmName="web-02")], None, False),
        ([reversed_vm(1, id=NEW, vmId="source-vm-1", destination={"site": "site-3"})], {vm_id(1)}, False),
        ([reversed_vm(1, id=NEW, vmId="source-vm-1", source={"site": "site-3"})], {vm_id(1)}, False),
        # A vApp of the same name does not tell the others apart, another one does.
        (
            [
                reversed_vm(1, id=NEW, vmId="source-vm-1"),
                reversed_vm(1, id=vm_id(8), vmId="x", source={"site": "site-2", "vappName": "other"}),
            ],
            {vm_id(1)},
            True,
        ),
    ],
)
def test_it_is_found_by_what_a_reverse_leaves_as_it_is(
    client: Client, service: FakeService, others: list[dict[str, Any]], namesakes: set[str] | None, is_it: bool
) -> None:
    item = known()
    item.namesakes = None if namesakes is None else frozenset(namesakes)
    listing(service, [], [vm_id(1)])
    everything(service, others)
    reread(client, VM, [item])
    assert after(item) == (NEW if is_it else None)


def test_one_is_never_taken_for_two(client: Client, service: FakeService) -> None:
    items = [known(1), known(2)]
    items[1] = Item(VM, vm_id(2), before=VM.parse(vm(2, "COMPLETE", vmName="web-01")))
    for item in items:
        item.namesakes = frozenset({vm_id(1), vm_id(2)})
    listing(service, [], [vm_id(1), vm_id(2)])
    everything(service, [reversed_vm(1, id=NEW, vmId="never seen")])
    reread(client, VM, items)
    assert [after(item) for item in items] == [None, None]


def test_a_vapp_is_found_again_by_its_name_owner_and_ends(client: Client, service: FakeService) -> None:
    recovered = {"site": "site-2", "recoveredVappId": "recovered"}
    whole = VAPP.parse(vapp([vm(1, "COMPLETE")], destination=recovered))
    item = Item(kind=VAPP, asked="shop", before=whole, after=whole)
    listing(service, [], [vapp_id()], path=VAPPS)
    kept = {"site": "site-2", "vappId": whole.source_id}
    turned = vapp([reversed_vm(1)], 7, source=kept)
    other = vapp([reversed_vm(9)], 9, source=kept, owner="tenant-2@site-2")
    everything(service, [other, turned], VAPPS)
    reread(client, VAPP, [item])
    assert after(item) == vapp_id(7)


def test_where_the_recovered_vm_is_not_known_yet_a_turned_namesake_is_it(client: Client, service: FakeService) -> None:
    item = known(state="IN_PROGRESS")
    listing(service, [], [vm_id(1)])
    everything(service, [reversed_vm(1, id=NEW), vm(8, vmName="web-01")])
    reread(client, VM, [item])
    assert after(item) == NEW


@pytest.mark.parametrize(
    "others",
    [
        # Every vCenter has its own VM of that id.
        [vm(7, id=NEW, vmId="vm-12", source="site-3")],
        [vm(7, id=NEW, source="site-3", destinationState={"recoveryInfo": {"vmId": "vm-12"}})],
        [vm(7, id=NEW, vmId="vm-12"), vm(8, id=vm_id(902), vmId="vm-12")],
    ],
)
def test_another_vm_of_the_same_id_is_never_taken_for_it(
    client: Client, service: FakeService, others: list[dict[str, Any]]
) -> None:
    item = Item(VM, vm_id(1), before=VM.parse(vm(1, vmId="vm-12")))
    listing(service, [], [vm_id(1)])
    everything(service, others)
    reread(client, VM, [item])
    assert item.after is None


def test_what_was_learnt_meanwhile_helps_to_find_it(client: Client, service: FakeService) -> None:
    item = known(state="IN_PROGRESS")
    item.after = VM.parse(vm(1, "COMPLETE"))
    listing(service, [], [vm_id(1)])
    everything(service, [reversed_vm(1, id=NEW, vmName="renamed")])
    reread(client, VM, [item])
    assert after(item) == NEW


def test_one_that_cannot_be_read_any_more_counts_as_not_listed(client: Client, service: FakeService) -> None:
    item = known()
    listing(service, [{**vm(1), "source": "text"}])
    everything(service, [{**vm(1), "source": "text"}])
    reread(client, VM, [item])
    assert item.after is None


def test_a_vapp_is_found_again_by_its_ends(client: Client, service: FakeService) -> None:
    whole = VAPP.parse(vapp([vm(1, "COMPLETE")], destination={"site": "site-2", "recoveredVappId": "recovered"}))
    item = Item(kind=VAPP, asked="shop", before=whole, after=whole)
    listing(service, [], [vapp_id()], path=VAPPS)
    turned = vapp([reversed_vm(1)], 7, source={"site": "site-2", "vappId": "recovered"})
    everything(service, [vapp([vm(9)], 9), turned], VAPPS)
    reread(client, VAPP, [item])
    assert after(item) == vapp_id(7)


def test_an_item_that_was_never_read_stays_without_a_reading(client: Client, service: FakeService) -> None:
    unread, lost = Item(kind=VM, asked="web-09"), known(1)
    listing(service, [], [vm_id(1)])
    everything(service, [reversed_vm(1, id=NEW)])
    reread(client, VM, [unread, lost])
    assert (after(unread), after(lost)) == (None, NEW)


def test_a_list_that_cannot_be_read_leaves_everything_as_it_is(client: Client, service: FakeService) -> None:
    item = known()
    listing(service, [vm(1)], answer=failure(403, "Forbidden"))
    with pytest.raises(VcdaError):
        reread(client, VM, [item])
    assert item.after is item.before
