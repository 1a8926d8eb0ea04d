# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever goes wrong on the way: nothing starts twice, nothing is lost, no result lies, and the next run heals it.

``VCDA_SCHEDULES`` sets how many schedules are tried; a failing one is printed with the seed that repeats it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import CLEANUP, FAILOVER, REVERSE, TEST, Verb
from ansible_collections.opendr.vcda.tests.simulator.settings import choices

from .laboratory import RECOVERY, Laboratory

SCHEDULES = int(os.environ.get("VCDA_SCHEDULES", "1000"))

_NOWHERE_TO_ASK = ("unknown_outcome", "unreachable", "server", "authentication")
# A look for a lost start repeats each request so often before it gives up.
_LOOKS_IN_VAIN = 5
# Seconds for the last reading, and for the end of the session.
_AFTERWARDS = 30
# Seconds in which every look for a lost start has its time.
_LONG = 900


@dataclass(frozen=True)
class Case:
    """A verb, the simulator's name for its effect, and the states from which it leads somewhere."""

    verb: Verb = field(repr=False)
    effect: str
    goal: str
    active_site: str | None
    begins: tuple[dict[str, Any], ...] = field(repr=False)


_REVERSED = {"source": "site-2", "destination": "site-1", "is_reversed": True}
CASES = (
    Case(
        FAILOVER,
        "failover",
        "COMPLETE",
        RECOVERY,
        ({"state": "NOT_STARTED"}, {"state": "COMPLETE"}, {"running": "failover"}, {"state": None}),
    ),
    Case(
        REVERSE,
        "reverse",
        "NOT_STARTED",
        RECOVERY,
        ({"state": "COMPLETE"}, _REVERSED, {"state": "COMPLETE", "running": "reverse"}),
    ),
    Case(
        TEST, "failover-test", "TEST", None, ({"state": "NOT_STARTED"}, {"state": "TEST"}, {"running": "failover-test"})
    ),
    Case(CLEANUP, "cleanup", "NOT_STARTED", None, ({"state": "TEST"}, {"state": "NOT_STARTED"})),
)
_STARTS = r"(/failover|/failover-test|/reverse)$"
_NETWORK = (
    "reset_before",
    "reset_after",
    "timeout_before",
    "timeout_after",
    "status_500",
    "html_502",
    "html_503",
    "html_504",
    "broken_json",
    "truncated",
    "session_expired",
    "redirect",
    "slow",
)
_TASK = ("task_fails", "task_vanishes")
_HTML = {"content_type": "text/html", "body": "<html><body>Not here.</body></html>"}
_TOO_MANY = {"status": 429, "body": '{"code": "TooManyRequests", "msg": "Slow down."}'}
# What speaks here is throttling, or a gateway on the way to the service.
_GATES: dict[str, dict[str, Any]] = {
    "throttled": _TOO_MANY,
    "throttled for seconds": {**_TOO_MANY, "headers": {"Retry-After": "7"}},
    "throttled for long": {**_TOO_MANY, "headers": {"Retry-After": "86400"}},
    "too early": {"status": 425, **_HTML},
    "gateway 404": {"status": 404, **_HTML},
    "gateway 403": {"status": 403, **_HTML},
    "gateway 400": {"status": 400, **_HTML},
    "gateway 408": {"status": 408, **_HTML},
}

faults = st.builds(
    lambda kind, where, nth, times, after: {
        "kind": "answer" if kind in _GATES else kind,
        **_GATES.get(kind, {}),
        "nth": nth,
        "times": times,
        **({"path_regex": _STARTS} if kind in _TASK else where),
        **({"after": after} if kind.startswith(("html", "status", "gateway")) else {}),
    },
    kind=st.sampled_from((*_NETWORK, *_TASK, *_GATES)),
    where=st.sampled_from(
        (
            {"path_regex": _STARTS},
            {"path_regex": _STARTS},
            {"method": "GET"},
            {"path_regex": "^/tasks"},
            {"path_regex": "^/vm-replications$"},
            {"path_regex": "^/sessions"},
            {},
        )
    ),
    nth=st.integers(1, 12),
    times=st.integers(1, 8),
    after=st.booleans(),
)
switches = st.fixed_dictionaries(
    {},
    optional={
        "reverse_id": st.just("new"),
        "wrong_state": st.sampled_from(("bad_request_400", "failed_task")),
        "queued_tasks": st.just(True),
        "task_result": st.just("absent"),
        "task_type_names": st.just("other"),
        "reverse_state": st.just("stays_complete"),
        "media_type": st.just("plain"),
        "operation_id_filter": st.sampled_from(("ignored", "rejected")),
        "queued_state_filter": st.just("rejected"),
        "ids_filter": st.just("ignored"),
        "task_ids_filter": st.just("ignored"),
        "unextended_code": st.just("RemoteAuthenticationFailure"),
        "peer_down": st.sampled_from(choices("peer_down")[1:]),
        "max_running_tasks": st.integers(1, 4),
        "limit_cap": st.sampled_from((5, 10)),
    },
)


oddities = st.fixed_dictionaries(
    {},
    optional={
        "damaged_task": st.tuples(
            st.sampled_from(("id", "state", "workflowInfo", "startTime", "progress")), st.booleans(), st.integers(1, 9)
        ),
        "moving_lists": st.integers(1, 12),
        "earlier_success": st.just(True),
    },
)


@st.composite
def estates(draw: st.DrawFn) -> tuple[Case, list[dict[str, Any]]]:
    case = draw(st.sampled_from(CASES))
    size = draw(st.one_of(st.integers(1, 4), st.integers(1, 30)))
    return case, draw(st.lists(st.sampled_from(case.begins), min_size=size, max_size=size))


@settings(
    max_examples=SCHEDULES,
    deadline=None,
    print_blob=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    estate=estates(),
    schedule=st.lists(faults, max_size=6),
    chosen=switches,
    primary_gone_after=st.one_of(st.none(), st.none(), st.integers(1, 60)),
    odd=oddities,
    wait_timeout=st.sampled_from((30, 120, 900, 900)),
)
def test_a_run_under_faults_and_one_after(
    estate: tuple[Case, list[dict[str, Any]]],
    schedule: list[dict[str, Any]],
    chosen: dict[str, Any],
    primary_gone_after: int | None,
    odd: dict[str, Any],
    wait_timeout: int,
) -> None:
    case, begins = estate
    laboratory = Laboratory(**chosen)
    names = [f"vm-{index:02}" for index in range(len(begins))]
    ids = [
        laboratory.simulator.seed(names=[name], **begin).vm_ids[0] for name, begin in zip(names, begins, strict=True)
    ]
    if odd.get("earlier_success"):
        _succeed_earlier(laboratory, names, begins)
    before = {identifier: laboratory.accepted(identifier, case.effect) for identifier in ids}
    completed = {identifier: laboratory.simulator.completions(identifier).get(case.effect, 0) for identifier in ids}
    for fault in schedule:
        laboratory.simulator.fault(**fault)
    if primary_gone_after:
        laboratory.lose_primary(primary_gone_after)

    if "damaged_task" in odd:
        missing, foreign, nth = odd["damaged_task"]
        laboratory.damage_tasks(missing, foreign=foreign, nth=nth)
    if "moving_lists" in odd:
        laboratory.move_lists(odd["moving_lists"])

    began = laboratory.clock.monotonic()
    result = laboratory.run(case.verb, vm_names=names, active_site=case.active_site, wait_timeout=wait_timeout)

    assert laboratory.clock.monotonic() - began <= wait_timeout + _AFTERWARDS, "the deadline is overrun"
    _check_first_run(laboratory, case, ids, (before, completed), result, schedule if wait_timeout >= _LONG else None)
    laboratory.simulator.faults.clear()
    laboratory.recover_primary()
    laboratory.simulator.finish_tasks()
    _check_second_run(laboratory, case, names, completed)


def _succeed_earlier(laboratory: Laboratory, names: list[str], begins: list[dict[str, Any]]) -> None:
    """Let tests of some replications succeed and be cleaned up before the run: that forgives none of its failures."""
    idle = [name for name, begin in zip(names, begins, strict=True) if begin == {"state": "NOT_STARTED"}]
    for verb in (TEST, CLEANUP) if idle else ():
        assert not laboratory.run(verb, vm_names=idle).get("failed")


def _check_first_run(
    laboratory: Laboratory,
    case: Case,
    ids: list[str],
    earlier: tuple[dict[str, int], dict[str, int]],
    result: dict[str, Any],
    schedule: list[dict[str, Any]] | None,
) -> None:
    items = result["vm_replications"]
    assert len(items) == len(ids)
    before, completed = earlier
    for identifier, item in zip(ids, items, strict=True):
        started = laboratory.accepted(identifier, case.effect) - before[identifier]
        error = item.get("error")
        event(f"{case.verb.name}: {error['category'] if error else 'ok'}")
        assert started <= 1, f"started {started} times"
        if error is None:
            assert item["after"]["recovery_state"] in _goals(case)
            assert laboratory.state(identifier) == item["after"]["recovery_state"]
            assert item["changed"] or not started
        elif not item["changed"] and error["category"] not in _NOWHERE_TO_ASK:
            took_effect = laboratory.simulator.completions(identifier).get(case.effect, 0) - completed[identifier]
            assert not started or error["category"] == "task_failed", f"a start is not reported: {error}"
            assert not (started and took_effect), f"an effect is not reported: {error}"
        # Where the time is short, it may be over before the service was asked often enough.
        if error and error["category"] == "unknown_outcome" and schedule is not None:
            asked_in_vain = sum(fault["times"] for fault in schedule if fault.get("path_regex") != _STARTS)
            assert asked_in_vain >= _LOOKS_IN_VAIN or _is_locked_out(schedule)
    assert bool(result.get("failed")) == any(item.get("error") for item in items)


def _is_locked_out(schedule: list[dict[str, Any]]) -> bool:
    """Whether a session may have ended that could not be renewed."""
    return any(fault["kind"] == "session_expired" for fault in schedule)


def _goals(case: Case) -> tuple[str | None, ...]:
    """The states that end the verb: a replication without recovery information was never recovered."""
    return (case.goal, None) if case.goal == "NOT_STARTED" else (case.goal,)


def _check_second_run(laboratory: Laboratory, case: Case, names: list[str], before: dict[str, int]) -> None:
    healed = laboratory.run(case.verb, vm_names=names, active_site=case.active_site)
    assert not healed.get("failed"), healed["msg"]
    for identifier, earlier in before.items():
        assert laboratory.state(identifier) in _goals(case)
        if case.verb is REVERSE:
            assert laboratory.replication(identifier).source.site == RECOVERY
        completed = laboratory.simulator.completions(identifier).get(case.effect, 0) - earlier
        assert completed <= 1, f"completed {completed} times"
    again = laboratory.run(case.verb, vm_names=names, active_site=case.active_site)
    assert not again["changed"]
    assert not again.get("failed")
    assert VM.results in again
