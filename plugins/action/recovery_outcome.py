# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Returns the outcome of a single host: changed or not, failed or not. Private to the role ``opendr.vcda.recovery``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction, plain

_NO_OUTCOME = "The run broke off before it could tell what became of this host. Look at the tasks above, and run again."


class ActionModule(RecoveryAction):
    """Its result fails if any VM of the host, or the run, has failed."""

    def work(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return what ``recovery_report`` has told of this host."""
        end = self._variables.get("recovery__end") or {}
        outcome = (end.get("outcomes") or {}).get(self.host)
        if outcome is None or end.get("started") != self.batch["started"]:
            return {"failed": True, "msg": _NO_OUTCOME}
        return dict(plain(outcome))
