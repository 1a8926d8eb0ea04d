# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What all modules that only read have in common: the connection, the message, and how a version is shown."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import error_result


def reading(read: Callable[[Context, Client], Result]) -> Callable[[Context], Result]:
    """Return the run function of a module that only reads.

    :param read: reads with a connected client and returns the keys that are specific to the module
    """

    def run(context: Context) -> Result:
        try:
            with context.connect() as client:
                return {"changed": False, **read(context, client)}
        except VcdaError as error:
            return error_result(error)

    return run


def version_text(version: Version | None) -> str | None:
    """Return a version of the API as results show it."""
    return f"{version[0]}.{version[1]}" if version else None


def told(count: int, noun: str, plural: str, unreadable: int = 0) -> Result:
    """Return the message of a result, with a warning if objects are left out.

    :param count: how many objects match
    :param noun: the name of one such object
    :param plural: the plural of that name
    :param unreadable: how many listed objects have no id and are left out
    """
    message = f"1 {noun} matches." if count == 1 else f"{count} {plural} match."
    if not unreadable:
        return {"msg": message}
    left_out = f"{unreadable} of the {plural} that the service lists cannot be read and are left out: they have no id."
    return {"msg": f"{message} {unreadable} cannot be read.", "warnings": [left_out]}
