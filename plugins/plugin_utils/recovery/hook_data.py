# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variable ``recovery_hook``: the run and its VMs, with the data that DNS, load balancers, a CMDB and chat need.

The data follows ``roles/recovery/files/hook.schema.json``. Values that the service does not provide are null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.outcomes import in_words, outcome_of, trouble_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report import iso, other_site, runs_there
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.selection import Record
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import is_protected
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vm_options import for_vms, options_of

# A new key increases the second number, any other change the first.
VERSION = "1.0"

_BEFORE_ANY_OUTCOME = ("start", "before")
_AT_THE_END = ("end", "failure")
# The variable with the networks of the recovery, by the mode of the run; a reverse and a cleanup connect no networks.
_OPTIONS: Mapping[str, str] = {
    "unplanned": "recovery_failover_options",
    "planned": "recovery_migrate_options",
    "test": "recovery_test_options",
}
_TEXTS_OF_NIC = ("network", "ip_address", "ip_address_allocation_mode", "external_ip_address", "mac_address")
_HOLDS_A_RECOVERED_VM = ("COMPLETE", "TEST")


def hook_data(
    run: Mapping[str, Any],
    stage: str,
    vms: Sequence[Record],
    values: Mapping[str, Any],
    *,
    time: float,
    wave: str | None = None,
) -> dict[str, Any]:
    """Return the variable ``recovery_hook``.

    :param run: the run
    :param stage: ``start``, ``before``, ``verify``, ``after``, ``end`` or ``failure``
    :param vms: the records of the VMs that the hooks are for
    :param values: the variables of the role
    :param time: the current time, in seconds since the epoch, by the clock of the controller
    :param wave: the name of the wave; None for the run as a whole
    """
    peers = {other_site(record["start"], run["active_site"]) for record in run["vms"]} - {None}
    is_over = stage in _AT_THE_END
    return {
        "version": VERSION,
        "stage": stage,
        "entry_point": run["entry_point"],
        "mode": run["mode"] or None,
        "wave": wave,
        "run_id": run["id"],
        "active_site": run["active_site"],
        "peer_site": next(iter(peers)) if len(peers) == 1 else None,
        "hosts": list(run["members"]),
        "began": iso(float(run["started"])),
        "ended": iso(time) if is_over else None,
        "outcome": _outcome(run) if is_over else None,
        "message": message_of(run),
        "vms": [_vm(record, run, stage, values) for record in vms],
    }


def has_failed(run: Mapping[str, Any]) -> bool:
    """Tell whether anything of a run has failed so far."""
    return bool(
        run["failure"] or run["problems"] or run["hook_errors"] or any(record["error"] for record in run["vms"])
    )


def message_of(run: Mapping[str, Any]) -> str:
    """Return sentences about the failures so far; empty if there are none."""
    errors = [record for record in run["vms"] if record["error"]]
    troubles = in_words(trouble_of(record) for record in errors)
    sentences = [
        str(run["failure"].get("message") or "The run broke off.") if run["failure"] else "",
        *(f"{host}: {problem}" for host, problem in run["problems"].items()),
        f"{len(errors)} of {len(run['vms'])} VMs: {troubles}." if errors else "",
        *(str(error["message"]) for error in run["hook_errors"]),
    ]
    return " ".join(filter(None, sentences))


def _outcome(run: Mapping[str, Any]) -> str:
    if has_failed(run):
        return "failed"
    return "succeeded" if any(record["changed"] for record in run["vms"]) else "unchanged"


def _vm(record: Record, run: Mapping[str, Any], stage: str, values: Mapping[str, Any]) -> dict[str, Any]:
    site, start, state = run["active_site"], record["start"] or {}, record["now"] or {}
    nics = _nics(record, run, values)
    error = (record["error"] or {}).get("message") or ""
    return {
        "vm_name": record["vm_name"],
        "label": record["label"],
        "organization": record["organization"],
        "owner": record["owner"],
        "wave": record["wave"] or None,
        "vapp_name": start.get("vapp_name"),
        "vapp_replication_id": state.get("vapp_replication_id"),
        "id": record["id"],
        "previous_id": record["start_id"] if record["start_id"] != record["id"] else None,
        "source_site": other_site(record["start"], site),
        "recovery_site": site if state else None,
        "source_vm_id": start.get("source_vm_id") if start.get("source_site") != site else None,
        **_recovered(state, site),
        "address": _address(nics),
        "nics": nics,
        "recovery_state": state.get("recovery_state"),
        "is_at_active_site": runs_there(record, site),
        "is_protected": bool(state) and is_protected(state, site),
        "verified": record["verified"],
        "outcome": None if stage in _BEFORE_ANY_OUTCOME else outcome_of(record, run),
        "changed": record["changed"],
        "message": " ".join([*([error] if error else []), *record["hook_failures"]]),
        "began": iso(min(_times(record, "started"), default=None)),
        "ended": iso(max(_times(record, "ended"), default=None)),
    }


def _recovered(state: Mapping[str, Any], site: str) -> dict[str, str | None]:
    """Return the ids of the VM and the vApp at the active site; a reverse makes them the source of the replication."""
    role = ""
    if state and is_protected(state, site):
        role = "source"
    elif state.get("recovery_state") in _HOLDS_A_RECOVERED_VM and state.get("destination_site") == site:
        role = "recovered"
    return {f"recovered_{kind}_id": state.get(f"{role}_{kind}_id") if role else None for kind in ("vm", "vapp")}


def _times(record: Record, key: str) -> list[float]:
    return [step[key] for step in record["steps"] if step["changed"] and step.get(key)]


def _nics(record: Record, run: Mapping[str, Any], values: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the network adapters that the variables of the role set for a VM; None if they set none.

    The service does not know the addresses of a recovered VM; Cloud Director does.
    """
    variable = _OPTIONS.get(run["mode"], "")
    if not variable or not record["id"]:
        return None
    options = for_vms(options_of(values, variable, record["wave"]), [record])
    entries = _objects(options.get("vm_network_settings"))
    # An entry for all VMs does not apply to a VM with an entry of its own.
    chosen = next((entry for entry in entries if entry.get("vm")), entries[0] if entries else {})
    primary = _number(chosen.get("primary_nic_index"))
    return [_nic(nic, primary) for nic in _objects(chosen.get("nics"))] or None


def _nic(nic: Mapping[str, Any], primary: int | None) -> dict[str, Any]:
    index = _number(nic.get("nic_index"))
    return {
        "nic_index": index,
        "is_primary": None if primary is None else index == primary,
        "is_connected": nic["is_connected"] if isinstance(nic.get("is_connected"), bool) else None,
        **{key: str(nic[key]) if nic.get(key) is not None else None for key in _TEXTS_OF_NIC},
    }


def _address(nics: Sequence[Mapping[str, Any]] | None) -> str | None:
    """Return the address of the primary adapter, or of the first one that has any."""
    with_address = [nic for nic in nics or () if nic["ip_address"]]
    chosen = next((nic for nic in with_address if nic["is_primary"]), with_address[0] if with_address else None)
    return chosen["ip_address"] if chosen else None


def _objects(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list; ignore other values that a user has set, because the module refuses them later."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    try:
        return None if isinstance(value, bool) else int(value)
    except (TypeError, ValueError):
        return None
