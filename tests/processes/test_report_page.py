# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of reports in a real headless browser: on a desk, on a phone, on paper, and for assistive technology."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.processes.browser import PROGRAM, Tab, browser
from ansible_collections.opendr.vcda.tests.processes.contrast import CONTRAST
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    run,
    vm_id,
)

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium or Chrome on this machine")

LONG = "a-virtual-machine-whose-name-is-as-long-as-names-of-virtual-machines-may-be-and-then-some-more"


def merged(vms: list[dict[str, Any]], step: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = FILTERS["merge"](
        vms, {"vm_replications": items}, step, "site-2", asked=[entry["id"] for entry in items], called=1205.0
    )
    return result


def failed_run() -> dict[str, Any]:
    """A failover in two waves, of which one VM failed and one was not verified."""
    waves = [{"name": "data", "vm_names": ["db-1", LONG]}, {"name": "web", "vm_names": ["web-1", "web-2"]}]
    names = ("db-1", LONG, "web-1", "web-2")
    vms = records(*(document(number, name) for number, name in enumerate(names, 1)), waves=waves)
    failed = item(vm_id(2), "NOT_STARTED", error=error(message=f"The task of {LONG} failed. " * 3))
    vms = merged(vms, "failover", [item(vm_id(1), "COMPLETE"), failed, item(vm_id(3), "COMPLETE")])
    check = {"ansible_loop_var": "it", "it": {"vm_name": "web-1", "url": f"http://{LONG}.example/"}, "failed": True}
    vms = FILTERS["verified"](vms, [vm_id(3)], [check], started=10.0, ended=40.0)
    run_waves = [{"name": "data", "max_failures": 1}, {"name": "web", "max_failures": 0}]
    built: dict[str, Any] = FILTERS["report"](run(vms, waves=run_waves, rto_target=3600))
    return built


def clean_drill() -> dict[str, Any]:
    vms = merged(
        records(document(1, "db-1"), document(2, "web-1")), "test", [item(vm_id(1), "TEST"), item(vm_id(2), "TEST")]
    )
    vms = FILTERS["compare"](vms, [document(1, "db-1"), document(2, "web-1")])
    built: dict[str, Any] = FILTERS["report"](run(vms, entry_point="drill", mode="test", deadline=3600))
    return built


def in_browser(folder: Path, report: dict[str, Any], width: int, look: Callable[[Tab], Awaitable[None]]) -> None:
    page = folder / "report.html"
    page.write_text(FILTERS["html"](report), encoding="utf-8")

    async def open_and_look() -> None:
        async with browser(folder / "profile") as tab:
            await tab.open(page, width)
            await look(tab)
            assert tab.requested == [page.as_uri()]
            assert tab.complaints == []

    asyncio.run(open_and_look())


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("report", [failed_run(), clean_drill()], ids=["failed", "drill"])
def test_a_page_fits_its_window_and_can_be_read(tmp_path: Path, report: dict[str, Any], width: int) -> None:
    async def look(tab: Tab) -> None:
        assert await tab.ask("document.documentElement.scrollWidth") <= width
        assert await tab.ask(CONTRAST) >= 4.5
        sizes = await tab.ask(
            "[...document.querySelectorAll('body *')].filter((e) => e.textContent.trim())"
            ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 10

    in_browser(tmp_path, report, width, look)


def test_assistive_technology_finds_headings_the_picture_and_the_tables(tmp_path: Path) -> None:
    async def look(tab: Tab) -> None:
        headings = await tab.accessible("heading")
        assert headings[0] == "Failover to site-2"
        assert {"Still to be done", "Failures", "Timeline", "Waves", "Virtual machines"} <= set(headings)
        assert "Timeline of the run" in await tab.accessible("img") + await tab.accessible("image")
        assert {"VM", "Outcome", "Steps"} <= set(await tab.accessible("columnheader"))
        assert any(name.startswith("db-1") for name in await tab.accessible("rowheader"))

    in_browser(tmp_path, failed_run(), 1280, look)


def test_a_page_can_be_printed(tmp_path: Path) -> None:
    async def look(tab: Tab) -> None:
        pdf = await tab.pdf()
        assert pdf.startswith(b"%PDF")
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 3
        await tab.call("Emulation.setEmulatedMedia", media="print")
        assert await tab.ask(CONTRAST) >= 4.5

    in_browser(tmp_path, failed_run(), 1280, look)
