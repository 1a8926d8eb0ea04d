# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures at the top of the page of a report: how many VMs, how fast, how old their data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import element
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.outcomes import TROUBLES
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import OUTCOMES, duration

Report = Mapping[str, Any]

_PROTECTING = ("main", "reverse", "failback")
_NOT_RECOVERING = ("reverse", "cleanup")


def figures(report: Report) -> Markup:
    """Return the figures that a report of its entry point has.

    :param report: from ``build_report``
    """
    run = report["run"]
    shown = [_vms(report)]
    if not run["predicted"] and run["entry_point"] not in _NOT_RECOVERING:
        shown += [_running(report), _recovery_time(report)]
    if report["data_age"]["oldest_seconds"] is not None:
        shown.append(_data_age(report))
    if "drill" in report:
        shown.append(_production(report["drill"]))
    elif run["entry_point"] in _PROTECTING:
        protected = f"{report['summary']['protected']} of {report['summary']['total']}"
        note = f"run at {run['active_site']} and replicate to the other site"
        shown.append(_figure("Protected again", protected, note))
    return element("dl", shown, class_="figures")


def _figure(term: str, value: str, note: str) -> Markup:
    return element("div", element("dt", term), element("dd", value, element("small", note)))


def _vms(report: Report) -> Markup:
    summary = report["summary"]
    if report["run"]["entry_point"] == "readiness":
        ready = summary["predicted"] + summary["unchanged"]
        note = f"{ready} ready, {summary['total'] - ready} not ready"
    else:
        counted = [key for key in ("changed", "predicted", "unchanged", *TROUBLES) if summary[key]]
        note = ", ".join(f"{summary[key]} {OUTCOMES[key]}" for key in counted)
    return _figure("Virtual machines", str(summary["total"]), note)


def _running(report: Report) -> Markup:
    run, vms = report["run"], report["vms"]
    term = "Started in the test" if run["entry_point"] == "drill" else f"Running at {run['active_site']}"
    verified = sum(bool(vm["verified"]) for vm in vms)
    asked = any(vm["verified"] is not None for vm in vms)
    note = f"{verified} verified" if asked else "none was verified"
    return _figure(term, f"{sum(bool(vm['is_back']) for vm in vms)} of {report['summary']['total']}", note)


def _recovery_time(report: Report) -> Markup:
    time = report["recovery_time"]
    note = "not all VMs were recovered; " if time["seconds"] is not None and not time["complete"] else ""
    if time["target_seconds"]:
        note += f"target {duration(time['target_seconds'])}: {_yes_no(time['target_met'], 'met', 'missed')}"
    else:
        note += "no target was set"
    return _figure("Recovery time", duration(time["seconds"]) or "not measured", note)


def _data_age(report: Report) -> Markup:
    age = report["data_age"]
    exceeded = f"exceeded by {len(age['rpo_exceeded'])} of {report['summary']['total']}"
    note = f"at most; RPO {_yes_no(age['rpo_met'], 'met by all', exceeded)}"
    return _figure("Data age at failover", duration(age["oldest_seconds"]), note)


def _production(drill: Mapping[str, Any]) -> Markup:
    """Return whether a drill has left the replications of production as they were, and what it has left behind."""
    compared = drill["compared"]
    note = f"{compared} compared before and after"
    if drill["left_behind"]:
        note += f"; {len(drill['left_behind'])} tests left behind"
    elif drill["held"]:
        until = f", until {drill['held_until']}" if drill["held_until"] else ""
        note += f"; {len(drill['held'])} tests still running{until}"
    elif compared:
        note += "; no test left behind"
    if drill["deadline_seconds"]:
        note += f"; deadline {duration(drill['deadline_seconds'])} {_yes_no(drill['deadline_met'], 'kept', 'missed')}"
    found = "Unchanged" if drill["untouched"] else "Changed"
    return _figure("Production replications", found if compared else "Not compared", note)


def _yes_no(value: bool | None, yes: str, no: str) -> str:
    if value is None:
        return "not measured"
    return yes if value else no
