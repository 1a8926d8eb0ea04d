# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paged lists: read whole, in few requests, whatever the pages claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.client import paging as paging_file
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import (
    BrokenListError,
    Item,
    Page,
    batches,
    read_all,
    read_page,
    unique,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import ManualClock

WHAT = "The list /x"


def items(count: int, start: int = 0) -> list[Item]:
    return [{"id": f"item-{number}"} for number in range(start, start + count)]


class Pages:
    """A paged list of the service: it never gives more than its cap, whatever the limit asks for."""

    def __init__(self, content: Sequence[Item], *, cap: int = 100, **claims: Any) -> None:
        self.content = list(content)
        self.cap = cap
        self.claims = claims
        self.asked: list[int] = []

    def __call__(self, offset: int) -> Any:
        self.asked.append(offset)
        assert len(self.asked) < 1000, "this reading has no end"
        return {
            "items": self.content[offset : offset + self.cap],
            "offset": offset,
            "total": len(self.content),
            **self.claims,
        }


def in_turn(read: Callable[[int], Page], offsets: Iterable[int]) -> Iterable[Page]:
    return map(read, offsets)


def whole(fetch: Callable[[int], Any]) -> list[Item]:
    return read_all(fetch, WHAT, in_turn, ManualClock())


def problem(fetch: Callable[[int], Any]) -> str:
    with pytest.raises(VcdaError) as caught:
        whole(fetch)
    assert (caught.value.category, caught.value.code) == ("server", "MALFORMED_ANSWER")
    assert caught.value.message.startswith(WHAT)
    return caught.value.message


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (198, 2), (200, 3), (1000, 11), (1001, 11)]
)
def test_a_list_is_read_whole_with_one_request_per_page(count: int, requests: int) -> None:
    pages = Pages(items(count))
    assert whole(pages) == items(count)
    assert len(pages.asked) == requests


@pytest.mark.parametrize("cap", [1, 7, 20, 50, 99, 150])
def test_the_cap_of_the_service_is_what_came_not_what_was_asked_for(cap: int) -> None:
    pages = Pages(items(205), cap=cap)
    assert whole(pages) == items(205)
    # Each page but the first begins with the end of the one before, which pages of one item cannot.
    # A full page at the end may not be the end.
    expected = 205 if cap == 1 else -(-204 // (cap - 1))
    assert expected <= len(pages.asked) <= expected + 1


@pytest.mark.parametrize("count", [0, 1, 99, 1599, 1600, 1601, 10_000])
def test_parts_of_many_things_are_all_of_them_in_whole_pages(count: int) -> None:
    parts = list(batches(range(count)))
    assert [thing for part in parts for thing in part] == list(range(count))
    assert all(len(part) == 1600 for part in parts[:-1])
    assert all(parts)


def test_later_pages_are_read_side_by_side_once_the_second_one_keeps_the_promise() -> None:
    pages = Pages(items(1000))
    side_by_side: list[int] = []

    def note(read: Callable[[int], Page], offsets: Iterable[int]) -> Iterable[Page]:
        side_by_side.extend(offsets)
        return map(read, side_by_side)

    assert read_all(pages, WHAT, note, ManualClock()) == items(1000)
    assert side_by_side == list(range(198, 999, 99))


@pytest.mark.parametrize("total", [None, "many", -1, [], {}, True, 1e999])
@pytest.mark.parametrize(("count", "cap"), [(0, 100), (30, 100), (100, 100), (250, 100), (50, 20)])
def test_a_list_without_a_usable_total_is_read_to_its_end(total: Any, count: int, cap: int) -> None:
    assert whole(Pages(items(count), cap=cap, total=total)) == items(count)


@pytest.mark.parametrize("total", ["250", 250.0])
def test_a_total_of_another_type_is_read(total: Any) -> None:
    pages = Pages(items(250), total=total)
    assert whole(pages) == items(250)
    assert pages.asked == [0, 99, 198]


@pytest.mark.parametrize("total", [0, 1, 99, 120, 199])
def test_a_total_that_is_too_low_is_not_believed(total: int) -> None:
    assert whole(Pages(items(250), total=total)) == items(250)


@pytest.mark.parametrize(("total", "cap"), [(5, 20), (19, 20), (21, 20)])
def test_a_total_that_is_too_low_is_not_believed_under_a_low_cap(total: int, cap: int) -> None:
    assert whole(Pages(items(50), cap=cap, total=total)) == items(50)


@pytest.mark.parametrize(("count", "total"), [(0, 1), (50, 60), (100, 500), (250, 260), (250, 251)])
def test_a_list_that_ends_before_its_total_is_refused(count: int, total: int) -> None:
    assert f"it ends after {count} of {total} items" in problem(Pages(items(count), total=total))


def test_a_total_beyond_any_estate_is_refused_at_once() -> None:
    pages = Pages(items(100), total=10**18)
    assert "claims to hold 1000000000000000000 items" in problem(pages)
    assert pages.asked == [0]


@pytest.mark.parametrize("total", [1000, 100_000, None])
def test_a_service_that_ignores_the_offset_is_found_out_soon(total: int | None) -> None:
    pages = Pages(items(100), total=total)
    assert "a later page repeats an earlier one" in problem(lambda offset: pages(offset * 0))
    assert len(pages.asked) <= 4


def test_new_items_without_an_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging_file, "MOST", 1000)
    asked: list[int] = []

    def fetch(offset: int) -> Any:
        asked.append(offset)
        return {"items": [{"name": offset + number} for number in range(100)]}

    assert "it has no end" in problem(fetch)
    assert len(asked) == 11


def test_so_are_small_pages_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging_file, "_MOST_PAGES", 50)
    assert "it has no end" in problem(lambda offset: {"items": items(2, offset)})


def test_a_million_pages_of_one_item_are_not_read() -> None:
    pages = Pages(items(1), total=1_000_000)
    assert "it claims to hold 1000000 items, but gives only 1 at a time" in problem(pages)
    assert pages.asked == [0]


@pytest.mark.parametrize("total", [None, 100_000])
def test_a_list_takes_no_more_time_than_it_promises(total: int | None) -> None:
    clock = ManualClock()

    def fetch(offset: int) -> Any:
        clock.advance(30)
        return {"items": items(100, offset), "total": total}

    with pytest.raises(VcdaError, match="could not be read whole in") as caught:
        read_all(fetch, WHAT, in_turn, clock, 600)
    assert caught.value.is_transient
    assert clock.elapsed <= 600 + 1010 + 60


@pytest.mark.parametrize("damaged", [[1], [None, "x"], [{}], [{"name": "a"}, {"name": "b"}]])
def test_a_page_of_objects_without_ids_that_comes_again_and_again_is_given_up_soon(damaged: list[Any]) -> None:
    pages = Pages([])

    def fetch(offset: int) -> Any:
        pages.asked.append(offset)
        return {"items": damaged}

    with pytest.raises(VcdaError, match="repeats an earlier one"):
        read_all(fetch, WHAT, map, ManualClock())
    assert len(pages.asked) < 5


def test_an_id_that_comes_twice_counts_once() -> None:
    content = [*items(3), *items(2), *items(1, start=3)]
    assert whole(Pages(content)) == items(4)


def test_a_list_that_shifts_while_it_is_read_is_read_again() -> None:
    """Between the first and the second page an item before the border goes away, so one behind it would be missed."""
    pages = Pages(items(150))

    def fetch(offset: int) -> Any:
        answer = pages(offset)
        if len(pages.asked) == 1:
            del pages.content[0]
        return answer

    assert whole(fetch) == items(150)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_was_there_all_the_time_is_never_missed(data: st.DataObject) -> None:
    """Between any two pages items appear and disappear anywhere; most often as many as keeps the total the same."""
    count = data.draw(st.integers(2, 60), "count")
    cap = data.draw(st.integers(2, 12), "cap")
    pages = Pages(items(count), cap=cap)
    moves = data.draw(st.lists(st.integers(0, 3), max_size=12), "moves")
    has_total = data.draw(st.booleans(), "has a total")
    stable = {item["id"] for item in items(count)}

    def fetch(offset: int) -> Any:
        answer = {**pages(offset), **({} if has_total else {"total": None})}
        for each in range(moves.pop() if moves else 0):
            gone = pages.content.pop(data.draw(st.integers(0, len(pages.content) - 1), "gone"))
            stable.discard(gone["id"])
            new = {"id": f"new-{len(pages.asked)}-{each}"}
            pages.content.insert(data.draw(st.integers(0, len(pages.content)), "new"), new)
        return answer

    try:
        found = {item["id"] for item in whole(fetch)}
    except VcdaError:
        # It may move too fast, but then that is said.
        return
    assert found >= stable


def test_a_list_that_never_holds_still_is_not_taken_for_whole() -> None:
    pages = Pages(items(1000), cap=3)

    def fetch(offset: int) -> Any:
        answer = pages(offset)
        del pages.content[:3]
        pages.content.extend(items(3, 1000 + 3 * len(pages.asked)))
        return answer

    assert "while it was read, and is not known whole" in problem(fetch)


def test_a_list_that_grows_while_it_is_read_loses_nothing() -> None:
    pages = Pages(items(150))

    def fetch(offset: int) -> Any:
        answer = pages(offset)
        if len(pages.asked) == 1:
            pages.content.insert(0, {"id": "new"})
        return answer

    found = whole(fetch)
    assert {item["id"] for item in found} >= {item["id"] for item in items(150)}
    assert len(found) == len({item["id"] for item in found})


@pytest.mark.parametrize("gone", [0, 20])
@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize("growth", [[60] * 9, [99] * 3, [100] * 9, [150, 0, 700], [1, 120, 260, 0, 99]])
def test_many_new_items_at_its_front_do_not_hide_the_others(growth: list[int], has_total: bool, gone: int) -> None:
    """Other runs begin a hundred tasks between two pages: the newest come first."""
    pages = Pages(items(350))
    if not has_total:
        pages.claims["total"] = None
    more = list(growth)

    def fetch(offset: int) -> Any:
        answer = pages(offset)
        if more:
            pages.content[:0] = [{"id": f"new-{len(pages.asked)}-{number}"} for number in range(more.pop())]
            del pages.content[len(pages.content) - gone :]
        return answer

    kept = {item["id"] for item in items(350 - gone * len(growth))}
    assert {item["id"] for item in whole(fetch)} >= kept
    assert len(pages.asked) < 60


@pytest.mark.parametrize("growth", [99, 100, 500])
def test_a_list_that_grows_faster_than_it_is_read_is_given_up(growth: int) -> None:
    pages = Pages(items(350))

    def fetch(offset: int) -> Any:
        answer = pages(offset)
        pages.content[:0] = [{"id": f"new-{len(pages.asked)}-{number}"} for number in range(growth)]
        return answer

    try:
        assert {item["id"] for item in whole(fetch)} >= {item["id"] for item in items(350)}
    except BrokenListError:
        assert len(pages.asked) < 200


@pytest.mark.parametrize("identity", [None, "", 0, 7, ["a"], {"a": 1}, True])
def test_items_whose_id_is_none_are_all_kept(identity: Any) -> None:
    content = [{"id": identity, "number": 1}, {"id": identity, "number": 2}, {"number": 3}]
    assert whole(Pages(content)) == content


@pytest.mark.parametrize("document", [None, [], "text", 7, {}, {"items": None}, {"items": {}}, {"items": "abc"}])
def test_what_is_no_page_is_refused(document: Any) -> None:
    assert "there is no list of items" in problem(lambda _offset: document)


@pytest.mark.parametrize("entry", [None, "text", 7, []])
def test_what_is_no_object_counts_and_keeps_no_other_from_being_read(entry: Any) -> None:
    assert whole(lambda _offset: {"items": [{"id": "a"}, entry, {"id": "b"}], "total": 3}) == [
        {"id": "a"},
        {},
        {"id": "b"},
    ]


def test_a_later_page_is_checked_like_the_first() -> None:
    pages = Pages(items(250))
    assert "there is no list of items" in problem(lambda offset: pages(offset) if offset < 198 else {"total": 250})


def test_a_page_tells_its_total_and_its_items() -> None:
    assert read_page({"items": items(2), "total": 7}, WHAT) == (7, items(2))
    assert read_page({"items": []}, WHAT) == (None, [])


def test_unique_keeps_the_first_of_each_id_in_order() -> None:
    first, second, again = {"id": "a", "n": 1}, {"id": "b"}, {"id": "a", "n": 2}
    assert unique([first, second, again]) == [first, second]
