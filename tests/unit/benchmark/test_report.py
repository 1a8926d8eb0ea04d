# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page shows every run, in one row with the run that followed it, and says what was missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.benchmark import report
from ansible_collections.opendr.vcda.tests.benchmark.scenarios import BY_HAND, DEBUG_HOSTS, LIST, ROLE_HOSTS, ROLE_LIST
from ansible_collections.opendr.vcda.tests.benchmark.targets import Verdict
from ansible_collections.opendr.vcda.tests.unit.benchmark.figures import figures, run

RUNS = [
    run(BY_HAND, wall=50.0, cpu=44.0),
    run(BY_HAND, wall=2.0, again=True),
    run(LIST, wall=11.0, memory=75.4),
    run(LIST, wall=0.7, again=True),
    # Of these one is missing.
    run(LIST, 1000, wall=12.0),
]
HOSTS = [
    run(ROLE_LIST, wall=11.0, latency_ms=0.0),
    run(ROLE_HOSTS, wall=13.0, latency_ms=0.0, simulator_cpu=0.5),
    run(DEBUG_HOSTS, 1000, wall=12.0, latency_ms=0.0),
]


def test_a_row_has_both_runs_of_a_playbook() -> None:
    lines = report.table(figures(*RUNS), 1.0).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2:] == [
        "| 100 | `ansible.builtin.uri` | 40.0 | 40.0 | 44.0 | 0.0 | 70 | 1 | 1 | 2.0 | 1.0 | 1 |",
        "| 100 | one task with a list | 1.0 | 1.0 | 1.0 | 0.0 | 75 | 1 | 1 | 0.7 | 1.0 | 1 |",
        "| 1,000 | one task with a list | 2.0 | 1.0 | 1.0 | 0.0 | 70 | 1 | 1 |  |  |  |",
    ]


def test_hosts_are_compared_with_the_role_with_a_list() -> None:
    """Nothing is done at the service by tasks that say nothing, so all of their time counts."""
    lines = report.table(figures(*HOSTS, baseline=ROLE_LIST), 0.0).splitlines()
    assert lines[2:] == [
        "| 100 | the role with a list | 1.0 | 1.0 | 1.0 | 0.0 | 70 | 1 | 1 |  |  |  |",
        "| 100 | the role on hosts, one batch | 3.0 | 3.0 | 1.0 | 0.5 | 70 | 1 | 1 |  |  |  |",
        "| 1,000 | three `debug` tasks on hosts | 12.0 | 1.0 | 1.0 | 0.0 | 70 | 1 | 1 |  |  |  |",
    ]


def page(*verdicts: list[Verdict]) -> str:
    return report.page(figures(*RUNS), figures(*HOSTS, baseline=ROLE_LIST), verdicts, role_runs=9)


def target(figure: str, is_met: bool = True) -> list[Verdict]:
    return [Verdict("the target", figure, is_met)]


def test_the_page_has_the_tables_and_leaves_no_gap() -> None:
    assert report.table(figures(*RUNS), 1.0) in page(target("one"))
    assert report.table(figures(*HOSTS, baseline=ROLE_LIST), 0.0) in page(target("one"))
    assert "{" not in page(target("one"))


@pytest.mark.parametrize(("is_met", "word"), [(True, "met"), (False, "MISSED")])
def test_what_was_missed_is_said(is_met: bool, word: str) -> None:
    text = page(target("one", is_met))
    assert f"| target | measured |  |\n| --- | --- | --- |\n| the target | one | {word} |" in text
    assert "checked with one run." in text
    assert report.line(target("one", is_met)[0]).startswith(word)


def test_of_several_runs_each_has_to_meet_a_target() -> None:
    text = page(target("one"), target("two", is_met=False), target("three"))
    assert "| target | run 1 | run 2 | run 3 |  |" in text
    assert "| the target | one | two | three | MISSED |" in text
    assert "checked with 3 runs" in text


def test_a_run_is_told_as_it_ends() -> None:
    assert "100 one task with a list" in report.progress(RUNS[2])
    assert "first   11.00 s" in report.progress(RUNS[2])


def test_page_and_picture_go_into_the_documentation(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    report.write(tmp_path, "text", "picture")
    assert (tmp_path / "benchmark.md").read_text(encoding="utf-8") == "text"
    assert (tmp_path / "images" / "benchmark.svg").read_text(encoding="utf-8") == "picture"
