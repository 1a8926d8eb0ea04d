# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball holds the collection and nothing that only lies in somebody's checkout."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.tests.tools import collection_tree, tarball

ROOT = Path(__file__).parents[3]
CONTENT = {"galaxy.yml", "README.md", "plugins/modules/__init__.py", "roles/shop/tasks/main.yml"}
STRAY = (
    ".env",
    ".env.production",
    ".netrc",
    ".vault-password",
    "ansible.cfg",
    "id_ed25519",
    "notes/id_rsa.pub",
    "opendr-vcda-0.9.0.tar.gz",
    "plugins/ansible.cfg",
    "plugins/modules/.env",
    "roles/shop/files/ca.key",
    "roles/shop/files/client.p12",
    "roles/shop/files/service.pem",
    "roles/shop/vault_pass.txt",
    "site.retry",
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small collection in Git, among files that are in no repository."""
    root = tmp_path / "checkout"
    for name in sorted(CONTENT):
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("", encoding="utf-8")
    shutil.copyfile(ROOT / "galaxy.yml", root / "galaxy.yml")
    (root / ".gitignore").write_text("/.build/\n", encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *command], cwd=root, check=True)
    for name in STRAY:
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("secret\n", encoding="utf-8")
    monkeypatch.setattr(collection_tree, "ROOT", root)
    return root


def files_in(archive: Path) -> set[str]:
    with tarfile.open(archive) as opened:
        return {entry.name for entry in opened.getmembers() if entry.isfile()} - {"MANIFEST.json", "FILES.json"}


def test_a_release_holds_what_git_tracks_and_nothing_else(checkout: Path, tmp_path: Path) -> None:
    (checkout / "plugins" / "modules" / "a_name_that_no_pattern_knows").write_text("secret", encoding="utf-8")
    assert files_in(tarball.build(tmp_path / "built")) == CONTENT - {"galaxy.yml"}


def test_whoever_builds_in_a_checkout_packs_no_secrets_of_common_names(checkout: Path, tmp_path: Path) -> None:
    assert files_in(tarball.pack(checkout, tmp_path)) == CONTENT - {"galaxy.yml"}


def test_a_file_that_git_does_not_track_is_told(checkout: Path, tmp_path: Path) -> None:
    (checkout / "plugins" / "token.txt").write_text("secret", encoding="utf-8")
    [complaint] = tarball.check_contents(tarball.pack(checkout, tmp_path))
    assert complaint == "plugins/token.txt is in the tarball and not in Git"
