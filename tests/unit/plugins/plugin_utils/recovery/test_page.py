# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report needs nothing else, shows what the service says as text, and can be read by machines."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    document,
    item,
    records,
    vm_id,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.pages import (
    after,
    failed_and_not,
    page,
    report,
)


def test_a_page_needs_nothing_else_and_does_nothing() -> None:
    shown = page(failed_and_not())
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(tag for tag, _attributes in shown.elements)
    assert not [
        value for _tag, attributes in shown.elements for value in attributes.values() if value and "//" in value
    ]
    policies = [meta["content"] for meta in shown.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_whatever_the_site_says_is_text() -> None:
    shown = page(failed_and_not())
    assert not shown.all("script")
    assert shown.text.count("<script>alert(1)</script>") >= 4


def test_a_reader_without_eyes_finds_everything() -> None:
    shown = page(failed_and_not())
    assert shown.all("html") == [{"lang": "en"}]
    assert len(shown.all("h1")) == 1
    [picture] = [svg for svg in shown.all("svg") if svg.get("role") == "img"]
    named = {str(picture["aria-labelledby"]), str(picture["aria-describedby"])}
    assert named <= {str(attributes.get("id")) for _tag, attributes in shown.elements}
    assert all(cell.get("scope") in {"col", "row"} for cell in shown.all("th"))
    for section in shown.all("section"):
        assert section["aria-labelledby"] in [heading.get("id") for heading in shown.all("h2")]


def test_a_failed_run_says_what_failed_and_what_is_to_be_done() -> None:
    text = page(failed_and_not()).text
    assert "Failover to site-2" in text
    assert "Failures" in text
    assert "Still to be done" in text
    assert "not all VMs were recovered" in text
    assert "25 s" in text


@pytest.mark.parametrize("entry_point", ["main", "failover", "reverse", "cleanup", "failback", "readiness", "drill"])
@pytest.mark.parametrize("dry", [False, True])
def test_every_kind_of_report_has_a_page(entry_point: str, dry: bool) -> None:
    vms = after(records(document(1, "db-1")), "failover", item(vm_id(1), "COMPLETE"), dry=dry, called=1205.0)
    shown = page(report(vms, entry_point=entry_point, dry=dry))
    assert "db-1" in shown.text
    assert ("nothing was changed" in shown.text) is dry


def test_a_run_that_broke_off_has_a_page() -> None:
    shown = page(report([], failure={"message": "No login.", "hint": "Log in."}))
    assert "No login." in shown.text
    assert "Log in." in shown.text
