# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot of the simulator's state, for tests and for the control port."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .model import VappReplication, VmReplication

if TYPE_CHECKING:
    from .simulator import Simulator


def snapshot(simulator: Simulator) -> dict[str, Any]:
    """Return sites, replications, VMs and running tasks, JSON-ready."""
    world = simulator.world
    now = world.clock.now_ms()
    return {
        "now": now,
        "settings": world.settings.to_dict(),
        "sites": {
            site.name: {
                "kind": site.kind,
                "down": site.down_since_ms is not None,
                "vdcs": [asdict(v) for v in site.vdcs],
            }
            for site in world.sites.values()
        },
        "vm_replications": [_vm(simulator, vm) for vm in world.estate.vms.all.values()],
        "vapp_replications": [_vapp(vapp) for vapp in world.estate.vapps.all.values()],
        "recovery_plans": [
            {"id": plan.id, "name": plan.name, "state": plan.state, "effects": simulator.effects(plan.id)}
            for plan in world.plans.values()
        ],
        "workloads": [asdict(workload) for workload in world.estate.workloads.values()],
        "running_tasks": [
            {
                "id": task.id,
                "type": task.subject.type,
                "resource_id": task.subject.resource_id,
                "site": task.subject.site,
                "state": world.board.state(task, now),
                "progress": task.progress(now),
            }
            for task in world.board.live_tasks()
        ],
    }


def _vm(simulator: Simulator, vm: VmReplication) -> dict[str, Any]:
    return {
        "id": vm.id,
        "lineage": vm.lineage,
        "vm_name": vm.vm_name,
        "vm_id": vm.vm_id,
        "owner": vm.owner,
        "source_site": vm.source.site,
        "destination_site": vm.destination.site,
        "recovery_state": vm.recovery_state,
        "is_paused": vm.is_paused,
        "is_reversed": vm.is_reversed,
        "is_migration": vm.is_migration,
        "busy": vm.activity,
        "vapp_replication": vm.vapp_replication,
        "effects": simulator.effects(vm.id),
        "completions": dict(simulator.world.estate.completions.get(vm.lineage, {})),
    }


def _vapp(vapp: VappReplication) -> dict[str, Any]:
    return {"id": vapp.id, "lineage": vapp.lineage, "name": vapp.name, "children": [vm.id for vm in vapp.children]}
