# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook of the collection, run by ansible-rulebook against the simulator."""

from __future__ import annotations

import threading

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import Context, operate
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.watch import connection_params
from ansible_collections.opendr.vcda.tests.events.fixtures import HERE, LONGEST, THERE, Rulebook, environment
from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer


def test_a_lost_site_raises_a_plan_that_changes_nothing(
    simulator: Simulator, closed: threading.Event, rulebook: Rulebook
) -> None:
    simulator.configure(sites_down=(THERE,))
    output = rulebook.read_play("Check whether a recovery would work")
    assert "Readiness for a failover to site-2" in output
    rulebook.stop()
    assert closed.wait(LONGEST)
    assert set(simulator.counters()["effects"]) <= {"login", "logout"}


def test_a_workload_that_is_protected_anew_is_drilled(
    simulator: Simulator, server: SimulatorServer, closed: threading.Event, rulebook: Rulebook
) -> None:
    row = simulator.snapshot()["vm_replications"][0]
    params = {
        **connection_params({}, environment(server)),
        "vm_replication_ids": [row["id"]],
        "active_site": HERE,
        "poll_interval": 0.2,
    }
    for verb in (FAILOVER, REVERSE):
        result = operate(Context(params), VM, verb)
        assert not result.get("failed"), result["msg"]
    rulebook.read_play("Test the recovery and clean up")
    rulebook.stop()
    assert closed.wait(LONGEST)
    assert "secret" not in "".join(rulebook.output)
    assert simulator.effects(row["id"])["reverse"] == 1
    assert simulator.effects(row["id"])["failover-test"] == 1
