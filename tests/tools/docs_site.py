# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site into .build/docs/html: what the plugins say of themselves, and docs/docsite/rst."""

from __future__ import annotations

import shutil

from .commands import must_run
from .places import BUILD, ROOT

PLACE = BUILD / "docs"


def main() -> None:
    """Generate the sources and build the site, where a warning is a failure."""
    shutil.rmtree(PLACE, ignore_errors=True)
    sources = PLACE / "rst"
    # antsibull-docs writes only where nobody else may.
    sources.mkdir(parents=True, mode=0o700)
    generate = ("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error")
    must_run(*generate, "--dest-dir", sources, "opendr.vcda")
    strict = ("--fail-on-warning", "--keep-going")
    must_run("sphinx-build", "-q", "-b", "html", "-c", ROOT / "docs" / "docsite", *strict, sources, PLACE / "html")
    print(f"The site starts at {PLACE / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
