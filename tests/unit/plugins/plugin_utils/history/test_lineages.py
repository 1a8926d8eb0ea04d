# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports in any order: what belongs to one VM comes together, and what does not stays apart."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.history.accounts import Passage, Sighting
from ansible_collections.opendr.vcda.plugins.plugin_utils.history.lineages import Lineages, passages


def sighting(*ids: str, name: str = "db-1", **changes: Any) -> Sighting:
    base: dict[str, Any] = {
        "ids": ids,
        "name": name,
        "organization": "",
        "runs_at": "site-1",
        "replicates_to": "site-2",
        "protected": True,
        "passages": {},
        "failed": "",
    }
    return Sighting(**{**base, **changes})


def passed(kind: str, at: float) -> dict[str, Passage]:
    return {kind: Passage(at, 30.0, "site-2", None, "file")}


CHAIN = [
    (sighting("C4-1", passages=passed("drill", 1.0)), 1.0),
    (sighting("C4-2", "C4-1", passages=passed("reverse", 2.0), runs_at="site-2"), 2.0),
    (sighting("C4-3", "C4-2", passages=passed("failback", 3.0), name="db-1-renamed"), 3.0),
    (sighting("C4-4", "C4-3", protected=None, failed="reverse"), 4.0),
]


@pytest.mark.parametrize("order", list(permutations(range(len(CHAIN)))))
def test_reverses_that_change_the_id_make_one_vm(order: tuple[int, ...]) -> None:
    lineages = Lineages()
    for number in order:
        lineages.take(*CHAIN[number], file=f"{number}.json")
    [vm] = lineages.all()
    assert vm.ids == {"C4-1", "C4-2", "C4-3", "C4-4"}
    assert [(kind, one.at) for kind, one in passages(vm)] == [("drill", 1.0), ("reverse", 2.0), ("failback", 3.0)]
    assert (vm.newest.name, vm.newest.protected, vm.seen_at) == ("db-1-renamed", True, 3.0)
    assert vm.failed == (4.0, "reverse", "3.json")


def test_vms_of_one_name_stay_apart() -> None:
    lineages = Lineages()
    lineages.take(sighting("C4-1"), 1.0, "file")
    lineages.take(sighting("C4-2"), 1.0, "file")
    assert len(lineages.all()) == 2


@pytest.mark.parametrize(
    ("others", "organization", "vms"),
    [
        ([sighting("C4-1")], "", 1),
        ([sighting("C4-1", organization="a"), sighting("C4-2", organization="b")], "a", 2),
        ([sighting("C4-1", organization="a")], "b", 2),
        ([sighting("C4-1"), sighting("C4-2")], "", 3),
        ([sighting("C4-1", name="web-1")], "", 2),
        ([], "", 1),
    ],
)
def test_a_vm_without_an_id_is_the_only_other_of_its_name(others: list[Sighting], organization: str, vms: int) -> None:
    lineages = Lineages()
    for other in others:
        lineages.take(other, 1.0, "file")
    lineages.take(sighting(organization=organization, protected=None, failed="select"), 2.0, "file")
    found = lineages.all()
    assert len(found) == vms
    assert [vm.failed for vm in found].count((2.0, "select", "file")) == 1


def test_a_newer_report_without_organization_keeps_that_of_the_older() -> None:
    lineages = Lineages()
    lineages.take(sighting("C4-1", organization="tenant-1"), 1.0, "file")
    lineages.take(sighting("C4-1"), 2.0, "file")
    [vm] = lineages.all()
    assert vm.newest.organization == "tenant-1"
