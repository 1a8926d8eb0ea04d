# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery plans read from documents of any form."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_plans import parse_plan

PLAN: dict[str, Any] = {"id": "plan-1", "displayName": "shop", "executionInfo": {"state": "NOT_STARTED"}}


def test_a_plan_as_documented() -> None:
    steps = [
        {"id": "2", "name": "rest", "sequence": 1, "replications": [{"id": "C4-2"}], "isRecovered": False},
        {"id": "1", "name": "first", "sequence": 0, "delay": 1500, "prompt": "Up?", "replications": ["C4-1"]},
    ]
    info = {"state": "SUSPENDED", "lastOperation": "TEST", "lastError": {"code": "A", "msg": "b"}, "promptStepId": "1"}
    shown = parse_plan({**PLAN, "isMigration": False, "executionInfo": info, "steps": steps}).summary()
    assert [step["name"] for step in shown["steps"]] == ["first", "rest"]
    assert [step["replications"] for step in shown["steps"]] == [["C4-1"], ["C4-2"]]
    assert shown["suspended_at"]["delay"] == 1.5
    assert shown["last_error"] == {"code": "A", "message": "b"}


@pytest.mark.parametrize(
    ("word", "operation"),
    [
        ("TEST", "test"),
        ("TEST_CLEANUP", "cleanup"),
        ("Clean up", "cleanup"),
        ("FAILOVER_TEST", "test"),
        ("FAILOVER", "failover"),
        ("migration", "migrate"),
        ("", None),
        (None, None),
        (7, None),
        ("DANCE", None),
    ],
)
def test_the_words_for_operations(word: Any, operation: str | None) -> None:
    assert parse_plan({**PLAN, "executionInfo": {"lastOperation": word}}).operation == operation


@pytest.mark.parametrize("broken", [None, [], 1, "a", {"state": 5}, {"state": None, "lastOperation": []}])
def test_what_is_not_shown_is_not_known(broken: Any) -> None:
    plan = parse_plan({**PLAN, "displayName": broken, "executionInfo": broken, "steps": broken, "isMigration": broken})
    assert (plan.state, plan.operation, plan.is_migration) == (None, None, None)
    assert plan.summary()["id"] == "plan-1"


@pytest.mark.parametrize("document", [None, [], "a", {}, {"id": 5}, {"id": ""}])
def test_a_plan_without_an_id_is_none(document: Any) -> None:
    with pytest.raises(VcdaError) as raised:
        parse_plan(document)
    assert raised.value.code == "MALFORMED_ANSWER"
