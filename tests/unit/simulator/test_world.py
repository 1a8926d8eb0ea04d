# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all parts share: sites, and when they were down."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ApiError, ManualClock, Settings
from ansible_collections.opendr.vcda.tests.simulator.world import World


@pytest.fixture
def world() -> World:
    return World.fresh(Settings(), ManualClock(1000), ("site-1", "site-2"), ("onprem-1",))


def test_sites(world: World) -> None:
    assert [site.name for site in world.cloud_sites()] == ["site-1", "site-2"]
    assert [vdc.org for vdc in world.site("site-1").vdcs] == ["tenant-1", "tenant-2"]
    assert world.site("onprem-1").vdcs == []
    with pytest.raises(ApiError) as caught:
        world.site("site-9")
    assert caught.value.code == "SiteNotFound"


def test_since_when_a_site_is_down_or_up_again(world: World) -> None:
    site = world.site("site-1")
    seen = []
    for down, seconds in (((), 1), (("site-1",), 1), (("site-1",), 1), ((), 1)):
        world.settings.sites_down = down
        world.note_down_sites()
        seen.append((site.down_since_ms, site.up_since_ms))
        world.clock.sleep(seconds)
    assert seen == [(None, 0), (2000, 0), (2000, 0), (None, 4000)]


@pytest.mark.parametrize(
    ("switch", "status", "code"),
    [
        ("general_failure_500", 500, "GeneralServerFailure"),
        ("remote_authentication_401", 401, "RemoteAuthenticationFailure"),
        ("bad_gateway_502", 502, "GeneralServerFailure"),
        ("failed_task", 500, "GeneralServerFailure"),
    ],
)
def test_the_answer_for_a_peer_that_is_down(world: World, switch: str, status: int, code: str) -> None:
    world.settings.update({"peer_down": switch})
    error = world.peer_down_error("site-1")
    assert (error.status, error.code, error.arguments) == (status, code, ["site-1"])
