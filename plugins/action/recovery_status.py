# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads where workloads run and whether they are protected. Private to the role ``opendr.vcda.recovery``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.action.recovery_task import RecoveryTask, now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.source import PATIENCE
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.status import status, status_table, unreadable
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import names_of


class ActionModule(RecoveryTask):
    """Its result holds ``status``, and ``table``, the same in lines of text."""

    def work(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Read the replications of this host, or all."""
        problem = self.batch["hosts"][self.host]["problem"]
        if problem:
            return {"failed": True, "msg": problem}
        values = self.values
        chosen = {key: names_of(values.get("recovery_" + key)) for key in ("vm_replication_ids", "vm_names")}
        connection = self.connection
        options = {**connection, **{key: names for key, names in chosen.items() if names}}
        found = self.run_module("vm_replication_info", self.with_defaults("vm_replication_info", options))
        if found.get("failed"):
            return {"failed": True, **{key: found[key] for key in ("msg", "error") if key in found}}
        tenants = {
            "organizations": names_of(values.get("recovery_organizations")),
            "owner": str(values.get("recovery_owner") or "").strip(),
        }
        # The service tells the last state that it knew; whether the other site is there, it tells elsewhere.
        question = self.with_defaults("site_info", {**connection, "request_timeout": PATIENCE})
        sites = self.run_module("site_info", question)
        gone = [site["name"] for site in sites.get("sites") or () if site["is_reachable"] is False]
        items = status((item["replication"] for item in found["vm_replications"]), now(), tenants, gone)
        items += unreadable(found.get("unreadable") or ())
        return {"_ansible_verbose_override": True, "status": items, "table": status_table(items)}
