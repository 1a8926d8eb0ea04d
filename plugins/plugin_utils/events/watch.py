# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to replications, as events: the difference between two looks, each told once. Knows no Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task, parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.modules.arguments import PEER_ENVIRONMENT, connection_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.listing import read_sites
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.hosts import read_variables
from ansible_collections.opendr.vcda.plugins.plugin_utils.session_guard import Guard

Event = dict[str, Any]
Variables = Mapping[str, Any]

_TASK_TYPES = "replication,vmReplication,vappReplication"
# What no later look will mend.
_HOPELESS = (AUTHENTICATION, AUTHORIZATION, INVALID_REQUEST)
_GROWTH = 2
_WORDS_FOR_FALSE = frozenset({"0", "false", "n", "no", "off", "f"})


class GuardedClient(Client):
    """A client whose session is closed even if nothing of this process is left to do it.

    :param connection: the checked connection options
    :param guard: is told of each session as soon as it is open
    :param more: options of ``Client``
    """

    def __init__(self, connection: Connection, guard: Guard, **more: Any) -> None:
        super().__init__(connection, **more)
        self._guard = guard

    def login(self) -> dict[str, Any]:
        """Open a session of our own."""
        details = super().login()
        self._guard.hold(self.token)
        return details

    def logout(self) -> None:
        """Close the session."""
        super().logout()
        self._guard.hold(None)


class Watch:
    """Looks at a service again and again.

    :param client: the session; it renews itself
    :param interval: seconds between two looks
    :param longest: seconds between two looks at the most, while the service does not answer
    :param max_rpo_violation: minutes of violation that are no event yet
    """

    def __init__(
        self, client: Client, *, interval: float = 60.0, longest: float = 900.0, max_rpo_violation: int = 0
    ) -> None:
        self._client = client
        self._interval = interval
        self._longest = max(longest, interval)
        self._max_rpo_violation = max_rpo_violation
        self._delay = interval
        self._failure = ""
        self._has_looked = False
        self._replications: Mapping[str, Variables] = {}
        self._sites: dict[str, bool] = {}
        self._tasks: set[str] = set()
        self._since_ms = 0

    @property
    def delay(self) -> float:
        """Seconds until the next look is due."""
        return self._delay

    def look(self) -> list[Event]:
        """Return what has happened since the last look; at the first look, what is not as it should be.

        :raises VcdaError: at the first look, if it is refused; later a failure is an event, and told once
        """
        try:
            events = self._events()
        except VcdaError as error:
            if not self._has_looked and error.category in _HOPELESS:
                raise
            return self._failed(error)
        if self._failure:
            events.insert(0, {"type": "service", "is_reachable": True, "error": None})
        self._failure, self._delay, self._has_looked = "", self._interval, True
        redacted: list[Event] = self._client.secrets.redact(events)
        return redacted

    def _failed(self, error: VcdaError) -> list[Event]:
        self._delay = min(self._delay * _GROWTH, self._longest)
        known, self._failure = self._failure, error.category
        if known == error.category:
            return []
        described = self._client.secrets.redact(error.as_dict())
        return [{"type": "service", "is_reachable": False, "error": described}]

    def _events(self) -> list[Event]:
        # The tasks first: what one of them has done is then in the replications that follow.
        tasks = self._ended_tasks()
        found = {
            str(item["vm_replication_id"]): item
            for item in read_variables(self._client, VM, (), lambda *_left_out: None)
        }
        sites = {str(site["name"]): bool(site["is_reachable"]) for site in read_sites(self._client)}
        events = [*_site_events(self._sites, sites)]
        for identity, item in found.items():
            events += self._replication_events(self._before(identity, item, found), item)
        events += [
            {"type": "task", "task": _described(task), "replication": found.get(str(task.resource_id))}
            for task in tasks
        ]
        self._replications, self._sites = found, sites
        self._tasks.update(task.id for task in tasks)
        return events

    def _before(self, identity: str, item: Variables, found: Mapping[str, Any]) -> Variables | None:
        """Return the replication as it was; a reverse may have given it another id (vendor reference 4.6, reverse)."""
        if identity in self._replications:
            return self._replications[identity]
        ends = (item["destination_site"], item["source_site"], item["vm_name"])
        for known, before in self._replications.items():
            if known not in found and (before["source_site"], before["destination_site"], before["vm_name"]) == ends:
                return before
        return None

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

    def _ended_tasks(self) -> list[Task]:
        """Read the tasks that have ended since the last look. What had ended before the first one is no event."""
        if not self._since_ms:
            self._client.get_page("/tasks", {"state": "RUNNING"})
            self._since_ms = self._client.server_now_ms()
            return []
        query = {"endTimeAfter": self._since_ms, "resourceType": _TASK_TYPES}
        tasks = [parse_task(document) for document in self._client.get_list("/tasks", query)]
        # A service may pass over a filter.
        ended = [task for task in tasks if task.is_finished and (task.end_ms or 0) >= self._since_ms]
        fresh = [task for task in ended if task.id not in self._tasks]
        self._since_ms = max([self._since_ms, *(task.end_ms or 0 for task in fresh)])
        self._tasks &= {task.id for task in ended}
        return sorted(fresh, key=lambda task: task.end_ms or 0)


def connection_params(arguments: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the connection options, as the modules have them, from the arguments of an event source.

    :param arguments: what the rulebook says; other keys are passed over
    :param environment: the variables that stand in for what it does not say
    :raises VcdaError: category invalid_request, naming the option that cannot be used
    """
    params: dict[str, Any] = {}
    for name, option in connection_options().items():
        value = arguments.get(name)
        if value in (None, ""):
            value = environment.get(option.get("env", "")) or option.get("default")
        params[name] = _converted(name, option["type"], value)
    if not params["extend_sites"]:
        peer = {option: environment.get(variable) for option, variable in PEER_ENVIRONMENT.items()}
        params["extend_sites"] = [peer] if peer["site"] else []
    return params


def number(name: str, value: Any, default: float) -> float:
    """Return an argument that is a number greater than or equal to 0.

    :raises VcdaError: category invalid_request, if it is none
    """
    try:
        found = float(default if value in (None, "") else value)
    except (TypeError, ValueError):
        found = -1.0
    if found < 0:
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
    except (TypeError, ValueError):
        raise invalid(name, f"{value!r} is no number") from None
    if kind == "bool":
        return str(value).lower() not in _WORDS_FOR_FALSE
    return value


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
