# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drill whose tests would meet production is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.networks import problem_of_networks


def nics(network: str) -> dict[str, Any]:
    return {"vm_network_settings": [{"vm": "db-1", "nics": [{"nic_index": 0, "network": network}]}]}


def mapped(**network: str) -> dict[str, Any]:
    return {"vapp_network_settings": {"network_mappings": [{"destination_org_vdc_network": network}]}}


@pytest.mark.parametrize(
    ("values", "shared"),
    [
        ({"recovery_test_options": nics("bubble"), "recovery_failover_options": nics("shop")}, ""),
        ({"recovery_test_options": nics("shop"), "recovery_failover_options": nics("shop")}, "shop"),
        ({"recovery_test_options": nics("shop"), "recovery_migrate_options": nics("shop")}, "shop"),
        ({"recovery_test_options": nics("lan"), "recovery_production_networks": ["lan"]}, "lan"),
        ({"recovery_test_options": mapped(id="n-1"), "recovery_failover_options": mapped(id="n-1")}, "n-1"),
        ({"recovery_test_options": mapped(name="a"), "recovery_failover_options": mapped(name="b")}, ""),
        ({"recovery_test_options": {}, "recovery_failover_options": nics("shop")}, ""),
        # What waves add counts like what is said for all of them.
        ({"recovery_waves": [{"test_options": nics("shop"), "failover_options": nics("shop")}]}, "shop"),
        ({"recovery_waves": [{"test_options": nics("shop")}], "recovery_failover_options": nics("shop")}, "shop"),
        ({"recovery_waves": [{"migrate_options": nics("shop")}], "recovery_test_options": nics("shop")}, "shop"),
        ({"recovery_waves": [{"test_options": nics("lan")}], "recovery_production_networks": ["lan"]}, "lan"),
        ({"recovery_waves": [{"test_options": mapped(id="n")}, {"failover_options": mapped(id="n")}]}, "n"),
        ({"recovery_waves": [{"test_options": nics("bubble")}, {"failover_options": nics("shop")}, "odd"]}, ""),
        ({"recovery_test_options": None, "recovery_failover_options": None}, ""),
        (
            {
                "recovery_test_options": nics("shop"),
                "recovery_failover_options": nics("shop"),
                "recovery_drill_allow_production_networks": True,
            },
            "",
        ),
    ],
)
def test_a_network_that_tests_share_is_refused(values: dict[str, Any], shared: str) -> None:
    problem = problem_of_networks(values)
    assert bool(problem) is bool(shared)
    assert f"connected to {shared}," in problem or not shared
