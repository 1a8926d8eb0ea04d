# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules, role and inventory where somebody has chosen every text: none is evaluated, and none controls a terminal."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.tests.simulator.texts import Filling
from ansible_collections.opendr.vcda.tests.tools.places import tool_environment

from .estate import PRIMARY, RECOVERY, Estate

TEXT = "{{ lookup('pipe', 'touch PWNED') }}<text>\x1b[2J\x07\x00\u202e\x9b\x7f\r\nok: [FAKE]"
FILLING = Filling(TEXT)
# What a result holds, as a value that Ansible does not evaluate: its keys and values are used as everybody uses them.
USES: list[dict[str, Any]] = [
    {
        "ansible.builtin.set_fact": {
            "by_name": "{{ dict(seen.vm_replications | map(attribute='vm_name') | zip(seen.vm_replications)) }}"
        }
    },
    {"ansible.builtin.set_fact": {"one_name": "{{ seen.vm_replications[0].vm_name }}"}},
    {"ansible.builtin.set_stats": {"data": {"by_name": "{{ by_name }}", "one_name": "{{ one_name }}"}}},
    {"ansible.builtin.debug": {"msg": "{{ by_name | length }} {{ one_name | length }} {{ seen.msg }}"}},
    {
        "ansible.builtin.debug": {"msg": "{{ by_name[item].id }} {{ item | length }}"},
        "loop": "{{ by_name.keys() | list }}",
        "no_log": True,
    },
]


def as_given(value: str) -> str:
    """Return a value of a play that is a name as the service shows it, and no template."""
    return f"!unsafe {json.dumps(FILLING.read(value))}"


def play(estate: Estate, *tasks: dict[str, Any], **variables: Any) -> Path:
    path = estate.playbook(*tasks)
    document = json.loads(path.read_text(encoding="utf-8"))
    document[0]["vars"].update(variables)
    text = json.dumps(document)
    for site in (PRIMARY, RECOVERY):
        text = text.replace(f'"<{site}>"', as_given(site))
    path.write_text(text, encoding="utf-8")
    return path


def connection(estate: Estate) -> dict[str, Any]:
    options = estate.connection(RECOVERY)
    options["extend_sites"][0]["site"] = f"<{PRIMARY}>"
    return options


def check(estate: Estate, output: str) -> None:
    assert not list(estate.folder.rglob("PWNED"))
    lines = output.split("\n")
    assert not any(line.startswith("ok: [FAKE]") or any(map(is_hidden, line)) for line in lines), ascii(output)


@pytest.fixture
def hostile(estate: Estate) -> Estate:
    estate.simulator.configure(free_text=TEXT)
    estate.simulator.seed(names=["db-1", "app-1"])
    return estate


def test_results_are_data(hostile: Estate) -> None:
    read = {"opendr.vcda.vm_replication_info": connection(hostile), "register": "seen"}
    code, output = hostile.run(play(hostile, read, *USES))
    assert code == 0, output
    check(hostile, output)


@pytest.mark.parametrize("fails", [False, True])
def test_the_role_shows_and_runs_nothing(hostile: Estate, fails: bool) -> None:
    hostile.simulator.fault("task_fails" if fails else "task_warns", times=0, code="SimulatorTask", msg="Low space.")
    for entry_point in ("main", "status"):
        role = {"ansible.builtin.import_role": {"name": "opendr.vcda.recovery", "tasks_from": entry_point}}
        settings = {
            "recovery_connection": connection(hostile),
            "recovery_active_site": f"<{RECOVERY}>",
            "recovery_all": True,
            "recovery_source_is_down": True,
            "recovery_report_dir": "reports",
        }
        code, output = hostile.run(play(hostile, {**role, "vars": settings}))
        assert code == (2 if fails and entry_point == "main" else 0), output
        check(hostile, output)
    pages = list((hostile.folder / "reports").glob("*.html"))
    assert pages
    assert not any(map(is_hidden, pages[0].read_text(encoding="utf-8").replace("\n", "")))


def test_the_outcome_of_a_single_vm_shows_its_name_in_plain_text(estate: Estate) -> None:
    estate.simulator.configure(free_text=TEXT)
    estate.simulator.seed(vms=1)
    role = {"ansible.builtin.import_role": {"name": "opendr.vcda.recovery", "tasks_from": "drill"}}
    settings = {
        "recovery_connection": connection(estate),
        "recovery_active_site": f"<{RECOVERY}>",
        "recovery_all": True,
    }
    code, output = estate.run(play(estate, {**role, "vars": settings}))
    assert code == 0, output
    assert "vm-01" in output
    check(estate, output)


def test_the_inventory_names_every_vm_in_plain_text(hostile: Estate) -> None:
    options = {"plugin": "opendr.vcda.replications", **hostile.connection(RECOVERY), "extend_sites": []}
    path = hostile.folder / "replications.yml"
    path.write_text(json.dumps(options), encoding="utf-8")
    command = ["ansible-inventory", "-i", str(path), "--graph"]
    done = subprocess.run(
        command, cwd=hostile.folder, env=tool_environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    check(hostile, done.stdout + done.stderr)
    assert "db-1" in done.stdout
    assert "app-1" in done.stdout
