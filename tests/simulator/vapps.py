# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Splitting of a vApp replication when some of its VMs are recovered separately."""

from __future__ import annotations

from .model import COMPLETE, VappReplication, VmReplication
from .world import World


def split(world: World, child: VmReplication, *, reversing: bool) -> None:
    """Move a child that is recovered or reversed separately into another vApp replication of the same name.

    A failover of some VMs splits a vApp replication in two: one with those VMs, one with the rest (user guide 4.6,
    recovery of a part of a vApp). It is not documented which of the two gets the new id (switch ``split_new_id``), nor
    that a reverse of one VM splits, too. Switch ``split_vapp`` turns splitting off.

    :param reversing: whether the child is being reversed rather than recovered
    """
    vapp = world.estate.vapps.all.get(child.vapp_replication or "")
    if vapp is None or len(vapp.children) == 1:
        return
    wanted_source = child.destination.site if reversing else child.source.site
    home = next(
        (
            sibling
            for sibling in world.estate.family(vapp)
            if sibling is not vapp and _suits(sibling, wanted_source, recovered=not reversing)
        ),
        None,
    )
    if home is not None:
        _move(world, [child], home)
        return
    others = [other for other in vapp.children if other is not child]
    twin = _twin(world, vapp)
    _move(world, [child] if world.settings.split_new_id == "leaving_part" else others, twin)
    world.estate.add_vapp(twin)


def _move(world: World, children: list[VmReplication], home: VappReplication) -> None:
    for child in children:
        world.estate.leave_vapp(child)
        home.children.append(child)
        child.vapp_replication = home.id


def _suits(sibling: VappReplication, source: str, *, recovered: bool) -> bool:
    return all(
        child.source.site == source and (child.recovery_state == COMPLETE) is recovered for child in sibling.children
    )


def _twin(world: World, vapp: VappReplication) -> VappReplication:
    identifier = world.identifiers.vapp_replication()
    return VappReplication(
        identifier,
        identifier,
        vapp.name,
        vapp.description,
        family=vapp.family,
        network_settings=vapp.network_settings,
    )
