# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin in processes of its own: a large estate, and the role on its hosts in every strategy."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.awx.fixtures import HERE
from ansible_collections.opendr.vcda.tests.simulator import Simulator

# Kilobytes. ansible-inventory itself takes 60,000, ten thousand hosts about 280,000 more.
MOST_MEMORY = 1000000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "replications.yml"
    path.write_text("plugin: opendr.vcda.replications\n")
    return path


def test_ten_thousand_replications_take_a_hundred_and_two_lists_and_bounded_memory(
    simulator: Simulator, environment: dict[str, str], source: Path
) -> None:
    simulator.reset()
    simulator.seed(vms=10000)
    limited = f'ulimit -d {MOST_MEMORY}; exec ansible-inventory -i "$0" --list'
    done = subprocess.run(["bash", "-c", limited, source], env=environment, capture_output=True, check=True)
    assert len(json.loads(done.stdout)["_meta"]["hostvars"]) == 10000
    lists = [dict(entry.query)["offset"] for entry in simulator.log if entry.path == "/vm-replications"]
    # Each page begins with the last item of the one before.
    assert len(lists) <= 102
    assert max(Counter(lists).values()) == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"VCDA_PORT": "1"}, "Connection refused"),
        ({"VCDA_PASSWORD": "wrong"}, "HTTP 401"),
        ({}, "fail_if_empty is set"),
    ],
    ids=["unreachable", "refused", "empty"],
)
def test_a_playbook_fails_if_its_inventory_cannot_be_read(
    simulator: Simulator, environment: dict[str, str], source: Path, wrong: dict[str, str], reason: str
) -> None:
    simulator.reset()
    source.write_text("plugin: opendr.vcda.replications\nfail_if_empty: true\n")
    command = ["ansible-playbook", "-i", str(source), "opendr.vcda.failover", "-e", "recovery_hosts=vcda"]
    done = subprocess.run(command, env={**environment, **wrong}, capture_output=True, text=True, check=False)
    assert done.returncode != 0, done.stdout
    assert reason in " ".join(done.stderr.split())
    assert "operator-secret" not in done.stderr


def test_a_misspelt_group_fails_where_it_is_told_to(environment: dict[str, str], source: Path) -> None:
    variables = {**environment, "ANSIBLE_HOST_PATTERN_MISMATCH": "error"}
    command = ["ansible-playbook", "-i", str(source), "opendr.vcda.failover", "-e", "recovery_hosts=vcda_vapp_misspelt"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stdout
    assert "recovery_hosts matches no host of the inventory" in done.stderr


@pytest.mark.parametrize(
    ("play", "arguments"),
    [
        ({"serial": 2}, ("--forks", "2")),
        ({"strategy": "ansible.builtin.free"}, ("--forks", "3")),
        ({}, ("--forks", "2", "--limit", "vm-0*")),
    ],
    ids=["serial", "free", "limit"],
)
def test_the_role_works_on_the_hosts_exactly_once(
    simulator: Simulator,
    environment: dict[str, str],
    source: Path,
    play: dict[str, Any],
    arguments: tuple[str, ...],
) -> None:
    simulator.reset()
    simulator.seed(vms=2, vapps=1, vms_per_vapp=1)
    tasks = [{"import_role": {"name": "opendr.vcda.recovery"}}]
    recovery = {"recovery_active_site": HERE, "recovery_source_is_down": True, "recovery_poll_interval": 0.3}
    playbook = source.with_name("play.yml")
    playbook.write_text(
        json.dumps([{"hosts": "vcda", "gather_facts": False, "vars": recovery, "tasks": tasks, **play}])
    )
    command = ["ansible-playbook", "-i", str(source), str(playbook), *arguments]
    done = subprocess.run(
        command, env={**environment, "HOME": os.environ.get("HOME", "/")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    effects = {row["vm_name"]: row["effects"] for row in simulator.snapshot()["vm_replications"]}
    assert len(effects) == 3
    limited = "--limit" in arguments
    for name, verbs in effects.items():
        times = 0 if limited and not name.startswith("vm-0") else 1
        assert (verbs.get("failover", 0), verbs.get("reverse", 0)) == (times, times), name


@pytest.mark.parametrize("entry_point", ["main", "failover"])
def test_hosts_that_are_worked_on_together_get_what_each_would_get_for_itself(
    simulator: Simulator, environment: dict[str, str], source: Path, entry_point: str
) -> None:
    outcomes, logins = [], []
    for one_by_one in (False, True):
        simulator.reset()
        simulator.seed(vms=3)
        simulator.fault("task_fails", path_regex="/failover$", code="SimulatorNoSpace", msg="There is no space.")
        role = {"name": "opendr.vcda.recovery", "tasks_from": entry_point, "rolespec_validate": False}
        folder = source.parent / f"reports-{one_by_one}"
        variables = {
            "recovery_active_site": HERE,
            "recovery_source_is_down": True,
            "recovery_poll_interval": 0.3,
            "recovery_one_by_one": one_by_one,
            "recovery_report_dir": str(folder),
        }
        playbook = source.with_name("play.yml")
        play = {"hosts": "vcda", "gather_facts": False, "vars": variables, "tasks": [{"import_role": role}]}
        playbook.write_text(json.dumps([play]))
        # One at a time: the fault is for whoever comes first.
        command = ["ansible-playbook", "-i", str(source), str(playbook), "--forks", "1"]
        run = {**environment, "HOME": os.environ.get("HOME", "/")}
        done = subprocess.run(command, env=run, capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stdout
        recap = done.stdout.split("PLAY RECAP")[1]
        assert sorted(line.split("failed=")[1][0] for line in recap.splitlines() if "failed=" in line) == [
            "0",
            "0",
            "1",
        ]
        reports = [json.loads(path.read_text()) for path in folder.glob("*.json")]
        own = [report for report in reports if not report["run"]["host"].endswith(" hosts")]
        assert len(own) == 3
        assert len(list(folder.glob("*.html"))) == (3 if one_by_one else 1)
        outcomes.append(
            sorted(
                (report["outcome"], vm["outcome"], [step["step"] for step in vm["steps"]], len(report["failures"]))
                for report in own
                for vm in report["vms"]
            )
        )
        logins.append(sum(entry.path == "/sessions" and entry.method == "POST" for entry in simulator.log))
    assert outcomes[0] == outcomes[1]
    # The inventory logs in, too.
    assert logins == [2, 4]
