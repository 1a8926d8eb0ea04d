# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declared state is reached on every switch of the unknown and under any schedule of faults, by one start and stop.

``VCDA_SCHEDULES`` sets how many schedules are tried, of which these are a tenth.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.tests.unit.declared.workbench import PRIMARY, RECOVERY, Workbench, only

from .test_fault_schedules import SCHEDULES
from .test_fault_schedules import switches as any_switches
from .test_switches import _name, _settings

# Runs in one schedule: the first ones meet faults, the last ones none.
_TROUBLED, _RUNS = 4, 8

faults = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            (
                "reset_before",
                "reset_after",
                "timeout_after",
                "status_500",
                "html_502",
                "broken_json",
                "truncated",
                "session_expired",
                "task_fails",
                "task_vanishes",
            )
        ),
        "method": st.sampled_from(("", "GET", "POST", "PATCH", "DELETE")),
        "path_regex": st.sampled_from(("", "^/tasks", "^/vm-replications$", "^/vm-replications/", "^/sessions")),
        "nth": st.integers(1, 8),
        "times": st.integers(1, 4),
    }
)
wishes = st.fixed_dictionaries(
    {}, optional={"rpo": st.sampled_from((30, 60)), "paused": st.booleans(), "description": st.just("Shop")}
)


def source_of(bench: Workbench, kind: Kind) -> dict[str, Any]:
    """Put two VMs of one vApp into the primary site and return the options that replicate one, or both."""
    first = bench.simulator.add_workload("fresh-1", PRIMARY, vapp_name="fresh")
    bench.simulator.add_workload("fresh-2", PRIMARY, vapp_name="fresh", vapp_id=first.vapp_id)
    source = {"type": "vm", "vm_id": first.id} if kind is VM else {"type": "vapp", "vapp_id": first.vapp_id}
    return {
        "source": {"site": PRIMARY, **source},
        "destination": {"type": "vcloud", "site": RECOVERY, "vdc": bench.vdc()},
    }


@pytest.mark.parametrize("kind", [VM, VAPP], ids=lambda kind: kind.name)
@pytest.mark.parametrize("chosen", _settings(), ids=_name)
def test_a_life_and_every_step_again(kind: Kind, chosen: dict[str, Any]) -> None:
    bench = Workbench(**chosen)
    source = source_of(bench, kind)
    for step in ({"rpo": 30}, {"rpo": 60, "paused": True}, {"paused": False}, {"state": "absent"}):
        predicted = bench.run(kind, check_mode=True, **source, **step)
        assert bench.changes() == []
        done = bench.run(kind, **source, **step)
        assert "failed" not in done, done["msg"]
        assert (predicted["changed"], done["changed"]) == (True, True)
        assert predicted["diff"] == done["diff"]
        bench.leaves_alone(kind, **source, **step)
        bench.leaves_alone(kind, check_mode=True, **source, **step)


@settings(
    max_examples=max(1, SCHEDULES // 10),
    deadline=None,
    print_blob=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    schedules=st.lists(st.lists(faults, max_size=2), min_size=2 * _TROUBLED, max_size=2 * _TROUBLED),
    waits=st.lists(st.booleans(), min_size=2 * _RUNS, max_size=2 * _RUNS),
    wish=wishes,
    chosen=any_switches,
    task_seconds=st.sampled_from((0, 1, 20)),
)
def test_faults_delay_the_declared_state_and_no_more(
    schedules: list[list[dict[str, Any]]],
    waits: list[bool],
    wish: dict[str, Any],
    chosen: dict[str, Any],
    task_seconds: int,
) -> None:
    bench = Workbench(**chosen, task_seconds=task_seconds)
    source = source_of(bench, VM)
    for number, params in enumerate((wish, {"state": "absent"})):
        for run in range(_RUNS):
            bench.simulator.clear_faults()
            if run < _TROUBLED:
                for fault in schedules[number * _TROUBLED + run]:
                    bench.simulator.fault(**fault)
            else:
                bench.simulator.finish_tasks()
            result = bench.run(**source, **params, wait=waits[number * _RUNS + run])
            assert ("failed" in result) == ("error" in only(result))
        assert "failed" not in result, result["msg"]
        assert (result["changed"], only(result)["decision"]) == (False, "done")
        if number == 0:
            assert only(result)["after"]["settings"] == wish
    carried_out: Counter[str] = sum(bench.simulator.world.estate.completions.values(), Counter())
    assert (carried_out["start"], carried_out["stop"]) == (1, 1)
