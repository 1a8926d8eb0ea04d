# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of the probe, asked of the simulator: every way in which it can answer is in the contract."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import CYCLE, Question
from ansible_collections.opendr.vcda.plugins.module_utils.probe.questions import QUESTIONS
from ansible_collections.opendr.vcda.tests.contract import ContractRecorder
from ansible_collections.opendr.vcda.tests.simulator.settings import choices
from ansible_collections.opendr.vcda.tests.unit.on_simulator.probe.bench import Bench

# What a tenant with a peer that is there does not see is asked elsewhere.
UNSEEN = {"admin_restricted", "local_user_sites", "expired_remote_code", "peer_down", "health_4_0"}
NEEDS_TASKS = {
    "queued_tasks",
    "task_result",
    "task_last_updated",
    "task_operation_id",
    "task_ids_filter",
    "operation_id_filter",
}
ASKED = [
    (question, value)
    for question in QUESTIONS.values()
    if question.level and question.switch and question.level != CYCLE and question.id not in UNSEEN | NEEDS_TASKS
    for value in question.values
]


@pytest.mark.parametrize(("question", "value"), ASKED, ids=lambda each: str(getattr(each, "id", each)))
def test_a_question(question: Question, value: object) -> None:
    bench = Bench(**{question.id: value})
    bench.simulator.seed(vms=1, source="site-2", destination="site-1")
    with ContractRecorder(bench.simulator) as recorder:
        told = bench.probe(level=question.level, idle_wait=0)["answers"]["answers"]
    recorder.assert_clean()
    assert told[question.id]["answer"] == value


@pytest.mark.parametrize("position", [0, 1, 2])
def test_the_whole_way_of_a_vm(position: int) -> None:
    switches = {each.switch: choices(each.switch) for each in QUESTIONS.values() if each.level and each.switch}
    values = {name: found[position % len(found)] for name, found in switches.items() if found}
    bench = Bench(**values)
    with ContractRecorder(bench.simulator) as recorder:
        told = bench.cycle(idle_wait=0)["answers"]["answers"]
    recorder.assert_clean()
    answered = {name: answer["answer"] for name, answer in told.items() if answer["outcome"] == "answered"}
    assert len(answered) > 25
    assert {name for name, answer in answered.items() if name in values and answer != values[name]} == set()
