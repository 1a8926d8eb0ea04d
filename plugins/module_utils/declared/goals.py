# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Goals other than a recovery state: the wanted settings of a replication, or its absence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Kind, Mark, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import DONE, Decision
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal, Note
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import read_many


class SettingsGoal(Goal):
    """A verb that changes some settings of a replication to the wanted values.

    :param is_met: tells from a reading that nothing is left to do, whatever the decision table says of the state
    :param is_shown: tells after the change that the service shows it; by default, that nothing is left to do
    :param beside: returns what the verb may change outside the replication itself
    """

    def __init__(
        self,
        kind: Kind,
        verb: Verb,
        is_met: Callable[[Replication], bool],
        is_shown: Callable[[Replication], bool] | None = None,
        beside: Callable[[Replication], Any] | None = None,
    ) -> None:
        super().__init__(kind, verb)
        self._is_met = is_met
        self._is_shown = is_shown
        self._beside = beside

    def decide(self, item: Item) -> Decision:
        """Decide what to do with an item, from its latest reading."""
        return DONE if self._is_met(item.latest) else super().decide(item)

    def mark(self, replication: Replication) -> Mark:
        """Return what the verb may change of a replication, and outside it."""
        mark = super().mark(replication)
        return (*mark, (None, self._beside(replication))) if self._beside else mark

    def is_reached(self, item: Item) -> bool:
        """Tell whether the replication has the wanted settings; a task may succeed without having an effect."""
        return self._is_shown(item.latest) if self._is_shown else self.decide(item).kind == "done"


class AbsenceGoal(Goal):
    """A verb after which the replication is gone."""

    def __init__(self, kind: Kind, verb: Verb) -> None:
        super().__init__(kind, verb)
        self._gone: set[str] = set()

    def decide(self, item: Item) -> Decision:
        """Decide what to do with an item, from its latest reading."""
        return DONE if item.latest.id in self._gone else super().decide(item)

    def is_reached(self, item: Item) -> bool:
        """Tell whether the replication is gone."""
        return item.latest.id in self._gone

    def note_gone(self, item: Item) -> None:
        """Note that the replication no longer exists."""
        self._gone.add(item.latest.id)
        item.after = None

    def reread(self, client: Client, items: Sequence[Item], note: Note = lambda _item: None) -> None:
        """Read replications again by their ids only: none may be found again under another id."""
        by_id = {self.kind.canonical(item.before.id): item for item in items if item.before}
        for identity, found in read_many(client, self.kind, list(by_id)).items():
            item = by_id.get(identity)
            if item is None:
                continue
            if isinstance(found, Replication):
                item.after = found
            elif found.is_gone:
                self.note_gone(item)
            else:
                raise found
            note(item)
