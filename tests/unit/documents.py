# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents as the API gives them: replications, tasks, pages, sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.tests.unit.fakes import NOW_MS

Document = dict[str, Any]


def vm_id(number: int = 1) -> str:
    """Return the id of a VM replication."""
    return f"C4-00000000-0000-4000-8000-{number:012d}"


def vapp_id(number: int = 1) -> str:
    """Return the id of a vApp replication."""
    return f"C4VAPP-00000000-0000-4000-8000-{number:012d}"


def task_id(number: int = 1) -> str:
    """Return the id of a task."""
    return f"00000000-0000-4000-9000-{number:012d}"


def vm(
    number: int = 1,
    state: str | None = "NOT_STARTED",
    *,
    source: str = "site-1",
    destination: str = "site-2",
    identity: str | None = None,
    **more: Any,
) -> Document:
    """Return a SingleVmReplicationInfo; ``state`` None leaves the recovery info out."""
    recovery = {"recoveryState": state, "type": "vcd"}
    if state in ("COMPLETE", "TEST"):
        recovery["vcdVmId"] = f"recovered-vm-{number}"
    document = {
        "id": identity or vm_id(number),
        "vmId": f"source-vm-{number}",
        "vmName": f"web-{number:02d}",
        "owner": "tenant-1@site-2",
        "isPaused": False,
        "isMigration": False,
        "isReversed": False,
        "overallHealth": "GREEN",
        "dataConnectionState": "OK",
        "source": {"site": source, "org": "tenant-1", "vappName": "shop"},
        "destination": {"site": destination, "org": "tenant-1"},
        "destinationState": {"recoveryInfo": recovery, "currentRpoViolation": 0} if state else {},
        "vappReplicationId": vapp_id(1),
    }
    return {**document, **more}


def reversed_vm(number: int = 1, **more: Any) -> Document:
    """Return a VM replication as it is after failover to site-2 and reverse: the recovered VM is the source."""
    document = vm(number, source="site-2", destination="site-1", vmId=f"recovered-vm-{number}", isReversed=True)
    return {**document, **more}


def vapp(children: Sequence[Document], number: int = 1, name: str = "shop", **more: Any) -> Document:
    """Return a VappReplicationInfo; its ends are those of the first child."""
    ends = children[0] if children else vm()
    document = {
        "id": vapp_id(number),
        "owner": "tenant-1@site-2",
        "source": {"site": ends["source"]["site"], "vappId": f"source-vapp-{number}"},
        "destination": {"site": ends["destination"]["site"], "recoveredVappId": "null"},
        "descriptor": {"name": name},
        "vmReplications": [
            {key: value for key, value in child.items() if key not in ("source", "destination", "vappReplicationId")}
            for child in children
        ],
        "isMigration": False,
        "overallHealth": "GREEN",
    }
    return {**document, **more}


def task(
    number: int = 1,
    state: str = "RUNNING",
    *,
    kind: str = "reverse",
    resource: str | None = None,
    started: int = NOW_MS,
    result: Any = None,
    error: Any = None,
    **more: Any,
) -> Document:
    """Return a C4ApiTask."""
    finished = state in ("SUCCEEDED", "FAILED")
    document: Document = {
        "id": task_id(number),
        "user": "operator@tenant-1",
        "workflowInfo": {
            "type": kind,
            "resourceType": "vmReplication",
            "resourceId": resource or vm_id(number),
            "resourceName": f"web-{number:02d}",
        },
        "progress": 100 if finished else 40,
        "state": state,
        "startTime": started,
        "endTime": started + 20_000 if finished else -1,
        "lastUpdated": -1,
        "warnings": [],
        "site": "site-2",
    }
    if result is not None:
        document["result"] = result
    if error is not None:
        document["error"] = error
    return {**document, **more}


def api_error(code: str, msg: str, *args: str) -> Document:
    """Return an ApiError."""
    return {"code": code, "msg": msg, "args": list(args), "stacktrace": "com.vmware.h4.api.X: at Y.java:1"}


def page(items: Sequence[Mapping[str, Any]], total: Any = None, offset: int = 0, limit: int = 100) -> Document:
    """Return a page of a list; without ``total`` it is the whole list."""
    return {"items": list(items), "offset": offset, "limit": limit, "total": len(items) if total is None else total}


def session(*sites: str, user: str = "operator@tenant-1") -> Document:
    """Return the details of a session that reaches some sites."""
    reached = [{"org": "tenant-1", "site": site} for site in ("site-2", *sites)]
    return {"user": user, "roles": ["EVERYONE"], "authenticatedSites": reached}
