# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes as data: the first version of each call, and its handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import networks, plan_calls, plans, replications, service, starts, task_lists, upkeep, verbs
from .call import Answer, Call
from .errors import ApiError
from .service import method_not_allowed
from .versions import Version

Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A call. ``kind`` is vm or vapp if both share a handler; ``?site=`` never forwards ``local`` calls."""

    method: str
    path: str
    handler: Handler
    kind: str = ""
    since: Version = (3, 0)
    public: bool = False
    local: bool = False

    @property
    def name(self) -> str:
        """The name of the call in logs and counters."""
        return f"{self.method} {self.path}"

    def always_plain(self, version: Version) -> bool:
        """Tell whether the answer is always plain JSON: sessions from 4.1 on (vendor reference 4.1)."""
        return self.path.startswith("/sessions") and version >= (4, 1)


def _both(method: str, suffix: str, handler: Handler, since: Version = (3, 0)) -> list[Route]:
    return [Route(method, f"/{kind}-replications{suffix}", handler, kind=kind, since=since) for kind in ("vm", "vapp")]


ROUTES: list[Route] = [
    Route("POST", "/sessions", service.login, public=True, local=True),
    Route("GET", "/sessions", service.get_session, local=True),
    Route("DELETE", "/sessions", service.logout, local=True),
    Route("POST", "/sessions/extend", service.extend, local=True),
    Route("GET", "/vm-replications", replications.list_vms, kind="vm"),
    Route("GET", "/vapp-replications", replications.list_vapps, kind="vapp"),
    *_both("POST", "", starts.start),
    *_both("GET", "/{id}", replications.get),
    *_both("PATCH", "/{id}", upkeep.reconfigure),
    *_both("DELETE", "/{id}", replications.bare(verbs.STOP)),
    *_both("POST", "/{id}/failover", replications.failover),
    *_both("POST", "/{id}/migrate", replications.migrate),
    *_both("POST", "/{id}/failover-test", replications.failover_test),
    *_both("DELETE", "/{id}/failover-test", replications.bare(verbs.CLEANUP)),
    *_both("POST", "/{id}/reverse", replications.bare(verbs.REVERSE)),
    *_both("POST", "/{id}/sync", replications.bare(verbs.SYNC)),
    *_both("POST", "/{id}/pause", replications.bare(verbs.PAUSE)),
    *_both("POST", "/{id}/resume", replications.bare(verbs.RESUME)),
    *_both("PATCH", "/{id}/chown", upkeep.chown),
    *_both("POST", "/{id}/storage-profile", upkeep.storage_profile),
    *_both("GET", "/{id}/guest-customization", upkeep.get_guest_customization, since=(4, 5)),
    *_both("PUT", "/{id}/guest-customization", upkeep.put_guest_customization, since=(4, 5)),
    *_both("GET", "/{id}/network-settings", upkeep.get_network_settings),
    *_both("PUT", "/{id}/network-settings", upkeep.put_network_settings),
    Route("PATCH", "/vm-replications/{id}/network-settings", upkeep.patch_network_settings, kind="vm", since=(4, 1)),
    *_both("PATCH", "/{id}/disks", upkeep.patch_disks, since=(4, 4)),
    Route("GET", "/inventory/vdcs/{id}/networks", networks.list_networks),
    Route("GET", "/vm-replications/{id}/instances", upkeep.list_instances, kind="vm"),
    Route("GET", "/vm-replications/{id}/instances/{instance}", upkeep.get_instance, kind="vm"),
    Route("GET", "/recovery-plans", plan_calls.list_plans, since=(4, 3)),
    Route("GET", "/recovery-plans/{id}", plan_calls.get_plan, since=(4, 3)),
    Route("GET", "/recovery-plans/{id}/steps", plan_calls.get_steps, since=(4, 3)),
    Route("POST", "/recovery-plans/{id}/test", plan_calls.execute(plans.TEST), since=(4, 3)),
    Route("DELETE", "/recovery-plans/{id}/test", plan_calls.execute(plans.CLEANUP), since=(4, 3)),
    Route("POST", "/recovery-plans/{id}/failover", plan_calls.execute(plans.FAILOVER), since=(4, 3)),
    Route("POST", "/recovery-plans/{id}/migrate", plan_calls.execute(plans.MIGRATE), since=(4, 3)),
    Route("GET", "/recovery-plans/{id}/executions", plan_calls.list_executions, since=(4, 3)),
    Route("GET", "/recovery-plans/{id}/executions/{execution}/report", plan_calls.get_report, since=(4, 3)),
    Route("GET", "/tasks", task_lists.list_tasks),
    Route("GET", "/tasks/{id}", task_lists.get_task),
    Route("GET", "/sites", service.list_sites, local=True),
    Route("GET", "/sites/{id}", service.get_site, local=True),
    Route("GET", "/vc-sites", service.list_vc_sites, local=True),
    Route("GET", "/diagnostics/about", service.about),
    Route("GET", "/diagnostics/health", service.health),
    Route("POST", "/diagnostics/health", service.health),
    Route("GET", "/policies", service.list_policies),
    Route("GET", "/policies/{id}", service.get_policy),
    Route("GET", "/policies/{id}/status", service.get_policy_status),
    Route("GET", "/sla-profiles", service.list_sla_profiles, since=(4, 1)),
]


def _table() -> dict[tuple[str, ...], dict[str, Route]]:
    table: dict[tuple[str, ...], dict[str, Route]] = {}
    for route in ROUTES:
        shape = tuple("" if part.startswith("{") else part for part in route.path.strip("/").split("/"))
        table.setdefault(shape, {})[route.method] = route
    return table


TABLE = _table()


def find(method: str, path: str, version: Version) -> tuple[Route, dict[str, str]]:
    """Return the route of a request and the parameters in its path; a doubled leading slash counts as one.

    The pages of the vendor reference up to 4.5 print two slashes.

    :raises ApiError: 404 for an unknown path, 405 for an unknown method; the codes are not documented
    """
    parts = path.strip("/").split("/")
    for shape, values in _shapes(parts):
        methods = {name: route for name, route in TABLE.get(shape, {}).items() if route.since <= version}
        if methods:
            if method not in methods:
                raise method_not_allowed()
            route = methods[method]
            names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
            return route, {"kind": route.kind, **dict(zip(names, values, strict=True))}
    raise ApiError(404, "SimulatorNoSuchResource", f"There is no resource {path}.", path)


def _shapes(parts: list[str]) -> list[tuple[tuple[str, ...], list[str]]]:
    shapes: list[tuple[tuple[str, ...], list[str]]] = [(tuple(parts), [])]
    if len(parts) >= 2:
        shapes.append(((parts[0], "", *parts[2:]), [parts[1]]))
    if len(parts) == 4:
        shapes.append(((parts[0], "", parts[2], ""), [parts[1], parts[3]]))
        shapes.append(((parts[0], parts[1], "", parts[3]), [parts[2]]))
    if len(parts) == 5:
        shapes.append(((parts[0], "", parts[2], "", parts[4]), [parts[1], parts[3]]))
    return shapes
