# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a report that a history keeps: a few figures of the run, and the operations that each VM passed.

A value that is missing in a report, or has the wrong type, counts as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

# The operations that a history records, and the steps that prove them.
DRILL, FAILOVER, REVERSE, FAILBACK = KINDS = ("drill", "failover", "reverse", "failback")
_STEPS = {"test": DRILL, "failover": FAILOVER, "migrate": FAILOVER, "reverse": REVERSE, "protect_first": REVERSE}
_RUN_TEXTS = ("id", "entry_point", "mode", "host", "service", "user", "launched_by", "active_site", "operation_id")
_WELL = frozenset({"changed", "predicted", "unchanged", ""})
_WITHOUT_PROTECTION = frozenset({"COMPLETE"})

Entry = dict[str, Any]


class Passage(NamedTuple):
    """A successful operation on a VM.

    :param at: when the run began, in seconds since the epoch
    :param seconds: the recovery time, or the duration of a reverse; None if it was not measured
    :param site: the active site of the run
    :param file: the report that contains it
    """

    at: float
    seconds: float | None
    site: str
    verified: bool | None
    file: str


class Sighting(NamedTuple):
    """The data of one VM in a report.

    :param ids: the ids of its replication: after the run, and before it if a reverse has changed the id
    :param protected: whether its replication protects it; None if the report does not say
    :param failed: the step that failed; empty if none did
    """

    ids: tuple[str, ...]
    name: str
    organization: str
    runs_at: str
    replicates_to: str
    protected: bool | None
    passages: dict[str, Passage]
    failed: str


def started_at(report: Mapping[str, Any]) -> float | None:
    """Return when the run of a report began, in seconds since the epoch; None if the report does not say.

    A time before the epoch counts as unknown.
    """
    try:
        moment = datetime.fromisoformat(text(report["run"].get("started")).replace("Z", "+00:00"))
        found = moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return found if found >= 0 else None


def run_of(report: Mapping[str, Any], file: str) -> Entry:
    """Return the entry of a run.

    :param report: from ``reading.reports_in``
    :param file: the path of the report
    :returns: the keys of ``runs`` in ``playbooks/files/history.schema.json``
    """
    run, vms = report["run"], report.get("vms", [])
    recovery_time, data_age = _object(report.get("recovery_time")), _object(report.get("data_age"))
    exceeded = data_age.get("rpo_exceeded")
    versions = _object(report.get("versions"))
    return {
        "file": file,
        **{key: text(run.get(key)) for key in _RUN_TEXTS},
        "predicted": run.get("predicted") is True,
        "started": text(run.get("started")),
        "seconds": length(run.get("seconds")),
        "outcome": text(report.get("outcome")),
        "vms": len(vms),
        "failed": sum(text(vm.get("outcome")) not in _WELL for vm in vms),
        "recovery_time": {
            "seconds": length(recovery_time.get("seconds")),
            "target_seconds": length(recovery_time.get("target_seconds")),
            "target_met": answer(recovery_time.get("target_met")),
        },
        "data_age": {
            "oldest_seconds": length(data_age.get("oldest_seconds")),
            "rpo_exceeded": len(exceeded) if isinstance(exceeded, list) else 0,
            "rpo_met": answer(data_age.get("rpo_met")),
        },
        "versions": {key: text(versions.get(key)) for key in ("collection", "ansible_core", "api")},
        "report_format": text(report.get("schema_version")),
    }


def wave_figures(report: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """Return the longest recovery time and the oldest data of each wave with measurements.

    :returns: by wave name: ``recovery_seconds``, ``data_age_seconds``, and ``rpo_seconds``, the lowest of the wave
    """
    found: dict[str, tuple[list[float], list[float], list[float]]] = {}
    for vm in report.get("vms", ()) if report["run"].get("predicted") is not True else ():
        recovery, age = length(vm.get("recovery_seconds")), length(vm.get("data_age_seconds"))
        if recovery is None and age is None:
            continue
        figures = found.setdefault(text(vm.get("wave")), ([], [], []))
        for known, value in zip(figures, (recovery, age, length(vm.get("rpo_seconds")))):
            if value is not None:
                known.append(value)
    return {
        name: {
            "recovery_seconds": max(recoveries, default=None),
            "data_age_seconds": max(ages, default=None),
            "rpo_seconds": min(objectives, default=None),
        }
        for name, (recoveries, ages, objectives) in found.items()
    }


def sighting_of(vm: Mapping[str, Any], report: Mapping[str, Any], at: float, file: str, *, counts: bool) -> Sighting:
    """Return the data of one VM in a report.

    :param vm: an item of ``vms``
    :param at: when the run began
    :param counts: whether the report counts as proof
    """
    run = report["run"]
    predicted = run.get("predicted") is True
    state = vm.get("before" if predicted else "after")
    state = state if isinstance(state, dict) else {}
    has_failed_over = text(state.get("recovery_state")) in _WITHOUT_PROTECTION
    source, destination = text(state.get("source_site")), text(state.get("destination_site"))
    error = vm.get("error")
    key = vm.get("key")
    named = (vm.get("id"), vm.get("previous_id"), key if isinstance(key, str) and key.startswith("C4-") else None)
    return Sighting(
        ids=tuple(dict.fromkeys(one for one in named if isinstance(one, str) and one)),
        name=text(vm.get("name")),
        organization=text(vm.get("organization")),
        runs_at=destination if has_failed_over else source,
        replicates_to="" if has_failed_over else destination,
        protected=not has_failed_over if state else None,
        passages=_passages(vm, run, at, file) if counts and not predicted else {},
        failed="" if predicted or not isinstance(error, dict) else text(error.get("step")) or "unknown",
    )


def _passages(vm: Mapping[str, Any], run: Mapping[str, Any], at: float, file: str) -> dict[str, Passage]:
    """Return the operations that the VM passed: the step succeeded, and so did the verification, if there was one."""
    steps = vm.get("steps", [])
    failed = {text(step.get("step")) for step in steps if step.get("failed") is not False}
    found: dict[str, Passage] = {}
    for step in steps:
        name = text(step.get("step"))
        kind = _STEPS.get(name)
        if kind is None or step.get("changed") is not True or name in failed:
            continue
        verified = answer(vm.get("verified"))
        if kind != REVERSE and (verified is False or "verify" in failed):
            continue
        if kind == DRILL and (vm.get("error") or "test_cleanup" in failed):
            continue
        if kind == FAILOVER and run.get("entry_point") == "failback":
            kind = FAILBACK
        seconds = _length(step) if kind == REVERSE else length(vm.get("recovery_seconds"))
        verified = None if kind == REVERSE else verified
        found[kind] = Passage(at, seconds, text(run.get("active_site")), verified, file)
    return found


def _length(step: Mapping[str, Any]) -> float | None:
    begin, end = number(step.get("begin_seconds")), number(step.get("end_seconds"))
    return None if begin is None or end is None else round(max(end - begin, 0.0), 3)


def text(value: Any) -> str:
    """Return the value if it is text, otherwise an empty text."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """Return the value if it is a finite number, otherwise None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # This comparison also excludes "not a number" and infinity.
    return value if abs(value) < 2**53 else None


def length(value: Any) -> float | None:
    """Return the value if it is a duration or an age in seconds (a number, not negative), otherwise None."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def answer(value: Any) -> bool | None:
    """Return the value if it is a boolean, otherwise None."""
    return value if isinstance(value, bool) else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
