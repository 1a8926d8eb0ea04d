# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the checkout in the path that ansible-test and ansible-galaxy need: .../ansible_collections/opendr/vcda."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from .places import BUILD, ROOT


def files_of_checkout(*, new: bool = True) -> list[Path]:
    """Return the files that belong to the checkout, relative to its root.

    Args:
        new: Include files that Git neither tracks nor ignores.
    """
    command = ["git", "ls-files", "-z", "--cached", *(["--others", "--exclude-standard"] if new else [])]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in sorted(set(filter(None, listing.split("\0")))) if (ROOT / name).is_file()]


def copy_tree(base: Path = BUILD / "tree", *, new: bool = True) -> Path:
    """Write a fresh copy of the checkout below a folder.

    Args:
        base: Folder for "ansible_collections"; its previous content is removed.
        new: Also copy files that Git does not track yet.

    Returns:
        The root of the copied collection.
    """
    shutil.rmtree(base, ignore_errors=True)
    target = base / "ansible_collections" / "opendr" / "vcda"
    for name in files_of_checkout(new=new):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place, follow_symlinks=False)
    # The copy is in a folder that the checkout ignores: without its own repository ansible-test would find no files.
    subprocess.run(["git", "init", "--quiet", target], check=True)
    return target


if __name__ == "__main__":
    print(copy_tree(Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "tree"))
