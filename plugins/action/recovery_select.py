# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Begins a run of the role: reads the selected VMs and vApps, and decides what prevents their recovery.

Private to the role ``opendr.vcda.recovery``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.modules import vm_replication_info
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction, audited
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.answers import given_before
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import failed_in
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.networks import problem_of_networks, vms_to_test
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_files import directory_of, readiness_reports
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import (
    Run,
    masked_in,
    take_selection,
    work_to_do,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.settings import demanded, options_for, with_settings
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.source import (
    PATIENCE,
    has_nothing_to_do,
    judged,
    note_on_verification,
    sites_in_question,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import parse_vapps, vapp_ids_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import names_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import vms_in_words

# What every selection needs: ansible-playbook imports it with this file, so that no worker has to.
PRELOADED = (vm_replication_info,)
# The variables of a host that name its VMs: those of the role, and those of the inventory plugin.
_NAMES_OF_HOST = ("recovery_vm_names", "recovery_vm_replication_ids", "vm_name", "vm_names", "vm_replication_id")


class ActionModule(RecoveryAction):
    """Its result is registered as ``recovery__run``."""

    def work(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Begin the run."""
        run = self._selected(self._begun())
        run = self._with_findings(run)
        run = self._with_source(run)
        run = self._with_stored_settings(run)
        run["settled"] = has_nothing_to_do(run, self.values)
        if run["settled"]:
            self.tell(f"nothing to do: {vms_in_words(len(run['vms']))} already there and protected")
        # No step will report these VMs, so this task does.
        done = [_already_done(record) for record in run["vms"]] if run["settled"] else []
        return self.result_with(None, run, msg=f"{vms_in_words(len(run['vms']))} selected.", vm_replications=done)

    def _begun(self) -> Run:
        """Return the run as it is after the login."""
        session = self._variables["recovery__session"]
        run = self.new_run()
        run.update({key: session[key] for key in ("service", "user", "operation_id")})
        run["stage"] = {"failure": self.last_failure()}
        if session["problem"]:
            run["failure"] = dict(session["problem"])
        return run

    def _selected(self, run: Run) -> Run:
        """Read what the variables select; return the run with its VMs, or with the failure that prevents it."""
        if not work_to_do(run):
            return run
        documents, vapps, unreadable = self._read(run)
        masked = "" if run["failure"] else masked_in(documents, run)
        if masked:
            run["failure"] = {"message": masked}
        if run["failure"]:
            return run
        return take_selection(
            run,
            documents,
            vapps,
            self.values,
            peer_site=str(self.values["recovery_peer_site"] or ""),
            elsewhere=self._names_elsewhere,
            unreadable=unreadable,
        )

    def _with_findings(self, run: Run) -> Run:
        """Return the run with the results of earlier readiness checks, and with notes on its variables."""
        is_readiness = run["entry_point"] == "readiness"
        if run["vms"] and not is_readiness:
            run["readiness"] = given_before(self._reports(), run["vms"], run)
        networks = problem_of_networks(self.values) if is_readiness else ""
        if networks:
            run["notes"] = [*run["notes"], f"Now a drill is refused: {networks}"]
        unverified = note_on_verification(run, self.values) if not run["failure"] else ""
        if unverified:
            run["notes"] = [*run["notes"], unverified]
            if not run["dry"]:
                self.warn(unverified)
        return run

    def _reports(self) -> Iterator[Any]:
        """Yield possible readiness reports: that of each host in this play, and those in the report folder."""
        hosts = self.hosts
        yield from (hosts[host]["report"] for host in self.members if "report" in hosts[host])
        directory = directory_of(self.batch["entry_point"], self.values)
        if directory:
            yield from readiness_reports(directory)

    def _with_source(self, run: Run) -> Run:
        """Check whether the other site can be reached, if that matters; return the updated run."""
        sites = sites_in_question(run, is_down=bool(self.values["recovery_source_is_down"]))
        # A readiness check reads the sites in a later step.
        if not sites or run["entry_point"] == "readiness":
            return run
        answer = self.call("site_info", {"request_timeout": PATIENCE})
        if "sites" not in answer:
            self.warn(f"It is not known whether {', '.join(sites)} can be reached: {answer.get('msg')}")
        after = judged(run, answer)
        if after["failure"]:
            self.tell(after["failure"]["message"])
        return after

    def _with_stored_settings(self, run: Run) -> Run:
        """Check the recovery settings that a drill needs for its isolation, and those that the user requires."""
        tested = vms_to_test(run, self.values, self.batch.get("tags") or ())
        required = [] if run["failure"] else demanded(run, self.values)
        if not tested and not required:
            return run
        # Only drills need it.
        from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import isolation  # noqa: PLC0415

        ids = list(dict.fromkeys([*required, *tested]))
        found = self.call("recovery_readiness_info", (options_for if required else isolation.options_for)(run, ids))
        after = isolation.isolated(run, self.values, tested, found) if tested else run
        if after["notes"] != run["notes"]:
            self.warn(after["notes"][-1])
        vms = with_settings(run["vms"], required, found, run["entry_point"]) if required else run["vms"]
        for line in failed_in(vms, "settings", required):
            self.tell(line)
        return dict(after, vms=vms)

    def _read(self, run: Run) -> tuple[list[Any], list[Any], list[Any]]:
        """Read the selected VM replications, the vApp replications that they belong to, and what cannot be parsed.

        A failure is noted in the run.
        """
        names = run["query"]["vapp_names"]
        vapps = self._listed(run, "vapp", {"vapp_names": names})[0] if names else []
        children = [child.id for vapp in parse_vapps(vapps).values() for child in vapp.children]
        documents: list[Any] = []
        unreadable: list[Any] = []
        for read in [*run["query"]["reads"], *([{"vm_replication_ids": children}] if children else [])]:
            found, damaged = self._listed(run, "vm", read)
            documents += found
            unreadable += damaged
        known = parse_vapps(vapps)
        others = [identity for identity in vapp_ids_of(documents) if identity not in known]
        vapps += self._listed(run, "vapp", {"vapp_replication_ids": others})[0] if others else []
        return documents, vapps, unreadable

    def _names_elsewhere(self) -> set[str]:
        """Return names and ids of the VMs of hosts outside this run, because of a limit, a job slice or a batch."""
        found: set[str] = set()
        others = [] if self.members == ["localhost"] else set(self.groups.get("all", ())) - set(self.members)
        for host in others:
            variables = self._variables["hostvars"].raw_get(host)
            found.add(host)
            for key in _NAMES_OF_HOST:
                value = variables.get(key)
                found.update(names_of(value) if isinstance(value, (str, list)) else ())
        return found

    def _listed(self, run: Run, kind: str, options: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        """Return the API objects of an info module, and what it could not read.

        A failure is noted in the run, after which nothing more is read.
        """
        if run["failure"]:
            return [], []
        found = self.call(f"{kind}_replication_info", options)
        if found.get("failed"):
            run["failure"] = {"message": found.get("msg") or "", **(found.get("error") or {})}
            return [], []
        run["api_version"] = str(found.get("api_version") or "")
        unreadable = found.get("unreadable") or []
        for one in unreadable:
            self.warn(str(one["error"].get("message")))
        return [item["replication"] for item in found[f"{kind}_replications"]], unreadable


def _already_done(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item that a module would return for a VM with nothing to do."""
    return audited({**record, "decision": "done", "before": record["start"], "after": record["start"]})
