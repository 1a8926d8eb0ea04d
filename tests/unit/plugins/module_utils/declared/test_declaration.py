# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declarative modules, request by request; what they do on the whole is tested with the simulator."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.declared import creation as creation_file
from ansible_collections.opendr.vcda.plugins.module_utils.declared.declaration import declare
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_arguments import replication_options
from ansible_collections.opendr.vcda.plugins.module_utils.operation import starts
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.tests.unit.calls import TASK_TYPES, VMS, by_resource, listing, looks, paged, poll
from ansible_collections.opendr.vcda.tests.unit.documents import api_error, page, task, vapp_id, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    NOW_MS,
    TOKEN,
    FakeService,
    ManualClock,
    Reply,
    accepted,
    failure,
    ok,
    reset,
)

ONE = f"{VMS}/{vm_id()}"
SOURCE = {"type": "vm", "site": "site-1", "vm_id": "source-vm-1"}
VAPP_SOURCE = {"type": "vapp", "site": "site-1", "vapp_id": "source-vapp-1"}
DESTINATION = {"type": "vcloud", "site": "site-2", "vdc": "vdc-2"}
START_BODY = {
    "source": {"type": "vm", "site": "site-1", "vmId": "source-vm-1"},
    "destination": {"type": "vcloud", "site": "site-2", "vdc": "vdc-2"},
    "rpo": 15,
}
BY_SOURCE = paged({"vmId": "source-vm-1"})
MISSING = failure(404, "VmReplicationNotFound", "No such replication.")


def shown(rpo: int = 15, **more: Any) -> dict[str, Any]:
    return vm(settings={"rpo": rpo}, **more)


class Runner:
    """Runs a module in a session of somebody else, at a version that is known."""

    def __init__(self, service: FakeService, clock: ManualClock) -> None:
        self._new_client = partial(Client, clock=clock, adapter=service)

    def __call__(self, kind: Kind = VM, *, check_mode: bool = False, **params: Any) -> Result:
        defaults = {name: option.get("default") for name, option in replication_options(kind.name).items()}
        connection = {"hostname": HOST, "session_token": TOKEN, "api_version": "4.7"}
        context = Context({**defaults, **connection, **params}, check_mode, self._new_client)
        result = declare(kind)(context)
        assert context.client
        context.client.executor.shutdown(wait=True)
        return result


@pytest.fixture
def run(service: FakeService, clock: ManualClock) -> Runner:
    return Runner(service, clock)


def test_reconfigure(service: FakeService, run: Runner) -> None:
    listing(service, [shown()])
    looks(service)
    service.expect("PATCH", ONE, accepted(task(kind="reconfigure")), body={"rpo": 60})
    poll(service, [task(state="SUCCEEDED", kind="reconfigure")])
    listing(service, [shown(60)])
    result = run(vm_replication_ids=[vm_id()], rpo=60)
    item = result["vm_replications"][0]
    assert (result["changed"], item["decision"], item["task"]["state"]) == (True, "act", "SUCCEEDED")
    assert result["diff"] == [
        {
            "before_header": f"web-01 ({vm_id()})",
            "after_header": f"web-01 ({vm_id()})",
            "before": {"state": "present", "rpo": 15},
            "after": {"state": "present", "rpo": 60},
        }
    ]
    assert result["msg"] == "Reconfigure: 1 changed, 0 already done, 0 failed."


def test_nothing_to_do_is_one_read(service: FakeService, run: Runner) -> None:
    listing(service, [shown(60)])
    result = run(vm_replication_ids=[vm_id()], rpo=60, paused=False, owner="tenant-1@site-2")
    assert (result["changed"], result["diff"]) == (False, [])


def test_check_mode_reads_only(service: FakeService, run: Runner) -> None:
    listing(service, [shown()])
    looks(service)
    result = run(vm_replication_ids=[vm_id()], rpo=60, check_mode=True)
    assert (result["changed"], result["diff"][0]["after"]) == (True, {"state": "present", "rpo": 60})
    assert set(service.methods()) == {"GET"}


def test_pause_has_no_body(service: FakeService, run: Runner) -> None:
    listing(service, [shown()])
    looks(service)
    service.expect("POST", f"{ONE}/pause", accepted(task(kind="pause")))
    poll(service, [task(state="SUCCEEDED", kind="pause")])
    listing(service, [shown(isPaused=True)])
    assert run(vm_replication_ids=[vm_id()], paused=True)["changed"] is True


def test_change_of_owner_has_no_task(service: FakeService, run: Runner, clock: ManualClock) -> None:
    listing(service, [shown()])
    service.expect("PATCH", f"{ONE}/chown", ok(shown(owner="a@site-1")), body={"owner": "a@site-1"})
    listing(service, [shown(owner="a@site-1")])
    result = run(vm_replication_ids=[vm_id()], owner="a@site-1")
    assert (result["changed"], result["vm_replications"][0]["task"], clock.elapsed) == (True, None, 0)


def test_lost_change_of_owner_is_settled_by_the_owner(service: FakeService, run: Runner) -> None:
    listing(service, [shown()])
    service.expect("PATCH", f"{ONE}/chown", reset(), body={"owner": "a@site-1"})
    service.expect("GET", ONE, ok(shown(owner="a@site-1")))
    listing(service, [shown(owner="a@site-1")])
    assert run(vm_replication_ids=[vm_id()], owner="a@site-1")["changed"] is True


def test_start(service: FakeService, run: Runner) -> None:
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("POST", VMS, accepted(task(kind="start")), body=START_BODY, headers={"On-Prem-Auth": "secret-1"})
    poll(service, [task(state="SUCCEEDED", kind="start", result={"id": vm_id()})])
    service.expect("GET", ONE, ok(shown()))
    result = run(source=SOURCE, destination=DESTINATION, rpo=15, on_prem_auth="secret-1")
    item = result["vm_replications"][0]
    assert (item["id"], item["before"], item["after"]["settings"]) == (vm_id(), None, {"rpo": 15})
    assert result["msg"] == "Start: 1 changed, 0 already done, 0 failed."
    assert all("On-Prem-Auth" not in sent.headers for sent in service.sent if sent.method == "GET")
    posted = next(sent for sent in service.sent if sent.method == "POST")
    assert posted.headers["operationID"].startswith("opendr.vcda-")


def test_start_that_is_there_is_not_sent(service: FakeService, run: Runner) -> None:
    service.expect("GET", VMS, ok(page([shown(), vm(2, vmId="source-vm-10")])), query=BY_SOURCE)
    by_resource(service, [])
    result = run(source=SOURCE, destination=DESTINATION, rpo=15)
    assert (result["changed"], len(result["vm_replications"])) == (False, 1)


@pytest.fixture
def operation_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the start have the operation id operation-1, and the id that nothing bears be no-operation."""
    monkeypatch.setattr(starts, "new_operation_id", lambda _own: "operation-1")
    monkeypatch.setattr(creation_file, "new_operation_id", lambda: "no-operation")


def lost_start(service: FakeService, unknown: Reply, known: Reply | None = None) -> None:
    """Announce a start whose answer is lost, and the look for it by its operation id."""
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("POST", VMS, reset(), body=START_BODY, headers={"operationID": "operation-1"})
    service.expect("GET", "/tasks", unknown, query=paged({"operationID": "no-operation"}))
    if known:
        service.expect("GET", "/tasks", known, query=paged({"operationID": "operation-1"}))


@pytest.mark.usefixtures("operation_ids")
def test_lost_start_is_found_by_its_operation_id(service: FakeService, run: Runner) -> None:
    lost_start(service, ok(page([])), ok(page([task(kind="start")])))
    poll(service, [task(state="SUCCEEDED", kind="start")])
    service.expect("GET", ONE, ok(shown()))
    assert run(source=SOURCE, destination=DESTINATION, rpo=15)["changed"] is True


@pytest.mark.usefixtures("operation_ids")
@pytest.mark.parametrize(
    ("unknown", "known"),
    [
        (failure(400, "BadUserInput"), None),
        (ok(page([task(7, kind="start")])), None),
        (ok(page([])), ok(page([task(7, kind="failover")]))),
        (ok(page([])), ok(page([]))),
    ],
    ids=["filter refused", "filter ignored", "another verb", "no task"],
)
def test_where_the_operation_id_tells_nothing_the_source_does(
    service: FakeService, run: Runner, unknown: Reply, known: Reply | None
) -> None:
    lost_start(service, unknown, known)
    service.expect("GET", VMS, ok(page([shown()])), query=BY_SOURCE)
    service.expect("GET", "/tasks", ok(page([task(kind="start")])), query=paged({"resourceId": vm_id()}))
    poll(service, [task(state="SUCCEEDED", kind="start")])
    service.expect("GET", ONE, ok(shown()))
    assert run(source=SOURCE, destination=DESTINATION, rpo=15)["changed"] is True


def nothing_by_operation(service: FakeService) -> None:
    """Announce another look by the operation id that finds nothing."""
    for operation_id in ("no-operation", "operation-1"):
        service.expect("GET", "/tasks", ok(page([])), query=paged({"operationID": operation_id}))


@pytest.mark.usefixtures("operation_ids")
@pytest.mark.parametrize(
    ("recent", "visible"),
    [(task(7, kind="start", resource=vm_id(7)), []), (task(7, kind="mystery", resource=vm_id(7)), [])],
    ids=["start", "unknown type"],
)
def test_start_that_does_not_show_yet_may_be_the_lost_one(
    service: FakeService, run: Runner, recent: Any, visible: Any
) -> None:
    lost_start(service, ok(page([])), ok(page([])))
    for look in range(5):
        if look:
            nothing_by_operation(service)
        service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
        service.expect("GET", "/tasks", ok(page([recent])), query=paged({"resourceType": TASK_TYPES}))
        listing(service, visible, [vm_id(7)])
    result = run(source=SOURCE, destination=DESTINATION, rpo=15)
    assert result["error"]["category"] == "unknown_outcome"
    assert result["error"]["operation_id"] == "operation-1"
    assert result["changed"] is False


@pytest.mark.usefixtures("operation_ids")
def test_start_that_shows_a_little_later_is_the_lost_one(service: FakeService, run: Runner) -> None:
    lost_start(service, ok(page([])), ok(page([])))
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("GET", "/tasks", ok(page([task(kind="start")])), query=paged({"resourceType": TASK_TYPES}))
    listing(service, [], [vm_id()])
    nothing_by_operation(service)
    service.expect("GET", VMS, ok(page([shown()])), query=BY_SOURCE)
    service.expect("GET", "/tasks", ok(page([task(kind="start")])), query=paged({"resourceId": vm_id()}))
    poll(service, [task(state="SUCCEEDED", kind="start")])
    service.expect("GET", ONE, ok(shown()))
    assert run(source=SOURCE, destination=DESTINATION, rpo=15)["changed"] is True


@pytest.mark.usefixtures("operation_ids")
def test_lost_start_is_sent_again_once_it_is_proven_absent(service: FakeService, run: Runner) -> None:
    earlier = task(8, kind="start", resource=vm_id(8), started=1)
    others = [
        task(7, kind="start", resource=vm_id(7)),
        task(6, kind="sync", resource=vm_id(6)),
        task(5, kind="start", resource=vapp_id(5)),
        earlier,
    ]
    lost_start(service, ok(page([])), ok(page([])))
    for look in range(5):
        if look:
            nothing_by_operation(service)
        service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
        service.expect("GET", "/tasks", ok(page(others)), query=paged({"resourceType": TASK_TYPES}))
        listing(service, [vm(7)], [vm_id(7)])
    service.expect(
        "POST", VMS, accepted(task(kind="start", state="SUCCEEDED", result={"id": vm_id()})), body=START_BODY
    )
    service.expect("GET", ONE, ok(shown()))
    assert run(source=SOURCE, destination=DESTINATION, rpo=15)["changed"] is True


def test_new_replication_may_show_a_little_late(service: FakeService, run: Runner) -> None:
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("POST", VMS, accepted(task(kind="start", state="SUCCEEDED")), body=START_BODY)
    service.expect("GET", ONE, MISSING)
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("GET", ONE, ok(shown()))
    assert "failed" not in run(source=SOURCE, destination=DESTINATION, rpo=15)


def test_new_replication_that_never_shows_is_an_error(service: FakeService, run: Runner) -> None:
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("POST", VMS, accepted(task(kind="start", state="SUCCEEDED")), body=START_BODY)
    for _read in range(5):
        service.expect("GET", ONE, MISSING)
        service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    result = run(source=SOURCE, destination=DESTINATION, rpo=15)
    assert (result["error"]["code"], result["changed"]) == ("STATE_NOT_REACHED", True)


@pytest.mark.parametrize(
    ("kind", "state", "seconds", "outcome"),
    [
        ("start", "SUCCEEDED", -600, ("act", "AlreadyThere")),
        ("start", "SUCCEEDED", -10, ("done", None)),
        ("start", "SUCCEEDED", 5, ("done", None)),
        ("start", "FAILED", 5, ("act", "AlreadyThere")),
        ("sync", "SUCCEEDED", 5, ("act", "AlreadyThere")),
        ("createInstance", "SUCCEEDED", 5, ("act", "AlreadyThere")),
    ],
)
def test_start_that_fails_is_forgiven_if_another_one_has_led_there(
    service: FakeService, run: Runner, kind: str, state: str, seconds: int, outcome: tuple[str, str | None]
) -> None:
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    failed = task(kind="start", state="FAILED", resource=vm_id(9), error=api_error("AlreadyThere", "It is there."))
    service.expect("POST", VMS, accepted(failed), body=START_BODY)
    service.expect("GET", f"{VMS}/{vm_id(9)}", MISSING)
    service.expect("GET", VMS, ok(page([shown()])), query=BY_SOURCE)
    other = task(2, state, kind=kind, resource=vm_id(1), started=NOW_MS + seconds * 1000)
    service.expect("GET", "/tasks", ok(page([other])), query=paged({"resourceId": vm_id(1)}))
    result = run(source=SOURCE, destination=DESTINATION, rpo=15)
    (item,) = result["vm_replications"]
    assert (item["decision"], item.get("error", {}).get("code")) == outcome
    assert result["changed"] is False
    assert bool(result["warnings"]) is (outcome[1] is None)


def test_start_that_fails_while_another_one_goes_on_waits_for_that(service: FakeService, run: Runner) -> None:
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    failed = task(kind="start", state="FAILED", resource=vm_id(9), error=api_error("AlreadyThere", "It is there."))
    service.expect("POST", VMS, accepted(failed), body=START_BODY)
    service.expect("GET", f"{VMS}/{vm_id(9)}", MISSING)
    service.expect("GET", VMS, ok(page([shown()])), query=BY_SOURCE)
    other = task(2, kind="start", resource=vm_id(1))
    service.expect("GET", "/tasks", ok(page([other])), query=paged({"resourceId": vm_id(1)}))
    poll(service, [{**other, "state": "SUCCEEDED"}])
    service.expect("GET", f"{VMS}/{vm_id(1)}", ok(shown()))
    result = run(source=SOURCE, destination=DESTINATION, rpo=15)
    assert (result["vm_replications"][0]["decision"], result.get("failed")) == ("attach", None)
    assert "AlreadyThere" in result["warnings"][0]


@pytest.mark.parametrize("rivals", [ok(page([])), failure(403, "Forbidden")], ids=["nobody", "not to be read"])
def test_refused_start_keeps_the_words_of_the_service(service: FakeService, run: Runner, rivals: Reply) -> None:
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("POST", VMS, failure(400, "BadUserInput", "No such VDC."), body=START_BODY)
    service.expect("GET", VMS, rivals, query=BY_SOURCE)
    result = run(source=SOURCE, destination=DESTINATION, rpo=15)
    assert (result["error"]["code"], result["changed"]) == ("BadUserInput", False)
    assert result["vm_replications"][0]["decision"] == "refuse"


def test_forbidden_start_is_not_looked_for(service: FakeService, run: Runner) -> None:
    service.expect("GET", VMS, ok(page([])), query=BY_SOURCE)
    service.expect("POST", VMS, failure(403, "Forbidden", "Not for you."), body=START_BODY)
    assert run(source=SOURCE, destination=DESTINATION, rpo=15)["error"]["category"] == "authorization"


def test_two_replications_of_one_source_are_not_guessed_at(service: FakeService, run: Runner) -> None:
    service.expect("GET", VMS, ok(page([shown(), vm(2, vmId="source-vm-1")])), query=BY_SOURCE)
    assert run(source=SOURCE, destination=DESTINATION)["error"]["code"] == "AMBIGUOUS_NAME"


@pytest.mark.parametrize(
    "unreadable",
    [{"id": vm_id(), "vmId": "source-vm-1", "source": "site-1"}, {**shown(), "source": {}}],
    ids=["no object", "no site"],
)
def test_replication_of_the_source_that_cannot_be_read_is_no_reason_to_start_another(
    service: FakeService, run: Runner, unreadable: Any
) -> None:
    service.expect("GET", VMS, ok(page([unreadable])), query=BY_SOURCE)
    assert run(source=SOURCE, destination=DESTINATION)["error"]["code"] == "MALFORMED_ANSWER"


def test_replication_of_another_source_need_not_be_readable(service: FakeService, run: Runner) -> None:
    others = [{"id": vm_id(2), "vmId": "source-vm-2", "source": "site-1"}, {"vmId": "source-vm-3"}]
    service.expect("GET", VMS, ok(page([*others, shown()])), query=BY_SOURCE)
    by_resource(service, [])
    assert run(source=SOURCE, destination=DESTINATION)["changed"] is False


def test_stop(service: FakeService, run: Runner) -> None:
    listing(service, [shown()])
    looks(service)
    service.expect("DELETE", ONE, accepted(task(kind="stop")))
    poll(service, [task(state="SUCCEEDED", kind="stop")])
    listing(service, [], [vm_id()])
    service.expect("GET", ONE, MISSING)
    result = run(vm_replication_ids=[vm_id()], state="absent")
    item = result["vm_replications"][0]
    assert (result["changed"], item["id"], item["after"]) == (True, vm_id(), None)
    assert result["msg"] == "Stop: 1 changed, 0 already done, 0 failed."


def test_stop_of_what_is_not_there(service: FakeService, run: Runner) -> None:
    listing(service, [], [vm_id()])
    service.expect("GET", ONE, MISSING)
    result = run(vm_replication_ids=[vm_id()], state="absent")
    assert (result["changed"], result["vm_replications"][0]["id"]) == (False, vm_id())


def test_stop_is_no_success_while_the_replication_cannot_be_read(service: FakeService, run: Runner) -> None:
    listing(service, [shown()])
    looks(service)
    service.expect("DELETE", ONE, accepted(task(kind="stop", state="SUCCEEDED")))
    listing(service, [], [vm_id()])
    service.expect("GET", ONE, failure(403, "Forbidden", "Not for you."))
    result = run(vm_replication_ids=[vm_id()], state="absent")
    assert (result["error"]["category"], result["changed"]) == ("authorization", True)


@pytest.mark.usefixtures("operation_ids")
def test_lost_stop_is_proven_by_the_replication_that_is_gone(service: FakeService, run: Runner) -> None:
    listing(service, [shown()])
    looks(service)
    service.expect("DELETE", ONE, reset())
    service.expect("GET", "/tasks", ok(page([])), query=paged({"operationID": "operation-1"}))
    by_resource(service, [])
    service.expect("GET", ONE, MISSING)
    listing(service, [], [vm_id()])
    service.expect("GET", ONE, MISSING)
    looks(service)
    listing(service, [], [vm_id()])
    service.expect("GET", ONE, MISSING)
    assert run(vm_replication_ids=[vm_id()], state="absent")["changed"] is True


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"owner": "tenant-1"}, "owner: 'tenant-1' is not of the form"),
        ({"rpo": 0}, "rpo: 0 is less than 1"),
        ({"retention": [{"instances": 1, "distance": 1}, {"instances": 0, "distance": 1}]}, "retention.instances: 0"),
        ({"retention": [{"instances": 4, "distance": -1}]}, "retention.distance: -1 is less than 1"),
        ({"initial_sync_time": "tonight"}, "initial_sync_time: 'tonight' is neither"),
    ],
)
@pytest.mark.parametrize("target", [{"vm_replication_ids": [vm_id()]}, {"source": SOURCE, "destination": DESTINATION}])
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    service: FakeService, clock: ManualClock, target: dict[str, Any], params: dict[str, Any], words: str
) -> None:
    refuse(service, clock, VM, {**target, **params}, words)


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        (VM, {"source": {**SOURCE, "vc_uuid": "vc-1"}}, "source.vc_uuid: source.type vm does not know it"),
        (VAPP, {"source": {**VAPP_SOURCE, "vm_ids": ["vm-1"]}}, "source.vm_ids: source.type vapp does not know it"),
        (VM, {"destination": {"type": "vc", "site": "site-2", "vdc": "vdc-2"}}, "destination.vdc: destination.type vc"),
        (VM, {"destination": {"type": "vc", "site": "site-2"}, "storage_profile": "*"}, "storage_profile: destination"),
    ],
)
@pytest.mark.parametrize("api_version", ["4.0", "4.7", None])
def test_what_no_version_takes_is_refused_before_anything_is_sent(
    service: FakeService,
    clock: ManualClock,
    kind: Kind,
    params: dict[str, Any],
    words: str,
    api_version: str | None,
) -> None:
    source = SOURCE if kind is VM else VAPP_SOURCE
    refuse(
        service,
        clock,
        kind,
        {"source": source, "destination": DESTINATION, "api_version": api_version, **params},
        words,
    )


def refuse(service: FakeService, clock: ManualClock, kind: Kind, params: dict[str, Any], words: str) -> None:
    defaults = {name: option.get("default") for name, option in replication_options(kind.name).items()}
    connection = {"hostname": HOST, "username": "operator@tenant-1", "password": "secret-1"}
    context = Context({**defaults, **connection, **params}, new_client=partial(Client, clock=clock, adapter=service))
    result = declare(kind)(context)
    assert result["error"]["category"] == "invalid_request"
    assert result["msg"].startswith(words)
    assert service.sent == []
