# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test of a given ansible-core version on a given Python version.

Examples: python -m tests.tools.ansible_test sanity --core 2.19 --python 3.11
and: python -m tests.tools.ansible_test units --core 2.19 --python 3.11 --target 3.9
and: python -m tests.tools.ansible_test integration --core 2.16 --python 3.11 vm_replication_reverse

Each combination has its virtual environment and its home folder under .venv-tools, so that runs do not meet and
nothing is left in the user's home. What ansible-test would quietly count as passed (a missing program) fails here.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ..integration.run import TASK_SECONDS, variables
from .collection_tree import copy_tree
from .commands import must_run, output_of
from .cores import QUIET, alone, place_of, prepare
from .places import BUILD, tool_environment
from .pythons import find_python
from .simulation import simulator

SUPPORTED_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
# The file in which ansible-test defines the pip version that it bootstraps on the Pythons of SUPPORTED_PYTHONS.
BOOTSTRAP_SOURCE = "ansible_test/_internal/python_requirements.py"
PIP_VERSION = re.compile(r"\bpip='([\d.]+)'")
SKIPPED = re.compile(r"^WARNING: .*(?:Required program|Skipping|skipped).*$", re.MULTILINE)
# Skips that are accepted: Pythons that this machine does not have; PowerShell, which the collection does not use.
HARMLESS = re.compile(r"because it could not be found|pslint")


def main() -> int:
    """Run the ansible-test command of the command line and return the exit code."""
    parser = argparse.ArgumentParser(description="ansible-test on a copy of the checkout")
    parser.add_argument("command", choices=["sanity", "units", "integration"])
    parser.add_argument("--core", required=True, help="series of ansible-core, such as 2.19")
    parser.add_argument("--python", required=True, help="Python that runs ansible-test, such as 3.11")
    parser.add_argument("--target", help="Python that runs the unit tests, if another one")
    parser.add_argument("rest", nargs="*", help="tests or integration targets; all if there are none")
    options = parser.parse_intermixed_args()
    python = find_python(options.python)
    if python is None:
        print(f"Python {options.python} is not on this machine", file=sys.stderr)
        return 1
    venv = place_of(options.core, options.python)
    home = venv / "home"
    arguments = [options.command, "--color", "no", *options.rest]
    if options.command == "units":
        arguments += ["--target-python", f"venv/{options.target or options.python}"]
    with alone(venv):
        prepare(venv, python, options.core)
        seed_home(venv, home)
        tree = copy_tree(BUILD / "trees" / f"{venv.name}-{options.command}")
        if options.command != "integration":
            return run_ansible_test(venv, home, tree, arguments)
        with simulator(venv / "simulator", ["--task-seconds", TASK_SECONDS]) as simulation:
            given = variables(simulation, tree / "tests" / "output", in_process=True)
            config = tree / "tests" / "integration" / "integration_config.yml"
            config.write_text(json.dumps(given), encoding="utf-8")
            return run_ansible_test(venv, home, tree, [*arguments, "--python", options.python])


def seed_home(venv: Path, home: Path) -> None:
    """Create a home folder for the run with the pip bootstrap and the user's pip settings.

    ansible-test passes no PIP_* variable to pip, and pip reads its settings below HOME, so they are written there.
    """
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    python = venv / "bin" / "python"
    source = next(venv.glob(f"lib/python*/site-packages/{BOOTSTRAP_SOURCE}")).read_text(encoding="utf-8")
    version = PIP_VERSION.findall(source)[0]
    seeded = cache / f"get_pip_{version.replace('.', '_')}.py"
    if not seeded.exists():
        must_run(python, "-m", "pip", "download", *QUIET, "--no-deps", "--dest", cache, f"pip=={version}")
        shutil.copyfile(Path(__file__).with_name("get_pip_stand_in.py"), seeded)
    listed = output_of(python, "-m", "pip", "config", "list")[1]
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.touch(mode=0o600)
    settings.write_text("[global]\n" + pip_settings(listed), encoding="utf-8")


def pip_settings(listed: str) -> str:
    """Convert the output of "pip config list" to a settings file; environment variables take precedence, as in pip."""
    chosen: dict[str, str] = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        setting, separator, value = line.partition("=")
        section, dot, name = setting.partition(".")
        if separator and dot and section in {":env:", "global", "install"}:
            chosen[name] = value.strip("'\"")
    return "".join(f"{name} = {value}\n" for name, value in sorted(chosen.items()))


def run_ansible_test(venv: Path, home: Path, tree: Path, arguments: list[str]) -> int:
    """Run ansible-test, show its output, and fail if it skipped a test that it should have run.

    Args:
        venv: Virtual environment in which it is installed.
        home: Its home folder.
        tree: The copy of the collection.
        arguments: What to run.

    Returns:
        The exit code: that of ansible-test, or 1 if a test was skipped because a program is missing.
    """
    pythons = [python.parent for version in SUPPORTED_PYTHONS if (python := find_python(version))]
    environment = tool_environment() | {"HOME": str(home)}
    environment["PATH"] = os.pathsep.join(map(str, [venv / "bin", *pythons, "/usr/bin", "/bin"]))
    del environment["ANSIBLE_COLLECTIONS_PATH"]
    if shutil.which("shellcheck", path=environment["PATH"]) is None:
        print("shellcheck is missing, and ansible-test would count its test as passed", file=sys.stderr)
        return 1
    command = [str(venv / "bin" / "ansible-test"), *arguments]
    lines = []
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    skipped = [line for line in SKIPPED.findall("".join(lines)) if not HARMLESS.search(line)]
    if skipped:
        print("Skipped, and so not proven:", *skipped, sep="\n  ", file=sys.stderr)
    return process.returncode or (1 if skipped else 0)


if __name__ == "__main__":
    sys.exit(main())
