# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection options: what is taken, what is refused, and the login bodies."""

from __future__ import annotations

import base64
import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection, media_type
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError

VALID = {"hostname": "vcda.site-2.test", "username": "operator@tenant-1", "password": "password-of-operator"}
THUMBPRINT = ":".join(["AB"] * 32)
# Made for this test with trustme; it is valid until the year 3000.
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIByTCCAW+gAwIBAgIUOhKn7rRIGZQrLyOvGqFRdPywMJMwCgYIKoZIzj0EAwIw
QDEXMBUGA1UECgwOdHJ1c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0Eg
I2pockFZLU1kbFF6bzVxWTUwIBcNMDAwMTAxMDAwMDAwWhgPMzAwMDAxMDEwMDAw
MDBaMEAxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMSUwIwYDVQQLDBxUZXN0aW5n
IENBICNqaHJBWS1NZGxRem81cVk1MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
hJeGQ43jMw0Mb5NVF8henBNjBM00BUvuHAV+Z+5jiRSUMEEc1mrKusC7ath5Nvw+
3k3KgauYcm5rJe6IpgVhbqNFMEMwHQYDVR0OBBYEFPs81cXwgq1nIsVbYiXUH/H/
yOoUMBIGA1UdEwEB/wQIMAYBAf8CAQkwDgYDVR0PAQH/BAQDAgGGMAoGCCqGSM49
BAMCA0gAMEUCIAQSBZYwNXh22C8ca5Cja3FDEtbpOwCpCHWIumYolLw9AiEAtMLW
jB+BnJL8p6F9zMXbDoglem6CyKymS7Y3bq51o4M=
-----END CERTIFICATE-----
"""


def connection(**params: Any) -> Connection:
    return Connection.from_params({**VALID, **params})


def refused_option(**params: Any) -> str:
    with pytest.raises(VcdaError) as caught:
        connection(**params)
    assert caught.value.category == "invalid_request"
    assert caught.value.code == "INVALID_OPTION"
    assert "password-of-operator" not in str(caught.value)
    return str(caught.value).split(":", maxsplit=1)[0]


def test_the_defaults_are_safe() -> None:
    made = connection()
    assert made.port == 443
    assert made.auth_type == "vcd"
    assert made.validate_certs
    assert made.request_timeout == 60.0
    assert made.api_version is None
    assert made.extend_sites == ()


@pytest.mark.parametrize(
    ("params", "body"),
    [
        (
            {"auth_type": "vcd"},
            {"type": "vcdCredentials", "vcdUser": "operator@tenant-1", "vcdPassword": "password-of-operator"},
        ),
        (
            {"auth_type": "local_user", "username": "root"},
            {"type": "localUser", "localUser": "root", "localPassword": "password-of-operator"},
        ),
        (
            {"auth_type": "sso", "username": "administrator@vsphere.local"},
            {
                "type": "ssoCredentials",
                "username": "administrator@vsphere.local",
                "password": "password-of-operator",
            },
        ),
        ({"auth_type": "vcd_access_token", "access_token": "jwt"}, {"type": "vcdAccessToken", "vcdAccessToken": "jwt"}),
        (
            {"auth_type": "vcd_access_token", "access_token": "jwt", "organization": "tenant-1"},
            {"type": "vcdAccessToken", "vcdAccessToken": "jwt", "context": "tenant-1"},
        ),
        ({"auth_type": "vcd_cookie", "vcd_cookie": "cookie"}, {"type": "vcdCookie", "vcdCookie": "cookie"}),
    ],
)
def test_each_login_has_the_body_that_is_documented_for_it(params: dict[str, Any], body: dict[str, Any]) -> None:
    assert connection(**params).login_body() == body


@pytest.mark.parametrize(
    ("peer", "body"),
    [
        (
            {"username": "operator@tenant-1", "password": "secret"},
            {"type": "credentials", "vcdUsername": "operator@tenant-1", "vcdPassword": "secret"},
        ),
        ({"auth_type": "cookie", "cookie": "cookie"}, {"type": "cookie", "cookie": "cookie"}),
        (
            {"auth_type": "vcd_access_token", "access_token": "jwt"},
            {"type": "vcdAccessToken", "vcdAccessToken": "jwt"},
        ),
        ({"auth_type": "multisite", "organization": "tenant-1"}, {"type": "multisite", "org": "tenant-1"}),
    ],
)
def test_each_extension_has_the_body_that_is_documented_for_it(peer: dict[str, Any], body: dict[str, Any]) -> None:
    made = connection(extend_sites=[{"site": "site-1", **peer}])
    assert made.extend_sites[0].extend_body() == {**body, "site": "site-1"}


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({"hostname": None}, "hostname"),
        ({"hostname": ""}, "hostname"),
        ({"hostname": "  "}, "hostname"),
        ({"hostname": 7}, "hostname"),
        ({"hostname": "https://vcda.test"}, "hostname"),
        ({"hostname": "vcda.test:8443"}, "hostname"),
        ({"hostname": "vcda.test/ui"}, "hostname"),
        ({"hostname": "user@vcda.test"}, "hostname"),
        ({"hostname": "vcda test"}, "hostname"),
        ({"hostname": "-vcda.test"}, "hostname"),
        ({"hostname": "vcda..test"}, "hostname"),
        ({"hostname": "v" * 64 + ".test"}, "hostname"),
        ({"hostname": "a:b"}, "hostname"),
        ({"port": -1}, "port"),
        ({"port": 65536}, "port"),
        ({"auth_type": "kerberos"}, "auth_type"),
        ({"username": None}, "username"),
        ({"username": ""}, "username"),
        ({"username": "operator"}, "username"),
        ({"password": None}, "password"),
        ({"auth_type": "local_user", "password": None}, "password"),
        ({"auth_type": "sso", "username": None}, "username"),
        ({"auth_type": "vcd_access_token"}, "access_token"),
        ({"auth_type": "vcd_cookie"}, "vcd_cookie"),
        ({"session_token": "token\n"}, "session_token"),
        ({"session_token": " token"}, "session_token"),
        ({"session_token": "token-\u20ac"}, "session_token"),
        ({"certificate_thumbprint": "AB:CD"}, "certificate_thumbprint"),
        ({"certificate_thumbprint": "MD5:" + THUMBPRINT}, "certificate_thumbprint"),
        ({"certificate_thumbprint": THUMBPRINT.replace("AB", "XY")}, "certificate_thumbprint"),
        ({"api_version": "seven"}, "api_version"),
        ({"api_version": "4.7.1"}, "api_version"),
        ({"request_timeout": 0}, "request_timeout"),
        ({"request_timeout": -1.5}, "request_timeout"),
        ({"request_timeout": float("nan")}, "request_timeout"),
        ({"request_timeout": float("inf")}, "request_timeout"),
        ({"request_timeout": 1e12}, "request_timeout"),
        ({"extend_sites": "site-1"}, "extend_sites"),
        ({"extend_sites": {"site": "site-1"}}, "extend_sites"),
        ({"extend_sites": ["site-1"]}, "extend_sites"),
        ({"extend_sites": 7}, "extend_sites"),
        ({"extend_sites": [{}]}, "extend_sites[0].site"),
        ({"extend_sites": [{"site": "site-1", "auth_type": "x"}]}, "extend_sites[0].auth_type"),
        ({"extend_sites": [{"site": "site-1"}]}, "extend_sites[0].username"),
        ({"extend_sites": [{"site": "site-1", "username": "u"}]}, "extend_sites[0].password"),
        ({"extend_sites": [{"site": "site-1", "auth_type": "cookie"}]}, "extend_sites[0].cookie"),
        ({"extend_sites": [{"site": "s", "auth_type": "vcd_access_token"}]}, "extend_sites[0].access_token"),
        (
            {
                "extend_sites": [
                    {"site": "a", "username": "u", "password": "p"},
                    {"site": "b", "auth_type": "multisite"},
                ]
            },
            "extend_sites[1].organization",
        ),
        (
            {
                "extend_sites": [
                    {"site": "a", "username": "u", "password": "p"},
                    {"site": "b", "username": "u", "password": "p"},
                    {"site": "a", "auth_type": "multisite", "organization": "o"},
                ]
            },
            "extend_sites[2].site",
        ),
    ],
)
def test_an_option_that_cannot_be_used_is_named_before_anything_is_sent(params: dict[str, Any], option: str) -> None:
    assert refused_option(**params) == option


@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDCFF)])
@pytest.mark.parametrize("option", [option.name for option in dataclasses.fields(Connection)])
def test_half_a_character_is_refused_in_every_option(option: str, half: str) -> None:
    """Where the environment is not in UTF-8, the texts of its variables have them."""
    inner = {"site": "site-1", "username": "u", "password": f"p{half}"}
    value: Any = [inner] if option == "extend_sites" else f"user@{half}"
    with pytest.raises(VcdaError, match=f"^{option}: half a character"):
        connection(**{option: value})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("option", ["username", "password", "access_token", "organization", "vcd_cookie", "site"])
def test_what_was_read_with_its_line_end_is_refused(option: str, end: str) -> None:
    assert refused_option(**{option: "user@tenant-1" + end}) == option


@pytest.mark.parametrize("option", ["site", "username", "password", "access_token", "cookie", "organization"])
def test_so_it_is_for_another_site(option: str) -> None:
    peer = {"site": "site-1", "username": "user", "password": "secret", option: "text\n"}
    assert refused_option(extend_sites=[peer]) == f"extend_sites[0].{option}"


def test_a_thumbprint_may_have_been_pasted_with_its_line_end() -> None:
    pasted = "SHA-256:" + ":".join(["ab"] * 32)
    assert connection(certificate_thumbprint=f" {pasted}\n").certificate_thumbprint == ":".join(["AB"] * 32)


@pytest.mark.parametrize(("option", "value"), [("api_version", "4.7\n"), ("session_token", "token\n")])
def test_no_form_lets_a_line_end_through(option: str, value: str) -> None:
    assert refused_option(**{option: value}) == option


def test_a_relative_path_is_told_as_what_was_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(VcdaError, match=re.escape(f"ca_path: {tmp_path}/ca.pem cannot be read")):
        connection(ca_path="ca.pem")
    (tmp_path / "authorities").mkdir()
    assert connection(ca_path="authorities").ca_path == str(tmp_path / "authorities")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("password", ["secret", "\u00fcber", "s\u00e9cr\u00e9t?", "\u00ff\u00fe\u00ff", "pa:ss"])
@pytest.mark.parametrize("user", ["user@tenant-1", "J\u00fcrgen@tenant-1"])
def test_user_and_password_in_one_word_are_a_secret_too(user: str, password: str, encoding: str) -> None:
    word = base64.b64encode(f"{user}:{password}".encode(encoding)).decode().rstrip("=")
    assert word in connection(username=user, password=password).secret_values()
    peers = [{"site": "a", "username": user, "password": password}]
    assert word in connection(extend_sites=peers).secret_values()


def test_a_password_that_latin_1_does_not_have_is_a_secret_all_the_same() -> None:
    word = base64.b64encode("user@tenant-1:\u6570\u6570\u6570".encode()).decode().rstrip("=")
    assert word in connection(username="user@tenant-1", password="\u6570\u6570\u6570").secret_values()


@pytest.mark.parametrize(
    "address", ["https://op:abc-4711@vcda.test:443/ui", "op:abc-4711@vcda.test", "abc-4711@@vcda.test"]
)
def test_credentials_in_the_address_are_not_shown(address: str) -> None:
    with pytest.raises(VcdaError) as refused:
        connection(hostname=address)
    assert "abc-4711" not in refused.value.message
    assert "vcda.test" in refused.value.message


@pytest.mark.parametrize(
    ("hostname", "url"),
    [
        ("vcda.site-2.test", "https://vcda.site-2.test:443"),
        (" vcda ", "https://vcda:443"),
        ("vcda_1.test", "https://vcda_1.test:443"),
        ("192.0.2.7", "https://192.0.2.7:443"),
        ("2001:db8::7", "https://[2001:db8::7]:443"),
        ("::1", "https://[::1]:443"),
    ],
)
def test_names_and_addresses_become_a_url(hostname: str, url: str) -> None:
    assert connection(hostname=hostname).base_url == url


def test_the_port_is_part_of_the_url() -> None:
    assert connection(port=8443).base_url == "https://vcda.site-2.test:8443"


def test_an_existing_session_needs_no_credentials() -> None:
    made = Connection.from_params({"hostname": "vcda", "session_token": "token"})
    assert not made.can_log_in
    assert connection(session_token="token").can_log_in


@pytest.mark.parametrize("prefix", ["", "SHA-256:", "sha-256:"])
@pytest.mark.parametrize("thumbprint", [THUMBPRINT, THUMBPRINT.lower()])
def test_a_thumbprint_is_taken_in_the_form_of_the_vendor(prefix: str, thumbprint: str) -> None:
    assert connection(certificate_thumbprint=prefix + thumbprint).certificate_thumbprint == THUMBPRINT


@pytest.mark.parametrize(
    ("text", "version", "label"),
    [
        ("4.7", (4, 7), "application/vnd.vmware.h4-v4.7+json;charset=UTF-8"),
        ("4", (4, 0), "application/vnd.vmware.h4-v4+json;charset=UTF-8"),
        ("4.0", (4, 0), "application/vnd.vmware.h4-v4+json;charset=UTF-8"),
        ("4.10", (4, 10), "application/vnd.vmware.h4-v4.10+json;charset=UTF-8"),
    ],
)
def test_a_version_becomes_a_media_type(text: str, version: tuple[int, int], label: str) -> None:
    assert connection(api_version=text).api_version == version
    assert media_type(version) == label


def test_every_secret_is_known() -> None:
    made = connection(
        access_token="jwt",
        vcd_cookie="cookie",
        session_token="token",
        extend_sites=[
            {"site": "a", "username": "u", "password": "peer-password"},
            {"site": "b", "auth_type": "cookie", "cookie": "peer-cookie"},
            {"site": "c", "auth_type": "vcd_access_token", "access_token": "peer-jwt"},
        ],
    )
    expected = {"password-of-operator", "jwt", "cookie", "token", "peer-password", "peer-cookie", "peer-jwt"}
    assert expected <= set(made.secret_values())


def test_secrets_do_not_stand_in_the_repr() -> None:
    made = connection(
        extend_sites=[{"site": "a", "username": "u", "password": "peer-password"}], vcd_cookie="my-cookie"
    )
    for secret in ("password-of-operator", "peer-password", "my-cookie"):
        assert secret not in repr(made)


class TestCaPath:
    def test_a_folder_is_taken(self, tmp_path: Path) -> None:
        assert connection(ca_path=str(tmp_path)).ca_path == str(tmp_path)

    def test_a_file_with_a_certificate_is_taken(self, tmp_path: Path) -> None:
        file = tmp_path / "ca.pem"
        file.write_text(CERTIFICATE, encoding="ascii")
        assert connection(ca_path=str(file)).ca_path == str(file)

    @pytest.mark.parametrize("content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
    def test_a_file_without_a_certificate_is_refused(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "ca.pem"
        file.write_text(content, encoding="ascii")
        with pytest.raises(VcdaError, match=r"^ca_path: .*ca\.pem holds no PEM certificate"):
            connection(ca_path=str(file))

    def test_a_missing_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(VcdaError, match=r"^ca_path: .*missing\.pem cannot be read: No such file"):
            connection(ca_path=str(tmp_path / "missing.pem"))

    def test_none_means_the_usual_authorities(self) -> None:
        assert connection(ca_path=None).ca_path is None
