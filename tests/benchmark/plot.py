# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagrams with logarithmic axes as SVG, without a library: it would be larger than the collection."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 920, 400
PANEL_WIDTH, PANEL_HEIGHT = 360, 260
TOP, LEFT, GAP = 64, 64, 90
# A palette for colour-blind people (Okabe and Ito).
COLOURS = ("#d55e00", "#e69f00", "#009e73", "#0072b2", "#cc79a7")
DASHES = ("", "6 3", "2 3", "", "8 3 2 3")

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """A diagram.

    :param title: its title
    :param series: the points of each line; both coordinates must be above zero
    """

    title: str
    series: Mapping[str, Points]


def draw(panels: Sequence[Panel], caption: str) -> str:
    """Return the diagrams side by side, with one legend."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12"',
        f'  viewBox="0 0 {WIDTH} {HEIGHT}">',
        f"<title>{caption}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for position, panel in enumerate(panels):
        parts += _panel(panel, LEFT + position * (PANEL_WIDTH + GAP))
    labels = list(dict.fromkeys(label for panel in panels for label in panel.series))
    parts += _legend(labels)
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, left: int) -> list[str]:
    points = [point for line in panel.series.values() for point in line]
    across, up = (_Scale([point[axis] for point in points]) for axis in (0, 1))

    def place(x: float, y: float) -> tuple[float, float]:
        return left + across.part(x) * PANEL_WIDTH, TOP + (1 - up.part(y)) * PANEL_HEIGHT

    parts = [f'<text x="{left}" y="{TOP - 14}" font-size="14">{panel.title}</text>']
    for value in up.decades:
        _x, y = place(across.decades[0], value)
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + PANEL_WIDTH}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>')
    for value in across.decades:
        x, _y = place(value, up.decades[0])
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + PANEL_HEIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{TOP + PANEL_HEIGHT + 18}" text-anchor="middle">{_number(value)}</text>')
    for number, line in enumerate(panel.series.values()):
        places = [place(x, y) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        style = f'stroke="{COLOURS[number]}" stroke-dasharray="{DASHES[number]}"'
        parts.append(f'<polyline points="{path}" fill="none" stroke-width="2.5" {style}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{COLOURS[number]}"/>' for x, y in places]
    return parts


def _legend(labels: Sequence[str]) -> list[str]:
    parts = []
    for number, label in enumerate(labels):
        x, y = LEFT + number * 200, HEIGHT - 22
        style = f'stroke="{COLOURS[number]}" stroke-dasharray="{DASHES[number]}" stroke-width="2.5"'
        parts.append(f'<line x1="{x}" y1="{y}" x2="{x + 28}" y2="{y}" {style}/>')
        parts.append(f'<text x="{x + 36}" y="{y + 4}">{label}</text>')
    return parts


class _Scale:
    """A logarithmic axis over whole decades."""

    def __init__(self, values: Sequence[float]) -> None:
        self._first = math.floor(math.log10(min(values)))
        self._last = max(math.ceil(math.log10(max(values))), self._first + 1)
        self.decades = [10.0**power for power in range(self._first, self._last + 1)]

    def part(self, value: float) -> float:
        """Return the position of a value, from 0 at the first decade to 1 at the last."""
        return (math.log10(value) - self._first) / (self._last - self._first)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
