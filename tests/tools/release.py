# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build a release into dist/: the tarball, checked as on Galaxy, its SHA-256 sum, its release notes, and options.

Usage: python -m tests.tools.release [--changelog] [--sign KEY] [--tag] [--publish]

--changelog turns the fragments into release notes for the version of galaxy.yml, to be reviewed and committed;
--sign adds a detached OpenPGP signature of the tarball; --tag tags the commit with the version, and signs the tag with
the key of --sign; --publish uploads the tarball to the Galaxy server that ansible-galaxy is configured for. Without
these options only dist/ is written, with a candidate: it has the release notes that --changelog would write.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
from typing import TYPE_CHECKING

import yaml

from .collection_tree import copy_tree
from .commands import must_run, output_of
from .places import BUILD, ROOT, tool_environment
from .tarball import check_contents, check_import, pack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DIST = ROOT / "dist"


def version() -> str:
    """Return the version in galaxy.yml."""
    return str(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def release_notes_exist(number: str) -> bool:
    """Tell whether the changelog has this version."""
    changelog = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    return number in changelog["releases"]


def write_changelog(number: str, tree: Path = ROOT) -> None:
    """Turn the fragments of a tree into the release notes of this version."""
    must_run("antsibull-changelog", "release", "--version", number, cwd=tree)


def check_state(number: str) -> list[str]:
    """Return the reasons against releasing the checkout as this version."""
    changed = output_of("git", "status", "--porcelain")[1].strip()
    against = [f"not committed:\n{changed}"] if changed else []
    if not release_notes_exist(number):
        against.append(f'no release notes for {number}: make release ARGS="--changelog"')
    elif left := sorted(path.name for path in (ROOT / "changelogs" / "fragments").glob("*.y*ml")):
        against.append(f"not in the release notes of {number}: {', '.join(left)}")
    if tagged_commit(number) not in {None, commit_of("HEAD")}:
        against.append(f"the tag {number} is at another commit")
    return against


def commit_of(name: str) -> str | None:
    """Return the commit of a Git revision name, or None if there is none."""
    code, printed = output_of("git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return printed.strip() if code == 0 else None


def tagged_commit(number: str) -> str | None:
    """Return the commit that is tagged with this version, or None if none is."""
    return commit_of(f"refs/tags/{number}")


def build_release(number: str) -> Path:
    """Build the tarball into dist/ and check it.

    Returns:
        The tarball.

    Raises:
        SystemExit: Galaxy would report a problem.
    """
    place = BUILD / "release"
    shutil.rmtree(place, ignore_errors=True)
    tree = copy_tree(place / "tree", new=False)
    if not release_notes_exist(number):
        write_changelog(number, tree)
    built = pack(tree, place)
    complaints = check_contents(built) + check_import(built)
    if complaints:
        raise SystemExit("\n".join(complaints))
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    tarball = DIST / built.name
    shutil.copyfile(built, tarball)
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    tarball.with_suffix(".gz.sha256").write_text(f"{digest}  {tarball.name}\n", encoding="utf-8")
    notes = ("--only-latest", "--output-format", "md", "--output", DIST / "release-notes.md")
    must_run("antsibull-changelog", "generate", *notes, cwd=tree)
    return tarball


def sign(tarball: Path, key: str) -> None:
    """Write a detached signature of the tarball beside it."""
    must_run("gpg", "--armor", "--detach-sign", "--local-user", key, tarball)


def tag(number: str, key: str | None) -> None:
    """Tag the commit with the version, unless it is tagged already."""
    if tagged_commit(number) is None:
        how = ("--sign", "--local-user", key) if key else ("--annotate",)
        must_run("git", "tag", *how, "--message", f"opendr.vcda {number}", number)


def publish(tarball: Path) -> None:
    """Upload the tarball to the Galaxy server in the user's configuration file or environment."""
    galaxy = {
        name: value for name, value in os.environ.items() if name.startswith(("ANSIBLE_GALAXY_", "ANSIBLE_CONFIG"))
    }
    must_run("ansible-galaxy", "collection", "publish", tarball, environment=tool_environment() | galaxy)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Build a release into dist/")
    parser.add_argument("--changelog", action="store_true", help="write the release notes from the fragments")
    parser.add_argument("--sign", metavar="KEY", help="sign the tarball, and the tag, with this OpenPGP key")
    parser.add_argument("--tag", action="store_true", help="tag the commit")
    parser.add_argument("--publish", action="store_true", help="upload to the Galaxy server that is set up")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Build the release as the command line requests and return the exit code."""
    options = parse(arguments)
    number = version()
    if options.changelog:
        write_changelog(number)
        print("Review and commit CHANGELOG.rst and changelogs/, then run make release again.")
        return 0
    against = check_state(number)
    if options.publish and not options.tag and tagged_commit(number) is None:
        against.append(f"the commit has no tag {number}: --tag")
    if against and (options.tag or options.publish):
        raise SystemExit("\n".join(against))
    tarball = build_release(number)
    if options.sign:
        sign(tarball, options.sign)
    if options.tag:
        tag(number, options.sign)
    if options.publish:
        publish(tarball)
    print(*(f"not ready to publish: {what}" for what in against), f"built: {tarball.relative_to(ROOT)}", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
