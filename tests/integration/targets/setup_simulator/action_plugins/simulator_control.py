# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the simulator's control port, inside the controller: a process for each question would cost most of the time."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Options: ``ask`` (a path, by GET) or ``tell`` (a path, by POST) with ``body``. Returns ``answer``."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send the question and return the answer."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        options = self._task.args
        url = (task_vars or {})["simulator"]["control_url"] + options.get("ask", options.get("tell"))
        data = json.dumps(options.get("body") or {}).encode() if "tell" in options else None
        request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            result.update(changed=False, answer=json.loads(response.read() or b"{}"))
        return result
