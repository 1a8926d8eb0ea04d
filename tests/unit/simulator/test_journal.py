# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request log and its counters."""

from __future__ import annotations

from ansible_collections.opendr.vcda.tests.simulator.journal import Entry, Journal


def entry(path: str = "/sites", status: int = 200, effect: str = "") -> Entry:
    return Entry("site-1", "GET", path, [], "op", 1, operation=f"GET {path}", status=status, effect=effect)


def test_counts() -> None:
    journal = Journal(limit=10)
    for made in (entry(), entry(status=0), entry("/tasks", 202, "reverse")):
        journal.add(made)
    assert journal.total == len(journal) == 3
    assert journal.by_operation == {"GET /sites": 2, "GET /tasks": 1}
    assert journal.by_status == {200: 1, 0: 1, 202: 1}
    assert journal.effects == {"reverse": 1}
    assert journal[-1].to_dict()["effect"] == "reverse"


def test_an_unknown_operation_is_counted_by_its_method() -> None:
    journal = Journal(limit=10)
    journal.add(Entry("site-1", "GET", "/nothing", [], "", 1))
    assert journal.by_operation == {"GET ?": 1}


def test_only_the_last_requests_are_kept() -> None:
    journal = Journal(limit=2)
    for number in range(5):
        journal.add(entry(f"/{number}"))
    assert [made.path for made in journal] == ["/3", "/4"]
    assert journal.total == 5


def test_requests_in_flight() -> None:
    journal = Journal(limit=1)
    journal.enter()
    journal.enter()
    journal.leave()
    assert (journal.in_flight, journal.max_in_flight) == (1, 2)
    journal.add(entry())
    journal.clear()
    assert (journal.in_flight, journal.max_in_flight, journal.total, len(journal)) == (1, 1, 0, 0)
    assert not journal.by_operation
