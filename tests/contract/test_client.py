# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies that the modules send: every option on its own, in every version, is in the contract or never sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection, Peer
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.modules.replication_arguments import replication_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.setting_arguments import recovery_settings_options
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import (
    reconfigure_body,
    recovery_body,
    start_body,
    storage_profile_body,
)
from ansible_collections.opendr.vcda.tests.contract import Contract
from ansible_collections.opendr.vcda.tests.contract.document import VERSIONS, parse_version
from ansible_collections.opendr.vcda.tests.contract.examples import BODY_HEADERS, UUID, VM_ID, Call

KINDS = ("vm", "vapp")
VERBS = {"failover": "failover", "migrate": "migrate", "test failover": "test"}
# They become a part of the body by reading, not by being copied.
READ_FIRST = {"instance_id", "instance_ids", "instance_before"}
INSTANT = "2026-01-01T00:00:00Z"
PLAIN = {"str": "a", "bool": True, "int": 5, "float": 1.0}
TEXTS = {"vdc": UUID, "vm": "orders-db", "initial_sync_time": INSTANT}


def values(name: str, option: dict[str, Any]) -> Iterator[Any]:
    """Yield values for an option: each choice, each suboption on its own beside those that are required."""
    if option.get("type") == "list":
        element = {**option, "type": option["elements"]}
        yield from ([value] for value in values(name, element))
    elif "options" in option:
        yield from suboptions(option)
    elif "choices" in option:
        yield from option["choices"]
    else:
        yield TEXTS.get(name, PLAIN[option.get("type", "str")])


def suboptions(option: dict[str, Any]) -> Iterator[dict[str, Any]]:
    options = option["options"]
    for choice in options.get("type", {}).get("choices", (None,)):
        needed = [name for name, spec in options.items() if spec.get("required")]
        needed += [name for _unused, value, names in option.get("required_if", ()) if value == choice for name in names]
        base = {name: next(values(name, options[name]), None) for name in needed}
        base |= {"type": choice} if choice else {}
        for name, spec in options.items():
            if name != "type":
                yield from ({**base, name: value} for value in values(name, spec))


def refused(operation: str, version: str, body: dict[str, Any]) -> list[str]:
    contract = Contract.load(version)
    path, method = next(
        (path, method)
        for path, item in contract.document["paths"].items()
        for method, raw in item.items()
        if isinstance(raw, dict) and raw.get("operationId") == operation
    )
    kind = "C4VAPP" if operation.startswith("vapp") else "C4"
    call = Call(method.upper(), path.replace("{replicationId}", f"{kind}-{UUID}"), body=body)
    return contract.check_request(call.method, call.path, [], BODY_HEADERS, call.payload())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", VERBS)
def test_recovery_settings(verb: str, kind: str, version: str) -> None:
    vms = [{"id": VM_ID, "vmId": UUID, "vmName": "orders-db"}]
    sent = 0
    for name, option in recovery_settings_options(verb, kind).items():
        for settings_type in ("vcloud", "vcenter"):
            for value in values(name, option) if name not in READ_FIRST else ():
                params = {"settings_type": settings_type, name: value}
                try:
                    body = recovery_body(verb, kind, params, parse_version(version), {"vms": vms})
                except VcdaError:
                    continue
                sent += 1
                assert refused(f"{kind}_replication_{VERBS[verb]}", version, body) == [], params
    assert sent > 20


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("verb", "kind", "found"),
    [
        ("failover", "vm", {"instance_id": "replica-1"}),
        ("test failover", "vapp", {"instance_map": {VM_ID: "replica-1"}}),
    ],
)
def test_a_chosen_instance(verb: str, kind: str, found: dict[str, Any], version: str) -> None:
    body = recovery_body(verb, kind, {}, parse_version(version), found)
    assert refused(f"{kind}_replication_{VERBS[verb]}", version, body) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_starts(kind: str, version: str) -> None:
    options = replication_options(kind)
    ends = {"source": next(values("source", options["source"])), "destination": {"type": "vcloud", "site": "site-2"}}
    sent = 0
    for name, option in options.items():
        for value in values(name, option):
            params = {**ends, name: value}
            try:
                body = start_body(params, parse_version(version))
            except VcdaError:
                continue
            sent += 1
            assert refused(f"{kind}_replication_start", version, body) == [], params
    assert sent > 30


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_changes(kind: str, version: str) -> None:
    sent = 0
    for name, option in replication_options(kind).items():
        for value in values(name, option):
            try:
                body = reconfigure_body({name: value}, {}, parse_version(version))
            except VcdaError:
                continue
            sent += body != {}
            assert refused(f"{kind}_replication_reconfigure", version, body) == [], name
    assert sent > 5


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_storage_profiles(kind: str, version: str) -> None:
    undocumented = kind == "vapp" and "4.2" < version < "4.7"
    try:
        body = storage_profile_body(kind, parse_version(version), UUID, [VM_ID])
    except VcdaError:
        assert undocumented
    else:
        assert not undocumented
        assert refused(f"{kind}_replication_storage_profile", version, body) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("auth_type", ["vcd", "local_user", "sso", "vcd_cookie", "vcd_access_token"])
def test_logins(auth_type: str, version: str) -> None:
    connection = Connection(
        "vcda.example.com",
        auth_type=auth_type,
        username="a@b",
        password="c",
        access_token="d",
        vcd_cookie="e",
        organization="tenant-1" if version >= "4.2" else None,
    )
    found = refused("session_login", version, connection.login_body())
    assert (found == []) is (auth_type != "vcd_access_token" or version >= "4.1")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("auth_type", "since"),
    [("credentials", "4.0"), ("cookie", "4.0"), ("vcd_access_token", "4.1"), ("multisite", "4.2")],
)
def test_extensions(auth_type: str, since: str, version: str) -> None:
    peer = Peer("site-2", auth_type, username="a@b", password="c", access_token="d", cookie="e", organization="f")
    assert (refused("session_extend", version, peer.extend_body()) == []) is (version >= since)
