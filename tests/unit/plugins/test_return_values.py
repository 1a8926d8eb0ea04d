# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules return is what they document: no key more, and every key that is promised."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import execute
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

MODULES = Path(__file__).parents[3] / "plugins" / "modules"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CONNECTION: dict[str, Any] = {
    "hostname": "site-2.test",
    "username": "operator@tenant-1",
    "password": "operator-secret-site-2",
    "extend_sites": [{"site": "site-1", "username": "operator@tenant-1", "password": "operator-secret-site-1"}],
}


@dataclass(frozen=True)
class Case:
    """One call of a module.

    :param seed: what there is
    :param options: the module's own options
    :param check_mode: whether to run in check mode
    :param fails: whether the module is to fail
    """

    module: str
    options: Mapping[str, Any]
    seed: Mapping[str, Any] = field(default_factory=lambda: {"vms": 1, "names": ("db-1",)})
    check_mode: bool = False
    fails: bool = False
    plans: tuple[Mapping[str, Any], ...] = ()

    def __str__(self) -> str:
        words = [self.module, *(f"{name}={value}" for name, value in self.options.items())]
        return "-".join([*words, *(["check"] if self.check_mode else []), *(["fails"] if self.fails else [])])


def vms(state: str = "NOT_STARTED", **more: Any) -> dict[str, Any]:
    return {"vms": 2, "names": ("db-1", "app-1"), "state": state, **more}


def vapps(state: str = "NOT_STARTED", **more: Any) -> dict[str, Any]:
    return {"vapps": 1, "vapp_names": ("shop",), "vms_per_vapp": 2, "state": state, **more}


VM_NAME = {"vm_names": ["db-1"]}
VAPP_NAME = {"vapp_names": ["shop"]}
THERE = {"active_site": "site-2"}
BOTH = (False, True)
SHOP: Mapping[str, Any] = {"name": "shop", "steps": [{"replications": ["db-1"]}]}
PROMPTING: Mapping[str, Any] = {
    "name": "shop",
    "steps": [{"replications": ["db-1"], "prompt": "Is it up?"}, {"replications": []}],
}


def operations(kind: str, name: Mapping[str, Any], seed: Callable[..., dict[str, Any]]) -> Iterator[Case]:
    for check_mode in (False, True):
        yield Case(f"{kind}_replication_reverse", {**name, **THERE}, seed("COMPLETE"), check_mode)
        yield Case(f"{kind}_replication_failover", {**name, **THERE}, seed(), check_mode)
        yield Case(f"{kind}_replication_migrate", {**name, **THERE}, seed(), check_mode)
        yield Case(f"{kind}_replication_failover_test", name, seed(), check_mode)
        yield Case(f"{kind}_replication_failover_test", {**name, "state": "absent"}, seed("TEST"), check_mode)
        yield Case(f"{kind}_replication_sync", name, seed(), check_mode)
        yield Case(f"{kind}_replication", {**name, "rpo": 60, "paused": True}, seed(), check_mode)
        yield Case(f"{kind}_replication", {**name, "state": "absent"}, seed(), check_mode)
    yield Case(f"{kind}_replication_failover", {**name, **THERE}, seed("COMPLETE"))
    yield Case(f"{kind}_replication_sync", {**name, "wait": False}, seed())
    yield Case(f"{kind}_replication_reverse", name, seed(), fails=True)
    yield Case(f"{kind}_replication_reverse", {**name, **THERE}, seed(), fails=True)
    yield Case(f"{kind}_replication_sync", name, seed(is_paused=True), fails=True)
    yield Case(f"{kind}_replication_failover", {**name, **THERE}, seed("TEST"), fails=True)
    yield Case(f"{kind}_replication_failover_test", name, seed("COMPLETE"), fails=True)
    yield Case(f"{kind}_replication_sync", {**name, "wait_timeout": 1}, seed(), fails=True)
    yield Case(f"{kind}_replication_migrate", {f"{kind}_names": ["nobody"], **THERE}, seed(), fails=True)
    elsewhere = seed("COMPLETE", source="site-2", destination="site-1")
    yield Case(f"{kind}_replication_migrate", {**name, **THERE}, elsewhere, fails=True)
    yield Case(f"{kind}_replication_sync", {**name, "password": "not-the-password"}, seed(), fails=True)
    yield Case(f"{kind}_replication_sync", {f"{kind}_replication_ids": ["wrong"]}, seed(), fails=True)
    yield Case(f"{kind}_replication", {**name, "state": "absent"}, seed("COMPLETE"), fails=True)
    yield Case(f"{kind}_replication", {**name, "state": "absent"}, seed("TEST"), fails=True)
    yield Case(f"{kind}_replication_info", {"instances": True, "recovery_settings": True}, seed("COMPLETE"))
    yield Case(f"{kind}_replication_info", {"tests": True}, seed(running="failover-test"))
    yield Case(f"{kind}_replication_info", {"password": "not-the-password"}, seed(), fails=True)


CASES = [
    *operations("vm", VM_NAME, vms),
    *operations("vapp", VAPP_NAME, vapps),
    Case("vm_replication_reverse", {**VM_NAME, **THERE}, vms("COMPLETE")),
    Case("task_info", {}),
    Case("task_info", {"password": "not-the-password"}, fails=True),
    Case("site_info", {}),
    Case("site_info", {"password": "not-the-password"}, fails=True),
    Case("service_info", {}),
    Case("service_info", {"health": False}),
    Case("service_info", {"password": "not-the-password"}, fails=True),
    Case("recovery_plan_info", {}, plans=(SHOP,)),
    Case("recovery_plan_info", {"password": "not-the-password"}, fails=True),
    *(Case("recovery_plan", {"name": "shop", "operation": "test"}, check_mode=check, plans=(SHOP,)) for check in BOTH),
    Case("recovery_plan", {"name": "shop", "operation": "cleanup"}, plans=(SHOP,)),
    Case("recovery_plan", {"name": "shop", "operation": "failover", "wait": False}, plans=(SHOP,)),
    Case("recovery_plan", {"name": "shop", "operation": "migrate"}, plans=(SHOP,), fails=True),
    Case("recovery_plan", {"name": "shop", "operation": "test"}, plans=(PROMPTING,), fails=True),
    Case("recovery_plan", {"name": "shop", "operation": "test", "password": "not-the-password"}, fails=True),
    Case("service_probe", {}, vms()),
    Case("service_probe", {"password": "not-the-password"}, fails=True),
    Case("service_probe", {"level": "session"}, check_mode=True),
    Case("service_probe", {"level": "cycle", "vm_name": "db-1", "confirm": "db-1", "idle_wait": 0}, vms()),
    Case("service_probe", {"level": "cycle", "vm_name": "db-1", "confirm": "app-1"}, fails=True),
    Case("sla_profile_info", {}),
    Case("sla_profile_info", {"password": "not-the-password"}, fails=True),
    Case("policy_info", {"status": True}),
    Case("policy_info", {"password": "not-the-password"}, fails=True),
    Case("session", {}),
    Case("session", {"password": "not-the-password"}, fails=True),
    Case("session", {"state": "absent", "session_token": "ended long ago"}),
    Case("recovery_readiness_info", {"all": True, "max_instance_age": 1}, vms(rpo_violation=12)),
    Case("recovery_readiness_info", {"vm_names": ["db-1", "nobody"]}, vms("TEST", is_paused=True)),
    Case("recovery_readiness_info", {"all": True, **THERE}, vms("TEST")),
    Case("recovery_readiness_info", {"all": True, **THERE}, vms("COMPLETE", health="RED", instances=0)),
    Case("recovery_readiness_info", {"all": True, "password": "not-the-password"}, fails=True),
]


def run(case: Case, simulator: Simulator | None = None) -> dict[str, Any]:
    if simulator is None:
        simulator = Simulator(clock=ManualClock())
        simulator.seed(**case.seed)
        for plan in case.plans:
            simulator.add_recovery_plan(**plan)
    module = importlib.import_module(f"ansible_collections.opendr.vcda.plugins.modules.{case.module}")
    definition = module.DEFINITION
    validator = ArgumentSpecValidator(  # type: ignore[no-untyped-call]
        definition.argument_spec(), **definition.constraints()
    )
    checked = validator.validate({**CONNECTION, **case.options})  # type: ignore[no-untyped-call]
    assert checked.error_messages == []

    def new_client(*arguments: Any, **more: Any) -> Client:
        return Client(*arguments, clock=cast("Any", simulator.clock), adapter=InProcessAdapter(simulator), **more)

    context = Context(params=checked.validated_parameters, check_mode=case.check_mode, new_client=new_client)
    return execute(definition, context)


@cache
def returns_of(name: str) -> Any:
    path = str(MODULES / f"{name}.py")
    _doc, _examples, returns, _metadata = get_docstring(  # type: ignore[no-untyped-call]
        path, fragment_loader, collection_name="opendr.vcda", is_module=True
    )
    return returns


TYPES: Mapping[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "bool": bool,
    "float": (int, float),
    "list": list,
    "dict": dict,
}


def compare(documented: Mapping[str, Any], returned: Mapping[str, Any], where: str) -> None:
    """Hold one level of a result against its documentation, and go down where that goes on."""
    assert set(returned) <= set(documented), f"{where}: not documented"
    promised = {name for name, text in documented.items() if text["returned"] == "always"}
    assert promised <= set(returned), f"{where}: promised and not returned"
    for name, value in returned.items():
        text = documented[name]
        if value is None:
            continue
        assert isinstance(value, TYPES[text["type"]]), f"{where}.{name}: {value!r}"
        assert text["type"] == "bool" or not isinstance(value, bool), f"{where}.{name}: {value!r}"
        parts: list[Any] = value if isinstance(value, list) else [value]
        for part in parts:
            if "contains" in text:
                compare(text["contains"], part, f"{where}.{name}")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_results_are_as_documented(case: Case) -> None:
    result = run(case)
    assert result.pop("failed", False) is case.fails, result["msg"]
    # These belong to every module of Ansible and are documented there.
    for name in ("changed", "diff", "warnings"):
        result.pop(name, None)
    if not case.fails:
        assert "error" not in result
    compare(returns_of(case.module), result, case.module)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("kind", ["vm", "vapp"])
def test_what_is_started_is_returned_as_documented(kind: str, check_mode: bool) -> None:
    simulator = Simulator(clock=ManualClock())
    workload = simulator.add_workload("db-9")
    vdc = next(vdc.id for vdc in simulator.site("site-2").vdcs if vdc.org == "tenant-1")
    source = (
        {"site": "site-1", "vm_id": workload.id} if kind == "vm" else {"site": "site-1", "vapp_id": workload.vapp_id}
    )
    options = {
        "source": source,
        "destination": {"site": "site-2", "vdc": vdc},
        "storage_profile": "*",
        "rpo": 15,
        "retention": [{"instances": 4, "distance": 60}],
        "description": "Database of the shop",
    }
    for expected in (True, check_mode):
        result = run(Case(f"{kind}_replication", options, check_mode=check_mode), simulator)
        assert not result.pop("failed", False), result["msg"]
        assert result.pop("changed") is expected
        for name in ("diff", "warnings"):
            result.pop(name)
        compare(returns_of(f"{kind}_replication"), result, f"{kind}_replication")


def as_sampled(text: str) -> str:
    """Return a text without what differs from run to run: ids and counts."""
    return re.sub(r"\b\d+\b", "1", re.sub(UUID, "0-0", text))


@cache
def results_of(name: str) -> list[dict[str, Any]]:
    return [run(case) for case in CASES if case.module == name and not case.check_mode]


@pytest.mark.parametrize("name", sorted(path.stem for path in MODULES.glob("*.py")))
def test_messages_are_those_of_the_samples(name: str) -> None:
    documented, results = returns_of(name), results_of(name)
    shown = as_sampled(documented["msg"]["sample"])
    assert shown in {as_sampled(result["msg"]) for result in results}
    sampled = {key: documented["error"]["contains"][key]["sample"] for key in ("code", "category", "message", "hint")}
    returned = [result["error"] for result in results if "error" in result]
    assert {key: as_sampled(text) for key, text in sampled.items()} in [
        {key: as_sampled(error[key]) for key in sampled} for error in returned
    ]


def test_findings_are_those_of_the_samples() -> None:
    contains = returns_of("recovery_readiness_info")["vm_replications"]["contains"]
    items = [item for result in results_of("recovery_readiness_info") for item in result.get("vm_replications", ())]
    for name in ("blocked_by", "concerns"):
        documented = contains[name]["contains"]
        sampled = {key: as_sampled(text["sample"]) for key, text in documented.items() if text["returned"] == "always"}
        findings = [one for item in items for one in item[name]]
        assert all(set(sampled) <= set(one) <= set(documented) for one in findings)
        assert sampled in [{key: as_sampled(one[key]) for key in sampled} for one in findings]


def test_every_module_is_run() -> None:
    assert {case.module for case in CASES} == {path.stem for path in MODULES.glob("*.py")}
