# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who the client believes to be the service: what the options say, and nothing from around them."""

from __future__ import annotations

import contextlib
import shutil
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.modules.sites import list_sites
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context, Result

from .estate import RECOVERY, Estate

AMBIENT = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
UNTRUSTED = ("expired", "wrong_host", "other_authority")


class Tunnel(socketserver.StreamRequestHandler):
    """What a proxy does for TLS: it connects to the address that CONNECT names, and passes on what comes."""

    def handle(self) -> None:
        host, _colon, port = self.rfile.readline().split()[1].decode().rpartition(":")
        while self.rfile.readline().strip():
            continue
        with socket.create_connection((host, int(port))) as service:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_pass_on, args=(self.connection, service), daemon=True).start()
            _pass_on(service, self.connection)


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def tunnels(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The requests that came to the proxy of the environment."""
    asked: list[str] = []

    class Noted(Tunnel):
        def handle(self) -> None:
            asked.append(str(self.client_address))
            super().handle()

    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Noted) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_address[1]}")
        yield asked
        proxy.shutdown()


def ask(estate: Estate, **changes: Any) -> Result:
    return list_sites(Context(estate.connection(**changes)))


def assert_untrusted(result: Result) -> None:
    assert result["failed"]
    assert result["error"]["category"] == "unreachable"
    assert result["error"]["code"] == "CERTIFICATE_NOT_TRUSTED"
    assert "certificate_thumbprint" in result["error"]["hint"]


def test_the_authority_in_ca_path_is_trusted(estate: Estate) -> None:
    assert len(ask(estate)["sites"]) > 0


def test_an_unknown_authority_is_not_trusted_by_default(estate: Estate) -> None:
    assert_untrusted(ask(estate, ca_path=None))
    assert estate.simulator.counters()["requests"] == 0


@pytest.mark.parametrize("variant", UNTRUSTED)
def test_a_bad_certificate_is_refused_before_anything_is_sent(estate: Estate, variant: str) -> None:
    estate.simulator.configure(certificate=variant)
    assert_untrusted(ask(estate))
    assert estate.simulator.counters()["requests"] == 0


@pytest.mark.parametrize("variant", ["trusted", *UNTRUSTED])
def test_the_right_thumbprint_is_enough(estate: Estate, variant: str) -> None:
    estate.simulator.configure(certificate=variant)
    thumbprint = estate.server.thumbprint(RECOVERY)
    assert "failed" not in ask(estate, ca_path=None, certificate_thumbprint=thumbprint)
    assert "failed" not in ask(estate, ca_path=None, certificate_thumbprint=thumbprint.lower().replace("sha-256:", ""))


@pytest.mark.parametrize("validate_certs", [True, False])
def test_the_wrong_thumbprint_is_refused_whatever_else_is_said(estate: Estate, validate_certs: bool) -> None:
    wrong = "SHA-256:" + ":".join(["AA"] * 32)
    assert_untrusted(ask(estate, certificate_thumbprint=wrong, validate_certs=validate_certs))
    assert estate.simulator.counters()["requests"] == 0


def test_behind_a_proxy_the_same_certificates_are_trusted(estate: Estate, tunnels: list[str]) -> None:
    right, wrong = estate.server.thumbprint(RECOVERY), "SHA-256:" + ":".join(["AA"] * 32)
    assert_untrusted(ask(estate, ca_path=None))
    assert_untrusted(ask(estate, ca_path=None, certificate_thumbprint=wrong))
    assert_untrusted(ask(estate, validate_certs=False, certificate_thumbprint=wrong))
    assert estate.simulator.counters()["requests"] == 0
    assert "failed" not in ask(estate)
    assert "failed" not in ask(estate, ca_path=None, certificate_thumbprint=right)
    assert len(tunnels) >= 5


def test_validation_ends_only_where_the_option_ends_it(estate: Estate) -> None:
    assert "failed" not in ask(estate, ca_path=None, validate_certs=False)


@pytest.mark.parametrize("variable", AMBIENT)
def test_ambient_authorities_do_not_make_the_service_trusted(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(estate.server.ca_file))
    assert_untrusted(ask(estate, ca_path=None))


@pytest.mark.parametrize("variable", AMBIENT)
def test_ambient_authorities_do_not_replace_ca_path(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
    assert "failed" not in ask(estate)


def test_a_netrc_file_adds_no_credentials(estate: Estate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login intruder password netrc-secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[str] = []
    estate.simulator.observers.append(lambda _site, request, _response: seen.extend(request.headers))
    assert "failed" not in ask(estate)
    assert "authorization" not in {name.lower() for name in seen}


def test_a_directory_of_authorities_is_read(estate: Estate, tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    folder.mkdir()
    shutil.copy(estate.server.ca_file, folder / "authority.pem")
    # Without the hashed names that OpenSSL wants, nothing in the folder counts.
    assert_untrusted(ask(estate, ca_path=str(folder)))
