# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Connection and login options, checked, and the bodies of the login requests."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid, refuse_halves
from ansible_collections.opendr.vcda.plugins.module_utils.client.operation_ids import given_operation_id
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import without_credentials

Version = tuple[int, int]

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"^{_LABEL}(\.{_LABEL})*\Z")
# What an HTTP header can carry (RFC 9110, section 5.5).
_HEADER = re.compile(r"^[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?\Z")
_THUMBPRINT = re.compile(r"^(SHA-256:)?([0-9A-F]{2}:){31}[0-9A-F]{2}\Z", re.IGNORECASE)
_VERSION = re.compile(r"^(\d+)(?:\.(\d+))?\Z")
_ONE_LINE = ("username", "password", "access_token", "organization", "vcd_cookie", "site")
_LONGEST_TIMEOUT = 86400.0

# Which options a login needs, by auth_type (vendor reference 4.6, sessions post).
_LOGIN_NEEDS: Mapping[str, tuple[str, ...]] = {
    "vcd": ("username", "password"),
    "local_user": ("username", "password"),
    "sso": ("username", "password"),
    "vcd_access_token": ("access_token",),
    "vcd_cookie": ("vcd_cookie",),
}
# The same for the extension to a peer (vendor reference 4.7, sessions/extend post).
_PEER_NEEDS: Mapping[str, tuple[str, ...]] = {
    "credentials": ("username", "password"),
    "cookie": ("cookie",),
    "vcd_access_token": ("access_token",),
    "multisite": ("organization",),
}


@dataclass(frozen=True)
class Peer:
    """A peer site to which the session is extended, with the credentials for it."""

    site: str
    auth_type: str = "credentials"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    cookie: str | None = field(default=None, repr=False)
    organization: str | None = None

    def extend_body(self) -> dict[str, Any]:
        """Return the body of the extend call; its field names differ from those of the login (vendor reference 4.7)."""
        bodies: Mapping[str, dict[str, Any]] = {
            "credentials": {"type": "credentials", "vcdUsername": self.username, "vcdPassword": self.password},
            "cookie": {"type": "cookie", "cookie": self.cookie},
            "vcd_access_token": {"type": "vcdAccessToken", "vcdAccessToken": self.access_token},
            "multisite": {"type": "multisite", "org": self.organization},
        }
        return dict(bodies[self.auth_type], site=self.site)


@dataclass(frozen=True)
class Connection:
    """The connection options, checked; see the documentation of the modules for their meaning."""

    hostname: str
    port: int = 443
    auth_type: str = "vcd"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    organization: str | None = None
    vcd_cookie: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    extend_sites: tuple[Peer, ...] = ()
    site: str | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    certificate_thumbprint: str | None = None
    api_version: Version | None = None
    request_timeout: float = 60.0
    operation_id: str | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Connection:
        """Build a connection from module parameters.

        :param params: the module parameters by option name
        :raises VcdaError: category invalid_request, naming the option that cannot be used
        """
        refuse_halves({option.name: params.get(option.name) for option in fields(cls)})
        _check_address(params)
        _check_login(params)
        return cls(
            hostname=params["hostname"].strip(),
            port=params.get("port") or 443,
            auth_type=params.get("auth_type") or "vcd",
            username=params.get("username"),
            password=params.get("password"),
            access_token=params.get("access_token"),
            organization=params.get("organization"),
            vcd_cookie=params.get("vcd_cookie"),
            session_token=params.get("session_token"),
            extend_sites=_peers(params.get("extend_sites") or ()),
            site=params.get("site"),
            validate_certs=params.get("validate_certs") is not False,
            ca_path=_ca_path(params.get("ca_path")),
            certificate_thumbprint=_thumbprint(params.get("certificate_thumbprint")),
            api_version=_version(params.get("api_version")),
            request_timeout=_timeout(params.get("request_timeout")),
            operation_id=given_operation_id(params.get("operation_id"), os.environ),
        )

    @property
    def base_url(self) -> str:
        """The root of the service; there is no base path."""
        host = f"[{self.hostname}]" if ":" in self.hostname else self.hostname
        return f"https://{host}:{self.port}"

    @property
    def can_log_in(self) -> bool:
        """Whether all options that a login needs are set."""
        return all(getattr(self, name) for name in _LOGIN_NEEDS[self.auth_type])

    def login_body(self) -> dict[str, Any]:
        """Return the body of the login call (vendor reference 4.6, sessions post)."""
        if self.auth_type == "local_user":
            return {"type": "localUser", "localUser": self.username, "localPassword": self.password}
        if self.auth_type == "sso":
            return {"type": "ssoCredentials", "username": self.username, "password": self.password}
        if self.auth_type == "vcd_cookie":
            return {"type": "vcdCookie", "vcdCookie": self.vcd_cookie}
        if self.auth_type == "vcd_access_token":
            body = {"type": "vcdAccessToken", "vcdAccessToken": self.access_token}
            # The field context exists since 4.2; older services accept only the token.
            knows_context = self.api_version is None or self.api_version >= (4, 2)
            return dict(body, context=self.organization) if self.organization and knows_context else body
        return {"type": "vcdCredentials", "vcdUser": self.username, "vcdPassword": self.password}

    def secret_values(self) -> list[str | None]:
        """Return every value that must never be shown."""
        own = [self.password, self.access_token, self.vcd_cookie, self.session_token]
        peers = [value for peer in self.extend_sites for value in (peer.password, peer.access_token, peer.cookie)]
        logins = [(self.username, self.password), *((peer.username, peer.password) for peer in self.extend_sites)]
        return own + peers + [word for user, password in logins for word in basic_credentials(user, password)]


def basic_credentials(user: str | None, password: str | None) -> list[str]:
    """Return user and password in base64 as HTTP basic authentication sends them; a gateway may quote it.

    :returns: in UTF-8, and in Latin-1 if that has all characters (RFC 7617 leaves it open); empty if either is missing
    """
    if not user or not password:
        return []
    found = []
    for encoding in ("utf-8", "latin-1"):
        with contextlib.suppress(UnicodeEncodeError):
            found.append(base64.b64encode(f"{user}:{password}".encode(encoding)).decode().rstrip("="))
    return found


def media_type(version: Version) -> str:
    """Return the vendor media type of an API version; 4.0 is written without its zero (vendor reference 4.0)."""
    major, minor = version
    label = f"{major}.{minor}" if minor else f"{major}"
    return f"application/vnd.vmware.h4-v{label}+json;charset=UTF-8"


def _check_address(params: Mapping[str, Any]) -> None:
    hostname = params.get("hostname")
    if not isinstance(hostname, str) or not hostname.strip():
        raise invalid("hostname", "the address of the service is missing")
    if not (_HOST.match(hostname.strip()) or _is_ipv6(hostname.strip())):
        shown = without_credentials(hostname)
        raise invalid("hostname", f"{shown!r} is no bare host name or IP address; leave out scheme, port and path")
    port = params.get("port")
    if port is not None and not 1 <= port <= 65535:
        raise invalid("port", f"{port} is no TCP port")


def _is_ipv6(hostname: str) -> bool:
    try:
        ipaddress.IPv6Address(hostname)
    except ValueError:
        return False
    return "%" not in hostname


def check_header(option: str, value: str | None) -> None:
    """Refuse a value that an HTTP header cannot carry, such as a token that ends with a newline.

    :param option: the option's name; the value is a secret, so messages do not show it
    """
    if value and not _HEADER.match(value):
        raise invalid(option, "it begins or ends with a space, or holds a character that no HTTP header can carry")


def _check_login(params: Mapping[str, Any]) -> None:
    auth_type = params.get("auth_type") or "vcd"
    if auth_type not in _LOGIN_NEEDS:
        raise invalid("auth_type", "{!r} is not one of {}".format(auth_type, ", ".join(sorted(_LOGIN_NEEDS))))
    check_header("session_token", params.get("session_token"))
    for name in _ONE_LINE:
        _check_line_end(name, params.get(name))
    if params.get("session_token"):
        return
    for name in _LOGIN_NEEDS[auth_type]:
        if not params.get(name):
            raise invalid(name, f"auth_type {auth_type} needs it")
    if auth_type == "vcd" and "@" not in params["username"]:
        raise invalid("username", "auth_type vcd needs the form user@organization")


def _check_line_end(option: str, value: str | None) -> None:
    """Refuse a value that ends with a newline: the service would report a wrong password or an unknown name."""
    if value and value[-1] in "\r\n":
        raise invalid(option, "it ends with a line end")


def _peers(entries: Any) -> tuple[Peer, ...]:
    if not isinstance(entries, (list, tuple)) or not all(isinstance(entry, Mapping) for entry in entries):
        raise invalid("extend_sites", "it is no list of objects")
    peers = tuple(_peer(index, entry) for index, entry in enumerate(entries))
    sites = [peer.site for peer in peers]
    for index, site in enumerate(sites):
        if site in sites[:index]:
            raise invalid(f"extend_sites[{index}].site", f"site {site} is there more than once")
    return peers


def _peer(index: int, options: Mapping[str, Any]) -> Peer:
    where = f"extend_sites[{index}]"
    if not options.get("site"):
        raise invalid(where + ".site", "the name of the peer site is missing")
    auth_type = options.get("auth_type") or "credentials"
    if auth_type not in _PEER_NEEDS:
        raise invalid(where + ".auth_type", "{!r} is not one of {}".format(auth_type, ", ".join(sorted(_PEER_NEEDS))))
    for name in _PEER_NEEDS[auth_type]:
        if not options.get(name):
            raise invalid(f"{where}.{name}", f"auth_type {auth_type} needs it")
    fields = ("username", "password", "access_token", "cookie", "organization")
    for name in ("site", *fields):
        _check_line_end(f"{where}.{name}", options.get(name))
    return Peer(site=options["site"], auth_type=auth_type, **{name: options.get(name) for name in fields})


def _ca_path(path: str | None) -> str | None:
    if not path:
        return None
    # Relative to the working directory; messages show the absolute path.
    path = os.path.abspath(path)  # noqa: PTH100  links are left as they are
    try:
        if Path(path).is_dir():
            next(Path(path).iterdir(), None)
        else:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise invalid("ca_path", f"{path} holds no PEM certificate") from None
    except OSError as error:
        raise invalid("ca_path", f"{path} cannot be read: {error.strerror}") from None
    return path


def _thumbprint(text: str | None) -> str | None:
    if not text:
        return None
    text = text.strip()
    if not _THUMBPRINT.match(text):
        raise invalid(
            "certificate_thumbprint", "it must have the form SHA-256:AA:BB:... with 32 pairs of hexadecimal digits"
        )
    return text.upper().replace("SHA-256:", "")


def _version(text: str | None) -> Version | None:
    if not text:
        return None
    match = _VERSION.match(str(text))
    if not match:
        raise invalid("api_version", f"{text!r} is not of the form 4.7")
    return int(match.group(1)), int(match.group(2) or 0)


def _timeout(value: float | None) -> float:
    if value is None:
        return 60.0
    if not 0 < value <= _LONGEST_TIMEOUT:
        raise invalid("request_timeout", f"{value} is not more than 0 and at most {_LONGEST_TIMEOUT:g} seconds")
    return float(value)
