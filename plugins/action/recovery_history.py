# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates the history of a folder of reports. Private to the playbook ``opendr.vcda.history``."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.files import is_up_to_date, write
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import History
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.listing import protected_now
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.summary import lines
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_files import (
    DEFAULT_MODE,
    folder_of,
    problem_of,
)


class ActionModule(ActionBase):
    """Its result is registered as ``recovery__history``."""

    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Read the reports of ``report_dir``, and write the history into ``history_dir``.

        ``max_drill_age`` is in days. ``replications``, if given, are the API objects that the service lists now.

        :param tmp: no longer used by ansible-core
        :param task_vars: the variables of the task
        """
        super().run(tmp, task_vars)
        arguments = self._task.args
        source = _folder("recovery_report_dir", _text(arguments, "report_dir"))
        target = _folder("recovery_history_dir", str(arguments.get("history_dir") or arguments["report_dir"]))
        mode = arguments.get("mode") or DEFAULT_MODE
        problem = problem_of("", mode)
        if problem:
            raise AnsibleActionFail(problem)  # type: ignore[no-untyped-call]
        max_age = _days(arguments.get("max_drill_age"))
        listed = arguments.get("replications")
        if listed is not None and not isinstance(listed, list):
            # Before ansible-core 2.19, what is to be nothing may become an empty text.
            raise AnsibleActionFail(f"replications: {type(listed).__name__} is no list.")  # type: ignore[no-untyped-call]
        history = History(time.time())
        try:
            history.take_folder(Path(source))
            if listed is not None:
                history.take_listing(protected_now(json.loads(json.dumps(listed))))
            document = history.document(max_age)
            changed = not is_up_to_date(document, target)
            if changed and not self._task.check_mode:
                write(document, target, mode)
        except OSError as error:
            message = f"{error.filename or source}: {error.strerror}."
            raise AnsibleActionFail(message) from None  # type: ignore[no-untyped-call]
        return {
            "changed": changed,
            "lines": lines(document),
            "summary": document["summary"],
            "drill_due": document["drill_due"],
            "page": str(target / "index.html"),
        }


def _text(arguments: Mapping[str, Any], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise AnsibleActionFail("recovery_report_dir: name the folder that holds the reports.")  # type: ignore[no-untyped-call]
    return value


def _folder(variable: str, given: str) -> Path:
    reason = "it holds a null byte"
    try:
        if "\0" not in given:
            return folder_of(given)
    except RuntimeError:
        reason = "there is no such user with a home directory"
    raise AnsibleActionFail(f"{variable}: {given!r} is no folder: {reason}.")  # type: ignore[no-untyped-call]


def _days(value: Any) -> float:
    try:
        days = float(value or 0)
    except (TypeError, ValueError):
        days = math.nan
    if not 0 <= days < math.inf:
        raise AnsibleActionFail("recovery_max_drill_age: give a number of days, or 0 for any age.")  # type: ignore[no-untyped-call]
    return days
