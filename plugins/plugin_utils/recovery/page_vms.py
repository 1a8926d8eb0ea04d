# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of virtual machines on the page of a report; which columns it has depends on what the report holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import (
    Content,
    below,
    cell,
    element,
    moment,
    name_of,
    row,
    section,
    table,
    toned,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.outcomes import TROUBLES
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import (
    OUTCOMES,
    duration,
    words_of_steps,
)

Report = Mapping[str, Any]
VM = Mapping[str, Any]
# The headings of the columns, each with the content of its cell for a VM.
Columns = dict[str, Callable[[VM], Content]]

_NUMBERS = frozenset({"Data age", "RPO violation", "Recovery time"})


def vms(report: Report) -> Content:
    """Return the table of the virtual machines; None if the run has none.

    :param report: from ``build_report``
    """
    if not report["vms"]:
        return None
    is_plan = report["run"]["entry_point"] == "readiness"
    state = "before" if report["run"]["predicted"] else "after"
    columns: Columns = {
        "Wave": lambda vm: vm["wave"],
        "Outcome": _outcome,
        "Steps": lambda vm: words_of_steps(vm) or "none",
        **(_columns_of_a_plan(report) if is_plan else _columns_of_a_run(report)),
        "Now": lambda vm: _place(vm, state),
    }
    rows = [
        row(_identity(vm), [_cell(heading, content(vm)) for heading, content in columns.items()])
        for vm in report["vms"]
    ]
    return section("vms", "Virtual machines", table("vms", ("VM", *columns), rows))


def _cell(heading: str, content: Content) -> Markup:
    return cell(heading, content, kind="number" if heading in _NUMBERS else None)


def _columns_of_a_plan(report: Report) -> Columns:
    columns: Columns = {"Data age": lambda vm: duration(_check(vm).get("instance_age_seconds"))}
    if any(map(_rpo_violation, report["vms"])):
        columns["RPO violation"] = _rpo_violation
    if any(map(_delta_reverse_until, report["vms"])):
        columns["Delta reverse until"] = _delta_reverse_until
    return columns


def _columns_of_a_run(report: Report) -> Columns:
    columns: Columns = {"Recovery time": _recovery_time}
    if report["data_age"]["oldest_seconds"] is not None:
        columns["Data age"] = _data_age
    return columns


def _identity(vm: VM) -> Content:
    previous = ("before: ", element("code", vm["previous_id"]))
    return (
        name_of(vm["name"]),
        below(element("small", vm["owner"] or vm["organization"])) if vm["organization"] else None,
        below(element("code", vm["id"])) if vm["id"] else None,
        below(element("small", previous)) if vm["previous_id"] else None,
    )


def _outcome(vm: VM) -> Content:
    outcome = vm["outcome"]
    tone = "bad" if outcome in TROUBLES else "good" if outcome == "changed" else ""
    verified = "" if vm["verified"] is None else ", verified" if vm["verified"] else ", not verified"
    answers = [f"{check['target']}: {'answers' if check['passed'] else 'does not answer'}" for check in vm["checks"]]
    return toned(OUTCOMES[outcome], tone), verified, [below(element("small", answer)) for answer in answers]


def _check(vm: VM) -> Mapping[str, Any]:
    return vm.get("check") or {}


def _rpo_violation(vm: VM) -> str:
    minutes = _check(vm).get("rpo_violation_minutes")
    return f"{minutes} min" if minutes else ""


def _delta_reverse_until(vm: VM) -> str:
    optimized = _check(vm).get("optimized_reverse") or {}
    return moment(optimized["until"]) if optimized.get("is_possible") else ""


def _recovery_time(vm: VM) -> Content:
    met = vm["recovery_target_met"]
    return duration(vm["recovery_seconds"]), _remark(None if met is None else "target met" if met else "target missed")


def _data_age(vm: VM) -> Content:
    met = vm["rpo_met"]
    remark = None if met is None else f"{'within' if met else 'exceeds'} the RPO of {duration(vm['rpo_seconds'])}"
    return duration(vm["data_age_seconds"]), _remark(remark)


def _remark(text: str | None) -> Content:
    return (" ", element("small", text)) if text else None


def _place(vm: VM, state: str) -> Content:
    """Return where a VM runs and whether it is protected, and for a drill what it has changed in production."""
    found = vm[state]
    if not found:
        place = "not found"
    elif found["recovery_state"] == "COMPLETE":
        place = f"runs at {found['destination_site']}, not protected"
    else:
        place = f"runs at {found['source_site']}, replicates to {found['destination_site']}"
    differences = "; ".join(vm.get("differences") or ())
    return place, below(differences) if differences else None
