# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polls the service and reports each change between two polls once, as an event. Independent of Ansible."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    AUTHENTICATION,
    AUTHORIZATION,
    INVALID_REQUEST,
    VcdaError,
    invalid,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, iso_time, parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.sites import read_sites
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.form import (
    harmless,
    problem_of_replication,
    problem_of_site,
    problem_of_task,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.events.selection import Watched, predecessor
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.variables import is_blank
from ansible_collections.opendr.vcda.plugins.plugin_utils.session_guard import Guard

Event = dict[str, Any]
Variables = Mapping[str, Any]

_LOG = logging.getLogger("opendr.vcda.replications")
_TASK_TYPES = "replication,vmReplication,vappReplication"
# Errors that another poll cannot resolve.
_HOPELESS = (AUTHENTICATION, AUTHORIZATION, INVALID_REQUEST)
_GROWTH = 2
# Number of task ids that are remembered beyond those of one poll, so that no event repeats if a clock is changed.
_MEMORY = 10_000
# How much later than a task that ended after it a task may appear, because clocks differ or a service is slow to tell.
_LATENESS_MS = 5 * 60 * 1000
_WORDS_FOR_FALSE = frozenset({"0", "false", "n", "no", "off", "f"})


class GuardedClient(Client):
    """A client whose session is closed even if this process is killed.

    :param connection: the checked connection options
    :param guard: gets the token of each session as soon as it is open
    :param more: options of ``Client``
    """

    def __init__(self, connection: Connection, guard: Guard, **more: Any) -> None:
        super().__init__(connection, **more)
        self._guard = guard

    def login(self) -> dict[str, Any]:
        """Open a session and pass it to the guard."""
        details = super().login()
        self._guard.hold(self.token)
        return details

    def logout(self) -> None:
        """Close the session."""
        super().logout()
        self._guard.hold(None)


@dataclass(frozen=True)
class Seen:
    """The result of the last poll, with which the next one is compared.

    :param replications: host variables by id
    :param sites: whether each can be reached
    :param problems: messages about data that could not be passed on
    :param tasks: ids of ended tasks that were reported, the latest ones last
    :param since_ms: tasks that ended before this time, in milliseconds since the epoch, were reported unless they
        appeared late
    :param first_ms: tasks that ended before this time are not events
    :param at: when the poll ended, in seconds of the monotonic clock
    """

    replications: Mapping[str, Variables] = field(default_factory=dict)
    sites: Mapping[str, bool] = field(default_factory=dict)
    problems: frozenset[str] = frozenset()
    tasks: tuple[str, ...] = ()
    since_ms: int = 0
    first_ms: int = 0
    at: float = 0.0


class Watch:
    """Polls a service.

    :param client: the session; it renews itself
    :param interval: seconds between two polls
    :param longest: longest time in seconds between two polls while the service does not answer
    :param max_rpo_violation: tolerated RPO violation in minutes, which is not an event
    :param heartbeat: seconds without any event after which the source reports its own health; 0 for never
    :param watched: which replications are watched; all by default
    """

    def __init__(
        self,
        client: Client,
        *,
        interval: float = 60.0,
        longest: float = 900.0,
        max_rpo_violation: int = 0,
        heartbeat: float = 0.0,
        watched: Watched | None = None,
    ) -> None:
        self._client = client
        self._interval = interval
        self._longest = max(longest, interval)
        self._max_rpo_violation = max_rpo_violation
        self._heartbeat = heartbeat
        self._watched = watched or Watched({})
        self._delay = interval
        self._failure = ""
        self._failed_looks = 0
        self._last_success_ms: int | None = None
        self._last_event = client.clock.monotonic()
        self._seen = Seen()

    @property
    def delay(self) -> float:
        """Seconds until the next poll is due."""
        return self._delay

    def look(self) -> list[Event]:
        """Return the changes since the last poll; at the first poll, everything that is not healthy.

        A poll that fails reports only its failure. The next successful poll reports all changes since the last one.

        :raises VcdaError: at the first poll, if it is refused; later a failure is an event, reported once
        """
        try:
            events = self._successful_look()
        except VcdaError as error:
            if self._last_success_ms is None and error.category in _HOPELESS:
                raise
            events = self._failed(error)
        if events:
            self._last_event = self._client.clock.monotonic()
        elif self._heartbeat and self._client.clock.monotonic() - self._last_event >= self._heartbeat:
            self._last_event = self._client.clock.monotonic()
            events = [{"type": "source", **self._health()}]
        # Mask secrets first: after the escaping they would not be recognised.
        told: list[Event] = harmless([self._redacted(event) for event in events])
        return told

    def _redacted(self, event: Event) -> Event:
        """Mask secrets in the parts that may quote a request; names and ids stay unchanged, because rules use them."""
        redact = self._client.secrets.redact
        if event["type"] == "task":
            quoting = {name: redact(event["task"][name]) for name in ("error", "warnings")}
            return {**event, "task": {**event["task"], **quoting}}
        return event if "replication" in event or event["type"] == "site" else dict(redact(event))

    def _successful_look(self) -> list[Event]:
        if self._failure == AUTHENTICATION:
            # A client does not repeat a login that was refused, so each poll tries it once.
            self._client.login()
        if not self._seen.since_ms:
            self._seen = self._beginning()
        events, seen = self._events(self._seen)
        self._seen = seen
        if self._failure:
            _LOG.info("The service answers again.")
            events.insert(0, {"type": "service", "is_reachable": True, "error": None})
        self._failure, self._failed_looks, self._delay = "", 0, self._interval
        self._last_success_ms = self._client.server_now_ms()
        return events

    def _beginning(self) -> Seen:
        """Return what is known before the first poll: tasks that have ended are not events, even if it fails later."""
        self._client.get_page("/tasks", {"state": "RUNNING"})
        now_ms = self._client.server_now_ms()
        first_ms = now_ms - _LATENESS_MS
        known = tuple(task.id for task in self._read_ended(first_ms, {}) if (task.end_ms or 0) < now_ms)
        return Seen(tasks=known, since_ms=now_ms, first_ms=first_ms, at=self._client.clock.monotonic())

    def _failed(self, error: VcdaError) -> list[Event]:
        self._delay = min(self._delay * _GROWTH, self._longest)
        self._failed_looks += 1
        known, self._failure = self._failure, error.category
        message = self._client.secrets.redact(error.message)
        _LOG.warning("Look %d in a row failed, the next one is in %d s: %s", self._failed_looks, self._delay, message)
        if known == error.category:
            return []
        return [{"type": "service", "is_reachable": False, "error": error.as_dict(), **self._health()}]

    def _health(self) -> dict[str, Any]:
        return {"failed_looks": self._failed_looks, "last_success": iso_time(self._last_success_ms)}

    def _events(self, before: Seen) -> tuple[list[Event], Seen]:
        """Return the events of one poll and its result; ``_seen`` changes only after everything was read."""
        problems: dict[str, None] = {}
        # Read the tasks first, so that the replications that are read next contain their effects.
        ended, since_ms, first_ms = self._ended_tasks(before, problems)
        read = self._watched.read(self._client, before.replications, problems)
        found = {identity: item for identity, item in read.items() if _is_sound(problem_of_replication(item), problems)}
        sites = {
            str(site["name"]): bool(site["is_reachable"])
            for site in read_sites(self._client)
            if _is_sound(problem_of_site(site), problems)
        }
        events = list(_site_events(before.sites, sites))
        for identity, item in found.items():
            events += self._replication_events(predecessor(before.replications, identity, item, found), item)
        told = set(before.tasks)
        for task in ended:
            described = _described(task)
            is_new = task.id not in told and self._watched.concerns(task, before.replications, found)
            if is_new and _is_sound(problem_of_task(described), problems):
                events.append({"type": "task", "task": described, "replication": found.get(str(task.resource_id))})
        events += [{"type": "problem", "message": text} for text in problems if text not in before.problems]
        identities = [task.id for task in ended]
        again = set(identities)
        kept = [known for known in before.tasks if known not in again][-_MEMORY:]
        # Keep the old data of replications that are damaged now, to compare with once they can be read again.
        damaged = {
            identity: item
            for identity, item in before.replications.items()
            if identity not in found and any(identity in text for text in problems)
        }
        return events, Seen(
            {**damaged, **found},
            sites,
            frozenset(problems),
            (*kept, *identities),
            since_ms,
            first_ms,
            self._client.clock.monotonic(),
        )

    def _replication_events(self, before: Variables | None, item: Variables) -> Iterable[Event]:
        state, health = item["recovery_state"], item["overall_health"]
        if before and before["recovery_state"] != state:
            yield _event("recovery_state", item, previous=before["recovery_state"])
        if before and before["direction"] != item["direction"]:
            yield _event("direction", item, previous=before["direction"])
        if health != (before["overall_health"] if before else "GREEN") and health is not None:
            yield _event("health", item, previous=before["overall_health"] if before else None)
        is_violated = self._is_violated(item)
        if is_violated != bool(before and self._is_violated(before)):
            yield _event("rpo_violation", item, is_violated=is_violated)

    def _is_violated(self, item: Variables) -> bool:
        return (item["rpo_violation"] or 0) > self._max_rpo_violation

    def _ended_tasks(self, before: Seen, problems: dict[str, None]) -> tuple[list[Task], int, int]:
        """Read the tasks that have ended since the last poll, and those shortly before, which may have appeared late.

        :returns: the tasks in the order in which they ended, and ``since_ms`` and ``first_ms`` for the next poll
        """
        since_ms, first_ms = before.since_ms, before.first_ms
        ended = self._read_ended(max(first_ms, since_ms - _LATENESS_MS), problems)
        now_ms = self._client.server_now_ms()
        if now_ms < since_ms:
            # The clock of the service was set back, so newly ended tasks have end times before the last poll.
            since_ms = now_ms - int((self._client.clock.monotonic() - before.at) * 1000)
            first_ms = min(first_ms, since_ms)
            ended = self._read_ended(since_ms, problems)
        # An end time in the future (wrong clock) must not hide the tasks that end before it.
        latest = max((min(task.end_ms or 0, now_ms) for task in ended), default=0)
        return ended, max(since_ms, latest), first_ms

    def _read_ended(self, since_ms: int, problems: dict[str, None]) -> list[Task]:
        tasks = []
        for document in self._client.get_list("/tasks", {"endTimeAfter": since_ms, "resourceType": _TASK_TYPES}):
            try:
                tasks.append(parse_task(document))
            except VcdaError as error:
                problems[error.message] = None
        # A service may ignore a filter. A task may have no readable end time.
        ended = [task for task in tasks if task.is_finished and (task.end_ms is None or task.end_ms >= since_ms)]
        return sorted(ended, key=lambda task: task.end_ms or 0)


def connection_params(arguments: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the connection options of the modules from the arguments of an event source.

    :param arguments: the arguments in the rulebook; other keys are ignored
    :param environment: environment variables, used for options that the rulebook leaves out
    :raises VcdaError: category invalid_request, naming the option that cannot be used
    """
    params: dict[str, Any] = {}
    for name, option in connection_options().items():
        given = (arguments.get(name), environment.get(option.get("env", "")), option.get("default"))
        params[name] = _converted(name, option["type"], next((value for value in given if not is_blank(value)), None))
    if not params["extend_sites"]:
        peer = {option: environment.get(variable) for option, variable in PEER_ENVIRONMENT.items()}
        peer = {option: value for option, value in peer.items() if not is_blank(value)}
        params["extend_sites"] = [peer] if "site" in peer else []
    return params


def number(name: str, value: Any, default: float) -> float:
    """Return an argument that is a number greater than or equal to 0.

    :raises VcdaError: category invalid_request, if it is not such a number
    """
    try:
        found = float(default if is_blank(value) else value)
    except (TypeError, ValueError, OverflowError):
        found = -1.0
    # With infinity or NaN no further poll would be due, and nobody would be told.
    if not 0 <= found < math.inf:
        raise invalid(name, f"{value!r} is no number of at least 0")
    return found


def _converted(name: str, kind: str, value: Any) -> Any:
    if value is None:
        return None
    try:
        if kind == "int":
            return int(value)
        if kind == "float":
            return float(value)
    except (TypeError, ValueError, OverflowError):
        raise invalid(name, f"{value!r} is no number") from None
    if kind == "bool":
        return str(value).lower() not in _WORDS_FOR_FALSE
    # ansible-rulebook turns a template whose result is all digits, such as a password, into a number.
    return str(value) if kind in ("str", "path") else value


def _is_sound(problem: str | None, problems: dict[str, None]) -> bool:
    """Tell whether an object can be passed on; if not, add the problem to ``problems``."""
    if problem:
        problems[problem] = None
    return not problem


def _event(kind: str, item: Variables, **more: Any) -> Event:
    return {"type": kind, **more, "replication": dict(item)}


def _site_events(before: Mapping[str, bool], now: Mapping[str, bool]) -> Iterable[Event]:
    for name, is_reachable in now.items():
        if is_reachable != before.get(name, True):
            yield {"type": "site", "site": name, "is_reachable": is_reachable}


def _described(task: Task) -> dict[str, Any]:
    error = task.error if isinstance(task.error, Mapping) else None
    return {
        **task.summary(),
        "resource_id": task.resource_id,
        "resource_name": task.resource_name,
        "error": {"code": error.get("code"), "message": error.get("msg")} if error else None,
    }
