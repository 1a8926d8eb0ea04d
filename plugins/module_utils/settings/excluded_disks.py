# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The excluded disks of a replication: what the option means, what the service shows, and the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Field, Version, refuse_unknown_to_version
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import by_vm

EXCLUDED_DISKS = "excluded_disks"
# Vendor reference 4.4, vapp-replications disks.
_CALL = Field("excludedDiskKeys", EXCLUDED_DISKS, since=(4, 4))


def shown_disks(vm: Replication) -> list[int] | None:
    """Return the keys of the excluded disks; None if the service does not show them.

    :param vm: a VM replication; its settings show them (vendor reference 3.5 to 4.7, VmReplicationSettings)
    """
    settings = vm.document.get("settings")
    if not isinstance(settings, Mapping) or "excludedDiskKeys" not in settings:
        return None
    keys = settings["excludedDiskKeys"]
    return sorted(keys) if isinstance(keys, list) else []


def wished_disks(params: Mapping[str, Any], vms: Sequence[Replication]) -> dict[str, list[int]]:
    """Return the keys of the disks to be excluded, by the id of the VM replication.

    :param params: the parameters of vm_replication or vapp_replication
    :param vms: VM replications; those to which the option does not apply are not in the result
    :raises VcdaError: category invalid_request, if the option names a VM twice
    """
    entries = params.get(EXCLUDED_DISKS) or ()
    lists = [sorted(set(entry["disks"])) for entry in entries]
    keys = by_vm(EXCLUDED_DISKS, entries, lists, [vm.document for vm in vms])
    return {vm.id: keys[vm.source_id] for vm in vms if vm.source_id in keys}


def disks_body(params: Mapping[str, Any], version: Version | None, replication: Replication) -> dict[str, Any]:
    """Return the body that sets the excluded disks.

    The body for a vApp replication names every VM, because it is not documented what happens to a VM that is not
    named. The body for a VM replication is inferred.

    :raises VcdaError: category invalid_request, if the API version does not know the call
    """
    refuse_unknown_to_version(_CALL, EXCLUDED_DISKS, version)
    wished = wished_disks(params, replication.children or (replication,))
    if not replication.children:
        return {_CALL.key: wished[replication.id]}
    return {str(vm.source_id): wished.get(vm.id, shown_disks(vm) or []) for vm in replication.children}


def planned_disks(params: Mapping[str, Any], kind: Kind) -> Any:
    """Return the disks to be excluded from a replication that does not exist yet; for a vApp, by the given VM names.

    :param params: the parameters of vm_replication or vapp_replication
    """
    lists = {entry.get("vm"): sorted(set(entry["disks"])) for entry in params.get(EXCLUDED_DISKS) or ()}
    every = lists.pop(None, None)
    if kind is VM:
        own = with_disks_at_start(params)["source"].get("excluded_disks")
        # An entry that names the VM by its name applies once its replication exists.
        return own if own is not None else next(iter(lists.values()), [])
    return every if not lists else {**lists, **({} if every is None else {"every other VM": every})}


def with_disks_at_start(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters of a start that excludes the disks of a VM from the beginning.

    :param params: the parameters of vm_replication or vapp_replication, with ``source``
    :raises VcdaError: category invalid_request, if ``source`` names excluded disks, too
    """
    source, entries = params["source"], params.get(EXCLUDED_DISKS)
    if not entries:
        return params
    if source.get("excluded_disks") is not None or source.get("vm_excluded_disks") is not None:
        raise invalid(EXCLUDED_DISKS, "source names excluded disks, too")
    if not source.get("vm_id"):
        # The VMs of a vApp may be given by name, and are known once its replication exists.
        return params
    own = [entry for entry in entries if str(entry.get("vm") or "").lower() == source["vm_id"].lower()]
    chosen = next(iter(own or [entry for entry in entries if not entry.get("vm")]), None)
    return {**params, "source": {**source, "excluded_disks": sorted(set(chosen["disks"]))}} if chosen else params
