# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as tests use it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ConnectionDropped, Request, Response, Settings, Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


class FrozenClock:
    """A clock that nobody can move."""

    def now_ms(self) -> int:
        return 1

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)

    def skip(self, seconds: float) -> None:
        raise AssertionError(seconds)


def test_settings_are_kept_and_changed_in_place() -> None:
    settings = Settings()
    simulator = Simulator(settings)
    simulator.configure(reverse_id="new", log_limit=5)
    assert settings.reverse_id == "new"
    assert simulator.log.limit == 5
    with pytest.raises(ValueError, match="unknown switch"):
        simulator.configure(reverse="new")


def test_whoever_wants_to_know_of_changes(simulator: Simulator) -> None:
    heard: list[tuple[str, ...]] = []
    simulator.changed.append(lambda: heard.append(simulator.settings.sites_down))
    simulator.configure(sites_down=["site-1"])
    assert heard == [("site-1",)]


def test_what_was_due_before_a_change_is_done_before_it(make: Make) -> None:
    simulator = make(reverse_id="same")
    identifier = simulator.seed(vms=1, state="COMPLETE", running="reverse").vm_ids[0]
    simulator.advance(20)
    simulator.configure(reverse_id="new")
    assert simulator.current_id(identifier) == identifier


def test_observers_see_every_exchange(simulator: Simulator) -> None:
    seen: list[tuple[str, str, int]] = []

    def observe(site: str, request: Request, response: Response | None) -> None:
        seen.append((site, request.path, response.status if response else 0))

    simulator.observers.append(observe)
    simulator.fault("reset_before", nth=2)
    Caller(simulator).send("GET", "/sites")
    with pytest.raises(ConnectionDropped):
        Caller(simulator).send("GET", "/tasks")
    assert seen == [("site-2", "/sites", 401), ("site-2", "/tasks", 0)]


def test_the_date_is_the_simulated_one(simulator: Simulator, caller: Caller) -> None:
    simulator.advance(3600)
    date = parsedate_to_datetime(caller.send("GET", "/sites").headers["Date"])
    assert date.timestamp() == simulator.clock.now_ms() // 1000


def test_unknown_ids(simulator: Simulator) -> None:
    for function in (simulator.replication, simulator.document, simulator.current_id):
        with pytest.raises(KeyError):
            function("C4-nothing")
    with pytest.raises(KeyError):
        simulator.site("site-9")
    assert simulator.effects("C4-nothing") == simulator.completions("C4-nothing") == {}


def test_a_stopped_replication_is_gone_but_not_its_counts(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    extended.done(identifier, "", method="DELETE")
    with pytest.raises(KeyError):
        simulator.current_id(identifier)
    assert simulator.effects(identifier) == simulator.completions(identifier) == {"stop": 1}


def test_counters(simulator: Simulator, extended: Caller) -> None:
    identifier = simulator.seed(vms=1).vm_ids[0]
    extended.verb(identifier, "sync")
    counters = simulator.counters()
    expected: dict[str, Any] = {
        "requests": 3,
        "by_status": {"200": 2, "202": 1},
        "effects": {"login": 1, "extend": 1, "sync": 1},
        "logins": 1,
        "extensions": 1,
        "open_sessions": 1,
        "tasks": 1,
        "running_tasks": 1,
        "max_running_tasks": 1,
    }
    assert {name: counters[name] for name in expected} == expected
    assert counters["by_operation"]["POST /vm-replications/{id}/sync"] == 1
    simulator.finish_tasks()
    assert simulator.counters()["running_tasks"] == 0


def test_requests_in_flight(simulator: Simulator) -> None:
    with simulator.in_flight(), simulator.in_flight():
        assert simulator.counters()["in_flight"] == 2
    assert (simulator.counters()["in_flight"], simulator.counters()["max_in_flight"]) == (0, 2)


def test_finishing_tasks_needs_no_task(simulator: Simulator) -> None:
    before = simulator.clock.now_ms()
    simulator.finish_tasks()
    assert simulator.clock.now_ms() == before


def test_some_clocks_cannot_be_moved() -> None:
    with pytest.raises(TypeError, match="cannot be moved"):
        Simulator(clock=FrozenClock()).advance(1)


def test_workloads(simulator: Simulator) -> None:
    cloud = simulator.add_workload("web")
    other = simulator.add_workload("web", org="tenant-2", id="vm-x", disks=3)
    onprem = simulator.add_workload("erp", "onprem-1")
    assert (cloud.org, cloud.vapp_name, cloud.disks) == ("tenant-1", "web", 1)
    assert (other.org, other.id, other.disks) == ("tenant-2", "vm-x", 3)
    assert cloud.vdc_id != other.vdc_id
    assert (onprem.org, onprem.vdc_id, onprem.id[:3]) == ("", "", "vm-")
    assert simulator.workloads("site-1") == [cloud, other]


def test_policies(simulator: Simulator) -> None:
    simulator.set_policy("site-1", min_rpo=30)
    own = simulator.set_policy("site-1", "tenant-1", max_instances=3)
    assert (own.min_rpo, own.max_instances) == (30, 3)
    assert simulator.site("site-1").policy("tenant-2").max_instances == 24
    assert simulator.set_policy("site-1", "tenant-1", min_rpo=60).max_instances == 3
    with pytest.raises(TypeError):
        simulator.set_policy("site-1", colour="red")


def test_clearing_faults(simulator: Simulator, caller: Caller) -> None:
    simulator.fault("reset_before", times=0)
    simulator.clear_faults()
    assert caller.send("GET", "/sites").status == 200


def test_reset_forgets_everything_but_the_switches(simulator: Simulator, caller: Caller) -> None:
    simulator.configure(reverse_id="new")
    simulator.seed(vms=1)
    simulator.fault("reset_before")
    simulator.reset()
    assert caller.send("GET", "/sites").status == 401
    assert simulator.snapshot()["vm_replications"] == []
    assert simulator.settings.reverse_id == "new"
    assert (len(simulator.log), simulator.counters()["logins"]) == (1, 0)


def test_the_same_seed_gives_the_same_world(make: Make) -> None:
    assert make(seed=3).seed(vms=2) == make(seed=3).seed(vms=2)
    assert make(seed=3).seed(vms=2) != make(seed=4).seed(vms=2)


def test_ten_thousand_replications_are_listed_page_by_page(simulator: Simulator) -> None:
    simulator.seed(vms=10_000)
    caller = Caller(simulator).login()
    found: set[str] = set()
    for offset in range(0, 10_000, 100):
        found.update(item["id"] for item in caller.send("GET", "/vm-replications", offset=offset).document["items"])
    assert len(found) == 10_000
