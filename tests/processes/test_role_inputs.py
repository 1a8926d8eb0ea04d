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
    variables = {
        "recovery_connection": estate.connection(RECOVERY),
        "recovery_active_site": RECOVERY,
        "recovery_source_is_down": True,
        "recovery_report_files": False,
    }
    own = "recovery_report.vms | map(attribute='id') == recovery_vm_replication_ids"
    other = "hostvars[item].recovery_report.vms | map(attribute='id') == hostvars[item].recovery_vm_replication_ids"
    asserted = {"ansible.builtin.assert": {"that": [own, "recovery_report.run.entry_point == recovery__entry_point"]}}
    seen_by_all = {"ansible.builtin.assert": {"that": [other]}, "loop": sorted(ids)}
    runs = [
        [
            {
                "ansible.builtin.import_role": {"name": "opendr.vcda.recovery", "tasks_from": entry_point},
                "vars": variables,
            },
            {**asserted, "vars": {"recovery__entry_point": entry_point}},
            seen_by_all,
        ]
        for entry_point in ("failover", "reverse")
    ]
    fact = {"ansible.builtin.set_fact": {"recovery_report": {}}, "when": "inventory_hostname == 'b'"}
    path = estate.folder / "play.yml"
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [fact, *runs[0], *runs[1]]}]))
    inventory = estate.folder / "hosts.json"
    hosts = {name: {"ansible_connection": "local", "recovery_vm_replication_ids": [one]} for name, one in ids.items()}
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
    code, output = estate.run(path, "-i", str(inventory), "--limit", "a,b,c")
    assert code == 0, output
    assert [estate.simulator.effects(one) for one in ids.values()] == [{"failover": 1, "reverse": 1}] * 3
