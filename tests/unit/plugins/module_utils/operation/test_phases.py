# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of one replication in a run: every way leads to an end, and there is no other way."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import (
    ENDED,
    OPEN,
    PHASES,
    TRANSITIONS,
    UNDECIDED,
    Why,
    move,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item


def reached_from(phase: str) -> set[str]:
    found = {phase}
    while True:
        more = {target for start, _why, target in TRANSITIONS if start in found} - found
        if not more:
            return found
        found |= more


def test_every_phase_is_reached_and_every_phase_ends() -> None:
    assert reached_from(UNDECIDED) == set(PHASES)
    assert all(ENDED in reached_from(phase) for phase in PHASES)
    assert reached_from(ENDED) == {ENDED}


def test_whoever_waits_can_be_given_up() -> None:
    assert {start for start, why, _target in TRANSITIONS if why is Why.GIVEN_UP} == set(OPEN)


def test_each_reason_leads_from_a_phase_to_one_other() -> None:
    assert len({(start, why) for start, why, _target in TRANSITIONS}) == len(TRANSITIONS)
    assert {why for _start, why, _target in TRANSITIONS} == set(Why)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("why", Why)
def test_a_move_is_one_of_the_table_or_an_error(phase: str, why: Why) -> None:
    targets = [target for start, reason, target in TRANSITIONS if (start, reason) == (phase, why)]
    item = Item(VM, "web-01", phase=phase)
    if targets:
        move(item, why)
        assert [item.phase] == targets
    else:
        with pytest.raises(ValueError, match=f"web-01 is {phase}, so it cannot be that {why.value}"):
            move(item, why)
        assert item.phase == phase


def test_an_error_stays_unless_there_is_a_new_one() -> None:
    first, second = VcdaError("First."), VcdaError("Second.")
    item = Item(VM, "web-01", phase=UNDECIDED)
    move(item, Why.OTHER_TASK_HOLDS_IT, first)
    move(item, Why.HOLDER_ENDED)
    assert item.error is first
    move(item, Why.NOTHING_TO_DO, second)
    assert item.error is second
