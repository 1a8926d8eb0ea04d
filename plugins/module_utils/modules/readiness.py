# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The module recovery_readiness_info: possible operations, blockers and remedies of each replication. It only reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import HALVES
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
    describe_test,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_checks import CHECKS, READABLE, Check
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_facts import (
    Facts,
    Limits,
    gather,
    newest_instances,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_judges import (
    BLOCKS,
    UNKNOWN,
    Found,
    Subject,
    no_session,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_settings import Prepared
from ansible_collections.opendr.vcda.plugins.module_utils.modules.reading import reading
from ansible_collections.opendr.vcda.plugins.module_utils.modules.sites import read_sites
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result, check_operation
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import decide, refusal
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
# Operations that need credentials for the other site (vendor reference 4.6, reverse; user guide 4.7, sessions).
_NEED_CREDENTIALS = ("migrate", "reverse")


def _check(context: Context, client: Client) -> Result:
    params = context.params
    check_operation(params)
    limits = _limits(params)
    checks = [check for name, check in CHECKS.items() if name not in (params.get("skip_checks") or ())]
    items = _selected(client, params)
    sites = {str(site["name"]): site for site in read_sites(client)}
    found = [item.before for item in items if item.before]
    facts = gather(context, client, found, sites, {check.name for check in checks}, limits)
    newest = newest_instances(client, found, limits, is_asked=any(check.name == "instance_age" for check in checks))
    unknown: dict[tuple[str, str], dict[str, Any]] = {}
    checked = [
        _check_one(item.before, newest.get(item.before.id), facts, checks, unknown) if item.before else _missing(item)
        for item in items
    ]
    ready = [one for one in checked if one["is_ready"]]
    concerns = _told(
        (check.finding(found) for check in checks if check.judge_all for found in check.judge_all(facts)), None, unknown
    )
    result: Result = {
        "vm_replications": checked,
        "sites": list(sites.values()),
        "is_ready": bool(checked) and len(ready) == len(checked),
        "concerns": concerns,
        "unknown": list(unknown.values()),
        "msg": f"{len(ready)} of {len(checked)} VM replications {'is' if len(ready) == 1 else 'are'} ready.",
    }
    if concerns:
        result["warnings"] = [f"{one['message']} {one['remedy']}" for one in concerns]
    return result


def _limits(params: Mapping[str, Any]) -> Limits:
    given = {limit.name: params[limit.name] for limit in fields(Limits) if params.get(limit.name) is not None}
    for option, value in given.items():
        if value < 0:
            raise invalid(option, f"{value} is less than 0")
    return Limits(**given)


def _selected(client: Client, params: Mapping[str, Any]) -> list[Item]:
    if not params.get("all"):
        return read_selection(client, Selection.from_params(VM, params))
    query = {"owner": params.get("owner")}
    found, damaged = read_everything(client, VM, query)
    items = [Item(kind=VM, asked=one.id, before=one) for one in found]
    return items + [Item(kind=VM, asked=one.label, error=one.error) for one in damaged]


def _missing(item: Item) -> dict[str, Any]:
    error = (item.error or VcdaError("")).as_dict()
    found = Found(error["message"], code=error["code"], remedy=error["hint"])
    blocker = READABLE.finding(found)
    return {"id": None, "asked": item.asked, "is_ready": False, "blocked_by": [blocker], "concerns": [], "error": error}


def _check_one(
    replication: Replication,
    newest: Mapping[str, Any] | None,
    facts: Facts,
    checks: Iterable[Check],
    unknown: dict[tuple[str, str], dict[str, Any]],
) -> dict[str, Any]:
    """Return the result for one replication.

    :param unknown: receives the findings of effect unknown, one for all replications
    """
    goal = facts.active_site or replication.destination_site
    peer = _peer(replication, goal, facts)
    no_peer = no_session(peer, facts)
    needed = _OPERATIONS if peer["site"] in facts.refused else _NEED_CREDENTIALS
    operations = {
        name: _possibility(name, replication, goal, no_peer if name in needed else None, facts.now_ms)
        for name in _OPERATIONS
    }
    instance = describe_instance(newest, facts.now_ms) if newest else None
    subject = Subject(replication, goal, peer, instance, operations["failover"]["blocked_by"], facts)
    findings = _told(
        (check.finding(found) for check in checks if check.judge for found in check.judge(subject)),
        replication.id,
        unknown,
    )
    blocked_by = [one for one in findings if one["effect"] == BLOCKS]
    concerns = [one for one in findings if one["effect"] != BLOCKS]
    return {
        **describe(VM, replication),
        "operations": operations,
        "blocked_by": blocked_by,
        "concerns": concerns,
        "is_ready": not blocked_by and not concerns,
        "latest_instance": instance,
        "test": describe_test(facts.tested_since.get(replication.id), facts.now_ms),
        "recovery_networks": _recovery_networks(facts, replication),
        "optimized_reverse": _optimized_reverse(replication, facts.now_ms),
        "peer": peer,
    }


def _told(
    findings: Iterable[dict[str, Any]], replication_id: str | None, unknown: dict[tuple[str, str], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the findings, except those of effect unknown, which are added to ``unknown``."""
    told = []
    for finding in findings:
        if finding["effect"] == UNKNOWN:
            key = (finding["check"], finding["message"])
            one = unknown.setdefault(key, {**finding, "vm_replication_ids": []})
            one["vm_replication_ids"] += [replication_id] if replication_id else []
        else:
            told.append(finding)
    return told


def _blocker(code: str | None, message: str, remedy: str) -> dict[str, Any]:
    return {"code": code, "message": message, "remedy": remedy}


def _possibility(
    name: str, replication: Replication, goal: str | None, no_session: dict[str, Any] | None, now_ms: int
) -> dict[str, Any]:
    """Tell whether an operation is possible now.

    :param no_session: why the session does not reach the other site; None if no obstacle is known
    :param now_ms: milliseconds since the epoch, by the clock of the service
    """
    verb = _OPERATIONS[name]
    decision = decide(verb, replication, goal)
    blocker = no_session if decision.kind == "act" and verb.needs_peer else None
    if decision.kind in ("refuse", "busy"):
        error = refusal(verb, replication, decision, goal, now_ms)
        blocker = _blocker(error.code, error.message, error.hint)
    return {
        "is_possible": decision.kind == "act" and not blocker,
        "is_done": decision.kind == "done",
        "blocked_by": blocker,
    }


def _recovery_networks(facts: Facts, replication: Replication) -> dict[str, Any] | None:
    prepared = (facts.settings or {}).get(replication.id)
    if not isinstance(prepared, Prepared):
        return None
    return {name: prepared.connection(name).as_dict() for name in HALVES}


def _optimized_reverse(replication: Replication, now_ms: int) -> dict[str, Any]:
    """Tell whether and how long a reverse can still send only differences (vendor reference V, RecoveryInfo)."""
    until = replication.optimize_until
    left = max(0, (until - now_ms) // 1000) if until else 0
    return {"is_possible": left > 0, "until": iso_time(until), "seconds_left": left}


def _peer(replication: Replication, goal: str | None, facts: Facts) -> dict[str, Any]:
    ends: Sequence[str | None] = (replication.source_site, replication.destination_site)
    local = next((name for name, site in facts.sites.items() if site["is_local"]), goal)
    name = next((end for end in ends if end and end != local), None)
    site = facts.sites.get(name or "")
    return {
        "site": name,
        "is_reachable": site["is_reachable"] if site else None,
        "is_session_extended": name in facts.authenticated if name else None,
    }


check_readiness = reading(_check)
