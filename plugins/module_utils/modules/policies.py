# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The modules sla_profile_info and policy_info."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    AUTHORIZATION,
    NOT_FOUND,
    VcdaError,
    invalid,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified, whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Field, refuse_unknown_to_version
from ansible_collections.opendr.vcda.plugins.module_utils.model.sla_profiles import SINCE, read_sla_profiles
from ansible_collections.opendr.vcda.plugins.module_utils.modules.reading import reading, told
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result

_PROFILES = Field("", "sla_profile_info", since=SINCE)
# Key of the result: keys of the policy; each version has one of them (vendor reference 4.0 to 4.7, policies).
_ALLOWANCES: Mapping[str, tuple[str, ...]] = {
    "incoming_protections": ("allowIncomingProtections", "allowIncoming"),
    "incoming_migrations": ("allowIncomingMigrations", "allowIncoming"),
    "outgoing_protections": ("allowOutgoingProtections", "allowOutgoing"),
    "outgoing_migrations": ("allowOutgoingMigrations", "allowOutgoing"),
    "outgoing_onprem_protections": ("allowOutgoingOnpremProtections",),
    "outgoing_onprem_migrations": ("allowOutgoingOnpremMigrations",),
    "custom_sla_settings": ("allowCustomSlaSettings",),
    "advanced_retention_rules": ("allowAdvancedRetentionRules",),
    "notification_configuration": ("allowNotificationConfiguration",),
}


def _read_sla_profiles(context: Context, client: Client) -> Result:
    _check_lists(context.params, "profile_ids", "names")
    refuse_unknown_to_version(_PROFILES, _PROFILES.option, client.api_version())
    profiles, unreadable = read_sla_profiles(client)
    found = [one for one in profiles if _is_wanted(one, context.params, "profile_ids")]
    return {"sla_profiles": found, **told(len(found), "SLA profile", "SLA profiles", unreadable)}


def _read_policies(context: Context, client: Client) -> Result:
    _check_lists(context.params, "policy_ids", "names")
    documents, unreadable = identified(client.get_array("/policies"), "id")
    found = [one for one in map(describe_policy, documents) if _is_wanted(one, context.params, "policy_ids")]
    if context.params.get("status"):
        statuses = client.executor.map(lambda one: _read_status(client, str(one["id"])), found)
        for policy, status in zip(found, statuses):
            policy["status"] = status
    return {"policies": found, **told(len(found), "policy", "policies", unreadable)}


def _check_lists(params: Mapping[str, Any], *options: str) -> None:
    for option in options:
        if params.get(option) is not None and not params[option]:
            raise invalid(option, "the list is empty; leave the option out to read all")


def _is_wanted(item: Mapping[str, Any], params: Mapping[str, Any], ids_option: str) -> bool:
    wanted = ((ids_option, item["id"]), ("names", item["name"]))
    return all(params.get(option) is None or value in params[option] for option, value in wanted)


def describe_policy(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy as results show it; a quota of None means no limit (vendor reference 4.0 to 4.7, policies)."""
    quota = whole_number(document.get("maxIncoming"))
    return {
        "id": document.get("id"),
        "name": document.get("displayName"),
        "min_rpo": whole_number(document.get("minRpo")),
        "max_instances": whole_number(document.get("maxInstances")),
        "max_pinned_instances": whole_number(document.get("maxPinnedInstances")),
        "max_incoming": None if quota is None or quota < 0 else quota,
        "organization_count": whole_number(document.get("orgs")),
        "allows": {name: _allowance(document, keys) for name, keys in _ALLOWANCES.items()},
        "policy": dict(document),
    }


def _allowance(document: Mapping[str, Any], keys: tuple[str, ...]) -> bool | None:
    return next((document[key] for key in keys if isinstance(document.get(key), bool)), None)


def _read_status(client: Client, policy_id: str) -> list[dict[str, Any]] | None:
    """Read how organizations comply with a policy (vendor reference 4.5, policies status); the call takes no site.

    :returns: None if the user may not read it, or if another site is queried through this one
    """
    if client.connection.site:
        return None
    try:
        documents = client.get_array(f"/policies/{policy_id}/status")
    except VcdaError as error:
        if error.category not in (AUTHORIZATION, NOT_FOUND):
            raise
        return None
    return [
        {
            "organization": document.get("org"),
            "configured_replications": whole_number(document.get("configuredReplications")),
            "too_many_instances": _ids(document.get("nonInstancesCompliant")),
            "too_short_rpo": _ids(document.get("nonRpoCompliant")),
            "exceeds_quota": bool(document.get("quotaViolation")),
            "violates_migrations": bool(document.get("migrationViolation")),
            "violates_protections": bool(document.get("protectionViolation")),
        }
        for document in documents
    ]


def _ids(items: Any) -> list[str]:
    return [str(item) for item in items] if isinstance(items, list) else []


list_sla_profiles = reading(_read_sla_profiles)
list_policies = reading(_read_policies)
