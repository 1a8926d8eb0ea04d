# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites, diagnostics, policies."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import Simulator
from ansible_collections.opendr.vcda.tests.unit.simulator.calling import Caller, Make


def test_sites(simulator: Simulator, caller: Caller) -> None:
    sites = caller.send("GET", "/sites").document
    assert [(site["site"], site["isLocal"], site["apiVersion"]) for site in sites] == [
        ("site-1", False, "4.7"),
        ("site-2", True, "4.7"),
    ]
    assert sites[0]["state"] == {"incomingCommError": None, "outgoingCommError": None}
    assert caller.send("GET", "/sites/site-1").document == sites[0]
    for name in ("site-9", "onprem-1"):
        assert caller.send("GET", f"/sites/{name}").code == "SiteNotFound"
    simulator.configure(sites_down=["site-1"])
    down = caller.send("GET", "/sites/site-1").document
    assert (down["apiVersion"], down["state"]["outgoingCommError"]["code"]) == (None, "GeneralServerFailure")


@pytest.mark.parametrize(("version", "known"), [("4.4", False), ("4.5", True)])
def test_the_build_of_a_peer_from_4_5(make: Make, version: str, known: bool) -> None:
    assert ("buildVersion" in Caller(make(api_version=version)).login().send("GET", "/sites/site-1").document) is known


def test_on_premises_sites(caller: Caller) -> None:
    assert caller.send("GET", "/vc-sites").document == [{"site": "onprem-1", "owner": "tenant-1@site-2"}]


@pytest.mark.parametrize(
    ("version", "build"),
    [("4.1", "4.1.0.0123456789"), ("4.2", "4.2.0.1234567-0123456789"), ("3.5", "3.5.0.0123456789")],
)
def test_about(make: Make, version: str, build: str) -> None:
    simulator = make(api_version=version)
    caller = Caller(simulator).login(extend=True)
    document = caller.send("GET", "/diagnostics/about").document
    assert (document["buildVersion"], document["serviceType"]) == (build, "CLOUD")
    remote = caller.send("GET", "/diagnostics/about", site="site-1").document
    assert remote["instanceId"] == simulator.site("site-1").instance_id != document["instanceId"]


@pytest.mark.parametrize(
    ("version", "get", "post"),
    [("3.5", 200, 405), ("4.0", 200, 405), ("4.1", 202, 405), ("4.5", 202, 405), ("4.6", 202, 202), ("4.7", 202, 202)],
)
def test_health_is_a_task_from_4_1(make: Make, version: str, get: int, post: int) -> None:
    caller = Caller(make(api_version=version)).login()
    assert caller.send("GET", "/diagnostics/health").status == get
    assert caller.send("POST", "/diagnostics/health").status == post


@pytest.mark.parametrize(("switch", "status"), [("object", 200), ("task", 202)])
def test_health_of_4_0_is_a_switch(make: Make, switch: str, status: int) -> None:
    caller = Caller(make(api_version="4.0", health_4_0=switch)).login()
    assert caller.send("GET", "/diagnostics/health").status == status


@pytest.mark.parametrize(("version", "status"), [("4.5", 202), ("4.6", 405)])
def test_get_may_be_gone(make: Make, version: str, status: int) -> None:
    caller = Caller(make(api_version=version, health_get="method_not_allowed")).login()
    assert caller.send("GET", "/diagnostics/health").status == status


def test_the_task_of_health(simulator: Simulator, caller: Caller) -> None:
    task = caller.send("POST", "/diagnostics/health").document
    assert task["workflowInfo"] == {
        "type": "health",
        "resourceType": "CLOUD",
        "resourceId": None,
        "resourceName": None,
    }
    simulator.fault("task_fails")
    failing = caller.send("POST", "/diagnostics/health").document
    simulator.finish_tasks()
    done = caller.send("GET", f"/tasks/{task['id']}").document
    assert done["resultType"] == "CloudHealthInfo"
    assert done["result"]["managerHealth"]["offlineReplicators"] == []
    assert all(done["result"][name] is None for name in ("dbError", "lsError", "ntpError", "vcdError", "managerError"))
    assert caller.send("GET", f"/tasks/{failing['id']}").document["state"] == "FAILED"


@pytest.mark.parametrize(
    ("asked", "switch", "known"),
    [
        ("3.5", "task", "dbConnectivity"),
        ("4", "object", "dbConnectivity"),
        ("4", "task", "tunnelError"),
        ("4.5", "object", "tunnelError"),
        ("4.6", "object", "tunnelConnectivity"),
    ],
)
def test_forms_of_health(simulator: Simulator, caller: Caller, asked: str, switch: str, known: str) -> None:
    simulator.configure(health_4_0=switch)
    headers = {"accept": f"application/vnd.vmware.h4-v{asked}+json"}
    document = caller.send("GET", "/diagnostics/health", headers=headers).document
    if "workflowInfo" in document:
        simulator.finish_tasks()
        document = caller.send("GET", f"/tasks/{document['id']}", headers=headers).document["result"]
    forms = ("dbConnectivity", "tunnelError", "tunnelConnectivity")
    assert [name for name in forms if name in document] == [known]


@pytest.mark.parametrize(
    ("version", "field", "known"),
    [
        ("4.0", "allowIncoming", True),
        ("4.1", "allowIncoming", False),
        ("4.1", "allowIncomingProtections", True),
        ("4.4", "allowOutgoingOnpremMigrations", False),
        ("4.5", "allowOutgoingOnpremMigrations", True),
        ("4.6", "allowOutgoingOnpremProtections", False),
        ("4.7", "allowOutgoingOnpremProtections", True),
    ],
)
def test_fields_of_a_policy(make: Make, version: str, field: str, known: bool) -> None:
    document = Caller(make(api_version=version)).login().send("GET", "/policies").document
    assert (field in document[0]) is known


def test_a_tenant_sees_its_own_policy(simulator: Simulator, caller: Caller, admin: Caller) -> None:
    simulator.set_policy("site-2", "tenant-1", min_rpo=60)
    assert [policy["minRpo"] for policy in caller.send("GET", "/policies").document] == [60]
    everything = admin.send("GET", "/policies").document
    assert [(policy["id"], policy["orgs"]) for policy in everything] == [("default", 0), ("policy-tenant-1", 1)]
    assert caller.send("GET", "/policies/policy-tenant-1").document["minRpo"] == 60
    assert caller.send("GET", "/policies/default").status == 403
    assert admin.send("GET", "/policies/nothing").code == "SimulatorPolicyNotFound"


def test_extending_to_a_site_that_is_down(simulator: Simulator, caller: Caller) -> None:
    simulator.configure(sites_down=["site-1"])
    assert caller.extend().status == 500
    simulator.configure(peer_down="remote_authentication_401")
    assert caller.extend().code == "RemoteAuthenticationFailure"
    simulator.configure(peer_down="bad_gateway_502")
    assert caller.extend().status == 502
