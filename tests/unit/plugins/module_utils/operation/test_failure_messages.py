# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endings without success: each says what is known and what to do."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.failure_messages import (
    not_attempted,
    not_reached,
    timed_out,
    too_late,
    vanished,
)
from ansible_collections.opendr.vcda.tests.unit.documents import task, task_id, vm

TASK = parse_task(task())
NOW = VM.parse(vm(state="COMPLETE"))


@pytest.mark.parametrize(
    ("error", "category", "code", "retriable", "task", "message"),
    [
        (
            not_attempted(REVERSE, "web-01"),
            "refused",
            "NOT_ATTEMPTED",
            False,
            None,
            "Reverse of web-01 was not started, because another replication failed.",
        ),
        (
            timed_out(REVERSE, "web-01", TASK, 90.0),
            "timeout",
            "WAIT_TIMEOUT",
            True,
            task_id(),
            "Reverse of web-01 did not end within 90 seconds.",
        ),
        (
            timed_out(REVERSE, "web-01", None, 0.5),
            "timeout",
            "WAIT_TIMEOUT",
            True,
            None,
            "Reverse of web-01 did not end within 0.5 seconds.",
        ),
        (
            too_late(REVERSE, "web-01", 90.0),
            "timeout",
            "WAIT_TIMEOUT",
            True,
            None,
            "Reverse of web-01 was not started, because 90 seconds were over before its turn.",
        ),
        (
            vanished(REVERSE, "web-01", NOW, TASK),
            "task_failed",
            "TASK_VANISHED",
            False,
            task_id(),
            "The reverse task is gone, and web-01 is in recovery state COMPLETE.",
        ),
        (
            vanished(REVERSE, "web-01", None, None),
            "task_failed",
            "TASK_VANISHED",
            False,
            None,
            "The reverse task is gone, and web-01 is no longer listed.",
        ),
        (
            not_reached(REVERSE, "100 % web", NOW, TASK),
            "task_failed",
            "STATE_NOT_REACHED",
            False,
            task_id(),
            "The reverse task succeeded, but 100 % web is in recovery state COMPLETE.",
        ),
    ],
)
def test_every_ending_is_told(
    error: VcdaError, category: str, code: str, retriable: bool, task: str | None, message: str
) -> None:
    assert (error.category, error.code, error.retriable, error.task_id) == (category, code, retriable, task)
    assert error.message == message
    assert error.hint
