# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A history as a self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.accounts import KINDS
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.page_pictures import drawn_waves
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.summary import day, headline
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import (
    Content,
    cell,
    document,
    element,
    moment,
    name_of,
    row,
    section,
    table,
    toned,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import OUTCOMES, duration

History = Mapping[str, Any]

MAX_RUNS = 500
_STYLE = Path(__file__).parents[3] / "playbooks" / "files" / "history.css"
_KIND_WORDS: Mapping[str, str] = {
    "drill": "Drill",
    "failover": "Failover",
    "reverse": "Reverse",
    "failback": "Failback",
}
_ABOUT = (
    "This page tells which virtual machines (VMs) could be recovered at another site, how fast, and when that was last "
    "proven. It is made from the reports of all runs. A ",
    element("strong", "drill"),
    " recovers VMs as a test and then removes the test; production goes on. A ",
    element("strong", "failover"),
    " recovers them for real, a ",
    element("strong", "reverse"),
    " protects them again in the other direction, and a ",
    element("strong", "failback"),
    " brings them home.",
)
_TIMES = (
    "Times are recovery times: from the start of the run until the VM was back, verified where that was asked for. Of "
    "a reverse it is how long it took."
)
_CHANGED = "It was changed after it was written: it proves nothing here."


def render(history: History) -> str:
    """Return a history as a page.

    :param history: from ``History.document``
    """
    created = moment(history["created"])
    return document(
        f"Recovery history: {headline(history)}",
        _STYLE,
        _header(history),
        element("main", _due(history), _vms(history), drawn_waves(history), _doubt(history), _runs(history)),
        element(
            "footer",
            f"Made by opendr.vcda.history on {created} from the reports of the role opendr.vcda.recovery. Times are "
            "UTC, by the clock of the controller. The data is in history.json.",
        ),
    )


def _header(history: History) -> Markup:
    tone = "bad" if history["drill_due"] else "good" if history["summary"]["protected"] else "plain"
    return element(
        "header",
        element("h1", "Recovery history"),
        element("p", element("span", headline(history), class_=f"badge {tone}")),
        element("p", _ABOUT),
        element("dl", _figures(history), class_="figures"),
    )


def _figures(history: History) -> Content:
    summary, runs, most_days = history["summary"], history["runs"], history["max_drill_age_days"]
    in_doubt = summary["changed_afterwards"] + summary["left_out"]
    recovered = f"{summary['recovered']} of {summary['protected']}"
    slowest = "the slowest VM, in its last recovery" if summary["slowest_seconds"] is not None else ""
    oldest = summary["oldest_proof"]
    proven = f"for every recovered VM on {day(oldest)} or later" if oldest else ""
    last = f"the last on {day(runs[0]['started'])}" if runs else "no report was found"
    doubts = f"{summary['changed_afterwards']} changed afterwards, {summary['left_out']} left out"
    never, too_old = summary["never_recovered"], summary["drill_too_old"]
    return (
        _figure("Could be recovered", recovered, "protected VMs, in a drill or for real"),
        _figure("Never tried", never, "protected VMs that were never recovered", is_bad=bool(never)),
        _figure("How fast", duration(summary["slowest_seconds"]) or "not measured", slowest),
        _figure("Last proven", _together(day(summary["newest_proof"]) or "never"), proven),
        _figure("Drilled too long ago", too_old, f"more than {most_days:g} days", is_bad=bool(too_old))
        if most_days
        else None,
        _figure("Runs", summary["runs"], last),
        _figure("Reports in doubt", in_doubt, doubts, is_bad=True) if in_doubt else None,
    )


def _figure(term: str, value: Content, note: str, *, is_bad: bool = False) -> Markup:
    shown = element("dd", value, element("small", note), class_="text-bad" if is_bad else None)
    return element("div", element("dt", term), shown)


def _due(history: History) -> Content:
    """Return the VMs that need a drill; None if there are none."""
    if not history["drill_due"]:
        return None
    most_days = history["max_drill_age_days"]
    within = f", or not within the last {most_days:g} days" if most_days else ""
    rows = [
        row(
            _identity(vm),
            [
                cell("Last drill", toned("never" if vm["reason"] == "never" else day(vm["last_drill"]), "bad")),
                cell("Recovered in another way", _other_way(vm["last_recovery"])),
                cell("Runs at", vm["runs_at"]),
                cell("Replicates to", vm["replicates_to"]),
            ],
        )
        for vm in history["drill_due"]
    ]
    return section(
        "due",
        "These VMs need a drill",
        _note(f"Protected VMs that were never drilled{within}."),
        table("due", ("VM", "Last drill", "Recovered in another way", "Runs at", "Replicates to"), rows),
    )


def _other_way(recovery: str | None) -> str:
    return "no" if recovery in {"drill", None} else str(recovery)


def _vms(history: History) -> Content:
    """Return when each VM was last recovered; None if no report names a VM."""
    if not history["vms"]:
        return None
    rows = [
        row(
            _identity(vm),
            [
                cell("Protection", _protection(vm)),
                *(cell(_KIND_WORDS[kind], _passed(vm["last"][kind])) for kind in KINDS),
                cell("Last failure", _failure(vm["last_failure"])),
            ],
        )
        for vm in history["vms"]
    ]
    headings = ("VM", "Protection", *(_KIND_WORDS[kind] for kind in KINDS), "Last failure")
    heading = "All VMs: when each was last recovered, and how fast"
    return section("vms", heading, _note(_TIMES), table("vms", headings, rows))


def _identity(vm: Mapping[str, Any]) -> Content:
    organization = element("small", vm["organization"]) if vm["organization"] else None
    return name_of(vm["name"] or ", ".join(vm["ids"])), organization


def _protection(vm: Mapping[str, Any]) -> Content:
    runs_at, replicates_to = vm["runs_at"], vm["replicates_to"]
    shown: Content
    if vm["protected"]:
        replicates = f", replicates to {replicates_to}" if replicates_to else ""
        shown = f"runs at {runs_at or 'a site that is not known'}{replicates}"
    elif vm["protected"] is None:
        shown = "not known"
    else:
        shown = toned("not protected", "bad"), f", runs at {runs_at}" if runs_at else None
    return shown, element("small", f"last seen {day(vm['last_seen'])}")


def _passed(passed: Mapping[str, Any] | None) -> Content:
    """Return when a VM last passed an operation, in which time, and where."""
    if not passed:
        return "never"
    time = _together(duration(passed["seconds"])), ", verified" if passed["verified"] else None
    return (
        _together(day(passed["at"])),
        _remark(time) if passed["seconds"] is not None else None,
        _remark(f"at {passed['site']}"),
    )


def _failure(failure: Mapping[str, Any] | None) -> Content:
    return (_together(day(failure["at"])), _remark(failure["step"])) if failure else None


def _doubt(history: History) -> Content:
    """Return the reports that prove nothing; None if there are none."""
    if not (history["left_out"] or history["summary"]["changed_afterwards"]):
        return None
    reasons = [
        *((run["file"], _CHANGED) for run in history["runs"] if run["intact"] is False),
        *((one["file"], f"{one['reason']} It was left out.") for one in history["left_out"]),
    ]
    rows = [row(name_of(file), [cell("Why", reason)]) for file, reason in reasons]
    return section("doubt", "Reports in doubt", table("", ("File", "Why"), rows))


def _runs(history: History) -> Content:
    """Return the newest runs; None if there are none."""
    runs, total = history["runs"][:MAX_RUNS], history["summary"]["runs"]
    if not runs:
        return None
    rest = f"The table lists the newest {len(runs)} of {total} runs; history.json lists all."
    headings = ("Begin", "Operation", "Outcome", "VMs", "Recovery time", "Data age", "By")
    return section("runs", "Runs", _note(rest) if len(runs) < total else None, table("runs", headings, map(_run, runs)))


def _run(run: Mapping[str, Any]) -> Markup:
    began = _together(run["started"].replace("T", " ").replace("Z", "")), element("small", run["file"])
    prediction = " (prediction)" if run["predicted"] and run["entry_point"] != "readiness" else None
    is_bad = run["outcome"] in {"failed", "not_ready"}
    changed = (" ", element("small", "changed afterwards", class_="text-bad")) if run["intact"] is False else None
    return row(
        began,
        [
            cell("Operation", run["entry_point"], prediction, _remark(run["active_site"])),
            cell("Outcome", toned(OUTCOMES.get(run["outcome"], run["outcome"]), "bad" if is_bad else ""), changed),
            cell("VMs", run["vms"], _remark(f"{run['failed']} failed") if run["failed"] else None),
            cell("Recovery time", _recovery_time(run["recovery_time"])),
            cell("Data age", _data_age(run["data_age"])),
            cell("By", run["user"], _remark(f"launched by {run['launched_by']}") if run["launched_by"] else None),
        ],
    )


def _recovery_time(time: Mapping[str, Any]) -> Content:
    is_judged = time["target_seconds"] and time["seconds"] is not None
    verdict = f"target {duration(time['target_seconds'])} {'met' if time['target_met'] else 'missed'}"
    return _together(duration(time["seconds"])), _remark(verdict) if is_judged else None


def _data_age(age: Mapping[str, Any]) -> Content:
    verdict = "within the RPO" if age["rpo_met"] else f"RPO exceeded by {age['rpo_exceeded']}"
    return _together(duration(age["oldest_seconds"])), _remark(verdict) if age["rpo_met"] is not None else None


def _together(text: str) -> Markup:
    """Return text that no line break divides, such as a day."""
    return element("span", text, class_="day")


def _remark(content: Content) -> Content:
    return " ", element("small", content)


def _note(text: str) -> Markup:
    return element("p", text, class_="note")
