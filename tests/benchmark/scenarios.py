# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The compared ways to work on many replications, and the runs of them."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..tools.places import FIELD, tool_environment
from ..tools.simulation import Simulation
from .measure import Command, Cost, processor_seconds, run

PLAYBOOKS = Path(__file__).parent / "playbooks"
BARE_CLIENT = Path(__file__).parent / "bare.py"
PAGE = 100
SITE = "site-2"
PEER = "site-1"
# The number of forks of a controller with many hosts.
ROLE_FORKS = 20
# The most tasks that the role may have, and the number of tasks of the playbook to which it is compared.
DEBUG_TASKS = 20


@dataclass(frozen=True)
class Way:
    """A way to work on many replications.

    :param playbook: name of its file
    :param label: its name in tables
    :param counts: the numbers of replications for which it is measured
    :param compact: value of the option of that name; None if it is not set
    :param forks: number of hosts that Ansible processes at a time; 0 if one host does all
    :param parts: number of concurrent jobs that share the hosts
    """

    playbook: str
    label: str
    counts: tuple[int, ...]
    compact: bool | None = None
    forks: int = 0
    parts: int = 1


BY_HAND = Way("peer", "`ansible.builtin.uri`", (1, 100))
LOOP = Way("loop", "the module in a loop", (100,))
HOSTS = Way("hosts", "the module on hosts", (100,), forks=50)
LIST = Way("list", "one task with a list", (1, 100, 1000, 10_000))
WITH_OBJECTS = Way("list", "the same, `compact: false`", (10_000,), compact=False)
WAYS = (BY_HAND, LOOP, HOSTS, LIST, WITH_OBJECTS)

ROLE_LIST = Way("role", "the role with a list", (1, 100, 300, 1000))
ROLE_HOSTS = Way("role", "the role on hosts, one batch", (1, 100, 300, 1000), forks=ROLE_FORKS)
ROLE_SLICES = Way("role", "the role on hosts, ten slices", (1000,), forks=ROLE_FORKS, parts=10)
DEBUG_HOSTS = Way("debug", "three `debug` tasks on hosts", (1, 100, 300, 1000), forks=ROLE_FORKS)
DEBUG_TASKS_OF_A_HOST = 3
ROLE_WAYS = (ROLE_LIST, ROLE_HOSTS, ROLE_SLICES, DEBUG_HOSTS)


@dataclass(frozen=True)
class Run:
    """One run of a playbook, with its cost and that of the simulated service.

    :param simulator_cpu: processor seconds of the simulated service during the run
    """

    way: Way
    count: int
    latency_ms: float
    again: bool
    cost: Cost
    requests: Mapping[str, int]
    logins: int
    simulator_cpu: float = 0.0

    @property
    def total_requests(self) -> int:
        """The number of requests to the service."""
        return sum(self.requests.values())

    @property
    def requests_without_looks(self) -> int:
        """The number of requests other than task polling, whose number depends on the duration of the tasks."""
        return self.total_requests - self.requests.get("GET /tasks", 0)

    @property
    def looks(self) -> int:
        """How often the list of tasks was read; each time takes one request for each hundred tasks."""
        return math.ceil(self.requests.get("GET /tasks", 0) / math.ceil(self.count / PAGE))


@dataclass(frozen=True)
class RoleCost:
    """The cost of the role with nothing to do, and of tasks that do nothing.

    :param tasks: number of tasks of the role that are run or skipped
    :param role: the cheapest run of the role
    :param debug: the cheapest run of a playbook of `DEBUG_TASKS` tasks
    """

    tasks: int
    role: Cost
    debug: Cost


@dataclass(frozen=True)
class Laboratory:
    """The environment of the runs.

    :param folder: folder for the files of a run
    """

    simulation: Simulation
    folder: Path

    def reverse(self, way: Way, count: int, latency_ms: float, task_seconds: float) -> list[Run]:
        """Reverse recovered replications, then run the same playbook again with nothing to do."""
        ids = self._replications({"vms": count, "state": "COMPLETE"}, latency_ms, task_seconds)
        values = self._file("variables.json", {"ids": ids, "compact": way.compact})
        arguments = [str(PLAYBOOKS / f"{way.playbook}.yml"), "--extra-vars", f"@{values}"]
        if way.forks:
            hosts = {f"replication-{number}": {"replication_id": one} for number, one in enumerate(ids)}
            arguments += self._on_hosts(way, hosts)
        return [self._run(way, count, latency_ms, again, [self._command(arguments)]) for again in (False, True)]

    def least(self, count: int, latency_ms: float, times: int) -> float:
        """Return the seconds above the service that no way with Ansible can do without.

        They are those of a playbook with one task that does nothing, and of the start requests of a client that does
        nothing else.

        :param times: number of runs of each; other load can only make a run longer, so the shortest counts
        """
        debug = self._command([str(self._debug(1))])
        ansible = min(run(debug).wall for _each in range(times))
        return ansible + min(self._bare_starts(count, latency_ms) for _each in range(times))

    def _bare_starts(self, count: int, latency_ms: float) -> float:
        ids = self._file("ids.json", self._replications({"vms": count, "state": "COMPLETE"}, latency_ms, 1.0))
        return float(
            run(Command([sys.executable, str(BARE_CLIENT), str(ids)], self._environment(), self.folder)).output
        )

    def fail_over(self, way: Way, count: int, task_seconds: float) -> list[Run]:
        """Fail replications over with the role, then run the same playbook again with nothing to do."""
        ids = self._replications({"vms": count}, 0.0, task_seconds)
        hosts = {f"replication-{number}": {"recovery_vm_replication_ids": [one]} for number, one in enumerate(ids)}
        values: dict[str, Any] = {"recovery_active_site": SITE, "recovery_source_is_down": True}
        if way.parts > 1:
            commands = self._slices(way, hosts, values)
        else:
            more = {"recovery_hosts": "replications"} if way.forks else {"recovery_vm_replication_ids": ids}
            file = self._file("variables.json", {**values, **more})
            arguments = [str(PLAYBOOKS / f"{way.playbook}.yml"), "--extra-vars", f"@{file}"]
            commands = [self._command([*arguments, *(self._on_hosts(way, hosts) if way.forks else ())])]
        again = (False, True) if way is not DEBUG_HOSTS else (False,)
        return [self._run(way, count, 0.0, each, commands) for each in again]

    def role_and_debug(self, times: int) -> RoleCost:
        """Run the role with nothing to do, and tasks that do nothing, in turn.

        :param times: number of runs; other load can only increase the cost, so the cheapest run counts
        """
        self._replications({"names": ["vm-01"], "vms": 1, "source": SITE, "destination": PEER}, 0.0, 1.0)
        values = self._file("variables.json", {"recovery_vm_names": ["vm-01"], "recovery_active_site": SITE})
        role = self._command([str(PLAYBOOKS / "recovery.yml"), "--extra-vars", f"@{values}"])
        # The first run only fills the file cache.
        tasks = sum(int(figure) for figure in re.findall(r"\b(?:ok|skipped)=(\d+)", run(role).output))
        debug = self._command([str(self._debug(DEBUG_TASKS))])
        pairs = [(run(role), run(debug)) for _each in range(times)]
        return RoleCost(tasks, *(min(costs, key=lambda cost: cost.cpu) for costs in zip(*pairs, strict=True)))

    def _debug(self, count: int) -> Path:
        """Return a playbook of tasks that do nothing."""
        nothing = [{"name": f"Task {number}", "ansible.builtin.debug": {"msg": "-"}} for number in range(count)]
        play = {"name": "Do nothing", "hosts": "localhost", "gather_facts": False, "tasks": nothing}
        return self._file("debug.yml", [play])

    def _replications(self, seed: Mapping[str, Any], latency_ms: float, task_seconds: float) -> list[str]:
        self.simulation.control("/reset", {})
        self.simulation.control("/settings", {"latency_ms": latency_ms, "task_seconds": task_seconds})
        ids: list[str] = self.simulation.control("/seed", dict(seed))["vm_ids"]
        return ids

    def _run(self, way: Way, count: int, latency_ms: float, again: bool, commands: Sequence[Command]) -> Run:
        before, used = self.simulation.control("/counters"), processor_seconds(self.simulation.pid)
        cost = run(*commands)
        after, used_then = self.simulation.control("/counters"), processor_seconds(self.simulation.pid)
        requests = _difference(before["by_operation"], after["by_operation"])
        logins = after["logins"] - before["logins"]
        return Run(way, count, latency_ms, again, cost, requests, logins, used_then - used)

    def _command(self, arguments: Sequence[str]) -> Command:
        return Command(["ansible-playbook", *arguments], self._environment(), self.folder)

    def _environment(self) -> dict[str, str]:
        return {**tool_environment(), **self.simulation.environment(SITE, PEER)}

    def _on_hosts(self, way: Way, hosts: Mapping[str, Any]) -> list[str]:
        inventory = self._file("inventory.json", _inventory(hosts))
        return ["--inventory", str(inventory), "--forks", str(way.forks)]

    def _slices(self, way: Way, hosts: Mapping[str, Any], values: Mapping[str, Any]) -> list[Command]:
        """Return the jobs of a sliced job template: each is an ansible-runner process with a part of the inventory."""
        names = list(hosts)
        commands = []
        for number in range(way.parts):
            place = f"slice-{number}"
            part = {name: hosts[name] for name in names[number :: way.parts]}
            self._file(f"{place}/inventory/hosts.json", _inventory(part))
            self._file(f"{place}/env/extravars", {**values, "recovery_hosts": "replications"})
            cmdline = self._file(f"{place}/env/cmdline", None)
            cmdline.write_text(f"--forks {way.forks}", encoding="utf-8")
            folder = self.folder / place
            project = folder / "project"
            project.mkdir(exist_ok=True)
            (project / "role.yml").write_bytes((PLAYBOOKS / f"{way.playbook}.yml").read_bytes())
            words = [str(FIELD / "bin" / "ansible-runner"), "run", str(folder), "-p", "role.yml"]
            commands.append(Command(words, self._environment(), folder))
        return commands

    def _file(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
        return path


def _inventory(hosts: Mapping[str, Any]) -> dict[str, Any]:
    return {"replications": {"hosts": dict(hosts)}}


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {key: count - before.get(key, 0) for key, count in after.items() if count > before.get(key, 0)}
