# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference of the site: what antsibull-docs writes, fitted to the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.opendr.vcda.tests.tools.docs_site import TITLE, tidy_reference

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """\
.. _plugins_in_opendr.vcda:

Opendr.Vcda
===========

.. contents::
   :local:
   :depth: 1

Collection version 1.0.0

.. toctree::
    :maxdepth: 1
    :hidden:

    site_info_module
    recovery_role
"""


def test_the_index_has_a_title_and_short_names_and_no_contents(tmp_path: Path) -> None:
    (tmp_path / "index.rst").write_text(INDEX, encoding="utf-8")
    tidy_reference(tmp_path)
    lines = (tmp_path / "index.rst").read_text(encoding="utf-8").splitlines()
    assert lines[2:4] == [TITLE, "=" * len(TITLE)]
    assert ".. contents::" not in lines
    assert lines[-2:] == ["    site_info <site_info_module>", "    recovery role <recovery_role>"]
