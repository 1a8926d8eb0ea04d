# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Run a module under Ansible: build the argument spec from option data, and exit or fail with the result."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, refuse_halves
from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import (
    Interrupted,
    interruptible,
    nobody_reads_output,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.network import REQUESTS_IMPORT_ERROR
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import shows
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import error_result

# Keys of results that hold names and ids.
_NAMING = ("id", "name", VM.name_key, VAPP.name_key, "asked", "source_site", "destination_site", "owner")
_MASKED = (
    "A password, token or cookie of this task is part of a name or an id in its result. Ansible masks it there, so do "
    "not compare these names or ids with others. Change the secret, or leave it out if this task does not need it."
)


@dataclass(frozen=True)
class Definition:
    """A module as data.

    :param options: its own options; the connection options are added
    :param run: does the work, without Ansible
    :param shows_token: whether the result contains the session token
    """

    options: Mapping[str, Any]
    run: Callable[[Context], Result]
    mutually_exclusive: Sequence[Sequence[str]] = ()
    required_together: Sequence[Sequence[str]] = ()
    required_one_of: Sequence[Sequence[str]] = ()
    required_if: Sequence[Sequence[Any]] = ()
    required_by: Mapping[str, Sequence[str]] | tuple[()] = ()
    shows_token: bool = False

    def argument_spec(self) -> dict[str, Any]:
        """Return the argument spec."""
        return _spec({**connection_options(), **self.options})

    def constraints(self) -> dict[str, Any]:
        """Return the rules between options, as AnsibleModule and the argument spec validator name them."""
        return {
            "mutually_exclusive": [list(names) for names in self.mutually_exclusive],
            "required_together": [list(names) for names in self.required_together],
            "required_one_of": [list(names) for names in self.required_one_of],
            "required_if": [list(rule) for rule in self.required_if],
            "required_by": dict(self.required_by) if self.required_by else {},
        }


def run_module(definition: Definition) -> None:
    """Run a module in its own process.

    :param definition: the module
    """
    module = AnsibleModule(  # type: ignore[no-untyped-call]
        argument_spec=definition.argument_spec(), supports_check_mode=True, **definition.constraints()
    )
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(
            msg=missing_required_lib("requests"),  # type: ignore[no-untyped-call]
            exception=REQUESTS_IMPORT_ERROR,
        )
    kept: list[Client] = []

    def hand_over(client: Client) -> None:
        kept.append(client)
        client.keep_session()

    try:
        with interruptible(nobody_reads_output):
            context = Context(params=module.params, check_mode=module.check_mode, hand_over=hand_over)
            result = execute(definition, context)
            for warning in result.pop("warnings", []):
                module.warn(warning)
            if result.pop("failed", False):
                module.fail_json(**result)
            module.exit_json(**result)
    except Interrupted:
        # The task that was to use the session did not get its token.
        for client in kept:
            with contextlib.suppress(VcdaError):
                client.logout()
        raise


def execute(definition: Definition, context: Context) -> Result:
    """Run a module's work in this process, and remove secrets from its result.

    :param definition: the module
    :param context: parameters, mode, and the receiver of progress messages
    :returns: the result; it may have the keys ``failed`` and ``warnings``
    """
    context.params = _with_exact_names(context.params)
    try:
        refuse_halves(context.params)
        result = definition.run(context)
    except VcdaError as error:
        result = error_result(error)
    is_masked = shows(list(_names_in(result)), _secrets_in(definition.argument_spec(), context.params))
    if context.client:
        operation_id = context.client.connection.operation_id
        if operation_id:
            result["operation_id"] = operation_id
        token = result.pop("session_token", None) if definition.shows_token else None
        result = context.client.secrets.redact(result)
        if token:
            result["session_token"] = token
    if is_masked:
        result["warnings"] = [*result.get("warnings", ()), _MASKED]
    # Ansible prints these two unchanged; the other keys are data.
    if "msg" in result:
        result["msg"] = printable(result["msg"])
    if "warnings" in result:
        result["warnings"] = [printable(text) for text in result["warnings"]]
    return result


def _names_in(result: Result) -> Iterator[str]:
    """Return the names and ids of the objects in a result."""
    for items in result.values():
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Mapping):
                yield from (text for text in map(item.get, _NAMING) if isinstance(text, str))


def _secrets_in(spec: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[str]:
    """Return the values of the ``no_log`` options, which Ansible masks everywhere in a result."""
    for option, argument in spec.items():
        value = params.get(option)
        for inner in value if isinstance(value, list) else [value]:
            if argument.get("no_log") and inner:
                yield str(inner)
            elif "options" in argument and isinstance(inner, Mapping):
                yield from _secrets_in(argument["options"], inner)


def _with_exact_names(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters with vm_name and vapp_name as they were given; Ansible splits these aliases at commas."""
    given = {
        kind.names_option: [params[kind.name_key]] for kind in (VM, VAPP) if isinstance(params.get(kind.name_key), str)
    }
    return {**params, **given}


def _spec(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _argument(option) for name, option in options.items()}


def _argument(option: Mapping[str, Any]) -> dict[str, Any]:
    argument = {key: value for key, value in option.items() if key not in ("env", "peer_env")}
    if "env" in option:
        argument["fallback"] = (from_environment, [option["env"]])
    if option.get("peer_env"):
        argument["fallback"] = (peer_from_environment, [])
    if "options" in option:
        argument["options"] = _spec(option["options"])
    return argument


def from_environment(variable: str) -> str:
    """Return an environment variable; a blank one is not set, as pipelines leave a variable without a value.

    :raises AnsibleFallbackNotFound: if it is not set
    """
    value = os.environ.get(variable, "")
    if not value.strip():
        raise AnsibleFallbackNotFound
    return value


def peer_from_environment() -> list[dict[str, Any]]:
    """Return the peer that the environment describes, as the only element of the list.

    :raises AnsibleFallbackNotFound: if the environment names no site
    """
    values = {option: os.environ.get(variable) for option, variable in PEER_ENVIRONMENT.items()}
    given = {option: value for option, value in values.items() if value and value.strip()}
    if "site" not in given:
        raise AnsibleFallbackNotFound
    return [given]
