# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The oldest ansible-core that is supported sets AWX up the same, and its jobs have their managed nodes counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.awx.audit import audited
from ansible_collections.opendr.vcda.tests.awx.controller import Controller
from ansible_collections.opendr.vcda.tests.awx.fixtures import HERE, VARIABLES
from ansible_collections.opendr.vcda.tests.awx.setup import Setup
from ansible_collections.opendr.vcda.tests.awx.stand_in import Awx
from ansible_collections.opendr.vcda.tests.awx.workflow import SUCCESSFUL
from ansible_collections.opendr.vcda.tests.examples.scenes import module_names
from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.tools.cores import programs_of

CORE = "2.16"
# As the gate sanity-2.16 has them, with which the virtual environment is shared.
PYTHONS = ("3.11", "3.12", "3.10")


@pytest.fixture(scope="module")
def core() -> Path:
    """Folder with the programs of the older ansible-core."""
    programs = programs_of(CORE, *PYTHONS)
    if programs is None:
        pytest.skip(f"no Python for ansible-core {CORE} on this machine")
    return programs


def test_the_setup_is_the_same(core: Path, applied: Awx, tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.keep(applied)
    assert setup.must_run(VARIABLES, core=core).changed == 0


def test_managed_nodes_are_counted_although_events_name_the_action_plugin(
    few: Simulator, controller: Controller, core: Path
) -> None:
    controller.core = core
    answers = {"recovery_active_site": HERE, "recovery_all": "yes", "recovery_source_is_down": "yes"}
    [failover], [status] = controller.launch("VCDA failover", answers), controller.launch("VCDA status", {})
    assert (failover.wait(), status.wait()) == (SUCCESSFUL, SUCCESSFUL)
    results = [event["event_data"] for event in failover.events if "res" in event["event_data"]]
    named = {name for data in results if (name := data.get("resolved_action") or "").startswith("opendr.vcda.")}
    assert named
    assert named.isdisjoint(f"opendr.vcda.{name}" for name in module_names())
    names = {row["vm_name"] for row in few.snapshot()["vm_replications"]}
    assert {node["name"] for node in audited([failover])} == names
    assert not audited([status])
