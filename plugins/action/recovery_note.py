# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes into the run what hooks and checks are for, and what has become of them.

Private to the role ``opendr.vcda.recovery``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.action.recovery_task import RecoveryTask, now, plain
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import due
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import refuse, verified, with_hook_failure
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import Run, admit, begin, hook_records

_HOOK_FAILED: Mapping[str, Mapping[str, str]] = {
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
}


class ActionModule(RecoveryTask):
    """Its result is registered as ``recovery__run``; ``attended`` tells what hooks and checks are for.

    ``attended`` holds ``wave``, the variable ``recovery_wave`` of hooks; of a verification ``ids`` of the VMs,
    ``checks``, ``called`` and ``until`` in seconds since the epoch, ``interval`` in seconds, ``attempts`` and
    ``hook_error``; ``stopped``, that no more hooks are to run; and from which ``failure`` a later one is told.
    """

    def work(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Take a note.

        :param arguments: ``about``, and the name of the ``wave``; ``results`` of checks; the ``hook`` that failed
        """
        about = arguments["about"]
        if about == "failure":
            return self._failure()
        before = self.current_run()
        if before is None:
            return {"skipped": True}
        notes: Mapping[str, Callable[[Run, str, Mapping[str, Any]], Run]] = {
            "before": self._attend,
            "after": self._attend,
            "verify": self._attend_verification,
            "hook_failed": self._hook_failed,
            "verified": self._verified,
        }
        return self.result_with(before, notes[about](before, arguments["wave"], arguments))

    def _failure(self) -> dict[str, Any]:
        run = self.current_run() or begin(self.batch, self.members, self.groups, dry=bool(self._task.check_mode))
        broken = self._broken()
        failure = {"message": self._reason(run), **(broken.get("error") or {})}
        return self.result_with(None, dict(run, failure=run["failure"] or failure))

    def _attend(self, before: Run, wave: str, arguments: Mapping[str, Any]) -> Run:
        run = admit(before, wave, seconds_left=self.seconds_left())
        phase = "recover" if arguments["about"] == "before" else "finish"
        return self._attended(run, wave, hook_records(run, phase, wave), phase=arguments["about"])

    def _attend_verification(self, before: Run, wave: str, _arguments: Mapping[str, Any]) -> Run:
        left = self.seconds_left()
        run = admit(before, wave, seconds_left=left)
        step = "verify_test" if run["entry_point"] == "drill" else "verify"
        ids = due(run["vms"], step, run["active_site"], wave=wave)
        vms = [record for record in run["vms"] if record["id"] in ids]
        timeout, interval = (int(self.values[f"recovery_verify_{name}"]) for name in ("timeout", "interval"))
        names = {name for record in vms for name in (record["vm_name"], record["id"])}
        return self._attended(
            run,
            wave,
            vms,
            phase="verify",
            ids=ids,
            checks=[check for check in run["checks"] if check["vm_name"] in names],
            called=now(),
            until=now() + min(timeout, left),
            interval=interval,
            attempts=timeout // interval + 1,
            hook_error="",
        )

    def _attended(self, run: Run, wave: str, vms: list[Any], **more: Any) -> Run:
        attended = {"wave": {"name": wave, "vms": vms}, "stopped": False, "failure": self.last_failure(), **more}
        return dict(run, attended=attended)

    def _hook_failed(self, run: Run, wave: str, arguments: Mapping[str, Any]) -> Run:
        """Keep the failure of a hook; after it no other hook runs, unless failures of hooks are only to be told."""
        attended, reason = run["attended"], self._reason(run)
        if attended["phase"] == "verify":
            error = f"A verification hook failed: {reason}"
            return dict(run, attended={**attended, "stopped": True, "hook_error": error})
        if self.values["recovery_hook_failure"] == "warn":
            message = f"{arguments['hook']} {attended['phase']} wave {wave}: {reason}"
            self.warn(f"A hook failed: {message}")
            vms = with_hook_failure(run["vms"], [record["id"] for record in attended["wave"]["vms"]], message)
            return dict(run, vms=vms, attended={**attended, "failure": self.last_failure()})
        words = _HOOK_FAILED[attended["phase"]]
        refusal = {**words, "message": words["message"] + reason}
        vms = refuse(run["vms"], wave=wave, step=attended["phase"], **refusal)
        return dict(run, vms=vms, attended={**attended, "stopped": True})

    def _verified(self, run: Run, wave: str, arguments: Mapping[str, Any]) -> Run:
        attended = run["attended"]
        vms = verified(
            run["vms"],
            attended["ids"],
            arguments["results"],
            by_hook=any(one["verify"] for one in run["waves"] if one["name"] == wave),
            hook_error=attended["hook_error"],
            started=attended["called"],
            ended=now(),
        )
        return dict(run, vms=vms)

    def _reason(self, run: Run) -> str:
        """Tell why a task failed; one that cannot be loaded leaves no result of its own, but that of some other."""
        message = self._broken().get("msg")
        is_new = self.last_failure() != run["attended"].get("failure", "")
        return str(message) if message and is_new else "see the output of the task that failed"

    def _broken(self) -> Mapping[str, Any]:
        """Return the result of the task that failed; of a loop, that of the item that failed."""
        result = plain(self._variables.get("ansible_failed_result") or {})
        failed = [item for item in result.get("results") or () if isinstance(item, Mapping) and item.get("failed")]
        found: Mapping[str, Any] = failed[0] if failed else result
        return found
