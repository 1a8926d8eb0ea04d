# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as text: the table on the screen, the message of a failed run, and the data for later workflow nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.outcomes import TROUBLES
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import MAX_NAMES, vms_in_words

Report = Mapping[str, Any]

OUTCOMES: Mapping[str, str] = {
    "succeeded": "done",
    "changed": "done",
    "predicted": "would change",
    "unchanged": "nothing to do",
    **TROUBLES,
    "ready": "ready",
    "not_ready": "not ready",
}
# The title of each entry point; {verb} is a failover or, if it is planned, a migration.
_TITLES: Mapping[str, str] = {
    "main": "{verb} to {site} and reverse",
    "readiness": "readiness for a {verb} to {site}",
    "drill": "drill of a failover to {site}",
    "failover": "{verb} to {site}",
    "reverse": "reverse of the workloads at {site}",
    "cleanup": "cleanup of tests at {site}",
    "failback": "failback to {site}",
}
# The participle for a changed VM; a planned failover has "migrated" it.
_PARTICIPLES: Mapping[str, str] = {
    "main": "changed",
    "drill": "tested",
    "failover": "failed over",
    "reverse": "reversed",
    "cleanup": "cleaned up",
    "failback": "failed back",
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

_HEADINGS: tuple[str, ...] = ("VM", "wave", "outcome", "steps", "runs at", "replicates to", "recovery time")
_READINESS_HEADINGS: tuple[str, ...] = (
    "VM",
    "wave",
    "ready",
    "steps",
    "data age",
    "RPO violation",
    "delta reverse left",
)


def table(report: Report) -> list[str]:
    """Return the report as lines of text, with one line for each VM.

    :param report: from ``build_report``
    """
    plan = report["run"]["entry_point"] == "readiness"
    shown = _shown(report["vms"])
    headings, row_of = (_READINESS_HEADINGS, _readiness_row) if plan else (_HEADINGS, _row)
    rows = [(vm["label"], *row_of(vm)) for vm in shown]
    if len({vm["organization"] for vm in report["vms"] if vm["organization"]}) > 1:
        headings = ("VM", "owner", *headings[1:])
        rows = [(row[0], vm["owner"] or "", *row[1:]) for row, vm in zip(rows, shown)]
    lines = columns(headings, rows) if rows else []
    if len(shown) < len(report["vms"]):
        lines.append(f"... and {len(report['vms']) - len(shown)} more, which the report lists")
    first = report["notes"] if plan else []
    return [*map(printable, first), *lines, *map(printable, _closing_lines(report))]


def _shown(vms: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return at most ``MAX_ROWS`` VMs in order of the report; failed VMs take precedence, then changed ones."""
    ranked = sorted(vms, key=lambda vm: (not vm["error"], not vm["changed"]))
    kept = {vm["key"] for vm in ranked[:MAX_ROWS]}
    return [vm for vm in vms if vm["key"] in kept]


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of text as lines with aligned columns."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in (headings, *rows)]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def message(report: Report) -> str:
    """Return the failures of the run with their remedies; VMs with the same failure share a line.

    :param report: from ``build_report``
    """
    lines = [_summary_line(report)]
    grouped: dict[str, list[str]] = {}
    for failure in report["failures"]:
        name = failure["label"] or "the run"
        known = f" ({failure['id']})" if failure["id"] and failure["id"] not in name else ""
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
    # Ansible prints it as it is, and whoever names a VM has chosen a part of it.
    return printable(f"{vms[0]['label']}: {OUTCOMES[vms[0]['outcome']]}" + (f" ({steps})" if steps else ""))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def stats(report: Report) -> dict[str, Any]:
    """Return the data for the next node of a workflow, which gets it as extra variables.

    Ansible evaluates text in extra variables as templates, so names and messages from the service are left out.

    :param report: from ``build_report``
    """
    vms = report["vms"]
    ids = [(vm, vm["id"]) for vm in vms if VM.id_pattern.match(str(vm["id"]))]
    return {
        "outcome": report["outcome"],
        "active_site": report["run"]["active_site"],
        "total": report["summary"]["total"],
        "changed": sum(bool(vm["changed"]) for vm in vms),
        "failed": sum(bool(vm["error"]) for vm in vms),
        "vm_replication_ids": [identity for _vm, identity in ids],
        "failed_vm_replication_ids": [identity for vm, identity in ids if vm["error"]],
        "recovery_seconds": report["recovery_time"]["seconds"],
        "recovery_target_met": report["recovery_time"]["target_met"],
    }


def duration(seconds: float | None) -> str:
    """Return a duration as text, such as ``1 h 05 min`` or ``42 s``; empty for None."""
    if seconds is None:
        return ""
    whole = round(seconds)
    for size, unit, part, part_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit} {rest:02d} {part_unit}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def words_of_steps(vm: Mapping[str, Any]) -> str:
    """Return the steps of a VM as text, in order; steps that had nothing to do are left out."""
    shown = [step for step in vm["steps"] if step["changed"] or step["failed"] or step["step"] == "verify"]
    return ", ".join(STEP_WORDS[step["step"]] + (" (failed)" if step["failed"] else "") for step in shown)


def grouped_to_do(report: Report, *, failures: bool = True) -> list[dict[str, Any]]:
    """Return each thing to do once: first the remedies for the run and for failed VMs.

    :param failures: whether the remedies of failures are included
    :returns: ``what``, ``names`` (the first VM names; none for the run as a whole) and ``more``, the number of others
    """
    failed = {vm["label"] for vm in report["vms"] if vm["error"]}
    grouped: dict[str, list[str]] = {
        failure["hint"]: [] for failure in report["failures"] if failures and not failure["label"]
    }
    entries = [entry for entry in report["to_do"] if failures or entry["label"] not in failed]
    for entry in sorted(entries, key=lambda entry: entry["label"] not in failed):
        grouped.setdefault(entry["what"], []).append(entry["label"])
    return [
        {"what": what, "names": names[:MAX_NAMES], "more": max(len(names) - MAX_NAMES, 0)}
        for what, names in grouped.items()
    ]


def _row(vm: Mapping[str, Any]) -> tuple[str, ...]:
    state = vm["after"] or {}
    recovered = state.get("recovery_state") == "COMPLETE"
    site = state.get("destination_site") if recovered else state.get("source_site")
    return (
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
        vm["wave"],
        "no" if vm["error"] else "yes",
        words_of_steps(vm) or "nothing to do",
        duration(check.get("instance_age_seconds")),
        f"{violation} min" if violation else "",
        duration(optimized.get("seconds_left")) if optimized.get("is_possible") else "",
    )


def _closing_lines(report: Report) -> list[str]:
    plan = report["run"]["entry_point"] == "readiness"
    lines = [_summary_line(report)]
    time = report["recovery_time"]
    if time["seconds"] is not None:
        back = sum(vm["is_back"] for vm in report["vms"])
        reach = "" if time["complete"] else f" ({back} of {vms_in_words(len(report['vms']))} recovered)"
        verdict = "met" if time["target_met"] else "missed"
        target = f"; target {duration(time['target_seconds'])}: {verdict}" if time["target_seconds"] else ""
        lines.append(f"Recovery time: {duration(time['seconds'])}{reach}{target}")
    lines += filter(None, [note_on_clocks(report), *([] if plan else report["notes"])])
    if plan:
        lines += [
            f"{failure['label'] or 'The run'}: {failure['message']} {failure['hint']}" for failure in report["failures"]
        ]
    for entry in grouped_to_do(report, failures=False):
        more = f" and {entry['more']} more" if entry["more"] else ""
        lines.append(f"To do for {', '.join(entry['names'])}{more}: {entry['what']}")
    drill = report.get("drill")
    if drill:
        found = "unchanged" if drill["untouched"] else "CHANGED, see the report"
        lines.append(f"Production replications: {found if drill['compared'] else 'not compared'}")
    return lines


def title(report: Report) -> str:
    """Return the title of the run, such as ``failover to site-2``.

    :param report: from ``build_report``
    """
    run = report["run"]
    verb = "migration" if run["mode"] == "planned" else "failover"
    return _TITLES[run["entry_point"]].format(verb=verb, site=run["active_site"] or "an unnamed site")


def note_on_clocks(report: Report) -> str:
    """Return why the recovery time is longer than the run; empty if it is not.

    The run is timed by the clock of the controller, its steps by the clock of the service.

    :param report: from ``build_report``
    """
    seconds, whole = report["recovery_time"]["seconds"], report["run"]["seconds"]
    if seconds is None or seconds < whole + 1:
        return ""
    attached = any(step["decision"] == "attach" for vm in report["vms"] for step in vm["steps"])
    reason = (
        "it counts from the start of an operation that was already running"
        if attached
        else "it is measured by the clock of the service, which differs from that of the controller"
    )
    return f"The recovery time is longer than the run of {duration(whole)}: {reason}."


def _summary_line(report: Report) -> str:
    name = title(report)
    if report["run"]["predicted"] and report["run"]["entry_point"] != "readiness":
        name = f"check mode: {name}"
    return name[:1].upper() + name[1:] + f": {_count(report)}"


def _only_cleans_up(report: Report) -> bool:
    """Tell whether a drill has cleaned up without a test, as with the tag cleanup."""
    done = {step["step"] for vm in report["vms"] for step in vm["steps"] if step["changed"]}
    return report["run"]["entry_point"] == "drill" and bool(done) and done <= {"cleanup", "test_cleanup"}


def _count(report: Report) -> str:
    """Return the outcome of the run and the number of VMs per outcome, such as ``done (2 of 2 VMs failed over)``."""
    run, summary = report["run"], report["summary"]
    total, outcome = summary["total"], OUTCOMES[report["outcome"]]
    if not total:
        return f"{outcome} (no VM)"
    if run["entry_point"] == "readiness":
        return f"{outcome} ({summary['predicted'] + summary['unchanged']} of {vms_in_words(total)} ready)"
    planned = run["entry_point"] == "failover" and run["mode"] == "planned"
    participle = "migrated" if planned else _PARTICIPLES["cleanup" if _only_cleans_up(report) else run["entry_point"]]
    words = dict(OUTCOMES, changed=participle, predicted=f"would be {participle}", unchanged="unchanged")
    parts = [(summary[key], words[key]) for key in ("changed", "predicted", "unchanged", *TROUBLES) if summary[key]]
    if len(parts) == 1:
        counted = f"{total} of {vms_in_words(total)} {parts[0][1]}"
    else:
        counted = f"{vms_in_words(total)}: {', '.join(f'{number} {word}' for number, word in parts)}"
    return counted if report["outcome"] == "predicted" else f"{outcome} ({counted})"
