# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write down what became of each task: one line of JSON with play, task and outcome."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: outcomes
short_description: Writes down what became of each task
description:
  - Appends one line of JSON for each task to the file that the environment variable E(EXAMPLES_OUTCOMES) names.
type: notification
"""


class CallbackModule(CallbackBase):
    """Appends to the file that the environment variable EXAMPLES_OUTCOMES names."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "outcomes"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Open the file."""
        super().__init__()
        self._file = Path(os.environ["EXAMPLES_OUTCOMES"])
        self._play = ""

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Remember which play runs."""
        self._play = play.get_name()

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Note a file that was included."""
        self._note(included_file._task.get_name(), "ok", {})

    def v2_runner_on_ok(self, result: Any) -> None:
        """Note a success."""
        self._note(result.task_name, "ok", result._result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Note a task whose condition did not hold."""
        self._note(result.task_name, "skipped", result._result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Note a failure."""
        self._note(result.task_name, "ignored" if ignore_errors else "failed", result._result)

    def _note(self, task: str, outcome: str, result: dict[str, Any]) -> None:
        line = {"play": self._play, "task": task, "outcome": outcome, "msg": str(result.get("msg", ""))}
        if "answer" in result:
            line["answer"] = result["answer"]
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
