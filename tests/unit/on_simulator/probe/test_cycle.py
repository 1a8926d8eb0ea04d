# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The VM of the highest level: which one is refused, and how it comes home whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response
from ansible_collections.opendr.vcda.tests.unit.on_simulator.probe.bench import VM, Bench


class Killed(BaseException):
    """The run is over, as after SIGKILL."""


def kill_after(bench: Bench, changes: int) -> None:
    """End the run once the service has accepted so many operations."""
    left = iter(range(changes))

    def watch(_site: str, request: Request, response: Response | None) -> None:
        is_operation = request.method != "GET" and "/sessions" not in request.path
        if is_operation and response is not None and response.status == 202 and next(left, None) is None:
            bench.simulator.observers.remove(watch)
            raise Killed

    bench.simulator.observers.append(watch)


@pytest.mark.parametrize(
    "switches",
    [
        {"reverse_id": "new"},
        {"is_reversed": "always_false", "reverse_state": "stays_complete", "task_type_names": "other"},
    ],
    ids=["new id", "nothing tells it"],
)
@pytest.mark.parametrize("changes", range(7))
def test_a_run_that_was_killed_is_run_again_and_ends_at_home(changes: int, switches: dict[str, Any]) -> None:
    bench = Bench(**switches)
    kill_after(bench, changes)
    with pytest.raises(Killed):
        bench.cycle(idle_wait=0)
    result = bench.cycle(idle_wait=0)
    assert not result.get("failed"), result["msg"]
    assert bench.is_home()
    assert result["answers"]["answers"]["reverse_id"]["answer"] == switches.get("reverse_id", "same")


@pytest.mark.parametrize("path", ["/failover-test$", "/migrate$", "/reverse$"])
def test_a_step_that_fails_is_told_and_the_vm_goes_home(path: str) -> None:
    bench = Bench(wrong_state="conflict_409")
    bench.simulator.fault("task_fails", method="POST", path_regex=path, nth=2, times=1)
    result = bench.cycle(idle_wait=0)
    assert bench.is_home()
    if result.get("failed"):
        assert f"{VM} is where it was, at site-1." in result["msg"]
        assert result["changed"]
        assert result["answers"]["answers"]["unextended_code"]["outcome"] == "answered"


def test_a_vm_that_cannot_come_home_is_told() -> None:
    bench = Bench()
    bench.simulator.fault("task_fails", method="POST", path_regex="/reverse$", times=0)
    result = bench.cycle(idle_wait=0)
    assert result["failed"]
    assert f"{VM} is not home at site-1 yet. Run the probe again to bring it home." in result["msg"]
    bench.simulator.clear_faults()
    assert not bench.cycle(idle_wait=0).get("failed")
    assert bench.is_home()


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"vm_name": None}, "needs the name of one expendable VM"),
        ({"confirm": None}, "repeat its name here"),
        ({"confirm": "other"}, "repeat its name here"),
        ({"extend_sites": []}, "needs credentials for the peer site"),
        ({"session_token": "t"}, "needs credentials"),
        ({"site": "site-1"}, "give its address in hostname"),
        ({"idle_wait": -1}, "less than 0"),
        ({"step_timeout": 0}, "not more than 0"),
    ],
)
def test_what_is_refused_before_anything_is_sent(params: dict[str, Any], words: str) -> None:
    bench = Bench()
    result = bench.cycle(**params)
    assert result["failed"]
    assert words in result["msg"]
    assert len(bench.simulator.log) == 0


@pytest.mark.parametrize(
    ("seed", "params", "words"),
    [
        ({"names": ("x-1",), "is_paused": True}, {}, "is paused"),
        ({"vapps": 1, "vapp_names": ("x",)}, {"vm_name": "x-vm-1"}, "part of a vApp replication"),
        ({"names": ("x-1", "x-1")}, {}, "x-1"),
        ({"names": ("x-1",), "source": "site-2", "destination": "site-1"}, {}, "say in home_site where the VM belongs"),
        ({"names": ("x-1",)}, {"home_site": "site-9"}, "home_site"),
        ({"names": ("x-1",), "source": "onprem-1", "destination": "site-2"}, {}, "paired cloud site"),
        ({}, {"vm_name": "nobody"}, "nobody"),
    ],
)
def test_a_vm_that_is_refused_is_left_alone(seed: dict[str, Any], params: dict[str, Any], words: str) -> None:
    bench = Bench()
    if seed:
        bench.simulator.seed(**seed)
    name = params.get("vm_name", "x-1")
    result = bench.cycle(**{"vm_name": name, "confirm": name, **params})
    assert result["failed"], result["msg"]
    assert words in result["msg"]
    assert bench.wrote == []


def test_a_lost_peer_is_no_way_back() -> None:
    bench = Bench(sites_down=["site-1"])
    assert "there is no way back" in bench.cycle()["msg"]
    assert bench.wrote == []


def test_a_home_that_is_said_is_believed() -> None:
    bench = Bench()
    seeded = bench.simulator.seed(names=("x-1",), source="site-2", destination="site-1").vm_ids[0]
    result = bench.cycle(vm_name="x-1", confirm="x-1", home_site="site-2", idle_wait=0)
    assert not result.get("failed"), result["msg"]
    assert bench.replication(seeded).source.site == "site-2"


def test_check_mode_reads_the_vm_and_sends_nothing_else() -> None:
    bench = Bench()
    result = bench.cycle(check_mode=True)
    assert "answers" not in result
    assert result["requests"]
    assert bench.wrote == []
    assert "is paused" not in result["msg"]
