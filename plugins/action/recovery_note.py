# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records in the run which VMs the hooks and checks are for, and their results.

Private to the role ``opendr.vcda.recovery``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction, now, plain
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import due
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import refuse, verified, with_hook_failure
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.hook_data import has_failed, hook_data
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import (
    STAGES_OF_RUN,
    Run,
    admit,
    hook_records,
    open_records_of,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import finder

# The error of a failed hook, by its stage.
_HOOK_FAILED: Mapping[str, Mapping[str, str]] = {
    "start": {
        "code": "HOOK_FAILED",
        "category": REFUSED,
        "message": "A hook at the start failed: ",
        "hint": "Fix the hook or the cause and run again. Nothing was done.",
    },
    "before": {
        "code": "HOOK_FAILED",
        "message": "A hook before the wave failed: ",
        "hint": "Fix the hook or the cause and run again. No VM of this wave was recovered.",
    },
    "after": {
        "code": "HOOK_FAILED",
        "message": "A hook after the wave failed: ",
        "hint": "Fix the hook or the cause and run again: the recovery itself is not repeated.",
    },
    "end": {
        "code": "HOOK_FAILED",
        "category": REFUSED,
        "message": "A hook at the end failed: ",
        "hint": "Do what the hook should have done, or fix it and run again with something to do.",
    },
    "failure": {
        "code": "HOOK_FAILED",
        "category": REFUSED,
        "message": "A hook that tells of a failure failed: ",
        "hint": "Tell those who should have been told, and fix the hook.",
    },
}
_HIDDEN = "the output of the task that failed is hidden by no_log"
# The stages in which the other hooks still run after one has failed, because no work follows.
_AT_THE_END = ("end", "failure")


class ActionModule(RecoveryAction):
    """Its result is registered as ``recovery__run``; ``stage`` of the run holds the data for hooks and checks.

    ``stage`` holds ``name``: start, before, verify, after, end or failure; ``hook``, the value of ``recovery_hook``;
    for the run as a whole the ``hooks`` that are due; for a verification the ``ids`` of the VMs, ``checks``, ``called``
    and ``until`` in seconds since the epoch, ``interval`` in seconds, ``attempts`` and ``hook_error``; ``stopped``,
    true if no more hooks may run; and ``failure``, the key of the last failed task, to recognise a new failure.
    """

    def work(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Update the run.

        :param arguments: ``about``, the stage that begins or what has happened in it; ``results`` of checks; the
            ``hook`` that failed
        """
        about = arguments["about"]
        if about == "failure":
            return self._failure()
        before = self.current_run()
        if before is None:
            return {"skipped": True}
        updates: Mapping[str, Callable[[Run, str, Mapping[str, Any]], Run]] = {
            **{f"at_{stage}": self._begin_stage_of_run for stage in STAGES_OF_RUN},
            "before": self._begin_stage_of_wave,
            "after": self._begin_stage_of_wave,
            "verify": self._begin_verification,
            "hook_failed": self._hook_failed,
            "verified": self._verified,
        }
        return self.result_with(before, updates[about](before, self.wave or "", arguments))

    def _failure(self) -> dict[str, Any]:
        run = self.current_run() or self.new_run()
        broken = self._broken()
        failure = {"message": self._reason(run), **(broken.get("error") or {})}
        return self.result_with(None, dict(run, failure=run["failure"] or failure))

    def _begin_stage_of_run(self, before: Run, _wave: str, arguments: Mapping[str, Any]) -> Run:
        """Set the due hooks of the run: at the start if there is work, at the end if the run has reached the work."""
        stage = arguments["about"].replace("at_", "", 1)
        run, vms = before, before["vms"]
        if stage == "start":
            vms = [] if run["failure"] else open_records_of(run)
            run = dict(run, opened=bool(vms))
        is_due = has_failed(run) if stage == "failure" else run["opened"]
        return self._with_stage(run, stage, vms, None, hooks=run["hooks"][stage] if is_due else [])

    def _begin_stage_of_wave(self, before: Run, wave: str, arguments: Mapping[str, Any]) -> Run:
        run = admit(before, wave, seconds_left=self.seconds_left())
        stage = arguments["about"]
        return self._with_stage(run, stage, hook_records(run, stage, wave), wave)

    def _begin_verification(self, before: Run, wave: str, _arguments: Mapping[str, Any]) -> Run:
        left = self.seconds_left()
        run = admit(before, wave, seconds_left=left)
        step = "verify_test" if run["entry_point"] == "drill" else "verify"
        ids = [] if run["failure"] else due(run["vms"], step, run["active_site"], wave=wave)
        vms = [record for record in run["vms"] if record["id"] in ids]
        find = finder(vms)
        timeout, interval = (int(self.values[f"recovery_verify_{name}"]) for name in ("timeout", "interval"))
        return self._with_stage(
            run,
            "verify",
            vms,
            wave,
            ids=ids,
            checks=[check for check in run["checks"] if find(check["vm_name"])],
            called=now(),
            until=now() + min(timeout, left),
            interval=interval,
            attempts=timeout // interval + 1,
            hook_error="",
        )

    def _with_stage(self, run: Run, name: str, vms: list[Any], wave: str | None, **more: Any) -> Run:
        hook = hook_data(run, name, vms, self.values, time=now(), wave=wave)
        stage = {"name": name, "hook": hook, "stopped": False, "failure": self.last_failure(), **more}
        return dict(run, stage=stage)

    def _hook_failed(self, run: Run, wave: str, arguments: Mapping[str, Any]) -> Run:
        """Record the failure of a hook and stop the other hooks, unless the stage or ``warn`` lets them run."""
        stage, reason = run["stage"], self._reason(run)
        name = stage["name"]
        if name == "verify":
            told = f"A verification hook failed: {reason}"
            return dict(run, stage={**stage, "stopped": True, "hook_error": told})
        if self.values["recovery_hook_failure"] == "warn":
            return self._warned(run, wave, str(arguments["hook"]), reason)
        words = _HOOK_FAILED[name]
        error = {**words, "message": words["message"] + reason}
        if name in _AT_THE_END:
            stage = {**stage, "failure": self.last_failure()}
            return dict(run, hook_errors=[*run["hook_errors"], {**error, "step": name}], stage=stage)
        stage = {**stage, "stopped": True}
        if name == "start":
            return dict(run, failure={**error, "step": name}, stage=stage)
        vms = refuse(run["vms"], wave=wave, step=name, **{key: error[key] for key in ("code", "message", "hint")})
        return dict(run, vms=vms, stage=stage)

    def _warned(self, run: Run, wave: str, hook: str, reason: str) -> Run:
        """Report a failed hook as a warning and continue: in the notes of the run, or in the to-do list of its VMs."""
        stage = {**run["stage"], "failure": self.last_failure()}
        name = stage["name"]
        of_the_run = name in STAGES_OF_RUN
        message = f"{hook} at {name}: {reason}" if of_the_run else f"{hook} {name} wave {wave}: {reason}"
        self.warn(printable(f"A hook failed: {message}"))
        if of_the_run:
            return dict(run, notes=[*run["notes"], f"A hook failed: {message}"], stage=stage)
        vms = with_hook_failure(run["vms"], [vm["id"] for vm in stage["hook"]["vms"]], message)
        return dict(run, vms=vms, stage=stage)

    def _verified(self, run: Run, wave: str, arguments: Mapping[str, Any]) -> Run:
        stage = run["stage"]
        vms = verified(
            run["vms"],
            stage["ids"],
            arguments["results"],
            by_hook=any(one["verify"] for one in run["waves"] if one["name"] == wave),
            hook_error=stage["hook_error"],
            started=stage["called"],
            ended=now(),
        )
        return dict(run, vms=vms)

    def _reason(self, run: Run) -> str:
        """Return why a task failed; if it could not be loaded, Ansible still holds the result of an earlier failure."""
        message = self._broken().get("msg")
        is_new = self.last_failure() != run["stage"].get("failure", "")
        return str(message) if message and is_new else "see the output of the task that failed"

    def _broken(self) -> Mapping[str, Any]:
        """Return the result of the failed task, or of the first failed item if it has a loop."""
        result = plain(self._variables.get("ansible_failed_result") or {})
        failed = [item for item in result.get("results") or () if isinstance(item, Mapping) and item.get("failed")]
        found: Mapping[str, Any] = failed[0] if failed else result
        if found and (found.get("_ansible_no_log") or self._is_hidden()):
            return {"msg": _HIDDEN}
        return found

    def _is_hidden(self) -> bool:
        """Tell whether the failed task of a hook hides its output, which Ansible still hands on in full.

        Since ansible-core 2.21 only the task tells it. ``no_log`` of a task with a loop may be a template that nobody
        can evaluate here, so it counts as set. The messages of the role itself hold no secrets.
        """
        task = self._variables.get("ansible_failed_task") or {}
        is_own = str(task.get("action") or "").startswith("opendr.vcda.recovery_")
        return not is_own and task.get("no_log", False) is not False
