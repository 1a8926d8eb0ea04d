# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as text: the table on the screen, the message of a failed run, and what later nodes of a workflow get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable

Report = Mapping[str, Any]

OUTCOMES: Mapping[str, str] = {
    "succeeded": "done",
    "changed": "done",
    "predicted": "would be done",
    "unchanged": "nothing to do",
    "failed": "failed",
    "not_started": "not started",
    "ready": "ready",
    "not_ready": "not ready",
}
TITLES: Mapping[str, str] = {
    "main": "Recovery and protection",
    "readiness": "Readiness",
    "drill": "Recovery drill",
    "failover": "Recovery",
    "reverse": "Protection",
    "cleanup": "Cleanup of tests",
    "failback": "Failback",
}
STEP_WORDS: Mapping[str, str] = {
    "cleanup": "clean up",
    "protect_first": "reverse first",
    "failover": "fail over",
    "migrate": "migrate",
    "test": "test",
    "verify": "verify",
    "reverse": "reverse",
    "test_cleanup": "clean up",
}
MAX_ROWS = 200
_MAX_NAMES = 20

_HEADINGS = ("VM", "wave", "outcome", "steps", "runs at", "replicates to", "recovered after")
_READINESS_HEADINGS = ("VM", "wave", "ready", "steps", "newest data", "RPO violated by", "optimized reverse for")


def table(report: Report) -> list[str]:
    """Return the report as lines of text, all VMs under one another.

    :param report: from ``build_report``
    """
    plan = report["run"]["entry_point"] == "readiness"
    shown = _shown(report["vms"])
    rows = [(_readiness_row if plan else _row)(vm) for vm in shown]
    lines = columns(_READINESS_HEADINGS if plan else _HEADINGS, rows) if rows else []
    if len(shown) < len(report["vms"]):
        lines.append(f"... and {len(report['vms']) - len(shown)} more, which the report lists")
    return [*lines, *map(printable, _closing_lines(report))]


def _shown(vms: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the VMs that a screen has room for, in order: all, or the failed ones first and then the changed ones."""
    ranked = sorted(vms, key=lambda vm: (not vm["error"], not vm["changed"]))
    kept = {vm["key"] for vm in ranked[:MAX_ROWS]}
    return [vm for vm in vms if vm["key"] in kept]


def vms_in_words(number: int) -> str:
    """Return a number of VMs as text."""
    return "1 VM" if number == 1 else f"{number} VMs"


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of text as lines with aligned columns."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in (headings, *rows)]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def message(report: Report) -> str:
    """Return why the run failed: every VM with what to do about it, what is the same for several VMs once.

    :param report: from ``build_report``
    """
    lines = [f"{_title(report)}: {_count(report)}"]
    grouped: dict[str, list[str]] = {}
    for failure in report["failures"]:
        name = failure["name"] or "the run"
        known = f" ({failure['id']})" if failure["id"] and failure["id"] != name else ""
        what = f"{_sentence(failure['message'])} What to do: {failure['hint']}"
        grouped.setdefault(what, []).append(f"{name}{known}")
    lines += [f"* {', '.join(names)}: {what}" for what, names in grouped.items()]
    return "\n".join(map(printable, lines))


def outcome_line(report: Report) -> str:
    """Return the outcome of a host in one line.

    :param report: from ``build_report``
    """
    vms = report["vms"]
    if len(vms) != 1:
        return _count(report)
    steps = words_of_steps(vms[0])
    return f"{vms[0]['name']}: {OUTCOMES[vms[0]['outcome']]}" + (f" ({steps})" if steps else "")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def stats(report: Report) -> dict[str, Any]:
    """Return what the next node of a workflow may need.

    :param report: from ``build_report``
    """
    vms = report["vms"]
    return {
        "outcome": report["outcome"],
        "active_site": report["run"]["active_site"],
        "total": report["summary"]["total"],
        "changed": [vm["name"] for vm in vms if vm["changed"]],
        "failed": [vm["name"] for vm in vms if vm["error"]],
        "vm_replication_ids": [vm["id"] for vm in vms if vm["id"]],
        "recovery_seconds": report["recovery_time"]["seconds"],
        "recovery_target_met": report["recovery_time"]["target_met"],
    }


def duration(seconds: float | None) -> str:
    """Return a duration as people write it, such as ``1 h 05 min`` or ``42 s``; empty for None."""
    if seconds is None:
        return ""
    whole = round(seconds)
    for size, unit, part, part_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit} {rest:02d} {part_unit}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def words_of_steps(vm: Mapping[str, Any]) -> str:
    """Return what was done with a VM, in order; a step that found nothing to do is left out."""
    shown = [step for step in vm["steps"] if step["changed"] or step["failed"] or step["step"] == "verify"]
    return ", ".join(STEP_WORDS[step["step"]] + (" (failed)" if step["failed"] else "") for step in shown)


def grouped_to_do(report: Report, *, failures: bool = True) -> list[dict[str, Any]]:
    """Return what is still to be done, each thing once: first what mends the run and the failed VMs, then the rest.

    :param failures: whether what mends failures is wanted, too
    :returns: ``what``, ``names`` (of VMs, the first of them; none for the run as a whole) and ``more``, how many others
    """
    failed = {vm["name"] for vm in report["vms"] if vm["error"]}
    grouped: dict[str, list[str]] = {
        failure["hint"]: [] for failure in report["failures"] if failures and not failure["name"]
    }
    entries = [entry for entry in report["to_do"] if failures or entry["name"] not in failed]
    for entry in sorted(entries, key=lambda entry: entry["name"] not in failed):
        grouped.setdefault(entry["what"], []).append(entry["name"])
    return [
        {"what": what, "names": names[:_MAX_NAMES], "more": max(len(names) - _MAX_NAMES, 0)}
        for what, names in grouped.items()
    ]


def _row(vm: Mapping[str, Any]) -> tuple[str, ...]:
    state = vm["after"] or {}
    recovered = state.get("recovery_state") == "COMPLETE"
    site = state.get("destination_site") if recovered else state.get("source_site")
    return (
        vm["name"],
        vm["wave"],
        OUTCOMES[vm["outcome"]],
        words_of_steps(vm),
        site or "",
        "" if recovered else state.get("destination_site") or "",
        duration(vm["recovery_seconds"]),
    )


def _readiness_row(vm: Mapping[str, Any]) -> tuple[str, ...]:
    check = vm.get("check") or {}
    violation = check.get("rpo_violation_minutes")
    optimized = check.get("optimized_reverse") or {}
    return (
        vm["name"],
        vm["wave"],
        "no" if vm["error"] else "yes",
        words_of_steps(vm) or "nothing to do",
        duration(check.get("instance_age_seconds")),
        f"{violation} min" if violation else "",
        duration(optimized.get("seconds_left")) if optimized.get("is_possible") else "",
    )


def _closing_lines(report: Report) -> list[str]:
    lines = [f"{_title(report)}: {_count(report)}"]
    time = report["recovery_time"]
    if time["seconds"] is not None:
        back = sum(vm["is_back"] for vm in report["vms"])
        reach = "" if time["complete"] else f" for the {back} of {vms_in_words(len(report['vms']))} that are back"
        target = f", target {duration(time['target_seconds'])} " if time["target_seconds"] else ""
        verdict = ("met" if time["target_met"] else "missed") if target else ""
        lines.append(f"Recovery time: {duration(time['seconds'])}{reach}{target}{verdict}")
    if report["run"]["entry_point"] == "readiness":
        lines += [
            f"{failure['name'] or 'The run'}: {failure['message']} {failure['hint']}" for failure in report["failures"]
        ]
    for entry in grouped_to_do(report, failures=False):
        more = f" and {entry['more']} more" if entry["more"] else ""
        lines.append(f"To do for {', '.join(entry['names'])}{more}: {entry['what']}")
    drill = report.get("drill")
    if drill:
        found = "untouched" if drill["untouched"] else "NOT as they were before, see the report"
        lines.append(f"Production replications: {found if drill['compared'] else 'not compared'}")
    return lines


def _title(report: Report) -> str:
    run = report["run"]
    if run["entry_point"] == "readiness":
        verb = "migration" if run["mode"] == "planned" else "failover"
        return f"{TITLES['readiness']} for a {verb} to {run['active_site'] or 'an unnamed site'}"
    mode = f" ({run['mode']})" if run["mode"] else ""
    suffix = ", not carried out" if run["predicted"] else ""
    return f"{TITLES[run['entry_point']]}{mode} to {run['active_site'] or 'an unnamed site'}{suffix}"


def _count(report: Report) -> str:
    summary = report["summary"]
    parts = [
        f"{summary[outcome]} {OUTCOMES[outcome]}"
        for outcome in ("changed", "predicted", "unchanged", "failed", "not_started")
        if summary[outcome]
    ]
    vms = f"{vms_in_words(summary['total'])}: {', '.join(parts)}" if parts else "no VM"
    return f"{OUTCOMES[report['outcome']]} ({vms})"
