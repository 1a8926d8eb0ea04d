# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request bodies of every verb: which version knows which field."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ApiError, bodies
from ansible_collections.opendr.vcda.tests.simulator.schema import Object, check
from ansible_collections.opendr.vcda.tests.simulator.versions import parse

VM, VAPP = False, True
FIRST = "3.0"


def known(schema: Object, body: dict[str, Any], version: str) -> bool:
    try:
        check(body, schema, parse(version), strict=True)
    except ApiError:
        return False
    return True


@pytest.mark.parametrize(
    ("verb", "is_vapp", "field", "since"),
    [
        ("failover", VM, {"instanceId": "x"}, FIRST),
        ("failover", VM, {"instanceMap": {}}, None),
        ("failover", VM, {"snapshotOptions": "DO_NOTHING"}, None),
        ("failover", VM, {"sync": True}, None),
        ("failover", VM, {"consolidate": True}, FIRST),
        ("failover", VM, {"placementPolicy": "x"}, "4.5"),
        ("failover", VM, {"sizingPolicy": "x"}, "4.5"),
        ("failover", VM, {"copySecurityTags": True}, "4.7"),
        ("failover", VAPP, {"instanceMap": {"C4-1": "x"}}, FIRST),
        ("failover", VAPP, {"instanceId": "x"}, None),
        ("failover", VAPP, {"vmNetworkSettings": {"vm": {"primaryNicIndex": 0}}}, FIRST),
        ("failover-test", VM, {"sync": True, "instanceId": None}, FIRST),
        ("failover-test", VM, {"consolidate": True}, None),
        ("failover-test", VAPP, {"instanceMap": {}}, FIRST),
        ("migrate", VM, {"instanceId": "x"}, None),
        ("migrate", VM, {"connectVmNics": True}, FIRST),
        ("migrate", VM, {"placementPolicy": "x"}, "4.7"),
        ("migrate", VAPP, {"instanceMap": {}}, None),
    ],
)
def test_fields_of_recovery(verb: str, is_vapp: bool, field: dict[str, Any], since: str | None) -> None:
    schema = bodies.RECOVERY_BODIES[verb, is_vapp, "vcloud"]
    body = {"type": "vcloud", **field}
    versions = ("3.0", "4.4", "4.5", "4.6", "4.7")
    assert [known(schema, body, version) for version in versions] == [
        since is not None and version >= since for version in versions
    ]


@pytest.mark.parametrize(
    ("verb", "is_vapp", "field"),
    [
        ("failover", VM, {"snapshotOptions": "EXPOSE_PITS"}),
        ("failover", VM, {"customVirtualHardware": {"numCpus": 2}}),
        ("failover", VAPP, {"customVirtualHardwareMap": {"vm": {"numCpus": 2}}}),
        ("failover-test", VM, {"exposePITsAsSnapshots": True}),
        ("failover-test", VAPP, {"exposePITsAsSnapshots": True}),
        ("migrate", VM, {"snapshotOptions": "CONSOLIDATE"}),
        ("migrate", VAPP, {"customVirtualHardwareMap": {}}),
    ],
)
def test_fields_for_vcenter_alone(verb: str, is_vapp: bool, field: dict[str, Any]) -> None:
    assert known(bodies.RECOVERY_BODIES[verb, is_vapp, "vcenter"], field, "4.7")
    fields_of_cloud = bodies.RECOVERY_BODIES[verb, is_vapp, "vcloud"].fields
    assert set(field) - set(fields_of_cloud) == set(field)


@pytest.mark.parametrize(
    ("settings", "versions"),
    [
        ({"computerName": "x"}, "3.0 4.4"),
        ({"enableGuestCustomization": True}, "3.0 4.4"),
        ({"resolutionType": "EXPLICIT"}, "4.6 4.7"),
        ({"nics": [{"nicIndex": 0, "resolutionType": "EXPLICIT"}]}, "4.6 4.7"),
        ({"nics": [{"nicIndex": 0, "macAddress": "x"}]}, "3.0 4.4 4.5 4.6 4.7"),
    ],
)
def test_network_settings_of_a_vm(settings: dict[str, Any], versions: str) -> None:
    body = {"failoverSettings": {"vmNetworkSettings": settings}}
    found = [version for version in ("3.0", "4.4", "4.5", "4.6", "4.7") if known(bodies.VM_SETTINGS, body, version)]
    assert found == versions.split()


@pytest.mark.parametrize(
    ("settings", "since"),
    [
        ({"bridgeOrgVdcNetworks": [{"id": "x", "name": "y"}]}, "3.0"),
        ({"networkMappings": [{"sourceNetworkName": "a", "destinationOrgVdcNetwork": {"id": "x"}}]}, "3.5"),
        ({"resolutionType": "EXPLICIT"}, "4.7"),
    ],
)
def test_network_settings_of_a_vapp(settings: dict[str, Any], since: str) -> None:
    body = {"failoverTestSettings": {"vAppNetworkSettings": settings}}
    for version in ("3.0", "3.5", "4.6", "4.7"):
        assert known(bodies.VAPP_SETTINGS, body, version) is (version >= since)


@pytest.mark.parametrize(
    ("body", "versions"),
    [
        ({"rpo": 15, "quiesced": True, "dataConnectionType": "PLAIN"}, "3.5 4.0 4.1 4.3 4.4"),
        ({"slaProfileId": "x"}, "4.1 4.3 4.4"),
        ({"initialSyncTime": 0}, "4.4"),
        ({"destinationReconfigure": {}}, "4.4"),
        ({"sourceReconfigure": {}}, "4.1 4.3"),
        ({"retentionPolicy": {"rules": [{"numberOfInstances": 1, "distance": 60}]}}, "3.5 4.0 4.1 4.3 4.4"),
        ({"retentionPolicy": {"rules": [{"distance": 60}]}}, ""),
    ],
)
def test_reconfigure(body: dict[str, Any], versions: str) -> None:
    found = [version for version in ("3.5", "4.0", "4.1", "4.3", "4.4") if known(bodies.RECONFIGURE, body, version)]
    assert found == versions.split()


def test_sites_are_required_up_to_4_2() -> None:
    body = {"source": {"type": "vm", "vmId": "x"}, "destination": {"type": "vcloud", "vdc": "y"}}
    assert [known(bodies.START, body, version) for version in ("4.2", "4.3", "4.7")] == [False, True, True]
