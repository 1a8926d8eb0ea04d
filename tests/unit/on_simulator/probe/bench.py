# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe and a simulator in one process, on one clock that nobody waits for."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.clock import Clock
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.plugins.module_utils.probe.probe import probe_service
from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import CYCLE
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.model import VmReplication
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

VM = "expendable-1"


class BenchClock(ManualClock, Clock):
    """The simulator's clock, as the client knows clocks."""


class Bench:
    """Two sites with some replications, one of an expendable VM, and a user who runs the probe."""

    def __init__(self, **switches: Any) -> None:
        self.clock = BenchClock()
        self.simulator = Simulator(Settings.from_dict({"task_seconds": 3.0, **switches}), self.clock)
        self.vm = self.simulator.seed(vms=1, names=(VM,)).vm_ids[0]
        self.simulator.seed(vms=2)

    def context(self, check_mode: bool = False, **params: Any) -> Context:
        peer = {"site": "site-1", "username": "operator@tenant-1", "password": "operator-secret-site-1"}
        return Context(
            {
                "hostname": "site-2.test",
                "username": "operator@tenant-1",
                "password": "operator-secret-site-2",
                "extend_sites": [peer],
                "max_concurrent": 1,
                "level": "read",
                "idle_wait": 1860,
                "step_timeout": 3600,
                "poll_interval": 10,
                **params,
            },
            check_mode,
            partial(Client, clock=self.clock, adapter=InProcessAdapter(self.simulator)),
        )

    def probe(self, **params: Any) -> Result:
        return probe_service(self.context(**params))

    def cycle(self, **params: Any) -> Result:
        return self.probe(**{"level": CYCLE, "vm_name": VM, "confirm": VM, **params})

    @property
    def wrote(self) -> list[str]:
        """The requests that were no GET, without those of sessions."""
        log = (f"{entry.method} {entry.path}" for entry in self.simulator.log.entries)
        return [line for line in log if not line.startswith("GET ") and "/sessions" not in line]

    def replication(self, identifier: str) -> VmReplication:
        """A VM replication as it is at the service, by any id that it has had."""
        found = self.simulator.replication(self.simulator.current_id(identifier))
        assert isinstance(found, VmReplication)
        return found

    def is_home(self) -> bool:
        found = self.replication(self.vm)
        return (found.source.site, found.recovery_state, found.busy) == ("site-1", "NOT_STARTED", None)
