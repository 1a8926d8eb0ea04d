# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drill is refused whose tests would meet production by the networks that the service stores."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.isolation import isolated, note_on_drill, options_for
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.networks import vms_to_test
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import document, records, vm_id


def connection(*names: str, nics: tuple[str, ...] = (), copies: bool = False) -> dict[str, Any]:
    return {
        "copies_source_networks": copies,
        "networks": [{"id": None, "name": name} for name in names],
        "nics": [{"nic_index": index, "id": None, "name": name} for index, name in enumerate(nics)],
    }


def item(number: int, failover: dict[str, Any], test: dict[str, Any]) -> dict[str, Any]:
    return {"id": vm_id(number), "recovery_networks": {"failover": failover, "test": test}}


def run(*names: str, **more: Any) -> dict[str, Any]:
    found = records(*(document(number, name) for number, name in enumerate(names, 1)))
    return {"entry_point": "drill", "active_site": "site-2", "failure": {}, "notes": [], "vms": found, **more}


def given(network: str, **entry: Any) -> dict[str, Any]:
    return {"vm_network_settings": [{**entry, "nics": [{"nic_index": 0, "network": network}]}]}


def judged(one: dict[str, Any], items: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    ids = [record["id"] for record in one["vms"]]
    return isolated(one, {f"recovery_{name}": value for name, value in values.items()}, ids, {"vm_replications": items})


SAME = (connection("lan"), connection("lan"))
NICS = (connection(nics=("lan", "dmz")), connection(nics=("bubble", "dmz")))
APART = (connection("lan"), connection("bubble"))
UNSET = (connection(), connection())


@pytest.mark.parametrize(
    ("stored", "values", "shared"),
    [
        (SAME, {}, "lan"),
        (NICS, {}, "dmz"),
        (APART, {}, ""),
        (UNSET, {}, ""),
        (UNSET, {"production_networks": ["lan"]}, ""),
        ((connection(), connection("lan")), {"production_networks": ["lan"]}, "lan"),
        ((connection(), connection("lan")), {"failover_options": given("lan")}, "lan"),
        ((connection(), connection("lan")), {"migrate_options": given("lan")}, "lan"),
        ((connection(), connection("lan")), {"waves": [{"failover_options": given("lan")}]}, "lan"),
        (APART, {"production_networks": ["bubble"]}, "bubble"),
        # What a test is given replaces what is stored for it.
        ((connection(nics=("lan",)),) * 2, {"test_options": given("bubble")}, ""),
        ((connection(nics=("lan",)),) * 2, {"test_options": given("bubble", vm="db-1")}, ""),
        ((connection(nics=("lan",)),) * 2, {"test_options": given("bubble", vm="other")}, "lan"),
        (SAME, {"test_options": {"vapp_network_settings": {"bridge_org_vdc_networks": [{"name": "bubble"}]}}}, ""),
        (SAME, {"test_options": {"power_on": False}}, "lan"),
        (SAME, {"test_options": {"vm_network_settings": [{"computer_name": "db-1"}]}}, "lan"),
        # NIC 1 keeps what is stored for it.
        (NICS, {"test_options": given("bubble")}, "dmz"),
        # Variables may hold numbers and flags as text, and anything at all before the modules check them.
        (
            (connection(nics=("lan",)),) * 2,
            {"test_options": {"vm_network_settings": [{"nics": [{"nic_index": "0", "network": "bubble"}]}]}},
            "",
        ),
        (
            (connection(nics=("lan",)),) * 2,
            {
                "test_options": {
                    "vm_network_settings": [{"nics": [{"nic_index": 0, "is_connected": "no", "network": "lan"}]}]
                }
            },
            "",
        ),
        (
            (connection(nics=("lan",)),) * 2,
            {
                "test_options": {
                    "vm_network_settings": [{"nics": [{"nic_index": 0, "is_connected": None, "network": "lan"}]}]
                }
            },
            "lan",
        ),
        (SAME, {"test_options": {"vm_network_settings": "all", "vapp_network_settings": 1}}, ""),
        (SAME, {"test_options": {"vm_network_settings": ["all"], "vapp_network_settings": None}}, "lan"),
        (SAME, {"test_options": {"vm_network_settings": [{"nics": "all"}]}}, "lan"),
        # An entry for the VM itself is used before the one for all VMs.
        (
            (connection(nics=("lan",)),) * 2,
            {
                "test_options": {
                    "vm_network_settings": [
                        *given("lan")["vm_network_settings"],
                        *given("bubble", vm="db-1")["vm_network_settings"],
                    ]
                }
            },
            "",
        ),
        # A network that a variable names may be that of a stored failover.
        (APART, {"test_options": given("lan")}, "lan"),
    ],
)
def test_a_stored_network_that_tests_share_is_refused(stored: Any, values: dict[str, Any], shared: str) -> None:
    one = run("db-1")
    after = judged(one, [item(1, *stored)], **values)
    if not shared:
        assert after == one
        return
    assert after["failure"]["code"] == "TEST_NOT_ISOLATED"
    assert f"addresses: db-1 to {shared}." in after["failure"]["message"]
    prefixed = {f"recovery_{name}": value for name, value in values.items()}
    result = {"vm_replications": [item(1, *stored)]}
    assert after["failure"]["message"] in note_on_drill(one, prefixed, result)
    assert note_on_drill(one, {**prefixed, "recovery_drill_allow_production_networks": True}, result) == ""


def test_a_wave_has_networks_of_its_own() -> None:
    waves = [
        {"name": "one", "vm_names": ["db-1"], "test_options": given("bubble")},
        {"name": "two", "vm_names": ["web-1"]},
    ]
    one = run("db-1", "web-1")
    one["vms"] = [dict(record, wave=name) for record, name in zip(one["vms"], ("one", "two"), strict=True)]
    lan = (connection(nics=("lan",)),) * 2
    after = judged(one, [item(1, *lan), item(2, *lan)], waves=waves)
    assert after["failure"]["message"].endswith("addresses: web-1 to lan.")


def test_all_vms_and_networks_are_named() -> None:
    one = run("db-1", "web-1", "app-1", "ok-1")
    after = judged(one, [item(1, *SAME), item(2, *NICS), item(3, *SAME), item(4, *APART)])
    assert after["failure"]["message"].endswith("addresses: db-1, app-1 to lan; web-1 to dmz.")
    assert "recovery_drill_allow_production_networks" in after["failure"]["hint"]


def test_very_many_vms_are_counted() -> None:
    one = run(*(f"vm-{number}" for number in range(1, 31)))
    after = judged(one, [item(number, *SAME) for number in range(1, 31)])
    assert "vm-20 and 10 more to lan." in after["failure"]["message"]


def test_a_name_cannot_forge_a_line() -> None:
    hostile = "lan\n\x1b[2Jnothing wrong"
    one = run(hostile)
    stored = connection(hostile)
    assert judged(one, [item(1, stored, stored)])["failure"]["message"].isprintable()
    assert isolated(one, {}, [vm_id(1)], {"failed": True, "msg": hostile})["notes"][0].isprintable()


def test_no_other_site_is_asked() -> None:
    options = options_for(run("db-1"), [vm_id(1)])
    assert (options["extend_sites"], options["vm_replication_ids"]) == ([], [vm_id(1)])
    assert {"session", "policy_incoming", "guest_customization", "networks_exist"} <= set(options["skip_checks"])
    assert "test_isolation" not in options["skip_checks"]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"failed": True, "msg": "It is down."}, "It is down."),
        ({}, ""),
        ({"vm_replications": [{"id": None, "error": {}}], "msg": "0 of 1 are ready."}, ""),
        (
            {
                "vm_replications": [{"id": vm_id(1), "recovery_networks": None}],
                "unknown": [
                    {"check": "seed_space", "message": "No space.", "vm_replication_ids": [vm_id(1)]},
                    {"check": "test_networks", "message": "Else.", "vm_replication_ids": [vm_id(2)]},
                    {"check": "test_networks", "message": "HTTP 404.", "vm_replication_ids": [vm_id(1)]},
                ],
            },
            "HTTP 404.",
        ),
    ],
)
def test_settings_that_are_not_shown_refuse_nothing(result: dict[str, Any], reason: str) -> None:
    one = run("db-1")
    after = isolated(one, {}, [vm_id(1)], result)
    assert after["failure"] == {}
    assert after["notes"][0].endswith(f"variables: db-1. {reason}".rstrip())
    note = note_on_drill(one, {}, result)
    # A readiness check that was told not to read them has nothing to say.
    assert note.endswith("not known for db-1: HTTP 404. The check mode of a drill reads them.") is bool(
        "HTTP" in reason
    )
    assert bool(note) is ("HTTP" in reason)


@pytest.mark.parametrize(
    ("changed", "state", "tags", "is_due"),
    [
        ({}, {}, [], True),
        ({}, {}, ["all"], True),
        ({}, {}, ["cleanup"], False),
        ({}, {}, ["cleanup", "test"], True),
        ({}, {"recovery_state": "TEST"}, [], True),
        ({}, {"recovery_state": "COMPLETE"}, [], False),
        ({}, {"destination_site": "site-1"}, [], False),
        ({"entry_point": "failover"}, {}, [], False),
        ({"entry_point": "readiness"}, {}, [], False),
        ({"entry_point": "cleanup"}, {}, [], False),
        ({"failure": {"message": "It is down."}}, {}, [], False),
    ],
)
def test_which_vms_are_looked_at(changed: dict[str, Any], state: dict[str, Any], tags: list[str], is_due: bool) -> None:
    one = run("db-1", **changed)
    one["vms"] = [dict(record, start={**record["start"], **state}) for record in one["vms"]]
    assert vms_to_test(one, {}, tags) == ([vm_id(1)] if is_due else [])
    assert vms_to_test(one, {"recovery_drill_allow_production_networks": True}, tags) == []
    refused = dict(one, vms=[dict(record, error={"code": "X"}) for record in one["vms"]])
    assert vms_to_test(refused, {}, tags) == []
    # Readiness says it of those that a drill would test.
    note = note_on_drill(one, {}, {"vm_replications": [item(1, *SAME)]})
    assert bool(note) is (state.get("recovery_state") != "COMPLETE" and "destination_site" not in state)


def test_a_test_that_is_left_running_is_not_looked_at() -> None:
    one = run("db-1", "web-1")
    one["vms"] = [dict(record, held=True) for record in one["vms"]]
    one["vms"][0]["start"] = {**one["vms"][0]["start"], "recovery_state": "TEST"}
    assert vms_to_test(one, {}, []) == [vm_id(2)]
