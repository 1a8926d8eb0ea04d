# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take pictures of the pages that people read, to look at: ``make screenshots``."""

from __future__ import annotations

import argparse
import asyncio
import base64
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..processes.browser import PROGRAM, Tab, browser
from .places import BUILD
from .sample_pages import COUNTS, PAGES, pages

FOLDER = BUILD / "screenshots"
THEMES = ("light", "dark")
WIDTHS = {"desk": 1280, "phone": 360}
# The first part of a page with 800 VMs is enough to check the layout.
_MOST_HEIGHT = 8000


class View(NamedTuple):
    """A page and the way in which it is shown.

    :param page: one of ``PAGES``
    :param vms: number of VMs
    """

    page: str
    vms: int
    theme: str
    device: str

    @property
    def name(self) -> str:
        """The name of the picture file."""
        return f"{self.page}-{self.vms}-{self.device}-{self.theme}"


def views(wanted: str = "") -> Iterator[View]:
    """Yield all views whose name contains a text."""
    for count in COUNTS:
        for page in PAGES:
            for device in WIDTHS:
                for theme in THEMES:
                    view = View(page, count, theme, device)
                    if wanted in view.name:
                        yield view


async def show(tab: Tab, view: View, folder: Path) -> None:
    """Open the page of a view in a tab.

    :param folder: folder for the file of the page
    """
    file = folder / f"{view.page}-{view.vms}.html"
    if not file.exists():
        file.write_text(pages(view.vms)[view.page], encoding="utf-8")
    await tab.prefer(view.theme)
    await tab.open(file, WIDTHS[view.device])


async def _take(wanted: str) -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    taken = 0
    with tempfile.TemporaryDirectory() as name:
        async with browser(Path(name) / "profile") as tab:
            for view in views(wanted):
                await show(tab, view, Path(name))
                height = min(await tab.ask("document.documentElement.scrollHeight"), _MOST_HEIGHT)
                picture = await tab.call(
                    "Page.captureScreenshot",
                    captureBeyondViewport=True,
                    clip={"x": 0, "y": 0, "width": WIDTHS[view.device], "height": height, "scale": 1},
                )
                (FOLDER / f"{view.name}.png").write_bytes(base64.b64decode(picture["data"]))
                taken += 1
            for file in Path(name).glob("*.html"):
                await tab.open(file, WIDTHS["desk"])
                (FOLDER / f"{file.stem}.pdf").write_bytes(await tab.pdf())
                shutil.copy(file, FOLDER)
    return taken


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("wanted", nargs="?", default="", help="only pictures with this in their name, as report-40")
    options = parser.parse_args(arguments)
    if PROGRAM is None:
        print("There is no Chromium or Chrome on this machine.", file=sys.stderr)
        return 1
    taken = asyncio.run(_take(options.wanted))
    print(f"{taken} pictures, and their pages as HTML and PDF, are in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
