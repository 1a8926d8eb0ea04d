# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does one step of the role for all its VMs, with one module call for VMs and one for vApps.

Private to the role ``opendr.vcda.recovery``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.action.recovery_task import RecoveryTask, now
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.answers import given_before, given_now
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.by_default import baselines
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.calls import calls_of, items_of, with_warnings
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import STEPS, due, merge
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import checked, compare, failed_in
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.held_tests import TEST, released, with_times
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.networks import problem_of_networks, vms_to_test
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_files import directory_of, readiness_reports
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import STEP_WORDS, vms_in_words
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import (
    Run,
    admit,
    begin,
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
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import held_back, parse_vapps, vapp_ids_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import names_of

# The variables of a host that name its VMs: those of the role, and those of the inventory plugin.
_NAMES_OF_HOST = ("recovery_vm_names", "recovery_vm_replication_ids", "vm_name", "vm_names", "vm_replication_id")
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


class ActionModule(RecoveryTask):
    """Its result is registered as ``recovery__run``."""

    def work(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Do the step.

        :param arguments: ``step``, a key of ``course.STEPS``, or ``select``, ``check`` or ``compare``; and ``wave``,
            the name of the wave that the step is for, left out for all waves
        """
        step, wave = arguments["step"], arguments.get("wave")
        if step == "select":
            return self._select()
        run = self.current_run()
        if run is None or run["failure"]:
            return {"skipped": True, **(run or {})}
        if step in STEPS:
            return self._operate(run, step, wave)
        looks = {"check": self._check, "compare": self._compare}
        return looks[step](run)

    def _select(self) -> dict[str, Any]:
        session = self._variables["recovery__session"]
        run = begin(self.batch, self.members, self.groups, dry=bool(self._task.check_mode))
        run.update({key: session[key] for key in ("service", "user", "operation_id")})
        run["attended"] = {"failure": self.last_failure()}
        if session["problem"]:
            run["failure"] = dict(session["problem"])
        self._unreadable: list[Any] = []
        if work_to_do(run):
            documents, vapps = self._read(run)
        masked = masked_in(documents, run) if work_to_do(run) else ""
        if masked:
            run["failure"] = {"message": masked}
        if work_to_do(run):
            run = take_selection(
                run,
                documents,
                vapps,
                self.values,
                peer_site=str(self.values["recovery_peer_site"] or ""),
                elsewhere=self._names_elsewhere,
                unreadable=self._unreadable,
            )
        if run["entry_point"] != "readiness" and run["vms"]:
            run["readiness"] = given_before(self._reports(), run["vms"], run)
        networks = problem_of_networks(self.values) if run["entry_point"] == "readiness" else ""
        if networks:
            run["notes"] = [*run["notes"], f"Now a drill is refused: {networks}"]
        note = note_on_verification(run, self.values) if not run["failure"] else ""
        if note:
            run["notes"] = [*run["notes"], note]
            if not run["dry"]:
                self.warn(note)
        run = self._with_stored_settings(self._with_source(run))
        run["settled"] = has_nothing_to_do(run, self.values)
        if run["settled"]:
            self.tell(f"nothing to do: {vms_in_words(len(run['vms']))} already there and protected")
        # No step will report these VMs, so this task does.
        done = [_already_done(record) for record in run["vms"]] if run["settled"] else []
        return self.result_with(None, run, msg=f"{vms_in_words(len(run['vms']))} selected.", vm_replications=done)

    def _reports(self) -> Iterator[Any]:
        """Yield possible readiness reports: that of each host in this play, and those in the report folder."""
        hosts = self.batch["hosts"]
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
        from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import isolation  # noqa: PLC0415  only here

        ids = list(dict.fromkeys([*required, *tested]))
        found = self.call("recovery_readiness_info", (options_for if required else isolation.options_for)(run, ids))
        after = isolation.isolated(run, self.values, tested, found) if tested else run
        if after["notes"] != run["notes"]:
            self.warn(after["notes"][-1])
        vms = with_settings(run["vms"], required, found, run["entry_point"]) if required else run["vms"]
        for line in failed_in(vms, "settings", required):
            self.tell(line)
        return dict(after, vms=vms)

    def _read(self, run: Run) -> tuple[list[Any], list[Any]]:
        """Read the selected VM replications, and the vApp replications that they belong to."""
        names = run["query"]["vapp_names"]
        vapps = self._listed(run, "vapp", {"vapp_names": names}) if names else []
        children = [child.id for vapp in parse_vapps(vapps).values() for child in vapp.children]
        reads = [*run["query"]["reads"], *([{"vm_replication_ids": children}] if children else [])]
        documents = [document for read in reads for document in self._listed(run, "vm", read)]
        known = parse_vapps(vapps)
        others = [identity for identity in vapp_ids_of(documents) if identity not in known]
        return documents, vapps + (self._listed(run, "vapp", {"vapp_replication_ids": others}) if others else [])

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

    def _listed(self, run: Run, kind: str, options: Mapping[str, Any]) -> list[Any]:
        """Return the API objects of an info module; record a failure in the run, after which nothing is read."""
        if run["failure"]:
            return []
        found = self.call(f"{kind}_replication_info", options)
        if found.get("failed"):
            run["failure"] = {"message": found.get("msg") or "", **(found.get("error") or {})}
            return []
        run["api_version"] = str(found.get("api_version") or "")
        for one in found.get("unreadable") or ():
            self.warn(printable(str(one["error"].get("message"))))
            self._unreadable += [one] if kind == "vm" else []
        return [item["replication"] for item in found[f"{kind}_replications"]]

    def _operate(self, before: Run, step: str, wave: str | None) -> dict[str, Any]:
        left = self.seconds_left()
        run = admit(before, wave, seconds_left=left)
        site = run["active_site"]
        if step in _PLANNED_ONLY and run["mode"] != "planned":
            return self.result_with(before, run, skipped=True)
        if step == "test_cleanup":
            run = dict(run, vms=released(run["vms"]))
        if not due(run["vms"], step, site, wave=wave, predicted=True):
            return self.result_with(before, run, skipped=True)
        if not STEPS[step].despite_errors:
            wanted = due(run["vms"], step, site, wave=wave, predicted=True)
            run = dict(run, vms=held_back(run["vms"], wanted, may_split=bool(run["query"]["split_vapps"])))
        ids = due(run["vms"], step, site, wave=wave)
        called = now()
        items: list[Any] = []
        for call in calls_of(run, step, ids, self.values, wave=wave, seconds_left=left):
            answer = self.call(call.module, call.options, dry=run["dry"])
            items += with_warnings(call, answer, items_of(call, answer))
            for text in answer.get("warnings") or ():
                self.warn(printable(str(text)))
        result = {"vm_replications": items}
        vms = merge(run["vms"], result, step, site, asked=ids, wave=wave, called=called, dry=run["dry"])
        after = dict(run, vms=vms)
        self._tell(run, after, step, ids)
        return self.result_with(before, after, vm_replications=[_audited(item) for item in items])

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
        from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import isolation  # noqa: PLC0415  only here

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
        note = isolation.note_on_drill(after["vms"], values, found)
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


def _already_done(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item that a module would return for a VM with nothing to do."""
    return _audited({**record, "decision": "done", "before": record["start"], "after": record["start"]})


def _audited(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a module's item that ``extensions/audit/event_query.yml`` reads."""
    keys = ("source_site", "destination_site", "owner")
    return {
        "vm_name": item.get("vm_name"),
        "decision": item.get("decision"),
        **{
            name: {key: (item.get(name) or {}).get(key) for key in keys}
            for name in ("before", "after")
            if item.get(name)
        },
    }
