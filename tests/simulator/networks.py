# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of a VDC, and the changes of network settings by a reverse."""

from __future__ import annotations

import copy
from typing import Any

from .call import Answer, Call
from .errors import ApiError
from .model import SYSTEM, VappReplication, VmReplication
from .paging import check_names, page
from .world import World

Document = dict[str, Any]


def list_networks(call: Call) -> Answer:
    """GET /inventory/vdcs/{id}/networks: pages (a public client); switch ``network_inventory``."""
    check_names(call, ())
    vdc = call.site.vdc(call.parameters["id"])
    is_visible = vdc is not None and call.org in (SYSTEM, vdc.org)
    if vdc is None or not is_visible or call.world.settings.network_inventory != "offered":
        raise ApiError(404, "SimulatorVdcNotFound", "The VDC was not found.", call.parameters["id"])
    items, document = page(call, vdc.networks, len(vdc.networks))
    return Answer(200, {**document, "items": items})


def turn_round(world: World, vm: VmReplication, old_vm: str) -> None:
    """Adapt the network settings to a reverse: those of the VM, and of its vApp once all its VMs are reversed.

    Mappings are inverted if a match exists, otherwise the mapping is automatic (user guide 4.6, reverse). How the API
    shows that is not documented: switch ``reverse_networks``.

    :param old_vm: id of the VM at the old source
    """
    mode = world.settings.reverse_networks
    vm.network_settings = _after(vm.network_settings, mode)
    vapp = world.estate.vapps.all.get(vm.vapp_replication or "")
    if vapp is None or vapp.network_settings is None:
        return
    vapp.network_settings = _renamed(vapp.network_settings, old_vm, vm.vm_id)
    if _is_reversed(vapp):
        vapp.network_settings = _after(vapp.network_settings, mode)


def _is_reversed(vapp: VappReplication) -> bool:
    return all(child.recovered is None for child in vapp.children)


def _renamed(settings: Document, old: str, new: str) -> Document:
    renamed = copy.deepcopy(settings)
    for half in renamed.values():
        by_vm = (half or {}).get("vmNetworkSettings") or {}
        if old in by_vm:
            by_vm[new] = by_vm.pop(old)
    return renamed


def _after(settings: Document | None, mode: str) -> Document | None:
    if settings is None or mode == "kept":
        return settings
    if mode == "dropped":
        return None
    inverted = _inverted(settings.get("failoverSettings") or {})
    # After a reverse, tests use the networks of a failover if test networks were set, as in vSphere DR (guide 4.6).
    test = copy.deepcopy(inverted) if settings.get("failoverTestSettings") else None
    return {"failoverSettings": inverted, "failoverTestSettings": test}


def _inverted(half: Document) -> Document:
    vapp = copy.deepcopy(half.get("vAppNetworkSettings"))
    mappings = (vapp or {}).get("networkMappings") or []
    ends = [(one.get("sourceOrgVdcNetwork"), one.get("destinationOrgVdcNetwork")) for one in mappings]
    destinations = [destination for _source, destination in ends]
    matched = [(s, d) for s, d in ends if s and d and destinations.count(d) == 1]
    if vapp is not None and "networkMappings" in vapp:  # which no version before 4.1 knows
        vapp["networkMappings"] = [
            {"sourceNetworkName": d.get("name"), "sourceOrgVdcNetwork": d, "destinationOrgVdcNetwork": s}
            for s, d in matched
        ]
    back = {str(d.get("name")): s.get("name") for s, d in matched}
    vms = copy.deepcopy(half.get("vmNetworkSettings"))
    for settings in [vms] if vms and "nics" in vms else (vms or {}).values():
        for nic in (settings.get("nics") or []) if isinstance(settings, dict) else []:
            nic["network"] = back.get(str(nic.get("network")))
    return {"vAppNetworkSettings": vapp, "vmNetworkSettings": vms}
