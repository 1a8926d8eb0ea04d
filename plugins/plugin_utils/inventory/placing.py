# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places replications as hosts: finds a name for each that no other host and no group has.

Ansible takes a name that both a host and a group have for that of the group, so that a group would get all hosts of the
other one. So the names of the groups have to be known before there is a host.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.hosts import Variables, identity_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.names import host_names

# How often hosts are renamed to avoid names of groups, which in turn may be built from names of hosts.
_ROUNDS = 3


class Placed(NamedTuple):
    """A replication as a host."""

    name: str
    variables: Variables
    # The groups of group_by.
    groups: Sequence[str]


def placed(
    found: Sequence[tuple[Variables, Sequence[str]]],
    wanted_name: Callable[[Variables], str],
    hosts: Mapping[str, Mapping[str, Any]],
    groups: Collection[str],
    constructed: Callable[[Sequence[Placed]], Collection[str]],
) -> list[Placed]:
    """Return the hosts, each with a name that differs from all other hosts and groups.

    :param found: the variables of each replication, and its groups of ``group_by``
    :param wanted_name: returns the name that a host should have
    :param hosts: the hosts of other inventory sources with their variables; one of the same replication is used again
    :param groups: the names of the groups that are known already
    :param constructed: returns the names of the groups that the expressions of the user make of the hosts
    :raises ValueError: if the groups always get the names of the hosts
    """
    named = {identity_of(variables): name for name, variables in hosts.items() if identity_of(variables)}
    fresh = [variables for variables, _groups in found if identity_of(variables) not in named]
    wanted = [(wanted_name(variables), str(identity_of(variables))) for variables in fresh]
    known = set(groups)
    for _round in range(_ROUNDS):
        named.update(zip(map(identity_of, fresh), host_names(wanted, {*hosts, *known})))
        result = [Placed(named[identity_of(variables)], variables, own) for variables, own in found]
        known.update(constructed(result))
        clash = known.intersection(host.name for host in result)
        if not clash:
            return result
    raise ValueError(
        f"Hosts and groups have the same names: {', '.join(sorted(clash))}. Give the keyed_groups a prefix."
    )
