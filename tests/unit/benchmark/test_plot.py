# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture is SVG, and what it shows lies where the axes say."""

from __future__ import annotations

from xml.etree import ElementTree

from ansible_collections.opendr.vcda.tests.benchmark import plot

SVG = "{http://www.w3.org/2000/svg}"
PANELS = [
    plot.Panel("Seconds", {"one": [(1, 0.1), (10, 1), (100, 10)], "other": [(1, 10)]}),
    plot.Panel("Again", {"one": [(1, 5.0)]}),
]


def drawn() -> ElementTree.Element:
    return ElementTree.fromstring(plot.draw(PANELS, "caption"))  # noqa: S314  our own text


def test_each_line_is_drawn_and_named_once() -> None:
    picture = drawn()
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert len(list(picture.iter(f"{SVG}polyline"))) == 3
    assert [texts.count(name) for name in ("one", "other", "Seconds", "Again")] == [1, 1, 1, 1]


def test_decades_lie_at_equal_distances() -> None:
    circles = [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in drawn().iter(f"{SVG}circle")][:3]
    across = [circles[1][0] - circles[0][0], circles[2][0] - circles[1][0]]
    up = [circles[0][1] - circles[1][1], circles[1][1] - circles[2][1]]
    assert across == [plot.PANEL_WIDTH / 2] * 2
    assert up == [plot.PANEL_HEIGHT / 2] * 2


def test_everything_lies_within_the_picture() -> None:
    for circle in drawn().iter(f"{SVG}circle"):
        assert 0 < float(circle.get("cx", "")) < plot.WIDTH
        assert 0 < float(circle.get("cy", "")) < plot.HEIGHT


def test_axes_are_marked_in_round_numbers() -> None:
    texts = {text.text for text in drawn().iter(f"{SVG}text")}
    assert {"0.1", "1", "10", "100"} <= texts
