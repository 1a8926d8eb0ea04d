# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The module session: open a session for several tasks, and close it after them."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result


def manage_session(context: Context) -> Result:
    """Open or close a session, depending on the option ``state``.

    A session is no managed object, so neither counts as a change.

    :raises VcdaError: category authentication, if the login is refused
    """
    closing = context.params["state"] == "absent"
    if closing and not context.params.get("session_token"):
        raise invalid("session_token", "the session to close is missing")
    with context.connect() as client:
        return _close(client) if closing else _open(context, client)


def _open(context: Context, client: Client) -> Result:
    details = client.session() if client.token else client.login()
    if context.params.get("extend") is not False and client.connection.extend_sites:
        client.ensure_peers()
        details = client.session()
    is_new = client.owns_session
    if is_new:
        context.hand_over(client)
    result: Result = {
        "changed": False,
        "msg": "The session is open.",
        "user": details.get("user"),
        "roles": details.get("roles") or [],
        "authenticated_sites": details.get("authenticatedSites") or [],
    }
    if is_new:
        # Only a new token is returned: Ansible would mask one that was given as an option.
        result["session_token"] = client.token
    return result


def _close(client: Client) -> Result:
    client.logout()
    return {"changed": False, "msg": "The session is closed."}
