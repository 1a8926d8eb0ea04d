# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does one step of the role for all its VMs, with one module call for VMs and one for vApps.

Private to the role ``opendr.vcda.recovery``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.operation import operation
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction, audited, now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import isolation
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.by_default import baselines
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.calls import calls_of, items_of, with_warnings
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import STEPS, due, merge
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import checked, compare, failed_in
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.held_tests import TEST, released, with_times
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.readiness_answers import given_now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import STEP_WORDS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import (
    Run,
    admit,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.source import (
    judged,
    sites_in_question,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import held_back

# What every operation needs: ansible-playbook imports it with this file, so that no worker has to.
PRELOADED = (operation,)
# The options of a readiness check that have a variable of the role.
_LIMITS = (
    "max_rpo_violation",
    "max_test_age",
    "min_optimized_reverse",
    "min_certificate_days",
    "max_clock_difference",
    "skip_checks",
)
# Steps that only a planned run does; an unplanned failover refuses such VMs.
_PLANNED_ONLY = ("protect_first",)


class ActionModule(RecoveryAction):
    """Its result is registered as ``recovery__run``."""

    def work(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Do the step for the wave in whose loop the task runs, or else for all waves.

        :param arguments: ``step``, a key of ``course.STEPS``, or ``check`` or ``compare``
        """
        step = arguments["step"]
        run = self.current_run()
        if run is None or run["failure"]:
            return self.result_with(run, run, skipped=True) if run else {"skipped": True}
        if step in STEPS:
            return self._operate(run, step, self.wave)
        looks = {"check": self._check, "compare": self._compare}
        return looks[step](run)

    def _operate(self, before: Run, step: str, wave: str | None) -> dict[str, Any]:
        left = self.seconds_left()
        run = admit(before, wave, seconds_left=left)
        site = run["active_site"]
        if step in _PLANNED_ONLY and run["mode"] != "planned":
            return self.result_with(before, run, skipped=True)
        if step == "test_cleanup":
            run = dict(run, vms=released(run["vms"]))
        wanted = due(run["vms"], step, site, wave=wave, predicted=True)
        if not wanted:
            return self.result_with(before, run, skipped=True)
        if not STEPS[step].despite_errors:
            run = dict(run, vms=held_back(run["vms"], wanted, may_split=bool(run["query"]["split_vapps"])))
        ids = due(run["vms"], step, site, wave=wave)
        called = now()
        items: list[Any] = []
        for call in calls_of(run, step, ids, self.values, wave=wave, seconds_left=left):
            answer = self.call(call.module, call.options, dry=run["dry"])
            items += with_warnings(call, answer, items_of(call, answer))
            for text in answer.get("warnings") or ():
                self.warn(str(text))
        result = {"vm_replications": items}
        vms = merge(run["vms"], result, step, site, asked=ids, wave=wave, called=called, dry=run["dry"])
        after = dict(run, vms=vms)
        self._tell(run, after, step, ids)
        return self.result_with(before, after, vm_replications=[audited(item) for item in items])

    def _tell(self, before: Run, after: Run, step: str, ids: list[str]) -> None:
        # The entry of this step for each VM that it was for.
        looked_at = [
            new["steps"][-1] for old, new in zip(before["vms"], after["vms"]) if len(new["steps"]) > len(old["steps"])
        ]
        failed = sum(entry["failed"] for entry in looked_at)
        changed = sum(entry["changed"] and not entry["failed"] for entry in looked_at)
        done = len(looked_at) - changed - failed
        would = "would change" if after["dry"] else "changed"
        self.tell(f"{STEP_WORDS[step]}: {changed} {would}, {done} already done, {failed} failed")
        for line in failed_in(after["vms"], step, ids):
            self.tell(line)

    def _check(self, before: Run) -> dict[str, Any]:
        ids = [record["id"] for record in before["vms"] if record["id"]]
        if not ids:
            return self.result_with(before, before, skipped=True)
        values = self.values
        options = {
            "vm_replication_ids": ids,
            "active_site": before["active_site"],
            **{name: values[f"recovery_{name}"] for name in _LIMITS},
            "require_recovery_settings": values["recovery_require_settings"],
            "respect_recovery_plans": values["recovery_respect_recovery_plans"],
            **(
                {"max_instance_age": int(values["recovery_max_instance_age"])}
                if values["recovery_max_instance_age"]
                else {}
            ),
        }
        found = self.call("recovery_readiness_info", options)
        vms = checked(before["vms"], found, before["mode"])
        vms = with_times(vms, found.get("vm_replications") or (), float(values["recovery_max_test_age"]))
        after = dict(before, vms=vms)
        after["readiness"] = [given_now(after["vms"], found, values["recovery_skip_checks"])]
        if sites_in_question(before, is_down=bool(values["recovery_source_is_down"])):
            after["notes"] = judged(before, found)["notes"]
        note = isolation.note_on_drill(after, values, found)
        if note:
            after["notes"] = [*after["notes"], note]
        return self.result_with(before, after, warnings=found.get("warnings") or [])

    def _compare(self, before: Run) -> dict[str, Any]:
        ids = [record["id"] for record in before["vms"] if record["id"]]
        if before["entry_point"] != "drill":
            ids = [one["id"] for one in before["vms"] if one["id"] and one["start"]["recovery_state"] == TEST]
        if before["dry"] or not ids:
            return self.result_with(before, before, skipped=True)
        found = self.call("vm_replication_info", {"vm_replication_ids": ids, "tests": before["hold"]})
        if "vm_replications" not in found:
            return self.result_with(before, before)
        documents = [item["replication"] for item in found["vm_replications"]]
        known, is_drill = baselines(before["query"].get("report") or ()), before["entry_point"] == "drill"
        vms = compare(before["vms"], documents, known, only_tested=not is_drill)
        if before["hold"]:
            vms = with_times(vms, found["vm_replications"], float(self.values["recovery_max_test_age"]))
        return self.result_with(before, dict(before, vms=vms))
