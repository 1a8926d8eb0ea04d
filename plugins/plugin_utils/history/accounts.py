# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a history keeps of a report: a few figures of the run, and what each VM came through.

Whatever is missing in a report, or has another type than it should have, is taken as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

# What a VM may come through, and the steps that prove it.
DRILL, FAILOVER, REVERSE, FAILBACK = KINDS = ("drill", "failover", "reverse", "failback")
_STEPS = {"test": DRILL, "failover": FAILOVER, "migrate": FAILOVER, "reverse": REVERSE, "protect_first": REVERSE}
_RUN_TEXTS = ("id", "entry_point", "mode", "host", "service", "user", "launched_by", "active_site", "operation_id")
_WELL = frozenset({"changed", "predicted", "unchanged", ""})
_WITHOUT_PROTECTION = frozenset({"COMPLETE"})

Entry = dict[str, Any]


class Passage(NamedTuple):
    """That a VM came through an operation.

    :param at: when the run began, in seconds since the epoch
    :param seconds: the recovery time; of a reverse, how long it took; None if it was not measured
    :param site: the active site of the run
    :param file: the report that tells of it
    """

    at: float
    seconds: float | None
    site: str
    verified: bool | None
    file: str


class Sighting(NamedTuple):
    """What a report tells of a VM.

    :param ids: of its replication: after the run, and before it where a reverse has changed it
    :param protected: whether its replication protects it; None if the report does not tell
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
    """Return when the run of a report began, in seconds since the epoch; None if the report does not tell.

    No run began before the epoch.
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
    :param file: where it lies
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
    """Return, for each wave in which something was measured, the longest recovery time and the oldest data.

    :returns: by name: ``recovery_seconds``, ``data_age_seconds``, and ``rpo_seconds``, the strictest of the wave
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
    """Return what a report tells of one of its VMs.

    :param vm: of ``vms``
    :param at: when the run began
    :param counts: whether the report proves what it tells
    """
    run = report["run"]
    predicted = run.get("predicted") is True
    state = vm.get("before" if predicted else "after")
    state = state if isinstance(state, dict) else {}
    has_failed_over = state.get("recovery_state") in _WITHOUT_PROTECTION
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
    """Return what the VM came through: the step succeeded, and so did the verification where there was one."""
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
    """Return a text, and an empty one for whatever is none."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """Return a finite number, and None for whatever is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # Neither "not a number" nor infinity is smaller.
    return value if abs(value) < 2**53 else None


def length(value: Any) -> float | None:
    """Return a number of seconds that something took or is old, and None for whatever is none."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def answer(value: Any) -> bool | None:
    """Return a yes or a no, and None for whatever is none of them."""
    return value if isinstance(value, bool) else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
