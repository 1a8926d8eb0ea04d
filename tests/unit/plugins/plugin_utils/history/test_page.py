# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a history answers what its reader asks, needs nothing else, and runs nothing that a report holds."""

from __future__ import annotations

import copy
import re
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.history import page, summary
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import DAY, History
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.seal import sealed
from ansible_collections.opendr.vcda.tests.tools.sample_reports import FIRST, estate, report
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.history.histories import history
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import Page

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}\u202e\x1b[31m\ud800"


def test_the_page_names_who_needs_a_drill_first() -> None:
    found = page.render(history(*(one for _name, one in estate(["db-1", "web-1"], range(9)))))
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
    found = page.render(document)
    assert "<script" not in found
    assert "49" not in re.sub(r"<style>.*?</style>", "", found, flags=re.DOTALL)
    assert not set("\u202e\x1b\ud800") & set(found + "".join(summary.lines(document)))


def test_the_newest_of_many_runs_are_listed() -> None:
    runs = [one for _name, one in estate(["db-1"], range(page.MAX_RUNS + 5))]
    text = page.render(history(*runs, days=1000))
    assert f"the newest {page.MAX_RUNS} of {page.MAX_RUNS + 6} runs; history.json lists all" in text


def test_a_vm_has_a_cell_for_each_operation() -> None:
    shown = Page(page.render(history(report("drill", ["db-1"], seconds=61.0))))
    assert "Last proven 2024-01-06" in shown.text
    assert "Drill Failover Reverse Failback Last failure" in shown.text
    assert "2024-01-06 1 min 01 s" in shown.text
    assert shown.text.count("never") == 4
    assert all(cell["scope"] in {"col", "row"} for cell in shown.all("th"))
