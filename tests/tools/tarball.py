# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection, and check that the tarball can be published and used.

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

# Files for maintainers only.
PRIVATE = re.compile(r"^(\.(build|venv|venv-tools|git|github|ci|mypy_cache|pytest_cache|ruff_cache)(/|$))|\.pyc$")
# Files that the build and the release notes add.
MADE = {"MANIFEST.json", "FILES.json", "CHANGELOG.rst", "changelogs/changelog.yaml"}
COMPLAINT = re.compile(r"^.*\b(?:ERROR|CRITICAL|WARNING)\b.*$", re.MULTILINE)
# Expected: each line of tests/sanity/ignore-*.txt has a reason.
# The importer reads the collection outside a collections path, so that it finds no playbook by its full name.
EXPECTED = re.compile(
    r"WARNING: (Ignore files skip ansible-test sanity tests|ERROR +Failed to find opendr\.vcda\.\w+ playbook)"
)
IMPORTED = "Importer processing completed successfully"


def build(place: Path) -> Path:
    """Build the collection from a fresh copy of what Git tracks: other files of a checkout are never packed.

    Args:
        place: Folder for the tarball and for the copy; it is emptied.

    Returns:
        The tarball.
    """
    shutil.rmtree(place, ignore_errors=True)
    return pack(copy_tree(place / "tree", new=False), place)


def pack(tree: Path, place: Path) -> Path:
    """Build the collection in a folder, and return the tarball.

    Args:
        tree: Root of the collection.
        place: Folder for the tarball.
    """
    must_run("ansible-galaxy", "collection", "build", "--output-path", place, tree)
    return next(place.glob("opendr-vcda-*.tar.gz"))


def check_contents(tarball: Path) -> list[str]:
    """Return the files that should not be in the tarball: files for maintainers, and files that Git does not track."""
    with tarfile.open(tarball) as archive:
        files = {entry.name for entry in archive.getmembers() if entry.isfile()}
    strange = files - {str(name) for name in files_of_checkout(new=False)} - MADE
    return [
        *(f"{name} is in the tarball" for name in sorted(files) if PRIVATE.search(name)),
        *(f"{name} is in the tarball and not in Git" for name in sorted(strange)),
    ]


def check_import(tarball: Path) -> list[str]:
    """Run galaxy-importer on the tarball and return its warnings and errors: its exit code is 0 even after errors."""
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
    """Install the tarball as a user would, and return its collections folder."""
    collections = tarball.parent / "installed"
    environment = tool_environment() | {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
    # --force: this Python can also import the checkout, which therefore counts as installed.
    command = ("ansible-galaxy", "collection", "install", "--offline", "--force", "-p", collections, tarball)
    must_run(*command, environment=environment)
    return collections


def check_documentation(collections: Path) -> list[str]:
    """Return the modules that ansible-doc does not list for the installed collection."""
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
    """Check the tarball, or run the demo from it, and return the exit code."""
    if sys.argv[1:] == ["--demo"]:
        return run_demo(install(build(BUILD / "tarball-demo")))
    tarball = build(BUILD / "tarball")
    complaints = check_contents(tarball) + check_import(tarball) + check_documentation(install(tarball))
    print(*complaints, sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
