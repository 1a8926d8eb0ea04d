# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe finds how the simulator was set, switch by switch and in combinations, or says that it did not see it."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, get_type_hints

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.probe.asking import OPERATION, _template
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import ANSWERED, CONTRADICTORY, NOT_SEEN, RANGE
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import QUESTIONS, requests_of
from ansible_collections.opendr.vcda.tests.simulator import versions
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.twin import NO_QUESTION
from ansible_collections.opendr.vcda.tests.unit.on_simulator.probe.bench import Bench

# Switches with numbers, and values at which the service shows another behaviour.
NUMBERS: dict[str, tuple[Any, ...]] = {
    "idle_timeout": (1800.0, 200.0, 600.0, 7200.0),
    "remote_timeout": (0.0, 200.0, 1000.0, 7200.0),
    "optimize_days": (7, 2),
    "limit_cap": (100, 50, 250, 5000),
    "task_retention_seconds": (604800.0, 120.0),
    "api_version": versions.KNOWN[2:],
    "hard_timeout": (86400.0,),
    "vcd_token_timeout": (0.0, 400.0),
}
# What this estate, user and way do not show. The rest must be found.
UNSEEN = {"admin_restricted", "local_user_sites", "peer_down", "health_4_0", "expired_remote_code"}
ASKED = [question for question in QUESTIONS.values() if question.level and question.switch]


def values(switch: str) -> tuple[Any, ...]:
    if switch in NUMBERS:
        return NUMBERS[switch]
    return choices(switch) or (False, True)


def agrees(switch: str, answer: Any, value: Any) -> bool:
    question = QUESTIONS[switch]
    if question.kind != RANGE:
        return bool(answer == value)
    effective = float("inf") if value == question.unlimited else value
    high = float("inf") if answer["to"] is None else answer["to"]
    return bool(answer["from"] <= effective <= high)


def check(bench: Bench, result: dict[str, Any], *, unseen: set[str]) -> None:
    """Every answer is what was set, and only what may be unseen is."""
    assert not result.get("failed"), result["msg"]
    assert bench.is_home()
    assert bench.simulator.defects == []
    assert bench.simulator.counters()["open_sessions"] == 0 or bench.simulator.settings.idle_timeout > 1860
    switches = bench.simulator.settings.to_dict()
    for question in ASKED:
        told = result["answers"]["answers"][question.id]
        if told["outcome"] == NOT_SEEN:
            assert question.id in unseen, f"{question.id} was not seen: {told['reason']}"
            continue
        assert told["outcome"] == ANSWERED, question.id
        assert agrees(question.id, told["answer"], switches[question.id]), (question.id, told)
        assert told["evidence"], question.id


def test_every_switch_has_a_question() -> None:
    known = {question.switch for question in QUESTIONS.values()} | set(NO_QUESTION)
    missing = sorted(set(get_type_hints(Settings)) - known)
    assert not missing, (
        f"Add a question for {', '.join(missing)} to plugins/module_utils/probe/questions_on_*.py (with why_not if "
        "no level of the probe can ask it), or name the switch in NO_QUESTION of tests/simulator/twin.py if it is no "
        "behaviour"
    )


def test_every_question_has_a_switch_or_a_fault() -> None:
    assert {question.switch for question in QUESTIONS.values() if question.switch} <= set(get_type_hints(Settings))
    assert not set(NO_QUESTION) & set(QUESTIONS)


@pytest.mark.parametrize(
    "question", [each for each in QUESTIONS.values() if each.switch], ids=lambda each: str(each.id)
)
def test_a_question_has_the_values_of_its_switch(question: Any) -> None:
    if question.values:
        assert set(question.values) == set(choices(question.switch) or (False, True))
    else:
        assert question.why_not or question.switch in NUMBERS


@pytest.mark.parametrize("question", [each for each in QUESTIONS.values() if not each.level], ids=lambda each: each.id)
def test_a_question_that_no_level_asks_says_why(question: Any) -> None:
    assert question.why_not


DEFAULTS = Settings().to_dict()
# The defaults once, and each other value of each switch.
SINGLE = [("api_version", "4.7")]
SINGLE += [(each.id, value) for each in ASKED for value in values(each.id) if value != DEFAULTS[each.id]]


@pytest.mark.parametrize(("switch", "value"), SINGLE, ids=str)
def test_a_switch_is_found(switch: str, value: Any) -> None:
    bench = Bench(**{switch: value})
    # Only what the wait can tell is worth the requests that it takes.
    waits = QUESTIONS[switch].level == "session"
    result = bench.cycle(idle_wait=1860 if waits else 0)
    unseen = set(UNSEEN) | (set() if waits else {"idle_timeout", "remote_timeout"})
    old = versions.parse(bench.simulator.settings.api_version)
    unseen |= {"health_get"} if old < (4, 6) else set()
    unseen |= {"multisite_associated"} if old < (4, 2) else set()
    unseen |= {"recovery_plans", "recovery_plan_list"} if old < (4, 3) else set()
    unseen |= {"recovery_plan_list"} if bench.simulator.settings.recovery_plans != "offered" else set()
    unseen |= {"optimize_days"} if old < (4, 5) else set()
    unseen |= {"media_type"} if bench.simulator.settings.media_type == "plain" and old < (4, 7) else set()
    if old == (4, 0):
        unseen -= {"health_4_0"}
    if bench.simulator.settings.remote_timeout and bench.simulator.settings.remote_timeout <= 1860:
        unseen -= {"expired_remote_code"}
    if bench.simulator.settings.idle_timeout < 300:
        unseen |= {"remote_timeout", "expired_remote_code"}
    check(bench, result, unseen=unseen)


def test_the_code_of_an_ended_extension_is_found() -> None:
    for code in choices("expired_remote_code"):
        bench = Bench(expired_remote_code=code, remote_timeout=500.0)
        answers = bench.probe(level="session")["answers"]["answers"]
        assert answers["expired_remote_code"]["answer"] == code


def test_health_of_4_0_is_found() -> None:
    for form in choices("health_4_0"):
        answers = Bench(api_version="4.0", health_4_0=form).probe()["answers"]["answers"]
        assert answers["health_4_0"]["answer"] == form


@pytest.mark.parametrize("number", range(50))
def test_a_combination_is_described_truly(number: int) -> None:
    chance = random.Random(number)
    switches = {name: chance.choice(values(name)) for name in get_type_hints(Settings) if name not in NO_QUESTION}
    bench = Bench(**switches)
    result = bench.cycle(recovery=chance.choice(["migrate", "failover"]))
    check(bench, result, unseen={question.id for question in ASKED})


@pytest.mark.parametrize("level", ["read", "session"])
def test_no_request_is_sent_more_often_than_it_says(level: str) -> None:
    bench = Bench()
    bench.probe(level=level)
    told = requests_of(level)
    sent: dict[str, int] = {}
    for entry in bench.simulator.log.entries:
        path = entry.path if entry.path.count("/") < 2 or "-replications" not in entry.path else "/vm-replications/{id}"
        sent[f"{entry.method} {path}"] = sent.get(f"{entry.method} {path}", 0) + 1
    assert {name: count for name, count in sent.items() if count > told.get(name, 0)} == {}


def test_no_question_of_the_way_of_a_vm_is_asked_more_often_than_it_says() -> None:
    """The others are requests of the recovery itself, which the engine sends."""
    bench = Bench()
    bench.cycle()
    told = requests_of("cycle")
    own = [entry for entry in bench.simulator.log if entry.operation_id.startswith(OPERATION)]
    sent = Counter(f"{entry.method} {_template(entry.path)}" for entry in own)
    assert sum(sent.values()) > 40
    assert {name: count for name, count in sent.items() if count > told.get(name, 0)} == {}


def test_a_user_who_is_somebody_else_sees_more() -> None:
    for value in choices("local_user_sites"):
        bench = Bench(local_user_sites=value)
        root = {"username": "root", "password": "root-secret-site-2", "auth_type": "local_user", "extend_sites": []}
        answers = bench.probe(**root)["answers"]["answers"]
        assert answers["local_user_sites"]["answer"] == value
        assert answers["admin_restricted"]["answer"] is False


@pytest.mark.parametrize("how", choices("peer_down"))
def test_a_lost_peer(how: str) -> None:
    bench = Bench(peer_down=how, sites_down=["site-1"])
    told = bench.probe(level="session", idle_wait=0)["answers"]["answers"]["peer_down"]
    assert told["outcome"] == NOT_SEEN if how in ("general_failure_500", "failed_task") else told["answer"] == how
    assert told["evidence"]


def test_what_fits_no_answer_is_contradictory() -> None:
    bench = Bench()
    answer = {"status": 418, "body": '{"code": "Teapot"}', "after": False, "times": 0}
    bench.simulator.fault("answer", path_regex="^/vm-replications/no-such-form$", **answer)
    bench.simulator.fault("answer", path_regex="^/vm-replications/.*/failover-test$", **answer)
    bench.simulator.fault("answer", path_regex="^/sites$", nth=2, **answer)
    answers = bench.cycle()["answers"]["answers"]
    for question in ("malformed_id", "not_acceptable_body", "cleanup_without_test"):
        assert answers[question]["outcome"] == CONTRADICTORY
        assert answers[question]["evidence"]
