# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that the README, the action group and the requirements name what the collection contains, and nothing else."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import yaml

from .places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MODULE_NAME = re.compile(r"`((?:vm|vapp)_replication\w*|\w+_info|session|recovery_plan_check)`")
INVENTORY_NAME = re.compile(r"^\| `opendr\.vcda\.(\w+)` inventory \|", re.MULTILINE)
PLAYBOOK_NAME = re.compile(r"^\| `opendr\.vcda\.(\w+)` \|", re.MULTILINE)


def stems(pattern: str) -> set[str]:
    """Return the names, without suffix, of the files of the checkout that a pattern finds."""
    return {path.stem for path in ROOT.glob(pattern) if not path.stem.startswith("_")}


def requirements(path: Path) -> list[str]:
    """Return the requirements in a file, without comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return sorted(line for line in lines if line and not line.startswith("#"))


def compare(place: str, said: set[str], there: set[str]) -> list[str]:
    """Return what a place names that is not there, and what is there that it does not name."""
    missing = [f"{place} names {name}, which does not exist" for name in sorted(said - there)]
    return missing + [f"{place} does not name {name}" for name in sorted(there - said)]


def main() -> int:
    """Compare everything and return the exit code."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    modules = stems("plugins/modules/*.py")
    wrong = compare("meta/runtime.yml", set(runtime["action_groups"]["vcda"]), modules)
    wrong += compare("README.md", set(MODULE_NAME.findall(readme)), modules)
    wrong += compare("README.md", set(PLAYBOOK_NAME.findall(readme)), stems("playbooks/*.yml"))
    wrong += compare("README.md", set(INVENTORY_NAME.findall(readme)), stems("plugins/inventory/*.py"))
    if requirements(ROOT / "requirements.txt") != requirements(ROOT / "meta" / "ee-requirements.txt"):
        wrong.append("requirements.txt and meta/ee-requirements.txt differ")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
