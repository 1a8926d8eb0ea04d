# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx settings of the documentation site; "make docs" generates its sources with antsibull-docs."""

from __future__ import annotations

project = "opendr.vcda"
author = "opendr contributors"
copyright = "2026, opendr contributors"  # noqa: A001 - the name that Sphinx reads
html_title = "opendr.vcda: disaster recovery for VMware Cloud Director Availability"
html_short_title = "opendr.vcda"

extensions = ["sphinx_antsibull_ext"]
default_role = "any"
nitpicky = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"

html_theme = "sphinx_rtd_theme"
html_show_sphinx = False
html_copy_source = False

# Without the inventories of other projects, which would have to be downloaded, their labels stay plain text.
suppress_warnings = ["ref.ref"]
