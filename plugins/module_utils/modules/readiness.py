# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What could be done with each replication right now, what blocks it, and what would help. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client, authenticated_sites
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.model.instances import read_instances
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    REVERSE,
    SYNC,
    TEST,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.listing import (
    describe,
    describe_instance,
    read_sites,
    reading,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import decide, refusal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import Context, Result, check_operation
from ansible_collections.opendr.vcda.plugins.module_utils.operation.plan_guard import (
    PLAN_REMEDY,
    PlansAtWork,
    plans_at_work,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import (
    Selection,
    read_everything,
    read_selection,
)

_OPERATIONS = {
    "failover": FAILOVER,
    "migrate": MIGRATE,
    "test": TEST,
    "cleanup": CLEANUP,
    "reverse": REVERSE,
    "sync": SYNC,
}
_RED = "RED"


@dataclass(frozen=True)
class _Surroundings:
    """What is the same for all replications of a check.

    :param authenticated: the sites on which the session can act
    :param refused: the sites to which it could not be extended, and why
    :param plans: the recovery plans of the product that are being carried out
    """

    active_site: str | None
    max_rpo_violation: int
    max_instance_age: int | None
    sites: Mapping[str, Mapping[str, Any]]
    authenticated: frozenset[str]
    refused: Mapping[str, VcdaError]
    now_ms: int
    plans: PlansAtWork


def _check(context: Context, client: Client) -> Result:
    params = context.params
    check_operation(params)
    for option in ("max_rpo_violation", "max_instance_age"):
        if (params.get(option) or 0) < 0:
            raise invalid(option, f"{params[option]} is less than 0")
    items = _selected(client, params)
    sites = {str(site["name"]): site for site in read_sites(client)}
    refused = _extend(context, client, sites)
    surroundings = _Surroundings(
        active_site=params.get("active_site"),
        max_rpo_violation=params.get("max_rpo_violation") or 0,
        max_instance_age=params.get("max_instance_age"),
        sites=sites,
        authenticated=frozenset(authenticated_sites(client.session())),
        refused=refused,
        now_ms=client.server_now_ms(),
        plans=_plans(client),
    )
    found = [item.before for item in items if item.before]
    newest = dict(zip([one.id for one in found], client.executor.map(lambda one: _newest(client, one), found)))
    checked = [
        _check_one(item.before, newest[item.before.id], surroundings) if item.before else _missing(item)
        for item in items
    ]
    ready = [one for one in checked if one["is_ready"]]
    result: Result = {
        "vm_replications": checked,
        "sites": list(surroundings.sites.values()),
        "is_ready": bool(checked) and len(ready) == len(checked),
        "msg": f"{len(ready)} of {len(checked)} VM replications {'is' if len(ready) == 1 else 'are'} ready.",
    }
    return result


def _plans(client: Client) -> PlansAtWork:
    """Read the plans that are being carried out; a check tells what it could find out."""
    try:
        return plans_at_work(client)
    except VcdaError:
        return PlansAtWork()


def _extend(context: Context, client: Client, sites: Mapping[str, Mapping[str, Any]]) -> dict[str, VcdaError]:
    """Extend the session to each site of extend_sites that the service reaches; one that is gone is not waited for.

    :returns: the sites to which that was refused, with the reason
    """
    refused = {}
    for peer in client.connection.extend_sites:
        if not sites.get(peer.site, {}).get("is_reachable"):
            continue
        # A client of its own, in the same session: what one site refuses must not stand in the way of the next.
        alone = replace(client.connection, session_token=client.token, extend_sites=(peer,), api_version=client.version)
        try:
            with context.new_client(alone, max_concurrent=1) as other:
                other.ensure_peers()
        except VcdaError as error:
            refused[peer.site] = error
    return refused


def _selected(client: Client, params: Mapping[str, Any]) -> list[Item]:
    if not params.get("all"):
        return read_selection(client, Selection.from_params(VM, params))
    query = {"owner": params.get("owner")}
    found, damaged = read_everything(client, VM, query)
    items = [Item(kind=VM, asked=one.id, before=one) for one in found]
    return items + [Item(kind=VM, asked=one.label, error=one.error) for one in damaged]


def _newest(client: Client, replication: Replication) -> Mapping[str, Any] | None:
    """Return the newest instance; from 4.6 on the replication carries it (vendor reference 4.6, destinationState)."""
    state = replication.document.get("destinationState")
    latest = state.get("latestInstance") if isinstance(state, Mapping) else None
    if isinstance(latest, Mapping):
        return latest
    try:
        return next(iter(read_instances(client, replication.id)), None)
    except VcdaError:
        # A check tells what it could find out; that the age is unknown is told below.
        return None


def _missing(item: Item) -> dict[str, Any]:
    error = (item.error or VcdaError("")).as_dict()
    blocker = _blocker(error["code"], error["message"], error["hint"])
    return {"id": None, "asked": item.asked, "is_ready": False, "blocked_by": [blocker], "concerns": [], "error": error}


def _check_one(
    replication: Replication, newest: Mapping[str, Any] | None, surroundings: _Surroundings
) -> dict[str, Any]:
    goal = surroundings.active_site or replication.destination_site
    peer = _peer(replication, goal, surroundings)
    refused = surroundings.refused.get(peer["site"])
    no_session = _blocker("SESSION_NOT_EXTENDED", refused.message, refused.hint) if refused else None
    operations = {name: _possibility(name, replication, goal, no_session) for name in _OPERATIONS}
    instance = describe_instance(newest, surroundings.now_ms) if newest else None
    concerns = [*_concerns(replication, instance, surroundings), *([no_session] if no_session else [])]
    recovery = operations["failover"]
    blocked_by = [recovery["blocked_by"]] if recovery["blocked_by"] else []
    return {
        **describe(VM, replication),
        "operations": operations,
        "blocked_by": blocked_by,
        "concerns": concerns,
        "is_ready": not blocked_by and not concerns,
        "latest_instance": instance,
        "optimized_reverse": _optimized_reverse(replication, surroundings.now_ms),
        "peer": peer,
    }


def _blocker(code: str | None, message: str, remedy: str) -> dict[str, Any]:
    return {"code": code, "message": message, "remedy": remedy}


def _possibility(
    name: str, replication: Replication, goal: str | None, no_session: dict[str, Any] | None
) -> dict[str, Any]:
    """Tell whether an operation is possible now.

    :param no_session: why the session does not reach the other site, where that is known
    """
    verb = _OPERATIONS[name]
    decision = decide(verb, replication, goal)
    blocker = no_session if decision.kind == "act" and verb.needs_peer else None
    if decision.kind in ("refuse", "busy"):
        error = refusal(verb, replication, decision, goal)
        blocker = _blocker(error.code, error.message, error.hint)
    return {
        "is_possible": decision.kind == "act" and not blocker,
        "is_done": decision.kind == "done",
        "blocked_by": blocker,
    }


def _concerns(
    replication: Replication, instance: Mapping[str, Any] | None, surroundings: _Surroundings
) -> list[dict[str, Any]]:
    """Return what does not block a recovery but should be known before it."""
    concerns: list[dict[str, Any]] = []

    def add(code: str, message: str, remedy: str) -> None:
        concerns.append(_blocker(code, message, remedy))

    violation = replication.rpo_violation or 0
    if violation > surroundings.max_rpo_violation:
        add(
            "RPO_VIOLATION", f"The RPO is violated by {violation} minutes.", "Sync the replication, or see why it lags."
        )
    age = instance.get("age") if instance else None
    if surroundings.max_instance_age is not None and (age is None or age > surroundings.max_instance_age):
        told = (
            f"The newest instance is {age} s old."
            if age is not None
            else "The age of the newest instance is not known."
        )
        add("INSTANCE_TOO_OLD", told, "Sync the replication, or accept older data.")
    if replication.overall_health == _RED:
        add("UNHEALTHY", "The service reports the replication as RED.", "Look at the replication at the site.")
    if replication.is_paused:
        add(
            "PAUSED",
            "The replication is paused, so its data gets older.",
            "Resume it with vm_replication, paused=false.",
        )
    plan = surroundings.plans.holding(replication)
    if plan:
        add("RECOVERY_PLAN_ACTIVE", f"It belongs to {plan.label}, which is {plan.state}.", PLAN_REMEDY)
    return concerns


def _optimized_reverse(replication: Replication, now_ms: int) -> dict[str, Any]:
    """Tell whether a reverse may still send differences alone, and for how long (vendor reference V, RecoveryInfo)."""
    until = replication.optimize_until
    left = max(0, (until - now_ms) // 1000) if until else 0
    return {"is_possible": left > 0, "until": iso_time(until), "seconds_left": left}


def _peer(replication: Replication, goal: str | None, surroundings: _Surroundings) -> dict[str, Any]:
    ends: Sequence[str | None] = (replication.source_site, replication.destination_site)
    local = next((name for name, site in surroundings.sites.items() if site["is_local"]), goal)
    name = next((end for end in ends if end and end != local), None)
    site = surroundings.sites.get(name or "")
    return {
        "site": name,
        "is_reachable": site["is_reachable"] if site else None,
        "is_session_extended": name in surroundings.authenticated if name else None,
    }


check_readiness = reading(_check)
