# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture on the page of a report: draws the timeline, whose bars ``timeline`` has placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.elements import Content, element, name_of, section
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import STEP_WORDS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.timeline import timeline

_CAPTION = "Time since the beginning of the run, by the clock of the service."
_DESCRIPTION = (
    "One row for each VM, grouped by wave; bars show when each step ran. The table of virtual machines below gives the "
    "same times as text."
)
# A label to the right of this place, in percent, would not fit beside its line.
_LAST_FULL_LABEL = 82


def picture(report: Mapping[str, Any]) -> Content:
    """Return the timeline of a run; None if nothing was timed.

    :param report: from ``build_report``
    """
    placed = timeline(report)
    if not placed:
        return None
    drawn, total = placed["drawn"], placed["total"]
    rest = f" The picture shows the {drawn} of {total} VMs that failed or took longest; the table below lists all."
    figure = element(
        "figure",
        _legend(placed["steps"], has_failures=bool(report["failures"])),
        _drawing(placed),
        element("figcaption", _CAPTION, rest if drawn < total else None),
    )
    return section("timeline", "Timeline", figure)


def _legend(steps: list[str], *, has_failures: bool) -> Markup:
    entries = [(_patch(step, width="100%", height="100%"), f" {STEP_WORDS[step]}") for step in steps]
    if has_failures:
        entries.append((_patch("failed", x="1", y="1", width="85%", height="80%"), " failed"))
    return element("ul", [element("li", entry) for entry in entries], class_="legend", aria_hidden="true")


def _patch(step: str, **place: str) -> Markup:
    return element("svg", element("rect", class_=f"bar-{step}", **place))


def _drawing(placed: Mapping[str, Any]) -> Markup:
    return element(
        "svg",
        element("title", "Timeline of the run", id="picture-title"),
        element("desc", _DESCRIPTION, id="picture-text"),
        [_tick(tick, placed["height"]) for tick in placed["ticks"]],
        [_row(row) for row in placed["rows"]],
        role="img",
        aria_labelledby="picture-title",
        aria_describedby="picture-text",
        height=placed["height"],
    )


def _tick(tick: Mapping[str, Any], height: float) -> Content:
    x = f"{tick['x']}%"
    anchor = "end" if tick["x"] > _LAST_FULL_LABEL else None
    line = element("line", x1=x, x2=x, y1=18, y2=height)
    return line, element("text", tick["label"], x=x, y=12, text_anchor=anchor)


def _row(row: Mapping[str, Any]) -> Content:
    label = element("div", name_of(row["label"]), class_=f"label {row['kind']}", title=row["label"])
    height = 6 if row["kind"] == "wave" else 12
    bars = [
        element(
            "rect",
            element("title", span["title"]),
            class_=f"bar-{span['step']}" + (" bar-failed" if span["failed"] else ""),
            x=f"{span['x']}%",
            y=row["y"] + 17,
            width=f"{span['width']}%",
            height=height,
        )
        for span in row["bars"]
    ]
    return element("foreignObject", label, x=0, y=row["y"], width="100%", height=16), bars
