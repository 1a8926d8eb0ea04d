# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hooks are told of a run and of its VMs follows its schema, whatever the state, the outcome and the options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.hook_data import has_failed, hook_data, message_of
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    run,
    vm_id,
)

SCHEMA = json.loads((Path(__file__).parents[5] / "roles/recovery/files/hook.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
NETWORKS = {"nics": [{"nic_index": 0, "ip_address": "192.0.2.1"}, {"nic_index": "1", "ip_address": "192.0.2.2"}]}
STAGES = SCHEMA["properties"]["stage"]["enum"]


def told(vms: list[dict[str, Any]], stage: str = "end", values: dict[str, Any] | None = None, **changes: Any) -> Any:
    """What a hook gets, which must follow the schema."""
    data = hook_data(run(vms, **changes), stage, vms, values or {}, time=1300.0)
    VALIDATOR.validate(data)
    return data


def networks_of(**settings: Any) -> dict[str, Any]:
    return {"recovery_failover_options": {"vm_network_settings": settings.pop("entries", [{**NETWORKS, **settings}])}}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("entry_point", SCHEMA["properties"]["entry_point"]["enum"])
@pytest.mark.parametrize("mode", ["unplanned", "planned", "test", ""])
def test_every_stage_entry_point_and_mode(stage: str, entry_point: str, mode: str) -> None:
    data = told(records(document(1)), stage, networks_of(), entry_point=entry_point, mode=mode)
    assert data["mode"] == (mode or None)
    assert (data["ended"], data["outcome"]) == (
        ("1970-01-01T00:21:40Z", "unchanged") if stage in ("end", "failure") else (None, None)
    )
    assert (data["vms"][0]["nics"] is not None) == (mode == "unplanned")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (None, None, False, False)),
        ({"state": "COMPLETE"}, ("new-vm", "new-vapp", True, False)),
        ({"state": "TEST"}, ("new-vm", "new-vapp", False, False)),
        ({"state": None}, (None, None, False, False)),
        ({"source": "site-2", "destination": "site-1"}, ("vm-1", "old-vapp", True, True)),
        ({"source": "site-2", "destination": "site-1", "state": "COMPLETE"}, (None, None, False, False)),
    ],
)
def test_where_the_vm_runs_and_which_one_it_is(changes: dict[str, Any], expected: Any) -> None:
    made = document(1, **changes)
    made["source"]["vappId"] = "old-vapp"
    if made["destinationState"]["recoveryInfo"]:
        made["destinationState"]["recoveryInfo"] |= {"vcdVmId": "new-vm", "vAppId": "new-vapp"}
    [vm] = told(records(made))["vms"]
    keys = ("recovered_vm_id", "recovered_vapp_id", "is_at_active_site", "is_protected")
    assert tuple(vm[key] for key in keys) == expected


def test_a_vapp_called_null_is_none_and_a_recovered_one_is_told_by_the_destination() -> None:
    made = document(1, state="COMPLETE")
    made["destination"]["recoveredVappId"] = "there"
    made["destinationState"]["recoveryInfo"]["vAppId"] = "null"
    assert told(records(made))["vms"][0]["recovered_vapp_id"] == "there"


def test_a_reverse_changes_the_id_and_makes_the_recovered_vm_the_source() -> None:
    vms = records(document(1, state="COMPLETE"))
    later = document(2, source="site-2", destination="site-1", vmId="recovered")
    after = {"recovery_state": "NOT_STARTED", "source_site": "site-2", "destination_site": "site-1"}
    answer = item(vm_id(2), "", previous_id=vm_id(1), after=after, replication=later)
    vms = FILTERS["merge"](vms, {"vm_replications": [answer]}, "reverse", "site-2", asked=[vm_id(1)])
    [vm] = told(vms, entry_point="reverse", mode="")["vms"]
    assert (vm["id"], vm["previous_id"]) == (vm_id(2), vm_id(1))
    assert (vm["source_vm_id"], vm["recovered_vm_id"]) == ("vm-1", "recovered")
    assert (vm["source_site"], vm["recovery_site"], vm["is_protected"]) == ("site-1", "site-2", True)
    assert (vm["began"], vm["ended"]) == ("1970-01-01T00:20:05Z", "1970-01-01T00:20:25Z")


@pytest.mark.parametrize(
    ("values", "address", "number"),
    [
        (networks_of(), "192.0.2.1", 2),
        (networks_of(primary_nic_index="1"), "192.0.2.2", 2),
        (networks_of(primary_nic_index=7), "192.0.2.1", 2),
        (networks_of(entries=[NETWORKS, {"vm": "vm-1", "nics": [{"network": "shop"}]}]), None, 1),
        (networks_of(entries=[{"vm": "vm-2", **NETWORKS}]), None, 0),
        (networks_of(entries=[{"vm": vm_id(1).upper(), **NETWORKS}]), "192.0.2.1", 2),
        ({"recovery_test_options": {"vm_network_settings": [NETWORKS]}}, None, 0),
        ({}, None, 0),
    ],
)
def test_the_networks_are_those_that_the_variables_give(values: dict[str, Any], address: Any, number: int) -> None:
    [vm] = told(records(document(1)), values=values)["vms"]
    assert (vm["address"], len(vm["nics"] or ())) == (address, number)


def test_a_wave_adds_networks_of_its_own() -> None:
    values = {"recovery_waves": [{"name": "all", "failover_options": {"vm_network_settings": [NETWORKS]}}]}
    assert told(records(document(1)), values=values)["vms"][0]["address"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("changes", "outcome", "message"),
    [
        ({}, "unchanged", ""),
        ({"changed": True}, "changed", ""),
        ({"error": error()}, "failed", "It broke."),
        ({"error": error() | {"category": "timeout"}}, "running", "It broke."),
        ({"error": error("NOT_VERIFIED"), "changed": True}, "not_verified", "It broke."),
        (
            {"hook_failures": ["chat.yml after wave all: x"], "changed": True},
            "hook_failed",
            "chat.yml after wave all: x",
        ),
        ({"error": error("WAVE_NOT_STARTED")}, "not_started", "It broke."),
    ],
)
def test_outcomes_are_those_of_the_report(changes: dict[str, Any], outcome: str, message: str) -> None:
    vms = [dict(record, **changes) for record in records(document(1))]
    [vm] = told(vms, "failure")["vms"]
    assert (vm["outcome"], vm["message"]) == (outcome, message)
    assert FILTERS["report"](run(vms))["vms"][0]["outcome"] == outcome
    assert [told(vms, stage)["vms"][0]["outcome"] for stage in ("start", "before")] == [None, None]


def test_what_has_failed_is_said_in_sentences() -> None:
    vms = [*records(document(1)), *(dict(record, error=error()) for record in records(document(2)))]
    problems = {"web": "recovery_active_site: the name of the site is empty."}
    hook = {"step": "end", "message": "A hook at the end failed: no route."}
    made = run(vms, failure={"message": "Site site-1 answers."}, problems=problems, hook_errors=[hook])
    assert message_of(made) == (
        "Site site-1 answers. web: recovery_active_site: the name of the site is empty. 1 of 2 VMs: 1 failed. "
        "A hook at the end failed: no route."
    )
    for key in ("failure", "problems", "hook_errors"):
        assert has_failed(run(vms[:1], **{key: made[key]}))
    assert has_failed(run(vms))
    assert not has_failed(run(vms[:1]))
    assert message_of(run(vms[:1])) == ""


def test_the_other_site_is_told_where_there_is_one() -> None:
    assert told(records(document(1)))["peer_site"] == "site-1"
    assert told(records(document(1), document(2, source="site-3")))["peer_site"] is None
    assert told([])["peer_site"] is None


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(["vm", "nics", "nic_index", "ip_address", "primary_nic_index", "network"]), inner
        )
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=50)
@given(networks=JSON, name=some.text(min_size=1))
def test_whatever_the_options_and_names_are_the_data_follows_the_schema(networks: Any, name: str) -> None:
    values = {"recovery_failover_options": {"vm_network_settings": networks}}
    for stage in STAGES:
        assert told(records(document(1, name=name)), stage, values)["vms"][0]["vm_name"] == name
