# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client without any cleverness, and the whole life of a replication as it would be done by hand."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..simulator.exchange import Request
from ..simulator.simulator import Simulator

NOBODY = ""


@dataclass(slots=True)
class Caller:
    """Sends requests to one site.

    :param accept: the media type to ask for
    """

    simulator: Simulator
    site: str
    accept: str
    token: str = NOBODY
    status: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def send(self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> Any:
        """Return the document of an answer, None without one; the status is kept."""
        lower = {"accept": self.accept, "operationid": f"walk {method} {path}"}
        if self.token:
            lower["x-vcav-auth"] = self.token
        payload = b""
        if body is not None:
            lower["content-type"] = "application/json"
            payload = json.dumps(body).encode()
        request = Request(method, path, list((query or {}).items()), lower, payload)
        response = self.simulator.handle(self.site, request)
        self.status = response.status
        self.token = response.headers.get("X-VCAV-Auth", self.token)
        return json.loads(response.body) if "json" in response.headers.get("Content-Type", "") else None

    def login(self, user: str = "operator@tenant-1", extend_to: str = NOBODY) -> Any:
        """Open a session with a password, extend it, and return it."""
        name = user.split("@", maxsplit=1)[0]
        password = {"vcdUser": user, "vcdPassword": f"{name}-secret-{self.site}"}
        session = self.send("POST", "/sessions", {"type": "vcdCredentials", **password})
        if extend_to:
            remote = {"vcdUsername": user, "vcdPassword": f"{name}-secret-{extend_to}"}
            session = self.send("POST", "/sessions/extend", {"type": "credentials", "site": extend_to, **remote})
        return session

    def work(self, method: str, path: str, body: Any = None) -> None:
        """Send a request that starts a task, look at the task while it runs, and count in which state it ends."""
        task = self.send(method, path, body)
        if self.status != 202:
            return
        for _unused in range(3):
            self.send("GET", f"/tasks/{task['id']}")
            self.simulator.advance(1.0)
        self.send("GET", "/tasks", query={"ids": task["id"], "state": "RUNNING", "offset": "0", "limit": "100"})
        self.simulator.finish_tasks()
        task = self.send("GET", f"/tasks/{task['id']}")
        self.outcomes[task["state"]] += 1


def look_around(caller: Caller, version: str) -> None:
    """Read everything that is no replication."""
    for path in (
        "/sessions",
        "/sites",
        "/vc-sites",
        "/diagnostics/about",
        "/policies",
        "/policies/default",
        "/policies/default/status",
    ):
        caller.send("GET", path)
    caller.send("GET", f"/sites/{caller.site}")
    for replication in caller.send("GET", "/vm-replications")["items"][:1]:
        caller.send("GET", f"/inventory/vdcs/{replication['destination']['vdcId']}/networks")
    if version >= "4.1":
        caller.send("GET", "/sla-profiles")
    caller.work("GET", "/diagnostics/health")
    if version >= "4.6":
        caller.work("POST", "/diagnostics/health")


def read(caller: Caller, kind: str, identifier: str, version: str) -> None:
    """Read a replication in every way."""
    base = f"/{kind}-replications"
    page = {"offset": "0", "limit": "1"}
    for query in (page, {"ids": identifier}, {f"{kind}Name": "0", **page}, {"destinationOrg": "tenant-1"}):
        caller.send("GET", base, query=query)
    caller.send("GET", f"{base}/{identifier}")
    caller.send("GET", f"{base}/{identifier}/network-settings")
    if version >= "4.5":
        caller.send("GET", f"{base}/{identifier}/guest-customization")
    if kind == "vm":
        for instance in caller.send("GET", f"{base}/{identifier}/instances") or []:
            caller.send("GET", f"{base}/{identifier}/instances/{instance['key']}")


def upkeep(caller: Caller, kind: str, identifier: str, version: str) -> None:
    """Change how it replicates."""
    path = f"/{kind}-replications/{identifier}"
    caller.work("POST", f"{path}/sync")
    caller.work("POST", f"{path}/pause")
    caller.work("POST", f"{path}/resume")
    caller.work("PATCH", path, {"rpo": 30, "description": "orders", "quiesced": True})
    settings = caller.send("GET", f"{path}/network-settings")
    caller.work("PUT", f"{path}/network-settings", settings)
    if version >= "4.5":
        caller.send("PUT", f"{path}/guest-customization", caller.send("GET", f"{path}/guest-customization"))
    if kind == "vm" and version >= "4.1":
        caller.work("PATCH", f"{path}/network-settings", settings)
    if version >= "4.4":
        vms = [] if kind == "vm" else [child["vmId"] for child in caller.send("GET", path)["vmReplications"]]
        caller.work("PATCH", f"{path}/disks", {"excludedDiskKeys": []} if kind == "vm" else {vm: [] for vm in vms})
    by_vm = kind == "vapp" and version >= "4.7"
    caller.work("POST", f"{path}/storage-profile", {} if by_vm else {"storageProfileId": None})


def recover(caller: Caller, kind: str, identifier: str, verb: str, version: str) -> str:
    """Test, clean up, recover and reverse; return the id that the replication has then."""
    path = f"/{kind}-replications/{identifier}"
    caller.work("POST", f"{path}/failover-test", {"type": "vcloud", "powerOn": True, "sync": True})
    read(caller, kind, identifier, version)
    caller.work("DELETE", f"{path}/failover-test")
    caller.work("POST", f"{path}/{verb}", {"type": "vcloud", "powerOn": True, "consolidate": False})
    read(caller, kind, identifier, version)
    caller.work("POST", f"{path}/{verb}", {"type": "vcloud"})
    caller.work("POST", f"{path}/reverse")
    return caller.simulator.current_id(identifier)


def restart(caller: Caller, kind: str, identifier: str) -> None:
    """Stop a replication and start it again."""
    replication = caller.send("GET", f"/{kind}-replications/{identifier}")
    caller.work("DELETE", f"/{kind}-replications/{identifier}")
    source, destination = replication["source"], replication["destination"]
    workload = {"vmId": replication["vmId"]} if kind == "vm" else {"vappId": source["vappId"]}
    body = {
        "source": {"type": kind, "site": source["site"], **workload},
        "destination": {
            "type": "vcloud",
            "site": destination["site"],
            "vdc": destination["vdcId"],
            "storageProfile": "*",
        },
        "rpo": 15,
        "dataConnectionType": "ENCRYPTED",
        "retentionPolicy": {"rules": [{"numberOfInstances": 4, "distance": 60}]},
    }
    caller.work("POST", f"/{kind}-replications", body)
    caller.send("GET", f"/{kind}-replications")


def run_plan(caller: Caller, identifier: str, version: str, *, is_migration: bool) -> None:
    """Run a recovery plan of the product with a replication, in every way in which it can be run."""
    name = f"plan of {identifier}"
    steps: list[dict[str, Any]] = [{"replications": [identifier], "prompt": "Is it up?"}, {"replications": []}]
    plan = caller.simulator.add_recovery_plan(name, steps, is_migration=is_migration)
    base = f"/recovery-plans/{plan.id}"
    body = {"validate": True} if version >= "4.7" else None
    runs = [("migrate", "POST")] if is_migration else [("test", "POST"), ("test", "DELETE"), ("failover", "POST")]
    for suffix, method in runs:
        caller.work(method, f"{base}/{suffix}", body if method == "POST" else None)
        caller.send("GET", base)
        if plan.state == "SUSPENDED":
            caller.simulator.approve_prompt(name)
            caller.simulator.finish_tasks()
    for path in ("/recovery-plans", base, f"{base}/steps", f"{base}/executions"):
        caller.send("GET", path)
    for execution in plan.executions:
        caller.send("GET", f"{base}/executions/{execution.id}/report")
    caller.send("GET", "/tasks", query={"resourceId": plan.id})


def whole_life(simulator: Simulator, kind: str, version: str, accept: str) -> Counter[str]:
    """Do everything that can be done with a replication, at both sites, by a tenant and by a provider.

    :returns: how many tasks ended in which state
    """
    seeded = simulator.seed(vms=3, vapps=2, instances=2)
    identifier = (seeded.vm_ids if kind == "vm" else seeded.vapp_ids)[0]
    here, there = Caller(simulator, "site-2", accept), Caller(simulator, "site-1", accept)
    here.login(extend_to="site-1")
    there.login(extend_to="site-2")
    look_around(here, version)
    read(here, kind, identifier, version)
    upkeep(here, kind, identifier, version)
    identifier = recover(here, kind, identifier, "failover", version)
    here.send("GET", f"/{kind}-replications/{identifier}", query={"site": "site-1"})
    identifier = recover(there, kind, identifier, "migrate", version)
    provider = Caller(simulator, "site-2", accept)
    provider.login("administrator@System", extend_to="site-1")
    provider.send("PATCH", f"/{kind}-replications/{identifier}/chown", {"owner": "tenant-1@site-1"})
    provider.send("GET", f"/{kind}-replications", query={"owner": "tenant-1@site-1"})
    read(provider, kind, identifier, version)
    provider.send("GET", "/tasks", query={"sort": "startTime-", "resourceId": identifier, "user": "operator@tenant-1"})
    restart(here, kind, identifier)
    if version >= "4.3":
        run_plan(here, seeded.vm_ids[1], version, is_migration=False)
        run_plan(here, seeded.vm_ids[2], version, is_migration=True)
    for caller in (here, there, provider):
        caller.send("DELETE", "/sessions")
    return here.outcomes + there.outcomes + provider.outcomes
