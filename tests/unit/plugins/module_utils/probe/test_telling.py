# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How answers are told from single exchanges, those among them that the simulator never gives."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.probe import telling
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import ANSWERED, CONTRADICTORY, NOT_SEEN
from ansible_collections.opendr.vcda.plugins.module_utils.probe.telling import Facts, Tell

HERE = {"id": "a", "source": {"site": "here"}}
THERE = {"id": "b", "source": {"site": "there"}}
FACTS = Facts(local_site="here", peer_site="there", replications=[HERE, THERE], tasks=[{"id": "2"}, {"id": "1"}])
EMPTY = Facts(local_site="here")


def came(status: int = 200, document: Any = None, **headers: str) -> Exchange:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    accept = "application/vnd.vmware.h4-v4.7+json"
    return Exchange("GET", "/vm-replications", {}, accept, status, names, document, document is None)


def page(*items: Any, **more: Any) -> Exchange:
    return came(200, {"items": list(items), **more})


@pytest.mark.parametrize(
    ("tell", "exchanges", "facts", "outcome", "answer"),
    [
        (telling.by_status({200: "yes"}), [came(200)], FACTS, ANSWERED, "yes"),
        (telling.by_status({200: "yes"}), [came(503)], FACTS, CONTRADICTORY, None),
        (telling.by_code, [came(401, {"code": "NotAuthenticated"})], FACTS, ANSWERED, "NotAuthenticated"),
        (telling.by_code, [came(401, {"code": "Acme"})], FACTS, CONTRADICTORY, None),
        (telling.by_code, [came(401)], FACTS, CONTRADICTORY, None),
        (telling.by_code, [came(200, {"code": "NotAuthenticated"})], FACTS, CONTRADICTORY, None),
        (telling.not_acceptable_body, [came(406)], FACTS, ANSWERED, "empty"),
        (telling.not_acceptable_body, [came(406, {"code": "x"})], FACTS, ANSWERED, "api_error"),
        (telling.not_acceptable_body, [came(406, [])], FACTS, CONTRADICTORY, None),
        (telling.not_acceptable_body, [came(415)], FACTS, CONTRADICTORY, None),
        (telling.media_type, [came(200, {}, Content_Type="application/json")], FACTS, ANSWERED, "plain"),
        (telling.media_type, [came(200, {}, Content_Type="text/json")], FACTS, CONTRADICTORY, None),
        (telling.media_type, [came(500, {})], FACTS, NOT_SEEN, None),
        (telling.admin_filters, [came(403)], FACTS, ANSWERED, "forbidden_403"),
        (telling.admin_filters, [came(400)], FACTS, CONTRADICTORY, None),
        (telling.admin_filters, [page(HERE)], FACTS, ANSWERED, "ignored"),
        (telling.admin_filters, [page()], FACTS, CONTRADICTORY, None),
        (telling.admin_filters, [page()], EMPTY, NOT_SEEN, None),
        (telling.admin_filters, [page(HERE)], Facts(session={"roles": ["ADMINISTRATORS"]}), NOT_SEEN, None),
        (telling.ids_filter, [page()], FACTS, ANSWERED, "honoured"),
        (telling.ids_filter, [page(THERE)], FACTS, ANSWERED, "ignored"),
        (telling.ids_filter, [page()], EMPTY, NOT_SEEN, None),
        (telling.ids_filter, [came(404)], FACTS, CONTRADICTORY, None),
        (telling.ids_filter, [came(200, {"items": "acme"})], FACTS, CONTRADICTORY, None),
        (telling.operation_id_filter, [came(400)], FACTS, ANSWERED, "rejected"),
        (telling.operation_id_filter, [page()], FACTS, ANSWERED, "honoured"),
        (telling.operation_id_filter, [page({"id": "1"})], FACTS, ANSWERED, "ignored"),
        (telling.task_ids_filter, [page({"id": "1"})], FACTS, ANSWERED, "honoured"),
        (telling.task_ids_filter, [page({"id": "2"}, {"id": "1"})], FACTS, ANSWERED, "ignored"),
        (telling.task_ids_filter, [page({"id": "2"})], FACTS, CONTRADICTORY, None),
        (telling.task_ids_filter, [page()], EMPTY, NOT_SEEN, None),
        (telling.queued_state_filter, [page()], FACTS, ANSWERED, "honoured"),
        (telling.queued_state_filter, [page({"state": "RUNNING"})], FACTS, CONTRADICTORY, None),
        (telling.queued_state_filter, [came(400)], FACTS, ANSWERED, "rejected"),
        (telling.local_source_site, [came(400)], FACTS, ANSWERED, "rejected_400"),
        (telling.local_source_site, [page(HERE)], FACTS, ANSWERED, "honoured"),
        (telling.local_source_site, [page(THERE)], FACTS, CONTRADICTORY, None),
        (telling.local_source_site, [page()], FACTS, ANSWERED, "empty"),
        (telling.local_source_site, [page()], EMPTY, NOT_SEEN, None),
        (telling.limit_cap, [page(limit=100), page(limit=100)], FACTS, ANSWERED, {"from": 100, "to": 100}),
        (telling.limit_cap, [page(limit=101), page(limit=100)], FACTS, ANSWERED, {"from": 101, "to": 999}),
        (telling.limit_cap, [page(limit=101), page(limit=1000)], FACTS, ANSWERED, {"from": 1000, "to": None}),
        (telling.limit_cap, [page(limit=100), page(limit=50)], FACTS, CONTRADICTORY, None),
        (telling.limit_cap, [page(limit=0), page(limit=0)], FACTS, CONTRADICTORY, None),
        (telling.limit_cap, [page(), page()], FACTS, NOT_SEEN, None),
        (telling.limit_cap, [page(limit=True), page(limit=True)], FACTS, NOT_SEEN, None),
        (telling.recovery_plan_list, [came(200, [])], FACTS, ANSWERED, "array"),
        (telling.recovery_plan_list, [page()], FACTS, ANSWERED, "pages"),
        (telling.recovery_plan_list, [came(200, {})], FACTS, CONTRADICTORY, None),
        (telling.recovery_plan_list, [came(404)], FACTS, NOT_SEEN, None),
        (telling.task_retention, [page({"endTime": 5})], FACTS, NOT_SEEN, None),
        (telling.task_retention, [page()], FACTS, NOT_SEEN, None),
    ],
)
def test_what_is_told(tell: Tell, exchanges: list[Exchange], facts: Facts, outcome: str, answer: Any) -> None:
    told = tell(exchanges, facts)
    assert (told.outcome, told.answer) == (outcome, answer)
    assert told.evidence or told.outcome == NOT_SEEN


@pytest.mark.parametrize(
    ("age", "answer"), [(10, {"from": 0, "to": None}), (90_000, {"from": 86_400, "to": None}), (-5000, None)]
)
def test_the_age_of_the_oldest_task(age: int, answer: Any) -> None:
    exchange = came(200, {"items": [{"endTime": (1_800_000_000 - age) * 1000}]}, Date="Fri, 15 Jan 2027 08:00:00 GMT")
    assert telling.task_retention([exchange], FACTS).answer == answer
