# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules keep to the contract: every module, in every version profile, against the simulator."""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.tests.contract import ContractRecorder
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

MODULES = "ansible_collections.opendr.vcda.plugins.modules"
PROFILES = ("4.0", "4.2", "4.5", "4.7")
USER = "operator@tenant-1"
HERE, THERE = "site-2", "site-1"


class Operator:
    """Runs modules in this process, at the recovery site."""

    def __init__(self, simulator: Simulator, **connection: Any) -> None:
        self.simulator = simulator
        self.connection = {
            "hostname": f"{HERE}.test",
            "username": USER,
            "password": f"operator-secret-{HERE}",
            "extend_sites": [{"site": THERE, "username": USER, "password": f"operator-secret-{THERE}"}],
            "max_concurrent": 1,
            **connection,
        }

    def run(self, module: str, *, check_mode: bool = False, **params: Any) -> dict[str, Any]:
        """Run a module and return its result."""
        definition = importlib.import_module(f"{MODULES}.{module}").DEFINITION
        defaults = {name: option.get("default") for name, option in definition.options.items()}
        clock: Any = self.simulator.clock
        new_client = partial(Client, clock=clock, adapter=InProcessAdapter(self.simulator))
        context = Context({**defaults, **self.connection, **params}, check_mode, new_client)
        result: dict[str, Any] = definition.run(context)
        assert not result.get("failed"), result
        return result


def simulator(version: str, **switches: Any) -> Simulator:
    strict = {"unknown_keys": "rejected", "unknown_parameters": "rejected"}
    return Simulator(Settings.from_dict({"api_version": version, **strict, **switches}), ManualClock())


def select(kind: str, *identifiers: str, **more: Any) -> dict[str, Any]:
    return {f"{kind}_replication_ids": list(identifiers), **more}


def recover(
    operator: Operator, kind: str, identifier: str, verb: str, active_site: str, modes: tuple[bool, ...]
) -> None:
    """Test, clean up, recover and reverse, each in every one of the given modes (check mode or not) in turn."""
    module = f"{kind}_replication"
    chosen = select(kind, operator.simulator.current_id(identifier))
    steps: list[tuple[str, dict[str, Any]]] = [
        (f"{module}_failover_test", {"sync": True}),
        (f"{module}_failover_test", {"state": "absent"}),
        (f"{module}_{verb}", {"active_site": active_site, "consolidate": True}),
        (f"{module}_reverse", {"active_site": active_site}),
    ]
    for name, params in steps:
        for check_mode in modes:
            operator.run(name, check_mode=check_mode, **{**chosen, **params})
            chosen = select(kind, operator.simulator.current_id(identifier))


@pytest.mark.parametrize("fixed", [True, False], ids=["version given", "version negotiated"])
@pytest.mark.parametrize("kind", ["vm", "vapp"])
@pytest.mark.parametrize("version", PROFILES)
def test_the_whole_life_of_a_replication(version: str, kind: str, fixed: bool) -> None:
    site = simulator(version)
    seeded = site.seed(vms=3, vapps=2, instances=3)
    identifier = (seeded.vm_ids if kind == "vm" else seeded.vapp_ids)[0]
    operator = Operator(site, **({"api_version": version} if fixed else {}))
    modes = (True, False, False) if fixed else (False,)
    with ContractRecorder(site) as recorder:
        recover(operator, kind, identifier, "failover", HERE, modes)
        recover(operator, kind, identifier, "migrate", THERE, modes)
        operator.run(f"{kind}_replication_sync", **select(kind, site.current_id(identifier)))
        operator.run(f"{kind}_replication_info", instances=True)
    recorder.assert_clean()
    assert recorder.operations[f"{kind}_replication_reverse", 202] == 2


@pytest.mark.parametrize("part", ["leaving_part", "staying_part"])
@pytest.mark.parametrize("reverse_id", ["same", "new"])
@pytest.mark.parametrize("recovered", ["shared", "own"])
def test_a_vapp_that_was_recovered_in_part(recovered: str, reverse_id: str, part: str) -> None:
    site = simulator("4.7", split_new_id=part, split_recovered_vapp=recovered, reverse_id=reverse_id)
    children = site.seed(vapps=1, vapp_names=("shop",)).child_ids
    operator = Operator(site)
    there = {"active_site": HERE}
    shop: dict[str, Any] = {"vapp_names": ["shop"], **there}
    with ContractRecorder(site) as recorder:
        operator.run("vm_replication_failover", vm_replication_ids=children[:1], active_site=HERE)
        for module, decisions in (
            ("vapp_replication_failover", {"act", "done"}),
            ("vapp_replication_failover", {"done"}),
            ("vapp_replication_reverse", {"act"}),
            ("vapp_replication_reverse", {"done"}),
        ):
            found = operator.run(module, **shop)["vapp_replications"]
            assert sorted(len(item["children"]) for item in found) == [1, 2]
            assert {item["decision"] for item in found} == decisions
            if decisions == {"act"}:
                # Two vApps of one name, as far as anybody can tell: from here on only the ids say which is meant.
                shop = shop if recovered == "shared" else select("vapp", *(item["id"] for item in found), **there)
    recorder.assert_clean()
    for child in children:
        assert site.completions(child) == {"failover": 1, "reverse": 1}


@pytest.mark.parametrize("kind", ["vm", "vapp"])
@pytest.mark.parametrize("version", PROFILES)
def test_a_declared_replication(version: str, kind: str) -> None:
    site = simulator(version)
    seeded = site.seed(vms=2, vapps=2)
    identifier = (seeded.vm_ids if kind == "vm" else seeded.vapp_ids)[0]
    operator = Operator(site)
    chosen = select(kind, identifier)
    module = f"{kind}_replication"
    with ContractRecorder(site) as recorder:
        for changes in (
            {"rpo": 30, "quiesced": True, "description": "orders"},
            {"retention": [{"instances": 4, "distance": 60}]},
            {"paused": True},
            {"paused": False},
        ):
            for check_mode in (True, False, False):
                operator.run(module, check_mode=check_mode, **chosen, **changes)
        operator.run(module, **chosen, state="absent")
    recorder.assert_clean()
    assert recorder.operations[f"{kind}_replication_stop", 202] == 1


@pytest.mark.parametrize("version", PROFILES)
def test_what_only_reads(version: str) -> None:
    site = simulator(version)
    site.seed(vms=101, vapps=1)
    operator = Operator(site)
    with ContractRecorder(site) as recorder:
        operator.run("vm_replication_info", vm_name_contains="vm-0", destination_org="tenant-1")
        operator.run("vapp_replication_info", source_org="tenant-1", source_site_type="vcloud")
        operator.run("vm_replication_info", health=["GREEN"], is_migration=False, data_connection_state="OK")
        operator.run("recovery_readiness_info", all=True)
        operator.run("policy_info", status=True)
        operator.run("recovery_plan_info")
        if version >= "4.1":
            operator.run("sla_profile_info")
        operator.run("task_info", state="SUCCEEDED", resource_types=["vmReplication", "vappReplication"])
        operator.run("site_info")
        operator.run("service_info")
        token = operator.run("session")["session_token"]
        operator.run("session", session_token=token, state="absent")
    recorder.assert_clean()
    assert recorder.operations["vm_replications_list", 200] > 1


@pytest.mark.parametrize(
    ("auth", "since"),
    [
        ({"auth_type": "local_user", "username": "root", "password": f"root-secret-{HERE}"}, "4.0"),
        ({"auth_type": "sso", "username": "administrator@vsphere.local", "password": f"sso-secret-{HERE}"}, "4.0"),
        ({"auth_type": "vcd_cookie", "vcd_cookie": f"cookie-operator-{HERE}"}, "4.0"),
        ({"auth_type": "vcd_access_token", "access_token": f"jwt-operator-{HERE}", "organization": "tenant-1"}, "4.2"),
    ],
    ids=lambda value: str(value["auth_type"]) if isinstance(value, dict) else str(value),
)
def test_logins(auth: dict[str, str], since: str) -> None:
    for version in (version for version in PROFILES if version >= since):
        site = simulator(version)
        with ContractRecorder(site) as recorder:
            Operator(site, **auth).run("site_info")
        recorder.assert_clean()


@pytest.mark.parametrize(
    "peer",
    [
        {"auth_type": "cookie", "cookie": f"cookie-operator-{THERE}"},
        {"auth_type": "vcd_access_token", "access_token": f"jwt-operator-{THERE}"},
        {"auth_type": "multisite", "organization": "tenant-1"},
    ],
    ids=lambda peer: str(peer["auth_type"]),
)
def test_extensions(peer: dict[str, str]) -> None:
    site = simulator("4.7")
    with ContractRecorder(site) as recorder:
        Operator(site, extend_sites=[{"site": THERE, **peer}]).run("session")
    recorder.assert_clean()
    assert recorder.operations["session_extend", 200] == 1
