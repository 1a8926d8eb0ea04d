# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run: one document with what was done, how long it took, what failed and what is still to be done.

The document follows ``roles/recovery/files/report.schema.json``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.answers import told
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import lost_networks
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.held_tests import (
    TEST,
    deadline,
    in_words,
    running,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.outcomes import TROUBLES, outcome_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import sealed
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.source import question
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import is_protected, is_recovered

# 1.1 added versions and the SHA-256 checksum of the data; 1.2 added the version of the API, the operation id and the
# results of readiness checks.
SCHEMA_VERSION = "1.2"

_RECOVERING = ("failover", "migrate", "test")
_WORKS_AT_ONCE = ("OK", "FINISHED", None)
_RUN_KEYS = ("id", "entry_point", "mode", "host", "service", "user", "launched_by", "operation_id", "active_site")

Report = dict[str, Any]


def build_report(run: Mapping[str, Any]) -> Report:
    """Build the report of a run.

    :param run: ``vms`` (records), ``waves`` (in order), ``halted`` (the waves that were not started, each with the
        wave that prevented it), ``failure`` (why the run as a whole was aborted, or empty), ``notes`` of the run,
        ``checked_nobody`` (names in checks that match no VM of the run), ``readiness`` (from ``answers``),
        ``started`` and ``ended`` (seconds since the epoch), ``dry``, ``rto_target`` and ``deadline`` (seconds, 0 for
        none), ``versions`` of the software that ran, and ``_RUN_KEYS``, which are copied
    :returns: the document, with the SHA-256 checksum of its data; times in ISO 8601 UTC, durations and ages in seconds
    """
    run = dict(run, **{key: float(run[key]) for key in ("started", "ended", "rto_target", "deadline")})
    versions = run.get("versions") or {}
    zero = _zero(run)
    vms = [_vm(record, run, zero) for record in run["vms"]]
    failures = _failures(run)
    report: Report = {
        "schema_version": SCHEMA_VERSION,
        "run": {
            **{key: run.get(key) or "" for key in _RUN_KEYS},
            "predicted": bool(run["dry"]),
            "started": iso(run["started"]),
            "ended": iso(run["ended"]),
            "seconds": round(run["ended"] - run["started"], 3),
            "from_sites": sorted({site for site in _peer_sites(run) if site}),
        },
        "versions": {key: str(versions.get(key) or "") for key in ("collection", "ansible_core", "api")},
        "outcome": _outcome(run, vms, failures),
        "summary": _summary(vms, failures),
        "recovery_time": _recovery_time(vms, run["rto_target"]),
        "data_age": _data_age(vms),
        "waves": [_wave(wave, run, vms) for wave in run["waves"]],
        "vms": vms,
        "failures": failures,
        "notes": [*run["notes"], *filter(None, [question(run)])],
        "to_do": [
            *(entry for record in run["vms"] for entry in _to_do(record, run)),
            *({"name": name, "label": name, "what": _CHECKS_NOBODY} for name in run["checked_nobody"]),
        ],
    }
    own = {**{key: report["run"][key] for key in ("id", "started", "mode")}, "outcome": report["outcome"]}
    report["readiness"] = told([{**own, **answers} for answers in run["readiness"]], run["vms"])
    if not run["dry"] and (run["entry_point"] == "drill" or any("untouched" in record for record in run["vms"])):
        report["drill"] = _drill(run)
    return sealed(report)


def _peer_sites(run: Mapping[str, Any]) -> list[str | None]:
    return [other_site(record["start"], run["active_site"]) for record in run["vms"]]


def other_site(state: Mapping[str, Any] | None, active_site: str) -> str | None:
    """Return the site of a replication that is not the active site; None if there is no state."""
    if not state:
        return None
    is_there = state["destination_site"] == active_site
    return str(state["source_site"] if is_there else state["destination_site"])


def iso(seconds: float | None) -> str | None:
    """Convert seconds since the epoch to ISO 8601 in UTC; None for None or a negative number."""
    if seconds is None or seconds < 0:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def _zero(run: Mapping[str, Any]) -> float:
    """Return the start of the run by the clock of the service.

    The clocks of service and controller may differ, so the first task is assumed to have started when its module was
    called. A task that an earlier run started counts from its own start.
    """
    timed = [step for record in run["vms"] for step in record["steps"] if step.get("started") and step.get("called")]
    if not timed:
        return float(run["started"])
    first_call = min(step["called"] for step in timed)
    first_task = min(step["started"] for step in timed if step["called"] == first_call)
    return float(
        min(first_task - max(first_call - run["started"], 0), *(step["started"] for step in timed), first_task)
    )


def _vm(record: Record, run: Mapping[str, Any], zero: float) -> dict[str, Any]:
    steps = _timed_steps(record, zero)
    recovery_seconds = _recovery_seconds(steps)
    age, rpo = _age_at_failover(record, run), _rpo_seconds(record)
    target = run["rto_target"]
    return {
        "key": record["key"],
        "id": record["id"],
        "previous_id": record["previous_id"],
        "name": record["vm_name"],
        "label": record["label"],
        "organization": record["organization"],
        "owner": record["owner"],
        "vapp_name": (record["start"] or {}).get("vapp_name"),
        "wave": record["wave"],
        "outcome": outcome_of(record, run),
        "changed": record["changed"],
        "verified": record["verified"],
        "checks": list(record.get("checks", ())),
        "before": _shown_state(record["start"]),
        "after": _shown_state(record["now"]),
        "is_back": recovery_seconds is not None or runs_there(record, run["active_site"]),
        "protected": bool(record["now"]) and is_protected(record["now"], run["active_site"]),
        "recovery_seconds": recovery_seconds,
        "recovery_target_met": recovery_seconds <= target if target and recovery_seconds is not None else None,
        "data_age_seconds": age,
        "rpo_seconds": rpo,
        "rpo_met": age <= rpo if age is not None and rpo else None,
        "steps": steps,
        "error": record["error"],
        **{key: record[key] for key in ("untouched", "differences", "check") if key in record},
        **({"test": _shown_test(record["test"])} if "test" in record else {}),
    }


def runs_there(record: Record, site: str) -> bool:
    """Tell whether a VM runs at a site, recovered or protected, and did not fail its verification."""
    state = record["now"]
    arrived = bool(state) and (is_recovered(state, site) or is_protected(state, site))
    return arrived and record["verified"] is not False


def _timed_steps(record: Record, zero: float) -> list[dict[str, Any]]:
    """Return the steps with their times in the run; a step that the role times itself follows the one before it."""
    shown, last_end = [], None
    for step in record["steps"]:
        begin = step["started"] - zero if step.get("started") else None
        end = step["ended"] - zero if step.get("ended") else None
        if step.get("seconds") is not None and last_end is not None:
            begin, end = last_end, last_end + step["seconds"]
        last_end = end if end is not None else last_end
        shown.append(
            {
                "step": step["step"],
                "decision": step["decision"],
                "changed": step["changed"],
                "failed": step["failed"],
                "task_id": step.get("task_id"),
                "begin_seconds": _rounded(begin),
                "end_seconds": _rounded(end),
                "warnings": step.get("warnings") or [],
            }
        )
    return shown


def _recovery_seconds(steps: Sequence[Mapping[str, Any]]) -> float | None:
    """Return when the VM was recovered, and verified if requested; None if this run did not recover it."""
    if not any(step["step"] in _RECOVERING and step["changed"] and not step["failed"] for step in steps):
        return None
    if any(step["failed"] for step in steps if step["step"] in (*_RECOVERING, "verify")):
        return None
    ends = [step["end_seconds"] for step in steps if step["step"] in (*_RECOVERING, "verify")]
    return max((end for end in ends if end is not None), default=None)


def _age_at_failover(record: Record, run: Mapping[str, Any]) -> float | None:
    """Return the age of the recovered data; None for a chosen point in time or after a final synchronisation."""
    started = next(
        (
            step.get("started")
            for step in record["steps"]
            if step["step"] == "failover" and step["changed"] and not step["failed"]
        ),
        None,
    )
    instance_at = (record["now"] or {}).get("instance_at")
    chosen = any(
        wave["name"] == record["wave"] and (wave.get("instance_before") or wave.get("instance_ids"))
        for wave in run["waves"]
    )
    if started is None or instance_at is None or chosen:
        return None
    return _rounded(max(started - instance_at / 1000, 0.0))


def _rpo_seconds(record: Record) -> int | None:
    minutes = (record["start"] or {}).get("rpo_minutes")
    return minutes * 60 if minutes else None


def _shown_state(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    keys = (
        "recovery_state",
        "source_site",
        "destination_site",
        "is_reversed",
        "is_paused",
        "overall_health",
        "rpo_violation",
    )
    return {key: state.get(key) for key in keys} if state else None


def _shown_test(test: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {key: test[key] for key in ("since", "until")} if test else None


def _outcome(run: Mapping[str, Any], vms: Sequence[Mapping[str, Any]], failures: Sequence[Any]) -> str:
    if run["entry_point"] == "readiness":
        return "not_ready" if failures else "ready"
    if failures:
        return "failed"
    if not any(vm["changed"] for vm in vms):
        return "unchanged"
    return "predicted" if run["dry"] else "succeeded"


def _summary(vms: Sequence[Mapping[str, Any]], failures: Sequence[Any]) -> dict[str, int]:
    outcomes = [vm["outcome"] for vm in vms]
    return {
        "total": len(vms),
        **{outcome: outcomes.count(outcome) for outcome in ("changed", "predicted", "unchanged", *TROUBLES)},
        "protected": sum(vm["protected"] for vm in vms),
        "failures": len(failures),
    }


def _recovery_time(vms: Sequence[Mapping[str, Any]], target: float) -> dict[str, Any]:
    measured = [vm["recovery_seconds"] for vm in vms if vm["recovery_seconds"] is not None]
    complete = bool(measured) and all(vm["is_back"] for vm in vms)
    seconds = max(measured, default=None)
    return {
        "seconds": seconds,
        "complete": complete,
        "target_seconds": target or None,
        "target_met": (complete and seconds is not None and seconds <= target) if target and measured else None,
    }


def _data_age(vms: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    ages = [vm["data_age_seconds"] for vm in vms if vm["data_age_seconds"] is not None]
    over = [vm["label"] for vm in vms if vm["rpo_met"] is False]
    return {"oldest_seconds": max(ages, default=None), "rpo_exceeded": over, "rpo_met": not over if ages else None}


def _wave(wave: Mapping[str, Any], run: Mapping[str, Any], vms: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    members = [vm for vm in vms if vm["wave"] == wave["name"]]
    times = [
        moment
        for vm in members
        for step in vm["steps"]
        if step["step"] in (*_RECOVERING, "cleanup", "verify")
        for moment in (step["begin_seconds"], step["end_seconds"])
        if moment is not None
    ]
    outcomes = {vm["outcome"] for vm in members}
    order = ("not_started", *TROUBLES, "predicted", "changed")
    return {
        "name": wave["name"],
        "total": len(members),
        "failed": len([vm for vm in members if vm["error"] and vm["outcome"] != "not_started"]),
        "max_failures": wave["max_failures"],
        "outcome": next((outcome for outcome in order if outcome in outcomes), "unchanged"),
        "needs": wave.get("needs"),
        "halted": [name for name, halted_by in run["halted"].items() if halted_by == wave["name"]],
        "begin_seconds": min(times, default=None),
        "end_seconds": max(times, default=None),
    }


def _failures(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    failures = [
        {
            "name": record["vm_name"],
            "label": record["label"],
            "organization": record["organization"],
            "id": record["id"],
            "wave": record["wave"],
            **{key: record["error"].get(key) or "" for key in ("step", "code", "category", "message", "hint")},
        }
        for record in run["vms"]
        if record["error"]
    ]
    if run["failure"]:
        told = {key: run["failure"][key] for key in _NOT_OF_A_VM if run["failure"].get(key)}
        failures.insert(0, {**_NOT_OF_A_VM, **told})
    # A failed failure hook is reported only with other failures, because its message is about those.
    others = [error for error in run["hook_errors"] if failures or error["step"] != "failure"]
    return failures + [{**_NOT_OF_A_VM, **error} for error in others]


_NOT_OF_A_VM: Mapping[str, Any] = {
    "name": "",
    "label": "",
    "organization": None,
    "id": None,
    "wave": "",
    "step": "run",
    "code": "",
    "category": "",
    "message": "",
    "hint": "Correct what the message names and run again: what is done is skipped.",
}


def _to_do(record: Record, run: Mapping[str, Any]) -> list[dict[str, str]]:
    state, site = record["now"], run["active_site"]
    if record["error"]:
        return [_entry(record, record["error"].get("hint") or "Fix the cause and run again.")]
    if record.get("check"):
        return _notes_of_check(record, run)
    if run["dry"] or not state:
        return []
    texts = [f"A hook failed: {message}" for message in record["hook_failures"]]
    texts += [in_words(run["vms"])] if record["held"] and state["recovery_state"] == TEST else []
    if is_recovered(state, site):
        texts.append(f"Runs at {site} without protection: reverse the replication (opendr.vcda.reverse).")
    elif is_protected(state, site) and state.get("data_connection_state") not in _WORKS_AT_ONCE:
        texts.append(
            f"The replication is {str(state['data_connection_state']).lower()}: "
            "the VM is fully protected once that has ended."
        )
    if record.get("lost_mappings"):
        texts.append(lost_networks(record))
    if state.get("overall_health") == "RED":
        texts.append("The health of the replication is RED: check it at the site.")
    return [_entry(record, text) for text in texts]


def _entry(record: Record, what: str) -> dict[str, str]:
    return {"name": record["vm_name"], "label": record["label"], "what": what}


_CHECKS_NOBODY = "recovery_checks names it, but no VM of this run has that name, so nothing was verified for it."


def _notes_of_check(record: Record, run: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the findings of a readiness check that do not make the VM not ready."""
    check = record["check"]
    texts = [concern["message"] for concern in check["concerns"]]
    if record["start"]["recovery_state"] == TEST:
        texts.append(in_words(run["vms"]))
    if record["splits"]:
        texts.append(f"It is recovered {record['splits']}, which splits the replication of its vApp.")
    if check["peer_is_reachable"] is False and any(
        step["step"] == "reverse" for step in record["steps"] if step["changed"]
    ):
        texts.append(f"The reverse needs site {check['peer_site']}, which cannot be reached now.")
    return [_entry(record, text) for text in texts]


def _drill(run: Mapping[str, Any]) -> dict[str, Any]:
    looked_at = [record for record in run["vms"] if "untouched" in record]
    return {
        "untouched": bool(looked_at) and all(record["untouched"] for record in looked_at),
        "compared": len(looked_at),
        "left_behind": [record["label"] for record in running(looked_at) if not record["held"]],
        "held": [record["label"] for record in running(looked_at) if record["held"]],
        "held_until": deadline(run["vms"]),
        "deadline_seconds": run["deadline"] or None,
        "deadline_met": run["ended"] - run["started"] <= run["deadline"] if run["deadline"] else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
