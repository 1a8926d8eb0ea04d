# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and checks the role's variables for all hosts of a batch, and decides whether to process the hosts together.

Private to the role ``opendr.vcda.recovery``. The task runs once for the batch, on its first host. Its result holds the
user's variables, so it must not be shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from ansible import context
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.block import Block
from ansible.playbook.role.definition import RoleDefinition
from ansible.playbook.task_include import TaskInclude

from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.hook_files import problem_of_tasks
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import RecoveryAction, now, plain
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.batch import compact, differing, unknown_variable
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.by_default import vms_of_report
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.hooks import with_hooks
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_files import given_directory, load, problem_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.variables import (
    defaults,
    problem_of_template,
    read,
    usable_text,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import RecoveryInputError

_SPECIFICATION = Path(__file__).parents[2] / "roles" / "recovery" / "meta" / "argument_specs.yml"
# The strategies in which all hosts of a batch finish a task before any of them starts the next one.
_IN_STEP = ("linear", "ansible.builtin.linear", "debug", "ansible.builtin.debug")
# The variables that the report of a run needs, even if the run is refused.
_TOLD = ("recovery_active_site", "recovery_report_dir", "recovery_report_name", "recovery_stats_key")


class ActionModule(RecoveryAction):
    """Its result is registered as ``recovery__batch``."""

    def work(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Read the variables.

        :param arguments: ``entry_point``
        """
        entry_point = arguments["entry_point"]
        play_batch = [str(host) for host in self._variables["ansible_play_batch"]]
        is_shared = self._does_every_host_come() and self.host in play_batch
        hosts = {host: self._host(host, entry_point, play_batch) for host in (play_batch if is_shared else [self.host])}
        difference = differing({host: one["values"] for host, one in hosts.items() if not one["problem"]})
        if difference and self._is_wanted("vcda_progress"):
            self._show("The hosts are worked on one by one: {} differs between {} and {}.".format(*difference))
        started = now()
        common, own = compact(hosts)
        return {
            "id": datetime.fromtimestamp(started, timezone.utc).strftime("%Y%m%dT%H%M%SZ"),
            "started": started,
            "entry_point": entry_point,
            "tags": [str(tag) for tag in self._variables.get("ansible_run_tags") or ()],
            "launched_by": str(self._variables.get("awx_user_name") or self._variables.get("tower_user_name") or ""),
            "leader": self.host,
            "together": is_shared and not difference,
            "common": common,
            "hosts": own,
        }

    def _does_every_host_come(self) -> bool:
        """Tell whether the play makes all hosts of the batch run this task.

        A host must not be processed with the others if a condition, a dynamic include, a rescue or the strategy may
        keep it from running the task.
        """
        if self._task.when or self._task.delegate_to or not self._task.run_once:
            return False
        if self._task.get_play().strategy not in _IN_STEP:  # type: ignore[no-untyped-call]
            return False
        child: Any = self._task
        parent = child._parent  # noqa: SLF001  there is no public way up
        while parent:
            if isinstance(parent, TaskInclude) and not parent.statically_loaded:
                return False
            if isinstance(parent, Block) and _is_one_of(child, [*parent.rescue, *parent.always]):
                return False
            child, parent = parent, parent._parent  # noqa: SLF001
        return True

    def _host(self, host: str, entry_point: str, batch: Sequence[str]) -> dict[str, Any]:
        variables = self._variables if host == self.host else self._variables_of(host, batch)
        report = _earlier_report(variables, host)
        # Reading the variables of a host takes milliseconds, so the report, which a later task needs, is kept.
        kept = {"report": report} if report else {}
        return {**self._read(variables, entry_point), **kept}

    def _read(self, variables: dict[str, Any], entry_point: str) -> dict[str, Any]:
        templar = self._templar.copy_with_new_env(available_variables=variables)
        given: dict[str, Any] = {}
        unknown = unknown_variable(map(str, variables), _names())
        try:
            for name in _names():
                if name in variables:
                    given[name] = self._value(templar, variables[name], is_first=variables is self._variables)
        except AnsibleError as error:
            return {"values": _usable(given), "problem": problem_of_template(name, str(error))}
        if unknown:
            return {"values": _usable(given), "problem": unknown}
        found = check(entry_point, given)
        if found["problem"]:
            return found
        values = found["values"]
        problem = problem_of(given_directory(values), values["recovery_report_mode"], make=not self._task.check_mode)
        if problem:
            return {**found, "problem": problem}
        try:
            found["values"] = with_hooks(values, self._hook_folders(), self._role_folder, self._check_tasks)
        except RecoveryInputError as error:
            return {**found, "problem": str(error)}
        return found

    def _value(self, templar: Any, given: Any, *, is_first: bool) -> Any:
        """Return the value of a variable; the hosts of a play share the objects of most, which need one look."""
        known = self._constants.get(id(given))
        if known:
            return known[1]
        value = plain(templar.template(given))
        if is_first and not templar.is_template(given):
            # With the object itself, so that no other gets its identity.
            self._constants[id(given)] = given, value
        return value

    @cached_property
    def _constants(self) -> dict[int, tuple[Any, Any]]:
        """The values of variables of the first host that are no templates, by the identity of their objects."""
        return {}

    def _hook_folders(self) -> list[str]:
        """Return the folders to search for task files of hooks: the working folder, then the folder of the playbook.

        An imported playbook may be in another folder, so the folders of the playbooks on the command line are added.
        """
        named = context.CLIARGS.get("args") or ()
        playbooks = [str(name) for name in named] if isinstance(named, (list, tuple)) else []
        folders = [str(Path(name).parent.absolute()) for name in playbooks if Path(name).is_file()]
        return [str(Path.cwd()), str(Path(self._loader.get_basedir()).absolute()), *folders]

    def _role_folder(self, name: str) -> str:
        """Return the folder in which Ansible finds a role; empty if there is none."""
        role = RoleDefinition(  # type: ignore[no-untyped-call]
            play=self._task.get_play(),  # type: ignore[no-untyped-call]
            loader=self._loader,
            collection_list=self._task.collections,
        )
        # Before ansible-core 2.19, only loading sets what the error for a missing role reads.
        role._ds = name  # noqa: SLF001
        try:
            return str(role._load_role_path(name)[1])  # type: ignore[no-untyped-call]  # noqa: SLF001
        except AnsibleError:
            return ""

    def _check_tasks(self, path: str, is_role: bool) -> str:
        return problem_of_tasks(path, self._task, self._loader, is_role=is_role)

    def _variables_of(self, host: str, batch: Sequence[str]) -> dict[str, Any]:
        # Unlike hostvars, this includes the variables of the role and of the task that imports it.
        hostvars = self._variables["hostvars"]
        manager, inventory = hostvars._variable_manager, hostvars._inventory  # noqa: SLF001
        variables: dict[str, Any] = manager.get_vars(
            play=self._task.get_play(),  # type: ignore[no-untyped-call]
            host=inventory.get_host(host),
            task=self._task,
            _hosts=list(batch),
            _hosts_all=self._variables["ansible_play_hosts_all"],
        )
        return variables


def _earlier_report(variables: Mapping[str, Any], host: str) -> Any:
    """Return the report of an earlier run; None if there is none."""
    found = variables.get("recovery_report")
    if not isinstance(found, str) or "recovery__end" not in found:
        return plain(found) if isinstance(found, Mapping) else None
    reports = (variables.get("recovery__end") or {}).get("reports") or {}
    return json.loads(reports[host]) if host in reports else None


def check(entry_point: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check the variables of a host against the options of an entry point.

    :param entry_point: of the role
    :param given: the variables that the host has, as plain data
    :returns: ``values`` of all variables of the role, with defaults for those that are not set; and ``problem``, a
        sentence, empty if there is none
    """
    options = _options(entry_point)
    try:
        values = read(options, given)
    except RecoveryInputError as error:
        return {"values": _usable(given), "problem": str(error)}
    validator = ArgumentSpecValidator(options)  # type: ignore[no-untyped-call]
    found = validator.validate(values)  # type: ignore[no-untyped-call]
    if found.error_messages:
        return {"values": _usable(given), "problem": str(found.errors.msg)}
    # Text for a list of names stays text, because only ``names_of`` splits it.
    checked = {
        name: values[name]
        if options[name]["type"] == "list" and isinstance(values[name], (str, list))
        else found.validated_parameters[name]
        for name in values
    }
    try:
        checked["recovery_from_report"] = _vms_of_report(checked.get("recovery_from_report"))
    except RecoveryInputError as error:
        return {"values": _usable(given), "problem": str(error)}
    return {"values": {**_defaults(), **checked}, "problem": ""}


def _vms_of_report(report: Any) -> list[dict[str, Any]]:
    """Return the VMs of ``recovery_from_report``, which is the data of a report or the path of its file."""
    if not report:
        return []
    if not isinstance(report, str):
        return vms_of_report(report)
    try:
        return vms_of_report(load(report))
    except (OSError, ValueError) as error:
        if isinstance(error, RecoveryInputError):
            raise
        raise RecoveryInputError(f"recovery_from_report: {report} cannot be read: {error}") from error


def _usable(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables for a refused run, which still needs the folder and name of its report."""
    return {**_defaults(), **{name: usable_text(given.get(name)) for name in _TOLD}}


def _is_one_of(child: Any, tasks: Sequence[Any]) -> bool:
    return any(task._uuid == child._uuid for task in tasks)  # noqa: SLF001


@cache
def _specification() -> Mapping[str, Any]:
    with _SPECIFICATION.open(encoding="utf-8") as file:
        found: Mapping[str, Any] = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["argument_specs"]  # noqa: S506
    return found


def _options(entry_point: str) -> Mapping[str, Any]:
    options: Mapping[str, Any] = _specification()[entry_point]["options"]
    # A report is data of an earlier run, not a setting of this one.
    return {name: option for name, option in options.items() if name != "recovery_report"}


@cache
def _names() -> Sequence[str]:
    return sorted({name for entry_point in _specification() for name in _options(entry_point)})


@cache
def _defaults() -> Mapping[str, Any]:
    return {name: value for entry_point in _specification() for name, value in defaults(_options(entry_point)).items()}
