# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The keys of the request bodies, the options that fill them, and where and since when they are documented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Field, Version

FAILOVER = "failover"
MIGRATE = "migrate"
TEST = "test failover"
VM = "vm"
VAPP = "vapp"
VCLOUD = "vcloud"
VCENTER = "vcenter"

_RECOVERIES = frozenset({FAILOVER, MIGRATE, TEST})
WITH_INSTANCE = frozenset({FAILOVER, TEST})
_BOTH_KINDS = frozenset({VM, VAPP})
_BOTH_TYPES = frozenset({VCLOUD, VCENTER})
INSTANCE_OPTIONS = ("instance_id", "instance_ids", "instance_before")


@dataclass(frozen=True)
class Setting:
    """One key of a body of recovery settings, and the bodies that may have it.

    :param field: the key
    :param verbs: the operations whose body documents it
    :param kinds: vm, vapp or both
    :param types: the settings types (discriminator of the body) that document it
    :param per_vm: the option is a list of entries by VM; the value is one object for a VM, a map by VM id for a vApp
    """

    field: Field
    verbs: frozenset[str] = _RECOVERIES
    kinds: frozenset[str] = _BOTH_KINDS
    types: frozenset[str] = _BOTH_TYPES
    per_vm: bool = False


_NAMED = (Field("id", "id"), Field("name", "name"))

# Vendor reference 3.0, 4.1 and 4.7, network settings.
VAPP_NETWORK = (
    Field("copySourceNetworks", "copy_source_networks", since=(4, 1)),
    Field("bulkConnectVmNics", "bulk_connect_vm_nics"),
    Field("bridgeOrgVdcNetworks", "bridge_org_vdc_networks", fields=_NAMED),
    Field(
        "networkMappings",
        "network_mappings",
        since=(4, 1),
        fields=(
            Field("sourceNetworkName", "source_network_name"),
            Field("sourceOrgVdcNetwork", "source_org_vdc_network", fields=_NAMED),
            Field("destinationOrgVdcNetwork", "destination_org_vdc_network", fields=_NAMED),
        ),
    ),
    Field("resolutionType", "resolution_type", since=(4, 7)),
)

# Vendor reference 4.1 to 4.6, network settings of a VM.
_NIC = (
    Field("nicIndex", "nic_index"),
    Field("isConnected", "is_connected"),
    Field("resetMacAddress", "reset_mac_address"),
    Field("network", "network"),
    Field("ipAddress", "ip_address"),
    Field("ipAddressAllocationMode", "ip_address_allocation_mode"),
    Field("externalIpAddress", "external_ip_address"),
    Field("networkAdapterType", "network_adapter_type"),
    Field("needsCustomization", "needs_customization"),
    Field("macAddress", "mac_address"),
    Field("resolutionType", "resolution_type", since=(4, 6)),
)
VM_NETWORK = (
    Field("copySourceNicSettings", "copy_source_nic_settings"),
    Field("primaryNicIndex", "primary_nic_index"),
    Field("nics", "nics", fields=_NIC),
    Field("resolutionType", "resolution_type", since=(4, 6)),
    Field("computerName", "computer_name", until=(4, 4)),
    Field("enableGuestCustomization", "enable_guest_customization", until=(4, 4)),
)

# Vendor reference 4.5, guestCustomization of a VM replication; it is inferred that each half of guest-customization
# holds the same object.
GUEST_CUSTOMIZATION = "guest_customization"
GUEST_SINCE: Version = (4, 5)
GUEST = (
    *(
        Field(key, option, since=GUEST_SINCE)
        for key, option in (
            ("enabled", "enabled"),
            ("computerName", "computer_name"),
            ("changeSid", "change_sid"),
            ("useOrgSettings", "use_org_settings"),
            ("adminPasswordEnabled", "admin_password_enabled"),
            ("adminPasswordAuto", "admin_password_auto"),
            ("adminPassword", "admin_password"),
            ("resetPasswordRequired", "reset_password_required"),
            ("adminAutoLogonCount", "admin_auto_logon_count"),
            ("joinDomainEnabled", "join_domain_enabled"),
            ("domainName", "domain_name"),
            ("domainOrgUnit", "domain_org_unit"),
            ("domainUserName", "domain_user_name"),
            ("domainUserPassword", "domain_user_password"),
            ("customizationScript", "customization_script"),
        )
    ),
    Field("resolutionType", "resolution_type", since=(4, 7)),
)
GUEST_SECRETS = frozenset({"adminPassword", "domainUserPassword", "customizationScript"})

# Vendor reference 4.5, data structures of the vcenter settings.
_HARDWARE = (
    Field("macAddressPolicy", "mac_address_policy"),
    Field("memoryInMB", "memory_mb"),
    Field("numCpus", "cpus"),
    Field("numCoresPerSocket", "cores_per_socket"),
)

_BODY_WITHOUT_TEST = frozenset({FAILOVER, MIGRATE})
_ONLY_TEST = frozenset({TEST})
_ONLY_MIGRATE = frozenset({MIGRATE})
_ONLY_VM = frozenset({VM})
_ONLY_VAPP = frozenset({VAPP})
_ONLY_VCLOUD = frozenset({VCLOUD})
_ONLY_VCENTER = frozenset({VCENTER})

# Vendor reference 4.4 to 4.7: settings of failover, failover test and planned migration.
RECOVERY_SETTINGS: tuple[Setting, ...] = (
    Setting(Field("powerOn", "power_on")),
    Setting(Field("consolidate", "consolidate"), verbs=_BODY_WITHOUT_TEST),
    Setting(Field("sync", "sync"), verbs=_ONLY_TEST),
    Setting(Field("snapshotOptions", "snapshot_options", since=(4, 5)), verbs=_BODY_WITHOUT_TEST, types=_ONLY_VCENTER),
    Setting(
        Field("exposePITsAsSnapshots", "expose_points_in_time", since=(4, 5)), verbs=_ONLY_TEST, types=_ONLY_VCENTER
    ),
    Setting(Field("vAppNetworkSettings", "vapp_network_settings", fields=VAPP_NETWORK), types=_ONLY_VCLOUD),
    Setting(Field("vmNetworkSettings", "vm_network_settings", fields=VM_NETWORK), types=_ONLY_VCLOUD, per_vm=True),
    Setting(Field("placementPolicy", "placement_policy", since=(4, 5)), verbs=WITH_INSTANCE, types=_ONLY_VCLOUD),
    Setting(Field("placementPolicy", "placement_policy", since=(4, 7)), verbs=_ONLY_MIGRATE, types=_ONLY_VCLOUD),
    Setting(Field("sizingPolicy", "sizing_policy", since=(4, 5)), verbs=WITH_INSTANCE, types=_ONLY_VCLOUD),
    Setting(Field("sizingPolicy", "sizing_policy", since=(4, 7)), verbs=_ONLY_MIGRATE, types=_ONLY_VCLOUD),
    Setting(Field("copySecurityTags", "copy_security_tags", since=(4, 7)), types=_ONLY_VCLOUD),
    Setting(
        Field("customVirtualHardware", "custom_virtual_hardware", since=(4, 5), fields=_HARDWARE),
        verbs=WITH_INSTANCE,
        kinds=_ONLY_VM,
        types=_ONLY_VCENTER,
        per_vm=True,
    ),
    # The keys of the map are not documented; VM ids are used, as in vmNetworkSettings.
    Setting(
        Field("customVirtualHardwareMap", "custom_virtual_hardware", since=(4, 5), fields=_HARDWARE),
        kinds=_ONLY_VAPP,
        types=_ONLY_VCENTER,
        per_vm=True,
    ),
)

PER_VM_OPTIONS = tuple(dict.fromkeys(setting.field.option for setting in RECOVERY_SETTINGS if setting.per_vm))

# Vendor reference 4.7, CloudReplicationSettings and C4ReplicationReconfigureSettings. The SLA profile came with 4.1.
RETENTION_RULE = (Field("numberOfInstances", "instances"), Field("distance", "distance"))
SLA_PROFILE = Field("slaProfileId", "sla_profile", since=(4, 1))
CHANGEABLE = (
    Field("description", "description"),
    Field("rpo", "rpo"),
    Field("dataConnectionType", "data_connection_type"),
    Field("quiesced", "quiesced"),
)
ONLY_AT_START = (Field("targetDiskType", "target_disk_type"), Field("isMigration", "is_migration"))

STARTUP = (
    Field("order", "order"),
    Field("startAction", "start_action"),
    Field("startDelay", "start_delay"),
    Field("stopAction", "stop_action"),
    Field("stopDelay", "stop_delay"),
)
_SITE = Field("site", "site")
_VCENTER = Field("vcUuid", "vc_uuid")
_VAPP_NAME = Field("vappName", "vapp_name")
_EXCLUDED = Field("excludedDisks", "excluded_disks")
# Both are maps by VM id in the API, and lists with vm_id in the options.
EXCLUDED_PER_VM = Field("vmExcludedDisks", "vm_excluded_disks")
STARTUP_PER_VM = Field("vmStartupInfoMap", "vm_startup_info")

# Vendor reference 3.5, 4.2, 4.5 and 4.7, ReplicationSource: type -> first version and keys.
SOURCES: Mapping[str, tuple[Field, ...]] = {
    "vm": (_SITE, Field("vmId", "vm_id"), Field("vappId", "vapp_id"), _EXCLUDED),
    "vcVm": (
        _SITE,
        _VCENTER,
        Field("vmId", "vm_id"),
        _VAPP_NAME,
        _EXCLUDED,
        Field("vmStartupInfo", "vm_startup_info", fields=STARTUP),
    ),
    "vapp": (_SITE, Field("vappId", "vapp_id"), EXCLUDED_PER_VM),
    "vcVapp": (_SITE, _VCENTER, Field("vmIds", "vm_ids"), _VAPP_NAME, EXCLUDED_PER_VM, STARTUP_PER_VM),
    "vappTemplate": (_SITE, Field("vappTemplateId", "vapp_template_id")),
}
SOURCE_SINCE: Mapping[str, Version] = {"vcVapp": (4, 2), "vappTemplate": (4, 5)}

_SEED = (Field("moId", "mo_id"), Field("vcId", "vc_id"))
_CLOUD = (
    _SITE,
    Field("vdc", "vdc"),
    Field("placementPolicy", "placement_policy", since=(4, 4)),
    Field("sizingPolicy", "sizing_policy", since=(4, 5)),
)
# Vendor reference 4.5 and 4.7, ReplicationDestination.
DESTINATIONS: Mapping[str, tuple[Field, ...]] = {
    "vcloud": _CLOUD,
    "vm": (*_CLOUD, Field("seedVmId", "seed_vm_id")),
    "vapp": (*_CLOUD, Field("seedVappId", "seed_vapp_id")),
    "vc": (_SITE,),
    "vcVm": (_SITE, Field("seedVm", "seed_vm", fields=_SEED)),
    "vcVapp": (_SITE, Field("seedVms", "seed_vms", fields=_SEED)),
}
CLOUD_DESTINATIONS = frozenset({"vcloud", "vm", "vapp"})
