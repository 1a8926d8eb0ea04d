# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared state of the simulator: settings, time, sites, replications, tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .accounts import ORGS
from .clock import Clock
from .errors import ApiError, site_not_found
from .estate import Estate
from .identifiers import Identifiers
from .model import VCENTER, VCLOUD, Policy, Site, Vdc
from .settings import Settings
from .tasks import TaskBoard

if TYPE_CHECKING:
    from .plans import RecoveryPlan

SLA_PROFILES = {
    "5b1c0000-0000-4000-8000-000000000001": ("Gold", 5, 12),
    "5b1c0000-0000-4000-8000-000000000002": ("Silver", 60, 6),
    "5b1c0000-0000-4000-8000-000000000003": ("Bronze", 240, 2),
}


@dataclass
class World:
    """The shared state of one simulator."""

    settings: Settings
    clock: Clock
    identifiers: Identifiers
    sites: dict[str, Site]
    estate: Estate
    board: TaskBoard
    plans: dict[str, RecoveryPlan] = field(default_factory=dict)

    @classmethod
    def fresh(cls, settings: Settings, clock: Clock, cloud_sites: tuple[str, ...], onprem: tuple[str, ...]) -> World:
        """Return a world with empty sites."""
        identifiers = Identifiers(settings.seed)
        sites = {name: _cloud_site(name, identifiers) for name in cloud_sites}
        sites.update({name: Site(name, VCENTER, identifiers.uuid()) for name in onprem})
        return cls(settings, clock, identifiers, sites, Estate(), TaskBoard(settings, identifiers))

    def site(self, name: str) -> Site:
        """Return a site.

        :raises ApiError: 404 ``SiteNotFound``
        """
        try:
            return self.sites[name]
        except KeyError:
            raise site_not_found(name) from None

    def cloud_sites(self) -> list[Site]:
        """Return the sites that have an address."""
        return [site for site in self.sites.values() if site.kind == VCLOUD]

    def peer_down_error(self, site: str) -> ApiError:
        """Return the answer to a call for a site that is down: not documented; switch ``peer_down``."""
        msg = f"Site {site} cannot be reached."
        if self.settings.peer_down == "remote_authentication_401":
            return ApiError(401, "RemoteAuthenticationFailure", msg, site)
        status = 502 if self.settings.peer_down == "bad_gateway_502" else 500
        return ApiError(status, "GeneralServerFailure", msg, site)

    def note_down_sites(self) -> None:
        """Record since when sites are down or up again; the health of their replications depends on it."""
        now = self.clock.now_ms()
        for site in self.sites.values():
            if site.name in self.settings.sites_down:
                site.down_since_ms = now if site.down_since_ms is None else site.down_since_ms
            elif site.down_since_ms is not None:
                site.down_since_ms, site.up_since_ms = None, now


def _cloud_site(name: str, identifiers: Identifiers) -> Site:
    vdcs = [Vdc(identifiers.uuid(), f"vdc-{org}-{name}", org) for org in ORGS]
    profiles = {identifiers.uuid(): label for label in ("gold-storage", "silver-storage")}
    return Site(name, VCLOUD, identifiers.uuid(), vdcs, profiles, {"default": Policy()})
