# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes: what exists, since when."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ApiError, routes

ID = "C4-00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: route.name)
def test_every_route_is_found(route: routes.Route) -> None:
    path = route.path.replace("{id}", ID).replace("{instance}", "replica-1")
    found, parameters = routes.find(route.method, path, (4, 7))
    assert found is route
    assert parameters["kind"] == route.kind
    assert parameters.get("id") == (ID if "{id}" in route.path else None)
    assert parameters.get("instance") == ("replica-1" if "{instance}" in route.path else None)


def test_doubled_slashes_count_as_one() -> None:
    assert routes.find("GET", "//vm-replications", (4, 7))[0].path == "/vm-replications"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        f"/vm-replications/{ID}/failover-test-cleanup",
        f"/vapp-replications/{ID}/instances",
        "/vm-replications/a/b/c/d",
    ],
)
def test_unknown_paths(path: str) -> None:
    with pytest.raises(ApiError) as caught:
        routes.find("GET", path, (4, 7))
    assert (caught.value.status, caught.value.code) == (404, "SimulatorNoSuchResource")


def test_unknown_methods() -> None:
    with pytest.raises(ApiError) as caught:
        routes.find("PUT", "/tasks", (4, 7))
    assert (caught.value.status, caught.value.code) == (405, "SimulatorMethodNotAllowed")


def test_what_a_version_does_not_know_yet() -> None:
    path = f"/vm-replications/{ID}/network-settings"
    with pytest.raises(ApiError) as caught:
        routes.find("PATCH", path, (4, 0))
    assert caught.value.status == 405
    assert routes.find("PATCH", path, (4, 1))[0].method == "PATCH"


def test_sessions_are_plain_from_4_1() -> None:
    route = routes.find("GET", "/sessions", (4, 7))[0]
    assert [route.always_plain(version) for version in ((4, 0), (4, 1))] == [False, True]
    assert not routes.find("GET", "/tasks", (4, 7))[0].always_plain((4, 7))
