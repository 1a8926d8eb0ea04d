# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base class of the role's action plugins: the batch, the run, the clock, and the calls of modules."""

from __future__ import annotations

import hashlib
import importlib
import json
import time
from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ansible.executor import module_common
from ansible.utils.display import Display

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.module_action import (
    ModuleAction,
    as_json,
    with_text_keys,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.batch import spread
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.run import KEYS, Run, begin, parts_of

_MODULES = "ansible_collections.opendr.vcda.plugins.modules."


class RecoveryAction(ModuleAction):
    """A task of the role; each plugin does one kind of work.

    A result with the run is registered as ``recovery__run``, from which the next task reads it. So a task with nothing
    to do must also return the run, and none of these tasks fails. The key ``records`` holds the VMs of the run as JSON.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: ARG002
        """Run the task; see ``ansible.plugins.action.ActionBase.run``.

        :param tmp: no longer used by ansible-core
        :param task_vars: the variables of the task
        """
        self.enter(task_vars)
        arguments = plain(self._task.args)
        try:
            return {"changed": False, **self.work(arguments)}
        except VcdaError as error:
            run = self.current_run()
            if run is None:
                return {"failed": True, "msg": str(error)}
            return self.result_with(run, dict(run, failure={"message": str(error)}))

    @abstractmethod
    def work(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Do the work of the task and return its result.

        :param arguments: of the task, as plain data
        """

    @property
    def host(self) -> str:
        """The host that runs the task."""
        return str(self._variables["inventory_hostname"])

    @cached_property
    def batch(self) -> dict[str, Any]:
        """The result of ``recovery_batch``: for the hosts that are processed together, or for this host alone.

        The argument ``batch`` of the task names another variable that holds it, because a hook may show the status or
        a report in the middle of a run.
        """
        return dict(self._variables[self._task.args.get("batch") or "recovery__batch"])

    @property
    def members(self) -> list[str]:
        """The hosts that this host processes."""
        batch = self.batch
        return list(batch["hosts"]) if batch["together"] and self.host == batch["leader"] else [self.host]

    @cached_property
    def hosts(self) -> dict[str, dict[str, Any]]:
        """The hosts that this host processes, with their ``values``, their ``problem`` and an earlier ``report``."""
        return {host: spread(self.batch["common"], self.batch["hosts"][host]) for host in self.members}

    @property
    def groups(self) -> dict[str, list[str]]:
        """The hosts of each group of the inventory."""
        return {str(name): [str(host) for host in hosts] for name, hosts in self._variables["groups"].items()}

    @property
    def values(self) -> dict[str, Any]:
        """The variables of the role; for hosts that are processed together, those of the first valid one."""
        hosts = list(self.hosts.values())
        values: dict[str, Any] = next((one["values"] for one in hosts if not one["problem"]), hosts[0]["values"])
        return values

    @property
    def connection(self) -> dict[str, Any]:
        """The connection options from the variables of the role."""
        values = self.values
        operation_id = values.get("recovery_operation_id")
        return {**(values.get("recovery_connection") or {}), **({"operation_id": operation_id} if operation_id else {})}

    @property
    def wave(self) -> str | None:
        """The name of the wave in whose loop the task runs; None outside of such a loop.

        It is not an argument, because older versions of ansible-core turn a name such as True or [1] into what it looks
        like.
        """
        wave = self._variables.get("recovery__wave")
        return str(wave["name"]) if wave else None

    def new_run(self) -> Run:
        """Return the initial state of a run, before anything is read."""
        return begin({**self.batch, "hosts": self.hosts}, self.members, self.groups, dry=bool(self._task.check_mode))

    def current_run(self) -> Run | None:
        """Return the run from the previous task; None if the run has not begun."""
        found = self._variables.get("recovery__run") or {}
        if found.get("started") != self.batch["started"] or self.host not in found.get("members", ()):
            return None
        run: Run = plain({key: found[key] for key in KEYS if key != "vms"})
        return {**run, "vms": json.loads(found["records"])}

    def seconds_left(self) -> float:
        """Return the time limit of the next step in seconds; only a drill has a deadline."""
        values, batch = self.values, self.batch
        wait, deadline = float(values["recovery_wait_timeout"]), float(values.get("recovery_drill_deadline") or 0)
        if batch["entry_point"] != "drill" or deadline <= 0:
            return wait
        return min(wait, float(batch["started"]) + deadline - now())

    def result_with(self, before: Run | None, after: Run, **more: Any) -> dict[str, Any]:
        """Return the result of a task with the updated run.

        :param before: the run before the task; None if this task has begun it
        :param after: the run after the task
        :param more: further keys of the result
        """
        rest = {key: value for key, value in after.items() if key != "vms"}
        # As one text, because Ansible visits each value of a result several times.
        records = json_text(after["vms"])
        changed = self._has_changed(before, after)
        return {"changed": changed, "_ansible_verbose_override": True, **rest, "records": records, **more}

    def _has_changed(self, before: Run | None, after: Run) -> bool:
        """Tell whether the task has changed VMs of this host; the other hosts get their outcome at the end."""
        if before is None or after["entry_point"] == "readiness":
            return False
        own = {record["key"] for record in parts_of(after).get(self.host, ())}
        return any(
            step["changed"]
            for old, new in zip(before["vms"], after["vms"])
            for step in new["steps"][len(old["steps"]) :]
            if new["key"] in own
        )

    def call(self, module: str, options: Mapping[str, Any], *, dry: bool = False) -> dict[str, Any]:
        """Run a module in the session of the run, with the ``module_defaults`` of the play.

        :param module: the name without that of the collection
        :param options: the options in addition to those of the connection
        :param dry: run the module in check mode
        """
        self._task.check_mode = dry or self._task.check_mode
        connection = self._variables["recovery__session"]["connection"]
        return self.run_named(module, {**self.with_defaults(module, {}), **connection, **options})

    def run_named(self, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Run a module with exactly these options.

        :param module: the name without that of the collection
        """
        return self.run_module(importlib.import_module(_MODULES + module), options)

    def with_defaults(self, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return options of a module, completed by the ``module_defaults`` of the play."""
        action = "opendr.vcda." + module
        if hasattr(module_common, "get_action_args_with_defaults"):
            play: Any = self._task.get_play()  # type: ignore[no-untyped-call]
            found = module_common.get_action_args_with_defaults(
                action,
                dict(options),
                self._task.module_defaults,
                self._templar,
                action_groups=play._action_groups,  # noqa: SLF001  as ansible-core's own action plugins do
            )
        else:
            found = module_common._apply_action_arg_defaults(action, self._task, dict(options), self._templar)  # noqa: SLF001
        return plain(found)  # type: ignore[no-any-return]

    def last_failure(self) -> str:
        """Return a key that identifies the last failed task of a block; empty if none has failed."""
        result = self._variables.get("ansible_failed_result")
        if not result:
            return ""
        # A hook that runs twice may fail with the same result, but its task has another id each time.
        task = self._variables.get("ansible_failed_task") or {}
        known = [plain(result), str(task.get("uuid") or "")]
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()

    def warn(self, text: str) -> None:
        """Show a warning on the screen only, not in the result of the task."""
        Display().warning(printable(text))

    def tell(self, line: str) -> None:
        """Show a progress line, if ``vcda_progress`` allows it."""
        if self._is_wanted("vcda_progress"):
            self._show(line)

    def _run_there(self, module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._execute_module(module_name=module, module_args=dict(arguments), task_vars=self._variables))


def now() -> float:
    """Return the time in seconds since the epoch, by the clock of the controller."""
    return time.time()


def plain(value: Any) -> Any:
    """Return data as plain types, without the tags that ansible-core attaches to values."""
    return json.loads(json_text(value))


def json_text(value: Any) -> str:
    """Return data as JSON; what JSON does not support becomes text."""
    try:
        return json.dumps(value, default=as_json)
    except TypeError:
        # A key is neither a text nor a number. That is rare, and to look for one in all data would be slow.
        return json.dumps(with_text_keys(value), default=as_json)


def audited(item: Mapping[str, Any]) -> dict[str, Any]:
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
