# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates that sites show."""

from __future__ import annotations

import hashlib
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from ansible_collections.opendr.vcda.tests.simulator.certificates import Certificate, Certificates


@pytest.fixture
def certificates() -> Certificates:
    return Certificates()


def parsed(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.pem)


def names(certificate: Certificate) -> list[str]:
    extension = parsed(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return [str(name.value) for name in extension.value]


def test_a_trusted_certificate(certificates: Certificates, tmp_path: Path) -> None:
    certificate = certificates.get("site-1", "trusted")
    assert names(certificate) == ["127.0.0.1", "localhost", "site-1.test"]
    certificates.write_authority(tmp_path / "ca.pem")
    authority = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    parsed(certificate).verify_directly_issued_by(authority)


def test_the_thumbprint_has_the_form_of_the_vendor(certificates: Certificates) -> None:
    certificate = certificates.get("site-1", "trusted")
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.pem.decode())).digest()
    assert certificate.thumbprint == "SHA-256:" + digest.hex(":").upper()


def test_every_site_has_its_own_and_keeps_it(certificates: Certificates) -> None:
    first = certificates.get("site-1", "trusted")
    assert certificates.get("site-1", "trusted") is first
    assert certificates.get("site-2", "trusted").thumbprint != first.thumbprint


def test_an_expired_certificate(certificates: Certificates) -> None:
    assert parsed(certificates.get("site-1", "expired")).not_valid_after_utc < datetime.now(UTC)


def test_a_certificate_of_another_host(certificates: Certificates) -> None:
    assert names(certificates.get("site-1", "wrong_host")) == ["site-1.elsewhere.test"]


def test_a_certificate_of_another_authority(certificates: Certificates) -> None:
    other = parsed(certificates.get("site-1", "other_authority"))
    assert other.issuer != parsed(certificates.get("site-1", "trusted")).issuer
