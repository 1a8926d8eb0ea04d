# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replication whose first synchronisation is scheduled: nothing starts it early, and it starts by itself."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.declared.declaration import declare
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE

from .laboratory import RECOVERY, Laboratory

_DEFAULTS: dict[str, Any] = {
    "state": "present",
    "wait": True,
    "wait_timeout": 3600,
    "poll_interval": 10.0,
    "continue_on_error": True,
}


def test_it_waits_paused_and_is_never_resumed_early() -> None:
    laboratory = Laboratory()
    identifier = laboratory.simulator.seed(vms=1).vm_ids[0]
    replication = laboratory.replication(identifier)
    at = laboratory.clock.now_ms() + 3_600_000
    replication.is_paused, replication.first_sync_at, replication.rules.initial_sync_time = True, at, at
    replication.instances.clear()
    params = {**_DEFAULTS, "vm_replication_ids": [identifier], "paused": False}
    early = declare(VM)(laboratory.context(params))
    assert (early["changed"], early.get("failed")) == (False, None), early["msg"]
    assert replication.instances == []
    laboratory.clock.sleep(3601)
    late = declare(VM)(laboratory.context(params))
    assert (late["changed"], late.get("failed")) == (False, None), late["msg"]
    assert (replication.is_paused, len(replication.instances)) == (False, 1)


@pytest.mark.parametrize("flag", ["honoured", "rejected"])
@pytest.mark.parametrize("wait", [True, False])
def test_a_reverse_that_no_list_shows_is_attached_to(flag: str, wait: bool) -> None:
    """It is queued, the service declines to list what is queued, and the state stays as it was."""
    laboratory = Laboratory(
        reverse_state="stays_complete", queued_state_filter=flag, queued_tasks=True, queued_seconds=600.0
    )
    identifier = laboratory.simulator.seed(vms=1, state="COMPLETE").vm_ids[0]
    params: dict[str, Any] = {"vm_replication_ids": [identifier], "active_site": RECOVERY}
    first = laboratory.run(REVERSE, wait=False, **params)
    assert first["vm_replications"][0]["decision"] == "act"
    second = laboratory.run(REVERSE, wait=wait, **params)
    assert (second["vm_replications"][0]["decision"], second.get("failed")) == ("attach", None), second["msg"]
    assert laboratory.accepted(identifier, "reverse") == 1
