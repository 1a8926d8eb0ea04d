# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures on the page of a history: draws the points that ``plot`` has placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.plot import HEIGHT, pictures
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import Content, element, name_of, section

_LEGEND = (
    "A hollow point is a drill, a full one a recovery. Red is beyond the target or the RPO; the dashed line is the "
    "latest target or RPO. The tables of this page and history.json hold the same figures."
)
# Below the axis, in pixels.
_LABELS, _BOTTOM = 16, 24


def drawn_waves(history: Mapping[str, Any]) -> Content:
    """Return the recovery time and the data age of the waves over time; None if nothing was measured.

    :param history: from ``History.document``
    """
    waves, placed = history["waves"], pictures(history["waves"])
    if not placed:
        return None
    rest = f" The {len(placed)} of {len(waves)} waves that ran last are drawn." if len(waves) > len(placed) else None
    note = element("p", _LEGEND, rest, class_="note")
    heading = "Recovery time and data age over time, by wave"
    return section("pictures", heading, note, [_wave(picture) for picture in placed])


def _wave(picture: Mapping[str, Any]) -> Content:
    heading = element("h3", "Wave ", name_of(picture["name"]), ", recovered at ", name_of(picture["site"]))
    panels = [element("figure", _drawing(panel, picture["name"]), _caption(panel)) for panel in picture["panels"]]
    return heading, element("div", panels, class_="pair")


def _drawing(panel: Mapping[str, Any], wave: str) -> Markup:
    end, limit = panel["end"], panel["limit"]
    return element(
        "svg",
        _line("0", HEIGHT, "100%", HEIGHT, kind="axis"),
        _line("0", limit["y"], "100%", limit["y"], kind="limit") if limit else None,
        [_line(f"{one['x']}%", one["y"], f"{other['x']}%", other["y"]) for one, other in panel["lines"]],
        [_point(place) for place in panel["places"]],
        element("text", panel["begin"], x=0, y=HEIGHT + _LABELS),
        element("text", end, x="100%", y=HEIGHT + _LABELS, text_anchor="end") if end != panel["begin"] else None,
        role="img",
        aria_label=f"{panel['title']} of wave {wave}: {panel['latest']} on {end}",
        height=HEIGHT + _BOTTOM,
    )


def _line(x1: str, y1: float, x2: str, y2: float, kind: str | None = None) -> Markup:
    return element("line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2)


def _point(place: Mapping[str, Any]) -> Markup:
    kinds = [*(["drill"] if place["drill"] else []), *(["over"] if place["over"] else [])]
    title = element("title", place["title"])
    return element("circle", title, class_=" ".join(kinds) or None, cx=f"{place['x']}%", cy=place["y"], r=3.5)


def _caption(panel: Mapping[str, Any]) -> Markup:
    limit = f", {panel['limit']['label']}" if panel["limit"] else ""
    worst = f" The worst of {panel['total']} runs are drawn." if panel["drawn"] < panel["total"] else ""
    last = f"{panel['title']}: last {panel['latest']}{limit}; the top of the picture is {panel['highest']}.{worst}"
    return element("figcaption", last)
