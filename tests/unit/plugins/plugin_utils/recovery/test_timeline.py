# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a run: every bar within the axis, one row per VM, waves only where there are several."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.timeline import MAX_VMS, timeline


def step(begin: float | None, end: float | None, *, name: str = "failover", failed: bool = False) -> dict[str, Any]:
    return {"step": name, "begin_seconds": begin, "end_seconds": end, "failed": failed}


def vm(number: int, *steps: dict[str, Any], wave: str = "all", error: Any = None) -> dict[str, Any]:
    return {
        "key": str(number),
        "name": f"vm-{number}",
        "label": f"vm-{number}",
        "wave": wave,
        "steps": list(steps),
        "error": error,
    }


def report(*vms: dict[str, Any], waves: tuple[str, ...] = ("all",)) -> dict[str, Any]:
    spans = [{"name": name, "begin_seconds": 0.0, "end_seconds": 10.0} for name in waves]
    return {"vms": list(vms), "waves": spans}


def picture(*vms: dict[str, Any], waves: tuple[str, ...] = ("all",)) -> dict[str, Any]:
    drawn = timeline(report(*vms, waves=waves))
    assert drawn is not None
    return drawn


def test_without_a_timed_step_there_is_no_picture() -> None:
    assert timeline(report(vm(1, step(None, None)), vm(2))) is None


def test_places_are_shares_of_the_whole_run() -> None:
    drawn = picture(vm(1, step(0, 10), step(10, 40, name="reverse")), vm(2, step(20, 20)))
    first, second = drawn["rows"]
    assert [(stripe["x"], stripe["width"]) for stripe in first["bars"]] == [(0, 25), (25, 75)]
    assert second["bars"][0]["width"] > 0
    assert drawn["steps"] == ["failover", "reverse"]
    assert drawn["ticks"][0]["label"].startswith("0")


def test_no_bar_leaves_the_axis() -> None:
    drawn = picture(vm(1, step(-5, 10), step(10, 10)), vm(2, step(0, 0)))
    bars = [stripe for row in drawn["rows"] for stripe in row["bars"]]
    assert all(stripe["x"] >= 0 and stripe["x"] + stripe["width"] <= 100.01 for stripe in bars)


def test_a_failed_step_says_so() -> None:
    (row,) = picture(vm(1, step(0, 5, failed=True)))["rows"]
    assert row["bars"][0]["failed"] is True
    assert " failed" in row["bars"][0]["title"]


def test_several_waves_have_rows_of_their_own() -> None:
    drawn = picture(vm(1, step(0, 5), wave="a"), vm(2, step(5, 9), wave="b"), waves=("a", "b", "empty"))
    assert [(row["kind"], row["label"]) for row in drawn["rows"]] == [
        ("wave", "Wave a"),
        ("vm", "vm-1"),
        ("wave", "Wave b"),
        ("vm", "vm-2"),
    ]


def test_of_too_many_vms_the_failed_and_the_slowest_are_drawn() -> None:
    many = [vm(number, step(0, number)) for number in range(1, MAX_VMS + 3)]
    many[0]["error"] = {"code": "TASK_FAILED"}
    drawn = picture(*many)
    assert (drawn["drawn"], drawn["total"]) == (MAX_VMS, MAX_VMS + 2)
    labels = [row["label"] for row in drawn["rows"]]
    assert labels[:2] == ["vm-1", "vm-4"]
