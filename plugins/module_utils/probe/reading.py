# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions that GET requests answer: the requests of each, when they are sent, and how the answer is derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Callable

from ansible_collections.opendr.vcda.plugins.module_utils.probe import telling
from ansible_collections.opendr.vcda.plugins.module_utils.probe.telling import Facts, Tell

# When a question is asked in a run that moves a VM; other runs ask all questions at once.
FIRST = "first"
AWAY = "away"
LAST = "last"

NOBODY = "nobody@nowhere"
_NO_VM = "C4-00000000-0000-4000-8000-000000000000"
_TOO_NEW = "application/vnd.vmware.h4-v99.9+json"
_VMS = "/vm-replications"
_BEYOND = "1000000000"
_PLANS = {
    200: "offered",
    400: "bad_request_400",
    404: "not_found_404",
    405: "method_not_allowed_405",
    500: "server_failure_500",
}


@dataclass(frozen=True)
class Get:
    """One request. Words in braces in the query are replaced by known values of the service."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    accept: str = ""


@dataclass(frozen=True)
class Reading:
    """How GET requests answer a question.

    :param gets: the requests
    :param tell: derives the answer from the exchanges
    :param hindrance: returns why the question cannot be asked here, empty if it can
    :param moment: when it is asked in a run that moves a VM
    """

    gets: tuple[Get, ...]
    tell: Tell
    hindrance: Callable[[Facts], str] = lambda _facts: ""
    moment: str = FIRST


def _no_peer(facts: Facts) -> str:
    if facts.peer_site is None or facts.local_site is None:
        return "the service is paired with no other site"
    if facts.peer_site in [site.get("site") for site in facts.reached]:
        return "the session reaches the peer already"
    return ""


def _no_local_site(facts: Facts) -> str:
    return "" if facts.local_site else "the service does not say which site is the local one"


def _no_task(facts: Facts) -> str:
    return "" if len(facts.tasks) > 1 else "there are not two tasks to tell it by"


def _not_4_0(facts: Facts) -> str:
    return "" if facts.version == (4, 0) else "the service is not of version 4.0"


def _before_4_3(facts: Facts) -> str:
    return "" if facts.version and facts.version >= (4, 3) else "the service is older than 4.3"


def _before_4_6(facts: Facts) -> str:
    return "" if facts.version and facts.version >= (4, 6) else "the service is older than 4.6"


READINGS: Mapping[str, Reading] = {
    "unextended_code": Reading((Get(_VMS, {"site": "{peer}", "limit": "1"}),), telling.by_code, _no_peer),
    "not_acceptable_body": Reading((Get("/sites", accept=_TOO_NEW),), telling.not_acceptable_body),
    "unknown_parameters": Reading(
        (Get(_VMS, {"opendrProbe": "1", "limit": "1"}),), telling.by_status({200: "ignored", 400: "rejected"})
    ),
    "malformed_id": Reading(
        (Get(f"{_VMS}/no-such-form"),), telling.by_status({404: "not_found_404", 400: "bad_request_400"})
    ),
    "admin_filters": Reading((Get(_VMS, {"owner": NOBODY, "limit": "1"}),), telling.admin_filters),
    "ids_filter": Reading((Get(_VMS, {"ids": _NO_VM, "limit": "1"}),), telling.ids_filter),
    "limit_cap": Reading(
        (Get(_VMS, {"limit": "101", "offset": _BEYOND}), Get(_VMS, {"limit": "1000", "offset": _BEYOND})),
        telling.limit_cap,
    ),
    "queued_state_filter": Reading((Get("/tasks", {"state": "QUEUED", "limit": "100"}),), telling.queued_state_filter),
    "health_4_0": Reading((Get("/diagnostics/health"),), telling.by_status({200: "object", 202: "task"}), _not_4_0),
    "health_get": Reading(
        (Get("/diagnostics/health"),),
        telling.by_status({200: "accepted", 202: "accepted", 405: "method_not_allowed"}),
        _before_4_6,
    ),
    "recovery_plans": Reading((Get("/recovery-plans"),), telling.by_status(_PLANS), _before_4_3),
    "recovery_plan_list": Reading((Get("/recovery-plans"),), telling.recovery_plan_list, _before_4_3),
    "local_source_site": Reading(
        (Get(_VMS, {"sourceSite": "{local}", "limit": "1"}),), telling.local_source_site, _no_local_site, AWAY
    ),
    "task_ids_filter": Reading((Get("/tasks", {"ids": "{task}"}),), telling.task_ids_filter, _no_task, LAST),
    "operation_id_filter": Reading(
        (Get("/tasks", {"operationID": "{operation}", "limit": "1"}),), telling.operation_id_filter, moment=LAST
    ),
    "task_retention_seconds": Reading((Get("/tasks", {"sort": "endTime"}),), telling.task_retention, moment=LAST),
}
