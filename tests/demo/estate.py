# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator itself knows of the VMs: the demo believes this, not what the playbooks say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..tools.simulation import Simulation

HEADINGS = ("VM", "before", "after", "runs at", "protected towards", "changed", "second time")


@dataclass(frozen=True)
class Vm:
    """One VM and its replication, as the simulator has them."""

    name: str
    source: str
    destination: str
    recovery_state: str
    runs_at: tuple[str, ...]
    effects: Mapping[str, int]

    @property
    def direction(self) -> str:
        """Where the replication comes from and goes to, and its recovery state."""
        return f"{self.source} > {self.destination} {self.recovery_state}"

    @property
    def protected_towards(self) -> str:
        """The site that the VM is replicated to, if it runs at the other end and is not recovered yet."""
        return (
            self.destination if self.recovery_state == "NOT_STARTED" and self.runs_at == (self.source,) else "nowhere"
        )


def read(simulation: Simulation) -> dict[str, Vm]:
    """Return all replicated VMs by name."""
    state: dict[str, Any] = simulation.control("/state")
    return {
        row["vm_name"]: Vm(
            name=row["vm_name"],
            source=row["source_site"],
            destination=row["destination_site"],
            recovery_state=row["recovery_state"],
            runs_at=_powered_on(state["workloads"], row["vm_name"]),
            effects=row["effects"],
        )
        for row in state["vm_replications"]
    }


def _powered_on(workloads: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    running = {row["site"] for row in workloads if row["name"] == name and row["powered_on"] and not row["test_copy"]}
    return tuple(sorted(running))


def mismatches(vms: Mapping[str, Vm], active_site: str, peer_site: str) -> list[str]:
    """Return what is not as it should be when every VM was failed over and reversed exactly once.

    Args:
        vms: The VMs after it.
        active_site: The site that they should run at.
        peer_site: The site that they should be replicated to.
    """
    wrong = [] if vms else ["there are no VMs"]
    for vm in vms.values():
        if vm.runs_at != (active_site,):
            wrong.append(f"{vm.name} runs at {' and '.join(vm.runs_at) or 'no site'}, not at {active_site}")
        if vm.protected_towards != peer_site:
            wrong.append(f"{vm.name} is protected towards {vm.protected_towards}, not towards {peer_site}")
        wrong += [
            f"{vm.name}: {verb} was accepted {vm.effects.get(verb, 0)} times, not once"
            for verb in ("failover", "reverse")
            if vm.effects.get(verb, 0) != 1
        ]
    return wrong


def table(before: Mapping[str, Vm], first: Mapping[str, Vm], second: Mapping[str, Vm]) -> str:
    """Return the table that the demo ends with.

    Args:
        before: The VMs before the first playbook.
        first: After both playbooks.
        second: After both playbooks have run a second time.
    """
    rows = [HEADINGS]
    for name in sorted(before):
        now = second[name]
        rows.append(
            (
                name,
                before[name].direction,
                now.direction,
                " and ".join(now.runs_at) or "no site",
                now.protected_towards,
                _difference(before[name].effects, first[name].effects),
                _difference(first[name].effects, now.effects),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _difference(earlier: Mapping[str, int], later: Mapping[str, int]) -> str:
    done = [verb for verb, times in later.items() if times > earlier.get(verb, 0)]
    return ", ".join(done) or "nothing"
