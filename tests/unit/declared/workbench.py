# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declarative modules and the simulator in one process, on one clock that nobody waits for.

Every exchange is held against the contract; a test whose service says what no service should closes the recorder.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.declared.declaration import declare
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_arguments import replication_options
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result
from ansible_collections.opendr.vcda.tests.contract import ContractRecorder
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.journal import Entry
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

PRIMARY = "site-1"
RECOVERY = "site-2"
OPERATOR = "operator@tenant-1"
ADMINISTRATOR = "administrator@System"
SECRETS = {OPERATOR: "operator-secret-", ADMINISTRATOR: "administrator-secret-"}


class Workbench:
    """Two sites, and a user at the recovery site who runs modules."""

    def __init__(self, **switches: Any) -> None:
        # The client asks for a clock of its own class; this one does the same.
        self.clock: Any = ManualClock()
        strict = {"unknown_keys": "rejected", "unknown_parameters": "rejected"}
        self.simulator = Simulator(Settings.from_dict({**strict, **switches}), self.clock)
        self.recorder = ContractRecorder(self.simulator)
        self.user = OPERATOR
        self.seen = 0

    def connection(self) -> dict[str, Any]:
        secret = SECRETS[self.user]
        peer = {"site": PRIMARY, "username": self.user, "password": secret + PRIMARY}
        return {
            "hostname": f"{RECOVERY}.test",
            "username": self.user,
            "password": secret + RECOVERY,
            "extend_sites": [peer],
        }

    def run(self, kind: Kind = VM, *, check_mode: bool = False, **params: Any) -> Result:
        """Run a module; options that are not given have the defaults of the module."""
        defaults = {name: option.get("default") for name, option in replication_options(kind.name).items()}
        new_client = partial(Client, clock=self.clock, adapter=InProcessAdapter(self.simulator))
        context = Context({**defaults, **self.connection(), **params}, check_mode, new_client)
        self.seen = len(self.simulator.log)
        result = declare(kind)(context)
        assert not self.recorder.violations, self.recorder.report()
        return result

    def leaves_alone(self, kind: Kind = VM, **params: Any) -> None:
        """Run a module that must find everything as it should be."""
        result = self.run(kind, **params)
        assert "failed" not in result, result["msg"]
        assert (result["changed"], self.changes()) == (False, [])

    def sent(self) -> list[Entry]:
        """What the last run has sent."""
        return list(self.simulator.log)[self.seen :]

    def changes(self) -> list[str]:
        """The requests of the last run that change anything, sessions aside."""
        return [
            f"{entry.method} {entry.path}"
            for entry in self.sent()
            if entry.method != "GET" and not entry.path.startswith("/sessions")
        ]

    def effects(self, identifier: str) -> dict[str, int]:
        return self.simulator.effects(identifier)

    def vdc(self, site: str = RECOVERY, org: str = "tenant-1") -> str:
        return next(vdc.id for vdc in self.simulator.site(site).vdcs if vdc.org == org)

    def profile(self, label: str = "gold-storage", site: str = RECOVERY) -> str:
        profiles = self.simulator.site(site).storage_profiles
        return next(identifier for identifier, name in profiles.items() if name == label)

    def new_vm(self, name: str = "fresh", **more: Any) -> dict[str, Any]:
        """Put a VM without replication into the primary site and return the options that replicate it."""
        workload = self.simulator.add_workload(name, PRIMARY, **more)
        return {
            "source": {"type": "vm", "site": PRIMARY, "vm_id": workload.id},
            "destination": {"type": "vcloud", "site": RECOVERY, "vdc": self.vdc()},
        }

    def started(self) -> int:
        """How many replications there are that a module started."""
        estate = self.simulator.world.estate
        return sum(counter["start"] for counter in estate.effects.values())


def only(result: Result) -> dict[str, Any]:
    """Return the one item of a result."""
    items = result.get("vm_replications") or result["vapp_replications"]
    assert len(items) == 1
    item: dict[str, Any] = items[0]
    return item


def code(result: Result) -> Any:
    """Return the code of the failure of a run that failed."""
    assert result["failed"] is True
    return result["error"]["code"]
