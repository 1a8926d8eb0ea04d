# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client that does the least sends what the service needs to start the work, and nothing else."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.opendr.vcda.tests.benchmark.scenarios import Laboratory
from ansible_collections.opendr.vcda.tests.tools.simulation import simulator


def test_the_least_is_a_login_with_the_start_requests_and_a_playbook(tmp_path: Path) -> None:
    with simulator(tmp_path / "simulator", ["--vms", "0", "--vapps", "0"]) as simulation:
        seconds = Laboratory(simulation, tmp_path).least(40, 1.0, 1)
        counters = simulation.control("/counters")
    assert seconds > 0
    assert counters["by_operation"] == {
        "POST /sessions": 1,
        "POST /sessions/extend": 1,
        "POST /vm-replications/{id}/reverse": 40,
    }
