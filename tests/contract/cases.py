# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers in API version 4.7: good ones, and wrong ones with a text that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .examples import CALLS, ERROR, PAGE, TASK, VAPP_ID, VM_ID, VM_REPLICATION, Call

OPEN_OBJECTS = {"sourceReconfigure", "destinationReconfigure"}
JSON = {"Content-Type": "application/json;charset=UTF-8"}
RECOVERY = {"recoveryState": "NOT_STARTED", "type": "vcd"}
REPLICATION = {**VM_REPLICATION, "destinationState": {**VM_REPLICATION["destinationState"], "recoveryInfo": RECOVERY}}
SUCCEEDED = {**TASK, "state": "SUCCEEDED", "endTime": 1763900000000, "progress": 100}
FAILED = {**SUCCEEDED, "state": "FAILED", "error": ERROR}
PAGE_OF_ONE = {"items": [REPLICATION], "offset": 0, "limit": 100, "total": 1}

FAILOVER = CALLS["vm_replication_failover"]
BODY = FAILOVER.body
LISTING = CALLS["vm_replications_list"]
WRONG_REQUESTS = [
    ("undocumented path", Call("GET", "/replications"), "GET /replications: the path is not documented in 4.7"),
    ("invented cleanup", Call("POST", f"/vm-replications/{VM_ID}/failover-test-cleanup"), "the path is not documented"),
    ("missing slash", Call("PATCH", f"/vm-replications/{VM_ID}chown", body={}), "path: $: "),
    ("empty id", Call("GET", "/vm-replications/"), "the path is not documented"),
    ("undocumented method", Call("PUT", f"/vm-replications/{VM_ID}"), "the method is not documented in 4.7"),
    ("id of the other kind", Call("GET", f"/vm-replications/{VAPP_ID}"), "vm_replication_get request: path: $: "),
    ("task id that is no UUID", Call("GET", "/tasks/1"), "task_get request: path: $: "),
    ("undocumented parameter", replace(LISTING, query=[*PAGE, ("desc", "true")]), "query desc is not documented"),
    ("repeated parameter", replace(LISTING, query=[*PAGE, *PAGE[:1]]), "query offset is given more than once"),
    (
        "letters for a number",
        replace(LISTING, query=[("limit", "many")]),
        'query limit: $: "many" is not of type "integer"',
    ),
    ("limit below one", replace(LISTING, query=[("limit", "0")]), "query limit: $: 0 is less than the minimum of 1"),
    ("unknown site type", replace(LISTING, query=[("sourceSiteType", "cloud")]), 'query sourceSiteType: $: "cloud"'),
    ("state in small letters", replace(CALLS["tasks_list"], query=[("state", "running")]), "query state: $: "),
    (
        "header out of place",
        replace(FAILOVER, headers={"On-Prem-Auth": "a"}),
        "header on-prem-auth is not documented here",
    ),
    (
        "media type of another product",
        replace(FAILOVER, headers={"Accept": "application/xml"}),
        "header accept asks for",
    ),
    ("body of another type", replace(FAILOVER, headers={"Content-Type": "text/plain"}), "of the media type text/plain"),
    ("no body", replace(FAILOVER, body=None), "the body is missing"),
    ("body where none belongs", replace(CALLS["vm_replication_reverse"], body={}), "a body is not documented"),
    ("body that is a list", replace(FAILOVER, body=[]), "body $: "),
    (
        "undocumented key",
        replace(FAILOVER, body=BODY | {"sync": True}),
        "body $: Unevaluated properties are not allowed",
    ),
    ("key of a vApp", replace(FAILOVER, body=BODY | {"instanceMap": {}}), "'instanceMap' was unexpected"),
    ("no type", replace(FAILOVER, body={"powerOn": True}), "body $: "),
    ("unknown type", replace(FAILOVER, body={"type": "cloud"}), "is not valid under any of the schemas"),
    (
        "wrong type of a value",
        replace(FAILOVER, body=BODY | {"powerOn": "yes"}),
        '$.powerOn: "yes" is not of type "boolean"',
    ),
    (
        "key of the login",
        replace(CALLS["session_extend"], body={"type": "credentials", "site": "b", "vcdUser": "c"}),
        "vcdUsername",
    ),
    (
        "sync with an instance",
        replace(CALLS["vm_replication_test"], body={"type": "vcloud", "sync": True, "instanceId": "a"}),
        "body $: ",
    ),
    ("name that is no owner", replace(CALLS["vm_replication_chown"], body={"owner": "tenant-1"}), "body $.owner: "),
]

GOOD_ANSWERS = [
    ("vm_replication_get", 200, REPLICATION),
    ("vm_replications_list", 200, PAGE_OF_ONE),
    ("vm_replication_failover", 202, TASK),
    ("vm_replication_failover", 202, SUCCEEDED | {"resultType": "SingleVmReplicationInfo", "result": REPLICATION}),
    ("vm_replication_failover", 202, SUCCEEDED),
    ("vm_replication_failover", 202, FAILED),
    ("vm_replication_failover", 409, ERROR | {"code": "SimulatorWrongState"}),
    ("vm_replication_stop", 202, SUCCEEDED | {"result": None}),
    ("tasks_list", 200, {"items": [TASK, SUCCEEDED, FAILED], "offset": 0, "limit": 100, "total": 3}),
    ("session_delete", 204, None),
    ("vm_replication_get", 500, ERROR),
    ("vm_replication_get", 404, ERROR | {"code": "SiteNotFound"}),
    ("vm_replication_get", 406, None),
]

WRONG_ANSWERS = [
    ("undocumented status", "vm_replication_get", 201, REPLICATION, "the status is not documented"),
    ("no body", "vm_replication_get", 200, None, "the body is missing"),
    ("body with 204", "session_delete", 204, {}, "a body is not documented"),
    ("list for an object", "vm_replication_get", 200, [REPLICATION], "body $: "),
    ("object for a list", "sites_list", 200, PAGE_OF_ONE, "body $: "),
    ("bare list for a page", "vm_replications_list", 200, [REPLICATION], "body $: "),
    ("text for a number", "vm_replication_get", 200, REPLICATION | {"lastUpdated": "now"}, "body $.lastUpdated: "),
    (
        "wrong item",
        "vm_replications_list",
        200,
        PAGE_OF_ONE | {"items": [REPLICATION | {"isPaused": None}]},
        "$.items[0].isPaused",
    ),
    ("unknown health", "vm_replication_get", 200, REPLICATION | {"overallHealth": "BLUE"}, "$.overallHealth"),
    (
        "missing field",
        "vm_replication_get",
        200,
        {**REPLICATION, "source": {}},
        '$.source: "site" is a required property',
    ),
    ("result too early", "vm_replication_failover", 202, TASK | {"result": REPLICATION}, "$.result"),
    ("end too early", "vm_replication_failover", 202, TASK | {"endTime": 5}, "$.endTime"),
    ("unknown state", "task_get", 200, TASK | {"state": "ABORTED"}, "$.state"),
    ("failure without error", "task_get", 200, FAILED | {"error": None}, "$.error"),
    ("error in a success", "task_get", 200, SUCCEEDED | {"error": ERROR}, "$.error"),
    ("result of the other kind", "vapp_replication_failover", 202, SUCCEEDED | {"result": REPLICATION}, "$.result"),
    ("result of a stop", "vm_replication_stop", 202, SUCCEEDED | {"result": REPLICATION}, "$.result"),
    ("invented code", "vm_replication_get", 404, ERROR | {"code": "ReplicationNotFound"}, "$.code"),
    ("code of another status", "vm_replication_get", 401, ERROR | {"code": "Forbidden"}, "$.code"),
    (
        "login without a token",
        "session_login",
        200,
        {"roles": [], "user": "a", "authenticatedSites": []},
        "header x-vcav-auth is missing",
    ),
]


def planted(body: Any, key: str = "") -> Iterator[Any]:
    """Yield the body with an undocumented key in each of its objects in turn."""
    if isinstance(body, dict):
        if key not in OPEN_OBJECTS:
            yield {**body, "undocumented": 1}
        for name, value in body.items():
            for changed in planted(value, name):
                yield {**body, name: changed}
    elif isinstance(body, list):
        for index, value in enumerate(body):
            for changed in planted(value):
                yield [*body[:index], changed, *body[index + 1 :]]
