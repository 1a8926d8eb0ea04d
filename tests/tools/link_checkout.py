# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the checkout importable as ansible_collections.opendr.vcda from any folder.

Writes the symbolic link .build/collections/ansible_collections/opendr/vcda, and a path file in this virtual
environment, so that its Python, pytest and the Ansible commands all find the collection by its full name.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / ".build" / "collections"


def link() -> Path:
    """Create or correct the link to the checkout; the link stays valid if the whole folder is moved."""
    place = COLLECTIONS / "ansible_collections" / "opendr" / "vcda"
    place.parent.mkdir(parents=True, exist_ok=True)
    target = os.path.relpath(ROOT, place.parent)
    if place.is_symlink() and str(place.readlink()) != target:
        place.unlink()
    if not place.is_symlink():
        place.symlink_to(target, target_is_directory=True)
    return place


def write_path_file() -> None:
    """Add .build/collections to the import path of the current virtual environment."""
    path_file = Path(sysconfig.get_path("purelib")) / "opendr_vcda_checkout.pth"
    path_file.write_text(f"{COLLECTIONS}\n", encoding="utf-8")


if __name__ == "__main__":
    link()
    write_path_file()
