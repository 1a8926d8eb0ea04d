# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Convert module options to request bodies, with only the documented keys that the API version in use knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import invalid, malformed
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import (
    Field,
    Version,
    instant_ms,
    object_to_api,
    refuse_unknown_to_version,
    value_to_api,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import is_vm_id
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import (
    CHANGEABLE,
    CLOUD_DESTINATIONS,
    DESTINATIONS,
    EXCLUDED_PER_VM,
    INSTANCE_OPTIONS,
    ONLY_AT_START,
    PER_VM_OPTIONS,
    RECOVERY_SETTINGS,
    RETENTION_RULE,
    SLA_PROFILE,
    SOURCE_SINCE,
    SOURCES,
    STARTUP,
    STARTUP_PER_VM,
    VAPP,
    VCLOUD,
    VM,
    WITH_INSTANCE,
)

_WORDS: Mapping[str, str] = {VM: "VM replication", VAPP: "vApp replication"}


def recovery_options(verb: str, kind: str) -> list[str]:
    """Return the names of the options that make up a body of recovery settings.

    :param verb: failover, migrate or test failover
    :param kind: vm or vapp
    """
    names = [setting.field.option for setting in RECOVERY_SETTINGS if verb in setting.verbs and kind in setting.kinds]
    if verb not in WITH_INSTANCE:
        return names
    return [name for name in INSTANCE_OPTIONS if kind == VM or name != "instance_id"] + names


def check_recovery_options(verb: str, kind: str, params: Mapping[str, Any]) -> None:
    """Check the recovery settings as far as possible before the service is asked anything.

    :param verb: failover, migrate or test failover
    :param kind: vm or vapp
    :param params: the module's parameters
    :raises VcdaError: category invalid_request, naming the option
    """
    settings_type = params.get("settings_type") or VCLOUD
    known = set(recovery_options(verb, kind))
    for setting in RECOVERY_SETTINGS:
        option = setting.field.option
        if params.get(option) is None:
            continue
        if option not in known:
            raise invalid(option, f"a {verb} of a {_WORDS[kind]} does not know it")
        if settings_type not in setting.types:
            types = " and ".join(sorted(setting.types))
            raise invalid(
                option, f"settings_type {settings_type} does not know it", hint=f"It belongs to settings_type {types}."
            )
    _check_instance_options(kind, params)
    for option in PER_VM_OPTIONS:
        names = [entry.get("vm") for entry in params.get(option) or ()]
        for name in names:
            if names.count(name) > 1:
                who = f"VM {name}" if name else "the entry without vm"
                raise invalid(option, f"{who} is there more than once")


def check_vm_entries(params: Mapping[str, Any], vms: Sequence[Mapping[str, Any]], unread: Collection[str] = ()) -> None:
    """Check that every entry of the options by VM names exactly one of the selected VMs.

    :param params: the module's parameters
    :param vms: the API objects of all VM replications that are selected, those in selected vApps included
    :param unread: requested replications that could not be read; an entry that names one of them is not an error
    :raises VcdaError: category invalid_request, naming the option
    """
    for option in PER_VM_OPTIONS:
        check_entries(option, params.get(option) or (), vms, unread)


def check_entries(
    option: str,
    entries: Sequence[Mapping[str, Any]],
    vms: Sequence[Mapping[str, Any]],
    unread: Collection[str] = (),
) -> None:
    """Check that every entry with ``vm`` names exactly one VM; see ``check_vm_entries``."""
    for entry in entries:
        found = [vm for vm in vms if _means(entry, vm)]
        if not entry.get("vm") or len(found) == 1 or (not found and entry["vm"] in unread):
            continue
        problem = f"is the name of {len(found)} of the selected VMs" if found else "is none of the selected VMs"
        raise invalid(
            option, f"{entry['vm']} {problem}", hint="Name the VM by its exact name, its id or its replication id."
        )


def recovery_body(
    verb: str,
    kind: str,
    params: Mapping[str, Any],
    api_version: Version | None,
    replication_settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the body of a failover, failover test or migration.

    :param verb: failover, migrate or test failover
    :param kind: vm or vapp
    :param params: the module's parameters
    :param api_version: the version of the API in use; None allows only what 4.0 knows and later versions kept
    :param replication_settings: what was read for this replication: ``instance_id`` (VM) or ``instance_map``
        (vApp: VM replication id to instance key), and ``vms``, the API objects of its VM replications, for a VM
        replication its own
    :raises VcdaError: category invalid_request, if an option does not fit the type, the version or the replication
    """
    check_recovery_options(verb, kind, params)
    settings_type = params.get("settings_type") or VCLOUD
    body: dict[str, Any] = {"type": settings_type}
    if replication_settings.get("instance_id"):
        body["instanceId"] = replication_settings["instance_id"]
    if replication_settings.get("instance_map"):
        body["instanceMap"] = dict(replication_settings["instance_map"])
    for setting in RECOVERY_SETTINGS:
        field = setting.field
        value = params.get(field.option)
        if value is None or verb not in setting.verbs or kind not in setting.kinds:
            continue
        refuse_unknown_to_version(field, field.option, api_version)
        converted = value_to_api(field, value, field.option, api_version)
        if setting.per_vm:
            converted = by_vm(field.option, value, converted, replication_settings.get("vms") or ())
            converted = converted if kind == VAPP else next(iter(converted.values()), None)
        if converted is not None and converted != {}:
            body[field.key] = converted
    return body


def _check_instance_options(kind: str, params: Mapping[str, Any]) -> None:
    chosen = [name for name in INSTANCE_OPTIONS if params.get(name)]
    if params.get("sync") and chosen:
        raise invalid(
            chosen[0],
            "it cannot be combined with sync, which always takes the newest data",
            hint="Leave out sync, or the choice of an instance.",
        )
    if params.get("instance_before"):
        instant_ms("instance_before", params["instance_before"])
    selected = (params.get(kind + "_replication_ids") or []) + (params.get(kind + "_names") or [])
    if params.get("instance_id") and len(selected) > 1:
        raise invalid(
            "instance_id",
            f"it is an instance of one VM replication, but {len(selected)} are selected",
            hint="Use instance_ids, which names an instance for each VM, or instance_before.",
        )


def by_vm(
    option: str, entries: Sequence[Mapping[str, Any]], converted: Sequence[Any], vms: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the settings by VM id; an entry without ``vm`` applies to every VM that has no entry of its own."""
    result: dict[str, Any] = {}
    for vm in vms:
        own = [index for index, entry in enumerate(entries) if _means(entry, vm)]
        if len(own) > 1:
            raise invalid(option, f"VM {vm.get('vmName')} is there more than once, under different names")
        chosen = own or [index for index, entry in enumerate(entries) if not entry.get("vm")]
        if chosen and not vm.get("vmId"):
            raise malformed(f"VM replication {vm.get('id')}", "it has no vmId")
        if chosen:
            result[vm["vmId"]] = converted[chosen[0]]
    return result


def _means(entry: Mapping[str, Any], vm: Mapping[str, Any]) -> bool:
    named = entry.get("vm")
    if named is None:
        return False
    # The hexadecimal digits of an id may be in either case; a name must match exactly.
    if named.lower() in (str(vm.get(key)).lower() for key in ("vmId", "id")):
        return True
    # A tenant may give a VM the id of another one as its name.
    return bool(named == vm.get("vmName")) and not is_vm_id(named)


def start_body(params: Mapping[str, Any], api_version: Version | None) -> dict[str, Any]:
    """Return the body that starts a replication.

    :param params: the parameters of vm_replication or vapp_replication
    :param api_version: as in ``recovery_body``
    :raises VcdaError: category invalid_request, if source or destination is missing, or an option fits neither the type
        of source or destination nor the version
    """
    for option in ("source", "destination"):
        if not params.get(option):
            raise invalid(option, "there is no such replication yet, and starting one needs this option")
    body: dict[str, Any] = {
        "source": _source(params["source"], api_version),
        "destination": _destination(params, api_version),
    }
    body.update(object_to_api(ONLY_AT_START, params, "", api_version))
    if params.get("initial_sync_time"):
        body["initialSyncTime"] = instant_ms("initial_sync_time", params["initial_sync_time"])
    body.update(_wanted(params, api_version))
    return body


def reconfigure_body(
    params: Mapping[str, Any],
    current_settings: Mapping[str, Any],
    api_version: Version | None,
    current_sla_profile: str | None = None,
) -> dict[str, Any]:
    """Return the wanted settings that differ from the present ones; empty if none does.

    :param params: the parameters of vm_replication or vapp_replication
    :param current_settings: the ``settings`` of the VM replication (vendor reference 4.7, VmReplicationSettings)
    :param api_version: as in ``recovery_body``
    :param current_sla_profile: ``slaProfile.id`` of the VM replication
    """
    current = dict(current_settings, slaProfileId=current_sla_profile)
    return {
        key: value for key, value in _wanted(params, api_version).items() if not _same(key, value, current.get(key))
    }


def storage_profile_body(
    kind: str, api_version: Version | None, storage_profile: str, vm_replication_ids: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the body that moves a replica to another storage profile.

    :param kind: vm or vapp
    :param api_version: as in ``recovery_body``
    :param storage_profile: the id of the profile
    :param vm_replication_ids: the children of a vApp replication
    :raises VcdaError: category invalid_request; the vApp body is documented up to 4.2 and again, as a map, for 4.7
    """
    single = {"storageProfileId": storage_profile}
    if kind == VM or (api_version is not None and api_version <= (4, 2)):
        return single
    if api_version is not None and api_version >= (4, 7):
        return {"storageProfileSettings": {vm_id: dict(single) for vm_id in vm_replication_ids}}
    raise invalid(
        "storage_profile",
        "the form in which the API version in use takes it for a vApp replication is not documented",
        hint="Set it on the VM replications of the vApp with opendr.vcda.vm_replication.",
    )


def _wanted(params: Mapping[str, Any], version: Version | None) -> dict[str, Any]:
    body = object_to_api((*CHANGEABLE, SLA_PROFILE), params, "", version)
    if params.get("retention") is not None:
        rules = [object_to_api(RETENTION_RULE, rule, "retention.", version) for rule in params["retention"]]
        body["retentionPolicy"] = {"rules": rules}
    return body


def _same(key: str, wanted: Any, current: Any) -> bool:
    if key != "retentionPolicy":
        return bool(wanted == current)
    rules = (current or {}).get("rules") or []
    return _rules(wanted["rules"]) == _rules(rules)


def _rules(rules: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Any]]:
    # It is not documented whether the order of the rules matters; the same rules count as the same policy.
    return sorted((rule.get("distance") or 0, rule.get("numberOfInstances") or 0) for rule in rules)


def _source(options: Mapping[str, Any], version: Version | None) -> dict[str, Any]:
    source_type = options["type"]
    since = SOURCE_SINCE.get(source_type)
    if since:
        refuse_unknown_to_version(Field("type", "type", since=since), f"source.type={source_type}", version)
    _refuse_foreign("source", options, SOURCES[source_type])
    plain = [field for field in SOURCES[source_type] if field not in (EXCLUDED_PER_VM, STARTUP_PER_VM)]
    body = {"type": source_type, **object_to_api(plain, options, "source.", version)}
    if options.get("vm_excluded_disks"):
        body["vmExcludedDisks"] = {item["vm_id"]: item["disks"] for item in options["vm_excluded_disks"]}
    if source_type == "vcVapp" and options.get("vm_startup_info"):
        body["vmStartupInfoMap"] = {
            item["vm_id"]: object_to_api(STARTUP, item, "source.vm_startup_info.", version)
            for item in options["vm_startup_info"]
        }
    return body


def _destination(params: Mapping[str, Any], version: Version | None) -> dict[str, Any]:
    options = params["destination"]
    destination_type = options["type"]
    fields = DESTINATIONS[destination_type]
    _refuse_foreign("destination", options, fields)
    body = {"type": destination_type, **object_to_api(fields, options, "destination.", version)}
    if params.get("storage_profile"):
        if destination_type not in CLOUD_DESTINATIONS:
            raise invalid("storage_profile", f"destination.type {destination_type} does not know it")
        body["storageProfile"] = params["storage_profile"]
    return body


def _refuse_foreign(option: str, options: Mapping[str, Any], fields: Sequence[Field]) -> None:
    known = {"type", *(field.option for field in fields)}
    foreign = sorted(name for name, value in options.items() if value is not None and name not in known)
    if foreign:
        raise invalid(
            f"{option}.{foreign[0]}",
            f"{option}.type {options['type']} does not know it",
            hint=f"It knows: {', '.join(sorted(known - {'type'}))}.",
        )
