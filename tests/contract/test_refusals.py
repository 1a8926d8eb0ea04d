# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator keeps to the contract when it refuses too, and in every way in which one can log in.

What the probe asks is asked in ``test_questions.py``.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.contract import ContractRecorder
from ansible_collections.opendr.vcda.tests.contract.walk import Caller
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

JSON = "application/json"
UUID = "11111111-2222-4333-8444-555555555555"
PASSWORD = {"type": "vcdCredentials", "vcdUser": "operator@tenant-1", "vcdPassword": "operator-secret-site-1"}
FAILOVER = {"type": "vcloud"}
VM = f"/vm-replications/C4-{UUID}"
VAPP = f"/vapp-replications/C4VAPP-{UUID}"
LISTED = "/vm-replications"


def simulator(**switches: Any) -> Simulator:
    return Simulator(Settings.from_dict(switches), ManualClock())


def caller(site: Simulator, accept: str = JSON, user: str = "operator@tenant-1") -> Caller:
    made = Caller(site, "site-1", accept)
    made.login(user)
    return made


@pytest.mark.parametrize(
    ("status", "method", "path", "body", "query"),
    [
        (400, "POST", "/sessions", None, {}),
        (400, "POST", "/sessions", {"type": "unknown"}, {}),
        (400, "POST", "/sessions", {"type": "vcdCredentials", "username": "a", "password": "b"}, {}),
        (401, "POST", "/sessions", {**PASSWORD, "vcdPassword": "wrong"}, {}),
        (400, "POST", "/sessions/extend", {"type": "credentials", "site": "site-2"}, {}),
        (401, "POST", "/sessions/extend", {"type": "cookie", "site": "site-2", "cookie": "wrong"}, {}),
        (404, "POST", "/sessions/extend", {"type": "multisite", "site": "nowhere", "org": "a"}, {}),
        (404, "GET", VM, None, {}),
        (404, "GET", VAPP, None, {}),
        (404, "GET", f"{VM}/instances", None, {}),
        (404, "GET", f"{VM}/instances/replica-1", None, {}),
        (404, "POST", f"{VM}/failover", FAILOVER, {}),
        (404, "DELETE", f"{VAPP}/failover-test", None, {}),
        (404, "GET", f"/tasks/{UUID}", None, {}),
        (400, "GET", "/tasks/not-an-id", None, {}),
        (404, "GET", "/sites/nowhere", None, {}),
        (404, "GET", "/policies/11111111-2222-4333-8444-555555555555", None, {}),
        (404, "GET", LISTED, None, {"site": "nowhere"}),
        (400, "GET", LISTED, None, {"limit": "many"}),
        (403, "GET", "/tasks", None, {"user": "somebody"}),
        (400, "GET", "/tasks", None, {"state": "LOST"}),
        (400, "GET", "/tasks", None, {"sort": "colour"}),
        (400, "POST", LISTED, {"source": {"type": "vm"}}, {}),
        (400, "POST", LISTED, {}, {}),
    ],
)
def test_a_refused_call(status: int, method: str, path: str, body: Any, query: dict[str, str]) -> None:
    site = simulator()
    client = caller(site)
    with ContractRecorder(site, requests=False) as recorder:
        client.send(method, path, body, query)
    recorder.assert_clean()
    assert client.status == status


@pytest.mark.parametrize("kind", ["vm", "vapp"])
@pytest.mark.parametrize("how", choices("wrong_state"))
@pytest.mark.parametrize("state", ["NOT_STARTED", "TEST", "COMPLETE"])
def test_every_verb_in_every_state(kind: str, how: str, state: str) -> None:
    site = simulator(wrong_state=how)
    client = caller(site)
    client.login(extend_to="site-2")
    with ContractRecorder(site) as recorder:
        for verb, body in (
            ("failover", FAILOVER),
            ("migrate", FAILOVER),
            ("failover-test", FAILOVER),
            ("reverse", None),
            ("sync", None),
            ("pause", None),
            ("resume", None),
        ):
            seeded = site.seed(vms=1, vapps=1, state=state)
            identifier = (seeded.vm_ids if kind == "vm" else seeded.vapp_ids)[0]
            client.work("POST", f"/{kind}-replications/{identifier}/{verb}", body)
            client.send("POST", f"/{kind}-replications/{identifier}/{verb}", body)
            client.send("POST", f"/{kind}-replications/{identifier}/{verb}", body)
            client.work("DELETE", f"/{kind}-replications/{identifier}/failover-test")
            client.work("DELETE", f"/{kind}-replications/{identifier}")
    recorder.assert_clean()


@pytest.mark.parametrize("session", ["none", "expired", "foreign"])
def test_a_call_without_a_session(session: str) -> None:
    site = simulator()
    client = caller(site)
    if session == "expired":
        site.advance(1801)
    client.token = {"none": "", "expired": client.token, "foreign": "Zm9yZWlnbg=="}[session]
    with ContractRecorder(site, requests=False) as recorder:
        for method, path in (("GET", "/sessions"), ("DELETE", "/sessions"), ("GET", LISTED), ("POST", f"{VM}/reverse")):
            client.send(method, path)
            assert client.status == 401
    recorder.assert_clean()


@pytest.mark.parametrize("body", choices("not_acceptable_body"))
def test_a_version_that_is_too_new(body: str) -> None:
    site = simulator(api_version="4.2", not_acceptable_body=body)
    with ContractRecorder(site) as recorder:
        client = Caller(site, "site-1", "application/vnd.vmware.h4-v4.7+json")
        for method, path, payload in (("POST", "/sessions", PASSWORD), ("POST", "/sessions", PASSWORD)):
            client.send(method, path, payload)
            assert client.status == 406
    recorder.assert_clean()


@pytest.mark.parametrize("how", choices("peer_down"))
@pytest.mark.parametrize("version", ["4.0", "4.2", "4.5", "4.7"])
def test_the_other_site_is_down(how: str, version: str) -> None:
    site = simulator(api_version=version, peer_down=how)
    client = Caller(site, "site-2", JSON)
    client.login(extend_to="site-1")
    identifier = site.seed(vms=1).vm_ids[0]
    site.configure(sites_down=["site-1"])
    with ContractRecorder(site) as recorder:
        client.send("GET", "/sites")
        client.send("GET", "/sites/site-1")
        client.send("GET", f"{LISTED}/{identifier}", query={"site": "site-1"})
        client.send("GET", f"{LISTED}/{identifier}")
        client.work("POST", f"{LISTED}/{identifier}/sync")
        client.work("POST", f"{LISTED}/{identifier}/migrate", FAILOVER)
        client.work("POST", f"{LISTED}/{identifier}/failover", FAILOVER)
        assert client.outcomes["SUCCEEDED"] == 1
        client.work("POST", f"{LISTED}/{identifier}/reverse")
        client.send("GET", f"{LISTED}/{identifier}")
        client.login(extend_to="site-1")
    recorder.assert_clean()


@pytest.mark.parametrize("version", ["4.1", "4.2", "4.7"])
@pytest.mark.parametrize(
    "body",
    [
        {"type": "localUser", "localUser": "root", "localPassword": "root-secret-site-1"},
        {"type": "ssoCredentials", "username": "administrator@vsphere.local", "password": "sso-secret-site-1"},
        {"type": "vcdCookie", "vcdCookie": "cookie-operator-site-1"},
        {"type": "vcdAccessToken", "vcdAccessToken": "jwt-operator-site-1"},
        PASSWORD,
    ],
    ids=lambda body: str(body["type"]),
)
def test_every_login(body: dict[str, str], version: str) -> None:
    site = simulator(api_version=version)
    client = Caller(site, "site-1", JSON)
    context = {"context": "tenant-1"} if body["type"] == "vcdAccessToken" and version >= "4.2" else {}
    with ContractRecorder(site) as recorder:
        client.send("POST", "/sessions", {**body, **context})
        assert client.status == 200
        client.send("GET", "/sessions")
        client.send("GET", LISTED)
    recorder.assert_clean()


@pytest.mark.parametrize(
    "body",
    [
        {"type": "credentials", "vcdUsername": "operator@tenant-1", "vcdPassword": "operator-secret-site-2"},
        {"type": "cookie", "cookie": "cookie-operator-site-2"},
        {"type": "vcdAccessToken", "vcdAccessToken": "jwt-operator-site-2"},
        {"type": "multisite", "org": "tenant-1"},
    ],
    ids=lambda body: str(body["type"]),
)
def test_every_extension(body: dict[str, str]) -> None:
    site = simulator()
    client = caller(site)
    with ContractRecorder(site) as recorder:
        session = client.send("POST", "/sessions/extend", {"site": "site-2", **body})
    recorder.assert_clean()
    assert [entry["site"] for entry in session["authenticatedSites"]] == ["site-1", "site-2"]


@pytest.mark.parametrize("on_prem_auth", choices("on_prem_auth"))
@pytest.mark.parametrize("version", ["4.0", "4.2", "4.5", "4.7"])
def test_on_premises_ends(version: str, on_prem_auth: str) -> None:
    site = simulator(api_version=version, on_prem_auth=on_prem_auth)
    client = caller(site)
    with ContractRecorder(site) as recorder:
        for ends in ({"source": "onprem-1", "destination": "site-1"}, {"source": "site-1", "destination": "onprem-1"}):
            seeded = site.seed(vms=1, vapps=1, **ends)
            kind = "vcenter" if ends["destination"] == "onprem-1" else "vcloud"
            for base in (f"{LISTED}/{seeded.vm_ids[0]}", f"/vapp-replications/{seeded.vapp_ids[0]}"):
                client.send("GET", base)
                client.work("POST", f"{base}/failover-test", {"type": kind, "sync": True})
                client.send("GET", base)
                client.work("DELETE", f"{base}/failover-test")
                client.work("POST", f"{base}/migrate", {"type": kind, "consolidate": True})
                client.send("GET", base)
                client.work("POST", f"{base}/reverse")
                client.send("GET", base)
    recorder.assert_clean()
    assert set(client.outcomes) == {"SUCCEEDED"}
