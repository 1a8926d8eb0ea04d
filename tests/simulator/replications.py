# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replications as resources: lists with their filters, single objects, and the recovery verbs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from . import bodies, paging, schema, verbs
from .call import Answer, Call
from .documents import vapp_document, vm_document
from .errors import bad_input, replication_not_found
from .identifiers import VAPP_REPLICATION, VM_REPLICATION
from .model import End, Replication, VappReplication, VmReplication, children_of
from .operations import begin
from .steady import catch_up

Test = Callable[[VmReplication], bool]

END_FILTERS = {
    "sourceVdcId": ("source", "vdc_id"),
    "sourceVdcName": ("source", "vdc_name"),
    "sourceSite": ("source", "site"),
    "sourceSiteType": ("source", "kind"),
    "sourceOrg": ("source", "org"),
    "destinationVdcId": ("destination", "vdc_id"),
    "destinationVdcName": ("destination", "vdc_name"),
    "destinationSiteType": ("destination", "kind"),
    "destinationOrg": ("destination", "org"),
}
COMMON_FILTERS = (*END_FILTERS, "owner", "ids")
# Since 4.1; only the vSphere reference documents their names: switch ``vm_state_filters``.
STATE_FILTERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "overallHealth": lambda document: document["overallHealth"],
    "dataConnectionState": lambda document: document["dataConnectionState"],
    "isMigration": lambda document: str(document["isMigration"]).lower(),
}
VM_FILTERS = (*COMMON_FILTERS, *STATE_FILTERS, "storageProfile", "sourceVimServerUuid", "vmId", "vmName")
VAPP_FILTERS = (*COMMON_FILTERS, "vappId", "vappName")


def list_vms(call: Call) -> Answer:
    """GET /vm-replications (vendor reference 4.7; ``ids`` and paging as in a public client)."""
    paging.check_names(call, VM_FILTERS)
    visible = call.world.estate.vms.visible(call.site.name, call.org)
    candidates: Iterable[VmReplication] | None = _by_ids(call, visible)
    tests = _common_tests(call)
    vm_id, vm_name = call.query("vmId"), call.query("vmName")
    if vm_id is not None:
        is_kept = call.world.settings.reverse_vm_id == "kept"
        found = visible.values() if is_kept else call.world.estate.of_vm(vm_id)
        candidates = [vm for vm in (found if candidates is None else candidates) if vm.id in visible]
        tests.append(lambda vm: vm.shown_vm_id == vm_id)
    if vm_name:
        tests.append(lambda vm: vm_name in vm.vm_name)
    uuid = paging.admin_value(call, "sourceVimServerUuid")
    if uuid is not None:
        tests.append(lambda vm: call.world.sites[vm.source.site].instance_id == uuid)
    profile = call.query("storageProfile")
    if profile is not None and call.own >= (4, 1):
        tests.append(lambda vm: vm.storage_profile == profile)
    tests += _state_tests(call)
    found_vms: Collection[VmReplication] = visible.values() if candidates is None else list(candidates)
    for test in tests:
        found_vms = [vm for vm in found_vms if test(vm)]
    items, document = paging.page(call, found_vms, len(found_vms))
    document["items"] = [document_of(call, vm) for vm in items]
    return Answer(200, document)


def list_vapps(call: Call) -> Answer:
    """GET /vapp-replications (vendor reference 4.7; ``ids`` and paging as in a public client)."""
    paging.check_names(call, VAPP_FILTERS)
    visible = call.world.estate.vapps.visible(call.site.name, call.org)
    tests = _common_tests(call)
    vapp_id, vapp_name = call.query("vappId"), call.query("vappName")
    if vapp_id is not None:
        tests.append(lambda vm: vm.shown_vapp_id == vapp_id)
    candidates = _by_ids(call, visible)
    found: Collection[VappReplication] = visible.values() if candidates is None else candidates
    if vapp_name:
        found = [vapp for vapp in found if vapp_name in vapp.name]
    for test in tests:
        found = [vapp for vapp in found if test(vapp.children[0])]
    items, document = paging.page(call, found, len(found))
    document["items"] = [document_of(call, vapp) for vapp in items]
    return Answer(200, document)


def get(call: Call) -> Answer:
    """GET of one replication (vendor reference 4.7)."""
    return Answer(200, document_of(call, find(call)))


def find(call: Call) -> Replication:
    """Return the replication of the path, if the caller may see it.

    :raises ApiError: 404, also if it belongs to another organization (vendor reference 3.5, chown)
    """
    identifier = call.parameters["id"]
    call.resource_id = identifier
    is_vapp = call.parameters["kind"] == "vapp"
    missing = replication_not_found(identifier, is_vapp=is_vapp)
    form = VAPP_REPLICATION if is_vapp else VM_REPLICATION
    if not form.fullmatch(identifier):
        raise paging.malformed(call, identifier, missing)
    estate = call.world.estate
    found: Replication | None
    if is_vapp:
        found = estate.vapps.visible(call.site.name, call.org).get(identifier)
    else:
        found = estate.vms.visible(call.site.name, call.org).get(identifier)
    if found is None:
        raise missing
    return found


def failover(call: Call) -> Answer:
    """POST …/failover (vendor reference 4.4 to 4.7)."""
    return _recover(call, verbs.FAILOVER)


def migrate(call: Call) -> Answer:
    """POST …/migrate (vendor reference 4.5 to 4.7)."""
    return _recover(call, verbs.MIGRATE)


def failover_test(call: Call) -> Answer:
    """POST …/failover-test (vendor reference 4.5 to 4.7)."""
    return _recover(call, verbs.FAILOVER_TEST)


def bare(verb: verbs.Verb) -> Callable[[Call], Answer]:
    """Return the handler of a verb without a body: reverse, cleanup, sync, pause, resume, stop."""

    def handler(call: Call) -> Answer:
        replication = find(call)
        checked(call, bodies.NOTHING, needed=False)
        return begin(call, verb, replication, {})

    handler.__doc__ = f"{verb.name} (vendor reference 4.7)."
    return handler


def checked(call: Call, kind: schema.Kind, *, needed: bool) -> dict[str, Any]:
    """Return the body after checking it against the documentation of the version.

    :raises ApiError: 400
    """
    body = call.required_json() if needed else call.json()
    schema.check(body, kind, call.own, strict=call.world.settings.unknown_keys == "rejected")
    return body


def _recover(call: Call, verb: verbs.Verb) -> Answer:
    replication = find(call)
    kind = children_of(replication)[0].destination.kind
    is_vapp = isinstance(replication, VappReplication)
    body = checked(call, bodies.RECOVERY_BODIES[verb.name, is_vapp, kind], needed=True)
    if body.get("type", kind) != kind:
        raise bad_input(f"The destination is of type {kind}.", "type")
    chosen = _chosen_instances(replication, body)
    if body.get("sync") and chosen:
        raise bad_input("sync does not go together with the choice of an instance.", "sync")
    _check_instances(call, replication, chosen)
    return begin(call, verb, replication, body)


def _chosen_instances(replication: Replication, body: dict[str, Any]) -> dict[str, str]:
    if isinstance(replication, VmReplication):
        return {replication.id: body["instanceId"]} if body.get("instanceId") else {}
    return {key: value for key, value in (body.get("instanceMap") or {}).items() if value}


def _check_instances(call: Call, replication: Replication, chosen: dict[str, str]) -> None:
    """Refuse an unknown instance; the answer of the product is not documented."""
    children = {child.id: child for child in children_of(replication)}
    for identifier, key in chosen.items():
        child = children.get(identifier)
        if child is None:
            raise bad_input(f"{identifier} is no child of {replication.id}.", identifier)
        catch_up(call.world, child, call.now)
        if key not in {instance.key for instance in child.instances}:
            raise bad_input(f"{identifier} has no instance {key}.", key)


def document_of(call: Call, replication: Replication) -> dict[str, Any]:
    """Return the document of a replication for the caller and the version in use."""
    admin = call.account.is_admin
    if isinstance(replication, VappReplication):
        return vapp_document(call.world, replication, call.version, call.now, admin)
    return vm_document(call.world, replication, call.version, call.now, admin)


def _by_ids(call: Call, visible: dict[str, Any]) -> list[Any] | None:
    ids = paging.words(call, "ids")
    if not ids or call.world.settings.ids_filter == "ignored":
        return None
    return [visible[identifier] for identifier in dict.fromkeys(ids) if identifier in visible]


def _common_tests(call: Call) -> list[Test]:
    tests: list[Test] = []
    for name, (end, attribute) in END_FILTERS.items():
        value = call.query(name)
        if value is None:
            continue
        if name == "sourceSite" and value == call.site.name:
            tests += _local_source_tests(call)
        else:
            tests.append(_end_test(end, attribute, value))
    owner = paging.admin_value(call, "owner")
    if owner is not None:
        tests.append(lambda vm: vm.owner == owner)
    return tests


def _state_tests(call: Call) -> list[Test]:
    given = {name: call.query(name) for name in STATE_FILTERS if call.query(name) is not None}
    how = call.world.settings.vm_state_filters
    if given and how == "rejected":
        raise bad_input(f"Unknown parameter: {', '.join(given)}.")
    if how == "ignored" or call.own < (4, 1):
        return []
    return [_state_test(call, STATE_FILTERS[name], value) for name, value in given.items()]


def _state_test(call: Call, shown: Callable[[dict[str, Any]], Any], value: str | None) -> Test:
    return lambda vm: bool(shown(vm_document(call.world, vm, call.version, call.now, admin=False)) == value)


def _local_source_tests(call: Call) -> list[Test]:
    """Apply switch ``local_source_site``: ``sourceSite`` cannot be the local site (vendor reference 4.7)."""
    how = call.world.settings.local_source_site
    if how == "rejected_400":
        raise bad_input("The local site is no value of sourceSite.", call.site.name)
    return [_end_test("source", "site", call.site.name if how == "honoured" else "")]


def _end_test(end: str, attribute: str, value: str) -> Test:
    def test(vm: VmReplication) -> bool:
        tested: End = getattr(vm, end)
        return bool(getattr(tested, attribute) == value)

    return test
