# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture on the page of a report: bars in proportion, rows of waves, and a legend of what is drawn."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.timeline import MAX_VMS
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    document,
    error,
    item,
    records,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import Page, after, page, report


def timed(number: int, begin: int, end: int, **changes: Any) -> dict[str, Any]:
    """A failover that took place between two seconds of the run."""
    one = item(vm_id(number), "COMPLETE", **changes)
    started, ended = (f"1970-01-01T00:{20 + second // 60:02d}:{second % 60:02d}Z" for second in (begin, end))
    return one | {"task": dict(one["task"], started=started, ended=ended)}


def drawn(*items: dict[str, Any], waves: tuple[str, ...] = ("all",)) -> Page:
    numbers = range(1, len(items) + 1)
    planned = [{"name": name, "vm_names": [f"vm-{number}"]} for name, number in zip(waves, numbers, strict=False)]
    vms = records(*map(document, numbers), waves=planned if len(waves) > 1 else [])
    vms = after(vms, "failover", *items, called=1200.0)
    return page(report(vms, waves=[{"name": name, "max_failures": 0} for name in waves]))


def bars(shown: Page, kind: str) -> list[tuple[str | None, str | None]]:
    return [
        (rect["x"], rect["width"])
        for rect in shown.all("rect")
        if kind in str(rect["class"]).split() and "height" in rect and rect["height"] != "100%"
    ]


def test_bars_stand_in_proportion() -> None:
    shown = drawn(timed(1, 0, 20), timed(2, 20, 40))
    assert bars(shown, "bar-failover") == [("0.0%", "50.0%"), ("50.0%", "50.0%")]
    assert "vm-2: fail over, 20 s to 40 s" in shown.text
    assert "0 s 10 s 20 s 30 s 40 s" in shown.text


def test_the_last_time_of_the_axis_stays_within_the_picture() -> None:
    anchors = [text.get("text-anchor") for text in drawn(timed(1, 0, 40)).all("text")]
    assert anchors == [None, None, None, None, "end"]


def test_a_run_in_which_nothing_was_timed_has_no_picture() -> None:
    shown = page(report(records(document(1))))
    assert not shown.all("svg")
    assert "Timeline" not in shown.text


def test_a_failed_step_has_a_frame_that_the_legend_explains() -> None:
    shown = drawn(timed(1, 0, 20), timed(2, 0, 40, error=error()))
    assert [rect["class"] for rect in shown.all("rect")] == [
        "bar-failover",
        "bar-failed",
        "bar-failover",
        "bar-failover bar-failed",
    ]
    assert "fail over failed Timeline of the run" in shown.text
    assert "vm-2: fail over failed, 0 s to 40 s" in shown.text


def test_several_waves_have_rows_of_their_own() -> None:
    shown = drawn(timed(1, 0, 20), timed(2, 20, 40), waves=("a", "b"))
    labels = [div["title"] for div in shown.all("div") if str(div.get("class")).startswith("label")]
    assert labels == ["Wave a", "vm-1", "Wave b", "vm-2"]
    assert bars(shown, "bar-wave") == [("0.0%", "50.0%"), ("50.0%", "50.0%")]


def test_a_picture_of_many_vms_says_which_it_leaves_out() -> None:
    shown = drawn(*(timed(number, 0, number) for number in range(1, MAX_VMS + 11)))
    assert f"The picture shows the {MAX_VMS} of {MAX_VMS + 10} VMs that failed or took longest" in shown.text
    assert len(bars(shown, "bar-failover")) == MAX_VMS
