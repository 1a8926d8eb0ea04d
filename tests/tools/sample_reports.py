# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports in the form of the role, for any number of VMs and runs: for tests, screenshots and the benchmark."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import iso
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import sealed
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    item,
    records,
    run,
    vm_id,
)

DAY = 86400.0
# Start of the first run; a Saturday.
FIRST = 1_704_531_600.0
_STATES = {"failover": "COMPLETE", "test": "TEST"}


def report(
    entry_point: str,
    names: Sequence[str],
    *,
    at: float = FIRST,
    seconds: float = 240.0,
    waves: int = 1,
    target: int = 0,
    **changes: Any,
) -> dict[str, Any]:
    """Return the report of a run without failures.

    :param entry_point: drill, failover or readiness
    :param names: names of the VMs; the position of a VM determines its id
    :param at: start of the run, in seconds since the epoch
    :param seconds: duration of the slowest VM
    :param waves: number of waves over which the VMs are distributed
    :param target: the recovery time objective in seconds
    :param changes: further values of the run
    """
    waves = min(waves, len(names))
    numbered = [document(number, name) for number, name in enumerate(names, 1)]
    spread = [{"name": f"wave-{one + 1}", "vm_names": names[one::waves]} for one in range(waves)]
    vms = records(*numbered, waves=spread if waves > 1 else None)
    ids = [vm_id(number) for number in range(1, len(names) + 1)]
    step = {"drill": "test", "failover": "failover"}.get(entry_point)
    if step:
        done = [item(one, _STATES[step]) for one in ids]
        vms = FILTERS["merge"](vms, {"vm_replications": done}, step, "site-2", asked=ids, called=1205.0)
    if entry_point == "drill":
        clean = [item(one, "NOT_STARTED") for one in ids]
        vms = FILTERS["merge"](vms, {"vm_replications": clean}, "test_cleanup", "site-2", asked=ids, called=1240.0)
        vms = FILTERS["compare"](vms, numbered)
    whole = [{"name": wave["name"], "max_failures": 0} for wave in spread] if waves > 1 else run(vms)["waves"]
    mode = "test" if entry_point == "drill" else "unplanned"
    built = FILTERS["report"](
        run(vms, entry_point=entry_point, mode=mode, waves=whole, rto_target=target, dry=not step, **changes)
    )
    return moved(built, at, seconds)


def moved(built: dict[str, Any], at: float, seconds: float) -> dict[str, Any]:
    """Return a copy of a report with another start time and duration."""
    found = copy.deepcopy(built)
    found.pop("sha256", None)
    name = str(iso(at)).replace("-", "").replace(":", "")
    found["run"].update(id=name, started=iso(at), ended=iso(at + seconds + 30), seconds=seconds + 30)
    longest = found["recovery_time"]["seconds"]
    if longest:
        found["recovery_time"]["seconds"] = seconds
        target = found["recovery_time"]["target_seconds"]
        if target:
            found["recovery_time"]["target_met"] = seconds <= target
        for number, vm in enumerate(found["vms"]):
            if vm["recovery_seconds"] is not None:
                vm["recovery_seconds"] = round(seconds * (1 - number / (2 * len(found["vms"]))), 3)
    return sealed(found)


def estate(names: Sequence[str], days: Sequence[float], waves: int = 2) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield reports of drills, and of a readiness check with one more VM, which was never in a drill.

    :param days: days of the drills, counted from the first run
    :returns: file names and reports
    """
    first = report("drill", names, waves=waves, target=300, launched_by="operator")
    for number, day in enumerate(days):
        at = FIRST + day * DAY
        yield f"drill-{number:04d}.json", moved(first, at, 200.0 + 37 * (number * 7 % 5))
    every = [*names, "a-vm-that-nobody-tried"]
    yield "readiness.json", report("readiness", every, at=FIRST + (days[-1] + 1) * DAY, waves=waves)
