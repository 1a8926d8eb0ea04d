# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks as AWX does: by ansible-runner, with credentials in the environment and settings as extra variables.

A job that recovers simulated VMs and protects them again has to succeed, run again without changing anything, and leave
no secret in the artifacts, which AWX stores and shows.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

from .commands import run
from .places import BUILD, COLLECTIONS, FIELD
from .simulation import simulator

if TYPE_CHECKING:
    from pathlib import Path

PLACE = BUILD / "awx"
SITE, PEER = "site-2", "site-1"
PLAYBOOKS = ("failover", "reverse", "failover", "reverse")


def prepare(folder: Path, playbook: str, environment: dict[str, str]) -> None:
    """Write the folder that AWX hands to ansible-runner.

    Args:
        folder: Where to.
        playbook: Which playbook of the collection the project is to run.
        environment: What the credential injects.
    """
    # The variables of the host in the inventory that a new AWX comes with.
    host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    settings = {"recovery_active_site": SITE, "recovery_all": True, "recovery_poll_interval": 0.2}
    files: dict[str, object] = {
        "project/job.yml": [{"import_playbook": f"opendr.vcda.{playbook}"}],
        "env/envvars": environment | {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)},
        "env/extravars": settings,
        "inventory/hosts.json": {"all": {"hosts": {"localhost": host}}},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")


def changed_tasks(folder: Path) -> int:
    """Return how many tasks the job changed something in, by the job's own events."""
    events = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("artifacts/job/job_events/*.json")]
    recap = [event["event_data"]["changed"] for event in events if event["event"] == "playbook_on_stats"]
    return sum(sum(hosts.values()) for hosts in recap)


def leaks(folder: Path, secrets: list[str]) -> list[str]:
    """Return the job events and output files that show a secret; the job's environment is AWX's own to mask."""
    stored = [*folder.glob("artifacts/job/job_events/*.json"), folder / "artifacts" / "job" / "stdout"]
    return [str(path) for path in stored if any(secret in path.read_text(encoding="utf-8") for secret in secrets)]


def main() -> int:
    """Run the jobs one after the other and return the exit code."""
    shutil.rmtree(PLACE, ignore_errors=True)
    wrong: list[str] = []
    with simulator(PLACE, ["--vms", "3", "--vapps", "0", "--task-seconds", "0.5"]) as simulation:
        environment = simulation.environment(SITE, PEER)
        secrets = [site.password for site in simulation.sites.values()]
        for number, playbook in enumerate(PLAYBOOKS):
            folder = PLACE / f"{number}-{playbook}"
            prepare(folder, playbook, environment)
            code = run(FIELD / "bin" / "ansible-runner", "run", folder, "-p", "job.yml", "--ident", "job")
            if code != 0:
                wrong.append(f"job {number} ({playbook}) ended with {code}")
            elif (changed_tasks(folder) > 0) != (number < len(PLAYBOOKS) // 2):
                wrong.append(f"job {number} ({playbook}) changed {changed_tasks(folder)} tasks")
            wrong += [f"a secret is in {path}" for path in leaks(folder, secrets)]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
