# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sample HTML pages of few and of many VMs, with names that are difficult for the layout."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.history import page as history_page
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import History
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import page as report_page
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.answers import given_before
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.readiness_answers import given_now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import build_report
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    run,
    vm_id,
)

from .sample_reports import DAY, FIRST, moved, report

COUNTS = (3, 40, 800)
PAGES = ("report", "readiness", "history")
# Names of 1 and of 128 characters, without a line break opportunity, right-to-left, and without spaces between words.
ODD_NAMES = (
    "x",
    "n" * 128,
    "خادم قاعدة البيانات الرئيسي",
    "データベースサーバー" * 12 + "東京第一本番系",
    "שרת-אינטרנט (web-01)",
    "a name of many words " * 6 + "end",
    "W" * 127 + "&",
    "<b>bold</b>",
)
# Possible long names of a report file and of an organization.
_LONG_FILE = "job-2024-01/" + "f" * 180 + ".json"
_ORGANIZATION = "an-organization-with-a-name-that-is-as-long-as-the-names-of-organizations-may-be"
# The VMs that fail, counted from 0: number 1, and then every twelfth.
_FAILS, _OF = 1, 12


def names(count: int) -> list[str]:
    """Return ``count`` names of VMs, the difficult ones first."""
    return [*ODD_NAMES[:count], *(f"shop-{number:03d}" for number in range(len(ODD_NAMES) + 1, count + 1))]


def organization(number: int) -> str:
    """Return the organization of a VM.

    :param number: number of the VM, from 1
    """
    return _ORGANIZATION if number % 2 else "tenant-1"


@cache
def pages(count: int) -> Mapping[str, str]:
    """Return each of ``PAGES`` for an estate.

    :param count: number of VMs
    """
    checked = _readiness(count)
    failed_over = _failover(count, [checked])
    return {
        "report": report_page.render(failed_over),
        "readiness": report_page.render(checked),
        "history": history_page.render(_history(count, [checked, failed_over])),
    }


def _documents(count: int) -> list[dict[str, Any]]:
    return [
        document(number, name, owner=f"{organization(number)}@site-1", destination="a-site-with-a-long-name-1")
        for number, name in enumerate(names(count), 1)
    ]


def _waves(count: int) -> list[dict[str, Any]]:
    own = names(count)
    return [
        {"name": name, "vm_names": own[at::3]} for at, name in enumerate(("data", "w" * 60, "ウェブ")) if own[at::3]
    ]


def _records(count: int) -> list[dict[str, Any]]:
    return records(*_documents(count), waves=_waves(count), active_site="a-site-with-a-long-name-1")


def _finding(check: str, effect: str, message: str, **more: Any) -> dict[str, Any]:
    remedy = "Look at the replication at the site, and synchronize it before the recovery."
    return {
        "check": check,
        "code": check.upper(),
        "effect": effect,
        "message": message,
        "remedy": remedy,
        "read_from": "GET /vm-replications",
        **more,
    }


def _readiness(count: int) -> dict[str, Any]:
    """Return the report of a readiness check in which some VMs are not ready."""
    site = "a-site-with-a-long-name-1"
    vms = _records(count)
    ids = [record["id"] for record in vms]
    predicted = [item(one, "COMPLETE", task=None) for one in ids]
    vms = FILTERS["merge"](vms, {"vm_replications": predicted}, "failover", site, asked=ids, dry=True)
    result: dict[str, Any] = {
        "vm_replications": [
            {
                "id": record["id"],
                "latest_instance": {"age": 61 + 7 * number},
                "rpo_violation": 7 if number % _OF == _FAILS else 0,
                "optimized_reverse": {"is_possible": True, "until": "2026-05-08T06:00:00Z", "seconds_left": 60},
                "peer": {"site": "site-1", "is_reachable": True},
                "blocked_by": [],
                "concerns": [
                    _finding("rpo_violation", "warns", "The RPO is violated by 7 minutes."),
                    _finding("policy_quota", "warns", f"The policy {'p' * 90} at site-1 allows 10 replications."),
                ][: 2 * (number % _OF == _FAILS)],
            }
            for number, record in enumerate(vms)
        ],
        "concerns": [_finding("clock", "warns", "The clock of the service is 300 s ahead of that of the controller.")],
        "unknown": [
            _finding(
                "seed_space",
                "unknown",
                "No figure of the free space can be read by this user.",
                vm_replication_ids=[record["id"] for record in vms],
            )
        ],
    }
    vms = FILTERS["checked"](vms, result, "unplanned")
    about = {"entry_point": "readiness", "dry": True, "active_site": site, "started": FIRST}
    answers = given_now(vms, result, ["certificate"])
    return build_report(run(vms, waves=_run_waves(count), readiness=[answers], ended=FIRST + 20, **about))


def _run_waves(count: int) -> list[dict[str, Any]]:
    return [{"name": wave["name"], "max_failures": 5} for wave in _waves(count)]


def _failover(count: int, checked: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the report of a failover in waves, in which some VMs failed."""
    vms = _records(count)
    site = "a-site-with-a-long-name-1"
    after = {"recovery_state": "COMPLETE", "source_site": "site-1", "destination_site": site}
    items = [item(record["id"], "COMPLETE", after=after) for record in vms]
    for number, one in enumerate(items):
        if number % _OF == _FAILS:
            names_too = error(message=f"The task of {vms[number]['vm_name']} failed: {'no space is left. ' * 5}")
            items[number] = item(one["id"], "NOT_STARTED", error=names_too)
    ids = [record["id"] for record in vms]
    vms = FILTERS["merge"](vms, {"vm_replications": items}, "failover", site, asked=ids, called=1205.0)
    base = run(vms, waves=_run_waves(count), active_site=site, rto_target=300, user=f"operator@{_ORGANIZATION}")
    base.update(operation_id="awx-4711", launched_by="امیر", notes=["A note on the run as a whole. " * 4])
    built = build_report({**base, "readiness": given_before(checked, vms, {**base, "started": FIRST})})
    return moved(built, FIRST + 2 * 3600, 280.0)


def _history(count: int, others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a history with all contents: drills, recoveries, VMs without a drill, and broken files."""
    own = names(count)
    tried = own[: -max(count // 10, 1)]
    history = History(FIRST + 200 * DAY)
    drill = report("drill", tried, waves=3, target=300, launched_by="operator")
    for number in range(12):
        history.take(moved(drill, FIRST + number * 14 * DAY, 200.0 + 37 * (number * 7 % 5)), f"drill-{number:02d}.json")
    changed = copy.deepcopy(drill)
    changed["outcome"] = "failed"
    history.take(changed, _LONG_FILE)
    for at, one in enumerate(others):
        history.take(one, f"{'readiness' if not at else 'failover'}.json")
    history.take(report("failover", tried[:2], at=FIRST + 100 * DAY, target=120), "failover-of-two.json")
    history.take_listing(
        {
            "ids": (vm_id(number),),
            "name": name,
            "organization": organization(number),
            "runs_at": "site-1",
            "replicates_to": "a-site-with-a-long-name-1",
            "protected": True,
        }
        for number, name in enumerate(own, 1)
    )
    built = history.document(90)
    built["left_out"] = [{"file": _LONG_FILE + "-2", "reason": "It is no JSON: Expecting value in line 1."}]
    built["summary"]["left_out"] = 1
    return built
