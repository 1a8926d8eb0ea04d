# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that the inventory shares with the modules, checked as the modules check them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import info_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_filters import OPTIONS as FILTERS


@contextmanager
def without_blank_variables() -> Iterator[None]:
    """Leave out the blank environment variables of the connection for a while: for the modules they are not set either.

    Ansible itself would take a blank for a value, and end with an error where an option is no text.
    """
    variables = [option["env"] for option in connection_options().values() if "env" in option]
    blank = {name: os.environ.pop(name) for name in variables if not os.environ.get(name, "-").strip()}
    try:
        yield
    finally:
        os.environ.update(blank)


def connection_params(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return connection options as the modules get them: checked, with the environment and defaults filled in.

    :param given: the options by their names; those that are None are not given
    :raises AnsibleParserError: if they are refused
    """
    spec = Definition(options={}, run=lambda _context: {}).argument_spec()
    return _checked(spec, {name: value for name, value in given.items() if value is not None}, "")


def service_filters(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters of the replications as the modules get them.

    :raises AnsibleParserError: if they are refused
    """
    options = info_options(VM.name)
    return _checked({name: options[name] for name in FILTERS}, given, "service_filters: ")


def _checked(spec: Mapping[str, Any], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    checked = ArgumentSpecValidator(spec).validate(given)  # type: ignore[no-untyped-call]
    if checked.error_messages:
        raise AnsibleParserError(where + "; ".join(checked.error_messages))
    return dict(checked.validated_parameters)
