# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a history answers what its reader asks, needs nothing else, and runs nothing that a report holds."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history import page
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import DAY, History
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import sealed
from ansible_collections.opendr.vcda.tests.tools.places import ROOT
from ansible_collections.opendr.vcda.tests.tools.sample_reports import FIRST, estate, report

TEMPLATE = (ROOT / "playbooks" / "templates" / "history.html.j2").read_text(encoding="utf-8")
HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}\u202e\x1b[31m\ud800"


def history(*reports: dict[str, Any], days: float = 10) -> dict[str, Any]:
    made = History(FIRST + days * DAY)
    for number, one in enumerate(reports):
        assert not made.take(one, f"{number}.json")
    return made.document(90)


def test_the_page_names_who_needs_a_drill_first() -> None:
    found = page.render(history(*(one for _name, one in estate(["db-1", "web-1"], range(9)))), TEMPLATE)
    assert "1 of 3 protected VMs needs a drill" in found
    assert (
        found.index("These VMs need a drill") < found.index("a-vm-that-nobody-tried") < found.index("<bdi>db-1</bdi>")
    )
    assert found.count("<svg role=") == 2
    assert not re.findall(r"\b(?:src|href)=|url\(", found)


def test_everything_in_a_report_is_escaped() -> None:
    def hostile(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: one if key in {"schema_version", "started", "step"} else hostile(one) for key, one in value.items()
            }
        if isinstance(value, list):
            return [hostile(one) for one in value]
        return HOSTILE if isinstance(value, str) else value

    whole = sealed(hostile(copy.deepcopy(report("drill", ["db-1"]))))
    changed = {**whole, "outcome": "changed"}
    made = History(FIRST + DAY)
    made.take(whole, HOSTILE)
    made.take(changed, HOSTILE)
    document = made.document(90)
    document["left_out"] = [{"file": HOSTILE, "reason": HOSTILE}]
    found = page.render(document, TEMPLATE)
    assert "<script" not in found
    assert "49" not in re.sub(r"<style>.*?</style>", "", found, flags=re.DOTALL)
    assert not set("\u202e\x1b\ud800") & set(found + "".join(page.lines(document)))


@pytest.mark.parametrize(
    ("reports", "days", "expected"),
    [
        ([], 1, "No report tells of a protected VM"),
        ([report("drill", ["db-1"])], 1, "The protected VM was drilled"),
        ([report("drill", ["db-1", "web-1"])], 1, "All 2 protected VMs were drilled"),
        ([report("drill", ["db-1", "web-1"])], 99, "2 of 2 protected VMs need a drill"),
    ],
)
def test_the_headline(reports: list[dict[str, Any]], days: float, expected: str) -> None:
    found = history(*reports, days=days)
    assert page.headline(found) == expected
    assert expected in page.lines(found)[0]
    assert expected in page.render(found, TEMPLATE)


def test_the_lines_tell_what_could_be_recovered_how_fast_and_when() -> None:
    proven = history(report("drill", ["db-1", "web-1"], seconds=61.0))
    assert page.lines(proven)[1] == (
        "Could be recovered: 2 of 2 VMs, the slowest in 1 min 01 s; last proven on 2024-01-06"
    )
    assert not [line for line in page.lines(history(report("readiness", ["db-1"]))) if "recovered" in line]


def test_many_names_are_cut_in_the_lines_and_many_runs_on_the_page() -> None:
    found = history(report("readiness", [f"vm-{number}" for number in range(30)]))
    assert page.lines(found)[1].endswith("and 10 more")
    runs = [one for _name, one in estate(["db-1"], range(page.MAX_RUNS + 5))]
    text = page.render(history(*runs, days=1000), TEMPLATE)
    assert f"the newest {page.MAX_RUNS} of {page.MAX_RUNS + 6} runs; history.json lists all" in text
