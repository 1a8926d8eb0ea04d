# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the demo: ``make demo``, or ``python -m tests.demo`` in the working environment."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from ..tools.places import BUILD, ROOT, tool_environment
from ..tools.simulation import simulator
from . import estate

if TYPE_CHECKING:
    from ..tools.simulation import Simulation

PRIMARY, RECOVERY = "site-1", "site-2"
FOLDER = BUILD / "demo"
# Sixty seconds pass there in one here, and a task takes twenty.
SIMULATOR = ["--vms", "5", "--vapps", "0", "--speed", "60", "--task-seconds", "20"]
REPORTS = FOLDER / "reports"
SETTINGS = {
    "recovery_active_site": RECOVERY,
    "recovery_all": True,
    "recovery_poll_interval": 0.2,
    "recovery_report_dir": str(REPORTS),
}
CHANGED = re.compile(r"^localhost\s.*\bchanged=(\d+)", re.MULTILINE)


class DemoError(Exception):
    """Something did not come out as it should; the message says what."""


def say(text: str) -> None:
    """Print one step of the story."""
    print(f"\n>>> {text}", flush=True)


def play(name: str, environment: dict[str, str]) -> int:
    """Run a playbook of the collection and show its output.

    Args:
        name: Such as "failover".
        environment: Where it connects to, in the variables that the collection reads.

    Returns:
        How many tasks changed something.

    Raises:
        DemoError: The playbook failed.
    """
    command = ["ansible-playbook", f"opendr.vcda.{name}", "-e", json.dumps(SETTINGS)]
    print(f"    $ {shlex.join(command)}\n", flush=True)
    output = ""
    with subprocess.Popen(
        command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(f"    {line}", end="", flush=True)
            output += line
    recap = CHANGED.search(output)
    if process.returncode != 0 or recap is None:
        raise DemoError(f"the playbook opendr.vcda.{name} ended with exit code {process.returncode}")
    return int(recap[1])


def playbook_environment(simulation: Simulation) -> dict[str, str]:
    """Return the environment of the playbooks: the connection to the recovery site, and the collection to use.

    The collection is the one around this file: the checkout, or an installed one if the demo is run from there.
    """
    environment = tool_environment() | simulation.environment(RECOVERY, PRIMARY)
    environment["ANSIBLE_DISPLAY_SKIPPED_HOSTS"] = "false"
    # Nothing here needs an inventory.
    environment.update(ANSIBLE_INVENTORY_UNPARSED_WARNING="false", ANSIBLE_LOCALHOST_WARNING="false")
    if ROOT.parts[-3:] == ("ansible_collections", "opendr", "vcda"):
        environment["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT.parents[2])
    return environment


def tell(simulation: Simulation) -> None:
    """Tell the whole story.

    Raises:
        DemoError: It did not come out as it should.
    """
    environment = playbook_environment(simulation)
    say("Two paired sites are simulated on this machine. These environment variables set connection and login:")
    for name, value in environment.items():
        if name.startswith("VCDA_"):
            print(f"    {name}={value}")

    before = estate.read(simulation)
    say(f"{len(before)} VMs run at {PRIMARY} and are replicated to {RECOVERY}. Now {PRIMARY} goes down.")
    simulation.control("/settings", {"sites_down": [PRIMARY]})

    say(f"A failover needs the recovery site only: {RECOVERY} powers on the VMs from their latest instances.")
    play("failover", environment)

    say(f"{PRIMARY} is up again. Until the replications are reversed, the VMs at {RECOVERY} are not protected.")
    simulation.control("/settings", {"sites_down": []})
    play("reverse", environment)
    first = estate.read(simulation)

    say("Both playbooks again. They name the site where the VMs run, and all VMs run there, so nothing changes.")
    again = {name: play(name, environment) for name in ("failover", "reverse")}
    second = estate.read(simulation)

    say("Records of the simulated sites:")
    print("\n" + estate.table(before, first, second) + "\n")
    wrong = estate.mismatches(second, RECOVERY, PRIMARY)
    wrong += [f"the second {name} has changed={count}" for name, count in again.items() if count]
    if wrong:
        raise DemoError("\n    ".join(wrong))
    print(f"Every VM runs at {RECOVERY} and is protected towards {PRIMARY}. The second time: changed=0.")
    print(f"The report of each run, for people and as JSON, is in {REPORTS}")


def main() -> int:
    """Run the demo and return the exit code."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        with simulator(FOLDER, SIMULATOR) as simulation:
            tell(simulation)
    except (DemoError, RuntimeError) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
