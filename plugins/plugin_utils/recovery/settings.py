# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recovery settings that a run requires before it recovers or tests anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import fail
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import is_protected, is_recovered

# The recovery settings that each entry point needs.
_NEEDED: Mapping[str, str] = {"main": "failover", "failover": "failover", "failback": "failover", "drill": "test"}


def demanded(run: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Return the ids of the VMs that need recovery settings: those that are still to be recovered, or tested.

    :param run: the run, with its VMs selected
    :param values: the variables of the role
    """
    if run["entry_point"] not in _NEEDED or not values.get("recovery_require_settings"):
        return []
    return [record["id"] for record in run["vms"] if record["id"] and not record["error"] and _is_due(record, run)]


def options_for(run: Mapping[str, Any], ids: Sequence[str], checks: Collection[str] = ()) -> dict[str, Any]:
    """Return the options of ``recovery_readiness_info`` to read the recovery settings of VMs, of each of them.

    :param checks: the names of the checks that are made; by default all of the settings
    """
    # Few runs need the checks, and importing them takes longer than the rest of the selection.
    from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_checks import CHECKS  # noqa: PLC0415
    from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_facts import OF_SETTINGS  # noqa: PLC0415

    return {
        "vm_replication_ids": list(ids),
        "active_site": run["active_site"],
        "require_recovery_settings": True,
        "skip_checks": [name for name in CHECKS if name not in (checks or OF_SETTINGS)],
    }


def with_settings(
    records: Iterable[Record], ids: Sequence[str], result: Mapping[str, Any], entry_point: str
) -> list[Record]:
    """Refuse the VMs without the recovery settings that the run needs, or whose settings cannot be read.

    :param ids: from ``demanded``
    :param result: of the module
    """
    needed = _NEEDED[entry_point]
    items = {item["id"]: item for item in result.get("vm_replications") or () if item.get("id")}
    unknown = [one for one in result.get("unknown") or () if one.get("settings") == needed]
    later = []
    for record in records:
        error = _problem(record, items, unknown, result, needed) if record["id"] in ids else None
        later.append(fail(record, "settings", error) if error else record)
    return later


def _problem(
    record: Record,
    items: Mapping[str, Mapping[str, Any]],
    unknown: Sequence[Mapping[str, Any]],
    result: Mapping[str, Any],
    needed: str,
) -> dict[str, Any] | None:
    if record["id"] not in items:
        text = str(result.get("msg") or "The check returned no result for it.")
        return {"category": "server", "hint": _HINT, "message": text, "code": "SETTINGS_NOT_KNOWN"}
    blockers = [one for one in items[record["id"]].get("blocked_by") or () if one.get("settings") == needed]
    hidden = [one for one in unknown if record["id"] in one["vm_replication_ids"]]
    found = blockers or [{**one, "code": "SETTINGS_NOT_KNOWN"} for one in hidden]
    if not found:
        return None
    message = " ".join(one["message"] for one in found)
    remedies = " ".join(dict.fromkeys(one["remedy"] for one in found))
    return {"category": "refused", "code": found[0]["code"], "message": message, "hint": f"{remedies} {_HINT}"}


def _is_due(record: Record, run: Mapping[str, Any]) -> bool:
    state, site = record["now"], run["active_site"]
    if run["entry_point"] == "drill":
        return True
    # A VM that was recovered at another site is reversed first, which gives it other settings.
    return not (is_recovered(state, site) or is_protected(state, site) or state["recovery_state"] == "COMPLETE")


_HINT = "Or set recovery_require_settings to false."
