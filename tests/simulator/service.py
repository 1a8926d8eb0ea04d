# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions, sites, diagnostics and policies as resources (vendor reference 3.5 to 4.7)."""

from __future__ import annotations

from typing import Any

from . import versions
from .accounts import ORGS
from .call import Answer, Call
from .errors import ApiError, forbidden
from .model import SYSTEM, VCENTER, Policy, Site
from .operations import task_answer
from .tasks import Subject
from .versions import Version
from .world import SLA_PROFILES

PRODUCT = "VMware Cloud Director Availability"
BUILD_DATE = 1_700_000_000_000
BUILD_NUMBER = "1234567"
BUILD_HASH = "0123456789"
GIBIBYTE = 1024**3


def login(call: Call) -> Answer:
    """POST /sessions: 200, the token in a header."""
    session = call.sessions.login(call.site.name, call.required_json(), call.own, call.now)
    call.effect = "login"
    return Answer(200, call.sessions.document(session), {"X-VCAV-Auth": session.token})


def get_session(call: Call) -> Answer:
    """GET /sessions."""
    return Answer(200, call.sessions.document(call.logged_in()))


def logout(call: Call) -> Answer:
    """DELETE /sessions: 204."""
    call.sessions.logout(call.logged_in())
    call.effect = "logout"
    return Answer(204)


def extend(call: Call) -> Answer:
    """POST /sessions/extend: 200; for a site that is down it fails as switch ``peer_down`` defines."""
    body = call.required_json()
    site = body.get("site")
    if site in call.world.settings.sites_down and site != call.site.name:
        raise call.world.peer_down_error(str(site))
    call.sessions.extend(call.logged_in(), body, call.own, call.now)
    call.effect = "extend"
    return Answer(200, call.sessions.document(call.logged_in()))


def list_sites(call: Call) -> Answer:
    """GET /sites: a bare array; the local site is the one with ``isLocal``."""
    return Answer(200, [_site(call, site) for site in call.world.cloud_sites()])


def get_site(call: Call) -> Answer:
    """GET /sites/{name}."""
    site = call.world.site(call.parameters["id"])
    if site.kind == VCENTER:
        raise ApiError(404, "SiteNotFound", f"Site {site.name} was not found.", site.name)
    return Answer(200, _site(call, site))


def list_vc_sites(call: Call) -> Answer:
    """GET /vc-sites: the on-premises sites, in the form that public clients read."""
    names = [site.name for site in call.world.sites.values() if site.kind == VCENTER]
    return Answer(200, [{"site": name, "owner": f"{call.account.org}@{call.site.name}"} for name in names])


def about(call: Call) -> Answer:
    """GET /diagnostics/about."""
    return Answer(200, _about(call.site, call.own))


def health(call: Call) -> Answer:
    """GET or POST /diagnostics/health: a plain object in 3.x, a task from 4.1 on; POST from 4.6 on.

    The requested version decides the form (not documented). Also not documented: which form 4.0 has, switch
    ``health_4_0``, and whether GET remains in 4.6 and later, switch ``health_get``.
    """
    is_get = call.request.method == "GET"
    if not is_get and call.own < (4, 6):
        raise method_not_allowed()
    if is_get and call.own >= (4, 6) and call.world.settings.health_get == "method_not_allowed":
        raise method_not_allowed()
    world, site, own, version = call.world, call.site, call.own, call.version
    if version == (4, 0):
        version = (3, 5) if world.settings.health_4_0 == "object" else (4, 1)
    if version < (4, 1):
        return Answer(200, _health(site, own, version, call.now))
    subject = Subject("health", "CLOUD", None, None, site.name, call.account.user, call.org, call.operation_id)

    def finished(at: int) -> dict[str, object]:
        return _health(site, own, version, at)

    def failed(_at: int) -> None:
        """Change nothing: a health check has no effect."""

    return task_answer(call, world.board.start(subject, call.now, finished, failed, call.plan))


def list_policies(call: Call) -> Answer:
    """GET /policies: a bare array; a tenant sees only the policy of its organization (not documented)."""
    policies = call.site.policies.values() if call.org == SYSTEM else [call.site.policy(call.org)]
    return Answer(200, [_policy(call, policy) for policy in policies])


def get_policy(call: Call) -> Answer:
    """GET /policies/{id}; the code for an unknown one is not documented."""
    identifier = call.parameters["id"]
    policy = call.site.policies.get(identifier)
    if policy is None:
        raise ApiError(404, "SimulatorPolicyNotFound", f"Policy {identifier} was not found.", identifier)
    if call.org != SYSTEM and call.site.policy(call.org) is not policy:
        raise forbidden()
    return Answer(200, _policy(call, policy))


def get_policy_status(call: Call) -> Answer:
    """GET /policies/{id}/status: a bare array (vendor reference 4.5); the type of a violation is not documented."""
    policy = call.site.policies.get(call.parameters["id"])
    if policy is None:
        raise ApiError(404, "SimulatorPolicyNotFound", "The policy was not found.", call.parameters["id"])
    if call.org != SYSTEM and call.site.policy(call.org) is not policy:
        raise forbidden()
    return Answer(200, [_policy_status(call, org, policy) for org in ORGS if call.site.policy(org) is policy])


def list_sla_profiles(call: Call) -> Answer:
    """GET /sla-profiles: a bare array (vendor reference 4.1 to 4.7); the form of ``orgs``: ``sla_profile_orgs``."""
    named = call.world.settings.sla_profile_orgs == "names"
    found = []
    for identifier, (label, rpo, instances) in SLA_PROFILES.items():
        document: dict[str, Any] = {
            "id": identifier,
            "displayName": label,
            "rpo": rpo,
            "quiesced": False,
            "dataConnectionType": "ENCRYPTED_COMPRESSED",
            "retentionPolicy": {"rules": [{"numberOfInstances": instances, "distance": 60}]},
            "initialSyncTime": None,
            "orgs": list(ORGS) if named else len(ORGS),
            "replications": 0,
        }
        if call.version >= (4, 7):
            document["description"] = f"{label} protection"
        found.append(document)
    return Answer(200, found)


def method_not_allowed() -> ApiError:
    """The resource does not support the method; the code is not documented."""
    return ApiError(405, "SimulatorMethodNotAllowed", "The method is not allowed here.")


def _site(call: Call, site: Site) -> dict[str, Any]:
    is_down = site.down_since_ms is not None
    error = call.world.peer_down_error(site.name).document() if is_down else None
    document: dict[str, Any] = {
        "site": site.name,
        "description": f"Simulated site {site.name}",
        "apiUrl": f"https://{site.name}.test:8048",
        "apiPublicUrl": f"https://{site.name}.test:443",
        "apiThumbprint": "SHA-256:" + ":".join(["AB"] * 32),
        "apiVersion": None if is_down else versions.label(call.own),
        "isLocal": site is call.site,
        "state": {"incomingCommError": error, "outgoingCommError": error},
    }
    if call.version >= (4, 5):
        document["buildVersion"] = None if is_down else build_version(call.own)
    return document


def build_version(version: Version) -> str:
    """Return a build version; up to 4.1 it has the hash in place of the build number."""
    major, minor = version
    return f"{major}.{minor}.0.{BUILD_HASH}" if version <= (4, 1) else f"{major}.{minor}.0.{BUILD_NUMBER}-{BUILD_HASH}"


def _about(site: Site, version: Version) -> dict[str, Any]:
    return {
        "productName": PRODUCT,
        "buildVersion": build_version(version),
        "buildDate": BUILD_DATE,
        "instanceId": site.instance_id,
        "serviceType": "CLOUD",
    }


def _health(site: Site, own: Version, version: Version, now: int) -> dict[str, Any]:
    """Return ``CloudHealthInfo``: wrapped errors in 3.x, one tunnel up to 4.5, several from 4.6."""
    base = {
        **{key: value for key, value in _about(site, own).items() if key != "serviceType"},
        "runtimeId": site.instance_id,
        "currentTime": now,
        "address": f"{site.name}.test",
        "serviceBootTimestamp": BUILD_DATE,
        "applianceBootTimestamp": BUILD_DATE,
        "diskUsage": {"free": 6 * GIBIBYTE, "total": 10 * GIBIBYTE, "usable": 6 * GIBIBYTE},
    }
    manager: dict[str, Any] = {**base, "offlineReplicators": [], "localReplicatorsHealth": []}
    if version < (4, 1):
        wrappers = {name: {"value": None} for name in ("dbConnectivity", "lsConnectivity", "managerConnectivity")}
        return {**base, **wrappers, "managerHealth": manager}
    errors: dict[str, Any] = {f"{name}Error": None for name in ("db", "ls", "ntp", "vcd", "manager")}
    if version < (4, 6):
        return {**base, **errors, "tunnelError": None, "managerHealth": manager}
    tunnel = {"id": site.instance_id, "url": f"https://{site.name}.test:8047", "certificate": ""}
    tunnels = [{"tunnelService": tunnel, "error": None}]
    manager.update(onlineReplicators=[], localReplicatorsLsMismatch=[], ssoAdminError=None, tunnelConnectivity=tunnels)
    return {**base, **errors, "tunnelConnectivity": tunnels, "managerHealth": manager}


def _policy_status(call: Call, org: str, policy: Policy) -> dict[str, Any]:
    visible = call.world.estate.vms.visible(call.site.name, org)
    incoming = [vm for vm in visible.values() if vm.destination.site == call.site.name]
    return {
        "org": org,
        "configuredReplications": len(incoming),
        "nonInstancesCompliant": [vm.id for vm in incoming if vm.rules.kept_instances() > policy.max_instances],
        "nonRpoCompliant": [vm.id for vm in incoming if vm.rules.rpo < policy.min_rpo],
        "quotaViolation": 0 <= policy.max_incoming < len(incoming),
        "migrationViolation": False,
        "protectionViolation": bool(incoming) and not policy.allow_incoming_protections,
    }


def _policy(call: Call, policy: Policy) -> dict[str, Any]:
    """Return a policy with the fields of the version (vendor reference 4.0 to 4.7, policies)."""
    owners = [org for org, identifier in call.site.org_policies.items() if identifier == policy.id]
    document: dict[str, Any] = {
        "id": policy.id,
        "displayName": policy.display_name,
        "minRpo": policy.min_rpo,
        "maxInstances": policy.max_instances,
        "maxPinnedInstances": policy.max_pinned_instances,
        "maxIncoming": policy.max_incoming,
        "orgs": len(owners),
        "allowCustomSlaSettings": policy.allow_custom_sla_settings,
    }
    if call.version < (4, 1):
        document["allowIncoming"] = policy.allow_incoming_protections
        document["allowOutgoing"] = policy.allow_outgoing_protections
        return document
    document["allowIncomingMigrations"] = policy.allow_incoming_migrations
    document["allowIncomingProtections"] = policy.allow_incoming_protections
    document["allowOutgoingMigrations"] = policy.allow_outgoing_migrations
    document["allowOutgoingProtections"] = policy.allow_outgoing_protections
    document["allowNotificationConfiguration"] = policy.allow_notification_configuration
    if call.version >= (4, 5):
        document["allowAdvancedRetentionRules"] = policy.allow_advanced_retention_rules
        document["allowOutgoingOnpremMigrations"] = policy.allow_outgoing_onprem_migrations
    if call.version >= (4, 7):
        document["allowOutgoingOnpremProtections"] = policy.allow_outgoing_onprem_protections
    return document
