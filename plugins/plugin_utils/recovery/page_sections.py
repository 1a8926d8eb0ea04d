# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections of the page of a report on failures, waves and readiness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import seconds_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import (
    Content,
    cell,
    element,
    moment,
    name_of,
    row,
    section,
    table,
    toned,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import OUTCOMES, STEP_WORDS, duration
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed, vms_in_words

Report = Mapping[str, Any]

_AFTER_A_CHECK = ("main", "failover", "failback", "drill", "reverse")
_NOT_CHECKED = "No report of an earlier readiness check of these VMs was found in the folder of this report."


def failures(report: Report) -> Content:
    """Return the failures, or what prevents the recovery; None if there are none.

    :param report: from ``build_report``
    """
    if not report["failures"]:
        return None
    heading = "Blockers" if _is_plan(report) else "Failures"
    rows = [
        row(
            name_of(failure["label"] or "The run"),
            [
                cell("Wave", failure["wave"]),
                cell("Step", STEP_WORDS.get(failure["step"], failure["step"])),
                cell("Error", failure["message"]),
                cell("Code", element("code", failure["code"] or failure["category"]), kind="code"),
            ],
        )
        for failure in report["failures"]
    ]
    return section("failures", heading, table("failures", ("VM", "Wave", "Step", "Error", "Code"), rows))


def waves(report: Report) -> Content:
    """Return the waves; None if there is only one.

    :param report: from ``build_report``
    """
    if len(report["waves"]) <= 1:
        return None
    is_timed = any(wave["begin_seconds"] is not None for wave in report["waves"])
    headings = ["Wave", "Outcome", "VMs", "Failed", *(("From", "To") if is_timed else ())]
    rows = [
        row(
            wave["name"],
            [
                cell("Outcome", OUTCOMES[wave["outcome"]], _halted(wave)),
                cell("VMs", wave["total"]),
                cell("Failed", wave["failed"], None if "drill" in report else _allowed(wave)),
                cell("From", duration(wave["begin_seconds"])) if is_timed else None,
                cell("To", duration(wave["end_seconds"])) if is_timed else None,
            ],
        )
        for wave in report["waves"]
    ]
    return section("waves", "Waves", table("", headings, rows))


def _halted(wave: Mapping[str, Any]) -> Content:
    return f"; not started because of it: {', '.join(wave['halted'])}" if wave["halted"] else None


def _allowed(wave: Mapping[str, Any]) -> Content:
    return f" (at most {wave['max_failures']} allowed)" if wave["max_failures"] is not None else None


def readiness(report: Report) -> Content:
    """Return the results of readiness checks; None for an entry point that none precedes.

    :param report: from ``build_report``
    """
    runs, not_checked = report["readiness"]["runs"], report["readiness"]["not_checked"]
    is_plan = _is_plan(report)
    heading = "Readiness checks" if is_plan else "Readiness before the run"
    if runs:
        rest = f"No readiness report tells of {listed(not_checked)}." if not_checked and not is_plan else ""
        answers = [_answers(one, report) for one in runs]
        return section("readiness", heading, answers, element("p", rest) if rest else None)
    if report["run"]["entry_point"] in _AFTER_A_CHECK and report["vms"]:
        return section("readiness", heading, element("p", _NOT_CHECKED))
    return None


def _answers(answers: Mapping[str, Any], report: Report) -> Content:
    """Return the results of one readiness check, and how long before the run it was made."""
    findings, checked = answers["findings"], len(answers["vms"])
    found_by = {finding["check"] for finding in findings}
    without = [name for name in answers["checks"] if name not in found_by]
    headings = ("Check", "Effect", "Finding and remedy", "VMs")
    return (
        None if _is_plan(report) else element("p", _when(answers, report)),
        table("checks", headings, [_finding(finding, checked) for finding in findings]) if findings else None,
        element("p", f"Without a finding: {', '.join(without)}.", class_="note") if without else None,
    )


def _when(answers: Mapping[str, Any], report: Report) -> str:
    begin, checked = seconds_of(report["run"]["started"]), seconds_of(answers["started"])
    earlier = duration(begin - checked) if begin is not None and checked is not None else ""
    return (
        f"Checked on {moment(answers['started'])}, {earlier} before this run: {OUTCOMES[answers['outcome']]}. "
        f"{vms_in_words(len(answers['vms']))} of this run."
    )


def _finding(finding: Mapping[str, Any], checked: int) -> Markup:
    effect, vms = finding["effect"], finding["vms"]
    is_of_all = len(vms) == checked > 1
    source = element("small", f"Read from: {finding['read_from']}")
    return row(
        finding["check"],
        [
            cell(
                "Effect",
                toned("cannot be told" if effect == "unknown" else effect, "bad" if effect == "blocks" else ""),
            ),
            cell("Finding", f"{finding['message']} {finding['remedy']} ", source),
            cell("VMs", f"all {checked}" if is_of_all else listed(vms) or "the service"),
        ],
    )


def _is_plan(report: Report) -> bool:
    return bool(report["run"]["entry_point"] == "readiness")
