# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disaster itself: the primary site does not answer at all."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.tests.simulator.settings import choices

from .laboratory import PRIMARY, RECOVERY, Laboratory

NAMES = [f"vm-{index:02}" for index in range(1, 13)]
WAYS_TO_BE_GONE = choices("peer_down")


def _fail_over(**switches: Any) -> tuple[Laboratory, dict[str, Any], int]:
    laboratory = Laboratory(**switches)
    laboratory.simulator.seed(vms=len(NAMES))
    result = laboratory.run(FAILOVER, vm_names=NAMES, active_site=RECOVERY)
    return laboratory, result, laboratory.simulator.counters()["requests"]


@pytest.mark.parametrize("gone", WAYS_TO_BE_GONE)
def test_failover_needs_no_more_requests_than_with_both_sites(gone: str) -> None:
    _unused, with_both, requests = _fail_over()
    laboratory, alone, requests_alone = _fail_over(sites_down=(PRIMARY,), peer_down=gone)
    assert not with_both.get("failed")
    assert not alone.get("failed"), alone["msg"]
    assert alone["summary"]["changed"] == len(NAMES)
    assert requests_alone == requests
    assert {entry.site for entry in laboratory.simulator.log} == {RECOVERY}


@pytest.mark.parametrize("gone", WAYS_TO_BE_GONE)
def test_reverse_says_what_is_missing_and_a_later_run_completes(gone: str) -> None:
    laboratory, _unused, _requests = _fail_over(sites_down=(PRIMARY,), peer_down=gone)

    result = laboratory.run(REVERSE, vm_names=NAMES, active_site=RECOVERY)

    assert result["failed"]
    assert result["error"]["category"] in ("remote_authentication", "unreachable", "server", "task_failed")
    assert result["error"]["hint"]
    assert PRIMARY in result["error"]["message"] or result["error"]["category"] == "task_failed"
    assert all(item["error"] for item in result["vm_replications"])

    laboratory.simulator.configure(sites_down=())
    laboratory.simulator.finish_tasks()
    healed = laboratory.run(REVERSE, vm_names=NAMES, active_site=RECOVERY)
    assert not healed.get("failed"), healed["msg"]
    assert {item["after"]["source_site"] for item in healed["vm_replications"]} == {RECOVERY}
