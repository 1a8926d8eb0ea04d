# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that the requirements of the collection for an execution environment are complete and as declared.

ansible-builder must read the requirements and write a build context. In a virtual environment with only these and
ansible-core, the installed collection must list its inventory and run a recovery, inside the controller and as modules.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import yaml

from .commands import must_run, output_of
from .places import BUILD, ROOT, tool_environment
from .simulation import simulator
from .tarball import build, install

if TYPE_CHECKING:
    from pathlib import Path

PLACE = BUILD / "execution-environment"
DEFINITION = ROOT / "execution-environment.yml"


def definition_for(tarball_name: str) -> str:
    """Return the published execution environment, with the collection from a tarball in the same folder."""
    definition = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))
    [collection] = definition["dependencies"]["galaxy"]["collections"]
    assert collection == {"name": "opendr.vcda"}
    collection.update(name=tarball_name, type="file")
    return json.dumps(definition, indent=2)


def try_out(tarball: Path) -> list[str]:
    """Run the installed collection in a Python that has only its requirements, and return what did not work."""
    bare, source = PLACE / "python", PLACE / "replications.yml"
    must_run(sys.executable, "-m", "venv", bare)
    must_run(bare / "bin" / "pip", "install", "--quiet", "ansible-core", "-r", ROOT / "meta" / "ee-requirements.txt")
    source.write_text("plugin: opendr.vcda.replications\n", encoding="utf-8")
    recovery = ["opendr.vcda.failover", "-e", "recovery_active_site=site-2", "-e", "recovery_poll_interval=0.2"]
    recovery += ["-e", "recovery_source_is_down=true"]
    commands: list[list[str]] = [
        ["ansible-inventory", "-i", str(source), "--list"],
        ["ansible-playbook", "-i", str(source), *recovery, "-e", "recovery_hosts=vcda"],
        ["ansible-playbook", *recovery, "-e", "recovery_all=true", "-e", "vcda_in_process=false"],
    ]
    failed = []
    with simulator(PLACE, ["--vms", "2", "--vapps", "0", "--task-seconds", "0.5"]) as simulation:
        environment = tool_environment() | simulation.environment("site-2", "site-1")
        environment |= {"PATH": f"{bare / 'bin'}:/usr/bin:/bin", "ANSIBLE_COLLECTIONS_PATH": str(install(tarball))}
        for program, *arguments in commands:
            code, output = output_of(bare / "bin" / program, *arguments, environment=environment)
            if code != 0 or "[WARNING]" in output:
                failed.append(f"{program} {arguments[-1]}: {output}")
    return failed


def main() -> int:
    """Create the context, check the requirements that ansible-builder found, and return the exit code."""
    tarball = build(PLACE)
    shutil.copyfile(tarball, PLACE / "opendr-vcda.tar.gz")
    definition = PLACE / DEFINITION.name
    definition.write_text(definition_for("opendr-vcda.tar.gz"), encoding="utf-8")
    context = PLACE / "context"
    must_run("ansible-builder", "create", "--file", definition, "--context", context, cwd=PLACE)
    code, found = output_of("ansible-builder", "introspect", PLACE / "tree")
    print(found)
    asked = (ROOT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    missing = [line for line in asked if line and not line.startswith("#") and line not in found]
    if not list(context.glob("[CD]*file")):
        missing.append("the build file of the context")
    missing += try_out(tarball)
    print(*(f"missing: {what}" for what in missing), sep="\n")
    return 1 if missing or code else 0


if __name__ == "__main__":
    sys.exit(main())
