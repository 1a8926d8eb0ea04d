# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How what is set up for a recovery compares with what is wished, and what is sent to make it so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.settings.prepared_recovery import (
    check_prepared,
    is_met,
    merged,
    secrets_of,
    shown_of,
    wished_guests,
    wished_networks,
)

NIC = {"nicIndex": 0, "network": "app"}
VMS = [{"id": "C4-1", "vmId": "1", "vmName": "db"}, {"id": "C4-2", "vmId": "2", "vmName": "web"}]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "adminPassword"]), inner, max_size=3),
    max_leaves=8,
)
NICS = st.lists(
    st.fixed_dictionaries({"nicIndex": st.integers(0, 4)}, optional={"network": st.sampled_from(["a", "b"])}),
    unique_by=lambda nic: nic["nicIndex"],
    max_size=4,
)


@pytest.mark.parametrize(
    ("current", "wish", "met"),
    [
        (None, {}, True),
        (None, {"a": {}}, True),
        (None, {"a": 1}, False),
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"adminPassword": "x"}, {"adminPassword": "y"}, True),
        ({"nics": [{**NIC, "isConnected": True}, {"nicIndex": 1}]}, {"nics": [NIC]}, True),
        ({"nics": [{"nicIndex": 1, "network": "app"}]}, {"nics": [NIC]}, False),
        ({"nics": None}, {"nics": [NIC]}, False),
        ({"networkMappings": [{"x": 1, "id": 1}, {"x": 2}]}, {"networkMappings": [{"x": 2}, {"x": 1}]}, True),
        ({"networkMappings": [{"x": 1}, {"x": 2}]}, {"networkMappings": [{"x": 1}]}, False),
        ({"networkMappings": [{"x": 1}]}, {"networkMappings": [{"x": 1}, {"x": 1}]}, False),
        ({"macAddress": "00-50-56-aa-00-01"}, {"macAddress": "00:50:56:AA:00:01"}, True),
        ({"macAddress": None}, {"macAddress": "00:50:56:AA:00:01"}, False),
    ],
)
def test_what_is_wished_is_compared_and_nothing_else(current: Any, wish: Any, met: bool) -> None:
    assert is_met(current, wish) is met


@given(VALUES, VALUES)
def test_what_was_merged_is_met(current: Any, wish: Any) -> None:
    assert is_met(merged(current, wish), wish)


@given(NICS, NICS)
def test_nics_that_are_not_named_stay(current: list[Any], wish: list[Any]) -> None:
    after = {nic["nicIndex"]: nic for nic in merged({"nics": current}, {"nics": wish})["nics"]}
    assert is_met({"nics": list(after.values())}, {"nics": wish})
    named = {nic["nicIndex"] for nic in wish}
    for nic in current:
        assert nic["nicIndex"] in named or after[nic["nicIndex"]] == nic


@given(VALUES, VALUES)
def test_no_secret_is_shown(current: Any, wish: Any) -> None:
    assert "adminPassword" not in str(shown_of(current, wish if isinstance(wish, dict) else {}))


@pytest.mark.parametrize("mask", ["*", "********"])
def test_a_mask_is_not_sent_back(mask: str) -> None:
    current = {"failoverSettings": {"adminPassword": mask, "enabled": True}}
    assert merged(current, {"failoverTestSettings": {"enabled": True}}) == {
        "failoverSettings": {"enabled": True},
        "failoverTestSettings": {"enabled": True},
    }


def test_a_secret_that_is_shown_is_sent_back() -> None:
    current = {"failoverSettings": {"adminPassword": "known"}}
    assert merged(current, {"failoverTestSettings": {"enabled": True}})["failoverSettings"] == {
        "adminPassword": "known"
    }


def test_entries_by_vm() -> None:
    params = {"guest_customization": {"failover": [{"vm": "db", "enabled": True}, {"vm": None, "enabled": False}]}}
    assert wished_guests("vapp", params, (4, 5), VMS) == {
        "vmGuestCustomizationSettings": {
            "1": {"failoverSettings": {"enabled": True}},
            "2": {"failoverSettings": {"enabled": False}},
        }
    }
    assert wished_guests("vm", params, (4, 5), VMS[:1]) == {"failoverSettings": {"enabled": True}}
    assert (
        wished_guests(
            "vm", {"guest_customization": {"failover": params["guest_customization"]["failover"][:1]}}, (4, 5), VMS[1:]
        )
        == {}
    )


@pytest.mark.parametrize(
    ("wished", "params", "version"),
    [
        (wished_guests, {"guest_customization": {"test": [{"enabled": True}]}}, (4, 4)),
        (wished_guests, {"guest_customization": {"test": [{"resolution_type": "EXPLICIT"}]}}, (4, 6)),
        (wished_networks, {"network_settings": {"test": {"vm_network_settings": [{"computer_name": "a"}]}}}, (4, 5)),
        (wished_networks, {"network_settings": {"test": {"vapp_network_settings": {"resolution_type": "a"}}}}, None),
    ],
)
def test_what_the_version_does_not_know_is_refused(wished: Any, params: Any, version: Any) -> None:
    with pytest.raises(VcdaError) as caught:
        wished("vapp", params, version, [])
    assert caught.value.code == "OPTION_NOT_IN_API_VERSION"
    assert "test" in str(caught.value)


@pytest.mark.parametrize("secret", ["admin_password", "domain_user_password", "customization_script"])
def test_secrets(secret: str) -> None:
    params: dict[str, Any] = {"guest_customization": {"failover": [{secret: "hidden", "vm": "db"}], "test": None}}
    assert secrets_of(params) == ["hidden"]
    with pytest.raises(VcdaError, match=r"guest_customization\.failover"):
        check_prepared(params)
    check_prepared({**params, "update_secrets": True})
