# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Reading a paged list whole: advance by what came, believe no number that the items contradict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import malformed
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import whole_number

# A missing limit, or one above the cap of the service, is replaced by 100 (vendor reference 3.5 to 4.7).
PAGE = 100
# Far above any estate; a total beyond it is a broken answer, not work to be done.
MOST = 1000000

# Read and replaced at a time, so that not all of a large estate is in memory twice.
_BATCH = 16 * PAGE

Item = dict[str, Any]
Thing = TypeVar("Thing")
Fetch = Callable[[int], Any]


def read_all(fetch: Fetch, what: str, map_pages: Callable[..., Iterable[list[Item]]]) -> list[Item]:
    """Read every page of a list.

    :param fetch: returns the document of the page that starts at an offset
    :param what: the list's name, for messages
    :param map_pages: applies a function to the offsets of the later pages, side by side or in turn
    :returns: the items in order, each id once
    :raises VcdaError: category server, if the answer is no list, or ends before the total that it claims
    """
    total, first = read_page(fetch(0), what)
    step = len(first)
    if total is None:
        return _read_slowly(fetch, what) if step else []
    if total > MOST:
        raise malformed(what, f"it claims to hold {total} items")
    pages = [first]
    if step and total > step:
        pages.append(read_page(fetch(step), what)[1])
        # The second page is read alone: only if it is what the first one promised are the others worth asking for.
        if len(unique([*first, *pages[1]])) == 2 * step:
            others = map_pages(lambda at: read_page(fetch(at), what)[1], range(2 * step, total, step))
            pages.extend(others)
    found = unique(item for page in pages for item in page)
    return found if len(found) == total else _read_slowly(fetch, what)


def batches(things: Sequence[Thing]) -> list[Sequence[Thing]]:
    """Return many things in parts: not so few that connections stand idle, not so many that memory is short."""
    return sliced(things, _BATCH)


def sliced(things: Sequence[Thing], size: int) -> list[Sequence[Thing]]:
    """Return things in parts of a size, of which the last may be smaller."""
    return [things[start : start + size] for start in range(0, len(things), size)]


def unique(items: Iterable[Item]) -> list[Item]:
    """Return the items without repetitions of an id: a list may shift while its pages are read."""
    by_id: dict[Any, Item] = {}
    _add(by_id, items)
    return list(by_id.values())


def _add(by_id: dict[Any, Item], items: Iterable[Item]) -> None:
    for item in items:
        identity = item.get("id")
        by_id.setdefault(identity if isinstance(identity, str) and identity else id(item), item)


def _read_slowly(fetch: Fetch, what: str) -> list[Item]:
    """Read page after page, for a list that changed meanwhile or whose total is not to be believed."""
    found: dict[Any, Item] = {}
    offset = 0
    before: list[Item] = []
    while True:
        total, items = read_page(fetch(offset), what)
        known = len(found)
        _add(found, items)
        offset += len(items)
        # A total that the items have passed is as good as none: then only an empty page is the end.
        if not items or offset == total:
            break
        # Objects without an id never count as the same ones, so a page that comes again is known as a whole.
        if len(found) == known or items == before:
            raise malformed(what, "a later page repeats an earlier one")
        if len(found) > MOST:
            raise malformed(what, f"it has no end after {len(found)} items")
        before = items
    if total is not None and offset < total:
        raise malformed(what, f"it ends after {len(found)} of {total} items")
    return list(found.values())


def read_page(document: Any, what: str) -> tuple[int | None, list[Item]]:
    """Read one page of a list (vendor reference 3.5, QueryResult).

    :param document: the answer's document
    :param what: the list's name, for messages
    :returns: the total that the page claims, None if it is no number, and its items
    :raises VcdaError: category server, if the document is no page of a list
    """
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise malformed(what, "there is no list of items")
    # One that is no object counts, and is seen as an object without an id: it must not keep the others from being read.
    items = [item if isinstance(item, dict) else {} for item in document["items"]]
    total = whole_number(document.get("total"))
    return total if total is None or total >= 0 else None, items
