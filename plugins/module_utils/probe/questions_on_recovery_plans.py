# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service about recovery plans."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import READ, Question

_PLAN = "it takes a recovery plan, and the probe runs none"
_NOT_OFFERED = "sends the requests; any unexpected answer means that this service does not offer recovery plans"

QUESTIONS = (
    Question(
        "recovery_plans",
        "whether the service has the calls of recovery plans, from 4.3 on, or how it answers them",
        "by the status of their list",
        READ,
        ("offered", "not_found_404", "bad_request_400", "method_not_allowed_405", "server_failure_500"),
        requests={"GET /recovery-plans": 1},
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_list",
        "whether recovery plans are listed in pages or as an array",
        "by the form of their list",
        READ,
        ("pages", "array"),
        requests={"GET /recovery-plans": 1},
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_steps",
        "where the steps of a recovery plan are shown",
        why_not=_PLAN,
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_members",
        "in which form the replications of a step are shown",
        why_not=_PLAN,
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_execution",
        "where the id of an execution of a recovery plan is shown",
        why_not=_PLAN,
        does="looks in the task, in the plan and in a list; without it there is no report",
    ),
    Question(
        "recovery_plan_suspended_task",
        "what becomes of the task of a recovery plan that waits at a prompt",
        why_not=_PLAN,
        does="decides by the state of the plan",
    ),
    Question(
        "recovery_plan_after_cleanup",
        "in which state a recovery plan is after a cleanup",
        why_not=_PLAN,
        does="decides by the state of the plan",
    ),
    Question(
        "recovery_plan_words",
        "the words for the operations of a recovery plan other than `TEST`",
        why_not=_PLAN,
        does="looks for a known part of the word; refuses a plan with an unknown one",
    ),
)
