# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of histories measures reports as the role writes them, and says what was missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.history import DAY, History
from ansible_collections.opendr.vcda.tests.benchmark import history as benchmark
from ansible_collections.opendr.vcda.tests.benchmark.measure import Cost
from ansible_collections.opendr.vcda.tests.tools.sample_reports import FIRST


def test_the_reports_are_drills_that_nobody_changed(tmp_path: Path) -> None:
    size = benchmark.write_reports(tmp_path, 30, 3)
    assert size == sum(path.stat().st_size for path in tmp_path.iterdir())
    history = History(FIRST + DAY)
    history.take_folder(tmp_path)
    found = history.document(90)
    assert len(found["runs"]) == 30
    assert {(run["entry_point"], run["intact"], run["vms"]) for run in found["runs"]} == {("drill", True, 3)}
    assert found["summary"]["recovered"] == 3


@pytest.mark.parametrize(
    ("cpu", "memory", "verdicts"),
    [(59.0, 299.0, ["met", "met"]), (60.0, 10.0, ["missed", "met"]), (1.0, 300.0, ["met", "missed"])],
)
def test_the_worse_of_both_times_decides(cpu: float, memory: float, verdicts: list[str]) -> None:
    costs = [Cost(wall=500.0, cpu=1.0, memory=1.0, output=""), Cost(wall=1.0, cpu=cpu, memory=memory, output="")]
    assert [line.split(": ")[1].split()[0] for line in benchmark.judge(costs)] == verdicts
