# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the collection, however it came here."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.versions import collection_version
from ansible_collections.opendr.vcda.tests.tools.places import ROOT


def test_a_checkout_has_that_of_its_galaxy_file() -> None:
    assert collection_version() == yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]


@pytest.mark.parametrize(
    ("manifest", "galaxy", "expected"),
    [
        ('{"collection_info": {"version": "2.1.0"}}', "", "2.1.0"),
        ('{"collection_info": {"version": "2.1.0"}}', "version: 3.0.0\n", "2.1.0"),
        ("", 'name: vcda\nversion: "3.0.0-rc.1"\n', "3.0.0-rc.1"),
        ("[]", "version: 3.0.0 # next\n", "3.0.0"),
        ("{}", "name: vcda\n", ""),
        ("{", None, ""),
    ],
)
def test_a_manifest_comes_first(tmp_path: Path, manifest: str, galaxy: str | None, expected: str) -> None:
    (tmp_path / "MANIFEST.json").write_text(manifest)
    if galaxy is not None:
        (tmp_path / "galaxy.yml").write_text(galaxy)
    assert collection_version(tmp_path) == expected
