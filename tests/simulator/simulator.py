# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator: sites that answer requests without I/O."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any, ClassVar

from . import plan_calls, recovery, versions
from .clock import Clock, RealClock
from .documents import vapp_document, vm_document
from .exchange import Request, Response
from .faults import Fault, Faults
from .front import Front
from .journal import Entry, Journal
from .model import Policy, Replication, Site, VappReplication, VmReplication, Workload
from .plans import PlanStep, RecoveryPlan
from .seeds import Seed, Seeded, Sower
from .sessions import Sessions
from .settings import Settings
from .snapshots import snapshot
from .world import World

Observer = Callable[[str, Request, Response | None], None]


class Simulator:
    """Two or more paired sites and their contents. Several threads may use it at the same time.

    ``witnesses`` are called with every new simulator; they let a test session observe all of them.
    """

    witnesses: ClassVar[list[Callable[[Simulator], None]]] = []

    def __init__(
        self,
        settings: Settings | None = None,
        clock: Clock | None = None,
        sites: tuple[str, ...] = ("site-1", "site-2"),
        onprem_sites: tuple[str, ...] = ("onprem-1",),
    ) -> None:
        """Create empty sites.

        :param settings: the switches; the object itself is used and changed
        :param clock: the clock; by default the computer's clock
        :param sites: names of the cloud sites, all paired with each other
        :param onprem_sites: names of on-premises sites, which have no address
        """
        self.settings = settings or Settings()
        self.clock: Clock = clock or RealClock()
        self.site_names = sites
        self.onprem_names = onprem_sites
        self.observers: list[Observer] = []
        self.changed: list[Callable[[], None]] = []
        self.defects: list[str] = []
        self.lock = threading.RLock()
        self._build()
        for witness in self.witnesses:
            witness(self)

    def _build(self) -> None:
        self.world = World.fresh(self.settings, self.clock, self.site_names, self.onprem_names)
        self.sessions = Sessions(self.settings, self.world.identifiers, self.site_names)
        self.faults = Faults()
        self.log = Journal(self.settings.log_limit)
        self.world.note_down_sites()
        self._front = Front(self.world, self.sessions, self.faults)

    def reset(self) -> None:
        """Remove everything except the switches."""
        with self.lock:
            in_flight = self.log.in_flight
            self._build()
            self.log.in_flight = self.log.max_in_flight = in_flight

    def configure(self, **switches: Any) -> None:
        """Change switches.

        :raises ValueError: for an unknown switch or value; nothing is changed then
        """
        with self.lock:
            self._settle()
            self.settings.update(switches)
            self.log.limit = self.settings.log_limit
            self.world.note_down_sites()
        for listener in self.changed:
            listener()

    def seed(self, **values: Any) -> Seeded:
        """Create replications directly; the keywords are those of :class:`Seed`."""
        with self.lock:
            self._settle()
            for names, count in (("vapp_names", "vapps"), ("names", "vms")):
                if names in values:
                    values[names] = tuple(values[names])
                    values.setdefault(count, len(values[names]))
            return Sower(self.world).sow(Seed(**values))

    def fault(self, kind: str, **conditions: Any) -> Fault:
        """Set a fault; the keywords are those of :class:`Fault`."""
        with self.lock:
            return self.faults.add(Fault(kind, **conditions))

    def site(self, name: str) -> Site:
        """Return a site.

        :raises KeyError: if there is none of that name
        """
        return self.world.sites[name]

    def replication(self, identifier: str) -> Replication:
        """Return a replication in its current state by its current id.

        :raises KeyError: if there is none
        """
        with self.lock:
            self._settle()
            found = self.world.estate.find(identifier)
        if found is None:
            raise KeyError(identifier)
        return found

    def document(self, identifier: str, api_version: str = "") -> dict[str, Any]:
        """Return the API document of a replication as a provider sees it, by default in the version of the sites."""
        found = self.replication(identifier)
        version = versions.parse(api_version) if api_version else self.settings.version
        with self.lock:
            if isinstance(found, VmReplication):
                return vm_document(self.world, found, version, self.clock.now_ms(), admin=True)
            return vapp_document(self.world, found, version, self.clock.now_ms(), admin=True)

    def effects(self, identifier: str) -> dict[str, int]:
        """Return how often each verb was accepted for a replication, given any id that it has had."""
        with self.lock:
            estate = self.world.estate
            return dict(estate.effects.get(estate.lineage(identifier), {}))

    def completions(self, identifier: str) -> dict[str, int]:
        """Return how often each verb was completed for a replication."""
        with self.lock:
            self._settle()
            estate = self.world.estate
            return dict(estate.completions.get(estate.lineage(identifier), {}))

    def current_id(self, identifier: str) -> str:
        """Return the current id of a replication, given any id that it has had.

        :raises KeyError: if the replication does not exist any more
        """
        with self.lock:
            self._settle()
            found = self.world.estate.present(identifier)
        if found is None:
            raise KeyError(identifier)
        return found.id

    def add_workload(self, name: str, site: str = "site-1", **values: Any) -> Workload:
        """Add a VM without replication to the inventory of a site; the keywords are the fields of :class:`Workload`.

        At a cloud site it gets the VDC of its organization (``org``, default tenant-1) and its own vApp.
        """
        with self.lock:
            place, identifiers = self.site(site), self.world.identifiers
            if place.vdcs:
                values.setdefault("org", "tenant-1")
                values.setdefault("vdc_id", next(vdc.id for vdc in place.vdcs if vdc.org == values["org"]))
                values.setdefault("vapp_id", identifiers.uuid())
                values.setdefault("vapp_name", name)
            values.setdefault("id", identifiers.uuid() if place.vdcs else identifiers.moref())
            return self.world.estate.put_workload(Workload(name=name, site=site, **values))

    def workloads(self, site: str) -> list[Workload]:
        """Return the VMs of a site, including recovered VMs and test copies."""
        with self.lock:
            self._settle()
            return [workload for workload in self.world.estate.workloads.values() if workload.site == site]

    def add_recovery_plan(
        self,
        name: str,
        steps: list[dict[str, Any]],
        *,
        site: str = "site-2",
        owner: str = "",
        description: str = "",
        is_migration: bool = False,
    ) -> RecoveryPlan:
        """Add a recovery plan of the product to a site.

        :param steps: each with ``replications`` (ids, or names of VMs and vApps) and other fields of :class:`PlanStep`
        :param owner: ``org@site``, by default tenant-1 at that site
        :raises KeyError: if there is no such site or replication
        """
        with self.lock:
            self.site(site)
            uuid = self.world.identifiers.uuid
            made = [
                PlanStep(
                    **{
                        "id": uuid(),
                        "name": f"step-{number + 1}",
                        "sequence": number,
                        **step,
                        "replications": [self._named(one) for one in step["replications"]],
                    }
                )
                for number, step in enumerate(steps)
            ]
            plan = RecoveryPlan(uuid(), name, owner or f"tenant-1@{site}", site, made, description, is_migration)
            self.world.plans[plan.id] = plan
            return plan

    def approve_prompt(self, name: str) -> None:
        """Approve the prompt at which the recovery plan of that name waits.

        :raises KeyError: if there is no such plan
        :raises ValueError: if it does not wait at a prompt
        """
        with self.lock:
            self._settle()
            plans = {plan.name: plan for plan in self.world.plans.values()}
            plan_calls.approve(plans[name], self.clock.now_ms())

    def _named(self, wanted: str) -> str:
        estate = self.world.estate
        if estate.present(wanted) is not None:
            return wanted
        names = {vm.vm_name: vm.id for vm in estate.vms.all.values()}
        names.update({vapp.name: vapp.id for vapp in estate.vapps.all.values()})
        return names[wanted]

    def power_on_source(self, identifier: str) -> None:
        """Power on the old source VM of a recovered replication; an optimized reverse is no longer possible."""
        found = self.replication(identifier)
        with self.lock:
            for vm in found.children if isinstance(found, VappReplication) else [found]:
                recovery.source_powered_on(self.world, vm)

    def set_policy(self, site: str, org: str = "", **values: Any) -> Policy:
        """Change the default policy of a site or, with ``org``, give an organization its own policy.

        :raises TypeError: for an unknown field of :class:`Policy`
        """
        with self.lock:
            place = self.site(site)
            identifier = f"policy-{org}" if org else "default"
            before = {name: getattr(place.policy(org), name) for name in Policy.__slots__}
            names = {"id": identifier, "display_name": identifier}
            place.policies[identifier] = Policy(**{**before, **names, **values})
            if org:
                place.org_policies[org] = identifier
            return place.policies[identifier]

    def expire_sessions(self, site: str = "") -> int:
        """End all sessions, or those of one site, as if they had expired; return how many."""
        with self.lock:
            return self.sessions.expire_all(site)

    def clear_faults(self) -> None:
        """Remove all faults."""
        with self.lock:
            self.faults.clear()

    def advance(self, seconds: float) -> None:
        """Let simulated seconds pass at once.

        :raises TypeError: if the clock cannot be moved
        """
        advance = getattr(self.clock, "advance", None)
        if advance is None:
            raise TypeError("this clock cannot be moved")
        advance(seconds)
        with self.lock:
            self._settle()

    def finish_tasks(self) -> None:
        """Let time pass until no task runs."""
        while True:
            with self.lock:
                self._settle()
                end = self.world.board.next_end_ms()
            if end is None:
                return
            self.advance(max(0.001, (end - self.clock.now_ms()) / 1000))

    def counters(self) -> dict[str, Any]:
        """Return the counts of requests, sessions and tasks."""
        with self.lock:
            self._settle()
            board, log = self.world.board, self.log
            return {
                "requests": log.total,
                "by_operation": dict(log.by_operation),
                "by_status": {str(status): count for status, count in log.by_status.items()},
                "effects": dict(log.effects),
                "in_flight": log.in_flight,
                "max_in_flight": log.max_in_flight,
                "connections": log.connections,
                "logins": self.sessions.logins,
                "failed_logins": self.sessions.failed_logins,
                "logouts": self.sessions.logouts,
                "extensions": self.sessions.extensions,
                "open_sessions": len(self.sessions.open_sessions(self.clock.now_ms())),
                "tasks": board.started,
                "running_tasks": board.running,
                "max_running_tasks": board.max_running,
            }

    def snapshot(self) -> dict[str, Any]:
        """Return the state of all replications, VMs and tasks, JSON-ready."""
        with self.lock:
            self._settle()
            return snapshot(self)

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Count a request while it is being answered."""
        with self.lock:
            log = self.log
            log.enter()
        try:
            yield
        finally:
            with self.lock:
                log.leave()

    def handle(self, site_name: str, request: Request) -> Response:
        """Answer a request to a site; the header ``Date`` has the simulated time, as all time stamps do.

        :raises ConnectionDropped: if a fault drops the answer
        """
        with self.lock:
            self._settle()
            entry = Entry(
                site_name,
                request.method,
                request.path,
                list(request.query),
                request.headers.get("operationid", ""),
                self.clock.now_ms(),
                on_prem_auth="on-prem-auth" in request.headers,
            )
            response: Response | None = None
            try:
                response = self._front.answer(site_name, request, entry)
                response.headers.setdefault("Date", formatdate(self.clock.now_ms() / 1000, usegmt=True))
            finally:
                entry.status = response.status if response is not None else 0
                self.log.add(entry)
                for observer in self.observers:
                    observer(site_name, request, response)
            return response

    def _settle(self) -> None:
        self.world.board.settle(self.clock.now_ms())
