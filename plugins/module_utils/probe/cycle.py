# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Move one expendable VM to the other site and back, with the operations of the collection, and observe the service.

All state is on the service: after an interrupted run, the next one finds the VM where it is, and takes it home before
it starts again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.answers import Exchange
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import FAILED, SUCCEEDED, Task, parse_task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    CLEANUP,
    FAILOVER,
    MIGRATE,
    REVERSE,
    SYNC,
    TEST,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.plugins.module_utils.operation.operation import operate_with
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import Selection, read_selection
from ansible_collections.opendr.vcda.plugins.module_utils.operation.waiting import Pace, wait_for_task
from ansible_collections.opendr.vcda.plugins.module_utils.probe import findings, telling
from ansible_collections.opendr.vcda.plugins.module_utils.probe.asking import Asker
from ansible_collections.opendr.vcda.plugins.module_utils.probe.findings import Outcome
from ansible_collections.opendr.vcda.plugins.module_utils.probe.reading import AWAY
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import recovery_body

_COMPLETE = "COMPLETE"
_TESTED = "TEST"
_IN_PROGRESS = "IN_PROGRESS"
STEP_TIMEOUT = 3600.0
# At most a cleanup, a reverse, a migration and a reverse, and spare steps to wait for running tasks.
_STEPS_HOME = 6
_NO_SUCH_VM = "00000000-0000-4000-8000-000000000000"


class Cycle:
    """The recovery of one VM to the other site and back.

    :param context: with the parameters vm_name, recovery, home_site, step_timeout and poll_interval
    :param asker: its ``look_around`` has been called
    """

    def __init__(self, context: Context, asker: Asker) -> None:
        self._context = context
        self._asker = asker
        self._client = asker.client
        self._report = context.progress or (lambda _line: None)
        self._name = str(context.params["vm_name"])
        self._verb = FAILOVER if context.params.get("recovery") == "failover" else MIGRATE
        self._home = ""
        self._away = ""
        # The outcome of a test that was requested during a sync, and whether the sync was still running after that.
        self._during_sync: tuple[Outcome, bool] | None = None

    def check(self) -> Replication:
        """Read the replication of the VM, and check that the VM can be moved there and back.

        :raises VcdaError: with the reason why it cannot
        """
        vm = self._read()
        ends = {vm.source_site, vm.destination_site}
        facts = self._asker.facts
        peers = {peer.site for peer in self._client.connection.extend_sites}
        if facts.local_site is None or ends != {facts.local_site, facts.peer_site}:
            raise invalid("vm_name", f"{vm.name} is not replicated between this service and a paired cloud site")
        if facts.peer_site not in peers:
            raise invalid("extend_sites", f"the way back needs a session at site {facts.peer_site}")
        if facts.peer_is_lost:
            raise invalid("vm_name", f"site {facts.peer_site} cannot be reached, so there is no way back")
        if vm.is_paused:
            raise invalid("vm_name", f"{vm.name} is paused; a reverse would end that. Resume it first")
        self._check_alone(vm)
        self._home = self._find_home(vm)
        self._away = next(site for site in ends if site and site != self._home)
        return vm

    def _check_alone(self, vm: Replication) -> None:
        """Refuse a VM whose vApp has other replicated VMs, with a vApp replication or without."""
        query = {"vappName": vm.vapp_name} if vm.vapp_name else {}
        for document in self._client.get_list(VAPP.path, query):
            children = VAPP.parse(document).children
            if len(children) > 1 and any(child.id == vm.id for child in children):
                raise invalid("vm_name", f"{vm.name} is part of a vApp replication with {len(children)} VMs")
        vapp = _source_vapp(vm.document)
        others = [each for each in self._asker.facts.replications if each.get("id") != vm.id]
        if vapp and any(_source_vapp(other) == vapp for other in others):
            raise invalid("vm_name", f"{vm.name} is part of a vApp with other VMs that are replicated")

    def _find_home(self, vm: Replication) -> str:
        """Return the home site of the VM: home_site, or the peer site, as the probe is run at the recovery site.

        If the VM runs at this site, either an interrupted run left it there, or the probe is run at the wrong site.
        In the first case isReversed, as the vendor documents it, or a task shows the reverse.
        """
        said, facts = self._context.params.get("home_site"), self._asker.facts
        if said and said not in (vm.source_site, vm.destination_site):
            raise invalid("home_site", f"{vm.name} is replicated between other sites")
        if said:
            return str(said)
        is_here = vm.source_site == facts.local_site
        if is_here and not (vm.is_reversed or self._was_reversed(vm)):
            raise invalid(
                "vm_name",
                f"{vm.name} runs at the site of this service. Run the probe at the service of the recovery site, or "
                "say in home_site where the VM belongs",
            )
        return str(facts.peer_site)

    def _was_reversed(self, vm: Replication) -> bool:
        tasks = [parse_task(task) for task in self._client.get_page("/tasks", {"resourceName": vm.name})]
        return any("reverse" in task.type.lower() and task.resource_name == vm.name for task in tasks)

    def run(self) -> None:
        """Move the VM to the other site and back; if a step fails, try to take it home.

        :raises VcdaError: if a step failed; the message says where the VM is
        """
        self._go_home()
        try:
            self._go_out_and_back()
            self._go_home()
        except VcdaError as error:
            with contextlib.suppress(VcdaError):
                self._go_home()
            error.message += f" {self._whereabouts()}"
            raise

    def _whereabouts(self) -> str:
        try:
            vm = self._read()
        except VcdaError:
            return f"Where {self._name} is now could not be read. Run the probe again to bring it home."
        if vm.recovery_state != _COMPLETE and vm.source_site == self._home:
            return f"{self._name} is where it was, at {self._home}."
        return f"{self._name} is not home at {self._home} yet. Run the probe again to bring it home."

    def _go_home(self) -> None:
        """Take the VM home from wherever it is."""
        for _unused in range(_STEPS_HOME):
            vm = self._read()
            if vm.recovery_state in (_TESTED, _IN_PROGRESS):
                # A cleanup waits for running tasks, and does nothing without a test.
                self._run(CLEANUP)
            elif vm.recovery_state == _COMPLETE:
                self._run(REVERSE, vm.destination_site)
            elif vm.source_site == self._home:
                return
            else:
                self._run(MIGRATE, self._home)

    def _go_out_and_back(self) -> None:
        vm = self._read()
        flags = [vm.document.get("isReversed")]
        self._report(f"{self._name}: test failover and cleanup.")
        self._try_cleanup(vm)
        self._try_test_during_sync(vm)
        self._run(TEST)
        self._try_in_test(vm)
        self._run(CLEANUP)
        self._try_start(vm)
        self._report(f"{self._name}: {self._verb.name} to {self._away}.")
        self._run(self._verb, self._away)
        self._look_at_recovered()
        self._report(f"{self._name}: reverse.")
        flags.append(self._watch_reverse())
        self._asker.facts.replications = self._client.get_page(VM.path)
        self._asker.read(AWAY)
        self._report(f"{self._name}: back to {self._home}.")
        self._run(MIGRATE, self._home)
        self._run(REVERSE, self._home)
        flags.append(self._read().document.get("isReversed"))
        self._asker.note("is_reversed", findings.is_reversed(flags, self._last_reading()))

    def _read(self) -> Replication:
        item = read_selection(self._client, Selection.from_params(VM, self._selection))[0]
        if item.before is None:
            raise item.error or invalid("vm_name", f"there is no replication of {self._name}")
        return item.before

    @property
    def _selection(self) -> dict[str, Any]:
        return {"vm_names": [self._name]}

    def _run(self, verb: Verb, active_site: str | None = None, *, wait: bool = True) -> Mapping[str, Any]:
        """Run an operation of the collection on the VM, and return its item of the result."""
        patience = self._start_step()
        ways = {"active_site": active_site, "wait": wait, "wait_timeout": patience}
        params = {**self._context.params, **self._selection, **ways}
        context = Context(params, progress=self._context.progress)
        result: Result = operate_with(context, self._client, Selection.from_params(VM, params), verb)
        item: Mapping[str, Any] = result[VM.results][0]
        if result.get("failed"):
            error = result["error"]
            raise VcdaError(
                error["message"],
                category=error["category"],
                code=error["code"],
                hint=error["hint"],
                task_id=error["task_id"],
            )
        return item

    def _try(self, method: str, path: str, body: Any = None) -> Outcome:
        """Send a request that may be refused, and wait for its task if it is accepted."""
        self._start_step()
        return self._outcome(self._asker.ask(method, path, body=body))

    def _outcome(self, exchange: Exchange | None) -> Outcome:
        if exchange is None:
            return Outcome("unknown", ())
        if exchange.status in (400, 409):
            return Outcome({400: "bad_request_400", 409: "conflict_409"}[exchange.status], (exchange,))
        try:
            task = parse_task(exchange.document)
        except VcdaError:
            return Outcome("other", (exchange,))
        ended = self._await(task)
        seen = (exchange, *findings.last_of_task(self._asker.exchanges, task.id))
        kinds = {SUCCEEDED: "accepted", FAILED: "failed_task"}
        return Outcome(kinds.get(ended.state if ended else "", "unknown"), seen)

    def _await(self, task: Task) -> Task | None:
        pace = Pace(self._client.clock, float(self._context.params.get("poll_interval") or 10), self._start_step())
        return wait_for_task(self._client, task, pace, lambda _task: None)

    def _start_step(self) -> float:
        """Start the time limit of a step, and return it in seconds."""
        patience = float(self._context.params.get("step_timeout") or STEP_TIMEOUT)
        self._client.limit(patience)
        return patience

    def _try_cleanup(self, vm: Replication) -> None:
        outcome = self._try("DELETE", f"{VM.path}/{vm.id}{CLEANUP.suffix}")
        self._asker.note("cleanup_without_test", findings.permission(outcome, "accepted", "refused"))

    def _try_test_during_sync(self, vm: Replication) -> None:
        try:
            started = self._run(SYNC, wait=False)
        except VcdaError:
            self._asker.note("minor_task", telling.not_seen("no sync could be started"))
            return
        sync = (started.get("task") or {}).get("id")
        if sync is None:
            self._asker.note("minor_task", telling.not_seen("the sync has no task"))
            return
        at_once = self._asker.ask("GET", f"/tasks/{sync}")
        if at_once:
            told = telling.by_status({200: "at_once", 404: "later"})
            self._asker.note("task_shows_at_once", told([at_once], self._asker.facts))
        exchange = self._asker.ask("POST", f"{VM.path}/{vm.id}{TEST.suffix}", body=self._body(TEST, vm))
        during = self._asker.ask("GET", f"/tasks/{sync}")
        outcome = self._outcome(exchange)
        self._during_sync = (outcome, findings.is_running(during))
        self._await(parse_task({"id": sync, "state": "RUNNING"}))

    def _try_in_test(self, vm: Replication) -> None:
        wrong_state = self._try("POST", f"{VM.path}/{vm.id}{TEST.suffix}", self._body(TEST, vm))
        self._asker.note("wrong_state", findings.refusal(wrong_state))
        if self._during_sync:
            self._asker.note("minor_task", findings.minor_task(*self._during_sync, wrong_state))
        if self._verb is MIGRATE:
            outcome = self._try("POST", f"{VM.path}/{vm.id}{MIGRATE.suffix}", self._body(MIGRATE, vm))
            self._asker.note("migrate_in_test", findings.permission(outcome, "allowed", "refused"))
        else:
            self._asker.note("migrate_in_test", telling.not_seen("the VM was failed over and not migrated"))

    def _try_start(self, vm: Replication) -> None:
        source, destination = vm.document.get("source"), vm.document.get("destination")
        settings = vm.document.get("settings")
        if not isinstance(source, Mapping) or not isinstance(destination, Mapping) or not destination.get("vdcId"):
            self._asker.note("start_refusal", telling.not_seen("the VDC of the destination is not shown"))
            return
        rules = settings if isinstance(settings, Mapping) else {}
        names = ("rpo", "dataConnectionType", "quiesced", "retentionPolicy")
        body = {
            "source": {"type": "vm", "site": vm.source_site, "vmId": _NO_SUCH_VM},
            "destination": {"type": "vcloud", "site": vm.destination_site, "vdc": destination["vdcId"]},
            **{name: rules[name] for name in names if rules.get(name) is not None},
        }
        self._asker.note("start_refusal", findings.refusal(self._try("POST", VM.path, body)))

    def _look_at_recovered(self) -> None:
        vm = self._read()
        now = self._client.server_now_ms()
        self._asker.note("optimize_days", findings.optimize_days(vm, now, self._last_reading()))
        outcome = self._try("POST", f"{VM.path}/{vm.id}{SYNC.suffix}")
        self._asker.note("upkeep_in_complete", findings.permission(outcome, "allowed", "refused"))

    def _watch_reverse(self) -> Any:
        """Reverse the replication, and read it meanwhile; return isReversed after the reverse."""
        before = self._read()
        task = (self._run(REVERSE, self._away, wait=False).get("task") or {}).get("id")
        shown = self._asker.ask("GET", f"{VM.path}/{before.id}")
        running = self._asker.ask("GET", f"/tasks/{task}") if task else None
        self._asker.note("reverse_state", findings.reverse_state(shown, running))
        if task:
            # Wait for its end: before that, the operation below might start a second reverse because of the state.
            self._await(parse_task({"id": task, "state": "RUNNING"}))
        self._run(REVERSE, self._away)
        after = self._read()
        answer = "same" if before.id == after.id else "new"
        self._asker.note("reverse_id", telling.answered(answer, *([shown] if shown else []), *self._last_reading()))
        self._asker.note("reverse_vm_id", findings.reverse_vm_id(before, after, self._last_reading()))
        return after.document.get("isReversed")

    def _last_reading(self) -> list[Exchange]:
        read = (each for each in reversed(self._asker.exchanges) if each.method == "GET")
        return [each for each in read if each.path.startswith(VM.path)][:1]

    def _body(self, verb: Verb, vm: Replication) -> dict[str, Any]:
        return recovery_body(verb.name, VM.name, {}, self._client.api_version(), {"vms": [vm.document]})


def _source_vapp(document: Mapping[str, Any]) -> Any:
    source = document.get("source")
    return source.get("vappId") if isinstance(source, Mapping) else None
