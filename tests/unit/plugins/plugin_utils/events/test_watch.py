# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of replications: what is told, that it is told once, and what happens when the service does not answer."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER, REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.watch import (
    GuardedClient,
    connection_params,
    number,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.session_guard import Guard
from ansible_collections.opendr.vcda.tests.simulator import InProcessAdapter, ManualClock, Settings, Simulator
from ansible_collections.opendr.vcda.tests.unit.documents import task as task_document
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.events.fixtures import (
    OPTIONS,
    PEER,
    MakeWatch,
    Tasks,
    carry_out,
    ended,
    kinds,
)


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Settings(), ManualClock())


def test_nothing_happens_where_all_is_well(simulator: Simulator, make_watch: MakeWatch) -> None:
    simulator.seed(vms=3)
    watch = make_watch()
    assert [watch.look() for _time in range(3)] == [[], [], []]


def test_what_is_wrong_is_told_at_the_first_look_and_once(simulator: Simulator, make_watch: MakeWatch) -> None:
    simulator.seed(vms=1, names=("sick",), health="RED")
    simulator.seed(vms=1, names=("late",), rpo_violation=30)
    watch = make_watch()
    events = {event["type"]: event for event in watch.look()}
    assert events["health"]["replication"]["overall_health"] == "RED"
    assert events["rpo_violation"]["replication"]["vm_name"] == "late"
    assert events["rpo_violation"]["is_violated"] is True
    assert watch.look() == []


def test_a_password_within_a_name_does_not_change_the_name(simulator: Simulator, make_watch: MakeWatch) -> None:
    simulator.seed(vms=1, names=(f"db-{OPTIONS['password']}",), health="RED")
    [event] = [event for event in make_watch().look() if event["type"] == "health"]
    assert event["replication"]["vm_name"] == f"db-{OPTIONS['password']}"


def test_a_small_violation_may_be_no_event(simulator: Simulator, make_watch: MakeWatch) -> None:
    simulator.seed(vms=1, rpo_violation=30, health="GREEN")
    assert make_watch(max_rpo_violation=30).look() == []


@pytest.mark.parametrize("reverse_id", ["same", "new"])
def test_a_recovery_and_a_reverse_are_told_each_once(
    simulator: Simulator, make_watch: MakeWatch, reverse_id: str
) -> None:
    simulator.configure(reverse_id=reverse_id)
    [identity] = simulator.seed(vms=1).vm_ids
    watch = make_watch()
    watch.look()
    carry_out(simulator, identity, FAILOVER)
    events = watch.look()
    assert kinds(events) == ["recovery_state", "task"]
    [state] = [event for event in events if event["type"] == "recovery_state"]
    assert (state["previous"], state["replication"]["recovery_state"]) == ("NOT_STARTED", "COMPLETE")
    assert watch.look() == []
    carry_out(simulator, identity, REVERSE)
    events = watch.look()
    assert kinds(events) == ["direction", "recovery_state", "task"]
    [task] = [event for event in events if event["type"] == "task"]
    assert task["task"]["state"] == "SUCCEEDED"
    assert [event["replication"]["source_site"] for event in events if event["type"] == "direction"] == ["site-2"]
    assert watch.look() == []


def test_a_failed_task_is_told_with_its_error(simulator: Simulator, make_watch: MakeWatch) -> None:
    [identity] = simulator.seed(vms=1).vm_ids
    watch = make_watch()
    watch.look()
    simulator.fault("task_fails", path_regex="/failover$", code="NoSpace", msg="The datastore is full.")
    carry_out(simulator, identity, FAILOVER)
    [task] = [event["task"] for event in watch.look() if event["type"] == "task"]
    assert (task["state"], task["error"]["code"]) == ("FAILED", "NoSpace")


def test_a_site_is_told_when_it_is_lost_and_when_it_is_back(simulator: Simulator, make_watch: MakeWatch) -> None:
    watch = make_watch()
    watch.look()
    simulator.configure(sites_down=("site-1",))
    lost = {"type": "site", "site": "site-1", "is_reachable": False}
    assert [watch.look(), watch.look()] == [[lost], []]
    simulator.configure(sites_down=())
    assert [watch.look(), watch.look()] == [[{**lost, "is_reachable": True}], []]


def test_a_service_that_does_not_answer_is_asked_ever_more_seldom(simulator: Simulator, make_watch: MakeWatch) -> None:
    watch = make_watch(interval=10, longest=60)
    watch.look()
    simulator.configure(sites_down=("site-2",))
    [event] = watch.look()
    assert (event["type"], event["is_reachable"], event["error"]["category"]) == ("service", False, "unreachable")
    delays = [watch.delay]
    for _time in range(4):
        assert watch.look() == []
        delays.append(watch.delay)
    assert delays == [20, 40, 60, 60, 60]
    simulator.configure(sites_down=())
    assert watch.look()[0] == {"type": "service", "is_reachable": True, "error": None}
    assert watch.delay == 10


def test_a_session_that_has_ended_is_opened_again(simulator: Simulator, make_watch: MakeWatch) -> None:
    simulator.seed(vms=1)
    watch = make_watch()
    watch.look()
    simulator.expire_sessions()
    assert watch.look() == []
    assert simulator.counters()["logins"] == 2


def test_a_refused_login_ends_the_watch_at_once(make_watch: MakeWatch) -> None:
    with pytest.raises(VcdaError, match="401"):
        make_watch(password="wrong-password").look()


def test_a_login_that_is_refused_later_is_an_event_without_secrets(simulator: Simulator, make_watch: MakeWatch) -> None:
    watch = make_watch()
    watch.look()
    simulator.expire_sessions()
    simulator.configure(admin_restricted=True)
    simulator.fault("answer", path_regex="/sessions$", method="POST", times=0, status=401, body="{}")
    [event] = watch.look()
    assert event["error"]["category"] == "authentication"
    assert "secret" not in str(event)


@pytest.mark.parametrize("path", ["/vm-replications", "/sites"])
def test_a_task_that_has_ended_is_not_lost_when_the_same_look_fails(
    simulator: Simulator, make_watch: MakeWatch, path: str
) -> None:
    [identity] = simulator.seed(vms=1).vm_ids
    watch = make_watch()
    watch.look()
    carry_out(simulator, identity, FAILOVER)
    simulator.fault("answer", path_regex=f"{path}$", method="GET", times=0, status=403, body="{}")
    assert kinds(watch.look()) == ["service"]
    assert watch.look() == []
    simulator.clear_faults()
    assert kinds(watch.look()) == ["recovery_state", "service", "task"]
    assert watch.look() == []


def test_a_task_that_ends_while_the_first_look_fails_is_told(simulator: Simulator, make_watch: MakeWatch) -> None:
    [identity] = simulator.seed(vms=1).vm_ids
    watch = make_watch()
    simulator.fault("answer", path_regex="/sites$", method="GET", times=0, status=502, body="")
    assert kinds(watch.look()) == ["service"]
    carry_out(simulator, identity, FAILOVER)
    simulator.clear_faults()
    assert "task" in kinds(watch.look())


def test_a_login_that_was_refused_is_tried_again_in_the_next_look(simulator: Simulator, make_watch: MakeWatch) -> None:
    [identity] = simulator.seed(vms=1).vm_ids
    watch = make_watch()
    watch.look()
    simulator.expire_sessions()
    simulator.fault("answer", path_regex="/sessions$", method="POST", times=0, status=401, body="{}")
    assert kinds(watch.look()) == ["service"]
    before = logins_tried(simulator)
    assert [watch.look(), watch.look()] == [[], []]
    assert logins_tried(simulator) == before + 2
    simulator.clear_faults()
    carry_out(simulator, identity, FAILOVER)
    assert kinds(watch.look()) == ["recovery_state", "service", "task"]
    assert watch.delay == 60


def logins_tried(simulator: Simulator) -> int:
    return len([entry for entry in simulator.log if entry.path.endswith("/sessions") and entry.method == "POST"])


def test_how_a_source_is_can_be_seen(
    simulator: Simulator, make_watch: MakeWatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    watch = make_watch(heartbeat=300, interval=100, longest=100)
    looks = []
    for _time in range(5):
        looks.append(watch.look())
        simulator.clock.sleep(100)
    assert [kinds(events) for events in looks] == [[], [], [], ["source"], []]
    assert looks[3][0]["failed_looks"] == 0
    assert looks[3][0]["last_success"] is not None
    simulator.configure(sites_down=("site-2",))
    lost = watch.look()[0]
    assert (lost["failed_looks"], lost["last_success"][:4]) == (1, looks[3][0]["last_success"][:4])
    assert watch.look() == []
    simulator.configure(sites_down=())
    watch.look()
    assert [record.levelname for record in caplog.records if record.name == "opendr.vcda.replications"] == [
        "WARNING",
        "WARNING",
        "INFO",
    ]


HOUR_MS = 3_600_000


@pytest.mark.parametrize("ahead_ms", [1, HOUR_MS, 75 * 365 * 24 * HOUR_MS])
def test_a_task_that_ends_in_the_future_hides_no_other(
    simulator: Simulator, make_watch: MakeWatch, tasks: Tasks, ahead_ms: int
) -> None:
    watch = make_watch()
    watch.look()
    told = []
    for nth in range(6):
        simulator.clock.sleep(60)
        tasks.documents.append(ended(nth, tasks.now_ms() + (ahead_ms if nth == 2 else 0)))
        told.append([event["task"]["id"] for event in watch.look()])
    assert told == [[task_document(nth)["id"]] for nth in range(6)]


@pytest.mark.parametrize("shift_ms", [-HOUR_MS, -1000, 1000, HOUR_MS])
def test_a_clock_that_is_set_right_hides_no_task_and_tells_none_twice(
    simulator: Simulator, make_watch: MakeWatch, tasks: Tasks, shift_ms: int
) -> None:
    watch = make_watch()
    watch.look()
    told = []
    for nth in range(6):
        simulator.clock.sleep(60)
        tasks.shift_ms = shift_ms if nth > 2 else 0
        tasks.documents.append(ended(nth, tasks.now_ms() + tasks.shift_ms - 100))
        told.append([event["task"]["id"] for event in watch.look()])
    assert told == [[task_document(nth)["id"]] for nth in range(6)]


@pytest.mark.parametrize("late_ms", [0, 1, 1000, 100_000, -1000])
@pytest.mark.parametrize("gateway_ahead_ms", [0, 60_000])
def test_a_task_that_appears_late_is_told(
    simulator: Simulator, make_watch: MakeWatch, tasks: Tasks, late_ms: int, gateway_ahead_ms: int
) -> None:
    """The other site may be behind, a gateway ahead, and two tasks may end in the same millisecond."""
    tasks.shift_ms = gateway_ahead_ms
    tasks.documents.append(ended(100, tasks.now_ms() - 1000))
    watch = make_watch()
    assert watch.look() == []
    told = []
    for nth in range(6):
        simulator.clock.sleep(60)
        tasks.documents.append(ended(nth, tasks.now_ms() - 100_000 * (nth % 2)))
        told.append([event["task"]["id"] for event in watch.look()])
        tasks.documents.append(ended(10 + nth, tasks.documents[-1]["endTime"] - late_ms))
        told.append([event["task"]["id"] for event in watch.look()])
    assert told == [[task_document(nth)["id"]] for one in range(6) for nth in (one, 10 + one)]


def test_a_task_without_an_end_time_is_told_once(simulator: Simulator, make_watch: MakeWatch, tasks: Tasks) -> None:
    tasks.documents.append(ended(0, None))
    watch = make_watch()
    assert watch.look() == []
    tasks.documents.append(ended(1, None))
    assert [event["task"]["id"] for event in watch.look()] == [task_document(1)["id"]]
    simulator.clock.sleep(3600)
    assert watch.look() == []


def test_the_environment_stands_in_for_what_the_rulebook_does_not_say() -> None:
    environment = {"VCDA_HOSTNAME": "there", "VCDA_PORT": "8443", "VCDA_VALIDATE_CERTS": "no", **PEER}
    environment["VCDA_OPERATION_ID"] = "watch-1"
    params = connection_params({"hostname": "here", "request_timeout": "5", "interval": 1}, environment)
    assert (params["hostname"], params["port"], params["validate_certs"]) == ("here", 8443, False)
    assert params["request_timeout"] == 5.0
    assert params["extend_sites"][0]["site"] == "site-1"
    assert params["operation_id"] == "watch-1"
    assert "interval" not in params


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_what_is_blank_is_not_set(blank: str) -> None:
    options = connection_options()
    environment = {option["env"]: blank for option in options.values() if "env" in option}
    environment.update(dict.fromkeys(PEER_ENVIRONMENT.values(), blank))
    params = connection_params(dict.fromkeys(options, blank), environment)
    assert params == {**{name: option.get("default") for name, option in options.items()}, "extend_sites": []}


def test_a_password_of_digits_stays_a_text() -> None:
    assert connection_params({**OPTIONS, "password": 123456}, {})["password"] == "123456"


@pytest.mark.parametrize("arguments", [{"port": "many"}, {"port": math.inf}, {"request_timeout": []}])
def test_an_option_that_cannot_be_used_is_named(arguments: dict[str, Any]) -> None:
    with pytest.raises(VcdaError, match=next(iter(arguments))):
        connection_params(arguments, {})


@pytest.mark.parametrize("value", ["soon", -1, {}, "nan", "inf", math.inf, math.nan, 10**400])
def test_an_interval_is_a_number(value: Any) -> None:
    assert number("interval", None, 60) == number("interval", " ", 60) == 60
    with pytest.raises(VcdaError, match="interval"):
        number("interval", value, 60)


class Listener(Guard):
    """A guard that only listens."""

    def __init__(self) -> None:
        self.held: list[str | None] = []

    def hold(self, token: str | None) -> None:
        self.held.append(token)


def test_the_guard_knows_every_session_before_it_is_used(simulator: Simulator) -> None:
    guard, used = Listener(), []

    def watch(_site: str, request: Any, _response: Any) -> None:
        if request.path == "/sites":
            used.append((request.headers["x-vcav-auth"], guard.held[-1]))

    simulator.observers.append(watch)
    connection = Connection.from_params(connection_params(OPTIONS, PEER))
    clock: Any = simulator.clock
    with GuardedClient(connection, guard, clock=clock, adapter=InProcessAdapter(simulator)) as client:
        client.get_array("/sites")
        simulator.expire_sessions()
        client.get_array("/sites")
    first, refused, renewed = used
    assert first[0] == first[1] == refused[0]
    assert renewed[0] == renewed[1] != first[0]
    assert guard.held == [first[0], renewed[0], None]
