# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a play says around the role reaches the role: defaults of modules, and names exactly as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .estate import PRIMARY, RECOVERY, USER, Estate

GROUP = "group/opendr.vcda.vcda"


def role(estate: Estate, entry_point: str, module_defaults: dict[str, Any], **variables: Any) -> Path:
    """Write a play that imports the role, with no connection but what its defaults or the environment say."""
    path = estate.folder / "play.yml"
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": module_defaults,
        "tasks": [
            {
                "ansible.builtin.import_role": {"name": "opendr.vcda.recovery", "tasks_from": entry_point},
                "vars": {"recovery_active_site": RECOVERY, "recovery_report_files": False, **variables},
            }
        ],
    }
    path.write_text(json.dumps([play]), encoding="utf-8")
    return path


def environment(estate: Estate, site: str) -> dict[str, str]:
    """Name a site in the environment, as a shell profile would."""
    connection = estate.connection(site)
    return {
        "VCDA_HOSTNAME": connection["hostname"],
        "VCDA_PORT": str(connection["port"]),
        "VCDA_USERNAME": USER,
        "VCDA_PASSWORD": connection["password"],
        "VCDA_CA_PATH": connection["ca_path"],
    }


@pytest.mark.parametrize("other", [None, PRIMARY], ids=["nothing", "the other site"])
def test_defaults_of_the_play_reach_the_role_whatever_the_environment_says(estate: Estate, other: str | None) -> None:
    estate.simulator.seed(vms=1)
    code, output = estate.run(
        role(estate, "readiness", {GROUP: estate.connection(RECOVERY)}, recovery_vm_names=["vm-01"]),
        **(environment(estate, other) if other else {}),
    )
    assert code == 0, output
    assert {entry.site for entry in estate.simulator.log} == {RECOVERY}


def test_defaults_of_a_single_module_reach_its_step(estate: Estate) -> None:
    [vm] = estate.simulator.seed(vms=1).vm_ids
    defaults = {GROUP: estate.connection(RECOVERY), "opendr.vcda.vm_replication_failover": {"power_on": "maybe"}}
    code, output = estate.run(
        role(estate, "failover", defaults, recovery_vm_names=["vm-01"], recovery_source_is_down=True)
    )
    assert code == 2
    assert "power_on" in output
    assert not estate.simulator.effects(vm)


@pytest.mark.parametrize("name", ["web ", " web"])
def test_a_name_with_blanks_is_a_name_of_its_own(estate: Estate, name: str) -> None:
    plain, blank = estate.simulator.seed(names=["web", name]).vm_ids
    code, output = estate.run(
        role(estate, "failover", {}, recovery_vm_names=[name], recovery_source_is_down=True),
        **environment(estate, RECOVERY),
    )
    assert code == 0, output
    assert estate.simulator.effects(blank)["failover"] == 1
    assert not estate.simulator.effects(plain)


def test_each_host_has_the_report_of_its_own_run_whatever_its_facts_were(estate: Estate) -> None:
    """Hosts are processed together, and one of them has a fact with the name of the report."""
    ids = dict(zip(("a", "b", "c"), estate.simulator.seed(vms=3).vm_ids, strict=True))
    own = "recovery_report.vms | map(attribute='id') == recovery_vm_replication_ids"
    runs = [
        [
            _of_hosts(estate, entry_point),
            {"ansible.builtin.assert": {"that": [own, f"recovery_report.run.entry_point == '{entry_point}'"]}},
            _asserted(f"report.run.entry_point == '{entry_point}'", ids),
        ]
        for entry_point in ("failover", "reverse")
    ]
    fact = {"ansible.builtin.set_fact": {"recovery_report": {}}, "when": "inventory_hostname == 'b'"}
    code, output = _run_on_hosts(estate, [[fact, *runs[0], *runs[1]]], ids)
    assert code == 0, output
    assert [estate.simulator.effects(one) for one in ids.values()] == [{"failover": 1, "reverse": 1}] * 3


def test_each_host_has_its_last_report_after_hooks_and_hosts_that_leave(estate: Estate) -> None:
    """A hook sets facts of that name, the report is output again, and a host leaves before the next run."""
    ids = dict(zip(("a", "b", "c"), estate.simulator.seed(vms=3).vm_ids, strict=True))
    setting = {"ansible.builtin.set_fact": {"recovery_report": {"of": "the hook"}}}
    status = {"ansible.builtin.include_role": {"name": "opendr.vcda.recovery", "tasks_from": "status"}}
    hook = [status, setting, {**setting, "delegate_to": "c", "delegate_facts": True}]
    (estate.folder / "hook.yml").write_text(json.dumps(hook))
    plays = [
        [
            _of_hosts(estate, "failover", recovery_hooks_end=["hook.yml"]),
            *[{"ansible.builtin.import_role": {"name": "opendr.vcda.recovery", "tasks_from": "report"}}] * 2,
            _asserted("report.run.entry_point == 'failover'", ids),
            {"ansible.builtin.fail": {}, "when": "inventory_hostname == 'b'"},
        ],
        [_of_hosts(estate, "reverse")],
        [_asserted("report.run.entry_point == ('failover' if item == 'b' else 'reverse')", ids)],
    ]
    code, output = _run_on_hosts(estate, plays, ids)
    assert code == 2, output
    assert "Assertion failed" not in output
    assert output.count("All assertions passed") == 3 * 3 + 3 * 2, output
    assert [sorted(estate.simulator.effects(one)) for one in ids.values()] == [
        ["failover", "reverse"],
        ["failover"],
        ["failover", "reverse"],
    ]


def test_each_host_has_its_outcome_though_any_error_is_fatal(estate: Estate) -> None:
    """A hook that fails on the first host is rescued there, and ends the play for nobody."""
    ids = dict(zip(("a", "b", "c"), estate.simulator.seed(vms=3).vm_ids, strict=True))
    (estate.folder / "hook.yml").write_text(json.dumps([{"ansible.builtin.fail": {"msg": "This hook is broken."}}]))
    warned = _of_hosts(estate, "failover", recovery_hooks_before=["hook.yml"], recovery_hook_failure="warn")
    failed = _of_hosts(estate, "reverse", recovery_hooks_start=["hook.yml"])
    code, output = _run_on_hosts(estate, [[warned, failed]], ids, any_errors_fatal=True)
    assert code == 2, output
    assert [estate.simulator.effects(one) for one in ids.values()] == [{"failover": 1}] * 3
    assert all(f'fatal: [{host}]: FAILED! => {{"changed": false, "msg": "Reverse' in output for host in ids), output


def _of_hosts(estate: Estate, entry_point: str, **variables: Any) -> dict[str, Any]:
    given = {
        "recovery_connection": estate.connection(RECOVERY),
        "recovery_active_site": RECOVERY,
        "recovery_source_is_down": True,
        "recovery_report_files": False,
        **variables,
    }
    return {"ansible.builtin.import_role": {"name": "opendr.vcda.recovery", "tasks_from": entry_point}, "vars": given}


def _asserted(what: str, ids: dict[str, str]) -> dict[str, Any]:
    """Return a task that looks at the reports of all hosts, from each host of its play."""
    that = [what, "report.vms | map(attribute='id') | list == hostvars[item].recovery_vm_replication_ids"]
    task = {"ansible.builtin.assert": {"that": that}, "loop": sorted(ids)}
    return {**task, "vars": {"report": "{{ hostvars[item].recovery_report }}"}}


def _run_on_hosts(estate: Estate, plays: list[Any], ids: dict[str, str], **play: Any) -> tuple[int, str]:
    """Run plays for hosts that each have one VM."""
    written = [{"hosts": "all", "gather_facts": False, "tasks": tasks, **play} for tasks in plays]
    path, inventory = estate.folder / "play.yml", estate.folder / "hosts.json"
    path.write_text(json.dumps(written))
    hosts = {name: {"ansible_connection": "local", "recovery_vm_replication_ids": [one]} for name, one in ids.items()}
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
    return estate.run(path, "-i", str(inventory), "--limit", ",".join(ids))
