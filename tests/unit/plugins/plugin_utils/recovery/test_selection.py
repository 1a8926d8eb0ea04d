# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selection and waves: what is refused before any request, and what is found."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import parse_vapps
from ansible_collections.opendr.vcda.tests.unit.documents import vapp_id
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    records,
    select,
    settings,
    vm_id,
)


def waves_of(**changes: Any) -> list[dict[str, Any]]:
    plan = FILTERS["waves"](settings(**changes))
    assert not plan["problem"]
    waves: list[dict[str, Any]] = plan["waves"]
    return waves


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, "Nothing is selected"),
        ({"all": True, "active_site": " "}, "recovery_active_site"),
        ({"all": True, "positive": {"recovery_wait_timeout": "0"}}, "recovery_wait_timeout: 0"),
        ({"vm_names": ["a"], "all": True}, "recovery_vm_names, recovery_all"),
        ({"vm_replication_ids": ["C4-1"]}, "recovery_vm_replication_ids: 'C4-1'"),
        ({"vm_names": [" "]}, "recovery_vm_names: a name is empty"),
        ({"vm_names": " , "}, "Nothing is selected"),
        ({"all": True, "checks": [{"vm_name": "a", "host": "10.0.0.1"}]}, "recovery_checks[0]: give it host and port"),
        ({"all": True, "newest_only": True, "instance_before": "2026-05-01"}, "recovery_instance_before: a planned"),
        (
            {"newest_only": True, "waves": [{"name": "a", "vm_names": ["x"], "instance_ids": {"x": "replica-1"}}]},
            "recovery_instance_ids: a planned",
        ),
        ({"waves": [{"name": "a"}]}, "wave 'a' is empty"),
        ({"waves": [{"name": "a", "vm_replication_ids": ["x"]}]}, "recovery_waves[0].vm_replication_ids: 'x'"),
        ({"waves": [{"name": "a", "vm_names": ["x"], "delay": -1}]}, "recovery_waves[0].delay"),
        ({"waves": [{"name": "a", "vm_names": ["x"]}, {"name": "a", "vm_names": ["y"]}]}, "two waves are called 'a'"),
        ({"waves": [{"name": "a", "vm_names": ["x"]}, {"name": "b", "vm_names": ["x"]}]}, "x is in more than one wave"),
        ({"waves": [{"name": "a", "remaining": True}]}, "remaining: true of wave 'a' needs"),
        (
            {"all": True, "waves": [{"name": "a", "remaining": True}, {"name": "b", "remaining": True}]},
            "only one wave may have remaining",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_name_of_the_variable(changes: dict[str, Any], named: str) -> None:
    plan = FILTERS["waves"](settings(**changes))
    assert named in plan["problem"]
    assert plan["waves"] == []


@pytest.mark.parametrize("character", ["\x1b", "\n", "\r", "\x07", "\x9b", "\u202e", "\u200b", "\ud800"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_wave_that_could_control_a_terminal_is_refused(character: str, place: int) -> None:
    waves = [{"name": "databases", "vm_names": ["x"]}]
    waves.insert(place, {"name": f"web{character}[2J", "vm_names": ["y"], "needs": []})
    problem = FILTERS["waves"](settings(waves=waves))["problem"]
    assert problem.startswith("recovery_waves: the name of wave 'web\\")
    assert character not in problem


@pytest.mark.parametrize("name", ["tier 1: databases (1/2)", "Datenb\u00e4nke", "\u6570\u636e", "{{ x }}"])
def test_a_wave_may_have_any_name_that_can_be_shown(name: str) -> None:
    assert waves_of(waves=[{"name": name, "vm_names": ["x"]}])[0]["name"] == name


def test_without_waves_there_is_one_with_everything() -> None:
    [wave] = waves_of(vm_names=["a", "b"], max_failures=2, before=["notify"])
    assert wave["remaining"]
    assert wave["max_failures"] == 2
    assert wave["before"] == ["notify"]


@pytest.mark.parametrize("text", ["a,b", "a, b", "a\nb", "a\nb,a", "a\nb\n"])
def test_names_may_come_as_text_of_a_survey(text: str) -> None:
    plan = FILTERS["waves"](settings(vm_names=text))
    assert plan["query"]["vm_names"] == ["a", "b"]
    [wave] = waves_of(waves=[{"name": "one", "vm_names": text}])
    assert wave["vm_names"] == ["a", "b"]


@pytest.mark.parametrize("name", ["web ", " web", "web\t", "a,b", "a\nb", "w eb"])
def test_a_name_in_a_list_is_taken_exactly(name: str) -> None:
    plan = FILTERS["waves"](settings(vm_names=[name, "web"], vapp_names=[name]))
    assert plan["query"]["vm_names"] == [name, "web"]
    assert plan["query"]["vapp_names"] == [name]
    [wave] = waves_of(waves=[{"name": "one", "vm_names": [name]}])
    assert wave["vm_names"] == [name]


def test_a_wave_takes_the_defaults_and_may_override_them() -> None:
    first, second = waves_of(
        max_failures=1,
        after=["usual"],
        waves=[{"name": "one", "vm_names": ["a"]}, {"name": "two", "vm_names": ["b"], "max_failures": 0, "after": []}],
    )
    assert (first["max_failures"], first["after"]) == (1, ["usual"])
    assert (second["max_failures"], second["after"]) == (0, [])


def test_hooks_and_answers_may_come_as_text() -> None:
    [wave] = waves_of(all=True, before="a.yml", verify=["b.yml"], waves=[{"name": "one", "remaining": "yes"}])
    assert (wave["before"], wave["verify"], wave["remaining"]) == (["a.yml"], ["b.yml"], True)
    [wave] = waves_of(waves=[{"name": "one", "vm_names": ["a"], "remaining": "false", "after": "c.yml"}])
    assert (wave["after"], wave["remaining"]) == (["c.yml"], False)


@pytest.mark.parametrize("check", [{"host": "10.0.0.1", "port": 22}, {"url": "https://shop.test"}])
def test_a_check_has_an_address_and_a_port_or_a_url(check: dict[str, Any]) -> None:
    assert waves_of(all=True, checks=[{"vm_name": "a", **check}])


def test_what_is_read_is_the_selection_or_what_the_waves_name() -> None:
    def query(**changes: Any) -> Any:
        query = FILTERS["waves"](settings(**changes))["query"]
        return {key: query[key] for key in ("all", "vm_replication_ids", "vm_names")}

    waves = [{"name": "one", "vm_names": ["a"]}, {"name": "two", "vm_names": ["b"], "vm_replication_ids": [vm_id(1)]}]
    assert query(waves=waves) == {"all": False, "vm_replication_ids": [vm_id(1)], "vm_names": ["a", "b"]}
    assert query(waves=waves, vm_names=["c"]) == {"all": False, "vm_replication_ids": [], "vm_names": ["c"]}
    assert query(waves=waves, all=True)["all"] is True


def test_the_site_is_asked_once_for_all_and_apart_for_ids_and_for_names() -> None:
    def reads(**changes: Any) -> Any:
        return FILTERS["waves"](settings(**changes))["query"]["reads"]

    assert reads(all=True) == [{}]
    assert reads(vm_names=["a"]) == [{"vm_names": ["a"]}]
    waves = [{"name": "one", "vm_names": ["a"], "vm_replication_ids": [vm_id(1)]}]
    assert reads(waves=waves) == [{"vm_replication_ids": [vm_id(1)]}, {"vm_names": ["a"]}]


def found_of(documents: list[dict[str, Any]], chosen: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    result = select(documents, chosen, **options)
    assert not result["problem"]
    vms: list[dict[str, Any]] = result["vms"]
    return vms


def test_a_vm_is_found_by_id_and_by_name_and_keeps_its_state() -> None:
    by_id = found_of([document(1, "db")], settings(vm_replication_ids=[vm_id(1)]))
    by_name = found_of([document(1, "db")], settings(vm_names=["db"]))
    assert by_id[0] == by_name[0] | {"key": vm_id(1), "asked": [vm_id(1)]}
    assert by_id[0]["start"]["recovery_state"] == "NOT_STARTED"
    assert by_id[0]["start"]["rpo_minutes"] == 15
    assert by_id[0]["start"]["instance_at"] == 900_000


def test_a_vm_that_is_missing_or_ambiguous_stops_nobody_else() -> None:
    documents = [document(1, "db"), document(2, "web"), document(3, "web")]
    good, ambiguous, missing = found_of(documents, settings(vm_names=["db", "web", "gone"]))
    assert good["error"] is None
    assert ambiguous["error"]["code"] == "AMBIGUOUS_NAME"
    assert vm_id(2) in ambiguous["error"]["message"]
    assert vm_id(3) in ambiguous["error"]["message"]
    assert missing["error"]["code"] == "NOT_SELECTED"
    assert missing["error"]["category"] == "not_found"
    assert missing["error"]["hint"]


@pytest.mark.parametrize("name", ["db ", " db", "db\t", "\u00a0db", "d  b"])
@pytest.mark.parametrize("option", ["vm_names", "vapp_names"])
def test_blanks_in_a_name_that_is_not_found_can_be_seen(name: str, option: str) -> None:
    [missing] = found_of([document(1, "db"), document(2, "d b")], settings(**{option: [name]}))
    assert missing["error"]["code"] == "NOT_SELECTED"
    assert f"replication {name!r} was found" in missing["error"]["message"]
    assert "compared exactly" in missing["error"]["message"]


LIKE_ANOTHER = [
    ("\u00fc-1", "u\u0308-1", "'u\\u0308-1' is there"),
    ("DB-1", "db-1", "'db-1' is there"),
    ("web1", "web\uff11", "'web\\uff11' is there"),
    ("7", "007", "Put the name in quotes"),
    ("31", "0x1f", "Put the name in quotes"),
]


@pytest.mark.parametrize("option", ["vm_names", "vapp_names"])
@pytest.mark.parametrize("in_wave", [False, True])
@pytest.mark.parametrize(("asked", "there", "told"), LIKE_ANOTHER)
def test_a_name_that_is_not_found_is_told_with_what_looks_like_it(
    option: str, in_wave: bool, asked: str, there: str, told: str
) -> None:
    chosen = {option: [asked]}
    vapp = {"id": vapp_id(1), "descriptor": {"name": there}, "vmReplications": [document(1, "vm")]}
    documents = [document(1, "vm", vappReplicationId=vapp_id(1)), document(2, there), document(3, "other")]
    wanted = settings(waves=[{"name": "a", **chosen}]) if in_wave else settings(**chosen)
    [missing] = found_of(documents, wanted, vapps=parse_vapps([vapp]))
    assert missing["error"]["code"] == "NOT_SELECTED"
    assert told in f"{missing['error']['message']} {missing['error']['hint']}"
    assert "other" not in missing["error"]["message"]


@pytest.mark.parametrize("chosen", [{"vm_names": ["vm-1"]}, {"all": True}, {"vapp_names": ["shop"]}])
@pytest.mark.parametrize(
    ("sites", "missing"),
    [
        ({"active_site": "Site-2"}, "Site-2"),
        ({"active_site": "S\u0131te-2"}, "S\u0131te-2"),
        ({"active_site": "site-2", "peer_site": "SITE-1"}, "SITE-1"),
    ],
)
def test_a_site_that_no_replication_has_is_told(chosen: dict[str, Any], sites: dict[str, str], missing: str) -> None:
    result = select([document(1)], settings(**chosen), **sites)
    told = result["problem"] or result["vms"][0]["error"]["message"]
    assert f"No replication has the site {missing}; their sites are site-1, site-2." in told
    assert ("names are compared exactly" in told) is missing.isascii()


def test_a_name_is_looked_for_between_the_sites_in_question_only() -> None:
    documents = [document(1, "db"), document(2, "db", source="site-3", destination="site-4")]
    [found] = found_of(documents, settings(vm_names=["db"]))
    assert found["id"] == vm_id(1)
    [missing] = found_of(documents, settings(vm_names=["db"]), peer_site="site-3")
    assert missing["error"]["code"] == "NOT_SELECTED"


def test_all_takes_both_directions_in_order_of_names() -> None:
    documents = [document(1, "b"), document(2, "a", source="site-2", destination="site-1")]
    assert [vm["vm_name"] for vm in found_of(documents, settings(all=True))] == ["a", "b"]


def test_all_does_not_mix_other_sites_by_accident() -> None:
    documents = [document(1), document(2, source="site-3")]
    problem = select(documents, settings(all=True))["problem"]
    assert "(site-1, site-3)" in problem
    assert "recovery_peer_site" in problem
    assert [vm["id"] for vm in found_of(documents, settings(all=True), peer_site="site-3")] == [vm_id(2)]


def test_a_point_in_time_of_nobody_is_refused_rather_than_ignored() -> None:
    documents = [document(1, "db"), document(2, "web")]
    chosen = {"db": "replica-1", vm_id(2): "replica-2"}
    assert found_of(documents, settings(all=True, instance_ids=chosen))
    problem = select(documents, settings(all=True, instance_ids=chosen | {"dv": "replica-1"}))["problem"]
    assert problem.startswith("recovery_instance_ids: dv is no VM")
    assert "quotes" not in problem
    for name in ("false", "750"):
        problem = select(documents, settings(all=True, instance_ids={name: "replica-1"}))["problem"]
        assert problem.startswith(f"recovery_instance_ids: {name} is no VM")
        assert "quotes" in problem
    waves = [
        {"name": "one", "vm_names": ["db"], "instance_ids": {"web": "replica-1"}},
        {"name": "two", "vm_names": ["web"]},
    ]
    assert "web is no VM" in select(documents, settings(waves=waves))["problem"]


def test_all_that_finds_nothing_is_an_error() -> None:
    result = select([document(1)], settings(all=True), active_site="site-9")
    assert "no replication to or from site site-9" in result["problem"]
    assert result["vms"] == []


def test_a_drill_leaves_out_or_refuses_what_does_not_lead_to_the_site() -> None:
    documents = [document(1, "in"), document(2, "out", source="site-2", destination="site-1")]
    assert [vm["vm_name"] for vm in found_of(documents, settings(all=True), entry_point="drill")] == ["in"]
    [refused] = found_of(documents, settings(vm_names=["out"]), entry_point="drill")
    assert refused["error"]["code"] == "WRONG_DIRECTION"


def test_waves_order_the_selection() -> None:
    waves = [
        {"name": "data", "vm_names": ["db-2", "db-1"]},
        {"name": "rest", "remaining": True},
        {"name": "web", "vm_replication_ids": [vm_id(5)]},
    ]
    documents = [document(1, "db-1"), document(2, "db-2"), document(3, "x"), document(4, "a"), document(5, "web")]
    found = found_of(documents, settings(all=True, waves=waves))
    assert [(vm["wave"], vm["vm_name"]) for vm in found] == [
        ("data", "db-2"),
        ("data", "db-1"),
        ("rest", "a"),
        ("rest", "x"),
        ("web", "web"),
    ]


def test_a_selected_vm_in_no_wave_is_an_error_of_its_own() -> None:
    waves = [{"name": "data", "vm_names": ["db"]}]
    found = found_of([document(1, "db"), document(2, "x")], settings(vm_names=["db", "x"], waves=waves))
    assert [vm["error"] and vm["error"]["code"] for vm in found] == [None, "IN_NO_WAVE"]


def test_a_vm_named_by_id_and_by_name_in_two_waves_is_refused() -> None:
    waves = [{"name": "one", "vm_names": ["db"]}, {"name": "two", "vm_replication_ids": [vm_id(1)]}]
    found = found_of([document(1, "db")], settings(waves=waves))
    assert {vm["error"]["code"] for vm in found} == {"IN_TWO_WAVES"}
    assert "one, two" in found[0]["error"]["message"]


def test_a_vm_named_twice_in_one_wave_is_taken_once() -> None:
    waves = [{"name": "one", "vm_names": ["db"], "vm_replication_ids": [vm_id(1)]}]
    [found] = found_of([document(1, "db")], settings(waves=waves))
    assert found["error"] is None


def test_without_recovery_info_a_replication_counts_as_not_started() -> None:
    [found] = records(document(1, state=None))
    assert found["start"]["recovery_state"] is None
    assert FILTERS["due"]([found], "failover", "site-2") == [vm_id(1)]


def test_a_document_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(VcdaError, match="not of the documented form"):
        found_of([{"vmName": "x"}], settings(all=True))


BROKEN = {"category": "server", "code": "BAD", "message": "It has no destination.", "hint": "Mend it."}


@pytest.mark.parametrize(
    ("one", "changes", "keys"),
    [
        ({"id": vm_id(2), "vm_name": "app"}, {"all": True}, [vm_id(1), vm_id(2)]),
        ({"id": None, "vm_name": "app"}, {"all": True}, [vm_id(1), "app"]),
        ({"id": None, "vm_name": None}, {"all": True}, [vm_id(1), "a replication without id"]),
        ({"id": vm_id(2), "vm_name": "app"}, {"vm_names": ["vm-1", "app"]}, ["vm-1", "app"]),
        ({"id": vm_id(2), "vm_name": None}, {"vm_replication_ids": [vm_id(1), vm_id(2)]}, [vm_id(1), vm_id(2)]),
    ],
    ids=["all", "all, without id", "all, without both", "name", "id"],
)
def test_a_damaged_replication_is_named_and_stops_nobody(
    one: dict[str, Any], changes: dict[str, Any], keys: list[str]
) -> None:
    plan = FILTERS["waves"](settings(**changes))
    found = FILTERS["select"](
        [document(1)], plan["waves"], plan["query"], active_site="site-2", unreadable=[{**one, "error": BROKEN}]
    )
    assert found["problem"] == ""
    assert [record["key"] for record in found["vms"]] == keys
    assert [record["error"] and record["error"]["message"] for record in found["vms"]] == [None, BROKEN["message"]]


def test_what_may_be_of_another_tenant_is_not_asked_for_by_all() -> None:
    plan = FILTERS["waves"](settings(all=True, organizations=["tenant-1"]))
    found = FILTERS["select"](
        [], plan["waves"], plan["query"], active_site="site-2", unreadable=[{"id": vm_id(2), "error": BROKEN}]
    )
    assert found["vms"] == []


@pytest.mark.parametrize("changes", [{"all": True}, {"vm_replication_ids": [vm_id(1), vm_id(2)]}], ids=["all", "ids"])
@pytest.mark.parametrize("end", ["source", "destination"])
@pytest.mark.parametrize("value", [None, {}, {"site": None}, {"site": ""}], ids=str)
def test_a_replication_without_a_site_is_named_and_stops_nobody(changes: dict[str, Any], end: str, value: Any) -> None:
    plan = FILTERS["waves"](settings(**changes))
    documents = [document(1), {**document(2), end: value}]
    found = FILTERS["select"](documents, plan["waves"], plan["query"], active_site="site-2")
    assert found["problem"] == ""
    assert [record["error"] and record["error"]["code"] for record in found["vms"]] == [None, "DAMAGED_REPLICATION"]
