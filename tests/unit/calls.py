# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that make up an operation, as expectations of a fake service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.tests.unit.documents import Document, page, session, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    ANY,
    TOKEN,
    Answering,
    Exchange,
    FakeService,
    Reply,
    accepted,
    ok,
)

LOGIN_BODY = {"type": "vcdCredentials", "vcdUser": "operator@tenant-1", "vcdPassword": "password-of-operator"}
# The connection options of a user without a token, and those for the other site.
CREDENTIALS = {"session_token": None, "username": "operator@tenant-1", "password": "password-of-operator"}
PEER = {"site": "site-1", "username": "operator@tenant-1", "password": "password-at-site-1"}
PEERS = {"extend_sites": [PEER]}
EXTEND_BODY = {
    "type": "credentials",
    "site": "site-1",
    "vcdUsername": "operator@tenant-1",
    "vcdPassword": "password-at-site-1",
}
TASK_TYPES = "replication,vmReplication,vappReplication"
# For as many, the tasks of each are read instead of the lists of all unfinished tasks.
FEW_RESOURCES = 2
VMS = "/vm-replications"
VAPPS = "/vapp-replications"


def paged(more: Mapping[str, Any] | None = None, offset: int = 0) -> dict[str, Any]:
    """Return the query of one page of a list."""
    return {**(more or {}), "offset": offset, "limit": 100}


def login(service: FakeService, token: str = TOKEN, body: Any = None, answer: Answering | None = None) -> None:
    """Announce a login."""
    good = Reply(200, session(), {"X-VCAV-Auth": token})
    service.expect("POST", "/sessions", answer or good, body=body or LOGIN_BODY)


def forgotten(standing: int) -> VcdaError:
    """Return the error of a call that a site refused because it does not know the session.

    :param standing: of the session with which the call was sent
    """
    error = VcdaError("No.", category="remote_authentication", code="RemoteAuthenticationFailure", http_status=401)
    error.standing = standing
    return error


def logout(service: FakeService, token: str = TOKEN) -> None:
    """Announce a logout."""
    service.expect("DELETE", "/sessions", Reply(204), headers={"X-VCAV-Auth": token})


def extend(service: FakeService, answer: Answering | None = None, body: Any = None) -> None:
    """Announce the extension of a session to site-1."""
    service.expect("POST", "/sessions/extend", answer or ok(session("site-1")), body=body or EXTEND_BODY)


def listing(
    service: FakeService,
    documents: Sequence[Document],
    ids: Sequence[str] | None = None,
    path: str = VMS,
    answer: Answering | None = None,
) -> None:
    """Announce the list of replications by their ids: of the documents, unless others are asked for."""
    asked = [document["id"] for document in documents] if ids is None else ids
    service.expect("GET", path, answer or ok(page(documents)), query=paged({"ids": ",".join(asked)}))
    service.note(documents)


def looks(
    service: FakeService,
    running: Sequence[Document] = (),
    queued: Sequence[Document] = (),
    *,
    of: Sequence[Document] | None = None,
) -> None:
    """Announce the look for unfinished tasks.

    :param of: the replications of the run; those that were listed so far, unless others are given
    """
    resources = _resources(list(service.listed.values()) if of is None else of)
    if len(resources) > FEW_RESOURCES:
        lists_of_unfinished(service, running, queued)
        return
    tasks_of: dict[str, list[Document]] = {resource: [] for resource in resources}
    for task in (*queued, *running):
        tasks_of.get(task["workflowInfo"]["resourceId"], []).append(task)
    service.expect_in_any_order([of_resource(*one) for one in tasks_of.items()])


def lists_of_unfinished(
    service: FakeService,
    running: Sequence[Document] = (),
    queued: Sequence[Document] = (),
    identity: str | None = None,
) -> None:
    """Announce the two lists of unfinished tasks: of all replications, unless the id of one is given."""
    only = {"resourceId": identity} if identity else {}
    for state, tasks in (("QUEUED", queued), ("RUNNING", running)):
        query = paged({"state": state, "resourceType": TASK_TYPES, **only})
        service.expect("GET", "/tasks", ok(page(tasks)), query=query)


def _resources(replications: Sequence[Document]) -> list[str]:
    """Return what a task on these replications may name: them, their vApp replications, their VM replications."""
    found: dict[str, None] = {}
    for one in replications:
        children = [child["id"] for child in one.get("vmReplications", ())]
        parents = [one["vappReplicationId"]] if one.get("vappReplicationId") else []
        found.update(dict.fromkeys([one["id"], *children, *parents]))
    return list(found)


def start(
    service: FakeService,
    answer: Any,
    verb: str = "reverse",
    identity: str | None = None,
    *,
    body: Any = None,
    method: str = "POST",
    path: str = VMS,
) -> None:
    """Announce a start request; a document as answer is the task of a 202."""
    service.expect(method, f"{path}/{identity or vm_id()}/{verb}", _answer(answer), body=body)


def starts(service: FakeService, tasks: Mapping[str, Any], verb: str = "reverse", body: Any = None) -> None:
    """Announce start requests that are sent side by side: replication id to task or other answer."""
    exchanges = [
        Exchange("POST", f"{VMS}/{identity}/{verb}", _answer(answer), body=body) for identity, answer in tasks.items()
    ]
    service.expect_in_any_order(exchanges)


def poll(service: FakeService, tasks: Sequence[Document], ids: Sequence[str] | None = None) -> None:
    """Announce a look at tasks by their ids: of the documents, unless others are asked for."""
    asked = [document["id"] for document in tasks] if ids is None else ids
    service.expect("GET", "/tasks", ok(page(tasks)), query=paged({"ids": ",".join(asked)}))


def by_resource(service: FakeService, tasks: Sequence[Document], identity: str | None = None) -> None:
    """Announce the look for the tasks of a replication."""
    service.expect_in_any_order([of_resource(identity or vm_id(), tasks)])


def of_resource(identity: str, tasks: Sequence[Document]) -> Exchange:
    """Return the look for the tasks of one of several replications."""
    return Exchange("GET", "/tasks", ok(page(tasks)), query=paged({"resourceId": identity}))


def by_operation(service: FakeService, answer: Answering) -> None:
    """Announce the look for the task of a start by its operation id, whichever that is."""
    service.expect("GET", "/tasks", answer, query=paged({"operationID": ANY}))


def _answer(answer: Any) -> Answering:
    return accepted(answer) if isinstance(answer, dict) else cast("Answering", answer)
