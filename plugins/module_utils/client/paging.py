# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Reading all pages of a list: advance by the items received, and do not trust a total that they contradict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Optional, TypeVar

from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock, Deadline
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    SERVER,
    UNREACHABLE,
    VcdaError,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import whole_number

# The service replaces a missing limit, or one above its cap, by 100 (vendor reference 3.5 to 4.7).
PAGE = 100
# Far above any estate; a larger total is treated as a broken answer.
MOST = 1000000

# More than any estate has at 100 items a page; limits the requests to a service that gives fewer items at a time.
_MOST_PAGES = 2000
# A list that has shifted this often while it was read cannot be read completely.
_MOST_MOVES = 50

# Items that are read and replaced at a time, so that a large estate is not in memory twice.
_BATCH = 16 * PAGE

Item = dict[str, Any]
Thing = TypeVar("Thing")
# The total that a page claims, and its items.
Page = tuple[Optional[int], list[Item]]
Fetch = Callable[[int], Any]


def read_all(
    fetch: Fetch,
    what: str,
    map_pages: Callable[..., Iterable[Page]],
    clock: Clock,
    patience: float = 60.0,
    most: int | None = None,
) -> list[Item]:
    """Read every page of a list without missing an item that was in it all the time.

    Each page should begin with the last item of the page before. If it does not, the list has shifted meanwhile, and
    the items between the two pages are searched for, in the end from the first page on. If all pages overlap and the
    order is kept, the result is complete, even if other items appeared and disappeared.

    :param fetch: returns the document of the page that starts at an offset
    :param what: the list's name, for messages
    :param map_pages: applies a function to the offsets of the later pages, concurrently or in turn
    :param clock: the clock
    :param patience: seconds that reading may take, plus one second for each page that the list claims to have
    :param most: the most pages to read; None for no limit of the caller
    :returns: the items in order, each id once
    :raises TooLongError: if the list claims to have more pages than ``most``
    :raises VcdaError: category server, if the answer is not a list, ends before the total that it claims, has no end,
        or changes faster than it can be read; unreachable, if it takes too long
    """
    total, first = read_page(fetch(0), what)
    step = max(len(first) - 1, 1)
    pages = (total or 0) // step
    if most is not None and pages > most:
        raise TooLongError(f"{what} claims to hold {total} items.", category=SERVER)
    if total is not None and total > MOST:
        raise _broken(what, f"it claims to hold {total} items")
    if pages > _MOST_PAGES:
        raise _broken(what, f"it claims to hold {total} items, but gives only {len(first)} at a time")
    deadline = Deadline(clock, patience + pages)

    def read(offset: int) -> Page:
        if deadline.is_over:
            raise VcdaError(f"{what} could not be read whole in {patience + pages:.0f} seconds.", category=UNREACHABLE)
        return read_page(fetch(offset), what)

    chain = _Chain(what, read, total, first)
    # Read the second page alone: request the others only if it continues the first one.
    if total is not None and total > len(first) > 1 and chain.join(step, read(step)):
        offsets = range(2 * step, total - 1, step) if len(chain.found) == len(first) + step else range(0)
        for offset, page in zip(offsets, map_pages(read, offsets)):
            if not chain.join(offset, page):
                break
    return chain.finish()


class TooLongError(VcdaError):
    """A list claims to have more pages than the caller wants to read."""


class BrokenListError(VcdaError):
    """The pages have the documented form, but do not make up a list that can be read completely."""


class RepeatedPageError(VcdaError):
    """Each page holds the same items: the service ignores the offset, as it may for a list that it does not page."""


class _Chain:
    """Pages that overlap, so that no item between them is missing."""

    def __init__(self, what: str, read: Callable[[int], Page], total: int | None, first: list[Item]) -> None:
        self._what = what
        self._read = read
        self._cap = len(first)
        self._moves = 0
        self._begin(total, first)

    def _begin(self, total: int | None, first: list[Item]) -> None:
        self.found: dict[Any, Item] = {}
        _add(self.found, first)
        self._seen = {_seam(item) for item in first}
        self._total = total
        # Where the list goes on after the last page that overlaps, and the highest offset that any page reached.
        self._end = self._reached = len(first)
        self._is_whole = not first or total == len(first)

    def join(self, offset: int, page: Page) -> bool:
        """Add a page.

        :returns: whether it overlaps the pages so far; if not, nothing was added
        """
        total, items = page
        # Items that are new at the front, as in a list that begins with the newest, push all others back.
        grown = total - self._total if total and self._total else 0
        pushed = self._end + max(grown, 0)
        if self._cap > 1 and (not items or _seam(items[0]) not in self._seen):
            self._end, self._total = pushed, total
            return False
        # Objects without an id are compared by their content.
        new = [item for item in items if _seam(item) not in self._seen]
        _add(self.found, new)
        self._seen.update(map(_seam, new))
        end = offset + len(items)
        # A total that is reached exactly with a full page may be wrong: the next page shows whether the list goes on.
        self._is_whole = end <= self._end or not items or (end == total and len(items) < self._cap)
        self._end, self._total = end, total
        if not new and end > self._reached:
            self._repeat(items)
            self._end = max(end, pushed)
        self._reached = max(end, self._reached)
        return True

    def _repeat(self, items: list[Item]) -> None:
        # Either many items are new at the front, or the service ignores the offset.
        if [_seam(item) for item in items] == [_seam(item) for item in self._read(0)[1]]:
            raise _broken(self._what, "a later page repeats an earlier one", RepeatedPageError)
        self._move()

    def _move(self) -> None:
        self._moves += 1
        if self._moves > _MOST_MOVES:
            raise _broken(self._what, f"it changed {self._moves} times while it was read, and is not known whole")

    def finish(self) -> list[Item]:
        """Read on to the end of the list, and follow where it has shifted."""
        least = 1 if self._cap > 1 else 0
        overlap, back, requests = least, 1, 0
        while not self._is_whole:
            requests += 1
            if len(self.found) > MOST or requests > _MOST_PAGES:
                raise _broken(self._what, f"it has no end after {len(self.found)} items")
            end, offset = self._end, max(self._end - overlap, 0)
            page = self._read(offset)
            if self.join(offset, page):
                overlap, back = max(overlap // 4, least), 1
                continue
            self._move()
            # The list may shift again: let the next page overlap more.
            overlap, back = min(overlap * 4, max(self._cap // 2, least)), back * 4
            if not offset:
                self._begin(*page)
            elif self._end == end:
                # Nothing is new at its front, so items before this place have gone and the next ones have moved up.
                self._end = max(end - back, overlap)
        if self._total is not None and self._end < self._total:
            raise _broken(self._what, f"it ends after {len(self.found)} of {self._total} items")
        return list(self.found.values())


def _broken(what: str, problem: str, kind: type[VcdaError] = BrokenListError) -> VcdaError:
    likeness = malformed(what, problem)
    return kind(likeness.message, category=likeness.category, code=likeness.code)


def _seam(item: Item) -> Any:
    identity = item.get("id")
    return identity if isinstance(identity, str) and identity else repr(item)


def batches(things: Sequence[Thing]) -> list[Sequence[Thing]]:
    """Return things in parts that are large enough to use all connections and small enough for memory."""
    return sliced(things, _BATCH)


def sliced(things: Sequence[Thing], size: int) -> list[Sequence[Thing]]:
    """Return things in parts of a size; the last part may be smaller."""
    return [things[start : start + size] for start in range(0, len(things), size)]


def unique(items: Iterable[Item]) -> list[Item]:
    """Return the items, each id once: a list may shift while its pages are read."""
    by_id: dict[Any, Item] = {}
    _add(by_id, items)
    return list(by_id.values())


def _add(by_id: dict[Any, Item], items: Iterable[Item]) -> None:
    for item in items:
        identity = item.get("id")
        by_id.setdefault(identity if isinstance(identity, str) and identity else id(item), item)


def read_page(document: Any, what: str) -> Page:
    """Read one page of a list (vendor reference 3.5, QueryResult).

    :param document: the answer's document
    :param what: the list's name, for messages
    :returns: the total that the page claims, None if it is not a number, and its items
    :raises VcdaError: category server, if the document is not a page of a list
    """
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise malformed(what, "there is no list of items")
    # An item that is not an object counts as an object without an id, so that the others can still be read.
    items = [item if isinstance(item, dict) else {} for item in document["items"]]
    total = whole_number(document.get("total"))
    return total if total is None or total >= 0 else None, items
