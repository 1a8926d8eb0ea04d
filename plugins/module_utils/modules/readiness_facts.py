# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Read the facts for the readiness checks, once for all replications and only if an enabled check needs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, TypeVar, Union
from urllib.parse import quote

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REMOTE_AUTHENTICATION, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified, whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.instances import read_instances
from ansible_collections.opendr.vcda.plugins.module_utils.model.network_mappings import (
    Network,
    destinations_of,
    parse_network,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import HALVES
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.sla_profiles import read_sla_profiles
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, unfinished_tasks
from ansible_collections.opendr.vcda.plugins.module_utils.modules.policies import describe_policy
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_history import (
    RpoHistory,
    read_rpo_histories,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_settings import (
    Prepared,
    Settings,
    read_settings,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.module_utils.operation.history import starts_of_tests
from ansible_collections.opendr.vcda.plugins.module_utils.operation.plan_guard import PlansAtWork, plans_at_work

# Before 4.6 the newest instance of each replication takes one request. For more replications than these, it is read
# only if max_instance_age is set.
MOST_INSTANCE_READS = 16

# Limit of requests for the running tasks of all replications.
MOST_TASK_READS = 8

# The checks of recovery settings.
OF_SETTINGS = frozenset(
    {
        "failover_networks",
        "test_networks",
        "test_isolation",
        "networks_exist",
        "lost_mappings",
        "guest_customization",
    }
)
_OF_POLICIES = frozenset({"policy_incoming", "policy_outgoing", "policy_quota", "policy_rpo", "sla_profile"})

Read = TypeVar("Read")
# What was read, or the error of reading it.
Readable = Union[Read, VcdaError]


class End(NamedTuple):
    """One end of a replication; the organization is None for an on-premises site."""

    site: str | None
    org: str | None


@dataclass(frozen=True)
class Limits:
    """The limits that the options set.

    :param max_rpo_violation: minutes
    :param max_instance_age: seconds; None for no limit
    :param max_test_age: seconds; 0 for no limit
    :param min_optimized_reverse: hours
    :param max_clock_difference: seconds
    :param min_certificate_days: days
    :param require_recovery_settings: whether missing recovery settings block a replication
    :param respect_recovery_plans: whether a recovery plan that is being carried out blocks its replications
    """

    max_rpo_violation: int = 0
    max_instance_age: int | None = None
    max_test_age: int = 86400
    min_optimized_reverse: int = 24
    max_clock_difference: int = 60
    min_certificate_days: int = 30
    require_recovery_settings: bool = False
    respect_recovery_plans: bool = False


@dataclass(frozen=True)
class Facts:
    """What is the same for all replications of a run.

    :param local_site: the site of the service
    :param sites: the paired sites by name
    :param authenticated: the sites that the session reaches
    :param refused: the sites to which it could not be extended, and the errors
    :param now_ms: the time at the service, in milliseconds since the epoch
    :param clock_difference_ms: how far the clock of the service is ahead of the controller's
    :param plans: the recovery plans of the product that are being carried out
    :param tasks: the running tasks, by the id of the replication
    :param rpo_histories: how often the RPO was violated, by the id of the replication or of its vApp
    :param tested_since: since when test failovers have been running, in milliseconds since the epoch, by the id of the
        replication; None if the tasks do not show it. Tests whose tasks were not read are left out
    :param policies: the policies that the user can see, by site
    :param sla_profiles: ids and names of the SLA profiles that the user can see, by site
    :param arrivals: by end, the number of replications that have it as source or destination
    :param seeds: by source, the bytes that each replica uses
    :param certificate_end_ms: the end of the TLS certificate in milliseconds since the epoch; None if not known
    :param is_verified: whether that certificate is verified
    :param reads_settings: whether a check of recovery settings is enabled
    :param settings: the recovery settings by the id of the replication; None if reading them takes too many requests
    :param networks: the networks of VDCs, by site and id of the VDC
    """

    limits: Limits
    active_site: str | None
    local_site: str | None
    sites: Mapping[str, Mapping[str, Any]]
    authenticated: Collection[str]
    refused: Mapping[str, VcdaError]
    now_ms: int
    clock_difference_ms: int = 0
    plans: Readable[PlansAtWork] = field(default_factory=PlansAtWork)
    tasks: Readable[Mapping[str, Task]] = field(default_factory=dict)
    tested_since: Mapping[str, int | None] = field(default_factory=dict)
    rpo_histories: Readable[Mapping[str, RpoHistory]] = field(default_factory=dict)
    policies: Mapping[str, Readable[Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    sla_profiles: Mapping[str, Readable[Set[str]]] = field(default_factory=dict)
    arrivals: Mapping[End, int] = field(default_factory=dict)
    seeds: Mapping[End, Sequence[int]] = field(default_factory=dict)
    certificate_end_ms: int | None = None
    is_verified: bool = True
    reads_settings: bool = False
    settings: Settings | None = field(default_factory=dict)
    networks: Mapping[tuple[str, str], Readable[Sequence[Network]]] = field(default_factory=dict)


def source_of(replication: Replication) -> End:
    """Return the source of a replication, which receives the data after a reverse."""
    return _end(replication.document.get("source"), replication.source_site)


def destination_of(replication: Replication) -> End:
    """Return the destination of a replication, which sends the data after a reverse."""
    return _end(replication.document.get("destination"), replication.destination_site)


def _end(document: Any, site: str | None) -> End:
    org = document.get("org") if isinstance(document, Mapping) else None
    return End(site, org if isinstance(org, str) and org else None)


def vdc_of(replication: Replication) -> tuple[str, str] | None:
    """Return site and id of the VDC to which a replication is recovered; None if its destination is no VDC."""
    end = replication.document.get("destination")
    vdc = end.get("vdcId") if isinstance(end, Mapping) else None
    site = replication.destination_site
    return (site, vdc) if site and isinstance(vdc, str) and vdc else None


def setting_of(replication: Replication, name: str) -> Any:
    """Return a replication setting as the API returns it (vendor reference 4.7, VmReplicationSettings)."""
    settings = replication.document.get("settings")
    return settings.get(name) if isinstance(settings, Mapping) else None


def space_of(replication: Replication) -> int:
    """Return the bytes that the replica uses (vendor reference 3.5 to 4.7, destinationState); 0 if not known."""
    state = replication.document.get("destinationState")
    return whole_number(state.get("spaceRequirement") if isinstance(state, Mapping) else None) or 0


def sla_profile_of(replication: Replication) -> Mapping[str, Any] | None:
    """Return the SLA profile with id and displayName; None if the replication has settings of its own."""
    profile = replication.document.get("slaProfile")
    return profile if isinstance(profile, Mapping) and profile.get("id") else None


def first_sync_of(replication: Replication, now_ms: int) -> int | None:
    """Return when the first synchronisation begins, in milliseconds since the epoch; None if not in the future."""
    moment = whole_number(setting_of(replication, "initialSyncTime"))
    return moment if moment is not None and moment > now_ms else None


def gather(
    context: Context,
    client: Client,
    found: Sequence[Replication],
    sites: Mapping[str, Mapping[str, Any]],
    checks: Set[str],
    limits: Limits,
) -> Facts:
    """Read what the checks need.

    :param found: the replications that are checked
    :param sites: the paired sites by name
    :param checks: the names of the enabled checks
    """
    # Extend the session only to reachable sites, so that the run does not wait for the others.
    refused = client.reach([name for name, site in sites.items() if site.get("is_reachable")])
    seeds: dict[End, list[int]] = {}
    for one in found:
        if space_of(one):
            seeds.setdefault(source_of(one), []).append(space_of(one))
    facts = Facts(
        limits=limits,
        active_site=context.params.get("active_site"),
        local_site=next((name for name, site in sites.items() if site["is_local"]), None),
        sites=sites,
        authenticated=frozenset(client.reached_sites()),
        refused=refused,
        now_ms=client.server_now_ms(),
        clock_difference_ms=client.server_now_ms() - client.clock.now_ms(),
        arrivals=Counter(end for one in found for end in (source_of(one), destination_of(one)) if end.org),
        seeds=seeds,
        certificate_end_ms=client.certificate_end_ms,
        is_verified=client.connection.validate_certs,
    )
    if "recovery_plan" in checks:
        facts = replace(facts, plans=_tried(lambda: plans_at_work(client)))
    facts = _with_tasks(facts, client, found, checks)
    if checks & _OF_POLICIES:
        ends = {end for one in found for end in (source_of(one), destination_of(one)) if end.org}
        facts = replace(facts, policies=_at_each(client, facts, ends, _read_policies))
    if "sla_profile" in checks:
        ends = {source_of(one) for one in found if sla_profile_of(one)}
        facts = replace(facts, sla_profiles=_at_each(client, facts, ends, _read_profiles))
    if checks & OF_SETTINGS:
        settings = read_settings(
            client, found, every=limits.require_recovery_settings, with_guests="guest_customization" in checks
        )
        facts = replace(facts, reads_settings=True, settings=settings)
    if "networks_exist" in checks:
        facts = replace(facts, networks=_networks(client, facts, found))
    return facts


def _with_tasks(facts: Facts, client: Client, found: Sequence[Replication], checks: Set[str]) -> Facts:
    if "running_task" in checks:
        facts = replace(facts, tasks=_tried(lambda: _running(client, found)))
    if "rpo_history" in checks:
        facts = replace(facts, rpo_histories=_tried(lambda: read_rpo_histories(client, _rpos(found))))
    if "test_age" in checks:
        facts = replace(facts, tested_since=starts_of_tests(client, found))
    return facts


def _networks(
    client: Client, facts: Facts, found: Sequence[Replication]
) -> dict[tuple[str, str], Readable[Sequence[Network]]]:
    """Read the networks of each VDC for which recovery settings name networks."""
    places = set()
    for one in found:
        prepared, place = (facts.settings or {}).get(one.id), vdc_of(one)
        if place and isinstance(prepared, Prepared):
            halves = [half for name in HALVES for half in prepared.halves(name)]
            places |= {place} if any(map(destinations_of, halves)) else set()
    return {place: _tried(partial(_networks_at, client, facts, place)) for place in sorted(places)}


def _networks_at(client: Client, facts: Facts, place: tuple[str, str]) -> Sequence[Network]:
    site, vdc = place
    path = f"/inventory/vdcs/{quote(vdc, safe='')}/networks"
    documents = _at(client, facts, site, lambda reader, where: reader.get_list(path, where))
    return [network for network in map(parse_network, documents) if network]


def newest_instances(
    client: Client, found: Sequence[Replication], limits: Limits, *, is_asked: bool
) -> dict[str, Mapping[str, Any]]:
    """Return the newest instance of each replication for which it is known.

    From 4.6 on the replication object contains it (vendor reference 4.6, destinationState). Otherwise it takes one
    request each, and is read for up to ``MOST_INSTANCE_READS`` replications, or for all with ``max_instance_age``.

    :param is_asked: whether the check instance_age is on; otherwise nothing is read
    """
    known = {one.id: _carried(one) for one in found}
    missing = [identity for identity, instance in known.items() if instance is None]
    if is_asked and (len(missing) <= MOST_INSTANCE_READS or limits.max_instance_age is not None):
        known.update(zip(missing, client.executor.map(lambda identity: _newest(client, identity), missing)))
    return {identity: instance for identity, instance in known.items() if instance is not None}


def _carried(replication: Replication) -> Mapping[str, Any] | None:
    state = replication.document.get("destinationState")
    latest = state.get("latestInstance") if isinstance(state, Mapping) else None
    return latest if isinstance(latest, Mapping) else None


def _newest(client: Client, replication_id: str) -> Mapping[str, Any] | None:
    # The check instance_age reports an unknown age.
    instances = _tried(lambda: read_instances(client, replication_id))
    return None if isinstance(instances, VcdaError) else next(iter(instances), None)


def _rpos(found: Sequence[Replication]) -> dict[str, int]:
    """Return the RPO by the resource ids of sync tasks; the RPO of a vApp is the longest of its VMs."""
    rpos: dict[str, int] = {}
    for one in found:
        rpo = whole_number(setting_of(one, "rpo"))
        for identity in (one.id, one.vapp_replication_id) if rpo else ():
            if identity:
                rpos[identity] = max(rpo or 0, rpos.get(identity, 0))
    return rpos


def _running(client: Client, found: Sequence[Replication]) -> dict[str, Task]:
    ids = {identity for one in found for identity in (one.id, one.vapp_replication_id) if identity}
    tasks = unfinished_tasks(client, ids, MOST_TASK_READS) if ids else ()
    return {task.resource_id: task for task in tasks if task.resource_id}


def _read_policies(client: Client, where: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [describe_policy(document) for document in identified(client.get_array("/policies", where), "id")[0]]


def _read_profiles(client: Client, where: Mapping[str, Any]) -> set[str]:
    return {str(one[key]) for one in read_sla_profiles(client, where)[0] for key in ("id", "name") if one[key]}


def _at_each(
    client: Client, facts: Facts, ends: Iterable[End], read: Callable[[Client, Mapping[str, Any]], Read]
) -> dict[str, Readable[Read]]:
    """Read from each site at which one of the ends belongs to an organization."""
    sites = sorted({end.site for end in ends if end.site and end.org})
    return {site: _tried(partial(_at, client, facts, site, read)) for site in sites}


def _at(client: Client, facts: Facts, site: str, read: Callable[[Client, Mapping[str, Any]], Read]) -> Read:
    """Read from a site that the session reaches.

    :raises VcdaError: category remote_authentication if it does not; a check does not extend the session
    """
    if site != facts.local_site and site not in facts.authenticated:
        raise VcdaError(f"The session is not extended to site {site}.", category=REMOTE_AUTHENTICATION)
    return read(client, {"site": None if site == facts.local_site else site})


def _tried(read: Callable[[], Read]) -> Readable[Read]:
    try:
        return read()
    except VcdaError as error:
        return error
