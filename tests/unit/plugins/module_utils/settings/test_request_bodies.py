# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys go into which body, and what is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import instant_ms
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import (
    check_recovery_options,
    check_vm_entries,
    reconfigure_body,
    recovery_body,
    start_body,
    storage_profile_body,
)

NEWEST = (4, 7)
RECOVERIES = ("failover", "migrate", "test failover")
DATABASE = {"id": "C4-1", "vmId": "vm-id-1", "vmName": "db-1"}
APPLICATION = {"id": "C4-2", "vmId": "vm-id-2", "vmName": "app-1"}
NETWORK = {"id": "net-id", "name": "recovery-net"}

# Everything a user can say, as Ansible hands it over: suboptions that are not given are there as None.
EVERYTHING: dict[str, Any] = {
    "power_on": False,
    "consolidate": True,
    "sync": True,
    "snapshot_options": "EXPOSE_PITS",
    "expose_points_in_time": True,
    "vapp_network_settings": {
        "copy_source_networks": True,
        "bulk_connect_vm_nics": None,
        "bridge_org_vdc_networks": [{"id": "net-id", "name": "recovery-net"}],
        "network_mappings": [
            {
                "source_network_name": "production",
                "source_org_vdc_network": {"id": None, "name": "source-net"},
                "destination_org_vdc_network": NETWORK,
            }
        ],
        "resolution_type": "EXPLICIT",
    },
    "vm_network_settings": [
        {
            "vm": None,
            "copy_source_nic_settings": False,
            "primary_nic_index": 0,
            "nics": [{"nic_index": 0, "is_connected": True, "ip_address": "192.0.2.7", "mac_address": None}],
            "resolution_type": "EXPLICIT",
            "computer_name": None,
        }
    ],
    "placement_policy": "placement-id",
    "sizing_policy": "sizing-id",
    "copy_security_tags": True,
    "custom_virtual_hardware": [
        {"vm": None, "memory_mb": 4096, "cpus": 2, "cores_per_socket": 1, "mac_address_policy": "RESET"}
    ],
}
VAPP_NETWORK = {
    "copySourceNetworks": True,
    "bridgeOrgVdcNetworks": [NETWORK],
    "networkMappings": [
        {
            "sourceNetworkName": "production",
            "sourceOrgVdcNetwork": {"name": "source-net"},
            "destinationOrgVdcNetwork": NETWORK,
        }
    ],
    "resolutionType": "EXPLICIT",
}
VM_NETWORK = {
    "copySourceNicSettings": False,
    "primaryNicIndex": 0,
    "nics": [{"nicIndex": 0, "isConnected": True, "ipAddress": "192.0.2.7"}],
    "resolutionType": "EXPLICIT",
}
HARDWARE = {"macAddressPolicy": "RESET", "memoryInMB": 4096, "numCpus": 2, "numCoresPerSocket": 1}
CLOUD = {
    "type": "vcloud",
    "powerOn": False,
    "vAppNetworkSettings": VAPP_NETWORK,
    "placementPolicy": "placement-id",
    "sizingPolicy": "sizing-id",
    "copySecurityTags": True,
}
VCENTER = {"type": "vcenter", "powerOn": False}

# Vendor reference 4.4 to 4.7: every key that a body of that verb, kind and type documents, and none besides.
DOCUMENTED: dict[tuple[str, str, str], dict[str, Any]] = {
    ("failover", "vm", "vcloud"): {**CLOUD, "consolidate": True, "vmNetworkSettings": VM_NETWORK},
    ("failover", "vapp", "vcloud"): {**CLOUD, "consolidate": True, "vmNetworkSettings": {"vm-id-1": VM_NETWORK}},
    ("failover", "vm", "vcenter"): {
        **VCENTER,
        "consolidate": True,
        "snapshotOptions": "EXPOSE_PITS",
        "customVirtualHardware": HARDWARE,
    },
    ("failover", "vapp", "vcenter"): {
        **VCENTER,
        "consolidate": True,
        "snapshotOptions": "EXPOSE_PITS",
        "customVirtualHardwareMap": {"vm-id-1": HARDWARE},
    },
    ("migrate", "vm", "vcloud"): {**CLOUD, "consolidate": True, "vmNetworkSettings": VM_NETWORK},
    ("migrate", "vapp", "vcloud"): {**CLOUD, "consolidate": True, "vmNetworkSettings": {"vm-id-1": VM_NETWORK}},
    ("migrate", "vm", "vcenter"): {**VCENTER, "consolidate": True, "snapshotOptions": "EXPOSE_PITS"},
    ("migrate", "vapp", "vcenter"): {
        **VCENTER,
        "consolidate": True,
        "snapshotOptions": "EXPOSE_PITS",
        "customVirtualHardwareMap": {"vm-id-1": HARDWARE},
    },
    ("test failover", "vm", "vcloud"): {**CLOUD, "sync": True, "vmNetworkSettings": VM_NETWORK},
    ("test failover", "vapp", "vcloud"): {**CLOUD, "sync": True, "vmNetworkSettings": {"vm-id-1": VM_NETWORK}},
    ("test failover", "vm", "vcenter"): {
        **VCENTER,
        "sync": True,
        "exposePITsAsSnapshots": True,
        "customVirtualHardware": HARDWARE,
    },
    ("test failover", "vapp", "vcenter"): {
        **VCENTER,
        "sync": True,
        "exposePITsAsSnapshots": True,
        "customVirtualHardwareMap": {"vm-id-1": HARDWARE},
    },
}
# The option that fills each key of a body.
OPTION_OF = {
    "powerOn": "power_on",
    "consolidate": "consolidate",
    "sync": "sync",
    "snapshotOptions": "snapshot_options",
    "exposePITsAsSnapshots": "expose_points_in_time",
    "vAppNetworkSettings": "vapp_network_settings",
    "vmNetworkSettings": "vm_network_settings",
    "placementPolicy": "placement_policy",
    "sizingPolicy": "sizing_policy",
    "copySecurityTags": "copy_security_tags",
    "customVirtualHardware": "custom_virtual_hardware",
    "customVirtualHardwareMap": "custom_virtual_hardware",
}
# Vendor reference: the first version that documents an option, by verb where that differs.
SINCE: dict[str, tuple[int, int]] = {
    "snapshot_options": (4, 5),
    "expose_points_in_time": (4, 5),
    "placement_policy": (4, 5),
    "sizing_policy": (4, 5),
    "copy_security_tags": (4, 7),
    "custom_virtual_hardware": (4, 5),
}


def body(verb: str, kind: str, params: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    settings = {"vms": [DATABASE], **more.get("settings", {})}
    return recovery_body(verb, kind, params, more.get("version", NEWEST), settings)


def refusal_of(verb: str, kind: str, params: Mapping[str, Any], **more: Any) -> VcdaError:
    with pytest.raises(VcdaError) as caught:
        body(verb, kind, params, **more)
    assert caught.value.category == "invalid_request"
    return caught.value


def given(case: tuple[str, str, str]) -> dict[str, Any]:
    """Return the options of a case: all that its documented body can be made of."""
    options = {OPTION_OF[key] for key in DOCUMENTED[case] if key != "type"}
    return {"settings_type": case[2], **{option: EVERYTHING[option] for option in options}}


@pytest.mark.parametrize("case", DOCUMENTED, ids="-".join)
def test_every_documented_key_is_sent(case: tuple[str, str, str]) -> None:
    assert body(case[0], case[1], given(case)) == DOCUMENTED[case]


@pytest.mark.parametrize("case", DOCUMENTED, ids="-".join)
@pytest.mark.parametrize("option", EVERYTHING)
def test_an_option_that_the_body_does_not_document_is_refused(case: tuple[str, str, str], option: str) -> None:
    params = {"settings_type": case[2], option: EVERYTHING[option]}
    if option in given(case):
        assert body(case[0], case[1], params).keys() > {"type"}
    else:
        assert refusal_of(case[0], case[1], params).message.startswith(option + ":")


@pytest.mark.parametrize("option", SINCE)
@pytest.mark.parametrize("verb", RECOVERIES)
def test_an_option_that_the_version_does_not_know_is_refused(verb: str, option: str) -> None:
    for settings_type in ("vcloud", "vcenter"):
        if option not in given((verb, "vapp", settings_type)):
            continue
        policy_of_migration = verb == "migrate" and option.endswith("_policy")
        since = (4, 7) if policy_of_migration else SINCE[option]
        params = {"settings_type": settings_type, option: EVERYTHING[option]}
        assert len(body(verb, "vapp", params, version=since)) == 2
        for version in ((since[0], since[1] - 1), None):
            error = refusal_of(verb, "vapp", params, version=version)
            assert error.code == "OPTION_NOT_IN_API_VERSION"
            assert error.message.startswith(option + ":")


@pytest.mark.parametrize(
    ("option", "value", "known", "unknown"),
    [
        ("vapp_network_settings", {"copy_source_networks": True}, (4, 1), (4, 0)),
        ("vapp_network_settings", {"network_mappings": [{"source_network_name": "a"}]}, (4, 1), (4, 0)),
        ("vapp_network_settings", {"resolution_type": "EXPLICIT"}, (4, 7), (4, 6)),
        ("vm_network_settings", [{"resolution_type": "EXPLICIT"}], (4, 6), (4, 5)),
        ("vm_network_settings", [{"nics": [{"resolution_type": "EXPLICIT"}]}], (4, 6), (4, 5)),
        ("vm_network_settings", [{"computer_name": "db"}], (4, 4), (4, 5)),
        ("vm_network_settings", [{"enable_guest_customization": True}], (4, 4), None),
    ],
)
def test_suboptions_have_versions_too(
    option: str, value: Any, known: tuple[int, int], unknown: tuple[int, int] | None
) -> None:
    assert len(body("failover", "vm", {option: value}, version=known)) == 2
    error = refusal_of("failover", "vm", {option: value}, version=unknown)
    assert error.code == "OPTION_NOT_IN_API_VERSION"
    assert error.message.startswith(option + ".")


def test_a_suboption_is_checked_even_if_its_entry_is_for_another_vm() -> None:
    entries = [{"vm": "app-1", "resolution_type": "EXPLICIT"}]
    error = refusal_of("failover", "vm", {"vm_network_settings": entries}, version=(4, 5))
    assert "vm_network_settings.resolution_type" in error.message


def test_defaults_are_sent_explicitly() -> None:
    params = {"settings_type": "vcloud", "power_on": True, "consolidate": False, "placement_policy": None}
    assert body("failover", "vm", params, version=None) == {"type": "vcloud", "powerOn": True, "consolidate": False}


def test_the_instance_is_taken_from_what_was_resolved() -> None:
    assert body("failover", "vm", {}, settings={"instance_id": "replica-1"})["instanceId"] == "replica-1"
    resolved = {"instance_map": {"C4-1": "replica-1"}}
    assert body("test failover", "vapp", {}, settings=resolved)["instanceMap"] == {"C4-1": "replica-1"}
    assert body("failover", "vm", {}, settings={"instance_id": None}) == {"type": "vcloud"}


@pytest.mark.parametrize(
    "choice",
    [{"instance_id": "replica-1"}, {"instance_ids": {"db-1": "replica-1"}}, {"instance_before": "1777615200000"}],
)
def test_sync_and_a_choice_of_instance_exclude_each_other(choice: dict[str, Any]) -> None:
    kind = "vm" if "instance_id" in choice else "vapp"
    check_recovery_options("test failover", kind, {**choice, "sync": False})
    error = refusal_of("test failover", kind, {**choice, "sync": True})
    assert error.message.startswith(next(iter(choice)) + ":")


def test_one_instance_is_for_one_replication() -> None:
    check_recovery_options("failover", "vm", {"instance_id": "replica-1", "vm_names": ["db-1"]})
    error = refusal_of("failover", "vm", {"instance_id": "replica-1", "vm_replication_ids": ["C4-1", "C4-2"]})
    assert error.message.startswith("instance_id:")


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2026-05-01T06:00:00Z", 1777615200000),
        ("2026-05-01T08:00:00+02:00", 1777615200000),
        ("2026-05-01 06:00:00.250+00:00", 1777615200250),
        ("1777615200000", 1777615200000),
        (" -1 ", -1),
    ],
)
def test_moments(text: str, milliseconds: int) -> None:
    assert instant_ms("instance_before", text) == milliseconds


@pytest.mark.parametrize("text", ["yesterday", "2026-05-01T06:00:00", "2026-05-01", "--5", "", "²"])
def test_a_moment_must_be_one_and_have_a_time_zone(text: str) -> None:
    with pytest.raises(VcdaError, match=r"^initial_sync_time: "):
        instant_ms("initial_sync_time", text)


def test_a_malformed_moment_is_refused_before_anything_is_read() -> None:
    with pytest.raises(VcdaError, match=r"^instance_before: "):
        check_recovery_options("failover", "vm", {"instance_before": "yesterday"})


ENTRIES = [
    {"vm": "db-1", "primary_nic_index": 1},
    {"vm": None, "primary_nic_index": 9},
    {"vm": "vm-id-3", "primary_nic_index": 3},
]
FURTHER = [
    {"id": "C4-3", "vmId": "vm-id-3", "vmName": "web-1"},
    {"id": "C4-4", "vmId": "vm-id-4", "vmName": "web-2"},
]


def test_each_vm_gets_its_own_entry_or_the_one_for_all() -> None:
    params = {"vm_network_settings": ENTRIES}
    vms = {"vms": [DATABASE, *FURTHER]}
    made = body("failover", "vapp", params, settings=vms)["vmNetworkSettings"]
    assert made == {
        "vm-id-1": {"primaryNicIndex": 1},
        "vm-id-3": {"primaryNicIndex": 3},
        "vm-id-4": {"primaryNicIndex": 9},
    }
    single = [body("failover", "vm", params, settings={"vms": [vm]})["vmNetworkSettings"] for vm in vms["vms"]]
    assert single == list(made.values())


def test_a_vm_without_an_entry_gets_no_settings() -> None:
    params = {"vm_network_settings": [ENTRIES[0]]}
    for kind in ("vm", "vapp"):
        assert body("failover", kind, params, settings={"vms": [APPLICATION]}) == {"type": "vcloud"}


def test_two_entries_for_one_vm_are_refused() -> None:
    twice = [ENTRIES[0], {"vm": "db-1", "primary_nic_index": 2}]
    with pytest.raises(VcdaError, match="VM db-1 is there more than once"):
        check_recovery_options("failover", "vm", {"vm_network_settings": twice})
    with pytest.raises(VcdaError, match="the entry without vm is there more than once"):
        check_recovery_options("failover", "vm", {"vm_network_settings": [ENTRIES[1], {"primary_nic_index": 2}]})
    aliases = [ENTRIES[0], {"vm": "C4-1", "primary_nic_index": 2}]
    assert "under different names" in refusal_of("failover", "vm", {"vm_network_settings": aliases}).message


def test_a_child_without_an_id_is_not_guessed_at() -> None:
    with pytest.raises(VcdaError) as caught:
        body("failover", "vapp", {"vm_network_settings": ENTRIES}, settings={"vms": [{"id": "C4-9"}]})
    assert caught.value.category == "server"


@pytest.mark.parametrize("name", ["db-1", "vm-id-1", "C4-1"])
def test_an_entry_may_name_a_vm_in_three_ways(name: str) -> None:
    check_vm_entries({"vm_network_settings": [{"vm": name}], "custom_virtual_hardware": None}, [DATABASE, APPLICATION])


def test_an_entry_is_not_for_a_vm_that_is_called_like_the_id_of_another() -> None:
    identity = "C4-00000000-0000-4000-8000-0000000000ab"
    vms = [{**DATABASE, "id": identity}, {**APPLICATION, "vmName": identity}]
    for name in (identity, identity.replace("ab", "AB")):
        check_vm_entries({"vm_network_settings": [{"vm": name}], "custom_virtual_hardware": None}, vms)
    with pytest.raises(VcdaError, match="is none of the selected VMs"):
        check_vm_entries({"vm_network_settings": [{"vm": identity}], "custom_virtual_hardware": None}, vms[1:])


def test_an_entry_for_nobody_is_refused_unless_its_vm_could_not_be_read() -> None:
    params = {"custom_virtual_hardware": [{"vm": "db-9", "cpus": 2}, {"cpus": 1}]}
    with pytest.raises(VcdaError, match="custom_virtual_hardware: db-9 is none of the selected VMs"):
        check_vm_entries(params, [DATABASE])
    check_vm_entries(params, [DATABASE], unread=["db-9"])


def test_an_entry_for_two_vms_is_refused() -> None:
    namesake = {**APPLICATION, "vmName": "db-1"}
    with pytest.raises(VcdaError, match="db-1 is the name of 2 of the selected VMs"):
        check_vm_entries({"vm_network_settings": [{"vm": "db-1"}]}, [DATABASE, namesake], unread=["db-1"])


DESTINATION = {"type": "vcloud", "site": "site-2", "vdc": "vdc-id"}
SOURCE = {"type": "vm", "site": "site-1", "vm_id": "vm-id-1"}


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        (
            {"type": "vm", "site": "s", "vm_id": "v", "vapp_id": "a", "excluded_disks": [2001], "vc_uuid": None},
            {"type": "vm", "site": "s", "vmId": "v", "vappId": "a", "excludedDisks": [2001]},
        ),
        (
            {
                "type": "vcVm",
                "site": "s",
                "vm_id": "vm-1",
                "vc_uuid": "u",
                "vapp_name": "n",
                "vm_startup_info": {"order": 1, "start_delay": 30, "stop_delay": None},
            },
            {
                "type": "vcVm",
                "site": "s",
                "vmId": "vm-1",
                "vcUuid": "u",
                "vappName": "n",
                "vmStartupInfo": {"order": 1, "startDelay": 30},
            },
        ),
        (
            {"type": "vapp", "site": "s", "vapp_id": "a", "vm_excluded_disks": [{"vm_id": "v", "disks": [2001]}]},
            {"type": "vapp", "site": "s", "vappId": "a", "vmExcludedDisks": {"v": [2001]}},
        ),
        (
            {
                "type": "vcVapp",
                "site": "s",
                "vc_uuid": "u",
                "vm_ids": ["vm-1", "vm-2"],
                "vapp_name": "n",
                "vm_excluded_disks": [{"vm_id": "vm-2", "disks": [2000, 2001]}],
                "vm_startup_info": [{"vm_id": "vm-1", "order": 0, "start_action": "powerOn"}],
            },
            {
                "type": "vcVapp",
                "site": "s",
                "vcUuid": "u",
                "vmIds": ["vm-1", "vm-2"],
                "vappName": "n",
                "vmExcludedDisks": {"vm-2": [2000, 2001]},
                "vmStartupInfoMap": {"vm-1": {"order": 0, "startAction": "powerOn"}},
            },
        ),
        (
            {"type": "vappTemplate", "site": "s", "vapp_template_id": "t"},
            {"type": "vappTemplate", "site": "s", "vappTemplateId": "t"},
        ),
    ],
    ids=lambda value: str(value["type"]),
)
def test_start_from_every_type_of_source(source: dict[str, Any], sent: dict[str, Any]) -> None:
    assert start_body({"source": source, "destination": DESTINATION}, NEWEST)["source"] == sent


@pytest.mark.parametrize(
    ("destination", "sent"),
    [
        (
            {"type": "vcloud", "site": "s", "vdc": "v", "placement_policy": "p", "sizing_policy": "z"},
            {"type": "vcloud", "site": "s", "vdc": "v", "placementPolicy": "p", "sizingPolicy": "z"},
        ),
        (
            {"type": "vm", "site": "s", "vdc": "v", "seed_vm_id": "x"},
            {"type": "vm", "site": "s", "vdc": "v", "seedVmId": "x"},
        ),
        (
            {"type": "vapp", "site": "s", "vdc": "v", "seed_vapp_id": "x"},
            {"type": "vapp", "site": "s", "vdc": "v", "seedVappId": "x"},
        ),
        ({"type": "vc", "site": "s"}, {"type": "vc", "site": "s"}),
        (
            {"type": "vcVm", "site": "s", "seed_vm": {"mo_id": "vm-1", "vc_id": "u"}},
            {"type": "vcVm", "site": "s", "seedVm": {"moId": "vm-1", "vcId": "u"}},
        ),
        (
            {"type": "vcVapp", "site": "s", "seed_vms": [{"mo_id": "vm-1", "vc_id": "u"}]},
            {"type": "vcVapp", "site": "s", "seedVms": [{"moId": "vm-1", "vcId": "u"}]},
        ),
    ],
    ids=lambda value: str(value["type"]),
)
def test_start_to_every_type_of_destination(destination: dict[str, Any], sent: dict[str, Any]) -> None:
    params = {"source": SOURCE, "destination": destination, "storage_profile": None}
    assert start_body(params, NEWEST)["destination"] == sent


def test_start_with_every_setting() -> None:
    params = {
        "source": SOURCE,
        "destination": DESTINATION,
        "storage_profile": "*",
        "description": "Shop",
        "rpo": 15,
        "quiesced": False,
        "retention": [{"instances": 4, "distance": 60}],
        "data_connection_type": "ENCRYPTED",
        "target_disk_type": "THIN",
        "is_migration": False,
        "initial_sync_time": "2026-05-01T06:00:00Z",
        "paused": True,
        "owner": "tenant-1@site-1",
    }
    assert start_body(params, (4, 0)) == {
        "source": {"type": "vm", "site": "site-1", "vmId": "vm-id-1"},
        "destination": {"type": "vcloud", "site": "site-2", "vdc": "vdc-id", "storageProfile": "*"},
        "description": "Shop",
        "rpo": 15,
        "quiesced": False,
        "retentionPolicy": {"rules": [{"numberOfInstances": 4, "distance": 60}]},
        "dataConnectionType": "ENCRYPTED",
        "targetDiskType": "THIN",
        "isMigration": False,
        "initialSyncTime": 1777615200000,
    }


@pytest.mark.parametrize(
    ("params", "option"),
    [
        ({"source": None, "destination": DESTINATION}, "source"),
        ({"source": SOURCE, "destination": None}, "destination"),
        ({"source": {**SOURCE, "vc_uuid": "u"}, "destination": DESTINATION}, "source.vc_uuid"),
        ({"source": SOURCE, "destination": {"type": "vc", "site": "s", "vdc": "v"}}, "destination.vdc"),
        ({"source": SOURCE, "destination": {"type": "vc", "site": "s"}, "storage_profile": "*"}, "storage_profile"),
        ({"source": SOURCE, "destination": DESTINATION, "initial_sync_time": "soon"}, "initial_sync_time"),
    ],
)
def test_start_refuses_what_does_not_fit(params: dict[str, Any], option: str) -> None:
    with pytest.raises(VcdaError) as caught:
        start_body(params, NEWEST)
    assert caught.value.category == "invalid_request"
    assert caught.value.message.startswith(option + ":")


@pytest.mark.parametrize(
    ("params", "option", "since"),
    [
        ({"source": {"type": "vcVapp", "site": "s", "vm_ids": ["vm-1"]}}, "source.type=vcVapp", (4, 2)),
        ({"source": {"type": "vappTemplate", "site": "s", "vapp_template_id": "t"}}, "source.type=vappTempl", (4, 5)),
        ({"destination": {**DESTINATION, "placement_policy": "p"}}, "destination.placement_policy", (4, 4)),
        ({"destination": {**DESTINATION, "sizing_policy": "p"}}, "destination.sizing_policy", (4, 5)),
        ({"sla_profile": "profile-id"}, "sla_profile", (4, 1)),
    ],
)
def test_start_knows_the_versions(params: dict[str, Any], option: str, since: tuple[int, int]) -> None:
    everything = {"source": SOURCE, "destination": DESTINATION, **params}
    assert start_body(everything, since)["source"]["site"]
    with pytest.raises(VcdaError) as caught:
        start_body(everything, (since[0], since[1] - 1))
    assert caught.value.code == "OPTION_NOT_IN_API_VERSION"
    assert caught.value.message.startswith(option)


CURRENT = {
    "description": "Shop",
    "rpo": 15,
    "quiesced": False,
    "dataConnectionType": "PLAIN",
    "retentionPolicy": {
        "rules": [{"numberOfInstances": 4, "distance": 60}, {"numberOfInstances": 2, "distance": 1440}]
    },
    "initialSyncTime": 0,
}


@pytest.mark.parametrize(
    ("params", "sent"),
    [
        ({}, {}),
        ({"rpo": 15, "description": "Shop", "quiesced": False, "data_connection_type": "PLAIN"}, {}),
        ({"rpo": 30, "description": "Shop"}, {"rpo": 30}),
        ({"description": ""}, {"description": ""}),
        ({"quiesced": True}, {"quiesced": True}),
        ({"data_connection_type": "ENCRYPTED"}, {"dataConnectionType": "ENCRYPTED"}),
        ({"retention": [{"instances": 2, "distance": 1440}, {"instances": 4, "distance": 60}]}, {}),
        ({"retention": []}, {"retentionPolicy": {"rules": []}}),
        ({"sla_profile": "gold"}, {}),
        ({"sla_profile": "silver"}, {"slaProfileId": "silver"}),
        ({"target_disk_type": "THIN", "is_migration": True, "initial_sync_time": "0", "paused": True}, {}),
    ],
)
def test_reconfigure_sends_only_what_differs(params: dict[str, Any], sent: dict[str, Any]) -> None:
    assert reconfigure_body(params, CURRENT, NEWEST, current_sla_profile="gold") == sent


def test_reconfigure_of_a_replication_that_shows_nothing() -> None:
    assert reconfigure_body({"retention": [{"instances": 1, "distance": 5}]}, {}, (4, 0)) == {
        "retentionPolicy": {"rules": [{"numberOfInstances": 1, "distance": 5}]}
    }
    assert reconfigure_body({"retention": []}, {"retentionPolicy": None}, (4, 0)) == {}


def test_storage_profile_of_a_vm() -> None:
    for version in (None, (4, 0), NEWEST):
        assert storage_profile_body("vm", version, "profile-id") == {"storageProfileId": "profile-id"}


def test_storage_profile_of_a_vapp() -> None:
    assert storage_profile_body("vapp", (4, 2), "profile-id", ["C4-1"]) == {"storageProfileId": "profile-id"}
    assert storage_profile_body("vapp", NEWEST, "profile-id", ["C4-1", "C4-2"]) == {
        "storageProfileSettings": {
            "C4-1": {"storageProfileId": "profile-id"},
            "C4-2": {"storageProfileId": "profile-id"},
        }
    }


@pytest.mark.parametrize("version", [None, (4, 3), (4, 6)])
def test_storage_profile_of_a_vapp_is_refused_where_its_form_is_not_documented(
    version: tuple[int, int] | None,
) -> None:
    with pytest.raises(VcdaError, match=r"^storage_profile: "):
        storage_profile_body("vapp", version, "profile-id", ["C4-1"])
