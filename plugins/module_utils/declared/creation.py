# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Find the replication of a workload, or start one, exactly once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    REFUSED,
    VcdaError,
    error_from_task,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import new_operation_id
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import (
    FAILED,
    Task,
    latest_tasks,
    parse_tasks,
    recent_tasks,
    unfinished_tasks,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import START, Verb
from ansible_collections.opendr.vcda.plugins.module_utils.operation.failure_messages import (
    not_reached,
    timed_out,
    vanished,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import ENDED, RUNNING
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.run import RunOptions
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import read_listed
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import start
from ansible_collections.opendr.vcda.plugins.module_utils.operation.task_outcomes import is_same_verb, overlapping
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import Pace, wait_for_task

Report = Callable[[Item], None]

# The option that identifies a source, and the list filter that finds its replications, if there is one.
_SOURCES: Mapping[str, tuple[str, str | None]] = {
    "vm": ("vm_id", "vmId"),
    "vcVm": ("vm_id", "vmId"),
    "vapp": ("vapp_id", "vappId"),
    "vcVapp": ("vm_ids", None),
    "vappTemplate": ("vapp_template_id", None),
}
# A new replication may not be visible until a little after its task has ended.
_READS = 5


@dataclass(frozen=True)
class Workload:
    """The VM, the vApp, the VMs or the template that the option ``source`` names.

    :param ids: its id; for a vApp that is made of vCenter VMs, the ids of these VMs
    :param destination_site: the site to which it is replicated; None if the user gave none
    """

    kind: Kind
    type: str
    site: str
    ids: tuple[str, ...]
    destination_site: str | None = None

    @classmethod
    def from_params(cls, kind: Kind, params: Mapping[str, Any]) -> Workload:
        """Read the options ``source`` and ``destination``."""
        source = params["source"]
        value = source[_SOURCES[source["type"]][0]]
        return cls(
            kind=kind,
            type=source["type"],
            site=source["site"],
            ids=tuple(value) if isinstance(value, (list, tuple)) else (value,),
            destination_site=(params.get("destination") or {}).get("site"),
        )

    @property
    def label(self) -> str:
        """The workload as messages name it."""
        return f"{', '.join(self.ids)} at {self.site}"

    @property
    def asked(self) -> tuple[str, ...]:
        """The requested workload, as in ``Selection``."""
        return (self.label,)

    def find(self, client: Client, *, exclusive: bool = False) -> list[Replication]:
        """Return the replications that protect it at the destination, in the order of the service.

        There are several if a partial recovery split a vApp replication into parts (user guide 4.6).

        :param exclusive: refuse a workload that is replicated elsewhere, because a workload has one destination (user
            guide 4.6, policies)
        :raises VcdaError: category invalid_request or refused, if it is not clear which replication is meant
        """
        everywhere = self._replications(client)
        found = [one for one in everywhere if self.destination_site in (None, one.destination_site)]
        if exclusive and everywhere and not found:
            raise self._goes_elsewhere(everywhere[0])
        if self.type == "vcVapp":
            self._check_complete(found)
        elif self.kind is VM and len(found) > 1:
            raise self._ambiguous(found)
        return found

    def _replications(self, client: Client) -> list[Replication]:
        query_key = _SOURCES[self.type][1]
        found = []
        for document in client.get_list(self.kind.path, {query_key: self.ids[0]} if query_key else None):
            try:
                replication = self.kind.parse(document)
            except VcdaError:
                # A replication that cannot be read may be the one that is meant.
                if any(identity in json.dumps(document) for identity in self.ids):
                    raise
                continue
            if self._is_of(replication) and replication.source_site is None:
                raise malformed(f"Replication {replication.id}", "it does not say its source site")
            if self._is_of(replication) and replication.source_site == self.site:
                found.append(replication)
        return found

    def _is_of(self, replication: Replication) -> bool:
        if self.type == "vcVapp":
            return not {child.source_id for child in replication.children}.isdisjoint(self.ids)
        if self.type == "vappTemplate":
            # It is not documented under which key a source shows its template.
            source = replication.document.get("source")
            return isinstance(source, Mapping) and self.ids[0] in source.values()
        return replication.source_id == self.ids[0]

    def _check_complete(self, found: Sequence[Replication]) -> None:
        replicated = {str(child.source_id) for one in found for child in one.children}
        if found and replicated != set(self.ids):
            raise VcdaError(
                "source.vm_ids: the VMs named are {}, but {} replicates {}.".format(
                    ", ".join(sorted(self.ids)), ", ".join(one.id for one in found), ", ".join(sorted(replicated))
                ),
                category=REFUSED,
                code="OTHER_VMS",
                hint="Name exactly the VMs of the vApp replication, or give its id in vapp_replication_ids.",
            )

    def _goes_elsewhere(self, other: Replication) -> VcdaError:
        return VcdaError(
            f"{self.label} is replicated to {other.destination_site} already, by {other.id}, and cannot have another "
            "destination beside it.",
            category=REFUSED,
            code="OTHER_DESTINATION",
            hint="Name that site in destination, or stop that replication first with state=absent.",
        )

    def _ambiguous(self, found: Sequence[Replication]) -> VcdaError:
        return VcdaError(
            f"source: {self.label} names {len(found)} replications: {', '.join(one.id for one in found)}.",
            category=INVALID_REQUEST,
            code="AMBIGUOUS_NAME",
            hint="Name the site in destination, or give the id.",
        )


@dataclass(frozen=True)
class NewOrder:
    """A request that starts a replication; see ``operation.starts.Request``."""

    workload: Workload
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    verb: Verb = START

    @property
    def path(self) -> str:
        """The path of the call."""
        return self.workload.kind.path

    @property
    def label(self) -> str:
        """The workload as messages name it."""
        return self.workload.label

    def look(self, client: Client, operation_id: str, since_ms: int) -> tuple[bool, Task | None]:
        """Look for the request by the operation id, then for a replication of the workload.

        :raises VcdaError: if a replication has just been started that is not visible yet: it may be this one
        """
        task = _task_of_operation(client, operation_id)
        if task:
            return True, task
        found = self.workload.find(client)
        if found:
            tasks = [task for one in found for task in latest_tasks(client, one.id, since_ms)]
            return True, next((task for task in tasks if task.may_be_of(START)), None)
        hidden = _hidden_starts(client, self.workload.kind, since_ms)
        if hidden:
            text = f"Task {hidden[0].id} starts a replication that does not show yet, which may be this one."
            raise VcdaError(text, retriable=True)
        return False, None


def _task_of_operation(client: Client, operation_id: str) -> Task | None:
    """Return the task of a start request by its operation id, if the service knows that filter."""
    try:
        if client.get_page("/tasks", {"operationID": new_operation_id()}):
            # No task has this new id, so the service ignored the filter.
            return None
        documents = client.get_page("/tasks", {"operationID": operation_id})
    except VcdaError as error:
        if not error.is_unknown_filter:
            raise
        return None
    return next((task for task in parse_tasks(documents) if task.may_be_of(START)), None)


def _hidden_starts(client: Client, kind: Kind, since_ms: int) -> list[Task]:
    # A task that cannot be read has no state here; it counts only if its type is a start.
    recent = recent_tasks(client, since_ms)
    starts = [task for task in recent if task.is_of(START) or (task.state and task.may_be_of(START))]
    suspects = [task for task in starts if task.resource_id is None or kind.id_pattern.match(task.resource_id)]
    visible = read_listed(client, kind, [task.resource_id for task in suspects if task.resource_id])
    return [task for task in suspects if kind.canonical(str(task.resource_id)) not in visible]


def start_new(client: Client, order: NewOrder, item: Item, options: RunOptions, report: Report) -> None:
    """Start a replication, and set the outcome of its item.

    :param item: the item of the workload; gets the replication, the task and the error, if there is one
    :param options: whether, how often and how long to wait
    :param report: called with the item after each look at its task
    """
    try:
        client.ensure_peers(order.workload.site, order.workload.destination_site)
        item.task = start(client, order)
    except VcdaError as error:
        item.error = error
        if error.is_refusal:
            _settle_for_rival(client, order.workload, item, options, report)
        return
    item.changed, item.decision = True, "act"
    _follow(client, order.workload, item, options, report)


def attach_to_start(
    client: Client, workload: Workload, items: Sequence[Item], options: RunOptions, report: Report
) -> None:
    """Wait for replications that exist already but are still being started.

    :param items: the replications as read; those whose start has ended are skipped
    """
    ids = [item.before.id for item in items if item.before]
    running = {task.resource_id: task for task in unfinished_tasks(client, ids) if task.is_of(START)}
    for item in items:
        task = running.get(item.before.id) if item.before else None
        if task is None:
            continue
        item.task, item.changed, item.decision = task, True, "attach"
        _follow(client, workload, item, options, report)


def _follow(client: Client, workload: Workload, item: Item, options: RunOptions, report: Report) -> None:
    try:
        _wait_and_read(client, workload, item, options, report)
    except VcdaError as error:
        item.error = error


def _wait_and_read(client: Client, workload: Workload, item: Item, options: RunOptions, report: Report) -> None:
    """Wait for the task of a start, and read the replication that it created."""
    pace = Pace(client.clock, options.poll_interval, options.wait_timeout)

    def note(task: Task) -> None:
        item.task = task
        report(item)

    item.phase = RUNNING
    task = wait_for_task(client, item.task, pace, note) if item.task and options.wait else item.task
    item.phase = ENDED
    if task and task.state == FAILED:
        item.error = error_from_task(task.error, action=START.name, task_id=task.id, operation_id=task.operation_id)
        item.after = _read_first(client, workload.kind, _told_ids(workload.kind, item))
        # A failed start without a replication has changed nothing.
        item.changed = item.after is not None
        if task.resource_id:
            _settle_for_rival(client, workload, item, options, report)
        return
    if task and options.wait and not task.is_finished:
        item.error = timed_out(START, workload.label, task, options.wait_timeout)
        return
    item.warnings += task.warnings if task else ()
    item.after = _locate(client, workload, item, pace if options.wait else None)
    if item.after is None and options.wait:
        lost = not_reached if task else vanished
        item.error = lost(START, workload.label, None, item.task)
        item.changed = task is not None


def _settle_for_rival(client: Client, workload: Workload, item: Item, options: RunOptions, report: Report) -> None:
    """Use the replication that another run has started, if that is why our start was refused or failed.

    A failed task of ours stays a failure unless the task that started the other replication overlapped or followed it.
    """
    own, failure = item.task, item.error
    try:
        rivals = [one for one in workload.find(client) if own is None or one.id != own.resource_id]
        rival = rivals[0] if rivals else None
        task = _task_instead(client, rival, own) if rival and own else None
    except VcdaError:
        # Keep the first error, which says more.
        return
    if rival is None or failure is None or (own and task is None):
        return
    item.before = item.after = rival
    # Refused after an attempt whose answer was lost: that attempt has probably done it.
    item.error, item.changed = None, own is None and failure.ambiguous
    item.decision = "act" if item.changed else "done"
    if task is None:
        return
    item.warnings.append(
        f"{failure.message} Task {task.id} of another run has started {rival.id} for the same workload."
    )
    if not task.is_finished:
        item.task, item.changed, item.decision = task, True, "attach"
        _follow(client, workload, item, options, report)


def _task_instead(client: Client, rival: Replication, own: Task) -> Task | None:
    """Return the task, finished or not, that started another replication of the workload although ours failed."""
    tasks = [task for task in latest_tasks(client, rival.id, 0) if is_same_verb(task, own, START)]
    running = [task for task in tasks if not task.is_finished]
    return next(iter(running + overlapping(tasks, own)), None)


def _locate(client: Client, workload: Workload, item: Item, pace: Pace | None) -> Replication | None:
    """Read the replication that a start created, by the id that the task shows, else by its source."""
    for _unused in range(_READS):
        found = _read_first(client, workload.kind, _told_ids(workload.kind, item)) or next(
            iter(workload.find(client)), None
        )
        if found or pace is None or pace.is_over:
            return found
        pace.wait()
    return None


def _told_ids(kind: Kind, item: Item) -> list[str]:
    task = item.task
    told = [item.before.id if item.before else None]
    told += [task.result.get("id"), task.resource_id] if task else []
    return [one for one in dict.fromkeys(told) if isinstance(one, str) and kind.id_pattern.match(one)]


def _read_first(client: Client, kind: Kind, ids: Sequence[str]) -> Replication | None:
    for identity in ids:
        try:
            return kind.parse(client.get(f"{kind.path}/{identity}"))
        except VcdaError as error:
            if error.category != NOT_FOUND:
                raise
    return None
