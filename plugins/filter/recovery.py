# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of the role ``opendr.vcda.recovery``: its way to the functions in ``plugin_utils/_recovery_*.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import due, merge, open_records
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.findings import (
    checked,
    compare,
    failed_in,
    refuse,
    verified,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.page import render
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import build_report
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import message, stats, table
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import select
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.status import status, status_table
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import names_of, plan

OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "names": names_of,
    "waves": plan,
    "select": select,
    "due": due,
    "open": open_records,
    "merge": merge,
    "refuse": refuse,
    "failed_in": failed_in,
    "verified": verified,
    "compare": compare,
    "checked": checked,
    "report": build_report,
    "html": render,
    "table": table,
    "message": message,
    "stats": stats,
    "status": status,
    "status_table": status_table,
}


def recovery(value: Any, operation: str, *args: Any, **kwargs: Any) -> Any:
    """Run an operation.

    :param value: what it works on, its first argument
    :param operation: a key of ``OPERATIONS``
    :raises AnsibleFilterError: for an unknown operation, and for an answer of the service that is not of its form
    """
    if operation not in OPERATIONS:
        raise AnsibleFilterError(f"opendr.vcda.recovery knows no operation {operation!r}.")
    try:
        return OPERATIONS[operation](value, *args, **kwargs)
    except VcdaError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible looks for this class."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filter by its name."""
        return {"recovery": recovery}
