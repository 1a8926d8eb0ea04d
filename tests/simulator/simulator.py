# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator: sites that answer requests, without any I/O."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import routes, versions
from .accounts import Account
from .call import Answer, Call
from .clock import Clock, RealClock
from .errors import ApiError, not_authenticated, server_failure
from .exchange import Break, ConnectionDropped, Request, Response
from .faults import Fault, Faults
from .journal import Entry, Journal
from .model import VCENTER, Replication, Site
from .seeds import Seed, Seeded, Sower
from .sessions import Session, Sessions
from .settings import Settings
from .snapshots import snapshot
from .tasks import Plan
from .world import World

HTML = "<html><head><title>{0} {1}</title></head><body><h1>{0} {1}</h1></body></html>"
REASONS = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
Observer = Callable[[str, Request, Response | None], None]


class Simulator:
    """Two or more paired sites and everything in them. Safe to be used by several threads."""

    def __init__(
        self,
        settings: Settings | None = None,
        clock: Clock | None = None,
        sites: tuple[str, ...] = ("site-1", "site-2"),
        onprem_sites: tuple[str, ...] = ("onprem-1",),
    ) -> None:
        """Build empty sites.

        :param settings: the switches, kept and changed in place
        :param clock: the time; the computer's own by default
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

    def _build(self) -> None:
        self.world = World.fresh(self.settings, self.clock, self.site_names, self.onprem_names)
        self.sessions = Sessions(self.settings, self.world.identifiers, self.site_names)
        self.faults = Faults()
        self.log = Journal(self.settings.log_limit)
        self.world.note_down_sites()

    def reset(self) -> None:
        """Forget everything but the switches."""
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
        """Make replications at once; the keywords are those of :class:`Seed`."""
        with self.lock:
            self._settle()
            if "names" in values:
                values["names"] = tuple(values["names"])
                values.setdefault("vms", len(values["names"]))
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
        """Return a replication as it is now, by its present id.

        :raises KeyError: if there is none
        """
        with self.lock:
            self._settle()
            found = self.world.estate.find(identifier)
        if found is None:
            raise KeyError(identifier)
        return found

    def effects(self, identifier: str) -> dict[str, int]:
        """Return how many times each verb was accepted for a replication, under any id that it has had."""
        with self.lock:
            estate = self.world.estate
            return dict(estate.effects.get(estate.lineages.get(identifier, identifier), {}))

    def completions(self, identifier: str) -> dict[str, int]:
        """Return how many times each verb was carried out to its end for a replication."""
        with self.lock:
            self._settle()
            estate = self.world.estate
            return dict(estate.completions.get(estate.lineages.get(identifier, identifier), {}))

    def current_id(self, identifier: str) -> str:
        """Return the present id of a replication that may have got a new one.

        :raises KeyError: if it is gone
        """
        with self.lock:
            self._settle()
            estate = self.world.estate
            lineage = estate.lineages.get(identifier, identifier)
            everything: list[Replication] = [*estate.vms.all.values(), *estate.vapps.all.values()]
        for replication in everything:
            if replication.lineage == lineage:
                return replication.id
        raise KeyError(identifier)

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
        """Return everything that matters of all replications, VMs and tasks, JSON-ready."""
        with self.lock:
            self._settle()
            return snapshot(self)

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Count a request for as long as it is being answered."""
        with self.lock:
            log = self.log
            log.enter()
        try:
            yield
        finally:
            with self.lock:
                log.leave()

    def handle(self, site_name: str, request: Request) -> Response:
        """Answer a request to a site.

        :raises ConnectionDropped: if there is to be no answer
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
                response = self._answer(site_name, request, entry)
            finally:
                entry.status = response.status if response is not None else 0
                self.log.add(entry)
                for observer in self.observers:
                    observer(site_name, request, response)
            return response

    def _settle(self) -> None:
        self.world.board.settle(self.clock.now_ms())

    def _answer(self, site_name: str, request: Request, entry: Entry) -> Response:
        if site_name in self.settings.sites_down:
            entry.fault = "site_down"
            raise ConnectionDropped(Break.REFUSED)
        fault = self.faults.strike(site_name, request)
        plan = Plan()
        if fault is not None:
            entry.fault = fault.kind
            replaced = self._before(fault, request, plan)
            if replaced is not None:
                return replaced
        response = self._respond(site_name, request, plan, entry)
        if fault is not None:
            response = _after(fault, response)
        response.delay += self.settings.latency_ms / 1000
        return response

    def _before(self, fault: Fault, request: Request, plan: Plan) -> Response | None:
        """Do what a fault does before the request takes effect; return the answer that it puts in its place."""
        breaks = {
            "reset_before": Break.RESET,
            "timeout_before": Break.SILENCE,
            "certificate_mismatch": Break.CERTIFICATE,
            "site_down": Break.REFUSED,
        }
        if fault.kind in breaks:
            raise ConnectionDropped(breaks[fault.kind])
        if fault.kind == "session_expired":
            self.sessions.expire(request.headers.get("x-vcav-auth", ""))
        elif fault.kind == "task_fails":
            plan.error = ApiError(500, fault.code, fault.msg)
        elif fault.kind == "task_vanishes":
            plan.vanishes, plan.work_lost = True, fault.work_lost
        elif fault.kind == "redirect":
            return Response(302, {"Location": fault.location, "Content-Type": "text/html"}, b"")
        if not fault.after_effect:
            return _instead(fault)
        return None

    def _respond(self, site_name: str, request: Request, plan: Plan, entry: Entry) -> Response:
        own = self.settings.version
        media_type = versions.PLAIN
        try:
            version, media_type = versions.negotiate(request.headers.get("accept", ""), own)
            media_type = versions.PLAIN if self.settings.media_type == "plain" else media_type
            route, parameters = routes.find(request.method, request.path, own)
            entry.operation = route.name
            call = self._call(site_name, request, route, parameters, version, plan)
            entry.user = call.account.user if call.session else ""
            try:
                answer = route.handler(call)
            finally:
                entry.effect, entry.resource_id = call.effect, call.resource_id
        except ApiError as error:
            return self._error(error, media_type)
        if route.local and route.path.startswith("/sessions") and own >= (4, 1):
            media_type = versions.PLAIN
        return _rendered(answer, media_type)

    def _call(
        self,
        site_name: str,
        request: Request,
        route: routes.Route,
        parameters: dict[str, str],
        version: versions.Version,
        plan: Plan,
    ) -> Call:
        """Find out for whom, and at which site, a request is to be carried out.

        :raises ApiError: 401, 404 ``SiteNotFound``, or what switch ``peer_down`` says
        """
        now = self.clock.now_ms()
        site, session, account = self.world.sites[site_name], None, Account("", "")
        if not route.public:
            token = request.headers.get("x-vcav-auth")
            if not token:
                raise not_authenticated()
            session = self.sessions.authenticate(site_name, token, now)
            account = session.account
            site, account = self._forwarded(site, session, request, route, now)
        own = self.settings.version
        return Call(
            self.world, self.sessions, site, session, account, request, version, own, now, parameters, plan
        )

    def _forwarded(self, site: Site, session: Session, request: Request, route: routes.Route, now: int) -> Any:
        names = [value for name, value in request.query if name == "site"]
        if not names or not names[-1] or names[-1] == site.name or route.local:
            return site, session.account
        target = self.world.site(names[-1])
        if target.kind == VCENTER:
            raise ApiError(404, "SiteNotFound", f"Site {target.name} was not found.", target.name)
        grant = self.sessions.grant(session, target.name, now)
        if target.name in self.settings.sites_down:
            raise self.world.peer_down_error(target.name)
        return target, grant.account

    def _error(self, error: ApiError, media_type: str) -> Response:
        if error.status == 502:
            return _html(502)
        if error.status == 406 and self.settings.not_acceptable_body == "empty":
            return Response(406)
        return _rendered(Answer(error.status, error.document(), error.headers), media_type)


def _after(fault: Fault, response: Response) -> Response:
    """Return the answer that a fault makes of the real one."""
    if fault.kind == "reset_after":
        raise ConnectionDropped(Break.RESET)
    if fault.kind == "timeout_after":
        raise ConnectionDropped(Break.SILENCE)
    if fault.kind == "broken_json":
        response.body = response.body[: len(response.body) // 2] + b"\x00{"
    elif fault.kind == "truncated":
        response.truncate = True
    elif fault.kind == "slow":
        response.delay += fault.seconds
    elif fault.after_effect:
        return _instead(fault) or response
    return response


def _instead(fault: Fault) -> Response | None:
    """Return the answer that a fault gives in place of the site's."""
    if fault.kind == "status_500":
        return _rendered(Answer(500, server_failure().document()), versions.PLAIN)
    if fault.kind.startswith("html_"):
        return _html(int(fault.kind.removeprefix("html_")))
    if fault.kind == "answer":
        return Response(fault.status, {"Content-Type": fault.content_type}, fault.body.encode())
    return None


def _html(status: int) -> Response:
    body = HTML.format(status, REASONS[status]).encode()
    return Response(status, {"Content-Type": "text/html;charset=UTF-8"}, body)


def _rendered(answer: Answer, media_type: str) -> Response:
    if answer.document is None:
        return Response(answer.status, dict(answer.headers))
    headers = {"Content-Type": media_type, **answer.headers}
    return Response(answer.status, headers, json.dumps(answer.document, separators=(",", ":")).encode())
