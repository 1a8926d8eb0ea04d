# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The VMs of all reports. A reverse may change the id of a replication, so one VM can have several ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.accounts import KINDS, Passage, Sighting

_UNSEEN = Sighting((), "", "", "", "", None, {}, "")


@dataclass
class Vm:
    """A VM with the successive ids of its replication.

    :ivar seen_at: when the newest run that reported it began, in seconds since the epoch
    :ivar last: its last successful operation of each kind
    :ivar failed: the last failed operation: when it ran, the step, and the file of the report
    """

    ids: set[str] = field(default_factory=set)
    seen_at: float = float("-inf")
    newest: Sighting = _UNSEEN
    last: dict[str, Passage] = field(default_factory=dict)
    failed: tuple[float, str, str] | None = None

    def take(self, sighting: Sighting, at: float, file: str) -> None:
        """Add the data of a report; reports may come in any order."""
        self.ids.update(sighting.ids)
        # A report without the state of the VM does not replace an older one with it.
        is_newer = at >= self.seen_at or self.newest.protected is None
        if is_newer and (sighting.protected is not None or self.newest is _UNSEEN):
            if not sighting.organization:
                sighting = sighting._replace(organization=self.newest.organization)
            self.newest, self.seen_at = sighting, at
        for kind, passage in sighting.passages.items():
            self._keep(kind, passage)
        if sighting.failed and (self.failed is None or at >= self.failed[0]):
            self.failed = (at, sighting.failed, file)

    def join(self, other: Vm) -> None:
        """Add the data of another object that stands for the same VM."""
        self.ids |= other.ids
        if (other.newest.protected is not None, other.seen_at) > (self.newest.protected is not None, self.seen_at):
            self.newest, self.seen_at = other.newest, other.seen_at
        for kind, passage in other.last.items():
            self._keep(kind, passage)
        if other.failed and (self.failed is None or other.failed[0] > self.failed[0]):
            self.failed = other.failed

    def when(self, kind: str) -> float:
        """Return when an operation last succeeded on the VM, in seconds since the epoch."""
        return self.last[kind].at

    def _keep(self, kind: str, passage: Passage) -> None:
        known = self.last.get(kind)
        if known is None or passage.at >= known.at:
            self.last[kind] = passage


class Lineages:
    """Identifies VMs by the ids of their replications, or by organization and name if a report has no id."""

    def __init__(self) -> None:
        self._by_id: dict[str, Vm] = {}
        self._by_name: dict[tuple[str, str], Vm] = {}

    def take(self, sighting: Sighting, at: float, file: str) -> None:
        """Add the data of a VM from a report."""
        if not sighting.ids:
            vm = self._by_name.setdefault((sighting.organization, sighting.name), Vm())
        else:
            vm = self._joined(sighting.ids)
        vm.take(sighting, at, file)

    def _joined(self, ids: tuple[str, ...]) -> Vm:
        known = [self._by_id[one] for one in ids if one in self._by_id]
        vm = known[0] if known else Vm()
        for other in known[1:]:
            if other is not vm:
                vm.join(other)
                self._by_id.update(dict.fromkeys(other.ids, vm))
        for one in ids:
            self._by_id[one] = vm
        return vm

    def all(self) -> list[Vm]:
        """Return every VM once; a VM reported without an id is merged with the only other VM of its name."""
        vms = list({id(vm): vm for vm in self._by_id.values()}.values())
        for (organization, name), nameless in self._by_name.items():
            same = [vm for vm in vms if vm.ids and _is_named(vm, organization, name)]
            if len(same) == 1:
                same[0].join(nameless)
            else:
                vms.append(nameless)
        return vms

    def mark(self, replications: Iterable[dict[str, Any]], at: float) -> None:
        """Add the replications that the service lists now.

        :param replications: ``ids``, ``name``, ``organization``, ``runs_at``, ``replicates_to`` and ``protected``
        """
        for replication in replications:
            self.take(Sighting(**replication, passages={}, failed=""), at, "")


def _is_named(vm: Vm, organization: str, name: str) -> bool:
    return vm.newest.name == name and organization in {vm.newest.organization, ""}


def passages(vm: Vm) -> Iterator[tuple[str, Passage]]:
    """Return the last successful operations of a VM, in the order of ``KINDS``."""
    return ((kind, vm.last[kind]) for kind in KINDS if kind in vm.last)
