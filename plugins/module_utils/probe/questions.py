# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""All questions to a service, for the probe, the documentation, the simulator and the tests.

``tests/simulator/settings.py`` has a switch for each; a unit test names switches without a question.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.opendr.vcda.plugins.module_utils.probe import (
    questions_on_lists,
    questions_on_recoveries,
    questions_on_recovery_plans,
    questions_on_service,
    questions_on_sessions,
    questions_on_settings,
    questions_on_tasks,
)
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import (
    CYCLE,
    LEVELS,
    LIST,
    READ,
    SESSION,
    Question,
)

# Requests that serve several questions, by level.
BASE: Mapping[str, Mapping[str, int]] = {
    READ: {
        "POST /sessions": 1,
        "GET /sessions": 2,
        "GET /sites": 2,
        "GET /diagnostics/about": 1,
        LIST: 1,
        "GET /tasks": 1,
        "DELETE /sessions": 1,
    },
    SESSION: {},
    CYCLE: {
        # The replication is found, compared with others of its vApp, and read between the steps.
        LIST: 12,
        "GET /vapp-replications": 1,
        "GET /tasks": 2,
    },
}

_ALL = (
    *questions_on_service.QUESTIONS,
    *questions_on_sessions.QUESTIONS,
    *questions_on_lists.QUESTIONS,
    *questions_on_tasks.QUESTIONS,
    *questions_on_recoveries.QUESTIONS,
    *questions_on_settings.QUESTIONS,
    *questions_on_recovery_plans.QUESTIONS,
)

QUESTIONS: Mapping[str, Question] = {question.id: question for question in _ALL}


def asked_at(level: str) -> list[Question]:
    """Return the questions that a level asks."""
    return [question for question in _ALL if question.is_asked_at(level)]


def requests_of(level: str) -> dict[str, int]:
    """Return the requests of a level in addition to those of the recovery, with the highest number of each."""
    counts: dict[str, int] = {}
    parts = [BASE[each] for each in LEVELS[: LEVELS.index(level) + 1]]
    parts += [question.requests or {} for question in asked_at(level)]
    for part in parts:
        for request, count in part.items():
            counts[request] = counts.get(request, 0) + count
    return counts
