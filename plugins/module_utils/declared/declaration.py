# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Bring replications into the declared state: present with the wanted settings, or absent."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import NOT_FOUND, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.declared.changes import (
    Step,
    Wish,
    check_options,
    not_shown,
    steps_towards,
)
from ansible_collections.opendr.vcda.plugins.module_utils.declared.creation import (
    NewOrder,
    Workload,
    attach_to_start,
    start_new,
)
from ansible_collections.opendr.vcda.plugins.module_utils.declared.goals import AbsenceGoal, SettingsGoal
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.sla_profiles import with_sla_profile_id
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    FORCED_STOP,
    RECONFIGURE,
    START,
    STOP,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result, check_operation
from ansible_collections.opendr.vcda.plugins.module_utils.operation.failure_messages import not_attempted, too_late
from ansible_collections.opendr.vcda.plugins.module_utils.operation.goals import Goal
from ansible_collections.opendr.vcda.plugins.module_utils.operation.phases import ENDED
from ansible_collections.opendr.vcda.plugins.module_utils.operation.progress import Progress
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item, build_result, error_result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.run import Body, Run, RunOptions
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import Selection, read_selection
from ansible_collections.opendr.vcda.plugins.module_utils.settings.excluded_disks import (
    EXCLUDED_DISKS,
    with_disks_at_start,
)
from ansible_collections.opendr.vcda.plugins.module_utils.settings.prepared_recovery import secrets_of
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import start_body

_FORCIBLE = ("RECOVERED", "TEST_ACTIVE")
_FORCE_HINT = (
    "Clean up the test or reverse the replication first; or set force to stop it as it is, which leaves what was "
    "recovered without protection."
)


def declare(kind: Kind) -> Callable[[Context], Result]:
    """Return the function that brings replications into the state that the parameters describe.

    It takes the options of ``modules.replication_arguments.replication_options``.
    """

    def run(context: Context) -> Result:
        params = context.params
        asked: tuple[str, ...] = ()
        try:
            check_operation(params)
            check_options(params)
            target: Selection | Workload
            if params.get("source"):
                target = Workload.from_params(kind, params)
            else:
                # Here the owner is a setting, not a filter.
                target = Selection.from_params(kind, {**params, "owner": None})
            asked = target.asked
            with context.connect() as client:
                for secret in secrets_of(params):
                    client.secrets.add(secret)
                declaration = _Declaration(context, client, kind, target)
                return declaration.absent() if params["state"] == "absent" else declaration.present()
        except VcdaError as error:
            return error_result(error, kind.results, asked)

    return run


@dataclass
class _Work:
    """One replication and the steps that were taken for it.

    :param steps: what was sent for it, or would be in check mode
    :param expected: the options whose change is under way or predicted, so that no reading shows it yet
    :param pending: the options that are left for the next run, because this one does not wait
    :param is_foreseen: the replication does not exist; in check mode the item shows what it would be
    """

    item: Item
    steps: list[tuple[Verb, Task | None]] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)
    pending: list[str] = field(default_factory=list)
    is_foreseen: bool = False

    @property
    def is_open(self) -> bool:
        """Whether further steps may be taken."""
        return not (self.item.error or self.pending or self.is_foreseen) and self.item.after is not None

    def take(self, verb: Verb, outcome: Item) -> None:
        """Add the outcome of a step to the item."""
        item = self.item
        item.after, item.error, item.task = outcome.after, outcome.error, outcome.task or item.task
        item.warnings += [text for text in outcome.warnings if text not in item.warnings]
        item.parts += outcome.parts
        if outcome.changed or outcome.left_no_trace:
            item.decision = "attach" if outcome.decision == "attach" and not self.steps else "act"
            item.changed = item.changed or outcome.changed
            self.steps.append((verb, outcome.task))
        elif outcome.error and not item.changed:
            item.decision = "refuse"

    def complete(self, item: dict[str, Any], wish: Wish | None) -> None:
        """Add the keys that only these modules return to an item of the result."""
        item["steps"] = [{"step": verb.name, "task": task.summary() if task else None} for verb, task in self.steps]
        if self.pending:
            item["pending"] = self.pending
        if wish and item["before"]:
            item["before"]["settings"] = wish.shown(self.item.before)
        if wish and item["after"]:
            item["after"]["settings"] = wish.shown(self._shown, self.expected)

    @property
    def _shown(self) -> Replication | None:
        """The replication whose settings are shown; None if it is foreseen and has only expected settings."""
        return None if self.is_foreseen else self.item.after

    def diff(self, wish: Wish | None) -> dict[str, Any]:
        """Return the diff of the settings that the user gave and of whether the replication exists."""
        item = self.item
        is_there = bool(item.after) if item.error else wish is not None
        before: dict[str, Any] = {"state": "present" if item.before else "absent"}
        after: dict[str, Any] = {"state": "present" if is_there else "absent"}
        if wish:
            before.update(wish.shown(item.before))
            after.update(wish.shown(self._shown, self.expected))
        return {"before_header": item.label, "after_header": item.label, "before": before, "after": after}


class _Declaration:
    """One run of a module."""

    def __init__(self, context: Context, client: Client, kind: Kind, target: Selection | Workload) -> None:
        params = context.params
        self._context = context
        self._params = params
        self._client = client
        self._kind = kind
        self._target = target
        self._planned = context.check_mode
        self._end = client.clock.monotonic() + params["wait_timeout"]
        self._works: list[_Work] = []

    def absent(self) -> Result:
        """Stop the replications that exist."""
        self._works = self._find(exclusive=False) or [_Work(Item(kind=self._kind, asked=self._asked, decision="done"))]
        for work in self._works:
            error = work.item.error
            # An unreadable replication may be the requested one; then it is not known to be absent.
            if error and error.category == NOT_FOUND and error.code != "NAME_MAY_BE_UNREADABLE":
                work.item.error, work.item.decision = None, "done"
        verb = FORCED_STOP if self._params.get("force") else STOP
        works = [work for work in self._works if work.is_open]
        for work, outcome in self._run(AbsenceGoal(self._kind, verb), works):
            work.take(verb, outcome)
            if self._planned and outcome.changed:
                work.item.after = None
            if outcome.error and outcome.error.code in _FORCIBLE:
                outcome.error.hint = _FORCE_HINT
        return self._result(verb, None)

    def present(self) -> Result:
        """Start the replication that is missing, and change the settings of those that exist."""
        self._works = self._find(exclusive=True)
        self._params = with_sla_profile_id(self._client, self._params)
        version = self._client.api_version()
        wish = Wish(self._kind, self._params, version, self._client.server_now_ms())
        self._check_preparation(wish)
        list(self._client.executor.map(partial(_check, self._client, wish), [work.item for work in self._works]))
        verb = RECONFIGURE
        if isinstance(self._target, Workload):
            if self._works:
                self._attach(self._target, wish)
            else:
                verb, self._works = START, [self._create(self._target, wish)]
        for step in steps_towards(wish):
            self._take_step(step, wish)
        return self._result(verb, wish)

    def _check_preparation(self, wish: Wish) -> None:
        """Refuse options that the API version does not know, and VMs that none of the replications has."""
        wish.preparation.check_version(self._kind)
        if self._works:
            unread = [work.item.asked for work in self._works if work.item.error]
            wish.preparation.check_vms([work.item.after for work in self._works if work.item.after], unread)

    def _find(self, *, exclusive: bool) -> list[_Work]:
        if isinstance(self._target, Workload):
            found = self._target.find(self._client, exclusive=exclusive)
            items = [Item(kind=self._kind, asked=self._asked, before=one, after=one) for one in found]
        else:
            items = read_selection(self._client, self._target)
        for item in items:
            item.decision = "refuse" if item.error else "done"
        return [_Work(item) for item in items]

    @property
    def _asked(self) -> str:
        return ", ".join(self._target.asked)

    def _create(self, workload: Workload, wish: Wish) -> _Work:
        secret = self._params.get("on_prem_auth")
        order = NewOrder(
            workload,
            start_body(with_disks_at_start(self._params), wish.version),
            {"On-Prem-Auth": secret} if secret else {},
        )
        work = _Work(Item(kind=self._kind, asked=self._asked))
        if self._planned:
            self._foresee(work, workload, wish)
            return work
        start_new(self._client, order, work.item, self._options(), self._report(START))
        if work.item.changed or work.item.task:
            work.steps.append((START, work.item.task))
            self._postpone(work, wish.after_start, wish)
        if work.item.after and not work.item.error:
            try:
                wish.preparation.check_vms([work.item.after])
                if work.item.before:
                    wish.check(work.item.after)
                else:
                    work.item.warnings += wish.check_started(work.item.after)
            except VcdaError as error:
                work.item.error = error
        return work

    def _foresee(self, work: _Work, workload: Workload, wish: Wish) -> None:
        """Predict the result of a start and of the steps after it."""
        item, later = work.item, wish.after_start
        item.changed, item.decision, work.is_foreseen = True, "act", True
        work.steps.append((START, None))
        if self._params["wait"]:
            work.expected.update(wish.options)
            work.steps += [(step.verb, None) for step in steps_towards(wish) if set(step.options) & set(later)]
        else:
            work.expected.update(set(wish.options) - set(later))
            work.pending = later
        item.after = wish.foreseen(workload.site, workload.destination_site, work.expected)

    def _attach(self, workload: Workload, wish: Wish) -> None:
        """Wait for a start that another run has begun."""
        works = [work for work in self._works if work.is_open]
        options = replace(self._options(), wait=self._params["wait"] and not self._planned)
        attach_to_start(self._client, workload, [work.item for work in works], options, self._report(START))
        for work in works:
            if work.item.changed:
                work.steps.append((START, work.item.task))
                self._postpone(work, wish.unmet(_there(work.item)), wish)

    def _take_step(self, step: Step, wish: Wish) -> None:
        """Take one step for all replications that need it, in parallel."""

        def lacks(replication: Replication) -> bool:
            return not set(wish.unmet(replication)).isdisjoint(step.options)

        works = [work for work in self._works if work.is_open and lacks(_there(work.item))]
        unmet = {id(work): wish.unmet(_there(work.item)) for work in works}
        body = step.body

        def make_body(item: Item) -> Mapping[str, Any] | None:
            for option in set(step.options) & set(wish.preparation.options):
                # If the VMs of a vApp are changed one by one, each has a document of its own.
                wish.preparation.read(self._client, option, _there(item), again=False)
            return body(wish, _there(item)) if body else None

        goal = SettingsGoal(self._kind, step.verb, *self._tests(step, wish, lacks))
        for work, outcome in self._run(goal, works, make_body):
            work.take(step.verb, outcome)
            _explain(work.item, step, wish)
            if not outcome.changed or outcome.error:
                continue
            if self._planned:
                work.expected.update(set(unmet[id(work)]) & set(step.options))
            self._postpone(work, [option for option in unmet[id(work)] if option not in step.options], wish)

    def _tests(
        self, step: Step, wish: Wish, lacks: Callable[[Replication], bool]
    ) -> list[Callable[[Replication], Any]]:
        """Return the functions of the ``SettingsGoal`` of a step: ``is_met``, ``is_shown`` and ``beside``.

        The last two only for settings that are a separate document of the replication.
        """
        option, preparation = step.options[0], wish.preparation
        if option not in preparation.options:
            return [lambda replication: not lacks(replication)]

        def read(replication: Replication) -> Replication:
            preparation.read(self._client, option, replication, again=not self._planned)
            return replication

        return [
            lambda replication: preparation.is_met(option, read(replication)),
            lambda replication: preparation.is_shown(option, read(replication)),
            lambda replication: preparation.known_of(option, read(replication)),
        ]

    def _postpone(self, work: _Work, rest: list[str], wish: Wish) -> None:
        """Leave the remaining options for the next run, if this one does not wait for its task to end."""
        if self._planned or work.item.error or not _is_running(work.item.task):
            return
        work.expected.update(set(wish.options) - set(rest))
        work.pending = rest

    def _run(self, goal: Goal, works: list[_Work], body: Body = lambda _item: None) -> list[tuple[_Work, Item]]:
        """Run the verb of a goal on replications, or in check mode predict that.

        :returns: each with its outcome
        """
        verb, items = goal.verb, [work.item for work in works]
        if not works:
            return []
        outcomes = [Item(kind=self._kind, asked=one.asked, before=one.after, after=one.after) for one in items]
        stopped = any(work.item.error for work in self._works) and self._params["continue_on_error"] is False
        is_late = self._client.clock.monotonic() >= self._end and not self._planned
        for outcome in outcomes if stopped or is_late else ():
            outcome.error = (
                not_attempted(verb, outcome.label)
                if stopped
                else too_late(verb, outcome.label, self._params["wait_timeout"])
            )
        if not stopped and not is_late:
            run = Run(self._client, goal, self._options(body), outcomes, self._report_all(verb))
            try:
                run.predict() if self._planned else run.execute()
            except VcdaError as error:
                # The steps before this one are done and must be reported.
                for outcome in outcomes:
                    outcome.error = outcome.error or (None if outcome.phase == ENDED else error)
        return list(zip(works, outcomes))

    def _options(self, body: Body = lambda _item: None) -> RunOptions:
        left = self._end - self._client.clock.monotonic()
        return RunOptions(
            wait=self._params["wait"],
            wait_timeout=float(max(1, math.ceil(left))),
            poll_interval=self._params["poll_interval"],
            continue_on_error=self._params["continue_on_error"],
            body=body,
        )

    def _report_all(self, verb: Verb) -> Callable[[Sequence[Item]], None]:
        return Progress(verb, self._client.clock, self._context.progress).report

    def _report(self, verb: Verb) -> Callable[[Item], None]:
        report = self._report_all(verb)
        return lambda item: report([item])

    def _result(self, verb: Verb, wish: Wish | None) -> Result:
        """Return the module's result.

        :param verb: the verb that the message names
        :param wish: None if the replications were to be absent
        """
        result = build_result(
            [work.item for work in self._works],
            kind=self._kind,
            verb=verb,
            check_mode=self._planned,
            compact=self._params.get("compact"),
        )
        for work, item in zip(self._works, result[self._kind.results]):
            work.complete(item, wish)
            if work.pending:
                left = ", ".join(work.pending)
                result["warnings"].append(f"{work.item.label}: as wait is off, the next run has to see to {left}.")
        result["diff"] = [work.diff(wish) for work in self._works if work.item.changed]
        return result


def _check(client: Client, wish: Wish, item: Item) -> None:
    """Refuse settings that cannot be fulfilled, before anything is sent."""
    if item.after is None:
        return
    try:
        wish.check(item.after)
        for option in wish.preparation.options:
            wish.preparation.read(client, option, item.after)
    except VcdaError as error:
        item.error, item.decision = error, "refuse"


def _explain(item: Item, step: Step, wish: Wish) -> None:
    """Name the options that are still unmet in the error of a step that succeeded without effect."""
    error = item.error
    if error is None or error.code != "STATE_NOT_REACHED" or item.after is None:
        return
    shown = wish.shown(item.after)
    short = [name for name in wish.unmet(item.after) if name in step.options]
    hidden = [name for name in short if name != EXCLUDED_DISKS and shown[name] in (None, {}, [])]
    if hidden:
        item.error = not_shown(item.after, hidden[0], f"after its {step.verb.name} ended well")
        return
    told = " and ".join(f"{name} is still {shown[name]}" for name in short)
    error.message = f"The {step.verb.name} of {item.label} ended well, but {told}."


def _is_running(task: Task | None) -> bool:
    return task is not None and not task.is_finished


def _there(item: Item) -> Replication:
    replication = item.after or item.before
    if replication is None:
        raise ValueError("a step is taken only for a replication that is there")
    return replication
