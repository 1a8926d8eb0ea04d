# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hooks get, when they run, and what their failures mean, in every entry point that changes something."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from .estate import PRIMARY, RECOVERY, Estate
from .hook_plays import EVIL, Plays

ROLE = Path(__file__).parents[2] / "roles" / "recovery"
SCHEMA = json.loads((ROLE / "files" / "hook.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.fixture
def plays(estate: Estate) -> Plays:
    return Plays(estate)


ALL = ["start", "before", "verify", "after", "end"]
NICS = [{"nic_index": 0}, {"nic_index": 1, "network": "shop", "ip_address": "192.0.2.10"}]
NETWORKS = {"vm_network_settings": [{"vm": "db-1", "primary_nic_index": 1, "nics": NICS}]}


def run_all(plays: Plays, runs: dict[str, list[str]]) -> list[list[dict[str, dict[str, Any]]]]:
    """Run entry points one after the other, and return of each run what each of its hooks was told of the VMs."""
    for entry_point in runs:
        site = PRIMARY if entry_point == "failback" else RECOVERY
        plays.add(entry_point, **at(plays, site), drill_hooks=True, failover_options=NETWORKS)
    plays.run()
    for number, (entry_point, stages) in enumerate(runs.items()):
        calls = plays.calls(number)
        assert stages_of(calls) == stages
        for call in calls:
            assert (call["entry_point"], call["run_id"]) == (entry_point, plays.reports[number]["run"]["id"])
            assert {call["active_site"], call["peer_site"]} == {PRIMARY, RECOVERY}
            assert call["outcome"] == ("succeeded" if call["stage"] == "end" else None)
            assert set(vms_of(call)) == {"db-1", EVIL}
    return [[vms_of(call) for call in plays.calls(number)] for number in range(len(runs))]


def test_every_stage_of_a_drill_its_cleanup_and_a_failover(plays: Plays) -> None:
    plays.estate.simulator.seed(names=["db-1"], state="TEST")
    plays.estate.simulator.seed(names=[EVIL], state="TEST")
    _cleanup, drill, failover = run_all(plays, {"cleanup": ["start", "end"], "drill": ALL, "failover": ALL})
    start, before, verify, after, end = (vms["db-1"] for vms in failover)
    assert [vm["outcome"] for vm in (start, before, verify, after, end)] == [
        None,
        None,
        "changed",
        "changed",
        "changed",
    ]
    assert [vm["is_at_active_site"] for vm in (start, before, verify, after)] == [False, False, True, True]
    assert [vm["verified"] for vm in (before, verify, after)] == [None, None, True]
    assert start["recovered_vm_id"] is start["began"] is None
    assert end["recovered_vm_id"]
    assert end["began"] <= end["ended"]
    assert (end["address"], [nic["is_primary"] for nic in end["nics"]]) == ("192.0.2.10", [False, True])
    assert failover[-1][EVIL]["nics"] is None

    test = drill[3]["db-1"]
    assert (test["recovery_state"], test["is_at_active_site"], test["address"]) == ("TEST", False, None)
    assert test["recovered_vm_id"]


def test_every_stage_of_a_reverse_and_of_what_ends_with_one(plays: Plays) -> None:
    plays.estate.simulator.settings.reverse_id = "new"
    plays.estate.simulator.seed(names=["db-1"], state="COMPLETE")
    plays.estate.simulator.seed(names=[EVIL], state="COMPLETE")
    reverse, failback, main = run_all(plays, {"reverse": ["start", "end"], "failback": ALL, "main": ALL})
    recovered, reversed_vm = (vms["db-1"] for vms in reverse)
    assert reversed_vm["is_protected"]
    assert reversed_vm["previous_id"] == recovered["id"] != reversed_vm["id"]
    assert recovered["recovered_vm_id"]
    for key in ("recovered_vm_id", "recovered_vapp_id"):
        assert reversed_vm[key] == recovered[key]

    back = [vms["db-1"] for vms in failback]
    assert back[0]["source_vm_id"] == recovered["recovered_vm_id"]
    assert (back[-1]["source_site"], back[-1]["recovery_site"]) == (RECOVERY, PRIMARY)
    assert back[-1]["recovered_vm_id"] not in {None, recovered["recovered_vm_id"]}
    assert [vm["is_protected"] for vm in back] == [False, False, False, False, True]
    assert [vms["db-1"]["is_protected"] for vms in main] == [False, False, False, False, True]


def test_a_run_that_does_nothing_tells_only_of_its_failure(plays: Plays) -> None:
    plays.estate.simulator.seed(names=["db-1"])
    plays.add("failover", all=True, source_is_down=False)
    plays.add("failover", all=True, hooks_start=["broken.yml", "record.yml"])
    plays.add("failover", all=True, check=True, report_dir="never")
    plays.add("drill", all=True)
    plays.add("cleanup", all=True, connection={**plays.estate.connection(), "password": "wrong"})
    plays.run()
    refused, not_started, predicted, drill, no_login = map(plays.calls, range(5))
    assert [report["outcome"] for report in plays.reports] == ["failed", "failed", "predicted", "succeeded", "failed"]

    # Refused after the selection.
    assert stages_of(refused) == ["failure"]
    assert "Site site-1 answers" in refused[0]["message"]
    assert vms_of(refused[0])["db-1"]["outcome"] == "not_started"

    # No other hook of the start runs; those at the end may undo what one before it did.
    assert stages_of(not_started) == ["end", "failure"]
    assert [(one["step"], one["code"]) for one in plays.reports[1]["failures"]] == [("start", "HOOK_FAILED")]
    assert plays.reports[1]["vms"][0]["outcome"] == "not_started"

    # Check mode, and a drill whose hooks might change what production depends on.
    assert predicted == []
    assert stages_of(drill) == ["verify"]
    assert not (plays.estate.folder / "never").exists()

    assert (stages_of(no_login), no_login[0]["vms"]) == (["failure"], [])
    assert "401" in no_login[0]["message"]


def test_a_hook_that_fails_never_hides_what_else_has_failed(plays: Plays) -> None:
    plays.estate.simulator.seed(names=["db-1"])
    broken, both = ["broken.yml"], ["broken.yml", "record.yml"]
    plays.add("failover", vm_names=["db-1", "nobody"], hooks_failure=both, report_dir="never")
    plays.add("failover", all=True)
    plays.add("reverse", all=True, hooks_end=both)
    plays.add("failback", **at(plays, PRIMARY), hook_failure="warn", hooks_start=broken, hooks_end=broken)
    plays.run()
    partly, again, end, warned = map(plays.calls, range(4))
    assert [report["outcome"] for report in plays.reports] == ["failed", "unchanged", "failed", "succeeded"]

    # The failure of the VM comes first, that of the hook is beside it, and the next hook runs.
    assert stages_of(partly) == ["start", "before", "verify", "after", "end", "failure"]
    assert [(one["name"], one["step"]) for one in plays.reports[0]["failures"]] == [
        ("nobody", "select"),
        ("", "failure"),
    ]
    assert "This hook is broken." in plays.reports[0]["failures"][1]["message"]
    assert [vm["outcome"] for vm in partly[-1]["vms"]] == ["changed", "failed"]
    assert partly[-2]["message"] == "1 of 2 VMs: 1 failed."
    assert not (plays.estate.folder / "never").exists()

    # There is nothing to recover, but the VM is not protected yet.
    assert stages_of(again) == ["verify", "after"]

    # The work stands, the next hook runs, and the failure is told.
    assert stages_of(end) == ["start", "end", "failure"]
    assert end[-1]["message"] == "A hook at the end failed: This hook is broken."
    assert plays.reports[2]["vms"][0]["outcome"] == "changed"

    assert stages_of(warned) == ["before", "verify", "after"]
    assert sum("This hook is broken." in note for note in plays.reports[3]["notes"]) == 2


def test_the_message_of_a_hook_that_hides_its_output_is_told_nowhere(plays: Plays) -> None:
    plays.estate.simulator.seed(names=["db-1"])
    fail = {"name": "Fail", "ansible.builtin.fail": {"msg": "The token hidden-4711 was refused."}}
    plays.write("task.yml", [{**fail, "no_log": True}])
    plays.write("loop.yml", [{**fail, "no_log": "{{ item == 1 }}", "loop": [1]}])
    plays.write("block.yml", [{"block": [fail], "no_log": "{{ true }}"}])
    plays.write("shown.yml", [{**fail, "no_log": False}])
    for stage, hook in (("start", "task.yml"), ("start", "shown.yml"), ("before", "loop.yml"), ("verify", "block.yml")):
        given: dict[str, Any] = {f"hooks_{stage}": [hook]}
        plays.add("failover", all=True, **given)
    plays.add("reverse", all=True, hooks_start=["loop.yml"], hooks_end=["block.yml"], hook_failure="warn")
    plays.run()
    told = [json.dumps([report, plays.calls(number)]) for number, report in enumerate(plays.reports)]
    assert [text.count("hidden-4711") > 0 for text in told] == [False, True, False, False, False]
    assert ["is hidden by no_log" in text for text in told] == [True, False, True, True, True]


def test_hosts_that_are_worked_on_together_share_their_hooks(plays: Plays) -> None:
    ids = plays.estate.simulator.seed(names=["db-1", "web-1"]).vm_ids
    plays.add("failover", hooks_before=[], hooks_verify=[], hooks_after=[])
    role = plays.tasks[0]["block"][0]
    variables = {**role["vars"], "recovery_vm_replication_ids": "{{ [ids[inventory_hostname]] }}"}
    variables["ids"] = {"db": ids[0], "web": ids[1], "ghost": "C4-00000000-0000-4000-8000-000000000000"}
    variables["recovery_hooks_failure"] = ["broken.yml", "record.yml"]
    parts = {"name": "opendr.vcda.recovery", "tasks_from": "failover"}
    play = {
        "hosts": "db,web,ghost",
        "gather_facts": False,
        "tasks": [{"name": "All", "ansible.builtin.import_role": parts, "vars": variables}],
    }
    content = "{{ hostvars['db'].recorded | join('\n') }}"
    copy = {"content": content, "dest": str(plays.estate.folder / "kept"), "mode": "0600"}
    python = {"ansible_python_interpreter": sys.executable}
    keep = [{"name": "Keep", "ansible.builtin.copy": copy}]
    after = {"hosts": "db", "gather_facts": False, "vars": python, "tasks": keep}
    path = plays.estate.folder / "hosts.yml"
    path.write_text(json.dumps([play, after]), encoding="utf-8")
    code, output = plays.estate.run(path, "-i", "db,web,ghost,")
    calls = [json.loads(line)["hook"] for line in (plays.estate.folder / "kept").read_text().splitlines()]
    assert [(call["stage"], [vm["vm_name"] for vm in call["vms"]][:2]) for call in calls] == [
        ("start", ["db-1", "web-1"]),
        ("end", ["db-1", "web-1"]),
        ("failure", ["db-1", "web-1"]),
    ]
    for call in calls:
        VALIDATOR.validate(call)
        assert call["hosts"] == ["db", "web", "ghost"]
    # Whose VM was recovered is not told that a hook has failed that tells of failures.
    assert code == 2
    assert re.findall(r"^(\w+) .*failed=1", output, re.MULTILINE) == ["ghost"]


def at(plays: Plays, site: str) -> dict[str, Any]:
    """Variables of a run at a site, for all that there is."""
    return {"all": True, "active_site": site, "connection": plays.estate.connection(site)}


def stages_of(calls: list[dict[str, Any]]) -> list[str]:
    for call in calls:
        VALIDATOR.validate(call)
    return [call["stage"] for call in calls]


def vms_of(call: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {vm["vm_name"]: vm for vm in call["vms"]}
