# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress: a line when something changed, now and then while nothing does, and none for what ends at once."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import REVERSE
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import (
    ENDED,
    HELD,
    IN_DOUBT,
    RUNNING,
    SUCCEEDED,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.progress import QUIET_SECONDS, Progress
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.tests.unit.documents import task, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import ManualClock


def item(number: int, phase: str, progress: Any = None, error: VcdaError | None = None) -> Item:
    one = VM.parse(vm(number))
    running = parse_task(task(number, progress=progress)) if phase == RUNNING else None
    return Item(kind=VM, asked=one.id, before=one, after=one, phase=phase, task=running, error=error)


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def progress(clock: ManualClock, lines: list[str]) -> Progress:
    made = Progress(REVERSE, clock, lines.append)
    clock.advance(5)
    return made


def test_a_line_counts_and_names_the_slowest(progress: Progress, lines: list[str]) -> None:
    failed = item(5, ENDED, error=VcdaError("No."))
    progress.report(
        [item(1, RUNNING, 70), item(2, RUNNING, 30), item(3, HELD), item(4, ENDED), failed, item(6, SUCCEEDED)]
    )
    assert lines == [f"reverse: 2 of 6 done, 2 running (slowest web-02 ({vm_id(2)}) 30 %), 1 waiting, 1 failed"]


@pytest.mark.parametrize("value", [None, "x", 0])
def test_a_task_that_does_not_tell_its_progress_is_at_its_beginning(
    progress: Progress, lines: list[str], value: Any
) -> None:
    progress.report([item(1, RUNNING, value)])
    assert lines == [f"reverse: 0 of 1 done, 1 running (slowest web-01 ({vm_id(1)}) 0 %)"]


def test_what_is_in_doubt_counts_as_running(progress: Progress, lines: list[str]) -> None:
    progress.report([item(1, IN_DOUBT, error=VcdaError("Not now."))])
    assert lines == ["reverse: 0 of 1 done, 1 running"]


def test_nothing_is_said_twice(progress: Progress, lines: list[str], clock: ManualClock) -> None:
    for _each in range(3):
        progress.report([item(1, RUNNING, 10)])
        clock.advance(1)
    assert len(lines) == 1


def test_a_change_is_told_at_once(progress: Progress, lines: list[str]) -> None:
    progress.report([item(1, RUNNING, 10), item(2, RUNNING, 10)])
    progress.report([item(1, RUNNING, 10), item(2, SUCCEEDED)])
    assert len(lines) == 2


def test_a_long_silence_is_broken(progress: Progress, lines: list[str], clock: ManualClock) -> None:
    progress.report([item(1, RUNNING, 10)])
    clock.advance(QUIET_SECONDS - 1)
    progress.report([item(1, RUNNING, 40)])
    clock.advance(1)
    progress.report([item(1, RUNNING, 50)])
    assert [line.split()[-2] for line in lines] == ["10", "50"]


def test_what_ends_at_once_needs_no_words(clock: ManualClock, lines: list[str]) -> None:
    progress = Progress(REVERSE, clock, lines.append)
    clock.advance(1.9)
    progress.report([item(1, RUNNING, 10)])
    assert lines == []


def test_when_nothing_runs_any_more_the_result_speaks(progress: Progress, lines: list[str]) -> None:
    progress.report([item(1, ENDED), item(2, SUCCEEDED)])
    assert lines == []


def test_nobody_has_to_listen(clock: ManualClock) -> None:
    progress = Progress(REVERSE, clock, None)
    clock.advance(60)
    progress.report([item(1, RUNNING, 10)])
    assert progress._last_counts == ()
