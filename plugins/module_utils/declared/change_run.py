# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A run whose goal is no recovery state: settings that are as wished, or a replication that is gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, unfinished_tasks
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import DONE, Decision
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.run import CONFIRM, DOUBT, END, START, Plan, Run
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import read_many


class StepRun(Run):
    """The way of many replications through one step.

    :param is_met: tells from a reading that nothing is left to do, whatever the decision table says of the state
    """

    def __init__(
        self,
        client: Client,
        plan: Plan,
        items: list[Item],
        report: Callable[[Sequence[Item]], None],
        is_met: Callable[[Replication], bool],
    ) -> None:
        super().__init__(client, plan, items, report)
        self._is_met = is_met
        self._gone: set[str] = set()

    def _decision(self, item: Item) -> Decision:
        latest = item.after or item.before
        if latest and (latest.id in self._gone or self._is_met(latest)):
            return DONE
        return super()._decision(item)

    def _is_reached(self, item: Item) -> bool:
        return self._decision(item).kind == "done"

    def _look_for_tasks(self, undecided: list[tuple[Item, Decision]]) -> None:
        """Attach only where a running task of the verb must do the same; what needs no task waits for none."""
        if self._plan.verb.is_synchronous:
            for item, _decision in undecided:
                item.phase = START
            return
        super()._look_for_tasks(undecided)
        for item, _decision in undecided:
            if item.decision == "attach" and not self._plan.verb.attaches:
                item.decision, item.changed = "act", False
                self._block(item, item.task)

    def _start_one(self, item: Item) -> None:
        super()._start_one(item)
        verb = self._plan.verb
        if verb.removes and item.error and item.error.is_gone and item.before:
            # Somebody else was faster.
            self._gone.add(item.before.id)
            item.phase, item.decision, item.error, item.after = END, "done", None, None
        elif verb.is_synchronous and item.phase == DOUBT and item.error is None:
            item.phase = CONFIRM

    def _settle_one(self, item: Item, running: Task | None) -> None:
        """Wait for whatever holds a replication that was refused: a sync does not keep us back, but may the service."""
        if running and not self._plan.verb.attaches and (item.task is None or running.id != item.task.id):
            running = None
        refused = item.error is not None and item.task is None
        holding = self._holding(item) if refused and self._decision(item).kind == "act" else None
        if holding:
            item.error = None
            self._block(item, holding)
        else:
            super()._settle_one(item, running)

    def _holding(self, item: Item) -> Task | None:
        latest = item.after or item.before
        if latest is None:
            return None
        ids = {latest.id, latest.vapp_replication_id, *(child.id for child in latest.children)}
        return next((task for task in unfinished_tasks(self._client) if task.resource_id in ids), None)

    def _read_again(self, items: Sequence[Item]) -> None:
        """Read what is to be gone by its id alone: it must not be found again under another one."""
        if not self._plan.verb.removes:
            super()._read_again(items)
            return
        by_id = {item.before.id: item for item in items if item.before}
        for identity, found in read_many(self._client, self._plan.kind, list(by_id)).items():
            if identity not in by_id:
                continue
            if isinstance(found, Replication):
                by_id[identity].after = found
            elif found.is_gone:
                self._gone.add(identity)
                by_id[identity].after = None
            else:
                raise found
            self._end_if_reached(by_id[identity])
