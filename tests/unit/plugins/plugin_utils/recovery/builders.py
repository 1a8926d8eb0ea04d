# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the role's reasoning have in common: API objects, module results, and runs built of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import (
    course,
    findings,
    page,
    report,
    report_text,
    selection,
    status,
    waves,
)

FILTERS: dict[str, Callable[..., Any]] = {
    "names": waves.names_of,
    "waves": waves.plan,
    "select": selection.select,
    "due": course.due,
    "open": course.open_records,
    "merge": course.merge,
    "refuse": findings.refuse,
    "failed_in": findings.failed_in,
    "verified": findings.verified,
    "compare": findings.compare,
    "checked": findings.checked,
    "report": report.build_report,
    "html": page.render,
    "table": report_text.table,
    "message": report_text.message,
    "stats": report_text.stats,
    "status": status.status,
    "status_table": status.status_table,
}

EMPTY: dict[str, Any] = {
    "active_site": "site-2",
    "positive": {"recovery_wait_timeout": 3600},
    "vm_replication_ids": [],
    "vm_names": [],
    "vapp_names": [],
    "split_vapps": False,
    "include_migrations": False,
    "report": [],
    "all": False,
    "organizations": [],
    "owner": "",
    "all_organizations": False,
    "waves": [],
    "before": [],
    "after": [],
    "verify": [],
    "instance_before": "",
    "instance_ids": {},
    "max_failures": 0,
    "is_planned": False,
    "checks": [],
    "newest_only": False,
}


def vm_id(number: int) -> str:
    return f"C4-00000000-0000-4000-8000-{number:012d}"


def document(number: int, name: str = "", state: str | None = "NOT_STARTED", **changes: Any) -> dict[str, Any]:
    """An API object of a VM replication from site-1 to site-2."""
    base: dict[str, Any] = {
        "id": vm_id(number),
        "vmId": f"vm-{number}",
        "vmName": name or f"vm-{number}",
        "source": {"site": changes.pop("source", "site-1"), "vappName": "vapp"},
        "destination": {"site": changes.pop("destination", "site-2")},
        "isPaused": False,
        "isReversed": False,
        "overallHealth": "GREEN",
        "dataConnectionState": "OK",
        "owner": "tenant-1@site-1",
        "settings": {"rpo": 15},
        "destinationState": {
            "latestInstance": {"key": "replica-1", "timestamp": changes.pop("instance_ms", 900_000)},
            "currentRpoViolation": 0,
            "recoveryInfo": {"recoveryState": state} if state else None,
        },
    }
    return base | changes


def settings(**changes: Any) -> dict[str, Any]:
    return EMPTY | changes


def select(
    documents: Sequence[dict[str, Any]], chosen: dict[str, Any], *, active_site: str = "site-2", **options: Any
) -> dict[str, Any]:
    """Plan with the chosen variables, and match the plan with the documents."""
    plan = FILTERS["waves"](chosen)
    assert not plan["problem"]
    result: dict[str, Any] = FILTERS["select"](
        documents, plan["waves"], plan["query"], active_site=active_site, **options
    )
    return result


def records(
    *documents: dict[str, Any], waves: list[dict[str, Any]] | None = None, **options: Any
) -> list[dict[str, Any]]:
    """The records of a run at site-2 that selected all of the documents by id."""
    chosen = settings(vm_replication_ids=[item["id"] for item in documents], waves=waves or [])
    found: list[dict[str, Any]] = select(documents, chosen, **options)["vms"]
    return found


def item(identity: str, state: str, **changes: Any) -> dict[str, Any]:
    """An item of a module's result."""
    task = {
        "id": "task-1",
        "type": "",
        "started": "1970-01-01T00:20:05Z",
        "ended": "1970-01-01T00:20:25Z",
        "warnings": [],
    }
    base = {
        "id": identity,
        "changed": True,
        "decision": "act",
        "after": {"recovery_state": state, "source_site": "site-1", "destination_site": "site-2"},
        "task": task,
    }
    return base | changes


def error(code: str = "TASK_FAILED", message: str = "It broke.", hint: str = "Mend it.") -> dict[str, Any]:
    return {"code": code, "category": "task_failed", "message": message, "hint": hint}


def run(vms: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """A run of the entry point failover that began at 1200 s."""
    base: dict[str, Any] = {
        "id": "19700101T002000Z",
        "entry_point": "failover",
        "mode": "unplanned",
        "host": "localhost",
        "service": "127.0.0.1",
        "user": "operator@tenant-1",
        "launched_by": "",
        "active_site": "site-2",
        "dry": False,
        "started": 1200.0,
        "ended": 1230.0,
        "waves": [{"name": "all", "max_failures": 0}],
        "vms": vms,
        "versions": {"collection": "1.0.0", "ansible_core": "2.19.0", "api": "4.7"},
        "operation_id": "",
        "readiness": [],
        "halted": {},
        "failure": {},
        "notes": [],
        "hook_errors": [],
        "problems": {},
        "members": ["localhost"],
        "checked_nobody": [],
        "rto_target": 0,
        "deadline": 0,
    }
    return base | changes
