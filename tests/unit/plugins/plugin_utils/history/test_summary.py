# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A history in a few lines: what could be recovered, how fast, and who needs a drill."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.summary import headline, lines
from ansible_collections.opendr.vcda.tests.tools.sample_reports import report
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.history.histories import history


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
    assert headline(found) == expected
    assert expected in lines(found)[0]


def test_the_lines_tell_what_could_be_recovered_how_fast_and_when() -> None:
    proven = history(report("drill", ["db-1", "web-1"], seconds=61.0))
    assert lines(proven)[1] == ("Could be recovered: 2 of 2 VMs, the slowest in 1 min 01 s; last proven on 2024-01-06")
    assert not [line for line in lines(history(report("readiness", ["db-1"]))) if "recovered" in line]


def test_many_names_are_cut() -> None:
    found = history(report("readiness", [f"vm-{number}" for number in range(30)]))
    assert lines(found)[1].endswith("and 10 more")


@pytest.mark.parametrize(
    ("organizations", "named"),
    [
        (("tenant-1", "tenant-2", "tenant-2"), "db (tenant-1), db (tenant-2, C4-"),
        (("tenant-1", "tenant-1", "tenant-1"), "db (C4-"),
    ],
)
def test_namesakes_are_told_apart(organizations: tuple[str, ...], named: str) -> None:
    found = report("readiness", ["db", "web", "app"])
    for vm, organization in zip(found["vms"], organizations, strict=True):
        vm.update(name="db", organization=organization)
    (line,) = [line for line in lines(history(found)) if line.startswith("Never drilled: ")]
    assert line.startswith(f"Never drilled: {named}")
    assert len(set(line.removeprefix("Never drilled: ").split("), "))) == 3
