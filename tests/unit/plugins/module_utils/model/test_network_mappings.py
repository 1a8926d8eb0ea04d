# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What network settings say, and what a reverse carries over of them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.model.network_mappings import (
    destinations_of,
    is_set,
    lost_by_rule,
    lost_in_reverse,
    mappings_of,
)

HERE, THERE, OTHER = ({"id": f"id-{name}", "name": name} for name in ("here", "there", "other"))
VMS = {"vm-1": "vm-9"}


def mapping(source: Any, destination: Any) -> dict[str, Any]:
    if isinstance(source, str):
        return {"sourceNetworkName": source, "sourceOrgVdcNetwork": None, "destinationOrgVdcNetwork": destination}
    return {"sourceNetworkName": None, "sourceOrgVdcNetwork": source, "destinationOrgVdcNetwork": destination}


def half(*mappings: dict[str, Any], nics: dict[int, str | None] | None = None, vm: str = "") -> dict[str, Any]:
    settings = {"nics": [{"nicIndex": index, "network": network} for index, network in (nics or {}).items()]}
    return {
        "vAppNetworkSettings": {"networkMappings": list(mappings)},
        "vmNetworkSettings": {vm: settings} if vm else settings,
    }


def both(failover: Any, test: Any = None) -> dict[str, Any]:
    return {"failoverSettings": failover, "failoverTestSettings": test}


INVERTED = half(mapping(THERE, HERE))


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (both(half(mapping(HERE, THERE))), both(INVERTED), []),
        (both(half(mapping("here", THERE))), both(INVERTED), []),
        (both(half(mapping(HERE, THERE))), both(half(mapping("there", HERE))), []),
        (both(half(mapping(HERE, {"id": "id-there", "name": "old name"}))), both(INVERTED), []),
        (
            both(half(mapping(HERE, {"id": "id-there"}))),
            both(half(mapping("there", HERE))),
            ["failover: here -> id-there"],
        ),
        (both(half(mapping(HERE, THERE))), both(half(mapping(HERE, THERE))), ["failover: here -> there"]),
        (both(half(mapping(HERE, THERE))), both(half(mapping(THERE, None))), ["failover: here -> there"]),
        (both(half(mapping(HERE, THERE))), both(half(mapping(THERE, OTHER))), ["failover: here -> there"]),
        (both(half(mapping(HERE, THERE))), both(None), ["failover: here -> there"]),
        (both(half(mapping(HERE, THERE))), {}, ["failover: here -> there"]),
        (both(half(mapping(None, THERE))), both(INVERTED), ["failover: any -> there"]),
        (both(half(mapping(HERE, None))), both(None), []),
        (both(None, half(mapping(HERE, OTHER))), both(None, half(mapping(THERE, OTHER))), []),
        (both(None, half(mapping(HERE, OTHER))), both(None, half(mapping(THERE, None))), ["test: here -> other"]),
        (both(half(mapping(HERE, THERE)), half(mapping(HERE, OTHER))), both(INVERTED, INVERTED), []),
        (
            both(half(mapping(HERE, THERE)), half(mapping(HERE, OTHER))),
            both(INVERTED, half(mapping(HERE, OTHER))),
            ["test: here -> other"],
        ),
        (both(half(nics={0: "there"})), both(half(nics={0: "here"})), []),
        (both(half(nics={0: "there", 1: None})), both(half(nics={0: None, 1: None})), ["failover: NIC 0 in there"]),
        (both(half(nics={0: "there"}, vm="vm-1")), both(half(nics={0: "here"}, vm="vm-9")), []),
        (both(half(nics={0: "there"}, vm="vm-1")), both(half(nics={0: "here"}, vm="vm-1")), []),
        (both(half(nics={0: "there"}, vm="vm-1")), both(half(vm="vm-9")), ["failover: NIC 0 in there"]),
        (both(half(nics={0: "there"}, vm="vm-2")), both(None), []),
        (both(None), both(None), []),
        ({}, {}, []),
        ({"failoverSettings": "text", "failoverTestSettings": {"vAppNetworkSettings": [1]}}, both(None), []),
    ],
)
def test_lost_in_reverse(before: dict[str, Any], after: dict[str, Any], lost: list[str]) -> None:
    assert [one.label for one in lost_in_reverse(before, after, VMS)] == lost


def test_a_loss_as_results_show_it() -> None:
    before = both(half(mapping(HERE, THERE), nics={2: "there"}))
    assert [one.as_dict() for one in lost_in_reverse(before, {}, VMS)] == [
        {
            "settings": "failover",
            "source_network": "here",
            "destination_network": "there",
            "vm_id": None,
            "nic_index": None,
        },
        {
            "settings": "failover",
            "source_network": None,
            "destination_network": "there",
            "vm_id": "vm-1",
            "nic_index": 2,
        },
    ]


@pytest.mark.parametrize(
    ("mappings", "lost"),
    [
        ([mapping(HERE, THERE)], []),
        ([mapping(HERE, THERE), mapping(THERE, OTHER)], []),
        ([mapping(HERE, THERE), mapping(OTHER, THERE)], ["failover: here -> there", "failover: other -> there"]),
        ([mapping(None, THERE)], ["failover: any -> there"]),
        ([mapping(HERE, None)], []),
    ],
)
def test_what_is_documented_to_be_lost(mappings: list[dict[str, Any]], lost: list[str]) -> None:
    assert [one.label for one in lost_by_rule(both(half(*mappings)))] == lost


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, False),
        (half(), False),
        (half(mapping(HERE, None)), False),
        (half(mapping(HERE, THERE)), True),
        (half(nics={0: None}), False),
        (half(nics={0: "there"}), True),
        (half(nics={0: "there"}, vm="vm-1"), True),
        (half(nics={0: "there"}, vm="vm-2"), False),
        ({"vmNetworkSettings": {"nics": [{"nicIndex": 0, "isConnected": False}]}}, True),
        ({"vmNetworkSettings": {"copySourceNicSettings": True}}, True),
        ({"vAppNetworkSettings": {"copySourceNetworks": True}, "vmNetworkSettings": None}, True),
        ({"vAppNetworkSettings": {"bridgeOrgVdcNetworks": [THERE]}}, True),
        ({"vAppNetworkSettings": None, "vmNetworkSettings": "text"}, False),
    ],
)
def test_is_set(settings: dict[str, Any], expected: bool) -> None:
    assert is_set(settings, "vm-1") is expected


def test_what_settings_name() -> None:
    settings = half(mapping("here", THERE), mapping(HERE, None), {"sourceOrgVdcNetwork": 1})
    settings["vAppNetworkSettings"]["bridgeOrgVdcNetworks"] = [OTHER, {"id": None, "name": ""}]
    assert [one.source.label if one.source else None for one in mappings_of(settings)] == ["here", "here", None]
    assert [one.label for one in destinations_of(settings)] == ["other", "there"]
