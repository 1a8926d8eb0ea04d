# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages and parameters."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


@pytest.fixture
def many(make: Make) -> Caller:
    simulator = make()
    simulator.seed(vms=250)
    return Caller(simulator).login()


@pytest.mark.parametrize(
    ("query", "count", "limit"),
    [
        ({}, 100, 100),
        ({"limit": 10}, 10, 10),
        ({"limit": 100}, 100, 100),
        ({"limit": 101}, 100, 100),
        ({"limit": 1000}, 100, 100),
        ({"offset": 200}, 50, 100),
        ({"offset": 300}, 0, 100),
        ({"limit": 0}, 0, 0),
        ({"limit": ""}, 100, 100),
    ],
)
def test_a_limit_above_the_cap_is_replaced_by_a_hundred(
    many: Caller, query: dict[str, Any], count: int, limit: int
) -> None:
    document = many.send("GET", "/vm-replications", **query).document
    assert len(document["items"]) == count
    assert (document["limit"], document["offset"], document["total"]) == (limit, query.get("offset", 0), 250)


def test_the_pages_together_are_everything(many: Caller) -> None:
    ids: list[str] = []
    while True:
        document = many.send("GET", "/vm-replications", offset=len(ids), limit=90).document
        if not document["items"]:
            break
        ids += [item["id"] for item in document["items"]]
    assert len(ids) == len(set(ids)) == 250


def test_the_cap_is_a_switch(make: Make) -> None:
    simulator = make(limit_cap=7)
    simulator.seed(vms=10)
    caller = Caller(simulator).login()
    assert len(caller.send("GET", "/vm-replications", limit=8).document["items"]) == 7
    assert len(caller.send("GET", "/vm-replications", limit=3).document["items"]) == 3


@pytest.mark.parametrize(("query", "count"), [({"limit": 150}, 150), ({"limit": 201}, 100), ({}, 100)])
def test_a_higher_cap_changes_nothing_for_who_asks_for_more_or_for_nothing(
    many: Caller, query: dict[str, Any], count: int
) -> None:
    many.simulator.configure(limit_cap=200)
    assert len(many.send("GET", "/vm-replications", **query).document["items"]) == count


@pytest.mark.parametrize("query", [{"limit": "many"}, {"offset": -1}])
def test_what_is_no_number_is_refused(many: Caller, query: dict[str, Any]) -> None:
    reply = many.send("GET", "/vm-replications", **query)
    assert (reply.status, reply.code) == (400, "BadUserInput")


@pytest.mark.parametrize(("switch", "status"), [("ignored", 200), ("rejected", 400)])
@pytest.mark.parametrize("path", ["/vm-replications", "/vapp-replications", "/tasks"])
def test_unknown_parameters(make: Make, switch: str, status: int, path: str) -> None:
    caller = Caller(make(unknown_parameters=switch)).login()
    assert caller.send("GET", path, desc="true").status == status
    assert caller.send("GET", path, offset=0, limit=1, site="site-2").status == 200


@pytest.mark.parametrize(("switch", "status"), [("forbidden_403", 403), ("ignored", 200)])
def test_filters_of_administrators(make: Make, switch: str, status: int) -> None:
    simulator = make(admin_filters=switch)
    simulator.seed(vms=1)
    query: dict[str, Any] = {"owner": "tenant-2@site-1"}
    assert Caller(simulator).login().send("GET", "/vm-replications", **query).status == status
    admin = Caller(simulator).login("administrator@System")
    assert admin.send("GET", "/vm-replications", **query).document["total"] == 0


@pytest.mark.parametrize(("switch", "status"), [("not_found_404", 404), ("bad_request_400", 400)])
def test_malformed_ids(make: Make, switch: str, status: int) -> None:
    caller = Caller(make(malformed_id=switch)).login()
    assert caller.send("GET", "/vm-replications/C4-1").status == status
    unknown = "C4-00000000-0000-4000-8000-000000000000"
    assert caller.send("GET", f"/vm-replications/{unknown}").status == 404
