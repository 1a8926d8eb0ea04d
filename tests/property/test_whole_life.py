# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants and providers, by password, token and cookie: a replication from its start to its end, each step twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.declared.declaration import declare
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import CLEANUP, MIGRATE, REVERSE, SYNC, TEST, Verb
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_arguments import replication_options
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Result

from .laboratory import PRIMARY, RECOVERY, Laboratory

USERS = {"tenant": "operator@tenant-1", "provider": "administrator@System"}
ORGANIZATIONS = {"tenant": "tenant-1", "provider": "System"}
LIFE: tuple[tuple[Verb, str, str | None], ...] = (
    (SYNC, RECOVERY, None),
    (TEST, RECOVERY, None),
    (CLEANUP, RECOVERY, None),
    (MIGRATE, RECOVERY, RECOVERY),
    (REVERSE, RECOVERY, RECOVERY),
    (MIGRATE, PRIMARY, PRIMARY),
    (REVERSE, PRIMARY, PRIMARY),
)


def _by_password(who: str, site: str) -> dict[str, Any]:
    return {"username": USERS[who], "password": f"{_short(who)}-secret-{site}"}


def _by_token(who: str, site: str) -> dict[str, Any]:
    return {
        "auth_type": "vcd_access_token",
        "access_token": f"jwt-{_short(who)}-{site}",
        "organization": ORGANIZATIONS[who],
    }


def _by_cookie(who: str, site: str) -> dict[str, Any]:
    return {"auth_type": "vcd_cookie", "vcd_cookie": f"cookie-{_short(who)}-{site}"}


def _short(who: str) -> str:
    return USERS[who].split("@", 1)[0]


def _as_peer(login: dict[str, Any], site: str) -> dict[str, Any]:
    """The same credentials as the extension of a session names them."""
    peer = {name: value for name, value in login.items() if name not in ("auth_type", "vcd_cookie", "organization")}
    if "vcd_cookie" in login:
        return {**peer, "site": site, "auth_type": "cookie", "cookie": login["vcd_cookie"]}
    if "access_token" in login:
        return {**peer, "site": site, "auth_type": "vcd_access_token"}
    return {**peer, "site": site, "auth_type": "credentials"}


LOGINS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "password": _by_password,
    "token": _by_token,
    "cookie": _by_cookie,
}


class User:
    """Somebody who logs in his own way at both sites."""

    def __init__(self, laboratory: Laboratory, who: str, login: str) -> None:
        self.laboratory = laboratory
        self._who = who
        self._login = LOGINS[login]

    def connection(self, site: str) -> dict[str, Any]:
        peer = PRIMARY if site == RECOVERY else RECOVERY
        # The laboratory's own user makes room.
        nobody = {"username": None, "password": None}
        return {
            **nobody,
            "hostname": f"{site}.test",
            **self._login(self._who, site),
            "extend_sites": [_as_peer(self._login(self._who, peer), peer)],
        }

    def declare(self, kind: Kind, **wish: Any) -> Result:
        defaults = {name: option.get("default") for name, option in replication_options(kind.name).items()}
        return declare(kind)(self.laboratory.context({**defaults, **self.connection(RECOVERY), **wish}))

    def does(self, verb: Verb, kind: Kind, site: str, name: str, active_site: str | None) -> None:
        params: dict[str, Any] = {**self.connection(site), kind.names_option: [name], "active_site": active_site}
        first = self.laboratory.run(verb, kind, **params)
        again = self.laboratory.run(verb, kind, **params)
        assert not first.get("failed"), first["msg"]
        assert not again.get("failed"), again["msg"]
        assert (first["changed"], again["changed"]) == (True, verb is SYNC)


@pytest.mark.parametrize("kind", [VM, VAPP], ids=lambda kind: kind.name)
@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("who", USERS)
def test_from_start_to_stop(who: str, login: str, kind: Kind) -> None:
    laboratory = Laboratory()
    user = User(laboratory, who, login)
    workload = laboratory.simulator.add_workload("shop", vapp_name="shop")
    source = {"vm": {"type": "vm", "vm_id": workload.id}, "vapp": {"type": "vapp", "vapp_id": workload.vapp_id}}
    vdc = next(vdc.id for vdc in laboratory.simulator.site(RECOVERY).vdcs if vdc.org == "tenant-1")
    wish = {
        "source": {**source[kind.name], "site": PRIMARY},
        "destination": {"type": "vcloud", "site": RECOVERY, "vdc": vdc},
        "rpo": 30,
    }

    started, again = user.declare(kind, **wish), user.declare(kind, **wish)
    assert not started.get("failed"), started["msg"]
    assert not again.get("failed"), again["msg"]
    assert (started["changed"], again["changed"]) == (True, False)

    for verb, site, active_site in LIFE:
        user.does(verb, kind, site, "shop", active_site)

    ended = user.declare(kind, state="absent", **{kind.names_option: ["shop"]})
    assert not ended.get("failed"), ended["msg"]
    assert ended["changed"]
    assert not user.declare(kind, state="absent", **{kind.names_option: ["shop"]})["changed"]
    assert laboratory.simulator.counters()["open_sessions"] == 0
