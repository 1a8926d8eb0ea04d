# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom an exchange trusts: certificates, thumbprints, and nothing that the environment says."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.opendr.vcda.plugins.module_utils.client import network as network_file
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.transport import Transport
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    FakeService,
    ok,
)

HEADERS = {"Accept": "application/json", "operationID": "operation-1", "X-VCAV-Auth": "token-1"}
THUMBPRINT = "SHA-256:" + ":".join(["AB"] * 32)
MakeTransport = Callable[..., Transport]


class TestTrust:
    """What the HTTP session is set up with; the integration tests try it against real certificates."""

    def verify_of(self, make_transport: MakeTransport, service: FakeService, **options: Any) -> Any:
        service.expect("GET", "/x", ok({}))
        make_transport(service, **options).send("GET", "/x", headers=HEADERS)
        return service.sent[-1].verify

    def test_certificates_are_checked_by_default(self, make_transport: MakeTransport, service: FakeService) -> None:
        assert self.verify_of(make_transport, service) is True

    def test_checking_can_be_switched_off(self, make_transport: MakeTransport, service: FakeService) -> None:
        assert self.verify_of(make_transport, service, validate_certs=False) is False

    def test_an_authority_of_the_users_own_is_the_one_trusted(
        self, make_transport: MakeTransport, service: FakeService, tmp_path: Path
    ) -> None:
        assert self.verify_of(make_transport, service, ca_path=str(tmp_path)) == str(tmp_path)

    def test_switching_off_wins_over_an_authority(
        self, make_transport: MakeTransport, service: FakeService, tmp_path: Path
    ) -> None:
        assert self.verify_of(make_transport, service, validate_certs=False, ca_path=str(tmp_path)) is False

    @pytest.mark.parametrize("validate_certs", [True, False])
    def test_a_thumbprint_pins_the_certificate_whatever_validate_certs_says(
        self, make_transport: MakeTransport, validate_certs: bool
    ) -> None:
        transport = make_transport(validate_certs=validate_certs, certificate_thumbprint=THUMBPRINT)
        pool = transport._network.adapter.poolmanager.connection_pool_kw
        assert pool["assert_fingerprint"] == ":".join(["AB"] * 32)
        assert pool["assert_hostname"] is False

    def test_a_thumbprint_pins_it_behind_a_proxy_too(self, make_transport: MakeTransport) -> None:
        adapter = make_transport(certificate_thumbprint=THUMBPRINT)._network.adapter
        pool = adapter.proxy_manager_for("http://proxy.test:3128").connection_pool_kw
        assert pool["assert_fingerprint"] == ":".join(["AB"] * 32)
        assert pool["assert_hostname"] is False

    @pytest.mark.parametrize("validate_certs", [True, False])
    def test_only_who_switched_checking_off_is_not_warned_about_it(
        self, make_transport: MakeTransport, monkeypatch: pytest.MonkeyPatch, validate_certs: bool
    ) -> None:
        quiet: list[type[Warning]] = []
        monkeypatch.setattr("urllib3.disable_warnings", quiet.append)
        make_transport(validate_certs=validate_certs)
        assert quiet == ([] if validate_certs else [urllib3.exceptions.InsecureRequestWarning])

    def test_without_a_thumbprint_nothing_is_pinned(self, make_transport: MakeTransport) -> None:
        pool = make_transport()._network.adapter.poolmanager.connection_pool_kw
        assert "assert_fingerprint" not in pool
        assert "assert_hostname" not in pool

    def test_requests_itself_repeats_nothing(self, make_transport: MakeTransport) -> None:
        retries = make_transport()._network.adapter.max_retries
        assert (retries.total, retries.redirect) == (0, None)

    @pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
    @pytest.mark.parametrize(("options", "expected"), [({}, True), ({"validate_certs": False}, False)])
    def test_ambient_authorities_change_nothing(
        self,
        make_transport: MakeTransport,
        service: FakeService,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        variable: str,
        options: dict[str, Any],
        expected: bool,
    ) -> None:
        monkeypatch.setenv(variable, str(tmp_path))
        assert self.verify_of(make_transport, service, **options) is expected

    def test_netrc_is_not_consulted(
        self, make_transport: MakeTransport, service: FakeService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text(f"machine {HOST} login someone password else\n", encoding="ascii")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("HOME", str(tmp_path))
        self.verify_of(make_transport, service)
        assert "Authorization" not in service.sent[0].headers

    def test_the_proxy_of_the_environment_is_used(
        self, make_transport: MakeTransport, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
        self.verify_of(make_transport, service)
        assert service.sent[0].proxies["https"] == "http://proxy.test:3128"

    @pytest.mark.parametrize("proxy", ["http://a:p@ss-of-proxy@proxy:99999", "a:ss-of-proxy@[::1", "http://a@[proxy"])
    def test_a_proxy_that_cannot_be_used_does_not_show_its_password(
        self, make_transport: MakeTransport, monkeypatch: pytest.MonkeyPatch, proxy: str
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(VcdaError) as caught:
            make_transport().send("GET", "/x", headers=HEADERS)
        assert caught.value.category == "unreachable"
        assert "ss-of-proxy" not in caught.value.message

    def test_hosts_are_taken_out_of_the_proxy(
        self, make_transport: MakeTransport, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
        monkeypatch.setenv("NO_PROXY", ".site-2.test")
        self.verify_of(make_transport, service)
        assert "https" not in service.sent[0].proxies


class TestPreparedRequests:
    """A request is put together here, and is what the library requests would make of it."""

    @pytest.mark.parametrize("hostname", [HOST, "127.0.0.1", "::1", "SITE.Example"])
    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("/sessions", {}),
            ("/vm-replications/C4-6a-1/reverse", {"site": "site-2"}),
            ("/tasks", {"ids": "a,b", "limit": 100, "offset": 0}),
            ("/vm-replications", {"vmName": "büro & lager+1 = 50%/~x", "site": "a b"}),
            ("/x/a%20b;c=1,d@e:f", {"several": ["one", "two"], "flag": True}),
        ],
    )
    def test_the_address_is_that_of_requests(
        self, make_transport: MakeTransport, hostname: str, path: str, query: dict[str, Any]
    ) -> None:
        transport = make_transport(hostname=hostname)
        ours = transport._network.prepare("GET", path, query, {}, None)
        root = Connection(hostname).base_url
        assert ours.url == requests.Request("GET", root + path, params=query).prepare().url

    @pytest.mark.parametrize("value", ["a\r\nEvil: 1", "a\nb", " begins with a space"])
    def test_a_header_of_several_lines_is_refused(self, make_transport: MakeTransport, value: str) -> None:
        with pytest.raises(requests.exceptions.InvalidHeader):
            make_transport()._network.prepare("GET", "/x", {}, {"operationID": value}, None)


class TestOneService:
    """What all requests of a session share is determined once."""

    def test_the_authorities_are_looked_up_once(
        self, make_transport: MakeTransport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_up: list[Any] = []
        monkeypatch.setattr(
            requests.adapters.HTTPAdapter, "cert_verify", lambda _self, conn, *_more: looked_up.append(conn)
        )
        adapter = make_transport()._network.adapter
        pools = [object(), object()]
        for pool in (pools[0], pools[0], pools[1]):
            adapter.cert_verify(pool, f"https://{HOST}", True, None)
        assert looked_up == pools

    def test_a_proxy_is_not_told_the_address(self, make_transport: MakeTransport) -> None:
        network = make_transport()._network
        prepared = network.prepare("GET", "/x", {"site": "b"}, {}, None)
        assert network.adapter.request_url(prepared, {"https": "http://proxy.test:3128"}) == "/x?site=b"


def test_without_requests_the_file_still_loads_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    spec = importlib.util.spec_from_file_location("network_without_requests", str(network_file.__file__))
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, copy)
    spec.loader.exec_module(copy)
    assert "ModuleNotFoundError" in copy.REQUESTS_IMPORT_ERROR
    assert network_file.REQUESTS_IMPORT_ERROR is None
