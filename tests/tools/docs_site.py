# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site into .build/docs/html: what the plugins say of themselves, and docs/docsite/rst."""

from __future__ import annotations

import shutil
import subprocess
import sys

from .places import BUILD, ROOT, tool_environment

PLACE = BUILD / "docs"


def main() -> int:
    """Generate the sources and build the site, where a warning is a failure; return the exit code."""
    shutil.rmtree(PLACE, ignore_errors=True)
    sources = PLACE / "rst"
    # antsibull-docs writes only where nobody else may.
    sources.mkdir(parents=True, mode=0o700)
    generate = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    build = ["sphinx-build", "-q", "-b", "html", "-c", ROOT / "docs" / "docsite", "--fail-on-warning", "--keep-going"]
    for command in ([*generate, "--dest-dir", sources, "opendr.vcda"], [*build, sources, PLACE / "html"]):
        code = subprocess.call(command, env=tool_environment())
        if code != 0:
            return code
    print(f"The site starts at {PLACE / 'html' / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
