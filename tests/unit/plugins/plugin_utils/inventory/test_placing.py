# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each replication gets a name that no other host and no group has, also if groups are built of the names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.placing import Placed, placed


def vm(number: int, name: str) -> dict[str, Any]:
    return {"vm_replication_id": f"C4-{number}", "vm_name": name}


def names(
    *vms: dict[str, Any],
    hosts: dict[str, dict[str, Any]] | None = None,
    groups: Collection[str] = (),
    constructed: Any = lambda _hosts: (),
) -> list[str]:
    found = [(one, ["group"]) for one in vms]
    result = placed(found, lambda one: str(one["vm_name"]), hosts or {}, groups, constructed)
    assert [(host.variables, host.groups) for host in result] == found
    return [host.name for host in result]


def test_a_name_that_is_free_is_taken() -> None:
    assert names(vm(1, "db-1"), vm(2, "web-1")) == ["db-1", "web-1"]


def test_a_name_that_is_taken_gets_the_id() -> None:
    vms = vm(1, "db-1"), vm(2, "web-1"), vm(3, "db-2"), vm(4, "DB-2")
    taken = names(*vms, hosts={"db-1": {}}, groups=["web-1"])
    assert taken == ["db-1_C4-1", "web-1_C4-2", "db-2_C4-3", "DB-2_C4-4"]


def test_a_host_of_another_source_is_used_again() -> None:
    hosts = {"other": {"vm_replication_id": "C4-1"}, "db-2": {"vapp_replication_id": "C4-9"}}
    assert names(vm(1, "db-1"), vm(2, "db-2"), hosts=hosts) == ["other", "db-2_C4-2"]


def test_a_group_that_is_built_of_hosts_keeps_its_name() -> None:
    asked: list[list[str]] = []

    def constructed(hosts: Sequence[Placed]) -> set[str]:
        asked.append([host.name for host in hosts])
        return {str(host.variables["vm_name"])[:2] for host in hosts}

    assert names(vm(1, "db"), vm(2, "db-2"), constructed=constructed) == ["db_C4-1", "db-2"]
    assert asked == [["db", "db-2"], ["db_C4-1", "db-2"]]


def test_groups_that_always_have_the_names_of_hosts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"same names: db-1_C4-1.* Give the keyed_groups a prefix"):
        names(vm(1, "db-1"), constructed=lambda hosts: {host.name for host in hosts})
