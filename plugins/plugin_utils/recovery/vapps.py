# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vApp replications in a recovery: a whole one is not split, and a part of one is recovered only if that is allowed.

A failover or reverse of some VMs of a vApp replication splits it into two (user guide 4.6, recovery of a part of a
vApp).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, Replication
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.state import State, is_protected, is_recovered
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.words import listed

# The entry points with steps that can split a vApp replication; readiness predicts those steps.
_MOVING = ("main", "failover", "failback", "reverse", "readiness")
_MOST_NAMES = 10


def parse_vapps(documents: Iterable[Any]) -> dict[str, Replication]:
    """Return vApp replications by their ids."""
    return {vapp.id: vapp for vapp in map(VAPP.parse, documents)}


def vapp_ids_of(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the ids of the vApp replications that VM replications belong to."""
    ids = (document.get("vappReplicationId") for document in documents)
    return sorted({one for one in ids if isinstance(one, str) and VAPP.id_pattern.match(one)})


def vapp_key(name: str) -> str:
    """Return the key of a selected vApp, which differs from the name of a VM."""
    return f"vApp {name}"


def vapp_of(record: Mapping[str, Any]) -> str:
    """Return the id of the vApp replication with which a VM is recovered; empty for a VM that is recovered alone."""
    return str((record["now"] or {}).get("vapp_replication_id") or "") if record["by_vapp"] else ""


def with_vapps(
    records: Sequence[Mapping[str, Any]],
    vapps: Mapping[str, Replication],
    *,
    active_site: str,
    entry_point: str,
    may_split: bool,
    on_hosts: bool = False,
) -> list[dict[str, Any]]:
    """Record for each VM whether it is recovered with its vApp, and refuse VMs that would split a vApp unless allowed.

    :param records: all records of the run
    :param vapps: the vApp replications of the VMs
    :param may_split: ``recovery_split_vapps``
    :param on_hosts: whether hosts of the inventory select the VMs
    :returns: the records with ``by_vapp``, true for all VMs of a vApp replication that is recovered as a whole, and
        ``splits``, how a recovery of the VM alone splits its vApp; empty if it does not
    """
    by_vapp: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        if record["id"] and _identity(record):
            by_vapp.setdefault(_identity(record), []).append(record)
    parts = {identity: _why_a_part(vapps.get(identity), members) for identity, members in by_vapp.items()}
    complete = []
    for record in records:
        why = parts.get(_identity(record)) if record["id"] else None
        does_move = entry_point in _MOVING and not _is_done(record["now"], active_site, entry_point)
        splits = why if why and does_move else ""
        error = record["error"]
        if splits and not may_split and not error:
            error = _split(record, vapps.get(_identity(record)), splits, on_hosts=on_hosts)
        complete.append({**record, "by_vapp": why == "", "splits": splits, "error": error})
    return complete


def _identity(record: Mapping[str, Any]) -> str:
    return str((record["start"] or {}).get("vapp_replication_id") or "")


def _why_a_part(vapp: Replication | None, members: Sequence[Mapping[str, Any]]) -> str:
    """Return why a vApp replication cannot be recovered as a whole; empty if it can."""
    if vapp is None:
        return "without knowing the other VMs of it, as the service does not list it"
    taking_part = {record["id"] for record in members if not record["error"]}
    others = sorted(child.name for child in vapp.children if child.id not in taking_part)
    if others:
        return f"without {listed(others, _MOST_NAMES)}"
    waves = list(dict.fromkeys(str(record["wave"]) for record in members))
    return f"in the waves {', '.join(waves)}" if len(waves) > 1 else ""


def _is_done(state: State | None, active_site: str, entry_point: str) -> bool:
    """Tell whether nothing remains to be done for a VM."""
    if not state:
        return True
    return is_protected(state, active_site) or (entry_point == "failover" and is_recovered(state, active_site))


def _split(record: Mapping[str, Any], vapp: Replication | None, how: str, *, on_hosts: bool) -> dict[str, Any]:
    name = vapp.name if vapp else str(record["start"]["vapp_name"])
    together = f"with recovery_vapp_names: [{name}]"
    if on_hosts:
        together = "by running on all hosts of its group without serial, or on hosts of kind workload, which no serial"
        together += " and no job slice takes apart"
    return {
        "category": "refused",
        "code": "VAPP_SPLIT",
        "step": "select",
        "message": f"{record['label']} belongs to vApp {name} ({_identity(record)}) and would be recovered {how}, "
        "which splits the vApp replication for good.",
        "hint": f"Select the whole vApp in one wave, for example {together}; or set recovery_split_vapps: true.",
    }


def held_back(records: Sequence[Mapping[str, Any]], due: Sequence[str], *, may_split: bool) -> list[dict[str, Any]]:
    """Before a step, refuse the due VMs of a vApp in which another VM failed, or continue with them one by one.

    :param records: all records of the run
    :param due: the ids that the step is due for
    :param may_split: ``recovery_split_vapps``: whether the other VMs of the vApp continue one by one
    :returns: the records
    """
    failed: dict[str, str] = {}
    for record in records:
        if vapp_of(record) and record["error"]:
            failed.setdefault(vapp_of(record), record["label"])
    later = []
    for record in records:
        culprit = failed.get(vapp_of(record)) if record["id"] in due and not record["error"] else None
        if culprit and may_split:
            later.append({**record, "by_vapp": False})
        elif culprit:
            later.append({**record, "error": _held_back(record, culprit)})
        else:
            later.append(dict(record))
    return later


def _held_back(record: Mapping[str, Any], culprit: str) -> dict[str, Any]:
    return {
        "category": "refused",
        "code": "VAPP_HELD_BACK",
        "step": "start",
        "message": f"{record['label']} was held back, because {culprit} of the same vApp failed and the vApp "
        "replication stays whole.",
        "hint": f"Resolve the failure of {culprit} and run again, or set recovery_split_vapps: true.",
    }


def items_of_vms(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Convert an item of a vApp module's result to the items that the VM modules return.

    :param item: one of ``vapp_replications``
    """
    children = list(item.get("children") or ())
    # If the VMs were processed one by one, each has its own error.
    one_by_one = any(child.get("error") for child in children)
    documents = {
        document.get("id"): document
        for document in (item.get("replication") or {}).get("vmReplications") or ()
        if isinstance(document, Mapping)
    }
    items = []
    for child in children:
        error = child.get("error") if one_by_one else item.get("error")
        after = child.get("after")
        vapp_id = child.get("vapp_replication_id") or item.get("id")
        items.append(
            {
                **{key: child.get(key) for key in ("id", "vm_name", "changed", "decision", "before")},
                "previous_id": child.get("previous_id"),
                "after": dict(after, vapp_replication_id=vapp_id) if after else None,
                "task": item.get("task"),
                "replication": documents.get(child.get("id")),
                # It is not known which of them belong to this VM.
                "lost_mappings": item.get("lost_mappings"),
                **({"error": error} if error else {}),
            }
        )
    return items
