# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures: every point within, the worst of many kept, limits and labels."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.plot import HEIGHT, MAX_POINTS, pictures
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import iso


def point(day: int, seconds: float | None = 60.0, **changes: Any) -> dict[str, Any]:
    base = {"recovery_seconds": seconds, "data_age_seconds": None, "rpo_seconds": None, "target_seconds": None}
    return {"at": iso(day * 86400.0), "entry_point": "drill", "file": "", **base, **changes}


def panels(*points: dict[str, Any]) -> list[dict[str, Any]]:
    found = pictures([{"name": "data", "site": "site-2", "points": list(points)}])
    return list(found[0]["panels"]) if found else []


@pytest.mark.parametrize("points", [1, 2, MAX_POINTS, MAX_POINTS + 1, 5000])
def test_many_points_are_thinned_to_the_worst(points: int) -> None:
    [panel] = panels(*(point(day, 900.0 if day == points // 2 else 60.0 + day % 7) for day in range(points)))
    assert len(panel["places"]) <= MAX_POINTS
    assert panel["total"] == points
    assert panel["highest"] == "15 min"
    assert any(place["y"] == 16 for place in panel["places"])
    assert all(0 <= place["x"] <= 100 and 0 <= place["y"] <= HEIGHT for place in panel["places"])
    assert [place["x"] for place in panel["places"]] == sorted(place["x"] for place in panel["places"])
    assert panel["end"] == point(points - 1)["at"][:10]


def test_a_point_beyond_the_latest_limit_is_marked() -> None:
    [panel] = panels(point(1, 60.0, target_seconds=300), point(2, 400.0, target_seconds=300, entry_point="failover"))
    assert [(place["over"], place["drill"]) for place in panel["places"]] == [(False, True), (True, False)]
    assert panel["limit"]["label"] == "target 5 min"
    assert panel["limit"]["y"] == 42.0


def test_what_was_not_measured_is_not_drawn() -> None:
    assert not panels(point(1, None))
    both = panels(point(1), point(2, None, data_age_seconds=30.0, rpo_seconds=900))
    assert [panel["title"] for panel in both] == ["Recovery time", "Data age at failover"]


def test_nothing_but_zeros_can_be_drawn() -> None:
    [panel] = panels(point(1, 0.0), point(1, 0.0))
    assert {place["x"] for place in panel["places"]} == {50.0}
