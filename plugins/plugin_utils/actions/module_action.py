# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules of the collection inside the ansible-playbook process if the result is the same, because it is fast.

Each module has an action plugin of its name, which Ansible runs instead of the module. A module in its own process
needs a quarter of a second before it does anything. In process the same code needs a few milliseconds, and can show the
progress of a long operation. The action plugin imports its module, so ansible-playbook does it once for all workers.
"""

from __future__ import annotations

import datetime
import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from ansible.constants import config
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import (
    Interrupted,
    interrupt_now,
    interruptible,
    unbroken,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.network import REQUESTS_IMPORT_ERROR
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import ENVIRONMENT, given_operation_id
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import cleaned
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition, execute
from ansible_collections.opendr.vcda.plugins.module_utils.modules.yaml_words import misread
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.plugin_utils import session_guard

_COLLECTION = "opendr.vcda."
# With more hosts than this, a task that each of them does separately shows a hint.
_MANY_HOSTS = 20

display = Display()


class ModuleAction(NormalAction):
    """The base class of the action plugins of the modules; each names its ``module``."""

    module: ModuleType

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: ARG002
        """Run the task's module, in this process if that is equivalent, otherwise as Ansible runs every module.

        :param tmp: no longer used by ansible-core
        :param task_vars: the variables of the task; ``vcda_in_process``, ``vcda_progress`` and ``vcda_session_guard``
            belong to this plugin and are true by default
        :returns: the result, the same either way
        """
        self.enter(task_vars)
        self._hint_at_one_task_for_all()
        return self.run_module(self.module, self._task.args)

    def enter(self, task_vars: dict[str, Any] | None) -> None:
        """Store the variables of the task and find the process of the playbook.

        :param task_vars: see ``run``
        """
        self._variables = task_vars or {}
        # os.getppid() returns another process if the playbook has already ended, so prefer what multiprocessing knows.
        parent = multiprocessing.parent_process()
        self._playbook = os.getppid() if parent is None else int(parent.pid or 0)
        if parent:
            # This process ends with its task, so it need not search what it has from the playbook for garbage. Memory
            # that it does not touch stays shared with the playbook.
            gc.freeze()

    def _hint_at_one_task_for_all(self) -> None:
        """Show once, if many hosts do a task one by one, that a single task could do it for all of them."""
        hosts: list[str] = self._variables.get("ansible_play_batch") or []
        is_first = bool(hosts) and hosts[0] == self._variables.get("inventory_hostname")
        if len(hosts) > _MANY_HOSTS and is_first and not self._task.run_once and self._is_wanted("vcda_progress"):
            self._show(
                f"{len(hosts)} hosts do this one by one, each with a login of its own. "
                "One task with all replications, or the role opendr.vcda.recovery, does it for all with one login."
            )

    def run_module(self, module: ModuleType, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Run a module of the collection, in this process if that is equivalent.

        :param module: the module, with its ``DEFINITION``
        :param arguments: its options
        :returns: its result, the same either way
        """
        definition: Definition = module.DEFINITION
        name = module.__name__.rpartition(".")[2]
        arguments = with_text_keys(arguments)
        spec = definition.argument_spec()
        problem = _misread(definition, spec, arguments)
        if problem:
            return {"failed": True, "msg": problem}
        said = self._environment()
        arguments = self._with_environment(definition, arguments, said if self._is_local() else {})
        arguments = self._with_operation_id(definition, arguments, is_said=ENVIRONMENT in said)
        validation = _validate(definition, spec, arguments)
        try:
            with interruptible(self._is_abandoned):
                if self._is_equivalent():
                    result = self._run_here(_COLLECTION + name, definition, validation)
                else:
                    params = validation.validated_parameters
                    arguments = self._with_absolute_paths(arguments, params)
                    if definition.shows_token:
                        result = self._open_there(_COLLECTION + name, arguments, params)
                    else:
                        result = self._run_there(_COLLECTION + name, arguments)
        except Interrupted as interruption:
            # The worker has its own signal handlers back, which end it and any module that it runs.
            os.kill(os.getpid(), interruption.number)
            raise
        if name == "session" and validation.validated_parameters.get("state") == "absent" and not result.get("failed"):
            session_guard.release(validation.validated_parameters["session_token"], self._playbook)
        return dict(result)

    def _run_there(self, _module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self._task.args = dict(arguments)
        return dict(super().run(None, self._variables))  # type: ignore[no-untyped-call]

    @unbroken
    def _open_there(self, module: str, arguments: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """Run a module that opens a session; after a signal, end only when it is certain who closes the session.

        If this process is killed (SIGKILL) after the module has ended and before the guard runs, nobody else knows the
        token. The service then ends the session after its idle time.
        """
        result = self._run_there(module, arguments)
        token = result.get("session_token")
        if token and not self._is_watched(params, token) and self._is_local() and self._is_abandoned():
            session_guard.close(params, str(token))
        interrupt_now()
        return result

    def _with_absolute_paths(self, arguments: Mapping[str, Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make ``ca_path`` absolute, because a local module in its own process runs in the playbook's folder."""
        if not self._is_local() or not params.get("ca_path"):
            return arguments
        return {**arguments, "ca_path": str(Path(params["ca_path"]).absolute())}

    def _with_operation_id(
        self, definition: Definition, arguments: Mapping[str, Any], *, is_said: bool
    ) -> Mapping[str, Any]:
        """Pass the operation id of this process to a module on any host, because only this host knows the AWX job.

        :param is_said: whether the environment of the task has an operation id
        """
        is_told = is_said or str(arguments.get("operation_id") or "").strip()
        if is_told or "operation_id" in definition.options:
            return arguments
        job = self._variables.get("awx_job_id") or self._variables.get("tower_job_id")
        try:
            found = given_operation_id(None, os.environ, job)
        except VcdaError:
            # The module reports the invalid id.
            return arguments
        return {**arguments, "operation_id": found} if found else arguments

    def _with_environment(
        self, definition: Definition, arguments: Mapping[str, Any], said: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the arguments with what the environment of a local task says, which this process does not have."""
        if not said:
            return arguments
        options = {name: option for name, option in connection_options().items() if name not in definition.options}
        told = {name: said.get(option["env"]) for name, option in options.items() if "env" in option}
        return {
            **arguments,
            **{name: value for name, value in told.items() if str(value or "").strip() and arguments.get(name) is None},
        }

    def _environment(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self._task.environment or ():
            found.update(self._templar.template(part) or {})
        return found

    def _is_equivalent(self) -> bool:
        """Tell whether the module would do exactly the same in its own process."""
        return (
            self._is_local()
            and not self._task.async_val
            and not self._connection.become
            and not any(self._task.environment or ())
            and not REQUESTS_IMPORT_ERROR
            and self._has_this_python()
            and self._is_wanted("vcda_in_process")
        )

    def _is_local(self) -> bool:
        return str(self._connection.transport) == "local"

    def _has_this_python(self) -> bool:
        """Tell whether the task may run in this Python; another one may have other requests and CA certificates."""
        delegated = self._variables.get("ansible_delegated_vars") or {}
        variables = delegated.get(self._task.delegate_to, self._variables)
        configured = config.get_config_value("INTERPRETER_PYTHON")  # type: ignore[no-untyped-call]
        wanted = str(self._templar.template(variables.get("ansible_python_interpreter") or configured))
        return wanted.startswith("auto") or _place(wanted) == _place(sys.executable)

    def _is_wanted(self, variable: str) -> bool:
        value = self._templar.template(self._variables.get(variable, True))
        return bool(boolean(value, strict=False))  # type: ignore[no-untyped-call]

    def _run_here(self, module: str, definition: Definition, validation: ValidationResult) -> dict[str, Any]:
        params = validation.validated_parameters
        result: dict[str, Any]
        if validation.error_messages:
            result = {"failed": True, "msg": printable(_refusal(module, validation.errors))}
        else:
            result = execute(definition, self._context(params))
        internal: dict[str, Any] = {}
        self._update_module_args(module, internal, self._variables)
        # Since ansible-core 2.21 a module returns its arguments only on demand.
        if internal.get("_ansible_inject_invocation", True):
            result["invocation"] = {"module_args": params}
        return _complete(result, validation)

    def _context(self, params: Mapping[str, Any]) -> Context:
        return Context(
            params=params,
            check_mode=bool(self._task.check_mode),
            progress=self._show if self._is_wanted("vcda_progress") and not self._task.no_log else None,
            hand_over=partial(self._hand_over, params),
        )

    def _show(self, line: str) -> None:
        # Not to standard output, which a program may parse.
        display.display(printable(f"[{self._variables.get('inventory_hostname')}] {line}"), stderr=True)

    def _hand_over(self, params: Mapping[str, Any], client: Client) -> None:
        """Keep a new session open for the following tasks if its guard, or else the running playbook, can close it."""
        if self._is_watched(params, client.token) or not self._is_abandoned():
            client.keep_session()

    def _is_watched(self, params: Mapping[str, Any], token: str | None) -> bool:
        """Start a guard that closes a session when the playbook ends; tell whether there is one."""
        is_wanted = token and self._is_local() and self._is_wanted("vcda_session_guard")
        return bool(is_wanted) and session_guard.watch(params, str(token), self._playbook)

    def _is_abandoned(self) -> bool:
        """Tell whether the playbook has ended before this worker."""
        return os.getppid() != self._playbook


def _refusal(module: str, errors: Any) -> str:
    if isinstance(errors[0], UnsupportedError):
        return f"Unsupported parameters for ({module}) module: {errors.msg}"
    return str(errors.msg)


def _misread(definition: Definition, spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    # A module that needs names reports each that is not found, with the results of the others.
    reported = {name for names in definition.required_one_of for name in names}
    return misread({name: option for name, option in spec.items() if name not in reported}, arguments)


def _validate(definition: Definition, spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> ValidationResult:
    """Check the arguments as a module gets them: JSON, without the tags that ansible-core attaches to values."""
    plain = json.loads(json.dumps(dict(arguments), default=as_json))
    validator = ArgumentSpecValidator(spec, **definition.constraints())  # type: ignore[no-untyped-call]
    return validator.validate(plain)  # type: ignore[no-any-return, no-untyped-call]


def as_json(value: Any) -> Any:
    """Convert a value that JSON does not support to one that it supports."""
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def with_text_keys(value: Any) -> Any:
    """Return data with texts for keys that JSON does not support, such as a name that YAML has read as a date."""
    if isinstance(value, Mapping):
        return {_key(key): with_text_keys(item) for key, item in value.items()}
    return [with_text_keys(item) for item in value] if isinstance(value, list) else value


def _key(key: Any) -> Any:
    return key if isinstance(key, (str, bool, int, float)) or key is None else as_json(key)


def _complete(result: dict[str, Any], validation: ValidationResult) -> dict[str, Any]:
    """Add warnings and deprecations to a result and remove secrets, as AnsibleModule does."""
    # AnsibleModule uses these private attributes too; there is no public access to the warnings and secrets.
    clashes = ["Both option {option} and its alias {alias} are set.".format(**one) for one in validation._warnings]  # noqa: SLF001
    warnings = dict.fromkeys([*clashes, *result.pop("warnings", [])])
    if warnings:
        result["warnings"] = list(warnings)
    if validation._deprecations:  # noqa: SLF001
        result["deprecations"] = validation._deprecations  # noqa: SLF001
    secrets = validation._no_log_values  # noqa: SLF001
    scrub = partial(remove_values, no_log_strings=secrets)
    return {
        key: cleaned(item, secrets, scrub) if isinstance(item, list) else cleaned([item], secrets, scrub)[0]
        for key, item in result.items()
    }


def _place(python: str) -> tuple[Path, Path]:
    """Return what identifies a Python: the folder of its path (its environment), and its resolved program."""
    return Path(python).absolute().parent, Path(python).resolve()
