# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures on the page of a history: a point for each run, lines between them, and the limit."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.page_pictures import drawn_waves
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.plot import MAX_PICTURES
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import Page


def point(
    day: int, seconds: float | None, *, entry_point: str = "drill", target: float | None = None
) -> dict[str, Any]:
    return {
        "at": f"2024-01-{day:02d}T00:00:00Z",
        "entry_point": entry_point,
        "recovery_seconds": seconds,
        "target_seconds": target,
        "data_age_seconds": None,
        "rpo_seconds": None,
    }


def wave(*points: dict[str, Any], name: str = "all") -> dict[str, Any]:
    return {"name": name, "site": "site-2", "points": list(points)}


def drawn(*waves: dict[str, Any]) -> Page:
    return Page(str(drawn_waves({"waves": waves})))


def test_nothing_measured_is_no_section() -> None:
    assert drawn_waves({"waves": [wave(point(1, None))]}) is None


def test_a_point_tells_by_its_form_what_it_was_and_whether_it_was_in_time() -> None:
    points = (
        point(1, 30.0),
        point(2, 90.0, target=60.0),
        point(3, 30.0, entry_point="failover"),
        point(4, 90.0, entry_point="failover", target=60.0),
    )
    shown = drawn(wave(*points))
    assert [circle.get("class") for circle in shown.all("circle")] == ["drill", "drill over", None, "over"]
    assert [line.get("class") for line in shown.all("line")] == ["axis", "limit", None, None, None]
    assert "2024-01-02, drill: 1 min 30 s" in shown.text
    assert "Recovery time: last 1 min 30 s, target 1 min; the top of the picture is 1 min 30 s." in shown.text


def test_a_picture_is_named_and_has_the_days_at_its_ends() -> None:
    shown = drawn(wave(point(1, 30.0), point(9, 40.0), name="<db>"))
    [picture] = shown.all("svg")
    assert picture["aria-label"] == "Recovery time of wave <db>: 40 s on 2024-01-09"
    assert [text.get("text-anchor") for text in shown.all("text")] == [None, "end"]
    [alone] = drawn(wave(point(1, 30.0))).all("text")
    assert alone["x"] == "0"


def test_of_many_waves_those_that_ran_last_are_drawn() -> None:
    shown = drawn(*(wave(point(1, 30.0), name=f"wave-{number}") for number in range(MAX_PICTURES + 2)))
    assert len(shown.all("svg")) == MAX_PICTURES
    assert f"The {MAX_PICTURES} of {MAX_PICTURES + 2} waves that ran last are drawn." in shown.text
