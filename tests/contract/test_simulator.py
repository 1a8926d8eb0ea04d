# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator keeps to the contract: every route, the whole life of a replication, every switch."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.contract import Contract, ContractRecorder, document
from ansible_collections.opendr.vcda.tests.contract.examples import CALLS
from ansible_collections.opendr.vcda.tests.contract.walk import whole_life
from ansible_collections.opendr.vcda.tests.simulator import routes, settings
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.errors import ApiError
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

PROFILES = ("4.0", "4.2", "4.5", "4.7")
KINDS = ("vm", "vapp")
JSON = "application/json"
FLAGS = ("queued_tasks", "multisite_associated", "split_vapp", "reverse_checks_policy")
SWITCHES: list[tuple[str, object]] = [
    (name, value) for name in vars(Settings()) if not name.startswith("gateway") for value in settings.choices(name)[1:]
]
SWITCHES += [(name, not getattr(Settings(), name)) for name in FLAGS]


def vendor_type(version: str) -> str:
    return f"application/vnd.vmware.h4-v{version.removesuffix('.0')}+json;charset=UTF-8"


def simulator(**switches: Any) -> Simulator:
    return Simulator(Settings.from_dict(switches), ManualClock())


@pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: str(route.name))
def test_every_route_is_documented(route: routes.Route) -> None:
    assert Contract.load("4.7").operation_id(route.method, route.path) is not None


@pytest.mark.parametrize("name", sorted(set(CALLS) - document.unsent()))
def test_every_documented_call_has_a_route(name: str) -> None:
    route, _unused = routes.find(CALLS[name].method, CALLS[name].path, (4, 7))
    assert Contract.load("4.7").operation_id(route.method, route.path) == name


@pytest.mark.parametrize("name", sorted(document.unsent()))
def test_a_call_that_nothing_sends_has_no_route(name: str) -> None:
    with pytest.raises(ApiError):
        routes.find(CALLS[name].method, CALLS[name].path, (4, 7))


@pytest.mark.parametrize("version", PROFILES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("accept", ["vendor", "plain"])
def test_the_whole_life_of_a_replication(version: str, kind: str, accept: str) -> None:
    site = simulator(api_version=version, unknown_keys="rejected", unknown_parameters="rejected")
    with ContractRecorder(site) as recorder:
        outcomes = whole_life(site, kind, version, vendor_type(version) if accept == "vendor" else JSON)
    recorder.assert_clean()
    assert set(outcomes) == {"SUCCEEDED"}
    succeeded = {operation for (operation, status) in recorder.operations if status < 300}
    sent = set(CALLS) - document.unsent()
    expected = {name for name in sent if Contract.load(version).operation_id(CALLS[name].method, CALLS[name].path)}
    other = "vapp" if kind == "vm" else "vm"
    assert {name for name in expected - succeeded if not name.startswith(f"{other}_replication")} == set()


@pytest.mark.parametrize(("switch", "value"), SWITCHES, ids=str)
def test_the_whole_life_under_every_switch(switch: str, value: object) -> None:
    for kind in KINDS:
        site = simulator(**{switch: value})
        with ContractRecorder(site) as recorder:
            whole_life(site, kind, "4.7", vendor_type("4.7"))
        recorder.assert_clean()


@pytest.mark.parametrize(("form", "operation"), [("object", ("health_get", 200)), ("task", ("health_get", 202))])
def test_both_forms_that_the_health_of_4_0_may_have(form: str, operation: tuple[str, int]) -> None:
    site = simulator(api_version="4.0", health_4_0=form)
    with ContractRecorder(site) as recorder:
        whole_life(site, "vm", "4.0", vendor_type("4.0"))
    recorder.assert_clean()
    assert recorder.operations[operation] == 1


@pytest.mark.parametrize("asked", PROFILES)
def test_a_newer_site_speaks_the_older_version_that_it_is_asked_for(asked: str) -> None:
    site = simulator(api_version="4.7")
    with ContractRecorder(site) as recorder:
        whole_life(site, "vm", asked, vendor_type(asked))
    recorder.assert_clean()
