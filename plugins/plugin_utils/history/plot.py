# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The charts of a history: recovery time and data age over time, for each wave. The template draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import duration

MAX_POINTS = 120
MAX_PICTURES = 40
HEIGHT = 120.0

# Margin for the points at the edges, in percent of the width and in pixels of the height.
_SIDE = 2.0
_TOP = 16.0
_MEASURES = (
    ("recovery_seconds", "target_seconds", "Recovery time", "target"),
    ("data_age_seconds", "rpo_seconds", "Data age at failover", "RPO"),
)

Points = Sequence[Mapping[str, Any]]


def pictures(waves: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the chart coordinates of each wave; if there are many waves, of those that ran last.

    :param waves: of the history
    :returns: for each wave ``name``, ``site`` and ``panels``, one for each measure that has figures
    """
    found = []
    newest = sorted(waves, key=lambda wave: str(wave["points"][-1]["at"]), reverse=True)[:MAX_PICTURES]
    for wave in sorted(newest, key=lambda wave: (wave["name"], wave["site"])):
        panels = [_panel(wave["points"], *measure) for measure in _MEASURES]
        found.append({"name": wave["name"], "site": wave["site"], "panels": [panel for panel in panels if panel]})
    return [picture for picture in found if picture["panels"]]


def _panel(points: Points, measure: str, limit: str, title: str, limit_name: str) -> dict[str, Any] | None:
    measured = [point for point in points if point[measure] is not None]
    if not measured:
        return None
    drawn = _thinned(measured, measure)
    begin, end = _moment(drawn[0]), _moment(drawn[-1])
    highest = max(max(point[measure], point[limit] or 0.0) for point in drawn) or 1.0
    places = [
        {
            "x": _x(_moment(point), begin, end),
            "y": _y(point[measure], highest),
            "over": bool(point[limit]) and point[measure] > point[limit],
            "drill": point["entry_point"] == "drill",
            "title": f"{point['at'][:10]}, {point['entry_point']}: {duration(point[measure])}",
        }
        for point in drawn
    ]
    last = drawn[-1]
    return {
        "title": title,
        "places": places,
        "lines": list(zip(places, places[1:])),
        "limit": {"y": _y(last[limit], highest), "label": f"{limit_name} {duration(last[limit])}"}
        if last[limit]
        else None,
        "highest": duration(highest),
        "begin": drawn[0]["at"][:10],
        "end": last["at"][:10],
        "latest": duration(last[measure]),
        "drawn": len(drawn),
        "total": len(measured),
    }


def _thinned(points: Points, measure: str) -> Points:
    """Reduce the points if there are too many to draw: keep the worst of each group of points, and the last one."""
    if len(points) <= MAX_POINTS:
        return points
    size = -(-len(points) // (MAX_POINTS - 1))
    worst = [max(points[at : at + size], key=lambda point: float(point[measure])) for at in range(0, len(points), size)]
    return worst if worst[-1] is points[-1] else [*worst, points[-1]]


def _moment(point: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(point["at"].replace("Z", "+00:00")).timestamp()


def _x(moment: float, begin: float, end: float) -> float:
    share = (moment - begin) / (end - begin) if end > begin else 0.5
    return round(_SIDE + share * (100 - 2 * _SIDE), 2)


def _y(value: float, highest: float) -> float:
    return round(HEIGHT - max(value, 0.0) / highest * (HEIGHT - _TOP), 1)
