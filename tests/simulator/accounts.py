# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of the sites and their credentials."""

from __future__ import annotations

from dataclasses import dataclass

from .model import SYSTEM

ORGS = ("tenant-1", "tenant-2")
EVERYONE = ("EVERYONE",)
ADMINISTRATOR = ("EVERYONE", "ADMINISTRATORS", "VRADMINISTRATORS")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a site. The roles are those in the output of public clients: vendor reference 4.7, SessionDetails."""

    user: str
    org: str

    @property
    def is_admin(self) -> bool:
        """Whether this is a provider administrator, who sees everything."""
        return self.org == SYSTEM

    @property
    def roles(self) -> list[str]:
        """The roles of a session of this user."""
        return list(ADMINISTRATOR if self.is_admin else EVERYONE)


ROOT = Account("root", SYSTEM)
SSO = Account("administrator@vsphere.local", SYSTEM)
PROVIDER = Account("administrator@System", SYSTEM)
VCD_ACCOUNTS = (*(Account(f"operator@{org}", org) for org in ORGS), PROVIDER)


def short_name(account: Account) -> str:
    """Return the name before the ``@``."""
    return account.user.split("@")[0]


def password(account: Account, site: str) -> str:
    """Return the password of an account at a site."""
    if account is ROOT:
        return f"root-secret-{site}"
    if account is SSO:
        return f"sso-secret-{site}"
    return f"{short_name(account)}-secret-{site}"


def token(account: Account, site: str) -> str:
    """Return the access token (JWT) of a VCD account at a site."""
    return f"jwt-{short_name(account)}{_suffix(account)}-{site}"


def cookie(account: Account, site: str) -> str:
    """Return the legacy VCD session secret of an account at a site."""
    return f"cookie-{short_name(account)}{_suffix(account)}-{site}"


def _suffix(account: Account) -> str:
    return "" if account.org in (ORGS[0], SYSTEM) else f"-{account.org}"


def by_password(user: str, secret: str, site: str) -> Account | None:
    """Return the VCD account with that user and password; the comparison ignores the case of the organization."""
    for account in VCD_ACCOUNTS:
        if account.user.lower() == user.lower() and secret == password(account, site):
            return account
    return None


def by_token(secret: str, site: str) -> Account | None:
    """Return the VCD account with that access token."""
    return next((account for account in VCD_ACCOUNTS if secret == token(account, site)), None)


def by_cookie(secret: str, site: str) -> Account | None:
    """Return the VCD account with that cookie."""
    return next((account for account in VCD_ACCOUNTS if secret == cookie(account, site)), None)
