# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Find replications that belong to RUNNING or SUSPENDED recovery plans, and warn of other operations on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_plans import (
    AT_WORK,
    ListedPlans,
    RecoveryPlan,
    list_plans,
    with_steps,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item

PLAN_REMEDY = "Let the plan end, or approve its prompt in the user interface of the product, then run again."


@dataclass(frozen=True)
class PlansAtWork:
    """The recovery plans that are RUNNING or SUSPENDED.

    :param by_replication: replication id to the plan that holds it
    :param unknown: plans whose replications the service does not show
    :param unreadable: how many plans cannot be read
    """

    by_replication: Mapping[str, RecoveryPlan] = field(default_factory=dict)
    unknown: Sequence[RecoveryPlan] = ()
    unreadable: int = 0

    def holding(self, replication: Replication) -> RecoveryPlan | None:
        """Return the plan that contains a replication, its vApp replication or one of its VMs."""
        ids = [replication.id, replication.vapp_replication_id, *(child.id for child in replication.children)]
        return next((self.by_replication[key] for key in ids if key and key in self.by_replication), None)


def plans_at_work(client: Client) -> PlansAtWork:
    """Read which replications belong to plans that are RUNNING or SUSPENDED.

    This takes one request, and up to two more for each such plan whose steps the list does not show. No request is
    sent to a version without recovery plans.

    :raises VcdaError: if the service could not be asked; a service without plans is no error
    """
    listed = list_plans(client) or ListedPlans([])
    plans = [with_steps(client, plan) for plan in listed.plans if plan.state in AT_WORK]
    by_replication = {key: plan for plan in plans for step in plan.steps or () for key in step.replications}
    return PlansAtWork(by_replication, [plan for plan in plans if plan.steps is None], listed.unreadable)


def guard(client: Client, goal: Goal, items: Iterable[Item], *, refuse: bool) -> list[str]:
    """Warn of operations on replications of a plan that is RUNNING or SUSPENDED, or refuse them.

    If no replication needs the operation, the service is not asked.

    :param refuse: the option ``respect_recovery_plans``
    :returns: warnings that belong to no single replication
    """
    affected = [item for item in items if not item.error and item.before and _acts(goal, item)]
    if not affected:
        return []
    try:
        at_work = plans_at_work(client)
    except VcdaError as error:
        if not refuse:
            return [f"Whether a recovery plan holds the replications is not known. {error.message}"]
        for item in affected:
            item.error = error
        return []
    for item in affected:
        plan = at_work.holding(item.before) if item.before else None
        if plan and refuse:
            item.error = _held(goal.verb, item, plan)
        elif plan:
            item.warnings.append(f"It belongs to {plan.label}, which is {plan.state}.")
    unreadable = ["A recovery plan cannot be read, so what it holds is not known."] if at_work.unreadable else []
    return unreadable + [
        f"{plan.label[0].upper()}{plan.label[1:]} is {plan.state}, and the service does not show what it holds."
        for plan in at_work.unknown
    ]


def _acts(goal: Goal, item: Item) -> bool:
    return goal.decide(item).kind in ("act", "busy")


def _held(verb: Verb, item: Item, plan: RecoveryPlan) -> VcdaError:
    return VcdaError(
        f"{verb.name.capitalize()} of {item.label} is refused: it belongs to {plan.label}, which is {plan.state}.",
        category=REFUSED,
        code="RECOVERY_PLAN_ACTIVE",
        hint=PLAN_REMEDY,
        retriable=True,
    )
