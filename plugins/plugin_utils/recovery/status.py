# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where workloads run now, and whether they are protected: the status playbook's data and table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.held_tests import is_overdue, until
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import columns, duration
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import State, parse, state_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.tenants import belongs, labelled
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed, vms_in_words

_MOST_NAMES = 5
ANYBODY: Mapping[str, Any] = MappingProxyType({"organizations": (), "owner": ""})
_SITUATIONS: Mapping[str | None, str] = {
    None: "protected",
    "NOT_STARTED": "protected",
    "TEST": "protected, test running",
    "IN_PROGRESS": "operation running",
    "COMPLETE": "recovered, not protected",
}


_KEYS = (
    "id",
    "vm_name",
    "vapp_name",
    "organization",
    "owner",
    "runs_at",
    "replicates_to",
    "is_protected",
    "situation",
    "recovery_state",
    "overall_health",
    "rpo_violation",
    "instance_age",
    "test_since",
    "test_until",
)


def status(
    documents: Iterable[Any], now: float, query: Mapping[str, Any] = ANYBODY, gone: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the status of every replication: where its workload runs and whether it is protected.

    :param documents: the API objects
    :param query: ``organizations`` and ``owner``, empty for any
    :param now: seconds since the epoch
    :param gone: the sites that cannot be reached
    :returns: one item for each, by name
    """
    found = sorted(
        (item for item in map(parse, documents) if belongs(item, query)), key=lambda item: (item.name, item.id)
    )
    return [_status(replication, now, gone) for replication in found]


def with_tests(
    items: Iterable[Mapping[str, Any]], listed: Iterable[Mapping[str, Any]], most: float
) -> list[dict[str, Any]]:
    """Add to the items since when their test failovers run, their deadlines, and which tests are overdue.

    :param items: from ``status``
    :param listed: the items of ``vm_replication_info`` with ``tests``
    :param most: how many seconds a test may run; 0 for no limit
    """
    tests = {one["id"]: one.get("test") for one in listed}
    later = []
    for item in items:
        test = tests.get(item["id"])
        times = {"test_since": test["since"], "test_until": until(test, most)} if test else {}
        is_late = test is not None and is_overdue(test, most)
        situation = item["situation"].replace("test running", "test overdue") if is_late else item["situation"]
        later.append({**item, **times, "situation": situation})
    return later


def unreadable(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return status items for replications that cannot be read, so it is unknown whether they protect anything.

    :param found: ``unreadable`` of ``vm_replication_info``
    :returns: one item for each, with the same keys as those of ``status``
    """
    return [
        {
            **dict.fromkeys(_KEYS),
            "id": one.get("id"),
            "vm_name": one.get("vm_name") or one.get("id") or "?",
            "is_protected": False,
            "situation": "unknown, cannot be read",
        }
        for one in found
    ]


def status_table(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the status as lines of text, in which VMs with the same name can be told apart."""
    items = labelled(items)
    rows = [
        (
            item["label"],
            item["owner"] or "",
            item["runs_at"] or "",
            item["replicates_to"] or "",
            item["situation"],
            item["overall_health"] or "",
            f"{item['rpo_violation']} min" if item["rpo_violation"] else "",
            duration(item["instance_age"]),
        )
        for item in items
    ]
    headings = ("VM", "owner", "runs at", "replicates to", "protection", "health", "RPO violation", "data age")
    unprotected = [item for item in items if not item["is_protected"]]
    last = f"{len(items) - len(unprotected)} of {vms_in_words(len(items))} protected"
    for what in ("source unreachable", "destination unreachable"):
        number = sum(item["situation"] == what for item in items)
        last += f", {number} {what}" if number else ""
    tests = [line for overdue in (True, False) for line in _told_of_tests(items, overdue=overdue)]
    return [*columns(headings, rows), *tests, *_told_of_unknown_times(items), last]


def _told_of_tests(items: Sequence[Mapping[str, Any]], *, overdue: bool) -> list[str]:
    """Return a line about the running tests with their earliest deadline; an empty list if there are none."""
    tested = [item for item in items if item["test_until"] and ("overdue" in item["situation"]) is overdue]
    if not tested:
        return []
    was = "was to be cleaned up at" if overdue else "is to be cleaned up by"
    first = min(item["test_until"] for item in tested)
    return [printable(f"The test failover of {_names(tested)} {was} {first} (opendr.vcda.cleanup)")]


def _told_of_unknown_times(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line about the running tests that can be overdue without being shown as such."""
    tested = [item for item in items if item["recovery_state"] == "TEST" and not item["test_since"]]
    return [printable(f"It is not known since when the test failover of {_names(tested)} is running")] if tested else []


def _names(items: Sequence[Mapping[str, Any]]) -> str:
    return listed([item["label"] for item in items], _MOST_NAMES)


def _status(replication: Replication, now: float, gone: Collection[str]) -> dict[str, Any]:
    state = state_of(replication)
    recovered = state["recovery_state"] == "COMPLETE"
    situation = _situation(replication, state, now, gone)
    instance_at = state["instance_at"]
    return {
        "id": replication.id,
        "vm_name": replication.name,
        "vapp_name": replication.vapp_name,
        "organization": replication.organization,
        "owner": replication.owner,
        "runs_at": state["destination_site"] if recovered else state["source_site"],
        "replicates_to": None if recovered else state["destination_site"],
        "is_protected": situation.startswith("protected") and not state["is_paused"],
        "situation": situation,
        "recovery_state": state["recovery_state"],
        "overall_health": state["overall_health"],
        "rpo_violation": state["rpo_violation"],
        "test_since": None,
        "test_until": None,
        "instance_age": max(round(now - instance_at / 1000), 0) if instance_at else None,
    }


def _situation(replication: Replication, state: State, now: float, gone: Collection[str]) -> str:
    """Return in words whether a workload is protected; what casts most doubt on that comes first."""
    for end in ("destination", "source"):
        if not state[f"{end}_site"]:
            return f"unknown, no {end} site"
    if state["is_paused"] is None and replication.document.get("isPaused") is not None:
        return "unknown, whether it is paused"
    situation = _SITUATIONS.get(state["recovery_state"], f"unknown state {state['recovery_state']}")
    if state["recovery_state"] == "COMPLETE":
        return situation
    for end in ("source", "destination"):
        if state[f"{end}_site"] in gone:
            return f"{end} unreachable"
    if replication.awaits_first_sync(int(now * 1000)):
        return f"not protected, waits for its first synchronisation at {iso_time(replication.first_sync_ms)}"
    return f"{situation}, paused" if state["is_paused"] else situation
