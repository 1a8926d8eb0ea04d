# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision table, written down a second time from the guide: every state, verb, direction and pause."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    PAUSE,
    RESUME,
    REVERSE,
    SYNC,
    TEST,
    VERBS,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import (
    REMEDIES,
    TABLE,
    Decision,
    decide,
    decide_children,
    refusal,
)
from ansible_collections.opendr.vcda.tests.unit.documents import vapp, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import NOW_MS

VERB_BY_NAME = {
    "test": TEST,
    "failover": FAILOVER,
    "migrate": MIGRATE,
    "reverse": REVERSE,
    "cleanup": CLEANUP,
    "sync": SYNC,
    "pause": PAUSE,
    "resume": RESUME,
}
# The replication goes from site-1 to site-2.
SITES = {"to": "site-2", "from": "site-1", "elsewhere": "site-3", "nowhere": None}
ANYWHERE = tuple(SITES)
PAUSED = (True, False, None)

Cell = Mapping[str, str]


def always(outcome: str) -> Cell:
    return dict.fromkeys(ANYWHERE, outcome)


RECOVER = {"to": "act", "from": "done", "elsewhere": "WRONG_DIRECTION", "nowhere": "WRONG_DIRECTION"}
RECOVERED = {"to": "done", "from": "WRONG_DIRECTION", "elsewhere": "WRONG_DIRECTION", "nowhere": "WRONG_DIRECTION"}
# Without active_site isReversed decides; see its own test.
REVERSE_EARLY = {"to": "NOT_RECOVERED", "from": "done", "elsewhere": "NOT_RECOVERED", "nowhere": "NOT_RECOVERED"}
REVERSE_NOW = {"to": "act", "from": "WRONG_DIRECTION", "elsewhere": "WRONG_DIRECTION", "nowhere": "act"}
REPLICATING = {
    "test": always("act"),
    "failover": RECOVER,
    "migrate": RECOVER,
    "reverse": REVERSE_EARLY,
    "cleanup": always("done"),
}
GUIDE: Mapping[str | None, Mapping[str, Cell]] = {
    "NOT_STARTED": REPLICATING,
    None: REPLICATING,
    "TEST": {
        "test": always("done"),
        "failover": always("TEST_ACTIVE"),
        "migrate": always("TEST_ACTIVE"),
        "reverse": always("TEST_ACTIVE"),
        "cleanup": always("act"),
    },
    "COMPLETE": {
        "test": always("RECOVERED"),
        "failover": RECOVERED,
        "migrate": RECOVERED,
        "reverse": REVERSE_NOW,
        "cleanup": always("done"),
    },
    "IN_PROGRESS": {name: always("BUSY") for name in ("test", "failover", "migrate", "reverse", "cleanup")},
}
# Sync, pause and resume have no direction; here the pause decides.
GUIDE_OF_PAUSE: Mapping[str | None, Mapping[str, Mapping[bool | None, str]]] = {
    state: {
        "sync": {True: "PAUSED", False: "act", None: "act"},
        "pause": {True: "done", False: "act", None: "act"},
        "resume": {True: "act", False: "done", None: "act"},
    }
    for state in ("NOT_STARTED", None, "TEST")
}
GUIDE_OF_PAUSE = {
    **GUIDE_OF_PAUSE,
    "COMPLETE": {
        "sync": dict.fromkeys(PAUSED, "RECOVERED"),
        "pause": {True: "done", False: "RECOVERED", None: "RECOVERED"},
        "resume": {True: "RECOVERED", False: "done", None: "RECOVERED"},
    },
    "IN_PROGRESS": {name: dict.fromkeys(PAUSED, "BUSY") for name in ("sync", "pause", "resume")},
}
CELLS = [(state, name, cell) for state, row in GUIDE.items() for name, cell in row.items()]
CELLS_OF_PAUSE = [(state, name, cell) for state, row in GUIDE_OF_PAUSE.items() for name, cell in row.items()]
KINDS = {"act": "act", "done": "done", "BUSY": "busy"}


def outcome_of(decision: Decision) -> str:
    return decision.code or decision.kind


def look_up(state: str | None, name: str, direction: str, paused: bool | None) -> str:
    decision = decide(VERB_BY_NAME[name], VM.parse(vm(state=state, isPaused=paused)), SITES[direction])
    outcome = outcome_of(decision)
    assert decision.kind == KINDS.get(outcome, "refuse")
    return outcome


@pytest.mark.parametrize(("state", "name", "cell"), CELLS)
def test_every_verb_with_a_direction(state: str | None, name: str, cell: Cell) -> None:
    for direction, outcome in cell.items():
        assert {look_up(state, name, direction, paused) for paused in PAUSED} == {outcome}, direction


@pytest.mark.parametrize(("state", "name", "cell"), CELLS_OF_PAUSE)
def test_every_verb_about_pausing(state: str | None, name: str, cell: Mapping[bool | None, str]) -> None:
    for paused, outcome in cell.items():
        assert {look_up(state, name, direction, paused) for direction in ANYWHERE} == {outcome}, paused


def test_no_cell_is_left_out() -> None:
    assert len(CELLS) + len(CELLS_OF_PAUSE) == 5 * len(VERB_BY_NAME)
    assert all(set(cell) == set(SITES) for _state, _name, cell in CELLS)
    assert all(set(cell) == set(PAUSED) for _state, _name, cell in CELLS_OF_PAUSE)


@pytest.mark.parametrize("state", ["NOT_STARTED", None])
@pytest.mark.parametrize(
    ("is_reversed", "outcome"), [(True, "done"), (False, "NOT_RECOVERED"), (None, "NOT_RECOVERED")]
)
def test_a_reverse_without_a_direction_must_trust_the_flag(
    state: str | None, is_reversed: bool | None, outcome: str
) -> None:
    replication = VM.parse(vm(state=state, isReversed=is_reversed))
    assert outcome_of(decide(REVERSE, replication, None)) == outcome
    assert outcome_of(decide(REVERSE, replication, None, {vm_id(7)})) == outcome
    assert outcome_of(decide(REVERSE, replication, None, {vm_id(1)})) == "done"
    assert outcome_of(decide(REVERSE, replication, "site-2", {vm_id(1)})) == "NOT_RECOVERED"


@pytest.mark.parametrize("is_reversed", [True, False, None])
def test_a_reverse_with_a_direction_never_needs_the_flag(is_reversed: bool | None) -> None:
    replicating = VM.parse(vm(isReversed=is_reversed))
    assert outcome_of(decide(REVERSE, replicating, "site-1")) == "done"
    assert outcome_of(decide(REVERSE, replicating, "site-2")) == "NOT_RECOVERED"
    recovered = VM.parse(vm(state="COMPLETE", isReversed=is_reversed))
    assert outcome_of(decide(REVERSE, recovered, "site-2")) == "act"


@pytest.mark.parametrize("state", ["FAILED", "not_started", "COMPLETED", "TEST ", "null", "MIXED", "", "ÜBUNG"])
def test_an_unknown_state_is_refused_whatever_is_asked(state: str) -> None:
    replication = VM.parse(vm(destinationState={"recoveryInfo": {"recoveryState": state}}))
    for verb in VERBS.values():
        for site in SITES.values():
            assert outcome_of(decide(verb, replication, site)) == "UNKNOWN_STATE", (verb.name, site)


@pytest.mark.parametrize("verb", [FAILOVER, MIGRATE, REVERSE], ids=lambda verb: str(verb.name))
@pytest.mark.parametrize("state", ["NOT_STARTED", "COMPLETE"])
def test_a_site_that_is_no_end_is_named_with_those_that_are(verb: Verb, state: str) -> None:
    one = VM.parse(vm(state=state))
    error = refusal(verb, one, decide(verb, one, "site-3"), "site-3")
    assert "site-3 is not an end of this replication (site-1, site-2)" in error.message
    assert error.hint.startswith("Check active_site")


@pytest.mark.parametrize(("source", "destination"), [(None, None), (None, "site-1"), ("site-2", None)])
def test_an_end_that_is_not_told_is_no_direction(source: str | None, destination: str | None) -> None:
    one = VM.parse({**vm(), "source": {"site": source}, "destination": {"site": destination}})
    assert outcome_of(decide(FAILOVER, one, "site-9")) == "WRONG_DIRECTION"
    assert outcome_of(decide(FAILOVER, one, None)) == "WRONG_DIRECTION"


def test_a_failover_after_a_reverse_does_not_bring_the_workload_back() -> None:
    """The promise for which the direction must be said: the same playbook again, after a reverse, does nothing."""
    turned = VM.parse(vm(source="site-2", destination="site-1", isReversed=True))
    assert outcome_of(decide(FAILOVER, turned, "site-2")) == "done"
    assert outcome_of(decide(MIGRATE, turned, "site-2")) == "done"


def test_the_table_knows_every_verb_in_every_state() -> None:
    intents = {verb.intent for verb in VERBS.values()}
    for state, row in TABLE.items():
        assert intents <= set(row), state
        assert all(rules[-1][0].text == "always" for rules in row.values()), state


class TestVapp:
    @pytest.mark.parametrize(
        ("states", "outcome"),
        [
            (["NOT_STARTED", "NOT_STARTED"], "act"),
            (["COMPLETE", "NOT_STARTED"], "act"),
            (["COMPLETE", "COMPLETE"], "done"),
            (["IN_PROGRESS", "NOT_STARTED"], "BUSY"),
            (["IN_PROGRESS", "COMPLETE"], "BUSY"),
            (["TEST", "NOT_STARTED"], "TEST_ACTIVE"),
            (["IN_PROGRESS", "TEST"], "TEST_ACTIVE"),
            (["COMPLETE", "SOMETHING"], "UNKNOWN_STATE"),
            ([], "UNKNOWN_STATE"),
        ],
    )
    @pytest.mark.parametrize("turn", [1, -1])
    def test_what_blocks_one_blocks_all_and_done_is_what_all_have_done(
        self, states: list[str], outcome: str, turn: int
    ) -> None:
        whole = VAPP.parse(vapp([vm(number, state) for number, state in enumerate(states[::turn])]))
        assert outcome_of(decide_children(FAILOVER, whole, "site-2")) == outcome


class TestRefusal:
    def test_it_names_the_state_the_reason_and_the_remedy(self) -> None:
        replication = VM.parse(vm(state="COMPLETE"))
        error = refusal(REVERSE, replication, decide(REVERSE, replication, "site-1"), "site-1")
        assert (error.category, error.code, error.retriable) == ("refused", "WRONG_DIRECTION", False)
        assert error.message == (
            f"Reverse of web-01 ({vm_id()}) is refused: it runs in the other direction "
            "(recovery state COMPLETE, site-1 -> site-2, active_site site-1)."
        )
        assert "active_site" in error.hint

    def test_a_missing_state_is_told_as_such(self) -> None:
        replication = VM.parse(vm(state=None))
        error = refusal(REVERSE, replication, decide(REVERSE, replication, None), None)
        assert "(recovery state no recovery info, site-1 -> site-2)" in error.message

    def test_only_being_busy_passes(self) -> None:
        replication = VM.parse(vm(state="IN_PROGRESS"))
        assert refusal(TEST, replication, decide(TEST, replication, None), None).retriable

    @pytest.mark.parametrize(("now_ms", "waits"), [(NOW_MS, True), (NOW_MS + 3_600_000, False), (None, False)])
    def test_a_sync_before_the_first_one_that_is_scheduled_is_to_wait(self, now_ms: int | None, waits: bool) -> None:
        scheduled = vm(isPaused=True, settings={"initialSyncTime": NOW_MS + 3_600_000})
        for one in (VM.parse(scheduled), VAPP.parse(vapp([vm(2), scheduled]))):
            decision = decide_children(SYNC, one, None) if one.children else decide(SYNC, one, None)
            error = refusal(SYNC, one, decision, None, now_ms)
            assert error.code == "PAUSED"
            assert ("it waits for its first synchronisation at 20" in error.message) is waits
            assert ("do not resume it" in str(error.hint)) is waits

    @pytest.mark.parametrize("code", ["TEST_ACTIVE", "PAUSED"])
    def test_a_remedy_names_the_module_of_the_kind(self, code: str) -> None:
        for kind, one in (("vm", VM.parse(vm())), ("vapp", VAPP.parse(vapp([vm()])))):
            hint = refusal(SYNC, one, Decision("refuse", code), None).hint
            named = [word for word in hint.split() if "_replication" in word]
            assert named, hint
            assert all(word.startswith(f"{kind}_replication") for word in named), hint

    def test_every_refusal_of_the_table_has_a_remedy(self) -> None:
        codes = {
            decision.code
            for row, verb in itertools.product(TABLE.values(), VERBS.values())
            for _condition, decision in row[verb.intent]
            if decision.code
        }
        assert codes | {"UNKNOWN_STATE"} == set(REMEDIES)
        for code in sorted(REMEDIES):
            error = refusal(SYNC, VM.parse(vm()), Decision("refuse", code), None)
            assert error.hint == REMEDIES[code]
            assert error.hint.endswith(".")
