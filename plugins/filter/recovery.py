# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the role ``opendr.vcda.recovery``; each is documented in the YAML file of its name beside this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.opendr.vcda.plugins.module_utils._errors import VcdaError
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_course import due, merge, open_records
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_findings import (
    checked,
    compare,
    refuse,
    verified,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_html import render
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_report import build_report
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_selection import select
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_status import status, status_table
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_text import message, stats, table
from ansible_collections.opendr.vcda.plugins.plugin_utils._recovery_waves import plan


def _explained(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what can go wrong into the error that Ansible shows as a message, not as a traceback."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except VcdaError as error:
            raise AnsibleFilterError(str(error)) from error

    return call


class FilterModule:
    """Ansible looks for this class."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filters by name."""
        functions: Mapping[str, Callable[..., Any]] = {
            "recovery_waves": plan,
            "recovery_select": select,
            "recovery_due": due,
            "recovery_open": open_records,
            "recovery_merge": merge,
            "recovery_refuse": refuse,
            "recovery_verified": verified,
            "recovery_compare": compare,
            "recovery_checked": checked,
            "recovery_status": status,
            "recovery_status_table": status_table,
            "recovery_report": build_report,
            "recovery_html": render,
            "recovery_table": table,
            "recovery_message": message,
            "recovery_stats": stats,
        }
        return {name: _explained(function) for name, function in functions.items()}
