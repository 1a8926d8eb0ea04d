# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of tests that the service stores: a drill whose tests they would connect to production is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.isolation import (
    Connection,
    connection_of,
    shared_networks,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery import settings
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.networks import is_tested, production_networks
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import for_vms, options_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed

# The checks that read what is needed, and tell why it cannot be read.
CHECKS = ("test_isolation", "test_networks")
_TELL_WHY = ("test_networks", "failover_networks")
# Options that are flags, and the texts for "on" that ansible-core accepts.
_FLAGS = ("copy_source_networks", "is_connected")
_ON = ("true", "yes", "on", "y", "t", "1", "1.0")


def options_for(run: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    """Return the options of ``recovery_readiness_info`` to read the stored networks; a test needs no other site."""
    return {**settings.options_for(run, ids, CHECKS), "extend_sites": []}


def isolated(
    run: Mapping[str, Any], values: Mapping[str, Any], ids: Sequence[str], result: Mapping[str, Any]
) -> dict[str, Any]:
    """Refuse a drill if the stored networks of a VM would connect its test to recovered or production VMs.

    Settings that the service does not show refuse nothing; then the run has a note.

    :param run: the run, with its VMs selected
    :param values: the variables of the role
    :param ids: from ``networks.vms_to_test``
    :param result: of ``recovery_readiness_info``
    :returns: the run
    """
    records = [record for record in run["vms"] if record["id"] in ids]
    found = _connections(result)
    failure = _refusal(records, values, found)
    if failure:
        return dict(run, failure=failure)
    unread = [record for record in records if record["id"] not in found]
    return dict(run, notes=[*run["notes"], _note(unread, result)]) if unread else dict(run)


def note_on_drill(run: Mapping[str, Any], values: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Return a note for a readiness check that a drill would be refused, or that this is not known; else empty.

    :param run: the run, with its VMs selected
    :param values: the variables of the role
    :param result: of ``recovery_readiness_info``
    """
    records = [record for record in run["vms"] if is_tested(record, run["active_site"])]
    if values.get("recovery_drill_allow_production_networks"):
        return ""
    found = _connections(result)
    failure = _refusal(records, values, found)
    if failure:
        return f"Now a drill is refused: {failure['message']} {failure['hint']}"
    unread = [record for record in records if record["id"] not in found]
    reason = _reason(unread, result)
    if not reason:
        return ""
    told = f"{_named(unread)}: {reason.rstrip('.')}. The check mode of a drill reads them."
    return printable(f"Whether a drill is refused now by the settings at the service is not known for {told}")


def _refusal(
    records: Iterable[Record], values: Mapping[str, Any], found: Mapping[str, Mapping[str, Connection]]
) -> dict[str, str]:
    """Return the error of a drill; empty if its tests share no network with other VMs."""
    production = production_networks(values)
    sharing: dict[str, list[Record]] = {}
    for record in records:
        stored = found.get(record["id"])
        if stored:
            tested = _connection_in_test(record, values, stored["test"]).reached
            shared = shared_networks(tested, stored["failover"].reached, production)
            if shared:
                sharing.setdefault(", ".join(shared), []).append(record)
    if not sharing:
        return {}
    told = "; ".join(f"{_named(members)} to {networks}" for networks, members in sharing.items())
    return {
        "category": REFUSED,
        "code": "TEST_NOT_ISOLATED",
        "message": "By the settings stored at the service, tests would be connected to networks where recovered or "
        f"production VMs have the same addresses: {printable(told)}.",
        "hint": "Set isolated networks for tests with vm_replication or vapp_replication, or name them in "
        "recovery_test_options, or set recovery_drill_allow_production_networks: true.",
    }


def _connections(result: Mapping[str, Any]) -> dict[str, dict[str, Connection]]:
    """Return the stored connections for ``failover`` and ``test`` of each VM for which they could be read."""
    return {
        item["id"]: {name: Connection.from_dict(shown) for name, shown in item["recovery_networks"].items()}
        for item in result.get("vm_replications") or ()
        if item.get("id") and item.get("recovery_networks")
    }


def _connection_in_test(record: Record, values: Mapping[str, Any], stored: Connection) -> Connection:
    """Return the networks to which a test connects a VM: those in the variables replace the stored ones."""
    options = for_vms(options_of(values, "recovery_test_options", record["wave"]), [record])
    vapp = options.get("vapp_network_settings")
    entries = [one for one in options.get("vm_network_settings") or () if isinstance(one, Mapping)]
    # An entry without ``vm`` is for the VMs without an entry of their own.
    own = next((one for one in entries if one.get("vm")), next(iter(entries), {}))
    given = connection_of([{"vAppNetworkSettings": _as_in_api(vapp), "vmNetworkSettings": _as_in_api(own)}], None)
    return stored.overridden(given, has_vapp=bool(vapp))


def _as_in_api(value: Any) -> Any:
    """Return options with the keys that the API has for them, and flags as booleans."""
    if isinstance(value, Mapping):
        return {
            re.sub("_([a-z])", _upper, str(key)): _is_on(inner) if key in _FLAGS else _as_in_api(inner)
            for key, inner in value.items()
        }
    return [_as_in_api(inner) for inner in value] if isinstance(value, list) else value


def _is_on(value: Any) -> bool | None:
    """Return a flag as the modules read it; None if it is not given."""
    return value if value is None else str(value).lower() in _ON


def _upper(found: re.Match[str]) -> str:
    return found[1].upper()


def _note(unread: Sequence[Record], result: Mapping[str, Any]) -> str:
    reason = _reason(unread, result) or str(result.get("msg") if result.get("failed") else "")
    return printable(
        "The networks that the service stores for tests cannot be read, so the drill compares only those in its "
        f"variables: {_named(unread)}. {reason}"
    ).rstrip()


def _reason(unread: Iterable[Record], result: Mapping[str, Any]) -> str:
    """Return why settings were not read: each request has a reason of its own, and the first one explains enough."""
    ids = {record["id"] for record in unread}
    given = (one for one in result.get("unknown") or () if one.get("check") in _TELL_WHY)
    return next((str(one["message"]) for one in given if ids & set(one.get("vm_replication_ids") or ())), "")


def _named(records: Sequence[Record]) -> str:
    return listed([record["label"] for record in records])
