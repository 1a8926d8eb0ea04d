# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Derive answers from the move of a VM to the other site and back, and from the tasks that were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import (
    FAILED,
    QUEUED,
    SUCCEEDED,
    shown_operation_id,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import CLEANUP, REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.probe.telling import (
    Told,
    answered,
    contradictory,
    not_seen,
    tasks_in,
)

_DAY_MS = 86_400_000
_ENDED = (SUCCEEDED, FAILED)
# Verbs whose task types are not published.
_UNNAMED = (CLEANUP, REVERSE)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a request that a service may refuse.

    :param kind: accepted, failed_task, conflict_409, bad_request_400, other, or unknown
    """

    kind: str
    evidence: tuple[Exchange, ...] = ()


def refusal(outcome: Outcome) -> Told:
    """Tell how the service refuses what it must refuse: ``wrong_state`` and ``start_refusal``."""
    if outcome.kind in ("conflict_409", "bad_request_400", "failed_task"):
        return answered(outcome.kind, *outcome.evidence)
    return _neither(outcome)


def permission(outcome: Outcome, accepted: str, refused: str) -> Told:
    """Tell whether the service accepted a request that it may accept or refuse."""
    if outcome.kind == "accepted":
        return answered(accepted, *outcome.evidence)
    if outcome.kind in ("conflict_409", "bad_request_400", "failed_task"):
        return answered(refused, *outcome.evidence)
    return _neither(outcome)


def minor_task(test: Outcome, sync_still_ran: bool, wrong_state: Outcome) -> Told:
    """Tell whether a running sync blocks a test failover.

    :param wrong_state: the outcome of a certain refusal; only an outcome of the same kind counts as a refusal
    """
    if not sync_still_ran:
        return not_seen("the sync did not run long enough", *test.evidence)
    if test.kind == "accepted":
        return answered("does_not_block", *test.evidence)
    if test.kind == wrong_state.kind and test.kind != "unknown":
        return answered("blocks", *test.evidence)
    return _neither(test)


def reverse_state(shown: Exchange | None, running: Exchange | None) -> Told:
    """Tell the recovery state during a reverse; the replication was read before its task was seen running."""
    seen = [exchange for exchange in (shown, running) if exchange]
    if shown is None or shown.status != 200 or not is_running(running):
        return not_seen("the reverse was over before it was seen", *seen)
    state = VM.parse(shown.document).recovery_state
    answers = {"IN_PROGRESS": "in_progress", "COMPLETE": "stays_complete"}
    return answered(answers[state], *seen) if state in answers else contradictory(*seen)


def reverse_vm_id(before: Replication, after: Replication, evidence: Sequence[Exchange]) -> Told:
    """Tell which VM is the source of a reversed replication: the recovered one or the one before."""
    known = {before.recovered_id: "recovered", before.source_id: "kept"}
    if after.source_id is None or before.recovered_id is None:
        return not_seen("the replication does not state its VM", *evidence)
    return answered(known[after.source_id], *evidence) if after.source_id in known else contradictory(*evidence)


def is_reversed(flags: Sequence[Any], evidence: Sequence[Exchange]) -> Told:
    """Tell how isReversed changes.

    :param flags: its values before, between and after two reverses
    """
    before, between, after = flags
    if before is between is after is None:
        return answered("never_present", *evidence)
    if before is between is after is False:
        return answered("always_false", *evidence)
    if isinstance(before, bool) and between is (not before) and after is before:
        return answered("toggled", *evidence)
    return contradictory(*evidence)


def optimize_days(recovered: Replication, now_ms: int, evidence: Sequence[Exchange]) -> Told:
    """Tell for how many days a reverse can send only differences."""
    until = recovered.optimize_until
    if until is None or until <= 0:
        return not_seen("the replication does not state it", *evidence)
    days = max(0, (until - now_ms) // _DAY_MS)
    return answered({"from": days, "to": days + 1}, *evidence)


def is_running(exchange: Exchange | None) -> bool:
    """Tell whether an exchange shows a task that has not ended."""
    return any(task["state"] not in _ENDED for _seen, task in tasks_in([exchange] if exchange else []))


def last_of_task(exchanges: Sequence[Exchange], task_id: str) -> list[Exchange]:
    """Return the last exchange that shows a task, if there is one."""
    for exchange in reversed(exchanges):
        if any(task.get("id") == task_id for _seen, task in tasks_in([exchange])):
            return [exchange]
    return []


def of_tasks(exchanges: Sequence[Exchange], *, moved: bool) -> dict[str, Told]:
    """Derive answers from the tasks that were seen.

    :param moved: whether this run has started operations on a VM
    """
    seen = tasks_in(exchanges)
    started = {str(task.get("id")): exchange for exchange, task in seen if _starts(exchange)}
    return {
        "queued_tasks": _queued(seen, len(started) if moved else 0),
        "task_result": _result(seen, started),
        "task_last_updated": _last_updated(seen),
        "task_operation_id": _operation_id(seen),
        "task_type_names": _names(seen),
    }


def _starts(exchange: Exchange) -> bool:
    return exchange.method != "GET" and exchange.status == 202


def _queued(seen: Sequence[tuple[Exchange, Mapping[str, Any]]], started: int) -> Told:
    queued = [exchange for exchange, task in seen if task["state"] == QUEUED]
    if queued:
        return answered(True, queued[0])
    starts = [exchange for exchange, _task in seen if _starts(exchange)]
    return answered(False, *starts[:3]) if started > 1 else not_seen("no task was seen before it ran")


def _result(seen: Sequence[tuple[Exchange, Mapping[str, Any]]], started: Mapping[str, Exchange]) -> Told:
    """Tell whether succeeded tasks have results; a missing result counts only for tasks that this run started."""
    done = [(exchange, task) for exchange, task in seen if task["state"] == SUCCEEDED]
    having = [exchange for exchange, task in done if task.get("result") is not None]
    lacking = [exchange for exchange, task in done if task.get("result") is None and str(task.get("id")) in started]
    if having and lacking:
        return contradictory(having[0], lacking[0])
    if having or lacking:
        return answered("present" if having else "absent", *(having or lacking)[:1])
    return not_seen("no task was seen that succeeded")


def _last_updated(seen: Sequence[tuple[Exchange, Mapping[str, Any]]]) -> Told:
    told = [(exchange, task.get("lastUpdated")) for exchange, task in seen if task["state"] in _ENDED]
    numbers = [(exchange, time) for exchange, time in told if isinstance(time, int)]
    never = [exchange for exchange, time in numbers if time < 0]
    kept = [exchange for exchange, time in numbers if time >= 0]
    if never and kept:
        return contradictory(never[0], kept[0])
    if never or kept:
        return answered("never" if never else "kept", *(never or kept)[:1])
    return not_seen("no ended task was seen")


def _operation_id(seen: Sequence[tuple[Exchange, Mapping[str, Any]]]) -> Told:
    """Tell whether tasks show the operation id of their request; the user interface and the probe always send one."""
    told = [(exchange, shown_operation_id(task)) for exchange, task in seen]
    if not told:
        return not_seen("no task was seen")
    showing = [exchange for exchange, shown in told if shown]
    return answered("shown", showing[0]) if showing else answered("hidden", told[0][0])


def _names(seen: Sequence[tuple[Exchange, Mapping[str, Any]]]) -> Told:
    evidence, known = [], set()
    for exchange, task in seen:
        for verb in _UNNAMED:
            if _starts(exchange) and exchange.method == verb.method and exchange.path.endswith(verb.suffix):
                evidence.append(exchange)
                known.add(str(task["workflowInfo"].get("type")).lower() in verb.task_types)
    if not known:
        return not_seen("no cleanup and no reverse was started")
    return answered("usual" if True in known else "other", *evidence) if len(known) == 1 else contradictory(*evidence)


def _neither(outcome: Outcome) -> Told:
    if outcome.kind == "unknown":
        return not_seen("it was not seen what became of the request", *outcome.evidence)
    return contradictory(*outcome.evidence)
