# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source site is down: what the destination may do alone is not kept from it for want of a session there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.tests.simulator.settings import choices
from ansible_collections.opendr.vcda.tests.unit.declared.workbench import PRIMARY, Workbench, only

WAYS_TO_BE_GONE = choices("peer_down")
KINDS = {"vm": (VM, "vm_names", "vm-01"), "vapp": (VAPP, "vapp_names", "vapp-01")}
WISHES: dict[str, dict[str, Any]] = {
    "settings": {"rpo": 45},
    "pause": {"paused": True},
    "both": {"rpo": 45, "paused": True},
    "forced stop": {"state": "absent", "force": True},
}
EXTENSION = "/sessions/extend"


def bench_with(**switches: Any) -> Workbench:
    bench = Workbench(**switches)
    bench.simulator.seed(vms=1, vapps=1)
    return bench


@pytest.mark.parametrize(("kind", "wish"), [*(("vm", wish) for wish in WISHES), ("vapp", "both")])
@pytest.mark.parametrize("gone", WAYS_TO_BE_GONE)
def test_it_is_done_where_the_service_does_not_need_the_site(kind: str, wish: str, gone: str) -> None:
    which, names, name = KINDS[kind]
    bench = bench_with(upkeep_peer="not_needed", sites_down=[PRIMARY], peer_down=gone)
    wanted: dict[str, Any] = {names: [name], **WISHES[wish]}
    result = bench.run(which, **wanted)
    assert "failed" not in result, result["msg"]
    assert only(result)["changed"]
    if wish != "forced stop":
        assert any(f"could not be extended to site {PRIMARY}" in warning for warning in result["warnings"])
    # A try for each step at the most; nobody waits for a site that is gone.
    tries = [entry for entry in bench.sent() if entry.path == EXTENSION]
    assert len(tries) <= len(bench.changes())
    if wish == "forced stop":
        assert not tries
    bench.leaves_alone(which, **wanted)


@pytest.mark.parametrize("wish", ["settings", "pause"])
@pytest.mark.parametrize("gone", WAYS_TO_BE_GONE)
def test_where_the_service_needs_it_the_reason_is_told(wish: str, gone: str) -> None:
    bench = bench_with(sites_down=[PRIMARY], peer_down=gone)
    result = bench.run(VM, vm_names=["vm-01"], **WISHES[wish])
    error = result["error"]
    assert error["category"] in ("remote_authentication", "unreachable", "server", "task_failed")
    assert any(f"could not be extended to site {PRIMARY}" in warning for warning in result["warnings"])
    bench.simulator.configure(sites_down=())
    bench.clock.sleep(600)
    bench.simulator.finish_tasks()
    healed = bench.run(VM, vm_names=["vm-01"], **WISHES[wish])
    assert "failed" not in healed, healed["msg"]


@pytest.mark.parametrize("wish", ["settings", "pause"])
def test_a_site_that_is_up_is_reached_before_the_request(wish: str) -> None:
    bench = bench_with()
    bench.run(VM, vm_names=["vm-01"], **WISHES[wish])
    assert [entry.status for entry in bench.sent() if entry.status >= 400] == []
    assert [entry.path for entry in bench.sent()].count(EXTENSION) == 1


def test_a_site_that_is_down_keeps_only_its_own_replications_from_what_needs_it() -> None:
    """The peer of a replication is reached, not every site that extend_sites names."""
    bench = bench_with()
    connection = bench.connection()
    elsewhere = {**connection["extend_sites"][0], "site": "site-9"}
    peers = [elsewhere, *connection["extend_sites"]]
    result = bench.run(VM, vm_names=["vm-01"], paused=True, extend_sites=peers)
    assert "failed" not in result, result["msg"]
    result = bench.run(VM, vm_names=["vm-01"], paused=False, extend_sites=peers)
    assert "failed" not in result, result["msg"]
    result = bench.run(VM, **bench.new_vm(), extend_sites=peers)
    assert "failed" not in result, result["msg"]
