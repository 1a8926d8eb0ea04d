# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the integration targets against the simulator, two at a time.

Examples: python tests/integration/run.py
and: python tests/integration/run.py --as-module vm_replication_reverse playbook_failover
and: python tests/integration/run.py --core 2.16 --python 3.11 role_main

A target is a folder tests/integration/targets/NAME with tasks/main.yml, run as a role on the host "testhost".
Folders that begin with setup_ or prepare_ are roles for the targets, not targets. Each target has a simulator of its
own, fresh, with six VMs and two vApps, where a task takes 0.4 s. A target fails too if a request or an answer breaks
the contract. It is given these variables:

simulator: a dictionary with control_url, ca_path, and sites, from the name of each site (site-1, site-2) to its name,
    hostname, port, thumbprint, username and password
output_dir: a folder for files
vcda_in_process: whether the modules run inside the controller (--in-process, the default) or each in a process of its
    own (--as-module)

Under .build/integration/PASS/NAME stay the output (output.txt), the simulator's log and the files of the last run.
The last line is "N passed, M failed".
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from ansible_collections.opendr.vcda.tests.tools.cores import programs_of
from ansible_collections.opendr.vcda.tests.tools.places import BUILD, ROOT, tool_environment
from ansible_collections.opendr.vcda.tests.tools.simulation import Simulation, simulator

TARGETS = ROOT / "tests" / "integration" / "targets"
SUPPORT = ("setup_", "prepare_")
# These take longest, and come first, so that none is left alone at the end.
LONG = ("version_", "role_", "playbook_")
WORKERS = 2
TAIL = 60
TASK_SECONDS = "0.4"
TIMEOUT = 600.0


@dataclass(frozen=True)
class Result:
    """What became of one target."""

    name: str
    code: int
    seconds: float
    output: str


def find_targets() -> list[str]:
    """Return the names of all targets, in the order in which they run."""
    found = sorted(path.parent.parent.name for path in TARGETS.glob("*/tasks/main.yml"))
    return sorted((name for name in found if not name.startswith(SUPPORT)), key=lambda name: not name.startswith(LONG))


def variables(simulation: Simulation, folder: Path, *, in_process: bool) -> dict[str, object]:
    """Return the variables that a target is given; the head of this file explains them."""
    sites = {
        site.name: asdict(site) | {"username": site.username, "password": site.password}
        for site in simulation.sites.values()
    }
    return {
        "simulator": {"control_url": simulation.control_url, "ca_path": simulation.ca_path, "sites": sites},
        "output_dir": str(folder / "output"),
        "vcda_in_process": in_process,
    }


def run_target(name: str, *, in_process: bool, verbosity: int, programs: Path | None) -> Result:
    """Run one target against a simulator of its own.

    :param programs: the folder with the programs of another ansible-core; None for the usual one
    """
    began = time.monotonic()
    folder = BUILD / "integration" / ("in-process" if in_process else "as-module") / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "output").mkdir(parents=True)
    play = {"name": f"Target {name}", "hosts": "testhost", "gather_facts": False, "roles": [name]}
    (folder / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    (folder / "inventory").write_text(
        f"testhost ansible_connection=local ansible_python_interpreter={json.dumps(sys.executable)}\n", encoding="utf-8"
    )
    environment = tool_environment() | {"ANSIBLE_ROLES_PATH": str(TARGETS), "ANSIBLE_RETRY_FILES_ENABLED": "false"}
    if programs:
        environment["PATH"] = os.pathsep.join([str(programs), environment["PATH"]])
    try:
        with simulator(folder, ["--task-seconds", TASK_SECONDS, "--contract"]) as simulation:
            config = folder / "integration_config.json"
            config.write_text(json.dumps(variables(simulation, folder, in_process=in_process)), encoding="utf-8")
            command = ["ansible-playbook", "play.yml", "-i", "inventory", "-e", f"@{config.name}", *["-v"] * verbosity]
            code, output = _run(command, folder, environment)
    except RuntimeError as error:
        code, output = 1, str(error)
    (folder / "output.txt").write_text(output, encoding="utf-8")
    return Result(name, code, time.monotonic() - began, output)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    try:
        answer = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        printed = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else error.stdout or ""
        return 124, f"{printed}\nStopped after {TIMEOUT:.0f} s"
    return answer.returncode, answer.stdout


def report(result: Result) -> None:
    """Print what became of a target; of a failed one, the end of its output too."""
    print(f"{'passed' if result.code == 0 else 'failed'}  {result.name:<40} {result.seconds:6.1f} s", flush=True)
    if result.code != 0:
        print("\n".join(f"    {line}" for line in result.output.splitlines()[-TAIL:]), flush=True)


def main() -> int:
    """Run what the command line says and return the exit code."""
    parser = argparse.ArgumentParser(description="Run integration targets against the simulator")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all, unless named")
    parser.add_argument("-v", dest="verbosity", action="count", default=0, help="as for ansible-playbook")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--in-process", action="store_true", default=True, help="modules inside the controller (default)"
    )
    where.add_argument("--as-module", dest="in_process", action="store_false", help="modules in processes of their own")
    parser.add_argument("--core", help="series of ansible-core, such as 2.16; that of the checkout, unless named")
    parser.add_argument("--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}", help="Python that runs it")
    options = parser.parse_args()
    programs = programs_of(options.core, options.python) if options.core else None
    if options.core and programs is None:
        parser.error(f"Python {options.python} is not on this machine")
    known = find_targets()
    chosen = options.targets or known
    unknown = sorted(set(chosen) - set(known))
    if unknown or not chosen:
        parser.error(f"no such target: {', '.join(unknown) or '(there is none at all)'}; there are: {', '.join(known)}")
    passed = failed = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        run = partial(run_target, in_process=options.in_process, verbosity=options.verbosity, programs=programs)
        for job in as_completed([pool.submit(run, name) for name in chosen]):
            result = job.result()
            report(result)
            passed += result.code == 0
            failed += result.code != 0
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
