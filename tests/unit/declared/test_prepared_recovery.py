# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and guest customization are set up for a recovery before it comes: once, as wished, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.tests.unit.declared.workbench import Workbench, code, only

NIC = {"nic_index": 0, "network": "app", "ip_address": "192.0.2.7", "mac_address": "00:50:56:AA:00:01"}
MAPPING = {"source_network_name": "prod", "destination_org_vdc_network": {"name": "dr"}}
NETWORKS = {
    "failover": {
        "vapp_network_settings": {"network_mappings": [MAPPING]},
        "vm_network_settings": [{"nics": [NIC], "primary_nic_index": 0}],
    },
    "test": {"vm_network_settings": [{"nics": [{"nic_index": 0, "network": "bubble"}]}]},
}
PASSWORD = "guest-administrator-secret"
GUESTS = {"failover": [{"enabled": True, "admin_password_enabled": True, "admin_password": PASSWORD}]}
[ENTRY] = GUESTS["failover"]
OWN = {"enabled": True, "adminPasswordEnabled": True}
WISHES: dict[str, Any] = {"network_settings": NETWORKS, "guest_customization": GUESTS}
KINDS: dict[str, tuple[Kind, dict[str, Any]]] = {
    "vm": (VM, {"vm_names": ["vm-01"]}),
    "vapp": (VAPP, {"vapp_names": ["vapp-01"]}),
}


@pytest.fixture
def bench() -> Workbench:
    made = Workbench()
    made.simulator.seed(vms=2, vapps=1)
    return made


def bodies_of(bench: Workbench) -> list[Any]:
    bodies: list[Any] = []
    bench.simulator.observers.append(
        lambda _site, request, _answer: bodies.append(json.loads(request.body)) if request.method == "PUT" else None
    )
    return bodies


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("option", WISHES)
@pytest.mark.parametrize("secrets", ["hidden", "masked", "clear"])
def test_each_is_predicted_then_changed_then_left_alone(bench: Workbench, kind: str, option: str, secrets: Any) -> None:
    which, chosen = KINDS[kind]
    bench.simulator.settings.guest_secrets = secrets
    wish = {**chosen, option: WISHES[option]}
    predicted = bench.run(which, check_mode=True, **wish)
    assert {entry.method for entry in bench.sent() if not entry.path.startswith("/sessions")} == {"GET"}
    done = bench.run(which, **wish)
    assert [change.split("/")[-1] for change in bench.changes()] == [option.replace("_", "-")]
    again = bench.run(which, **wish)
    assert bench.changes() == []
    assert (predicted["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert not any("failed" in result for result in (predicted, done, again))
    assert predicted["diff"] == done["diff"]
    assert done["diff"][0]["before"] != done["diff"][0]["after"]
    assert only(again)["before"]["settings"] == only(done)["after"]["settings"]
    assert only(predicted)["before"]["settings"] == only(done)["before"]["settings"]
    assert PASSWORD not in str([predicted, done, again])


def test_what_is_not_named_stays(bench: Workbench) -> None:
    vm: Any = bench.simulator.replication(only(bench.run(vm_names=["vm-01"]))["id"])
    other = {"nicIndex": 1, "network": "backup"}
    half = {"vAppNetworkSettings": {"bulkConnectVmNics": True}, "vmNetworkSettings": {"nics": [other]}}
    vm.network_settings = {"failoverSettings": half, "failoverTestSettings": half}
    bodies = bodies_of(bench)
    bench.run(vm_names=["vm-01"], network_settings={"failover": {"vm_network_settings": [{"nics": [NIC]}]}})
    (body,) = bodies
    assert body["failoverTestSettings"] == half
    assert body["failoverSettings"]["vAppNetworkSettings"] == {"bulkConnectVmNics": True}
    assert [nic["network"] for nic in body["failoverSettings"]["vmNetworkSettings"]["nics"]] == ["backup", "app"]


def test_the_vms_of_a_vapp_by_name(bench: Workbench) -> None:
    vapp: Any = bench.simulator.replication(only(bench.run(VAPP, vapp_names=["vapp-01"]))["id"])
    first = vapp.children[0]
    bodies = bodies_of(bench)
    entries = [{"vm": first.vm_name, "computer_name": "own"}, {"computer_name": "other"}]
    result = bench.run(VAPP, vapp_names=["vapp-01"], guest_customization={"test": entries})
    names = {
        vm_id: halves["failoverTestSettings"]["computerName"]
        for vm_id, halves in bodies[0]["vmGuestCustomizationSettings"].items()
    }
    assert names == {child.vm_id: "own" if child is first else "other" for child in vapp.children}
    shown = only(result)["after"]["settings"]["guest_customization"]["test"]
    assert shown == {vm_id: {"computerName": name} for vm_id, name in names.items()}


def test_a_password_is_sent_again_only_on_request(bench: Workbench) -> None:
    bodies = bodies_of(bench)
    wish: dict[str, Any] = {"vm_names": ["vm-01"], "guest_customization": GUESTS}
    bench.run(**wish)
    bench.run(**wish)
    assert len(bodies) == 1
    sent = bench.run(**wish, update_secrets=True)
    assert (sent["changed"], len(bodies)) == (True, 2)
    assert bodies[1]["failoverSettings"]["adminPassword"] == PASSWORD
    assert "failed" not in sent
    bench.run(**wish, update_secrets=True, check_mode=True)
    assert len(bodies) == 2


@pytest.mark.parametrize(
    ("kind", "entries", "expected"),
    [
        (VM, [{**ENTRY, "vm": "db"}], OWN),
        (VM, [ENTRY], OWN),
        (VAPP, [{**ENTRY, "vm": "db"}, {"enabled": False}], {"db": OWN, "every other VM": {"enabled": False}}),
        (VAPP, [ENTRY], {"every VM": OWN}),
    ],
)
def test_what_a_new_replication_would_be_set_up_with_holds_no_secret_and_names_the_vms_as_the_user_does(
    bench: Workbench, kind: Kind, entries: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    wish = bench.new_vm("db")
    if kind is VAPP:
        wish["source"] = {"type": "vapp", "site": "site-1", "vapp_id": bench.simulator.add_workload("web").vapp_id}
    result = bench.run(kind, **wish, guest_customization={"failover": entries}, check_mode=True)
    assert PASSWORD not in json.dumps(result)
    assert only(result)["after"]["settings"] == {"guest_customization": {"failover": expected}}


def test_a_mask_is_not_sent_back(bench: Workbench) -> None:
    bench.simulator.settings.guest_secrets = "masked"
    bench.run(vm_names=["vm-01"], guest_customization=GUESTS)
    bodies = bodies_of(bench)
    bench.run(vm_names=["vm-01"], guest_customization={"test": [{"computer_name": "db"}]})
    assert "adminPassword" not in bodies[0]["failoverSettings"]


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({"guest_customization": {"test": [{"admin_password": PASSWORD}]}}, "guest_customization.test"),
        ({"guest_customization": {"test": [{"vm": "wrong", "enabled": True}]}}, "guest_customization.test"),
        ({"network_settings": {"test": {"vm_network_settings": [{"vm": "wrong"}]}}}, "network_settings.test"),
        ({"network_settings": {"failover": {"vm_network_settings": [{}, {}]}}}, "network_settings.failover"),
    ],
)
def test_what_cannot_be_meant_is_refused(bench: Workbench, params: Any, option: str) -> None:
    result = bench.run(vm_names=["vm-01"], rpo=60, **params)
    assert result["failed"] is True
    assert option in result["msg"]
    assert bench.changes() == []


@pytest.mark.parametrize("kind", KINDS)
def test_versions_before_4_5_know_no_guest_customization(kind: str) -> None:
    bench = Workbench()
    bench.simulator.settings.api_version = "4.4"
    bench.simulator.seed(vms=1, vapps=1)
    which, chosen = KINDS[kind]
    result = bench.run(which, **chosen, rpo=60, guest_customization=GUESTS)
    assert code(result) == "OPTION_NOT_IN_API_VERSION"
    assert bench.changes() == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_read_refuses_that_replication(bench: Workbench, kind: str) -> None:
    which, chosen = KINDS[kind]
    bench.simulator.fault("answer", method="GET", path_regex="/network-settings$", status=403, body="{}")
    bench.recorder.close()
    result = bench.run(which, **chosen, rpo=60, network_settings=NETWORKS)
    assert (result["failed"], only(result)["decision"]) == (True, "refuse")
    assert bench.changes() == []


def test_a_service_that_takes_no_guest_customization_of_vms(bench: Workbench) -> None:
    bench.simulator.settings.guest_customization_of_vm = "method_not_allowed_405"
    bench.recorder.close()
    result = bench.run(vm_names=["vm-01"], rpo=60, guest_customization=GUESTS)
    assert result["failed"] is True
    assert [step["step"] for step in only(result)["steps"]] == ["reconfigure"]
    bench.leaves_alone(vm_names=["vm-01"], rpo=60)


@pytest.mark.parametrize("option", WISHES)
def test_a_lost_answer_is_settled(bench: Workbench, option: str) -> None:
    bench.simulator.fault("reset_after", method="PUT", path_regex=option.replace("_", "-"))
    result = bench.run(vm_names=["vm-01"], **{option: WISHES[option]})
    assert (result.get("failed"), result["changed"]) == (None, True)
    assert len([change for change in bench.changes() if change.startswith("PUT")]) == 1


@pytest.mark.parametrize("wait", [True, False])
def test_a_new_replication_is_set_up_after_its_start(bench: Workbench, wait: bool) -> None:
    start = bench.new_vm()
    predicted = bench.run(**start, **WISHES, check_mode=True)
    assert PASSWORD not in str(predicted)
    assert set(predicted["diff"][0]["after"]) == {"state", *WISHES}
    assert bench.changes() == []
    first = bench.run(**start, **WISHES, wait=wait)
    assert "failed" not in first
    if not wait:
        assert only(first)["pending"] == ["network_settings", "guest_customization"]
        bench.clock.sleep(120)
        bench.run(**start, **WISHES)
    bench.leaves_alone(**start, **WISHES)


def test_a_new_replication_without_the_vm_that_is_named(bench: Workbench) -> None:
    networks = {"test": {"vm_network_settings": [{"vm": "wrong", "nics": [NIC]}]}}
    result = bench.run(**bench.new_vm(), network_settings=networks)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "wrong is none of the selected VMs" in result["msg"]
    assert bench.changes() == ["POST /vm-replications"]
