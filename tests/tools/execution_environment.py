# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that ansible-builder reads what the collection asks of an execution environment, and writes a build context."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

from .places import BUILD, ROOT, tool_environment
from .tarball import build

PLACE = BUILD / "execution-environment"
DEFINITION = {
    "version": 3,
    "images": {"base_image": {"name": "registry.example.com/ansible/base:latest"}},
    "dependencies": {
        "ansible_core": {"package_pip": "ansible-core>=2.16"},
        "ansible_runner": {"package_pip": "ansible-runner"},
        "galaxy": {"collections": [{"name": "opendr-vcda.tar.gz", "type": "file"}]},
    },
}


def main() -> int:
    """Create the context, look at what ansible-builder found in the collection, and return the exit code."""
    tarball = build(PLACE)
    shutil.copyfile(tarball, PLACE / "opendr-vcda.tar.gz")
    definition = PLACE / "execution-environment.yml"
    definition.write_text(json.dumps(DEFINITION, indent=2), encoding="utf-8")
    environment = tool_environment()
    context = PLACE / "context"
    command = ["ansible-builder", "create", "--file", definition, "--context", context]
    subprocess.run(command, cwd=PLACE, check=True, env=environment)
    introspect = ["ansible-builder", "introspect", PLACE / "tree"]
    found = subprocess.run(introspect, check=True, env=environment, capture_output=True, text=True).stdout
    print(found)
    wanted = [line for line in (ROOT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    missing = [requirement for requirement in wanted if requirement not in found]
    if not (context / "Containerfile").exists() and not (context / "Dockerfile").exists():
        missing.append("the build file of the context")
    print(*(f"missing: {what}" for what in missing), sep="\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
