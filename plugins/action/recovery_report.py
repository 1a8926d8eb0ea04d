# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs out, creates the reports of a run for each host and for all together, and writes the files.

Private to the role ``opendr.vcda.recovery``.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.release import __version__ as ansible_core_version
from ansible.utils.display import Display

from ansible_collections.opendr.vcda.plugins.modules import session
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction, now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import report_files
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import SCHEMA_VERSION, Report
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import (
    message,
    outcome_line,
    stats,
    table,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import Run, parts_of, report_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.versions import collection_version


class ActionModule(RecoveryAction):
    """Its result is registered as ``recovery__end``, on all hosts that are processed together.

    ``reports`` holds the report of each host as JSON, ``outcomes`` its result, ``with_fact`` the hosts that have a fact
    named ``recovery_report``, and ``table`` the lines to show.
    """

    def work(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Log out and create the reports.

        :param arguments: ``report``, an existing report; otherwise the reports are built from the run
        """
        if self.batch["entry_point"] == "report":
            return self._again(arguments.get("report"))
        self._log_out()
        run = self.current_run() or {
            **self.new_run(),
            "failure": {"message": "The run broke off: see the output of the task that failed."},
        }
        versions = {"collection": collection_version(), "ansible_core": ansible_core_version, "api": run["api_version"]}
        told = self._reported_or_not({**run, "versions": versions})
        return {
            **told,
            "started": run["started"],
            # A hook may have set a fact, also for another host.
            "with_fact": [host for host in told["reports"] if "recovery_report" in self._facts_of(host)],
            "reports": {**self._reports_of_others(), **told["reports"]},
        }

    def _reports_of_others(self) -> dict[str, str]:
        """Return the last reports of hosts that have left the play, because Ansible gives them this result as well."""
        hosts = {str(host) for host in self._variables["hostvars"]._inventory.get_hosts()}  # noqa: SLF001
        found = {}
        for host in sorted(hosts - set(self.members)) if self.batch["together"] else ():
            reports = (self._facts_of(host).get("recovery__end") or {}).get("reports") or {}
            found.update({host: str(reports[host])} if host in reports else {})
        return found

    def _facts_of(self, host: str) -> Mapping[str, Any]:
        """Return what ``set_fact`` and ``register`` have set for a host; its other variables take longer to read."""
        facts: Mapping[str, Any] = self._variables["hostvars"]._variable_manager._nonpersistent_fact_cache  # noqa: SLF001
        found: Mapping[str, Any] = facts.get(host) or {}
        return found

    def _log_out(self) -> None:
        opened = self._variables.get("recovery__session") or {}
        # The role does not close a session that the user has opened.
        if opened.get("is_own"):
            self.run_module(session, {**opened["connection"], "state": "absent"})

    def _reported_or_not(self, run: Run) -> dict[str, Any]:
        try:
            return self._reported(run)
        # The task runs once for all hosts: if it failed, all of them would be left out without a word.
        except Exception as error:
            Display().vvv(traceback.format_exc())
            problem = f"The report could not be created: {type(error).__name__}: {error}"
            changed = not run["dry"] and any(step["changed"] for vm in run["vms"] for step in vm["steps"])
            outcome = {"changed": changed, "failed": True, "msg": problem}
            return {"reports": {}, "outcomes": dict.fromkeys(run["members"], outcome), "table": [problem]}

    def _reported(self, run: Run) -> dict[str, Any]:
        ended, parts = now(), parts_of(run)
        reports = {
            host: report_of(run, self._values_of(host), parts.get(host, []), ended=ended, host=host)
            for host in run["members"]
        }
        whole = reports[self.host] if len(reports) == 1 else report_of(run, self.values, run["vms"], ended=ended)
        told = self._tell(reports, whole, run["members"])
        return {
            **told,
            "reports": {host: json.dumps(report) for host, report in reports.items()},
            "outcomes": {host: _outcome(report, told["problem"]) for host, report in reports.items()},
        }

    def _again(self, report: Any) -> dict[str, Any]:
        """Output the report of an earlier run again; fail on a problem, because no later task would report it."""
        problem = str(self.hosts[self.host]["problem"])
        if problem:
            return {"failed": True, "msg": problem}
        problem = f"recovery_report: it is not the data of a report in the schema version {SCHEMA_VERSION}"
        if not (isinstance(report, Mapping) and report.get("schema_version") == SCHEMA_VERSION):
            return {"failed": True, "msg": f"{problem}."}
        whole = dict(report)
        try:
            told = self._tell({self.host: whole}, whole, [self.host])
        # The data may have been changed by hand, in any way.
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            return {"failed": True, "msg": f"{problem} ({type(error).__name__}: {error})."}
        return {**told, "failed": True, "msg": told["problem"]} if told["problem"] else told

    def _tell(self, reports: Mapping[str, Report], whole: Report, hosts: Sequence[str]) -> dict[str, Any]:
        data: dict[str, dict[str, Any]] = {}
        for host, report in reports.items():
            key = self._values_of(host).get("recovery_stats_key") or f"opendr_vcda_{report['run']['entry_point']}"
            data.setdefault(key, {})[host] = stats(report)
        lines = table(whole)
        problem = "" if self._task.check_mode else self._write(reports, whole, hosts)
        return {
            "_ansible_verbose_override": True,
            "table": lines,
            "ansible_stats": {"data": data, "aggregate": True, "per_host": False},
            "problem": problem,
        }

    def _values_of(self, host: str) -> Mapping[str, Any]:
        values: Mapping[str, Any] = self.hosts[host]["values"]
        return values

    def _write(self, reports: Mapping[str, Report], whole: Report, hosts: Sequence[str]) -> str:
        """Write one page for all hosts and the data of each; return the problem if that is not possible."""
        values = self._values_of(self.host)
        directory = report_files.directory_of(whole["run"]["entry_point"], values)
        given = str(values.get("recovery_report_name") or "")
        if not directory:
            return ""
        mode = values.get("recovery_report_mode") or report_files.DEFAULT_MODE
        own = {host: str(self._values_of(host).get("recovery_report_name") or "") for host in reports}
        others = f"-and-{len(hosts) - 1}-more" if len(hosts) > 1 else ""
        # The other hosts of the play, which have reports of their own, would overwrite a file of that name.
        is_part = len(reports) < len(self._variables.get("ansible_play_hosts_all") or ())
        named = f"{given}-{self.host}{others}" if given and is_part else given
        names = report_files.given_names(named, own)
        try:
            name = report_files.name_of(whole, self.host + others, named)
            report_files.write(whole, directory, name, mode=mode, new=not named)
            for host, report in reports.items() if len(hosts) > 1 else ():
                name = report_files.name_of(report, host, names[host])
                report_files.write(report, directory, name, mode=mode, page=False, new=not names[host])
        except OSError as error:
            problem = f"The report was not written: {error}"
            if values.get("recovery_report_dir"):
                return problem
            self.warn(f"{problem}. Set recovery_report_dir to a folder that can be written to.")
        return ""


def _outcome(report: Report, problem: str) -> dict[str, Any]:
    """Return the result of the host that a report is about.

    :param problem: that concerns all hosts; empty if there is none
    """
    changed = any(vm["changed"] for vm in report["vms"]) and not report["run"]["predicted"]
    problems = [text for text in (message(report) if report["failures"] else "", problem) if text]
    if problems:
        return {"changed": changed, "failed": True, "msg": "\n".join(problems)}
    return {"changed": changed, "msg": outcome_line(report)}
