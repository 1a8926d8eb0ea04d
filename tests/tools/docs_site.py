# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site into .build/docs/html: the pages of docs/, and the documentation of the plugins."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from .commands import must_run
from .docs_pages import PageError, without_contents, write_pages
from .places import BUILD, ROOT

if TYPE_CHECKING:
    from pathlib import Path

PLACE = BUILD / "docs"
TITLE = "Modules, role and plugins"


def main() -> None:
    """Generate the sources and build the site; a warning is a failure."""
    shutil.rmtree(PLACE, ignore_errors=True)
    sources = PLACE / "sources"
    # antsibull-docs writes only into a folder that no other user can write to.
    (sources / "reference").mkdir(parents=True, mode=0o700)
    try:
        write_pages(sources)
    except PageError as error:
        raise SystemExit(str(error)) from None
    generate = ("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error")
    must_run(*generate, "--dest-dir", sources / "reference", "opendr.vcda")
    tidy_reference(sources / "reference")
    strict = ("--fail-on-warning", "--keep-going")
    must_run("sphinx-build", "-q", "-b", "html", "-c", ROOT / "docs" / "docsite", *strict, sources, PLACE / "html")
    print(f"The site starts at {PLACE / 'html' / 'index.html'}")


def tidy_reference(folder: Path) -> None:
    """Adapt the output of antsibull-docs to the theme, which has its own table of contents and a narrow navigation."""
    for path in folder.glob("*.rst"):
        text = without_contents(path.read_text(encoding="utf-8"))
        if path.name == "index.rst":
            # Its title is the capitalised name of the collection, Opendr.Vcda.
            text = re.sub(r"^Opendr\.Vcda\n=+$", f"{TITLE}\n{'=' * len(TITLE)}", text, flags=re.MULTILINE)
            # The full page titles are too long for the navigation.
            text = re.sub(r"^( {4})(\w+)_module$", r"\1\2 <\2_module>", text, flags=re.MULTILINE)
            text = re.sub(r"^( {4})(\w+)_(role|filter|inventory)$", r"\1\2 \3 <\2_\3>", text, flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
