# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and end of a verb: checks, refusals, the task, the states of the replications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import policies
from .call import Answer, Call
from .errors import ApiError
from .model import IN_PROGRESS, VCENTER, End, Replication, VappReplication, VmReplication, children_of, name_of
from .refusals import FAILED_TASK, Refusal
from .task_documents import task_document
from .tasks import Plan, Result, Subject, Task
from .vapps import split
from .verbs import PAUSE, RECONFIGURE, REVERSE, STOP, Finish, Peer, Verb, obstacle
from .world import World


@dataclass
class Work:
    """A running verb with its replications, and the changes at the end of its task."""

    world: World
    verb: Verb
    replication: Replication
    children: list[VmReplication]
    body: dict[str, Any]
    finish: Finish
    before: dict[str, str | None] = field(default_factory=dict)
    task_id: str = ""

    @property
    def lineages(self) -> set[str]:
        """The replications for which the verb is counted."""
        return {self.replication.lineage, *(child.lineage for child in self.children)}

    def occupy(self, task: Task) -> None:
        """Mark the replications as busy and, for a recovery, as in progress."""
        self.task_id = task.id
        stays = self.verb is REVERSE and self.world.settings.reverse_state == "stays_complete"
        for child in self.children:
            child.busy, child.activity = task.id, self.verb.name
            if self.verb.in_progress and not stays:
                child.recovery_state = IN_PROGRESS

    def fail(self, _at: int) -> None:
        """Restore the previous state of the replications."""
        for child in self.children:
            self._release(child)
            if self.verb.in_progress:
                child.recovery_state = self.before[child.lineage]

    def succeed(self, at: int) -> Result:
        """Apply the verb.

        :raises ApiError: if that is not possible; nothing is changed then
        """
        for child in self.children:
            if self.verb.check is not None:
                self.verb.check(self.world, child)
        for child in self.children:
            self._succeed(child, at)
        renames = self.verb is REVERSE and self.world.settings.reverse_id == "new"
        if renames and isinstance(self.replication, VappReplication):
            self.world.estate.rename_vapp(self.replication, self.world.identifiers.vapp_replication())
        self.world.estate.count(self.world.estate.completions, self.lineages, self.verb.name)
        is_gone = self.verb is STOP or not children_of(self.replication)
        return None if is_gone else self.replication.snapshot()

    def _succeed(self, child: VmReplication, at: int) -> None:
        self._release(child)
        child.last_updated = at
        if self.verb.in_progress:
            child.recovery_state = self.before[child.lineage]
        alone = isinstance(self.replication, VmReplication)
        if alone and self.verb.splits and self.world.settings.split_vapp:
            split(self.world, child, reversing=self.verb is REVERSE)
        self.finish(self.world, child, self.body, at)

    def _release(self, child: VmReplication) -> None:
        if child.busy == self.task_id:
            child.busy, child.activity = None, ""


def begin(
    call: Call, verb: Verb, replication: Replication, body: dict[str, Any], finish: Finish | None = None
) -> Answer:
    """Start the task of a verb.

    :param body: the checked request body
    :param finish: the change of each child at the end, if the verb itself does not define it
    :returns: 202 with the task
    :raises ApiError: if the verb is refused, in the way that the switches say
    """
    try:
        require_peer(call, verb, children_of(replication))
        children = _able_children(call, verb, replication)
    except Refusal as refusal:
        return refuse(call, verb, replication, refusal)
    work = Work(call.world, verb, replication, children, body, finish or verb.finish)
    return launch(call, work)


def launch(call: Call, work: Work) -> Answer:
    """Start the task of the work, count the verb as accepted, and return 202 with the task."""
    work.before = {child.lineage: child.recovery_state for child in work.children}
    task = start_task(call, work.verb, work.replication, work.succeed, work.fail, call.plan)
    work.occupy(task)
    call.effect = work.verb.name
    call.resource_id = work.replication.id
    call.world.estate.count(call.world.estate.effects, work.lineages, work.verb.name)
    return task_answer(call, task)


def start_task(call: Call, verb: Verb, replication: Replication, succeed: Any, fail: Any, plan: Plan) -> Task:
    """Start a task on the task board."""
    return call.world.board.start(subject_of(call, verb, replication), call.now, succeed, fail, plan)


def task_answer(call: Call, task: Task) -> Answer:
    """Return 202 with a task."""
    return Answer(202, task_document(call.world, task, call.version, call.now, call.account.is_admin))


def refuse(call: Call, verb: Verb, replication: Replication, refusal: Refusal) -> Answer:
    """Refuse at once, or by a failed task that changes nothing: not documented; switches.

    :raises ApiError: unless the switch asks for a failed task
    """
    if refusal.how != FAILED_TASK:
        raise refusal.error

    def nothing(_at: int) -> Result:
        return None

    def keep(_at: int) -> None:
        """Leave the replication as it is."""

    plan = Plan(error=refusal.error, vanishes=call.plan.vanishes)
    return task_answer(call, start_task(call, verb, replication, nothing, keep, plan))


def subject_of(call: Call, verb: Verb, replication: Replication) -> Subject:
    """Return the subject of a verb's task: what it works on, and who started it."""
    first = children_of(replication)[0]
    usual = call.world.settings.task_type_names == "usual"
    return Subject(
        type=verb.task_type if usual else verb.other_type,
        resource_type="vappReplication" if isinstance(replication, VappReplication) else "vmReplication",
        resource_id=replication.id,
        resource_name=name_of(replication),
        site=call.site.name,
        user=call.account.user,
        org=call.org,
        operation_id=call.operation_id,
        source_org=first.source.org,
        destination_org=first.destination.org,
    )


def require_peer(call: Call, verb: Verb, children: list[VmReplication]) -> None:
    """Check that the session and the state of the other site allow a verb here.

    :raises ApiError: 401 if the session is not extended to the other site
    :raises Refusal: if the other site is down
    """
    for child in children:
        at_destination = child.destination.site == call.site.name
        need = verb.peer if at_destination else Peer.EXTENDED
        if at_destination and _is_local(call, verb):
            need = Peer.NOTHING
        other = child.other_end(call.site.name)
        if need is Peer.EXTENDED:
            require_site(call, other)
        elif need is Peer.REACHABLE:
            require_reachable(call, other)
        if verb is REVERSE:
            require_on_prem_auth(call, other)


def _is_local(call: Call, verb: Verb) -> bool:
    """Tell whether the destination runs a verb without the source: not documented; switch ``upkeep_peer``."""
    return call.world.settings.upkeep_peer == "not_needed" and verb in (STOP, PAUSE, RECONFIGURE)


def require_site(call: Call, end: End) -> None:
    """Check that the session covers the site of an end and that the site is up; on-premises sites need no session.

    :raises ApiError: 401
    :raises Refusal: if the site is down
    """
    if end.site == call.site.name:
        return
    if end.kind != VCENTER:
        call.sessions.grant(call.logged_in(), end.site, call.now)
    require_reachable(call, end)


def require_reachable(call: Call, end: End) -> None:
    """Check that the site of an end is up: not documented; switch ``peer_down``.

    :raises Refusal: if it is down
    """
    if end.site in call.world.settings.sites_down:
        raise Refusal(call.world.settings.peer_down, "", "", error=call.world.peer_down_error(end.site))


def require_on_prem_auth(call: Call, end: End) -> None:
    """Check the header that start and reverse accept (vendor reference 4.5); switch ``on_prem_auth`` may require it.

    :raises ApiError: 401
    """
    needed = end.kind == VCENTER and call.world.settings.on_prem_auth == "required"
    if needed and not call.request.headers.get("on-prem-auth"):
        raise ApiError(401, "RemoteAuthenticationFailure", "The on-premises side asks for its own credentials.")


def _able_children(call: Call, verb: Verb, replication: Replication) -> list[VmReplication]:
    settings = call.world.settings
    able, obstacles = [], []
    for child in children_of(replication):
        busy = child.activity if call.world.board.live(child.busy) is not None else ""
        found = obstacle(verb, child, settings, busy)
        if found is None:
            able.append(child)
        else:
            obstacles.append(found)
    mixed = isinstance(replication, VappReplication) and settings.vapp_mixed == "acts_on_possible"
    if obstacles and not (able and mixed):
        code, msg = obstacles[0]
        raise Refusal(settings.wrong_state, code, msg, replication.id)
    if verb is REVERSE and settings.reverse_checks_policy:
        for child in able:
            policies.check_reverse(call, child.destination)
    return able
