# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.opendr.vcda.tests.simulator import __main__ as command
from ansible_collections.opendr.vcda.tests.simulator import accounts

ROOT = Path(command.__file__).resolve().parents[2]
PATIENCE = 60


class Process:
    """A simulator that has said that it is ready."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.ready_file = folder / "ready.json"
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tests.simulator", "--ready-file", str(self.ready_file), *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.banner: list[str] = []
        for line in self.process.stdout:
            self.banner.append(line)
            if line.startswith("Stop with"):
                break

    def addresses(self) -> Any:
        return json.loads(self.ready_file.read_text(encoding="utf-8"))

    def end(self) -> int:
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


def ask(url: str, method: str = "GET") -> Any:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=PATIENCE).json()


def test_a_simulator_to_play_with(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    process = Process(
        tmp_path, "--vms", "3", "--vapps", "1", "--speed", "60", "--task-seconds", "5", "--api-version", "4.5",
        "--set", "reverse_id=new", "--set", "queued_tasks=true", "--ca-file", str(ca_file), "--stop-with-parent",
    )  # fmt: skip
    addresses = process.addresses()
    state = ask(f"{addresses['control_url']}/state")
    assert (len(state["vm_replications"]), len(state["vapp_replications"])) == (6, 1)
    switches = {name: state["settings"][name] for name in ("api_version", "reverse_id", "queued_tasks", "task_seconds")}
    assert switches == {"api_version": "4.5", "reverse_id": "new", "queued_tasks": True, "task_seconds": 5.0}
    assert state["settings"]["idle_timeout"] == 1800 * 60
    banner = "".join(process.banner)
    for account in (*accounts.VCD_ACCOUNTS, accounts.ROOT, accounts.SSO):
        assert f"{account.user} / {accounts.password(account, 'site-1')}" in banner
    for site in addresses["sites"].values():
        assert site["thumbprint"] in banner
    assert "opendr.vcda.vm_replication_info" in banner
    assert ca_file.is_file()
    ask(f"{addresses['control_url']}/stop", "POST")
    assert process.end() == 0


@pytest.mark.parametrize(("query", "code"), [("limit=1", 0), ("desc=true", command.CONTRACT_BROKEN)])
def test_it_tells_whether_the_contract_was_kept(tmp_path: Path, query: str, code: int) -> None:
    process = Process(tmp_path, "--contract")
    addresses = process.addresses()
    site = addresses["sites"]["site-2"]
    body = {"type": "vcdCredentials", "vcdUser": "operator@tenant-1", "vcdPassword": "operator-secret-site-2"}
    with requests.Session() as session:
        session.verify = addresses["ca_file"]
        session.trust_env = False
        url = f"https://127.0.0.1:{site['port']}"
        token = session.post(f"{url}/sessions", json=body, timeout=PATIENCE).headers["X-VCAV-Auth"]
        session.get(f"{url}/vm-replications?{query}", headers={"X-VCAV-Auth": token}, timeout=PATIENCE)
    ask(f"{addresses['control_url']}/stop", "POST")
    _printed, problems = process.process.communicate(timeout=PATIENCE)
    assert process.process.returncode == code
    assert ("query desc is not documented" in problems) is (code != 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it(tmp_path: Path, number: signal.Signals) -> None:
    process = Process(tmp_path)
    process.process.send_signal(number)
    assert process.end() == 0


def test_it_ends_with_its_parent() -> None:
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'tests.simulator', '--stop-with-parent'], stdout=1)\n"
        "sys.stdin.readline()\n"
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert any(line.startswith("Stop with") for line in parent.stdout)
        parent.kill()
        assert parent.stdout.read() == "", "the pipe is closed only when the simulator has ended too"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "reverse_id"], "SWITCH=VALUE"),
        (["--set", "reverse_id=odd"], "reverse_id is one of"),
        (["--set", "nothing=1"], "unknown switch"),
        (["--api-version", "5.0"], "unknown API version"),
    ],
)
def test_wrong_switches(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert command.main(arguments) == 2
    assert message in capsys.readouterr().err
