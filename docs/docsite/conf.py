# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx settings of the documentation site, whose sources tests/tools/docs_site.py puts together ("make docs")."""

from __future__ import annotations

project = "opendr.vcda"
author = "opendr contributors"
copyright = "2026, opendr contributors"  # noqa: A001 - the name that Sphinx reads
html_title = "opendr.vcda"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
default_role = "any"
nitpicky = True
# Variables of ansible-core, which its own documentation explains.
nitpick_ignore_regex = [("(std:)?envvar", "ANSIBLE_.*")]
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
pygments_dark_style = "monokai"
# Links to a heading of a page are checked down to this level.
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "source_repository": "https://github.com/opendr/ansible-vcda/",
    "source_branch": "main",
    "top_of_page_buttons": [],
}

# Without the inventories of other projects, which would have to be downloaded, their labels stay plain text.
suppress_warnings = ["ref.ref"]
