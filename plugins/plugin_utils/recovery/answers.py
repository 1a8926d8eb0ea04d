# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of readiness checks in reports: written by the readiness run, and read by later runs.

A recovery does not repeat the checks: some of them need the other site, which a recovery must not wait for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import seconds_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import is_intact
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record

# Keys of a finding of ``recovery_readiness_info``.
TEXTS = ("check", "code", "effect", "message", "remedy", "read_from")
_ABOUT = ("id", "started", "outcome", "mode")

Answers = dict[str, Any]


def given_before(reports: Iterable[Any], records: Sequence[Record], run: Mapping[str, Any]) -> list[Answers]:
    """Return the newest results of earlier readiness checks for each VM of a run.

    :param reports: data of reports, in any order; other reports and those that were changed are ignored
    :param records: the VMs of the run
    :param run: with its ``started`` and ``active_site``
    :returns: results as from ``readiness_answers.given_now``, with ``id``, ``started``, ``outcome`` and ``mode`` of the
        readiness run, newest first
    """
    labels = {record["id"]: record["label"] for record in records if record["id"]}
    known = [
        answers for answers in map(_of_report, reports) if answers and answers["active_site"] == run["active_site"]
    ]
    left, given = set(labels), []
    for answers in sorted(known, key=lambda one: str(one["started"]), reverse=True):
        own = left & set(answers["ids"])
        if own:
            there = {answers["ids"][one]: labels[one] for one in labels if one in own}
            renamed = [{**one, "vms": [there.get(vm, vm) for vm in one["vms"]]} for one in answers["findings"]]
            about = {key: answers[key] for key in (*_ABOUT, "checks")}
            given.append(_limited({**about, "vms": list(there.values()), "findings": renamed}))
        left -= own
    return given


def told(given: Iterable[Answers], records: Iterable[Record]) -> dict[str, Any]:
    """Return the part of a report about readiness checks.

    :param given: from ``given_before``; for a readiness run, its own results
    :param records: the VMs of the report
    :returns: ``runs``, and ``not_checked``, the labels of VMs that no run checked
    """
    labels = [record["label"] for record in records]
    own = set(labels)
    limited = (_limited({**one, "vms": [vm for vm in one["vms"] if vm in own]}) for one in given)
    runs = [one for one in limited if one["vms"]]
    checked = {vm for one in runs for vm in one["vms"]}
    return {"runs": runs, "not_checked": [label for label in labels if label not in checked]}


def _limited(answers: Answers) -> Answers:
    """Return results without the findings about VMs that are not in ``vms``."""
    vms = set(answers["vms"])
    kept = [{**one, "vms": [vm for vm in one["vms"] if vm in vms]} for one in answers["findings"]]
    return {
        **answers,
        "findings": [new for new, old in zip(kept, answers["findings"]) if new["vms"] or not old["vms"]],
    }


def _of_report(report: Any) -> Answers | None:
    """Return the results in a report, with ``active_site`` and the labels of VMs by ``ids``; None if it has none."""
    try:
        if report["run"]["entry_point"] != "readiness" or not is_intact(report):
            return None
        run, (answers,) = report["run"], report["readiness"]["runs"]
        if answers["outcome"] not in ("ready", "not_ready") or not seconds_of(answers["started"]):
            return None
        return {
            **{key: str(answers[key]) for key in _ABOUT},
            "active_site": str(run["active_site"]),
            "checks": [str(name) for name in answers["checks"]],
            "ids": {str(vm["id"]): str(vm["label"]) for vm in report["vms"] if vm["label"] in answers["vms"]},
            "findings": [
                {**{key: str(one[key]) for key in TEXTS}, "vms": [str(vm) for vm in one["vms"]]}
                for one in answers["findings"]
            ],
        }
    except (KeyError, TypeError, ValueError):
        return None
