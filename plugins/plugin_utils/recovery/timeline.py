# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The timeline of a run: computes the positions of the bars, which ``page_picture`` draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import STEP_WORDS, duration

MAX_VMS = 60

_ROW_HEIGHT = 36
_TOP = 28
_LEAST_WIDTH = 0.4
_TICKS = 4
_STEPS_OF_TIME = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


def timeline(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the positions of the steps of a run on a common time axis.

    :param report: from ``build_report``
    :returns: ``height`` in pixels, ``rows`` and ``ticks`` with horizontal positions in percent, and the numbers of VMs
        ``drawn`` and in ``total``; None if nothing was timed
    """
    timed = [vm for vm in report["vms"] if _bars_of(vm)]
    if not timed:
        return None
    drawn = _chosen(timed)
    span = max(stripe["end_seconds"] for vm in drawn for stripe in _bars_of(vm)) or 1.0
    rows: list[dict[str, Any]] = []
    for wave in report["waves"]:
        members = [vm for vm in drawn if vm["wave"] == wave["name"]]
        if members and len(report["waves"]) > 1:
            rows.append({"kind": "wave", "label": f"Wave {wave['name']}", "bars": _wave_bars(wave, span)})
        rows += [
            {"kind": "vm", "label": vm["label"], "bars": [_bar(vm, step, span) for step in _bars_of(vm)]}
            for vm in members
        ]
    for number, row in enumerate(rows):
        row["y"] = _TOP + number * _ROW_HEIGHT
    return {
        "height": _TOP + len(rows) * _ROW_HEIGHT + 4,
        "rows": rows,
        "ticks": _ticks(span),
        "steps": [
            step for step in STEP_WORDS if any(stripe.get("step") == step for row in rows for stripe in row["bars"])
        ],
        "drawn": len(drawn),
        "total": len(timed),
    }


def _bars_of(vm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [step for step in vm["steps"] if step["begin_seconds"] is not None and step["end_seconds"] is not None]


def _chosen(timed: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the VMs that are drawn: all, or those that failed and the slowest, in the order of the report."""
    order = sorted(timed, key=lambda vm: (not vm["error"], -max(step["end_seconds"] for step in _bars_of(vm))))
    kept = {vm["key"] for vm in order[:MAX_VMS]}
    return [vm for vm in timed if vm["key"] in kept]


def _wave_bars(wave: Mapping[str, Any], span: float) -> list[dict[str, Any]]:
    if wave["begin_seconds"] is None or wave["end_seconds"] is None:
        return []
    title = f"Wave {wave['name']}: {duration(wave['begin_seconds'])} to {duration(wave['end_seconds'])}"
    return [
        {"step": "wave", "failed": False, "title": title, **_place(wave["begin_seconds"], wave["end_seconds"], span)}
    ]


def _bar(vm: Mapping[str, Any], step: Mapping[str, Any], span: float) -> dict[str, Any]:
    what = STEP_WORDS[step["step"]] + (" failed" if step["failed"] else "")
    title = f"{vm['label']}: {what}, {duration(step['begin_seconds'])} to {duration(step['end_seconds'])}"
    place = _place(step["begin_seconds"], step["end_seconds"], span)
    return {"step": step["step"], "failed": step["failed"], "title": title, **place}


def _place(begin: float, end: float, span: float) -> dict[str, float]:
    left = max(begin, 0.0) / span * 100
    width = max((end - begin) / span * 100, _LEAST_WIDTH)
    return {
        "x": round(min(left, 100 - _LEAST_WIDTH), 2),
        "width": round(min(width, 100 - min(left, 100 - _LEAST_WIDTH)), 2),
    }


def _ticks(span: float) -> list[dict[str, Any]]:
    step = next((size for size in _STEPS_OF_TIME if span / size <= _TICKS), _STEPS_OF_TIME[-1])
    return [{"x": round(moment / span * 100, 2), "label": duration(moment)} for moment in _multiples(step, span)]


def _multiples(step: float, span: float) -> Iterable[float]:
    return [step * number for number in range(int(span / step) + 1)]
