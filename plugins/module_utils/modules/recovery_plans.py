# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The module recovery_plan_info."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_plans import (
    RecoveryPlan,
    list_plans,
    read_report,
    with_steps,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.reading import reading, told
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result


def _read(context: Context, client: Client) -> Result:
    params = context.params
    for option in ("plan_ids", "names", "states"):
        if params.get(option) is not None and not params[option]:
            raise invalid(option, "the list is empty; leave the option out to read all")
    # list_plans sends no request to a version without recovery plans, so it needs the version.
    client.api_version()
    listed = list_plans(client)
    if listed is None:
        return {"is_offered": False, "recovery_plans": [], "msg": "This service offers no recovery plans."}
    wanted = [plan for plan in listed.plans if _matches(plan, params)]
    items = list(client.executor.map(lambda plan: _describe(client, plan, params.get("report") is not False), wanted))
    counted = told(len(items), "recovery plan", "recovery plans", listed.unreadable)
    return {"is_offered": True, "recovery_plans": items, **counted}


def _matches(plan: RecoveryPlan, params: Mapping[str, Any]) -> bool:
    wanted = {"plan_ids": plan.id, "names": plan.name, "states": plan.state}
    return all(params.get(option) is None or value in params[option] for option, value in wanted.items())


def _describe(client: Client, plan: RecoveryPlan, report: bool) -> dict[str, Any]:
    whole = with_steps(client, plan)
    return {**whole.summary(), "report": read_report(client, whole) if report else None}


list_recovery_plans = reading(_read)
