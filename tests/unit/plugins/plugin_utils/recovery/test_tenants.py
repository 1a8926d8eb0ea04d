# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants are a selection, "all" is of one tenant or of those that were named, and namesakes are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    run,
    select,
    settings,
    vm_id,
)


def of(number: int, tenant: str, name: str = "vm-01", **changes: Any) -> dict[str, Any]:
    return document(number, name, owner=f"{tenant}@site-1", **changes)


ESTATE = [of(1, "acme"), of(2, "acme", "web"), of(3, "globex"), of(4, "initech"), of(5, "initech", "db")]


def chosen(**changes: Any) -> dict[str, Any]:
    return select(ESTATE, settings(**changes))


def ids(found: dict[str, Any]) -> list[int]:
    return sorted(int(vm["id"][-4:]) for vm in found["vms"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"organizations": ["acme"]}, [1, 2]),
        ({"organizations": "acme, globex"}, [1, 2, 3]),
        ({"organizations": ["acme"], "all": True}, [1, 2]),
        ({"owner": "initech@site-1"}, [4, 5]),
        ({"owner": "initech@site-1", "organizations": ["initech"]}, [4, 5]),
        ({"all": True, "all_organizations": True}, [1, 2, 3, 4, 5]),
        ({"vm_names": ["vm-01"], "organizations": ["globex"]}, [3]),
        ({"vm_names": ["vm-01"], "owner": "initech@site-1"}, [4]),
        ({"waves": [{"name": "one", "vm_names": ["vm-01"]}], "organizations": ["acme"]}, [1]),
        ({"waves": [{"name": "one", "remaining": True}], "organizations": ["acme"]}, [1, 2]),
    ],
)
def test_a_tenant_selects_alone_and_narrows_what_is_named(changes: dict[str, Any], expected: list[int]) -> None:
    found = chosen(**changes)
    assert (ids(found), found["problem"]) == (expected, "")
    assert not any(vm["error"] for vm in found["vms"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"all": True}, ["3 organizations", "acme, globex, initech", "recovery_all_organizations: true"]),
        ({"organizations": ["acmee"]}, ["organization acmee", "acme, globex, initech"]),
        ({"organizations": ["acme", "hooli"]}, ["organization hooli"]),
        ({"owner": "acme@site-2"}, ["recovery_owner", "acme@site-2", "acme@site-1"]),
    ],
)
def test_all_of_nobody_in_particular_and_unknown_tenants_are_refused(changes: dict[str, Any], words: list[str]) -> None:
    found = chosen(**changes)
    assert found["vms"] == []
    assert all(word in found["problem"] for word in words)


ACME, GLOBEX = ({"name": name, "organizations": [name]} for name in ("acme", "globex"))
BY_NAME = [{**wave, "vm_names": ["vm-01"]} for wave in (ACME, GLOBEX)]


@pytest.mark.parametrize(
    ("waves", "more", "expected"),
    [
        ([ACME, GLOBEX], {}, {1: "acme", 2: "acme", 3: "globex"}),
        # Each tenant has a vm-01.
        (BY_NAME, {}, {1: "acme", 3: "globex"}),
        ([{**ACME, "vm_names": ["web"]}, {"name": "rest", "organizations": ["acme"]}], {}, {1: "rest", 2: "acme"}),
        ([{"name": "own", "owner": "initech@site-1"}], {}, {4: "own", 5: "own"}),
        ([{"name": "both", "organizations": ["acme", "globex"]}], {}, {1: "both", 2: "both", 3: "both"}),
        ([{"name": "db", "vm_names": ["db"]}, GLOBEX], {}, {5: "db", 3: "globex"}),
        # Where something else selects, the waves only give an order.
        (
            [ACME, {"name": "rest", "remaining": True}],
            {"all": True, "all_organizations": True},
            {1: "acme", 2: "acme", 3: "rest", 4: "rest", 5: "rest"},
        ),
        (
            [{**ACME, "vm_names": ["vm-01"]}, {"name": "rest", "remaining": True}],
            {"organizations": ["acme"]},
            {1: "acme", 2: "rest"},
        ),
    ],
    ids=str,
)
def test_a_wave_can_name_tenants(waves: list[dict[str, Any]], more: dict[str, Any], expected: dict[int, str]) -> None:
    found = chosen(waves=waves, **more)
    assert found["problem"] == ""
    assert {int(vm["id"][-4:]): vm["wave"] for vm in found["vms"]} == expected
    assert not any(vm["error"] for vm in found["vms"])


@pytest.mark.parametrize(
    ("waves", "codes"),
    [
        ([{**ACME, "vm_names": ["db"]}, GLOBEX], ["NOT_SELECTED", None]),
        ([{**ACME, "vm_names": ["db"]}, {**GLOBEX, "vm_names": ["db"]}], ["NOT_SELECTED", "NOT_SELECTED"]),
        ([ACME, {"name": "again", "organizations": ["acme", "globex"]}], ["IN_TWO_WAVES", "IN_TWO_WAVES", None]),
        ([ACME, {"name": "unscoped", "vm_names": ["vm-01"]}], [None, None, "AMBIGUOUS_NAME"]),
    ],
    ids=str,
)
def test_what_tenants_in_waves_leave_unclear_is_refused(waves: list[dict[str, Any]], codes: list[str | None]) -> None:
    found = chosen(waves=waves)
    assert found["problem"] == ""
    assert sorted(str((vm["error"] or {}).get("code")) for vm in found["vms"]) == sorted(map(str, codes))


@pytest.mark.parametrize(
    ("wave", "words"),
    [
        ({"name": "hooli", "organizations": ["hooli"]}, "of organization hooli was found for wave 'hooli'"),
        ({"name": "two", "organizations": ["acme", "hooli"]}, "of organization hooli was found for wave 'two'"),
        ({"name": "own", "owner": "acme@site-9"}, "of owner acme@site-9 was found for wave 'own'"),
    ],
    ids=str,
)
def test_a_wave_of_a_tenant_that_has_nothing_is_refused(wave: dict[str, Any], words: str) -> None:
    assert words in chosen(waves=[wave])["problem"]


def test_the_same_name_in_waves_that_share_a_tenant_is_refused() -> None:
    waves = [*BY_NAME, {"name": "more", "organizations": ["globex"], "vm_names": ["vm-01"]}]
    assert "vm-01 is in more than one wave" in FILTERS["waves"](settings(waves=waves))["problem"]


def test_all_needs_no_tenant_where_the_session_sees_only_one() -> None:
    assert select(ESTATE[:2], settings(all=True))["problem"] == ""
    # What leads elsewhere is not in question.
    assert select([*ESTATE[:2], of(6, "globex", destination="site-3")], settings(all=True))["problem"] == ""


@pytest.mark.parametrize(
    ("facts", "organization"),
    [
        ({"owner": "acme@site-1"}, "acme"),
        ({"owner": "System@site-1", "source": {"site": "site-1", "org": "acme"}}, "acme"),
        ({"owner": "System@site-1", "destination": {"site": "site-2", "org": "acme"}}, "acme"),
        ({"owner": None, "source": {"site": "site-1", "org": "acme"}}, "acme"),
        ({"owner": "System@site-1"}, "System"),
        ({"owner": None}, None),
        ({"owner": "System@site-1", "source": {"site": "site-1", "org": "System"}}, "System"),
    ],
)
def test_what_a_provider_owns_is_of_the_tenant_whose_workload_it_is(facts: dict[str, Any], organization: str) -> None:
    one = {**document(1), **facts}
    [record] = select([one], settings(vm_replication_ids=[vm_id(1)]))["vms"]
    assert record["organization"] == organization


def test_an_ambiguous_name_lists_all_that_it_may_mean() -> None:
    [record] = chosen(vm_names=["vm-01"])["vms"]
    message, hint = record["error"]["message"], record["error"]["hint"]
    assert record["error"]["code"] == "AMBIGUOUS_NAME"
    assert all(word in message for word in ("acme@site-1", "globex@site-1", "initech@site-1", vm_id(3), vm_id(4)))
    assert "recovery_organizations" in hint
    assert "recovery_owner" in hint


def test_a_name_of_another_tenant_is_not_found_and_the_message_says_where() -> None:
    [record] = chosen(vm_names=["db"], organizations=["acme"])["vms"]
    assert (
        record["error"]["message"]
        == "No VM replication db of organization acme was found between the sites in question."
    )


def test_a_wave_does_not_take_two_vms_by_one_name() -> None:
    waves = [{"name": "data", "vm_names": ["vm-01"]}, {"name": "rest", "remaining": True}]
    found = chosen(all=True, all_organizations=True, waves=waves)["vms"]
    refused = [vm for vm in found if vm["error"]]
    assert {vm["vm_name"] for vm in refused} == {"vm-01"}
    assert {vm["error"]["code"] for vm in refused} == {"AMBIGUOUS_NAME"}
    assert all(identity in refused[0]["error"]["message"] for identity in (vm_id(1), vm_id(3), vm_id(4)))
    narrowed = chosen(organizations=["acme"], waves=waves)["vms"]
    assert [vm["error"] for vm in narrowed] == [None, None]


def test_a_check_does_not_speak_for_two_vms_of_one_name() -> None:
    both = {"organizations": ["acme", "globex"], "checks": [{"vm_name": "vm-01", "url": "https://shop.test"}]}
    problem = chosen(**both)["problem"]
    assert "vm-01 (acme)" in problem
    assert "vm-01 (globex)" in problem
    by_id = {**both, "checks": [{"vm_name": vm_id(1), "url": "https://shop.test"}]}
    assert chosen(**by_id)["problem"] == ""


def test_labels_say_no_more_than_it_takes() -> None:
    def labels(**changes: Any) -> list[str]:
        return sorted(vm["label"] for vm in chosen(**changes)["vms"])

    assert labels(organizations=["acme"]) == ["vm-01", "web"]
    assert labels(organizations=["acme", "globex"]) == ["vm-01 (acme)", "vm-01 (globex)", "web (acme)"]
    twice = select([of(1, "acme"), of(2, "acme")], settings(all=True))["vms"]
    assert [vm["label"] for vm in twice] == [f"vm-01 ({vm_id(1)})", f"vm-01 ({vm_id(2)})"]


def test_two_vms_of_one_name_are_told_apart_in_report_table_message_and_statistics() -> None:
    vms = chosen(organizations=["acme", "globex"], vm_replication_ids=[vm_id(1), vm_id(3)])["vms"]
    vms[1]["error"] = {**error(), "step": "failover"}
    vms[0]["changed"] = True
    report = FILTERS["report"](run(vms))
    assert [(vm["organization"], vm["owner"]) for vm in report["vms"]] == [
        ("acme", "acme@site-1"),
        ("globex", "globex@site-1"),
    ]
    assert report["failures"][0]["organization"] == "globex"
    table = FILTERS["table"](report)
    assert table[0].split()[:2] == ["VM", "owner"]
    assert table[2].startswith("vm-01 (acme)")
    assert "globex@site-1" in table[3]
    assert "* vm-01 (globex)" in FILTERS["message"](report)
    assert FILTERS["stats"](report)["failed_vm_replication_ids"] == [vm_id(3)]
    assert FILTERS["failed_in"](vms, "failover", [vm_id(3)]) == ["vm-01 (globex): It broke."]


def test_status_shows_the_owner_and_may_be_of_one_tenant() -> None:
    items = FILTERS["status"](ESTATE, 1200.0, {"organizations": ["globex"], "owner": ""})
    assert [(item["vm_name"], item["organization"]) for item in items] == [("vm-01", "globex")]
    assert "globex@site-1" in FILTERS["status_table"](items)[2]
