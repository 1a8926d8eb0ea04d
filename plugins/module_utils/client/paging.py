# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Reading a paged list whole: advance by what came, believe no number that the items contradict."""

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

# A missing limit, or one above the cap of the service, is replaced by 100 (vendor reference 3.5 to 4.7).
PAGE = 100
# Far above any estate; a total beyond it is a broken answer, not work to be done.
MOST = 1000000

# At 100 items a page more than any estate has; a service that gives fewer at a time must not be asked a million times.
_MOST_PAGES = 2000
# A list that has moved so often under our eyes is not going to hold still.
_MOST_MOVES = 50

# Read and replaced at a time, so that not all of a large estate is in memory twice.
_BATCH = 16 * PAGE

Item = dict[str, Any]
Thing = TypeVar("Thing")
# The total that the page claims, and its items.
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
    """Read every page of a list so that nothing that was there all the time is missed.

    Each page begins with the last item of the one before. Where it does not, the list has moved meanwhile, and what
    slipped through between the two is looked for. Where the seams hold and the order is kept, all has been seen,
    whatever appeared and disappeared.

    :param fetch: returns the document of the page that starts at an offset
    :param what: the list's name, for messages
    :param map_pages: applies a function to the offsets of the later pages, side by side or in turn
    :param clock: the time
    :param patience: seconds that the list may take, besides a second for each page that it claims to have
    :param most: pages of a list that is still worth reading
    :returns: the items in order, each id once
    :raises TooLongError: if the list claims to have more pages than that
    :raises VcdaError: category server, if the answer is no list, ends before the total that it claims, has no end, or
        moves faster than it can be read; unreachable, if it takes too long
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
    # The second page is read alone: only if it continues the first one are the others worth asking for.
    if total is not None and total > len(first) > 1 and chain.join(step, read(step)):
        offsets = range(2 * step, total - 1, step) if len(chain.found) == len(first) + step else range(0)
        for offset, page in zip(offsets, map_pages(read, offsets)):
            if not chain.join(offset, page):
                break
    return chain.finish()


class TooLongError(VcdaError):
    """A list claims to hold more than is worth reading."""


class BrokenListError(VcdaError):
    """Pages are of the documented form, but make no list that can be read whole."""


class _Chain:
    """Pages that are proven to continue each other."""

    def __init__(self, what: str, read: Callable[[int], Page], total: int | None, first: list[Item]) -> None:
        self.found: dict[Any, Item] = {}
        _add(self.found, first)
        self._what = what
        self._read = read
        self._total = total
        self._cap = len(first)
        # How far the proven part goes, and how far any page went.
        self._end = self._reached = len(first)
        self._repeats = 0
        self._seen = {_seam(item) for item in first}
        self._is_whole = not first or total == len(first)

    def join(self, offset: int, page: Page) -> bool:
        """Add a page.

        :returns: whether it continues what is known; if not, nothing was added
        """
        total, items = page
        if self._cap > 1 and (not items or _seam(items[0]) not in self._seen):
            return False
        # Objects without an id are told apart by what they hold.
        new = [item for item in items if _seam(item) not in self._seen]
        _add(self.found, new)
        self._seen.update(map(_seam, new))
        end = offset + len(items)
        # Once may be because as much appeared before it; twice is a service that ignores the offset.
        self._repeats = self._repeats + 1 if not new and end > self._reached else 0
        if self._repeats > 1:
            raise malformed(self._what, "a later page repeats an earlier one")
        # A total that the items have just reached with a full page may be wrong; that the list goes on is seen then.
        self._is_whole = end <= self._end or not items or (end == total and len(items) < self._cap)
        self._end, self._total, self._reached = end, total, max(end, self._reached)
        return True

    def finish(self) -> list[Item]:
        """Read on to the end of the list, going back wherever it has moved."""
        overlap, moves, requests = 1 if self._cap > 1 else 0, 0, 0
        while not self._is_whole:
            requests += 1
            if len(self.found) > MOST or requests > _MOST_PAGES:
                raise _broken(self._what, f"it has no end after {len(self.found)} items")
            offset = max(self._end - overlap, 0)
            if self.join(offset, self._read(offset)):
                continue
            moves += 1
            if moves > _MOST_MOVES:
                raise _broken(self._what, f"it changed {moves} times while it was read, and is not known whole")
            # What moved once may move again: from here on the pages overlap more.
            overlap = min(overlap * 4, max(self._cap - 1, 1))
            self._end = max(self._end - overlap, overlap)
        if self._total is not None and self._end < self._total:
            raise _broken(self._what, f"it ends after {len(self.found)} of {self._total} items")
        return list(self.found.values())


def _broken(what: str, problem: str) -> VcdaError:
    likeness = malformed(what, problem)
    return BrokenListError(likeness.message, category=likeness.category, code=likeness.code)


def _seam(item: Item) -> Any:
    identity = item.get("id")
    return identity if isinstance(identity, str) and identity else repr(item)


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


def read_page(document: Any, what: str) -> Page:
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
