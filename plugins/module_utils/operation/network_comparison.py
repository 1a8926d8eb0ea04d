# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Compare the networks that are set up for a recovery before and after a reverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.network_mappings import (
    Lost,
    lost_by_rule,
    lost_in_reverse,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import read_network_settings
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item

_Settings = Union[dict[str, Any], VcdaError]


class NetworkComparison:
    """Reads the network settings of replications before and after their reverse, and tells what is lost.

    Settings that cannot be read give a warning of the item: a reverse must not fail because of them.

    :param items: the replications as read; only recovered ones are compared
    """

    def __init__(self, client: Client, items: Sequence[Item]) -> None:
        self._client = client
        due = [(item, item.before) for item in items if item.before and not item.error and _is_due(item.before)]
        settings = self._read([(item.kind, before) for item, before in due])
        self._settings_before = [(item, one) for (item, _before), one in zip(due, settings)]

    def tell(self, *, predicted: bool) -> None:
        """Note in the item of each reversed replication what was lost.

        :param predicted: nothing was done, so note what is documented to be lost
        """
        known = self._settings_before
        done = [(item, before) for item, before in known if item.changed and item.after and not item.error]
        later: Sequence[_Settings]
        if predicted:
            later = [{} for _item in done]
        else:
            done = [(item, before) for item, before in done if not item.task or item.task.is_finished]
            later = self._read([(item.kind, item.latest) for item, _before in done])
        for (item, before), after in zip(done, later):
            unread = next((one for one in (before, after) if isinstance(one, VcdaError)), None)
            if unread:
                text = "Which network mappings the reverse carries over is not known, as they cannot be read"
                item.warnings.append(f"{text}: {unread.message}")
            elif not isinstance(before, VcdaError) and not isinstance(after, VcdaError):
                lost = lost_by_rule(before) if predicted else lost_in_reverse(before, after, _vm_ids(item))
                _note(item, lost, predicted=predicted)

    def _read(self, wanted: Sequence[tuple[Kind, Replication]]) -> list[_Settings]:
        return list(self._client.executor.map(lambda one: _read(self._client, *one), wanted))


def _is_due(replication: Replication) -> bool:
    return any(one.recovery_state not in (None, "NOT_STARTED") for one in (replication, *replication.children))


def _read(client: Client, kind: Kind, replication: Replication) -> _Settings:
    try:
        return read_network_settings(client, kind, replication.id)
    except VcdaError as error:
        return error


def _vm_ids(item: Item) -> Mapping[str, str]:
    before, after = (one.children or (one,) if one else () for one in (item.before, item.after))
    by_name = {one.name: one.source_id for one in after}
    return {str(one.source_id): str(by_name.get(one.name)) for one in before}


def _note(item: Item, lost: Sequence[Lost], *, predicted: bool) -> None:
    item.lost_mappings = [one.as_dict() for one in lost]
    if lost:
        verb = "will not carry over" if predicted else "did not carry over"
        names = "; ".join(one.label for one in lost)
        item.warnings.append(
            f"The reverse {verb} these networks of the recovery settings: {names}. Set network_settings with "
            f"{item.kind.name}_replication before the next recovery."
        )
