# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to reverse many replications, and one run of one of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..tools.places import tool_environment
from ..tools.simulation import Simulation
from .measure import Cost, run

PLAYBOOKS = Path(__file__).parent / "playbooks"
PAGE = 100
SITE = "site-2"
PEER = "site-1"


@dataclass(frozen=True)
class Way:
    """A way to do it.

    :param playbook: its file
    :param label: what tables call it
    :param counts: how many replications it is asked to do
    :param compact: value of the option of that name
    """

    playbook: str
    label: str
    counts: tuple[int, ...]
    compact: bool = False


BY_HAND = Way("peer", "`ansible.builtin.uri`", (1, 10, 100))
LOOP = Way("loop", "the module in a loop", (1, 10, 100))
HOSTS = Way("hosts", "the module on hosts", (1, 10, 100))
LIST = Way("list", "one task with a list", (1, 10, 100, 1000, 10_000))
COMPACT = Way("list", "the same, `compact`", (10_000,), compact=True)
WAYS = (BY_HAND, LOOP, HOSTS, LIST, COMPACT)


@dataclass(frozen=True)
class Run:
    """One run of a playbook, and what it cost on both sides."""

    way: Way
    count: int
    latency_ms: float
    again: bool
    cost: Cost
    requests: Mapping[str, int]
    logins: int

    @property
    def total_requests(self) -> int:
        """All requests that the service got."""
        return sum(self.requests.values())

    @property
    def looks(self) -> int:
        """How often the list of tasks was asked for, where one look takes a request for each hundred tasks."""
        return math.ceil(self.requests.get("GET /tasks", 0) / math.ceil(self.count / PAGE))


@dataclass(frozen=True)
class Laboratory:
    """Where runs take place.

    :param folder: for files that a run needs
    :param forks: how many hosts Ansible serves at a time
    """

    simulation: Simulation
    folder: Path
    forks: int

    def cold_and_again(self, way: Way, count: int, latency_ms: float) -> list[Run]:
        """Reverse replications that are recovered, then run the same playbook when nothing is left to do."""
        self.simulation.control("/reset", {})
        self.simulation.control("/settings", {"latency_ms": latency_ms})
        ids = self.simulation.control("/seed", {"vms": count, "state": "COMPLETE"})["vm_ids"]
        arguments = self._arguments(way, ids)
        return [self._run(way, count, latency_ms, again, arguments) for again in (False, True)]

    def play(self, arguments: Sequence[str]) -> Cost:
        """Run ansible-playbook against the simulator."""
        environment = {**tool_environment(), **self.simulation.environment(SITE, PEER)}
        return run(["ansible-playbook", *arguments], environment, self.folder)

    def _run(self, way: Way, count: int, latency_ms: float, again: bool, arguments: Sequence[str]) -> Run:
        before = self.simulation.control("/counters")
        cost = self.play(arguments)
        after = self.simulation.control("/counters")
        requests = _difference(before["by_operation"], after["by_operation"])
        return Run(way, count, latency_ms, again, cost, requests, after["logins"] - before["logins"])

    def _arguments(self, way: Way, ids: Sequence[str]) -> list[str]:
        values = self._file("variables.json", {"ids": ids, "compact": way.compact})
        arguments = [str(PLAYBOOKS / f"{way.playbook}.yml"), "--extra-vars", f"@{values}"]
        if way is HOSTS:
            hosts = {f"replication-{number}": {"replication_id": one} for number, one in enumerate(ids)}
            inventory = self._file("inventory.json", {"replications": {"hosts": hosts}})
            arguments += ["--inventory", str(inventory), "--forks", str(self.forks)]
        return arguments

    def _file(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def role_and_debug(self, times: int) -> tuple[int, float, float]:
        """Run the role where nothing is to be done, and as many tasks that do nothing, in turn.

        :param times: how often; whatever else the machine does can only add to what is measured, so the least counts
        :returns: the number of tasks, and the processor seconds of both
        """
        self.simulation.control("/reset", {})
        self.simulation.control("/settings", {"latency_ms": 0.0})
        names = ["vm-01"]
        self.simulation.control("/seed", {"names": names, "vms": 1, "source": SITE, "destination": PEER})
        values = self._file("variables.json", {"recovery_vm_names": names, "recovery_active_site": SITE})
        arguments = [str(PLAYBOOKS / "role.yml"), "--extra-vars", f"@{values}"]
        # The first run of all reads files that later ones find in memory.
        tasks = sum(int(figure) for figure in re.findall(r"\b(?:ok|skipped)=(\d+)", self.play(arguments).output))
        nothing = [{"name": f"Task {number}", "ansible.builtin.debug": {"msg": "-"}} for number in range(tasks)]
        play = {"name": "Do nothing", "hosts": "localhost", "gather_facts": False, "tasks": nothing}
        debug = str(self._file("debug.yml", [play]))
        role_costs, debug_costs = [], []
        for _each in range(times):
            role_costs.append(self.play(arguments).cpu)
            debug_costs.append(self.play([debug]).cpu)
        return tasks, min(role_costs), min(debug_costs)


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {key: count - before.get(key, 0) for key, count in after.items() if count > before.get(key, 0)}
