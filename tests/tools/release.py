# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build a release into dist/: the tarball, checked as Galaxy would, its SHA-256 sum, and on request more.

Usage: python -m tests.tools.release [--changelog] [--tag] [--sign KEY] [--publish]

--changelog turns the fragments into release notes for the version of galaxy.yml, to be reviewed and committed;
--tag tags the commit with the version; --sign adds a detached OpenPGP signature; --publish uploads to the Galaxy server
that ansible-galaxy is set up for. Without them nothing but dist/ is written.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from typing import TYPE_CHECKING

import yaml

from .commands import must_run, output_of
from .places import BUILD, ROOT
from .tarball import build, check_contents, check_import

if TYPE_CHECKING:
    from pathlib import Path

DIST = ROOT / "dist"


def version() -> str:
    """Return the version that galaxy.yml names."""
    return str(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def release_notes_exist(number: str) -> bool:
    """Tell whether the changelog has this version."""
    changelog = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    return number in changelog["releases"]


def write_changelog(number: str) -> None:
    """Turn the fragments into the release notes of this version."""
    must_run("antsibull-changelog", "release", "--version", number)
    print("Review and commit CHANGELOG.rst and changelogs/, then run make release again.")


def check_state(number: str) -> list[str]:
    """Return what stands against publishing the checkout as this version."""
    changed = output_of("git", "status", "--porcelain")[1].strip()
    against = [f"not committed:\n{changed}"] if changed else []
    if not release_notes_exist(number):
        against.append(f'no release notes for {number}: make release ARGS="--changelog"')
    return against


def build_release() -> Path:
    """Build the tarball into dist/ and check it.

    Returns:
        The tarball.

    Raises:
        SystemExit: Galaxy would complain about it.
    """
    built = build(BUILD / "release")
    complaints = check_contents(built) + check_import(built)
    if complaints:
        raise SystemExit("\n".join(complaints))
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    tarball = DIST / built.name
    shutil.copyfile(built, tarball)
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    tarball.with_suffix(".gz.sha256").write_text(f"{digest}  {tarball.name}\n", encoding="utf-8")
    return tarball


def main() -> int:
    """Run what the command line says and return the exit code."""
    parser = argparse.ArgumentParser(description="Build a release into dist/")
    parser.add_argument("--changelog", action="store_true", help="write the release notes from the fragments")
    parser.add_argument("--tag", action="store_true", help="tag the commit")
    parser.add_argument("--sign", metavar="KEY", help="sign the tarball with this OpenPGP key")
    parser.add_argument("--publish", action="store_true", help="upload to the Galaxy server that is set up")
    options = parser.parse_args()
    number = version()
    if options.changelog:
        write_changelog(number)
        return 0
    against = check_state(number)
    if against and (options.tag or options.publish):
        raise SystemExit("\n".join(against))
    tarball = build_release()
    if options.sign:
        must_run("gpg", "--armor", "--detach-sign", "--local-user", options.sign, tarball)
    if options.tag:
        must_run("git", "tag", "--annotate", number, "--message", f"opendr.vcda {number}")
    if options.publish:
        must_run("ansible-galaxy", "collection", "publish", tarball)
    print(*(f"not ready to publish: {what}" for what in against), f"built: {tarball.relative_to(ROOT)}", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
