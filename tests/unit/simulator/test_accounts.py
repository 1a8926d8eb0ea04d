# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts: who can log in where, and with what."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import accounts

OPERATOR, OTHER, PROVIDER = accounts.VCD_ACCOUNTS


@pytest.mark.parametrize(
    ("account", "password", "token", "cookie"),
    [
        (OPERATOR, "operator-secret-site-1", "jwt-operator-site-1", "cookie-operator-site-1"),
        (OTHER, "operator-secret-site-1", "jwt-operator-tenant-2-site-1", "cookie-operator-tenant-2-site-1"),
        (PROVIDER, "administrator-secret-site-1", "jwt-administrator-site-1", "cookie-administrator-site-1"),
    ],
)
def test_secrets_of_vcd_accounts(account: accounts.Account, password: str, token: str, cookie: str) -> None:
    assert accounts.password(account, "site-1") == password
    assert accounts.by_password(account.user, password, "site-1") is account
    assert accounts.by_token(token, "site-1") is account
    assert accounts.by_cookie(cookie, "site-1") is account


def test_secrets_are_different_at_every_site() -> None:
    assert accounts.by_password(OPERATOR.user, "operator-secret-site-1", "site-2") is None
    assert accounts.by_token("jwt-operator-site-1", "site-2") is None
    assert accounts.by_cookie("cookie-operator-site-1", "site-2") is None


def test_fixed_accounts() -> None:
    assert accounts.password(accounts.ROOT, "site-2") == "root-secret-site-2"
    assert accounts.password(accounts.SSO, "site-2") == "sso-secret-site-2"


def test_the_organization_is_compared_without_case() -> None:
    assert accounts.by_password("administrator@system", "administrator-secret-site-1", "site-1") is PROVIDER


def test_roles() -> None:
    assert OPERATOR.roles == ["EVERYONE"]
    assert PROVIDER.roles == accounts.ROOT.roles == ["EVERYONE", "ADMINISTRATORS", "VRADMINISTRATORS"]
    assert not OPERATOR.is_admin
    assert accounts.SSO.is_admin
