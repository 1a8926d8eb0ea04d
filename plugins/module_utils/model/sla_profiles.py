# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Read the SLA profiles of the product, and find the id of a profile by its name (vendor reference 4.1 to 4.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import INVALID_REQUEST, NOT_FOUND, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import mask_fields
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified, whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version

SINCE: Version = (4, 1)
_UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def read_sla_profiles(client: Client, where: Mapping[str, Any] | None = None) -> tuple[list[dict[str, Any]], int]:
    """Read the SLA profiles that are visible to the session; the service does not page them.

    :param where: the parameter ``site``, if they are to be read at another site than that of the connection
    :returns: the profiles as results show them, with the RPO in minutes; and how many cannot be read: they have no id
    """
    documents, unreadable = identified(client.get_array("/sla-profiles", where), "id")
    return [_described(document) for document in documents], unreadable


def _described(document: Mapping[str, Any]) -> dict[str, Any]:
    # It is not documented whether the service shows the organizations or their number.
    orgs = document.get("orgs")
    retention = document.get("retentionPolicy")
    rules = retention.get("rules") if isinstance(retention, Mapping) else None
    return {
        "id": document.get("id"),
        "name": document.get("displayName"),
        "description": document.get("description"),
        "rpo": whole_number(document.get("rpo")),
        "quiesced": document.get("quiesced"),
        "data_connection_type": document.get("dataConnectionType"),
        "retention": [_rule(rule) for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else [],
        "organizations": [str(org) for org in orgs] if isinstance(orgs, list) else None,
        "organization_count": len(orgs) if isinstance(orgs, list) else whole_number(orgs),
        "sla_profile": mask_fields(dict(document)),
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {"instances": rule.get("numberOfInstances"), "distance": rule.get("distance")}


def with_sla_profile_id(client: Client, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters with the id of the SLA profile instead of its name; an id needs no request.

    :raises VcdaError: category not_found, if no profile has the name; invalid_request, if more than one has
    """
    wanted = params.get("sla_profile")
    version = client.api_version()
    if not wanted or _UUID.match(wanted) or (version and version < SINCE):
        return params
    found = [one["id"] for one in read_sla_profiles(client)[0] if wanted in (one["name"], one["id"])]
    if not found:
        raise VcdaError(
            f"sla_profile: no SLA profile {wanted!r} is visible to this user.",
            category=NOT_FOUND,
            code="SLA_PROFILE_NOT_FOUND",
            hint="List the SLA profiles with opendr.vcda.sla_profile_info.",
        )
    if len(found) > 1:
        raise VcdaError(
            f"sla_profile: {wanted!r} names {len(found)} SLA profiles: {', '.join(map(str, found))}.",
            category=INVALID_REQUEST,
            code="AMBIGUOUS_NAME",
            hint="Give the id of the profile.",
        )
    return {**params, "sla_profile": found[0]}
