# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""To which networks settings connect a VM, and which of them a test shares with recovered or production VMs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.isolation import (
    Connection,
    connection_of,
    shared_networks,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.network_mappings import Network

UUID = "0a1b2c3d-0123-4567-89ab-0123456789AB"
URN = f"urn:vcloud:network:{UUID.lower()}"


def mapped(*pairs: tuple[str | None, Any], **more: Any) -> dict[str, Any]:
    mappings = [{"sourceNetworkName": source, "destinationOrgVdcNetwork": one} for source, one in pairs]
    return {"vAppNetworkSettings": {"networkMappings": mappings, **more}}


def bridged(*networks: dict[str, Any]) -> dict[str, Any]:
    return {"vAppNetworkSettings": {"bridgeOrgVdcNetworks": list(networks)}}


def nics(*networks: Any, **more: Any) -> dict[str, Any]:
    return {
        "vmNetworkSettings": {
            "nics": [{"nicIndex": index, "network": one, **more} for index, one in enumerate(networks)]
        }
    }


def labels(halves: list[dict[str, Any]], vm_id: str | None = "vm-1") -> list[str]:
    return [network.label for network in connection_of(halves, vm_id).reached]


@pytest.mark.parametrize(
    ("halves", "reached"),
    [
        ([], []),
        ([{}], []),
        ([{"vAppNetworkSettings": None, "vmNetworkSettings": None}], []),
        ([{"vAppNetworkSettings": "?", "vmNetworkSettings": ["?"]}], []),
        ([bridged({"name": "lan"}, {"id": UUID})], ["lan", UUID]),
        ([mapped(("a", {"name": "lan"}), ("b", None))], ["lan"]),
        ([nics("lan", "dmz", "lan-3")], ["lan", "dmz", "lan-3"]),
        ([nics("lan", None, "none")], ["lan"]),
        ([nics("lan", isConnected=False)], []),
        ([nics({"id": None, "name": "lan"})], ["lan"]),
        # A vApp has the NICs of each VM under its id.
        (
            [{"vmNetworkSettings": {"vm-1": nics("lan")["vmNetworkSettings"], "vm-2": {"nics": [{"network": "x"}]}}}],
            ["lan"],
        ),
        # The settings of the vApp, and those of the VM.
        ([bridged({"name": "lan"}), nics("dmz")], ["lan", "dmz"]),
        # A NIC in a mapped network reaches the one to which that is mapped, or none.
        ([{**mapped(("lan", {"name": "bubble"})), **nics("lan")}], ["bubble", "bubble"]),
        ([{**mapped(("lan", None)), **nics("lan")}], []),
        # A copy of a source network is a network of the vApp alone.
        (
            [{**mapped(("lan", {"name": "bubble"}), copySourceNetworks=True), **nics("lan", "inner")}],
            ["bubble", "bubble"],
        ),
        ([{**mapped(copySourceNetworks=False), **nics("lan")}], ["lan"]),
    ],
)
def test_what_settings_reach(halves: list[dict[str, Any]], reached: list[str]) -> None:
    assert labels(halves) == reached
    stored = connection_of(halves, "vm-1")
    shown = json.loads(json.dumps(stored.as_dict()))
    assert Connection.from_dict(shown) == stored


@pytest.mark.parametrize(
    ("tested", "others", "names", "shared"),
    [
        ([Network(None, "lan")], [Network(None, "lan")], [], ["lan"]),
        ([Network(None, "lan")], [Network(None, "LAN")], [], []),
        ([Network(None, "bubble")], [Network(None, "lan")], ["dmz"], []),
        ([Network("1", "lan")], [Network("2", "lan")], [], []),
        ([Network("1", "lan")], [Network("1", "renamed")], [], ["lan"]),
        ([Network("1", "lan")], [Network(None, "lan")], [], ["lan"]),
        ([Network(URN, "lan")], [Network(UUID, None)], [], ["lan"]),
        ([Network(URN, None)], [], [UUID], [URN]),
        ([Network(None, UUID)], [Network(URN, "lan")], [], [UUID]),
        ([Network("1", "lan")], [], ["lan"], ["lan"]),
        ([Network("1", "lan"), Network(None, "dmz"), Network("1", "lan")], [], ["lan", "dmz"], ["lan", "dmz"]),
        ([Network("1", None)], [Network(None, "")], [""], []),
        ([], [Network("1", "lan")], ["lan"], []),
    ],
)
def test_what_tests_share(tested: list[Network], others: list[Network], names: list[str], shared: list[str]) -> None:
    assert shared_networks(tested, others, names) == shared


@pytest.mark.parametrize(
    ("stored", "given", "reached"),
    [
        ([nics("lan")], [], ["lan"]),
        ([nics("lan")], [nics("bubble")], ["bubble"]),
        # NIC 1 is not in what is given, so what is stored for it may still count.
        ([nics("lan", "dmz")], [nics("bubble")], ["dmz", "bubble"]),
        ([nics("lan")], [nics("lan", isConnected=False)], []),
        ([{**bridged({"name": "lan"}), **nics("lan")}], [nics("bubble")], ["bubble"]),
        ([{**bridged({"name": "lan"}), **nics("lan")}], [bridged({"name": "bubble"})], ["bubble", "lan"]),
        ([bridged({"name": "lan"})], [bridged({"name": "bubble"})], ["bubble"]),
        ([mapped(("a", {"name": "lan"}))], [mapped(("a", {"name": "bubble"}))], ["bubble"]),
        # With copies the NICs name these, and the mappings say what they reach.
        ([mapped(("a", {"name": "lan"}), copySourceNetworks=True)], [nics("a")], ["lan"]),
        (
            [mapped(("a", {"name": "lan"}), copySourceNetworks=True)],
            [{**bridged({"name": "b"}), **nics("b")}],
            ["b", "b"],
        ),
    ],
)
def test_what_a_test_is_given_instead(
    stored: list[dict[str, Any]], given: list[dict[str, Any]], reached: list[str]
) -> None:
    has_vapp = any("vAppNetworkSettings" in half for half in given)
    after = connection_of(stored, "vm-1").overridden(connection_of(given, None), has_vapp=has_vapp)
    assert [network.label for network in after.reached] == reached
