# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of the simulated sites: valid ones, and ones that a client must reject."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import trustme

HOSTS = ("127.0.0.1", "localhost")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOT_SO_LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key, ready for use by a server."""

    context: ssl.SSLContext
    thumbprint: str
    pem: bytes


class Certificates:
    """A certificate authority and the certificates that it issued; each certificate is created on first use."""

    def __init__(self) -> None:
        """Create the authority."""
        self._authority = trustme.CA()
        self._made: dict[tuple[str, str], Certificate] = {}

    @cached_property
    def _other_authority(self) -> trustme.CA:
        return trustme.CA()

    def write_authority(self, path: str | Path) -> None:
        """Write the certificate of the authority, for clients to trust."""
        self._authority.cert_pem.write_to_path(str(path))

    def get(self, site: str, variant: str) -> Certificate:
        """Return the certificate of a site: trusted, expired, wrong_host or other_authority."""
        key = (site, variant)
        if key not in self._made:
            self._made[key] = _certificate(self._issue(site, variant))
        return self._made[key]

    def _issue(self, site: str, variant: str) -> trustme.LeafCert:
        if variant == "expired":
            return self._authority.issue_cert(*HOSTS, common_name=site, not_before=LONG_AGO, not_after=NOT_SO_LONG_AGO)
        if variant == "wrong_host":
            return self._authority.issue_cert(f"{site}.elsewhere.test", common_name=site)
        authority = self._other_authority if variant == "other_authority" else self._authority
        return authority.issue_cert(*HOSTS, f"{site}.test", common_name=site)


def _certificate(leaf: trustme.LeafCert) -> Certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    pem = leaf.cert_chain_pems[0].bytes()
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).hexdigest().upper()
    thumbprint = "SHA-256:" + ":".join(digest[start : start + 2] for start in range(0, len(digest), 2))
    return Certificate(context, thumbprint, pem)
