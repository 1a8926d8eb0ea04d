# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories in which the expressions of the user build groups of values that the service chooses.

Each passes on to an ``InventoryData`` of Ansible what it does not do itself.
"""

from __future__ import annotations

from typing import Any


class _Delegate:
    """Passes everything on to an inventory."""

    def __init__(self, inventory: Any) -> None:
        self._inventory = inventory

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inventory, name)


class Trial(_Delegate):
    """An inventory on trial: only the names of the groups matter, and not yet who belongs to them."""

    def add_child(self, *_names: str) -> bool:
        """Make nothing a member of a group, as the name may be that of a host and of a group."""
        return False


class WithoutLoops(_Delegate):
    """An inventory in which a group may be made a part of itself, which Ansible refuses.

    Without a prefix of ``keyed_groups``, whoever names a VM may give its group the name of a ``parent_group``.
    """

    def __init__(self, inventory: Any) -> None:
        super().__init__(inventory)
        self._loops: list[tuple[str, str]] = []

    def add_child(self, group: str, child: str) -> bool:
        """Add a host or a group to a group; ``complete`` does it for a group that would contain itself.

        :param group: the name of the group that gets a member
        :param child: the name of a host, or of a group
        """
        groups = self._inventory.groups
        if child in groups and groups[child] in {groups[group], *groups[group].get_ancestors()}:
            self._loops.append((group, child))
            return False
        return bool(self._inventory.add_child(group, child))

    def complete(self) -> None:
        """Add the hosts of the groups that could not become parts of others."""
        missing = self._missing()
        while missing:
            for host, group in missing:
                self._inventory.add_host(host, group=group)
            missing = self._missing()

    def _missing(self) -> list[tuple[str, str]]:
        groups = self._inventory.groups
        return [
            (host.name, group)
            for group, child in self._loops
            for host in {*groups[child].get_hosts()}.difference(groups[group].get_hosts())
        ]
