# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each host of a play has files of its own, also if all have the same file name and are taken in parts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from .estate import RECOVERY, Estate

HOSTS = ("web#1", "web+1", "Web+1", "数" * 60)


def inventory_and_play(estate: Estate, **play: Any) -> tuple[str, ...]:
    inventory = estate.folder / "hosts.json"
    hosts = {host: {"recovery_vm_names": [f"vm-0{number + 1}"]} for number, host in enumerate(HOSTS)}
    inventory.write_text(json.dumps({"workloads": {"hosts": hosts}}), encoding="utf-8")
    variables = {"recovery_active_site": RECOVERY, "recovery_report_dir": str(estate.folder / "reports")}
    tasks = [
        {
            "ansible.builtin.import_role": {"name": "opendr.vcda.recovery", "tasks_from": "readiness"},
            "vars": {**variables, "recovery_report_name": "night", "recovery_connection": estate.connection()},
        }
    ]
    path = estate.folder / "play.yml"
    path.write_text(
        json.dumps([{"hosts": "workloads", "connection": "local", "gather_facts": False, "tasks": tasks, **play}]),
        encoding="utf-8",
    )
    return "-i", str(inventory)


def test_no_host_replaces_the_report_of_another(estate: Estate) -> None:
    estate.simulator.seed(vms=len(HOSTS))
    arguments = inventory_and_play(estate, serial=2)
    for _run in range(2):
        code, output = estate.run(estate.folder / "play.yml", *arguments)
        assert code == 0, output
    reports = [json.loads(path.read_text()) for path in (estate.folder / "reports").glob("*.json")]
    of_one = [report["vms"][0]["name"] for report in reports if len(report["vms"]) == 1]
    assert sorted(of_one) == ["vm-01", "vm-02", "vm-03", "vm-04"]
    assert [len(report["vms"]) for report in reports if len(report["vms"]) > 1] == [2, 2]
    assert len(list((estate.folder / "reports").glob("*.html"))) == 2


def test_no_host_replaces_the_answers_of_another(estate: Estate) -> None:
    shared = {host: {"probe_connection": estate.connection()} for host in ("a#1", "a+1", "site-1", "Site-1")}
    own = {"b": {"probe_connection": estate.connection(), "probe_file": "of-{{ inventory_hostname }}.json"}}
    inventory = estate.folder / "hosts.json"
    inventory.write_text(json.dumps({"services": {"hosts": {**shared, **own}}}), encoding="utf-8")
    arguments = ("-e", "probe_hosts=services", "-e", f"ansible_python_interpreter={sys.executable}")
    code, output = estate.run(Path("opendr.vcda.probe"), "-i", str(inventory), *arguments)
    assert code == 0, output
    names = sorted(path.stem for path in estate.folder.glob("*.json") if path != inventory)
    assert len(names) == 5
    assert len({name.casefold() for name in names}) == 5
    assert {"of-b", "vcda-answers-site-1"} <= set(names)
