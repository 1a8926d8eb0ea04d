# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The module site_info, and the sites as other modules read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified
from ansible_collections.opendr.vcda.plugins.module_utils.modules.reading import reading, told
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result


def read_sites(client: Client) -> list[dict[str, Any]]:
    """Read the paired sites.

    :returns: as results show them; a site is reachable if neither direction reports an error (vendor reference 4.7)
    """
    return read_listed_sites(client)[0]


def read_listed_sites(client: Client) -> tuple[list[dict[str, Any]], int]:
    """Read the paired sites as ``read_sites`` does.

    :returns: the sites, and the number of listed sites that are left out because they have no name
    """
    documents, unreadable = identified(client.get_array("/sites"), "site")
    return [_describe_site(document) for document in documents], unreadable


def _describe_site(document: Mapping[str, Any]) -> dict[str, Any]:
    state = document.get("state")
    state = state if isinstance(state, Mapping) else {}
    incoming, outgoing = _problem(state.get("incomingCommError")), _problem(state.get("outgoingCommError"))
    return {
        "name": document.get("site"),
        "description": document.get("description"),
        "is_local": document.get("isLocal") is True,
        "is_reachable": incoming is None and outgoing is None,
        "incoming_error": incoming,
        "outgoing_error": outgoing,
        "api_url": document.get("apiUrl"),
        "api_public_url": document.get("apiPublicUrl"),
        "api_thumbprint": document.get("apiThumbprint"),
        "api_version": document.get("apiVersion"),
        "build_version": document.get("buildVersion"),
    }


def _problem(error: Any) -> dict[str, Any] | None:
    if error is None:
        return None
    fields = error if isinstance(error, Mapping) else {"msg": str(error)}
    return {"code": fields.get("code"), "message": fields.get("msg")}


def _list_sites(context: Context, client: Client) -> Result:
    names = context.params.get("names")
    if names is not None and not names:
        raise invalid("names", "the list is empty; leave the option out to read all")
    listed, unreadable = read_listed_sites(client)
    sites = [site for site in listed if names is None or site["name"] in names]
    return {"sites": sites, **told(len(sites), "site", "sites", unreadable)}


list_sites = reading(_list_sites)
