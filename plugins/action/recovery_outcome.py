# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Returns the outcome of a single host: changed or not, failed or not. Private to the role ``opendr.vcda.recovery``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import message

_NO_OUTCOME = "The run broke off before it could tell what became of this host. Look at the tasks above, and run again."


class ActionModule(RecoveryAction):
    """Its result fails if any VM of the host, or the run, has failed."""

    def work(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Read the outcome from the host that did the work for all, or from this host."""
        batch = self.batch
        leader = batch["leader"] if batch["together"] else self.host
        variables = self._variables if leader == self.host else self._variables["hostvars"].raw_get(leader)
        end = variables.get("recovery__end") or {}
        report = (end.get("reports") or {}).get(self.host)
        if report is None or end.get("started") != batch["started"]:
            return {"failed": True, "msg": _NO_OUTCOME}
        changed = any(vm["changed"] for vm in report["vms"]) and not report["run"]["predicted"]
        problems = [text for text in (message(report) if report["failures"] else "", end.get("problem")) if text]
        if problems:
            return {"changed": changed, "failed": True, "msg": "\n".join(problems)}
        return {"changed": changed, "msg": end["lines"][self.host]}
