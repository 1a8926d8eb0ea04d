# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test failovers that a drill leaves running for acceptance, and their deadline.

The deadline is not stored in a file: the service knows when the task of each test ended, and a variable says how long a
test may run. So every run knows the deadline, on any machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import TIMEOUT
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import seconds_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import vapp_of

TEST = "TEST"


def holds(entry_point: str, values: Mapping[str, Any], tags: Iterable[str]) -> bool:
    """Tell whether a run leaves its tests running.

    :param entry_point: of the role
    :param values: the variables of the role
    :param tags: the tags given to the play; with ``cleanup`` the tests are cleaned up
    """
    return entry_point == "drill" and bool(values.get("recovery_drill_hold")) and "cleanup" not in tags


def held(records: Iterable[Record]) -> list[Record]:
    """Mark the records so that no step of the run cleans up their tests."""
    return [dict(record, held=True) for record in records]


def released(records: Sequence[Record]) -> list[Record]:
    """Unmark the records of tests that failed halfway, and the others of their vApps, so that they are cleaned up."""
    failed = [record for record in records if _did_test_fail(record)]
    ids, vapps = {record["id"] for record in failed}, {vapp_of(record) for record in failed} - {""}
    return [
        dict(record, held=record["held"] and record["id"] not in ids and vapp_of(record) not in vapps)
        for record in records
    ]


def _did_test_fail(record: Record) -> bool:
    error = record["error"] or {}
    return error.get("step") == "test" and error.get("category") != TIMEOUT


def with_times(records: Iterable[Record], items: Iterable[Mapping[str, Any]], most: float) -> list[Record]:
    """Return the records with ``test``: since when the test runs and how long it may run; None if it is not known.

    :param items: one item for each VM, with ``id`` and ``test`` as the info modules return it
    :param most: how many seconds a test may run; 0 for no limit
    """
    known = {item["id"]: item.get("test") for item in items if item.get("id")}
    return [
        dict(record, test=_times(known[record["id"]], most)) if record["id"] in known else record for record in records
    ]


def _times(test: Mapping[str, Any] | None, most: float) -> dict[str, Any] | None:
    return {"since": test["since"], "until": until(test, most), "is_overdue": is_overdue(test, most)} if test else None


def until(test: Mapping[str, Any], most: float) -> str | None:
    """Return the deadline of a test in ISO 8601; None if there is no limit."""
    since = seconds_of(test["since"])
    return iso_time(round((since + most) * 1000)) if since and most else None


def is_overdue(test: Mapping[str, Any], most: float) -> bool:
    """Tell whether a test has passed its deadline, by the clock of the service."""
    return bool(most) and float(test["age"]) > most


def running(records: Iterable[Record]) -> list[Record]:
    """Return the records of VMs that are in a test now; a predicted state does not count."""

    def is_running(record: Record) -> bool:
        state = record["start"] if record["predicted"] else record["now"]
        return bool(record["id"] and state and state["recovery_state"] == TEST)

    return [record for record in records if is_running(record)]


def deadline(records: Iterable[Record]) -> str | None:
    """Return the earliest deadline of the running tests in ISO 8601; None if there is none."""
    return min((record["test"]["until"] for record in running(records) if _until(record)), default=None)


def in_words(records: Sequence[Record]) -> str:
    """Return a sentence about cleaning up the running tests that is true for each of their VMs.

    :param records: all records of the run
    """
    end = deadline(records)
    is_late = any((record.get("test") or {}).get("is_overdue") for record in running(records))
    if not end:
        return "Its test failover is still running: clean it up once it is not needed any more (opendr.vcda.cleanup)."
    was = "was to be cleaned up at" if is_late else "is to be cleaned up by"
    return f"Its test failover is still running and {was} {end} (opendr.vcda.cleanup)."


def _until(record: Record) -> Any:
    return (record.get("test") or {}).get("until")
