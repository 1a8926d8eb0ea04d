# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs in once for a run; ``recovery_report`` logs out at its end.

Private to the role ``opendr.vcda.recovery``. Its result holds the token.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import without_credentials
from ansible_collections.opendr.vcda.plugins.modules import session
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import work_to_do


class ActionModule(RecoveryAction):
    """Its result is registered as ``recovery__session``; ``connection`` holds the options for the run's modules."""

    def work(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Log in, unless there is nothing to do."""
        connection = self.with_defaults("session", self.connection)
        result = {
            "connection": connection,
            "service": without_credentials(str(connection.get("hostname") or os.environ.get("VCDA_HOSTNAME") or "")),
            "user": "",
            "operation_id": "",
            "is_own": False,
            "problem": {},
        }
        if not work_to_do(self.new_run()):
            return {**result, "skipped": True}
        # Only steps that need the other site extend the session, so a failover never waits for a site that is down.
        answer = self.run_module(session, {**connection, "state": "present", "extend": False})
        if answer.get("failed") or "user" not in answer:
            message = answer.get("msg") or "The session module returned no token."
            return {**result, "problem": {"message": message, **(answer.get("error") or {})}}
        # The role does not close a session that the user has opened.
        is_own = "session_token" in answer and not (
            connection.get("session_token") or os.environ.get("VCDA_SESSION_TOKEN")
        )
        # The modules get the token and the credentials, so that they can renew a session that has ended.
        token = {"session_token": answer["session_token"]} if is_own else {}
        told = {key: str(answer.get(key) or "") for key in ("user", "operation_id")}
        return {**result, **told, "connection": {**connection, **token}, "is_own": is_own}
