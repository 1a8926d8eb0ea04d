# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processing of a request before and after its handler: faults, media type, route, session, other site, errors."""

from __future__ import annotations

from dataclasses import dataclass

from . import answers, gateways, routes, texts, versions
from .accounts import Account
from .call import Call
from .errors import ApiError, not_authenticated, site_not_found
from .exchange import Break, ConnectionDropped, Request, Response
from .faults import Fault, Faults
from .journal import Entry
from .model import VCENTER, Site
from .routes import Route
from .sessions import Session, Sessions
from .tasks import Plan
from .world import World

NOBODY = Account("", "")
TOKEN = "x-vcav-auth"


@dataclass
class Front:
    """Answers requests by calling the handlers."""

    world: World
    sessions: Sessions
    faults: Faults

    def answer(self, site: str, request: Request, entry: Entry) -> Response:
        """Answer a request and complete its log entry.

        :raises ConnectionDropped: if a fault drops the answer
        """
        if site in self.world.settings.sites_down:
            entry.fault = "site_down"
            raise ConnectionDropped(Break.REFUSED)
        fault = self.faults.strike(site, request)
        plan = Plan()
        if fault is not None:
            entry.fault = fault.kind
            self._prepare(fault, request, plan)
            instead = answers.before(fault)
            if instead is not None:
                return instead
        response = self._behind_gateway(site, request, plan, entry)
        if fault is not None:
            response = answers.after(fault, response)
        response.delay += self.world.settings.latency_ms / 1000
        return response

    def _behind_gateway(self, site: str, request: Request, plan: Plan, entry: Entry) -> Response:
        settings = self.world.settings
        is_met = gateways.meets(settings, request)
        instead = gateways.before(settings.gateway) if is_met else None
        if instead is not None:
            return instead
        filling = texts.Filling(settings.free_text)
        if filling.is_plain:
            response = self._respond(site, request, plan, entry)
        else:
            response = filling.response(self._respond(site, filling.request(request), plan, entry))
        return gateways.after(settings.gateway, request, response) if is_met else response

    def _prepare(self, fault: Fault, request: Request, plan: Plan) -> None:
        """Apply a fault to the session and to the task of a request."""
        if fault.kind == "session_expired":
            self.sessions.expire(request.headers.get(TOKEN, ""))
        elif fault.kind == "task_fails":
            plan.error = ApiError(500, fault.code, fault.msg)
        elif fault.kind == "task_warns":
            plan.warning = ApiError(200, fault.code, fault.msg)
        elif fault.kind == "task_vanishes":
            plan.vanishes, plan.work_lost = True, fault.work_lost

    def _respond(self, site: str, request: Request, plan: Plan, entry: Entry) -> Response:
        settings = self.world.settings
        own = settings.version
        media_type = versions.PLAIN
        try:
            version, media_type = versions.negotiate(request.headers.get("accept", ""), own)
            if settings.media_type == "plain":
                media_type = versions.PLAIN
            route, parameters = routes.find(request.method, request.path, own)
            entry.operation = route.name
            call = self._call(site, request, route, version)
            call.parameters, call.plan, entry.user = parameters, plan, call.account.user
            try:
                answer = route.handler(call)
            finally:
                entry.effect, entry.resource_id = call.effect, call.resource_id
        except ApiError as error:
            return answers.error(error, media_type, empty_406=settings.not_acceptable_body == "empty")
        return answers.rendered(answer, versions.PLAIN if route.always_plain(own) else media_type)

    def _call(self, asked: str, request: Request, route: Route, version: versions.Version) -> Call:
        """Determine the account and the site for a request.

        :raises ApiError: 401, 404 ``SiteNotFound``, or what switch ``peer_down`` says
        """
        now = self.world.clock.now_ms()
        site, session, account = self.world.sites[asked], None, NOBODY
        if not route.public:
            token = request.headers.get(TOKEN)
            if not token:
                raise not_authenticated()
            session = self.sessions.authenticate(asked, token, now)
            if request.method != "GET" and not route.local:
                # With an expired VCD token a session can read, but not change anything (user guide 4.1, sessions).
                self.sessions.grant(session, asked, now)
            site, account = self._place(site, session, request, route)
        own = self.world.settings.version
        return Call(self.world, self.sessions, site, session, account, request, version, own, now)

    def _place(self, site: Site, session: Session, request: Request, route: Route) -> tuple[Site, Account]:
        """Follow ``?site=`` (vendor reference 4.2 to 4.7, every replication operation).

        The answer is 401 if the session is not extended to the site (public client), and 404 for an unknown site.
        """
        names = [value for name, value in request.query if name == "site" and value]
        if not names or names[-1] == site.name or route.local:
            return site, session.account
        target = self.world.site(names[-1])
        if target.kind == VCENTER:
            raise site_not_found(target.name)
        grant = self.sessions.grant(session, target.name, self.world.clock.now_ms())
        if target.name in self.world.settings.sites_down:
            raise self.world.peer_down_error(target.name)
        return target, grant.account
