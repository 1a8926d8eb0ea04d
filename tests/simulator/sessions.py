# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: login, extension to other sites, expiry, logout (vendor reference 4.1 to 4.7, sessions)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import accounts, schema
from .accounts import Account
from .bodies import EXTENSIONS, LOGINS
from .errors import ApiError, bad_input, bad_login, not_authenticated, site_not_found
from .identifiers import Identifiers
from .model import SYSTEM
from .schema import Object
from .settings import Settings
from .versions import Version


@dataclass(slots=True)
class Grant:
    """The rights of a session at one site; ``expires_ms`` is -1 if the VCD token lasts as long as the session."""

    account: Account
    expires_ms: int = -1
    listed: bool = True


@dataclass(slots=True)
class Session:
    """A session of one site, times in epoch milliseconds."""

    token: str
    site: str
    created_ms: int
    used_ms: int
    grants: dict[str, Grant] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """The account that logged in."""
        return self.grants[self.site].account

    def document(self, *, without_sites: list[Any] | None) -> dict[str, Any]:
        """Return ``C4SessionDetails``: the local site first, then the extended ones.

        :param without_sites: value if there are no sites, after a root or SSO login; not documented
        """
        sites = [{"org": grant.account.org, "site": site} for site, grant in self.grants.items() if grant.listed]
        return {
            "user": self.account.user,
            "roles": self.account.roles,
            "authenticatedSites": sites or without_sites,
        }


class Sessions:
    """The sessions of all sites."""

    def __init__(self, settings: Settings, identifiers: Identifiers, cloud_sites: tuple[str, ...]) -> None:
        """Begin without sessions."""
        self._settings = settings
        self._identifiers = identifiers
        self._cloud_sites = cloud_sites
        self._open: dict[str, Session] = {}
        self.logins = 0
        self.failed_logins = 0
        self.extensions = 0
        self.logouts = 0

    def login(self, site: str, body: dict[str, Any], version: Version, now: int) -> Session:
        """Open a session.

        :param body: one of the login bodies; the field names are those of the vendor reference
        :raises ApiError: 400 for a wrong body, 401 for wrong credentials
        """
        try:
            self._check(body, LOGINS, version)
            account = self._account(site, body, version)
        except ApiError:
            self.failed_logins += 1
            raise
        listed = account not in (accounts.ROOT, accounts.SSO)
        grant = Grant(account, _end(now, self._settings.vcd_token_timeout) if listed else -1, listed=listed)
        session = Session(self._identifiers.token(), site, now, now, {site: grant})
        self._open[session.token] = session
        self.logins += 1
        return session

    def authenticate(self, site: str, token: str, now: int) -> Session:
        """Return the session of a token and restart its idle time.

        :raises ApiError: 401 with the header ``WWW-Authenticate`` if there is no session, or it has expired
        """
        session = self._open.get(token)
        if session is None or session.site != site or self._is_over(session, now):
            raise not_authenticated()
        session.used_ms = now
        return session

    def logout(self, session: Session) -> None:
        """End a session and with it all its extensions."""
        del self._open[session.token]
        self.logouts += 1

    def extend(self, session: Session, body: dict[str, Any], version: Version, now: int) -> None:
        """Extend a session to another site.

        :raises ApiError: 400, 401 ``RemoteAuthenticationFailure``, 404 ``SiteNotFound``
        """
        self._check(body, EXTENSIONS, version)
        site = text(body, "site")
        if site not in self._cloud_sites:
            raise site_not_found(site)
        if site == session.site:
            raise bad_input("The session is at this site already.", site)
        account = self._remote_account(site, body, version)
        if account is None:
            raise ApiError(401, "RemoteAuthenticationFailure", f"Site {site} refused the credentials.", site)
        session.grants[site] = Grant(account, _end(now, self._settings.remote_timeout))
        self.extensions += 1

    def grant(self, session: Session, site: str, now: int) -> Grant:
        """Return the rights of a session at a site.

        :raises ApiError: 401 if it was never extended there (code: switch ``unextended_code``) or the token held for
            that site has expired (code: switch ``expired_remote_code``)
        """
        grant = session.grants.get(site)
        if grant is None:
            raise ApiError(401, self._settings.unextended_code, f"The session is not extended to site {site}.", site)
        if 0 <= grant.expires_ms <= now:
            raise ApiError(401, self._settings.expired_remote_code, f"The session at site {site} has expired.", site)
        return grant

    def document(self, session: Session) -> dict[str, Any]:
        """Return the document of a session; switch ``local_user_sites`` defines the form without sites."""
        return session.document(without_sites=[] if self._settings.local_user_sites == "empty" else None)

    def expire(self, token: str) -> None:
        """End the session of a token as if it had expired."""
        self._open.pop(token, None)

    def expire_all(self, site: str = "") -> int:
        """End all sessions, or those of one site, as if they had expired; return how many."""
        ended = [token for token, session in self._open.items() if site in ("", session.site)]
        for token in ended:
            del self._open[token]
        return len(ended)

    def open_sessions(self, now: int) -> list[Session]:
        """Return the sessions that are still open."""
        return [session for session in self._open.values() if not self._is_over(session, now)]

    def _check(self, body: dict[str, Any], kinds: dict[str, Object], version: Version) -> None:
        """Check the fields of a body; switch ``unknown_keys`` applies here, too."""
        kind = kinds.get(str(body.get("type")))
        if kind is not None:
            schema.check(body, kind, version, strict=self._settings.unknown_keys == "rejected")

    def _is_over(self, session: Session, now: int) -> bool:
        idle = now - session.used_ms >= self._settings.idle_timeout * 1000
        return idle or now - session.created_ms >= self._settings.hard_timeout * 1000

    def _account(self, site: str, body: dict[str, Any], version: Version) -> Account:
        kind = body.get("type")
        account: Account | None
        if kind == "localUser":
            account = _fixed(accounts.ROOT, text(body, "localUser"), text(body, "localPassword"), site)
        elif kind == "ssoCredentials":
            account = _fixed(accounts.SSO, text(body, "username"), text(body, "password"), site)
        elif kind == "ssoToken":
            for name in ("nonce", "signature"):
                text(body, name)
            account = accounts.SSO if text(body, "samlToken") == f"saml-administrator-{site}" else None
        elif kind == "vcdCredentials":
            account = accounts.by_password(text(body, "vcdUser"), text(body, "vcdPassword"), site)
        elif kind == "vcdCookie":
            account = accounts.by_cookie(text(body, "vcdCookie"), site)
        elif kind == "vcdAccessToken" and version >= (4, 1):
            account = _in_context(accounts.by_token(text(body, "vcdAccessToken"), site), body, version)
        else:
            raise bad_input("Unknown type of credentials.", str(kind))
        if account is None or (account.is_admin and self._settings.admin_restricted):
            raise bad_login()
        return account

    def _remote_account(self, site: str, body: dict[str, Any], version: Version) -> Account | None:
        kind = body.get("type")
        if kind == "credentials":
            return accounts.by_password(text(body, "vcdUsername"), text(body, "vcdPassword"), site)
        if kind == "cookie":
            return accounts.by_cookie(text(body, "cookie"), site)
        if kind == "vcdAccessToken" and version >= (4, 1):
            return accounts.by_token(text(body, "vcdAccessToken"), site)
        if kind == "multisite" and version >= (4, 2):
            org = text(body, "org")
            known = org in (*accounts.ORGS, SYSTEM) and self._settings.multisite_associated
            return next((account for account in accounts.VCD_ACCOUNTS if known and account.org == org), None)
        raise bad_input("Unknown type of credentials.", str(kind))


def text(body: dict[str, Any], name: str) -> str:
    """Return a required text of a body.

    :raises ApiError: 400 ``BadUserInput``
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise bad_input(f"The field {name} is missing or no text.", name)
    return value


def _end(now: int, seconds: float) -> int:
    return now + int(seconds * 1000) if seconds else -1


def _fixed(account: Account, user: str, secret: str, site: str) -> Account | None:
    return account if (user, secret) == (account.user, accounts.password(account, site)) else None


def _in_context(account: Account | None, body: dict[str, Any], version: Version) -> Account | None:
    """Check the organization of the token: field ``context``, from 4.2."""
    if account is None or version < (4, 2) or body.get("context") in (None, account.org):
        return account
    return None
