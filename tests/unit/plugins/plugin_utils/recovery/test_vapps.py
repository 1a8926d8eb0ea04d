# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole vApp is handled by the vApp modules and stays whole; a part of one only where that is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.calls import calls_of, items_of
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.course import STEPS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import (
    held_back,
    items_of_vms,
    parse_vapps,
    vapp_ids_of,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    run,
    select,
    settings,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.test_calls import VALUES


def vapp_id(number: int) -> str:
    return f"C4VAPP-00000000-0000-4000-8000-{number:012d}"


def child(number: int, vapp: int = 1, **changes: Any) -> dict[str, Any]:
    return document(number, vappReplicationId=vapp_id(vapp), **changes)


def vapp(number: int, *children: dict[str, Any], name: str = "shop", **changes: Any) -> dict[str, Any]:
    return {
        "id": vapp_id(number),
        "descriptor": {"name": name},
        "source": {"site": "site-1"},
        "destination": {"site": "site-2"},
        "owner": "tenant-1@site-1",
        "vmReplications": list(children),
        **changes,
    }


ONE, TWO, ALONE = child(1), child(2), document(3)
SHOP = vapp(1, ONE, TWO)


def found(chosen: dict[str, Any], *vapps: dict[str, Any], documents: Any = (ONE, TWO, ALONE), **options: Any) -> Any:
    return select(documents, settings(**chosen), vapps=parse_vapps(vapps or [SHOP]), **options)["vms"]


@pytest.mark.parametrize(
    "chosen",
    [
        {"all": True},
        {"vm_names": ["vm-1", "vm-2", "vm-3"]},
        {"vm_replication_ids": [vm_id(1), vm_id(2)]},
        {"vapp_names": ["shop"]},
        {"vapp_names": ["shop"], "vm_names": ["vm-3"]},
        {"waves": [{"name": "one", "vapp_names": ["shop"]}, {"name": "two", "vm_names": ["vm-3"]}]},
        {"waves": [{"name": "one", "vm_names": ["vm-1", "vm-2"]}]},
    ],
    ids=str,
)
def test_whoever_means_all_vms_of_a_vapp_means_the_vapp(chosen: dict[str, Any]) -> None:
    vms = {vm["id"]: vm for vm in found(chosen)}
    assert {vm_id(1), vm_id(2)} <= set(vms)
    assert all(vm["by_vapp"] is (vm["id"] != vm_id(3)) for vm in vms.values())
    assert not any(vm["error"] for vm in vms.values())


def test_hosts_that_were_parted_are_told_how_to_stay_together() -> None:
    [refused] = [vm for vm in found({"vm_names": ["vm-1"]}, on_hosts=True) if vm["error"]]
    assert "without vm-2" in refused["error"]["message"]
    assert "on hosts of kind workload" in refused["error"]["hint"]


SPLIT = [{"name": "one", "vm_names": ["vm-1"]}, {"name": "two", "vm_names": ["vm-2"]}]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [({"vm_names": ["vm-1"]}, "without vm-2"), ({"waves": SPLIT}, "in the waves one, two")],
    ids=["some", "waves"],
)
@pytest.mark.parametrize("entry_point", ["main", "failover", "failback", "reverse", "readiness"])
def test_a_part_of_a_vapp_is_refused_unless_it_is_asked_for(
    chosen: dict[str, Any], words: str, entry_point: str
) -> None:
    refused = found(chosen, entry_point=entry_point)
    assert {vm["error"]["code"] for vm in refused} == {"VAPP_SPLIT"}
    assert words in refused[0]["error"]["message"]
    assert "recovery_vapp_names: [shop]" in refused[0]["error"]["hint"]
    wanted = found({**chosen, "split_vapps": True}, entry_point=entry_point)
    assert [(vm["error"], vm["by_vapp"]) for vm in wanted] == [(None, False)] * len(refused)
    assert all(words in vm["splits"] for vm in wanted)


@pytest.mark.parametrize("entry_point", ["drill", "cleanup"])
def test_a_test_of_a_part_moves_nothing_and_is_allowed(entry_point: str) -> None:
    [vm] = found({"vm_names": ["vm-1"]}, entry_point=entry_point)
    assert (vm["error"], vm["by_vapp"]) == (None, False)


@pytest.mark.parametrize(
    ("state", "entry_point", "is_refused"),
    [
        ({"source": "site-2", "destination": "site-1"}, "main", False),
        ({"state": "COMPLETE"}, "failover", False),
        ({"state": "COMPLETE"}, "main", True),
        ({"state": "COMPLETE"}, "reverse", True),
    ],
)
def test_a_part_with_nothing_left_to_do_is_not_refused(state: Any, entry_point: str, is_refused: bool) -> None:
    one, two = child(1, **state), child(2, **state)
    [vm] = found({"vm_names": ["vm-1"]}, vapp(1, one, two), documents=[one, two], entry_point=entry_point)
    assert bool(vm["error"]) is is_refused


def test_the_parts_of_a_split_vapp_are_whole_each_for_itself() -> None:
    one, two = child(1, 1), child(2, 2)
    parts = [vapp(1, one), vapp(2, two)]
    [vm] = found({"vm_names": ["vm-1"]}, *parts, documents=[one, two])
    assert (vm["error"], vm["by_vapp"]) == (None, True)


def test_a_vapp_that_the_service_does_not_list_is_not_split_by_mistake() -> None:
    [vm] = select([ONE], settings(vm_names=["vm-1"]))["vms"]
    assert vm["error"]["code"] == "VAPP_SPLIT"
    assert "does not list it" in vm["error"]["message"]


def test_a_sibling_that_cannot_take_part_makes_it_a_part() -> None:
    vms = found({"vapp_names": ["shop"]}, documents=[ONE, child(2, destination="site-3")])
    assert [vm["error"]["code"] for vm in vms] == ["VAPP_SPLIT"]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({}, "AMBIGUOUS_NAME"),
        ({"organizations": ["tenant-2"]}, None),
        ({"owner": "tenant-1@site-1"}, None),
        ({"organizations": ["tenant-3"]}, "NOT_SELECTED"),
    ],
    ids=str,
)
def test_a_vapp_name_of_two_tenants(chosen: dict[str, Any], code: str | None) -> None:
    other = child(4, 2, owner="tenant-2@site-1")
    estate = [SHOP, vapp(2, other, owner="tenant-2@site-1")]
    vms = found({"vapp_names": ["shop"], **chosen}, *estate, documents=[ONE, TWO, other])
    assert {vm["error"] and vm["error"]["code"] for vm in vms} == {code}
    if code is None:
        assert {f"{vm['organization']}@site-1" for vm in vms} == {vms[0]["owner"]}


def test_a_wave_does_not_take_the_vapps_of_two_tenants_by_one_name() -> None:
    other = child(4, 2, owner="tenant-2@site-1")
    estate = [SHOP, vapp(2, other, owner="tenant-2@site-1")]
    chosen = {"all": True, "all_organizations": True, "waves": [{"name": "one", "vapp_names": ["shop"]}]}
    vms = found(chosen, *estate, documents=[ONE, TWO, other])
    assert {vm["error"]["code"] for vm in vms} == {"AMBIGUOUS_NAME"}


def test_the_vapp_replications_of_vms_are_those_that_are_read() -> None:
    assert vapp_ids_of([ONE, TWO, ALONE, child(4, 2), {"vappReplicationId": 7}]) == [vapp_id(1), vapp_id(2)]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_calls_the_module_of_vapps_for_whole_ones(step: str) -> None:
    began = dict(run(found({"all": True})), query={})
    alone, whole = calls_of(began, step, [vm_id(1), vm_id(2), vm_id(3)], VALUES, wave="all", seconds_left=30.0)
    assert (alone.ids, alone.options["vm_replication_ids"]) == ([vm_id(3)], [vm_id(3)])
    assert whole.module == alone.module.replace("vm_", "vapp_")
    assert whole.options["vapp_replication_ids"] == [vapp_id(1)]
    assert (whole.ids, whole.vapps) == ([vm_id(1), vm_id(2)], {vapp_id(1): [vm_id(1), vm_id(2)]})
    assert {key: value for key, value in whole.options.items() if key != "vapp_replication_ids"} == {
        key: value for key, value in alone.options.items() if key != "vm_replication_ids"
    }


def told(identity: str, state: str, **changes: Any) -> dict[str, Any]:
    after = {"recovery_state": state, "source_site": "site-1", "destination_site": "site-2"}
    return {"id": identity, "changed": True, "decision": "act", "before": {}, "after": after, "error": None, **changes}


def answer(*children: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": vapp_id(1), "changed": True, "task": {"id": "task-1"}, "children": list(children), **changes}


def merged(result: dict[str, Any], step: str = "failover") -> list[dict[str, Any]]:
    vms = found({"vapp_names": ["shop"]})
    [call] = calls_of(dict(run(vms), query={}), step, [vm_id(1), vm_id(2)], VALUES, wave="all")
    after: list[dict[str, Any]] = FILTERS["merge"](
        vms, {"vm_replications": items_of(call, result)}, step, "site-2", asked=call.ids
    )
    return after


def test_each_vm_gets_its_own_outcome_of_the_vapp() -> None:
    vms = merged({"vapp_replications": [answer(told(vm_id(1), "COMPLETE"), told(vm_id(2), "COMPLETE"))]})
    assert [vm["now"]["recovery_state"] for vm in vms] == ["COMPLETE", "COMPLETE"]
    assert [(vm["changed"], vm["error"], vm["steps"][0]["task_id"]) for vm in vms] == [(True, None, "task-1")] * 2


def test_new_ids_of_vms_and_vapp_are_gone_on_with() -> None:
    moved = [told(vm_id(11), "NOT_STARTED", previous_id=vm_id(1)), told(vm_id(12), "NOT_STARTED", previous_id=vm_id(2))]
    vms = merged({"vapp_replications": [answer(*moved, id=vapp_id(9), previous_id=vapp_id(1))]}, "reverse")
    assert [(vm["id"], vm["previous_id"]) for vm in vms] == [(vm_id(11), vm_id(1)), (vm_id(12), vm_id(2))]
    [call] = calls_of(dict(run(vms), query={}), "migrate", [vm_id(11), vm_id(12)], VALUES, wave="all")
    assert call.options["vapp_replication_ids"] == [vapp_id(9)]


@pytest.mark.parametrize(
    "result",
    [
        {"vapp_replications": [answer(told(vm_id(1), "X"), told(vm_id(2), "X"), error=error())]},
        {"vapp_replications": [answer(error=error())]},
        {"failed": True, "msg": "No.", "error": error(), "vapp_replications": []},
        {"failed": True, "msg": "No.", "error": error()},
    ],
    ids=["vApp", "unread", "no items", "module"],
)
def test_what_fails_for_the_vapp_fails_for_all_its_vms(result: dict[str, Any]) -> None:
    assert [vm["error"]["code"] for vm in merged(result)] == ["TASK_FAILED", "TASK_FAILED"]


def test_vms_that_were_handled_one_by_one_have_errors_of_their_own() -> None:
    children = [told(vm_id(1), "COMPLETE", error=error("X")), told(vm_id(2), "COMPLETE", changed=False)]
    vms = merged({"vapp_replications": [answer(*children, error=error("X"))]})
    assert [vm["error"] and vm["error"]["code"] for vm in vms] == ["X", None]
    assert [vm["changed"] for vm in vms] == [True, False]


def test_the_newest_point_in_time_is_read_from_the_vapp() -> None:
    shown = answer(told(vm_id(1), "COMPLETE"), replication=vapp(1, child(1, instance_ms=1_100_000)))
    [first] = items_of_vms(shown)
    assert first["replication"]["destinationState"]["latestInstance"]["timestamp"] == 1_100_000


def test_a_failure_of_one_holds_the_others_of_its_vapp_back() -> None:
    vms = found({"all": True})
    vms[0]["error"] = error()
    due = [vm_id(2), vm_id(3)]
    held = {vm["id"]: vm for vm in held_back(vms, due, may_split=False)}
    assert held[vm_id(2)]["error"]["code"] == "VAPP_HELD_BACK"
    assert "vm-1" in held[vm_id(2)]["error"]["message"]
    assert held[vm_id(3)]["error"] is None
    split = {vm["id"]: vm for vm in held_back(vms, due, may_split=True)}
    assert (split[vm_id(2)]["error"], split[vm_id(2)]["by_vapp"]) == (None, False)


def test_what_a_step_is_not_due_for_is_not_held_back() -> None:
    vms = found({"all": True})
    vms[0]["error"] = error()
    assert held_back(vms, [], may_split=False)[1]["error"] is None
