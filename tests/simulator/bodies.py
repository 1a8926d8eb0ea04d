# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented request bodies and the versions that have their fields (vendor reference 3.0 to 4.7)."""

from __future__ import annotations

from .schema import BOOL, DOCUMENT, INT, LAST, TEXT, Field, ListOf, MapOf, Object, one_of, plain, required

TYPED = plain(TEXT, "type")
PRINCIPAL = {"principal": Field(TEXT, since=(4, 2))}
LOGINS = {
    "localUser": Object({**TYPED, **plain(TEXT, "localUser", "localPassword")}),
    "ssoCredentials": Object({**TYPED, **plain(TEXT, "username", "password"), **PRINCIPAL}),
    "ssoToken": Object(
        {**TYPED, **plain(TEXT, "samlToken", "nonce", "signature"), "timestamp": Field(INT), **PRINCIPAL}
    ),
    "vcdCredentials": Object({**TYPED, **plain(TEXT, "vcdUser", "vcdPassword")}),
    "vcdCookie": Object({**TYPED, **plain(TEXT, "vcdCookie")}),
    "vcdAccessToken": Object({**TYPED, **plain(TEXT, "vcdAccessToken"), "context": Field(TEXT, since=(4, 2))}),
}
EXTENSIONS = {
    "credentials": Object({**TYPED, **plain(TEXT, "site", "vcdUsername", "vcdPassword")}),
    "cookie": Object({**TYPED, **plain(TEXT, "site", "cookie")}),
    "vcdAccessToken": Object({**TYPED, **plain(TEXT, "site", "vcdAccessToken")}),
    "multisite": Object({**TYPED, **plain(TEXT, "site", "org")}),
}

REFERENCE = Object(plain(TEXT, "id", "name"))
MAPPING = Object(
    {
        "sourceNetworkName": Field(TEXT),
        "sourceOrgVdcNetwork": Field(REFERENCE),
        "destinationOrgVdcNetwork": Field(REFERENCE),
    }
)
VAPP_NETWORKS = Object(
    {
        "copySourceNetworks": Field(BOOL, since=(3, 5)),
        "bulkConnectVmNics": Field(BOOL),
        "bridgeOrgVdcNetworks": Field(ListOf(REFERENCE)),
        "networkMappings": Field(ListOf(MAPPING), since=(3, 5)),
        "resolutionType": Field(TEXT, since=(4, 7)),
    }
)
NIC = Object(
    {
        **plain(INT, "nicIndex"),
        **plain(BOOL, "isConnected", "resetMacAddress", "needsCustomization"),
        **plain(TEXT, "network", "ipAddress", "ipAddressAllocationMode", "externalIpAddress", "networkAdapterType"),
        "macAddress": Field(TEXT),
        "resolutionType": Field(TEXT, since=(4, 6)),
    }
)
VM_NETWORKS = Object(
    {
        "copySourceNicSettings": Field(BOOL),
        "primaryNicIndex": Field(INT),
        "nics": Field(ListOf(NIC)),
        "resolutionType": Field(TEXT, since=(4, 6)),
        "computerName": Field(TEXT, until=(4, 4)),
        "enableGuestCustomization": Field(BOOL, until=(4, 4)),
    }
)
HARDWARE = Object({"macAddressPolicy": Field(TEXT), **plain(INT, "memoryInMB", "numCoresPerSocket", "numCpus")})
SNAPSHOTS = one_of("DO_NOTHING", "CONSOLIDATE", "EXPOSE_PITS")
TYPE = Field(one_of("vcloud", "vcenter"), required_until=(4, 4))

NETWORKS_OF_VM = {"vmNetworkSettings": Field(VM_NETWORKS), "vAppNetworkSettings": Field(VAPP_NETWORKS)}
NETWORKS_OF_VAPP = {"vmNetworkSettings": Field(MapOf(VM_NETWORKS)), "vAppNetworkSettings": Field(VAPP_NETWORKS)}
PLACEMENT = {
    "placementPolicy": Field(TEXT, since=(4, 5)),
    "sizingPolicy": Field(TEXT, since=(4, 5)),
    "copySecurityTags": Field(BOOL, since=(4, 7)),
}
MIGRATION_PLACEMENT = {name: Field(field.kind, since=(4, 7)) for name, field in PLACEMENT.items()}
COMMON = {"type": TYPE, "powerOn": Field(BOOL)}
RECOVERY = {**COMMON, "consolidate": Field(BOOL)}
TESTING = {**COMMON, "sync": Field(BOOL)}
ONE_INSTANCE = {"instanceId": Field(TEXT)}
INSTANCES = {"instanceMap": Field(MapOf(TEXT))}
ONE_HARDWARE = {"customVirtualHardware": Field(HARDWARE, since=(4, 5))}
HARDWARES = {"customVirtualHardwareMap": Field(MapOf(HARDWARE), since=(4, 5))}

# Keys: verb, whether it is for a vApp replication, kind of the destination.
RECOVERY_BODIES: dict[tuple[str, bool, str], Object] = {
    ("failover", False, "vcloud"): Object({**RECOVERY, **ONE_INSTANCE, **NETWORKS_OF_VM, **PLACEMENT}),
    ("failover", True, "vcloud"): Object(
        {**RECOVERY, **INSTANCES, "snapshotOptions": Field(SNAPSHOTS), **NETWORKS_OF_VAPP, **PLACEMENT}
    ),
    ("failover", False, "vcenter"): Object(
        {**RECOVERY, **ONE_INSTANCE, "snapshotOptions": Field(SNAPSHOTS), **NETWORKS_OF_VM, **ONE_HARDWARE}
    ),
    ("failover", True, "vcenter"): Object(
        {**RECOVERY, **INSTANCES, "snapshotOptions": Field(SNAPSHOTS), **NETWORKS_OF_VAPP, **HARDWARES}
    ),
    ("failover-test", False, "vcloud"): Object({**TESTING, **ONE_INSTANCE, **NETWORKS_OF_VM, **PLACEMENT}),
    ("failover-test", True, "vcloud"): Object({**TESTING, **INSTANCES, **NETWORKS_OF_VAPP, **PLACEMENT}),
    ("failover-test", False, "vcenter"): Object(
        {**TESTING, **ONE_INSTANCE, "exposePITsAsSnapshots": Field(BOOL), **NETWORKS_OF_VM, **ONE_HARDWARE}
    ),
    ("failover-test", True, "vcenter"): Object(
        {**TESTING, **INSTANCES, "exposePITsAsSnapshots": Field(BOOL), **NETWORKS_OF_VAPP, **HARDWARES}
    ),
    ("migrate", False, "vcloud"): Object(
        {**RECOVERY, **NETWORKS_OF_VM, "connectVmNics": Field(BOOL), **MIGRATION_PLACEMENT}
    ),
    ("migrate", True, "vcloud"): Object(
        {**RECOVERY, **NETWORKS_OF_VAPP, "connectVmNics": Field(BOOL), **MIGRATION_PLACEMENT}
    ),
    ("migrate", False, "vcenter"): Object(
        {**RECOVERY, **NETWORKS_OF_VM, "connectVmNics": Field(BOOL), "snapshotOptions": Field(SNAPSHOTS)}
    ),
    ("migrate", True, "vcenter"): Object(
        {
            **RECOVERY,
            **NETWORKS_OF_VAPP,
            "connectVmNics": Field(BOOL),
            "snapshotOptions": Field(SNAPSHOTS),
            **HARDWARES,
        }
    ),
}

RETENTION = Object({"rules": Field(ListOf(Object({"numberOfInstances": required(INT), "distance": required(INT)})))})
CONNECTION = one_of("PLAIN", "ENCRYPTED", "ENCRYPTED_COMPRESSED")
RULES = {
    "description": Field(TEXT),
    "rpo": Field(INT),
    "dataConnectionType": Field(CONNECTION),
    "quiesced": Field(BOOL),
    "retentionPolicy": Field(RETENTION),
    "slaProfileId": Field(TEXT, since=(4, 1)),
}
SITE = Field(TEXT, required_until=(4, 2))
SOURCE_TYPE = Field(
    one_of("vm", "vapp", "vcVm", "vcVapp", "vappTemplate"),
    required_until=LAST,
)
STARTUP = Object({**plain(INT, "order", "startDelay", "stopDelay"), **plain(TEXT, "startAction", "stopAction")})
SOURCE = Object(
    {
        "type": SOURCE_TYPE,
        "site": SITE,
        **plain(TEXT, "vmId", "vappId", "vcUuid", "vappName"),
        **plain(ListOf(INT), "excludedDisks", "excludedDiskKeys"),
        "vmExcludedDisks": Field(MapOf(ListOf(INT))),
        "vmStartupInfo": Field(STARTUP),
        "vmIds": Field(ListOf(TEXT), since=(4, 2)),
        "vmStartupInfoMap": Field(MapOf(STARTUP), since=(4, 2)),
        "vappTemplateId": Field(TEXT, since=(4, 5)),
    }
)
SEED = Object({"moId": required(TEXT), "vcId": Field(TEXT)})
DESTINATION = Object(
    {
        "type": required(one_of("vcloud", "vm", "vapp", "vc", "vcVm", "vcVapp")),
        "site": SITE,
        **plain(TEXT, "vdc", "storageProfile", "seedVmId", "seedVappId"),
        "placementPolicy": Field(TEXT, since=(4, 4)),
        "sizingPolicy": Field(TEXT, since=(4, 5)),
        "seedVm": Field(SEED),
        "seedVms": Field(ListOf(SEED)),
    }
)
START = Object(
    {
        "source": required(SOURCE),
        "destination": required(DESTINATION),
        **RULES,
        "targetDiskType": Field(one_of("THIN", "PREALLOCATED", "PREALLOCATED_ZEROS")),
        "initialSyncTime": Field(INT),
        "isMigration": Field(BOOL),
    }
)
RECONFIGURE = Object(
    {
        **RULES,
        "initialSyncTime": Field(INT, since=(4, 4)),
        "destinationReconfigure": Field(DOCUMENT, since=(4, 4)),
        "sourceReconfigure": Field(DOCUMENT, since=(4, 1), until=(4, 3)),
    }
)
PLAN = Object({"validate": Field(BOOL, since=(4, 7))})
CHOWN = Object({"owner": Field(TEXT)})
STORAGE_PROFILE = Object({"storageProfileId": Field(TEXT)})
VAPP_STORAGE_PROFILE = Object({"storageProfileSettings": Field(MapOf(STORAGE_PROFILE))})
VM_SETTINGS = Object({name: Field(Object(NETWORKS_OF_VM)) for name in ("failoverSettings", "failoverTestSettings")})
VAPP_SETTINGS = Object({name: Field(Object(NETWORKS_OF_VAPP)) for name in ("failoverSettings", "failoverTestSettings")})
_GUEST = Object(
    {
        **plain(BOOL, "enabled", "changeSid", "useOrgSettings", "adminPasswordEnabled", "adminPasswordAuto"),
        **plain(BOOL, "resetPasswordRequired", "joinDomainEnabled"),
        **plain(INT, "adminAutoLogonCount"),
        **plain(TEXT, "computerName", "adminPassword", "domainName", "domainOrgUnit", "domainUserName"),
        **plain(TEXT, "domainUserPassword", "customizationScript"),
        "resolutionType": Field(TEXT, since=(4, 7)),
    }
)
VM_GUESTS = Object({name: Field(_GUEST) for name in ("failoverSettings", "failoverTestSettings")})
VAPP_GUESTS = Object({"vmGuestCustomizationSettings": Field(MapOf(VM_GUESTS))})
VM_DISKS = Object({"excludedDiskKeys": required(ListOf(INT))})
VAPP_DISKS = MapOf(ListOf(INT))
NOTHING = Object({})
