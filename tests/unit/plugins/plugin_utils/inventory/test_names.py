# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of hosts and groups: all different, harmless, and the same in whatever order the service lists."""

from __future__ import annotations

import fnmatch
import random
import re
import unicodedata
from typing import Any

import pytest
from ansible.inventory.manager import split_host_pattern
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.names import (
    GROUPINGS,
    constructed_group_name,
    group_names,
    host_names,
)
from ansible_collections.opendr.vcda.tests.unit.documents import vm_id

A, B, C = vm_id(1), vm_id(2), vm_id(3)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ([("db-1", A), ("web-1", B)], ["db-1", "web-1"]),
        ([("db-1", A), ("web-1", B), ("db-1", C)], [f"db-1_{A}", "web-1", f"db-1_{C}"]),
        ([("DB-1", A), ("db-1", B)], [f"DB-1_{A}", f"db-1_{B}"]),
        ([("db 1, old:copy", A)], ["db_1_old_copy"]),
        ([("a b", A), ("a:b", B)], [f"a_b_{A}", f"a_b_{B}"]),
        ([("web[1:3]", A), ("!web", B)], ["web_1_3_", "_web"]),
        ([("Büro", A), (unicodedata.normalize("NFD", "Büro"), B)], [f"Büro_{A}", f"Büro_{B}"]),
        ([("データベース", A), ("базы", B), ("हिन्दी", C)], ["データベース", "базы", "हिन्दी"]),
        ([("-e", A)], ["e"]),
        ([], []),
    ],
)
def test_names_stay_as_near_to_the_vm_as_they_can(wanted: list[tuple[str, str]], names: list[str]) -> None:
    assert host_names(wanted) == names


@pytest.mark.parametrize(
    "name",
    [
        *("all", "ungrouped", "localhost", "LocalHost", "127.0.0.1", "vcda", "VCDA", "vcda_state_complete", "Vcda_x"),
        *(".", "..", "...", ".hidden", "db-1.yml", "db-1.YAML", "x.json", "../../etc/passwd.json"),
        *("", " ", "\t", "!", "&", ",", "~", "@", "_", "-", "--", "🗄", "\x00", "\u202e", "\u200b", "\ud800"),
        *(f"db-1_{B}", f"db-1_{B.lower()}", f"db-1_C4VAPP-{B[3:]}"),
        *("x" * 101, "数" * 80, "x" * 255),
        *(
            signs + word
            for signs in ("-", "--", ".", "-.", " -")
            for word in ("all", "localhost", "LOCALHOST", "127.0.0.1", "vcda", "vcda_state_x", "ungrouped", "a.yml")
        ),
    ],
)
def test_a_name_that_means_something_else_is_followed_by_the_id(name: str) -> None:
    [found] = host_names([(name, A)])
    assert found.endswith(f"_{A}")
    assert is_harmless(found)


def test_a_vm_does_not_take_the_place_of_another_by_its_name_and_id() -> None:
    wanted = [("db-1", A), ("db-1", B), (f"db-1_{B}", C), ("app", vm_id(4))]
    assert host_names(wanted) == [f"db-1_{A}", f"db-1_{B}", f"db-1_{B}_{C}", "app"]


def test_what_is_taken_is_never_a_host() -> None:
    assert host_names([("web", A), ("db", B)], taken={"Web"}) == [f"web_{A}", "db"]
    assert len(set(host_names([("web", A)], taken={"web", f"web_{A}"}))) == 1


def is_harmless(name: str) -> bool:
    return (
        re.match(r"[\w.\-]", name) is not None
        and not name.startswith((".", "-"))
        and not any(is_hidden(character) or character in "\\/:;,&!~[]*?@{}()|'\" \t" for character in name)
        and split_host_pattern(name) == [name]  # type: ignore[no-untyped-call]
        and fnmatch.translate(name).count(".*") == 0
        and len(name.encode()) <= 200
        and name.lower() not in ("all", "ungrouped", "localhost", "127.0.0.1", "::1", "vcda")
        and not name.lower().endswith((".yml", ".yaml", ".json"))
    )


IDS = [vm_id(number) for number in range(12)]
LIKE = st.sampled_from(
    [
        "db-1",
        "DB-1",
        "db 1",
        "db_1",
        "db-1_" + IDS[0],
        "db-1_" + IDS[1],
        "db-1_" + IDS[0] + "_" + IDS[1],
        "",
        "-localhost",
        "-vcda",
        "..",
        "vcda",
    ]
)
NAMES = st.one_of(LIKE, st.text(max_size=120), st.text("ab-_ .\u0301", max_size=4))


@given(st.lists(NAMES, max_size=12), st.lists(NAMES, max_size=5), st.randoms(use_true_random=False))
def test_every_replication_is_exactly_one_harmless_host(
    names: list[str], groups: list[str], shuffled: random.Random
) -> None:
    wanted = list(zip(names, IDS, strict=False))
    found = dict(zip([identity for _name, identity in wanted], host_names(wanted, groups), strict=True))
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in found.values()}) == len(wanted)
    assert all(map(is_harmless, found.values()))
    assert not set(found.values()) & set(groups)
    shuffled.shuffle(wanted)
    again = host_names(wanted, groups)
    assert dict(zip([identity for _name, identity in wanted], again, strict=True)) == found


@given(
    st.lists(
        st.tuples(st.text(max_size=6), st.sampled_from(["a", "A", "{{ 1 }}", "b_c", "../x", "x" * 70])), max_size=8
    )
)
def test_ids_of_any_form_give_different_hosts(wanted: list[tuple[str, str]]) -> None:
    unique = list({identity: (name, identity) for name, identity in wanted}.values())
    found = host_names(unique)
    assert len(set(found)) == len(unique)
    assert all(map(is_harmless, found))


def host(**variables: Any) -> dict[str, Any]:
    return {
        "recovery_state": "NOT_STARTED",
        "source_site": "site-1",
        "destination_site": "site-2",
        "organization": "tenant-1",
        "vapp_name": "The Shop!",
        "overall_health": "YELLOW",
        **variables,
    }


def test_every_grouping_gives_a_group_with_a_safe_name() -> None:
    assert group_names([host()], list(GROUPINGS)) == [
        [
            "vcda_state_not_started",
            "vcda_source_site_1",
            "vcda_destination_site_2",
            "vcda_vapp_tenant_1_the_shop_",
            "vcda_organization_tenant_1",
            "vcda_health_yellow",
            "vcda_direction_site_1_to_site_2",
        ]
    ]


def test_what_the_service_does_not_tell_makes_no_group() -> None:
    nothing = dict.fromkeys(host())
    assert group_names([nothing], list(GROUPINGS)) == [[]]
    assert group_names([{**nothing, "vapp_name": "shop"}], ["vapp"]) == [["vcda_vapp_shop"]]


@pytest.mark.parametrize(
    ("grouping", "one", "other"),
    [
        ("vapp", {"vapp_name": "a b"}, {"vapp_name": "a-b"}),
        ("vapp", {"vapp_name": "shop"}, {"vapp_name": "SHOP"}),
        ("vapp", {"organization": "a", "vapp_name": "b_c"}, {"organization": "a_b", "vapp_name": "c"}),
        ("vapp", {"organization": "a", "vapp_name": "x"}, {"organization": "b", "vapp_name": "x"}),
        ("organization", {"organization": "a_b"}, {"organization": "a-b"}),
        ("organization", {"organization": "🗄"}, {"organization": "🗃"}),
        ("organization", {"organization": "Büro"}, {"organization": unicodedata.normalize("NFD", "Büro")}),
        ("organization", {"organization": "x" * 200 + "a"}, {"organization": "x" * 200 + "b"}),
        (
            "direction",
            {"source_site": "a to b", "destination_site": "c"},
            {"source_site": "a", "destination_site": "b to c"},
        ),
        ("source_site", {"source_site": "東京"}, {"source_site": "大阪"}),
        ("recovery_state", {"recovery_state": "A\u202e"}, {"recovery_state": "A\u202d"}),
    ],
)
def test_groups_of_different_things_are_different(grouping: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    [[first], [second], [third]] = group_names([host(**one), host(**other), host(**one)], [grouping])
    assert first != second
    assert first == third
    assert len(first.encode()) < 200


@given(st.lists(st.tuples(st.text(max_size=5), st.text("aA-_ .b", max_size=5)), max_size=8))
def test_no_group_holds_the_vapps_of_two_organizations(pairs: list[tuple[str, str]]) -> None:
    hosts = [host(organization=organization, vapp_name=vapp) for organization, vapp in pairs]
    named: dict[str, set[tuple[str, str]]] = {}
    for pair, groups in zip(pairs, group_names(hosts, ["vapp", "organization"]), strict=True):
        for group in groups:
            key = pair if group.startswith("vcda_vapp_") else (pair[0], "")
            named.setdefault(group, set()).add(key)
            assert re.fullmatch(r"\w+", "".join(c for c in group if not unicodedata.combining(c))) or "_" in group
            assert not any(map(is_hidden, group))
    assert all(len(keys) == 1 for keys in named.values())


@pytest.mark.parametrize("name", ["tier_web", "tier_web-1", "os_RHEL 9".replace(" ", "."), "größe_x"])
def test_a_constructed_group_keeps_a_name_that_is_plain(name: str) -> None:
    assert constructed_group_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "vcda",
        "all",
        "ungrouped",
        "vcda_vapp_x",
        "vcda_state_y",
        "tier_a b",
        "tier_a:b",
        "tier_\x1bc",
        "tier_{{ x }}",
        "!x",
        "x" * 200,
    ],
)
def test_a_constructed_group_never_means_something_else(name: str) -> None:
    found = constructed_group_name(name)
    assert found != name
    assert is_harmless(found.lstrip("_") or "x")
    assert found != constructed_group_name(name + " ")
