# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that ansible-builder reads what the collection asks of an execution environment, and writes a build context."""

from __future__ import annotations

import json
import shutil
import sys

from .commands import must_run, output_of
from .places import BUILD, ROOT
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
    shutil.copyfile(build(PLACE), PLACE / "opendr-vcda.tar.gz")
    definition = PLACE / "execution-environment.yml"
    definition.write_text(json.dumps(DEFINITION, indent=2), encoding="utf-8")
    context = PLACE / "context"
    must_run("ansible-builder", "create", "--file", definition, "--context", context, cwd=PLACE)
    code, found = output_of("ansible-builder", "introspect", PLACE / "tree")
    print(found)
    asked = (ROOT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    missing = [line for line in asked if line and not line.startswith("#") and line not in found]
    if not list(context.glob("[CD]*file")):
        missing.append("the build file of the context")
    print(*(f"missing: {what}" for what in missing), sep="\n")
    return 1 if missing or code else 0


if __name__ == "__main__":
    sys.exit(main())
