# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a recovery: which VMs a step is for, and how its result changes their records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    REVERSE,
    TEST,
    VERBS,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import decide, refusal
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import (
    State,
    is_protected,
    is_recovered,
    latest_instance_at,
    replication_of,
    workload_ids,
)

_WITHOUT_TEST = (None, "NOT_STARTED", "COMPLETE")


@dataclass(frozen=True)
class Step:
    """One step of a recovery.

    :param verb: the operation of the modules
    :param concerns: tells from the last known state and the active site whether the step is for a VM
    :param despite_errors: whether the step is also for VMs that failed earlier in the run
    """

    verb: Verb
    concerns: Callable[[State, str], bool]
    despite_errors: bool = False


def _every(_state: State, _site: str) -> bool:
    return True


def _may_hold_a_test(state: State, _site: str) -> bool:
    """Tell whether a test is there, or an unfinished operation that may be a test."""
    return state["recovery_state"] not in _WITHOUT_TEST


def _is_recovered_elsewhere(state: State, site: str) -> bool:
    """Tell whether the VM was recovered at another site and not reversed, which has to be done before it can return."""
    return bool(state["recovery_state"] == "COMPLETE" and state["destination_site"] != site)


def _is_in_test(state: State, _site: str) -> bool:
    return bool(state["recovery_state"] == "TEST")


STEPS: Mapping[str, Step] = {
    "cleanup": Step(CLEANUP, _may_hold_a_test),
    "protect_first": Step(REVERSE, _is_recovered_elsewhere),
    "failover": Step(FAILOVER, _every),
    "migrate": Step(MIGRATE, _every),
    "reverse": Step(REVERSE, _every),
    "test": Step(TEST, _every),
    # A test that failed halfway may have left objects behind.
    "test_cleanup": Step(CLEANUP, _every, despite_errors=True),
}
# Steps that the role does itself, without a module, and the VMs that they are for.
LOOKS: Mapping[str, Callable[[State, str], bool]] = {
    "verify": is_recovered,
    "verify_test": _is_in_test,
}


def due(
    records: Iterable[Record], step: str, active_site: str, *, wave: str | None = None, predicted: bool = False
) -> list[str]:
    """Return the ids of the VMs that a step is due for.

    :param records: all records of the run
    :param step: a key of ``STEPS`` or ``LOOKS``
    :param active_site: the site on which the workloads are to run
    :param wave: only VMs of this wave; all waves if left out
    :param predicted: include VMs whose state is only predicted; no module can be called for them, because the site
        does not know that state
    :returns: the ids of VMs that the step concerns; without those that failed, unless the step is ``despite_errors``
    """
    return [
        record["id"]
        for record in records
        if _takes_part(record, step, active_site, wave) and (predicted or not record["predicted"])
    ]


def open_records(records: Iterable[Record], stage: str, active_site: str, wave: str) -> list[Record]:
    """Return the VMs of a wave for which its hooks run.

    :param stage: ``before`` for VMs that are not recovered yet, ``after`` for those that are not protected yet
    """

    def is_open(state: State) -> bool:
        return not is_protected(state, active_site) and not (stage == "before" and is_recovered(state, active_site))

    return [
        record
        for record in records
        if record["wave"] == wave and not record["error"] and record["id"] and is_open(record["now"])
    ]


def merge(
    records: Sequence[Record],
    result: Mapping[str, Any],
    step: str,
    active_site: str,
    *,
    asked: Sequence[str] = (),
    wave: str | None = None,
    called: float = 0.0,
    dry: bool = False,
) -> list[Record]:
    """Return the records after a step.

    :param records: all records of the run
    :param result: the result of the module; may be a failure without items; ignored if ``asked`` is empty
    :param step: a key of ``STEPS``
    :param active_site: the site on which the workloads are to run
    :param asked: the ids that the module was called with
    :param wave: the wave of the step; for its VMs with a predicted state, the next state is predicted from that one
    :param called: when the module was called, in seconds since the epoch, by the clock of the controller
    :param dry: the module ran in check mode
    """
    items = {item.get("previous_id") or item.get("id"): item for item in result.get("vm_replications") or () if asked}
    merged = []
    for record in records:
        if record["id"] in asked and record["id"] is not None:
            item = items.get(record["id"]) or missing_item(record["id"], result)
            merged.append(_with_item(record, step, _settled(record, step, item, active_site) if dry else item, called))
        elif record["predicted"] and _takes_part(record, step, active_site, wave):
            merged.append(_with_item(record, step, _predicted(record, step, active_site), called))
        else:
            merged.append(record)
    return merged


def fail(record: Record, step: str, error: Mapping[str, Any]) -> Record:
    """Return a record with an error; an earlier error is kept."""
    return record if record["error"] else dict(record, error=dict(_as_told_by_the_role(error), step=step))


def _as_told_by_the_role(error: Mapping[str, Any]) -> dict[str, Any]:
    """Return an error of a module with its option names replaced by the variables of the role."""
    told = dict(error)
    for key in ("message", "hint"):
        if isinstance(told.get(key), str):
            told[key] = _OPTIONS_OF_MODULES.sub(r"recovery_\1", told[key])
    return told


_OPTIONS_OF_MODULES = re.compile(
    r"\b(wait_timeout|poll_interval|max_concurrent|active_site|instance_before|instance_ids|vm_replication_ids|vm_names)\b"
)


def _takes_part(record: Record, step: str, active_site: str, wave: str | None) -> bool:
    if record["id"] is None or wave not in (None, record["wave"]):
        return False
    if step in LOOKS:
        return record["error"] is None and LOOKS[step](record["now"], active_site)
    chosen = STEPS[step]
    if record["held"] and chosen.verb is CLEANUP:
        return False
    return (record["error"] is None or chosen.despite_errors) and chosen.concerns(record["now"], active_site)


def _with_item(record: Record, step: str, item: Mapping[str, Any], called: float) -> Record:
    task = item.get("task") or {}
    changed = bool(item.get("changed"))
    later = dict(
        record,
        id=item.get("id") or record["id"],
        previous_id=item.get("previous_id") or record["previous_id"],
        now=_latest_state(record, item),
        changed=record["changed"] or changed,
        predicted=record["predicted"] or bool(item.get("predicted")),
        lost_mappings=item.get("lost_mappings") or record.get("lost_mappings") or [],
    )
    later["steps"] = [
        *record["steps"],
        {
            "step": step,
            "decision": item.get("decision") or "refuse",
            "changed": changed,
            "task_id": task.get("id"),
            "called": called,
            "started": seconds_of(task.get("started")),
            "ended": seconds_of(task.get("ended")),
            "warnings": list(dict.fromkeys([*(task.get("warnings") or ()), *(item.get("warnings") or ())])),
            "failed": bool(item.get("error")),
        },
    ]
    return fail(later, step, item["error"]) if item.get("error") else later


def _latest_state(record: Record, item: Mapping[str, Any]) -> State:
    state = dict(record["now"] or {}, **(item.get("after") or {}))
    document = item.get("replication")
    if not document:
        return state
    return dict(state, **workload_ids(document), instance_at=latest_instance_at(document) or state.get("instance_at"))


def missing_item(identity: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item for a replication that is missing in a module's result, because the module failed before it.

    :param identity: the id that the module was called with
    :param result: what the module returned
    """
    error = result.get("error") or {
        "code": "MODULE_FAILURE",
        "category": "server",
        "message": str(result.get("msg") or "The module returned no result."),
        "hint": "Run again with -vvv and look at the output of this step.",
    }
    return {"id": identity, "changed": False, "decision": "refuse", "error": error}


def _settled(record: Record, step: str, item: Mapping[str, Any], active_site: str) -> Mapping[str, Any]:
    """Return the item of a module in check mode, corrected if a run would first wait for another kind of operation."""
    if not item.get("changed"):
        return item
    running = _verb_of_task((item.get("task") or {}).get("type"))
    if item.get("decision") == "attach" or running in (None, STEPS[step].verb):
        return dict(item, predicted=True)
    before = replication_of(record["id"], record["vm_name"], record["now"])
    return _predicted(record, step, active_site, running.predict(before))


def _verb_of_task(task_type: Any) -> Verb | None:
    return next((verb for verb in VERBS.values() if str(task_type).lower() in verb.task_types), None)


def _predicted(record: Record, step: str, active_site: str, before: Replication | None = None) -> dict[str, Any]:
    """Predict the item that the module will return once the predicted state is real."""
    verb = STEPS[step].verb
    now = before or replication_of(record["id"], record["vm_name"], record["now"])
    decision = decide(verb, now, now.destination_site if step == "protect_first" else active_site)
    after = verb.predict(now) if decision.kind == "act" else now
    item: dict[str, Any] = {
        "id": record["id"],
        "decision": decision.kind,
        "changed": decision.kind == "act",
        "predicted": True,
        "after": {key: value for key, value in after.summary().items() if key in _PREDICTABLE},
    }
    if decision.kind not in ("act", "done"):
        item["error"] = refusal(verb, now, decision, active_site).as_dict()
    return item


_PREDICTABLE = ("recovery_state", "source_site", "destination_site", "is_reversed")


def seconds_of(moment: Any) -> float | None:
    """Convert a time in ISO 8601 to seconds since the epoch; None if the value is not text or is empty."""
    if not isinstance(moment, str) or not moment:
        return None
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
