# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report, readiness and history of 3, 40 and 800 VMs in a real browser: nothing is cut in any theme, width or on paper.

``make screenshots`` makes pictures of the same pages.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import pypdfium2
import pytest

from ansible_collections.opendr.vcda.tests.processes.browser import PROGRAM, Tab, browser
from ansible_collections.opendr.vcda.tests.processes.contrast import CONTRAST
from ansible_collections.opendr.vcda.tests.tools.sample_pages import COUNTS, PAGES, names, organization
from ansible_collections.opendr.vcda.tests.tools.screenshots import THEMES, WIDTHS, View, show
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import vm_id

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium or Chrome on this machine")

# The texts that stick out of the window, or out of the box that holds them. Headings of stacked tables are hidden.
STICKS_OUT = """(() => {
  const boxes = 'th, td, dd, dt, li, p, h1, h2, h3, figcaption, footer, .label, .badge';
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode;
    const element = text.parentElement;
    if (!text.textContent.trim() || element.closest('title, desc')) continue;
    const box = element.closest(boxes);
    if (box && getComputedStyle(box.closest('thead') || box).clipPath !== 'none') continue;
    range.selectNodeContents(text);
    const own = range.getBoundingClientRect();
    const held = box && box.getBoundingClientRect();
    const label = element.closest('.label');
    const isTold = label && label.title === label.textContent;
    if (isTold ? held.right > innerWidth + 1 : own.left < -1 || own.right > innerWidth + 1 ||
        (held && (own.left < held.left - 1 || own.right > held.right + 1))) {
      found.push(text.textContent.trim().slice(0, 60));
    }
  }
  return found;
})()"""

# A readiness page is a report: many VMs on one of them are enough.
LOOKED_AT = [(page, count) for count in COUNTS for page in PAGES if (page, count) != ("readiness", COUNTS[-1])]
# How many pages at the most; the names of the samples are long.
MOST_PAGES = {3: 5, 40: 12, 800: 120}


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Mapping[View, dict[str, Any]]:
    """What a browser says of each page in each theme and width; one browser opens each page once."""
    folder = tmp_path_factory.mktemp("pages")
    found: dict[View, dict[str, Any]] = {}

    async def look(tab: Tab) -> None:
        for page, count in LOOKED_AT:
            # More VMs bring no other colours.
            themes = THEMES if count <= COUNTS[1] else THEMES[:1]
            await show(tab, View(page, count, themes[0], "desk"), folder)
            for device, width in WIDTHS.items():
                await tab.resize(width)
                for theme in themes:
                    await tab.prefer(theme)
                    found[View(page, count, theme, device)] = {
                        "width": await tab.ask("document.documentElement.scrollWidth"),
                        "sticks_out": await tab.ask(STICKS_OUT),
                        "contrast": await tab.ask(CONTRAST) if len(themes) > 1 else 21,
                    }
            await tab.prefer("dark")
            found[View(page, count, "", "paper")] = {"pdf": await tab.pdf()}
        assert tab.requested == [(folder / f"{page}-{count}.html").as_uri() for page, count in LOOKED_AT]
        assert tab.complaints == []

    async def run() -> None:
        async with browser(folder / "profile") as tab:
            await look(tab)

    asyncio.run(run())
    return found


@pytest.mark.parametrize(("page", "count"), LOOKED_AT)
def test_nothing_is_cut_and_all_can_be_read(looked_at: Mapping[View, dict[str, Any]], page: str, count: int) -> None:
    for view, told in looked_at.items():
        if view[:2] == (page, count) and view.theme:
            assert told["width"] <= WIDTHS[view.device], view
            assert told["sticks_out"] == [], view
            assert told["contrast"] >= 4.5, view


class Paper:
    """A printed page, as text without white space and hyphens, where long names are broken."""

    def __init__(self, pdf: bytes) -> None:
        with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call]
            self.sheets = [_plain(sheet.get_textpage().get_text_bounded()) for sheet in document]
            bitmap = document[0].render(scale=0.1, grayscale=True)
            self.brightness = bytes(bitmap.buffer)[0]

    def sheets_of(self, text: str) -> set[int]:
        """Return the numbers of the sheets that hold a text."""
        return {number for number, sheet in enumerate(self.sheets) if _plain(text) in sheet}


def _plain(text: str) -> str:
    return re.sub(r"[\s\x02-]+", "", text)


def _id(number: int, _name: str) -> str:
    return vm_id(number)


def _name_of_tenant(number: int, name: str) -> str:
    return name + organization(number)


# By page: what a row of the table of VMs begins and ends with, and the headings of the table.
ROWS = {
    "report": (_id, "protected|replicatesto|notfound", "VM Wave Outcome Steps"),
    "readiness": (_id, "protected|replicatesto|notfound", "VM Wave Outcome Steps"),
    "history": (_name_of_tenant, "lastseen", "VM Protection Drill Failover"),
}


@pytest.mark.parametrize(("page", "count"), LOOKED_AT)
def test_all_vms_are_on_paper_in_whole_rows_under_their_headings(
    looked_at: Mapping[View, dict[str, Any]], page: str, count: int
) -> None:
    """A row that was cut would have its beginning on one sheet, and its end on another."""
    begin, end, head = ROWS[page]
    paper = Paper(looked_at[View(page, count, "", "paper")]["pdf"])
    assert paper.brightness > 250
    assert 1 <= len(paper.sheets) <= MOST_PAGES[count]
    # How a PDF tells other scripts depends on the fonts of the machine.
    rows = {begin(number, name): name for number, name in enumerate(names(count), 1) if name.isascii()}
    under_head = paper.sheets_of(head)
    for row, name in rows.items():
        assert paper.sheets_of(row) & under_head & paper.sheets_of(name), name
    for number in under_head:
        table = paper.sheets[number].partition(_plain(head))[2].partition("Recoverytimeanddata")[0]
        assert len(re.findall(end, table)) >= sum(_plain(row) in table for row in rows), f"sheet {number + 1}"
