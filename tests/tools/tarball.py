# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection, and prove that the tarball can be published and used.

Without arguments: build, import as Galaxy would, install, list the documentation.
With --demo: run the demo from the installed tarball.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
from pathlib import Path

from .collection_tree import copy_tree, files_of_checkout
from .commands import must_run, output_of, run
from .places import BUILD, FIELD, ROOT, tool_environment

# What is nobody's business but the maintainers'.
PRIVATE = re.compile(r"^(\.(build|venv|venv-tools|git|github|ci|mypy_cache|pytest_cache|ruff_cache)(/|$))|\.pyc$")
# What building and writing the release notes add.
MADE = {"MANIFEST.json", "FILES.json", "CHANGELOG.rst", "changelogs/changelog.yaml"}
COMPLAINT = re.compile(r"^.*\b(?:ERROR|CRITICAL|WARNING)\b.*$", re.MULTILINE)
# Each line of tests/sanity/ignore-*.txt gives its reason.
# The importer reads the collection outside of any collections path, where no playbook of it is found by its full name.
EXPECTED = re.compile(
    r"WARNING: (Ignore files skip ansible-test sanity tests|ERROR +Failed to find opendr\.vcda\.\w+ playbook)"
)
IMPORTED = "Importer processing completed successfully"


def build(place: Path) -> Path:
    """Build the collection from a fresh copy of what Git tracks: nothing else that lies in a checkout is ever packed.

    Args:
        place: Folder for the tarball and for the copy; it is emptied.

    Returns:
        The tarball.
    """
    shutil.rmtree(place, ignore_errors=True)
    return pack(copy_tree(place / "tree", new=False), place)


def pack(tree: Path, place: Path) -> Path:
    """Build the collection that a folder holds, and return the tarball.

    Args:
        tree: Root of the collection.
        place: Folder for the tarball.
    """
    must_run("ansible-galaxy", "collection", "build", "--output-path", place, tree)
    return next(place.glob("opendr-vcda-*.tar.gz"))


def check_contents(tarball: Path) -> list[str]:
    """Return what is in the tarball and should not be: files of the maintainers, and files that Git does not track."""
    with tarfile.open(tarball) as archive:
        files = {entry.name for entry in archive.getmembers() if entry.isfile()}
    strange = files - {str(name) for name in files_of_checkout(new=False)} - MADE
    return [
        *(f"{name} is in the tarball" for name in sorted(files) if PRIVATE.search(name)),
        *(f"{name} is in the tarball and not in Git" for name in sorted(strange)),
    ]


def check_import(tarball: Path) -> list[str]:
    """Let galaxy-importer read the tarball and return its complaints: it ends with 0 even after errors."""
    environment = tool_environment() | {
        "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
        "GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER": "true",
    }
    environment["PATH"] = os.pathsep.join([str(FIELD / "bin"), environment["PATH"]])
    python = FIELD / "bin" / "python"
    importer = (python, "-m", "galaxy_importer.main", tarball.name)
    code, log = output_of(*importer, cwd=tarball.parent, environment=environment)
    print(log)
    complaints = [line for line in COMPLAINT.findall(log) if not EXPECTED.search(line)]
    if code != 0 or IMPORTED not in log:
        complaints.append(f"galaxy-importer did not complete (exit code {code})")
    return complaints


def install(tarball: Path) -> Path:
    """Install the tarball as a user would, and return the collections folder that it is in."""
    collections = tarball.parent / "installed"
    environment = tool_environment() | {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
    # --force: the checkout, which this Python can import as well, counts as installed already.
    command = ("ansible-galaxy", "collection", "install", "--offline", "--force", "-p", collections, tarball)
    must_run(*command, environment=environment)
    return collections


def check_documentation(collections: Path) -> list[str]:
    """Return the modules whose documentation the installed collection does not show."""
    environment = tool_environment() | {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
    shown = output_of("ansible-doc", "--list", "--type", "module", "opendr.vcda", environment=environment)[1]
    modules = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py"))
    if not modules:
        return ["the collection has no modules"]
    return [f"ansible-doc does not list {name}" for name in modules if f"opendr.vcda.{name} " not in shown]


def run_demo(collections: Path) -> int:
    """Run the demo with the installed collection and this working environment; return its exit code."""
    checkout = collections / "ansible_collections" / "opendr" / "vcda"
    return run(ROOT / ".venv" / "bin" / "python", "-m", "tests.demo", cwd=checkout)


def main() -> int:
    """Run what the command line says and return the exit code."""
    if sys.argv[1:] == ["--demo"]:
        return run_demo(install(build(BUILD / "tarball-demo")))
    tarball = build(BUILD / "tarball")
    complaints = check_contents(tarball) + check_import(tarball) + check_documentation(install(tarball))
    print(*complaints, sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
