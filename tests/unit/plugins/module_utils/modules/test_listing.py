# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: which requests the filters become, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.modules.listing import describe_instance, list_replications
from ansible_collections.opendr.vcda.plugins.module_utils.modules.sites import list_sites
from ansible_collections.opendr.vcda.plugins.module_utils.modules.tasks import list_tasks
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.tests.unit.calls import VAPPS, VMS, by_resource, listing, paged
from ansible_collections.opendr.vcda.tests.unit.documents import (
    api_error,
    page,
    task,
    task_id,
    vapp,
    vapp_id,
    vm,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    NOW_MS,
    TOKEN,
    FakeService,
    ManualClock,
    Reply,
    Sent,
    ok,
)

Read = Callable[..., dict[str, Any]]
SITE = {"site": "site-2", "isLocal": True, "apiUrl": "https://site-2.test", "state": {}}


@pytest.fixture
def read(service: FakeService, clock: ManualClock) -> Read:
    """Run a reading module in a session of somebody else."""

    def new_client(connection: Connection, **options: Any) -> Client:
        return Client(connection, clock=clock, adapter=service, **options)

    def run(function: Callable[[Context], dict[str, Any]], **params: Any) -> dict[str, Any]:
        known = {"hostname": HOST, "session_token": TOKEN, "api_version": "4.7", "max_concurrent": 1}
        return function(Context({**known, **params}, new_client=new_client))

    return run


@pytest.mark.parametrize(
    ("kind", "params", "query"),
    [
        (VM, {}, {}),
        (
            VM,
            {"owner": "tenant-1@site-1", "source_site": "site-1", "vm_name_contains": "db-", "vm_id": "vm-1"},
            {"owner": "tenant-1@site-1", "sourceSite": "site-1", "vmName": "db-", "vmId": "vm-1"},
        ),
        (VM, {"vm_names": ["web-01"]}, {"vmName": "web-01"}),
        (VM, {"vm_names": ["web-01"], "vm_name_contains": "web"}, {"vmName": "web"}),
        (VM, {"vm_names": ["web-01", "web-02"]}, {}),
        (VAPP, {"vapp_name_contains": "sh", "destination_site_type": "vcloud", "vapp_id": "v"}, None),
    ],
)
def test_filters_become_parameters(
    service: FakeService, read: Read, kind: Any, params: dict[str, Any], query: dict[str, str] | None
) -> None:
    asked = {"vappName": "sh", "destinationSiteType": "vcloud", "vappId": "v"} if query is None else query
    service.expect("GET", kind.path, ok(page([])), query=paged(asked))
    result = read(list_replications(kind), **params)
    assert (result["changed"], result[kind.results]) == (False, [])


def test_a_name_is_the_whole_name(service: FakeService, read: Read) -> None:
    found = [vm(1, vmName="db"), vm(2, vmName="db-2"), vm(3, vmName="db")]
    service.expect("GET", VMS, ok(page(found)), query=paged({"vmName": "db"}))
    result = read(list_replications(VM), vm_names=["db"])
    assert [item["id"] for item in result["vm_replications"]] == [vm_id(1), vm_id(3)]
    assert result["msg"] == "2 VM replications match."


def test_ids_are_shown_as_asked_without_those_that_are_not_there(service: FakeService, read: Read) -> None:
    listing(service, [vm(1), vm(2)], ids=[vm_id(2), vm_id(3), vm_id(1)])
    result = read(list_replications(VM), vm_replication_ids=[vm_id(2), vm_id(3), vm_id(1)])
    assert [item["id"] for item in result["vm_replications"]] == [vm_id(2), vm_id(1)]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"vm_replication_ids": []}, "vm_replication_ids: the list is empty"),
        ({"vm_names": []}, "vm_names: the list is empty"),
        ({"vm_replication_ids": [vm_id(1)], "owner": "tenant-1@site-1"}, "leave the other filters out"),
        ({"vm_replication_ids": [vm_id(1)], "vm_names": ["db"]}, "leave the other filters out"),
        ({"vm_replication_ids": [vapp_id(1)]}, "is not of the form C4-"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_read(read: Read, params: dict[str, Any], words: str) -> None:
    result = read(list_replications(VM), **params)
    assert result["failed"] is True
    assert result["error"]["category"] == "invalid_request"
    assert words in result["msg"]


@pytest.mark.parametrize(
    "damaged", [None, "text", {}, {"id": vm_id(9), "source": 7}, {**vm(9), "destinationState": []}]
)
@pytest.mark.parametrize("names", [None, ["web-01", "web-09"]])
def test_one_damaged_object_of_a_list_is_named_and_the_others_are_shown(
    service: FakeService, read: Read, damaged: Any, names: list[str] | None
) -> None:
    service.expect("GET", VMS, ok(page([vm(1), damaged])), query=paged())
    result = read(list_replications(VM), vm_names=names)
    assert [one["id"] for one in result["vm_replications"]] == [vm_id(1)]
    (unreadable,) = result["unreadable"]
    assert unreadable["error"]["code"] == "MALFORMED_ANSWER"
    assert result["msg"] == "1 VM replication matches. 1 cannot be read."
    (warning,) = result["warnings"]
    assert "is left out" in warning


def test_a_damaged_object_of_another_name_is_not_asked_for(service: FakeService, read: Read) -> None:
    service.expect("GET", VMS, ok(page([vm(1), {**vm(9), "source": 7}])), query=paged({"vmName": "web-01"}))
    assert "warnings" not in read(list_replications(VM), vm_names=["web-01"])


def test_a_damaged_one_that_was_asked_for_by_id_is_named(service: FakeService, read: Read) -> None:
    listing(service, [vm(1), {**vm(2), "source": 7}])
    result = read(list_replications(VM), vm_replication_ids=[vm_id(1), vm_id(2)])
    assert [one["id"] for one in result["vm_replications"]] == [vm_id(1)]
    assert [one["id"] for one in result["unreadable"]] == [vm_id(2)]


def test_the_vms_of_a_vapp_and_their_instances(service: FakeService, read: Read) -> None:
    service.expect("GET", VAPPS, ok(page([vapp([vm(1), vm(2)])])), query=paged({"vappName": "shop"}))
    old, new = ({"key": f"replica-{number}", "timestamp": NOW_MS - number * 1000} for number in (90, 30))
    service.expect("GET", f"{VMS}/{vm_id(1)}/instances", ok([old, new]))
    service.expect("GET", f"{VMS}/{vm_id(2)}/instances", ok([]))
    (shop,) = read(list_replications(VAPP), vapp_names=["shop"], instances=True)["vapp_replications"]
    first, second = shop["children"]
    assert (first["id"], second["id"]) == (vm_id(1), vm_id(2))
    assert [(one["key"], one["age"]) for one in first["instances"]] == [("replica-30", 30), ("replica-90", 90)]
    assert second["instances"] == []


@pytest.mark.parametrize("kind", [VM, VAPP])
def test_since_when_tests_have_been_running(service: FakeService, read: Read, kind: Any) -> None:
    tested, other = vm(1, "TEST", vappReplicationId=None), vm(2)
    documents = [tested, other] if kind is VM else [vapp([tested, other])]
    service.expect("GET", kind.path, ok(page(documents)), query=paged())
    by_resource(service, [task(1, "SUCCEEDED", kind="failoverTest", started=NOW_MS - 80_000)])
    listed = read(list_replications(kind), tests=True)[kind.results]
    first, second = listed if kind is VM else listed[0]["children"]
    assert (first["test"]["age"], second["test"]) == (60, None)


@pytest.mark.parametrize("kind", [VM, VAPP])
@pytest.mark.parametrize(("count", "requests", "unread"), [(8, 8, 0), (98, 100, 0), (99, 100, 1), (180, 100, 82)])
def test_tests_take_at_most_so_many_requests(
    service: FakeService, read: Read, kind: Any, count: int, requests: int, unread: int
) -> None:
    vms = [vm(number, "TEST", vappReplicationId=None) for number in range(1, count + 1)]
    asked = []

    def answer_reads(sent: Sent) -> Reply:
        if sent.path != "/tasks":
            whole = vms if kind is VM else [vapp(vms)]
            offset = int(sent.query["offset"])
            return ok(page(whole[offset : offset + 100], total=len(whole)))
        asked.append(sent)
        mine = [one for one in vms if one["id"] == sent.query.get("resourceId")]
        return ok(page([task(1, "SUCCEEDED", kind="failoverTest", resource=one["id"]) for one in mine]))

    service.answer_reads(answer_reads)
    result = read(list_replications(kind), tests=True)
    listed = result[kind.results] if kind is VM else result[kind.results][0]["children"]
    assert len(asked) == requests
    assert sum(one["test"] is None for one in listed) == unread
    assert len(result.get("warnings", [])) == (1 if unread else 0)
    assert not unread or "more than 100 requests" in result["warnings"][0]


@pytest.mark.parametrize(
    ("timestamp", "time", "age"),
    [
        (NOW_MS - 61_500, "2026-05-28T20:25:38.500Z", 61),
        (NOW_MS + 5000, "2026-05-28T20:26:45.000Z", 0),
        (None, None, None),
        ("soon", None, None),
    ],
)
def test_the_age_of_an_instance(timestamp: Any, time: str | None, age: int | None) -> None:
    described = describe_instance({"key": "replica-1", "timestamp": timestamp, "isPinned": True}, NOW_MS)
    assert (described["time"], described["age"], described["is_pinned"]) == (time, age, True)


def test_tasks_by_time_and_lists(service: FakeService, read: Read) -> None:
    asked = {
        "state": "FAILED",
        "startTimeAfter": 1777593600000,
        "ids": f"{task_id(1)},{task_id(2)}",
        "resourceType": "vmReplication",
        "sort": "startTime",
    }
    failed = task(1, "FAILED", error=api_error("NoSpace", "The datastore is full.", "ds-1"))
    service.expect("GET", "/tasks", ok(page([failed, task(2, "FAILED")])), query=paged(asked))
    result = read(
        list_tasks,
        state="FAILED",
        started_after="2026-05-01T00:00:00Z",
        task_ids=[task_id(1), task_id(2)],
        resource_types=["vmReplication"],
        sort=["startTime"],
        max_tasks=1,
    )
    (only,) = result["tasks"]
    assert only["error"] == {"code": "NoSpace", "message": "The datastore is full.", "args": ["ds-1"]}
    assert (only["resource_id"], only["user"], only["result"]) == (vm_id(1), "operator@tenant-1", None)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"task_ids": []}, "task_ids: the list is empty"),
        ({"task_ids": [task_id(1), "all"]}, "task_ids: 'all' is not a UUID"),
        ({"task_ids": [task_id(1) + "\n"]}, "is not a UUID"),
        ({"max_tasks": 0}, "max_tasks: 0 is less than 1"),
        ({"max_tasks": -3}, "max_tasks: -3 is less than 1"),
        ({"sort": []}, "sort: the list is empty"),
        ({"started_after": "yesterday"}, "started_after: "),
    ],
)
def test_filters_of_tasks_that_make_no_sense(read: Read, params: dict[str, Any], words: str) -> None:
    assert words in read(list_tasks, **params)["msg"]


@pytest.mark.parametrize(
    ("state", "incoming", "outgoing"),
    [
        ({}, None, None),
        (None, None, None),
        (
            {"incomingCommError": {"code": "GeneralServerFailure", "msg": "Down."}},
            {"code": "GeneralServerFailure", "message": "Down."},
            None,
        ),
        ({"outgoingCommError": "Down."}, None, {"code": None, "message": "Down."}),
    ],
)
def test_a_site_is_reachable_in_both_directions_or_not(
    service: FakeService, read: Read, state: Any, incoming: Any, outgoing: Any
) -> None:
    service.expect("GET", "/sites", ok([SITE, {**SITE, "site": "site-1", "isLocal": False, "state": state}]))
    (site,) = read(list_sites, names=["site-1"])["sites"]
    assert (site["name"], site["is_local"]) == ("site-1", False)
    assert (site["incoming_error"], site["outgoing_error"]) == (incoming, outgoing)
    assert site["is_reachable"] is (incoming is None and outgoing is None)


def test_no_site_of_no_name(read: Read) -> None:
    assert "names: the list is empty" in read(list_sites, names=[])["msg"]


@pytest.mark.parametrize(
    ("sites", "words"), [([], "0 sites match."), ([SITE], "1 site matches."), ([SITE, SITE], "2 sites match.")]
)
def test_what_was_found_is_counted(service: FakeService, read: Read, sites: list[Any], words: str) -> None:
    service.expect("GET", "/sites", ok(sites))
    assert read(list_sites)["msg"] == words
