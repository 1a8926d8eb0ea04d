# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the version of the collection: an installed one has a manifest, a checkout only its ``galaxy.yml``."""

from __future__ import annotations

import json
import re
from pathlib import Path

_COLLECTION = Path(__file__).parents[3]
_VERSION = re.compile(r"^version:\s*['\"]?([^\s'\"#]+)", re.MULTILINE)


def collection_version(folder: Path = _COLLECTION) -> str:
    """Return the version of the collection; empty if no file contains it.

    :param folder: of the collection
    """
    try:
        return str(json.loads((folder / "MANIFEST.json").read_bytes())["collection_info"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return _of_checkout(folder)


def _of_checkout(folder: Path) -> str:
    try:
        found = _VERSION.search((folder / "galaxy.yml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""
