# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs: what each one sends, and what it promises."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    PAUSE,
    RESUME,
    REVERSE,
    STOP,
    SYNC,
    TEST,
    VERBS,
    Verb,
)
from ansible_collections.opendr.vcda.tests.unit.documents import vapp, vm


@pytest.mark.parametrize(
    ("verb", "method", "suffix"),
    [
        (FAILOVER, "POST", "/failover"),
        (MIGRATE, "POST", "/migrate"),
        (TEST, "POST", "/failover-test"),
        (CLEANUP, "DELETE", "/failover-test"),
        (REVERSE, "POST", "/reverse"),
        (SYNC, "POST", "/sync"),
        (PAUSE, "POST", "/pause"),
        (RESUME, "POST", "/resume"),
    ],
)
def test_each_verb_is_the_call_that_is_documented(verb: Verb, method: str, suffix: str) -> None:
    assert (verb.method, verb.suffix) == (method, suffix)


def test_a_recovery_never_needs_the_other_site() -> None:
    assert not any(verb.needs_peer for verb in (FAILOVER, TEST, CLEANUP))
    assert all(verb.needs_peer for verb in (MIGRATE, REVERSE, SYNC, PAUSE, RESUME, STOP))
    assert {verb.name for verb in VERBS.values() if verb.may_lack_peer} == {"pause", "reconfigure"}


def test_only_recoveries_have_settings_and_only_documented_calls_take_on_prem_auth() -> None:
    assert {verb.name for verb in VERBS.values() if verb.has_settings} == {"failover", "migrate", "test failover"}
    assert {verb.name for verb in VERBS.values() if verb.takes_on_prem_auth} == {"reverse", "start"}


def test_no_two_verbs_claim_the_same_task() -> None:
    types = [task_type for verb in VERBS.values() for task_type in verb.task_types]
    assert len(types) == len(set(types))
    assert all(task_type == task_type.lower() for task_type in types)


def test_every_verb_is_listed_under_its_name() -> None:
    assert all(name == verb.name for name, verb in VERBS.items())
    assert {verb.name for verb in (TEST, FAILOVER, MIGRATE, REVERSE, CLEANUP, SYNC, PAUSE, RESUME)} <= set(VERBS)


@pytest.mark.parametrize(
    ("verb", "state"),
    [(FAILOVER, "COMPLETE"), (MIGRATE, "COMPLETE"), (TEST, "TEST"), (CLEANUP, "NOT_STARTED"), (REVERSE, "NOT_STARTED")],
)
def test_the_state_after_it_is_predicted(verb: Verb, state: str) -> None:
    assert verb.predict(VM.parse(vm(state="IN_PROGRESS"))).recovery_state == state


@pytest.mark.parametrize("verb", [FAILOVER, MIGRATE, TEST, CLEANUP, SYNC, PAUSE, RESUME])
def test_only_a_reverse_turns_the_direction(verb: Verb) -> None:
    after = verb.predict(VM.parse(vm()))
    assert (after.source_site, after.destination_site, after.is_reversed) == ("site-1", "site-2", False)


@pytest.mark.parametrize(("flag", "expected"), [(False, True), (True, False), (None, None)])
def test_a_reverse_turns_the_direction_and_inverts_the_flag(flag: bool | None, expected: bool | None) -> None:
    after = REVERSE.predict(VM.parse(vm(state="COMPLETE", isReversed=flag)))
    assert (after.source_site, after.destination_site, after.is_reversed) == ("site-2", "site-1", expected)


@pytest.mark.parametrize("flags", [(False, False), (True, True), (False, True)])
def test_a_reverse_of_a_vapp_inverts_the_flag_of_each_vm(flags: tuple[bool, bool]) -> None:
    children = [vm(number, "COMPLETE", isReversed=flag) for number, flag in enumerate(flags)]
    after = REVERSE.predict(VAPP.parse(vapp(children)))
    assert [child.is_reversed for child in after.children] == [not flag for flag in flags]
    assert after.is_reversed is (not flags[0] if flags[0] is flags[1] else None)


@pytest.mark.parametrize(("verb", "paused"), [(PAUSE, True), (RESUME, False)])
def test_pausing_is_predicted_and_leaves_the_state_alone(verb: Verb, paused: bool) -> None:
    after = verb.predict(VM.parse(vm(isPaused=not paused)))
    assert (after.is_paused, after.recovery_state) == (paused, "NOT_STARTED")


def test_a_sync_changes_nothing_that_is_shown() -> None:
    before = VM.parse(vm())
    assert SYNC.predict(before) == before


def test_a_vapp_changes_with_its_children() -> None:
    after = FAILOVER.predict(VAPP.parse(vapp([vm(1), vm(2)])))
    assert after.recovery_state == "COMPLETE"
    assert [child.recovery_state for child in after.children] == ["COMPLETE", "COMPLETE"]


def test_the_present_is_left_alone() -> None:
    before = VM.parse(vm())
    FAILOVER.predict(before)
    assert before.recovery_state == "NOT_STARTED"
