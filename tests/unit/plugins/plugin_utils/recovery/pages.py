# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of reports as their readers get them, parsed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    run,
    vm_id,
)

EVIL = "<script>alert(1)</script>\"'&"
VOID = ("meta", "br", "link", "img", "hr", "input")


class Page(HTMLParser):
    """A page, parsed: unbalanced elements fail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def after(vms: list[dict[str, Any]], step: str, *items: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = FILTERS["merge"](
        vms, {"vm_replications": list(items)}, step, "site-2", asked=[entry["id"] for entry in items], **options
    )
    return result


def report(vms: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    built: dict[str, Any] = FILTERS["report"](run(vms, **changes))
    return built


def page(built: dict[str, Any]) -> Page:
    return Page(FILTERS["html"](built))


def failed_and_not() -> dict[str, Any]:
    vms = records(document(1, "db-1"), document(2, EVIL))
    failed = item(vm_id(2), "NOT_STARTED", error=error(message=EVIL, hint=EVIL))
    return report(after(vms, "failover", item(vm_id(1), "COMPLETE"), failed, called=1205.0), rto_target=3600)
