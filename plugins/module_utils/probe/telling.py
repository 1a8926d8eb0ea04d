# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Derive answers from exchanges: pure functions, which the contract tests use too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Version
from ansible_collections.opendr.vcda.plugins.module_utils.client.throttle import seconds_of
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import ANSWERED, CONTRADICTORY, NOT_SEEN

ADMINISTRATORS = "ADMINISTRATORS"


@dataclass(frozen=True)
class Told:
    """The answer to a question.

    :param outcome: answered, not seen or contradictory
    :param answer: one of the question's values, or a range with ``from`` and ``to``, None for an open end
    :param evidence: the exchanges that show it
    :param reason: why it was not seen
    """

    outcome: str
    answer: Any = None
    evidence: tuple[Exchange, ...] = ()
    reason: str = ""


@dataclass
class Facts:
    """What the first requests of the probe show about the service and the user."""

    session: Mapping[str, Any] = field(default_factory=dict)
    version: Version | None = None
    local_site: str | None = None
    peer_site: str | None = None
    peer_is_lost: bool = False
    replications: Sequence[Mapping[str, Any]] = ()
    tasks: Sequence[Mapping[str, Any]] = ()

    @property
    def roles(self) -> list[Any]:
        """The roles of the user."""
        roles = self.session.get("roles")
        return roles if isinstance(roles, list) else []

    @property
    def reached(self) -> list[Mapping[str, Any]]:
        """The sites that the session reaches, with the organization at each."""
        sites = self.session.get("authenticatedSites")
        return [site for site in sites if isinstance(site, Mapping)] if isinstance(sites, list) else []


Tell = Callable[[Sequence[Exchange], Facts], Told]


def answered(answer: Any, *evidence: Exchange) -> Told:
    """Return an answer."""
    return Told(ANSWERED, answer, evidence)


def contradictory(*evidence: Exchange) -> Told:
    """Return that the exchanges fit none of the possible answers."""
    return Told(CONTRADICTORY, None, evidence)


def not_seen(reason: str, *evidence: Exchange) -> Told:
    """Return that the answer was not seen, with the reason."""
    return Told(NOT_SEEN, None, evidence, reason)


def by_status(answers: Mapping[int, Any]) -> Tell:
    """Return a function that derives the answer from the status of its only exchange."""

    def tell(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
        return _of_status(exchanges[0], answers)

    return tell


def by_code(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
    """Derive the answer from the code of a 401: ``unextended_code`` and ``expired_remote_code``."""
    exchange = exchanges[0]
    code = exchange.document.get("code") if isinstance(exchange.document, Mapping) else None
    if exchange.status == 401 and code in ("NotAuthenticated", "RemoteAuthenticationFailure"):
        return answered(code, exchange)
    return contradictory(exchange)


def not_acceptable_body(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
    """Tell how the service refuses a media type that is too new."""
    exchange = exchanges[0]
    has_code = isinstance(exchange.document, Mapping) and isinstance(exchange.document.get("code"), str)
    if exchange.status == 406 and (exchange.is_empty or has_code):
        return answered("empty" if exchange.is_empty else "api_error", exchange)
    return contradictory(exchange)


def media_type(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
    """Tell the media type of lists that were requested in the vendor's media type."""
    asked = [exchange for exchange in exchanges if "vnd.vmware" in exchange.accept and exchange.status == 200]
    if not asked:
        return not_seen("no list was asked for in the vendor's media type")
    labels = {exchange.headers.get("Content-Type", "").partition(";")[0].strip().lower() for exchange in asked}
    if labels == {"application/json"}:
        return answered("plain", asked[0])
    if all(label.startswith("application/vnd.vmware.h4-v") for label in labels):
        return answered("vendor", asked[0])
    return contradictory(*asked)


def admin_filters(exchanges: Sequence[Exchange], facts: Facts) -> Told:
    """Tell how the service answers the filter ``owner`` of a tenant, from a list with an owner that does not exist."""
    exchange = exchanges[0]
    if ADMINISTRATORS in facts.roles:
        return not_seen("the user is an administrator", exchange)
    if exchange.status != 200:
        return _of_status(exchange, {403: "forbidden_403"})
    if not facts.replications:
        return not_seen("there is no replication to tell it by", exchange)
    return answered("ignored", exchange) if items(exchange) else contradictory(exchange)


def ids_filter(exchanges: Sequence[Exchange], facts: Facts) -> Told:
    """Tell whether ``ids`` is honoured, from a list with an id that does not exist."""
    return _filtered(exchanges[0], facts.replications, "replication")


def operation_id_filter(exchanges: Sequence[Exchange], facts: Facts) -> Told:
    """Tell whether ``operationID`` is honoured, from a list with an operation id that no request has used."""
    if exchanges[0].status == 400:
        return answered("rejected", exchanges[0])
    return _filtered(exchanges[0], facts.tasks, "task")


def _filtered(exchange: Exchange, known: Sequence[Any], noun: str) -> Told:
    if exchange.status != 200 or items(exchange) is None:
        return contradictory(exchange)
    if not known:
        return not_seen(f"there is no {noun} to tell it by", exchange)
    return answered("ignored" if items(exchange) else "honoured", exchange)


def task_ids_filter(exchanges: Sequence[Exchange], facts: Facts) -> Told:
    """Tell whether ``ids`` is honoured, from a list with the id of the oldest known task."""
    exchange = exchanges[0]
    found = items(exchange)
    if exchange.status != 200 or found is None:
        return contradictory(exchange)
    if len(facts.tasks) < 2:
        return not_seen("there are not two tasks to tell it by", exchange)
    if [task.get("id") for task in found] == [facts.tasks[-1].get("id")]:
        return answered("honoured", exchange)
    return answered("ignored", exchange) if len(found) > 1 else contradictory(exchange)


def queued_state_filter(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
    """Tell whether the task list supports the state ``QUEUED`` as a filter."""
    exchange = exchanges[0]
    if exchange.status != 200:
        return _of_status(exchange, {400: "rejected"})
    found = items(exchange)
    if found is None or any(task.get("state") != "QUEUED" for task in found):
        return contradictory(exchange)
    return answered("honoured", exchange)


def local_source_site(exchanges: Sequence[Exchange], facts: Facts) -> Told:
    """Tell how the filter ``sourceSite`` treats the local site."""
    exchange = exchanges[0]
    found = items(exchange)
    if exchange.status != 200 or found is None:
        return _of_status(exchange, {400: "rejected_400"})
    if found:
        local = all(source_site(item) == facts.local_site for item in found)
        return answered("honoured", exchange) if local else contradictory(exchange)
    if any(source_site(item) == facts.local_site for item in facts.replications):
        return answered("empty", exchange)
    return not_seen("there is no replication from the local site to tell it by", exchange)


def limit_cap(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
    """Tell the largest page from the limits that the service states for 101 and for 1000.

    The service replaces a limit that is too large by 100, or by its cap if that is less (vendor reference 3.5,
    vm-replications).
    """
    stated = [_limit(exchange) for exchange in exchanges]
    if None in stated or len(stated) < 2:
        return not_seen("the service states no limit", *exchanges)
    first, second = (int(limit or 0) for limit in stated)
    if 1 <= first <= 100 and second == first:
        return answered({"from": first, "to": first}, *exchanges)
    if first == 101 and 1 <= second < 1000:
        return answered({"from": 101, "to": 999}, *exchanges)
    if first == 101 and second == 1000:
        return answered({"from": 1000, "to": None}, *exchanges)
    return contradictory(*exchanges)


def recovery_plan_list(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
    """Tell the form of the list of recovery plans."""
    exchange = exchanges[0]
    if exchange.status != 200:
        return not_seen("there is no list of recovery plans", exchange)
    if isinstance(exchange.document, list):
        return answered("array", exchange)
    return contradictory(exchange) if items(exchange) is None else answered("pages", exchange)


def task_retention(exchanges: Sequence[Exchange], _facts: Facts) -> Told:
    """Tell how long tasks are kept at least, in seconds, from the age of the oldest ended task, rounded down."""
    exchange = exchanges[0]
    ends = [task.get("endTime") for task in items(exchange) or ()]
    times = [end for end in ends if isinstance(end, int) and end > 0]
    now = server_time_ms(exchange)
    if not times or now is None:
        return not_seen("no ended task is listed", exchange)
    age = (now - min(times)) // 1000
    known = [seconds for seconds in (86400 * 30, 86400 * 7, 86400, 3600, 60, 0) if seconds <= age]
    return answered({"from": known[0], "to": None}, exchange) if known else contradictory(exchange)


def source_site(replication: Mapping[str, Any]) -> Any:
    """Return the source site of a replication."""
    source = replication.get("source")
    return source.get("site") if isinstance(source, Mapping) else None


def items(exchange: Exchange) -> list[Mapping[str, Any]] | None:
    """Return the items of a page; None if the body is no page of objects."""
    found = exchange.document.get("items") if isinstance(exchange.document, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        return None
    return found


def tasks_in(exchanges: Iterable[Exchange]) -> list[tuple[Exchange, Mapping[str, Any]]]:
    """Return the replication tasks in some exchanges, each with its exchange."""
    found = []
    for exchange in exchanges:
        document = exchange.document
        shown = items(exchange) if exchange.path == "/tasks" else [document] if isinstance(document, Mapping) else []
        found += [(exchange, task) for task in shown or () if _is_replication_task(task)]
    return found


def server_time_ms(exchange: Exchange) -> int | None:
    """Return the time of the service in milliseconds since the epoch, from the header Date of an answer."""
    found = seconds_of(exchange.headers.get("Date", ""))
    return None if found is None else int(found * 1000)


def _is_replication_task(document: Mapping[str, Any]) -> bool:
    workflow = document.get("workflowInfo")
    resource = workflow.get("resourceType") if isinstance(workflow, Mapping) else None
    return resource in ("replication", "vmReplication", "vappReplication") and isinstance(document.get("state"), str)


def _limit(exchange: Exchange) -> int | None:
    limit = exchange.document.get("limit") if isinstance(exchange.document, Mapping) else None
    return limit if exchange.status == 200 and isinstance(limit, int) and not isinstance(limit, bool) else None


def _of_status(exchange: Exchange, answers: Mapping[int, Any]) -> Told:
    if exchange.status in answers:
        return answered(answers[exchange.status], exchange)
    return contradictory(exchange)
