# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a replication that a run keeps: a small mapping of plain values that fits into Ansible facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Replication

State = dict[str, Any]

# The values that must be equal before and after a drill, which must not change the production replication.
BASELINE = (
    "source_site",
    "destination_site",
    "is_reversed",
    "is_paused",
    "is_migration",
    "owner",
    "rpo_minutes",
    "vapp_replication_id",
)


def state_of(replication: Replication) -> State:
    """Return the state of a parsed replication.

    :param replication: the replication, with its API object
    :returns: the keys of the results of the operation modules, and those that the run and its report need in addition;
        times in milliseconds since the epoch
    """
    settings = _object(replication.document, "settings")
    return dict(
        replication.summary(),
        vapp_name=replication.vapp_name,
        vapp_replication_id=replication.vapp_replication_id,
        rpo_minutes=_number(settings.get("rpo")),
        instance_at=latest_instance_at(replication.document),
        **workload_ids(replication.document),
    )


def workload_ids(document: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the ids in Cloud Director, or in vCenter, of the VM at both ends of a replication.

    The recovered VM is known from a failover or test until the reverse, which makes it the source (vendor reference
    4.5, recoveryInfo; 3.5, DestinationInfo and source of a VM replication).

    :param document: the API object
    :returns: ``source_vm_id``, ``source_vapp_id``, ``recovered_vm_id`` and ``recovered_vapp_id``; None if not known
    """
    recovery = _object(_object(document, "destinationState"), "recoveryInfo")
    recovered_vapp = _text(recovery.get("vAppId")) or _text(_object(document, "destination").get("recoveredVappId"))
    return {
        "source_vm_id": _text(document.get("vmId")),
        "source_vapp_id": _text(_object(document, "source").get("vappId")),
        "recovered_vm_id": _text(recovery.get("vcdVmId")) or _text(recovery.get("vmId")),
        "recovered_vapp_id": recovered_vapp,
    }


def latest_instance_at(document: Mapping[str, Any]) -> int | None:
    """Return when the newest instance was made, in milliseconds since the epoch.

    :param document: the API object; it holds the instance since 4.6 (vendor reference 4.6, CloudDestinationStateInfo)
    """
    moment = _number(_object(_object(document, "destinationState"), "latestInstance").get("timestamp"))
    return moment if moment and moment > 0 else None


def parse(document: Any) -> Replication:
    """Read an API object; see ``Kind.parse``."""
    return VM.parse(document)


def replication_of(identity: str, name: str, state: Mapping[str, Any]) -> Replication:
    """Convert a state to a replication for the decision table."""
    return Replication(
        id=identity,
        name=name,
        document={},
        recovery_state=state["recovery_state"],
        source_site=state["source_site"],
        destination_site=state["destination_site"],
        is_reversed=state["is_reversed"],
        is_paused=state["is_paused"],
    )


def is_recovered(state: Mapping[str, Any], site: str) -> bool:
    """Tell whether the workload runs at the site without being protected there yet."""
    return bool(state["recovery_state"] == "COMPLETE" and state["destination_site"] == site)


def is_protected(state: Mapping[str, Any], site: str) -> bool:
    """Tell whether the workload runs at the site and replicates from there to a known site."""
    return (
        state["recovery_state"] in {None, "NOT_STARTED"}
        and state["source_site"] == site
        and bool(state["destination_site"])
    )


def _object(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    # A sample of the vendor shows the text "null" where there is no vApp (vendor reference 3.5, DestinationInfo).
    return value if isinstance(value, str) and value and value != "null" else None


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
