# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads where workloads run and whether they are protected. Private to the role ``opendr.vcda.recovery``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction, now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.source import PATIENCE
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.status import (
    status,
    status_table,
    unreadable,
    with_tests,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import names_of


class ActionModule(RecoveryAction):
    """Its result holds ``status``, and ``table``, the status as lines of text."""

    def work(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Read the replications that this host selects, or all."""
        problem = self.hosts[self.host]["problem"]
        if problem:
            return {"failed": True, "msg": problem}
        values = self.values
        connection = self.connection
        tenants = {
            "organizations": names_of(values.get("recovery_organizations")),
            "owner": str(values.get("recovery_owner") or "").strip(),
        }
        listed: dict[Any, Any] = {}
        damaged: list[Any] = []
        for read in self._reads(values, {name: value for name, value in tenants.items() if value}):
            found = self._list("vm", read)
            if found.get("failed"):
                return found
            listed.update((item["id"], item) for item in found["vm_replications"])
            damaged += found.get("unreadable") or ()
        # The replications hold the last known state, so whether a site can be reached needs a separate request.
        question = self.with_defaults("site_info", {**connection, "request_timeout": PATIENCE})
        sites = self.run_named("site_info", question)
        gone = [site["name"] for site in sites.get("sites") or () if site["is_reachable"] is False]
        items = status((item["replication"] for item in listed.values()), now(), tenants, gone)
        items = with_tests(items, listed.values(), float(values["recovery_max_test_age"]))
        items += unreadable(damaged)
        return {"_ansible_verbose_override": True, "status": items, "table": status_table(items)}

    def _reads(self, values: Mapping[str, Any], tenants: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the options for each call, because ids and names are mutually exclusive; no selection means all.

        :param tenants: ``organizations`` and ``owner`` if they are given; ids take no other filters
        """
        chosen = {key: names_of(values.get("recovery_" + key)) for key in ("vm_replication_ids", "vm_names")}
        if chosen["vm_replication_ids"]:
            yield {"vm_replication_ids": chosen["vm_replication_ids"]}
        if chosen["vm_names"]:
            yield {"vm_names": chosen["vm_names"], **tenants}
        vapp_names = names_of(values.get("recovery_vapp_names"))
        if vapp_names:
            yield {"vapp_names": vapp_names}
        elif not any(chosen.values()):
            yield dict(tenants)

    def _list(self, kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Read replications, including the VMs of named vApps; a failed result has ``failed`` and ``msg``."""
        vapp_names = options.get("vapp_names")
        if vapp_names and kind == "vm":
            found = self._list("vapp", options)
            if found.get("failed"):
                return found
            vapps = found["vapp_replications"]
            missing = [name for name in vapp_names if name not in {vapp["vapp_name"] for vapp in vapps}]
            if missing:
                return {
                    "failed": True,
                    "msg": f"recovery_vapp_names: no vApp replication {', '.join(missing)} was found.",
                }
            options = {"vm_replication_ids": [child["id"] for vapp in vapps for child in vapp["children"]]}
        module = f"{kind}_replication_info"
        more = {"tests": True} if kind == "vm" else {}
        given = {**self.connection, **options, **more}
        answer = self.run_named(module, self.with_defaults(module, given))
        return (
            {key: answer[key] for key in ("failed", "msg", "error") if key in answer}
            if answer.get("failed")
            else answer
        )
