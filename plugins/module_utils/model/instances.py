# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Choose the instance to recover: the newest, one by key, or the newest one at or before a given time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import NOT_FOUND, VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.client.values import identified, whole_number
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import instant_ms
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind, Replication, is_vm_id
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time


def read_instances(client: Client, replication_id: str) -> list[dict[str, Any]]:
    """Read the instances of a VM replication; the service does not page them (vendor reference 4.5, instances get).

    :param replication_id: id of a VM replication
    :returns: the API objects, newest first, without those that have no key: only the key can select them for a recovery
    """
    instances, _damaged = identified(client.get_array(f"{VM.path}/{replication_id}/instances"), "key")
    return sorted(map(dict, instances), key=_timestamp, reverse=True)


@dataclass(frozen=True)
class InstanceChoice:
    """The user's choice of instances for the replications of one call.

    :param single: one key for the one replication
    :param by_vm: VM replication id or VM name to key
    :param before_ms: choose the newest instance taken at or before this time, milliseconds since the epoch
    """

    single: str | None = None
    by_vm: Mapping[str, str] = field(default_factory=dict)
    before_ms: int | None = None

    @classmethod
    def from_params(
        cls, params: Mapping[str, Any], replications: Sequence[Replication], unread: Sequence[str] = ()
    ) -> InstanceChoice:
        """Read the options.

        :param replications: the selected replications, to find entries that name none of them
        :param unread: ids or names that were selected too, but could not be read
        :raises VcdaError: category invalid_request
        """
        by_vm = params.get("instance_ids") or {}
        vms = [vm for replication in replications for vm in (replication.children or (replication,))]
        by_vm = {VM.canonical(name) if is_vm_id(name) else name: key for name, key in by_vm.items()}
        times = Counter(_name(vm) for vm in vms)
        known = {VM.canonical(vm.id) for vm in vms} | {*times} | {*unread}
        for name in by_vm:
            if name not in known:
                raise invalid("instance_ids", f"{name!r} is none of the selected VMs")
            if times[name] > 1:
                raise invalid(
                    "instance_ids", f"{name!r} is the name of {times[name]} of the selected VMs; give their ids"
                )
        before = params.get("instance_before")
        return cls(
            single=params.get("instance_id"),
            by_vm=by_vm,
            before_ms=None if before is None else instant_ms("instance_before", before),
        )

    def resolve(self, client: Client, kind: Kind, replication: Replication) -> dict[str, Any]:
        """Return what the request body needs from one replication, with its chosen instances.

        :raises VcdaError: category not_found, if there is no instance at or before the wanted time
        """
        if kind is VM:
            return dict(known_settings(replication), instance_id=self._key(client, replication))
        keys = {child.id: self._key(client, child) for child in replication.children}
        return dict(known_settings(replication), instance_map={vm: key for vm, key in keys.items() if key})

    def _key(self, client: Client, vm: Replication) -> str | None:
        chosen = self.by_vm.get(VM.canonical(vm.id)) or self.by_vm.get(_name(vm)) or self.single
        if chosen or self.before_ms is None:
            return chosen
        for instance in read_instances(client, vm.id):
            if 0 < _timestamp(instance) <= self.before_ms and instance.get("key"):
                return str(instance["key"])
        raise VcdaError(
            f"instance_before: {vm.name} ({vm.id}) has no instance from {iso_time(self.before_ms)} or earlier.",
            category=NOT_FOUND,
            code="INSTANCE_NOT_FOUND",
            hint="List the instances with vm_replication_info and instances=true, and choose a later time.",
        )


def _name(vm: Replication) -> str:
    """Return the name of a VM; its id if a tenant has named it like the id of a replication, maybe another one."""
    return VM.canonical(vm.id) if is_vm_id(vm.name) else vm.name


def known_settings(replication: Replication) -> dict[str, Any]:
    """Return what a request body needs from a replication, without its chosen instances."""
    return {"vms": [vm.document for vm in (replication.children or (replication,))]}


def _timestamp(instance: Mapping[str, Any]) -> int:
    return whole_number(instance.get("timestamp")) or 0
